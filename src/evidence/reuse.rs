//! REUSE.toml (REUSE 3.3): licenses that a project states for its files in one place.

use crate::licenses::detection::{Detection, Place};
use crate::licenses::parse;
use crate::model::{DetectedKind, Expression};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    annotations: Vec<Spanned<Annotation>>,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    path: Texts,
    #[serde(default)]
    precedence: Option<String>,
    #[serde(default, rename = "SPDX-License-Identifier")]
    license: Texts,
}

/// One text or a list of them, as REUSE.toml allows for every key.
#[derive(Default)]
struct Texts(Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => vec![text],
            toml::Value::Array(items) => {
                items.into_iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        };
        Ok(Self(texts))
    }
}

/// The licenses of the annotations. Several licenses in one annotation all bind. Annotations with the same
/// license count once; `precedence` decides only between an annotation and a file's own tag.
pub fn read(text: &str) -> Vec<Detection> {
    let page: Page = match toml::from_str(text) {
        Ok(page) => page,
        Err(error) => return vec![unreadable(&error.to_string())],
    };
    let mut found: Vec<Detection> = Vec::new();
    for spanned in page.annotations {
        let before = &text[..spanned.span().start.min(text.len())];
        let line = u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX);
        let annotation = spanned.into_inner();
        if annotation.license.0.is_empty() {
            continue;
        }
        let parsed: Result<Vec<_>, _> = annotation.license.0.iter().map(|text| parse(text)).collect();
        let (candidates, note) = match parsed {
            Ok(members) => (vec![Expression::all_of(members)], precedence(&annotation)),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        if !found.iter().any(|known| known.candidates == candidates && !candidates.is_empty()) {
            found.push(Detection {
                kind: DetectedKind::Reuse,
                place: Place { first_line: line, last_line: line },
                candidates,
                confidence: 1.0,
                note,
            });
        }
    }
    found
}

fn precedence(annotation: &Annotation) -> Option<String> {
    let overrides = annotation.precedence.as_deref() == Some("override");
    overrides.then(|| format!("overrides what the files {} say themselves", annotation.path.0.join(", ")))
}

fn unreadable(error: &str) -> Detection {
    Detection {
        kind: DetectedKind::Unknown,
        place: Place { first_line: 0, last_line: 0 },
        candidates: Vec::new(),
        confidence: 0.0,
        note: Some(error.lines().next().unwrap_or_default().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::model::DetectedKind;

    #[test]
    fn annotations() {
        let text = "version = 1\n\n[[annotations]]\npath = \"**\"\nprecedence = \"override\"\n\
                    SPDX-License-Identifier = \"GPL-3.0-or-later\"\n\n[[annotations]]\npath = [\"a\", \"b\"]\n\
                    SPDX-License-Identifier = [\"MIT\", \"CC0-1.0\"]\n";
        let found = read(text);
        let written: Vec<_> = found.iter().map(|one| one.candidates[0].to_string()).collect();
        assert_eq!(written, ["GPL-3.0-or-later", "MIT AND CC0-1.0"]);
        assert!(found[0].note.as_ref().is_some_and(|note| note.contains("**")));
        assert!(found.iter().all(|one| one.kind == DetectedKind::Reuse));
    }

    #[test]
    fn what_cannot_be_read_is_unknown() {
        assert_eq!(read("[[annotations")[0].kind, DetectedKind::Unknown);
        assert!(read("[[annotations]]\nSPDX-License-Identifier = \"Foo\"")[0].candidates.is_empty());
    }
}
