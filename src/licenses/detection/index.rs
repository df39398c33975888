//! The known texts, compiled in by the build: nothing is loaded or unpacked at run time.

use super::tokens::Token;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A text of the SPDX list, or a shorter form of one.
#[derive(Debug)]
pub struct KnownText {
    /// The ids it stands for; several if the text cannot tell them apart.
    pub report: &'static [&'static str],
    /// What kind of text it is.
    pub form: Form,
    start: usize,
    length: usize,
    triples: u32,
}

/// What kind of text a known text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A license.
    License,
    /// An exception.
    Exception,
    /// The notice by which a license is applied to a work.
    Notice,
}

/// Texts that packages carry beside a license without being under them.
struct Carried {
    declared: &'static [&'static str],
    found: &'static [&'static str],
}

/// Whether packages under one license carry the text of the other without being under it. Takes current ids.
pub fn is_carried_beside(declared: &str, found: &str) -> bool {
    CARRIED.iter().any(|record| record.declared.contains(&declared) && record.found.contains(&found))
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));
static WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts-words.bin"));
static OFFSETS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts-offsets.bin"));
static POSTINGS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts-postings.bin"));

const BUCKETS: usize = 1 << 17;

impl KnownText {
    /// Its words.
    pub fn words(&self) -> Vec<u32> {
        WORDS[self.start * 4..(self.start + self.length) * 4]
            .as_chunks::<4>()
            .0
            .iter()
            .map(|bytes| u32::from_le_bytes(*bytes))
            .collect()
    }

    /// One of its words.
    pub fn word(&self, position: usize) -> u32 {
        let at = (self.start + position) * 4;
        u32::from_le_bytes([WORDS[at], WORDS[at + 1], WORDS[at + 2], WORDS[at + 3]])
    }

    /// The number of its words.
    pub fn len(&self) -> usize {
        self.length
    }
}

/// A known text that shares enough with a text to be compared word by word.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// The text.
    pub known: &'static KnownText,
    /// The share of its word triples that occur, 0 to 1; never less than what a comparison can find.
    pub share: f32,
}

impl Candidate {
    /// No comparison can match more words than this.
    pub fn most(&self) -> usize {
        (self.share * self.known.len() as f32).ceil() as usize + 2
    }
}

/// The known texts of whose triples at least `least` occur in these words, most shared words first.
pub fn candidates(tokens: &[Token], least: f32) -> Vec<Candidate> {
    let mut seen = vec![0_u64; BUCKETS / 64];
    let mut hits = vec![0_u32; KNOWN.len()];
    for window in tokens.windows(3) {
        let bucket = bucket(window[0].word, window[1].word, window[2].word);
        let (cell, bit) = (bucket / 64, 1 << (bucket % 64));
        if seen[cell] & bit != 0 {
            continue;
        }
        seen[cell] |= bit;
        for place in offset(bucket)..offset(bucket + 1) {
            let bytes = [POSTINGS[place * 2], POSTINGS[place * 2 + 1]];
            hits[usize::from(u16::from_le_bytes(bytes))] += 1;
        }
    }
    let mut found: Vec<_> = KNOWN
        .iter()
        .zip(&hits)
        .map(|(known, hits)| Candidate { known, share: *hits as f32 / known.triples as f32 })
        .filter(|candidate| candidate.share >= least)
        .collect();
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.most()));
    found
}

/// Words at the end of a text by which [`ending_like`] finds it.
const ENDING: usize = 12;

/// The known texts that end with the same words as these.
pub fn ending_like(tokens: &[Token]) -> &'static [&'static KnownText] {
    static ENDINGS: OnceLock<HashMap<[u32; ENDING], Vec<&'static KnownText>>> = OnceLock::new();
    let endings = ENDINGS.get_or_init(|| {
        let mut endings: HashMap<_, Vec<_>> = HashMap::new();
        for known in KNOWN.iter().filter(|known| known.length >= ENDING) {
            let ending = std::array::from_fn(|at| known.word(known.length - ENDING + at));
            endings.entry(ending).or_default().push(known);
        }
        endings
    });
    let Some(last) = tokens.len().checked_sub(ENDING) else { return &[] };
    let ending: [u32; ENDING] = std::array::from_fn(|at| tokens[last + at].word);
    endings.get(&ending).map(Vec::as_slice).unwrap_or_default()
}

fn offset(bucket: usize) -> usize {
    let at = bucket * 4;
    u32::from_le_bytes([OFFSETS[at], OFFSETS[at + 1], OFFSETS[at + 2], OFFSETS[at + 3]]) as usize
}

/// The same function as in the build.
fn bucket(first: u32, second: u32, third: u32) -> usize {
    let mixed = first
        .wrapping_mul(0x9e37_79b1)
        .wrapping_add(second)
        .wrapping_mul(0x85eb_ca6b)
        .wrapping_add(third)
        .wrapping_mul(0xc2b2_ae35);
    (mixed >> 15) as usize % BUCKETS
}
