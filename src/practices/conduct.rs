//! Recognising the Contributor Covenant by its text, whatever was added around it.

use std::collections::BTreeSet;

const FINGERPRINTS: &str = include_str!("../../data/practices/contributor-covenant.txt");
const WINDOW: usize = 5;

/// The version whose text a code of conduct shares most, and how much of it is there, 0 to 1.
pub fn covenant(text: &str) -> Option<(&'static str, f32)> {
    let present = windows(text);
    let mut versions: Vec<(&'static str, Vec<u64>)> = Vec::new();
    for line in FINGERPRINTS.lines().filter(|line| !line.starts_with('#')) {
        let Some((version, hash)) = line.split_once(' ') else { continue };
        let Ok(hash) = u64::from_str_radix(hash, 16) else { continue };
        match versions.last_mut().filter(|(known, _)| *known == version) {
            Some((_, hashes)) => hashes.push(hash),
            None => versions.push((version, vec![hash])),
        }
    }
    let shared = versions.into_iter().map(|(version, hashes)| (version, containment(&hashes, &present)));
    shared.max_by(|left, right| left.1.total_cmp(&right.1))
}

/// The share of the reference that is present.
fn containment(reference: &[u64], present: &BTreeSet<u64>) -> f32 {
    if reference.is_empty() {
        return 0.0;
    }
    let found = reference.iter().filter(|hash| present.contains(hash)).count();
    found as f32 / reference.len() as f32
}

/// Hashes of every run of five words of a paragraph.
fn windows(text: &str) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    for paragraph in text.replace("\r\n", "\n").split("\n\n") {
        let lower = paragraph.to_lowercase();
        let words: Vec<&str> = lower
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        found.extend(words.windows(WINDOW).map(|window| fnv(&window.join(" "))));
    }
    found
}

/// FNV-1a, 64 bit.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containment_counts_what_is_there() {
        let text = "one two three four five six seven eight nine ten";
        let reference: Vec<u64> = windows(text).into_iter().collect();
        assert_eq!(containment(&reference, &windows(text)), 1.0);
        assert_eq!(containment(&reference, &windows(&format!("before {text} after"))), 1.0);
        let half = containment(&reference, &windows("one two three four five six seven"));
        assert!(half > 0.3 && half < 0.7, "{half}");
        assert_eq!(containment(&reference, &windows("nothing of this is there at all")), 0.0);
    }

    #[test]
    fn other_texts_are_not_the_covenant() {
        let (_, share) = covenant("We are kind to each other, and we stop people who are not.").unwrap();
        assert_eq!(share, 0.0);
    }

    #[test]
    fn every_version_has_fingerprints() {
        for version in ["1.4", "2.0", "2.1"] {
            let lines = FINGERPRINTS.lines().filter(|line| line.starts_with(&format!("{version} "))).count();
            assert!(lines > 40, "{version}: {lines}");
        }
        assert_eq!(fnv("a"), 0xaf63_dc4c_8601_ec8c, "the published test vector of FNV-1a");
    }
}
