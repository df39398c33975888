//! LIC-1: a license that the FSF or the OSI approved.

use crate::licenses::{Category, LicenseRecord, Status, Subject, catalogue, parse};
use crate::model::{DetectedKind, DetectedLicense, Expression, LicenseName, PracticeEvidence, Term, Verb};
use crate::practices::inputs::LicenseFacts;
use crate::practices::rule::{Context, Outcome, Rule, seen};

/// The rule.
pub const RULE: Rule = Rule {
    id: "LIC-1",
    recommendation: "The software is under a license approved by the FSF or the OSI.",
    verb: Verb::Must,
    fix: "Put the unchanged text of an approved license into LICENSE, and its SPDX expression into the manifest.",
    template: None,
    check,
};

/// Whether an expression is approved; three-valued, since both lists are silent about many licenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Approved {
    No,
    Silent,
    Yes,
}

fn check(context: &Context) -> Outcome {
    let Some(facts) = &context.inputs.license else {
        return Outcome::unknown("The license texts were not looked at.");
    };
    let evidence = evidence(facts);
    let root: Vec<&DetectedLicense> = facts.detected.iter().filter(|found| is_root(&found.file)).collect();
    if let Some(rider) = root.iter().find(|found| found.kind == DetectedKind::Rider) {
        return Outcome::fail(0.9, "The license text is followed by a restriction.")
            .with(evidence)
            .seen("a restriction", place(rider));
    }
    let texts: Vec<&DetectedLicense> = root
        .into_iter()
        .filter(|found| matches!(found.kind, DetectedKind::Text | DetectedKind::Unknown))
        .collect();
    let outcome = match (texts.is_empty(), facts.expressions.first()) {
        (true, Some(_)) => {
            Outcome::fail(0.9, "The manifest names a license, but its text is not in the repository.")
        }
        (true, None) => Outcome::fail(0.9, "There is no license."),
        (false, _) => judge(facts, &texts),
    };
    outcome.with(evidence)
}

fn judge(facts: &LicenseFacts, texts: &[&DetectedLicense]) -> Outcome {
    if let Some(unknown) = texts.iter().find(|text| text.candidates.is_empty()) {
        return Outcome::fail(0.7, format!("{} holds a text that is no known license.", unknown.file));
    }
    let mut expressions = Vec::new();
    for (text, place) in &facts.expressions {
        match parse(text) {
            Ok(expression) => expressions.push(expression),
            Err(error) => {
                return Outcome::review(
                    0.4,
                    format!("The license `{text}` of {place} is not an SPDX expression: {error}."),
                );
            }
        }
    }
    if let Some(reason) = disagreement(&expressions, texts) {
        return Outcome::review(0.5, reason);
    }
    // Without a declared expression each text binds; a text that fits several ids counts by its worst.
    let by_texts =
        || texts.iter().flat_map(|text| text.candidates.iter().filter_map(|text| parse(text).ok())).collect();
    let judged: Vec<Expression> = if expressions.is_empty() { by_texts() } else { expressions };
    let name = judged.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match judged.iter().map(approval).min().unwrap_or(Approved::Silent) {
        Approved::No => Outcome::fail(0.9, format!("{name} is not an approved license for software.")),
        Approved::Silent => {
            Outcome::review(0.5, format!("Neither the FSF nor the OSI has spoken about {name}."))
        }
        Approved::Yes => other_folders(facts).unwrap_or_else(|| {
            Outcome::pass(0.95, format!("{name} is approved, and its text is in the repository."))
        }),
    }
}

/// An approved project with a folder under terms that restrict use.
fn other_folders(facts: &LicenseFacts) -> Option<Outcome> {
    let restricted = facts.detected.iter().find(|found| {
        let parsed: Vec<Expression> = found.candidates.iter().filter_map(|text| parse(text).ok()).collect();
        !is_root(&found.file) && !parsed.is_empty() && parsed.iter().all(restricts)
    })?;
    Some(
        Outcome::review(
            0.6,
            "The project's license is approved, but a folder of it is under terms that restrict use.",
        )
        .seen("restricted terms", place(restricted)),
    )
}

fn restricts(expression: &Expression) -> bool {
    expression.terms().iter().any(
        |term| matches!(&term.license, LicenseName::Known(id) if !catalogue::record(*id).category.is_free()),
    )
}

/// Each license the manifest names must be one that a text can be, unless the text is missing.
fn disagreement(expressions: &[Expression], texts: &[&DetectedLicense]) -> Option<String> {
    let present: Vec<String> = texts
        .iter()
        .flat_map(|text| text.candidates.iter())
        .flat_map(|text| parse(text).ok())
        .flat_map(|e| families(&e))
        .collect();
    let named: Vec<String> = expressions.iter().flat_map(families).collect();
    if named.is_empty() {
        return None;
    }
    if !named.iter().any(|name| present.contains(name)) {
        return Some("The manifest and the license texts name different licenses.".to_owned());
    }
    present
        .iter()
        .find(|name| !named.contains(name))
        .map(|extra| format!("A text of {extra} is in the repository that the manifest does not name."))
}

/// Ids without what a text cannot say (`-only`, `-or-later`, `+`).
fn families(expression: &Expression) -> Vec<String> {
    let name = |term: &&Term| {
        term.license.to_string().trim_end_matches("-only").trim_end_matches("-or-later").to_owned()
    };
    expression.terms().iter().map(name).collect()
}

fn approval(expression: &Expression) -> Approved {
    match expression {
        Expression::Term(term) => term_approval(term),
        Expression::And(members) => members.iter().map(approval).min().unwrap_or(Approved::Silent),
        Expression::Or(members) => members.iter().map(approval).max().unwrap_or(Approved::Silent),
    }
}

fn term_approval(term: &Term) -> Approved {
    match &term.license {
        LicenseName::Known(id) => record_approval(catalogue::record(*id)),
        LicenseName::None => Approved::No,
        LicenseName::Custom(_) | LicenseName::NoAssertion => Approved::Silent,
    }
}

/// The FSF's list of free documentation and media licenses does not approve them for software.
fn record_approval(record: &LicenseRecord) -> Approved {
    let software = record.subject == Subject::Software || record.category == Category::PublicDomain;
    match (record.osi, record.fsf) {
        (Status::Yes, _) => Approved::Yes,
        (_, Status::Yes) if software => Approved::Yes,
        _ if !record.category.is_free() || !software => Approved::No,
        (_, Status::No) => Approved::No,
        _ => Approved::Silent,
    }
}

fn is_root(file: &str) -> bool {
    !file.contains('/')
        || file.to_lowercase().starts_with("licenses/")
        || file.to_lowercase().starts_with("licences/")
}

fn place(found: &DetectedLicense) -> String {
    format!("{}:{}", found.file, found.first_line)
}

fn evidence(facts: &LicenseFacts) -> Vec<PracticeEvidence> {
    let declared =
        facts.expressions.iter().map(|(text, place)| seen(format!("declares {text}"), place.clone()));
    let texts = facts.detected.iter().filter(|found| is_root(&found.file)).map(|found| {
        let name = if found.candidates.is_empty() {
            "an unknown text".to_owned()
        } else {
            found.candidates.join(" or ")
        };
        seen(format!("holds {name}"), place(found))
    });
    declared.chain(texts).collect()
}
