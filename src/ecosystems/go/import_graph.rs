//! Which packages the main modules reach by their imports.
//!
//! Every import path is looked up once, each level of the search in parallel. What is reached for which reason
//! is decided afterwards, in [`super::reach`].

use super::own_packages;
use super::source_tree::{FileKind, ImportUse, PackageScan, SourceTree, scan};
use super::version::is_safe_path;
use super::workspace::Workspace;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// A module of the build list with its files. Main modules come first, in the workspace's order.
#[derive(Debug)]
pub struct ModuleFiles {
    /// The path under which its packages are imported.
    pub path: String,
    /// Its files.
    pub tree: SourceTree,
    /// Whether tests are looked at.
    pub is_main: bool,
}

/// What an import path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lookup {
    /// A package, by its position.
    Package(usize),
    /// The standard library.
    Standard,
    /// A module whose files are not on this machine.
    Opaque(usize),
    /// No module has such a package.
    Nowhere,
}

/// A package that was read.
#[derive(Debug)]
pub struct PackageNode {
    /// The position of its module.
    pub module: usize,
    /// Its import path.
    pub path: String,
    /// Its directory in the module, empty for the root.
    pub directory: String,
    /// What its files say.
    pub scan: PackageScan,
}

/// Packages and where their imports lead.
#[derive(Debug, Default)]
pub struct ImportGraph {
    /// The packages; those of the main modules come first.
    pub packages: Vec<PackageNode>,
    /// The number of packages of main modules.
    pub own: usize,
    /// Where each import path leads.
    pub lookups: HashMap<String, Lookup>,
    /// Directories of the main modules that could not be read.
    pub unreadable: Vec<String>,
}

/// Searches packages.
#[derive(Debug)]
pub struct Finder<'a> {
    /// The modules.
    pub modules: &'a [ModuleFiles],
    /// Which module a vendored package belongs to; absent without a vendor tree.
    pub vendored: Option<&'a HashMap<String, usize>>,
    /// The minor release of Go that the project asks for.
    pub go_minor: u32,
}

impl Finder<'_> {
    /// Reads the packages of the main modules and everything that they import.
    ///
    /// `tools` are import paths that something else than an import asks for.
    pub fn import_graph(&self, workspace: &Workspace, tools: &[String]) -> ImportGraph {
        let mut graph = ImportGraph::default();
        for (module, member) in workspace.members.iter().enumerate() {
            let (directories, unreadable) = own_packages::directories(&member.directory, &member.file);
            graph.unreadable.extend(unreadable);
            let scanned: Vec<_> =
                directories.par_iter().map(|directory| self.scan(module, directory)).collect();
            for (directory, scan) in directories.into_iter().zip(scanned) {
                let Some(scan) = scan else { continue };
                let path = join(&member.path, &directory);
                graph.lookups.insert(path.clone(), Lookup::Package(graph.packages.len()));
                graph.packages.push(PackageNode { module, path, directory, scan });
            }
        }
        graph.own = graph.packages.len();
        let by_path: HashMap<&str, usize> = self
            .modules
            .iter()
            .enumerate()
            .map(|(position, module)| (module.path.as_str(), position))
            .collect();
        let mut start = 0;
        let mut extra = tools;
        loop {
            let mut wanted: BTreeMap<&str, ()> = extra.iter().map(|path| (path.as_str(), ())).collect();
            for package in start..graph.packages.len() {
                let imports = graph.packages[package].scan.imports.iter();
                let imports = imports.filter(|one| is_followed(one, package < graph.own));
                wanted.extend(imports.map(|one| (one.path.as_str(), ())));
            }
            extra = &[];
            start = graph.packages.len();
            let wanted: Vec<String> = wanted
                .into_keys()
                .filter(|path| !graph.lookups.contains_key(*path))
                .map(str::to_owned)
                .collect();
            if wanted.is_empty() {
                return graph;
            }
            let found: Vec<_> = wanted.par_iter().map(|path| self.find(path, &by_path)).collect();
            for (path, found) in wanted.into_iter().zip(found) {
                let lookup = match found {
                    Found::Package(package) => {
                        graph.packages.push(package);
                        Lookup::Package(graph.packages.len() - 1)
                    }
                    Found::Other(lookup) => lookup,
                };
                graph.lookups.insert(path, lookup);
            }
        }
    }

    fn scan(&self, module: usize, directory: &str) -> Option<PackageScan> {
        let module = &self.modules[module];
        scan(&module.tree, directory, module.is_main, self.go_minor)
    }

    /// The package belongs to the module with the longest path that has such a directory.
    fn find(&self, import: &str, by_path: &HashMap<&str, usize>) -> Found {
        if !is_safe_path(import) {
            return Found::Other(Lookup::Nowhere);
        }
        if let Some(owner) = self.vendored.and_then(|vendored| vendored.get(import)) {
            return self.package(*owner, import).unwrap_or(Found::Other(Lookup::Nowhere));
        }
        let mut end = import.len();
        let mut in_own_module = false;
        loop {
            if let Some(&position) = by_path.get(&import[..end]) {
                let module = &self.modules[position];
                if matches!(module.tree, SourceTree::Missing) {
                    return Found::Other(Lookup::Opaque(position));
                }
                in_own_module |= module.is_main;
                let listed = module.is_main || self.vendored.is_none();
                if let Some(found) = self.package(position, import).filter(|_| listed) {
                    return found;
                }
            }
            match import[..end].rfind('/') {
                Some(slash) => end = slash,
                None => break,
            }
        }
        let first = import.split('/').next().unwrap_or(import);
        let standard = !first.contains('.') && !in_own_module;
        Found::Other(if standard { Lookup::Standard } else { Lookup::Nowhere })
    }

    fn package(&self, module: usize, import: &str) -> Option<Found> {
        let path = &self.modules[module].path;
        let directory = import.strip_prefix(path.as_str())?.trim_start_matches('/').to_owned();
        let scan = self.scan(module, &directory)?;
        Some(Found::Package(PackageNode { module, path: import.to_owned(), directory, scan }))
    }
}

enum Found {
    Package(PackageNode),
    Other(Lookup),
}

fn join(module: &str, directory: &str) -> String {
    if directory.is_empty() { module.to_owned() } else { format!("{module}/{directory}") }
}

impl ImportGraph {
    /// The imports of a package, each with where it leads.
    pub fn imports(&self, package: usize) -> impl Iterator<Item = (&ImportUse, Lookup)> {
        let imports = self.packages[package].scan.imports.iter();
        let imports = imports.filter(move |one| is_followed(one, package < self.own));
        imports.map(|one| (one, self.lookups.get(&one.path).copied().unwrap_or(Lookup::Nowhere)))
    }
}

/// `C` is no package, and the tools files of a dependency are nobody else's concern.
fn is_followed(import: &ImportUse, own: bool) -> bool {
    import.path != "C" && (own || import.kind == FileKind::Code)
}
