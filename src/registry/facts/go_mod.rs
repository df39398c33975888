//! go.mod files from the cache or the proxies of the user's go.

use super::RegistryFacts;
use crate::model::Ecosystem;
use crate::registry::cache::CacheKey;
use crate::registry::checksum::go_mod_h1;
use crate::registry::fetch::FetchError;
use crate::registry::{FactsError, LicenseFile, Need, PackageFacts};
use std::sync::Arc;

/// The name under which the text is kept.
const NAME: &str = "go.mod";

impl RegistryFacts {
    /// The `go.mod` of a module version: from the cache, else from the proxies of the user's go.
    ///
    /// `hash` is base64 of the `h1:` hash that go.sum has for it; a file with another one is not used. Without a
    /// hash the file is kept under the proxies that it came from.
    ///
    /// # Errors
    /// When nobody may be asked, no proxy has it, or it is not what go.sum means.
    pub fn go_module_file(
        &self,
        module: &str,
        version: &str,
        hash: Option<&str>,
    ) -> Result<String, FactsError> {
        let question = key(module, version, hash.unwrap_or_default());
        if let Some(known) = self.memory().get(&question).cloned() {
            return known.map(|facts| text(&facts));
        }
        let outcome = self.look_up_mod_file(module, version, hash);
        self.memory().insert(question, outcome.clone());
        outcome.map(|facts| text(&facts))
    }

    fn look_up_mod_file(
        &self,
        module: &str,
        version: &str,
        hash: Option<&str>,
    ) -> Result<Arc<PackageFacts>, FactsError> {
        let verified = hash.map(|hash| key(module, version, hash));
        let kept = |key: &CacheKey| self.load(key).filter(|facts| is_meant(facts, hash));
        if let Some(known) = verified.as_ref().and_then(kept) {
            return Ok(known);
        }
        let nothing_kept = self.cache.as_ref().is_none_or(|cache| !cache.holds(Ecosystem::Go));
        if self.fetch.is_offline() && nothing_kept {
            // Where it would be asked for is a question to the go command, which takes its time to answer.
            return Err(FactsError::Fetch(FetchError::Offline));
        }
        let place = key(module, version, &self.go().proxies_shown());
        if let Some(known) = kept(&place) {
            return Ok(known);
        }
        let (address, bytes) = self.go().module_file(module, version, self.fetch.as_ref())?;
        let found = go_mod_h1(&bytes);
        if let Some(expected) = hash.filter(|hash| *hash != found) {
            let (expected, found) = (format!("h1:{expected}"), format!("h1:{found}"));
            return Err(FactsError::Checksum { address, expected, found });
        }
        let facts = PackageFacts {
            files: Some(vec![LicenseFile { path: NAME.to_owned(), bytes }]),
            documents: vec![address],
            verified: verified.is_some(),
            ..PackageFacts::default()
        };
        self.keep(&verified.unwrap_or(place), &facts);
        Ok(Arc::new(facts))
    }
}

fn key(module: &str, version: &str, more: &str) -> CacheKey {
    let identity = format!("{NAME} of {module}@{version}\n{more}");
    CacheKey { ecosystem: Ecosystem::Go, identity, need: Need::Declared }
}

/// A cache that came from elsewhere is not believed about hashes.
fn is_meant(facts: &PackageFacts, hash: Option<&str>) -> bool {
    let file = facts.files.iter().flatten().next();
    file.is_some_and(|file| hash.is_none_or(|hash| go_mod_h1(&file.bytes) == hash))
}

fn text(facts: &PackageFacts) -> String {
    let file = facts.files.iter().flatten().next();
    file.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).unwrap_or_default()
}
