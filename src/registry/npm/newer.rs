//! The newest release of an npm package: the `latest` tag, else the versions one by one.

use super::{Npm, details, document_checksums, document_request, escaped_name, json, statements};
use crate::model::{Origin, Package};
use crate::registry::fetch::Fetch;
use crate::registry::newer::{Newer, is_later_release, latest_release, semantic};
use crate::registry::package_facts::{FactsError, PackageFacts};
use crate::registry::site::{below, shown};
use semver::Version;
use serde_json::Value;
use url::Url;

impl Npm {
    /// The newest release, if it is later than the one in use. Deprecated versions are passed over.
    pub(crate) fn newer(&self, package: &Package, fetch: &dyn Fetch) -> Result<Option<Newer>, FactsError> {
        if matches!(package.origin, Origin::Archive(_)) {
            return Err(FactsError::NotFromRegistry);
        }
        let used = package.version.as_deref().and_then(semantic).ok_or(FactsError::NoVersion)?;
        let base = self.place(package)?.base.ok_or(FactsError::NotFromRegistry)?;
        let (address, latest) = self.version_document(&base, &package.name, "latest", fetch)?;
        let version = latest.get("version").and_then(Value::as_str).and_then(semantic);
        let version = version.ok_or_else(|| FactsError::Unreadable {
            address: shown(&address),
            reason: "its `latest` names no version".to_owned(),
        })?;
        if version == used {
            return Ok(None);
        }
        if is_later_release(&version, &used) && !is_deprecated(&latest) {
            return Ok(newer(&base, &address, &latest));
        }
        self.newest_of_all(&base, package, &used, fetch)
    }

    /// Whoever is ahead of the `latest` tag, or whose `latest` is deprecated, looks at every version.
    fn newest_of_all(
        &self,
        base: &Url,
        package: &Package,
        used: &Version,
        fetch: &dyn Fetch,
    ) -> Result<Option<Newer>, FactsError> {
        let address = below(base, &escaped_name(&package.name));
        let credential = self.settings.credential(&address);
        let whole = json(&address, &fetch.get(&document_request(address.clone(), credential))?.body)?;
        let Some(versions) = whole.get("versions").and_then(Value::as_object) else { return Ok(None) };
        let usable = versions.iter().filter(|(_, document)| !is_deprecated(document));
        let newest = latest_release(usable.map(|(version, _)| version.as_str()), used);
        Ok(newest.and_then(|version| newer(base, &address, &versions[version])))
    }
}

fn newer(base: &Url, address: &Url, document: &Value) -> Option<Newer> {
    let facts = PackageFacts {
        declared: statements(document),
        details: details(document),
        documents: vec![shown(address)],
        ..PackageFacts::default()
    };
    Some(Newer {
        version: document.get("version").and_then(Value::as_str)?.to_owned(),
        origin: Origin::Registry(Some(base.to_string())),
        checksums: document_checksums(document),
        facts: Some(facts),
    })
}

/// `deprecated` holds the reason; an empty one takes the mark back.
fn is_deprecated(document: &Value) -> bool {
    match document.get("deprecated") {
        Some(Value::String(reason)) => !reason.is_empty(),
        Some(Value::Bool(deprecated)) => *deprecated,
        _ => false,
    }
}
