//! Files that are kept in the audited tree: the policy, the baseline, the record of reviews.

use super::input::Failure;
use super::output;
use crate::policy::plain_path;
use std::path::{Path, PathBuf};

/// Who said where a file is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The user, on the command line: it may lie anywhere.
    User,
    /// The tree, by its policy or by default: it stays in the tree.
    Tree,
}

/// Writes a file that is kept in the tree around `root`. A tree may hold links and a policy that somebody else
/// wrote; neither makes the program write elsewhere.
pub fn write(bytes: &[u8], file: &Path, root: &Path, named_by: NamedBy) -> Result<(), Failure> {
    check(file, root, named_by)?;
    if let Some(directory) = file.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory).map_err(|source| unwritable(directory, source))?;
    }
    output::write(bytes, Some(file))
}

fn check(file: &Path, root: &Path, named_by: NamedBy) -> Result<(), Failure> {
    let tree = tree_around(root).map_err(|source| unwritable(root, source))?;
    let absolute = std::path::absolute(file).map_err(|source| unwritable(file, source))?;
    let absolute = plain_path(&absolute);
    let stands_in_tree =
        absolute.ancestors().any(|part| dunce::canonicalize(part).is_ok_and(|part| part == tree));
    if resolved(&absolute).is_some_and(|path| path.starts_with(&tree)) {
        return Ok(());
    }
    match (stands_in_tree, named_by) {
        (false, NamedBy::User) => Ok(()),
        (false, NamedBy::Tree) => Err(Failure::Use(format!(
            "{} lies outside the audited tree, and only its policy names it; not written: name it on the command \
             line to have it there",
            file.display()
        ))),
        (true, _) => Err(Failure::Use(format!(
            "{} leads out of the audited tree by a symbolic link; not written: remove the link, or name the file \
             it points to",
            file.display()
        ))),
    }
}

/// The repository around a directory, else the directory itself.
fn tree_around(root: &Path) -> std::io::Result<PathBuf> {
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let root = dunce::canonicalize(root)?;
    let top = root.ancestors().find(|directory| directory.join(".git").exists());
    Ok(top.unwrap_or(&root).to_owned())
}

/// The path with every link followed; what does not exist yet is taken as it is written. None for a link to nothing.
fn resolved(absolute: &Path) -> Option<PathBuf> {
    let there = absolute.ancestors().find(|part| part.symlink_metadata().is_ok())?;
    let rest = absolute.strip_prefix(there).ok()?;
    let there = dunce::canonicalize(there).ok()?;
    Some(if rest.as_os_str().is_empty() { there } else { there.join(rest) })
}

fn unwritable(path: &Path, source: std::io::Error) -> Failure {
    Failure::File { action: "write", path: path.display().to_string(), source }
}
