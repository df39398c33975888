//! Licenses and verdicts for an SBOM that another tool made; everything else in it stays as it is.
//!
//! JSON keeps its values and their order, XML and tag-value every other byte. A license that the document states is
//! never changed; a missing one is added. The verdict goes where each format has room for it: properties (CycloneDX),
//! an annotation (SPDX 2), the extension for properties (SPDX 3). A second time changes nothing.

mod cyclonedx_json;
mod cyclonedx_xml;
mod spdx2_json;
mod spdx2_tag_value;
mod spdx3;
mod splice;

use super::licenses::asserts;
use crate::audit::{AuditReport, PackageReport};
use crate::model::sbom::Property;
use crate::model::{ConclusionSource, Ecosystem, Purl};
use serde_json::Value;
use std::collections::HashMap;

/// Why a document could not be enriched.
#[derive(Debug, thiserror::Error)]
pub enum EnrichError {
    /// It is not JSON.
    #[error("the document is not valid JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It is not XML.
    #[error("the document is not valid XML at byte {offset}: {message}")]
    Xml {
        /// Where, counted from 0.
        offset: u64,
        /// What is wrong.
        message: String,
    },
    /// Its text cannot be kept as it is.
    #[error("the document is not UTF-8; save it as UTF-8 first")]
    Encoding(#[from] std::str::Utf8Error),
    /// It is of another kind.
    #[error("the document is neither CycloneDX (JSON, XML) nor SPDX (JSON, tag-value)")]
    UnknownFormat,
}

/// Adds licenses and verdicts to a CycloneDX document (JSON, XML) or an SPDX document (2: JSON, tag-value; 3: JSON).
///
/// The packages of the report are found by their purl, those without one by name and version.
///
/// # Errors
/// When the document is of no such kind, or broken.
pub fn enrich(document: &[u8], report: &AuditReport) -> Result<Vec<u8>, EnrichError> {
    const MARK: &str = "\u{FEFF}";
    let text = std::str::from_utf8(document)?;
    let (mark, text) = text.strip_prefix(MARK).map_or(("", text), |rest| (MARK, rest));
    let known = Known::new(report);
    let head = text.trim_start();
    let enriched = if head.starts_with('{') {
        json(text, &known)?
    } else if head.starts_with('<') {
        cyclonedx_xml::add(text, &known)?
    } else {
        spdx2_tag_value::add(text, &known)?
    };
    Ok([mark.as_bytes(), &enriched].concat())
}

fn json(text: &str, known: &Known<'_>) -> Result<Vec<u8>, EnrichError> {
    let mut value: Value = serde_json::from_str(text)?;
    let is_cyclonedx = value.get("bomFormat").is_some_and(|format| format == "CycloneDX");
    let spdx = value.get("spdxVersion").and_then(Value::as_str);
    let is_spdx2 = spdx.is_some_and(|version| version.starts_with("SPDX-2"));
    let is_spdx3 = value.get("@graph").is_some() && text.contains("spdx.org/rdf/3.");
    let root = value.as_object_mut().ok_or(EnrichError::UnknownFormat)?;
    if is_cyclonedx {
        cyclonedx_json::add(root, known);
    } else if is_spdx2 {
        spdx2_json::add(root, known);
    } else if is_spdx3 {
        spdx3::add(root, known);
    } else {
        return Err(EnrichError::UnknownFormat);
    }
    let mut bytes = serde_json::to_vec_pretty(&value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The packages of the report by their purls.
struct Known<'a> {
    packages: HashMap<&'a str, &'a PackageReport>,
    /// This tool in the words of SPDX 2.
    annotator: String,
}

impl<'a> Known<'a> {
    fn new(report: &'a AuditReport) -> Self {
        let packages = report.packages.iter().map(|package| (package.purl.as_str(), package)).collect();
        Self { packages, annotator: format!("Tool: {}-{}", report.tool.name, report.tool.version) }
    }

    /// A package by its purl; without a good one by the name that stands for it in the report.
    fn find(
        &self,
        purl: Option<&str>,
        group: Option<&str>,
        name: Option<&str>,
        version: Option<&str>,
    ) -> Option<&'a PackageReport> {
        if let Some(purl) = purl.and_then(|purl| Purl::parse(purl).ok()) {
            return self.packages.get(purl.as_str()).copied();
        }
        let name = name?;
        let stand_in = match group.filter(|group| !group.is_empty() && !name.starts_with(group)) {
            Some(group) => Purl::new(Ecosystem::Other, &format!("{group}/{name}"), version),
            None => Purl::new(Ecosystem::Other, name, version),
        };
        self.packages.get(stand_in.as_str()).copied()
    }
}

/// `5` of `1.5`; 0 when it is not said.
fn minor_version(version: &str) -> u32 {
    version.split_once('.').and_then(|(_, minor)| minor.parse().ok()).unwrap_or(0)
}

/// Whether a property, or the text of an annotation, was written by this tool.
fn is_ours(text: &str) -> bool {
    text.starts_with("licgraph:")
}

/// Who says the license that counts.
fn acknowledgement(package: &PackageReport) -> &'static str {
    match package.license.source {
        ConclusionSource::Declared => "declared",
        _ => "concluded",
    }
}

/// What SPDX may say: declared, and concluded where somebody looked. A `LicenseRef-` would have to be explained in
/// the document; those stay out.
fn expressions(package: &PackageReport) -> (Option<&str>, Option<&str>) {
    let license = &package.license;
    let usable = |expression: &&str| asserts(expression) && !expression.contains("Ref-");
    let looked = !matches!(license.source, ConclusionSource::Declared | ConclusionSource::Unknown);
    let concluded = looked.then_some(license.concluded.as_str()).filter(usable);
    (license.declared.as_deref().filter(usable), concluded)
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
