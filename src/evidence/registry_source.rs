//! The user's registries and the cache as a source of facts.

use super::FactSource;
use crate::model::{DeclaredLicense, Files, Package};
use crate::registry::fetch::FetchError;
use crate::registry::{FactsError, Need, RegistryFacts};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers from the cache, else from the registries that the user's clients are set up for.
pub struct RegistrySource {
    facts: Arc<RegistryFacts>,
    not_asked: AtomicUsize,
}

impl RegistrySource {
    /// A source over these registries.
    pub fn new(facts: impl Into<Arc<RegistryFacts>>) -> Self {
        Self { facts: facts.into(), not_asked: AtomicUsize::new(0) }
    }

    /// The registries, for what is asked beyond the packages of a graph.
    pub fn registry(&self) -> &RegistryFacts {
        &self.facts
    }

    /// Silence that nobody is to blame for is none; everything else is said.
    fn silence(&self, error: &FactsError) -> Result<(), String> {
        match error {
            FactsError::NotFromRegistry | FactsError::NoVersion => Ok(()),
            FactsError::Fetch(FetchError::Offline) => {
                self.not_asked.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            other => Err(other.to_string()),
        }
    }
}

impl FactSource for RegistrySource {
    fn declared(&self, package: &Package) -> Result<Option<Vec<DeclaredLicense>>, String> {
        match self.facts.facts(package, Need::Declared) {
            Ok(facts) => Ok((!facts.declared.is_empty()).then(|| facts.declared.clone())),
            Err(error) => self.silence(&error).map(|()| None),
        }
    }

    fn files(&self, package: &Package) -> Result<Option<Files>, String> {
        match self.facts.license_files(package) {
            Ok(files) => Ok(files),
            Err(error) => self.silence(&error).map(|()| None),
        }
    }

    fn fetched(&self) -> BTreeMap<String, usize> {
        self.facts
            .requests()
            .into_iter()
            .map(|(host, count)| (host, usize::try_from(count).unwrap_or(usize::MAX)))
            .collect()
    }

    fn not_fetched(&self) -> usize {
        self.not_asked.load(Ordering::Relaxed)
    }
}
