//! License files in the directories of a package, wherever they lie.

use super::readme::is_readme;
use super::standing::upwards;
use crate::model::{InnerDirectories, is_license_name};
use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::Path;

/// No more directories of one package are looked into, beside those in use and above them.
const MOST_DIRECTORIES: usize = 4096;

/// Where license files lie in a tree.
#[derive(Debug, Default)]
pub struct Found {
    /// The files relative to the tree, with `/`, sorted.
    pub files: Vec<String>,
    /// What to read of directories in use that have no license file, and of those above them, sorted.
    pub readmes: Vec<String>,
    /// Whether there were too many directories to look into all of them.
    pub is_cut: bool,
}

/// Looks for license files: in the directories in use, those above them, and then everywhere else.
///
/// As for the go command, directories whose names begin with `.` or `_`, `testdata` and nested modules are no part
/// of the package. Symbolic links to directories are not followed. Where nothing is used only the root counts.
pub fn find(base: &Path, inner: &InnerDirectories) -> Found {
    let mut first: BTreeSet<&str> = inner.used.iter().flatten().flat_map(|used| upwards(used)).collect();
    first.insert("");
    let root_only = inner.used.as_ref().is_some_and(BTreeSet::is_empty);
    let mut seen: BTreeSet<String> = first.iter().map(|directory| (*directory).to_owned()).collect();
    let mut queue: VecDeque<String> = seen.iter().cloned().collect();
    let mut found = Found::default();
    let mut others = 0;
    while let Some(directory) = queue.pop_front() {
        let in_use = first.contains(directory.as_str());
        if !in_use {
            others += 1;
        }
        if others > MOST_DIRECTORIES {
            found.is_cut = true;
            break;
        }
        let Some(list) = list(&base.join(&directory)) else { continue };
        if !in_use && list.is_module {
            continue;
        }
        if in_use && list.files.is_empty() {
            found.readmes.extend(list.readmes.iter().map(|name| join(&directory, name)));
        }
        found.files.extend(list.files.iter().map(|name| join(&directory, name)));
        if root_only {
            break;
        }
        for name in list.directories {
            let child = join(&directory, &name);
            if !inner.foreign.contains(&child) && seen.insert(child.clone()) {
                queue.push_back(child);
            }
        }
    }
    found.files.sort_unstable();
    found.readmes.sort_unstable();
    found
}

/// Whether a path is that of a README in a directory in use or above one.
pub fn takes_readme(inner: &InnerDirectories, path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_above = |used: &String| upwards(used).any(|above| above == folder);
    is_readme(name) && (folder.is_empty() || inner.used.iter().flatten().any(is_above))
}

/// Whether a file counts as a license file of the package or of one of its directories.
pub fn takes(inner: &InnerDirectories, path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folder == "LICENSES" {
        return true;
    }
    let is_used = inner.used.as_ref().is_none_or(|used| !used.is_empty());
    let is_foreign = upwards(folder).any(|above| inner.foreign.contains(above));
    let is_inner = is_used && !is_foreign && folder.split('/').all(is_looked_into);
    is_license_name(name) && (folder.is_empty() || is_inner)
}

/// Whether a directory of that name can hold packages.
fn is_looked_into(name: &str) -> bool {
    !name.starts_with(['.', '_']) && !matches!(name, "testdata" | "node_modules")
}

#[derive(Default)]
struct List {
    files: Vec<String>,
    readmes: Vec<String>,
    directories: Vec<String>,
    is_module: bool,
}

fn list(directory: &Path) -> Option<List> {
    let mut list = List::default();
    for entry in fs::read_dir(directory).ok()?.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && is_looked_into(&name) => list.directories.push(name),
            Ok(kind) if !kind.is_dir() && is_license_name(&name) => list.files.push(name),
            Ok(kind) if !kind.is_dir() && is_readme(&name) => list.readmes.push(name),
            Ok(_) => list.is_module |= name == "go.mod",
            Err(_) => {}
        }
    }
    list.directories.sort_unstable();
    Some(list)
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}
