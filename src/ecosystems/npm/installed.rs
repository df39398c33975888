//! What is installed below node_modules: hoisted, nested, or in the stores of pnpm, Bun and Yarn.
//!
//! Links are noted and never followed, so the walk cannot leave the tree and cannot run in circles.

use super::locked::{Locked, LockedPackage};
use super::package_json::Manifest;
use super::tree::{self, TreeNode};
use super::workspace::{Workspace, join};
use crate::ecosystems::ReadContext;
use crate::model::{Origin, Problem, Scope, SourceSpan};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Directories inside node_modules that hold packages in a layout of their own: `<id>/node_modules/<name>`.
const STORES: [&str; 3] = [".pnpm", ".bun", ".store"];

/// An installed package.
#[derive(Debug)]
pub(super) struct InstalledPackage {
    /// Relative to the project, with `/`.
    pub(super) location: String,
    pub(super) directory: PathBuf,
    pub(super) manifest: Manifest,
}

/// All installed packages.
#[derive(Debug, Default)]
pub(super) struct Installed {
    pub(super) packages: Vec<InstalledPackage>,
    pub(super) problems: Vec<Problem>,
    links: Vec<(String, String)>,
    by_location: HashMap<String, usize>,
    by_label: HashMap<(String, String), usize>,
}

impl Installed {
    /// Walks the node_modules directories of a project and its members.
    pub(super) fn read(root: &Path, workspace: &Workspace, context: &ReadContext) -> Self {
        let mut walk = Walk { root, context, found: Vec::new(), links: Vec::new(), problems: Vec::new() };
        walk.modules("node_modules");
        for member in workspace.members.keys().filter(|member| !member.is_empty()) {
            walk.modules(&format!("{member}/node_modules"));
        }
        let Walk { found, links, problems, .. } = walk;
        let mut installed = Self { links, problems, ..Self::default() };
        let read: Vec<_> = found.into_par_iter().map(|location| read_one(root, location, context)).collect();
        for (package, problems) in read {
            installed.problems.extend(problems);
            installed.packages.extend(package);
        }
        for (position, package) in installed.packages.iter().enumerate() {
            installed.by_location.insert(package.location.clone(), position);
            if let (Some(name), Some(version)) = (&package.manifest.name, &package.manifest.version) {
                installed.by_label.entry((name.clone(), version.clone())).or_insert(position);
            }
        }
        installed
    }

    /// Whether nothing is installed.
    pub(super) fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// The installed form of a package of a lock file: the one at its place if it is the same, else any such.
    pub(super) fn find(&self, package: &LockedPackage) -> Option<&InstalledPackage> {
        if self.is_empty() {
            return None;
        }
        let at_place = package.location.as_ref().and_then(|location| self.by_location.get(location));
        let at_place = at_place.map(|position| &self.packages[*position]).filter(|installed| {
            installed.manifest.name.as_ref() == Some(&package.name)
                && (package.version.is_none() || installed.manifest.version == package.version)
        });
        at_place.or_else(|| {
            let label = (package.name.clone(), package.version.clone()?);
            self.by_label.get(&label).map(|position| &self.packages[*position])
        })
    }

    /// The installed tree as a graph of its own, for a project without a lock file.
    pub(super) fn as_locked(&self, workspace: &Workspace) -> Locked {
        let mut nodes = Vec::with_capacity(self.packages.len() + self.links.len() + 1);
        for (directory, manifest) in &workspace.members {
            let name = manifest.name.clone().unwrap_or_default();
            let mut package = LockedPackage::new(&name, manifest.version.as_deref(), Origin::Project);
            package.directory = Some(directory.clone());
            nodes.push((directory.clone(), TreeNode::package(package, Vec::new(), false)));
        }
        for installed in &self.packages {
            let manifest = &installed.manifest;
            let name = manifest.name.as_deref().unwrap_or(&installed.location);
            let mut package = LockedPackage::new(name, manifest.version.as_deref(), Origin::Registry(None));
            package.condition.clone_from(&manifest.condition);
            // Packages are published with the list of their developers' tools, which nobody installs.
            let needs = manifest.needs.iter().filter(|need| need.scope != Scope::Dev).cloned().collect();
            nodes.push((installed.location.clone(), TreeNode::package(package, needs, false)));
        }
        nodes.extend(self.links.iter().map(|(from, to)| (from.clone(), TreeNode::Link(to.clone()))));
        tree::resolve(nodes, workspace)
    }
}

fn read_one(
    root: &Path,
    location: String,
    context: &ReadContext,
) -> (Option<InstalledPackage>, Vec<Problem>) {
    let directory = root.join(&location);
    match Manifest::read(&directory.join("package.json"), context) {
        None => (None, Vec::new()),
        // What a package carries in odd spelling is its own affair, but for what concerns its license.
        Some(Ok((manifest, mut problems))) => {
            problems.retain(|problem| problem.consequence != crate::model::Consequence::Note);
            (Some(InstalledPackage { location, directory, manifest }), problems)
        }
        Some(Err(problem)) => (None, vec![Problem::fact_missing(problem.location, problem.message)]),
    }
}

struct Walk<'a> {
    root: &'a Path,
    context: &'a ReadContext,
    found: Vec<String>,
    links: Vec<(String, String)>,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    /// A node_modules directory.
    fn modules(&mut self, location: &str) {
        for (name, is_link) in self.entries(location) {
            let inner = format!("{location}/{name}");
            if STORES.contains(&name.as_str()) && !is_link {
                for (id, _) in self.entries(&inner) {
                    self.modules(&format!("{inner}/{id}/node_modules"));
                }
            } else if name.starts_with('.') {
                continue;
            } else if name.starts_with('@') && !is_link {
                for (name, is_link) in self.entries(&inner) {
                    self.package(format!("{inner}/{name}"), is_link);
                }
            } else {
                self.package(inner, is_link);
            }
        }
    }

    fn package(&mut self, location: String, is_link: bool) {
        if is_link {
            let target = std::fs::read_link(self.root.join(&location)).ok();
            let parent = location.rsplit_once('/').map_or("", |(parent, _)| parent);
            let target = target.and_then(|target| {
                let inside =
                    target.strip_prefix(self.root).ok().map(|path| join("", &path.to_string_lossy()));
                inside.unwrap_or_else(|| join(parent, &target.to_string_lossy()))
            });
            // A link out of the project is somebody else's directory: its package stays unread.
            if let Some(target) = target {
                self.links.push((location, target));
            }
            return;
        }
        self.modules(&format!("{location}/node_modules"));
        self.found.push(location);
    }

    /// The directories and links of a directory, sorted; none if it is not there.
    fn entries(&mut self, location: &str) -> Vec<(String, bool)> {
        let path = self.root.join(location);
        let is_directory = std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir());
        if !is_directory {
            return Vec::new();
        }
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                let place = SourceSpan::file(self.context.relative(&path));
                let text = format!("the directory cannot be read: {error}");
                self.problems.push(Problem::fact_missing(Some(place), text));
                return Vec::new();
            }
        };
        let mut names = Vec::new();
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if let Ok(name) = entry.file_name().into_string()
                && (kind.is_dir() || kind.is_symlink())
            {
                names.push((name, kind.is_symlink()));
            }
        }
        names.sort();
        names
    }
}
