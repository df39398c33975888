//! Makes the dependency graph of a settled lock.

use super::archives::{Archives, declared};
use super::bundling;
use super::installed::{Installed, InstalledPackage};
use super::license_field::stays_inside;
use super::locked::{Locked, LockedEdge, LockedPackage};
use super::package_json::Manifest;
use super::settle::{label, listed};
use super::workspace::{Workspace, join};
use crate::ecosystems::ReadContext;
use crate::model::{
    DeclaredLicense, Dependency, DependencyGraph, Ecosystem, Files, LicenseSource, Linkage, NodeIndex,
    Origin, Package, Problem, Project, Purl, Scope, SourceSpan,
};
use rayon::prelude::*;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Everything that the graph is made of.
pub(super) struct Assembly<'a> {
    pub(super) root: &'a Path,
    pub(super) context: &'a ReadContext,
    pub(super) workspace: &'a Workspace,
    pub(super) installed: &'a Installed,
    pub(super) archives: &'a Archives,
    /// The lock file or installed tree, relative to the audited root.
    pub(super) source: Option<String>,
    /// Whether edges of packages point to lines of that file.
    pub(super) has_lines: bool,
}

impl Assembly<'_> {
    /// The graph, and what could not be read on the way.
    pub(super) fn graph(&self, locked: &Locked) -> (DependencyGraph, Vec<Problem>) {
        let mut problems = Vec::new();
        let bundled = self.bundled(locked, &mut problems);
        let wanted = reachable(locked, locked.members.values().copied(), |_| true);
        let wanted = if locked.members.is_empty() { vec![true; locked.packages.len()] } else { wanted };
        report_unwanted(locked, &wanted, self.source.as_deref(), &mut problems);
        let made: Vec<_> = locked
            .packages
            .par_iter()
            .enumerate()
            .map(|(position, package)| wanted[position].then(|| self.package(locked, position, package)))
            .collect();
        let mut graph = DependencyGraph::new();
        let mut nodes: Vec<Option<NodeIndex>> = Vec::with_capacity(made.len());
        for made in made {
            nodes.push(made.map(|(package, problem)| {
                problems.extend(problem);
                graph.add_package(package)
            }));
        }
        for (directory, position) in &locked.members {
            if let Some(node) = nodes[*position] {
                let manifest = self.workspace.members.get(directory).map(|manifest| manifest.file.clone());
                let manifest = manifest.unwrap_or_else(|| self.relative(directory, "package.json"));
                graph.add_project(Project { node, manifest, graph_source: self.source.clone() });
            }
        }
        let conditions: Vec<_> = locked.packages.iter().map(|package| self.condition(package)).collect();
        for (position, package) in locked.packages.iter().enumerate() {
            let Some(from) = nodes[position] else { continue };
            let member =
                package.directory.as_ref().and_then(|directory| self.workspace.members.get(directory));
            for edge in &package.edges {
                let Some(target) = edge.target.filter(|target| *target != position) else { continue };
                if let Some(to) = nodes[target] {
                    let condition = conditions[target];
                    let edge =
                        self.dependency(edge, &locked.packages[target], condition, member, bundled[position]);
                    graph.add_dependency(from, to, edge);
                }
            }
        }
        (graph, problems)
    }

    /// Which packages become part of a bundle, by position.
    fn bundled(&self, locked: &Locked, problems: &mut Vec<Problem>) -> Vec<bool> {
        let mut starts = Vec::new();
        for (directory, manifest) in &self.workspace.members {
            let Some(note) = bundling::seen(manifest, &self.root.join(directory)) else { continue };
            problems.push(note);
            starts.extend(locked.members.get(directory));
        }
        reachable(locked, starts.into_iter(), |edge| edge.need.scope != Scope::Dev)
    }

    /// The platforms a package is made for; where the lock is silent, as the installed package says.
    fn condition<'p>(&'p self, package: &'p LockedPackage) -> Option<&'p str> {
        let installed = || self.installed.find(package)?.manifest.condition.as_deref();
        package.condition.as_deref().or_else(installed)
    }

    fn dependency(
        &self,
        edge: &LockedEdge,
        target: &LockedPackage,
        condition: Option<&str>,
        member: Option<&Manifest>,
        is_bundled: bool,
    ) -> Dependency {
        let need = &edge.need;
        let linkage = match need.scope {
            Scope::Dev => Linkage::Dev,
            _ if is_bundled => Linkage::Static,
            _ => Linkage::Dynamic,
        };
        let file = match member {
            Some(manifest) => Some(manifest.file.as_str()),
            None => self.source.as_deref().filter(|_| self.has_lines),
        };
        Dependency {
            scope: need.scope,
            linkage,
            condition: condition.map(str::to_owned),
            requirement: (!need.range.is_empty()).then(|| need.range.clone()),
            alias: (need.name != target.name && !target.name.is_empty()).then(|| need.name.clone()),
            location: file.map(|file| SourceSpan::line(file, need.line)),
        }
    }

    fn package(
        &self,
        locked: &Locked,
        position: usize,
        package: &LockedPackage,
    ) -> (Package, Option<Problem>) {
        if let Some(directory) = &package.directory
            && locked.members.get(directory) == Some(&position)
        {
            return (self.member(directory, package), None);
        }
        let mut problem = None;
        let mut local = None;
        if let Some(directory) = &package.directory {
            match self.local(directory) {
                Ok(found) => local = Some(found),
                Err(found) => problem = Some(found),
            }
        }
        let installed = self.installed.find(package);
        let manifest = local.as_ref().and_then(|(_, manifest)| manifest.as_ref());
        let manifest = manifest.or(installed.map(|installed| &installed.manifest));
        let version =
            package.version.as_ref().or_else(|| manifest.and_then(|manifest| manifest.version.as_ref()));
        let mut made =
            Package::new(Ecosystem::Npm, &package.name, version.map(String::as_str), self.origin(package));
        made.purl = purl(&made);
        made.checksums.clone_from(&package.checksums);
        made.bundles.clone_from(&package.bundles);
        made.location = self.lock_place(package);
        made.files = self.files(package, local.as_ref().map(|(path, _)| path), installed);
        if let Some(manifest) = manifest {
            made.declared.clone_from(&manifest.declared);
            made.details = manifest.details.clone();
            made.bundles.extend(manifest.bundled.iter().cloned());
            made.bundles.sort();
            made.bundles.dedup();
        } else if let Some(Files::Archive(archive)) = &made.files {
            made.declared = declared(archive, &package.name, self.context).unwrap_or_default();
        }
        made.declared.extend(package.license.iter().map(|statement| DeclaredLicense {
            statement: statement.clone(),
            source: LicenseSource::LockFile,
            location: made.location.clone(),
        }));
        (made, problem)
    }

    fn member(&self, directory: &str, package: &LockedPackage) -> Package {
        let manifest = self.workspace.members.get(directory);
        let path = self.root.join(directory);
        let name =
            manifest.and_then(|manifest| manifest.name.clone()).unwrap_or_else(|| package.name.clone());
        let name = if name.is_empty() { directory_name(&path) } else { name };
        let version = manifest.map_or(package.version.as_ref(), |manifest| manifest.version.as_ref());
        let mut made = Package::new(Ecosystem::Npm, &name, version.map(String::as_str), Origin::Project);
        made.files = Some(Files::Directory(path));
        if let Some(manifest) = manifest {
            made.declared.clone_from(&manifest.declared);
            made.details = manifest.details.clone();
            made.location = Some(SourceSpan::line(manifest.file.as_str(), 1));
        } else {
            made.location = self.lock_place(package);
            made.declared.extend(package.license.iter().map(|statement| DeclaredLicense {
                statement: statement.clone(),
                source: LicenseSource::LockFile,
                location: made.location.clone(),
            }));
        }
        made
    }

    /// A directory that a `file:` dependency names, if it lies in the audited tree.
    fn local(&self, directory: &str) -> Result<(PathBuf, Option<Manifest>), Problem> {
        let outside = || {
            Problem::fact_missing(
                self.source.clone().map(SourceSpan::file),
                format!("the dependency at `{directory}` lies outside the audited directory and is not read"),
            )
        };
        let path = self.inside(directory).ok_or_else(outside)?;
        match Manifest::read(&path.join("package.json"), self.context) {
            Some(Ok((manifest, _))) => Ok((path, Some(manifest))),
            Some(Err(problem)) => Err(Problem::fact_missing(problem.location, problem.message)),
            None => Ok((path, None)),
        }
    }

    /// A path relative to the project, if it exists and neither dots nor links lead out of the audited root.
    fn inside(&self, relative: &str) -> Option<PathBuf> {
        let base = self.context.relative(self.root);
        let base = if base == "." { String::new() } else { base };
        let from_root = join(&base, relative).filter(|path| path.is_empty() || stays_inside(path))?;
        let path = dunce::canonicalize(self.context.root.join(from_root)).ok()?;
        let root = dunce::canonicalize(&self.context.root).ok()?;
        let inside = path.strip_prefix(&root).ok()?;
        Some(self.context.root.join(inside))
    }

    fn files(
        &self,
        package: &LockedPackage,
        local: Option<&PathBuf>,
        installed: Option<&InstalledPackage>,
    ) -> Option<Files> {
        if let Some(directory) = local.cloned().or_else(|| Some(installed?.directory.clone())) {
            return Some(Files::Directory(directory));
        }
        if let Origin::Archive(address) = &package.origin
            && let Some(path) = address.strip_prefix("file:")
        {
            return self.inside(path).filter(|path| path.is_file()).map(Files::Archive);
        }
        self.archives.find(package).map(|path| Files::Archive(path.to_owned()))
    }

    /// Directories are told relative to the audited root.
    fn origin(&self, package: &LockedPackage) -> Origin {
        match &package.origin {
            Origin::Path(path) => Origin::Path(self.relative(path, "")),
            other => other.clone(),
        }
    }

    fn relative(&self, directory: &str, file: &str) -> String {
        let base = self.context.relative(self.root);
        let base = if base == "." { "" } else { base.as_str() };
        match join(base, directory).and_then(|directory| join(&directory, file)) {
            Some(inside) if inside.is_empty() => ".".to_owned(),
            Some(inside) => inside,
            None => self.context.relative(&self.root.join(directory).join(file)),
        }
    }

    fn lock_place(&self, package: &LockedPackage) -> Option<SourceSpan> {
        let file = self.source.as_deref().filter(|_| self.has_lines)?;
        Some(SourceSpan::line(file, package.line))
    }
}

/// Packages from elsewhere than a registry say so in their purl, so that a fork is not taken for the original.
fn purl(package: &Package) -> Purl {
    let qualifier = match &package.origin {
        Origin::Git(address) => Some(("vcs_url", address.as_str())),
        Origin::Archive(address) if !address.starts_with("file:") => Some(("download_url", address.as_str())),
        _ => None,
    };
    match qualifier {
        Some(qualifier) => {
            Purl::with_qualifiers(package.ecosystem, &package.name, package.version.as_deref(), &[qualifier])
        }
        None => package.purl.clone(),
    }
}

fn directory_name(path: &Path) -> String {
    let name = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
    name(path).or_else(|| name(&dunce::canonicalize(path).ok()?)).unwrap_or_else(|| "project".to_owned())
}

/// The packages that some packages lead to, themselves included.
fn reachable(
    locked: &Locked,
    starts: impl Iterator<Item = usize>,
    follow: impl Fn(&LockedEdge) -> bool,
) -> Vec<bool> {
    let mut seen = vec![false; locked.packages.len()];
    let mut waiting: Vec<usize> = starts.collect();
    while let Some(position) = waiting.pop() {
        if std::mem::replace(&mut seen[position], true) {
            continue;
        }
        let edges = locked.packages[position].edges.iter().filter(|edge| follow(edge));
        waiting.extend(edges.filter_map(|edge| edge.target));
    }
    seen
}

/// Entries that no project leads to are no part of any; a stale lock file or a foreign tree has them.
fn report_unwanted(locked: &Locked, wanted: &[bool], source: Option<&str>, problems: &mut Vec<Problem>) {
    if wanted.iter().all(|wanted| *wanted) {
        return;
    }
    let labels_where = |is_wanted: bool| {
        let packages = locked.packages.iter().zip(wanted).filter(move |(_, wanted)| **wanted == is_wanted);
        packages.map(|(package, _)| label(package))
    };
    let known: HashSet<String> = labels_where(true).collect();
    let names: Vec<String> = labels_where(false).filter(|label| !known.contains(label)).collect();
    if !names.is_empty() {
        problems.push(Problem::note(
            source.map(SourceSpan::file),
            format!("packages that nothing here depends on were left out: {}", listed(names)),
        ));
    }
}
