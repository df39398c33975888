//! License strings, properties and references as SPDX holds them.

use crate::model::sbom::{Acknowledgement, Component, CustomLicense, LicenseEntry, LicenseValue, Property};
use std::collections::BTreeMap;

/// References that our own writer made for names that are no expressions.
const OWN: &str = "LicenseRef-licgraph-";

/// What our own writer puts where a license text must stand and none is known.
pub(super) const NO_TEXT: &str = "The text of this license is not known.";

/// A license field of SPDX as statements; `NOASSERTION` says nothing.
///
/// A reference that our own writer made becomes the name it stands for; in a plain AND of several that gives one
/// statement for each, as the document had that was converted.
pub(super) fn entries(
    expression: &str,
    acknowledgement: Acknowledgement,
    custom: &BTreeMap<String, CustomLicense>,
) -> Vec<LicenseEntry> {
    let expression = expression.trim();
    if expression.is_empty() || expression == "NOASSERTION" {
        return Vec::new();
    }
    let parts = if expression.contains(OWN) { conjunction(expression) } else { vec![expression] };
    parts.into_iter().map(|part| entry(part, acknowledgement, custom)).collect()
}

fn entry(
    part: &str,
    acknowledgement: Acknowledgement,
    custom: &BTreeMap<String, CustomLicense>,
) -> LicenseEntry {
    let said = Some(acknowledgement);
    let Some(known) = custom.get(part).filter(|_| part.starts_with(OWN)) else {
        return LicenseEntry::new(LicenseValue::Expression(part.to_owned()), said);
    };
    let text = known.text.clone().filter(|text| text != NO_TEXT);
    let value = match (&known.name, &known.url) {
        (Some(name), Some(url)) if name == url => LicenseValue::Address(url.clone()),
        (Some(name), _) => LicenseValue::Name(name.clone()),
        (None, Some(url)) => LicenseValue::Address(url.clone()),
        (None, None) => LicenseValue::Expression(part.to_owned()),
    };
    let url = match &value {
        LicenseValue::Address(_) => None,
        _ => known.url.clone(),
    };
    LicenseEntry { value, acknowledgement: said, text, url }
}

/// The members of a top-level AND, outer parentheses of a member taken away; the whole if there is an OR beside.
fn conjunction(expression: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_usize, 0, Vec::new());
    let bytes = expression.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b' ' if depth == 0 && expression[at..].starts_with(" OR ") => return vec![expression],
            b' ' if depth == 0 && expression[at..].starts_with(" AND ") => {
                parts.push(&expression[start..at]);
                start = at + 5;
            }
            _ => {}
        }
    }
    parts.push(expression.get(start..).unwrap_or_default());
    parts.into_iter().map(bare).collect()
}

fn bare(part: &str) -> &str {
    let part = part.trim();
    let inner = part.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    inner.filter(|inner| !inner.contains(['(', ')'])).unwrap_or(part)
}

/// The lines of an annotation that our own writer made.
pub(super) fn properties(comment: &str) -> Vec<Property> {
    let is_ours = comment.lines().next().is_some_and(|line| {
        line.split_once(": ").is_some_and(|(name, _)| name.contains(':') && !name.contains(' '))
    });
    if !is_ours {
        return Vec::new();
    }
    comment
        .lines()
        .filter_map(|line| {
            let (name, value) =
                line.split_once(": ").or_else(|| line.strip_suffix(':').map(|name| (name, "")))?;
            Some(Property::new(name, unescaped(value)))
        })
        .collect()
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            (_, true) => match characters.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (other, false) => out.push(other),
        }
    }
    out
}

/// Properties that stand for fields SPDX does not have go back to them.
pub(super) fn restore(component: &mut Component) {
    let mut kept = Vec::with_capacity(component.properties.len());
    for property in std::mem::take(&mut component.properties) {
        match property.name.as_str() {
            "licgraph:author" => component.authors.push(property.value),
            "licgraph:group" => component.group = Some(property.value),
            "licgraph:component-scope" => component.scope = Some(property.value),
            "licgraph:occurrence" => {
                if let Some((file, line)) = property.value.rsplit_once(':') {
                    component.occurrences.push((file.to_owned(), line.parse().unwrap_or(0)));
                }
            }
            _ => kept.push(property),
        }
    }
    component.properties = kept;
}

/// `SHA256` and `sha3_256` in the words of CycloneDX.
pub(super) fn algorithm(word: &str) -> String {
    let upper = word.to_ascii_uppercase().replace('_', "-");
    match upper
        .strip_prefix("SHA3-")
        .or_else(|| upper.strip_prefix("SHA-"))
        .or_else(|| upper.strip_prefix("SHA"))
    {
        Some(bits) if upper.starts_with("SHA3-") => format!("SHA3-{bits}"),
        Some(bits) => format!("SHA-{bits}"),
        None => match upper.strip_prefix("BLAKE2B").map(|bits| bits.trim_start_matches('-')) {
            Some(bits) => format!("BLAKE2b-{bits}"),
            None => upper,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{algorithm, conjunction, properties};
    use crate::model::sbom::Property;

    #[test]
    fn a_conjunction_is_taken_apart_only_where_nothing_else_stands() {
        assert_eq!(
            conjunction("MIT AND (ISC OR Zlib) AND LicenseRef-x"),
            ["MIT", "ISC OR Zlib", "LicenseRef-x"]
        );
        assert_eq!(conjunction("MIT OR ISC AND Zlib"), ["MIT OR ISC AND Zlib"]);
    }

    #[test]
    fn annotation_lines_come_back_as_properties() {
        assert_eq!(
            properties("licgraph:a: x\\ny\\\\\nb:c: "),
            [Property::new("licgraph:a", "x\ny\\"), Property::new("b:c", "")]
        );
        assert!(properties("A remark: with a colon").is_empty());
    }

    #[test]
    fn hash_names_of_both_versions() {
        for (given, expected) in [
            ("SHA256", "SHA-256"),
            ("sha3_256", "SHA3-256"),
            ("blake2b256", "BLAKE2b-256"),
            ("MD5", "MD5"),
            ("SHA1", "SHA-1"),
        ] {
            assert_eq!(algorithm(given), expected);
        }
    }
}
