//! What kind of document some bytes are.

use std::borrow::Cow;

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// CycloneDX as JSON.
    CycloneDxJson,
    /// CycloneDX as XML.
    CycloneDxXml,
    /// SPDX 2 as JSON.
    Spdx2Json,
    /// SPDX 2 as tag-value.
    Spdx2TagValue,
    /// SPDX 3 as JSON-LD.
    Spdx3Json,
}

/// How much of a document is looked at.
const HEAD: usize = 64 * 1024;

/// The text of a document, UTF-16 included, and whether damaged characters had to be replaced.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let encoding = match bytes {
        [0xFF, 0xFE, ..] => encoding_rs::UTF_16LE,
        [0xFE, 0xFF, ..] => encoding_rs::UTF_16BE,
        // No byte order mark, but the first character is ASCII as in every format here.
        [first, 0, ..] if first.is_ascii() && *first != 0 => encoding_rs::UTF_16LE,
        [0, second, ..] if second.is_ascii() && *second != 0 => encoding_rs::UTF_16BE,
        _ => encoding_rs::UTF_8,
    };
    let (text, _, replaced) = encoding.decode(bytes);
    (text, replaced)
}

/// The kind of a document, from its first 64 KiB.
pub(super) fn kind_of(text: &str) -> Option<DocumentKind> {
    let mut end = HEAD.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text[..end].trim_start();
    if head.starts_with('{') {
        kind_of_json(head, text)
    } else if head.starts_with('<') {
        head.contains("cyclonedx.org/schema/bom").then_some(DocumentKind::CycloneDxXml)
    } else {
        let is_tag = |line: &str| line.trim_start().starts_with("SPDXVersion:");
        head.lines().take(200).any(is_tag).then_some(DocumentKind::Spdx2TagValue)
    }
}

fn kind_of_json(head: &str, whole: &str) -> Option<DocumentKind> {
    let kind = |text: &str| {
        if text.contains("\"bomFormat\"") || text.contains("cyclonedx.org/schema/bom") {
            Some(DocumentKind::CycloneDxJson)
        } else if text.contains("\"spdxVersion\"") {
            Some(DocumentKind::Spdx2Json)
        } else if text.contains("spdx.org/rdf/3.") {
            Some(DocumentKind::Spdx3Json)
        } else {
            None
        }
    };
    // Keys may come in any order, so a large document can name its format at its end.
    kind(head).or_else(|| {
        let mut start = whole.len().saturating_sub(HEAD);
        while !whole.is_char_boundary(start) {
            start += 1;
        }
        kind(&whole[start..])
    })
}

#[cfg(test)]
mod tests {
    use super::{DocumentKind, decode, kind_of};

    #[test]
    fn documents_are_known_by_their_start() {
        let cases = [
            ("{\"bomFormat\": \"CycloneDX\"}", Some(DocumentKind::CycloneDxJson)),
            (
                "<?xml version=\"1.0\"?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"/>",
                Some(DocumentKind::CycloneDxXml),
            ),
            ("{\"spdxVersion\": \"SPDX-2.2\"}", Some(DocumentKind::Spdx2Json)),
            ("# made by hand\nSPDXVersion: SPDX-2.3\n", Some(DocumentKind::Spdx2TagValue)),
            (
                "{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\"}",
                Some(DocumentKind::Spdx3Json),
            ),
            ("{\"name\": \"package\"}", None),
            ("<html/>", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(kind_of(text), expected, "{text}");
        }
    }

    #[test]
    fn utf_16_is_decoded_with_and_without_mark() {
        let text = "{\"bomFormat\": 1}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> =
            [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&little).0, text);
        assert_eq!(decode(&big).0, text);
        assert!(decode(b"a\xff").1);
    }
}
