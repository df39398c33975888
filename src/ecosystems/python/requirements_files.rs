//! What a requirements file is for, by the name and folder that projects give it.
//!
//! No tool writes this down; these are the conventions that people keep:
//!
//! | file | scope |
//! |---|---|
//! | `requirements.txt`, `requirements-prod.txt`, `requirements/base.txt`, any word not named below | runtime |
//! | `optional-requirements.txt`, `requirements-extra.txt`, `requirements/optional.txt` | optional |
//! | `requirements-build.txt` | build |
//! | `requirements-dev.txt`, `test-requirements.txt`, `requirements/docs.txt`, `docs/requirements.txt` | dev |
//!
//! Constraint files limit versions and ask for nothing. A word that is not known counts as run-time: a
//! dependency too many is seen, one too few is not.

use super::manifest::{Declared, Manifest, clean};
use crate::ecosystems::ReadContext;
use std::path::{Path, PathBuf};

/// Why a requirements file asks for what it asks for, the strongest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// The program needs it.
    #[default]
    Run,
    /// The program can use it.
    Optional,
    /// The build needs it.
    Build,
    /// Developers need it.
    Development,
}

const DEVELOPMENT: [&str; 32] = [
    "dev",
    "devel",
    "develop",
    "development",
    "developer",
    "test",
    "tests",
    "testing",
    "check",
    "checks",
    "tox",
    "nox",
    "pytest",
    "lint",
    "linter",
    "linters",
    "linting",
    "style",
    "qa",
    "doc",
    "docs",
    "documentation",
    "rtd",
    "sphinx",
    "ci",
    "typing",
    "mypy",
    "coverage",
    "precommit",
    "bench",
    "benchmark",
    "benchmarks",
];

const BUILD: [&str; 2] = ["build", "buildtime"];

const OPTIONAL: [&str; 7] = ["optional", "optionals", "opt", "extra", "extras", "recommended", "suggested"];

/// Folders whose files are all requirements files.
const FOLDERS: [&str; 3] = ["requirements", "reqs", "requirement"];

/// Prose that lies in such folders.
const PROSE: [&str; 6] = ["readme", "license", "licence", "copying", "changelog", "notice"];

/// Whether a file belongs to the requirements family by its own name, whatever its case and suffix.
pub(super) fn is_requirements_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let stem = [".txt", ".in", ".pip", ".lock"].into_iter().find_map(|suffix| name.strip_suffix(suffix));
    if words(&name).any(|word| word.starts_with("constraint")) {
        return false;
    }
    stem.unwrap_or(&name).contains("requirements") && (stem.is_some() || name == "requirements")
        || matches!(name.as_str(), "requirement.txt" | "pip-requires" | "requires.txt")
}

/// The folders of a project whose files belong to it though they lie below it, each with its requirements
/// files: `requirements/base.txt`, `docs/requirements.txt`.
pub(super) fn below(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .filter(|path| is_folder_of_requirements(path) || is_folder_for_development(path))
        .flat_map(|folder| inside(&folder))
        .collect();
    found.sort();
    found
}

/// The requirements files of a folder that has no other manifest.
fn inside(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let files: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    if files.iter().any(|path| super::is_manifest(name_of(path)) && !is_requirements_file(name_of(path))) {
        return Vec::new();
    }
    files.into_iter().filter(|path| belongs(path)).collect()
}

/// Whether a file belongs to the requirements family by its name or its folder.
pub(super) fn belongs(path: &Path) -> bool {
    is_requirements_file(name_of(path))
        || path.parent().is_some_and(is_folder_of_requirements) && is_list(name_of(path))
}

/// Whether a name can be a list of requirements where the folder says that it is.
fn is_list(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let Some(stem) = [".txt", ".in", ".pip"].into_iter().find_map(|suffix| name.strip_suffix(suffix)) else {
        return false;
    };
    let is_prose = PROSE.iter().any(|word| stem.starts_with(word));
    !is_prose && !words(stem).any(|word| word.starts_with("constraint"))
}

/// The directory that a requirements file below it belongs to: `app` for `app/requirements/base.txt`.
pub(super) fn owner(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let is_inside = is_folder_of_requirements(folder) && inside(folder).iter().any(|known| known == path);
    is_inside.then(|| folder.parent().map(Path::to_owned)).flatten()
}

/// Whether a requirements file in a folder for developers is read with the project that the folder lies in.
pub(super) fn is_read_with_its_project(path: &Path) -> bool {
    let Some(folder) = path.parent().filter(|folder| is_folder_for_development(folder)) else { return false };
    let Some(project) = folder.parent() else { return false };
    let has_manifest = std::fs::read_dir(project).is_ok_and(|mut entries| {
        entries.any(|entry| entry.is_ok_and(|entry| super::is_manifest(&entry.file_name().to_string_lossy())))
    });
    has_manifest && inside(folder).iter().any(|known| known == path)
}

fn is_folder_of_requirements(folder: &Path) -> bool {
    FOLDERS.contains(&name_of(folder).to_ascii_lowercase().as_str())
}

fn is_folder_for_development(folder: &Path) -> bool {
    let name = name_of(folder).to_ascii_lowercase();
    let mut parts = words(&name).peekable();
    parts.peek().is_some() && parts.all(|word| DEVELOPMENT.contains(&word))
}

/// What a file is for. Its folder counts below the audited root only, whose own name says nothing.
pub(super) fn purpose(path: &Path, context: &ReadContext) -> Purpose {
    let name =
        name_of(path).to_ascii_lowercase().replace("requirements", " ").replace("pre-commit", "precommit");
    let has = |list: &[&str]| words(&name).any(|word| list.contains(&word));
    let in_folder = path
        .parent()
        .is_some_and(|folder| clean(folder) != clean(&context.root) && is_folder_for_development(folder));
    if in_folder || has(&DEVELOPMENT) {
        Purpose::Development
    } else if has(&BUILD) {
        Purpose::Build
    } else if has(&OPTIONAL) {
        Purpose::Optional
    } else {
        Purpose::Run
    }
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("")
}

/// The file's dependencies as a manifest without a name.
pub(super) fn as_manifest(file: &str, declared: Vec<Declared>, purpose: Purpose) -> Manifest {
    let scoped = |declared: Declared| match purpose {
        Purpose::Run => declared,
        Purpose::Optional => declared.made_optional(),
        Purpose::Build => declared.for_build(),
        Purpose::Development => declared.for_development(),
    };
    let declared = declared.into_iter().map(scoped).collect();
    Manifest { declared, describes_project: true, ..Manifest::of_file(file) }
}

#[cfg(test)]
mod tests {
    use super::{Purpose, is_list, is_requirements_file, purpose};
    use crate::ecosystems::ReadContext;
    use std::path::Path;

    #[test]
    fn names_and_folders_say_what_a_file_is_for() {
        let context = ReadContext { root: "app".into(), ..ReadContext::default() };
        for (path, expected) in [
            ("app/requirements.txt", Purpose::Run),
            ("app/requirements-prod.txt", Purpose::Run),
            ("app/requirements/base.txt", Purpose::Run),
            ("app/requirements/latest.txt", Purpose::Run),
            ("app/optional-requirements.txt", Purpose::Optional),
            ("app/requirements_extra.in", Purpose::Optional),
            ("app/requirements/optional.txt", Purpose::Optional),
            ("app/requirements-build.txt", Purpose::Build),
            ("app/test-requirements.txt", Purpose::Development),
            ("app/requirements-pre-commit.txt", Purpose::Development),
            ("app/devrequirements.txt", Purpose::Development),
            ("app/requirements/docs.txt", Purpose::Development),
            ("app/docs/requirements.txt", Purpose::Development),
            ("app/test/requirements.txt", Purpose::Development),
            ("app/test_server/requirements.txt", Purpose::Run),
        ] {
            assert_eq!(purpose(Path::new(path), &context), expected, "{path}");
        }
        // Who audits a directory called `docs` audits it in its own right.
        let named = ReadContext { root: "app/docs".into(), ..ReadContext::default() };
        assert_eq!(purpose(Path::new("app/docs/requirements.txt"), &named), Purpose::Run);
    }

    #[test]
    fn constraints_and_prose_ask_for_nothing() {
        assert!(!is_requirements_file("requirements-constraints.txt"));
        assert!(is_list("base.txt") && is_list("prod.in"));
        for name in ["constraints.txt", "README.txt", "LICENSE.txt", "base.py", "notes.md"] {
            assert!(!is_list(name), "{name}");
        }
    }
}
