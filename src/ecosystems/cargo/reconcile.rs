//! Holds the lock file against the manifests of the workspace.
//!
//! Where both agree nothing changes. What only a manifest names is added, without a version, so that it stays
//! in the report; every contradiction is a problem.

use super::declaration::{Declaration, DeclaredSource};
use super::locate::local;
use super::lock::{LockEdge, LockFile, LockPackage};
use super::manifest::Manifest;
use super::matching::{Match, best, counts, match_declarations};
use super::source::Source;
use super::workspace::{LocalPackage, Role, Workspace};
use crate::model::{Origin, Problem, SourceSpan};

/// What makes a stale lock file right.
const UPDATE: &str = "run `cargo update --workspace`";

/// Whether there is a lock file to hold against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// A lock file was read.
    LockFile,
    /// There is none: all comes from manifests.
    ManifestsOnly,
}

/// Adds to the lock file what it lacks.
pub(super) fn reconcile(
    lock: &mut LockFile,
    workspace: &Workspace,
    given: Given,
    problems: &mut Vec<Problem>,
) {
    let mut reconciler = Reconciler { lock, workspace, given, problems };
    for local in &workspace.packages {
        if local.role != Role::Path || given == Given::ManifestsOnly {
            reconciler.add_local(local);
        }
    }
    for index in 0..reconciler.lock.packages.len() {
        let package = &reconciler.lock.packages[index];
        let local = local(workspace, package).filter(|_| package.source == Source::Local);
        if let Some(local) = local {
            reconciler.check_dependencies(index, local);
        }
    }
}

struct Reconciler<'a> {
    lock: &'a mut LockFile,
    workspace: &'a Workspace,
    given: Given,
    problems: &'a mut Vec<Problem>,
}

impl Reconciler<'_> {
    /// Makes sure that a member is in the lock file.
    fn add_local(&mut self, local: &LocalPackage) {
        let (Some(package), version) = (&local.manifest.package, local.manifest.version()) else {
            return;
        };
        let named = self.lock.packages.iter().find(|known| {
            known.source == Source::Local
                && known.name == package.name
                && (known.version.as_deref() == Some(version) || !self.has_twin(&package.name))
        });
        if let Some(known) = named {
            let locked = known.version.as_deref().unwrap_or_default();
            if locked != version {
                let message = format!(
                    "Cargo.lock has `{}` {locked}, its manifest says {version}; {UPDATE}",
                    package.name
                );
                self.problems.push(Problem::incomplete(Some(package.place.clone()), message));
            }
            return;
        }
        if self.given == Given::LockFile {
            let message = format!("Cargo.lock does not list the member `{}`; {UPDATE}", package.name);
            self.problems.push(Problem::incomplete(Some(package.place.clone()), message));
        }
        self.lock.packages.push(LockPackage {
            name: package.name.clone(),
            version: Some(version.to_owned()),
            source: Source::Local,
            checksums: Vec::new(),
            dependencies: Vec::new(),
            place: package.place.clone(),
        });
    }

    fn has_twin(&self, name: &str) -> bool {
        let packages = self.workspace.packages.iter();
        packages.filter(|local| local.manifest.name() == Some(name)).count() > 1
    }

    /// Makes sure that what a local manifest names is in the lock file, and the other way round.
    fn check_dependencies(&mut self, index: usize, local: &LocalPackage) {
        let manifest = &local.manifest;
        let member = local.role != Role::Path;
        let matches = match_declarations(manifest, member, &self.lock.packages[index], self.lock);
        for (declaration, found) in manifest.declarations.iter().zip(matches) {
            // Outside the workspace the lock file leaves out optional dependencies that nobody uses.
            let expected = member || (self.given == Given::ManifestsOnly && counts(declaration, member));
            match found {
                Match::Nothing if expected => self.add_dependency(index, manifest, declaration),
                Match::NameOnly(locked) if member => self.complain_of_version(manifest, declaration, locked),
                _ => {}
            }
        }
        if member {
            self.complain_of_surplus(index, manifest);
        }
    }

    fn add_dependency(&mut self, index: usize, manifest: &Manifest, declaration: &Declaration) {
        let place = SourceSpan::line(manifest.label.as_str(), declaration.line);
        if self.given == Given::LockFile {
            let message = format!(
                "Cargo.lock does not have the dependency `{}` of `{}`; {UPDATE}",
                declaration.package,
                manifest.name().unwrap_or_default()
            );
            self.problems.push(Problem::incomplete(Some(place.clone()), message));
        }
        let local = matches!(declaration.source, DeclaredSource::Path(_));
        let all: Vec<usize> = (0..self.lock.packages.len())
            .filter(|known| (self.lock.packages[*known].source == Source::Local) == local)
            .collect();
        let to = best(declaration, &all, &[], self.lock).unwrap_or_else(|| {
            self.lock.packages.push(LockPackage {
                name: declaration.package.clone(),
                version: None,
                source: Source::Unlocked(match &declaration.source {
                    DeclaredSource::Registry => Origin::Registry(None),
                    DeclaredSource::NamedRegistry(address) => Origin::Registry(address.clone()),
                    DeclaredSource::Git(address) => Origin::Git(address.clone()),
                    DeclaredSource::Path(_) => Origin::Unknown,
                }),
                checksums: Vec::new(),
                dependencies: Vec::new(),
                place: place.clone(),
            });
            self.lock.packages.len() - 1
        });
        self.lock.packages[index].dependencies.push(LockEdge { to, place });
    }

    fn complain_of_version(&mut self, manifest: &Manifest, declaration: &Declaration, locked: usize) {
        let package = &self.lock.packages[locked];
        let message = format!(
            "Cargo.lock has `{}` {}, the manifest asks for {}; {UPDATE}",
            package.name,
            package.version.as_deref().unwrap_or_default(),
            declaration.requirement.as_deref().unwrap_or("another")
        );
        let place = SourceSpan::line(manifest.label.as_str(), declaration.line);
        self.problems.push(Problem::incomplete(Some(place), message));
    }

    fn complain_of_surplus(&mut self, index: usize, manifest: &Manifest) {
        for edge in &self.lock.packages[index].dependencies {
            let name = &self.lock.packages[edge.to].name;
            if !manifest.declarations.iter().any(|declaration| declaration.package == *name) {
                let message = format!(
                    "Cargo.lock lets `{}` depend on `{name}`, which its manifest does not name; {UPDATE}",
                    manifest.name().unwrap_or_default()
                );
                self.problems.push(Problem::incomplete(Some(edge.place.clone()), message));
            }
        }
    }
}
