//! SEC-2: an OpenPGP key with the security contact.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::address::{emails, is_private_report, is_public_tracker, urls};
use crate::practices::contact::{self, ContactKind};
use crate::practices::key_files::{is_key_name, key_blocks};
use crate::practices::keys::{self, Key, KeyError};
use crate::practices::probe::keys as remote;
use crate::practices::rule::{Context, Outcome, Rule, Template, remark, seen};
use crate::practices::text::{mentions, paragraphs};
use crate::practices::tree::Tree;

/// The rule.
pub const RULE: Rule = Rule {
    id: "SEC-2",
    recommendation: "The security contact publishes an OpenPGP (PGP) key, so that reports can be encrypted.",
    verb: Verb::Must,
    fix: "Publish the contact's public key beside the contact: its fingerprint in SECURITY.md, and the key as an .asc file or at an https address. It must belong to the contact's mail address, be able to encrypt, and not expire soon.",
    template: Some(Template {
        file: "SECURITY.md",
        text: include_str!("../../../data/practices/SECURITY-key.md"),
    }),
    check,
};

/// A key of the tree and where it stands.
struct Placed {
    key: Key,
    place: String,
    beside_contact: bool,
}

fn check(context: &Context) -> Outcome {
    let mails: Vec<String> = contact::contacts(context.tree, context.inputs.now)
        .into_iter()
        .filter(|contact| contact.kind == ContactKind::Mail && contact.meant)
        .flat_map(|contact| emails(&contact.address))
        .collect();
    let (keys, problems) = keys_of(context.tree);
    let own: Vec<&Placed> =
        keys.iter().filter(|placed| placed.key.mails.iter().any(|mail| mails.contains(mail))).collect();
    if let Some(placed) =
        own.iter().find(|placed| placed.key.faults(time(context)).is_empty()).or(own.first())
    {
        return judge(context, &placed.key, "The contact's key", 0.9)
            .with([describe(&placed.key, &placed.place)]);
    }
    if let Some((print, place)) = fingerprint(context.tree) {
        let known = keys.iter().find(|placed| placed.key.fingerprint == print);
        return by_fingerprint(context, &print, known, &mails).seen(format!("fingerprint {print}"), place);
    }
    if let Some(placed) = keys.iter().find(|placed| placed.beside_contact) {
        return Outcome::review(
            0.5,
            "A key stands beside the contact, but none of its user ids is the contact's address.",
        )
        .with([describe(&placed.key, &placed.place)]);
    }
    if let Some(problem) = problems.iter().find(|(error, _)| *error == KeyError::NotBuiltIn) {
        return Outcome::review(0.3, problem.0.to_string())
            .seen("a key that was not judged", problem.1.clone());
    }
    linked(context, &mails).unwrap_or_else(|| absent(context, &keys, &problems))
}

/// The date to judge by: the given one, else that of the last commit, which only proves what had expired by then.
fn time(context: &Context) -> Option<jiff::Timestamp> {
    context.inputs.now.or_else(|| context.tree.history().git()?.last())
}

fn judge(context: &Context, key: &Key, what: &str, confidence: f32) -> Outcome {
    let faults = key.faults(time(context));
    if !faults.is_empty() {
        return Outcome::fail(0.9, format!("{what} cannot be used: {}.", faults.join("; ")));
    }
    match (key.first_expiry(), context.inputs.now) {
        (Some(_), None) => Outcome::review(
            0.5,
            format!("{what} has an expiry date and the audit was given no date to compare it with."),
        ),
        (Some(expiry), Some(now)) if expiry.as_second() - now.as_second() < 90 * 86_400 => Outcome::pass(
            confidence,
            format!("{what} can be used, but expires on {}, in less than 90 days.", keys::day(expiry)),
        ),
        _ => Outcome::pass(confidence, format!("{what} can be used.")),
    }
}

fn describe(key: &Key, place: &str) -> PracticeEvidence {
    let expiry = key
        .first_expiry()
        .map_or("does not expire".to_owned(), |time| format!("expires {}", keys::day(time)));
    let mails = key.mails.join(", ");
    seen(
        format!(
            "key {} ({}, made {}, {expiry}) of {mails}",
            key.fingerprint,
            key.algorithm,
            keys::day(key.created)
        ),
        place,
    )
}

fn by_fingerprint(context: &Context, print: &str, known: Option<&Placed>, mails: &[String]) -> Outcome {
    if let Some(placed) = known {
        if placed.key.mails.iter().any(|mail| mails.contains(mail)) || mails.is_empty() {
            return judge(context, &placed.key, "The key of this fingerprint", 0.9)
                .with([describe(&placed.key, &placed.place)]);
        }
        return Outcome::review(0.5, "The key of this fingerprint does not name the contact's address.")
            .with([describe(&placed.key, &placed.place)]);
    }
    if mails.is_empty() {
        return Outcome::review(
            0.4,
            format!("The fingerprint {print} is published, but no mail contact it belongs to."),
        );
    }
    if let Some(Ok((key, evidence))) = fetched(context, print, mails) {
        return judge(context, &key, "The key of this fingerprint", 0.9).with([evidence]);
    }
    Outcome::pass(
        0.7,
        "A fingerprint is published with the contact; the key itself is not in the repository and was not judged.",
    )
}

/// The key of a fingerprint from the directory of the contact's own domain.
fn fetched(
    context: &Context,
    print: &str,
    mails: &[String],
) -> Option<Result<(Key, PracticeEvidence), String>> {
    let session = context.online?;
    let addresses = mails.iter().flat_map(|mail| remote::directory_addresses(mail));
    addresses.into_iter().find_map(|url| {
        let key = remote::fetch(session, &url).ok()?.into_iter().find(|key| key.fingerprint == print)?;
        let evidence = session.evidence(describe(&key, "").statement, &url);
        Some(Ok((key, evidence)))
    })
}

/// Every key of the tree: key files in the places of community files, blocks in security texts.
fn keys_of(tree: &Tree) -> (Vec<Placed>, Vec<(KeyError, String)>) {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    let mut take = |parsed: Result<Vec<Key>, KeyError>, place: String, beside_contact: bool| match parsed {
        Ok(keys) => {
            found.extend(keys.into_iter().map(|key| Placed { key, place: place.clone(), beside_contact }))
        }
        Err(error) => problems.push((error, place)),
    };
    for (place, data) in key_blocks(tree) {
        take(keys::parse(&data), place, false);
    }
    for text in contact::security_texts(tree).iter().filter(|text| !is_key_name(&text.document.path)) {
        for (line, block) in keys::armoured_blocks(text.body) {
            take(keys::parse(block.as_bytes()), text.place(line), true);
        }
    }
    (found, problems)
}

/// A fingerprint in a text about reporting, not in one about verifying releases; or one in a security.txt.
fn fingerprint(tree: &Tree) -> Option<(String, String)> {
    for text in contact::security_texts(tree).iter().filter(|text| !text.is_template()) {
        let lines: Vec<&str> = text.body.lines().collect();
        for (line, print) in keys::fingerprints(text.body) {
            let around = lines[line.saturating_sub(4)..(line + 1).min(lines.len())].join(" ");
            let release = mentions(
                &around,
                &["release", "tarball", "download", "signing key", "tags are signed", "verify the"],
            );
            if !release {
                return Some((print, text.place(line)));
            }
        }
    }
    for (path, file) in contact::security_files(tree) {
        for (line, value) in &file.encryption {
            if let Some(print) = value.to_ascii_lowercase().strip_prefix("openpgp4fpr:") {
                return Some((print.to_uppercase(), format!("{path}:{line}")));
            }
        }
    }
    None
}

/// A key on a linked page: fetched when online, else somebody has to look.
fn linked(context: &Context, mails: &[String]) -> Option<Outcome> {
    let mut links = Vec::new();
    for text in contact::security_texts(context.tree).iter().filter(|text| !text.is_template()) {
        for (line, paragraph) in paragraphs(text.body) {
            let about = mentions(&paragraph, &["pgp", "gpg", "gnupg", "public key", "encrypt"]);
            links.extend(
                urls(&paragraph)
                    .into_iter()
                    .filter(|url| about && !is_private_report(url) && !is_public_tracker(url))
                    .map(|url| (url, text.place(line))),
            );
        }
    }
    for (path, file) in contact::security_files(context.tree) {
        links.extend(file.encryption.iter().map(|(line, url)| (url.clone(), format!("{path}:{line}"))));
    }
    links.extend(
        context.tree.claims().pgp_keys.iter().map(|claim| (claim.value.clone(), claim.place.clone())),
    );
    let (first, place) = links.first()?.clone();
    if let Some(session) = context.online {
        for (url, place) in links.iter().filter(|(url, _)| url.starts_with("https://")) {
            let Ok(found) = remote::fetch(session, url) else { continue };
            let own = found.iter().find(|key| key.mails.iter().any(|mail| mails.contains(mail)));
            let outcome = match own {
                Some(key) => judge(context, key, "The contact's key", 0.9),
                None => Outcome::review(0.5, "The linked key does not name the contact's address."),
            };
            let shown = own.or(found.first());
            return Some(
                outcome
                    .seen("links to the key", place.clone())
                    .with(shown.map(|key| session.evidence(describe(key, "").statement, url))),
            );
        }
    }
    Some(
        Outcome::review(0.4, "A key is linked or claimed, and was not read.")
            .seen(format!("refers to {first}"), place),
    )
}

fn absent(context: &Context, keys: &[Placed], problems: &[(KeyError, String)]) -> Outcome {
    let texts = contact::security_texts(context.tree);
    let other = texts.iter().find(|text| mentions(text.body, &["s/mime", "smime", "x.509", "age1"]));
    let private = contact::contacts(context.tree, context.inputs.now)
        .iter()
        .any(|contact| contact.kind == ContactKind::Forge);
    let mut outcome = match (other, keys.first()) {
        (Some(_), _) => Outcome::fail(
            0.8,
            "The contact publishes a key of another kind (S/MIME or age); the guide asks for OpenPGP.",
        ),
        (None, Some(_)) => Outcome::fail(
            0.8,
            "There are keys, but none belongs to the security contact; keys that sign releases are not meant for reports.",
        ),
        (None, None) => {
            Outcome::fail(0.8, "No OpenPGP key and no fingerprint is published with a security contact.")
        }
    };
    outcome = outcome.with(keys.iter().map(|placed| describe(&placed.key, &placed.place)));
    outcome = outcome.with(problems.iter().map(|(error, place)| seen(error.to_string(), place.clone())));
    if private {
        outcome = outcome.with([remark("Private reports on the forge do not replace the key.")]);
    }
    outcome
}
