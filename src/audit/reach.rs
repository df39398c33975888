//! What belongs to a project: every package it reaches, how strongly it is joined, and by which shortest path.

use crate::model::{Dependency, DependencyGraph, Linkage, NodeIndex, Scope};
use std::collections::VecDeque;

/// How a project reaches its packages.
#[derive(Debug)]
pub struct Reach {
    root: NodeIndex,
    entries: Vec<Option<Entry>>,
    /// Packages in the order they were reached, strongest linkage first.
    order: Vec<NodeIndex>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    linkage: Linkage,
    parent: NodeIndex,
    distance: u32,
}

/// The weakest linkage of a path, and whether it may have edges that something switches.
type Level = (Linkage, bool);

fn is_within(edge: &Dependency, (linkage, switched): Level) -> bool {
    edge.linkage <= linkage && (switched || !is_switched(edge))
}

/// Whether an edge is there under a condition only.
fn is_switched(edge: &Dependency) -> bool {
    edge.condition.is_some() || edge.scope == Scope::Optional
}

impl Reach {
    /// Walks the graph from a project.
    ///
    /// A path is as weak as its weakest edge (what a build tool links is not linked into the work); a package is
    /// joined by its strongest path. Among those one that always holds comes before one that a platform, a feature
    /// or the like switches, and then the shortest.
    pub fn of(graph: &DependencyGraph, root: NodeIndex) -> Self {
        let mut reach = Self { root, entries: vec![None; graph.package_count()], order: Vec::new() };
        let mut levels: Vec<Level> =
            graph.edges().flat_map(|(_, _, edge)| [(edge.linkage, false), (edge.linkage, true)]).collect();
        levels.sort_unstable();
        levels.dedup();
        for level in levels {
            reach.extend(graph, level);
        }
        reach
    }

    /// Breadth first over every edge that is at least as strong as `level`.
    fn extend(&mut self, graph: &DependencyGraph, level: Level) {
        let mut seen = vec![false; graph.package_count()];
        seen[self.root.index()] = true;
        let mut queue = VecDeque::from([(self.root, 0_u32)]);
        while let Some((node, distance)) = queue.pop_front() {
            let mut next: Vec<NodeIndex> = graph
                .dependencies(node)
                .filter(|(to, edge)| is_within(edge, level) && !seen[to.index()])
                .map(|(to, _)| to)
                .collect();
            next.sort_unstable();
            for to in next {
                if std::mem::replace(&mut seen[to.index()], true) {
                    continue;
                }
                if self.entries[to.index()].is_none() {
                    self.entries[to.index()] =
                        Some(Entry { linkage: level.0, parent: node, distance: distance + 1 });
                    self.order.push(to);
                }
                queue.push_back((to, distance + 1));
            }
        }
    }

    /// Forgets what is joined only this way.
    pub fn leave_out(&mut self, linkage: Linkage) {
        for entry in &mut self.entries {
            if entry.is_some_and(|entry| entry.linkage == linkage) {
                *entry = None;
            }
        }
        let entries = &self.entries;
        self.order.retain(|node| entries[node.index()].is_some());
    }

    /// The project.
    pub fn root(&self) -> NodeIndex {
        self.root
    }

    /// Every package reached, the project itself not among them.
    pub fn packages(&self) -> &[NodeIndex] {
        &self.order
    }

    /// How a package is joined to the project; none if it does not belong to it.
    pub fn linkage(&self, node: NodeIndex) -> Option<Linkage> {
        self.entries[node.index()].map(|entry| entry.linkage)
    }

    /// Packages from the project to this one, both included.
    ///
    /// The parents of a package may have been reached by stronger edges only, so the walk up ends at the root.
    pub fn path(&self, node: NodeIndex) -> Vec<NodeIndex> {
        let mut path = vec![node];
        let mut at = node;
        while at != self.root {
            let Some(entry) = self.entries[at.index()] else { break };
            at = entry.parent;
            path.push(at);
            if path.len() > self.entries.len() {
                break;
            }
        }
        path.reverse();
        path
    }

    /// Length of that path in edges.
    pub fn distance(&self, node: NodeIndex) -> u32 {
        self.entries[node.index()].map_or(0, |entry| entry.distance)
    }

    /// The weakest scope along the path to a package (what a test needs at run time, only a test needs), and the
    /// condition of the first edge that has one.
    pub fn entry(&self, graph: &DependencyGraph, node: NodeIndex) -> (Option<Scope>, Option<String>) {
        let path = self.path(node);
        let linkage = self.linkage(node);
        let mut scope = None;
        let mut condition = None;
        for step in path.windows(2) {
            let edge = graph
                .dependencies(step[0])
                .filter(|(to, edge)| *to == step[1] && linkage.is_none_or(|weakest| edge.linkage <= weakest))
                .map(|(_, edge)| edge)
                .min_by_key(|edge| (is_switched(edge), edge.condition.is_some(), edge.linkage));
            if let Some(edge) = edge {
                scope = scope.max(Some(edge.scope));
                condition = condition.or_else(|| edge.condition.clone());
            }
        }
        (scope, condition)
    }

    /// Whether more than one package leads to this one.
    pub fn has_more_paths(&self, graph: &DependencyGraph, node: NodeIndex) -> bool {
        let mut dependents: Vec<NodeIndex> = graph
            .dependents(node)
            .map(|(from, _)| from)
            .filter(|from| *from == self.root || self.entries[from.index()].is_some())
            .collect();
        dependents.sort_unstable();
        dependents.dedup();
        dependents.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::Reach;
    use crate::model::{Dependency, DependencyGraph, Ecosystem, Linkage, NodeIndex, Origin, Package, Scope};

    fn graph(edges: &[(usize, usize, Linkage)], count: usize) -> (DependencyGraph, Vec<NodeIndex>) {
        let mut graph = DependencyGraph::new();
        let nodes: Vec<NodeIndex> = (0..count)
            .map(|index| {
                let name = format!("p{index}");
                graph.add_package(Package::new(Ecosystem::Cargo, &name, Some("1.0.0"), Origin::Unknown))
            })
            .collect();
        for (from, to, linkage) in edges {
            graph.add_dependency(nodes[*from], nodes[*to], Dependency::new(Scope::Runtime, *linkage));
        }
        (graph, nodes)
    }

    #[test]
    fn a_path_is_as_weak_as_its_weakest_edge_and_the_strongest_path_counts() {
        let (graph, nodes) = graph(
            &[
                (0, 1, Linkage::Build),
                (1, 2, Linkage::Static),
                (0, 3, Linkage::Static),
                (3, 4, Linkage::Static),
                (4, 2, Linkage::Dynamic),
            ],
            5,
        );
        let reach = Reach::of(&graph, nodes[0]);
        assert_eq!(reach.linkage(nodes[1]), Some(Linkage::Build));
        assert_eq!(reach.linkage(nodes[2]), Some(Linkage::Dynamic));
        assert_eq!(reach.path(nodes[2]), vec![nodes[0], nodes[3], nodes[4], nodes[2]]);
        assert_eq!(reach.linkage(nodes[0]), None);
    }

    #[test]
    fn a_path_that_always_holds_comes_before_a_shorter_one_that_something_switches() {
        let (mut graph, nodes) =
            graph(&[(0, 1, Linkage::Static), (1, 2, Linkage::Static), (2, 3, Linkage::Static)], 4);
        let mut direct = Dependency::new(Scope::Runtime, Linkage::Static);
        direct.condition = Some("cfg(windows)".to_owned());
        graph.add_dependency(nodes[0], nodes[2], direct);
        let mut optional = Dependency::new(Scope::Optional, Linkage::Static);
        optional.condition = Some("feature \"x\"".to_owned());
        graph.add_dependency(nodes[0], nodes[3], optional);
        let reach = Reach::of(&graph, nodes[0]);
        assert_eq!(reach.path(nodes[2]), vec![nodes[0], nodes[1], nodes[2]]);
        assert_eq!(reach.entry(&graph, nodes[2]), (Some(Scope::Runtime), None));
        assert_eq!(reach.path(nodes[3]), vec![nodes[0], nodes[1], nodes[2], nodes[3]]);
    }

    #[test]
    fn the_scope_of_a_path_is_its_weakest() {
        let (mut graph, nodes) = graph(&[(0, 1, Linkage::Static)], 3);
        let mut optional = Dependency::new(Scope::Optional, Linkage::Dynamic);
        optional.condition = Some("os=darwin".to_owned());
        graph.add_dependency(nodes[1], nodes[2], optional);
        let reach = Reach::of(&graph, nodes[0]);
        assert_eq!(reach.entry(&graph, nodes[2]), (Some(Scope::Optional), Some("os=darwin".to_owned())));
    }

    #[test]
    fn cycles_end() {
        let (graph, nodes) = graph(
            &[
                (0, 1, Linkage::Static),
                (1, 2, Linkage::Static),
                (2, 1, Linkage::Static),
                (2, 0, Linkage::Dev),
            ],
            3,
        );
        let reach = Reach::of(&graph, nodes[0]);
        assert_eq!(reach.packages().len(), 2);
        assert_eq!(reach.distance(nodes[2]), 2);
    }
}
