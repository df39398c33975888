//! A reading as sorted lines of text, for snapshots and comparisons.

use licgraph::ecosystems::Reading;
use licgraph::model::{Dependency, Files, LicenseStatement, NodeIndex, Package, SourceSpan};
use std::path::Path;

/// Everything a reader says, one fact a line; paths below `base` without it.
pub fn reading(reading: &Reading, base: &Path) -> String {
    let graph = &reading.graph;
    let mut lines = Vec::new();
    for project in graph.projects() {
        let source = project.graph_source.as_deref().unwrap_or("no lock file");
        lines.push(format!(
            "project {} ({}, {source})",
            label(graph.package(project.node)),
            project.manifest
        ));
    }
    lines.sort();
    lines.extend(sorted(graph.nodes().map(|node| package(graph.package(node), base))));
    lines.extend(edges(reading));
    lines.extend(sorted(reading.problems.iter().map(|problem| {
        format!("problem {:?} {}: {}", problem.consequence, place(problem.location.as_ref()), problem.message)
    })));
    lines.extend(reading.read.iter().map(|file| format!("read {file}")));
    lines.extend(reading.covers.iter().map(|directory| format!("covers {}", below(directory, base))));
    lines.join("\n")
}

/// The edges alone, sorted.
pub fn edges(reading: &Reading) -> Vec<String> {
    sorted(reading.graph.edges().map(|(from, to, weight)| edge(reading, from, to, weight)))
}

fn edge(reading: &Reading, from: NodeIndex, to: NodeIndex, weight: &Dependency) -> String {
    let name = |node| label(reading.graph.package(node));
    let mut line = format!("edge {} -> {}: {} {}", name(from), name(to), weight.scope, weight.linkage);
    for (word, value) in [("if", &weight.condition), ("wants", &weight.requirement), ("as", &weight.alias)] {
        if let Some(value) = value {
            line.push_str(&format!(", {word} {value}"));
        }
    }
    format!("{line} [{}]", place(weight.location.as_ref()))
}

fn package(package: &Package, base: &Path) -> String {
    let mut line = format!("package {} {:?}", package.purl, package.origin);
    for declared in &package.declared {
        let statement = match &declared.statement {
            LicenseStatement::Expression(text) => format!("license {text}"),
            LicenseStatement::File(text) => format!("license file {text}"),
            other => format!("{other:?}"),
        };
        line.push_str(&format!("; {statement} [{}]", place(declared.location.as_ref())));
    }
    if let Some(checksum) = package.checksums.first() {
        line.push_str(&format!("; {:?} {}", checksum.algorithm, &checksum.value[..8]));
    }
    match &package.files {
        Some(Files::Directory(directory)) => line.push_str(&format!("; in {}", below(directory, base))),
        Some(Files::Archive(archive)) => line.push_str(&format!("; archive {}", below(archive, base))),
        Some(other) => line.push_str(&format!("; {other:?}")),
        None => line.push_str("; no sources"),
    }
    format!("{line} [{}]", place(package.location.as_ref()))
}

fn label(package: &Package) -> String {
    let origin = match package.purl.as_str().split_once('?') {
        Some((_, qualifiers)) if qualifiers.contains("private") => " (private)",
        _ => "",
    };
    format!("{}{origin}", package.label())
}

fn place(location: Option<&SourceSpan>) -> String {
    location.map_or_else(|| "nowhere".to_owned(), ToString::to_string)
}

fn below(path: &Path, base: &Path) -> String {
    let shown = path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/");
    if shown.is_empty() { ".".to_owned() } else { shown }
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}
