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
    let mut matches: Vec<Match> = manifest
        .declarations
        .iter()
        .map(|declaration| match counts(declaration, member) {
            true => best(declaration, &locked, lock).map_or(Match::Nothing, Match::Fits),
            false => Match::Nothing,
        })
        .collect();
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

/// The fitting package among candidates: of the declared kind of source if there is one, else the newest.
pub(super) fn best(declaration: &Declaration, candidates: &[usize], lock: &LockFile) -> Option<usize> {
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
            admitted.then_some((same_kind(&declaration.source, &package.source), version, *index))
        })
        .max()
        .map(|(_, _, index)| index)
}

fn same_kind(declared: &DeclaredSource, locked: &Source) -> bool {
    matches!(
        (declared, locked),
        (DeclaredSource::Registry, Source::Registry { .. })
            | (DeclaredSource::Git(_), Source::Git { .. })
            | (DeclaredSource::Path(_), Source::Local)
    )
}
