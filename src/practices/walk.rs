//! The walk over a repository: which folders are the project's own, and how a file becomes text.

use super::tree::File;
use std::fs;
use std::path::Path;

/// Larger files are not read: prose, manifests and keys are small.
const MAX_TEXT: u64 = 1024 * 1024;
/// Folders that hold other people's words or data made up for tests.
const FOREIGN: &[&str] = &[
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "thirdparty",
    "3rdparty",
    "external",
    "node_modules",
    "bower_components",
    "site-packages",
    "venv",
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "spec",
    "__tests__",
    "fixture",
    "fixtures",
    "testfixtures",
    "snapshots",
    "__snapshots__",
    "corpus",
];
/// Hidden folders in which projects speak about themselves.
const HIDDEN: &[&str] = &[
    ".github",
    ".gitlab",
    ".gitea",
    ".forgejo",
    ".well-known",
    ".clusterfuzzlite",
    ".circleci",
    ".woodpecker",
    ".builds",
    ".reuse",
];
/// Every file of a repository, sorted by path, and the places that could not be walked.
pub fn files(root: &Path) -> (Vec<File>, Vec<String>) {
    let submodules = submodules(root);
    let owned_root = root.to_owned();
    let mut builder = ignore::WalkBuilder::new(root);
    builder
        .standard_filters(false)
        .git_ignore(true)
        .require_git(false)
        .follow_links(false)
        .sort_by_file_name(|left, right| left.cmp(right))
        .filter_entry(move |entry| {
            let directory = entry.file_type().is_some_and(|kind| kind.is_dir());
            entry.depth() == 0 || !directory || is_own(&owned_root, entry.path(), &submodules)
        });
    let mut files = Vec::new();
    let mut unreadable = Vec::new();
    for entry in builder.build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                let size = entry.metadata().map(|metadata| metadata.len()).unwrap_or(0);
                files.extend(relative(root, entry.path()).map(|path| File::new(path, size)));
            }
            Ok(_) => {}
            Err(error) => unreadable.push(error.to_string()),
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    (files, unreadable)
}

/// Whether a folder is the project's own: not vendored, not a test, not a submodule, not hidden machinery.
fn is_own(root: &Path, folder: &Path, submodules: &[String]) -> bool {
    let Some(path) = relative(root, folder) else { return false };
    let name = path.rsplit('/').next().unwrap_or(&path).to_ascii_lowercase();
    let hidden = name.starts_with('.') && !HIDDEN.contains(&name.as_str());
    let nested_repository = || folder.join(".git").symlink_metadata().is_ok();
    !hidden && !FOREIGN.contains(&name.as_str()) && !submodules.contains(&path) && !nested_repository()
}

fn submodules(root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root.join(".gitmodules")).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("path"))
        .filter_map(|rest| rest.trim_start().strip_prefix('='))
        .map(|path| path.trim().trim_matches('"').trim_end_matches('/').to_owned())
        .collect()
}

fn relative(root: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(root).ok()?;
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Some(parts.join("/"))
}

/// The text of a file; none if it is too large, binary or cannot be read.
pub fn read_text(path: &Path, size: u64) -> Option<String> {
    if size > MAX_TEXT {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    match encoding_rs::Encoding::for_bom(&bytes) {
        Some((encoding, _)) => Some(encoding.decode(&bytes).0.into_owned()),
        None if memchr::memchr(0, &bytes).is_some() => None,
        None => Some(String::from_utf8_lossy(&bytes).into_owned()),
    }
}
