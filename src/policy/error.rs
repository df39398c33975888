//! Why a policy or baseline cannot be used.

use crate::model::SourceSpan;
use std::io;

/// A policy that cannot be used: the run stops (exit code 2), because a rule that is not understood is not kept.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file that cannot be read.
    #[error("cannot read the policy {path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// A value or key that is wrong, with its place and what to write instead.
    #[error("{place}: {message}")]
    Invalid {
        /// File, line and column.
        place: SourceSpan,
        /// What is wrong and what to do.
        message: String,
    },
    /// An environment variable with a wrong value.
    #[error("environment variable {variable}: {message}")]
    Environment {
        /// Its name.
        variable: &'static str,
        /// What is wrong and what to do.
        message: String,
    },
}

/// A policy text, to name places in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a> {
    /// The file as reports name it.
    pub name: &'a str,
    /// Its content.
    pub content: &'a str,
}

impl Text<'_> {
    /// The place of a byte range.
    pub fn place(&self, span: &std::ops::Range<usize>) -> SourceSpan {
        SourceSpan::at_offset(self.name, self.content, span.start)
    }

    /// An error at a byte range.
    pub fn invalid(&self, span: &std::ops::Range<usize>, message: impl Into<String>) -> PolicyError {
        PolicyError::Invalid { place: self.place(span), message: message.into() }
    }
}

/// `text` with the nearest of the known words, if one is near.
pub(super) fn suggest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = word.to_lowercase().replace('_', "-");
    known
        .map(|candidate| (strsim::jaro_winkler(candidate, &wanted), candidate))
        .filter(|(similarity, _)| *similarity >= 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0).then(right.1.cmp(left.1)))
        .map(|(_, candidate)| candidate)
}

/// The message for a word that is none of the known ones.
pub(super) fn unknown_word(what: &str, word: &str, known: &[&str]) -> String {
    let list = known.join(", ");
    match suggest(word, known.iter().copied()) {
        Some(near) => format!("unknown {what} `{word}`; did you mean `{near}`? Use one of {list}"),
        None => format!("unknown {what} `{word}`; use one of {list}"),
    }
}
