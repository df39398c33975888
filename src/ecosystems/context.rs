//! What a reader may know about the machine: the audited root, the user's settings, the target.

use crate::model::UserEnvironment;
use std::path::{Component, Path, PathBuf};

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

    /// A path relative to the audited root with `/`; a path outside it by its last three components.
    pub fn relative(&self, path: &Path) -> String {
        if let Some(inside) = inside(path, &self.root) {
            let text = slashed(&inside);
            return if text.is_empty() { ".".to_owned() } else { text };
        }
        let parts: Vec<_> = path.components().collect();
        let tail: PathBuf = parts[parts.len().saturating_sub(3)..].iter().collect();
        slashed(&tail)
    }
}

/// The part of a path below the root, `./` in either of them or not.
fn inside(path: &Path, root: &Path) -> Option<PathBuf> {
    let plain = |path: &Path| -> PathBuf {
        path.components().filter(|part| !matches!(part, Component::CurDir)).collect()
    };
    let (path, root) = (plain(path), plain(root));
    // An empty root is the start of every path, those that leave it among them.
    if root.as_os_str().is_empty() && (path.is_absolute() || path.starts_with("..")) {
        return None;
    }
    path.strip_prefix(&root).ok().map(Path::to_owned)
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> =
        path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/").replace("//", "/")
}

#[cfg(test)]
mod tests {
    use super::inside;
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
}
