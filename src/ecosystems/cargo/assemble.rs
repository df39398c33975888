//! Lock file, manifests and active features become the graph.

use super::super::ReadContext;
use super::edge::dependency;
use super::features::{FeatureNode, active_declarations};
use super::locate::Sources;
use super::lock::{LockEdge, LockFile, LockPackage};
use super::manifest::Manifest;
use super::matching::match_declarations;
use super::native;
use super::source::Source;
use super::workspace::Role;
use crate::model::{
    DeclaredLicense, Dependency, DependencyGraph, Ecosystem, Files, Linkage, NodeIndex, Origin, Package,
    PackageDetails, Problem, Project, Purl, Scope, SourceSpan,
};
use std::collections::HashSet;

/// What is known of a package beside its lock entry.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) declared: Vec<DeclaredLicense>,
    pub(super) details: PackageDetails,
    pub(super) files: Files,
    /// Whether it may bring a library under a license of its own.
    pub(super) brings_library: bool,
    /// The directory and role of a local package.
    pub(super) local: Option<(Role, std::path::PathBuf)>,
}

/// An edge between packages of the lock file, by index.
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) dependency: Dependency,
}

/// A project among the packages of the lock file.
pub(super) struct Root {
    pub(super) package: usize,
    /// Relative to the audited root.
    pub(super) manifest: String,
}

/// The packages that the lock file joins to the roots.
pub(super) fn reachable(lock: &LockFile, roots: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let edges = |index: usize| lock.packages[index].dependencies.iter().map(|edge| edge.to);
    walk(lock.packages.len(), roots, edges)
}

fn walk<I: Iterator<Item = usize>>(
    count: usize,
    roots: impl IntoIterator<Item = usize>,
    edges: impl Fn(usize) -> I,
) -> Vec<bool> {
    let mut reached = vec![false; count];
    let mut pending: Vec<usize> = roots.into_iter().collect();
    while let Some(index) = pending.pop() {
        if !std::mem::replace(&mut reached[index], true) {
            pending.extend(edges(index));
        }
    }
    reached
}

/// The edges of the whole lock file, from what each package's own manifest says.
pub(super) fn static_edges(lock: &LockFile, sources: &[Option<Sources<'_>>]) -> Vec<Edge> {
    let nodes: Vec<FeatureNode<'_>> = lock
        .packages
        .iter()
        .zip(sources)
        .map(|(package, sources)| {
            let member = sources.as_ref().is_some_and(is_member);
            let manifest = sources.as_ref().map(|sources| sources.manifest.as_ref());
            let matches = manifest
                .map(|manifest| match_declarations(manifest, member, package, lock))
                .unwrap_or_default();
            let locked = package.dependencies.iter().map(|edge| edge.to).collect();
            FeatureNode { manifest, member, matches, locked }
        })
        .collect();
    let active = active_declarations(&nodes);
    let mut edges = Vec::new();
    for (from, package) in lock.packages.iter().enumerate() {
        for locked in &package.dependencies {
            let found = nodes[from].manifest.map(|manifest| {
                edges_to(locked, manifest, &nodes, from, &active[from], sources[from].as_ref())
            });
            let found = found.filter(|found| !found.is_empty());
            // Without sources nobody says what kind of edge this is; the strongest kind hides no duty.
            let unknown =
                || vec![Dependency::new(Scope::Runtime, Linkage::Static).located(locked.place.clone())];
            let found = found.unwrap_or_else(unknown);
            edges.extend(found.into_iter().map(|dependency| Edge { from, to: locked.to, dependency }));
        }
    }
    edges
}

fn is_member(sources: &Sources<'_>) -> bool {
    matches!(sources.role, Some(Role::Project | Role::Member))
}

/// The declarations behind a locked edge: those that are on; if none is, every one that fits.
fn edges_to(
    locked: &LockEdge,
    manifest: &Manifest,
    nodes: &[FeatureNode<'_>],
    from: usize,
    active: &[bool],
    sources: Option<&Sources<'_>>,
) -> Vec<Dependency> {
    let fitting: Vec<usize> = (0..manifest.declarations.len())
        .filter(|index| nodes[from].matches[*index].package() == Some(locked.to))
        .collect();
    let on: Vec<usize> = fitting.iter().copied().filter(|index| active[*index]).collect();
    let proc_macro = nodes[locked.to].manifest.is_some_and(|target| target.proc_macro);
    let local = sources.is_some_and(|sources| sources.role.is_some());
    let chosen = if on.is_empty() { fitting } else { on };
    chosen
        .into_iter()
        .map(|index| {
            let declaration = &manifest.declarations[index];
            let place = match local {
                true => SourceSpan::line(manifest.label.as_str(), declaration.line),
                false => locked.place.clone(),
            };
            dependency(declaration, &manifest.features, proc_macro).located(place)
        })
        .collect()
}

/// What a manifest says of its package.
pub(super) fn facts(sources: &Sources<'_>) -> Facts {
    let manifest = &sources.manifest;
    let fields = manifest.package.as_ref().map(|package| &package.fields);
    let text = |field: Option<&Option<super::manifest::Field>>| {
        field.and_then(|field| field.as_ref()).map(|field| field.text.trim().to_owned())
    };
    Facts {
        declared: manifest.declared(),
        details: PackageDetails {
            description: text(fields.map(|fields| &fields.description)),
            homepage: text(fields.map(|fields| &fields.homepage)),
            repository: text(fields.map(|fields| &fields.repository)),
            authors: fields.map(|fields| fields.authors.clone()).unwrap_or_default(),
        },
        files: sources.files.clone(),
        brings_library: native::brings_library(
            manifest.name().unwrap_or_default(),
            fields.is_some_and(|fields| fields.links),
        ),
        local: sources.role.map(|role| (role, manifest.directory.clone())),
    }
}

/// Builds the graph of everything that the roots reach.
pub(super) fn build(
    lock: &LockFile,
    facts: &mut [Option<Facts>],
    edges: Vec<Edge>,
    roots: Vec<Root>,
    graph_source: Option<&str>,
    context: &ReadContext,
) -> DependencyGraph {
    let mut targets = vec![Vec::new(); lock.packages.len()];
    for edge in &edges {
        targets[edge.from].push(edge.to);
    }
    let starts = roots.iter().map(|root| root.package);
    let reached = walk(lock.packages.len(), starts, |index| targets[index].iter().copied());
    let public: HashSet<Purl> = lock.packages.iter().filter_map(public_purl).collect();
    let mut graph = DependencyGraph::new();
    let mut nodes: Vec<Option<NodeIndex>> = vec![None; lock.packages.len()];
    for (index, package) in lock.packages.iter().enumerate().filter(|(index, _)| reached[*index]) {
        let node = package_node(package, facts[index].take(), &public, context);
        nodes[index] = Some(graph.add_package(node));
    }
    for edge in edges {
        if let (Some(from), Some(to)) = (nodes[edge.from], nodes[edge.to]) {
            graph.add_dependency(from, to, edge.dependency);
        }
    }
    for root in roots {
        if let Some(node) = nodes[root.package] {
            graph.package_mut(node).origin = Origin::Project;
            let graph_source = graph_source.map(str::to_owned);
            graph.add_project(Project { node, manifest: root.manifest, graph_source });
        }
    }
    graph
}

fn public_purl(package: &LockPackage) -> Option<Purl> {
    let public = !matches!(package.source, Source::Local);
    public.then(|| package.source.purl(&package.name, package.version.as_deref()))
}

fn package_node(
    package: &LockPackage,
    facts: Option<Facts>,
    public: &HashSet<Purl>,
    context: &ReadContext,
) -> Package {
    let version = package.version.as_deref();
    let mut node = Package::new(Ecosystem::Cargo, &package.name, version, package.source.origin());
    node.purl = package.source.purl(&package.name, version);
    node.checksums.clone_from(&package.checksums);
    node.location = Some(package.place.clone());
    let Some(facts) = facts else {
        return node;
    };
    if let Some((role, directory)) = &facts.local {
        let place = context.relative(directory);
        if public.contains(&node.purl) {
            // A member and its own published release of the same version are two packages.
            let qualifiers = [("path", place.as_str())];
            node.purl = Purl::with_qualifiers(Ecosystem::Cargo, &package.name, version, &qualifiers);
        }
        node.origin = match role {
            Role::Project | Role::Member => Origin::Project,
            Role::Path => Origin::Path(place),
        };
    }
    node.declared = facts.declared;
    node.details = facts.details;
    if let (true, Files::Directory(directory)) = (facts.brings_library, &facts.files) {
        node.bundles = native::directories(directory);
    }
    node.files = Some(facts.files);
    node
}

/// Lock entries that nothing in the tree needs.
pub(super) fn surplus(lock: &LockFile, reached: &[bool], label: &str) -> Option<Problem> {
    let unused: Vec<&LockPackage> = lock
        .packages
        .iter()
        .zip(reached)
        .filter(|(_, reached)| !**reached)
        .map(|(package, _)| package)
        .collect();
    let first = unused.first()?;
    let message = format!(
        "{label} lists {} package{} that no manifest here needs (`{}`{}); left out",
        unused.len(),
        if unused.len() == 1 { "" } else { "s" },
        first.name,
        if unused.len() == 1 { "" } else { " first" }
    );
    Some(Problem::note(Some(first.place.clone()), message))
}
