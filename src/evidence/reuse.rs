//! REUSE.toml (REUSE 3.3) in a package: licenses that a project states for its files in one place.
//!
//! Where the files lie beside it, it is held against each of them and what it says itself; in an archive, every
//! annotation is taken as it stands.

use crate::licenses::detection::{Detection, Place};
use crate::licenses::parse;
use crate::licenses::reuse::{ReuseToml, Statement, header, of_file, sidecar};
use crate::model::{DetectedKind, Expression};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;

/// A header stands within this many bytes.
const HEADER_BYTES: u64 = 8 * 1024;
/// No package has more files than this that say something of their own.
const MOST_FILES: usize = 50_000;
/// Directories of other people's code and of version control.
const PASSED_OVER: [&str; 4] = [".git", "LICENSES", "node_modules", "target"];

/// Files under one license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// The license as written.
    pub license: String,
    /// The first of the files.
    pub example: String,
    /// How many.
    pub files: usize,
}

/// Holds the `REUSE.toml` at the top of a directory, and those below, against every file: which license holds for
/// how many of them. `None` if the one at the top cannot be read as such.
///
/// # Errors
/// When there are too many files to look at, or a further `REUSE.toml` cannot be read.
pub fn survey(directory: &Path, content: &[u8]) -> Result<Option<Vec<Covered>>, String> {
    let Ok(top) = ReuseToml::read("", &String::from_utf8_lossy(content)) else { return Ok(None) };
    let mut paths = BTreeSet::new();
    list(directory, "", &mut paths)?;
    let mut tomls = vec![top];
    for path in &paths {
        let Some(folder) = path.strip_suffix("/REUSE.toml") else { continue };
        let text = start(&directory.join(path), super::files::MOST_FILE_BYTES);
        tomls.push(ReuseToml::read(folder, &text).map_err(|error| format!("{path}: {error}"))?);
    }
    let mut found: BTreeMap<String, Covered> = BTreeMap::new();
    for path in paths.iter().filter(|path| is_covered(path, &paths)) {
        let beside = sidecar(path);
        let source = if paths.contains(&beside) { &beside } else { path };
        let own = header(&start(&directory.join(source), HEADER_BYTES));
        let Some(license) = of_file(&tomls, path, own).license() else { continue };
        let group = found.entry(license.clone());
        group.or_insert_with(|| Covered { license, example: path.clone(), files: 0 }).files += 1;
    }
    Ok(Some(found.into_values().collect()))
}

/// Whether REUSE asks for the license of this file: not of license files and of what speaks for others.
fn is_covered(path: &str, paths: &BTreeSet<String>) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let speaks_for_another = path.strip_suffix(".license").is_some_and(|other| paths.contains(other));
    let license = ["LICENSE", "LICENCE", "COPYING"].iter().any(|start| name.starts_with(start));
    !speaks_for_another && !license && name != "REUSE.toml"
}

fn list(directory: &Path, prefix: &str, paths: &mut BTreeSet<String>) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(directory) else { return Ok(()) };
    for entry in entries.flatten() {
        let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
        if kind.is_dir() && !PASSED_OVER.contains(&name.as_str()) {
            list(&entry.path(), &format!("{prefix}{name}/"), paths)?;
        } else if kind.is_file() {
            paths.insert(format!("{prefix}{name}"));
        }
        if paths.len() > MOST_FILES {
            return Err(format!("speaks of more than {MOST_FILES} files; they were not looked at"));
        }
    }
    Ok(())
}

/// The start of a file as text; nothing of one that cannot be read.
fn start(path: &Path, limit: u64) -> String {
    let mut bytes = Vec::new();
    let opened = fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    if opened.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a survey found, as detections of the `REUSE.toml`.
pub fn detections(covered: &[Covered]) -> Vec<Detection> {
    let found = covered.iter().map(|group| {
        let files = match group.files {
            1 => group.example.clone(),
            more => format!("{} and {} more", group.example, more - 1),
        };
        detection(1, std::slice::from_ref(&group.license), Some(format!("holds for {files}")))
    });
    found.collect()
}

/// The licenses of the annotations as they stand. Several licenses in one annotation all bind. Annotations with the
/// same license count once.
pub fn read(text: &str) -> Vec<Detection> {
    let toml = match ReuseToml::read("", text) {
        Ok(toml) => toml,
        Err(error) => return vec![unreadable(&error)],
    };
    let mut found: Vec<Detection> = Vec::new();
    for (line, Statement { licenses, .. }) in toml.statements().filter(|(_, one)| !one.licenses.is_empty()) {
        let one = detection(line, licenses, None);
        if !found.iter().any(|known| known.candidates == one.candidates && !one.candidates.is_empty()) {
            found.push(one);
        }
    }
    found
}

fn detection(line: u32, licenses: &[String], note: Option<String>) -> Detection {
    let parsed: Result<Vec<_>, _> = licenses.iter().map(|text| parse(text)).collect();
    let (candidates, note) = match parsed {
        Ok(members) => (vec![Expression::all_of(members)], note),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    let place = Place { first_line: line, last_line: line };
    Detection { kind: DetectedKind::Reuse, place, candidates, confidence: 1.0, note }
}

fn unreadable(error: &str) -> Detection {
    Detection {
        kind: DetectedKind::Unknown,
        place: Place { first_line: 0, last_line: 0 },
        candidates: Vec::new(),
        confidence: 0.0,
        note: Some(error.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::model::DetectedKind;

    #[test]
    fn annotations_of_an_archive_are_taken_as_they_stand() {
        let text = "version = 1\n\n[[annotations]]\npath = \"**\"\nprecedence = \"override\"\n\
                    SPDX-License-Identifier = \"GPL-3.0-or-later\"\n\n[[annotations]]\npath = [\"a\", \"b\"]\n\
                    SPDX-License-Identifier = [\"MIT\", \"CC0-1.0\"]\n";
        let found = read(text);
        let written: Vec<_> = found.iter().map(|one| one.candidates[0].to_string()).collect();
        assert_eq!(written, ["GPL-3.0-or-later", "MIT AND CC0-1.0"]);
        assert_eq!(found[1].place.first_line, 8);
        assert!(found.iter().all(|one| one.kind == DetectedKind::Reuse));
    }

    #[test]
    fn what_cannot_be_read_is_unknown() {
        assert_eq!(read("[[annotations")[0].kind, DetectedKind::Unknown);
        let unheard = "[[annotations]]\npath = \"a\"\nSPDX-License-Identifier = \"Foo\"";
        assert!(read(unheard)[0].candidates.is_empty());
    }
}
