//! Core metadata (METADATA of a wheel, PKG-INFO of an egg or source archive): headers only.
//!
//! Written here rather than with a mail parser, because the folded lines of a `License` field that holds a
//! whole text must stay lines, and one malformed header must not hide the others. The bytes are UTF-8
//! whatever else a header says; `UNKNOWN` is what old tools write for nothing.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Headers beyond this size, in bytes, are cut off and the cut is reported.
const HEADER_LIMIT: usize = 4 * 1024 * 1024;
const CHUNK: usize = 32 * 1024;

/// A header with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Its name in lower case.
    pub name: String,
    /// Its value; lines of a folded value without their indentation.
    pub value: String,
    /// The line it begins on, from 1.
    pub line: u32,
}

/// The headers of a metadata file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    /// Headers in order.
    pub headers: Vec<Header>,
    /// What was wrong with the file, as sentence fragments with the line.
    pub complaints: Vec<(u32, String)>,
}

impl Metadata {
    /// Reads the headers of a file; the description behind them is not read.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub(super) fn of_file(path: &Path) -> Result<Self, String> {
        let (bytes, cut) = header_bytes(path)?;
        let mut metadata = Self::parse(&bytes);
        if cut {
            metadata
                .complaints
                .push((0, format!("has more than {HEADER_LIMIT} bytes of headers; the rest was not read")));
        }
        Ok(metadata)
    }

    /// Reads headers up to the first empty line.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut line_number = 0;
        for line in bytes.split(|byte| *byte == b'\n') {
            line_number += 1;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                break;
            }
            let text = String::from_utf8_lossy(line);
            if text.contains('\u{fffd}') && std::str::from_utf8(line).is_err() {
                found.complaints.push((line_number, "holds bytes that are not UTF-8".to_owned()));
            }
            found.line(&text, line_number);
        }
        for header in &mut found.headers {
            header.value.truncate(header.value.trim_end().len());
        }
        found.headers.retain(|header| !header.value.is_empty() && header.value != "UNKNOWN");
        found
    }

    fn line(&mut self, text: &str, number: u32) {
        if text.starts_with([' ', '\t']) {
            if let Some(header) = self.headers.last_mut() {
                header.value.push('\n');
                header.value.push_str(unfolded(text));
            }
            return;
        }
        match text.split_once(':') {
            Some((name, value)) if !name.is_empty() && !name.contains(' ') => self.headers.push(Header {
                name: name.to_ascii_lowercase(),
                value: value.trim().to_owned(),
                line: number,
            }),
            // A license text that an old tool did not fold: it belongs to the field before.
            _ => match self.headers.last_mut() {
                Some(header) => {
                    header.value.push('\n');
                    header.value.push_str(text);
                }
                None => self.complaints.push((number, "does not begin with a header".to_owned())),
            },
        }
    }

    /// The first header of a name.
    pub(super) fn first(&self, name: &str) -> Option<&Header> {
        self.headers.iter().find(|header| header.name == name)
    }

    /// The value of the first header of a name.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.first(name).map(|header| header.value.as_str())
    }

    /// All headers of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Header> {
        self.headers.iter().filter(move |header| header.name == name)
    }
}

/// The specification folds with seven spaces and a bar; setuptools with eight spaces.
fn unfolded(text: &str) -> &str {
    let eight = text.strip_prefix("       |").or_else(|| text.strip_prefix("        "));
    eight.unwrap_or_else(|| text.trim_start())
}

/// The bytes up to the first empty line, and whether the limit cut them.
fn header_bytes(path: &Path) -> Result<(Vec<u8>, bool), String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    loop {
        let start = bytes.len();
        let wanted = if start == 0 { CHUNK } else { CHUNK * 4 };
        bytes.resize(start + wanted, 0);
        let count = read_full(&mut file, &mut bytes[start..]).map_err(|error| error.to_string())?;
        bytes.truncate(start + count);
        if count < wanted || has_empty_line(&bytes[start.saturating_sub(3)..]) {
            return Ok((bytes, false));
        }
        if bytes.len() > HEADER_LIMIT {
            return Ok((bytes, true));
        }
    }
}

fn read_full(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match file.read(&mut buffer[count..])? {
            0 => break,
            more => count += more,
        }
    }
    Ok(count)
}

fn has_empty_line(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"\n\n").is_some() || memchr::memmem::find(bytes, b"\n\r\n").is_some()
}

#[cfg(test)]
mod tests {
    use super::Metadata;

    #[test]
    fn headers_are_read_and_the_description_is_not() {
        let text = b"Metadata-Version: 2.1\r\nName: a\r\nLicense: MIT License\r\n        \r\n        Permission\r\n       |  is\r\nSummary: UNKNOWN\r\nKeywords: caf\xe9\r\nClassifier: A\r\nClassifier: B\r\n\r\nName: not this\r\n";
        let metadata = Metadata::parse(text);
        assert_eq!(metadata.value("license"), Some("MIT License\n\nPermission\n  is"));
        assert_eq!(metadata.value("summary"), None);
        assert_eq!(metadata.value("keywords"), Some("caf\u{fffd}"));
        assert_eq!(metadata.all("classifier").map(|header| header.line).collect::<Vec<_>>(), [9, 10]);
        assert_eq!(metadata.all("name").count(), 1);
        assert_eq!(metadata.complaints.len(), 1);
    }

    #[test]
    fn a_huge_description_is_cheap_and_huge_headers_are_cut() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("METADATA");
        let mut text = b"Name: a\nVersion: 1\n\n".to_vec();
        text.resize(10 * 1024 * 1024, b'x');
        std::fs::write(&path, &text).expect("written");
        assert!(super::header_bytes(&path).expect("read").0.len() <= super::CHUNK);
        std::fs::write(&path, vec![b'x'; 9 * 1024 * 1024]).expect("written");
        let metadata = Metadata::of_file(&path).expect("read");
        assert!(!metadata.complaints.is_empty());
        assert!(Metadata::of_file(directory.path()).is_err());
    }

    #[test]
    fn an_unfolded_license_text_stays_with_its_field() {
        let metadata = Metadata::parse(b"License: Some terms\nPermission is granted: freely\nName: a\n");
        assert_eq!(metadata.value("license"), Some("Some terms\nPermission is granted: freely"));
        assert_eq!(metadata.value("name"), Some("a"));
    }
}
