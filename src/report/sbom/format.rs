//! The names of the SBOM formats.

use std::fmt;
use std::str::FromStr;

/// The CycloneDX versions that can be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CycloneDxVersion {
    /// 1.5 (2023): no declared and concluded, no declarations.
    V1_5,
    /// 1.6 (2024), what most tools and TR-03183-2 take.
    #[default]
    V1_6,
    /// 1.7 (2025): several expressions side by side.
    V1_7,
}

impl CycloneDxVersion {
    /// `1.6`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_5 => "1.5",
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
        }
    }
}

/// An SBOM format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SbomFormat {
    /// CycloneDX as JSON.
    CycloneDxJson(CycloneDxVersion),
    /// CycloneDX as XML.
    CycloneDxXml(CycloneDxVersion),
    /// SPDX 2.3 as JSON.
    SpdxJson,
    /// SPDX 2.3 as tag-value.
    SpdxTagValue,
    /// SPDX 3.0.1 as JSON-LD.
    Spdx3Json,
}

/// A word that names no SBOM format.
#[derive(Debug, thiserror::Error)]
#[error("unknown SBOM format `{word}`; use one of {known}")]
pub struct UnknownFormat {
    word: String,
    known: String,
}

impl SbomFormat {
    /// Every format in every version.
    pub const ALL: [Self; 9] = [
        Self::CycloneDxJson(CycloneDxVersion::V1_5),
        Self::CycloneDxJson(CycloneDxVersion::V1_6),
        Self::CycloneDxJson(CycloneDxVersion::V1_7),
        Self::CycloneDxXml(CycloneDxVersion::V1_5),
        Self::CycloneDxXml(CycloneDxVersion::V1_6),
        Self::CycloneDxXml(CycloneDxVersion::V1_7),
        Self::SpdxJson,
        Self::SpdxTagValue,
        Self::Spdx3Json,
    ];

    /// The word on the command line; the default version of CycloneDX goes without it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CycloneDxJson(CycloneDxVersion::V1_5) => "cyclonedx-json-1.5",
            Self::CycloneDxJson(CycloneDxVersion::V1_6) => "cyclonedx-json",
            Self::CycloneDxJson(CycloneDxVersion::V1_7) => "cyclonedx-json-1.7",
            Self::CycloneDxXml(CycloneDxVersion::V1_5) => "cyclonedx-xml-1.5",
            Self::CycloneDxXml(CycloneDxVersion::V1_6) => "cyclonedx-xml",
            Self::CycloneDxXml(CycloneDxVersion::V1_7) => "cyclonedx-xml-1.7",
            Self::SpdxJson => "spdx-json",
            Self::SpdxTagValue => "spdx-tag-value",
            Self::Spdx3Json => "spdx3-json",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::CycloneDxJson(_) => "application/vnd.cyclonedx+json",
            Self::CycloneDxXml(_) => "application/vnd.cyclonedx+xml",
            Self::SpdxJson => "application/spdx+json",
            Self::SpdxTagValue => "text/spdx",
            Self::Spdx3Json => "application/ld+json",
        }
    }
}

impl fmt::Display for SbomFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for SbomFormat {
    type Err = UnknownFormat;

    /// Also takes `cyclonedx`, `spdx` and `spdx3` for their JSON, and an explicit `-1.6` and `-2.3`.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let asked = match word {
            "cyclonedx" | "cyclonedx-json-1.6" => "cyclonedx-json",
            "cyclonedx-xml-1.6" => "cyclonedx-xml",
            "spdx" | "spdx-json-2.3" => "spdx-json",
            "spdx3" => "spdx3-json",
            other => other,
        };
        Self::ALL.into_iter().find(|format| format.name() == asked).ok_or_else(|| UnknownFormat {
            word: word.to_owned(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}
