//! Documents that other tools wrote go in.

use crate::schema::fixture;
use licgraph::ecosystems::sbom::{is_sbom, read};
use licgraph::ecosystems::{ReadContext, Reading};
use std::fmt::Write;

/// What was read, as a person checks it.
pub fn shown(reading: &Reading) -> String {
    let mut out = String::new();
    let graph = &reading.graph;
    for project in graph.projects() {
        writeln!(out, "project {}", graph.package(project.node).label()).unwrap();
    }
    let mut lines: Vec<String> = graph
        .nodes()
        .map(|node| {
            let package = graph.package(node);
            let declared: Vec<String> =
                package.declared.iter().map(|said| format!("{:?}", said.statement)).collect();
            let line = package.location.as_ref().map_or(0, |place| place.line);
            let mut needs: Vec<String> = graph
                .dependencies(node)
                .map(|(target, edge)| {
                    format!("{} ({}, {})", graph.package(target).label(), edge.scope, edge.linkage)
                })
                .collect();
            needs.sort();
            format!(
                "{line}: {} [{}] {} -> {}",
                package.purl,
                package.ecosystem,
                declared.join("; "),
                needs.join(", ")
            )
        })
        .collect();
    lines.sort();
    writeln!(out, "{}", lines.join("\n")).unwrap();
    for problem in &reading.problems {
        let place = problem.location.as_ref().map(ToString::to_string).unwrap_or_default();
        writeln!(out, "{:?} {place}: {}", problem.consequence, problem.message).unwrap();
    }
    out
}

#[test]
fn documents_of_other_generators_are_read() {
    let directory = fixture("sbom/generators");
    let mut names: Vec<_> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| name != "README.md");
    names.sort();
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let path = directory.join(&name);
        assert!(is_sbom(&path), "{name}");
        let reading = read(&path, &ReadContext::new(&directory));
        assert!(reading.graph.package_count() > 5, "{name}");
        assert_eq!(reading.read, std::slice::from_ref(&name));
        insta::assert_snapshot!(name, shown(&reading));
    }
}

#[test]
fn other_files_are_no_sboms() {
    assert!(!is_sbom(&fixture("sbom/generators/README.md")));
    assert!(!is_sbom(&fixture("schemas/cyclonedx/spdx.schema.json")));
    assert!(!is_sbom(&fixture("sbom/not-there.json")));
}

/// The targets of a Rust package carry its purl with a subpath and no license.
#[test]
fn a_part_without_a_license_has_that_of_the_whole() {
    for name in ["cargo-cyclonedx.json", "cargo-cyclonedx.xml"] {
        let directory = fixture("sbom/generators");
        let reading = read(&directory.join(name), &ReadContext::new(&directory));
        let graph = &reading.graph;
        let parts: Vec<_> = graph
            .nodes()
            .map(|node| graph.package(node))
            .filter(|known| known.purl.as_str().contains('#'))
            .collect();
        assert_eq!(parts.len(), 2, "{name}");
        for part in parts {
            assert_eq!(part.declared.len(), 1, "{name}: {}", part.purl);
        }
        assert!(graph.nodes().all(|node| !graph.package(node).declared.is_empty()), "{name}");
    }
}
