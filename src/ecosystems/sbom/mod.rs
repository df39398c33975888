//! SBOMs of other tools as input: CycloneDX 1.2 to 1.7 (JSON, XML), SPDX 2.2 and 2.3 (JSON, tag-value) and
//! SPDX 3.0.1 (JSON-LD).
//!
//! Documents are read leniently, because generators are sloppy, and nothing is passed over in silence: what is
//! missing, doubled, dangling or unreadable becomes a [`Problem`]. License strings are handed over verbatim.

mod cyclonedx;
mod cyclonedx_component;
mod cyclonedx_xml;
mod graph;
mod item;
mod items;
mod licenses;
mod notes;
mod scope;
mod sniff;
mod spdx2;
mod spdx2_tag_value;
mod spdx3;
mod spdx_licenses;

pub use sniff::DocumentKind;

use super::{ReadContext, Reading};
use crate::model::sbom::Document;
use crate::model::{Problem, SourceSpan};
use std::io::Read;
use std::path::Path;

/// Larger files are refused: the largest honest documents are a tenth of this.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// What was read of a document.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Its content.
    pub document: Document,
    /// Its format and version; none if it was not recognised.
    pub kind: Option<DocumentKind>,
    /// Whether it says anything about dependencies.
    pub has_dependencies: bool,
    /// Parts of the document that the common form does not hold, by their names.
    pub left_out: Vec<String>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Whether a file looks like an SBOM that can be read, by its first bytes.
pub fn is_sbom(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(64 * 1024).read_to_end(&mut start));
    read.is_ok() && sniff::kind_of(&sniff::decode(&start).0).is_some()
}

/// Reads an SBOM as a project.
pub fn read(path: &Path, context: &ReadContext) -> Reading {
    let name = context.relative(path);
    match bytes_of(path) {
        Ok(bytes) => {
            let parsed = parse(&bytes, &name);
            let mut reading = graph::reading(parsed, &name);
            reading.read.push(name);
            reading
        }
        Err(message) => Reading {
            problems: vec![Problem::incomplete(Some(SourceSpan::file(name)), message)],
            ..Reading::default()
        },
    }
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, String> {
    let too_large =
        || format!("the SBOM is larger than {} MiB and was not read; split it", MAX_BYTES / 1024 / 1024);
    let file = std::fs::File::open(path).map_err(|error| format!("the SBOM cannot be read: {error}"))?;
    if file.metadata().is_ok_and(|metadata| metadata.len() > MAX_BYTES) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("the SBOM cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large());
    }
    Ok(bytes)
}

/// Reads a document from memory; `name` is how problems call the file.
pub fn parse(bytes: &[u8], name: &str) -> Parsed {
    let (text, repaired) = sniff::decode(bytes);
    let kind = sniff::kind_of(&text);
    let mut parsed = match kind {
        Some(DocumentKind::CycloneDxJson) => cyclonedx::read_json(&text, name),
        Some(DocumentKind::CycloneDxXml) => cyclonedx_xml::read(&text, name),
        Some(DocumentKind::Spdx2Json) => spdx2::read_json(&text, name),
        Some(DocumentKind::Spdx2TagValue) => spdx2_tag_value::read(&text, name),
        Some(DocumentKind::Spdx3Json) => spdx3::read(&text, name),
        None => {
            let message = "this is no CycloneDX and no SPDX document that can be read here";
            let problem = Problem::incomplete(Some(SourceSpan::file(name)), message);
            Parsed { problems: vec![problem], ..Parsed::default() }
        }
    };
    if repaired {
        let message = "the document is not valid UTF-8; damaged characters were replaced";
        parsed.problems.push(Problem::fact_missing(Some(SourceSpan::file(name)), message));
    }
    parsed.kind = kind;
    parsed
}
