//! TOML text with lines: reading a file within bounds, and asking a parsed table for typed values.

use crate::model::{Problem, SourceSpan};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The largest manifest or lock file that is read, in bytes. Real lock files stay below 1 MB; the bound keeps
/// a hostile tree from filling the memory.
const LARGEST_FILE: u64 = 256 * 1024 * 1024;

/// Reads a text file. What goes wrong becomes a problem; text that is not UTF-8 is read as far as it is.
pub(super) fn read_text(path: &Path, label: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let bytes = match read_bytes(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            problems.push(Problem::incomplete(
                Some(SourceSpan::file(label)),
                format!("cannot read {label}: {error}"),
            ));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            problems.push(Problem::incomplete(
                Some(SourceSpan::at_offset(label, &text, valid)),
                format!("{label} is not UTF-8, which cargo requires; save it as UTF-8"),
            ));
            Some(text)
        }
    }
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(LARGEST_FILE)).unwrap_or(0));
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        let message = format!("it is larger than {} MiB", LARGEST_FILE / 1024 / 1024);
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(bytes)
}

/// Line numbers of byte offsets.
pub(super) struct Lines {
    ends: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        Self { ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect() }
    }

    /// The line of an offset, counted from 1.
    pub(super) fn at(&self, offset: usize) -> u32 {
        u32::try_from(self.ends.partition_point(|end| *end < offset) + 1).unwrap_or(u32::MAX)
    }
}

/// A parsed TOML file.
pub(super) struct Document<'t> {
    /// The name of the file in reports.
    pub(super) label: &'t str,
    pub(super) lines: Lines,
    pub(super) root: DeTable<'t>,
}

impl<'t> Document<'t> {
    /// Parses a text; each syntax error becomes a problem, and what stands around it is kept.
    pub(super) fn parse(text: &'t str, label: &'t str, problems: &mut Vec<Problem>) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let lines = Lines::of(text);
        for error in errors.iter().take(3) {
            let offset = error.span().map_or(0, |span| span.start);
            problems.push(Problem::incomplete(
                Some(SourceSpan::line(label, lines.at(offset))),
                format!("{label} is not valid TOML: {}", error.message().trim()),
            ));
        }
        Self { label, lines, root: root.into_inner() }
    }

    /// The line of a value.
    pub(super) fn line<T>(&self, value: &Spanned<T>) -> u32 {
        self.lines.at(value.span().start)
    }

    /// The place of a line of this file.
    pub(super) fn place(&self, line: u32) -> SourceSpan {
        SourceSpan::line(self.label, line)
    }
}

/// A table below a table.
pub(super) fn table<'a, 't>(parent: &'a DeTable<'t>, key: &str) -> Option<&'a DeTable<'t>> {
    parent.get(key).and_then(|value| value.get_ref().as_table())
}

/// A string below a table.
pub(super) fn string<'a>(parent: &'a DeTable<'_>, key: &str) -> Option<&'a str> {
    parent.get(key).and_then(|value| value.get_ref().as_str())
}

/// A boolean below a table.
pub(super) fn boolean(parent: &DeTable<'_>, key: &str) -> Option<bool> {
    parent.get(key).and_then(|value| value.get_ref().as_bool())
}

/// The strings of an array below a table; other members are left out.
pub(super) fn strings(parent: &DeTable<'_>, key: &str) -> Vec<String> {
    parent.get(key).map(|value| strings_of(value.get_ref())).unwrap_or_default()
}

/// The strings of an array; other members are left out.
pub(super) fn strings_of(value: &DeValue<'_>) -> Vec<String> {
    let members = value.as_array().map(|array| array.iter()).into_iter().flatten();
    members.filter_map(|member| member.get_ref().as_str()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Document, Lines};

    #[test]
    fn offsets_become_lines() {
        let lines = Lines::of("a\nbb\n\nc");
        assert_eq!([0, 1, 2, 4, 5, 6, 99].map(|offset| lines.at(offset)), [1, 1, 2, 2, 3, 4, 4]);
    }

    #[test]
    fn a_syntax_error_has_a_line_and_the_rest_is_kept() {
        let mut problems = Vec::new();
        let document = Document::parse("a = 1\nb = = 2\nc = 'x'\n", "Cargo.toml", &mut problems);
        assert_eq!(problems[0].location.as_ref().map(|place| place.line), Some(2));
        assert!(document.root.contains_key("a"));
        assert!(document.root.contains_key("c"));
    }
}
