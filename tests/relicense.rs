//! "Can I relicense to X?": both halves, against cases written from the license texts, on made repositories, and at
//! the command line; and the ways out of findings.
#![allow(clippy::unwrap_used)]

#[path = "relicense/cases.rs"]
mod cases;
#[path = "relicense/command.rs"]
mod command;
#[path = "relicense/history.rs"]
mod history;
#[path = "relicense/remedies.rs"]
mod remedies;

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn fixture(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/relicense").join(case)
}

/// A copy of a fixture outside any repository, so that only the history a test makes is seen.
fn copied(case: &str) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_tree(&fixture(case), copy.path());
    copy
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_tree(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}
