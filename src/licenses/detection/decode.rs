//! Bytes of a license file to text: UTF-8, UTF-16, Latin 1; HTML without its tags.

use std::borrow::Cow;

/// The text of a file, and whether it is text at all.
pub fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return Some(text);
    }
    if let Some(text) = utf16_without_mark(bytes) {
        return Some(Cow::Owned(text));
    }
    let head = &bytes[..bytes.len().min(4096)];
    if head.contains(&0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0),
    }
}

/// Windows tools write UTF-16 without a mark: every second byte of the first words is zero.
fn utf16_without_mark(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..16)?;
    let zeros = |from: usize| head.iter().skip(from).step_by(2).all(|byte| *byte == 0);
    let encoding = match (zeros(0), zeros(1)) {
        (true, false) => encoding_rs::UTF_16BE,
        (false, true) => encoding_rs::UTF_16LE,
        _ => return None,
    };
    Some(encoding.decode_without_bom_handling(bytes).0.into_owned())
}

/// The text without HTML tags, if it is HTML; lines stay where they are.
pub fn strip_html(text: &str) -> Cow<'_, str> {
    const SIGNS: [&str; 6] = ["<html", "<!doctype html", "</p>", "<br", "</div>", "</h1>"];
    let head = text.get(..text.len().min(8192)).unwrap_or(text);
    if !head.contains('<') {
        return Cow::Borrowed(text);
    }
    let lower = head.to_ascii_lowercase();
    if !SIGNS.iter().any(|sign| lower.contains(sign)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let skipped = if rest.starts_with('<') { tag(rest) } else { entity(rest, &mut out) };
        if skipped == 1 && rest.starts_with('<') {
            out.push('<');
        }
        // Line breaks inside a tag keep the line numbers right.
        rest[..skipped].matches('\n').for_each(|line_break| out.push_str(line_break));
        rest = &rest[skipped..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Length of the tag at the start; 1 if a lone `<` stands there.
fn tag(rest: &str) -> usize {
    let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    // Bounded, so that a text of nothing but opening brackets is not searched to its end each time.
    match rest.bytes().take(2000).position(|byte| byte == b'>') {
        Some(end) if is_tag => {
            for (skip, close) in [("script", "</script>"), ("style", "</style>")] {
                if rest.get(1..=skip.len()).is_some_and(|name| name.eq_ignore_ascii_case(skip)) {
                    let near = rest.get(..rest.len().min(65_536)).unwrap_or(rest);
                    return near.find(close).map_or(end + 1, |at| at + close.len());
                }
            }
            end + 1
        }
        _ => 1,
    }
}

/// Length of the entity at the start; its character, or a space, joins the text.
fn entity(rest: &str, out: &mut String) -> usize {
    let end = rest.bytes().take(12).position(|byte| byte == b';');
    let Some(end) = end else {
        out.push('&');
        return 1;
    };
    out.push_str(match &rest[1..end] {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" | "ldquo" | "rdquo" => "\"",
        "apos" | "#39" | "lsquo" | "rsquo" => "'",
        "copy" | "#169" => "©",
        _ => " ",
    });
    end + 1
}

#[cfg(test)]
mod tests {
    use super::{decode, strip_html};

    #[test]
    fn encodings() {
        let utf16: Vec<u8> = "MIT License text".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16).expect("text"), "MIT License text");
        let marked: Vec<u8> =
            [0xfe, 0xff].into_iter().chain("MIT".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(decode(&marked).expect("text"), "MIT");
        assert_eq!(decode(b"\xef\xbb\xbfMIT").expect("text"), "MIT");
        assert_eq!(decode(b"caf\xe9").expect("text"), "café");
        assert!(decode(b"\x7fELF\0\0\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08").is_none());
    }

    #[test]
    fn tags_and_entities_go_and_lines_stay() {
        let html = "<html><body>\n<p\nclass='x'>Permission &amp; more</p><script>var a;</script>\n<br>a < b";
        let text = strip_html(html);
        assert_eq!(text.lines().count(), html.lines().count());
        assert!(text.contains("Permission & more") && !text.contains("var a") && text.contains("a < b"));
        assert_eq!(strip_html("Copyright <year> <owner>"), "Copyright <year> <owner>");
    }
}
