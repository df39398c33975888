//! SEC-1: a contact for security.

use crate::model::Verb;
use crate::practices::contact::{self, Contact, ContactKind, SecurityText};
use crate::practices::place;
use crate::practices::probe::{forge, security_txt as site};
use crate::practices::rule::{Context, Outcome, Rule, Template, seen};
use crate::practices::security_txt;
use crate::practices::text::{mentions, word_count};

/// The rule.
pub const RULE: Rule = Rule {
    id: "SEC-1",
    recommendation: "There is a security contact to whom vulnerabilities can be reported in private.",
    verb: Verb::Must,
    fix: "Name a mailbox or a private form in SECURITY.md and say that vulnerabilities are reported there.",
    template: Some(Template {
        file: "SECURITY.md",
        text: include_str!("../../../data/practices/SECURITY.md"),
    }),
    check,
};

fn check(context: &Context) -> Outcome {
    let contacts = contact::contacts(context.tree, context.inputs.now);
    if let Some(first) = contacts.first().filter(|contact| contact.meant) {
        let confidence = if first.kind == ContactKind::Mail { 0.9 } else { 0.7 };
        return Outcome::pass(confidence, format!("Vulnerabilities are reported to {}.", first.address))
            .with(contacts.iter().filter(|contact| contact.meant).map(evidence));
    }
    if let Some(outcome) = online(context) {
        return outcome;
    }
    let texts = contact::security_texts(context.tree);
    let claims = &context.tree.claims().security_contacts;
    if let Some(claim) = claims.first() {
        return Outcome::review(0.4, "Only a self-description claims a security contact.")
            .seen(format!("claims {}", claim.value), claim.place.clone());
    }
    if let Some(outcome) = defective_file(context) {
        return outcome;
    }
    if !contacts.is_empty() {
        return Outcome::review(
            0.4,
            "An address stands in a text about security, but nothing says that it takes reports.",
        )
        .with(contacts.iter().map(evidence));
    }
    if let Some(text) = texts.iter().find(|text| refers_elsewhere(text)) {
        return Outcome::review(0.4, "The text about security refers to a page elsewhere.")
            .seen("refers elsewhere", text.place(1));
    }
    let looked = texts.iter().map(|text| seen("read; names no private contact", text.place(1)));
    Outcome::fail(0.8, why(&texts)).with(looked)
}

fn why(texts: &[SecurityText]) -> &'static str {
    if texts.iter().any(SecurityText::is_template) {
        "The security policy is an unedited template."
    } else if texts.is_empty() {
        "No file names a contact for vulnerability reports."
    } else {
        "The text about security names no contact to whom a vulnerability can be reported in private."
    }
}

fn evidence(contact: &Contact) -> crate::model::PracticeEvidence {
    seen(format!("names {}", contact.address), contact.place.clone())
}

/// A policy page elsewhere, or a description of the response team (RFC 2350).
fn refers_elsewhere(text: &SecurityText) -> bool {
    let about =
        mentions(text.body, &["rfc 2350", "rfc2350", "security policy", "report", "vulnerab", "disclos"]);
    let links = crate::practices::address::urls(text.body);
    let leads = links.iter().any(|url| {
        !crate::practices::address::is_public_tracker(url) && !crate::practices::address::is_placeholder(url)
    });
    about && leads && !text.is_template() && word_count(text.body) >= 5
}

fn defective_file(context: &Context) -> Option<Outcome> {
    let now = context.inputs.now;
    let (path, file) =
        contact::security_files(context.tree).into_iter().find(|(_, file)| !file.contacts.is_empty())?;
    let mut defects = file.defects.clone();
    defects.extend(
        file.expires
            .filter(|time| now.is_some_and(|now| *time <= now))
            .map(|time| format!("it expired on {time}")),
    );
    let line = file.contacts.first().map_or(1, |(line, _)| *line);
    Some(
        Outcome::review(0.5, format!("A security.txt names a contact, but {}.", defects.join("; ")))
            .seen("a security.txt that is not valid", format!("{path}:{line}")),
    )
}

fn online(context: &Context) -> Option<Outcome> {
    let session = context.online?;
    let claimed = context.tree.claims().sites.first().map(|claim| claim.value.clone());
    if let Some(address) = context.inputs.site.clone().or(claimed)
        && let Ok(Some((url, text))) = site::fetch(session, &address)
    {
        let file = security_txt::read(&text);
        let expired = file.expires.is_some_and(|time| context.inputs.now.is_none_or(|now| time <= now));
        let at = [session.evidence(
            format!(
                "security.txt with {} contacts, {}",
                file.contacts.len(),
                if file.signed { "signed" } else { "not signed" }
            ),
            &url,
        )];
        return match (file.contacts.first(), file.defects.is_empty(), expired) {
            (None, ..) => None,
            (Some((_, contact)), true, false) => {
                Some(Outcome::pass(0.9, format!("The site's security.txt names {contact}.")).with(at))
            }
            (Some(_), true, true) => Some(
                Outcome::review(0.5, "The site's security.txt names a contact, but has expired.").with(at),
            ),
            (Some(_), false, _) => Some(
                Outcome::review(
                    0.5,
                    format!("The site's security.txt is not valid: {}.", file.defects.join("; ")),
                )
                .with(at),
            ),
        };
    }
    let address = place::addresses(context).into_iter().next()?;
    let (enabled, evidence) = forge::private_reports(session, &address.url)?;
    enabled.then(|| Outcome::pass(0.8, "The forge takes private vulnerability reports.").with([evidence]))
}
