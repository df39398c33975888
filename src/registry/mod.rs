//! Facts from the registries that the user's own clients are set up for.
//!
//! licgraph knows no registry by name. Where a package comes from is read, at run time, from its lock entry, the
//! environment, the user-level configuration of npm, pip, cargo and go, or asked of those clients themselves from
//! an empty directory ([`Clients`]). Configuration inside the audited tree is read only to hold back: it adds no
//! host, and no secret is sent because of it.
//!
//! [`RegistryFacts`] is the way in: facts of a package from the [`cache`], else from its registry over [`fetch`];
//! its newest release; the versions of a Python package; go.mod files.
//! Archives are checked against the lock file's [`checksum`] and read in memory ([`archive`]).

pub mod archive;
pub mod cache;
mod cargo;
pub mod checksum;
pub mod exchange;
mod facts;
pub mod fetch;
mod go;
pub mod http;
mod netrc;
mod neutral;
mod newer;
mod npm;
mod package_facts;
mod python;
pub mod site;
mod tree;

pub use facts::RegistryFacts;
pub use neutral::Clients;
pub use package_facts::{FactsError, LicenseFile, Need, PackageFacts};

use crate::model::{Checksum, DeclaredLicense, LicenseStatement};
use checksum::{Comparison, compare};
use url::Url;

/// The largest metadata document, in bytes: the page of a package with ten thousand releases fits.
const DOCUMENT_LIMIT: u64 = 64 << 20;
/// The largest archive, in bytes.
const ARCHIVE_LIMIT: u64 = 128 << 20;

/// Whether an archive is the one that the checksums mean; `false` when they say nothing about it.
fn verify(address: &Url, body: &[u8], checksums: &[Checksum]) -> Result<bool, FactsError> {
    match compare(body, checksums) {
        Comparison::Verified => Ok(true),
        Comparison::Nothing => Ok(false),
        Comparison::Differs { expected, found } => {
            Err(FactsError::Checksum { address: site::shown(address), expected, found })
        }
    }
}

/// The address of a lock entry, without user information.
///
/// An entry that names a directory or a nickname does not come from the user's usual registry either.
fn address_of_entry(text: &str) -> Result<Url, FactsError> {
    let address = Url::parse(text).ok().filter(|address| site::Site::of(address).is_some());
    address.map(|address| site::split_user_info(address).0).ok_or(FactsError::NotFromRegistry)
}

/// The files that statements name (`license-file`, `SEE LICENSE IN`).
fn named_files(declared: &[DeclaredLicense]) -> Vec<String> {
    let names = declared.iter().filter_map(|declared| match &declared.statement {
        LicenseStatement::File(name) => Some(name.trim_start_matches("./").replace('\\', "/")),
        _ => None,
    });
    names.collect()
}

impl LicenseFile {
    /// A file of an archive whose single top folder is not part of the package.
    fn below_top_folder(entry: archive::Entry) -> Self {
        Self { path: archive::without_top_folder(&entry.path).to_owned(), bytes: entry.bytes }
    }
}
