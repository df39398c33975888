//! Makes text from outside harmless to whoever reads it.
//!
//! A package may be called anything. Escape sequences would drive the reader's terminal, marks of writing
//! direction would let a name show as another, invisible characters would hide in it. They are shown as
//! `\u{1b}`; line breaks and tabs become spaces, since every text of a report is one line.

use crate::audit::AuditReport;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The text with everything invisible written out.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|character| is_break(character) || is_harmful(character)) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_break(character) {
            cleaned.push(' ');
        } else if is_harmful(character) {
            cleaned.extend(character.escape_unicode());
        } else {
            cleaned.push(character);
        }
    }
    Cow::Owned(cleaned)
}

/// At most `limit` characters of a text, with an ellipsis where it was cut.
pub fn shorten(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text[..end].trim_end())),
    }
}

/// Whether a character can change how the text around it is shown, or cannot be seen.
pub fn is_harmful(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    character.is_control()
        || matches!(character,
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\t')
}

/// The report with every text clean: as it is where nothing in it is harmful, which is the usual case and cheap
/// to see, else a copy.
///
/// # Errors
/// When the report cannot be expressed as JSON, which its types rule out.
pub fn inert(report: &AuditReport) -> Result<Cow<'_, AuditReport>, serde_json::Error> {
    let mut scan = HarmScan::default();
    serde_json::to_writer(&mut scan, report)?;
    if !scan.found {
        return Ok(Cow::Borrowed(report));
    }
    let mut value = serde_json::to_value(report)?;
    clean_value(&mut value);
    serde_json::from_value(value).map(Cow::Owned)
}

/// Looks for harmful characters in JSON as it is written, and keeps nothing of it. JSON escapes control characters,
/// each by a letter of its own.
#[derive(Default)]
struct HarmScan {
    found: bool,
    after_backslash: bool,
}

impl HarmScan {
    fn ascii(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.after_backslash {
                self.found |= !matches!(byte, b'"' | b'\\');
                self.after_backslash = false;
            } else {
                self.after_backslash = *byte == b'\\';
                self.found |= *byte == 0x7f;
            }
        }
    }
}

impl std::io::Write for HarmScan {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.is_ascii() {
            self.ascii(bytes);
        } else {
            self.after_backslash = false;
            // A character cut in two is taken for harmful, which costs time and nothing else.
            self.found |= std::str::from_utf8(bytes)
                .map_or(true, |text| text.contains('\\') || text.chars().any(is_harmful));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A copy of file texts under clean names. The texts keep their line breaks.
pub(super) fn inert_sources(sources: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    sources
        .iter()
        .map(|(file, text)| {
            let lines: Vec<_> = text.lines().map(|line| clean_line(line).into_owned()).collect();
            (clean(file).into_owned(), lines.join("\n"))
        })
        .collect()
}

/// Like [`clean`], but each harmful character becomes one replacement character, so that columns still count.
fn clean_line(line: &str) -> Cow<'_, str> {
    if !line.chars().any(|character| character != '\t' && is_harmful(character)) {
        return Cow::Borrowed(line);
    }
    let seen =
        |character: char| if character != '\t' && is_harmful(character) { '\u{fffd}' } else { character };
    Cow::Owned(line.chars().map(seen).collect())
}

fn clean_value(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(cleaned) = clean(text) {
                *text = cleaned;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean_value),
        Value::Object(members) => {
            let old = std::mem::take(members);
            for (key, mut member) in old {
                clean_value(&mut member);
                members.insert(clean(&key).into_owned(), member);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{HarmScan, clean, shorten};
    use std::borrow::Cow;

    fn is_found(text: &str) -> bool {
        let mut scan = HarmScan::default();
        serde_json::to_writer(&mut scan, &[text]).expect("JSON");
        scan.found
    }

    #[test]
    fn json_without_harm_is_seen_as_such() {
        for text in ["plain", "größe \"quoted\" C:\\new", ""] {
            assert!(!is_found(text), "{text:?}");
        }
        for text in ["a\nb", "\u{1b}[m", "\u{7f}", "\u{9b}", "\u{202e}", "\\\t"] {
            assert!(is_found(text), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(clean("\u{1b}[31mred\u{7}"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(clean("safe\u{202e}gpj.exe"), "safe\\u{202e}gpj.exe");
        assert_eq!(clean("a\u{200b}b\u{feff}\u{9b}2J"), "a\\u{200b}b\\u{feff}\\u{9b}2J");
        assert_eq!(clean("two\r\nlines\tand a tab"), "two  lines and a tab");
    }

    #[test]
    fn other_scripts_stay_as_they_are() {
        assert!(matches!(clean("größe-包-пакет-حزمة"), Cow::Borrowed(_)));
    }

    #[test]
    fn cutting_never_splits_a_character() {
        assert_eq!(shorten("größe", 3), "grö…");
        assert_eq!(shorten("größe", 5), "größe");
    }
}
