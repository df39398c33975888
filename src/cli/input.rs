//! Words and expressions typed by the user.

use crate::licenses;
use crate::model::Expression;

/// Why a command could not run. Printed after `error:`; says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// An expression that cannot be read.
    #[error("`{text}` is not a license expression: {source}")]
    Expression {
        /// What was typed.
        text: String,
        /// What is wrong with it.
        source: licenses::ExpressionError,
    },
    /// A file or stream that cannot be read or written.
    #[error("cannot {action} {path}: {source}")]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Anything else, said in full.
    #[error("{0}")]
    Use(String),
}

/// Reads an expression from the command line.
pub fn expression(text: &str) -> Result<Expression, Failure> {
    licenses::parse(text).map_err(|source| Failure::Expression { text: shorten(text), source })
}

/// A long text shown in a message.
pub fn shorten(text: &str) -> String {
    if text.chars().count() <= 120 {
        return text.to_owned();
    }
    let start: String = text.chars().take(117).collect();
    format!("{start}...")
}

/// Reads a whole file.
pub fn read_bytes(path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|source| Failure::File {
        action: "read",
        path: path.display().to_string(),
        source,
    })
}
