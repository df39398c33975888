//! Where missing facts can be asked for.

use crate::model::{DeclaredLicense, Files, Package};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Somebody who may know what is not on this machine: a cache, a registry client.
///
/// Asked only for what is missing, from several threads at once.
pub trait FactSource: Sync {
    /// What the package declares; none if the source does not know the package.
    ///
    /// # Errors
    /// What went wrong, as a sentence for the report.
    fn declared(&self, package: &Package) -> Result<Option<Vec<DeclaredLicense>>, String>;

    /// The package's files; none if the source does not have them.
    ///
    /// # Errors
    /// What went wrong, as a sentence for the report.
    fn files(&self, package: &Package) -> Result<Option<Files>, String>;

    /// Requests made so far, by host.
    fn fetched(&self) -> BTreeMap<String, usize> {
        BTreeMap::new()
    }

    /// Facts that a network request could have found and that were not asked for.
    fn not_fetched(&self) -> usize {
        0
    }
}

/// Knows nothing, and counts what it was not asked to find out.
#[derive(Debug, Default)]
pub struct Offline {
    not_asked: AtomicUsize,
}

impl Offline {
    /// A source that opens no socket.
    pub fn new() -> Self {
        Self::default()
    }
}

impl FactSource for Offline {
    fn declared(&self, _package: &Package) -> Result<Option<Vec<DeclaredLicense>>, String> {
        self.not_asked.fetch_add(1, Ordering::Relaxed);
        Ok(None)
    }

    fn files(&self, _package: &Package) -> Result<Option<Files>, String> {
        self.not_asked.fetch_add(1, Ordering::Relaxed);
        Ok(None)
    }

    fn not_fetched(&self) -> usize {
        self.not_asked.load(Ordering::Relaxed)
    }
}
