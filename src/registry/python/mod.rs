//! Package indexes: the metadata file beside a wheel, else the wheel, else the source archive.

mod contents;
mod index;
mod metadata;
mod newer;
mod place;
mod settings;
mod tree_indexes;

use super::archive::Entry;
use super::fetch::{Fetch, FetchError, Request};
use super::neutral::Clients;
use super::package_facts::{FactsError, LicenseFile, Need, PackageFacts};
use super::site::{Site, as_directory, below, shown};
use super::tree::Tree;
use super::{ARCHIVE_LIMIT, DOCUMENT_LIMIT};
use crate::model::{Ecosystem, Package, PythonRelease};
use contents::{is_egg_info, is_manifest, needs_of_egg_info, open};
use index::{IndexFile, Metadata, read_page};
use place::Place;
use settings::PythonSettings;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

const HINT: &str = "install pip, or set PIP_INDEX_URL or `index-url` in your pip.conf";
const ACCEPT: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// The indexes of a user's pip.
pub(crate) struct Python {
    clients: Arc<Clients>,
    tree: Arc<Tree>,
    settings: PythonSettings,
    /// Pages by address: the choice of a version and its facts read the same one.
    pages: Mutex<HashMap<Url, Arc<Vec<IndexFile>>>>,
}

/// The page of a project.
struct ProjectPage {
    /// The index that has it.
    index: Url,
    /// Its own address.
    address: Url,
    files: Arc<Vec<IndexFile>>,
}

/// The name as indexes spell it (PEP 503).
fn normalise(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            other => normal.extend(other.to_lowercase()),
        }
    }
    normal
}

impl Python {
    pub(crate) fn new(clients: Arc<Clients>, tree: Arc<Tree>) -> Self {
        let settings = PythonSettings::of_user(&clients);
        Self { clients, tree, settings, pages: Mutex::default() }
    }

    /// The registry's address, for a cache key.
    pub(crate) fn destination(&self, package: &Package) -> Result<String, FactsError> {
        Ok(match self.place(package)? {
            Place::Indexes(indexes) => indexes.iter().map(shown).collect::<Vec<_>>().join(" "),
            Place::File(file) => shown(&file.address),
        })
    }

    pub(crate) fn facts(
        &self,
        package: &Package,
        need: Need,
        fetch: &dyn Fetch,
    ) -> Result<PackageFacts, FactsError> {
        let files = match self.place(package)? {
            Place::File(file) => vec![file],
            Place::Indexes(indexes) => self.release(package, &indexes, fetch)?,
        };
        self.facts_of(&files, package, need, fetch)
    }

    /// What the files of one version say.
    fn facts_of(
        &self,
        files: &[IndexFile],
        package: &Package,
        need: Need,
        fetch: &dyn Fetch,
    ) -> Result<PackageFacts, FactsError> {
        let mut facts = PackageFacts::default();
        if need == Need::Declared && self.metadata_beside(files, &mut facts, fetch)? {
            return Ok(facts);
        }
        let wheel = smallest(files, IndexFile::is_wheel);
        let source = smallest(files, IndexFile::is_source);
        let first = wheel.or(source).ok_or_else(|| FactsError::Unreadable {
            address: files.first().map(|file| shown(&file.address)).unwrap_or_default(),
            reason: "the release has neither a wheel nor a source archive".to_owned(),
        })?;
        self.read_archive(first, package, &mut facts, fetch)?;
        let has_texts = facts.files.as_ref().is_some_and(|files| !files.is_empty());
        // A lock file that means this wheel need not mean the source archive.
        let is_meant = |source: &&IndexFile| !facts.verified || source.sha256.is_some();
        let source = source.filter(is_meant);
        if let (Need::Texts, false, Some(_), Some(source)) = (need, has_texts, wheel, source) {
            self.read_archive(source, package, &mut facts, fetch)?;
        }
        Ok(facts)
    }

    /// The versions that have a file, from the first index that has the project.
    pub(crate) fn releases(
        &self,
        package: &Package,
        fetch: &dyn Fetch,
    ) -> Result<Vec<PythonRelease>, FactsError> {
        let project = normalise(&package.name);
        let found = self.project_page(package, &project, fetch)?;
        Ok(versions(&project, &found.files))
    }

    /// The page of a project on the first index that has it. Only an index that does not have it passes the question
    /// on.
    fn project_page(
        &self,
        package: &Package,
        project: &str,
        fetch: &dyn Fetch,
    ) -> Result<ProjectPage, FactsError> {
        let Place::Indexes(indexes) = self.place(package)? else { return Err(FactsError::NotFromRegistry) };
        let mut missing = FactsError::NotConfigured { ecosystem: Ecosystem::Python, hint: HINT };
        for index in indexes {
            match self.page(project, &index, fetch) {
                Ok((address, files)) => return Ok(ProjectPage { index, address, files }),
                Err(error @ FactsError::Fetch(FetchError::NotFound { .. })) => missing = error,
                Err(error) => return Err(error),
            }
        }
        Err(missing)
    }

    /// The page of a project with its address.
    fn page(
        &self,
        project: &str,
        index: &Url,
        fetch: &dyn Fetch,
    ) -> Result<(Url, Arc<Vec<IndexFile>>), FactsError> {
        let page = as_directory(below(index, &super::site::segment(project)));
        if let Some(known) = self.pages.lock().unwrap_or_else(PoisonError::into_inner).get(&page) {
            return Ok((page, known.clone()));
        }
        let credential = self.settings.credential(&page);
        let request =
            Request::new(page.clone(), DOCUMENT_LIMIT).accepting(ACCEPT).with_credential(credential);
        let files = Arc::new(read_page(&fetch.get(&request)?)?);
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(page.clone(), files.clone());
        Ok((page, files))
    }

    /// The files of the version, from the first index that has the project.
    fn release(
        &self,
        package: &Package,
        indexes: &[Url],
        fetch: &dyn Fetch,
    ) -> Result<Vec<IndexFile>, FactsError> {
        let version = package.version.as_deref().ok_or(FactsError::NoVersion)?;
        let project = normalise(&package.name);
        let mut missing = FactsError::NotConfigured { ecosystem: Ecosystem::Python, hint: HINT };
        for index in indexes {
            let (page, files) = match self.page(&project, index, fetch) {
                Ok(found) => found,
                // Only an index that does not have the project passes the question on.
                Err(error @ FactsError::Fetch(FetchError::NotFound { .. })) => {
                    missing = error;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let mut files: Vec<_> =
                files.iter().filter(|file| file.is_of(&project, version)).cloned().collect();
            if files.is_empty() {
                missing = FactsError::Unreadable {
                    address: shown(&page),
                    reason: format!("it has no file of version {version}"),
                };
                continue;
            }
            self.check_hosts(&page, &files)?;
            keep_locked(&mut files, package, &page)?;
            return Ok(files);
        }
        Err(missing)
    }

    /// A package behind credentials is asked of its own host only.
    fn check_hosts(&self, page: &Url, files: &[IndexFile]) -> Result<(), FactsError> {
        let site = Site::of(page);
        let stranger = files.iter().find(|file| Site::of(&file.address) != site);
        match stranger.filter(|_| self.settings.credential(page).is_some()) {
            Some(stranger) => {
                Err(FactsError::Elsewhere { registry: shown(page), host: shown(&stranger.address) })
            }
            None => Ok(()),
        }
    }

    /// Reads the metadata file beside a wheel or source archive, if the index has one.
    fn metadata_beside(
        &self,
        files: &[IndexFile],
        facts: &mut PackageFacts,
        fetch: &dyn Fetch,
    ) -> Result<bool, FactsError> {
        let Some(file) = files.iter().find(|file| file.metadata != Metadata::No) else { return Ok(false) };
        let mut address = file.address.clone();
        address.set_path(&format!("{}.metadata", file.address.path()));
        let request =
            Request::new(address.clone(), DOCUMENT_LIMIT).with_credential(self.settings.credential(&address));
        let body = match fetch.get(&request) {
            Ok(response) => response.body,
            // Mirrors hand the mark on without having the file.
            Err(FetchError::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        if let Metadata::Hashed(hash) = &file.metadata {
            let found = super::checksum::sha256(&body);
            if !hash.eq_ignore_ascii_case(&found) {
                return Err(FactsError::Checksum { address: shown(&address), expected: hash.clone(), found });
            }
        }
        metadata::read_into(&body, &shown(&address), file.is_wheel(), facts)?;
        facts.documents.push(shown(&address));
        Ok(true)
    }

    fn read_archive(
        &self,
        file: &IndexFile,
        package: &Package,
        facts: &mut PackageFacts,
        fetch: &dyn Fetch,
    ) -> Result<(), FactsError> {
        let credential = self.settings.credential(&file.address);
        let request = Request::new(file.address.clone(), ARCHIVE_LIMIT).with_credential(credential);
        let body = fetch.get(&request)?.body;
        facts.verified = super::verify(&file.address, &body, &package.checksums)?;
        super::verify(&file.address, &body, &file.checksums())?;
        let address = shown(&file.address);
        let entries = open(&file.name, &body)
            .map_err(|error| FactsError::Archive { address: address.clone(), error })?;
        let manifest =
            entries.iter().filter(|entry| is_manifest(&entry.path)).min_by_key(|entry| entry.path.len());
        if let Some(entry) = manifest.filter(|_| facts.declared.is_empty()) {
            metadata::read_into(&entry.bytes, &address, file.is_wheel(), facts)?;
        }
        let is_wheel = file.is_wheel();
        if facts.requires.is_none() && !is_wheel {
            facts.requires = needs_of_egg_info(&entries);
        }
        let is_text = |entry: &Entry| !is_manifest(&entry.path) && !is_egg_info(&entry.path);
        let texts = entries.into_iter().filter(is_text).map(|entry| {
            if is_wheel {
                LicenseFile { path: entry.path, bytes: entry.bytes }
            } else {
                LicenseFile::below_top_folder(entry)
            }
        });
        facts.files = Some(texts.collect());
        facts.documents.push(address);
        Ok(())
    }
}

/// With checksums in the lock file only the files that it means count.
fn keep_locked(files: &mut Vec<IndexFile>, package: &Package, page: &Url) -> Result<(), FactsError> {
    let locked: Vec<_> = package
        .checksums
        .iter()
        .filter(|checksum| checksum.algorithm == crate::model::ChecksumAlgorithm::Sha256)
        .map(|checksum| checksum.value.to_ascii_lowercase())
        .collect();
    let known: Vec<_> = files.iter().filter_map(|file| file.sha256.clone()).collect();
    if locked.is_empty() || known.is_empty() {
        return Ok(());
    }
    let is_meant = |file: &IndexFile| {
        file.sha256.as_ref().is_none_or(|hash| locked.contains(&hash.to_ascii_lowercase()))
    };
    files.retain(is_meant);
    if files.is_empty() {
        return Err(FactsError::Checksum {
            address: shown(page),
            expected: locked[0].clone(),
            found: known[0].clone(),
        });
    }
    Ok(())
}

fn smallest(files: &[IndexFile], kind: impl Fn(&IndexFile) -> bool) -> Option<&IndexFile> {
    files
        .iter()
        .filter(|file| kind(file))
        .min_by_key(|file| (file.size.unwrap_or(u64::MAX), file.name.clone()))
}

/// The versions of a page's files, each once. It is for what its first file says, wheels and archives agree.
fn versions(project: &str, files: &[IndexFile]) -> Vec<PythonRelease> {
    let mut found: BTreeMap<&str, PythonRelease> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_wheel() || file.is_source()) {
        let Some(version) = file.version(project) else { continue };
        let known = found.entry(version).or_insert_with(|| PythonRelease {
            version: version.to_owned(),
            requires_python: file.requires_python.clone(),
            yanked: true,
        });
        known.yanked &= file.yanked;
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn names_are_normalised() {
        assert_eq!(normalise("Zope._-.Interface"), "zope-interface");
    }
}
