//! One component of a CycloneDX document.

use super::item::Item;
use super::items::{array, string};
use super::licenses::{Found, licenses, observed};
use crate::model::sbom::{
    Acknowledgement, Component, Contact, CustomLicense, LicenseEntry, LicenseValue, Property, Reference,
};
use std::collections::BTreeMap;

/// A component, and what its licenses brought along.
pub(super) struct Read {
    pub(super) component: Component,
    pub(super) custom: BTreeMap<String, CustomLicense>,
    pub(super) empty_licenses: usize,
    pub(super) odd_licenses: usize,
    /// It had no name; the one it has now was made up from its purl or place.
    pub(super) nameless: bool,
}

/// Reads a component; `number` names it where it has no name of its own.
pub(super) fn read(value: &Item<'_>, number: usize) -> Read {
    let Found { entries, custom, empty, odd } = licenses(value.get("licenses"));
    let purl = string(value, "purl");
    let name = string(value, "name");
    let nameless = name.is_none();
    let fallback = || purl.clone().unwrap_or_else(|| format!("unnamed component {number}"));
    let evidence = value.get("evidence");
    let mut component = Component {
        reference: string(value, "bom-ref").or_else(|| purl.clone()).unwrap_or_default(),
        kind: string(value, "type").unwrap_or_else(|| "library".to_owned()),
        group: string(value, "group"),
        name: name.unwrap_or_else(fallback),
        version: string(value, "version"),
        purl,
        description: string(value, "description"),
        authors: authors(value),
        copyright: string(value, "copyright"),
        scope: string(value, "scope"),
        licenses: entries,
        observed: observed(evidence.and_then(|evidence| evidence.get("licenses"))),
        hashes: hashes(value),
        references: array(value, "externalReferences").iter().filter_map(reference).collect(),
        occurrences: evidence.map(occurrences).unwrap_or_default(),
        properties: array(value, "properties").iter().filter_map(property).collect(),
        manufacturer: value.get("manufacturer").and_then(contact),
        line: None,
    };
    let mut custom = custom;
    restore(&mut component, &mut custom);
    Read { component, custom, empty_licenses: empty, odd_licenses: odd, nameless }
}

fn authors(value: &Item<'_>) -> Vec<String> {
    let listed: Vec<String> = array(value, "authors")
        .iter()
        .filter_map(|author| match (string(author, "name"), string(author, "email")) {
            (Some(name), Some(email)) if !name.contains(&email) => Some(format!("{name} <{email}>")),
            (Some(name), _) => Some(name),
            (None, email) => email,
        })
        .collect();
    if listed.is_empty() { string(value, "author").into_iter().collect() } else { listed }
}

fn hashes(value: &Item<'_>) -> Vec<(String, String)> {
    array(value, "hashes")
        .iter()
        .filter_map(|hash| Some((string(hash, "alg")?, string(hash, "content")?)))
        .collect()
}

fn reference(value: &Item<'_>) -> Option<Reference> {
    let kind = string(value, "type").unwrap_or_else(|| "other".to_owned());
    Some(Reference { kind, url: string(value, "url")?, hashes: hashes(value) })
}

pub(super) fn property(value: &Item<'_>) -> Option<Property> {
    let text = match value.get("value") {
        Some(Item::Text(text)) => text.clone().into_owned(),
        Some(Item::Bool(truth)) => truth.to_string(),
        _ => string(value, "value").unwrap_or_default(),
    };
    Some(Property { name: string(value, "name")?, value: text })
}

fn contact(value: &Item<'_>) -> Option<Contact> {
    let url = match value.get("url")? {
        Item::List(urls) => urls.first().and_then(Item::as_str).map(str::to_owned),
        _ => string(value, "url"),
    };
    let email = array(value, "contact").first().and_then(|contact| string(contact, "email"));
    Some(Contact { name: string(value, "name"), email, url })
}

fn occurrences(evidence: &Item<'_>) -> Vec<(String, u32)> {
    array(evidence, "occurrences")
        .iter()
        .filter_map(|seen| {
            let line = seen.text("line").and_then(|line| line.parse().ok());
            Some((string(seen, "location")?, line.unwrap_or(0)))
        })
        .collect()
}

/// Statements that our own writer had to put into properties go back where they belong.
pub(super) fn restore(component: &mut Component, custom: &mut BTreeMap<String, CustomLicense>) {
    let mut kept = Vec::with_capacity(component.properties.len());
    let mut said = None;
    for property in std::mem::take(&mut component.properties) {
        let mut state = |acknowledgement| {
            let value = LicenseValue::Expression(property.value.clone());
            component.licenses.push(LicenseEntry::new(value, acknowledgement));
        };
        match property.name.as_str() {
            "licgraph:license:declared" => state(Some(Acknowledgement::Declared)),
            "licgraph:license:concluded" => state(Some(Acknowledgement::Concluded)),
            "licgraph:license:stated" => state(None),
            "licgraph:license:acknowledgement" => {
                said = match property.value.as_str() {
                    "declared" => Some(Acknowledgement::Declared),
                    "concluded" => Some(Acknowledgement::Concluded),
                    _ => None,
                };
            }
            name => match custom_part(name) {
                Some((part, id)) => {
                    let known = custom.entry(id.to_owned()).or_default();
                    match part {
                        "name" => known.name = Some(property.value),
                        "url" => known.url = Some(property.value),
                        _ => known.text = Some(property.value),
                    }
                }
                None => kept.push(property),
            },
        }
    }
    component.properties = kept;
    for entry in component.licenses.iter_mut().filter(|entry| entry.acknowledgement.is_none()) {
        entry.acknowledgement = said;
    }
}

/// `licgraph:license-name:LicenseRef-x` and its kin.
fn custom_part(name: &str) -> Option<(&str, &str)> {
    let (part, id) = name.strip_prefix("licgraph:license-")?.split_once(':')?;
    (matches!(part, "name" | "url" | "text") && id.contains("Ref-")).then_some((part, id))
}
