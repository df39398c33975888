//! The dependency graph: packages joined by dependencies, with the projects that own it.

use super::{Dependency, Ecosystem, Package, Purl};
use petgraph::Direction;
use petgraph::graph::DiGraph;
use petgraph::visit::EdgeRef;
use std::collections::HashMap;

pub use petgraph::graph::NodeIndex;

/// A project under audit: a root of the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its node.
    pub node: NodeIndex,
    /// Its manifest, relative to the audited root.
    pub manifest: String,
    /// The lock file, installed tree or SBOM its graph was read from, relative to the audited root.
    pub graph_source: Option<String>,
}

/// Packages and their dependencies. May hold cycles: npm, Python and dev-dependencies have them.
#[derive(Clone, Debug, Default)]
pub struct DependencyGraph {
    graph: DiGraph<Package, Dependency>,
    nodes: HashMap<Purl, NodeIndex>,
    versions: HashMap<(Ecosystem, String), Vec<NodeIndex>>,
    projects: Vec<Project>,
}

impl DependencyGraph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a package, or returns the node that already has this purl; what the known node lacks is filled in.
    pub fn add_package(&mut self, package: Package) -> NodeIndex {
        if let Some(&node) = self.nodes.get(&package.purl) {
            complete(&mut self.graph[node], package);
            return node;
        }
        let purl = package.purl.clone();
        let name = (package.ecosystem, package.name.clone());
        let node = self.graph.add_node(package);
        self.versions.entry(name).or_default().push(node);
        self.nodes.insert(purl, node);
        node
    }

    /// Adds an edge, unless the same edge is there. Two edges that differ (in scope, condition) both stay.
    pub fn add_dependency(&mut self, from: NodeIndex, to: NodeIndex, dependency: Dependency) {
        let known = self.graph.edges_connecting(from, to).any(|edge| {
            let weight = edge.weight();
            weight.scope == dependency.scope
                && weight.linkage == dependency.linkage
                && weight.condition == dependency.condition
        });
        if !known {
            self.graph.add_edge(from, to, dependency);
        }
    }

    /// Makes a node a root.
    pub fn add_project(&mut self, project: Project) {
        if !self.projects.iter().any(|known| known.node == project.node) {
            self.projects.push(project);
        }
    }

    /// Takes over all packages, edges and projects of another graph. A project of a purl that another project has
    /// stays one of its own, told apart by its manifest.
    pub fn absorb(&mut self, other: Self) {
        if self.graph.node_count() == 0 {
            *self = other;
            return;
        }
        let mut mapping = Vec::with_capacity(other.graph.node_count());
        let (nodes, edges) = other.graph.into_nodes_edges();
        for (index, node) in nodes.into_iter().enumerate() {
            let mut package = node.weight;
            let project = other.projects.iter().find(|project| project.node.index() == index);
            if let Some(project) = project.filter(|project| self.has_namesake(&package.purl, project)) {
                package.purl = package.purl.of_manifest(&project.manifest);
            }
            mapping.push(self.add_package(package));
        }
        for edge in edges {
            let from = mapping[edge.source().index()];
            let to = mapping[edge.target().index()];
            self.add_dependency(from, to, edge.weight);
        }
        for project in other.projects {
            let node = mapping[project.node.index()];
            self.add_project(Project { node, ..project });
        }
    }

    /// Whether a project of this purl with another manifest is there.
    fn has_namesake(&self, purl: &Purl, project: &Project) -> bool {
        self.projects
            .iter()
            .any(|known| known.manifest != project.manifest && self.graph[known.node].purl == *purl)
    }

    /// Adds to the names of projects of the same name where each of them lies.
    pub fn tell_projects_apart(&mut self) {
        let names: Vec<String> =
            self.projects.iter().map(|project| self.graph[project.node].name.clone()).collect();
        for (project, name) in self.projects.iter().zip(&names) {
            if names.iter().filter(|other| *other == name).count() > 1 {
                let place = match project.manifest.rsplit_once('/') {
                    Some((folder, _)) => folder,
                    None => &project.manifest,
                };
                self.graph[project.node].name = format!("{name} [{place}]");
            }
        }
    }

    /// The roots.
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// A package.
    pub fn package(&self, node: NodeIndex) -> &Package {
        &self.graph[node]
    }

    /// A package, to add what was learned.
    pub fn package_mut(&mut self, node: NodeIndex) -> &mut Package {
        &mut self.graph[node]
    }

    /// The packages alone, by node.
    pub fn into_packages(self) -> Vec<Package> {
        self.graph.into_nodes_edges().0.into_iter().map(|node| node.weight).collect()
    }

    /// The node of a purl.
    pub fn find(&self, purl: &Purl) -> Option<NodeIndex> {
        self.nodes.get(purl).copied()
    }

    /// Every version of a package, in the order they were added.
    pub fn versions_of(&self, package: &Package) -> &[NodeIndex] {
        let name = (package.ecosystem, package.name.clone());
        self.versions.get(&name).map_or(&[], Vec::as_slice)
    }

    /// All nodes in the order they were added.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = NodeIndex> + use<> {
        self.graph.node_indices()
    }

    /// What a package depends on.
    pub fn dependencies(&self, node: NodeIndex) -> impl Iterator<Item = (NodeIndex, &Dependency)> {
        self.graph.edges(node).map(|edge| (edge.target(), edge.weight()))
    }

    /// What depends on a package.
    pub fn dependents(&self, node: NodeIndex) -> impl Iterator<Item = (NodeIndex, &Dependency)> {
        self.graph.edges_directed(node, Direction::Incoming).map(|edge| (edge.source(), edge.weight()))
    }

    /// All edges.
    pub fn edges(&self) -> impl Iterator<Item = (NodeIndex, NodeIndex, &Dependency)> {
        self.graph.edge_references().map(|edge| (edge.source(), edge.target(), edge.weight()))
    }

    /// Changes every edge that enters a package: how a stated linkage is applied.
    pub fn map_incoming(&mut self, node: NodeIndex, change: impl Fn(&mut Dependency)) {
        let edges: Vec<_> =
            self.graph.edges_directed(node, Direction::Incoming).map(|edge| edge.id()).collect();
        for edge in edges {
            change(&mut self.graph[edge]);
        }
    }

    /// The number of packages.
    pub fn package_count(&self) -> usize {
        self.graph.node_count()
    }

    /// The number of edges.
    pub fn dependency_count(&self) -> usize {
        self.graph.edge_count()
    }
}

/// Two readers may each know half of a package.
fn complete(known: &mut Package, other: Package) {
    for statement in other.declared {
        if !known.declared.contains(&statement) {
            known.declared.push(statement);
        }
    }
    for checksum in other.checksums {
        if !known.checksums.contains(&checksum) {
            known.checksums.push(checksum);
        }
    }
    for bundled in other.bundles {
        if !known.bundles.contains(&bundled) {
            known.bundles.push(bundled);
        }
    }
    known.location = known.location.take().or(other.location);
    known.files = known.files.take().or(other.files);
    known.inner = match (known.inner.take(), other.inner) {
        (Some(mut known), Some(more)) => {
            known.merge(more);
            Some(known)
        }
        (known, more) => known.or(more),
    };
    if known.details == super::PackageDetails::default() {
        known.details = other.details;
    }
}
