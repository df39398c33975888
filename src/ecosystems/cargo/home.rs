//! The user's cargo home: unpacked registry sources, downloaded archives, git checkouts.

use super::super::UserEnvironment;
use super::document::{Document, string, table};
use super::source::Source;
use crate::model::{Checksum, ChecksumAlgorithm};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest manifest taken out of an archive, in bytes.
const LARGEST_MANIFEST: u64 = 4 * 1024 * 1024;

/// How deep a git checkout is searched for packages.
const CHECKOUT_DEPTH: usize = 12;

/// A cargo home.
#[derive(Debug, Default)]
pub(super) struct CargoHome {
    /// Directories of `registry/src`, one a registry, by name.
    sources: Vec<PathBuf>,
    /// Directories of `registry/cache`, likewise.
    archives: Vec<PathBuf>,
    checkouts: Option<PathBuf>,
}

impl CargoHome {
    /// The home that the environment states, else `.cargo` in the home directory.
    pub(super) fn of(environment: &UserEnvironment) -> Self {
        let Some(home) = environment.directory("CARGO_HOME", ".cargo") else {
            return Self::default();
        };
        Self {
            sources: subdirectories(&home.join("registry").join("src")),
            archives: subdirectories(&home.join("registry").join("cache")),
            checkouts: Some(home.join("git").join("checkouts")),
        }
    }

    /// The unpacked sources of a registry package.
    ///
    /// A package of a registry that is not the default one must come from that registry's directory, or else
    /// from an archive with the locked checksum: another registry may have another package of that name.
    pub(super) fn unpacked(
        &self,
        name: &str,
        version: &str,
        source: &Source,
        sum: &[Checksum],
    ) -> Option<PathBuf> {
        let wanted = format!("{name}-{version}");
        let found = |registry: &&PathBuf| registry.join(&wanted).join("Cargo.toml").is_file();
        if matches!(source, Source::Registry { default: true, .. }) {
            return self.sources.iter().find(found).map(|registry| registry.join(&wanted));
        }
        let own = self.sources.iter().filter(|registry| serves(registry, source)).find(found);
        let registry = own.or_else(|| {
            self.sources.iter().filter(found).find(|registry| {
                let archive = registry.file_name().and_then(|name| self.archive_in(name.to_str()?, &wanted));
                archive.is_some_and(|archive| has_checksum(&archive, sum))
            })
        });
        registry.map(|registry| registry.join(&wanted))
    }

    fn archive_in(&self, registry: &str, wanted: &str) -> Option<PathBuf> {
        let directory = self.archives.iter().find(|path| path.ends_with(registry))?;
        Some(directory.join(format!("{wanted}.crate"))).filter(|path| path.is_file())
    }

    /// The downloaded archive of a registry package that is not unpacked, with the text of its manifest.
    /// Only an archive with the locked checksum counts.
    pub(super) fn archived(&self, name: &str, version: &str, sum: &[Checksum]) -> Option<(PathBuf, String)> {
        let wanted = format!("{name}-{version}");
        let archives = self.archives.iter().map(|directory| directory.join(format!("{wanted}.crate")));
        let archive = archives.filter(|path| path.is_file()).find(|path| has_checksum(path, sum))?;
        let manifest = manifest_in_archive(&archive, &format!("{wanted}/Cargo.toml"))?;
        Some((archive, manifest))
    }

    /// The checkout of a git source.
    pub(super) fn checkout(&self, address: &str, revision: &str) -> Option<PathBuf> {
        let stem = address.trim_end_matches('/').rsplit('/').next()?.trim_end_matches(".git");
        let prefix = format!("{stem}-");
        let repositories = subdirectories(self.checkouts.as_deref()?);
        let repositories = repositories.iter().filter(|path| file_name(path).starts_with(&prefix));
        repositories.flat_map(|repository| subdirectories(repository)).find(|checkout| {
            let short = file_name(checkout);
            short.len() >= 7 && revision.starts_with(short)
        })
    }
}

/// The package directories of a git checkout by package name and version.
pub(super) fn packages_of_checkout(checkout: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let walk = ignore::WalkBuilder::new(checkout)
        .standard_filters(false)
        .max_depth(Some(CHECKOUT_DEPTH))
        .filter_entry(|entry| entry.file_name() != ".git" && entry.file_name() != "target")
        .sort_by_file_path(Path::cmp)
        .build();
    for entry in walk.flatten().filter(|entry| entry.file_name() == "Cargo.toml") {
        if let (Some(name), Some(directory)) = (package_name(entry.path()), entry.path().parent()) {
            found.entry(name).or_default().push(directory.to_owned());
        }
    }
    found
}

fn package_name(manifest: &Path) -> Option<String> {
    let text = std::fs::read_to_string(manifest).ok()?;
    let document = Document::parse(&text, "Cargo.toml", &mut Vec::new());
    string(table(&document.root, "package")?, "name").map(str::to_owned)
}

/// Whether a directory of the cargo home (`host-hash`) belongs to a registry.
fn serves(directory: &Path, source: &Source) -> bool {
    let host = file_name(directory).rsplit_once('-').map(|(host, _)| host);
    host.is_some() && host == source.host()
}

fn has_checksum(archive: &Path, sums: &[Checksum]) -> bool {
    let Some(sum) = sums.iter().find(|sum| sum.algorithm == ChecksumAlgorithm::Sha256) else {
        return false;
    };
    std::fs::read(archive).is_ok_and(|bytes| hex::encode(Sha256::digest(&bytes)) == sum.value)
}

fn manifest_in_archive(archive: &Path, wanted: &str) -> Option<String> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(File::open(archive).ok()?));
    for entry in archive.entries().ok()? {
        let entry = entry.ok()?;
        if entry.path().ok()?.as_os_str() == wanted {
            let mut text = String::new();
            entry.take(LARGEST_MANIFEST).read_to_string(&mut text).ok()?;
            return Some(text);
        }
    }
    None
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn subdirectories(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}
