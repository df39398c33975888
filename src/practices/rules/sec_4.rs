//! SEC-4: a vulnerability disclosure policy.

use crate::model::Verb;
use crate::practices::contact::{self, SecurityText};
use crate::practices::probe::links::{self, Link};
use crate::practices::rule::{Context, Outcome, Rule, Template, seen};
use crate::practices::text::{is_english, line_of, mentions, names_duration, sections, visible, word_count};

/// The rule.
pub const RULE: Rule = Rule {
    id: "SEC-4",
    recommendation: "There is a vulnerability disclosure policy.",
    verb: Verb::Must,
    fix: "Write in SECURITY.md how to report, when an answer comes, how and when the vulnerability is made public, and which versions are covered.",
    template: Some(Template {
        file: "SECURITY.md",
        text: include_str!("../../../data/practices/SECURITY.md"),
    }),
    check,
};

/// The parts of a policy and the words that give them away.
const PARTS: &[(&str, &[&str])] = &[
    ("how to report", &["report", "contact us", "e-mail us", "email us", "send an email", "write to"]),
    (
        "when an answer comes",
        &["acknowledg", "respond", "response", "reply", "answer", "get back", "confirm"],
    ),
    (
        "how it is disclosed",
        &[
            "coordinated",
            "embargo",
            "credit",
            "publicly disclos",
            "public disclosure",
            "we disclose",
            "disclosed",
            "publish an advisory",
            "disclosure timeline",
            "make it public",
            "publicly",
        ],
    ),
    (
        "what is covered",
        &[
            "supported version",
            "in scope",
            "out of scope",
            "scope",
            "versions are supported",
            "receive security",
            "security updates for",
            "latest release",
            "latest version",
            "which versions",
        ],
    ),
];

fn check(context: &Context) -> Outcome {
    let texts = contact::security_texts(context.tree);
    let best = texts.iter().max_by_key(|text| parts(text).len());
    let Some(text) = best else { return elsewhere(context) };
    let found = parts(text);
    let evidence: Vec<_> = found
        .iter()
        .map(|(part, words)| seen(format!("says {part}"), text.place(line_of(text.body, words))))
        .collect();
    let missing: Vec<&str> = PARTS
        .iter()
        .map(|(part, _)| *part)
        .filter(|part| !found.iter().any(|(known, _)| known == part))
        .collect();
    let outcome = if text.is_template() {
        Outcome::fail(0.9, "The policy is an unedited template.")
    } else if missing.is_empty() && word_count(text.body) >= 40 {
        Outcome::pass(
            0.8,
            "The policy says how to report, when an answer comes, how it is disclosed and what is covered.",
        )
    } else if !is_english(text.body) {
        Outcome::review(0.4, "The policy is in a language this program does not read.")
            .seen("not English", text.place(1))
    } else if let Some(outcome) = linked(context, text) {
        outcome
    } else if missing.is_empty() {
        Outcome::fail(0.7, "The policy consists of keywords.")
    } else {
        Outcome::fail(0.7, format!("The policy does not say {}.", missing.join(", ")))
            .seen("read", text.place(1))
    };
    outcome.with(evidence)
}

/// The parts a text has. A time for the answer, not only the promise of one; headings alone are not parts.
fn parts(text: &SecurityText) -> Vec<(&'static str, &'static [&'static str])> {
    let visible = visible(text.body);
    let has = |part: &str, words: &[&str]| match part {
        "when an answer comes" => {
            visible.split(['.', ';', '|', '\n']).collect::<Vec<_>>().windows(2).any(|pair| {
                let both = pair.join(" ");
                mentions(&both, words) && names_duration(&both)
            })
        }
        "what is covered" => {
            mentions(&visible, words)
                || sections(&visible).iter().any(|s| mentions(&s.heading, &["scope", "version"]))
        }
        _ => mentions(&visible, words),
    };
    PARTS.iter().filter(|(part, words)| has(part, words)).copied().collect()
}

/// A short text that sends the reader to a policy on a page elsewhere.
fn linked(context: &Context, text: &SecurityText) -> Option<Outcome> {
    let url = crate::practices::address::urls(text.body).into_iter().find(|url| {
        let lower = url.to_lowercase();
        ["security", "disclosure", "vulnerab", "vdp", "psirt", "csirt", "cert"]
            .iter()
            .any(|word| lower.contains(word))
            && !crate::practices::address::is_public_tracker(url)
            && !crate::practices::address::is_private_report(url)
            && !crate::practices::address::is_placeholder(url)
    })?;
    Some(judge_link(context, &url, text.place(line_of(text.body, &[&url.to_lowercase()]))))
}

fn judge_link(context: &Context, url: &str, place: String) -> Outcome {
    let found = context.online.map(|session| (links::follow(session, url), session));
    let outcome = match &found {
        Some((Link::Dead(status), _)) => Outcome::fail(
            0.8,
            format!("The policy is said to be elsewhere, but that page is gone ({status})."),
        ),
        Some((Link::Login, _)) => {
            Outcome::fail(0.8, "The policy is said to be elsewhere, but that page asks for a login.")
        }
        _ => Outcome::review(0.5, "The policy is on a page elsewhere, which a person has to read."),
    };
    let fetched = found.map(|(_, session)| session.evidence("the linked page", url));
    outcome.seen(format!("refers to {url}"), place).with(fetched)
}

fn elsewhere(context: &Context) -> Outcome {
    let files = contact::security_files(context.tree);
    let field = files.iter().find_map(|(path, file)| {
        file.policy.first().map(|(line, url)| (url.clone(), format!("{path}:{line}")))
    });
    let claim =
        context.tree.claims().policies.first().map(|claim| (claim.value.clone(), claim.place.clone()));
    match field.or(claim) {
        Some((url, place)) => judge_link(context, &url, place),
        None => Outcome::fail(0.8, "No file describes how vulnerabilities are reported and disclosed."),
    }
}
