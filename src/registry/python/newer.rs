//! The newest release of a project on a package index.

use super::index::IndexFile;
use super::{Python, normalise};
use crate::model::{Origin, Package};
use crate::registry::fetch::Fetch;
use crate::registry::newer::Newer;
use crate::registry::package_facts::{FactsError, Need};
use pep440_rs::Version;
use std::str::FromStr;
use url::Url;

impl Python {
    /// The newest release, if it is later than the one in use. Withdrawn files are passed over.
    pub(crate) fn newer(&self, package: &Package, fetch: &dyn Fetch) -> Result<Option<Newer>, FactsError> {
        let used = package.version.as_deref().and_then(|version| Version::from_str(version).ok());
        let used = used.ok_or(FactsError::NoVersion)?;
        let project = normalise(&package.name);
        let found = self.project_page(package, &project, fetch)?;
        let Some((version, files)) = newest(&found.files, &project, &used) else { return Ok(None) };
        self.check_hosts(&found.address, &files)?;
        self.release_of(package, &version, &files, &found.index, fetch).map(Some)
    }

    fn release_of(
        &self,
        package: &Package,
        version: &str,
        files: &[IndexFile],
        index: &Url,
        fetch: &dyn Fetch,
    ) -> Result<Newer, FactsError> {
        let mut newer = Newer {
            version: version.to_owned(),
            origin: Origin::Registry(Some(index.to_string())),
            checksums: Vec::new(),
            facts: None,
        };
        newer.facts = Some(self.facts_of(files, &newer.package(package), Need::Declared, fetch)?);
        Ok(newer)
    }
}

/// The files of the latest release that comes after the one in use.
fn newest(files: &[IndexFile], project: &str, used: &Version) -> Option<(String, Vec<IndexFile>)> {
    let version =
        |file: &IndexFile| file.version(project).and_then(|version| Version::from_str(version).ok());
    let of_release = |file: &IndexFile| {
        let version = version(file).filter(|_| !file.yanked)?;
        (!version.any_prerelease() && version > *used).then_some(version)
    };
    let newest = files.iter().filter_map(of_release).max()?;
    let of_newest = files.iter().filter(|file| of_release(file).as_ref() == Some(&newest)).cloned();
    Some((newest.to_string(), of_newest.collect()))
}
