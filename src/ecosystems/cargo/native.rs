//! Other people's code inside crates that build a library: `libgit2-sys` holds libgit2, under libgit2's license.
//!
//! The license field of such a crate speaks of its Rust code. What it builds in goes by the files beside that code.

use crate::model::is_license_name;
use std::path::Path;

/// Directories below the crate's own that are looked into.
const DEPTH: usize = 4;
/// Entries that are looked at in one crate.
const MOST_ENTRIES: usize = 20_000;
/// What is not built in.
const ASIDE: [&str; 9] = ["tests", "test", "examples", "benches", "docs", "doc", "ci", "fuzz", "target"];

/// Whether a crate brings a library to link: `links` says so, or its name (`openssl-src`).
pub(super) fn brings_library(name: &str, links: bool) -> bool {
    links || name.ends_with("-src")
}

/// Directories of a crate, relative to it and sorted, that have a license file of their own.
pub(super) fn directories(crate_directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = MOST_ENTRIES;
    let mut pending = vec![(crate_directory.to_owned(), String::new(), 0)];
    while let Some((directory, name, depth)) = pending.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else { continue };
        // In the order of the names: where the limit cuts must not differ by machine.
        let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
        entries.sort_unstable_by_key(std::fs::DirEntry::file_name);
        let mut is_licensed = false;
        for entry in entries {
            if left == 0 {
                break;
            }
            left -= 1;
            let (Ok(kind), Ok(own_name)) = (entry.file_type(), entry.file_name().into_string()) else {
                continue;
            };
            if kind.is_file() {
                is_licensed |= is_license_name(&own_name);
            } else if kind.is_dir() && depth < DEPTH && !is_aside(&own_name) {
                let path = if name.is_empty() { own_name } else { format!("{name}/{own_name}") };
                pending.push((entry.path(), path, depth + 1));
            }
        }
        if is_licensed && !name.is_empty() {
            found.push(name);
        }
    }
    found.sort_unstable();
    found
}

fn is_aside(name: &str) -> bool {
    name.starts_with('.') || ASIDE.iter().any(|aside| name.eq_ignore_ascii_case(aside))
}

#[cfg(test)]
mod tests {
    use super::{brings_library, directories};

    #[test]
    fn a_library_is_brought_by_links_or_by_name() {
        assert!(brings_library("openssl-src", false) && brings_library("libgit2-sys", true));
        assert!(!brings_library("serde", false));
    }

    #[test]
    fn directories_with_a_license_of_their_own_are_named() {
        let directory = tempfile::tempdir().expect("a directory");
        for file in [
            "LICENSE",
            "lib/COPYING",
            "lib/deps/z/LICENSE.txt",
            "lib/tests/LICENSE",
            ".github/LICENSE",
            "src/license.rs",
        ] {
            let path = directory.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
            std::fs::write(path, "x").expect("a file");
        }
        assert_eq!(directories(directory.path()), ["lib", "lib/deps/z"]);
        assert!(directories(&directory.path().join("absent")).is_empty());
    }
}
