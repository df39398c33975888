//! CycloneDX as JSON.

use super::{Known, acknowledgement, facts, is_ours};
use crate::audit::PackageReport;
use crate::report::sbom::licenses::{asserts, is_pinned};
use serde_json::{Map, Value, json};

/// Adds to every component that is known.
pub(super) fn add(root: &mut Map<String, Value>, known: &Known<'_>) {
    let minor = root.get("specVersion").and_then(Value::as_str).map_or(0, super::minor_version);
    if let Some(component) = root.get_mut("metadata").and_then(|metadata| metadata.get_mut("component")) {
        one(component, known, minor);
    }
    several(root.get_mut("components"), known, minor);
}

fn several(list: Option<&mut Value>, known: &Known<'_>, minor: u32) {
    for component in list.and_then(Value::as_array_mut).into_iter().flatten() {
        one(component, known, minor);
    }
}

fn one(component: &mut Value, known: &Known<'_>, minor: u32) {
    let Some(fields) = component.as_object_mut() else { return };
    several(fields.get_mut("components"), known, minor);
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    let Some(package) = known.find(text("purl"), text("group"), text("name"), text("version")) else {
        return;
    };
    if is_silent(fields.get("licenses"))
        && let Some(choice) = license_choice(package, minor)
    {
        fields.insert("licenses".to_owned(), json!([choice]));
    }
    // Properties of components came with 1.3.
    if minor < 3 {
        return;
    }
    let list = fields.entry("properties").or_insert_with(|| json!([]));
    let Some(list) = list.as_array_mut() else { return };
    list.retain(|property| !property.get("name").and_then(Value::as_str).is_some_and(is_ours));
    list.extend(facts(package).into_iter().map(|fact| json!({"name": fact.name, "value": fact.value})));
}

fn is_silent(licenses: Option<&Value>) -> bool {
    licenses.is_none_or(|value| value.is_null() || value.as_array().is_some_and(Vec::is_empty))
}

fn license_choice(package: &PackageReport, minor: u32) -> Option<Value> {
    let concluded = package.license.concluded.as_str();
    if !asserts(concluded) {
        return None;
    }
    let mut inner = Map::new();
    let single = is_pinned(concluded);
    inner.insert(if single { "id" } else { "expression" }.to_owned(), json!(concluded));
    if minor >= 6 {
        inner.insert("acknowledgement".to_owned(), json!(acknowledgement(package)));
    }
    Some(if single { json!({"license": inner}) } else { Value::Object(inner) })
}
