//! Projects made on the spot: archives, symbolic links, the go command.

use crate::cases::{context, fixtures};
use licgraph::ecosystems::{ReadContext, UserEnvironment, go};
use licgraph::model::{Consequence, Files};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

fn project(directory: &Path, go_mod: &str) -> PathBuf {
    let project = directory.join("project");
    fs::create_dir_all(&project).unwrap();
    fs::write(project.join("go.mod"), go_mod).unwrap();
    fs::write(project.join("main.go"), "package main\n\nimport _ \"example.com/dep/sub\"\n").unwrap();
    project
}

const GO_MOD: &str = "module example.com/app\n\ngo 1.20\n\nrequire example.com/dep v1.0.0\n";

fn cached_archive(directory: &Path, entries: &[(&str, &str)]) -> PathBuf {
    let cache = directory.join("cache");
    let download = cache.join("cache/download/example.com/dep/@v");
    fs::create_dir_all(&download).unwrap();
    fs::write(download.join("v1.0.0.mod"), "module example.com/dep\n\nrequire example.com/below v1.0.0\n")
        .unwrap();
    let below = cache.join("cache/download/example.com/below/@v");
    fs::create_dir_all(&below).unwrap();
    fs::write(below.join("v1.0.0.mod"), "module example.com/below\n").unwrap();
    let mut zip = zip::ZipWriter::new(File::create(download.join("v1.0.0.zip")).unwrap());
    for (name, text) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    cache
}

#[test]
fn imports_are_read_from_an_archive() {
    let directory = tempfile::tempdir().unwrap();
    let project = project(directory.path(), GO_MOD);
    let entries = [
        ("example.com/dep@v1.0.0/go.mod", "module example.com/dep\n"),
        ("example.com/dep@v1.0.0/sub/sub_windows.go", "package sub\n\nimport \"example.com/below\"\n"),
    ];
    let cache = cached_archive(directory.path(), &entries);
    let reading = go::read(&project, &context(&project, &cache));
    let graph = &reading.graph;
    let dep = graph.nodes().find(|node| graph.package(*node).name == "example.com/dep").unwrap();
    assert!(matches!(graph.package(dep).files, Some(Files::Archive(_))));
    let conditions: Vec<_> =
        graph.dependencies(dep).map(|(to, edge)| (&graph.package(to).name, edge.condition.clone())).collect();
    assert_eq!(conditions, [(&"example.com/below".to_owned(), Some("windows".to_owned()))]);
}

#[test]
fn an_archive_that_leaves_its_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let project = project(directory.path(), GO_MOD);
    let cache = cached_archive(directory.path(), &[("example.com/dep@v1.0.0/../../x.go", "package x\n")]);
    let reading = go::read(&project, &context(&project, &cache));
    assert!(reading.problems.iter().any(|problem| {
        problem.consequence == Consequence::Incomplete
            && problem.message.contains("leaves the module's directory")
    }));
}

#[test]
fn an_archive_that_is_none_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let project = project(directory.path(), GO_MOD);
    let cache = cached_archive(directory.path(), &[]);
    fs::write(cache.join("cache/download/example.com/dep/@v/v1.0.0.zip"), "no archive").unwrap();
    let reading = go::read(&project, &context(&project, &cache));
    let named =
        reading.problems.iter().find(|problem| problem.message.contains("go mod download example.com/dep"));
    assert_eq!(
        named.unwrap().location.as_ref().unwrap().file,
        "example.com/dep/@v/v1.0.0.zip".replace("example.com/", "")
    );
}

#[test]
#[cfg(unix)]
fn a_symbolic_link_out_of_the_tree_is_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let go_mod = format!("{GO_MOD}\nreplace example.com/dep => ./link\n");
    let project = project(directory.path(), &go_mod);
    let outside = directory.path().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("go.mod"), "module example.com/dep\n\nrequire example.com/secret v1.0.0\n")
        .unwrap();
    std::os::unix::fs::symlink(&outside, project.join("link")).unwrap();
    let reading = go::read(&project, &context(&project, &directory.path().join("cache")));
    assert!(reading.graph.nodes().all(|node| reading.graph.package(node).name != "example.com/secret"));
    let named =
        reading.problems.iter().find(|problem| problem.message.contains("outside the audited tree")).unwrap();
    assert_eq!(named.location.as_ref().unwrap().to_string(), "go.mod:7");
}

#[test]
#[cfg(unix)]
fn a_vendor_tree_out_of_the_tree_is_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let project = project(directory.path(), GO_MOD);
    let outside = directory.path().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("modules.txt"), "# example.com/secret v1.0.0\n## explicit\n").unwrap();
    std::os::unix::fs::symlink(&outside, project.join("vendor")).unwrap();
    let reading = go::read(&project, &context(&project, &directory.path().join("cache")));
    assert!(reading.graph.nodes().all(|node| reading.graph.package(node).name != "example.com/secret"));
    assert!(reading.problems.iter().any(|problem| problem.message.contains("vendor directory lies outside")));
}

/// Words that these files are made of, so that random texts get past the first word.
const WORDS: &str = "(module|require|replace|use|go|import|package|//go:build|// \\+build|#|##|=>|\\(|\\)|\\[|,|\"|`|/\\*|\\*/|&&|\\|\\||!|a.b/C|v1.0.0|\\n|\\r\\n|\\t| |.)*";

proptest::proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in WORDS) {
        let mut lines = go::mod_file::parse(&text).require.iter().map(|one| one.line).collect::<Vec<_>>();
        lines.dedup();
        let all = u32::try_from(text.lines().count()).unwrap();
        proptest::prop_assert!(lines.iter().all(|line| (1..=all).contains(line)));
        let _ = go::work_file::parse(&text);
        let _ = go::sum_file::parse(&text);
        let _ = go::vendor::parse(&text);
        let _ = go::constraint::Constraint::parse(&text);
        let head = go::source_file::head(text.as_bytes());
        proptest::prop_assert!(head.imports.iter().all(|(_, line)| *line >= 1));
    }
}

#[test]
fn a_go_mod_that_is_no_text_or_not_there_is_a_problem() {
    let directory = tempfile::tempdir().unwrap();
    let nothing = go::read(directory.path(), &context(directory.path(), directory.path()));
    assert_eq!((nothing.graph.package_count(), nothing.problems.len()), (0, 0));
    fs::write(directory.path().join("go.mod"), [0xff, 0xfe, 0, 0x6d]).unwrap();
    let reading = go::read(directory.path(), &context(directory.path(), directory.path()));
    assert_eq!(reading.graph.package_count(), 0);
    assert_eq!(reading.problems[0].consequence, Consequence::Incomplete);
    fs::write(directory.path().join("go.mod"), "").unwrap();
    let reading = go::read(directory.path(), &context(directory.path(), directory.path()));
    assert!(reading.problems[0].message.contains("no `module` line"));
}

#[test]
fn a_workspace_that_is_turned_off_is_not_used() {
    let project = fixtures().join("workspace").join("project");
    let environment = UserEnvironment::from_pairs([("GOWORK", "off"), ("GOENV", "off")]);
    let context = ReadContext { root: project.clone(), environment, ..ReadContext::default() };
    let reading = go::read(&project, &context);
    assert_eq!(reading.graph.package_count(), 0);
    assert!(reading.problems[0].message.contains("GOWORK=off"));
}

/// A `go` that says what it was given instead of resolving.
#[cfg(unix)]
fn scripted_go(directory: &Path, script: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let tools = directory.join("tools");
    fs::create_dir_all(&tools).unwrap();
    fs::write(tools.join("go"), format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(tools.join("go"), fs::Permissions::from_mode(0o755)).unwrap();
    tools
}

#[cfg(unix)]
fn resolving(root: &Path, tools: &Path) -> ReadContext {
    let path = format!("{}:/usr/bin:/bin", tools.display());
    let environment = UserEnvironment::from_pairs([
        ("PATH", path.as_str()),
        ("GOENV", "off"),
        ("GOFLAGS", "-mod=mod"),
        ("SECRET", "x"),
    ]);
    ReadContext { root: root.to_owned(), environment, resolve: true, ..ReadContext::default() }
}

#[test]
#[cfg(unix)]
fn the_go_command_is_asked_outside_the_tree_and_with_nothing_but_settings() {
    let directory = tempfile::tempdir().unwrap();
    let project =
        project(directory.path(), &format!("{GO_MOD}\nreplace example.com/dep => example.com/fork v1.1.0\n"));
    let log = directory.path().join("log");
    let script = format!(
        "{{ pwd; echo \"$@\"; env; cat go.mod; }} >> {}\n\
         case $1 in list) echo '{{\"Path\": \"example.com/app\", \"Main\": true}} {{\"Path\": \"example.com/dep\", \"Version\": \"v1.0.0\"}}';;\n\
         *) echo 'example.com/app example.com/dep@v1.0.0'; echo 'example.com/app go@1.20';; esac",
        log.display()
    );
    let tools = scripted_go(directory.path(), &script);
    let reading = go::read(&project, &resolving(&project, &tools));
    let graph = &reading.graph;
    assert!(graph.nodes().any(|node| graph.package(node).label() == "example.com/fork v1.1.0"));
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("list -m -json all") && log.contains("mod graph"));
    assert!(log.contains("GOTOOLCHAIN=local") && log.contains("GOFLAGS=\n") && log.contains("GOWORK=off"));
    assert!(!log.contains("SECRET") && !log.contains(project.to_str().unwrap()));
    assert!(log.contains("replace example.com/dep  => example.com/fork v1.1.0"));
}

#[test]
#[cfg(unix)]
fn a_go_command_that_fails_or_lies_in_the_tree_is_reported_and_files_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let project = project(directory.path(), GO_MOD);
    let tools = scripted_go(directory.path(), "echo no such thing >&2; exit 1");
    let failed = go::read(&project, &resolving(&project, &tools));
    assert!(failed.problems.iter().any(|problem| problem.message.contains("no such thing")));
    assert_eq!(failed.graph.package_count(), 3);
    let inside = scripted_go(&project, "touch was-run");
    let mut context = resolving(&project, &inside);
    context.environment = UserEnvironment::from_pairs([("PATH", inside.to_str().unwrap()), ("GOENV", "off")]);
    let refused = go::read(&project, &context);
    assert!(refused.problems.iter().any(|problem| problem.message.contains("no `go` in PATH")));
    assert!(!project.join("was-run").exists());
}
