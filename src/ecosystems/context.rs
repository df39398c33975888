//! What a reader may know about the machine: the audited root, the user's settings, the target.

use crate::model::{Package, PythonRelease, UserEnvironment};
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The Python that markers are evaluated for. Fields left out make the graph universal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PythonTarget {
    /// `3.12`.
    pub version: Option<String>,
    /// `linux`, `darwin`, `win32` (the values of `sys_platform`).
    pub platform: Option<String>,
    /// A virtual environment or site-packages directory to read.
    pub environment: Option<PathBuf>,
}

/// Somebody who has go.mod files that are not on this machine. A build list cannot be made without them.
pub trait GoModFiles: fmt::Debug + Send + Sync {
    /// The go.mod of a module version, held against `hash` (base64 of the `h1:` hash in go.sum) if there is one.
    /// `None` if nobody may be asked in this run.
    ///
    /// # Errors
    /// Why it cannot be had, as a sentence for the report.
    fn go_mod(&self, module: &str, version: &str, hash: Option<&str>) -> Result<Option<String>, String>;
}

/// A package index, lent to the Python reader by whoever may go online. The reader itself opens no address.
///
/// Asked from several threads at once.
pub trait PythonIndex: std::fmt::Debug + Send + Sync {
    /// The versions of a package, whose own version does not count.
    ///
    /// # Errors
    /// Why nobody can say, as a sentence for the report.
    fn releases(&self, package: &Package) -> Result<Vec<PythonRelease>, String>;

    /// What a version asks for, as `Requires-Dist` writes it; `None` when only building it would tell.
    ///
    /// # Errors
    /// As [`PythonIndex::releases`].
    fn requires(&self, package: &Package) -> Result<Option<Vec<String>>, String>;
}

/// Everything a reader is told.
#[derive(Clone, Debug, Default)]
pub struct ReadContext {
    /// The audited root; places are named relative to it.
    pub root: PathBuf,
    /// The user's settings.
    pub environment: UserEnvironment,
    /// Let the package manager resolve (`--resolve`), from outside the audited tree.
    pub resolve: bool,
    /// The Python target.
    pub python: PythonTarget,
    /// Whom to ask for go.mod files that are not in the module cache.
    pub go_mod_files: Option<Arc<dyn GoModFiles>>,
    /// The index of the user's pip, for projects that neither a lock file nor an environment resolves.
    pub python_index: Option<Arc<dyn PythonIndex>>,
}

impl ReadContext {
    /// For a root, with this process's environment.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), environment: UserEnvironment::of_process(), ..Self::default() }
    }

    /// A path relative to the audited root with `/`. A path near it begins with `../`; of one further away, such as
    /// a package in the user's cache, only the last three components are named: the rest differs by machine.
    pub fn relative(&self, path: &Path) -> String {
        if let Some(inside) = inside(path, &self.root) {
            let text = slashed(&inside);
            return if text.is_empty() { ".".to_owned() } else { text };
        }
        let root = if path.is_absolute() { absolute(&self.root) } else { self.root.clone() };
        let shared =
            root.components().zip(path.components()).take_while(|(left, right)| left == right).count();
        let own: Vec<_> = path.components().skip(shared).collect();
        let tail: PathBuf = own[own.len().saturating_sub(NAMED)..].iter().collect();
        let is_near = shared > 1 && own.len() <= NAMED;
        let climb = if is_near { "../".repeat(root.components().count() - shared) } else { String::new() };
        format!("{climb}{}", slashed(&tail)).trim_end_matches('/').to_owned()
    }
}

/// The part of a path below the root, `./` in either of them or not.
fn inside(path: &Path, root: &Path) -> Option<PathBuf> {
    let plain = |path: &Path| -> PathBuf {
        path.components().filter(|part| !matches!(part, Component::CurDir)).collect()
    };
    let (path, root) = (plain(path), plain(root));
    // An empty root is the start of every path, those that leave it among them.
    if root.as_os_str().is_empty() && (path.has_root() || path.starts_with("..")) {
        return None;
    }
    path.strip_prefix(&root).ok().map(Path::to_owned)
}

/// How many components of a path outside the root are named.
const NAMED: usize = 3;

/// As the file system knows it, since that is how a path outside was found; else as it is written.
fn absolute(root: &Path) -> PathBuf {
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    dunce::canonicalize(root).or_else(|_| std::path::absolute(root)).unwrap_or_else(|_| root.to_owned())
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> =
        path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/").replace("//", "/")
}

#[cfg(test)]
mod tests {
    use super::{ReadContext, inside};
    use std::path::{Path, PathBuf};

    #[test]
    fn a_path_is_inside_however_it_is_written() {
        for (path, root, expected) in [
            ("./app/a.txt", ".", Some("app/a.txt")),
            ("app/a.txt", ".", Some("app/a.txt")),
            ("app/a.txt", "", Some("app/a.txt")),
            ("./app/a.txt", "app", Some("a.txt")),
            ("/srv/app/a.txt", "/srv/app", Some("a.txt")),
            ("../a.txt", "..", Some("a.txt")),
            ("../a.txt", ".", None),
            ("/srv/a.txt", ".", None),
            ("other/a.txt", "app", None),
        ] {
            assert_eq!(
                inside(Path::new(path), Path::new(root)),
                expected.map(PathBuf::from),
                "{path} in {root}"
            );
        }
    }

    #[test]
    fn no_name_holds_what_differs_by_machine() {
        let context = ReadContext::new(Path::new("/home/ann/work/shop"));
        let relative = |path: &str| context.relative(Path::new(path));
        assert_eq!(relative("/home/ann/work/shop"), ".");
        assert_eq!(relative("/home/ann/work/shop/web/package.json"), "web/package.json");
        assert_eq!(relative("/home/ann/work/shared/core"), "../shared/core");
        assert_eq!(relative("/home/ann/work"), "..");
        for home in ["/home/ann/.cargo", "/opt/cargo"] {
            let found = relative(&format!("{home}/registry/src/index-1/ledger-1.0.0/Cargo.toml"));
            assert_eq!(found, "index-1/ledger-1.0.0/Cargo.toml", "{home}");
        }
        assert_eq!(relative("/opt/x"), "opt/x");
    }
}
