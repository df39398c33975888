//! Restrictions written beside a license text, which a comparison with known texts does not see.

use super::tokens::{Token, phrase};
use std::ops::Range;
use std::sync::OnceLock;

/// A restriction that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rider {
    /// `LicenseRef-…` that stands for it.
    pub license: &'static str,
    /// Its words.
    pub range: Range<usize>,
}

/// A kind of rider, from `data/riders.toml`.
struct Kind {
    license: &'static str,
    phrases: &'static [&'static str],
    before_third_party: bool,
}

include!(concat!(env!("OUT_DIR"), "/riders.rs"));

/// The first rider of each kind in these words.
pub fn find(tokens: &[Token], range: Range<usize>) -> Vec<Rider> {
    let mut found: Vec<Rider> = Vec::new();
    for (words, kind) in table() {
        let starts = |start: &usize| {
            tokens[*start..range.end].iter().map(|token| &token.word).take(words.len()).eq(words)
                && !about_names(tokens, start + words.len()..range.end)
                && !about_others(tokens, range.start..*start, start + words.len()..range.end, kind)
        };
        let Some(start) = range.clone().find(starts) else { continue };
        if !found.iter().any(|rider| rider.license == kind.license) {
            found.push(Rider { license: kind.license, range: start..start + words.len() });
        }
    }
    found
}

/// Whether the words that follow forbid the use of a name in advertising, as many permissive licenses do.
fn about_names(tokens: &[Token], behind: Range<usize>) -> bool {
    static NAMES: OnceLock<Vec<u32>> = OnceLock::new();
    let names = NAMES.get_or_init(|| phrase("advertising advertise promote endorse endorsement publicity"));
    tokens[behind].iter().take(10).any(|token| names.contains(&token.word))
}

/// Whether it speaks of somebody else's work: a cited article, or the terms of third-party parts that follow.
fn about_others(tokens: &[Token], before: Range<usize>, behind: Range<usize>, kind: &Kind) -> bool {
    static WORDS: OnceLock<[u32; 3]> = OnceLock::new();
    let [article, paper, third] =
        *WORDS.get_or_init(|| ["article", "paper", "third"].map(|word| phrase(word)[0]));
    let cited =
        tokens[before].iter().rev().take(14).any(|token| token.word == article || token.word == paper);
    let parts = kind.before_third_party && tokens[behind].iter().take(3).any(|token| token.word == third);
    cited || parts
}

fn table() -> &'static [(Vec<u32>, &'static Kind)] {
    static TABLE: OnceLock<Vec<(Vec<u32>, &'static Kind)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let words = |kind: &'static Kind| kind.phrases.iter().map(move |text| (phrase(text), kind));
        KINDS.iter().flat_map(words).collect()
    })
}
