//! Who holds the copyright, read from repositories made with `git` and from the files of a tree.

use super::{copied, fixture};
use licgraph::holders::{self, HolderCount, OwnHolders};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const ADA: (&str, &str) = ("Ada Example", "ada@home.example");
const BO: (&str, &str) = ("Bo Beispiel", "bo@home.example");

/// Runs git without any configuration of the machine.
pub fn git(directory: &Path, arguments: &[&str], author: (&str, &str), committer: (&str, &str)) {
    let output = Command::new("git")
        .current_dir(directory)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", author.0)
        .env("GIT_AUTHOR_EMAIL", author.1)
        .env("GIT_COMMITTER_NAME", committer.0)
        .env("GIT_COMMITTER_EMAIL", committer.1)
        .env("GIT_AUTHOR_DATE", "1700000000 +0000")
        .env("GIT_COMMITTER_DATE", "1700000000 +0000")
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A repository with one commit for each author and message, each changing the named file.
fn repository(commits: &[((&str, &str), &str, &str)]) -> TempDir {
    let made = tempfile::tempdir().unwrap();
    git(made.path(), &["init", "--quiet"], ADA, ADA);
    for (number, (author, file, message)) in commits.iter().enumerate() {
        let path = made.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("{number}\n")).unwrap();
        git(made.path(), &["add", "--all"], *author, ADA);
        git(made.path(), &["commit", "--quiet", "--message", message], *author, ADA);
    }
    made
}

fn read(directory: &Path) -> OwnHolders {
    let found = holders::read(directory, &["MIT".to_owned()]);
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    found
}

fn authors(found: &OwnHolders) -> Vec<(String, usize)> {
    let history = found.history.as_ref().unwrap();
    history.authors.iter().map(|person| (person.name.clone(), person.commits)).collect()
}

#[test]
fn one_author_is_the_sole_holder() {
    let made = repository(&[(ADA, "a.txt", "First"), (ADA, "a.txt", "Second")]);
    let found = read(made.path());
    assert_eq!(found.count, HolderCount::Sole, "{}", found.reason);
    assert_eq!(authors(&found), vec![("Ada Example".to_owned(), 2)]);
}

#[test]
fn a_name_for_several_people_is_no_sole_holder() {
    let made = repository(&[(("Thing Maintainers", "all@home.example"), "a.txt", "First")]);
    let found = read(made.path());
    assert_eq!(found.count, HolderCount::Unknown, "{}", found.reason);
}

#[test]
fn programs_are_listed_apart_and_co_authors_count() {
    let made = repository(&[
        (ADA, "a.txt", "First\n\nSigned-off-by: Ada Example <ada@home.example>"),
        (("updates[bot]", "updates[bot]@bots.example"), "a.txt", "Update"),
        (ADA, "a.txt", "Third\n\nCo-authored-by: Bo Beispiel <bo@home.example>"),
    ]);
    let found = read(made.path());
    assert_eq!(found.count, HolderCount::Several, "{}", found.reason);
    assert_eq!(authors(&found), vec![("Ada Example".to_owned(), 2), ("Bo Beispiel".to_owned(), 1)]);
    let history = found.history.unwrap();
    assert_eq!(history.bots.len(), 1);
    assert_eq!((history.commits, history.signed_off), (3, 1));
}

#[test]
fn the_mailmap_joins_the_names_of_one_person() {
    let made = repository(&[(ADA, "a.txt", "First"), (("ada", "ada@work.example"), "a.txt", "Second")]);
    assert_eq!(read(made.path()).count, HolderCount::Several);
    fs::write(made.path().join(".mailmap"), "Ada Example <ada@home.example> <ada@work.example>\n").unwrap();
    let found = read(made.path());
    assert_eq!(found.count, HolderCount::Sole, "{}", found.reason);
    assert_eq!(authors(&found), vec![("Ada Example".to_owned(), 2)]);
}

#[test]
fn who_only_committed_for_others_is_named_apart() {
    let made = repository(&[(BO, "a.txt", "First")]);
    let found = read(made.path());
    let history = found.history.as_ref().unwrap();
    assert_eq!(authors(&found), vec![("Bo Beispiel".to_owned(), 1)]);
    assert_eq!(
        history.committers.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(),
        ["Ada Example"]
    );
}

#[test]
fn a_part_of_a_repository_has_the_authors_of_that_part() {
    let made =
        repository(&[(ADA, "one/a.txt", "First"), (BO, "two/b.txt", "Second"), (BO, "one/a.txt", "Third")]);
    let found = read(&made.path().join("two"));
    assert_eq!(authors(&found), vec![("Bo Beispiel".to_owned(), 1)]);
    assert_eq!(read(&made.path().join("one")).count, HolderCount::Several);
}

#[test]
fn a_shallow_clone_does_not_know() {
    let made = repository(&[(BO, "a.txt", "First"), (ADA, "a.txt", "Second")]);
    let clone = tempfile::tempdir().unwrap();
    let source = format!("file://{}", made.path().display());
    git(clone.path(), &["clone", "--quiet", "--depth", "1", &source, "copy"], ADA, ADA);
    let found = read(&clone.path().join("copy"));
    assert_eq!(found.count, HolderCount::Unknown);
    assert!(found.reason.contains("shallow"), "{}", found.reason);
    assert!(found.history.unwrap().shallow);
}

#[test]
fn a_notice_of_somebody_else_makes_several_holders() {
    let made = repository(&[(ADA, "a.txt", "First")]);
    fs::write(made.path().join("LICENSE"), "MIT License\n\nCopyright (c) 2020 Example Works Ltd\n").unwrap();
    let found = read(made.path());
    assert_eq!(found.count, HolderCount::Several, "{}", found.reason);
    fs::write(made.path().join("LICENSE"), "MIT License\n\nCopyright (c) 2020 ada example\n").unwrap();
    assert_eq!(read(made.path()).count, HolderCount::Sole);
}

#[test]
fn no_repository_is_not_known_and_a_broken_one_is_said() {
    let bare = copied("blocked");
    assert_eq!(read(bare.path()).count, HolderCount::Unknown);
    fs::create_dir(bare.path().join(".git")).unwrap();
    let found = holders::read(bare.path(), &[]);
    assert_eq!(found.count, HolderCount::Unknown);
    assert!(found.problems[0].message.contains("git history"), "{:?}", found.problems);
}

#[test]
fn headers_name_holders_and_other_licenses_of_own_files_only() {
    let tree = copied("headers");
    let found = read(tree.path()).tree;
    assert_eq!(found.holders, ["Ada Example", "Far Away Ltd"]);
    assert_eq!(found.listed, ["Ada Example", "Bo Beispiel"]);
    assert_eq!(found.agreements, ["CONTRIBUTING.md"]);
    let other: Vec<(&str, Vec<&str>, bool)> = found
        .other_licenses
        .iter()
        .map(|group| {
            (group.license.as_str(), group.files.iter().map(String::as_str).collect(), group.documents)
        })
        .collect();
    let expected =
        [("CC-BY-SA-4.0", vec!["docs/manual.md"], true), ("GPL-2.0-only", vec!["src/borrowed.js"], false)];
    assert_eq!(other, expected);
    assert!(fixture("headers").join("vendor/other.js").exists(), "what is passed over is there");
}

#[test]
fn reuse_names_holders_and_licenses_file_by_file() {
    let tree = copied("reuse");
    let found = read(tree.path()).tree;
    assert_eq!(found.holders, ["Ada Example", "Bo Beispiel", "Font House", "Logo Studio"]);
    let other: Vec<String> = found
        .other_licenses
        .iter()
        .map(|group| format!("{}: {} by {}", group.license, group.files.join(" "), group.holders.join(" ")))
        .collect();
    let expected = [
        "BSD-3-Clause: src/borrowed.js by Bo Beispiel",
        "CC-BY-4.0: art/logo.svg by Logo Studio",
        "MIT AND Zlib: src/mixed.js by Ada Example",
        "OFL-1.1: art/font.txt by Font House",
    ];
    assert_eq!(other, expected);
    fs::write(tree.path().join("art/REUSE.toml"), "[[annotations").unwrap();
    let broken = holders::read(tree.path(), &["MIT".to_owned()]);
    assert!(
        broken
            .problems
            .iter()
            .any(|problem| { problem.location.as_ref().is_some_and(|place| place.file == "art/REUSE.toml") })
    );
}

#[test]
fn any_bytes_can_be_a_header() {
    let tree = tempfile::tempdir().unwrap();
    fs::write(tree.path().join("binary.dat"), [0xff, 0xfe, 0, 1, 2, b'\n', 0x80]).unwrap();
    fs::write(
        tree.path().join("odd.c"),
        "// SPDX-License-Identifier:\n// SPDX-License-Identifier: not a license )(\n",
    )
    .unwrap();
    fs::write(tree.path().join("COPYRIGHT"), "Copyright\nCopyrigh\nCopyright \u{1F600} (c)\n").unwrap();
    let found = read(tree.path()).tree;
    assert_eq!(found.other_licenses.len(), 1, "{found:?}");
    assert_eq!(found.other_licenses[0].license, "not a license )(");
}
