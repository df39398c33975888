//! A version that a Python package index has.

/// A version that a Python package index has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonRelease {
    /// As the file names spell it.
    pub version: String,
    /// The Pythons it is for (`Requires-Python`), where the index says so.
    pub requires_python: Option<String>,
    /// Taken back by its authors (PEP 592): installed only where it is asked for by its exact version.
    pub yanked: bool,
}
