//! The newest release of a Go module. Another major version is another module and is not looked for.

use super::Go;
use crate::model::Package;
use crate::registry::DOCUMENT_LIMIT;
use crate::registry::fetch::{Fetch, FetchError};
use crate::registry::newer::{Newer, latest_release, semantic};
use crate::registry::package_facts::FactsError;
use semver::Version;
use serde::Deserialize;

/// The answer to `@latest` (Go Modules Reference, "GOPROXY protocol").
#[derive(Deserialize)]
struct Latest {
    #[serde(rename = "Version")]
    version: String,
}

impl Go {
    /// The newest release, if it is later than the one in use. Retracted versions are passed over.
    pub(crate) fn newer(&self, package: &Package, fetch: &dyn Fetch) -> Result<Option<Newer>, FactsError> {
        self.check(package)?;
        let used = package.version.as_deref().and_then(semantic).ok_or(FactsError::NoVersion)?;
        let (_, list) = self.document(&package.name, "@v/list", DOCUMENT_LIMIT, fetch)?;
        let list = String::from_utf8_lossy(&list).into_owned();
        let versions: Vec<&str> = list.split_ascii_whitespace().collect();
        let version = if versions.is_empty() {
            self.latest_commit(&package.name, &used, fetch)?
        } else {
            self.latest_tag(&package.name, &versions, &used, fetch)?
        };
        Ok(version.map(|version| Newer {
            version,
            origin: package.origin.clone(),
            checksums: Vec::new(),
            facts: None,
        }))
    }

    /// Of a module without tags, every version is a pre-release.
    fn latest_commit(
        &self,
        module: &str,
        used: &Version,
        fetch: &dyn Fetch,
    ) -> Result<Option<String>, FactsError> {
        let (address, body) = match self.document(module, "@latest", DOCUMENT_LIMIT, fetch) {
            Ok(found) => found,
            // A proxy need not offer it.
            Err(FactsError::Fetch(FetchError::NotFound { .. })) => return Ok(None),
            Err(error) => return Err(error),
        };
        let latest: Latest = serde_json::from_slice(&body)
            .map_err(|error| FactsError::Unreadable { address, reason: error.to_string() })?;
        let is_later = semantic(&latest.version).is_some_and(|version| version.cmp_precedence(used).is_gt());
        Ok(is_later.then_some(latest.version))
    }

    /// The highest version's `go.mod` says which versions are retracted, itself perhaps among them.
    fn latest_tag(
        &self,
        module: &str,
        versions: &[&str],
        used: &Version,
        fetch: &dyn Fetch,
    ) -> Result<Option<String>, FactsError> {
        let Some(highest) = latest_release(versions.iter().copied(), used) else { return Ok(None) };
        let (_, text) = self.module_file(module, highest, fetch)?;
        let retracted = retracted(&String::from_utf8_lossy(&text));
        let is_usable = |version: &&str| {
            let Some(version) = semantic(version) else { return false };
            !retracted.iter().any(|(first, last)| (first..=last).contains(&&version))
        };
        let usable = versions.iter().copied().filter(is_usable);
        Ok(latest_release(usable, used).map(str::to_owned))
    }
}

/// The ranges of `retract` directives, alone or in a block (Go Modules Reference, "retract directive").
fn retracted(module_file: &str) -> Vec<(Version, Version)> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in module_file.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let stated = match line.strip_prefix("retract") {
            Some(rest) if rest.trim() == "(" => {
                in_block = true;
                continue;
            }
            Some(rest) if rest.starts_with([' ', '\t', '[']) => rest.trim(),
            _ if in_block && line != ")" => line,
            _ => {
                in_block = false;
                continue;
            }
        };
        found.extend(range(stated));
    }
    found
}

/// `v1.0.0`, or `[v1.0.0, v1.9.9]`.
fn range(text: &str) -> Option<(Version, Version)> {
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(both) => {
            let (first, last) = both.split_once(',')?;
            Some((semantic(first.trim())?, semantic(last.trim())?))
        }
        None => semantic(text).map(|version| (version.clone(), version)),
    }
}

#[cfg(test)]
mod tests {
    use super::retracted;

    #[test]
    fn retractions_are_read_in_every_form() {
        let text = "module code.example/m\n\nretract v1.0.0 // too early\nretract [v1.1.0, v1.2.0]\n\
                    retract (\n\tv2.0.0\n\t// a note\n\t[ v3.0.0 , v3.1.0 ]\n)\nrequire code.example/n v9.0.0\n\
                    retracted v4.0.0\n";
        let found: Vec<_> = retracted(text).iter().map(|(first, last)| format!("{first} {last}")).collect();
        assert_eq!(found, ["1.0.0 1.0.0", "1.1.0 1.2.0", "2.0.0 2.0.0", "3.0.0 3.1.0"]);
    }
}
