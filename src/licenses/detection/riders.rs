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

const COMMONS_CLAUSE: &str = "LicenseRef-Commons-Clause";
const NON_COMMERCIAL: &str = "LicenseRef-non-commercial-rider";
const USE_RESTRICTION: &str = "LicenseRef-use-restriction-rider";
const FURTHER_TERMS: &str = "LicenseRef-further-terms-rider";

/// Phrases and what they mean, in the words of the texts that use them.
const PHRASES: &[(&str, &str)] = &[
    ("commons clause", COMMONS_CLAUSE),
    ("does not grant to you the right to sell the software", COMMONS_CLAUSE),
    ("non commercial", NON_COMMERCIAL),
    ("noncommercial", NON_COMMERCIAL),
    ("not for commercial use", NON_COMMERCIAL),
    ("no commercial use", NON_COMMERCIAL),
    ("commercial use is not permitted", NON_COMMERCIAL),
    ("commercial use is not allowed", NON_COMMERCIAL),
    ("commercial use is prohibited", NON_COMMERCIAL),
    ("commercial use is strictly prohibited", NON_COMMERCIAL),
    ("commercial use requires", NON_COMMERCIAL),
    ("may not be used for commercial", NON_COMMERCIAL),
    ("may not be used commercially", NON_COMMERCIAL),
    ("academic use only", NON_COMMERCIAL),
    ("academic purposes only", NON_COMMERCIAL),
    ("research purposes only", NON_COMMERCIAL),
    ("research use only", NON_COMMERCIAL),
    ("educational purposes only", NON_COMMERCIAL),
    ("personal use only", NON_COMMERCIAL),
    ("evaluation purposes only", USE_RESTRICTION),
    ("internal use only", USE_RESTRICTION),
    ("use based restrictions", USE_RESTRICTION),
    ("responsible ai license", USE_RESTRICTION),
    ("shall be used for good not evil", USE_RESTRICTION),
    ("may not be used by", USE_RESTRICTION),
    ("may not use the software for", USE_RESTRICTION),
    ("may not use this software for", USE_RESTRICTION),
    ("must not be used for", USE_RESTRICTION),
    ("shall not be used for", USE_RESTRICTION),
    ("shall not be used in", USE_RESTRICTION),
    ("additional restriction", FURTHER_TERMS),
    ("additional restrictions", FURTHER_TERMS),
    ("additional terms", FURTHER_TERMS),
    ("additional conditions", FURTHER_TERMS),
    ("additional condition", FURTHER_TERMS),
    ("may not be sold", FURTHER_TERMS),
    ("may not sell", FURTHER_TERMS),
    ("may not be redistributed", FURTHER_TERMS),
];

/// The first rider of each kind in these words.
pub fn find(tokens: &[Token], range: Range<usize>) -> Vec<Rider> {
    let mut found: Vec<Rider> = Vec::new();
    for (words, license) in table() {
        let starts = |start: &usize| {
            tokens[*start..range.end].iter().map(|token| &token.word).take(words.len()).eq(words)
                && !about_names(tokens, start + words.len()..range.end)
                && !about_others(tokens, range.start..*start, start + words.len()..range.end, license)
        };
        let Some(start) = range.clone().find(starts) else { continue };
        if !found.iter().any(|rider| rider.license == *license) {
            found.push(Rider { license, range: start..start + words.len() });
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
fn about_others(tokens: &[Token], before: Range<usize>, behind: Range<usize>, license: &str) -> bool {
    static WORDS: OnceLock<[u32; 3]> = OnceLock::new();
    let [article, paper, third] =
        *WORDS.get_or_init(|| ["article", "paper", "third"].map(|word| phrase(word)[0]));
    let cited =
        tokens[before].iter().rev().take(14).any(|token| token.word == article || token.word == paper);
    let parts = license == FURTHER_TERMS && tokens[behind].iter().take(3).any(|token| token.word == third);
    cited || parts
}

fn table() -> &'static [(Vec<u32>, &'static str)] {
    static TABLE: OnceLock<Vec<(Vec<u32>, &'static str)>> = OnceLock::new();
    TABLE.get_or_init(|| PHRASES.iter().map(|(text, license)| (phrase(text), *license)).collect())
}
