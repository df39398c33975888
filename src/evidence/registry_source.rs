//! Registries as a source of missing facts.

use super::source::FactSource;
use crate::model::{DeclaredLicense, Files, Package};
use crate::registry::{FactsError, Need, RegistryFacts};

impl FactSource for RegistryFacts {
    fn declared(&self, package: &Package) -> Result<Option<Vec<DeclaredLicense>>, String> {
        match self.facts(package, Need::Declared) {
            Ok(facts) => Ok(Some(facts.declared.clone())),
            Err(FactsError::NotFromRegistry) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn files(&self, package: &Package) -> Result<Option<Files>, String> {
        self.license_files(package).map_err(|error| error.to_string())
    }
}
