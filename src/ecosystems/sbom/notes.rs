//! Problems of a document, with the line where one can be found, and not more of them than a person reads.

use super::item::Item;
use crate::model::{Problem, SourceSpan};
use memchr::memmem;
use std::borrow::Cow;

/// More problems of one document than this are counted, not listed.
const MAX_LISTED: usize = 200;

/// Collects problems.
pub(super) struct Notes<'a> {
    file: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
    unlisted: usize,
}

impl<'a> Notes<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, problems: Vec::new(), unlisted: 0 }
    }

    /// A problem of the whole file.
    pub(super) fn whole(&mut self, make: fn(Option<SourceSpan>, String) -> Problem, message: String) {
        self.push(make(Some(SourceSpan::file(self.file)), message));
    }

    /// A problem where a word stands in the text for the first time after a key.
    pub(super) fn at_word(
        &mut self,
        make: fn(Option<SourceSpan>, String) -> Problem,
        after: &str,
        word: &str,
        message: String,
    ) {
        if self.problems.len() >= MAX_LISTED {
            self.unlisted += 1;
            return;
        }
        let from = memmem::find(self.text.as_bytes(), after.as_bytes()).unwrap_or(0);
        let found = memmem::find(&self.text.as_bytes()[from..], word.as_bytes());
        let place = match found {
            Some(at) => SourceSpan::at_offset(self.file, self.text, from + at),
            None => SourceSpan::file(self.file),
        };
        self.push(make(Some(place), message));
    }

    /// A problem at a line counted from 1.
    pub(super) fn at_line(
        &mut self,
        make: fn(Option<SourceSpan>, String) -> Problem,
        line: u32,
        message: String,
    ) {
        self.push(make(Some(SourceSpan::line(self.file, line)), message));
    }

    /// A problem at a byte offset.
    pub(super) fn at_offset(
        &mut self,
        make: fn(Option<SourceSpan>, String) -> Problem,
        offset: usize,
        message: String,
    ) {
        self.push(make(Some(SourceSpan::at_offset(self.file, self.text, offset)), message));
    }

    /// The text ended or broke: everything behind the place is missing.
    pub(super) fn broken(&mut self, error: &serde_json::Error) {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
        let message = format!("the document cannot be read beyond this place: {error}");
        self.at_line(Problem::incomplete, line, message);
    }

    fn push(&mut self, problem: Problem) {
        if self.problems.len() < MAX_LISTED {
            self.problems.push(problem);
        } else {
            self.unlisted += 1;
        }
    }

    /// The problems, with the number of those that were not listed.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        if self.unlisted > 0 {
            let message = format!("{} further problems of this document are not listed", self.unlisted);
            self.problems.push(Problem::incomplete(Some(SourceSpan::file(self.file)), message));
        }
        self.problems
    }
}

/// Finds the lines of texts that were read from a document, best in the order in which they stand there.
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line of a text that was read.
    ///
    /// A borrowed text is its own place. A copied one, because it was written with escapes, is searched for, at
    /// most 128 KiB from the last place on, so that one that is written otherwise costs little.
    pub(super) fn of(&mut self, item: &Item<'_>) -> Option<u32> {
        let offset = match item {
            Item::Text(Cow::Borrowed(text)) => self.offset_of(text)?,
            Item::Text(Cow::Owned(text)) => {
                let word = serde_json::to_string(text).ok()?;
                let end = (self.at + (1 << 17)).min(self.text.len());
                self.at + memmem::find(&self.text.as_bytes()[self.at..end], word.as_bytes())?
            }
            _ => return None,
        };
        let bytes = self.text.as_bytes();
        if offset >= self.at {
            self.line += count_lines(&bytes[self.at..offset]);
        } else {
            self.line -= count_lines(&bytes[offset..self.at]);
        }
        self.at = offset;
        Some(self.line)
    }

    fn offset_of(&self, piece: &str) -> Option<usize> {
        let offset = (piece.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        (offset + piece.len() <= self.text.len()).then_some(offset)
    }
}

fn count_lines(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}
