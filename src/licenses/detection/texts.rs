//! Finding known texts in a text, the best explanation first.

use super::alignment::{Alignment, Triples, align};
use super::index::{KnownText, candidates, ending_like};
use super::tokens::Token;
use crate::licenses::{Status, catalogue};
use std::ops::Range;

/// A known text that was found.
#[derive(Debug)]
pub struct Found {
    /// The text.
    pub known: &'static KnownText,
    /// Where and how well.
    pub alignment: Alignment,
}

/// Below this share of common triples a comparison is not worth its time.
const LEAST_SHARE: f32 = 0.55;
/// A text that differs more than this is not that license.
const LEAST_SIMILARITY: f32 = 0.85;
/// A file with more license texts than this is a collection; the rest is reported as unmatched.
const MOST_TEXTS: usize = 64;
/// Words of a text so short that only a nearly exact copy counts.
const SHORT: usize = 45;
/// Names and addresses that a copy fills in cost this many words; a closer text must be better by more.
const MARGIN: i64 = 4;

/// The known texts in `tokens`, and the ranges that none of them explains, both in order.
pub fn find(tokens: &[Token]) -> (Vec<Found>, Vec<Range<usize>>) {
    let mut found = Vec::new();
    let mut unmatched = Vec::new();
    let mut pending: Vec<Range<usize>> = std::iter::once(0..tokens.len()).collect();
    while let Some(range) = pending.pop() {
        let best = if found.len() < MOST_TEXTS { best(&tokens[range.clone()]) } else { None };
        match best {
            Some(mut best) => {
                shift(&mut best.alignment, range.start);
                pending.push(best.alignment.end..range.end);
                pending.push(range.start..best.alignment.start);
                unmatched.extend(best.alignment.inserted.iter().cloned());
                found.push(best);
            }
            None => unmatched.push(range),
        }
    }
    unmatched.retain(|range| !range.is_empty());
    unmatched.sort_by_key(|range| range.start);
    found.sort_by_key(|found| found.alignment.start);
    (found, unmatched)
}

/// The known text closest to a range of words, though not close enough: a truncated or changed text.
pub fn nearest(tokens: &[Token], range: Range<usize>) -> Option<Found> {
    let words = &tokens[range.clone()];
    let text = Triples::new(words);
    let candidates = candidates(words, 0.2);
    let near = candidates.iter().filter(|candidate| candidate.known.len() >= SHORT).take(4);
    let mut found = near
        .filter_map(|candidate| {
            let alignment = align(&candidate.known.words(), &text)?;
            Some(Found { known: candidate.known, alignment })
        })
        .filter(|found| found.alignment.similarity() >= 0.4)
        .max_by(|left, right| left.alignment.similarity().total_cmp(&right.alignment.similarity()))?;
    shift(&mut found.alignment, range.start);
    Some(found)
}

/// A title may be written otherwise or left out: so many words at the start of a text may differ.
const TITLE: usize = 6;
/// A title and a name may stand before a text that is found by its end.
const PREFACE: usize = 12;
/// No known text is shorter.
const SHORTEST: usize = 8;

/// The one known text that these words end with, word for word but for its title. This finds the great majority
/// of real license files without any comparison.
fn verbatim(tokens: &[Token]) -> Option<Found> {
    let missing = |known: &KnownText| {
        let length = known.len().min(tokens.len());
        let same = (1..=length)
            .take_while(|back| known.word(known.len() - back) == tokens[tokens.len() - back].word)
            .count();
        known.len() - same
    };
    let mut fitting: Vec<_> = ending_like(tokens)
        .iter()
        .map(|known| (*known, missing(known)))
        .filter(|(known, missing)| *missing <= TITLE && known.len() >= SHORT + TITLE)
        .collect();
    // The longest one explains most; of two that differ in their title only the comparison must choose.
    fitting.sort_by_key(|(known, missing)| std::cmp::Reverse(known.len() - missing));
    let (known, missing) = *fitting.first()?;
    let rival = fitting.get(1).is_some_and(|other| other.0.len() - other.1 == known.len() - missing);
    if rival {
        return None;
    }
    let matched = known.len() - missing;
    let (start, end) = (tokens.len() - matched, tokens.len());
    // Behind more words it may be the end of a longer text that holds it.
    if start > PREFACE {
        return None;
    }
    Some(Found { known, alignment: Alignment { start, end, matched, missing, inserted: Vec::new() } })
}

fn best(tokens: &[Token]) -> Option<Found> {
    if tokens.len() < SHORTEST {
        return None;
    }
    if let Some(found) = verbatim(tokens) {
        return Some(found);
    }
    let candidates = candidates(tokens, LEAST_SHARE);
    if candidates.is_empty() {
        return None;
    }
    let text = Triples::new(tokens);
    let mut best: Option<Found> = None;
    for candidate in candidates {
        if best.as_ref().is_some_and(|best| (candidate.most() as i64) < value(&best.alignment)) {
            break;
        }
        let Some(alignment) = align(&candidate.known.words(), &text) else { continue };
        let found = Found { known: candidate.known, alignment };
        if acceptable(&found) && best.as_ref().is_none_or(|best| better(&found, best)) {
            best = Some(found);
        }
    }
    best
}

fn acceptable(found: &Found) -> bool {
    let alignment = &found.alignment;
    let length = found.known.len();
    if length < SHORT {
        return alignment.missing + alignment.extra() <= 1 + length / 20;
    }
    alignment.similarity() >= LEAST_SIMILARITY
}

/// Words explained, less what had to be left out or added: missing words weigh twice.
fn value(alignment: &Alignment) -> i64 {
    alignment.matched as i64 - 2 * alignment.missing as i64 - alignment.extra() as i64
}

fn better(found: &Found, best: &Found) -> bool {
    let (left, right) = (value(&found.alignment), value(&best.alignment));
    let exact = |found: &Found| found.alignment.missing == 0 && found.alignment.extra() == 0;
    if exact(found) || exact(best) || (left - right).abs() > MARGIN {
        return left > right || (left == right && usual(found.known) && !usual(best.known));
    }
    match (usual(found.known), usual(best.known)) {
        (true, false) => true,
        (false, true) => false,
        _ => left > right,
    }
}

/// A license that the OSI approved: among texts that differ by a name, the one that others copied from.
fn usual(known: &KnownText) -> bool {
    known
        .report
        .iter()
        .any(|id| catalogue::find_license(id).is_some_and(|id| catalogue::record(id).osi == Status::Yes))
}

fn shift(alignment: &mut Alignment, by: usize) {
    alignment.start += by;
    alignment.end += by;
    for range in &mut alignment.inserted {
        *range = range.start + by..range.end + by;
    }
}
