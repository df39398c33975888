//! What no record may say: unknown ids and words, contradictions, judgements without authority.

use crate::generate::words;
use crate::records::{Knowledge, Placed, RawException, RawLicense, RawPair};

/// Every mistake found, each with file and line.
pub fn check(knowledge: &Knowledge) -> Result<(), Vec<String>> {
    let mut errors = Vec::new();
    for record in knowledge.licenses.values() {
        check_license(knowledge, record, &mut errors);
    }
    for id in knowledge.listed.keys().filter(|id| !knowledge.licenses.contains_key(*id)) {
        errors.push(format!("data/licenses: no record for `{id}`"));
    }
    for record in knowledge.exceptions.values() {
        check_exception(knowledge, record, &mut errors);
    }
    for id in knowledge.listed_exceptions.keys().filter(|id| !knowledge.exceptions.contains_key(*id)) {
        errors.push(format!("data/exceptions.toml: no record for `{id}`"));
    }
    for rule in &knowledge.pairs {
        check_pair(knowledge, rule, &mut errors);
    }
    check_deprecated(knowledge, &mut errors);
    for id in knowledge.popular.iter().filter(|id| !knowledge.licenses.contains_key(*id)) {
        errors.push(format!("data/popular.toml: names `{id}`, which has no record"));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn check_license(knowledge: &Knowledge, record: &Placed<RawLicense>, errors: &mut Vec<String>) {
    let raw = &record.value;
    let mut complain = |message: String| errors.push(record.error(&format!("`{}`: {message}", raw.id)));
    if !knowledge.listed.contains_key(&raw.id) {
        complain("is not an id of the SPDX list".to_owned());
    }
    let scope = raw.scope.as_deref().unwrap_or("none");
    for (what, word, known) in [
        ("category", raw.category.as_str(), words::CATEGORY),
        ("subject", raw.subject.as_deref().unwrap_or("software"), words::SUBJECT),
        ("scope", scope, words::SCOPE),
        ("gpl2", &raw.gpl2, words::GPL),
        ("gpl3", &raw.gpl3, words::GPL),
        ("admits", raw.admits.as_deref().unwrap_or("anything"), words::ADMITS),
        ("grant", raw.grant.as_deref().unwrap_or("this"), words::GRANT),
        ("later", raw.later.as_deref().unwrap_or("none"), words::LATER),
        ("judged", &raw.judged, words::JUDGED),
        ("fsf", raw.fsf.as_deref().unwrap_or("yes"), words::STATUS),
    ] {
        if words::find(known, word).is_none() {
            complain(format!("{what} `{word}` is none of {}", words::list(known)));
        }
    }
    for limit in &raw.use_limits {
        if words::find(words::USE_LIMIT, limit).is_none() {
            complain(format!("use limit `{limit}` is none of {}", words::list(words::USE_LIMIT)));
        }
    }
    for duty in &raw.obligations {
        if words::find(words::OBLIGATION, duty).is_none() {
            complain(format!("obligation `{duty}` is none of {}", words::list(words::OBLIGATION)));
        }
    }
    let free_of_copyleft = matches!(raw.category.as_str(), "public-domain" | "permissive");
    let copyleft = raw.category.ends_with("-copyleft");
    if free_of_copyleft && (scope != "none" || raw.network) {
        complain(format!("{} licenses have no copyleft scope and no network trigger", raw.category));
    }
    if copyleft && scope == "none" {
        complain("a copyleft license needs a scope".to_owned());
    }
    if raw.internal && scope != "work" {
        complain("`internal = true` without a copyleft over the work".to_owned());
    }
    if raw.category == "network-copyleft" && !raw.network {
        complain("network copyleft without `network = true`".to_owned());
    }
    let restricted = matches!(
        raw.category.as_str(),
        "source-available" | "non-commercial" | "no-derivatives" | "proprietary"
    );
    if restricted && raw.use_limits.is_empty() {
        complain(format!("{} without a use limit", raw.category));
    }
    if restricted && (raw.gpl2 == "yes" || raw.gpl3 == "yes") {
        complain(format!("{} and compatible with the GPL contradict each other", raw.category));
    }
    if raw.closed && raw.admits.is_none() {
        complain("`closed` says more about what it admits, so it needs `admits`".to_owned());
    }
    if (raw.gpl2 == "conditional" || raw.gpl3 == "conditional") && raw.note.is_none() {
        complain("conditional GPL compatibility needs a note that says on what".to_owned());
    }
    if (copyleft || restricted) && raw.authority.is_empty() && raw.gpl_authority.is_none() {
        complain("needs an authority".to_owned());
    }
    if raw.version.is_some() != raw.family.is_some() {
        complain("family and version go together".to_owned());
    }
    if raw.later.as_deref() == Some("built-in") && raw.later_clause.is_none() {
        complain("later versions by the text itself need the clause".to_owned());
    }
    for target in raw.converts.iter().flat_map(|conversion| &conversion.to) {
        if !knowledge.licenses.contains_key(target) {
            complain(format!("converts to `{target}`, which has no record"));
        }
    }
    check_authorities(knowledge, record, errors);
}

/// The FSF's and OSI's own lists win over a record that says otherwise.
fn check_authorities(knowledge: &Knowledge, record: &Placed<RawLicense>, errors: &mut Vec<String>) {
    let raw = &record.value;
    let non_free = knowledge.fsf_non_free.contains(&raw.id)
        || knowledge.listed.get(&raw.id).is_some_and(|entry| entry.is_fsf_libre == Some(false));
    if raw.fsf.as_deref() == Some("yes") && non_free {
        errors.push(record.error(&format!("`{}`: the FSF lists it as non-free", raw.id)));
    }
    let approved = knowledge.listed.get(&raw.id).is_some_and(|entry| entry.is_osi_approved);
    let reserved = matches!(raw.category.as_str(), "non-commercial" | "source-available" | "no-derivatives");
    if approved && reserved {
        errors
            .push(record.error(&format!("`{}`: the OSI approved it, so it is not {}", raw.id, raw.category)));
    }
}

fn check_exception(knowledge: &Knowledge, record: &Placed<RawException>, errors: &mut Vec<String>) {
    let raw = &record.value;
    let mut complain = |message: String| errors.push(record.error(&format!("`{}`: {message}", raw.id)));
    if !knowledge.listed_exceptions.contains_key(&raw.id) {
        complain("is not an exception of the SPDX list".to_owned());
    }
    for (what, word, known) in [
        ("effect", raw.effect.as_str(), words::EFFECT),
        ("outbound_links", raw.outbound_links.as_deref().unwrap_or("none"), words::OUTBOUND_LINKS),
        ("judged", &raw.judged, words::JUDGED),
    ] {
        if words::find(known, word).is_none() {
            complain(format!("{what} `{word}` is none of {}", words::list(known)));
        }
    }
    for linkage in raw.linkage.iter().filter(|word| *word != "source") {
        if words::find(words::LINKAGE, linkage).is_none() {
            complain(format!("linkage `{linkage}` is none of {}", words::list(words::LINKAGE)));
        }
    }
    if matches!(raw.effect.as_str(), "linking" | "output" | "embedding") && raw.linkage.is_empty() {
        complain(format!("effect `{}` needs the linkages it lifts the copyleft for", raw.effect));
    }
    for id in raw.names.iter().chain(&raw.bases) {
        if !knowledge.licenses.contains_key(id) {
            complain(format!("names `{id}`, which has no record"));
        }
    }
}

fn check_pair(knowledge: &Knowledge, rule: &Placed<RawPair>, errors: &mut Vec<String>) {
    let raw = &rule.value;
    for id in raw.inbound.iter().chain(&raw.outbound) {
        if !knowledge.licenses.contains_key(id) {
            errors.push(rule.error(&format!("names `{id}`, which has no record")));
        }
    }
    if words::find(words::VERDICT, &raw.verdict).is_none() {
        errors.push(rule.error(&format!("verdict is none of {}", words::list(words::VERDICT))));
    }
    if raw.verdict == "conditional" && raw.condition.is_none() {
        errors.push(rule.error("a conditional rule needs its condition"));
    }
    for word in &raw.linkage {
        if words::find(words::LINKAGE, word).is_none() {
            errors.push(rule.error(&format!("linkage `{word}` is none of {}", words::list(words::LINKAGE))));
        }
    }
    for word in &raw.distribution {
        if words::find(words::DISTRIBUTION, word).is_none() {
            errors.push(rule.error(&format!("distribution `{word}` is not known")));
        }
    }
}

fn check_deprecated(knowledge: &Knowledge, errors: &mut Vec<String>) {
    for record in &knowledge.deprecated {
        let id = &record.value.id;
        let listed = knowledge.listed.get(id).is_some_and(|entry| entry.is_deprecated_license_id)
            || knowledge.listed_exceptions.get(id).is_some_and(|entry| entry.is_deprecated_license_id);
        if !listed {
            errors.push(record.error(&format!("`{id}` is not deprecated in the SPDX list")));
        }
    }
    let named = |id: &str| knowledge.deprecated.iter().any(|record| record.value.id == id);
    for id in knowledge.listed.values().filter(|entry| entry.is_deprecated_license_id) {
        if !named(&id.license_id) {
            errors.push(format!("data/deprecated.toml: no replacement for `{}`", id.license_id));
        }
    }
}
