//! A reading as sorted lines of text.

use licgraph::ecosystems::Reading;
use licgraph::model::{DependencyGraph, Files, LicenseStatement, NodeIndex, Package};

/// Everything a reader found, a line each.
pub fn reading(reading: &Reading) -> String {
    let graph = &reading.graph;
    let mut lines = Vec::new();
    for project in graph.projects() {
        let source = project.graph_source.as_deref().unwrap_or("manifest only");
        lines.push(format!(
            "project {} by {} from {source}",
            graph.package(project.node).purl,
            project.manifest
        ));
    }
    let mut packages: Vec<String> = graph.nodes().map(|node| package(graph.package(node))).collect();
    packages.sort();
    lines.append(&mut packages);
    let mut edges = edges(graph);
    lines.append(&mut edges);
    for problem in &reading.problems {
        let place = problem.location.as_ref().map_or("-".to_owned(), ToString::to_string);
        let consequence = serde_json::to_value(problem.consequence).unwrap();
        lines.push(format!("{} {place}: {}", consequence.as_str().unwrap(), problem.message));
    }
    lines.push(format!("read {}", reading.read.join(" ")));
    lines.push(format!("covers {}", reading.covers.len()));
    lines.join("\n")
}

fn package(package: &Package) -> String {
    let mut line = format!("package {} {}", package.purl, origin(package));
    if let Some(place) = &package.location {
        line.push_str(&format!(" @ {place}"));
    }
    for declared in &package.declared {
        let (form, text) = match &declared.statement {
            LicenseStatement::Expression(text) => ("expression", text),
            LicenseStatement::FreeText(text) => ("text", text),
            LicenseStatement::Classifier(text) => ("classifier", text),
            LicenseStatement::File(text) => ("file", text),
            _ => panic!("no Python reader makes such a statement"),
        };
        let text: String = text.chars().take(60).collect();
        line.push_str(&format!(" | {form} {text:?}"));
        if let Some(place) = &declared.location {
            line.push_str(&format!(":{}", place.line));
        }
    }
    if !package.checksums.is_empty() {
        line.push_str(&format!(" | {} checksums", package.checksums.len()));
    }
    match &package.files {
        Some(Files::Listed { files, .. }) => line.push_str(&format!(" | {} files", files.len())),
        Some(Files::Archive(_)) => line.push_str(" | archive"),
        Some(Files::Directory(_)) => line.push_str(" | directory"),
        None => {}
    }
    if !package.bundles.is_empty() {
        line.push_str(&format!(" | bundles {}", package.bundles.join(" ")));
    }
    line
}

fn origin(package: &Package) -> String {
    let value = serde_json::to_value(&package.origin).unwrap();
    let kind = value["kind"].as_str().unwrap();
    match value["at"].as_str() {
        Some(at) => format!("{kind} {at}"),
        None => kind.to_owned(),
    }
}

fn edges(graph: &DependencyGraph) -> Vec<String> {
    let label = |node: NodeIndex| graph.package(node).label();
    let mut lines: Vec<String> = graph
        .edges()
        .map(|(from, to, edge)| {
            let mut line = format!("edge {} -> {} {} {}", label(from), label(to), edge.scope, edge.linkage);
            if let Some(requirement) = &edge.requirement {
                line.push_str(&format!(" ({requirement})"));
            }
            if let Some(condition) = &edge.condition {
                line.push_str(&format!(" if {condition}"));
            }
            if let Some(place) = &edge.location {
                line.push_str(&format!(" @ {place}"));
            }
            line
        })
        .collect();
    lines.sort();
    lines
}
