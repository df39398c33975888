//! License strings for the writers: which may stand in a field for ids, and the texts.

use crate::model::sbom::{LicenseEntry, LicenseValue};
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

/// The licenses that `license.id` may hold: the enum of CycloneDX's `spdx.schema.json` (list 3.28) without the
/// exceptions it also contains. Validators carry this list, so a newer id is written as an expression.
static PINNED: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("cyclonedx_ids.txt").lines().collect());

/// Whether an id may stand in `license.id` of a CycloneDX document.
pub(super) fn is_pinned(id: &str) -> bool {
    PINNED.contains(id)
}

/// An expression of ours in its best form: a single id of the pinned list as id, the rest as expression.
pub(crate) fn value_of(expression: &str) -> LicenseValue {
    if is_pinned(expression) {
        LicenseValue::Id(expression.to_owned())
    } else {
        LicenseValue::Expression(expression.to_owned())
    }
}

/// Whether an expression asserts something: `NONE` and `NOASSERTION` cannot be said in CycloneDX.
pub(super) fn asserts(expression: &str) -> bool {
    !words(expression).any(|word| word == "NONE" || word == "NOASSERTION")
}

/// The ids in an expression, operators left out.
pub(super) fn words(expression: &str) -> impl Iterator<Item = &str> {
    expression
        .split(|c: char| c.is_whitespace() || c == '(' || c == ')')
        .filter(|word| !word.is_empty() && !matches!(*word, "AND" | "OR" | "WITH" | "and" | "or" | "with"))
}

/// Whether a word is a license of the document's own.
pub(super) fn is_custom(word: &str) -> bool {
    word.starts_with("LicenseRef-") || word.starts_with("AdditionRef-")
}

/// The text of a license or exception of the list, as the list has it.
pub(super) fn text(id: &str) -> Option<&'static str> {
    let bare = id.strip_suffix('+').unwrap_or(id);
    spdx::license_id(bare)
        .map(|license| license.text())
        .or_else(|| spdx::exception_id(bare).map(|exception| exception.text()))
        .filter(|text| !text.is_empty())
}

/// The texts of every id in some expressions, by id.
pub(super) fn texts<'a>(expressions: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, &'static str> {
    expressions.flat_map(words).filter_map(|id| Some((id, text(id)?))).collect()
}

/// Several statements as one expression: all of them apply.
///
/// Parts that are no expressions are named by `name_of`.
pub(super) fn joined(
    entries: &[&LicenseEntry],
    mut name_of: impl FnMut(&LicenseEntry) -> String,
) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for entry in entries {
        let part = match &entry.value {
            LicenseValue::Id(text) | LicenseValue::Expression(text) => text.clone(),
            LicenseValue::Name(_) | LicenseValue::Address(_) | LicenseValue::Text(_) => name_of(entry),
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => {
            let bracketed: Vec<String> = parts
                .iter()
                .map(|part| if has_or(part) { format!("({part})") } else { part.clone() })
                .collect();
            Some(bracketed.join(" AND "))
        }
    }
}

fn has_or(expression: &str) -> bool {
    expression.split_whitespace().any(|word| word.eq_ignore_ascii_case("OR"))
}

#[cfg(test)]
mod tests {
    use super::{asserts, is_pinned, value_of, words};
    use crate::model::sbom::LicenseValue;

    #[test]
    fn new_ids_exceptions_and_compounds_are_no_ids() {
        assert!(is_pinned("MIT"));
        assert!(!is_pinned("Classpath-exception-2.0"));
        assert!(!is_pinned("Bugroff"));
        assert_eq!(value_of("Bugroff"), LicenseValue::Expression("Bugroff".to_owned()));
        assert_eq!(value_of("MIT OR ISC"), LicenseValue::Expression("MIT OR ISC".to_owned()));
    }

    #[test]
    fn words_of_an_expression() {
        let found: Vec<_> = words("(MIT OR GPL-2.0-only WITH Classpath-exception-2.0) AND ISC").collect();
        assert_eq!(found, ["MIT", "GPL-2.0-only", "Classpath-exception-2.0", "ISC"]);
        assert!(!asserts("MIT AND NOASSERTION"));
    }
}
