//! Registries that the audited tree's own configuration names.
//!
//! They are read for one purpose: to hold back. A package whose tree says that it comes from a registry of its own
//! is not asked of the user's default registry, which would tell a stranger its name. Such a registry is asked
//! only if the user's own configuration names it, too.

use super::site::split_user_info;
use crate::model::Package;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// Larger configuration files are not settings; in bytes.
const LARGEST: u64 = 4 << 20;

/// A registry that a file of the tree names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeRegistry {
    /// The file, relative to the tree, with `/`.
    pub file: String,
    /// The registry, without user information.
    pub address: Url,
}

/// The configuration files of an audited tree, each read once.
pub struct Tree {
    root: PathBuf,
    texts: Mutex<BTreeMap<PathBuf, Option<Arc<str>>>>,
}

impl Tree {
    /// Of a tree.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), texts: Mutex::default() }
    }

    /// A configuration file of the tree, or none.
    pub(crate) fn text(&self, relative: &Path) -> Option<Arc<str>> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts
            .entry(relative.to_owned())
            .or_insert_with(|| {
                let path = self.root.join(relative);
                let data = path.metadata().ok()?;
                if !data.is_file() || data.len() > LARGEST {
                    return None;
                }
                Some(String::from_utf8_lossy(&std::fs::read(path).ok()?).into())
            })
            .clone()
    }

    /// The files of a directory of the tree with one of these endings, sorted.
    pub(crate) fn files(&self, directory: &Path, endings: &[&str]) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.root.join(directory)).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let wanted = names.filter(|name| endings.iter().any(|ending| name.ends_with(ending)));
        let mut found: Vec<_> = wanted.map(|name| directory.join(name)).collect();
        found.sort();
        found
    }

    /// The directories, relative to the tree, whose configuration counts for a package: that of the file that
    /// brings it in, and those above it up to the root.
    pub(crate) fn directories(package: &Package) -> Vec<PathBuf> {
        let file = package.location.as_ref().map(|span| span.file.clone()).unwrap_or_default();
        let file = Path::new(&file);
        let climbs = file.components().any(|part| !matches!(part, std::path::Component::Normal(_)));
        if climbs {
            return vec![PathBuf::new()];
        }
        let mut found: Vec<PathBuf> = file.ancestors().skip(1).map(Path::to_owned).collect();
        if found.is_empty() {
            found.push(PathBuf::new());
        }
        found
    }
}

/// A named registry, if the text is an address.
pub(crate) fn named(file: &Path, text: &str) -> Option<TreeRegistry> {
    let address = Url::parse(text.trim().trim_matches(['"', '\''])).ok()?;
    let parts: Vec<_> = file.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Some(TreeRegistry { file: parts.join("/"), address: split_user_info(address).0 })
}
