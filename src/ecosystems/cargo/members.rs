//! Which directories a workspace root names: `members` with globs, `exclude` as path prefixes (as cargo reads
//! them, a glob in `exclude` has no meaning).

use super::declaration::join_normalised;
use super::manifest::{Field, Manifest};
use crate::model::Problem;
use globset::GlobBuilder;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The directories that `members` names, sorted, without the root itself.
pub(super) fn listed_members(root: &Manifest, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let Some(workspace) = &root.workspace else {
        return Vec::new();
    };
    let mut found = BTreeSet::new();
    for member in &workspace.members {
        if is_pattern(&member.text) {
            let parts: Vec<&str> = member.text.split('/').filter(|part| !part.is_empty()).collect();
            let mut matched = Vec::new();
            expand(&root.directory, &parts, &mut matched);
            found.extend(matched.into_iter().filter(|path| has_manifest(path)));
        } else {
            let path = join_normalised(&root.directory, &member.text);
            match has_manifest(&path) {
                true => drop(found.insert(path)),
                false => problems.push(missing_member(member)),
            }
        }
    }
    found.retain(|path| *path != root.directory && !is_excluded(root, path));
    found.into_iter().collect()
}

fn missing_member(member: &Field) -> Problem {
    Problem::incomplete(
        Some(member.place.clone()),
        format!("workspace member `{}` has no readable Cargo.toml", member.text),
    )
}

/// Whether a directory is a package's.
pub(super) fn has_manifest(directory: &Path) -> bool {
    directory.join("Cargo.toml").is_file()
}

/// Whether the workspace root keeps a directory out; a member named literally stays in.
pub(super) fn is_excluded(root: &Manifest, directory: &Path) -> bool {
    let Some(workspace) = &root.workspace else {
        return false;
    };
    let below = |prefix: &str| directory.starts_with(join_normalised(&root.directory, prefix));
    workspace.exclude.iter().any(|prefix| below(prefix))
        && !workspace.members.iter().any(|member| below(&member.text))
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

fn expand(directory: &Path, parts: &[&str], found: &mut Vec<PathBuf>) {
    let Some((part, rest)) = parts.split_first() else {
        found.push(directory.to_owned());
        return;
    };
    if !is_pattern(part) {
        expand(&join_normalised(directory, part), rest, found);
        return;
    }
    let any_depth = *part == "**";
    if any_depth {
        expand(directory, rest, found);
    }
    let Ok(glob) = GlobBuilder::new(part).literal_separator(true).build() else {
        return;
    };
    let matcher = glob.compile_matcher();
    for (name, path) in subdirectories(directory) {
        match any_depth {
            true if !name.starts_with('.') && name != "target" => expand(&path, parts, found),
            false if matcher.is_match(&name) => expand(&path, rest, found),
            _ => {}
        }
    }
}

/// The directories below a directory, by name; symbolic links are followed as cargo does only when they do not
/// lead back above themselves.
fn subdirectories(directory: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .filter(|(_, path)| path.is_dir() && !leads_back(path))
        .collect();
    found.sort();
    found
}

fn leads_back(path: &Path) -> bool {
    path.is_symlink() && dunce::canonicalize(path).is_ok_and(|target| path.starts_with(target))
}
