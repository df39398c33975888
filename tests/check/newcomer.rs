//! What somebody meets who does not know the program yet: wrong words, wrong places, files that are no projects.

use super::{code, fixture, json, licgraph, licgraph_in, text};
use std::fs;
use std::path::Path;

fn refused(arguments: &[&str]) -> String {
    let output = licgraph(arguments);
    let said = text(&output.stderr);
    assert_eq!(code(&output), 2, "{arguments:?}: {said}{}", text(&output.stdout));
    said
}

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, content) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(path, content).expect("a file");
    }
    directory
}

fn check(directory: &Path, more: &[&str]) -> std::process::Output {
    let arguments: Vec<&str> = ["check", "--no-policy"].iter().chain(more).copied().collect();
    licgraph_in(directory, &arguments, "")
}

#[test]
fn a_license_that_is_no_id_is_answered_with_those_it_may_mean() {
    for (word, hint) in [
        ("GPL3", "did you mean `GPL-3.0-only` or `GPL-3.0-or-later`?"),
        ("GPL", "`GPL-2.0-or-later`"),
        ("MTI", "did you mean `MIT`?"),
        ("Apache", "`Apache-2.0`"),
    ] {
        assert!(refused(&["license", word]).contains(hint), "{word}: {}", refused(&["license", word]));
    }
}

#[test]
fn words_for_a_service_an_app_or_an_sbom_are_explained_or_taken() {
    let said = refused(&["explain", "AGPL-3.0-only", "--for", "MIT", "--distribution", "saas"]);
    assert!(said.contains("network: reached as a service"), "{said}");
    let path = fixture("planted-gpl");
    let output = licgraph(&["sbom", "--format", "spdx", &path.to_string_lossy()]);
    assert_eq!(json(&output)["spdxVersion"], "SPDX-2.3");
}

#[test]
fn a_python_target_that_no_marker_can_be_held_against_is_refused() {
    for (option, word) in [("--python", "latest"), ("--python", "3"), ("--platform", "win64")] {
        let said = refused(&["check", option, word]);
        assert!(said.contains("3.12") || said.contains("linux, darwin, win32"), "{said}");
    }
    let directory = project(&[
        ("requirements.txt", "corelib==1.0\nwinlib==1.0; sys_platform == 'win32'\n"),
        (
            "pyproject.toml",
            "[project]\nname = \"app\"\nversion = \"1\"\nlicense = \"MIT\"\ndependencies = [\"corelib\"]\n",
        ),
    ]);
    let names = |platform: &str| {
        let report = json(&check(directory.path(), &["--platform", platform, "--format", "json"]));
        report["packages"].to_string().contains("winlib")
    };
    assert!(names("Windows") && names("win32") && !names("macOS"));
}

#[test]
fn a_manifest_without_a_project_is_no_clean_audit() {
    for name in ["Cargo.toml", "pyproject.toml"] {
        let directory = project(&[(name, "")]);
        let output = check(directory.path(), &[]);
        assert_eq!(code(&output), 2, "{}", text(&output.stdout));
        assert!(
            text(&output.stderr).contains(&format!("no project in it: {name}")),
            "{}",
            text(&output.stderr)
        );
    }
    let broken = project(&[("Cargo.toml", "[package\n")]);
    let output = check(broken.path(), &[]);
    assert_eq!(code(&output), 3);
    assert!(
        text(&output.stdout).starts_with("INCOMPLETE  no project could be read\n"),
        "{}",
        text(&output.stdout)
    );
}

#[test]
fn manifests_of_other_worlds_are_named_alone_beside_others_and_by_themselves() {
    for name in ["environment.yml", "deno.json", "App.csproj", "Gopkg.lock", "pom.xml"] {
        let alone = project(&[(name, "x")]);
        let output = check(alone.path(), &[]);
        assert_eq!(code(&output), 2);
        assert!(text(&output.stderr).contains(&format!("{name}: no reader")), "{}", text(&output.stderr));
        let output = check(alone.path(), &[name]);
        assert!(text(&output.stderr).contains("no reader"), "{}", text(&output.stderr));
        let beside = project(&[(name, "x"), ("package.json", r#"{"name":"app","license":"MIT"}"#)]);
        let output = check(beside.path(), &[]);
        assert_eq!(code(&output), 3, "{}", text(&output.stdout));
        assert!(text(&output.stdout).contains(&format!("{name}: no reader")), "{}", text(&output.stdout));
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let directory = project(&[]);
    let pipe = directory.path().join("bom.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo starts");
    assert!(made.success());
    let output = check(directory.path(), &["bom.json"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("no regular file"), "{}", text(&output.stderr));
}

#[test]
fn edges_of_the_project_are_judged_by_how_it_reaches_people() {
    let directory = project(&[
        ("package.json", r#"{"name":"app","version":"1.0.0","license":"MIT","dependencies":{"plot":"^1"}}"#),
        (
            "package-lock.json",
            r#"{"name":"app","version":"1.0.0","lockfileVersion":3,"packages":{
                "":{"name":"app","version":"1.0.0","license":"MIT","dependencies":{"plot":"^1"}},
                "node_modules/plot":{"version":"1.0.0","license":"GPL-3.0-only"}}}"#,
        ),
    ]);
    let verdict = |way: &str| {
        let report = json(&check(directory.path(), &["--distribution", way, "--format", "json"]));
        (report["dependencies"][0]["verdict"].clone(), report["packages"][1]["verdict"].clone())
    };
    for way in ["binary", "internal", "network"] {
        let (edge, package) = verdict(way);
        assert_eq!(edge, package, "{way}");
    }
    assert_eq!(verdict("internal").0, "compatible");
    let shown = text(&check(directory.path(), &["--distribution", "internal"]).stdout);
    assert!(shown.contains("so nothing is conveyed") && !shown.contains("conveyed with it"), "{shown}");
    let output = licgraph(&[
        "why",
        "plotcore",
        "--distribution",
        "internal",
        &fixture("planted-gpl").to_string_lossy(),
    ]);
    let shown = text(&output.stdout);
    assert!(shown.starts_with("✓") && shown.contains("incompatible for the package that uses it"), "{shown}");
}

#[test]
fn a_package_is_found_in_other_spellings_and_a_license_is_told_apart() {
    let path = fixture("planted-gpl");
    let path = path.to_string_lossy();
    for spelling in ["PlotCore", "pkg:cargo/plotcore", "pkg:cargo/plotcore@2.1.0"] {
        assert_eq!(code(&licgraph(&["why", spelling, &path])), 0, "{spelling}");
    }
    assert!(refused(&["why", "GPL-3.0-only", &path]).contains("tree --by-license"));
    assert!(refused(&["why", "nothing-of-the-kind", &path]).contains("`licgraph tree`"));
}

#[test]
fn two_states_that_are_nowhere_are_said_to_be_neither_file_nor_revision() {
    let directory = project(&[]);
    let output = licgraph_in(directory.path(), &["diff", "before", "after"], "");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("`before` is no file or directory"), "{}", text(&output.stderr));
}

#[test]
fn a_second_lock_file_that_says_something_else_is_seen() {
    let manifest = r#"{"name":"app","version":"1.0.0","license":"MIT","dependencies":{"pad":"^1"}}"#;
    let lock = r#"{"name":"app","version":"1.0.0","lockfileVersion":3,"packages":{
        "":{"name":"app","version":"1.0.0","license":"MIT","dependencies":{"pad":"^1"}},
        "node_modules/pad":{"version":"1.0.0","license":"MIT"}}}"#;
    let yarn = "# yarn lockfile v1\n\n\npad@^1:\n  version \"1.0.0\"\n  dependencies:\n    plot \"^1\"\n\nplot@^1:\n  version \"1.4.0\"\n";
    let directory = project(&[("package.json", manifest), ("package-lock.json", lock), ("yarn.lock", yarn)]);
    let shown = text(&check(directory.path(), &[]).stdout);
    assert!(shown.contains("has what that one does not: plot 1.4.0"), "{shown}");
    let stated = manifest.replace("\"license\"", "\"packageManager\":\"npm@11.0.0\",\"license\"");
    fs::write(directory.path().join("package.json"), stated).expect("a file");
    let shown = text(&check(directory.path(), &[]).stdout);
    assert!(!shown.contains("plot"), "{shown}");
}
