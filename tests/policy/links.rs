//! What the program keeps in a tree stays in the tree, whatever links and policies the tree holds.

#![cfg(unix)]

use crate::work::Project;
use std::fs;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

/// A directory of somebody else with one file, which must stay as it is.
fn elsewhere() -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("precious"), "precious").unwrap();
    directory
}

fn untouched(directory: &TempDir) {
    let names: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["precious"]);
    assert_eq!(fs::read_to_string(directory.path().join("precious")).unwrap(), "precious");
}

fn refused(project: &Project, arguments: &[&str], said: &str) {
    let outcome = project.run(arguments);
    assert_eq!(outcome.code, 2, "{arguments:?} {outcome:?}");
    assert!(outcome.err.contains(said), "{arguments:?} {}", outcome.err);
}

const BY_LINK: &str = "leads out of the audited tree by a symbolic link; not written";

#[test]
fn nothing_is_written_through_a_link_out_of_the_tree() {
    for (link, target, arguments) in [
        ("licgraph.toml", "precious", ["init", "--force"]),
        ("licgraph.toml", "new", ["init", "--force"]),
        ("licgraph-baseline.json", "new", ["baseline", "update"]),
        ("docs", "", ["review", "--accept"]),
        ("docs/license-review", "", ["review", "--accept"]),
        ("docs/license-review/2026-11-22.md", "precious", ["review", "--accept"]),
        ("docs/license-review/accepted.json", "new", ["review", "--accept"]),
    ] {
        let project = Project::of("story/before");
        let other = elsewhere();
        let link = project.path().join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(other.path().join(target), &link).unwrap();
        refused(&project, &arguments, BY_LINK);
        untouched(&other);
    }
}

#[test]
fn a_link_that_is_there_is_a_file_that_is_there() {
    let project = Project::of("story/before");
    let other = elsewhere();
    symlink(other.path().join("new"), project.path().join("licgraph.toml")).unwrap();
    refused(&project, &["init"], "is there already");
    untouched(&other);
}

#[test]
fn a_policy_names_no_place_outside_the_tree() {
    let other = elsewhere();
    let outside = other.path().display();
    let project = Project::of("story/before");
    project.write("licgraph.toml", &format!("[audit]\nbaseline = \"{outside}/new.json\"\n"));
    refused(&project, &["baseline", "update"], "must be a path below the policy's directory");
    project.write("licgraph.toml", "[periodic-review]\ndirectory = \"../review\"\n");
    refused(&project, &["review", "--accept"], "must be a path below the policy's directory");
    project.write("licgraph.toml", "");

    // A shared policy may lie elsewhere; what is kept for this tree does not.
    let shared = TempDir::new().unwrap();
    let policy = shared.path().join("shared.toml");
    let named = policy.display().to_string();
    for (text, arguments) in [
        ("[audit]\nbaseline = \"new.json\"\n", ["baseline", "update"]),
        ("[periodic-review]\ndirectory = \"reviews\"\n", ["review", "--accept"]),
    ] {
        fs::write(&policy, text).unwrap();
        let arguments = [&arguments[..], &["--shared-policy", &named]].concat();
        refused(&project, &arguments, "lies outside the audited tree");
    }
    assert_eq!(fs::read_dir(shared.path()).unwrap().count(), 1);
    untouched(&other);
}

#[test]
fn the_user_may_name_another_place_and_links_within_the_tree_are_followed() {
    let project = Project::of("story/before");
    let other = TempDir::new().unwrap();
    let file = other.path().join("known.json").display().to_string();
    assert_eq!(project.run(&["baseline", "update", "--baseline", &file]).code, 0);
    let directory = other.path().join("reviews").display().to_string();
    project.run(&["review", "--accept", "--directory", &directory]);
    assert!(
        other.path().join("known.json").is_file() && other.path().join("reviews/accepted.json").is_file()
    );

    fs::create_dir_all(project.path().join("records")).unwrap();
    fs::create_dir_all(project.path().join("docs")).unwrap();
    symlink("../records", project.path().join("docs/license-review")).unwrap();
    project.run(&["review", "--accept"]);
    assert!(project.path().join("records/accepted.json").is_file());
    symlink(other.path(), project.path().join("linked")).unwrap();
    refused(&project, &["baseline", "update", "--baseline", "linked/new.json"], BY_LINK);
}
