//! Packages with a license that people trip over, and what does the same job. Compiled from `data/alternatives.toml`.

use crate::model::{Ecosystem, folded_name};

include!(concat!(env!("OUT_DIR"), "/alternatives.rs"));

/// A package that people replace for its license.
#[derive(Debug)]
pub struct Alternative {
    /// Its world.
    pub ecosystem: Ecosystem,
    /// Its name.
    pub package: &'static str,
    /// The versions it is about; all of them if empty.
    pub versions: &'static [Bound],
    /// Versions of the same package under another license.
    pub other_versions: &'static [OtherVersions],
    /// Packages that do the same job.
    pub instead: &'static [Substitute],
}

/// Versions of a package under another license.
#[derive(Debug)]
pub struct OtherVersions {
    /// Which, as written.
    pub versions: &'static str,
    /// Their license.
    pub license: &'static str,
}

/// A package that does the same job.
#[derive(Debug)]
pub struct Substitute {
    /// Its name.
    pub package: &'static str,
    /// Its license.
    pub license: &'static str,
    /// What is different about it.
    pub note: &'static str,
}

/// One end of a range of versions, as numbers.
#[derive(Debug)]
pub enum Bound {
    /// This version and later ones.
    From(&'static [u64]),
    /// Versions before this one.
    Below(&'static [u64]),
}

impl Alternative {
    /// What is known of a package of this name in this version; nothing for a version that cannot be compared.
    pub fn find(
        ecosystem: Ecosystem,
        name: &str,
        version: Option<&str>,
    ) -> impl Iterator<Item = &'static Self> {
        let name = comparable(ecosystem, name);
        let version = version.map(str::to_owned);
        ALTERNATIVES.iter().filter(move |known| {
            known.ecosystem == ecosystem
                && comparable(ecosystem, known.package) == name
                && is_within(version.as_deref(), known.versions)
        })
    }
}

/// Whether a version lies in a range; one that is not known lies only in the open range.
fn is_within(version: Option<&str>, bounds: &[Bound]) -> bool {
    if bounds.is_empty() {
        return true;
    }
    let Some(numbers) = version.and_then(numbers) else { return false };
    bounds.iter().all(|bound| match bound {
        Bound::From(first) => !is_before(&numbers, first),
        Bound::Below(end) => is_before(&numbers, end),
    })
}

/// The leading numbers of a version (`v1.2.3-rc.1` is 1.2.3).
fn numbers(version: &str) -> Option<Vec<u64>> {
    let core = version.trim_start_matches('v').split(['-', '+']).next()?;
    let mut found = Vec::new();
    for part in core.split('.') {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        match digits.parse() {
            Ok(number) => found.push(number),
            Err(_) => break,
        }
        if digits.len() < part.len() {
            break;
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Compares number by number; numbers left out are zero.
fn is_before(version: &[u64], other: &[u64]) -> bool {
    let length = version.len().max(other.len());
    let padded = |numbers: &[u64]| -> Vec<u64> {
        (0..length).map(|position| numbers.get(position).copied().unwrap_or(0)).collect()
    };
    padded(version) < padded(other)
}

/// A name as its ecosystem compares it: Python folds case and signs, Go paths end in their major version.
fn comparable(ecosystem: Ecosystem, name: &str) -> String {
    match ecosystem {
        Ecosystem::Python => folded_name(name),
        Ecosystem::Go => {
            let major =
                name.rsplit_once("/v").filter(|(_, end)| end.bytes().all(|byte| byte.is_ascii_digit()));
            major.map_or(name, |(path, _)| path).to_owned()
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Alternative, Bound, is_within};
    use crate::model::Ecosystem;

    #[test]
    fn versions_compare_by_number() {
        let range = [Bound::From(&[1, 2]), Bound::Below(&[1, 10])];
        for (version, inside) in [
            ("1.2", true),
            ("1.2.0", true),
            ("v1.9.9", true),
            ("1.10.0", false),
            ("1.1.9", false),
            ("main", false),
        ] {
            assert_eq!(is_within(Some(version), &range), inside, "{version}");
        }
        assert!(!is_within(None, &range));
        assert!(is_within(None, &[]));
    }

    #[test]
    fn names_are_compared_as_their_ecosystem_does() {
        let found = |ecosystem, name, version| Alternative::find(ecosystem, name, version).count();
        assert_eq!(found(Ecosystem::Npm, "ua-parser-js", Some("2.0.3")), 1);
        assert_eq!(found(Ecosystem::Npm, "ua-parser-js", Some("1.0.40")), 0);
        assert_eq!(found(Ecosystem::Python, "TheFuzz", Some("0.19.0")), 1);
        assert_eq!(found(Ecosystem::Go, "github.com/zitadel/zitadel/v4", Some("v4.0.0")), 1);
        assert_eq!(found(Ecosystem::Cargo, "ua-parser-js", Some("2.0.3")), 0);
    }
}
