//! Files as text: size limits, encodings, line numbers.

use crate::ecosystems::ReadContext;
use crate::model::{Problem, SourceSpan};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// No manifest or lock file of a real project comes near this size, in bytes.
pub(super) const FILE_LIMIT: u64 = 64 * 1024 * 1024;

/// A text file of the audited tree.
#[derive(Debug)]
pub(super) struct Document {
    /// Its path relative to the audited root.
    pub name: String,
    /// Its text without byte order mark; line ends as they are.
    pub text: String,
    line_starts: Vec<usize>,
}

impl Document {
    /// For text that is already in memory.
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let mut line_starts = vec![0];
        line_starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        Self { name: name.into(), text, line_starts }
    }

    /// The line of a byte offset.
    pub(super) fn span(&self, offset: usize) -> SourceSpan {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        self.line(line)
    }

    /// A line, counted from 1.
    pub(super) fn line(&self, line: usize) -> SourceSpan {
        SourceSpan::line(self.name.clone(), u32::try_from(line).unwrap_or(u32::MAX))
    }
}

/// A few names for a message.
pub(super) fn list(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

/// Reads a text file, noting in `problems` what went wrong; `None` when there is nothing to work with.
pub(super) fn load(path: &Path, context: &ReadContext, problems: &mut Vec<Problem>) -> Option<Document> {
    let name = context.relative(path);
    match read_limited(path, FILE_LIMIT) {
        Ok(bytes) => {
            let (text, complaint) = decode(&bytes);
            if let Some(complaint) = complaint {
                problems.push(Problem::note(Some(SourceSpan::file(name.clone())), complaint));
            }
            Some(Document::new(name, text))
        }
        Err(reason) => {
            let message = format!("cannot be read: {reason}; what it asks for is missing from the audit");
            problems.push(Problem::incomplete(Some(SourceSpan::file(name)), message));
            None
        }
    }
}

/// Reads a regular file of at most `limit` bytes.
pub(super) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    if metadata.len() > limit {
        return Err(format!("it has {} bytes, more than the limit of {limit}", metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(limit).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// Bytes to text as pip does it: byte order mark, else UTF-8, else the encoding that a comment in the first
/// two lines names (PEP 263), else Windows-1252 with a complaint.
fn decode(bytes: &[u8]) -> (String, Option<String>) {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_without_bom_handling(&bytes[length..]);
        let complaint = broken.then(|| format!("holds bytes that are not {}", encoding.name()));
        return (text.into_owned(), complaint);
    }
    let bytes = match std::str::from_utf8(bytes) {
        Ok(text) => return (text.to_owned(), None),
        Err(_) => bytes,
    };
    let declared = declared_encoding(bytes);
    let encoding = declared.unwrap_or(encoding_rs::WINDOWS_1252);
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    let complaint = match (declared, broken) {
        (Some(_), false) => None,
        (Some(_), true) => Some(format!("holds bytes that are not {}", encoding.name())),
        (None, _) => Some("is not UTF-8 and names no encoding; read as Windows-1252".to_owned()),
    };
    (text.into_owned(), complaint)
}

fn declared_encoding(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = String::from_utf8_lossy(line);
        let Some(comment) = line.trim_start().strip_prefix('#') else { continue };
        let Some(at) = comment.find("coding") else { continue };
        let Some(label) = comment[at + "coding".len()..].strip_prefix([':', '=']) else { continue };
        let label: String = label
            .trim_start()
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(*letter))
            .collect();
        // Python's spelling of the label that the web calls latin1.
        let label = if label.eq_ignore_ascii_case("latin-1") { "latin1" } else { &label };
        return encoding_rs::Encoding::for_label(label.as_bytes());
    }
    None
}

/// An address without the name and password that may stand in it: a secret never reaches a report.
pub(super) fn without_credentials(address: &str) -> String {
    let Some(scheme) = address.find("://") else { return address.to_owned() };
    let rest = &address[scheme + 3..];
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..authority].rfind('@') {
        Some(at) if !is_plain_user(&rest[..at]) => format!("{}{}", &address[..scheme + 3], &rest[at + 1..]),
        _ => address.to_owned(),
    }
}

/// `git@` names the service's account, not a person's secret.
fn is_plain_user(user: &str) -> bool {
    user == "git"
}

#[cfg(test)]
mod tests {
    use super::{Document, decode, without_credentials};

    #[test]
    fn encodings_are_those_pip_understands() {
        let cases: [(&[u8], &str, bool); 6] = [
            (b"caf\xc3\xa9", "caf\u{e9}", false),
            (b"\xef\xbb\xbfflask", "flask", false),
            (b"\xff\xfef\0l\0", "fl", false),
            (b"\xfe\xff\0f\0l", "fl", false),
            (b"# -*- coding: latin-1 -*-\ncaf\xe9", "# -*- coding: latin-1 -*-\ncaf\u{e9}", false),
            (b"caf\xe9", "caf\u{e9}", true),
        ];
        for (bytes, expected, complains) in cases {
            let (text, complaint) = decode(bytes);
            assert_eq!(text, expected);
            assert_eq!(complaint.is_some(), complains, "{expected}");
        }
    }

    #[test]
    fn credentials_are_left_out() {
        assert_eq!(without_credentials("https://u:p@host.example/a@1"), "https://host.example/a@1");
        assert_eq!(without_credentials("git+https://${TOKEN}@h.example/a"), "git+https://h.example/a");
        assert_eq!(
            without_credentials("git+ssh://git@h.example/a.git@v1"),
            "git+ssh://git@h.example/a.git@v1"
        );
        assert_eq!(without_credentials("./local@here"), "./local@here");
    }

    #[test]
    fn offsets_become_lines() {
        let document = Document::new("f", "a\r\nb\nc");
        assert_eq!(document.span(0).line, 1);
        assert_eq!(document.span(3).line, 2);
        assert_eq!(document.span(99).line, 3);
    }
}
