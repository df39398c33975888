//! SEC-6: known weak points with their countermeasures.

use crate::model::Verb;
use crate::practices::address::urls;
use crate::practices::rule::{Context, Outcome, Rule, Template};
use crate::practices::text::{Section, has_gap, mentions, paragraphs, sections, word_count};
use crate::practices::tree::Document;

/// The rule.
pub const RULE: Rule = Rule {
    id: "SEC-6",
    recommendation: "Weak points are documented together with countermeasures.",
    verb: Verb::Helps,
    fix: "Write a threat model or a hardening guide that sets a measure against each weak point.",
    template: Some(Template {
        file: "docs/threat-model.md",
        text: include_str!("../../../data/practices/threat-model.md"),
    }),
    check,
};

const HEADINGS: &[&str] = &[
    "threat model",
    "threats",
    "hardening",
    "security consideration",
    "deployment security",
    "security model",
    "attack surface",
    "security assumptions",
    "known weaknesses",
    "secure deployment",
];
const WEAKNESS: &[&str] = &[
    "attack",
    "threat",
    "risk",
    "weak",
    "malicious",
    "untrusted",
    "leak",
    "expos",
    "tamper",
    "spoof",
    "denial",
    "injection",
    "escalat",
    "compromis",
    "forge",
    "steal",
    "brute",
    "traversal",
    "bomb",
    "eavesdrop",
    "intercept",
];
const MEASURE: &[&str] = &[
    "mitigat",
    "counter",
    "measure",
    "prevent",
    "restrict",
    "limit",
    "disable",
    "enable",
    "require",
    "reject",
    "refus",
    "encrypt",
    "sandbox",
    "validat",
    "escap",
    "rotate",
    "isolat",
    "run as",
    "behind",
    "authenticat",
    "verif",
    "is not followed",
    "never",
    "only",
];

fn check(context: &Context) -> Outcome {
    let mut best: Option<(usize, String)> = None;
    let mut wiki = None;
    for document in context.tree.documents() {
        for (section, line) in candidates(&document) {
            let found = pairs(section);
            let place = document.place(line);
            if best.as_ref().is_none_or(|(count, _)| found > *count) {
                best = Some((found, place));
            }
        }
        let link = urls(document.text)
            .into_iter()
            .find(|url| url.contains("/wiki") && mentions(url, &["threat", "hardening", "security"]));
        wiki = wiki.or(link.map(|url| (url, document.path.clone())));
    }
    match (best, wiki) {
        (Some((count, place)), _) if count >= 2 => Outcome::pass(0.7, format!("{count} weak points are set against measures.")).seen("weak points with measures", place),
        (Some((count, place)), _) => Outcome::review(0.4, format!("A text about threats or hardening was found, but {count} clear pairs of a weak point and a measure.")).seen("read", place),
        (None, Some((url, path))) => Outcome::unknown("Only the wiki is said to describe this, and it is not part of the repository.").seen(format!("refers to {url}"), path),
        (None, None) => Outcome::fail(0.7, "No text sets measures against weak points."),
    }
}

/// Sections headed by a threat model or by hardening, with their line; a whole file of that name.
fn candidates<'a>(document: &Document<'a>) -> Vec<(&'a str, usize)> {
    let headings: Vec<Section> = sections(document.text);
    let fits = |heading: &str| mentions(heading, HEADINGS) && !mentions(heading, &["feature"]);
    let mut found: Vec<(&str, usize)> = headings
        .iter()
        .filter(|section| fits(&section.heading))
        .map(|section| (section.body, section.line))
        .collect();
    let name = document.path.to_lowercase().replace(['-', '_', '/'], " ");
    if mentions(&name, &["threat model", "hardening"]) {
        found.push((document.text, 1));
    }
    found.retain(|(body, _)| word_count(body) >= 12 && !has_gap(body));
    found
}

/// Rows of a table, list items or paragraphs that name both.
fn pairs(body: &str) -> usize {
    paragraphs(body).iter().filter(|(_, paragraph)| is_pair(paragraph)).count()
}

fn is_pair(paragraph: &str) -> bool {
    let cells: Vec<&str> = paragraph.trim_matches('|').split('|').map(str::trim).collect();
    if paragraph.starts_with('|') {
        let rule = cells.iter().all(|cell| cell.chars().all(|letter| matches!(letter, '-' | ':' | ' ')));
        let head = cells.iter().any(|cell| {
            cell.len() < 20
                && mentions(cell, &["threat", "weakness", "risk", "attack"])
                && word_count(cell) <= 2
        }) && cells.iter().any(|cell| {
            mentions(cell, &["mitigation", "measure", "countermeasure", "defence", "defense", "control"])
                && word_count(cell) <= 2
        });
        return !rule && !head && cells.iter().filter(|cell| word_count(cell) >= 2).count() >= 2;
    }
    word_count(paragraph) >= 8 && mentions(paragraph, WEAKNESS) && mentions(paragraph, MEASURE)
}
