//! What the license files of packages say, each distinct text looked at once.

use super::files::LicenseFile;
use super::reuse;
use super::standing::Standing;
use crate::licenses::detection::{Depth, Detection, decode, detect};
use crate::licenses::parse;
use crate::model::{DetectedKind, DetectedLicense, Expression};
use rayon::prelude::*;
use std::collections::HashMap;

/// A license seen in a file, with its candidates as expressions.
#[derive(Clone, Debug)]
pub struct Seen {
    /// For the report.
    pub license: DetectedLicense,
    /// What it can be.
    pub candidates: Vec<Expression>,
    /// Whether the file speaks of other people's code, or only lists the texts in use.
    pub aside: bool,
    /// What its file counts for.
    pub standing: Standing,
    /// What a person should know about it.
    pub note: Option<String>,
}

/// The answers for every distinct text.
#[derive(Debug, Default)]
pub struct Classified {
    by_text: HashMap<(String, bool), Vec<Detection>>,
}

impl Classified {
    /// Looks at every distinct text once, in parallel.
    pub fn of<'a>(files: impl Iterator<Item = &'a LicenseFile>) -> Self {
        let mut distinct: HashMap<(String, bool), &LicenseFile> = HashMap::new();
        for file in files {
            distinct.entry(key(file)).or_insert(file);
        }
        let by_text = distinct.into_par_iter().map(|(key, file)| (key, classify(file))).collect();
        Self { by_text }
    }

    /// The number of distinct texts.
    pub fn len(&self) -> usize {
        self.by_text.len()
    }

    /// What a file says.
    pub fn seen(&self, file: &LicenseFile) -> Vec<Seen> {
        let covered = file.covered.as_deref().map(reuse::detections);
        let detections = match &covered {
            Some(found) => found.as_slice(),
            None => self.by_text.get(&key(file)).map(Vec::as_slice).unwrap_or_default(),
        };
        let reported = file.name.split('/').rev().skip(1).any(|folder| folder == "LICENSES");
        detections
            .iter()
            .map(|detection| {
                let candidates = narrowed_by_name(file, detection.candidates.clone());
                Seen {
                    license: DetectedLicense {
                        kind: detection.kind,
                        file: file.name.clone(),
                        first_line: detection.place.first_line,
                        last_line: detection.place.last_line,
                        candidates: candidates.iter().map(ToString::to_string).collect(),
                        confidence: detection.confidence,
                        sha256: file.sha256.clone(),
                    },
                    candidates,
                    standing: file.standing.clone(),
                    aside: detection.kind != DetectedKind::Reuse
                        && (reported
                            || file.third_party()
                            || file.documentation()
                            || file.depth() == Depth::Mention),
                    note: match &detection.note {
                        Some(note) => Some(format!("{}: {note}", file.name)),
                        None if file.documentation() => {
                            Some(format!("{}: is for the documentation, by its name", file.name))
                        }
                        None => None,
                    },
                }
            })
            .collect()
    }
}

fn key(file: &LicenseFile) -> (String, bool) {
    (file.sha256.clone(), is_reuse(file) || file.depth() == Depth::Mention)
}

fn is_reuse(file: &LicenseFile) -> bool {
    file.name.eq_ignore_ascii_case("REUSE.toml")
}

fn classify(file: &LicenseFile) -> Vec<Detection> {
    let text = decode(&file.content);
    match text {
        Some(text) if is_reuse(file) => reuse::read(&text),
        Some(text) => detect(&text, file.depth()),
        None => vec![Detection {
            kind: DetectedKind::Unknown,
            place: crate::licenses::detection::Place { first_line: 0, last_line: 0 },
            candidates: Vec::new(),
            confidence: 0.0,
            note: Some("is not text".to_owned()),
        }],
    }
}

/// `LICENSES/GPL-2.0-or-later.txt` says by its name what the text leaves open (REUSE 3.3).
fn narrowed_by_name(file: &LicenseFile, candidates: Vec<Expression>) -> Vec<Expression> {
    let Some(name) = file.name.strip_prefix("LICENSES/") else { return candidates };
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match parse(stem) {
        Ok(named) if candidates.contains(&named) => vec![named],
        _ => candidates,
    }
}
