//! Rule sets that ask for more than the format does, and what a report cannot supply for them.
//!
//! Sources: BSI TR-03183-2 v2.1.0 (2025-08-20), section 5 and table 9; CISA, NSA and partners, "Minimum
//! Elements for a Software Bill of Materials" (2026). Nothing is invented: what is missing is listed.

use super::licenses::asserts;
use super::text::archive_name;
use super::{CycloneDxVersion, SbomError, SbomFormat, SbomOptions};
use crate::audit::{AuditReport, PackageReport};
use crate::model::sbom::Property;
use crate::model::{ChecksumAlgorithm, ConclusionSource, Origin};
use std::fmt;
use std::str::FromStr;

/// A rule set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// BSI TR-03183-2 v2.1.0.
    Bsi,
    /// The 2026 minimum elements of CISA and its partners.
    Cisa,
}

/// A word that names no profile.
#[derive(Debug, thiserror::Error)]
#[error("unknown SBOM profile `{0}`; use bsi or cisa")]
pub struct UnknownProfile(String);

/// An element that a profile asks for and the report does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// The element, in the words of the profile.
    pub element: &'static str,
    /// The package (purl) that lacks it; the document itself if none.
    pub package: Option<String>,
    /// How it could be supplied.
    pub remedy: &'static str,
}

impl Profile {
    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bsi => "bsi",
            Self::Cisa => "cisa",
        }
    }

    /// Refuses a format that the profile does not accept.
    pub(super) fn check(self, format: SbomFormat) -> Result<(), SbomError> {
        use CycloneDxVersion::V1_5;
        let refused = match format {
            SbomFormat::CycloneDxJson(V1_5) | SbomFormat::CycloneDxXml(V1_5) => true,
            SbomFormat::SpdxJson | SbomFormat::SpdxTagValue => true,
            SbomFormat::CycloneDxJson(_) | SbomFormat::CycloneDxXml(_) | SbomFormat::Spdx3Json => false,
        };
        if self == Self::Bsi && refused {
            let accepted = "CycloneDX 1.6 or newer, or SPDX 3.0.1 (TR-03183-2 v2.1.0)";
            return Err(SbomError::Refused { profile: self, format, accepted });
        }
        Ok(())
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Bsi, Self::Cisa]
            .into_iter()
            .find(|profile| profile.name() == word)
            .ok_or_else(|| UnknownProfile(word.to_owned()))
    }
}

/// The archive that a package is delivered as, if its address is known.
fn archive(package: &PackageReport) -> Option<&str> {
    match &package.origin {
        Origin::Archive(url) | Origin::Registry(Some(url)) => archive_name(url),
        _ => None,
    }
}

/// The `bsi:component:*` properties that follow from facts: a `.crate`, `.tgz` or wheel is a structured archive
/// and no executable.
pub(super) fn bsi_properties(package: &PackageReport) -> Vec<Property> {
    let mut properties = Vec::new();
    if let Some(file_name) = archive(package) {
        properties.push(Property::new("bsi:component:filename", file_name));
        properties.push(Property::new("bsi:component:executable", "non-executable"));
        properties.push(Property::new("bsi:component:archive", "archive"));
        properties.push(Property::new("bsi:component:structured", "structured"));
    }
    let effective = package.license.chosen.as_deref().or_else(|| {
        let whole = package.license.concluded.as_str();
        (asserts(whole) && !whole.contains(" OR ")).then_some(whole)
    });
    if let Some(effective) = effective {
        properties.push(Property::new("bsi:component:effectiveLicence", effective));
    }
    properties
}

/// What a profile asks for and this report cannot supply.
pub fn missing(report: &AuditReport, options: &SbomOptions) -> Vec<Missing> {
    let Some(profile) = options.profile else { return Vec::new() };
    let mut found = Vec::new();
    document_elements(report, options, profile, &mut found);
    for package in &report.packages {
        match profile {
            Profile::Bsi => bsi_elements(package, &mut found),
            Profile::Cisa => cisa_elements(package, &mut found),
        }
    }
    found.sort();
    found
}

fn document_elements(
    report: &AuditReport,
    options: &SbomOptions,
    profile: Profile,
    found: &mut Vec<Missing>,
) {
    let mut lacks = |element, remedy| found.push(Missing { element, package: None, remedy });
    let author = options.author.as_ref();
    if author.is_none_or(|author| author.email.is_none() && author.url.is_none()) {
        match profile {
            Profile::Bsi => lacks("SBOM creator", "name the e-mail or web address of who answers for it"),
            Profile::Cisa => lacks("SBOM author", "name who answers for it; a tool is not an author"),
        }
    }
    if report.created.is_none() {
        lacks("timestamp", "give the time by flag or SOURCE_DATE_EPOCH");
    }
    if profile == Profile::Cisa {
        lacks("author signature", "sign the written file; a detached signature will do");
    }
}

fn bsi_elements(package: &PackageReport, found: &mut Vec<Missing>) {
    let mut lacks = |element, remedy| {
        found.push(Missing { element, package: Some(package.purl.as_str().to_owned()), remedy });
    };
    if super::document::contact_among(&package.details.authors).is_none() {
        lacks("component creator", "its metadata names nobody with an e-mail address");
    }
    if package.version.is_none() {
        lacks("component version", "use a lock file");
    }
    if archive(package).is_none() {
        lacks("filename", "the lock file does not say which file is delivered");
        lacks("executable, archive and structured property", "they follow from the delivered file");
    }
    let has_sha512 = package.checksums.iter().any(|sum| sum.algorithm == ChecksumAlgorithm::Sha512);
    if !has_sha512 || archive(package).is_none() {
        lacks("SHA-512 of the deployable component", "hash the delivered file when it is built");
    }
    let license = &package.license;
    let looked = !matches!(license.source, ConclusionSource::Declared | ConclusionSource::Unknown);
    if !looked || !asserts(&license.concluded) {
        lacks(
            "distribution licences",
            "only the authors' word is known; clarify it or let its files be read",
        );
    }
}

fn cisa_elements(package: &PackageReport, found: &mut Vec<Missing>) {
    let mut lacks = |element, remedy| {
        found.push(Missing { element, package: Some(package.purl.as_str().to_owned()), remedy });
    };
    if package.details.authors.is_empty() {
        lacks("component producer", "its metadata names nobody");
    }
    if package.version.is_none() {
        lacks("component version", "use a lock file");
    }
    if package.checksums.iter().all(|sum| sum.algorithm == ChecksumAlgorithm::GoH1) {
        lacks("component hash", "the lock file holds no checksum of its archive");
    }
    if package.license.declared.is_none() {
        lacks("license", "its metadata does not say it as an expression; it is marked as unknown");
    }
}
