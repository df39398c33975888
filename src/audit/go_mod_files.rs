//! The user's registries as a source of go.mod files.

use crate::ecosystems::GoModFiles;
use crate::registry::fetch::FetchError;
use crate::registry::{FactsError, RegistryFacts};
use std::fmt;
use std::sync::Arc;

/// go.mod files from the cache, else from the proxies that the user's go is set up for.
pub struct ProxiedModFiles(Arc<RegistryFacts>);

impl ProxiedModFiles {
    /// Over these registries.
    pub fn new(facts: Arc<RegistryFacts>) -> Self {
        Self(facts)
    }
}

impl fmt::Debug for ProxiedModFiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProxiedModFiles")
    }
}

impl GoModFiles for ProxiedModFiles {
    fn go_mod(&self, module: &str, version: &str, hash: Option<&str>) -> Result<Option<String>, String> {
        match self.0.go_module_file(module, version, hash) {
            Ok(text) => Ok(Some(text)),
            Err(FactsError::Fetch(FetchError::Offline)) => Ok(None),
            Err(error) => Err(format!("{module}@{version}: {error}")),
        }
    }
}
