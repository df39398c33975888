//! The index of the user's pip, lent to the Python reader.

use crate::ecosystems::PythonIndex;
use crate::model::{Package, PythonRelease};
use crate::registry::{Need, RegistryFacts};
use std::fmt;
use std::sync::Arc;

/// Answers from the cache, else from the indexes that the user's pip is set up for.
pub struct UserIndex {
    facts: Arc<RegistryFacts>,
}

impl UserIndex {
    /// Over these registries.
    pub fn new(facts: Arc<RegistryFacts>) -> Self {
        Self { facts }
    }
}

impl fmt::Debug for UserIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UserIndex")
    }
}

impl PythonIndex for UserIndex {
    fn releases(&self, package: &Package) -> Result<Vec<PythonRelease>, String> {
        self.facts.python_releases(package).map_err(|error| error.to_string())
    }

    fn requires(&self, package: &Package) -> Result<Option<Vec<String>>, String> {
        let facts = self.facts.facts(package, Need::Declared).map_err(|error| error.to_string())?;
        Ok(facts.requires.clone())
    }
}
