//! Package indexes: the metadata file beside a wheel, else the wheel, else the source archive.

mod index;
mod metadata;
mod newer;
mod settings;
mod tree_indexes;

use super::archive::{
    ArchiveError, Entry, Limits, is_license_file, read_tar_gz, read_zip, without_top_folder,
};
use super::fetch::{Fetch, FetchError, Request};
use super::neutral::Clients;
use super::package_facts::{FactsError, LicenseFile, Need, PackageFacts};
use super::site::{Site, as_directory, below, shown};
use super::tree::{Tree, TreeRegistry, named};
use super::{ARCHIVE_LIMIT, DOCUMENT_LIMIT};
use crate::model::{Ecosystem, Origin, Package, PythonRelease};
use index::{IndexFile, Metadata, read_page};
use settings::{PythonSettings, built_in};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use tree_indexes::{index_options, index_tables};
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

/// Where a version is.
enum Place {
    /// Indexes, in the order they are asked.
    Indexes(Vec<Url>),
    /// One file.
    File(IndexFile),
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
        let Place::Indexes(indexes) = self.place(package)? else { return Err(FactsError::NotFromRegistry) };
        let project = normalise(&package.name);
        let mut missing = FactsError::NotConfigured { ecosystem: Ecosystem::Python, hint: HINT };
        for index in &indexes {
            match self.page(&project, index, fetch) {
                Ok((_, files)) => return Ok(versions(&project, &files)),
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

    /// Which indexes a package comes from: its lock entry, the tree as far as the user agrees, the user's.
    fn place(&self, package: &Package) -> Result<Place, FactsError> {
        let locked = match &package.origin {
            Origin::Registry(Some(address)) | Origin::Archive(address) => super::address_of_entry(address)?,
            Origin::Registry(None) | Origin::Unknown => return self.unlocked(package).map(Place::Indexes),
            _ => return Err(FactsError::NotFromRegistry),
        };
        if let Some(file) = direct_file(&locked) {
            return Ok(Place::File(file));
        }
        let is_users = Site::of(&locked).is_some_and(|site| self.settings.names(&site));
        if !is_users && built_in(&self.clients).is_some_and(|default| Site::of(&default) == Site::of(&locked))
        {
            return self.unlocked_own().map(Place::Indexes);
        }
        Ok(Place::Indexes(vec![as_directory(locked)]))
    }

    fn unlocked_own(&self) -> Result<Vec<Url>, FactsError> {
        if self.settings.no_index {
            return Err(FactsError::KeptPrivate { setting: "no-index".to_owned() });
        }
        let own = self.settings.indexes(&self.clients);
        if own.is_empty() {
            return Err(FactsError::NotConfigured { ecosystem: Ecosystem::Python, hint: HINT });
        }
        Ok(own)
    }

    fn unlocked(&self, package: &Package) -> Result<Vec<Url>, FactsError> {
        let in_tree = self.tree_registries(package);
        let own = self.unlocked_own()?;
        let mut allowed = Vec::new();
        for registry in in_tree {
            let site = Site::of(&registry.address);
            let is_users = own.iter().any(|index| Site::of(index) == site)
                || built_in(&self.clients).is_some_and(|index| Site::of(&index) == site);
            if !is_users {
                return Err(FactsError::NamedByTreeOnly {
                    file: registry.file,
                    registry: shown(&registry.address),
                });
            }
            allowed.extend(own.iter().filter(|index| Site::of(index) == site).cloned());
        }
        Ok(if allowed.is_empty() { own } else { allowed })
    }

    /// Indexes that requirements files or project tables name, beside the file that brings the package in or above.
    fn tree_registries(&self, package: &Package) -> Vec<TreeRegistry> {
        let mut found = Vec::new();
        for directory in Tree::directories(package) {
            // An index may stand in the file that includes the one which names the package.
            for file in self.tree.files(&directory, &[".txt", ".in"]) {
                let Some(text) = self.tree.text(&file) else { continue };
                found.extend(index_options(&text).into_iter().filter_map(|text| named(&file, text)));
            }
        }
        for directory in Tree::directories(package) {
            for name in ["pyproject.toml", "uv.toml", "Pipfile"] {
                let file = directory.join(name);
                let table = self.tree.text(&file).and_then(|text| text.parse::<toml::Table>().ok());
                let addresses = table.map(|table| index_tables(&table)).unwrap_or_default();
                found.extend(addresses.iter().filter_map(|text| named(&file, text)));
            }
        }
        found
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

/// An address of one file, such as a wheel that a requirement names directly.
fn direct_file(address: &Url) -> Option<IndexFile> {
    let name = address.path_segments()?.next_back()?.to_owned();
    let file = IndexFile {
        name,
        address: address.clone(),
        sha256: None,
        size: None,
        metadata: Metadata::No,
        requires_python: None,
        yanked: false,
    };
    (file.is_wheel() || file.is_source()).then_some(file)
}

fn open(name: &str, bytes: &[u8]) -> Result<Vec<Entry>, ArchiveError> {
    let wanted = |path: &str| {
        is_manifest(path)
            || is_egg_info(path)
            || is_license_file(path)
            || path.contains(".dist-info/licenses/")
    };
    if name.ends_with(".tar.gz") {
        read_tar_gz(bytes, &Limits::default(), &wanted)
    } else {
        read_zip(bytes, &Limits::default(), &wanted)
    }
}

/// What setuptools noted of a source archive when it was made: `name.egg-info` at its top or below `src`.
fn is_egg_info(path: &str) -> bool {
    let inner = without_top_folder(path);
    let inner = inner.strip_prefix("src/").unwrap_or(inner);
    inner.split_once('/').is_some_and(|(folder, file)| {
        folder.ends_with(".egg-info") && matches!(file, "PKG-INFO" | "requires.txt")
    })
}

/// What the egg-info of a source archive asks for; `None` when it has none.
fn needs_of_egg_info(entries: &[Entry]) -> Option<Vec<String>> {
    let notes: Vec<&Entry> = entries.iter().filter(|entry| is_egg_info(&entry.path)).collect();
    let needs = notes.iter().find(|entry| entry.path.ends_with("/requires.txt"));
    let text = needs.map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned()).unwrap_or_default();
    (!notes.is_empty()).then(|| metadata::egg_requires(&text))
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

/// `METADATA` of a wheel, `PKG-INFO` at the top of a source archive.
fn is_manifest(path: &str) -> bool {
    let is_top = |folder: &str| !folder.contains('/');
    match path.rsplit_once('/') {
        Some((folder, "METADATA")) => is_top(folder) && folder.ends_with(".dist-info"),
        Some((folder, "PKG-INFO")) => is_top(folder) && without_top_folder(path) == "PKG-INFO",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_manifest, normalise};

    #[test]
    fn names_are_normalised() {
        assert_eq!(normalise("Zope._-.Interface"), "zope-interface");
    }

    #[test]
    fn only_the_archive_s_own_metadata_counts() {
        assert!(is_manifest("a-1.dist-info/METADATA") && is_manifest("a-1/PKG-INFO"));
        assert!(!is_manifest("a-1/vendor/b.egg-info/PKG-INFO") && !is_manifest("METADATA"));
    }
}
