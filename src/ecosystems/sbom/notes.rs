//! Problems of a document, with the line where one can be found, and not more of them than a person reads.

use crate::model::{Problem, SourceSpan};
use memchr::memmem;

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

/// Finds the lines of many words that stand in the text in the same order.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, start_key: &str) -> Self {
        let at = memmem::find(text.as_bytes(), start_key.as_bytes()).unwrap_or(0);
        let line = count_lines(&text.as_bytes()[..at]) + 1;
        Self { text: text.as_bytes(), at, line }
    }

    /// The line of the next place of a word; none, and no step forward, if it does not come.
    ///
    /// A search looks at most 128 KiB ahead, so that a word that is written otherwise costs little.
    pub(super) fn next(&mut self, word: &str) -> Option<u32> {
        let end = (self.at + (1 << 17)).min(self.text.len());
        let found = memmem::find(&self.text[self.at..end], word.as_bytes())?;
        self.line += count_lines(&self.text[self.at..self.at + found]);
        self.at += found + word.len();
        Some(self.line)
    }
}

fn count_lines(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}
