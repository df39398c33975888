//! Small graphs over fixture directories.

use licgraph::evidence::{EvidenceOptions, Learned, Offline, learn};
use licgraph::model::{
    DeclaredLicense, DependencyGraph, Ecosystem, Files, LicenseFact, LicenseSource, LicenseStatement,
    NodeIndex, Origin, Package,
};
use std::path::{Path, PathBuf};

pub fn fixture(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/evidence").join(case)
}

pub fn text(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

pub fn expression(text: &str) -> LicenseStatement {
    LicenseStatement::Expression(text.to_owned())
}

pub fn classifier(line: &str) -> LicenseStatement {
    LicenseStatement::Classifier(format!("License :: {line}"))
}

pub fn package(name: &str, statements: &[LicenseStatement], files: Option<Files>) -> Package {
    let mut package = Package::new(Ecosystem::Python, name, Some("1.0.0"), Origin::Registry(None));
    package.declared = statements
        .iter()
        .map(|statement| DeclaredLicense {
            statement: statement.clone(),
            source: LicenseSource::Manifest,
            location: None,
        })
        .collect();
    package.files = files;
    package
}

pub fn graph(packages: Vec<Package>) -> (DependencyGraph, Vec<NodeIndex>) {
    let mut graph = DependencyGraph::new();
    let nodes = packages.into_iter().map(|package| graph.add_package(package)).collect();
    (graph, nodes)
}

pub fn options() -> EvidenceOptions {
    EvidenceOptions::default()
}

/// What is learned of one package with the given statements and files.
pub fn learn_one(statements: &[LicenseStatement], files: Option<Files>) -> (LicenseFact, Learned) {
    let (graph, nodes) = graph(vec![package("subject", statements, files)]);
    let learned = learn(&graph, &options(), &Offline::new());
    (learned.fact(nodes[0]).clone(), learned)
}

/// The same with files written to a temporary directory: `(name, content)`.
pub fn learn_files(statements: &[LicenseStatement], files: &[(&str, &str)]) -> LicenseFact {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    learn_one(statements, Some(Files::Directory(directory.path().to_owned()))).0
}
