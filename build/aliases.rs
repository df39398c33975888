//! `data/aliases.toml` as a sorted table.

use crate::records::{Placed, place_all, read_toml};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use toml::Spanned;

const CONTEXTS: &[(&str, &str)] = &[
    ("", "Context::Any"),
    ("cargo", "Context::Cargo"),
    ("npm", "Context::Npm"),
    ("python-classifier", "Context::PythonClassifier"),
    ("url", "Context::Address"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    alias: Vec<Spanned<RawAlias>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAlias {
    name: String,
    is: Option<String>,
    may_be: Option<Vec<String>>,
    context: Option<String>,
    note: Option<String>,
}

/// Rust source of the table, sorted by folded name and context. `known` are the lower-case ids of licenses and
/// exceptions.
pub fn source(data: &Path, known: &BTreeSet<String>) -> Result<String, Vec<String>> {
    let path = data.join("aliases.toml");
    let mut errors = Vec::new();
    let Some(page) = read_toml::<Page>(&path, &mut errors) else { return Err(errors) };
    let mut sorted: BTreeMap<(String, usize), Placed<RawAlias>> = BTreeMap::new();
    for record in place_all(page.alias, &path) {
        check(&record, known, &mut errors);
        let context = record.value.context.as_deref().unwrap_or("");
        let Some(position) = CONTEXTS.iter().position(|(word, _)| *word == context) else {
            errors.push(record.error(&format!("context `{context}` is not known")));
            continue;
        };
        let key = (fold(&record.value.name), position);
        if let Some(first) = sorted.get(&key) {
            errors.push(record.error(&format!("`{}` stands already in line {}", key.0, first.place.line)));
            continue;
        }
        sorted.insert(key, record);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut out = String::from("static ALIASES: &[Alias] = &[\n");
    for ((name, position), record) in &sorted {
        let raw = &record.value;
        let candidates: Vec<_> = raw.is.iter().chain(raw.may_be.iter().flatten()).collect();
        let _ = writeln!(
            out,
            "    Alias {{ name: {name:?}, context: {}, certain: {}, candidates: &{candidates:?}, note: {:?} }},",
            CONTEXTS[*position].1,
            raw.is.is_some(),
            raw.note,
        );
    }
    out.push_str("];\n");
    Ok(out)
}

/// The program folds what it looks up in the same way.
fn fold(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn check(record: &Placed<RawAlias>, known: &BTreeSet<String>, errors: &mut Vec<String>) {
    let raw = &record.value;
    if raw.is.is_some() == raw.may_be.is_some() {
        errors.push(record.error(&format!("`{}` needs either `is` or `may_be`", raw.name)));
    }
    for expression in raw.is.iter().chain(raw.may_be.iter().flatten()) {
        for word in expression.split([' ', '(', ')']).filter(|word| !word.is_empty()) {
            let id = word.to_ascii_lowercase();
            let plain = matches!(word, "AND" | "OR" | "WITH" | "NONE" | "NOASSERTION");
            let custom = word.starts_with("LicenseRef-");
            if !plain && !custom && !known.contains(&id) && !known.contains(id.trim_end_matches('+')) {
                errors
                    .push(record.error(&format!("`{}` names `{word}`, which SPDX does not have", raw.name)));
            }
        }
    }
}
