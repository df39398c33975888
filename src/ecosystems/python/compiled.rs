//! Compiled requirements files (`pip-compile`, `uv pip compile`) as lock files: `# via` says who asks for what.

use super::catalogue::{Catalogue, Known, Requires};
use super::manifest::Declared;
use super::requirement::{Requirement, normalise};
use super::requirements_files::Purpose;
use super::requirements_txt::Requirements;
use crate::model::{Ecosystem, Origin, Package};
use std::collections::{BTreeMap, BTreeSet};

/// The catalogue of all compiled files of a project; `None` when there is none.
pub(super) fn catalogue(requirements: &BTreeMap<String, Requirements>) -> Option<Catalogue> {
    let compiled: Vec<_> = requirements.iter().filter(|(_, found)| found.compiled).collect();
    let (first, _) = compiled.first()?;
    let mut catalogue = Catalogue::new((*first).clone(), "pip-compile");
    let mut seen = BTreeSet::new();
    for (_, found) in &compiled {
        for declared in &found.declared {
            let requirement = &declared.requirement;
            let version = requirement.pinned();
            if !seen.insert((requirement.key(), version.map(str::to_owned), requirement.marker.clone())) {
                continue;
            }
            let origin = declared.origin.clone().unwrap_or(Origin::Registry(None));
            let mut package = Package::new(Ecosystem::Python, &requirement.name, version, origin);
            package.location = Some(declared.location.clone());
            package.checksums = declared.checksums.clone();
            package.files = declared.files.clone();
            catalogue.push(Known {
                key: requirement.key(),
                package,
                marker: requirement.marker.clone(),
                requires: asked_by(&requirement.key(), &found.declared),
                development: found.purpose == Purpose::Development,
            });
        }
    }
    Some(catalogue)
}

/// The entries whose `# via` names a package.
fn asked_by(parent: &str, all: &[Declared]) -> Vec<Requires> {
    all.iter()
        .filter(|child| child.via.iter().any(|via| names_package(via, parent)))
        .map(|child| {
            let requirement = Requirement { extras: Vec::new(), ..child.requirement.clone() };
            Requires::new(requirement, None, Some(child.location.clone()))
        })
        .collect()
}

fn names_package(via: &str, key: &str) -> bool {
    !is_input(via) && normalise(via.split('[').next().unwrap_or("")) == key
}

/// `-r file`, `-c file` and `project (pyproject.toml)` name inputs, not packages.
fn is_input(via: &str) -> bool {
    via.starts_with('-') || via.contains(['(', '/'])
}

/// The entries that an input file asks for, or that nobody is named for.
pub(super) fn direct(declared: &[Declared]) -> Vec<Declared> {
    let keys: BTreeSet<String> = declared.iter().map(|item| item.requirement.key()).collect();
    declared
        .iter()
        .filter(|item| {
            let named = |via: &String| keys.iter().any(|key| names_package(via, key));
            let by_input = item.via.iter().any(|via| is_input(via) && !via.starts_with("-c"));
            by_input || !item.via.iter().any(named)
        })
        .cloned()
        .collect()
}
