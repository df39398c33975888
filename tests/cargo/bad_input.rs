//! Input that is broken, hostile or not there: each a problem, never a panic, and the rest is read.

use super::{context, fixture, messages, read_bare, tree};
use licgraph::ecosystems::cargo;
use licgraph::model::Consequence;
use std::fs;

#[test]
fn a_name_in_a_lock_file_leads_nowhere_else() {
    let root = tree(&[
        ("Cargo.toml", "[package]\nname = \"p\"\nversion = \"0.1.0\"\n[dependencies]\n\"../../x\" = \"1\"\n"),
        (
            "Cargo.lock",
            "[[package]]\nname = \"p\"\nversion = \"0.1.0\"\ndependencies = [\"../../x\"]\n\n\
             [[package]]\nname = \"../../x\"\nversion = \"1.0.0\"\n\
             source = \"registry+https://registry.example/index\"\n",
        ),
        ("home/registry/src/registry.example-00/placeholder", ""),
        (
            "home/x-1.0.0/Cargo.toml",
            "[package]\nname = \"../../x\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n",
        ),
    ]);
    let reading = cargo::read(root.path(), &context(root.path(), &root.path().join("home")));
    let node = reading.graph.nodes().find(|node| reading.graph.package(*node).name == "../../x").unwrap();
    assert!(reading.graph.package(node).declared.is_empty());
    assert!(reading.graph.package(node).files.is_none());
}

#[test]
fn a_missing_directory_is_said() {
    let root = tempfile::tempdir().unwrap();
    let reading = read_bare(&root.path().join("nowhere"));
    assert_eq!(reading.problems[0].consequence, Consequence::Incomplete);
    assert!(reading.problems[0].message.contains("is not a directory"));
}

#[test]
fn a_directory_in_place_of_a_file_is_said() {
    let root = tree(&[
        ("Cargo.toml", "[package]\nname = \"p\"\nversion = \"0.1.0\"\n[dependencies]\na = \"1\"\n"),
        ("Cargo.lock/placeholder", ""),
    ]);
    let reading = read_bare(root.path());
    assert!(messages(&reading)[0].starts_with("cannot read Cargo.lock"), "{:?}", reading.problems);
    let names: Vec<_> = reading.graph.nodes().map(|node| reading.graph.package(node).label()).collect();
    assert_eq!(names, ["p 0.1.0", "a"], "the manifest still names its dependency");
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let root = tree(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"open\", \"closed\"]\n"),
        ("open/Cargo.toml", "[package]\nname = \"open\"\nversion = \"0.1.0\"\n"),
        ("closed/Cargo.toml", "[package]\nname = \"closed\"\nversion = \"0.1.0\"\n"),
    ]);
    let closed = root.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let ignored = fs::read_dir(&closed).is_ok();
    let reading = read_bare(root.path());
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    let names: Vec<_> = reading.graph.nodes().map(|node| reading.graph.package(node).name.as_str()).collect();
    if ignored {
        eprintln!("SKIPPED: this user may read everything, so permissions cannot be tested");
        assert_eq!(names, ["closed", "open"]);
        return;
    }
    assert_eq!(names, ["open"]);
    assert!(messages(&reading)[0].contains("`closed` has no readable Cargo.toml"));
}

#[test]
fn text_that_is_not_utf8_is_said_and_read() {
    let root = tree(&[("src/lib.rs", "")]);
    let manifest =
        b"[package]\nname = \"p\"\nversion = \"0.1.0\"\nlicense = \"MIT\"\nauthors = [\"Andr\xe9\"]\n";
    fs::write(root.path().join("Cargo.toml"), manifest).unwrap();
    fs::write(
        root.path().join("Cargo.lock"),
        b"version = 4\n# \xff\n\n[[package]]\nname = \"p\"\nversion = \"0.1.0\"\n",
    )
    .unwrap();
    let reading = read_bare(root.path());
    let places: Vec<_> = reading
        .problems
        .iter()
        .map(|problem| (problem.location.as_ref().unwrap().to_string(), problem.message.contains("UTF-8")))
        .collect();
    assert_eq!(places, [("Cargo.toml:5:17".to_owned(), true), ("Cargo.lock:2:3".to_owned(), true)]);
    let project = reading.graph.package(reading.graph.projects()[0].node);
    assert_eq!(project.declared.len(), 1);
}

#[test]
fn a_manifest_that_says_nothing_leaves_the_lock_file() {
    let lock = fs::read_to_string(fixture("missing-sources").join("project/Cargo.lock")).unwrap();
    let root = tree(&[("Cargo.toml", "]] no manifest\n"), ("Cargo.lock", &lock)]);
    let reading = read_bare(root.path());
    assert_eq!(reading.problems[0].location.as_ref().unwrap().to_string(), "Cargo.toml:1");
    assert_eq!(reading.graph.package_count(), 4);
    let project = &reading.graph.projects()[0];
    assert_eq!(reading.graph.package(project.node).name, "partly");
    assert_eq!(project.manifest, "Cargo.toml");
}

#[test]
fn a_member_and_its_own_release_are_two_packages() {
    let default = cargo_lock::package::SourceId::default();
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"p\"\nversion = \"0.1.0\"\ndependencies = [\n \"tester\",\n]\n\n\
         [[package]]\nname = \"p\"\nversion = \"0.1.0\"\nsource = \"{default}\"\n\n\
         [[package]]\nname = \"tester\"\nversion = \"1.0.0\"\nsource = \"{default}\"\n\
         dependencies = [\n \"p 0.1.0 ({default})\",\n]\n"
    );
    let manifest = "[package]\nname = \"p\"\nversion = \"0.1.0\"\n[dev-dependencies]\ntester = \"1\"\n";
    let root = tree(&[("Cargo.toml", manifest), ("Cargo.lock", &lock)]);
    let reading = read_bare(root.path());
    let purls: Vec<_> =
        reading.graph.nodes().map(|node| reading.graph.package(node).purl.to_string()).collect();
    assert_eq!(purls, ["pkg:cargo/p@0.1.0?path=.", "pkg:cargo/p@0.1.0", "pkg:cargo/tester@1.0.0"]);
    assert_eq!(reading.graph.projects().len(), 1);
}

#[test]
fn a_huge_lock_file_is_read() {
    let count = 20_000;
    let mut lock = String::from("version = 4\n");
    for number in 1..=count {
        lock.push_str(&format!("\n[[package]]\nname = \"package-{number:06}\"\nversion = \"1.0.0\"\n"));
        if number > 1 {
            let source = "registry+https://registry.example/index";
            lock.push_str(&format!("source = \"{source}\"\nchecksum = \"{number:064x}\"\n"));
        }
        lock.push_str("dependencies = [\n");
        for next in [2 * number, 2 * number + 1].into_iter().filter(|next| *next <= count) {
            lock.push_str(&format!(" \"package-{next:06}\",\n"));
        }
        lock.push_str("]\n");
    }
    let root = tree(&[("Cargo.lock", &lock)]);
    let reading = read_bare(root.path());
    assert_eq!(reading.graph.package_count(), count);
    assert_eq!(reading.graph.dependency_count(), count - 1);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..proptest::prelude::ProptestConfig::default()
    })]

    #[test]
    fn mutilated_files_never_panic(at in 0usize..4000, length in 0usize..60, text in "[\\[\\]{}=\"'.,#\n a-z0-9é]{0,12}") {
        let case = fixture("stale-lock").join("project");
        let cut = |name: &str| {
            let original: Vec<char> = fs::read_to_string(case.join(name)).unwrap().chars().collect();
            let start = at % original.len();
            let end = (start + length).min(original.len());
            original[..start].iter().copied().chain(text.chars()).chain(original[end..].iter().copied()).collect()
        };
        let (manifest, lock): (String, String) = (cut("Cargo.toml"), cut("Cargo.lock"));
        let root = tree(&[("Cargo.toml", &manifest), ("Cargo.lock", &lock)]);
        let reading = read_bare(root.path());
        proptest::prop_assert!(!reading.problems.is_empty(), "the case was stale to begin with");
    }
}
