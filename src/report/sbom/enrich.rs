//! Licenses and verdicts for an SBOM that another tool made; everything else in it stays as it is.

use super::NO_TIME;
use super::licenses::{asserts, is_pinned};
use super::spdx_licenses::property_lines;
use crate::audit::{AuditReport, PackageReport};
use crate::model::ConclusionSource;
use crate::model::sbom::Property;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Why a document could not be enriched.
#[derive(Debug, thiserror::Error)]
pub enum EnrichError {
    /// It is not JSON.
    #[error("the document is not valid JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It is JSON of another kind.
    #[error(
        "the document is neither CycloneDX nor SPDX 2 JSON; convert it first with `licgraph sbom convert`"
    )]
    UnknownFormat,
}

/// Adds licenses and verdicts to a CycloneDX or SPDX 2 document in JSON.
///
/// A license that the document has is never changed; a missing one is added. The verdict of each package that
/// the report knows by its purl goes into properties (CycloneDX) or an annotation (SPDX).
///
/// # Errors
/// When the document is not JSON of one of the two kinds.
pub fn enrich(document: &[u8], report: &AuditReport) -> Result<Vec<u8>, EnrichError> {
    let mut value: Value = serde_json::from_slice(document)?;
    let known: HashMap<&str, &PackageReport> =
        report.packages.iter().map(|package| (package.purl.as_str(), package)).collect();
    let is_cyclonedx = value.get("bomFormat").is_some_and(|format| format == "CycloneDX");
    let Some(root) = value.as_object_mut() else { return Err(EnrichError::UnknownFormat) };
    if is_cyclonedx {
        let minor = minor_version(root);
        if let Some(component) = root.get_mut("metadata").and_then(|metadata| metadata.get_mut("component")) {
            cyclonedx_component(component, &known, minor);
        }
        cyclonedx_components(root.get_mut("components"), &known, minor);
    } else if root.get("spdxVersion").and_then(Value::as_str).is_some_and(|v| v.starts_with("SPDX-2")) {
        let date = root
            .get("creationInfo")
            .and_then(|info| info.get("created"))
            .and_then(Value::as_str)
            .unwrap_or(NO_TIME)
            .to_owned();
        let annotator = format!("Tool: {}-{}", report.tool.name, report.tool.version);
        for package in root.get_mut("packages").and_then(Value::as_array_mut).into_iter().flatten() {
            spdx_package(package, &known, &date, &annotator);
        }
    } else {
        return Err(EnrichError::UnknownFormat);
    }
    let mut bytes = serde_json::to_vec_pretty(&value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// `5` of `1.5`; 0 when it is not said.
fn minor_version(root: &Map<String, Value>) -> u32 {
    root.get("specVersion")
        .and_then(Value::as_str)
        .and_then(|version| version.split_once('.'))
        .and_then(|(_, minor)| minor.parse().ok())
        .unwrap_or(0)
}

fn cyclonedx_components(list: Option<&mut Value>, known: &HashMap<&str, &PackageReport>, minor: u32) {
    for component in list.and_then(Value::as_array_mut).into_iter().flatten() {
        cyclonedx_component(component, known, minor);
    }
}

fn cyclonedx_component(component: &mut Value, known: &HashMap<&str, &PackageReport>, minor: u32) {
    let Some(fields) = component.as_object_mut() else { return };
    cyclonedx_components(fields.get_mut("components"), known, minor);
    let Some(package) = fields.get("purl").and_then(Value::as_str).and_then(|purl| known.get(purl)) else {
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
    list.retain(|property| {
        !property.get("name").and_then(Value::as_str).is_some_and(|name| name.starts_with("licgraph:"))
    });
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
    let acknowledgement = match package.license.source {
        ConclusionSource::Declared => "declared",
        _ => "concluded",
    };
    let mut inner = Map::new();
    let single = is_pinned(concluded);
    inner.insert(if single { "id" } else { "expression" }.to_owned(), json!(concluded));
    if minor >= 6 {
        inner.insert("acknowledgement".to_owned(), json!(acknowledgement));
    }
    Some(if single { json!({"license": inner}) } else { Value::Object(inner) })
}

fn facts(package: &PackageReport) -> Vec<Property> {
    let mut facts = vec![
        Property::new("licgraph:verdict", package.verdict.name()),
        Property::new("licgraph:reason", package.reason.as_str()),
        Property::new("licgraph:linkage", package.linkage.name()),
        Property::new("licgraph:license:used", package.license.concluded.as_str()),
        Property::new("licgraph:license:reason", package.license.reason.as_str()),
    ];
    if let Some(chosen) = &package.license.chosen {
        facts.push(Property::new("licgraph:license:chosen", chosen.as_str()));
    }
    facts
}

fn spdx_package(package: &mut Value, known: &HashMap<&str, &PackageReport>, date: &str, annotator: &str) {
    let Some(fields) = package.as_object_mut() else { return };
    let references = fields.get("externalRefs").and_then(Value::as_array).into_iter().flatten();
    let purl = references
        .filter(|reference| reference.get("referenceType").is_some_and(|kind| kind == "purl"))
        .find_map(|reference| reference.get("referenceLocator").and_then(Value::as_str));
    let Some(found) = purl.and_then(|purl| known.get(purl)) else { return };
    let license = &found.license;
    // A `LicenseRef-` would have to be explained in the document; those stay out.
    let usable = |expression: &str| asserts(expression) && !expression.contains("Ref-");
    let mut fill = |key: &str, expression: Option<&str>| {
        let silent = fields.get(key).is_none_or(|value| value == "NOASSERTION" || value.is_null());
        if let Some(expression) = expression.filter(|expression| silent && usable(expression)) {
            fields.insert(key.to_owned(), json!(expression));
        }
    };
    fill("licenseDeclared", license.declared.as_deref());
    let looked = !matches!(license.source, ConclusionSource::Declared | ConclusionSource::Unknown);
    fill("licenseConcluded", looked.then_some(license.concluded.as_str()));
    let list = fields.entry("annotations").or_insert_with(|| json!([]));
    let Some(list) = list.as_array_mut() else { return };
    list.retain(|annotation| {
        !annotation.get("comment").and_then(Value::as_str).is_some_and(|text| text.starts_with("licgraph:"))
    });
    list.push(json!({
        "annotationDate": date, "annotationType": "OTHER", "annotator": annotator,
        "comment": property_lines(&facts(found)),
    }));
}
