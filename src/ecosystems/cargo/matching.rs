//! Which locked package an entry of a dependency table means.

use super::declaration::{Declaration, DeclaredSource, Kind};
use super::lock::{LockFile, LockPackage};
use super::manifest::Manifest;
use super::source::Source;
use semver::{Version, VersionReq};

/// What stands behind an entry of a dependency table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// A locked package that fits.
    Fits(usize),
    /// A locked package of that name that the requirement does not admit: patched, or the lock file is stale.
    NameOnly(usize),
    /// None: the entry is optional and not used, or the lock file is stale.
    Nothing,
}

impl Match {
    /// The package, however well it fits.
    pub(super) fn package(self) -> Option<usize> {
        match self {
            Self::Fits(index) | Self::NameOnly(index) => Some(index),
            Self::Nothing => None,
        }
    }
}

/// Finds the locked package of each declaration among the dependencies that the lock file gives its package.
/// Entries for development count only for members, which alone have them locked.
pub(super) fn match_declarations(
    manifest: &Manifest,
    member: bool,
    package: &LockPackage,
    lock: &LockFile,
) -> Vec<Match> {
    let locked: Vec<usize> = package.dependencies.iter().map(|edge| edge.to).collect();
    let mut matches: Vec<Match> = Vec::with_capacity(manifest.declarations.len());
    for declaration in &manifest.declarations {
        let fitting =
            counts(declaration, member).then(|| best(declaration, &locked, &matches, lock)).flatten();
        matches.push(fitting.map_or(Match::Nothing, Match::Fits));
    }
    let unclaimed: Vec<usize> =
        locked.into_iter().filter(|index| !matches.contains(&Match::Fits(*index))).collect();
    for (found, declaration) in matches.iter_mut().zip(&manifest.declarations) {
        if *found == Match::Nothing && counts(declaration, member) {
            let named = unclaimed.iter().find(|index| lock.packages[**index].name == declaration.package);
            *found = named.map_or(Match::Nothing, |index| Match::NameOnly(*index));
        }
    }
    matches
}

/// Whether the lock file knows of a declaration.
pub(super) fn counts(declaration: &Declaration, member: bool) -> bool {
    member || declaration.kind != Kind::Dev
}

/// The fitting package among candidates: the likeliest source, then the newest version, then one that no other
/// declaration has claimed.
pub(super) fn best(
    declaration: &Declaration,
    candidates: &[usize],
    claimed: &[Match],
    lock: &LockFile,
) -> Option<usize> {
    let mut named =
        candidates.iter().filter(|index| lock.packages[**index].name == declaration.package).peekable();
    named.peek()?;
    let requirement = declaration.requirement.as_deref().and_then(|text| VersionReq::parse(text).ok());
    named
        .filter_map(|index| {
            let package = &lock.packages[*index];
            let version = package.version.as_deref().and_then(|text| Version::parse(text).ok());
            let admitted = match (&requirement, &version) {
                (Some(requirement), Some(version)) => requirement.matches(version),
                _ => true,
            };
            let free = !claimed.contains(&Match::Fits(*index));
            let likely = likelihood(&declaration.source, &package.source);
            admitted.then_some((likely, version, free, *index))
        })
        .max()
        .map(|(.., index)| index)
}

/// How well a declared source fits a locked one. They differ for good where a `[patch]` is at work.
fn likelihood(declared: &DeclaredSource, locked: &Source) -> u8 {
    match (declared, locked) {
        (DeclaredSource::NamedRegistry(Some(declared)), Source::Registry { verbatim, address, .. }) => {
            1 + u8::from(declared == address || declared == verbatim)
        }
        (DeclaredSource::NamedRegistry(None), Source::Registry { default, .. }) => 1 + u8::from(!default),
        (DeclaredSource::Registry, Source::Registry { default, .. }) => 1 + u8::from(*default),
        (DeclaredSource::Git(_), Source::Git { .. }) | (DeclaredSource::Path(_), Source::Local) => 1,
        _ => 0,
    }
}
