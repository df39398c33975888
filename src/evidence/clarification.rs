//! What the user says about a package's license, with the reason, until the text it was read from changes.

use crate::model::{Ecosystem, Expression, Package, SourceSpan};
use globset::GlobMatcher;

/// A user's statement about the license of packages.
#[derive(Clone, Debug)]
pub struct Clarification {
    /// Matches the package's name or purl.
    pub packages: GlobMatcher,
    /// The versions it holds for; all if none is given.
    pub versions: Option<VersionRange>,
    /// The license.
    pub expression: Expression,
    /// Why.
    pub reason: String,
    /// SHA-256 (lower-case hexadecimal) of a license file it was read from: it lapses when the package has no
    /// file with that hash.
    pub sha256: Option<String>,
    /// Where it stands.
    pub location: Option<SourceSpan>,
}

impl Clarification {
    /// Whether it speaks of this package.
    pub fn covers(&self, package: &Package) -> bool {
        let named = package.purl.is_meant_by(&self.packages, Some(&package.name));
        named
            && self.versions.as_ref().is_none_or(|range| {
                package.version.as_deref().is_some_and(|version| range.holds(package.ecosystem, version))
            })
    }
}

/// A range of versions in the ecosystem's own notation: `^1.2` for Cargo, npm and Go, `>=1,<2` for Python;
/// one version stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRange(String);

impl VersionRange {
    /// A range as the user wrote it.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// Whether a version lies in it. A range that the ecosystem cannot read holds only for the same text.
    pub fn holds(&self, ecosystem: Ecosystem, version: &str) -> bool {
        if self.0 == "*" || self.0 == version {
            return true;
        }
        let plain = |text: &str| text.trim_start_matches('v').to_owned();
        if plain(&self.0) == plain(version) {
            return true;
        }
        let exact = self.0.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit())
            && !self.0.contains([' ', ',', '<', '>', '*', 'x', '|']);
        if exact {
            return false;
        }
        match ecosystem {
            Ecosystem::Npm => {
                let range = nodejs_semver::Range::parse(&self.0);
                let version = nodejs_semver::Version::parse(version);
                matches!((range, version), (Ok(range), Ok(version)) if range.satisfies(&version))
            }
            Ecosystem::Python => {
                let range: Result<pep440_rs::VersionSpecifiers, _> = self.0.parse();
                let version: Result<pep440_rs::Version, _> = version.parse();
                matches!((range, version), (Ok(range), Ok(version)) if range.contains(&version))
            }
            Ecosystem::Cargo | Ecosystem::Go | Ecosystem::Other => {
                let range = semver::VersionReq::parse(&self.0);
                let version = semver::Version::parse(version.trim_start_matches('v'));
                matches!((range, version), (Ok(range), Ok(version)) if range.matches(&version))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::VersionRange;
    use crate::model::Ecosystem::{Cargo, Go, Npm, Other, Python};

    #[test]
    fn ranges_in_the_notation_of_each_ecosystem() {
        for (range, ecosystem, version, holds) in [
            ("^1.2", Cargo, "1.4.0", true),
            ("^1.2", Cargo, "2.0.0", false),
            (">=1 <2", Npm, "1.9.9", true),
            ("1.x || 3.x", Npm, "3.1.0", true),
            (">=1,<2", Python, "1.5", true),
            (">=1,<2", Python, "2.0", false),
            ("v1.2.3", Go, "v1.2.3", true),
            ("^1", Go, "v1.9.0", true),
            ("1.2.3", Cargo, "1.2.4", false),
            ("*", Other, "whatever", true),
            ("nonsense", Cargo, "1.0.0", false),
        ] {
            assert_eq!(VersionRange::new(range).holds(ecosystem, version), holds, "{range} {version}");
        }
    }
}
