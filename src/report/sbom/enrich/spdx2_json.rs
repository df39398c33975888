//! SPDX 2 as JSON.

use super::{Known, expressions, facts, is_ours};
use crate::report::sbom::NO_TIME;
use crate::report::sbom::spdx_licenses::property_lines;
use serde_json::{Map, Value, json};

/// Adds to every package that is known.
pub(super) fn add(root: &mut Map<String, Value>, known: &Known<'_>) {
    let created = root.get("creationInfo").and_then(|info| info.get("created")).and_then(Value::as_str);
    let date = created.unwrap_or(NO_TIME).to_owned();
    for package in root.get_mut("packages").and_then(Value::as_array_mut).into_iter().flatten() {
        one(package, known, &date);
    }
}

fn one(package: &mut Value, known: &Known<'_>, date: &str) {
    let Some(fields) = package.as_object_mut() else { return };
    let references = fields.get("externalRefs").and_then(Value::as_array).into_iter().flatten();
    let is_purl = |kind: &Value| kind.as_str().is_some_and(|kind| kind.ends_with("purl"));
    let purl = references
        .filter(|reference| reference.get("referenceType").is_some_and(is_purl))
        .find_map(|reference| reference.get("referenceLocator").and_then(Value::as_str));
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    let Some(found) = known.find(purl, None, text("name"), text("versionInfo")) else { return };
    let (declared, concluded) = expressions(found);
    for (key, expression) in [("licenseDeclared", declared), ("licenseConcluded", concluded)] {
        let is_silent = fields.get(key).is_none_or(|value| value == "NOASSERTION" || value.is_null());
        if let Some(expression) = expression.filter(|_| is_silent) {
            fields.insert(key.to_owned(), json!(expression));
        }
    }
    let list = fields.entry("annotations").or_insert_with(|| json!([]));
    let Some(list) = list.as_array_mut() else { return };
    list.retain(|annotation| !annotation.get("comment").and_then(Value::as_str).is_some_and(is_ours));
    list.push(json!({
        "annotationDate": date, "annotationType": "OTHER", "annotator": known.annotator,
        "comment": property_lines(&facts(found)),
    }));
}
