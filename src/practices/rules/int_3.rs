//! INT-3: a format of its own is published with a standards body.

use crate::model::Verb;
use crate::practices::probe::links::{Link, follow};
use crate::practices::rule::{Context, Outcome, Rule, seen};
use crate::practices::text::{mentions, paragraphs, word_count};
use crate::practices::tree::Tree;

/// The rule.
pub const RULE: Rule = Rule {
    id: "INT-3",
    recommendation: "The specification of a format of its own may be published with a standards body.",
    verb: Verb::May,
    fix: "Submit the specification as an Internet-Draft or to another standards body, or declare in the policy that there is no format of its own.",
    template: None,
    check,
};

/// Words by which a text speaks of its own format rather than of one it implements.
const OWN: &[&str] = &[
    "our format",
    "this format is",
    "format is published as",
    "published as an internet-draft",
    "specified in our",
    "our specification",
    "we submitted",
    "format is specified in",
    "the format of this project",
    "our internet-draft",
];

struct Found {
    identifier: String,
    place: String,
    source: bool,
}

fn check(context: &Context) -> Outcome {
    let found = identifiers(context.tree);
    let Some(first) = found.first() else {
        return Outcome::review(
            0.3,
            "No specification of a format of its own was found with a standards body; if there is no such format, declare the rule not applicable.",
        );
    };
    let outcome = match (context.online, first.identifier.starts_with("draft-")) {
        (Some(session), true) => {
            let url = format!("https://datatracker.ietf.org/doc/{}/", first.identifier);
            let outcome = match follow(session, &url) {
                Link::Alive => Outcome::pass(0.9, format!("{} is published.", first.identifier)),
                Link::Dead(_) => {
                    Outcome::fail(0.8, format!("{} is not known to the standards body.", first.identifier))
                }
                Link::Login => Outcome::review(0.4, format!("{} is behind a login.", first.identifier)),
                Link::Unknown(reason) => Outcome::unknown(reason),
            };
            outcome.with([session.evidence("asked for the draft", &url)])
        }
        _ if !first.source => {
            Outcome::pass(0.6, format!("A text says that the format is published as {}.", first.identifier))
        }
        _ => Outcome::review(
            0.5,
            format!(
                "The source of {} is in the repository; whether it was submitted, only the network can tell.",
                first.identifier
            ),
        ),
    };
    outcome.with(found.iter().map(|found| seen(format!("names {}", found.identifier), found.place.clone())))
}

/// Identifiers of the project's own documents: said to be its own, or drafts whose source is here.
fn identifiers(tree: &Tree) -> Vec<Found> {
    let mut found = Vec::new();
    for document in tree.documents() {
        for (line, paragraph) in
            paragraphs(document.text).into_iter().filter(|(_, paragraph)| mentions(paragraph, OWN))
        {
            if let Some(identifier) = identifier(&paragraph) {
                found.push(Found { identifier, place: document.place(line), source: false });
            }
        }
    }
    for file in tree.files().iter().filter(|file| {
        file.name().starts_with("draft-") && matches!(file.extension().as_str(), "md" | "xml" | "txt")
    }) {
        if tree.text(file).is_some_and(|text| word_count(text) >= 100) {
            let stem = file.name().rsplit_once('.').map_or(file.name(), |(stem, _)| stem);
            found.push(Found { identifier: stem.to_owned(), place: file.path.clone(), source: true });
        }
    }
    found
}

/// An Internet-Draft, RFC, ISO, ITU or OASIS identifier.
fn identifier(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()))
        .collect();
    let draft = words
        .iter()
        .flat_map(|word| word.split('/'))
        .find(|word| word.starts_with("draft-") && word.matches('-').count() >= 2 && word.len() > 12);
    let numbered = || {
        words.windows(2).find(|pair| {
            matches!(pair[0], "RFC" | "ISO" | "ISO/IEC" | "ECMA" | "ITU-T")
                && pair[1].chars().any(|letter| letter.is_ascii_digit())
        })
    };
    draft.map(|word| (*word).to_owned()).or_else(|| numbered().map(|pair| pair.join(" ")))
}
