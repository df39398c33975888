//! COM-1: a code of conduct.

use crate::model::Verb;
use crate::practices::address::{emails, is_placeholder, urls};
use crate::practices::conduct::covenant;
use crate::practices::place;
use crate::practices::rule::{Context, Outcome, Rule, Template};
use crate::practices::text::{has_gap, is_english, line_of, mentions, visible, word_count};
use crate::practices::tree::Document;

/// The rule.
pub const RULE: Rule = Rule {
    id: "COM-1",
    recommendation: "There is a code of conduct.",
    verb: Verb::Should,
    fix: "Adopt a code of conduct in CODE_OF_CONDUCT.md and fill in the address to which breaches are reported.",
    template: Some(Template {
        file: "CODE_OF_CONDUCT.md",
        text: include_str!("../../../data/practices/CODE_OF_CONDUCT.md"),
    }),
    check,
};

/// The parts of any code of conduct.
const PARTS: &[&[&str]] = &[
    &["harass", "respect", "welcom", "unacceptable", "discriminat", "insult", "kind"],
    &["report", "complain", "contact", "bring it to", "tell us", "reach"],
    &["enforce", "consequence", "ban", "warn", "remove", "moderat", "exclu", "sanction", "step in"],
];

fn check(context: &Context) -> Outcome {
    let documents = context.tree.community(&["CODE_OF_CONDUCT", "CONDUCT", "CODEOFCONDUCT"]);
    match documents.first() {
        Some(document) => judge(context, document),
        None => elsewhere(context),
    }
}

fn judge(context: &Context, document: &Document) -> Outcome {
    let text = visible(document.text);
    let contact = contact(&text);
    let share = covenant(&text).filter(|(_, share)| *share >= 0.6);
    let parts = PARTS.iter().filter(|words| mentions(&text, words)).count();
    let outcome = if has_gap(&text) {
        Outcome::fail(0.9, "The code of conduct still has the gaps of a template.")
    } else if word_count(&text) < 30 {
        referring(document).unwrap_or_else(|| Outcome::fail(0.8, "The file holds no code of conduct."))
    } else if let Some(name) = other_project(context, &text) {
        Outcome::review(0.5, format!("The code of conduct speaks of another project: {name}."))
    } else if contact.is_none() {
        Outcome::fail(0.7, "The code of conduct names nobody to whom a breach can be reported.")
    } else if let Some((version, share)) = share {
        Outcome::pass(
            0.9,
            format!(
                "The Contributor Covenant {version} ({:.0} % of its text) with a contact.",
                share * 100.0
            ),
        )
    } else if parts == PARTS.len() && word_count(&text) >= 60 {
        Outcome::pass(0.7, "A code of conduct of its own, with what is expected, a contact and consequences.")
    } else if !is_english(&text) {
        Outcome::review(0.5, "The code of conduct is in a language this program does not read.")
    } else {
        Outcome::review(0.4, "The text does not say clearly what is expected, whom to tell and what follows.")
    };
    let at = contact.as_deref().map_or(1, |contact| line_of(&text, &[contact]));
    let note = if document.inherited { "inherited from the organisation" } else { "read" };
    outcome.seen(note, document.place(at))
}

/// A mail address, or a page for reports; the addresses of the text's own source do not count.
fn contact(text: &str) -> Option<String> {
    if let Some(mail) = emails(text).into_iter().find(|mail| !is_placeholder(mail)) {
        return Some(mail);
    }
    let sources = [
        "contributor-covenant",
        "mozilla.org",
        "rust-lang.org",
        "djangoproject.com",
        "citizencodeofconduct",
        "stumptown",
        "creativecommons.org",
        "gnu.org",
        "todogroup",
        "python.org",
        "w3.org",
    ];
    urls(text).into_iter().find(|url| {
        !sources.iter().any(|source| url.contains(source))
            && !is_placeholder(url)
            && mentions(url, &["report", "contact", "conduct", "form", "matrix"])
    })
}

/// "the Name project" or "the Name community", where the name is none of this project's.
fn other_project(context: &Context, text: &str) -> Option<String> {
    let manifests = context.tree.manifests();
    let mut own: Vec<String> = manifests.names.iter().map(|claim| claim.value.to_lowercase()).collect();
    own.extend(place::addresses(context).iter().map(|address| address.url.to_lowercase()));
    own.extend(context.inputs.organisation.iter().map(|path| path.to_string_lossy().to_lowercase()));
    own.extend(
        context.tree.readmes().iter().filter_map(|readme| {
            Some(readme.text.lines().find(|line| !line.trim().is_empty())?.to_lowercase())
        }),
    );
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(3).find_map(|window| {
        let name = window[1].trim_matches(|letter: char| !letter.is_alphanumeric());
        let kind = window[2].trim_matches(|letter: char| !letter.is_alphanumeric());
        let named = name.chars().next().is_some_and(char::is_uppercase) && name.len() > 2;
        let generic = ["Contributor", "Open", "Code", "This", "Our", "GitHub", "Mozilla"].contains(&name);
        let speaks = window[0].eq_ignore_ascii_case("the")
            && matches!(kind, "project" | "community" | "Project" | "Community");
        let known = own.is_empty() || own.iter().any(|own| own.contains(&name.to_lowercase()));
        (speaks && named && !generic && !known).then(|| name.to_owned())
    })
}

/// A file or section that adopts a known code by reference.
fn referring(document: &Document) -> Option<Outcome> {
    let codes = [
        "contributor covenant",
        "contributor-covenant",
        "code of conduct",
        "code-of-conduct",
        "citizen code",
    ];
    let link = urls(document.text).into_iter().find(|url| !is_placeholder(url))?;
    mentions(document.text, &codes).then(|| {
        Outcome::review(0.5, "A code of conduct elsewhere is adopted by a link.").seen(
            format!("refers to {link}"),
            document.place(line_of(document.text, &[&link.to_lowercase()])),
        )
    })
}

fn elsewhere(context: &Context) -> Outcome {
    let documents = context.tree.community(&["README", "CONTRIBUTING"]);
    let referring = documents.iter().find_map(|document| {
        let (at, line) = document.text.lines().enumerate().find(|(_, line)| {
            mentions(line, &["code of conduct"]) && urls(line).iter().any(|url| !is_placeholder(url))
        })?;
        Some(
            Outcome::review(0.5, "A code of conduct elsewhere is adopted by a link.")
                .seen(line.trim(), document.place(at + 1)),
        )
    });
    if let Some(outcome) = referring {
        return outcome;
    }
    match context.tree.claims().conduct.first() {
        Some(claim) => Outcome::review(0.4, "Only a self-description claims a code of conduct.")
            .seen(format!("claims {}", claim.value), claim.place.clone()),
        None => Outcome::fail(0.8, "There is no code of conduct."),
    }
}
