//! License statements of CycloneDX, however well or badly written.

use super::item::Item;
use super::items::{array, string};
use crate::model::sbom::{Acknowledgement, CustomLicense, LicenseEntry, LicenseValue, Observed};
use base64::Engine;
use std::collections::BTreeMap;

/// What was found in a `licenses` field.
#[derive(Default)]
pub(super) struct Found {
    pub(super) entries: Vec<LicenseEntry>,
    /// Texts of the licenses inside expressions.
    pub(super) custom: BTreeMap<String, CustomLicense>,
    /// Entries that say nothing.
    pub(super) empty: usize,
    /// Entries of a shape that no version of CycloneDX has.
    pub(super) odd: usize,
}

/// Reads `licenses`: the list of the specification, and what generators make of it.
pub(super) fn licenses(field: Option<&Item<'_>>) -> Found {
    let mut found = Found::default();
    match field {
        None | Some(Item::Null) => {}
        Some(Item::List(items)) => {
            for item in items {
                one(item, &mut found);
            }
        }
        Some(other) => {
            found.odd += 1;
            one(other, &mut found);
        }
    }
    found
}

fn one(item: &Item<'_>, found: &mut Found) {
    match item {
        Item::Text(text) if text.trim().is_empty() => found.empty += 1,
        Item::Text(text) => {
            found.odd += 1;
            found.entries.push(LicenseEntry::new(LicenseValue::Name(text.to_string()), None));
        }
        Item::Object(_) => {
            let nested = item.get("license");
            match (string(item, "expression"), nested) {
                (Some(expression), _) => {
                    expression_details(item, &mut found.custom);
                    let value = LicenseValue::Expression(expression);
                    found.entries.push(LicenseEntry::new(value, acknowledgement(item)));
                }
                (None, Some(Item::Text(text))) => {
                    found.odd += 1;
                    found.entries.push(LicenseEntry::new(LicenseValue::Name(text.to_string()), None));
                }
                (None, Some(license)) => license_object(license, item, found),
                // Some generators leave the wrapper out.
                (None, None) => license_object(item, item, found),
            }
        }
        Item::Null => found.empty += 1,
        Item::Bool(_) | Item::Number(_) | Item::List(_) => found.odd += 1,
    }
}

fn license_object(license: &Item<'_>, wrapper: &Item<'_>, found: &mut Found) {
    let text = license.get("text").and_then(attachment);
    let url = string(license, "url");
    let said = acknowledgement(license).or_else(|| acknowledgement(wrapper));
    let value = match (string(license, "id"), string(license, "name"), &url, &text) {
        (Some(id), _, _, _) => LicenseValue::Id(id),
        (None, Some(name), Some(url), _) if name == *url => LicenseValue::Address(name),
        (None, Some(name), _, _) => LicenseValue::Name(name),
        (None, None, Some(url), _) => LicenseValue::Address(url.clone()),
        (None, None, None, Some(text)) => LicenseValue::Text(text.clone()),
        (None, None, None, None) => {
            found.empty += 1;
            return;
        }
    };
    let (text, url) = match &value {
        LicenseValue::Address(_) => (text, None),
        LicenseValue::Text(_) => (None, url),
        _ => (text, url),
    };
    found.entries.push(LicenseEntry { value, acknowledgement: said, text, url });
}

fn acknowledgement(value: &Item<'_>) -> Option<Acknowledgement> {
    match value.get("acknowledgement")?.as_str()? {
        "declared" => Some(Acknowledgement::Declared),
        "concluded" => Some(Acknowledgement::Concluded),
        _ => None,
    }
}

/// `{content, contentType, encoding}`; base64 is the only encoding.
fn attachment(value: &Item<'_>) -> Option<String> {
    let content = match value {
        Item::Text(text) => Some(text.to_string()),
        _ => string(value, "content"),
    }?;
    if value.get("encoding").and_then(Item::as_str) != Some("base64") {
        return Some(content);
    }
    let packed: String = content.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(packed).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// 1.7: texts and addresses of the licenses in an expression.
fn expression_details(item: &Item<'_>, custom: &mut BTreeMap<String, CustomLicense>) {
    for detail in array(item, "expressionDetails") {
        let Some(id) = string(detail, "licenseIdentifier").filter(|id| id.contains("Ref-")) else { continue };
        let known = custom.entry(id).or_default();
        known.text = known.text.take().or_else(|| detail.get("text").and_then(attachment));
        known.url = known.url.take().or_else(|| string(detail, "url"));
    }
}

/// `evidence.licenses`: what was seen in files.
pub(super) fn observed(field: Option<&Item<'_>>) -> Vec<Observed> {
    let Some(Item::List(items)) = field else { return Vec::new() };
    items.iter().filter_map(observed_one).collect()
}

fn observed_one(item: &Item<'_>) -> Option<Observed> {
    let inner = item.get("license").unwrap_or(item);
    let license =
        string(item, "expression").or_else(|| string(inner, "id")).or_else(|| string(inner, "name"))?;
    let property = |name: &str| {
        array(inner, "properties")
            .iter()
            .find(|property| property.text("name").is_some_and(|known| known == name))
            .and_then(|property| string(property, "value"))
    };
    let lines = property("licgraph:lines").and_then(|lines| {
        let (first, last) = lines.split_once('-')?;
        Some((first.parse().ok()?, last.parse().ok()?))
    });
    Some(Observed {
        license,
        file: property("licgraph:file"),
        lines,
        sha256: property("licgraph:sha256"),
        percent: property("licgraph:confidence").and_then(|percent| percent.parse().ok()),
    })
}
