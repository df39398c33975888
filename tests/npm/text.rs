//! The graph as sorted lines, for people and for comparisons.

use licgraph::ecosystems::{ReadContext, Reading};
use licgraph::model::{
    DeclaredLicense, Dependency, DependencyGraph, LicenseSource, NodeIndex, Origin, Scope,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The directory of a case below `fixtures/npm`.
pub fn fixture(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join("npm").join(case)
}

/// Reads a directory as the audited root, with no settings of any user.
pub fn read(directory: &Path) -> Reading {
    let context = ReadContext { root: directory.to_owned(), ..ReadContext::default() };
    licgraph::ecosystems::npm::read(directory, &context)
}

/// Everything that a reading says, as sorted lines.
pub fn render(reading: &Reading) -> String {
    let graph = &reading.graph;
    let mut lines = vec![format!("read {}", reading.read.join(" "))];
    for project in graph.projects() {
        let source = project.graph_source.as_deref().unwrap_or("nothing");
        lines.push(format!(
            "project {} from {} by {source}",
            graph.package(project.node).label(),
            project.manifest
        ));
    }
    let mut packages: Vec<_> = graph.nodes().map(|node| package_line(graph, node)).collect();
    packages.sort();
    lines.extend(packages);
    let mut edges: Vec<_> = graph
        .edges()
        .map(|(from, to, edge)| {
            format!("{} -> {}{}", graph.package(from).label(), graph.package(to).label(), edge_facts(edge))
        })
        .collect();
    edges.sort();
    lines.extend(edges);
    lines.extend(problems(reading));
    lines.join("\n")
}

/// The problems, one a line.
pub fn problems(reading: &Reading) -> Vec<String> {
    let line = |problem: &licgraph::model::Problem| {
        let place = problem.location.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        format!("{:?} {place}{}", problem.consequence, problem.message)
    };
    reading.problems.iter().map(line).collect()
}

fn package_line(graph: &DependencyGraph, node: NodeIndex) -> String {
    let package = graph.package(node);
    let mut line = package.purl.to_string();
    match &package.origin {
        Origin::Registry(None) => {}
        origin => line.push_str(&format!(" {origin:?}")),
    }
    for declared in &package.declared {
        line.push_str(&format!(" {}", declared_text(declared)));
    }
    if let Some(place) = &package.location {
        line.push_str(&format!(" at {place}"));
    }
    if let Some(files) = &package.files {
        line.push_str(match files {
            licgraph::model::Files::Directory(_) => " (directory)",
            licgraph::model::Files::Listed { .. } => " (files)",
            licgraph::model::Files::Archive(_) => " (archive)",
        });
    }
    if !package.bundles.is_empty() {
        line.push_str(&format!(" bundles {}", package.bundles.join(",")));
    }
    line
}

fn declared_text(declared: &DeclaredLicense) -> String {
    let source = match declared.source {
        LicenseSource::Manifest => "manifest",
        LicenseSource::LockFile => "lock",
        _ => "other",
    };
    format!("{source}:{:?}", declared.statement)
}

fn edge_facts(edge: &Dependency) -> String {
    let mut text = format!(" {} {}", edge.scope, edge.linkage);
    for (name, value) in [("if", &edge.condition), ("wants", &edge.requirement), ("as", &edge.alias)] {
        if let Some(value) = value {
            text.push_str(&format!(" {name} `{value}`"));
        }
    }
    if let Some(place) = &edge.location {
        text.push_str(&format!(" at {place}"));
    }
    text
}

/// `name version` of every package.
pub fn labels(graph: &DependencyGraph) -> BTreeSet<String> {
    graph.nodes().map(|node| graph.package(node).label()).collect()
}

/// The edges as pairs of labels, of the scopes that are wanted.
pub fn pairs(graph: &DependencyGraph, wanted: impl Fn(&Dependency) -> bool) -> BTreeSet<(String, String)> {
    graph
        .edges()
        .filter(|(_, _, edge)| wanted(edge))
        .map(|(from, to, _)| (graph.package(from).label(), graph.package(to).label()))
        .collect()
}

/// Every kind of dependency but peers, which not every lock file records.
pub fn no_peer(edge: &Dependency) -> bool {
    edge.scope != Scope::Peer
}

/// Packages by the names they are used under: `alias version` to `name version`.
pub fn aliases(graph: &DependencyGraph) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (_, to, edge) in graph.edges() {
        let package = graph.package(to);
        if let (Some(alias), Some(version)) = (&edge.alias, &package.version) {
            found.insert(format!("{alias} {version}"), package.label());
        }
    }
    found
}
