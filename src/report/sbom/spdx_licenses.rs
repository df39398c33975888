//! License statements and names in the form SPDX wants them.

use super::cyclonedx_licenses::first_line;
use super::licenses::{is_custom, joined, text, words};
use super::{NO_TIME, SbomOptions};
use crate::model::sbom::{
    Acknowledgement, Component, CustomLicense, Document, LicenseEntry, LicenseValue, Property,
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How references of our own making start, so that they can be read back as the names they stand for.
const OWN: &str = "LicenseRef-licgraph-";

/// What SPDX says of a component's license.
pub(super) struct Stated {
    /// What the authors say: an expression, `NONE` or `NOASSERTION`.
    pub(super) declared: String,
    /// What a review found.
    pub(super) concluded: String,
}

/// Gathers what every `LicenseRef-` of the document stands for.
#[derive(Default)]
pub(super) struct CustomLicenses {
    pub(super) found: BTreeMap<String, CustomLicense>,
}

impl CustomLicenses {
    /// The statements of a component as two expressions.
    pub(super) fn state(&mut self, component: &Component, document: &Document) -> Stated {
        let of_kind = |concluded: bool| -> Vec<&LicenseEntry> {
            component
                .licenses
                .iter()
                .filter(|entry| (entry.acknowledgement == Some(Acknowledgement::Concluded)) == concluded)
                .collect()
        };
        let declared = self.expression(&of_kind(false), document);
        let concluded = self.expression(&of_kind(true), document);
        Stated { declared, concluded }
    }

    fn expression(&mut self, entries: &[&LicenseEntry], document: &Document) -> String {
        let expression =
            joined(entries, |entry| self.name(entry)).unwrap_or_else(|| "NOASSERTION".to_owned());
        for id in words(&expression).filter(|word| word.starts_with("LicenseRef-")) {
            if !self.found.contains_key(id) {
                let known = document.custom_licenses.get(id).cloned().unwrap_or_default();
                self.found.insert(id.to_owned(), known);
            }
        }
        expression
    }

    /// A name, address or text that is no expression gets a reference of its own.
    fn name(&mut self, entry: &LicenseEntry) -> String {
        let shown = match &entry.value {
            LicenseValue::Text(text) => first_line(text),
            other => other.as_str(),
        };
        let text = match &entry.value {
            LicenseValue::Text(text) => Some(text.clone()),
            _ => entry.text.clone(),
        };
        let url = match &entry.value {
            LicenseValue::Address(url) => Some(url.clone()),
            _ => entry.url.clone(),
        };
        let mut digest = Sha256::new();
        for part in [Some(shown), text.as_deref(), url.as_deref()] {
            digest.update(part.unwrap_or_default());
            digest.update([0]);
        }
        let short = hex::encode(&digest.finalize()[..4]);
        let reference = format!("{OWN}{}-{short}", slug(shown, 40));
        let known = CustomLicense { name: Some(shown.to_owned()), text, url };
        self.found.insert(reference.clone(), known);
        reference
    }
}

/// Letters, digits, `.` and `-` only, as SPDX ids may hold.
pub(super) fn slug(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || character == '.' {
            out.push(character);
        } else if !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= limit {
            break;
        }
    }
    let trimmed = out.trim_matches('-');
    if trimmed.is_empty() { "x".to_owned() } else { trimmed.to_owned() }
}

/// An id for every component, made from its reference; unique.
pub(super) fn element_ids(document: &Document) -> Vec<String> {
    let mut used: HashSet<String> = HashSet::with_capacity(document.components.len());
    let mut counts: HashMap<String, usize> = HashMap::new();
    document
        .components
        .iter()
        .map(|component| {
            let base = slug(component.reference.trim_start_matches("pkg:"), 200);
            let mut id = format!("SPDXRef-Package-{base}");
            while !used.insert(id.clone()) {
                let count = counts.entry(base.clone()).or_insert(1);
                *count += 1;
                id = format!("SPDXRef-Package-{base}-{count}");
            }
            id
        })
        .collect()
}

/// The time in the only form SPDX takes: UTC, whole seconds.
pub(super) fn created(document: &Document) -> String {
    whole_seconds(document.created.as_deref())
}

/// A time in that form; the start of the epoch where there is none, or none that can be read.
pub(super) fn whole_seconds(time: Option<&str>) -> String {
    time.and_then(|time| time.parse::<jiff::Timestamp>().ok())
        .map_or_else(|| NO_TIME.to_owned(), |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The texts of a component's listed licenses, where they are asked for.
pub(super) fn license_texts(stated: &Stated, options: &SbomOptions) -> Vec<String> {
    if !options.license_texts {
        return Vec::new();
    }
    let expression =
        if super::licenses::asserts(&stated.concluded) { &stated.concluded } else { &stated.declared };
    let mut ids: Vec<&str> = words(expression).filter(|word| !is_custom(word)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().filter_map(|id| Some(format!("{id}\n\n{}", text(id)?))).collect()
}

/// A component's properties, with those that stand for what SPDX has no field for.
pub(super) fn properties(component: &Component) -> Vec<Property> {
    let mut found = component.properties.clone();
    let mut add = |name: &str, value: &str| found.push(Property::new(name, value));
    for author in &component.authors {
        add("licgraph:author", author);
    }
    if let Some(group) = &component.group {
        add("licgraph:group", group);
    }
    if let Some(scope) = &component.scope {
        add("licgraph:component-scope", scope);
    }
    for (file, line) in &component.occurrences {
        add("licgraph:occurrence", &format!("{file}:{line}"));
    }
    for observed in &component.observed {
        add("licgraph:license:detected", &super::cyclonedx_licenses::observation_line(observed));
    }
    found
}

/// Properties as the text of an annotation: a line each, `name: value`; line breaks and backslashes escaped.
pub(super) fn property_lines(properties: &[Property]) -> String {
    let mut text = String::new();
    for property in properties {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&property.name);
        text.push_str(": ");
        for character in property.value.chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                other => text.push(other),
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{property_lines, slug};
    use crate::model::sbom::Property;

    #[test]
    fn slugs_hold_only_what_spdx_ids_may() {
        assert_eq!(slug("npm/%40scope/näme@1.0", 80), "npm-40scope-n-me-1.0");
        assert_eq!(slug("///", 80), "x");
    }

    #[test]
    fn properties_keep_their_line_breaks_escaped() {
        let lines = property_lines(&[Property::new("a", "x\ny\\"), Property::new("b", "z")]);
        assert_eq!(lines, "a: x\\ny\\\\\nb: z");
    }
}
