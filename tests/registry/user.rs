//! A user with a home of their own, a project to audit, and a cache.

use flate2::Compression;
use flate2::write::GzEncoder;
use licgraph::model::{Checksum, ChecksumAlgorithm, UserEnvironment};
use licgraph::registry::RegistryFacts;
use licgraph::registry::cache::Cache;
use licgraph::registry::fetch::{Fetch, Offline};
use licgraph::registry::http::{HttpFetch, HttpOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// The text of the license files in these tests.
pub const TEXT: &str =
    "MIT License\n\nCopyright (c) the authors\n\nPermission is hereby granted, free of charge\n";

pub struct User {
    pub home: TempDir,
    pub project: TempDir,
    pub cache: TempDir,
    variables: Vec<(String, String)>,
    pub waits: Arc<Mutex<Vec<Duration>>>,
}

impl User {
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let variables = [
            ("HOME", home.path().display().to_string()),
            ("CARGO_HOME", home.path().join("cargo").display().to_string()),
            ("PIP_CONFIG_FILE", "/dev/null".to_owned()),
        ];
        Self {
            variables: variables.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            home,
            project: tempfile::tempdir().unwrap(),
            cache: tempfile::tempdir().unwrap(),
            waits: Arc::default(),
        }
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn home_file(self, name: &str, text: &str) -> Self {
        write(self.home.path(), name, text);
        self
    }

    pub fn project_file(self, name: &str, text: &str) -> Self {
        write(self.project.path(), name, text);
        self
    }

    pub fn environment(&self) -> UserEnvironment {
        UserEnvironment::from_pairs(self.variables.clone())
    }

    pub fn cache(&self) -> Cache {
        Cache::new(self.cache.path())
    }

    pub fn facts(&self) -> RegistryFacts {
        self.facts_over(Box::new(self.http(quick())))
    }

    pub fn offline(&self) -> RegistryFacts {
        self.facts_over(Box::new(Offline))
    }

    pub fn facts_over(&self, fetch: Box<dyn Fetch>) -> RegistryFacts {
        RegistryFacts::new(self.project.path(), self.environment(), Some(self.cache()), fetch)
    }

    /// A client that writes down how long it would have waited.
    pub fn http(&self, options: HttpOptions) -> HttpFetch {
        let waits = self.waits.clone();
        HttpFetch::with_sleep(options, Box::new(move |wait| waits.lock().unwrap().push(wait))).unwrap()
    }

    pub fn waits(&self) -> Vec<Duration> {
        self.waits.lock().unwrap().clone()
    }
}

/// Short patience, so that a server that hangs does not hold the tests up; no proxy between here and here.
pub fn quick() -> HttpOptions {
    HttpOptions {
        patience: Duration::from_secs(2),
        deadline: Duration::from_secs(5),
        proxies: false,
        ..HttpOptions::default()
    }
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A `.tar.gz`; names are written as they are, however hostile.
pub fn tar_gz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn sha256(bytes: &[u8]) -> Checksum {
    let value = licgraph::registry::checksum::sha256(bytes);
    Checksum { algorithm: ChecksumAlgorithm::Sha256, value }
}
