//! PRV-1: information with an impact on privacy is described, and how to improve it in operation.

use crate::model::Verb;
use crate::practices::address::urls;
use crate::practices::rule::{Context, Outcome, Rule, Template};
use crate::practices::text::{has_gap, is_english, line_of, mentions, sections, visible, word_count};
use crate::practices::tree::Tree;

/// The rule.
pub const RULE: Rule = Rule {
    id: "PRV-1",
    recommendation: "Information with an impact on privacy is described, with advice for those who deploy the software.",
    verb: Verb::Should,
    fix: "Write PRIVACY.md: which personal data the software handles, what for, how long, who has access, and what an operator can set to handle less.",
    template: Some(Template { file: "PRIVACY.md", text: include_str!("../../../data/practices/PRIVACY.md") }),
    check,
};

/// The parts of a description and the words that give them away.
const PARTS: &[(&str, &[&str])] = &[
    (
        "which data",
        &[
            "personal data",
            "personal information",
            "ip address",
            "e-mail address",
            "email address",
            "user name",
            "username",
            "account",
            "log entries",
            "identif",
            "no data",
            "data categor",
            "categories of data",
        ],
    ),
    (
        "what for",
        &["purpose", "because", "in order to", "used to", "used for", "needed to", "needed for", "so that"],
    ),
    (
        "how long",
        &[
            "retention",
            "retain",
            "kept for",
            "deleted after",
            "delete after",
            "stored for",
            "expire",
            "purge",
            "is not stored",
            "stores nothing",
            "never stored",
            "removed after",
        ],
    ),
    (
        "who has access",
        &[
            "access",
            "administrator",
            "visible to",
            "shared with",
            "can see",
            "can read",
            "sent to",
            "readable by",
            "third part",
        ],
    ),
    (
        "what an operator can do",
        &[
            "deploy",
            "operator",
            "administrators can",
            "configure",
            "self-host",
            "turn off",
            "disable",
            "set `",
            "setting",
            "when you run",
            "when running",
            "installation",
            "instance",
        ],
    ),
];
const SITE: &[&str] = &[
    "cookie",
    "visit our website",
    "our website",
    "this website",
    "our site",
    "newsletter",
    "google analytics",
    "marketing",
];

struct Text<'a> {
    body: &'a str,
    place: String,
}

fn check(context: &Context) -> Outcome {
    let texts = texts(context.tree);
    let best = texts.iter().max_by_key(|text| parts(text.body).len());
    let Some(text) = best else { return elsewhere(context.tree) };
    let found = parts(text.body);
    let missing: Vec<&str> =
        PARTS.iter().map(|(part, _)| *part).filter(|part| !found.contains(part)).collect();
    let essential = found.contains(&"which data") && found.contains(&"what an operator can do");
    let site = mentions(text.body, SITE)
        && !mentions(
            text.body,
            &["self-host", "deploy", "the software", "this tool", "operator", "instance"],
        );
    let outcome = if site {
        Outcome::fail(0.7, "The text is the privacy notice of a website, not of the software.")
    } else if has_gap(&visible(text.body)) {
        Outcome::fail(0.8, "The text still has the gaps of a template.")
    } else if found.len() >= 4 && essential && word_count(text.body) >= 50 {
        Outcome::pass(0.7, format!("The text says {}.", found.join(", ")))
    } else if !is_english(text.body) {
        Outcome::review(0.4, "The text is in a language this program does not read.")
    } else if let Some(outcome) = linked(text) {
        outcome
    } else if found.len() >= 3 {
        Outcome::review(0.4, format!("The text is there, but does not clearly say {}.", missing.join(", ")))
    } else {
        Outcome::fail(0.7, format!("The text does not say {}.", missing.join(", ")))
    };
    outcome.seen("read", text.place.clone())
}

fn parts(body: &str) -> Vec<&'static str> {
    let visible = visible(body);
    PARTS.iter().filter(|(_, words)| mentions(&visible, words)).map(|(part, _)| *part).collect()
}

/// Files of that name, and sections with that heading.
fn texts(tree: &Tree) -> Vec<Text<'_>> {
    let names = [
        "PRIVACY",
        "PRIVACY_POLICY",
        "PRIVACY_STATEMENT",
        "GDPR",
        "DPIA",
        "DSGVO",
        "RGPD",
        "DATA_PROTECTION",
        "DATENSCHUTZ",
    ];
    let mut found: Vec<Text> = Vec::new();
    for file in tree.files().iter().filter(|file| file.is_prose() && file.is_documentation()) {
        let Some(document) = tree.as_document(file) else { continue };
        if names.contains(&file.stem().as_str()) {
            found.push(Text { body: document.text, place: document.place(1) });
            continue;
        }
        let headings = sections(document.text);
        let fits = |heading: &str| {
            mentions(heading, &["privacy", "data protection", "gdpr", "personal data", "datenschutz"])
                && !mentions(heading, &["feature"])
        };
        found.extend(
            headings
                .iter()
                .filter(|section| fits(&section.heading))
                .map(|section| Text { body: section.body, place: document.place(section.line) }),
        );
    }
    found
}

/// A separate repository or a document that a program does not read.
fn linked(text: &Text) -> Option<Outcome> {
    let url = urls(text.body)
        .into_iter()
        .find(|url| mentions(url, &["privacy", "gdpr", "compliance", "dpia", "data-protection", ".pdf"]))?;
    Some(
        Outcome::review(0.4, "The description is elsewhere, where a person has to read it.")
            .seen(format!("refers to {url}"), text.place.clone()),
    )
}

fn elsewhere(tree: &Tree) -> Outcome {
    let pdf = tree.files().iter().find(|file| {
        file.extension() == "pdf" && mentions(&file.path, &["privacy", "gdpr", "dpia", "data-protection"])
    });
    if let Some(file) = pdf {
        return Outcome::review(0.4, "The description is a PDF file, which a person has to read.")
            .seen("not read", file.path.clone());
    }
    for document in tree.readmes() {
        let url = urls(document.text).into_iter().find(|url| {
            mentions(url, &["gdpr", "privacy", "dpia"])
                && mentions(url, &["compliance", ".pdf", "/privacy", "gdpr"])
        });
        if let Some(url) = url {
            let place = document.place(line_of(document.text, &[&url.to_lowercase()]));
            return Outcome::review(0.3, "The README links a text about privacy elsewhere.")
                .seen(format!("refers to {url}"), place);
        }
    }
    Outcome::fail(0.7, "No text describes information with an impact on privacy.")
}
