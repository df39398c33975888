//! SBOMs that carry the reasoning: CycloneDX and SPDX.
//!
//! [`write`] turns an [`AuditReport`] into a format-neutral [`Document`] and that into bytes. The same report
//! gives the same bytes: the identity of a document is a UUID made from its content (RFC 9562, version 5), and
//! its time is the report's time or none.

mod cyclonedx;
mod cyclonedx_licenses;
mod cyclonedx_model;
mod cyclonedx_practices;
mod cyclonedx_xml;
mod document;
mod enrich;
mod format;
mod licenses;
mod profile;
mod spdx2;
mod spdx2_model;
mod spdx2_tag_value;
mod spdx3;
mod spdx3_model;
mod spdx_licenses;
mod text;

pub use document::document_of;
pub use enrich::{EnrichError, enrich};
pub use format::{CycloneDxVersion, SbomFormat, UnknownFormat};
pub(crate) use licenses::value_of as license_value;
pub use profile::{Missing, Profile, UnknownProfile, missing};
pub(crate) use text::address;

use crate::audit::AuditReport;
use crate::model::Purl;
use crate::model::sbom::{Contact, Document};
use sha2::{Digest, Sha256};
use std::io::{BufWriter, Write};
use uuid::Uuid;

/// Documents without a time need one where SPDX demands it: the start of the Unix epoch, which nobody takes
/// for the truth.
pub(crate) const NO_TIME: &str = "1970-01-01T00:00:00Z";

/// What to write beside the bare facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SbomOptions {
    /// The rule set whose fields are wanted.
    pub profile: Option<Profile>,
    /// Add the texts of the licenses.
    pub license_texts: bool,
    /// Who answers for the document. Never guessed.
    pub author: Option<Contact>,
    /// Only this project and what it uses; else everything in one document.
    pub project: Option<Purl>,
}

/// Why no SBOM could be written.
#[derive(Debug, thiserror::Error)]
pub enum SbomError {
    /// The profile refuses the format.
    #[error("profile {profile} does not accept {format}; use {accepted}")]
    Refused {
        /// The profile.
        profile: Profile,
        /// The format that was asked for.
        format: SbomFormat,
        /// What it accepts.
        accepted: &'static str,
    },
    /// The project that was asked for is not in the report.
    #[error("there is no project {0} in the report; its projects are listed under `projects`")]
    NoSuchProject(Purl),
    /// The values could not be serialised.
    #[error("the document could not be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The values could not be written as XML or text.
    #[error("the document could not be written: {0}")]
    Io(#[from] std::io::Error),
}

/// Writes an audit report as an SBOM.
///
/// # Errors
/// When the profile refuses the format, or the project asked for is not in the report.
pub fn write(report: &AuditReport, format: SbomFormat, options: &SbomOptions) -> Result<Vec<u8>, SbomError> {
    if let Some(profile) = options.profile {
        profile.check(format)?;
    }
    let document = document_of(report, options)?;
    write_document(&document, format, options)
}

/// Writes a document that is at hand.
///
/// Its license ids must be ids of the SPDX list and its expressions valid; `sbom::convert` sees to that.
///
/// # Errors
/// When the values cannot be serialised.
pub fn write_document(
    document: &Document,
    format: SbomFormat,
    options: &SbomOptions,
) -> Result<Vec<u8>, SbomError> {
    let identity = identity(document, options)?;
    match format {
        SbomFormat::CycloneDxJson(version) => cyclonedx::json(document, version, options, identity),
        SbomFormat::CycloneDxXml(version) => cyclonedx::xml(document, version, options, identity),
        SbomFormat::SpdxJson => spdx2::json(document, options, identity),
        SbomFormat::SpdxTagValue => spdx2::tag_value(document, options, identity),
        SbomFormat::Spdx3Json => spdx3::json(document, options, identity),
    }
}

/// A UUID made from the content, so that equal documents have equal names and different ones different names.
fn identity(document: &Document, options: &SbomOptions) -> Result<Uuid, SbomError> {
    // Serialising writes a few bytes at a time, of which a digest takes long.
    let mut digest = BufWriter::with_capacity(1 << 16, DigestWriter(Sha256::new()));
    serde_json::to_writer(&mut digest, document)?;
    write!(digest, "{:?} {}", options.profile, options.license_texts)?;
    let digest = digest.into_inner().map_err(|error| error.into_error())?;
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"licgraph:sbom");
    Ok(Uuid::new_v5(&namespace, &digest.0.finalize()))
}

struct DigestWriter(Sha256);

impl Write for DigestWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
