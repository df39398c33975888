//! Which projects are in a tree.

use super::{project_of, python};
use crate::model::Ecosystem;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Directories that hold other people's code or made files, never a project of one's own.
const FOREIGN: [&str; 12] = [
    "node_modules",
    "vendor",
    "target",
    ".git",
    ".venv",
    "venv",
    "site-packages",
    "third_party",
    "bower_components",
    "__pycache__",
    ".tox",
    "dist",
];

/// Directories whose manifests are test material.
const FIXTURES: [&str; 9] = [
    "fixtures",
    "testdata",
    "test-data",
    "test_data",
    "__fixtures__",
    "test-fixtures",
    "tests",
    "test",
    "__tests__",
];

/// Manifests that no reader here understands; each is reported as not read.
const FOREIGN_MANIFESTS: [&str; 46] = [
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "build.sbt",
    "deps.edn",
    "project.clj",
    "composer.json",
    "composer.lock",
    "Gemfile",
    "Gemfile.lock",
    "gems.rb",
    "bower.json",
    "deno.json",
    "deno.jsonc",
    "deno.lock",
    "mix.exs",
    "rebar.config",
    "Package.swift",
    "Podfile",
    "Cartfile",
    "pubspec.yaml",
    "conanfile.txt",
    "conanfile.py",
    "vcpkg.json",
    "packages.config",
    "packages.lock.json",
    "paket.dependencies",
    "environment.yml",
    "environment.yaml",
    "conda-lock.yml",
    "pixi.toml",
    "pixi.lock",
    "stack.yaml",
    "cabal.project",
    "dune-project",
    "shard.yml",
    "gleam.toml",
    "elm.json",
    "dub.json",
    "renv.lock",
    "cpanfile",
    "MODULE.bazel",
    "Gopkg.lock",
    "glide.lock",
    "Godeps.json",
    ".gitmodules",
];

/// The same by the end of their name.
const FOREIGN_ENDINGS: [&str; 6] = [".csproj", ".fsproj", ".vbproj", ".cabal", ".gemspec", ".podspec"];

/// What is in a tree.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Directories with a manifest, by ecosystem, parents before children.
    pub projects: Vec<(PathBuf, Ecosystem)>,
    /// Manifests that no reader understands.
    pub foreign: Vec<PathBuf>,
    /// Directories of test material that hold manifests and were passed over.
    pub passed_over: Vec<PathBuf>,
    /// Directories that could not be entered, with the reason.
    pub unreadable: Vec<String>,
}

/// Finds the projects below a directory, honouring ignore files.
///
/// The start directory itself is always looked at, whatever its name.
pub fn discover(root: &Path) -> Discovery {
    let mut found = Discovery::default();
    let mut projects = BTreeSet::new();
    let mut passed_over = BTreeSet::new();
    let walk = ignore::WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.depth() == 0 || !is_foreign(entry.path()))
        .build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found.unreadable.push(error.to_string());
                continue;
            }
        };
        let Some(name) = entry.file_name().to_str().filter(|_| !entry.path().is_dir()) else {
            continue;
        };
        let directory = entry.path().parent().unwrap_or(root);
        let project = project_of(entry.path());
        if let Some(fixtures) = fixture_directory(root, directory) {
            if project.is_some() && !is_read_with_its_project(root, entry.path()) {
                passed_over.insert(fixtures);
            }
        } else if let Some((ecosystem, directory)) = project {
            // The lists of a folder that is audited itself belong to it.
            let directory = if directory.starts_with(root) { directory } else { root.to_owned() };
            projects.insert((directory.components().count(), directory, ecosystem));
        } else if is_foreign_manifest(name) {
            found.foreign.push(entry.into_path());
        }
    }
    found.projects = projects.into_iter().map(|(_, directory, ecosystem)| (directory, ecosystem)).collect();
    found.passed_over = passed_over.into_iter().collect();
    found.foreign.sort();
    found
}

/// A list of what the tests of a project need, which the project's own reader reads.
fn is_read_with_its_project(root: &Path, path: &Path) -> bool {
    let project = path.parent().and_then(Path::parent);
    let is_audited = project
        .is_some_and(|project| project.starts_with(root) && fixture_directory(root, project).is_none());
    is_audited && python::is_read_with_its_project(path)
}

/// Other people's code, or what a build tool made of the project's own metadata.
fn is_foreign(path: &Path) -> bool {
    let made = path.extension().is_some_and(|end| end == "egg-info" || end == "dist-info");
    made || is_named(path, &FOREIGN)
}

/// Whether a file is the manifest or lock file of a world without a reader.
pub fn is_foreign_manifest(name: &str) -> bool {
    FOREIGN_MANIFESTS.contains(&name) || FOREIGN_ENDINGS.iter().any(|end| name.ends_with(end))
}

fn is_named(path: &Path, names: &[&str]) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| names.contains(&name))
}

/// The outermost directory of test material that `directory` lies in, below `root`.
fn fixture_directory(root: &Path, directory: &Path) -> Option<PathBuf> {
    let inside = directory.strip_prefix(root).ok()?;
    let mut path = root.to_owned();
    for part in inside.components() {
        path.push(part);
        if is_named(&path, &FIXTURES) {
            return Some(path);
        }
    }
    None
}
