//! What the schemas do not check: references, expressions, ids in the right place.

use licgraph::licenses::{catalogue, parse};
use serde_json::Value;
use std::collections::HashSet;

fn walk<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a str, &'a Value)) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                visit(key, inner);
                walk(inner, visit);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

/// Breaches of the rules for CycloneDX.
pub fn cyclonedx(document: &[u8]) -> Vec<String> {
    let value: Value = serde_json::from_slice(document).expect("JSON");
    let mut breaches = Vec::new();
    let mut references = HashSet::new();
    walk(&value, &mut |key, inner| {
        if key == "bom-ref" && !references.insert(inner.as_str().expect("a string").to_owned()) {
            breaches.push(format!("{inner} is used twice as bom-ref"));
        }
    });
    let pointers = ["ref", "requirement"];
    let lists = ["dependsOn", "assemblies", "subjects"];
    let mut entries = HashSet::new();
    walk(&value, &mut |key, inner| {
        let named: Vec<&str> = match inner {
            Value::String(one) if pointers.contains(&key) => vec![one],
            Value::Array(items) if lists.contains(&key) => items.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        for name in named {
            if !references.contains(name) {
                breaches.push(format!("{key} names {name}, which is not there"));
            }
        }
        match (key, inner) {
            ("expression", Value::String(text)) => breaches.extend(expression(text)),
            ("id", Value::String(text))
                if catalogue::find_license(text).is_none_or(|id| id.name() != text) =>
            {
                breaches.push(format!("{text} is no license id of the list"));
            }
            ("name", Value::String(text)) if text == "UNKNOWN" || text == "NOASSERTION" => {
                breaches.push("a word for nothing stands as a name".to_owned());
            }
            ("licenses", Value::Array(items)) if items.is_empty() => {
                breaches.push("an empty list of licenses".to_owned());
            }
            ("url", Value::String(url)) if url.contains('@') && !url.contains("://") => {
                breaches.push(format!("{url} is no address"));
            }
            ("dependencies", Value::Array(items)) => {
                entries.extend(items.iter().filter_map(|item| item.get("ref").and_then(Value::as_str)));
            }
            _ => {}
        }
    });
    let components = value["components"].as_array().expect("components");
    for component in components.iter().chain([&value["metadata"]["component"]]) {
        let reference = component["bom-ref"].as_str().expect("a bom-ref");
        if !entries.contains(reference) {
            breaches.push(format!("{reference} has no entry in dependencies"));
        }
    }
    breaches
}

/// Breaches of the rules for SPDX 2.3.
pub fn spdx2(document: &[u8]) -> Vec<String> {
    let value: Value = serde_json::from_slice(document).expect("JSON");
    let mut breaches = Vec::new();
    let mut ids = HashSet::from(["SPDXRef-DOCUMENT".to_owned()]);
    let custom: HashSet<&str> = value["hasExtractedLicensingInfos"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|known| known["licenseId"].as_str())
        .collect();
    let is_id = |id: &str| {
        id.strip_prefix("SPDXRef-").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
        })
    };
    for package in value["packages"].as_array().expect("packages") {
        let id = package["SPDXID"].as_str().expect("an id");
        if !is_id(id) || !ids.insert(id.to_owned()) {
            breaches.push(format!("{id} is no SPDXID, or is used twice"));
        }
        for key in ["licenseDeclared", "licenseConcluded"] {
            let text = package[key].as_str().expect(key);
            if text == "NONE" || text == "NOASSERTION" {
                continue;
            }
            breaches.extend(expression(text));
            for word in text.split([' ', '(', ')']).filter(|word| word.starts_with("LicenseRef-")) {
                if !custom.contains(word) {
                    breaches.push(format!("{word} is not explained"));
                }
            }
        }
    }
    for relationship in value["relationships"].as_array().expect("relationships") {
        for key in ["spdxElementId", "relatedSpdxElement"] {
            let name = relationship[key].as_str().expect(key);
            if !ids.contains(name) {
                breaches.push(format!("a relationship names {name}, which is not there"));
            }
        }
    }
    let created = value["creationInfo"]["created"].as_str().expect("created");
    if created.len() != 20 || !created.ends_with('Z') {
        breaches.push(format!("{created} is not in whole seconds of UTC"));
    }
    if value["documentNamespace"].as_str().is_none_or(|name| name.contains('#')) {
        breaches.push("documentNamespace is missing or has a fragment".to_owned());
    }
    breaches
}

/// Breaches of the rules for SPDX 3.
pub fn spdx3(document: &[u8]) -> Vec<String> {
    let value: Value = serde_json::from_slice(document).expect("JSON");
    let graph = value["@graph"].as_array().expect("a graph");
    let mut breaches = Vec::new();
    let mut ids: HashSet<&str> = HashSet::new();
    for element in graph {
        if let Some(id) = element["spdxId"].as_str().or_else(|| element["@id"].as_str())
            && !ids.insert(id)
        {
            breaches.push(format!("{id} is used twice"));
        }
    }
    for element in graph {
        if let Some(text) = element["simplelicensing_licenseExpression"].as_str() {
            breaches.extend(expression(text));
        }
        for key in [
            "from",
            "to",
            "element",
            "rootElement",
            "subject",
            "createdBy",
            "createdUsing",
            "dataLicense",
            "creationInfo",
        ] {
            let named: Vec<&str> = match &element[key] {
                Value::String(one) => vec![one],
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            };
            for name in named {
                if !ids.contains(name) && !name.starts_with("https://spdx.org/rdf/3.0.1/terms/") {
                    breaches.push(format!("{key} names {name}, which is not there"));
                }
            }
        }
    }
    breaches
}

fn expression(text: &str) -> Option<String> {
    parse(text).err().map(|error| format!("`{text}`: {error}"))
}
