//! `licgraph relicense` on small projects.

use super::{copied, history};
use assert_cmd::Command;
use std::path::Path;

fn run(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("licgraph")
        .unwrap()
        .current_dir(directory)
        .env("COLUMNS", "100")
        .args(["relicense", "--offline"])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn json(directory: &Path, arguments: &[&str]) -> (i32, serde_json::Value) {
    let (code, out, err) = run(directory, &[arguments, &["--format", "json"]].concat());
    assert!(!out.is_empty(), "{err}");
    (code, serde_json::from_str(&out).unwrap())
}

#[test]
fn the_smallest_set_to_replace_is_found_with_the_paths() {
    let project = copied("blocked");
    let (code, out, _) = run(project.path(), &["--to", "GPL-2.0-only"]);
    assert_eq!(code, 1);
    insta::assert_snapshot!("blocked_to_gpl2", out);
    let (code, out, _) = run(project.path(), &["--to", "GPL-3.0-only"]);
    assert_eq!(code, 0, "{out}");
    insta::assert_snapshot!("blocked_to_gpl3", out);
}

#[test]
fn without_a_target_every_license_is_listed_and_what_blocks_the_rest() {
    let project = copied("blocked");
    let (code, out, _) = run(project.path(), &[]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("blocked_all", out);
    let (_, report) = json(project.path(), &[]);
    let groups = report["projects"][0]["possible"].as_array().unwrap();
    let licenses: Vec<&str> = groups
        .iter()
        .flat_map(|group| group["licenses"].as_array().unwrap())
        .map(|target| target["license"].as_str().unwrap())
        .collect();
    assert!(licenses.contains(&"GPL-3.0-only") && !licenses.contains(&"MIT"), "{licenses:?}");
}

#[test]
fn files_under_another_license_count_for_our_own_half() {
    let project = copied("headers");
    let (code, out, _) = run(project.path(), &["--to", "Apache-2.0"]);
    assert_eq!(code, 1);
    insta::assert_snapshot!("headers_to_apache", out);
    let (_, report) = json(project.path(), &["--to", "Apache-2.0"]);
    let answer = &report["projects"][0]["answer"];
    assert_eq!(answer["dependencies"]["verdict"], "compatible");
    assert_eq!(answer["own_code"]["answer"], "no");
}

#[test]
fn each_root_of_a_workspace_is_answered_for_itself() {
    let project = copied("workspace");
    let (code, report) = json(project.path(), &["--to", "MIT"]);
    assert_eq!(code, 1);
    let answers: Vec<(&str, &str)> = report["projects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|project| {
            let own = &project["answer"]["own_code"]["answer"];
            (project["name"].as_str().unwrap(), own.as_str().unwrap())
        })
        .collect();
    assert_eq!(answers, [("pair-app", "ask"), ("pair-lib", "yes"), ("pair", "ask")]);
}

#[test]
fn the_sole_holder_may_give_any_license() {
    let project = copied("workspace");
    let (_, stated) = json(project.path(), &["app", "--to", "MIT", "--sole-holder"]);
    assert_eq!(stated["projects"][0]["answer"]["own_code"]["answer"], "yes");
    let ada = ("Ada Example", "ada@home.example");
    history::git(project.path(), &["init", "--quiet"], ada, ada);
    history::git(project.path(), &["add", "--all"], ada, ada);
    history::git(project.path(), &["commit", "--quiet", "--message", "All"], ada, ada);
    let (_, report) = json(project.path(), &["--to", "MIT", "--license", "GPL-3.0-only"]);
    assert_eq!(report["holders"]["count"], "sole");
    for project in report["projects"].as_array().unwrap() {
        assert_eq!(project["answer"]["own_code"]["answer"], "yes", "{project}");
    }
}

#[test]
fn linkage_and_distribution_change_what_the_dependencies_allow() {
    let project = copied("blocked");
    let verdict = |arguments: &[&str]| {
        let (_, report) = json(project.path(), &[&["--to", "MIT"], arguments].concat());
        report["projects"][0]["answer"]["dependencies"]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict(&[]), "incompatible");
    assert_eq!(verdict(&["--link", "gpl-*=process"]), "compatible");
    assert_eq!(verdict(&["--distribution", "internal"]), "compatible");
}

#[test]
fn wrong_use_says_what_is_wrong() {
    let project = copied("blocked");
    for (arguments, expected) in [
        (vec!["--to", "GPL-9.9"], "not a license expression"),
        (vec!["--to", "MIT", "--link", "gpl-*=glued"], "unknown linkage"),
        (vec!["nowhere"], "cannot read"),
    ] {
        let (code, _, err) = run(project.path(), &arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(err.contains(expected), "{arguments:?}: {err}");
    }
}

#[test]
fn what_cannot_be_read_is_said_in_the_exit_code() {
    let project = copied("blocked");
    std::fs::write(project.path().join("pom.xml"), "<project/>").unwrap();
    let (code, out, _) = run(project.path(), &["--to", "GPL-3.0-only"]);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("pom.xml"), "{out}");
}
