//! What a reader may know about the machine: the audited root, the user's settings, the target.

use crate::model::UserEnvironment;
use std::path::{Path, PathBuf};

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
}

impl ReadContext {
    /// For a root, with this process's environment.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), environment: UserEnvironment::of_process(), ..Self::default() }
    }

    /// A path relative to the audited root with `/`. A path near it begins with `../`; of one further away, such as
    /// a package in the user's cache, only the last three components are named: the rest differs by machine.
    pub fn relative(&self, path: &Path) -> String {
        if let Ok(inside) = path.strip_prefix(&self.root) {
            let text = slashed(inside);
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

/// How many components of a path outside the root are named.
const NAMED: usize = 3;

/// As the file system knows it, since that is how a path outside was found; else as it is written.
fn absolute(root: &Path) -> PathBuf {
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    root.canonicalize().or_else(|_| std::path::absolute(root)).unwrap_or_else(|_| root.to_owned())
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> =
        path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/").replace("//", "/")
}

#[cfg(test)]
mod tests {
    use super::ReadContext;
    use std::path::Path;

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
