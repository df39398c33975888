//! The packages that a lock file or an installed environment knows, in one shape for all of them.

use super::marker::{Marker, Situation};
use super::requirement::Requirement;
use crate::model::{Package, SourceSpan};
use std::collections::HashMap;

/// What a known package asks for.
#[derive(Clone, Debug)]
pub(super) struct Requires {
    /// What is asked for; its specifier is the exact version where the lock names it.
    pub requirement: Requirement,
    /// The extra of the package that asks for it, normalised; `None` also where only the marker names it.
    pub extra: Option<String>,
    /// The line that says so.
    pub location: Option<SourceSpan>,
    /// The requirement's marker, parsed once.
    marker: Result<Option<Marker>, String>,
}

impl Requires {
    /// For a requirement.
    pub(super) fn new(requirement: Requirement, extra: Option<String>, location: Option<SourceSpan>) -> Self {
        let marker = requirement.marker.as_deref().map(Marker::parse).transpose();
        Self { requirement, extra, location, marker }
    }

    /// Whether its marker holds; `None` when that is not known or the marker is not valid.
    pub(super) fn holds(&self, situation: &Situation<'_>) -> Option<bool> {
        match &self.marker {
            Ok(None) => Some(true),
            Ok(Some(marker)) => marker.holds(situation),
            Err(_) => None,
        }
    }

    /// What is wrong with its marker.
    pub(super) fn bad_marker(&self) -> Option<&str> {
        self.marker.as_ref().err().map(String::as_str)
    }
}

/// A package of a lock file or environment.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Its name as PEP 503 compares it.
    pub key: String,
    /// The package.
    pub package: Package,
    /// The marker under which this entry of several for one name holds.
    pub marker: Option<String>,
    /// What it asks for.
    pub requires: Vec<Requires>,
    /// Whether the lock says that only development needs it.
    pub development: bool,
}

/// All packages of one source.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    /// The file or directory, relative to the audited root.
    pub source: String,
    /// What brings it up to date, for messages.
    pub refresh: &'static str,
    /// The packages.
    pub packages: Vec<Known>,
    /// Whether it says which package asks for which.
    pub has_edges: bool,
    /// The range of Pythons it was made for.
    pub requires_python: Option<String>,
    /// Directories of workspace members, as the lock names them, by normalised name.
    pub members: Vec<(String, String)>,
    index: HashMap<String, Vec<usize>>,
}

impl Catalogue {
    /// For a source.
    pub(super) fn new(source: impl Into<String>, refresh: &'static str) -> Self {
        Self { source: source.into(), refresh, has_edges: true, ..Self::default() }
    }

    /// Adds a package.
    pub(super) fn push(&mut self, known: Known) {
        self.index.entry(known.key.clone()).or_default().push(self.packages.len());
        self.packages.push(known);
    }

    /// All entries of a normalised name.
    pub(super) fn of_name(&self, key: &str) -> &[usize] {
        self.index.get(key).map_or(&[], Vec::as_slice)
    }

    /// The entries that a requirement can mean: those whose version meets it, else all of that name.
    pub(super) fn matching(&self, requirement: &Requirement) -> Vec<usize> {
        let named = self.of_name(&requirement.key());
        let (Some(specifier), true) = (&requirement.specifier, named.len() > 1) else {
            return named.to_vec();
        };
        let fitting: Vec<usize> = named
            .iter()
            .copied()
            .filter(|at| {
                let version = self.packages[*at].package.version.as_deref();
                version.is_none_or(|version| super::version::satisfies(specifier, version) != Some(false))
            })
            .collect();
        if fitting.is_empty() { named.to_vec() } else { fitting }
    }

    /// Takes over what an environment knows about the very same versions: licenses, files and, if this
    /// catalogue has none, edges.
    pub(super) fn learn_from(&mut self, environment: &Catalogue) {
        for known in &mut self.packages {
            let same =
                environment.of_name(&known.key).iter().map(|at| &environment.packages[*at]).find(|other| {
                    match (&known.package.version, &other.package.version) {
                        (Some(left), Some(right)) => super::version::same(left, right),
                        _ => false,
                    }
                });
            let Some(same) = same else { continue };
            let other = &same.package;
            known.package.declared.extend(other.declared.iter().cloned());
            known.package.files = known.package.files.take().or_else(|| other.files.clone());
            known.package.bundles = other.bundles.clone();
            known.package.details = other.details.clone();
            if !self.has_edges {
                known.requires = same.requires.clone();
            }
        }
    }

    /// What this and another catalogue say differently about the same names, as `name ours/theirs`.
    pub(super) fn differences(&self, other: &Catalogue) -> Vec<String> {
        let mut found = Vec::new();
        for (key, theirs) in &other.index {
            let versions = |catalogue: &Catalogue, entries: &[usize]| {
                let mut versions: Vec<String> =
                    entries.iter().filter_map(|at| catalogue.packages[*at].package.version.clone()).collect();
                versions.sort();
                versions.dedup();
                versions.join(", ")
            };
            let ours = self.of_name(key);
            let (left, right) = (versions(self, ours), versions(other, theirs));
            if ours.is_empty() {
                found.push(format!("{key} (only there)"));
            } else if left != right && !super::version::same(&left, &right) {
                found.push(format!("{key} ({left} here, {right} there)"));
            }
        }
        found.extend(
            self.index
                .keys()
                .filter(|key| !other.index.contains_key(*key))
                .map(|key| format!("{key} (only here)")),
        );
        found.sort();
        found
    }
}
