//! Every small project below `fixtures/go`: the whole reading, also with Windows line ends.

use crate::render::render;
use licgraph::ecosystems::{ReadContext, UserEnvironment, go};
use std::fs;
use std::path::{Path, PathBuf};

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join("go")
}

pub fn context(root: &Path, cache: &Path) -> ReadContext {
    let environment =
        UserEnvironment::from_pairs([("GOMODCACHE", cache.to_str().unwrap()), ("GOENV", "off")]);
    ReadContext { root: root.to_owned(), environment, ..ReadContext::default() }
}

fn read_case(case: &Path) -> String {
    let project = case.join("project");
    render(&go::read(&project, &context(&project, &case.join("cache"))))
}

fn cases() -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|case| case.join("project").is_dir());
    found.sort();
    found
}

#[test]
fn every_case_reads_as_recorded() {
    assert!(cases().len() >= 7);
    for case in cases() {
        assert!(case.join("README.md").is_file(), "{} says nothing of itself", case.display());
        let name = case.file_name().unwrap().to_str().unwrap();
        insta::assert_snapshot!(format!("case_{name}"), read_case(&case));
    }
}

#[test]
fn line_ends_make_no_difference() {
    for case in cases() {
        let copy = tempfile::tempdir().unwrap();
        copy_with_windows_line_ends(&case, copy.path());
        assert_eq!(read_case(copy.path()), read_case(&case), "{}", case.display());
    }
}

fn copy_with_windows_line_ends(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_with_windows_line_ends(&entry.path(), &target);
        } else {
            fs::write(target, fs::read_to_string(entry.path()).unwrap().replace('\n', "\r\n")).unwrap();
        }
    }
}
