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
//! the installer answers (`--resolve`), else the installed environment, else what the index of the user's pip
//! has ([`index`]), else the manifest's pins alone. An environment also tells licenses and license files of the
//! very versions that a lock names.
//!
//! # Modules
//! [`text`] and [`tree`] read files; [`requirement`], [`marker`] and [`version`] are the language; one module
//! a manifest and, in [`locks`], one a lock file; [`requirements_files`] says what a requirements file is for and
//! [`developers`] which extras are theirs;
//! [`environment`], [`distribution`], [`egg`] and [`metadata`] read installed packages; [`sources`] gathers,
//! [`choice`] and [`project`] choose, [`compiled`], [`resolve`] and [`index`] stand in for a lock file,
//! [`disagreement`] compares, [`catalogue`] holds the packages, [`assemble`] builds the graph, [`gaps`] says what
//! is missing; [`bare`] is an environment without a project.

mod archive_name;
mod assemble;
mod bare;
mod catalogue;
mod choice;
mod compiled;
mod developers;
mod disagreement;
mod distribution;
mod egg;
mod environment;
mod gaps;
mod index;
mod locks;
mod manifest;
mod marker;
mod marker_text;
mod metadata;
mod pipfile;
mod poetry_manifest;
mod project;
mod pyproject;
mod python_literal;
mod requirement;
mod requirements_files;
mod requirements_txt;
mod resolve;
mod setup_cfg;
mod setup_py;
mod sources;
mod text;
mod tree;
mod version;

use super::{ReadContext, Reading};
use std::path::{Path, PathBuf};

/// Whether a file name is a manifest or lock file of this ecosystem.
pub fn is_manifest(file_name: &str) -> bool {
    matches!(file_name, "pyproject.toml" | "setup.py" | "setup.cfg" | "Pipfile")
        || locks::Format::of_name(file_name).is_some()
        || requirements_files::is_requirements_file(file_name)
}

/// The directory of the project that a file belongs to; `None` when the file is no manifest.
///
/// A folder `requirements/` holds the lists of the directory above it.
pub fn project_of(path: &Path) -> Option<PathBuf> {
    requirements_files::owner(path).or_else(|| {
        let name = path.file_name()?.to_str()?;
        is_manifest(name).then(|| path.parent().map(Path::to_owned)).flatten()
    })
}

/// Whether a list in a folder for developers (`tests/requirements.txt`) is read with the project around it.
pub fn is_read_with_its_project(path: &Path) -> bool {
    requirements_files::is_read_with_its_project(path)
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

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text in "(\\PC|[\n\r\t\\[\\](){}'\"#;@=<>!~,:\\\\-]|setup\\(|extra|install_requires=){0,60}") {
            let document = super::text::Document::new("any", text.clone());
            let mut problems = Vec::new();
            let _ = super::requirement::Requirement::parse(&text).map(|read| (read.complaints(), read.shown()));
            let _ = super::marker::Marker::parse(&text).map(|marker| marker.holds(&Default::default()));
            let _ = super::version::satisfies(&text, "1.0");
            let _ = super::archive_name::of_address(&text);
            let _ = super::setup_py::read(&document, &mut problems);
            let _ = super::metadata::Metadata::parse(text.as_bytes());
            let _ = super::tree::toml(&document, &mut problems);
            let _ = super::tree::json(&document, &mut problems);
            let _ = super::requirement::extras_named(Some(&text));
            let directory = tempfile::tempdir().expect("a directory");
            std::fs::write(directory.path().join("requirements.txt"), &text).expect("written");
            std::fs::write(directory.path().join("setup.cfg"), format!("[options]\ninstall_requires =\n {text}")).expect("written");
            let reading = super::read(directory.path(), &crate::ecosystems::ReadContext { root: directory.path().to_owned(), ..Default::default() });
            proptest::prop_assert!(reading.problems.iter().all(|problem| !problem.message.is_empty()));
        }
    }
}
