//! Words of a text, folded so that wrapping, case, punctuation, comment signs and copyright lines do not matter.
//!
//! Compiled into the build as well: known texts and read texts go through the same code.

/// A word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Hash of the folded word.
    pub word: u32,
    /// Byte offset of its first byte.
    pub start: u32,
    /// Byte offset behind it.
    pub end: u32,
    /// Its line, from 1.
    pub line: u32,
}

/// The words of a text without its copyright lines.
pub fn tokenise(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 6);
    let mut offset = 0;
    for (number, line) in text.split('\n').enumerate() {
        let first = tokens.len();
        let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        words_of_line(line, offset, number, &mut tokens);
        if is_copyright_line(line, text, &tokens[first..]) {
            tokens.truncate(first);
        }
        offset += line.len() + 1;
    }
    tokens
}

/// Lines that name a copyright holder, as written but without comment signs around them.
pub fn copyright_lines(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut tokens = Vec::new();
    for line in text.lines() {
        tokens.clear();
        words_of_line(line, 0, 1, &mut tokens);
        if tokens.len() > 3 && is_copyright_line(line, line, &tokens) {
            let bare = line
                .trim()
                .trim_start_matches(['/', '*', '#', ';', '-', '%', ' ', '.'])
                .trim_end_matches(['*', '/', ' ']);
            found.push(bare);
        }
    }
    found
}

/// The hash of a folded word; the word must be lower case.
pub fn hash_word(word: &str) -> u32 {
    let mut hash = Hash::new();
    for byte in word.bytes() {
        hash.add(byte);
    }
    hash.finish()
}

/// The words of a phrase, for tables.
pub fn phrase(text: &str) -> Vec<u32> {
    tokenise(text).iter().map(|token| token.word).collect()
}

struct Hash(u32);

impl Hash {
    fn new() -> Self {
        Self(0x811c_9dc5)
    }

    fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }

    /// FNV leaves the high bits weak on short words; one round of mixing spreads them.
    fn finish(&self) -> u32 {
        let mut value = self.0;
        value ^= value >> 15;
        value = value.wrapping_mul(0x2c1b_3c6d);
        value ^ (value >> 13)
    }
}

fn words_of_line(line: &str, offset: usize, number: u32, into: &mut Vec<Token>) {
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let mut hash = Hash::new();
        while at < bytes.len() {
            let byte = bytes[at];
            if byte.is_ascii_alphanumeric() {
                hash.add(byte.to_ascii_lowercase());
                at += 1;
            } else if byte.is_ascii() {
                break;
            } else {
                let Some(character) = line[at..].chars().next() else { break };
                if !character.is_alphanumeric() {
                    break;
                }
                let mut buffer = [0; 4];
                for lower in character.to_lowercase() {
                    lower.encode_utf8(&mut buffer).bytes().for_each(|byte| hash.add(byte));
                }
                at += character.len_utf8();
            }
        }
        if at == start {
            at += line[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        into.push(Token {
            word: fold(&bytes[start..at], hash.finish()),
            start: (offset + start) as u32,
            end: (offset + at) as u32,
            line: number,
        });
    }
}

/// Spellings that the SPDX matching guidelines count as the same word.
fn fold(word: &[u8], hash: u32) -> u32 {
    const SAME: [(&str, &str); 6] = [
        ("licence", "license"),
        ("licences", "licenses"),
        ("licenced", "licensed"),
        ("sublicence", "sublicense"),
        ("https", "http"),
        ("acknowledgement", "acknowledgment"),
    ];
    if !matches!(word.first(), Some(b'l' | b'L' | b's' | b'S' | b'h' | b'H' | b'a' | b'A')) {
        return hash;
    }
    for (other, usual) in SAME {
        if word.len() == other.len() && word.eq_ignore_ascii_case(other.as_bytes()) {
            return hash_word(usual);
        }
    }
    hash
}

/// A line that names a holder, as against a line of a license that speaks of copyright.
fn is_copyright_line(line: &str, text: &str, tokens: &[Token]) -> bool {
    let word = |position: usize| {
        tokens.get(position).map_or("", |token| &text[token.start as usize..token.end as usize])
    };
    let is = |position: usize, wanted: &str| word(position).eq_ignore_ascii_case(wanted);
    let has_sign =
        || line.contains('©') || line.contains("(c)") || line.contains("(C)") || line.contains("&copy;");
    let has_year = || {
        tokens.iter().any(|token| {
            let length = token.end - token.start;
            length == 4 && text[token.start as usize..token.end as usize].bytes().all(|b| b.is_ascii_digit())
        })
    };
    let has_blank = || line.contains('<') || line.contains('[') || line.contains('{');
    if tokens.len() == 3 && is(0, "all") && is(1, "rights") && is(2, "reserved") {
        return true;
    }
    if is(0, "c") && has_sign() && tokens.len() <= 16 {
        return has_year();
    }
    if line.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©').starts_with('©') {
        return tokens.len() <= 16 && has_year();
    }
    let after = match (is(0, "copyright") || is(0, "copr"), is(1, "copyright")) {
        (true, _) => 1,
        (false, true) if is(0, "portions") || is(0, "parts") || is(0, "c") || is(0, "and") => 2,
        _ => return false,
    };
    const CLAUSE: [&str; 24] = [
        "notice",
        "notices",
        "holder",
        "holders",
        "owner",
        "owners",
        "law",
        "laws",
        "license",
        "licenses",
        "statement",
        "and",
        "or",
        "in",
        "disclaimer",
        "interest",
        "interests",
        "act",
        "to",
        "is",
        "on",
        "of",
        "treaty",
        "protection",
    ];
    if CLAUSE.iter().any(|clause| is(after, clause)) && !has_sign() {
        return false;
    }
    let capital = word(after - 1).starts_with(|c: char| c.is_uppercase());
    has_sign() || has_year() || (has_blank() && tokens.len() <= 16) || (capital && tokens.len() <= 8)
}

#[cfg(test)]
mod tests {
    use super::{phrase, tokenise};

    fn words(text: &str) -> Vec<&str> {
        tokenise(text).iter().map(|token| &text[token.start as usize..token.end as usize]).collect()
    }

    #[test]
    fn comment_signs_wrapping_and_case_do_not_matter() {
        assert_eq!(phrase("// Permission is\n// hereby GRANTED"), phrase("permission is hereby granted"));
        assert_eq!(phrase("* licence — “Software”"), phrase("license \"software\""));
    }

    #[test]
    fn holders_are_left_out_and_clauses_kept() {
        for line in [
            "Copyright (c) 2020 A. Person",
            "Copyright <YEAR> <COPYRIGHT HOLDER>",
            "© 2019 Someone",
            "  * Copyright 2001-2020 The Authors, and others",
            "(c) 2011 Somebody",
            "All rights reserved.",
            "Copyright The Project Authors",
        ] {
            assert!(words(line).is_empty(), "{line}");
        }
        for line in [
            "copyright notice and this permission notice shall be",
            "Copyright holders be liable",
            "copyright law. In 1976",
            "the above copyright notice (c)",
        ] {
            assert!(!words(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn places_are_kept() {
        let tokens = tokenise("ein\n\nÄhnliches Wort");
        assert_eq!(tokens[1].line, 3);
        assert_eq!((tokens[1].start, tokens[1].end), (5, 15));
    }
}
