//! Reading prose: sections, addresses, dates, durations. Nothing here understands; it only finds.

use jiff::civil::Date;

/// A heading with everything under it.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// The heading without its marks.
    pub heading: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its text up to the next heading of the same or a higher level.
    pub body: &'a str,
    /// Where that text begins, in bytes.
    pub start: usize,
}

/// Whether a text holds one of these words or phrases, without regard to case. The words are in lower case.
pub fn mentions(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// Whether a text holds one of these as whole words, without regard to case. The words are in lower case.
pub fn has_word(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    words.iter().any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            let after = lower[at + word.len()..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    })
}

/// The first line that holds one of these, from 1.
pub fn line_of(text: &str, words: &[&str]) -> usize {
    text.lines().position(|line| mentions(line, words)).map_or(1, |at| at + 1)
}

/// How many words a reader sees; comments of the markup are none.
pub fn word_count(text: &str) -> usize {
    visible(text).split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// The text with `<!-- comments -->` blanked out; lines keep their numbers.
pub fn visible(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<!--") {
        kept.push_str(&rest[..start]);
        let comment = &rest[start..];
        let end = comment.find("-->").map_or(comment.len(), |at| at + 3);
        kept.extend(comment[..end].chars().filter(|letter| *letter == '\n'));
        rest = &comment[end..];
    }
    kept.push_str(rest);
    kept
}

/// The sections of a text in Markdown, reStructuredText or AsciiDoc.
pub fn sections(text: &str) -> Vec<Section<'_>> {
    let lines: Vec<(usize, &str)> = offsets(text);
    let mut heads: Vec<(usize, usize, usize, String)> = Vec::new();
    let mut fenced = false;
    for (at, (offset, line)) in lines.iter().enumerate() {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        if let Some((level, heading)) = marked_heading(line) {
            heads.push((at, *offset, level, heading));
        } else if let Some(level) = lines.get(at + 1).and_then(|(_, next)| underline(line, next)) {
            heads.push((at, *offset, level, line.trim().to_owned()));
        }
    }
    let mut found = Vec::with_capacity(heads.len());
    for (index, (at, offset, level, heading)) in heads.iter().enumerate() {
        let end = heads[index + 1..].iter().find(|(_, _, next, _)| next <= level).map_or(text.len(), |h| h.1);
        let start = (offset + lines[*at].1.len() + 1).min(end);
        found.push(Section { heading: heading.clone(), line: at + 1, body: &text[start..end], start });
    }
    found
}

fn offsets(text: &str) -> Vec<(usize, &str)> {
    let mut offset = 0;
    let mut found = Vec::new();
    for line in text.split('\n') {
        found.push((offset, line));
        offset += line.len() + 1;
    }
    found
}

fn marked_heading(line: &str) -> Option<(usize, String)> {
    let mark = line.chars().next().filter(|mark| matches!(mark, '#' | '='))?;
    let level = line.chars().take_while(|letter| *letter == mark).count();
    let heading = line[level..].strip_prefix(' ')?.trim().trim_end_matches(mark).trim();
    (level <= 6 && !heading.is_empty()).then(|| (level, heading.to_owned()))
}

fn underline(line: &str, next: &str) -> Option<usize> {
    let (line, next) = (line.trim(), next.trim());
    let mark = next.chars().next()?;
    let level = ['=', '-', '~', '^', '"'].iter().position(|known| *known == mark)? + 1;
    let whole = next.len() >= 3 && next.chars().all(|letter| letter == mark);
    let heading =
        line.chars().next().is_some_and(char::is_alphanumeric) && line.chars().count() <= next.len() + 2;
    (whole && heading).then_some(level)
}

/// The paragraphs of a text with the line each begins in, from 1. A list item is a paragraph.
pub fn paragraphs(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        let item = trimmed.starts_with("- ")
            || trimmed.starts_with("* ")
            || trimmed.starts_with('|')
            || numbered(trimmed);
        if trimmed.is_empty() || trimmed.starts_with('#') {
            open = false;
        } else if open && !item {
            if let Some((_, paragraph)) = found.last_mut() {
                paragraph.push(' ');
                paragraph.push_str(trimmed);
            }
        } else {
            found.push((at + 1, trimmed.to_owned()));
            open = true;
        }
    }
    found
}

fn numbered(line: &str) -> bool {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    digits > 0 && line[digits..].starts_with(". ")
}

/// Whether a text names a span of time: a number and hours, days, weeks or months.
pub fn names_duration(text: &str) -> bool {
    const NUMBERS: &[&str] = &[
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "fourteen", "thirty",
        "sixty", "ninety",
    ];
    const UNITS: &[&str] = &["hour", "day", "week", "month"];
    let lower = text.to_lowercase().replace('-', " ");
    let words: Vec<&str> =
        lower.split(|letter: char| !letter.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.iter().enumerate().any(|(at, word)| {
        let number = word.parse::<u32>().is_ok_and(|n| n > 0 && n < 1000) || NUMBERS.contains(word);
        let glued = word.strip_suffix('h').or_else(|| word.strip_suffix('d'));
        let short = glued.is_some_and(|digits| digits.parse::<u32>().is_ok());
        let unit = words[at + 1..].iter().take(3).any(|next| UNITS.iter().any(|unit| next.starts_with(unit)));
        short || (number && unit)
    })
}

/// Every date written as `2026-02-26`, with its line from 1.
pub fn dates(text: &str) -> Vec<(usize, Date)> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let bytes = line.as_bytes();
        for start in memchr::memchr_iter(b'-', bytes).filter_map(|dash| dash.checked_sub(4)) {
            let Some(candidate) = line.get(start..start + 10) else { continue };
            let digit_before = start > 0 && bytes[start - 1].is_ascii_digit();
            let digit_after = bytes.get(start + 10).is_some_and(u8::is_ascii_digit);
            if let (false, false, Ok(date)) = (digit_before, digit_after, candidate.parse::<Date>()) {
                found.push((at + 1, date));
            }
        }
    }
    found
}

/// Whether a text is English, by its small words. Short texts count as English.
pub fn is_english(text: &str) -> bool {
    const SMALL: &[&str] =
        &["the", "to", "and", "of", "you", "we", "is", "in", "a", "or", "for", "this", "will", "be"];
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|letter: char| !letter.is_alphabetic()).filter(|w| !w.is_empty()).collect();
    let small = words.iter().filter(|word| SMALL.contains(word)).count();
    words.len() < 25 || small * 8 >= words.len()
}

/// Whether a text still holds the gaps of a template: `[INSERT ...]`, `{{ name }}`, `<some words>`.
pub fn has_gap(text: &str) -> bool {
    let marks = [
        "[insert",
        "<insert",
        "{{",
        "[your ",
        "your-email",
        "todo:",
        "[todo",
        "tbd",
        "lorem ipsum",
        "[contact method]",
        "[email",
        "[project name]",
    ];
    mentions(text, &marks) || without_code(text).split('<').skip(1).any(is_gap)
}

/// What follows a `<`: words up to a `>`, where a tag of HTML would have an attribute or a slash.
fn is_gap(rest: &str) -> bool {
    let Some(inner) = rest.split('>').next().filter(|inner| inner.len() < 120 && inner.len() < rest.len())
    else {
        return false;
    };
    let worded = inner.contains(' ') && inner.chars().next().is_some_and(char::is_lowercase);
    worded && !inner.contains(['=', '/', '@', '"', '|', '&', ';', '(', '{'])
}

/// The text without what stands in backticks: the usage of a command has angle brackets too.
fn without_code(text: &str) -> String {
    let pieces = text.split('`').enumerate().filter(|(at, _)| at % 2 == 0);
    pieces.map(|(_, piece)| piece).collect::<Vec<_>>().join(" ")
}
