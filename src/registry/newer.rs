//! A later version of a package than the one in use, and how versions are told apart.

use super::package_facts::PackageFacts;
use crate::model::{Checksum, Origin, Package};
use semver::Version;

/// The newest release of a package, where it is later than the one in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Newer {
    /// The version, as the registry writes it.
    pub(crate) version: String,
    /// The registry that said so; facts about the version come from there and from nowhere else.
    pub(crate) origin: Origin,
    /// Checksums of its archive, where the index has them.
    pub(crate) checksums: Vec<Checksum>,
    /// What the same answer said about it, so that nobody has to be asked twice.
    pub(crate) facts: Option<PackageFacts>,
}

impl Newer {
    /// The package at that version.
    pub(crate) fn package(&self, used: &Package) -> Package {
        let mut package = Package::new(used.ecosystem, &used.name, Some(&self.version), self.origin.clone());
        package.checksums.clone_from(&self.checksums);
        package.location.clone_from(&used.location);
        package
    }
}

/// A version by Semantic Versioning; Go's leading `v` is no part of it.
pub(crate) fn semantic(text: &str) -> Option<Version> {
    Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
}

/// Whether a version is no pre-release and comes after the one in use. Build metadata orders nothing.
pub(crate) fn is_later_release(version: &Version, used: &Version) -> bool {
    version.pre.is_empty() && version.cmp_precedence(used).is_gt()
}

/// The latest release among `versions` that comes after the one in use, as it is written.
pub(crate) fn latest_release<'a>(versions: impl Iterator<Item = &'a str>, used: &Version) -> Option<&'a str> {
    versions
        .filter_map(|text| Some((semantic(text)?, text)))
        .filter(|(version, _)| is_later_release(version, used))
        .max_by(|(left, _), (right, _)| left.cmp(right))
        .map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::{latest_release, semantic};

    #[test]
    fn the_latest_release_is_no_pre_release_and_no_text() {
        let used = semantic("v1.2.0").unwrap();
        let latest = |versions: &[&'static str]| latest_release(versions.iter().copied(), &used);
        assert_eq!(latest(&["v1.2.0", "v1.10.0", "v1.9.0", "v2.0.0-rc.1", "main"]), Some("v1.10.0"));
        assert_eq!(latest(&["v1.2.0+incompatible", "v1.1.9", "v1.3.0-0.20260101000000-abcdefabcdef"]), None);
    }
}
