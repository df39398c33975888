//! go.sum: hashes of what the go command once downloaded.
//!
//! Evidence only. It lists more versions than the build list and says nothing about who needs them.

use super::version::ModuleVersion;
use std::collections::HashMap;

/// A hash line for a module's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Base64 of the `h1:` hash.
    pub hash: String,
    /// The line, from 1.
    pub line: u32,
}

/// The content of a go.sum file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SumFile {
    /// Hashes of module contents.
    pub modules: HashMap<ModuleVersion, Sum>,
    /// Hashes of go.mod files.
    pub mod_files: HashMap<ModuleVersion, Sum>,
    /// Lines that could not be read.
    pub broken: Vec<u32>,
}

/// Reads a go.sum file.
pub fn parse(text: &str) -> SumFile {
    let mut file = SumFile::default();
    for (number, line) in (1..).zip(text.lines()) {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            [] => {}
            [path, version, hash] => match hash.strip_prefix("h1:") {
                Some(hash) => {
                    let sum = Sum { hash: hash.to_owned(), line: number };
                    let (known, version) = match version.strip_suffix("/go.mod") {
                        Some(version) => (&mut file.mod_files, version),
                        None => (&mut file.modules, version),
                    };
                    known.entry(ModuleVersion::new(path, version)).or_insert(sum);
                }
                // Hashes with other prefixes belong to a later algorithm.
                None if hash.contains(':') => {}
                None => file.broken.push(number),
            },
            _ => file.broken.push(number),
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_hashes_are_kept_and_broken_lines_named() {
        let file =
            parse("a v1.0.0 h1:AAA=\na v1.0.0/go.mod h1:BBB=\n\nb v1.0.0\nc v1.0.0 h2:later\nd v1 nohash\n");
        assert_eq!(file.modules.len(), 1);
        assert_eq!(
            file.modules[&ModuleVersion::new("a", "v1.0.0")],
            Sum { hash: "AAA=".to_owned(), line: 1 }
        );
        assert_eq!(file.broken, [4, 6]);
    }
}
