//! Which index or file a package comes from: its lock entry, the tree as far as the user agrees, the user's settings.

use super::index::{IndexFile, Metadata};
use super::settings::built_in;
use super::tree_indexes::{index_options, index_tables};
use super::{HINT, Python};
use crate::model::{Ecosystem, Origin, Package};
use crate::registry::address_of_entry;
use crate::registry::package_facts::FactsError;
use crate::registry::site::{Site, as_directory, shown};
use crate::registry::tree::{Tree, TreeRegistry, named};
use url::Url;

/// Where a version is.
pub(super) enum Place {
    /// Indexes, in the order they are asked.
    Indexes(Vec<Url>),
    /// One file.
    File(IndexFile),
}

impl Python {
    /// Which indexes a package comes from: its lock entry, the tree as far as the user agrees, the user's.
    pub(super) fn place(&self, package: &Package) -> Result<Place, FactsError> {
        let locked = match &package.origin {
            Origin::Registry(Some(address)) | Origin::Archive(address) => address_of_entry(address)?,
            Origin::Registry(None) | Origin::Unknown => return self.unlocked(package).map(Place::Indexes),
            _ => return Err(FactsError::NotFromRegistry),
        };
        if let Some(file) = direct_file(&locked) {
            return Ok(Place::File(file));
        }
        let is_users = Site::of(&locked).is_some_and(|site| self.settings.names(&site));
        if !is_users && built_in(&self.clients).is_some_and(|default| Site::of(&default) == Site::of(&locked))
        {
            return self.unlocked_own().map(Place::Indexes);
        }
        Ok(Place::Indexes(vec![as_directory(locked)]))
    }

    fn unlocked_own(&self) -> Result<Vec<Url>, FactsError> {
        if self.settings.no_index {
            return Err(FactsError::KeptPrivate { setting: "no-index".to_owned() });
        }
        let own = self.settings.indexes(&self.clients);
        if own.is_empty() {
            return Err(FactsError::NotConfigured { ecosystem: Ecosystem::Python, hint: HINT });
        }
        Ok(own)
    }

    fn unlocked(&self, package: &Package) -> Result<Vec<Url>, FactsError> {
        let in_tree = self.tree_registries(package);
        let own = self.unlocked_own()?;
        let mut allowed = Vec::new();
        for registry in in_tree {
            let site = Site::of(&registry.address);
            let is_users = own.iter().any(|index| Site::of(index) == site)
                || built_in(&self.clients).is_some_and(|index| Site::of(&index) == site);
            if !is_users {
                return Err(FactsError::NamedByTreeOnly {
                    file: registry.file,
                    registry: shown(&registry.address),
                });
            }
            allowed.extend(own.iter().filter(|index| Site::of(index) == site).cloned());
        }
        Ok(if allowed.is_empty() { own } else { allowed })
    }

    /// Indexes that requirements files or project tables name, beside the file that brings the package in or above.
    fn tree_registries(&self, package: &Package) -> Vec<TreeRegistry> {
        let mut found = Vec::new();
        for directory in Tree::directories(package) {
            // An index may stand in the file that includes the one which names the package.
            for file in self.tree.files(&directory, &[".txt", ".in"]) {
                let Some(text) = self.tree.text(&file) else { continue };
                found.extend(index_options(&text).into_iter().filter_map(|text| named(&file, text)));
            }
        }
        for directory in Tree::directories(package) {
            for name in ["pyproject.toml", "uv.toml", "Pipfile"] {
                let file = directory.join(name);
                let table = self.tree.text(&file).and_then(|text| text.parse::<toml::Table>().ok());
                let addresses = table.map(|table| index_tables(&table)).unwrap_or_default();
                found.extend(addresses.iter().filter_map(|text| named(&file, text)));
            }
        }
        found
    }
}

/// An address of one file, such as a wheel that a requirement names directly.
fn direct_file(address: &Url) -> Option<IndexFile> {
    let name = address.path_segments()?.next_back()?.to_owned();
    let file = IndexFile {
        name,
        address: address.clone(),
        sha256: None,
        size: None,
        metadata: Metadata::No,
        requires_python: None,
        yanked: false,
    };
    (file.is_wheel() || file.is_source()).then_some(file)
}
