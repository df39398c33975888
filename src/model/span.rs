//! Where in the audited tree something was read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A place in a file of the audited tree, or in a file outside it that the audit read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct SourceSpan {
    /// Path relative to the audited root, with `/`. A file outside it is named by its last components only.
    pub file: String,
    /// First line, counted from 1; 0 when only the file is known.
    pub line: u32,
    /// First column in characters, counted from 1; 0 when only the line is known.
    pub column: u32,
}

impl SourceSpan {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: 0, column: 0 }
    }

    /// A line of a file, counted from 1.
    pub fn line(file: impl Into<String>, line: u32) -> Self {
        Self { file: file.into(), line, column: 0 }
    }

    /// The place of a byte offset in `text`. An offset past the end is the last line.
    pub fn at_offset(file: impl Into<String>, text: &str, offset: usize) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
        Self {
            file: file.into(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }
}

impl fmt::Display for SourceSpan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(formatter, "{}", self.file),
            (line, 0) => write!(formatter, "{}:{line}", self.file),
            (line, column) => write!(formatter, "{}:{line}:{column}", self.file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SourceSpan;

    #[test]
    fn offsets_become_lines_and_columns() {
        let text = "one\ntwö\nthree";
        assert_eq!(SourceSpan::at_offset("f", text, 0).to_string(), "f:1:1");
        assert_eq!(SourceSpan::at_offset("f", text, 4).to_string(), "f:2:1");
        assert_eq!(SourceSpan::at_offset("f", text, 8).to_string(), "f:2:4");
        assert_eq!(SourceSpan::at_offset("f", text, 900).line, 3);
    }
}
