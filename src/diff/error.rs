//! Why two states cannot be compared.

use std::io;

/// Why two states cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// A file or directory that cannot be read or written.
    #[error("cannot {action} {path}: {source}")]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// Neither a report nor a record.
    #[error(
        "{path}:{line}:{column}: neither a report of `licgraph check --format json` nor a record: {message}"
    )]
    Shape {
        /// The file.
        path: String,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// Of a version that this program does not know.
    #[error("{path} has version {found}; this program reads version {known}; make it anew")]
    Version {
        /// The file.
        path: String,
        /// What it has.
        found: String,
        /// What is read.
        known: &'static str,
    },
    /// No git repository.
    #[error("{path} is not in a git repository: {message}")]
    NoRepository {
        /// The path.
        path: String,
        /// What git's data says.
        message: String,
    },
    /// A revision that the repository does not have.
    #[error(
        "cannot find the revision `{revision}`: {message}; a shallow clone may not have it, fetch it first"
    )]
    Revision {
        /// As the user wrote it.
        revision: String,
        /// What git's data says.
        message: String,
    },
    /// A tree that cannot be read.
    #[error("cannot read the tree of `{revision}`: {message}")]
    Tree {
        /// As the user wrote it.
        revision: String,
        /// What git's data says.
        message: String,
    },
}
