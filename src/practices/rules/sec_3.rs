//! SEC-3: a way to have CVE numbers assigned, and fixes in time.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::contact::{self, SecurityText};
use crate::practices::place;
use crate::practices::probe::{Session, forge};
use crate::practices::rule::{Context, Outcome, Rule, Template, seen};
use crate::practices::text::{has_word, is_english, mentions, names_duration, paragraphs, visible};
use serde_json::Value;

/// The rule.
pub const RULE: Rule = Rule {
    id: "SEC-3",
    recommendation: "There is a way to have CVE numbers assigned, and vulnerabilities are fixed in time.",
    verb: Verb::Must,
    fix: "Say in SECURITY.md who requests the CVE number (the forge's advisories, a CNA, the national CSIRT) and within how many days a fix is released.",
    template: Some(Template {
        file: "SECURITY.md",
        text: include_str!("../../../data/practices/SECURITY.md"),
    }),
    check,
};

const ASSIGNERS: &[&str] = &[
    "request", "assign", "cna", "advisor", "mitre", "csirt", "cert", "enisa", "obtain", "reserve",
    "beantrag", "demand",
];
const FIXING: &[&str] =
    &["fix", "patch", "resolve", "remediat", "mitigat", "release", "update", "behoben", "corrig"];

fn check(context: &Context) -> Outcome {
    let texts = contact::security_texts(context.tree);
    let texts: Vec<&SecurityText> = texts.iter().filter(|text| !text.is_template()).collect();
    let mut assigning: Vec<PracticeEvidence> = Vec::new();
    let mut fixing: Vec<PracticeEvidence> = Vec::new();
    for text in &texts {
        for (line, paragraph) in paragraphs(&visible(text.body)) {
            if has_word(&paragraph, &["cve", "cves"]) && mentions(&paragraph, ASSIGNERS) {
                assigning.push(seen("says who has a CVE number assigned", text.place(line)));
            }
            if mentions(&paragraph, FIXING) && promises_time(&paragraph) {
                fixing.push(seen("says within what time a fix comes", text.place(line)));
            }
        }
    }
    let past = context.online.map(|session| published(session, context)).unwrap_or_default();
    assigning.extend(past);
    judge(context, &texts, &assigning, &fixing).with(assigning).with(fixing).with(own_cves(context))
}

/// A span of time in the same sentence as the fix: the answer to a report is something else.
fn promises_time(paragraph: &str) -> bool {
    paragraph.split(['.', ';', '|']).any(|sentence| mentions(sentence, FIXING) && names_duration(sentence))
}

fn judge(
    context: &Context,
    texts: &[&SecurityText],
    assigning: &[PracticeEvidence],
    fixing: &[PracticeEvidence],
) -> Outcome {
    if !assigning.is_empty() && !fixing.is_empty() {
        return Outcome::pass(
            0.8,
            "The policy says how a CVE number is assigned and within what time a fix comes.",
        );
    }
    if let Some(text) = texts.iter().find(|text| !is_english(text.body)) {
        return Outcome::review(0.4, "The policy is in a language this program does not read.")
            .seen("not English", text.place(1));
    }
    match (assigning.is_empty(), fixing.is_empty(), context.tree.claims().policies.first()) {
        (_, _, Some(claim)) => Outcome::review(0.4, "A self-description claims a policy elsewhere.")
            .seen(format!("claims {}", claim.value), claim.place.clone()),
        (false, true, _) => Outcome::fail(
            0.7,
            "The policy says how a CVE number is assigned, but not within what time a fix comes.",
        ),
        (true, false, _) => {
            Outcome::fail(0.7, "The policy promises fixes in time, but not how a CVE number is assigned.")
        }
        _ => Outcome::fail(
            0.8,
            "No policy says how a CVE number is assigned and within what time a fix comes.",
        ),
    }
}

/// Past CVE numbers of the project itself in its changelog. A line about a dependency does not count.
fn own_cves(context: &Context) -> Vec<PracticeEvidence> {
    let foreign = ["bump", "upgrade", "update ", "dependency", "dependencies", "depends"];
    let mut found = Vec::new();
    for document in
        context.tree.community(&["CHANGELOG", "CHANGES", "HISTORY", "NEWS", "SECURITY_ADVISORIES"])
    {
        for (at, line) in document.text.lines().enumerate() {
            if mentions(line, &["cve-1", "cve-2"]) && !mentions(line, &foreign) {
                found.push(seen("names a past CVE number", document.place(at + 1)));
            }
        }
    }
    found.truncate(3);
    found
}

/// Published advisories with CVE numbers, and the project's own place in the CVE program.
fn published(session: &Session, context: &Context) -> Vec<PracticeEvidence> {
    let mut found = Vec::new();
    let address = place::addresses(context).into_iter().next();
    if let Some((names, evidence)) =
        address.as_ref().and_then(|address| forge::advisories(session, &address.url))
        && names.iter().any(|name| name.starts_with("CVE-"))
    {
        found.push(PracticeEvidence {
            statement: format!("published advisories: {}", names.join(", ")),
            ..evidence
        });
    }
    found.extend(numbering_authority(session, context));
    found
}

/// The project's contact among the CVE numbering authorities.
fn numbering_authority(session: &Session, context: &Context) -> Option<PracticeEvidence> {
    let list = session.cna_list.clone()?;
    let reply = session.get(&list, "application/json").ok().filter(|reply| reply.answer.status == 200)?;
    let mails: Vec<String> = contact::contacts(context.tree, context.inputs.now)
        .into_iter()
        .map(|contact| contact.address)
        .collect();
    let value = reply.answer.json()?;
    let partner = value.as_array()?.iter().find(|partner| {
        let contacts = partner.get("contact").map(Value::to_string).unwrap_or_default().to_lowercase();
        mails.iter().any(|mail| mail.contains('@') && contacts.contains(mail.as_str()))
    })?;
    let name = partner.get("shortName").and_then(Value::as_str).unwrap_or("a partner");
    Some(session.evidence(format!("the contact is that of the CVE numbering authority {name}"), &list))
}
