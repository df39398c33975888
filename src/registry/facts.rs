//! The way in: facts of a package from this run, the cache, or its registry.

mod go_mod;

use super::cache::{Cache, CacheKey};
use super::cargo::Cargo;
use super::fetch::{Fetch, FetchError};
use super::go::Go;
use super::neutral::Clients;
use super::npm::Npm;
use super::package_facts::{FactsError, Need, PackageFacts};
use super::python::Python;
use super::tree::Tree;
use crate::model::{Checksum, Ecosystem, Files, Origin, Package, Problem, PythonRelease, UserEnvironment};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tempfile::TempDir;

type Outcome = Result<Arc<PackageFacts>, FactsError>;

/// Facts of packages. Safe to share between threads; every question is put once in its lifetime.
pub struct RegistryFacts {
    clients: Arc<Clients>,
    tree: Arc<Tree>,
    fetch: Box<dyn Fetch>,
    cache: Option<Cache>,
    memory: Mutex<HashMap<CacheKey, Outcome>>,
    cache_hits: AtomicU64,
    cache_failure: OnceLock<String>,
    unpacked: Mutex<Unpacked>,
    npm: OnceLock<Npm>,
    python: OnceLock<Python>,
    cargo: OnceLock<Cargo>,
    go: OnceLock<Go>,
}

/// License files laid out for readers that want paths; removed at the end.
#[derive(Default)]
struct Unpacked {
    directory: Option<TempDir>,
    packages: usize,
}

impl RegistryFacts {
    /// For an audit of the tree `audited`. With [`super::fetch::Offline`] no socket is opened.
    pub fn new(
        audited: &Path,
        environment: UserEnvironment,
        cache: Option<Cache>,
        fetch: Box<dyn Fetch>,
    ) -> Self {
        Self {
            clients: Arc::new(Clients::new(environment, audited)),
            tree: Arc::new(Tree::new(audited)),
            fetch,
            cache,
            memory: Mutex::default(),
            cache_hits: AtomicU64::new(0),
            cache_failure: OnceLock::new(),
            unpacked: Mutex::default(),
            npm: OnceLock::new(),
            python: OnceLock::new(),
            cargo: OnceLock::new(),
            go: OnceLock::new(),
        }
    }

    /// What is known of a package.
    ///
    /// # Errors
    /// When nobody may be asked, or the registry has no usable answer.
    pub fn facts(&self, package: &Package, need: Need) -> Outcome {
        check_identity(package)?;
        if package.ecosystem == Ecosystem::Go && need == Need::Declared {
            return Ok(Arc::default());
        }
        // The one document of a crate is its archive.
        let need = if package.ecosystem == Ecosystem::Cargo { Need::Texts } else { need };
        let question = question(package, need);
        if let Some(known) = self.recall(&question) {
            return known;
        }
        let outcome = self.look_up(package, need);
        self.memory().insert(question, outcome.clone());
        outcome
    }

    /// The package at its newest release, if that is later than the version in use: no pre-release, and none that
    /// was withdrawn. The registry is asked each time, since the answer does not stay true; what it says about the
    /// release is remembered for [`RegistryFacts::facts`].
    ///
    /// # Errors
    /// When nobody may be asked, or the registry has no usable answer.
    pub fn newer(&self, package: &Package) -> Result<Option<Package>, FactsError> {
        check_identity(package)?;
        if self.fetch.is_offline() {
            return Err(FactsError::Fetch(FetchError::Offline));
        }
        let fetch = self.fetch.as_ref();
        let found = match package.ecosystem {
            Ecosystem::Npm => self.npm().newer(package, fetch),
            Ecosystem::Python => self.python().newer(package, fetch),
            Ecosystem::Cargo => self.cargo().newer(package, fetch),
            Ecosystem::Go => self.go().newer(package, fetch),
            Ecosystem::Other => Err(FactsError::NotFromRegistry),
        };
        let Some(newer) = found? else { return Ok(None) };
        let release = newer.package(package);
        if let Some(facts) = newer.facts {
            self.memory().insert(question(&release, Need::Declared), Ok(Arc::new(facts)));
        }
        Ok(Some(release))
    }

    fn recall(&self, key: &CacheKey) -> Option<Outcome> {
        let memory = self.memory();
        let texts = CacheKey { need: Need::Texts, ..key.clone() };
        memory.get(key).cloned().or_else(|| memory.get(&texts).filter(|outcome| outcome.is_ok()).cloned())
    }

    /// From the cache, else from the registry.
    ///
    /// What was read from the archive that the checksums mean is kept under the checksums. Everything else is kept
    /// under the place it came from as well: a lock file that names a liar's host beside a true checksum must not
    /// decide what later audits believe.
    fn look_up(&self, package: &Package, need: Need) -> Outcome {
        let key = |identity: String| CacheKey { ecosystem: package.ecosystem, identity, need };
        let checksums = checksums(package);
        let verified = (!checksums.is_empty()).then(|| key(format!("{}\n{checksums}", package.purl)));
        if let Some(known) = verified.as_ref().and_then(|key| self.load(key)) {
            return Ok(known);
        }
        let nothing_kept = self.cache.as_ref().is_none_or(|cache| !cache.holds(package.ecosystem));
        if self.fetch.is_offline() && nothing_kept {
            // Where it would be asked for is a question to the user's client, which takes its time to answer.
            return Err(FactsError::Fetch(FetchError::Offline));
        }
        let place = key(format!("{}\n{checksums}\n{}", package.purl, self.place(package)?));
        if let Some(known) = self.load(&place) {
            return Ok(known);
        }
        let facts = self.ask(package, need)?;
        let kept_under = verified.filter(|_| facts.verified).unwrap_or(place);
        self.keep(&kept_under, &facts);
        Ok(Arc::new(facts))
    }

    fn keep(&self, key: &CacheKey, facts: &PackageFacts) {
        if let Some(Err(error)) = self.cache.as_ref().map(|cache| cache.store(key, facts)) {
            // One sentence is enough for the thousand packages after it.
            let _ = self.cache_failure.set(error.to_string());
        }
    }

    fn load(&self, key: &CacheKey) -> Option<Arc<PackageFacts>> {
        let facts = self.cache.as_ref()?.load(key)?;
        self.cache_hits.fetch_add(1, Ordering::Relaxed);
        Some(Arc::new(facts))
    }

    fn ask(&self, package: &Package, need: Need) -> Result<PackageFacts, FactsError> {
        let fetch = self.fetch.as_ref();
        match package.ecosystem {
            Ecosystem::Npm => self.npm().facts(package, need, fetch),
            Ecosystem::Python => self.python().facts(package, need, fetch),
            Ecosystem::Cargo => self.cargo().facts(package, fetch),
            Ecosystem::Go => self.go().facts(package, fetch),
            Ecosystem::Other => Err(FactsError::NotFromRegistry),
        }
    }

    /// Where a package comes from: its lock entry's address, else that of the user's registry.
    fn place(&self, package: &Package) -> Result<String, FactsError> {
        match &package.origin {
            Origin::Registry(Some(address)) | Origin::Archive(address) => Ok(without_query(address)),
            _ => self.destination(package),
        }
    }

    fn destination(&self, package: &Package) -> Result<String, FactsError> {
        match package.ecosystem {
            Ecosystem::Npm => self.npm().destination(package),
            Ecosystem::Python => self.python().destination(package),
            Ecosystem::Cargo => self.cargo().destination(package),
            Ecosystem::Go => self.go().destination(package),
            Ecosystem::Other => Err(FactsError::NotFromRegistry),
        }
    }

    /// The license files of a package as files on this machine, for as long as this value lives. `None` for a
    /// package that does not come from a registry.
    ///
    /// # Errors
    /// When nobody may be asked, the registry has no usable answer, or the files cannot be laid out.
    pub fn license_files(&self, package: &Package) -> Result<Option<Files>, FactsError> {
        let facts = match self.facts(package, Need::Texts) {
            Ok(facts) => facts,
            Err(FactsError::NotFromRegistry) => return Ok(None),
            Err(error) => return Err(error),
        };
        let written =
            self.lay_out(&facts).map_err(|error| FactsError::Temporary { reason: error.to_string() })?;
        Ok(Some(written))
    }

    fn lay_out(&self, facts: &PackageFacts) -> std::io::Result<Files> {
        let mut unpacked = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        if unpacked.directory.is_none() {
            unpacked.directory = Some(tempfile::Builder::new().prefix("licgraph-").tempdir()?);
        }
        unpacked.packages += 1;
        let root =
            unpacked.directory.as_ref().map(|directory| directory.path().to_owned()).unwrap_or_default();
        let base = root.join(unpacked.packages.to_string());
        let mut files = Vec::new();
        for file in facts.files.iter().flatten() {
            // A cache that came from elsewhere is not believed about paths either.
            let is_inside = Path::new(&file.path)
                .components()
                .all(|part| matches!(part, std::path::Component::Normal(_)));
            if !is_inside {
                continue;
            }
            let path = base.join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap_or(&base))?;
            std::fs::write(&path, &file.bytes)?;
            files.push(path);
        }
        Ok(Files::Listed { base, files })
    }

    /// The versions of a Python package, from the first index of the user's pip that has it; not kept in the cache.
    ///
    /// # Errors
    /// When nobody may be asked, or no index has it.
    pub fn python_releases(&self, package: &Package) -> Result<Vec<PythonRelease>, FactsError> {
        if self.fetch.is_offline() {
            return Err(FactsError::Fetch(FetchError::Offline));
        }
        self.python().releases(package, self.fetch.as_ref())
    }

    /// How many requests went to each host.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.fetch.requests()
    }

    /// How many packages were answered from the cache.
    pub fn cache_hits(&self) -> u64 {
        self.cache_hits.load(Ordering::Relaxed)
    }

    /// How many questions an offline run left unasked.
    pub fn not_asked(&self) -> usize {
        let offline = |outcome: &&Outcome| matches!(outcome, Err(FactsError::Fetch(FetchError::Offline)));
        self.memory().values().filter(offline).count()
    }

    /// What went wrong beside the packages' own facts.
    pub fn problems(&self) -> Vec<Problem> {
        let cache = self.cache_failure.get().map(|error| {
            Problem::note(
                None,
                format!("the cache of license facts cannot be written: {error}; set LICGRAPH_CACHE"),
            )
        });
        cache.into_iter().collect()
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<CacheKey, Outcome>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn npm(&self) -> &Npm {
        self.npm.get_or_init(|| Npm::new(self.clients.clone(), self.tree.clone()))
    }

    fn python(&self) -> &Python {
        self.python.get_or_init(|| Python::new(self.clients.clone(), self.tree.clone()))
    }

    fn cargo(&self) -> &Cargo {
        self.cargo.get_or_init(|| Cargo::new(self.clients.clone(), self.tree.clone()))
    }

    fn go(&self) -> &Go {
        self.go.get_or_init(|| Go::new(&self.clients))
    }
}

/// Whether a package is one that a registry can be asked about.
fn check_identity(package: &Package) -> Result<(), FactsError> {
    if package.version.is_none() {
        return Err(FactsError::NoVersion);
    }
    if package.origin == Origin::Unknown && names_a_place(package) {
        return Err(FactsError::KeptPrivate {
            setting: "its package URL names a place of its own".to_owned(),
        });
    }
    Ok(())
}

fn question(package: &Package, need: Need) -> CacheKey {
    CacheKey {
        ecosystem: package.ecosystem,
        identity: format!("{}\n{:?}\n{}", package.purl, package.origin, checksums(package)),
        need,
    }
}

/// The address as it is kept in the cache: user information and query may be secrets.
fn without_query(address: &str) -> String {
    url::Url::parse(address).map_or_else(|_| address.to_owned(), |address| super::site::shown(&address))
}

fn checksums(package: &Package) -> String {
    let spelled = |checksum: &Checksum| format!("{:?}:{}", checksum.algorithm, checksum.value);
    let mut all: Vec<_> = package.checksums.iter().map(spelled).collect();
    all.sort();
    all.dedup();
    all.join("\n")
}

/// An SBOM says by these qualifiers that a package is not the one of that name in the usual registry.
fn names_a_place(package: &Package) -> bool {
    let qualifiers = package.purl.as_str().split_once('?').map_or("", |(_, qualifiers)| qualifiers);
    ["repository_url=", "vcs_url=", "download_url=", "registry_url="]
        .iter()
        .any(|name| qualifiers.contains(name))
}
