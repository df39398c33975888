//! `SPDX-License-Identifier:` tags (SPDX 3.0.1 Annex E, REUSE 3.3).

use super::{Detection, Place};
use crate::licenses::parse;
use crate::model::DetectedKind;

const TAG: &str = "SPDX-License-Identifier:";

/// The tags of a text, without those between `REUSE-IgnoreStart` and `REUSE-IgnoreEnd`.
///
/// A tag with anything but an expression has no candidates.
pub fn find(text: &str) -> Vec<Detection> {
    if memchr::memmem::find(text.as_bytes(), TAG.as_bytes()).is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut ignored = false;
    for (number, line) in text.lines().enumerate() {
        // REUSE-IgnoreStart
        if line.contains("REUSE-IgnoreStart") {
            ignored = true;
        } else if line.contains("REUSE-IgnoreEnd") {
            ignored = false;
        }
        // REUSE-IgnoreEnd
        let Some((_, value)) = line.split_once(TAG) else { continue };
        if ignored {
            continue;
        }
        let written = value.trim().trim_end_matches(|c: char| "*/-><#\"'%;".contains(c) || c.is_whitespace());
        let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let (candidates, note) = match parse(written) {
            Ok(expression) => (vec![expression], None),
            Err(error) => {
                (Vec::new(), Some(format!("the tag in line {number} is no license expression: {error}")))
            }
        };
        found.push(Detection {
            kind: DetectedKind::Header,
            place: Place { first_line: number, last_line: number },
            candidates,
            confidence: 1.0,
            note,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn tags_in_comments_and_ignored_ones() {
        let text = "/* SPDX-License-Identifier: MIT OR Apache-2.0 */\n# REUSE-IgnoreStart\n\
                    SPDX-License-Identifier: GPL-3.0-only\n# REUSE-IgnoreEnd\n<!-- SPDX-License-Identifier: ISC -->\n";
        let found: Vec<_> =
            find(text).iter().map(|tag| (tag.place.first_line, tag.candidates[0].to_string())).collect();
        assert_eq!(found, [(1, "MIT OR Apache-2.0".to_owned()), (5, "ISC".to_owned())]);
    }

    #[test]
    fn a_wrong_tag_is_seen_and_not_guessed() {
        let found = find("SPDX-License-Identifier: Apache 2");
        assert!(found[0].candidates.is_empty());
        assert!(found[0].note.as_ref().is_some_and(|note| note.contains("no license expression")));
    }
}
