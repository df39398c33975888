//! A package as a reader found it.

use super::{DeclaredLicense, Ecosystem, Purl, SourceSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "at")]
pub enum Origin {
    /// One of the audited projects, or a member of their workspace.
    Project,
    /// A registry; the address as the lock file or the user's client states it, if any.
    Registry(Option<String>),
    /// A version-control address with revision, verbatim.
    Git(String),
    /// A directory, relative to the audited root.
    Path(String),
    /// An archive address, verbatim.
    Archive(String),
    /// Part of a language distribution (the Go standard library).
    StandardLibrary,
    /// The input does not say.
    Unknown,
}

/// The hash function of a [`Checksum`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChecksumAlgorithm {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// Go's directory hash, `h1:` in go.sum (base64 of SHA-256 over the file list).
    GoH1,
}

/// A checksum of the package's archive, from the lock file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Checksum {
    /// The hash function.
    pub algorithm: ChecksumAlgorithm,
    /// Lower-case hexadecimal; base64 for [`ChecksumAlgorithm::GoH1`].
    pub value: String,
}

/// Where the package's own files lie on this machine, for reading license texts. Never part of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Files {
    /// An unpacked tree.
    Directory(PathBuf),
    /// Only these files of a tree, absolute paths: the license files that a dist-info directory names.
    Listed {
        /// The directory that relative names in evidence start from.
        base: PathBuf,
        /// The files.
        files: Vec<PathBuf>,
    },
    /// A zip, wheel, `.crate` or `.tgz` archive.
    Archive(PathBuf),
}

/// What is known of the directories of a package that need not all be under one license (Go modules).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InnerDirectories {
    /// Those whose code the project uses, relative with `/`, the empty text for the root; `None` if that is not
    /// known, and empty if none is used.
    pub used: Option<BTreeSet<String>>,
    /// Those that hold other packages, whose license files are not this one's.
    pub foreign: BTreeSet<String>,
}

impl InnerDirectories {
    /// Takes in what another project knows of the same package.
    pub fn merge(&mut self, other: Self) {
        self.used = match (self.used.take(), other.used) {
            (Some(mut known), Some(more)) => {
                known.extend(more);
                Some(known)
            }
            _ => None,
        };
        self.foreign.extend(other.foreign);
    }
}

/// What metadata says about a package beside its license.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PackageDetails {
    /// One line.
    pub description: Option<String>,
    /// Home page address.
    pub homepage: Option<String>,
    /// Source repository address, verbatim.
    pub repository: Option<String>,
    /// Authors as the metadata writes them.
    pub authors: Vec<String>,
}

/// A package: a node of the dependency graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its identity.
    pub purl: Purl,
    /// Its world.
    pub ecosystem: Ecosystem,
    /// Its name as the ecosystem writes it.
    pub name: String,
    /// Its version; unknown for a manifest entry without a lock file.
    pub version: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// License statements that the readers saw, verbatim, in the order of the files; not yet understood.
    pub declared: Vec<DeclaredLicense>,
    /// Checksums of its archive from the lock file.
    pub checksums: Vec<Checksum>,
    /// The line of the lock file, or else manifest, that brings it in.
    pub location: Option<SourceSpan>,
    /// Its files on this machine, if the reader found them.
    pub files: Option<Files>,
    /// Which of its directories are used, where license files may lie in each; `None` for a package that is one
    /// work with its license files at the root.
    pub inner: Option<InnerDirectories>,
    /// Other packages and libraries that its files contain beside its own code, as far as seen:
    /// a wheel's bundled shared libraries, a module's vendored code.
    pub bundles: Vec<String>,
    /// Everything else.
    pub details: PackageDetails,
}

impl Package {
    /// A package of which only the name is known yet.
    pub fn new(ecosystem: Ecosystem, name: &str, version: Option<&str>, origin: Origin) -> Self {
        Self {
            purl: Purl::new(ecosystem, name, version),
            ecosystem,
            name: name.to_owned(),
            version: version.map(str::to_owned),
            origin,
            declared: Vec::new(),
            checksums: Vec::new(),
            location: None,
            files: None,
            inner: None,
            bundles: Vec::new(),
            details: PackageDetails::default(),
        }
    }

    /// `name version`, or the name alone.
    pub fn label(&self) -> String {
        label(&self.name, self.version.as_deref())
    }
}

/// How a package is named to people: `name version`, or the name alone.
pub fn label(name: &str, version: Option<&str>) -> String {
    version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
}
