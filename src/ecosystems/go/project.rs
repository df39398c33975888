//! From files to a dependency graph: the reader's story for one module or one workspace.

use super::build_list::{ModuleGraph, build_list};
use super::cache::ModuleCache;
use super::edges::{self, Edges};
use super::import_graph::{Finder, ImportGraph, Lookup};
use super::inner_directories::inner_directories;
use super::modules::{BuildModule, VendorTree, build_modules, module_files, vendor_tree};
use super::reach::{Level, Reach, reach};
use super::replacement::Actual;
use super::resolve;
use super::standard_library;
use super::version::{ModuleVersion, go_minor};
use super::workspace::Workspace;
use crate::ecosystems::{ReadContext, Reading};
use crate::model::{
    Checksum, ChecksumAlgorithm, Dependency, DependencyGraph, Ecosystem, Files, Linkage, NodeIndex, Origin,
    Package, Problem, Project, Scope, SourceSpan,
};
use std::collections::HashMap;
use std::fmt::Write;

/// The release whose rules hold when go.mod names none (Go modules reference, "go directive").
const DEFAULT_MINOR: u32 = 16;
/// A proxy that is down gives the same reason for every module, worded anew.
const MOST_REASONS: usize = 3;

/// Reads a module or workspace whose manifests are already read.
pub fn read(mut workspace: Workspace, context: &ReadContext) -> Reading {
    let cache = ModuleCache::of(context);
    let vendor = vendor_tree(&mut workspace, context);
    let graph = module_graph(&mut workspace, vendor.as_ref(), &cache, context);
    let modules = build_modules(&workspace, &graph, vendor.as_ref(), &cache, context);
    let files = module_files(&workspace, &modules);
    let vendored = vendor.as_ref().map(|tree| vendored_packages(tree, &workspace, &modules));
    let minor = workspace.go.as_ref().and_then(|go| go_minor(&go.value)).unwrap_or(DEFAULT_MINOR);
    let finder = Finder { modules: &files, vendored: vendored.as_ref(), go_minor: minor };
    let tools: Vec<_> = workspace
        .members
        .iter()
        .flat_map(|one| one.file.tool.iter().map(|tool| tool.value.clone()))
        .collect();
    let imports = finder.import_graph(&workspace, &tools);
    let reached = reach(&imports, &tool_lookups(&workspace, &imports));
    let edges = edges::edges(&workspace, &graph, &modules, &reached);

    let mut report = Report { workspace: &workspace, graph: &graph, modules: &modules, problems: Vec::new() };
    report.modules_and_files(&reached);
    report.imports(&imports, &reached);
    let mut problems = report.problems;
    problems.extend(std::mem::take(&mut workspace.problems));

    let assembly =
        Assembly { workspace: &workspace, graph: &graph, modules: &modules, vendor: vendor.as_ref() };
    let graph = assembly.dependency_graph(&edges, &imports, &reached, context);
    let covers = workspace.members.iter().map(|member| member.directory.clone()).collect();
    Reading { graph, problems, read: std::mem::take(&mut workspace.read), covers }
}

fn module_graph(
    workspace: &mut Workspace,
    vendor: Option<&VendorTree>,
    cache: &ModuleCache,
    context: &ReadContext,
) -> ModuleGraph {
    if context.resolve && !workspace.members.is_empty() {
        match resolve::module_graph(workspace, context) {
            Ok(graph) => return graph,
            Err(error) => {
                let message =
                    format!("the go command could not resolve: {error}; the files on this machine are read");
                let place = SourceSpan::file(context.relative(&workspace.directory));
                workspace.problems.push(Problem::incomplete(Some(place), message));
            }
        }
    }
    match vendor {
        Some(vendor) => vendor.module_graph(workspace),
        None => build_list(workspace, cache, context),
    }
}

fn vendored_packages(
    tree: &VendorTree,
    workspace: &Workspace,
    modules: &[BuildModule],
) -> HashMap<String, usize> {
    let own = workspace.members.len();
    let positions: HashMap<&str, usize> =
        modules.iter().enumerate().map(|(at, module)| (module.module.path.as_str(), own + at)).collect();
    let mut packages = HashMap::new();
    for module in &tree.text.modules {
        let Some(&position) = positions.get(module.module.path.as_str()) else { continue };
        packages.extend(module.packages.iter().map(|package| (package.clone(), position)));
    }
    packages
}

fn tool_lookups(workspace: &Workspace, imports: &ImportGraph) -> Vec<(usize, Lookup)> {
    let mut found = Vec::new();
    for (position, member) in workspace.members.iter().enumerate() {
        for tool in &member.file.tool {
            found.extend(imports.lookups.get(&tool.value).map(|lookup| (position, *lookup)));
        }
    }
    found
}

struct Report<'a> {
    workspace: &'a Workspace,
    graph: &'a ModuleGraph,
    modules: &'a [BuildModule],
    problems: Vec<Problem>,
}

impl Report<'_> {
    fn manifest(&self) -> Option<SourceSpan> {
        Some(SourceSpan::file(self.workspace.members.first()?.manifest.clone()))
    }

    /// What is missing on this machine.
    fn modules_and_files(&mut self, reached: &Reach) {
        self.problems.extend(self.graph.problems.iter().cloned());
        self.problems.extend(self.modules.iter().flat_map(|module| module.problems.iter().cloned()));
        let own = self.workspace.members.len();
        let opaque: Vec<_> = reached
            .opaque
            .iter()
            .filter(|(position, level)| **position >= own && **level <= Level::Tagged)
            .map(|(position, _)| &self.modules[position - own])
            .filter(|module| !matches!(module.actual, Actual::Outside(_)))
            .map(|module| module.module.to_string())
            .collect();
        if !opaque.is_empty() {
            let message = format!(
                "modules whose files are not on this machine ({}), so what they import is taken from their \
                 requirements: {}; run `go mod download`",
                opaque.len(),
                opaque.join(", ")
            );
            self.problems.push(Problem::incomplete(self.manifest(), message));
        }
        if self.graph.missing.is_empty() {
            return;
        }
        let message = missing_mod_files(self.graph);
        // The go.mod of a pruned module names everything that its packages import.
        let pruned = self.workspace.members.iter().all(|member| member.file.is_pruned());
        let answered = !reached.unanswered.iter().any(|one| one.level <= Level::Tagged);
        self.problems.push(if pruned && answered && opaque.is_empty() {
            let message = format!("{message}. Only modules that no package imports can be missing");
            Problem::note(self.manifest(), message)
        } else {
            Problem::incomplete(self.manifest(), message)
        });
    }

    /// Imports that lead nowhere and files that could not be read.
    fn imports(&mut self, imports: &ImportGraph, reached: &Reach) {
        let own = self.workspace.members.len();
        let mut weak = Vec::new();
        for one in &reached.unanswered {
            let package = &imports.packages[one.package];
            let directory = match package.module.checked_sub(own) {
                None => {
                    let manifest = &self.workspace.members[package.module].manifest;
                    manifest.strip_suffix("go.mod").unwrap_or("").to_owned()
                }
                Some(other) => format!("{}/", self.modules[other].module),
            };
            let inside = if package.directory.is_empty() { "" } else { "/" };
            let file = format!("{directory}{}{inside}{}", package.directory, one.file);
            if one.level <= Level::Library {
                let message = format!("no module provides package {}; run `go mod tidy`", one.import);
                self.problems.push(Problem::incomplete(Some(SourceSpan::line(file, one.line)), message));
            } else {
                weak.push(format!("{} ({file}:{})", one.import, one.line));
            }
        }
        if !weak.is_empty() {
            let message = format!(
                "no module provides these packages, which only tests, tools or files under build tags import: {}",
                weak.join(", ")
            );
            self.problems.push(Problem::note(self.manifest(), message));
        }
        for package in &imports.packages {
            for file in &package.scan.unreadable {
                let message = format!("{}/{file} cannot be read; its imports are missing", package.path);
                self.problems.push(Problem::incomplete(self.manifest(), message));
            }
        }
        for directory in &imports.unreadable {
            let message = format!("a directory of the module cannot be read: {directory}");
            self.problems.push(Problem::incomplete(self.manifest(), message));
        }
    }
}

/// Which go.mod files are missing, and for some of them why nobody gives them.
fn missing_mod_files(graph: &ModuleGraph) -> String {
    let missing: Vec<_> = graph.missing.iter().map(ToString::to_string).collect();
    let mut message = format!(
        "go.mod files that are not in the module cache ({}), so the build list may be incomplete: {}; run \
         `go mod download all`",
        missing.len(),
        missing.join(", ")
    );
    let mut reasons: Vec<&str> = graph.refused.values().map(String::as_str).collect();
    reasons.sort_unstable();
    reasons.dedup();
    if !reasons.is_empty() {
        let shown = reasons[..reasons.len().min(MOST_REASONS)].join("; ");
        let _ = write!(message, ". Asked for {} of them in vain: {shown}", graph.refused.len());
    }
    if reasons.len() > MOST_REASONS {
        let _ = write!(message, "; and {} more reasons", reasons.len() - MOST_REASONS);
    }
    message
}

struct Assembly<'a> {
    workspace: &'a Workspace,
    graph: &'a ModuleGraph,
    modules: &'a [BuildModule],
    vendor: Option<&'a VendorTree>,
}

impl Assembly<'_> {
    fn dependency_graph(
        &self,
        edges: &Edges,
        imports: &ImportGraph,
        reached: &Reach,
        context: &ReadContext,
    ) -> DependencyGraph {
        let mut packages = self.packages(context);
        let own = self.workspace.members.len();
        let inner = inner_directories(own, self.modules, self.vendor.is_some(), imports, reached);
        for (package, inner) in packages[own..].iter_mut().zip(inner) {
            package.inner = Some(inner);
        }
        for (position, level) in &reached.packages {
            let node = &imports.packages[*position];
            if *level <= Level::Tagged {
                packages[node.module].bundles.extend(node.scan.native.iter().cloned());
            }
        }
        let mut graph = DependencyGraph::new();
        let mut nodes = Vec::with_capacity(packages.len());
        for mut package in packages {
            package.bundles.sort_unstable();
            package.bundles.dedup();
            nodes.push(graph.add_package(package));
        }
        let library = (own > 0).then(|| graph.add_package(standard_library::of_workspace(self.workspace)));
        for (member, node) in self.workspace.members.iter().zip(&nodes) {
            let graph_source =
                self.vendor.map_or_else(|| member.manifest.clone(), |vendor| vendor.file.clone());
            let project =
                Project { node: *node, manifest: member.manifest.clone(), graph_source: Some(graph_source) };
            graph.add_project(project);
            if let Some(library) = library {
                graph.add_dependency(*node, library, Dependency::new(Scope::Runtime, Linkage::Static));
            }
        }
        for (&(from, to), edge) in &edges.used {
            for dependency in edges::dependencies(edge, from < own) {
                self.add_edge(&mut graph, &nodes, (from, to), dependency);
            }
        }
        for &pair in &edges.unused {
            self.add_edge(&mut graph, &nodes, pair, edges::unused_dependency());
        }
        graph
    }

    fn add_edge(
        &self,
        graph: &mut DependencyGraph,
        nodes: &[NodeIndex],
        (from, to): (usize, usize),
        mut dependency: Dependency,
    ) {
        let (from_module, to_module) = (self.module(from), self.module(to));
        let (version, place) = edges::requirement(self.workspace, self.graph, &from_module, &to_module.path);
        dependency.requirement = version;
        dependency.location = place;
        let name = &graph.package(nodes[to]).name;
        dependency.alias = (*name != to_module.path).then(|| to_module.path.clone());
        if nodes[from] != nodes[to] {
            graph.add_dependency(nodes[from], nodes[to], dependency);
        }
    }

    fn module(&self, position: usize) -> ModuleVersion {
        match position.checked_sub(self.workspace.members.len()) {
            Some(other) => self.modules[other].module.clone(),
            None => ModuleVersion::new(&self.workspace.members[position].path, ""),
        }
    }

    /// Main modules first, then the build list.
    fn packages(&self, context: &ReadContext) -> Vec<Package> {
        let own = self.workspace.members.iter().map(|member| {
            let mut package = Package::new(Ecosystem::Go, &member.path, None, Origin::Project);
            let line = member.file.module.as_ref().map_or(0, |module| module.line);
            package.location = Some(SourceSpan::line(&member.manifest, line));
            package.files = Some(Files::Directory(member.directory.clone()));
            package
        });
        own.chain(self.modules.iter().map(|module| self.package(module, context))).collect()
    }

    fn package(&self, module: &BuildModule, context: &ReadContext) -> Package {
        let required = &module.module;
        let (identity, origin) = match &module.actual {
            Actual::Module(actual) => (actual, Origin::Registry(None)),
            Actual::Directory(directory) => (required, Origin::Path(context.relative(directory))),
            Actual::Outside(text) => (required, Origin::Path(text.clone())),
        };
        let mut package = Package::new(Ecosystem::Go, &identity.path, Some(&identity.version), origin);
        package.files.clone_from(&module.files);
        let sum = self.workspace.sums.get(identity);
        if let Some(line) = sum {
            let value = line.sum.hash.clone();
            package.checksums.push(Checksum { algorithm: ChecksumAlgorithm::GoH1, value });
        }
        let named = self.workspace.members.iter().find_map(|member| {
            let line = member.file.require.iter().find(|one| one.module.path == required.path)?.line;
            Some(SourceSpan::line(&member.manifest, line))
        });
        package.location = named.or_else(|| sum.map(|line| SourceSpan::line(&line.file, line.sum.line)));
        package
    }
}
