//! What `cargo metadata` itself says, read from its JSON without any code of the reader.

use licgraph::ecosystems::Reading;
use licgraph::model::{Files, LicenseStatement, Scope};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Packages and edges as comparable lines.
#[derive(Debug, PartialEq, Eq)]
pub struct Facts {
    pub packages: BTreeSet<String>,
    pub edges: BTreeSet<String>,
}

/// Asks cargo, from an empty directory; `options` come last.
pub fn ask(manifest: &Path, options: &[&str]) -> Facts {
    let neutral = tempfile::tempdir().unwrap();
    let output = Command::new("cargo")
        .current_dir(neutral.path())
        .args([
            "metadata",
            "--format-version=1",
            "--all-features",
            "--locked",
            "--offline",
            "--manifest-path",
        ])
        .arg(manifest)
        .args(options)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    facts(&serde_json::from_slice(&output.stdout).unwrap())
}

fn facts(metadata: &Value) -> Facts {
    let mut names = BTreeMap::new();
    let mut packages = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = format!("{} {}", text(&package["name"]), text(&package["version"]));
        let directory = Path::new(text(&package["manifest_path"])).parent().unwrap();
        packages.insert(format!(
            "{name}; {}; {}; {}",
            text(&package["license"]),
            text(&package["license_file"]),
            directory.display()
        ));
        names.insert(text(&package["id"]), name);
    }
    let mut edges = BTreeSet::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        for used in node["deps"].as_array().unwrap() {
            for kind in used["dep_kinds"].as_array().unwrap() {
                let (from, to) = (&names[text(&node["id"])], &names[text(&used["pkg"])]);
                let word = kind["kind"].as_str().unwrap_or("normal");
                edges.insert(format!("{from} -> {to}: {word} {}", text(&kind["target"]).replace(' ', "")));
            }
        }
    }
    Facts { packages, edges }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The same lines of a reading.
pub fn of_reading(reading: &Reading) -> Facts {
    let graph = &reading.graph;
    let packages = graph.nodes().map(|node| {
        let package = graph.package(node);
        let (mut license, mut file) = ("", "");
        for declared in &package.declared {
            match &declared.statement {
                LicenseStatement::Expression(text) => license = text,
                LicenseStatement::File(text) => file = text,
                other => panic!("unexpected statement {other:?}"),
            }
        }
        let directory = match &package.files {
            Some(Files::Directory(directory)) => directory.display().to_string(),
            other => panic!("no directory for {}: {other:?}", package.label()),
        };
        format!("{}; {license}; {file}; {directory}", package.label())
    });
    let edges = graph.edges().map(|(from, to, weight)| {
        let kind = match weight.scope {
            Scope::Build => "build",
            Scope::Dev => "dev",
            _ => "normal",
        };
        let condition = weight.condition.as_deref().unwrap_or_default();
        let target = match condition.find("feature \"").map(|at| &condition[..at]) {
            Some(before) => before.trim_end_matches('(').trim_end_matches(" and "),
            None => condition,
        };
        let (from, to) = (graph.package(from).label(), graph.package(to).label());
        format!("{from} -> {to}: {kind} {}", target.replace(' ', ""))
    });
    Facts { packages: packages.collect(), edges: edges.collect() }
}
