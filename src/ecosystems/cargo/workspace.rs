//! The packages of the audited tree: the workspace, its members, and the path dependencies around them.

use super::super::ReadContext;
use super::declaration::{DeclaredSource, join_normalised};
use super::manifest::Manifest;
use super::members::{has_manifest, is_excluded, listed_members};
use crate::model::{Problem, SourceSpan};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

/// The local packages of a project.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Where Cargo.lock stands, absolute.
    pub(super) root: PathBuf,
    /// Every local package, sorted by directory.
    pub(super) packages: Vec<LocalPackage>,
    /// Manifests that were read, relative to the audited root.
    pub(super) read: Vec<String>,
}

/// A package that lies in the file system and not in a registry.
#[derive(Debug)]
pub(super) struct LocalPackage {
    pub(super) manifest: Manifest,
    pub(super) role: Role,
}

/// What a local package is to the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A member that is audited as a project.
    Project,
    /// A member of the same workspace that was not asked for.
    Member,
    /// A path dependency outside the workspace.
    Path,
}

impl Workspace {
    /// Reads the workspace that a directory is the root or a member of.
    pub(super) fn load(directory: &Path, context: &ReadContext, problems: &mut Vec<Problem>) -> Option<Self> {
        let label = context.relative(&directory.join("Cargo.toml"));
        let manifest = Manifest::load(directory, label, problems)?;
        let root = match manifest.workspace {
            Some(_) => None,
            None => find_root(&manifest, context),
        };
        let mut loader = Loader { context, problems, packages: BTreeMap::new(), read: Vec::new() };
        match root {
            Some(root) => {
                loader.load_workspace(&root);
                loader.select_only(directory);
                Some(loader.finish(root))
            }
            None => {
                loader.load_workspace(&manifest);
                Some(loader.finish(manifest))
            }
        }
    }
}

/// The workspace root above a manifest: the one it names, or the nearest that has it among its members.
fn find_root(manifest: &Manifest, context: &ReadContext) -> Option<Manifest> {
    let silent = |directory: &Path| {
        let label = context.relative(&directory.join("Cargo.toml"));
        let mut ignored = Vec::new();
        let found = has_manifest(directory).then(|| Manifest::load(directory, label, &mut ignored)).flatten();
        found.filter(|found| found.workspace.is_some())
    };
    let named = manifest.package.as_ref().and_then(|package| package.workspace.as_deref());
    if let Some(named) = named {
        return silent(&join_normalised(&manifest.directory, named));
    }
    let root = manifest.directory.ancestors().skip(1).find_map(silent)?;
    let mut ignored = Vec::new();
    let mut loader = Loader { context, problems: &mut ignored, packages: BTreeMap::new(), read: Vec::new() };
    loader.load_workspace(&root);
    let member = loader.packages.get(&manifest.directory);
    member.is_some_and(|package| package.role != Role::Path).then_some(root)
}

struct Loader<'a> {
    context: &'a ReadContext,
    problems: &'a mut Vec<Problem>,
    packages: BTreeMap<PathBuf, LocalPackage>,
    read: Vec<String>,
}

impl Loader<'_> {
    fn load_workspace(&mut self, root: &Manifest) {
        self.read.push(root.label.clone());
        let mut queue = VecDeque::new();
        if root.package.is_some() {
            let mut own = root.clone();
            own.inherit(root, self.problems);
            self.add(own, Role::Project, &mut queue);
        }
        for directory in listed_members(root, self.problems) {
            if let Some(manifest) = self.load_member(&directory, root) {
                self.add(manifest, Role::Project, &mut queue);
            }
        }
        queue.extend(root.patches.iter().map(|path| (path.clone(), SourceSpan::file(root.label.as_str()))));
        while let Some((directory, place)) = queue.pop_front() {
            self.load_path(&directory, place, root, &mut queue);
        }
    }

    fn load_member(&mut self, directory: &Path, root: &Manifest) -> Option<Manifest> {
        if self.packages.contains_key(directory) {
            return None;
        }
        let label = self.context.relative(&directory.join("Cargo.toml"));
        self.read.push(label.clone());
        let mut manifest = Manifest::load(directory, label, self.problems)?;
        manifest.inherit(root, self.problems);
        Some(manifest)
    }

    /// A path dependency: a member too if it lies below a workspace root that does not exclude it.
    fn load_path(
        &mut self,
        directory: &Path,
        place: SourceSpan,
        root: &Manifest,
        queue: &mut VecDeque<(PathBuf, SourceSpan)>,
    ) {
        if self.packages.contains_key(directory) {
            return;
        }
        if !has_manifest(directory) {
            let shown = self.context.relative(directory);
            self.problems.push(Problem::incomplete(
                Some(place),
                format!("the path dependency in `{shown}` has no readable Cargo.toml there"),
            ));
            return;
        }
        let label = self.context.relative(&directory.join("Cargo.toml"));
        self.read.push(label.clone());
        let Some(mut manifest) = Manifest::load(directory, label, self.problems) else {
            return;
        };
        let inside = root.workspace.is_some()
            && manifest.workspace.is_none()
            && directory.starts_with(&root.directory)
            && !is_excluded(root, directory);
        let role = if inside { Role::Project } else { Role::Path };
        if inside {
            manifest.inherit(root, self.problems);
        } else if let Some(own) = enclosing_workspace(&manifest, self.context) {
            manifest.inherit(&own, self.problems);
        }
        self.add(manifest, role, queue);
    }

    fn add(&mut self, manifest: Manifest, role: Role, queue: &mut VecDeque<(PathBuf, SourceSpan)>) {
        for declaration in &manifest.declarations {
            if let DeclaredSource::Path(path) = &declaration.source {
                queue.push_back((path.clone(), SourceSpan::line(manifest.label.as_str(), declaration.line)));
            }
        }
        if manifest.package.is_some() {
            self.packages.insert(manifest.directory.clone(), LocalPackage { manifest, role });
        }
    }

    fn select_only(&mut self, directory: &Path) {
        for (path, package) in &mut self.packages {
            if package.role == Role::Project && path != directory {
                package.role = Role::Member;
            }
        }
    }

    fn finish(self, root: Manifest) -> Workspace {
        let mut read = self.read;
        read.sort();
        read.dedup();
        Workspace { root: root.directory, packages: self.packages.into_values().collect(), read }
    }
}

/// The workspace root at or above a package from elsewhere, to inherit from.
pub(super) fn enclosing_workspace(manifest: &Manifest, context: &ReadContext) -> Option<Manifest> {
    let inherits = manifest.declarations.iter().any(|declaration| declaration.inherited)
        || manifest.package.as_ref().is_some_and(|package| !package.fields.inherited.is_empty());
    if !inherits {
        return None;
    }
    if manifest.workspace.is_some() {
        return Some(manifest.clone());
    }
    manifest.directory.ancestors().skip(1).filter(|above| has_manifest(above)).find_map(|above| {
        let label = context.relative(&above.join("Cargo.toml"));
        Manifest::load(above, label, &mut Vec::new()).filter(|found| found.workspace.is_some())
    })
}
