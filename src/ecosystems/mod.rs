//! Manifests, lock files and installed trees become a [`DependencyGraph`].
//!
//! One folder a world, all of the same shape. A reader reads files and nothing else: no process is started
//! (but for `--resolve`), no address opened (go.mod files and package versions that are missing are asked of whom
//! the context names), no license judged. License strings are handed over verbatim with their place. What cannot be
//! read becomes a [`Problem`]; whatever could be read is still returned.

pub mod cargo;
mod context;
mod discovery;
pub mod go;
pub mod npm;
pub mod python;
pub mod sbom;

pub use crate::model::UserEnvironment;
pub use context::{GoModFiles, PythonIndex, PythonTarget, ReadContext};
pub use discovery::{Discovery, discover, is_foreign_manifest};

use crate::model::{DependencyGraph, Ecosystem, Problem};
use std::path::{Path, PathBuf};

/// What a reader found.
#[derive(Debug, Default)]
pub struct Reading {
    /// Packages, edges and projects.
    pub graph: DependencyGraph,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Files that were read, relative to the audited root, lock files and manifests only.
    pub read: Vec<String>,
    /// Directories whose manifests this reading already covers: workspace members, nested modules.
    pub covers: Vec<PathBuf>,
}

/// Whether a file name is a manifest or lock file of an ecosystem that has a reader.
///
/// `None` for every other file. The name is matched as the ecosystem's own client matches it.
pub fn recognise(file_name: &str) -> Option<Ecosystem> {
    if cargo::is_manifest(file_name) {
        Some(Ecosystem::Cargo)
    } else if npm::is_manifest(file_name) {
        Some(Ecosystem::Npm)
    } else if python::is_manifest(file_name) {
        Some(Ecosystem::Python)
    } else if go::is_manifest(file_name) {
        Some(Ecosystem::Go)
    } else {
        None
    }
}

/// The ecosystem and directory of the project that a file belongs to; `None` when no reader knows the file.
///
/// Mostly the directory it lies in; Python keeps lists in a folder of their own (`requirements/base.txt`).
pub fn project_of(path: &Path) -> Option<(Ecosystem, PathBuf)> {
    if let Some(directory) = python::project_of(path) {
        return Some((Ecosystem::Python, directory));
    }
    let ecosystem = recognise(path.file_name()?.to_str()?)?;
    Some((ecosystem, path.parent()?.to_owned()))
}

/// Reads the project of one ecosystem in a directory.
pub fn read(ecosystem: Ecosystem, directory: &Path, context: &ReadContext) -> Reading {
    match ecosystem {
        Ecosystem::Cargo => cargo::read(directory, context),
        Ecosystem::Npm => npm::read(directory, context),
        Ecosystem::Python => python::read(directory, context),
        Ecosystem::Go => go::read(directory, context),
        Ecosystem::Other => Reading::default(),
    }
}
