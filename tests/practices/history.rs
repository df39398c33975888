//! Rules that read the history.

use crate::support::{commit, git, result, today, write};
use licgraph::model::{PracticeResult, PracticeState};
use licgraph::practices::{PracticeInputs, review};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const CHANGELOG: &str = "# Changelog\n\n## 1.1.0 - 2026-02-01\n\n- The reader takes a second format, which was asked for often.\n- A crash on empty files is gone.\n\n## 1.0.0 - 2026-01-01\n\n- First release.\n";

fn look(root: &Path, id: &str) -> PracticeResult {
    let inputs = PracticeInputs { now: Some(today()), ..PracticeInputs::default() };
    result(&review(root, &inputs), id)
}

fn history() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "1");
    commit(folder.path(), "Read the first format", "2026-01-01T00:00:00Z");
    git(folder.path(), "2026-01-01T00:00:00Z", &["tag", "-a", "v1.0.0", "-m", "First release"]);
    write(folder.path(), "a", "2");
    write(folder.path(), "CHANGELOG.md", CHANGELOG);
    commit(folder.path(), "wip", "2026-02-01T00:00:00Z");
    git(folder.path(), "2026-02-01T00:00:00Z", &["tag", "-a", "v1.1.0", "-m", "Second format"]);
    folder
}

#[test]
fn a_history_is_a_repository() {
    let folder = history();
    let found = look(folder.path(), "SCM-1");
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    assert!(
        found
            .evidence
            .iter()
            .any(|evidence| evidence.place.as_deref().is_some_and(|place| place.starts_with("commit ")))
    );
}

#[test]
fn one_commit_is_not_a_history() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "1");
    commit(folder.path(), "Import", "2026-01-01T00:00:00Z");
    assert_eq!(look(folder.path(), "SCM-1").state, PracticeState::Review);
}

#[test]
fn a_repository_without_a_commit_fails() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), "2026-01-01T00:00:00Z", &["init", "-q"]);
    assert_eq!(look(folder.path(), "SCM-1").state, PracticeState::Fail);
}

#[test]
fn a_shallow_clone_hides_the_history_and_the_tags() {
    let folder = history();
    let clones = tempfile::tempdir().unwrap();
    let source = format!("file://{}", folder.path().display());
    git(
        clones.path(),
        "2026-02-01T00:00:00Z",
        &["clone", "-q", "--depth", "1", "--no-tags", &source, "clone"],
    );
    let clone = clones.path().join("clone");
    assert_eq!(look(&clone, "SCM-1").state, PracticeState::Unknown);
    assert_eq!(look(&clone, "REL-1").state, PracticeState::Unknown);
}

#[test]
fn a_nested_or_outer_repository_is_not_this_one() {
    let folder = history();
    write(folder.path(), "part/README.md", "# part\n");
    assert_eq!(look(&folder.path().join("part"), "SCM-1").state, PracticeState::Unknown);
    let outside = tempfile::tempdir().unwrap();
    fs::create_dir_all(outside.path().join("lib")).unwrap();
    let source = folder.path().display().to_string();
    git(outside.path(), "2026-01-01T00:00:00Z", &["clone", "-q", &source, "lib/inner"]);
    assert_eq!(look(outside.path(), "SCM-1").state, PracticeState::Unknown);
}

#[test]
fn a_submodule_is_not_the_project() {
    let source = history();
    let folder = history();
    let address = source.path().display().to_string();
    git(folder.path(), "2026-03-01T00:00:00Z", &["submodule", "add", "-q", &address, "part"]);
    write(&folder.path().join("part"), "SECURITY.md", "Report vulnerabilities to security@tool.alt, please.");
    assert_eq!(
        look(folder.path(), "SEC-1").state,
        PracticeState::Fail,
        "a submodule's contact is not the project's"
    );
    assert_eq!(look(&folder.path().join("part"), "SCM-1").state, PracticeState::Review);
}

#[test]
fn other_systems_and_claims_are_for_a_person_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".hg")).unwrap();
    assert_eq!(look(folder.path(), "SCM-1").state, PracticeState::Review);
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "publiccode.yml",
        "publiccodeYmlVersion: \"0.4\"\nurl: https://forge.alt/team/tool\n",
    );
    let found = look(folder.path(), "SCM-1");
    assert_eq!(found.state, PracticeState::Review);
    assert_eq!(found.evidence[0].place.as_deref(), Some("publiccode.yml:2"));
    assert_eq!(
        look(folder.path(), "SCM-2").state,
        PracticeState::Unknown,
        "offline is never a pass and never a fail"
    );
}

#[test]
fn a_broken_repository_is_unknown() {
    let folder = history();
    fs::write(folder.path().join(".git/HEAD"), "garbage").unwrap();
    assert_eq!(look(folder.path(), "SCM-1").state, PracticeState::Unknown);
}

#[test]
fn releases_need_tags_and_a_changelog_that_follows_them() {
    let folder = history();
    let found = look(folder.path(), "REL-1");
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    write(folder.path(), "CHANGELOG.md", &CHANGELOG.replace("2026", "2015"));
    assert_eq!(look(folder.path(), "REL-1").state, PracticeState::Fail, "a changelog of 2015");
    let listed = "# What's changed\n\n## 1.1.0 - 2026-02-01\n\n* Reader by @a in https://forge.alt/t/t/pull/1\n* Bump by @b in https://forge.alt/t/t/pull/2\n* Another by @c in https://forge.alt/t/t/pull/3\n";
    write(folder.path(), "CHANGELOG.md", listed);
    assert_eq!(look(folder.path(), "REL-1").state, PracticeState::Review, "a list of titles");
    fs::remove_file(folder.path().join("CHANGELOG.md")).unwrap();
    assert_ne!(look(folder.path(), "REL-1").state, PracticeState::Pass);
}

#[test]
fn a_tag_without_a_change_is_not_a_release() {
    let folder = history();
    git(folder.path(), "2026-02-02T00:00:00Z", &["tag", "v1.2.0"]);
    assert_eq!(look(folder.path(), "REL-1").state, PracticeState::Review);
}

#[test]
fn no_tag_and_no_changelog_fail() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "1");
    commit(folder.path(), "Read the first format", "2026-01-01T00:00:00Z");
    assert_eq!(look(folder.path(), "REL-1").state, PracticeState::Fail);
    write(folder.path(), "CHANGELOG.md", CHANGELOG);
    assert_eq!(
        look(folder.path(), "REL-1").state,
        PracticeState::Review,
        "a rolling release, or tags not fetched"
    );
}

#[test]
fn commit_messages_are_counted_not_judged() {
    let folder = history();
    let found = look(folder.path(), "REL-2");
    assert_eq!(found.state, PracticeState::Review);
    assert!(found.reason.starts_with("50 % of 2 "), "{}", found.reason);
    assert!(found.evidence[0].statement.contains("wip"), "{found:?}");
}

#[test]
fn a_schedule_in_a_dead_repository_is_doubted() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        ".github/workflows/a.yml",
        "on: [push]\njobs:\n  a:\n    steps:\n      - run: cargo audit\n",
    );
    commit(folder.path(), "Audit", "2024-01-01T00:00:00Z");
    assert_eq!(look(folder.path(), "SEC-5").state, PracticeState::Review);
}
