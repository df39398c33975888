//! `licenses` of a component, under the rules of each version.
//!
//! Up to 1.6 the list holds any number of `license` objects or else exactly one `expression`; so a declared and
//! a concluded expression cannot both be written, and the one left out goes into a property. 1.7 takes any mix.
//! 1.5 does not know who says a license; a property tells.

use super::cyclonedx_model::{
    Attachment, ExpressionDetail, License, LicenseChoice, LicenseExpression, Property,
};
use super::licenses::{is_custom, is_pinned, text, words};
use super::text::address;
use super::{CycloneDxVersion, Profile, SbomOptions};
use crate::model::sbom::{Acknowledgement, Component, Document, LicenseEntry, LicenseValue, Observed};
use std::borrow::Cow;

/// What to write for a component: the list, and properties for what the list cannot hold.
pub(super) struct Written<'a> {
    pub(super) licenses: Vec<LicenseChoice<'a>>,
    pub(super) properties: Vec<Property<'a>>,
}

/// What the functions below need to know.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) version: CycloneDxVersion,
    pub(super) options: &'a SbomOptions,
    pub(super) document: &'a Document,
}

/// The license statements of a component.
pub(super) fn licenses<'a>(component: &'a Component, rules: Rules<'a>) -> Written<'a> {
    // CycloneDX has no word for `NONE`.
    let (none, entries): (Vec<&LicenseEntry>, Vec<&LicenseEntry>) =
        component.licenses.iter().partition(|entry| entry.value.as_str() == "NONE");
    let mut properties = custom_properties(&entries, rules);
    properties.extend(none.into_iter().map(displaced));
    if rules.version == CycloneDxVersion::V1_7 {
        let licenses = entries.iter().map(|entry| choice(entry, rules)).collect();
        return Written { licenses, properties };
    }
    let expressions = entries.iter().filter(|entry| is_expression(entry, rules)).count();
    let mixed = expressions > 0 && entries.len() > 1;
    let kept = if mixed { preferred(&entries, rules) } else { entries.clone() };
    properties.extend(entries.iter().filter(|entry| !kept.contains(entry)).map(|entry| displaced(entry)));
    if rules.version == CycloneDxVersion::V1_5
        && let Some(said) = kept.first().and_then(|entry| entry.acknowledgement)
        && kept.iter().all(|entry| entry.acknowledgement == Some(said))
    {
        properties.push(property("licgraph:license:acknowledgement", said.name()));
    }
    Written { licenses: kept.iter().map(|entry| choice(entry, rules)).collect(), properties }
}

/// A statement that the list cannot hold, as a property; the reader of SBOMs knows it again.
fn displaced(entry: &LicenseEntry) -> Property<'_> {
    let name = match entry.acknowledgement {
        Some(Acknowledgement::Declared) => "licgraph:license:declared",
        Some(Acknowledgement::Concluded) => "licgraph:license:concluded",
        None => "licgraph:license:stated",
    };
    property(name, entry.value.as_str())
}

/// Where not all can be written: the statements of one kind, if they can stand together.
fn preferred<'a>(entries: &[&'a LicenseEntry], rules: Rules<'_>) -> Vec<&'a LicenseEntry> {
    let first = match rules.options.profile {
        Some(Profile::Cisa) => Acknowledgement::Declared,
        Some(Profile::Bsi) | None => Acknowledgement::Concluded,
    };
    let of_kind = |kind: Option<Acknowledgement>| -> Vec<&'a LicenseEntry> {
        entries.iter().copied().filter(|entry| entry.acknowledgement == kind).collect()
    };
    let kinds = [Some(first), Some(Acknowledgement::Concluded), Some(Acknowledgement::Declared), None];
    let found = kinds.into_iter().map(of_kind).find(|kept| !kept.is_empty()).unwrap_or_default();
    match found.iter().find(|entry| is_expression(entry, rules)) {
        Some(expression) if found.len() > 1 => vec![expression],
        _ => found,
    }
}

/// Whether an entry is written as `expression`. TR-03183-2 wants expressions throughout.
fn is_expression(entry: &LicenseEntry, rules: Rules<'_>) -> bool {
    match &entry.value {
        LicenseValue::Expression(_) => true,
        LicenseValue::Id(id) => rules.options.profile == Some(Profile::Bsi) || !is_pinned(id),
        LicenseValue::Name(_) | LicenseValue::Address(_) | LicenseValue::Text(_) => false,
    }
}

fn choice<'a>(entry: &'a LicenseEntry, rules: Rules<'a>) -> LicenseChoice<'a> {
    let acknowledgement =
        entry.acknowledgement.filter(|_| rules.version != CycloneDxVersion::V1_5).map(Acknowledgement::name);
    if is_expression(entry, rules) {
        let expression = entry.value.as_str();
        let details = match rules.version {
            CycloneDxVersion::V1_7 => details(expression, rules),
            CycloneDxVersion::V1_5 | CycloneDxVersion::V1_6 => Vec::new(),
        };
        let properties = Vec::new();
        return LicenseChoice::Expression(LicenseExpression {
            expression,
            details,
            acknowledgement,
            properties,
        });
    }
    let known_text = entry.text.as_deref().or_else(|| match &entry.value {
        LicenseValue::Id(id) if rules.options.license_texts => text(id),
        LicenseValue::Text(text) => Some(text),
        _ => None,
    });
    let mut license = License {
        acknowledgement,
        text: known_text.map(attachment),
        url: entry.url.as_deref().and_then(address),
        ..License::default()
    };
    match &entry.value {
        LicenseValue::Id(id) => license.id = Some(id),
        LicenseValue::Address(url) => {
            license.name = Some(url);
            license.url = address(url);
        }
        LicenseValue::Text(text) => license.name = Some(first_line(text)),
        LicenseValue::Name(name) | LicenseValue::Expression(name) => license.name = Some(name),
    }
    LicenseChoice::License { license }
}

/// A name for a text that has none.
pub(super) fn first_line(text: &str) -> &str {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("license text");
    match line.char_indices().nth(100) {
        Some((end, _)) => &line[..end],
        None => line,
    }
}

/// The texts behind an expression: its own licenses always, listed ones on request (1.7).
fn details<'a>(expression: &'a str, rules: Rules<'a>) -> Vec<ExpressionDetail<'a>> {
    let mut found: Vec<ExpressionDetail<'a>> = Vec::new();
    for id in words(expression) {
        let content = match rules.document.custom_licenses.get(id) {
            Some(custom) => custom.text.as_deref(),
            None if rules.options.license_texts => text(id),
            None => None,
        };
        if let Some(content) = content.filter(|_| !found.iter().any(|known| known.id == id)) {
            found.push(ExpressionDetail { id, text: attachment(content) });
        }
    }
    found
}

/// What a `LicenseRef-` of an expression stands for, where the format has no place: its name, and up to 1.6
/// its text.
fn custom_properties<'a>(entries: &[&'a LicenseEntry], rules: Rules<'a>) -> Vec<Property<'a>> {
    let mut properties = Vec::new();
    for entry in entries.iter().filter(|entry| is_expression(entry, rules)) {
        for id in words(entry.value.as_str()).filter(|word| is_custom(word)) {
            let Some(custom) = rules.document.custom_licenses.get(id) else { continue };
            let mut add = |what: &str, value: Option<&'a str>| {
                let name = Cow::Owned(format!("licgraph:license-{what}:{id}"));
                let known = properties.iter().any(|known: &Property<'_>| known.name == name);
                if let Some(value) = value.filter(|_| !known) {
                    properties.push(Property { name, value: Cow::Borrowed(value) });
                }
            };
            add("name", custom.name.as_deref());
            add("url", custom.url.as_deref());
            if rules.version != CycloneDxVersion::V1_7 {
                add("text", custom.text.as_deref());
            }
        }
    }
    properties
}

/// `evidence.licenses`: single ids with the file they were seen in; an expression where the version lets it
/// stand beside them. The rest goes into properties.
pub(super) fn evidence<'a>(component: &'a Component, rules: Rules<'a>) -> Written<'a> {
    let mut licenses = Vec::new();
    let mut properties = Vec::new();
    let only_one = component.observed.len() == 1;
    for observed in &component.observed {
        let details = observation(observed);
        if is_pinned(&observed.license) {
            let license = License { id: Some(&observed.license), properties: details, ..License::default() };
            licenses.push(LicenseChoice::License { license });
        } else if rules.version == CycloneDxVersion::V1_7 {
            licenses.push(LicenseChoice::Expression(LicenseExpression {
                expression: &observed.license,
                details: Vec::new(),
                acknowledgement: None,
                properties: details,
            }));
        } else {
            if only_one {
                licenses.push(LicenseChoice::Expression(LicenseExpression {
                    expression: &observed.license,
                    details: Vec::new(),
                    acknowledgement: None,
                    properties: Vec::new(),
                }));
            }
            properties.push(property("licgraph:license:detected", observation_line(observed)));
        }
    }
    Written { licenses, properties }
}

fn observation(observed: &Observed) -> Vec<Property<'_>> {
    let mut properties = Vec::new();
    if let Some(file) = &observed.file {
        properties.push(property("licgraph:file", file.as_str()));
    }
    if let Some((first, last)) = observed.lines {
        properties.push(property("licgraph:lines", format!("{first}-{last}")));
    }
    if let Some(sha256) = &observed.sha256 {
        properties.push(property("licgraph:sha256", sha256.as_str()));
    }
    if let Some(percent) = observed.percent {
        properties.push(property("licgraph:confidence", percent.to_string()));
    }
    properties
}

/// `GPL-2.0-only OR GPL-2.0-or-later in COPYING (lines 1-339, sha256 …, 99 %)`.
pub(super) fn observation_line(observed: &Observed) -> String {
    let file = observed.file.as_deref().unwrap_or("an unnamed file");
    let mut line = format!("{} in {file}", observed.license);
    let mut details = Vec::new();
    if let Some((first, last)) = observed.lines {
        details.push(format!("lines {first}-{last}"));
    }
    if let Some(sha256) = &observed.sha256 {
        details.push(format!("sha256 {sha256}"));
    }
    if let Some(percent) = observed.percent {
        details.push(format!("{percent} %"));
    }
    if !details.is_empty() {
        line.push_str(&format!(" ({})", details.join(", ")));
    }
    line
}

fn attachment(content: &str) -> Attachment<'_> {
    Attachment { content_type: "text/plain", content }
}

fn property<'a>(name: &'static str, value: impl Into<Cow<'a, str>>) -> Property<'a> {
    Property { name: Cow::Borrowed(name), value: value.into() }
}
