//! The tree of a git revision, read from the repository's objects: the work tree is not touched, nothing is run.

use super::error::DiffError;
use gix::bstr::ByteSlice;
use gix::{ObjectId, Repository};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// A manifest or lock file beyond this is read from no revision.
const FILE_LIMIT: u64 = 64 << 20;

/// Two revisions as a user writes them: `main..HEAD`.
pub fn range(text: &str) -> Option<(&str, &str)> {
    let (old, new) = text.split_once("..")?;
    let new = new.trim_start_matches('.');
    Some((or_head(old), or_head(new)))
}

fn or_head(revision: &str) -> &str {
    if revision.is_empty() { "HEAD" } else { revision }
}

/// What was taken out of a revision.
#[derive(Debug, Default)]
pub struct Extracted {
    /// Where the audited directory lies now.
    pub directory: PathBuf,
    /// Files that were taken, relative to the top of the repository.
    pub files: usize,
    /// Files that matter and were left, with the reason.
    pub left: Vec<String>,
}

/// Writes the files of a revision whose name `wanted` takes into `into`, and says where `path` is below it.
///
/// # Errors
/// When there is no repository around `path`, no such revision, or a file cannot be written.
pub fn extract(
    path: &Path,
    revision: &str,
    wanted: &dyn Fn(&str) -> bool,
    into: &Path,
) -> Result<Extracted, DiffError> {
    let (repository, top) = open(path)?;
    let inside = inside(path, &top)?;
    let mut extracted = Extracted { directory: into.join(&inside), ..Extracted::default() };
    create(&extracted.directory)?;
    for (name, entry) in tree(&repository, revision)? {
        if !wanted(file_name(&name)) {
            continue;
        }
        match blob(&repository, revision, &name, entry)? {
            Ok(bytes) => {
                let target = into.join(&name);
                if let Some(parent) = target.parent() {
                    create(parent)?;
                }
                fs::write(&target, bytes).map_err(|source| file_error("write", &target, source))?;
                extracted.files += 1;
            }
            Err(reason) => extracted.left.push(format!("{name}: {reason}")),
        }
    }
    Ok(extracted)
}

/// Files, relative to `path`, that differ between a revision and the work tree and whose name `wanted` takes.
///
/// Committed changes count as well as those that are not committed yet.
///
/// # Errors
/// When there is no repository around `path`, or no such revision.
pub fn changed_since(
    path: &Path,
    revision: &str,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<BTreeSet<String>, DiffError> {
    let (repository, top) = open(path)?;
    let inside = inside(path, &top)?;
    let prefix = slashed(&inside);
    let base = tree(&repository, revision)?;
    let head = tree(&repository, "HEAD")?;
    let names: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
    let mut changed = BTreeSet::new();
    for name in names.into_iter().filter(|name| wanted(file_name(name))) {
        let differs = base.get(name).map(|entry| entry.id) != head.get(name).map(|entry| entry.id);
        if differs || differs_on_disk(&repository, revision, &top.join(name), base.get(name), name)? {
            changed.extend(below(name, &prefix));
        }
    }
    for name in untracked(path, wanted) {
        let whole = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        if !base.contains_key(&whole) {
            changed.insert(name);
        }
    }
    Ok(changed)
}

/// The project directories, relative and with `.` for the top, that changed files touch: a file in or below the
/// directory, or one in a directory around it, where a workspace keeps its lock file and its policy.
pub fn touched(projects: &BTreeSet<String>, changed: &BTreeSet<String>) -> BTreeSet<String> {
    let holds = |outer: &str, inner: &str| {
        outer == "." || outer == inner || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
    };
    projects
        .iter()
        .filter(|project| {
            changed.iter().any(|file| {
                let directory = file.rsplit_once('/').map_or(".", |(directory, _)| directory);
                holds(project, directory) || holds(directory, project)
            })
        })
        .cloned()
        .collect()
}

#[derive(Clone, Copy)]
struct Entry {
    id: ObjectId,
    is_file: bool,
}

fn open(path: &Path) -> Result<(Repository, PathBuf), DiffError> {
    let shown = path.display().to_string();
    let absolute = dunce::canonicalize(path).map_err(|source| file_error("read", path, source))?;
    let top = absolute
        .ancestors()
        .find(|directory| directory.join(".git").exists())
        .ok_or_else(|| DiffError::NoRepository {
            path: shown.clone(),
            message: "no directory around it has a .git".to_owned(),
        })?
        .to_owned();
    // Isolated: no configuration but the repository's own, no environment, nothing started.
    let repository = gix::open_opts(&top, gix::open::Options::isolated())
        .map_err(|error| DiffError::NoRepository { path: shown, message: error.to_string() })?;
    Ok((repository, top))
}

fn inside(path: &Path, top: &Path) -> Result<PathBuf, DiffError> {
    let absolute = dunce::canonicalize(path).map_err(|source| file_error("read", path, source))?;
    let directory = if absolute.is_dir() { absolute.as_path() } else { absolute.parent().unwrap_or(top) };
    Ok(directory.strip_prefix(top).unwrap_or(Path::new("")).to_owned())
}

/// The files of a revision by path. What leads out of the tree is not one of them.
fn tree(repository: &Repository, revision: &str) -> Result<BTreeMap<String, Entry>, DiffError> {
    let unknown = |message: String| DiffError::Revision { revision: revision.to_owned(), message };
    let id = repository.rev_parse_single(revision).map_err(|error| unknown(error.to_string()))?;
    let object = id.object().map_err(|error| unknown(error.to_string()))?;
    let unreadable = |message: String| DiffError::Tree { revision: revision.to_owned(), message };
    let tree = object.peel_to_tree().map_err(|error| unreadable(error.to_string()))?;
    let files = tree.traverse().breadthfirst.files().map_err(|error| unreadable(error.to_string()))?;
    let mut found = BTreeMap::new();
    for file in files {
        let Ok(name) = file.filepath.to_str() else { continue };
        let plain = Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(name) if !name.eq_ignore_ascii_case(".git")));
        if plain && !file.mode.is_tree() && !file.mode.is_commit() {
            let entry = Entry { id: file.oid, is_file: file.mode.is_blob() };
            found.insert(name.to_owned(), entry);
        }
    }
    Ok(found)
}

/// The bytes of a file, or why it is left.
fn blob(
    repository: &Repository,
    revision: &str,
    name: &str,
    entry: Entry,
) -> Result<Result<Vec<u8>, &'static str>, DiffError> {
    let unreadable = |message: String| DiffError::Tree {
        revision: revision.to_owned(),
        message: format!("{name}: {message}"),
    };
    if !entry.is_file {
        return Ok(Err("a link, not followed in a revision"));
    }
    let header = repository.find_header(entry.id).map_err(|error| unreadable(error.to_string()))?;
    if header.size() > FILE_LIMIT {
        return Ok(Err("too large"));
    }
    let object = repository.find_object(entry.id).map_err(|error| unreadable(error.to_string()))?;
    Ok(Ok(object.detach().data))
}

fn differs_on_disk(
    repository: &Repository,
    revision: &str,
    file: &Path,
    base: Option<&Entry>,
    name: &str,
) -> Result<bool, DiffError> {
    let Some(entry) = base.copied() else { return Ok(file.exists()) };
    if !entry.is_file {
        return Ok(false);
    }
    let Ok(on_disk) = fs::read(file) else { return Ok(true) };
    Ok(blob(repository, revision, name, entry)?.is_ok_and(|bytes| bytes != on_disk))
}

/// Files in the work tree, relative to `path`, that git may not know yet. Ignored ones are left out.
fn untracked(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<String> {
    ignore::WalkBuilder::new(path)
        .hidden(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .filter_map(|entry| {
            let inside = slashed(entry.path().strip_prefix(path).ok()?);
            wanted(file_name(&inside)).then_some(inside)
        })
        .collect()
}

fn below(name: &str, prefix: &str) -> Option<String> {
    if prefix.is_empty() {
        return Some(name.to_owned());
    }
    if let Some(rest) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')) {
        return Some(rest.to_owned());
    }
    // A lock file or policy around the audited directory speaks for it too.
    let directory = name.rsplit_once('/').map_or("", |(directory, _)| directory);
    let around = directory.is_empty() || prefix.starts_with(&format!("{directory}/"));
    around.then(|| file_name(name).to_owned())
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> =
        path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

fn create(directory: &Path) -> Result<(), DiffError> {
    fs::create_dir_all(directory).map_err(|source| file_error("write", directory, source))
}

fn file_error(action: &'static str, path: &Path, source: std::io::Error) -> DiffError {
    DiffError::File { action, path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::{range, touched};
    use std::collections::BTreeSet;

    #[test]
    fn ranges_as_git_writes_them() {
        assert_eq!(range("main..HEAD"), Some(("main", "HEAD")));
        assert_eq!(range("main..."), Some(("main", "HEAD")));
        assert_eq!(range("..topic"), Some(("HEAD", "topic")));
        assert_eq!(range("old.json"), None);
    }

    #[test]
    fn a_change_touches_the_project_it_is_in_and_those_below_it() {
        let set =
            |items: &[&str]| -> BTreeSet<String> { items.iter().map(|item| (*item).to_owned()).collect() };
        let projects = set(&["web", "web/admin", "server"]);
        assert_eq!(touched(&projects, &set(&["web/admin/package.json"])), set(&["web", "web/admin"]));
        assert_eq!(touched(&projects, &set(&["web/package-lock.json"])), set(&["web", "web/admin"]));
        assert_eq!(touched(&projects, &set(&["licgraph.toml"])), projects);
        assert_eq!(touched(&projects, &set(&["webx/package.json"])), set(&[]));
    }
}
