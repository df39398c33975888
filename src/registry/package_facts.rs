//! What a registry says about one version of a package, and why it may say nothing.

use super::archive::ArchiveError;
use super::fetch::FetchError;
use crate::model::{DeclaredLicense, Ecosystem, LicenseSource, LicenseStatement, PackageDetails};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// How much is wanted; texts cost the whole archive where metadata is a small document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// What the metadata declares. Go modules declare nothing, so nothing is asked for them.
    Declared,
    /// The license texts of the archive as well.
    Texts,
}

/// A license file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredFile", into = "StoredFile")]
pub struct LicenseFile {
    /// Its path in the package, with `/`, without the archive's top folder.
    pub path: String,
    /// What it holds, byte for byte.
    pub bytes: Vec<u8>,
}

/// How a license file is stored: readable where it is UTF-8.
#[derive(Serialize, Deserialize)]
struct StoredFile {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl From<StoredFile> for LicenseFile {
    fn from(stored: StoredFile) -> Self {
        let bytes = match (stored.text, stored.base64) {
            (Some(text), _) => text.into_bytes(),
            (None, Some(encoded)) => STANDARD.decode(encoded).unwrap_or_default(),
            (None, None) => Vec::new(),
        };
        Self { path: stored.path, bytes }
    }
}

impl From<LicenseFile> for StoredFile {
    fn from(file: LicenseFile) -> Self {
        match String::from_utf8(file.bytes) {
            Ok(text) => Self { path: file.path, text: Some(text), base64: None },
            Err(error) => {
                let base64 = Some(STANDARD.encode(error.as_bytes()));
                Self { path: file.path, text: None, base64 }
            }
        }
    }
}

/// What a registry says about one version of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageFacts {
    /// License statements of its metadata, verbatim.
    pub declared: Vec<DeclaredLicense>,
    /// What it asks for, as `Requires-Dist` writes it; `None` where only building it would tell, and for
    /// ecosystems whose lock files always say.
    #[serde(default)]
    pub requires: Option<Vec<String>>,
    /// Its license files, sorted by path; `None` when no archive was opened, empty when it holds none.
    pub files: Option<Vec<LicenseFile>>,
    /// What else the metadata says.
    pub details: PackageDetails,
    /// The documents that were read: addresses without secrets.
    pub documents: Vec<String>,
    /// Whether the archive is the one that the lock file means.
    pub verified: bool,
}

/// Why a registry says nothing about a package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// The user's client does not say which registry to ask.
    #[error("no registry is known for {ecosystem} packages: {hint}")]
    NotConfigured {
        /// The ecosystem.
        ecosystem: Ecosystem,
        /// What to do.
        hint: &'static str,
    },
    /// Only the audited tree names the registry.
    #[error(
        "only {file} in the audited tree names the registry {registry} for it; not asked there, nor anywhere else: \
         name that registry in your user-level client configuration to allow it"
    )]
    NamedByTreeOnly {
        /// The file in the tree, relative to it.
        file: String,
        /// The registry, without secrets.
        registry: String,
    },
    /// The user's client keeps the package from registries.
    #[error("your client is set up to ask no registry for it ({setting})")]
    KeptPrivate {
        /// The setting.
        setting: String,
    },
    /// The version is not known, so there is no fact that stays true.
    #[error("its version is not known, so no registry was asked")]
    NoVersion,
    /// It does not come from a registry.
    #[error("it does not come from a registry")]
    NotFromRegistry,
    /// A part of the package lies on another host than the registry that asked for credentials.
    #[error(
        "{registry} keeps its archive on {host}; a package behind credentials is asked of its own host only"
    )]
    Elsewhere {
        /// The registry's host.
        registry: String,
        /// The other host.
        host: String,
    },
    /// The document could not be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The archive is not the one that the lock file means.
    #[error(
        "{address} is not what the lock file means: expected checksum {expected}, found {found}; not used"
    )]
    Checksum {
        /// The archive.
        address: String,
        /// From the lock file.
        expected: String,
        /// Of the archive.
        found: String,
    },
    /// The archive could not be read.
    #[error("the archive {address} was not used: {error}")]
    Archive {
        /// The archive.
        address: String,
        /// Why.
        error: ArchiveError,
    },
    /// The license files cannot be laid out for readers.
    #[error("its license files cannot be written to the temporary directory: {reason}")]
    Temporary {
        /// Why.
        reason: String,
    },
    /// A document is not what it should be.
    #[error("{address} is not understood: {reason}")]
    Unreadable {
        /// The document.
        address: String,
        /// Why.
        reason: String,
    },
}

/// A statement that a registry made.
pub(crate) fn declared(statement: LicenseStatement) -> DeclaredLicense {
    DeclaredLicense { statement, source: LicenseSource::Registry, location: None }
}

/// Text of metadata, trimmed; the empty text counts as absent.
pub(crate) fn present(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::LicenseFile;

    #[test]
    fn files_keep_their_bytes() {
        for bytes in [b"MIT License".to_vec(), vec![0xA9, 0x20, 0xFF]] {
            let file = LicenseFile { path: "LICENSE".to_owned(), bytes };
            let text = serde_json::to_string(&file).unwrap();
            assert_eq!(serde_json::from_str::<LicenseFile>(&text).unwrap(), file);
        }
    }
}
