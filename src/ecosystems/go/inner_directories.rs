//! Which directories of each module are used: the license file nearest to a package is the one that governs it.

use super::import_graph::ImportGraph;
use super::modules::BuildModule;
use super::reach::{Level, Reach};
use crate::model::InnerDirectories;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the modules' directories, in the order of the modules; `own` main modules come before them.
///
/// What only tools and tests import counts for modules that nothing else imports. In a vendor tree the directories
/// of one module may hold other modules.
pub fn inner_directories(
    own: usize,
    modules: &[BuildModule],
    vendored: bool,
    imports: &ImportGraph,
    reached: &Reach,
) -> Vec<InnerDirectories> {
    let mut levels: BTreeMap<(usize, bool), BTreeSet<String>> = BTreeMap::new();
    for (position, level) in &reached.packages {
        let package = &imports.packages[*position];
        let is_conveyed = *level <= Level::Tagged;
        levels.entry((package.module, is_conveyed)).or_default().insert(package.directory.clone());
    }
    let mut known = |(position, module): (usize, &BuildModule)| {
        let position = own + position;
        let used = levels.remove(&(position, true)).or_else(|| levels.remove(&(position, false)));
        let used = match used {
            None if reached.opaque.contains_key(&position) || module.files.is_none() => None,
            used => Some(used.unwrap_or_default()),
        };
        let foreign = if vendored { inside(module, modules) } else { BTreeSet::new() };
        InnerDirectories { used, foreign }
    };
    modules.iter().enumerate().map(&mut known).collect()
}

/// Directories of a vendored module that hold other modules.
fn inside(module: &BuildModule, modules: &[BuildModule]) -> BTreeSet<String> {
    let below = |other: &BuildModule| {
        let inner = other.module.path.strip_prefix(module.module.path.as_str())?.strip_prefix('/')?;
        Some(inner.to_owned())
    };
    modules.iter().filter_map(below).collect()
}
