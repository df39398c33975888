//! The cargo reader on small real-shaped projects, on bad input, and against cargo itself.
#![allow(clippy::unwrap_used)]

#[path = "cargo/bad_input.rs"]
mod bad_input;
#[path = "cargo/metadata.rs"]
mod metadata;
#[path = "cargo/render.rs"]
mod render;

use licgraph::ecosystems::{ReadContext, Reading, UserEnvironment, cargo};
use licgraph::model::{Files, Linkage, Origin, Scope};
use std::fs;
use std::path::{Path, PathBuf};

fn fixture(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cargo").join(case)
}

/// The audited directory of a case: `project`, or the case itself.
fn project(case: &Path) -> PathBuf {
    Some(case.join("project")).filter(|path| path.is_dir()).unwrap_or_else(|| case.to_owned())
}

fn context(root: &Path, home: &Path) -> ReadContext {
    let environment = UserEnvironment::from_pairs([("CARGO_HOME", home.to_str().unwrap())]);
    ReadContext { root: root.to_owned(), environment, ..ReadContext::default() }
}

fn read(case: &Path) -> Reading {
    let root = project(case);
    cargo::read(&root, &context(&root, &case.join("home")))
}

fn copy(from: &Path, to: &Path, change: &dyn Fn(String) -> String) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target, change),
            false => fs::write(target, change(fs::read_to_string(entry.path()).unwrap())).unwrap(),
        }
    }
}

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    tree
}

/// Reads a directory with an empty cargo home.
fn read_bare(root: &Path) -> Reading {
    cargo::read(root, &context(root, &root.join("no-home")))
}

fn messages(reading: &Reading) -> Vec<&str> {
    reading.problems.iter().map(|problem| problem.message.as_str()).collect()
}

const CASES: [&str; 10] = [
    "broken-manifest",
    "features",
    "format-1",
    "git",
    "lock-alone",
    "missing-sources",
    "no-lock",
    "registries",
    "stale-lock",
    "workspace",
];

#[test]
fn every_case_reads_as_recorded() {
    let mut known: Vec<String> = fs::read_dir(fixture(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    known.sort();
    assert_eq!(known, CASES, "each fixture is a case here");
    for case in CASES {
        insta::assert_snapshot!(case, render::reading(&read(&fixture(case)), &fixture(case)));
    }
}

#[test]
fn line_ends_do_not_matter() {
    for case in CASES.into_iter().filter(|case| *case != "broken-manifest") {
        let copied = tempfile::tempdir().unwrap();
        // What lies outside the audited root is named by its last components: keep them.
        let twin = copied.path().join("cargo").join(case);
        copy(&fixture(case), &twin, &|text| text.replace('\n', "\r\n"));
        let expected = render::reading(&read(&fixture(case)), &fixture(case));
        assert_eq!(render::reading(&read(&twin), &twin), expected, "{case}");
    }
}

#[test]
fn reading_twice_gives_the_same_order() {
    let (first, second) = (read(&fixture("workspace")).graph, read(&fixture("workspace")).graph);
    let order = |graph: &licgraph::model::DependencyGraph| {
        graph.nodes().map(|node| graph.package(node).purl.clone()).collect::<Vec<_>>()
    };
    assert_eq!(order(&first), order(&second));
}

#[test]
fn a_member_read_by_itself_is_the_only_project() {
    let case = fixture("workspace");
    let root = case.join("project");
    let reading = cargo::read(&root.join("crates/core"), &context(&root, &case.join("home")));
    let graph = &reading.graph;
    let names: Vec<_> =
        graph.projects().iter().map(|project| graph.package(project.node).name.as_str()).collect();
    assert_eq!(names, ["workspace-core"]);
    let license = graph.package(graph.projects()[0].node).declared[0].location.clone().unwrap();
    assert_eq!(license.to_string(), "Cargo.toml:9", "the inherited field stands in the workspace root");
    let app = graph.nodes().find(|node| graph.package(*node).name == "app").unwrap();
    assert_eq!(graph.package(app).origin, Origin::Project, "reached through a dev-dependency");
}

#[test]
fn an_excluded_directory_is_a_project_of_its_own() {
    let case = fixture("workspace");
    let root = case.join("project");
    let reading = cargo::read(&root.join("crates/attic"), &context(&root, &case.join("home")));
    assert_eq!(reading.graph.package_count(), 1);
    assert_eq!(reading.covers, [root.join("crates/attic")]);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
}

#[test]
fn what_runs_in_the_compiler_is_not_linked() {
    let reading = read(&fixture("workspace"));
    let graph = &reading.graph;
    let to = |name: &str| {
        let node = graph.nodes().find(|node| graph.package(*node).name == name).unwrap();
        let mut kinds: Vec<_> =
            graph.dependents(node).map(|(_, weight)| (weight.scope, weight.linkage)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    };
    assert_eq!(to("derive-like"), [(Scope::Runtime, Linkage::Build), (Scope::Build, Linkage::Build)]);
    assert_eq!(to("native-sys"), [(Scope::Runtime, Linkage::Static)]);
    assert_eq!(to("tester"), [(Scope::Dev, Linkage::Dev)]);
}

/// A case whose packages are vendored, with lock file and configuration for cargo's default registry.
fn for_cargo(case: &str) -> tempfile::TempDir {
    let copied = tempfile::tempdir().unwrap();
    let default = cargo_lock::package::SourceId::default().to_string();
    copy(&fixture(case), copied.path(), &|text| {
        text.replace("registry+https://registry.example/index", &default)
    });
    copied
}

#[test]
fn a_vendored_tree_agrees_with_cargo() {
    let copied = for_cargo("features");
    let root = dunce::canonicalize(copied.path()).unwrap();
    let vendor = format!("source.v.directory=\"{}\"", root.join("vendor").display());
    let options = ["--config", "source.crates-io.replace-with=\"v\"", "--config", &vendor];
    let expected = metadata::ask(&root.join("Cargo.toml"), &options);
    assert_eq!(expected.packages.len(), 9);
    let reading = read(&root);
    assert_eq!(metadata::of_reading(&reading), expected);
    let purls: Vec<_> =
        reading.graph.nodes().map(|node| reading.graph.package(node).purl.to_string()).collect();
    assert!(purls.iter().all(|purl| !purl.contains('?')), "{purls:?}");
}

/// Makes the packages of a cargo home good enough for cargo to take them as vendored.
fn vendor_home(sources: &Path, reading: &Reading) {
    let graph = &reading.graph;
    for package in graph.nodes().map(|node| graph.package(node)) {
        let directory = sources.join(package.label().replace(' ', "-"));
        if let Some(checksum) = package.checksums.first().filter(|_| directory.is_dir()) {
            fs::create_dir_all(directory.join("src")).unwrap();
            fs::write(directory.join("src/lib.rs"), "").unwrap();
            let checksum = format!("{{\"files\":{{}},\"package\":\"{}\"}}", checksum.value);
            fs::write(directory.join(".cargo-checksum.json"), checksum).unwrap();
        }
    }
}

#[test]
fn a_workspace_agrees_with_cargo() {
    let copied = for_cargo("workspace");
    let case = dunce::canonicalize(copied.path()).unwrap();
    let reading = read(&case);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let sources = case.join("home/registry/src/registry.example-1a2b3c4d5e6f7081");
    vendor_home(&sources, &reading);
    let vendor = format!("source.v.directory=\"{}\"", sources.display());
    let options = ["--config", "source.crates-io.replace-with=\"v\"", "--config", &vendor];
    let expected = metadata::ask(&case.join("project/Cargo.toml"), &options);
    assert_eq!(expected.packages.len(), 13);
    assert_eq!(metadata::of_reading(&reading), expected);
}

#[test]
fn resolving_a_vendored_tree_agrees_with_reading_it() {
    let copied = for_cargo("features");
    let root = dunce::canonicalize(copied.path()).unwrap();
    let mut context = ReadContext::new(&root);
    let read_statically = cargo::read(&root, &context);
    context.resolve = true;
    let resolved = cargo::read(&root, &context);
    assert_eq!(messages(&resolved), messages(&read_statically));
    assert_eq!(metadata::of_reading(&resolved), metadata::of_reading(&read_statically));
    let lines = |reading: &Reading| -> Vec<String> {
        let shown = render::edges(reading).into_iter();
        // cargo states requirements in its own spelling.
        shown.map(|line| line.split(", wants").next().unwrap().replace(' ', "")).collect()
    };
    assert_eq!(lines(&resolved), lines(&read_statically));
}

#[test]
fn this_repository_agrees_with_cargo() {
    let root = dunce::canonicalize(env!("CARGO_MANIFEST_DIR")).unwrap();
    let expected = metadata::ask(&root.join("Cargo.toml"), &[]);
    let mut context = ReadContext::new(&root);
    let reading = cargo::read(&root, &context);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let facts = metadata::of_reading(&reading);
    assert!(facts.packages.len() > 300, "{}", facts.packages.len());
    assert_eq!(facts.packages, expected.packages);
    assert_eq!(facts.edges, expected.edges);
    context.resolve = true;
    let resolved = cargo::read(&root, &context);
    assert!(resolved.problems.is_empty(), "{:?}", resolved.problems);
    assert_eq!(metadata::of_reading(&resolved), expected);
}

/// Names projects in `LICGRAPH_CARGO_PROJECTS`, as in a search path; their sources have to be fetched.
#[test]
#[ignore = "asks cargo about other projects; name them in LICGRAPH_CARGO_PROJECTS"]
fn named_projects_agree_with_cargo() {
    let named = std::env::var_os("LICGRAPH_CARGO_PROJECTS").expect("projects to compare");
    for project in std::env::split_paths(&named) {
        let root = dunce::canonicalize(&project).unwrap();
        let expected = metadata::ask(&root.join("Cargo.toml"), &[]);
        let facts = metadata::of_reading(&cargo::read(&root, &ReadContext::new(&root)));
        assert_eq!(facts.packages, expected.packages, "{}", project.display());
        assert_eq!(facts.edges, expected.edges, "{}", project.display());
        println!("{}: {} packages, {} edges", project.display(), facts.packages.len(), facts.edges.len());
    }
}

#[cfg(unix)]
#[test]
fn resolving_runs_nothing_of_the_tree() {
    use std::os::unix::fs::PermissionsExt;
    let hostile = tree(&[
        ("Cargo.toml", "[package]\nname = \"hostile\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"),
        ("Cargo.lock", "version = 4\n\n[[package]]\nname = \"hostile\"\nversion = \"0.1.0\"\n"),
        ("src/lib.rs", ""),
        (".cargo/config.toml", "[build]\nrustc = \"trap\"\n"),
        ("trap", "#!/bin/sh\ntouch \"$(dirname \"$0\")/sprung\"\nexit 1\n"),
    ]);
    let root = dunce::canonicalize(hostile.path()).unwrap();
    let trap = root.join("trap");
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(root.join(".cargo/config.toml"), format!("[build]\nrustc = \"{}\"\n", trap.display())).unwrap();

    let mut context = ReadContext::new(&root);
    context.resolve = true;
    let reading = cargo::read(&root, &context);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    assert_eq!(reading.graph.package_count(), 1);
    assert!(!root.join("sprung").exists(), "the tree's rustc was run");

    let inside = std::process::Command::new("cargo")
        .current_dir(&root)
        .args(["metadata", "--format-version=1", "--offline"])
        .output()
        .unwrap();
    assert!(root.join("sprung").exists(), "the trap works when cargo starts inside: {inside:?}");
}

#[test]
fn resolving_a_stale_lock_file_falls_back() {
    let case = fixture("stale-lock");
    let root = case.join("project");
    let statically = read(&case);
    let mut context = context(&root, &case.join("home"));
    context.resolve = true;
    let before = fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let resolved = cargo::read(&root, &context);
    assert_eq!(resolved.graph.package_count(), statically.graph.package_count());
    assert!(messages(&resolved).iter().any(|message| message.contains("read statically instead")));
    assert_eq!(fs::read_to_string(root.join("Cargo.lock")).unwrap(), before, "nothing is written");
}

#[test]
fn an_archive_in_the_cargo_home_is_as_good_as_unpacked_sources() {
    let manifest = "[package]\nname = \"packed\"\nversion = \"1.0.0\"\nlicense = \"MPL-2.0\"\n";
    let mut builder =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(manifest.len() as u64);
    header.set_mode(0o644);
    builder.append_data(&mut header, "packed-1.0.0/Cargo.toml", manifest.as_bytes()).unwrap();
    let archive = builder.into_inner().unwrap().finish().unwrap();
    let checksum = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&archive));
    let lock = |checksum: &str| {
        format!(
            "version = 4\n\n[[package]]\nname = \"p\"\nversion = \"0.1.0\"\ndependencies = [\"packed\"]\n\n\
             [[package]]\nname = \"packed\"\nversion = \"1.0.0\"\n\
             source = \"registry+https://registry.example/index\"\nchecksum = \"{checksum}\"\n"
        )
    };
    let root = tree(&[
        ("Cargo.toml", "[package]\nname = \"p\"\nversion = \"0.1.0\"\n[dependencies]\npacked = \"1\"\n"),
        ("Cargo.lock", &lock(&checksum)),
        ("home/registry/cache/registry.example-00/placeholder", ""),
    ]);
    let path = root.path().join("home/registry/cache/registry.example-00/packed-1.0.0.crate");
    fs::write(&path, archive).unwrap();
    let read = || cargo::read(root.path(), &context(root.path(), &root.path().join("home")));
    let found = read();
    let node = found.graph.nodes().find(|node| found.graph.package(*node).name == "packed").unwrap();
    assert_eq!(found.graph.package(node).files, Some(Files::Archive(path)));
    assert_eq!(found.graph.package(node).declared.len(), 1);

    fs::write(root.path().join("Cargo.lock"), lock(&"0".repeat(64))).unwrap();
    let other = read();
    let node = other.graph.nodes().find(|node| other.graph.package(*node).name == "packed").unwrap();
    assert_eq!(other.graph.package(node).files, None, "another archive than the locked one");
}

#[test]
fn what_a_crate_builds_in_under_a_license_of_its_own_is_named() {
    let manifest = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n{more}")
    };
    let app = manifest("app", "[dependencies]\nz-sys = { path = \"z-sys\" }\nplain = { path = \"plain\" }\n");
    let (sys, plain) = (manifest("z-sys", "links = \"z\"\n"), manifest("plain", ""));
    let tree = tree(&[
        ("Cargo.toml", &app),
        ("src/main.rs", ""),
        ("z-sys/Cargo.toml", &sys),
        ("z-sys/src/lib.rs", ""),
        ("z-sys/LICENSE", "x"),
        ("z-sys/libz/COPYING", "x"),
        ("plain/Cargo.toml", &plain),
        ("plain/src/lib.rs", ""),
        ("plain/other/COPYING", "x"),
        (
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\n \"plain\",\n \"z-sys\",\n]\n\n\
             [[package]]\nname = \"plain\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"z-sys\"\nversion = \"1.0.0\"\n",
        ),
    ]);
    let reading = read_bare(tree.path());
    let bundles = |name: &str| {
        let graph = &reading.graph;
        let node = graph.nodes().find(|node| graph.package(*node).name == name).unwrap();
        graph.package(node).bundles.clone()
    };
    assert_eq!(bundles("z-sys"), ["libz"]);
    assert!(bundles("plain").is_empty() && bundles("app").is_empty());
}
