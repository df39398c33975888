//! Python projects as folders of files: the graph each gives, the same with the other line ends, and the
//! packages compared with what the project's own tool lists.

#![allow(clippy::unwrap_used)]

#[path = "python/developers.rs"]
mod developers;
#[path = "python/index.rs"]
mod index;
#[path = "python/lists.rs"]
mod lists;
#[path = "python/shown.rs"]
mod shown;

use licgraph::ecosystems::{PythonTarget, ReadContext, Reading, UserEnvironment, read};
use licgraph::model::{Consequence, Ecosystem, Linkage, Scope};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/python")
}

fn context(root: &Path) -> ReadContext {
    ReadContext {
        root: root.to_owned(),
        environment: UserEnvironment::from_pairs([("PREFIX", "hunter"), ("TOKEN", "secret")]),
        ..ReadContext::default()
    }
}

fn read_case(root: &Path) -> Reading {
    let mut context = context(root);
    let environment = root.join("site/site-packages");
    context.python.environment = environment.is_dir().then_some(environment);
    read(Ecosystem::Python, root, &context)
}

fn read_for(case: &str, version: Option<&str>, platform: Option<&str>) -> Reading {
    let root = fixtures().join(case);
    let mut context = context(&root);
    context.python = PythonTarget {
        version: version.map(str::to_owned),
        platform: platform.map(str::to_owned),
        environment: None,
    };
    read(Ecosystem::Python, &root, &context)
}

fn cases() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

#[test]
fn every_case_gives_its_graph() {
    assert!(cases().len() > 15);
    for case in cases() {
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        insta::with_settings!({ snapshot_path => "python/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, shown::reading(&read_case(&case)));
        });
    }
}

#[test]
fn line_ends_make_no_difference() {
    for case in cases() {
        let copy = tempfile::tempdir().unwrap();
        let root = copy.path().join(case.file_name().unwrap());
        copy_with_line_ends(&case, &root);
        assert_eq!(
            shown::reading(&read_case(&root)),
            shown::reading(&read_case(&case)),
            "{}",
            case.display()
        );
    }
}

fn copy_with_line_ends(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_with_line_ends(&entry.path(), &target);
            continue;
        }
        let mut bytes = Vec::new();
        for byte in std::fs::read(entry.path()).unwrap() {
            if byte == b'\n' {
                bytes.push(b'\r');
            }
            bytes.push(byte);
        }
        std::fs::write(target, bytes).unwrap();
    }
}

/// `name version` of every package but the projects, names normalised.
fn resolved(reading: &Reading) -> BTreeSet<String> {
    let projects: Vec<_> = reading.graph.projects().iter().map(|project| project.node).collect();
    reading
        .graph
        .nodes()
        .filter(|node| !projects.contains(node))
        .map(|node| reading.graph.package(node))
        .filter_map(|package| Some(line(&package.name, package.version.as_deref()?)))
        .collect()
}

fn line(name: &str, version: &str) -> String {
    format!("{} {version}", name.to_lowercase().replace(['_', '.'], "-"))
}

fn fixture_text(path: &str) -> String {
    std::fs::read_to_string(fixtures().join(path)).unwrap()
}

fn json_list(path: &str) -> BTreeSet<String> {
    let list: serde_json::Value = serde_json::from_str(&fixture_text(path)).unwrap();
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| line(item["name"].as_str().unwrap(), item["version"].as_str().unwrap()))
        .filter(|line| !is_installer(line))
        .collect()
}

/// What an environment holds without being asked to.
fn is_installer(line: &str) -> bool {
    line.starts_with("pip ") || line.starts_with("setuptools ")
}

#[test]
fn the_environment_is_what_pip_resolves() {
    let report: serde_json::Value =
        serde_json::from_str(&fixture_text("pip-environment/report.json")).unwrap();
    let theirs: BTreeSet<String> = report["install"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["metadata"])
        .map(|metadata| line(metadata["name"].as_str().unwrap(), metadata["version"].as_str().unwrap()))
        .collect();
    let reading = read_for("pip-environment", None, None);
    assert_eq!(resolved(&reading), theirs);
    assert_eq!(resolved(&reading), json_list("pip-environment/list.json"));
    assert_eq!(resolved(&read_for("pip-compiled", Some("3.11"), Some("linux"))), theirs);
}

#[test]
fn the_uv_lock_is_what_uv_tree_lists() {
    let text = fixture_text("uv-workspace/tree.txt");
    let theirs: BTreeSet<String> = text
        .lines()
        .filter_map(|text| {
            let (name, rest) = text.trim_start_matches(['│', '├', '└', '─', ' ']).split_once(" v")?;
            let name = name.split('[').next()?;
            Some(line(name, rest.split(' ').next()?))
        })
        .filter(|line| !line.starts_with("case-"))
        .collect();
    assert_eq!(theirs.len(), 19);
    assert_eq!(resolved(&read_for("uv-workspace", None, None)), theirs);
    assert_eq!(resolved(&read_for("pylock", None, None)), theirs);
}

#[test]
fn poetry_locks_are_what_poetry_show_lists() {
    for case in ["poetry-1.1", "poetry-1.8", "poetry-2"] {
        let text = fixture_text(&format!("{case}/show.txt"));
        let theirs: BTreeSet<String> = text
            .lines()
            .filter_map(|text| {
                let mut words = text.split_whitespace();
                Some(line(words.next()?, words.next()?))
            })
            .collect();
        assert!(theirs.len() > 10, "{case}");
        // Poetry lists what its own Python, 3.11 on Linux, would install.
        assert_eq!(resolved(&read_for(case, Some("3.11"), Some("linux"))), theirs, "{case}");
    }
}

#[test]
fn the_pdm_lock_is_what_pdm_list_lists() {
    let text = fixture_text("pdm/list.csv");
    let theirs: BTreeSet<String> = text
        .lines()
        .skip(1)
        .filter_map(|text| text.split_once(','))
        .map(|(name, version)| line(name, version))
        .filter(|line| !is_installer(line))
        .collect();
    assert_eq!(resolved(&read_for("pdm", Some("3.11"), Some("linux"))), theirs);
}

#[test]
fn the_pipenv_lock_is_what_pip_lists() {
    let reading = read_for("pipenv", Some("3.11"), Some("linux"));
    assert_eq!(resolved(&reading), json_list("pipenv/list.json"));
}

#[test]
fn a_target_leaves_out_what_cannot_be_there() {
    let names = |reading: &Reading| resolved(reading).into_iter().collect::<Vec<_>>().join(" ");
    let old = read_for("uv-forks", Some("3.10"), Some("linux"));
    assert_eq!(names(&old), "numpy 1.26.4 tool 0.1 torch 2.13.0+cpu");
    let new = read_for("uv-forks", Some("3.12"), Some("win32"));
    assert_eq!(names(&new), "colorama 0.4.6 numpy 2.1.0 tool 0.1 torch 2.13.0+cpu");
    // On a known target a marker that holds is no condition any more.
    assert!(new.graph.edges().all(|(_, _, edge)| edge.condition.is_none()));
}

#[test]
fn scopes_and_linkage_follow_the_table_that_asks() {
    let reading = read_for("uv-workspace", None, None);
    let root = reading.graph.projects()[0].node;
    let of = |name: &str| {
        let edges: Vec<_> = reading
            .graph
            .dependencies(root)
            .filter(|(node, _)| reading.graph.package(*node).name.eq_ignore_ascii_case(name))
            .map(|(_, edge)| (edge.scope, edge.linkage, edge.condition.clone()))
            .collect();
        assert_eq!(edges.len(), 1, "{name}");
        edges[0].clone()
    };
    assert_eq!(of("click"), (Scope::Runtime, Linkage::Dynamic, None));
    assert_eq!(of("pyyaml"), (Scope::Optional, Linkage::Dynamic, Some("extra == \"yaml\"".to_owned())));
    assert_eq!(of("pytest"), (Scope::Dev, Linkage::Dev, None));
    let pdm = read_for("pdm", None, None);
    let root = pdm.graph.projects()[0].node;
    let build: Vec<_> = pdm.graph.dependencies(root).filter(|(_, edge)| edge.scope == Scope::Build).collect();
    assert_eq!(build.len(), 1);
    assert_eq!(build[0].1.linkage, Linkage::Build);
}

#[test]
fn an_environment_alone_is_a_project_with_every_package() {
    let root = tempfile::tempdir().unwrap();
    let mut context = context(root.path());
    let environment = fixtures().join("pip-environment/.venv");
    context.python.environment = Some(environment);
    let reading = read(Ecosystem::Python, root.path(), &context);
    let all: BTreeSet<String> = resolved(&reading).into_iter().filter(|line| !is_installer(line)).collect();
    assert_eq!(all, json_list("pip-environment/list.json"));
    assert!(resolved(&reading).iter().any(|line| line.starts_with("pip ")));
}

#[test]
fn a_lock_learns_licenses_and_files_from_the_environment() {
    let root = fixtures().join("pip-compiled");
    let mut context = context(&root);
    context.python.environment = Some(fixtures().join("pip-environment/.venv"));
    let reading = read(Ecosystem::Python, &root, &context);
    let project = &reading.graph.projects()[0];
    assert_eq!(project.graph_source.as_deref(), Some("requirements.txt"));
    for node in reading.graph.nodes().filter(|node| *node != project.node) {
        let package = reading.graph.package(node);
        assert!(!package.declared.is_empty() && package.files.is_some(), "{}", package.name);
    }
}

#[test]
fn an_environment_that_is_none_is_said() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("requirements.txt"), "a\n").unwrap();
    let mut context = context(root.path());
    context.python.environment = Some(root.path().join("nowhere"));
    let reading = read(Ecosystem::Python, root.path(), &context);
    assert!(reading.problems.iter().any(|problem| problem.message.contains("nowhere")));
    assert_eq!(reading.graph.package_count(), 2);
}

#[test]
fn a_zipped_egg_and_a_link_are_read() {
    use std::io::Write;
    let root = tempfile::tempdir().unwrap();
    let site = root.path().join("site-packages");
    let source = root.path().join("source");
    std::fs::create_dir_all(source.join("Linked_tool.egg-info")).unwrap();
    std::fs::create_dir_all(&site).unwrap();
    let metadata = "Metadata-Version: 1.1\nName: linked-tool\nVersion: 3\nLicense: MIT\n";
    std::fs::write(source.join("Linked_tool.egg-info/PKG-INFO"), metadata).unwrap();
    std::fs::write(site.join("linked-tool.egg-link"), format!("{}\n.\n", source.display())).unwrap();
    let mut egg = zip::ZipWriter::new(std::fs::File::create(site.join("zipped-2.egg")).unwrap());
    for (name, text) in [
        ("EGG-INFO/PKG-INFO", "Metadata-Version: 1.1\nName: zipped\nVersion: 2\nLicense: MIT\n"),
        ("EGG-INFO/requires.txt", "linked-tool>=1\n"),
        ("zipped.py", "code"),
    ] {
        egg.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        egg.write_all(text.as_bytes()).unwrap();
    }
    egg.finish().unwrap();
    std::fs::write(root.path().join("requirements.txt"), "zipped\n").unwrap();
    let mut context = context(root.path());
    context.python.environment = Some(site);
    let reading = read(Ecosystem::Python, root.path(), &context);
    assert_eq!(resolved(&reading), ["linked-tool 3", "zipped 2"].map(str::to_owned).into());
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
}

#[test]
fn secrets_and_foreign_files_stay_out_of_the_reading() {
    for case in cases() {
        let text = shown::reading(&read_case(&case));
        for word in ["secret@", ":secret", "root:x:", "root:*:"] {
            assert!(!text.contains(word), "{} shows {word}", case.display());
        }
    }
}

#[test]
fn a_line_that_is_cut_anywhere_never_panics() {
    for case in cases() {
        for name in [
            "requirements.txt",
            "setup.py",
            "setup.cfg",
            "pyproject.toml",
            "uv.lock",
            "poetry.lock",
            "pdm.lock",
            "pylock.toml",
            "Pipfile",
            "Pipfile.lock",
        ] {
            let Ok(bytes) = std::fs::read(case.join(name)) else { continue };
            for part in 1..8 {
                let root = tempfile::tempdir().unwrap();
                std::fs::write(root.path().join(name), &bytes[..bytes.len() * part / 8]).unwrap();
                let reading = read(Ecosystem::Python, root.path(), &context(root.path()));
                assert!(reading.problems.iter().all(|problem| !problem.message.is_empty()));
            }
        }
    }
}

#[test]
fn a_lock_that_is_no_toml_is_incomplete() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("uv.lock"), "[[package\nname = ").unwrap();
    let reading = read(Ecosystem::Python, root.path(), &context(root.path()));
    let problem = &reading.problems[0];
    assert_eq!(problem.consequence, Consequence::Incomplete);
    assert_eq!(problem.location.as_ref().unwrap().line, 1);
}

/// The installer is asked from an empty directory, with lines made anew.
#[cfg(unix)]
#[test]
fn resolving_asks_pip_outside_the_tree() {
    use std::os::unix::fs::PermissionsExt;
    let tools = tempfile::tempdir().unwrap();
    let script = format!(
        "#!/bin/sh\npwd > {log}/where\ncat wanted.txt > {log}/wanted\necho \"$@\" > {log}/arguments\ncat {report}\n",
        log = tools.path().display(),
        report = fixtures().join("pip-environment/report.json").display()
    );
    let pip = tools.path().join("pip");
    std::fs::write(&pip, script).unwrap();
    std::fs::set_permissions(&pip, std::fs::Permissions::from_mode(0o755)).unwrap();
    let root = tempfile::tempdir().unwrap();
    let text =
        "--index-url https://registry.example/steal\nrequests[socks]>=2.31,<3\nclick\nPyYAML\nJinja2\n";
    std::fs::write(root.path().join("requirements.txt"), text).unwrap();
    let mut context = context(root.path());
    let path = format!("{}:/usr/bin:/bin", tools.path().display());
    context.environment = UserEnvironment::from_pairs([("PATH", path.as_str())]);
    context.resolve = true;
    let reading = read(Ecosystem::Python, root.path(), &context);
    let expected: BTreeSet<String> = json_list("pip-environment/list.json");
    assert_eq!(resolved(&reading), expected, "{:?}", reading.problems);
    let logged = |name: &str| std::fs::read_to_string(tools.path().join(name)).unwrap();
    assert!(!logged("where").contains(root.path().to_str().unwrap()));
    assert!(!logged("wanted").contains("steal"));
    assert!(logged("wanted").contains("requests[socks]>=2.31,<3"));
    assert!(logged("arguments").contains("--only-binary :all:"));
}

/// Without pip, uv's compiled answer serves.
#[cfg(unix)]
#[test]
fn resolving_asks_uv_where_there_is_no_pip() {
    use std::os::unix::fs::PermissionsExt;
    let tools = tempfile::tempdir().unwrap();
    let answer = fixtures().join("pip-compiled/requirements.txt");
    let uv = tools.path().join("uv");
    std::fs::write(&uv, format!("#!/bin/sh\n/bin/cat {}\n", answer.display())).unwrap();
    std::fs::set_permissions(&uv, std::fs::Permissions::from_mode(0o755)).unwrap();
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("requirements.txt"), "requests[socks]\nclick\nPyYAML\nJinja2\n").unwrap();
    let mut context = context(root.path());
    context.environment = UserEnvironment::from_pairs([("PATH", tools.path().to_str().unwrap())]);
    context.resolve = true;
    let reading = read(Ecosystem::Python, root.path(), &context);
    assert_eq!(resolved(&reading), json_list("pip-environment/list.json"), "{:?}", reading.problems);
}

#[test]
fn a_tool_of_the_audited_tree_is_never_started() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("pip"), "#!/bin/sh\ntouch started\n").unwrap();
    std::fs::write(root.path().join("requirements.txt"), "a\n").unwrap();
    let mut context = context(root.path());
    let path = format!("{}:.:relative", root.path().display());
    context.environment = UserEnvironment::from_pairs([("PATH", path.as_str())]);
    context.resolve = true;
    let reading = read(Ecosystem::Python, root.path(), &context);
    assert!(reading.problems.iter().any(|problem| problem.message.contains("neither pip nor uv")));
    assert!(!root.path().join("started").exists());
}

/// A link gives one file many names; each file is read once.
#[cfg(unix)]
#[test]
fn includes_through_links_end() {
    let root = tempfile::tempdir().unwrap();
    for link in ["x", "y"] {
        std::os::unix::fs::symlink(".", root.path().join(link)).unwrap();
    }
    let text = "-r x/requirements.txt\n-r y/requirements.txt\nattrs\n";
    std::fs::write(root.path().join("requirements.txt"), text).unwrap();
    let reading = read(Ecosystem::Python, root.path(), &context(root.path()));
    assert_eq!(reading.graph.package_count(), 2);
}
