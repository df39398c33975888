//! A reading as text, for people to compare.

use licgraph::ecosystems::Reading;
use licgraph::model::{Files, SourceSpan};
use std::fmt::Write;

fn place(location: Option<&SourceSpan>) -> String {
    location.map_or(String::new(), |location| format!(" @{location}"))
}

/// Projects, packages, edges, problems, files read: one line each, sorted.
pub fn render(reading: &Reading) -> String {
    let graph = &reading.graph;
    let mut text = String::new();
    for project in graph.projects() {
        let source = project.graph_source.as_deref().unwrap_or("-");
        let purl = &graph.package(project.node).purl;
        let _ = writeln!(text, "project {purl} manifest {} graph {source}", project.manifest);
    }
    let mut lines: Vec<_> = graph.nodes().map(|node| graph.package(node)).collect();
    lines.sort_by_key(|package| package.purl.clone());
    for package in lines {
        let files = match &package.files {
            Some(Files::Directory(_)) => "directory",
            Some(Files::Archive(_)) => "archive",
            Some(Files::Listed { .. }) => "listed",
            None => "none",
        };
        let _ = write!(text, "package {} {:?} files {files}", package.purl, package.origin);
        for checksum in &package.checksums {
            let _ = write!(text, " {:?} {}", checksum.algorithm, checksum.value);
        }
        for bundled in &package.bundles {
            let _ = write!(text, " bundles[{bundled}]");
        }
        for declared in &package.declared {
            let _ = write!(text, " declares {:?}", declared.statement);
        }
        let _ = writeln!(text, "{}", place(package.location.as_ref()));
    }
    let mut lines: Vec<_> = graph
        .edges()
        .map(|(from, to, dependency)| {
            let mut line = format!("edge {} -> {}", graph.package(from).label(), graph.package(to).label());
            let _ = write!(line, " {} {}", dependency.scope, dependency.linkage);
            for (name, value) in
                [("if", &dependency.condition), ("asks", &dependency.requirement), ("as", &dependency.alias)]
            {
                if let Some(value) = value {
                    let _ = write!(line, " {name} [{value}]");
                }
            }
            line + &place(dependency.location.as_ref())
        })
        .collect();
    lines.sort();
    for problem in &reading.problems {
        let location = place(problem.location.as_ref());
        lines.push(format!("problem {:?}{location}: {}", problem.consequence, problem.message));
    }
    lines.extend(reading.read.iter().map(|file| format!("read {file}")));
    text + &lines.join("\n")
}
