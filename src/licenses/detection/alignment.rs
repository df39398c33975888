//! Laying a known text over a read one, word by word.
//!
//! Runs of three equal words are anchors. The diagonal with most anchors says where the known text lies; the
//! longest increasing chain of anchors near it is the alignment; what the chain leaves out is a difference.

use super::tokens::Token;

/// Where the words of a text stand, by triple, for many known texts to be laid over it.
pub struct Triples<'a> {
    tokens: &'a [Token],
    heads: Vec<u32>,
    next: Vec<u32>,
}

const END: u32 = u32::MAX;
/// A triple that occurs more often than this says nothing about the place.
const MOST_PLACES: usize = 24;

impl<'a> Triples<'a> {
    /// Indexes the words.
    pub fn new(tokens: &'a [Token]) -> Self {
        let count = tokens.len().saturating_sub(2);
        let size = (count * 2).next_power_of_two().max(16);
        let mut heads = vec![END; size];
        let mut next = vec![END; count];
        for position in (0..count).rev() {
            let slot =
                slot(tokens[position].word, tokens[position + 1].word, tokens[position + 2].word, size);
            next[position] = heads[slot];
            heads[slot] = position as u32;
        }
        Self { tokens, heads, next }
    }

    fn places(&self, words: &[u32]) -> impl Iterator<Item = u32> + '_ {
        let wanted = [words[0], words[1], words[2]];
        let mut at = self.heads[slot(wanted[0], wanted[1], wanted[2], self.heads.len())];
        std::iter::from_fn(move || {
            while at != END {
                let position = at as usize;
                at = self.next[position];
                let here = &self.tokens[position..position + 3];
                if here[0].word == wanted[0] && here[1].word == wanted[1] && here[2].word == wanted[2] {
                    return Some(position as u32);
                }
            }
            None
        })
        .take(MOST_PLACES)
    }
}

fn slot(first: u32, second: u32, third: u32, size: usize) -> usize {
    let mixed = first.wrapping_mul(0x9e37_79b1) ^ second.wrapping_mul(0x85eb_ca6b).rotate_left(11);
    let mixed = (mixed ^ third.rotate_left(21)).wrapping_mul(0xc2b2_ae35);
    (mixed >> 7) as usize & (size - 1)
}

/// A known text found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// First word of the text that belongs to it.
    pub start: usize,
    /// Word behind the last one.
    pub end: usize,
    /// Words of the known text that were found.
    pub matched: usize,
    /// Words of the known text that are missing.
    pub missing: usize,
    /// Runs of words that the known text does not have, inside the matched range.
    pub inserted: Vec<std::ops::Range<usize>>,
}

impl Alignment {
    /// Words that the known text does not have.
    pub fn extra(&self) -> usize {
        self.inserted.iter().map(ExactSizeIterator::len).sum()
    }

    /// Dice's coefficient of the two word sequences, 0 to 1.
    pub fn similarity(&self) -> f32 {
        let matched = 2.0 * self.matched as f32;
        matched / (matched + (self.missing + self.extra()) as f32)
    }
}

/// Lays a known text over the indexed one.
pub fn align(known: &[u32], text: &Triples<'_>) -> Option<Alignment> {
    if known.len() < 3 || text.tokens.len() < 3 {
        return None;
    }
    let mut anchors: Vec<(u32, u32)> = Vec::with_capacity(known.len() * 2);
    for (position, words) in known.windows(3).enumerate() {
        text.places(words).for_each(|place| anchors.push((position as u32, place)));
    }
    let band = densest_band(&anchors, known.len(), text.tokens.len())?;
    anchors.retain(|anchor| band.contains(&diagonal(*anchor, known.len())));
    let mut runs = runs(&longest_chain(&anchors));
    trim(&mut runs);
    measure(&runs, known.len())
}

fn diagonal(anchor: (u32, u32), known: usize) -> usize {
    anchor.1 as usize + known - anchor.0 as usize
}

/// The band of diagonals that holds most anchors. Its width allows for the words a copy adds or leaves out.
fn densest_band(anchors: &[(u32, u32)], known: usize, text: usize) -> Option<std::ops::Range<usize>> {
    const CELL: usize = 16;
    let mut cells = vec![0_u32; (known + text) / CELL + 2];
    for anchor in anchors {
        cells[diagonal(*anchor, known) / CELL] += 1;
    }
    let width = ((known / 8 + 64) / CELL).min(cells.len());
    let mut sum: u32 = cells[..width].iter().sum();
    let mut best = (sum, 0);
    for first in 1..=cells.len() - width {
        sum = sum + cells[first + width - 1] - cells[first - 1];
        if sum > best.0 {
            best = (sum, first);
        }
    }
    (best.0 > 0).then(|| best.1 * CELL..(best.1 + width) * CELL)
}

/// The longest chain of anchors that rises in both texts. Anchors come sorted by the known text's position.
fn longest_chain(anchors: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before = vec![usize::MAX; anchors.len()];
    let mut first = 0;
    while first < anchors.len() {
        let group = anchors[first..].iter().take_while(|anchor| anchor.0 == anchors[first].0).count();
        // Later places first, so that no two anchors of one position join the same chain.
        for index in (first..first + group).rev() {
            let rises = |tail: &usize| anchors[*tail].1 < anchors[index].1;
            // Most anchors only make the longest chain longer.
            let at = if tails.last().is_none_or(rises) { tails.len() } else { tails.partition_point(rises) };
            before[index] = if at > 0 { tails[at - 1] } else { usize::MAX };
            if at == tails.len() { tails.push(index) } else { tails[at] = index }
        }
        first += group;
    }
    let mut chain = Vec::with_capacity(tails.len());
    let mut at = tails.last().copied().unwrap_or(usize::MAX);
    while at != usize::MAX {
        chain.push(anchors[at]);
        at = before[at];
    }
    chain.reverse();
    chain
}

/// Words in a row that are equal in both texts.
#[derive(Clone, Copy, Debug)]
struct Run {
    known: usize,
    text: usize,
    length: usize,
}

fn runs(chain: &[(u32, u32)]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for &(known, text) in chain {
        let (known, text) = (known as usize, text as usize);
        if let Some(last) = runs.last_mut() {
            let (known_end, text_end) = (last.known + last.length, last.text + last.length);
            if known.wrapping_sub(last.known) == text.wrapping_sub(last.text) && known <= known_end {
                last.length = known + 3 - last.known;
                continue;
            }
            // Neighbouring runs may share words of their triples; each word counts once.
            let overlap = known_end.saturating_sub(known).max(text_end.saturating_sub(text));
            if overlap < 3 {
                runs.push(Run { known: known + overlap, text: text + overlap, length: 3 - overlap });
            }
            continue;
        }
        runs.push(Run { known, text, length: 3 });
    }
    runs
}

/// Takes off short runs at the ends that lie far from the rest: chance, not license text.
fn trim(runs: &mut Vec<Run>) {
    while runs.len() > 1 && stray(runs[0], runs[1]) {
        runs.remove(0);
    }
    while runs.len() > 1 && stray_end(runs[runs.len() - 2], runs[runs.len() - 1]) {
        runs.pop();
    }
}

fn stray(first: Run, second: Run) -> bool {
    let text_gap = second.text - (first.text + first.length);
    let known_gap = second.known - (first.known + first.length);
    first.length < 8 && text_gap > known_gap + 2 * first.length
}

fn stray_end(before: Run, last: Run) -> bool {
    let text_gap = last.text - (before.text + before.length);
    let known_gap = last.known - (before.known + before.length);
    last.length < 8 && text_gap > known_gap + 2 * last.length
}

fn measure(runs: &[Run], known: usize) -> Option<Alignment> {
    let (first, last) = (runs.first()?, runs.last()?);
    let matched: usize = runs.iter().map(|run| run.length).sum();
    let inserted = runs
        .windows(2)
        .map(|pair| pair[0].text + pair[0].length..pair[1].text)
        .filter(|gap| !gap.is_empty())
        .collect();
    Some(Alignment {
        start: first.text,
        end: last.text + last.length,
        matched,
        missing: known - matched,
        inserted,
    })
}
