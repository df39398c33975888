//! Facts that never change, kept below the user's cache directory.
//!
//! One plain file for each version of a package (and its checksum), written aside and renamed: parallel runs
//! and killed ones leave whole files or none. The first line holds the format and the SHA-256 of the rest; a file
//! that does not fit is as good as absent and is replaced by the next fetch.

use super::checksum::sha256;
use super::package_facts::{Need, PackageFacts};
use crate::model::{Ecosystem, UserEnvironment};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The directory of this format below the cache directory. A new format gets a new directory.
pub(crate) const VERSION: &str = "v2";
/// The largest file that is taken for an entry, in bytes.
pub(crate) const LARGEST: u64 = 64 << 20;
const MAGIC: &str = "licgraph-facts 1 ";
const TEMPORARY: &str = ".tmp-";
/// No writer takes as long as this, so what is older was left behind by a killed one.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Which facts an entry holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CacheKey {
    /// The ecosystem.
    pub ecosystem: Ecosystem,
    /// The package's purl, and its checksums, or else where it comes from.
    pub identity: String,
    /// How much is known.
    pub need: Need,
}

impl CacheKey {
    /// Its file relative to the cache directory. A name of a package never becomes part of a path.
    pub(crate) fn file(&self) -> String {
        let need = match self.need {
            Need::Declared => "declared",
            Need::Texts => "texts",
        };
        let hash = sha256(format!("{need}\n{}", self.identity).as_bytes());
        format!("{VERSION}/{}/{}/{}.json", self.ecosystem.name(), &hash[..2], &hash[2..42])
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    key: CacheKey,
    facts: PackageFacts,
}

/// What `licgraph cache show` tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheSummary {
    /// Whole entries of each ecosystem.
    pub entries: BTreeMap<Ecosystem, usize>,
    /// Files that are no whole entry.
    pub broken: usize,
    /// Bytes of all files.
    pub bytes: u64,
}

/// What `licgraph cache prune` removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Files.
    pub files: usize,
    /// Bytes.
    pub bytes: u64,
}

/// The cache.
#[derive(Clone, Debug)]
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// In a directory, which is made when something is stored.
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// The user's: `LICGRAPH_CACHE`, else `licgraph` in the system's cache directory. `None` without a home.
    pub fn of_user(environment: &UserEnvironment) -> Option<Self> {
        if let Some(directory) = environment.variable("LICGRAPH_CACHE") {
            return Some(Self::new(Path::new(directory)));
        }
        let below_home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        let variable = if cfg!(windows) { "LOCALAPPDATA" } else { "XDG_CACHE_HOME" };
        Some(Self::new(&environment.directory(variable, below_home)?.join("licgraph")))
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether anything is kept for an ecosystem.
    pub fn holds(&self, ecosystem: Ecosystem) -> bool {
        self.directory.join(VERSION).join(ecosystem.name()).is_dir()
    }

    /// The facts of a key, if they are there and whole. Texts also answer for what is declared.
    pub fn load(&self, key: &CacheKey) -> Option<PackageFacts> {
        let texts = CacheKey { need: Need::Texts, ..key.clone() };
        [key, &texts].into_iter().find_map(|key| {
            let stored = self.read(&self.directory.join(key.file()))?;
            (stored.key == *key).then_some(stored.facts)
        })
    }

    /// Keeps facts. Whoever comes second replaces the same content.
    ///
    /// # Errors
    /// When the cache directory cannot be written.
    pub fn store(&self, key: &CacheKey, facts: &PackageFacts) -> io::Result<()> {
        let stored = Stored { key: key.clone(), facts: facts.clone() };
        let json = serde_json::to_vec(&stored).map_err(io::Error::other)?;
        self.place(&key.file(), &json)
    }

    /// Takes over an entry that came from elsewhere: `bytes` is a whole file. An entry that is there stays.
    /// Returns whether it was new; `None` when it is no whole entry.
    ///
    /// # Errors
    /// When the cache directory cannot be written.
    pub(crate) fn adopt(&self, bytes: &[u8]) -> io::Result<Option<bool>> {
        let Some(stored) = decode(bytes) else { return Ok(None) };
        let file = stored.key.file();
        if self.read(&self.directory.join(&file)).is_some_and(|known| known.key == stored.key) {
            return Ok(Some(false));
        }
        let json = serde_json::to_vec(&stored).map_err(io::Error::other)?;
        self.place(&file, &json)?;
        Ok(Some(true))
    }

    fn place(&self, file: &str, json: &[u8]) -> io::Result<()> {
        let path = self.directory.join(file);
        let folder = path.parent().unwrap_or(&self.directory);
        std::fs::create_dir_all(folder)?;
        let mut aside = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)?;
        aside.write_all(format!("{MAGIC}{}\n", sha256(json)).as_bytes())?;
        aside.write_all(json)?;
        match aside.persist(&path) {
            // A system that replaces no open file: another run is reading or writing the same facts.
            Err(error) if error.error.kind() == io::ErrorKind::PermissionDenied && path.is_file() => Ok(()),
            placed => placed.map(drop).map_err(|error| error.error),
        }
    }

    fn read(&self, path: &Path) -> Option<Stored> {
        decode(&read_bounded(path)?)
    }

    /// Counts what is there.
    pub fn show(&self) -> CacheSummary {
        let mut summary = CacheSummary::default();
        for path in self.files() {
            summary.bytes += path.metadata().map(|data| data.len()).unwrap_or_default();
            match self.read(&path) {
                Some(stored) => *summary.entries.entry(stored.key.ecosystem).or_default() += 1,
                None => summary.broken += 1,
            }
        }
        summary
    }

    /// Removes entries older than `age` at `now` (none without an age), broken ones, what killed runs left, and
    /// other formats.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn prune(&self, age: Option<Duration>, now: SystemTime) -> io::Result<Pruned> {
        let mut pruned = Pruned::default();
        for path in self.files() {
            let Ok(data) = path.metadata() else { continue };
            let since =
                data.modified().ok().and_then(|written| now.duration_since(written).ok()).unwrap_or_default();
            let useless = if is_temporary(&path) {
                since > ABANDONED
            } else {
                age.is_some_and(|age| since > age)
                    || !path.starts_with(self.directory.join(VERSION))
                    || self.read(&path).is_none()
            };
            if useless {
                std::fs::remove_file(&path)?;
                pruned.files += 1;
                pruned.bytes += data.len();
            }
        }
        Ok(pruned)
    }

    /// The paths of all whole entries, sorted.
    pub(crate) fn whole_entries(&self) -> impl Iterator<Item = (String, Vec<u8>)> {
        self.files().into_iter().filter_map(|path| {
            let bytes = read_bounded(&path)?;
            Some((decode(&bytes)?.key.file(), bytes))
        })
    }

    /// Everything below the format directories (`v1`, `v2`, ...), sorted; links are not followed.
    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for folder in children(&self.directory) {
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_format = name.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
            if is_format && folder.is_dir() {
                collect(&folder, &mut found, 4);
            }
        }
        found.sort();
        found
    }
}

fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(TEMPORARY))
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>, depth: usize) {
    for path in children(folder) {
        let Ok(data) = path.symlink_metadata() else { continue };
        if data.is_dir() && depth > 0 {
            collect(&path, found, depth - 1);
        } else if data.is_file() {
            found.push(path);
        }
    }
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn read_bounded(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(LARGEST + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= LARGEST).then_some(bytes)
}

fn decode(bytes: &[u8]) -> Option<Stored> {
    let end = memchr::memchr(b'\n', bytes)?;
    let promised = std::str::from_utf8(&bytes[..end]).ok()?.strip_prefix(MAGIC)?;
    let json = &bytes[end + 1..];
    if sha256(json) != promised {
        return None;
    }
    serde_json::from_slice(json).ok()
}
