//! A text file with its lines, read with a limit.

use crate::ecosystems::ReadContext;
use crate::model::{Problem, SourceSpan};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Larger files are no lock files any more; reading them would only fill the memory.
const LARGEST: u64 = 256 * 1024 * 1024;

/// A file's text with the places of its line ends.
pub(super) struct TextFile {
    /// Relative to the audited root, for reports.
    pub(super) name: String,
    /// Without a byte order mark.
    pub(super) text: String,
    line_ends: Vec<usize>,
}

impl TextFile {
    /// Reads a file; `None` if there is none.
    pub(super) fn read(path: &Path, context: &ReadContext) -> Option<Result<Self, Problem>> {
        let name = context.relative(path);
        match read_limited(path) {
            Ok(text) => Some(Ok(Self::new(name, text))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                let place = SourceSpan::file(name);
                Some(Err(Problem::incomplete(Some(place), format!("the file cannot be read: {error}"))))
            }
        }
    }

    /// For a text that is already here.
    pub(super) fn new(name: String, text: String) -> Self {
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        let line_ends = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
        Self { name, text, line_ends }
    }

    /// The line, from 1, of a piece of this text; 0 if the piece was copied and has no place.
    pub(super) fn line_of(&self, piece: &str) -> u32 {
        let start = self.text.as_ptr() as usize;
        let Some(offset) = (piece.as_ptr() as usize).checked_sub(start) else { return 0 };
        if offset + piece.len() > self.text.len() {
            return 0;
        }
        let line = self.line_ends.partition_point(|end| *end < offset) + 1;
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// The place of a piece of this text.
    pub(super) fn place_of(&self, piece: &str) -> SourceSpan {
        self.line(self.line_of(piece))
    }

    /// A line of this file.
    pub(super) fn line(&self, line: u32) -> SourceSpan {
        SourceSpan::line(self.name.as_str(), line)
    }
}

fn read_limited(path: &Path) -> std::io::Result<String> {
    // Asked before opening, because opening a pipe waits for somebody to write.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("it is not a regular file"));
    }
    if metadata.len() > LARGEST {
        return Err(std::io::Error::other(format!("it is larger than {} MiB", LARGEST / (1024 * 1024))));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|error| std::io::Error::other(format!("it is not UTF-8: {error}")))
}

#[cfg(test)]
mod tests {
    use super::TextFile;

    #[test]
    fn pieces_know_their_line_and_copies_do_not() {
        let file = TextFile::new("f".to_owned(), "\u{feff}one\r\ntwo\nthree".to_owned());
        let at = file.text.find("three").expect("there");
        assert_eq!(file.line_of(&file.text[at..]), 3);
        assert_eq!(file.line_of(&file.text[..3]), 1);
        let copy = String::from("three");
        assert_eq!(file.line_of(&copy), 0);
    }
}
