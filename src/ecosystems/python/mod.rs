//! Python projects: pip, Poetry, uv, PDM, Pipenv and setuptools, read without starting Python.
//!
//! # Which file decides
//! *Who the project is and what it asks for*: pyproject.toml (`[project]`, else `[tool.poetry]`, else Flit's
//! table), else setup.py over setup.cfg, else Pipfile, else the requirements files. The first of these that
//! names run-time dependencies decides; requirements files beside it add what nothing else knows. Where they
//! disagree, a note says so.
//!
//! *Which versions*: uv.lock, poetry.lock, pdm.lock, pylock.toml, Pipfile.lock (the lock of the tool whose
//! table pyproject.toml has comes first), else compiled requirements files with `# via` comments, else what
//! the installer answers (`--resolve`), else the installed environment, else the manifest's pins alone. An
//! environment also tells licenses and license files of the very versions that a lock names.
//!
//! # Modules
//! [`text`] and [`tree`] read files; [`requirement`], [`marker`] and [`version`] are the language; one module
//! a manifest and, in [`locks`], one a lock file; [`environment`], [`distribution`] and [`metadata`] read
//! installed packages; [`sources`] gathers, [`choice`] and [`project`] choose, [`assemble`] builds the graph, [`gaps`] says what
//! is missing.

mod archive_name;
mod assemble;
mod bare;
mod catalogue;
mod choice;
mod compiled;
mod distribution;
mod environment;
mod gaps;
mod locks;
mod manifest;
mod marker;
mod metadata;
mod pipfile;
mod poetry_manifest;
mod project;
mod pyproject;
mod python_literal;
mod requirement;
mod requirements_txt;
mod resolve;
mod setup_cfg;
mod setup_py;
mod sources;
mod text;
mod tree;
mod version;

use super::{ReadContext, Reading};
use std::path::Path;

/// Whether a file name is a manifest or lock file of this ecosystem.
pub fn is_manifest(file_name: &str) -> bool {
    matches!(file_name, "pyproject.toml" | "setup.py" | "setup.cfg" | "Pipfile")
        || locks::Format::of_name(file_name).is_some()
        || requirements_txt::is_requirements_file(file_name)
}

/// Reads the project in a directory.
pub fn read(directory: &Path, context: &ReadContext) -> Reading {
    project::read(directory, context)
}

#[cfg(test)]
mod tests {
    use super::is_manifest;

    #[test]
    fn manifests_are_recognised_by_name() {
        for name in [
            "requirements.txt",
            "Requirements-Dev.TXT",
            "dev_requirements.in",
            "test-requirements.txt",
            "requirements",
            "pyproject.toml",
            "uv.lock",
            "pylock.prod.toml",
            "Pipfile.lock",
            "setup.cfg",
        ] {
            assert!(is_manifest(name), "{name}");
        }
        // Debian packages, prose, and somebody else's lock files.
        for name in
            ["requirements.system", "requirements.md", "requirements.yml", "Cargo.lock", "pylock.a.b.toml"]
        {
            assert!(!is_manifest(name), "{name}");
        }
    }
}
