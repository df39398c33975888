//! Where the sources of locked packages lie on this machine, and their manifests.

use super::super::ReadContext;
use super::home::{CargoHome, packages_of_checkout};
use super::lock::{LockFile, LockPackage};
use super::manifest::Manifest;
use super::source::Source;
use super::vendor::Vendored;
use super::workspace::{LocalPackage, Role, Workspace, enclosing_workspace};
use crate::model::{Files, Problem, SourceSpan};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// How many names a message lists.
const NAMES_SHOWN: usize = 5;

/// A package's sources.
#[derive(Debug)]
pub(super) struct Sources<'w> {
    pub(super) manifest: Cow<'w, Manifest>,
    pub(super) files: Files,
    /// None for a package that is not local.
    pub(super) role: Option<Role>,
}

/// Finds the sources of the wanted packages; for each package of the lock file, in its order.
pub(super) fn locate<'w>(
    lock: &LockFile,
    wanted: &[bool],
    workspace: &'w Workspace,
    vendored: &Vendored,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Vec<Option<Sources<'w>>> {
    let home = CargoHome::of(&context.environment);
    let checkouts = checkouts(lock, wanted, &home);
    let finder = Finder { workspace, vendored, home, checkouts, context };
    let found: Vec<(Option<Sources<'w>>, Vec<Problem>)> = lock
        .packages
        .par_iter()
        .zip(wanted)
        .map(|(package, wanted)| {
            let mut problems = Vec::new();
            let sources = wanted.then(|| finder.find(package, &mut problems)).flatten();
            (sources, problems)
        })
        .collect();
    let mut sources = Vec::with_capacity(found.len());
    for (found, complaints) in found {
        sources.push(found);
        problems.extend(complaints);
    }
    let absent = lock.packages.iter().zip(wanted).zip(&sources);
    let absent = absent.filter(|((package, wanted), found)| {
        **wanted && found.is_none() && package.version.is_some() && package.source != Source::Local
    });
    let absent: Vec<&LockPackage> = absent.map(|((package, _), _)| package).collect();
    problems.extend(missing_sources(&absent));
    sources
}

fn missing_sources(absent: &[&LockPackage]) -> Option<Problem> {
    let first = absent.first()?;
    let label = |package: &&&LockPackage| {
        format!("{} {}", package.name, package.version.as_deref().unwrap_or_default())
    };
    let mut names: Vec<String> = absent.iter().take(NAMES_SHOWN).map(|package| label(&package)).collect();
    if absent.len() > NAMES_SHOWN {
        names.push(format!("{} more", absent.len() - NAMES_SHOWN));
    }
    let message = format!(
        "the sources of {} locked package{} are not on this machine, so their licenses and the kinds of their \
         dependencies are unknown (taken as linked at run time): {}; run `cargo fetch`",
        absent.len(),
        if absent.len() == 1 { "" } else { "s" },
        names.join(", ")
    );
    Some(Problem::fact_missing(Some(SourceSpan::file(first.place.file.as_str())), message))
}

/// The packages of each git checkout that the lock file needs, by address and revision.
type Checkouts = HashMap<(String, String), BTreeMap<String, Vec<PathBuf>>>;

fn checkouts(lock: &LockFile, wanted: &[bool], home: &CargoHome) -> Checkouts {
    let mut found = Checkouts::new();
    for (package, _) in lock.packages.iter().zip(wanted).filter(|(_, wanted)| **wanted) {
        if let Source::Git { address, revision, .. } = &package.source {
            found.entry((address.clone(), revision.clone())).or_insert_with(|| {
                home.checkout(address, revision)
                    .map(|checkout| packages_of_checkout(&checkout))
                    .unwrap_or_default()
            });
        }
    }
    found
}

struct Finder<'w, 'a> {
    workspace: &'w Workspace,
    vendored: &'a Vendored,
    home: CargoHome,
    checkouts: Checkouts,
    context: &'a ReadContext,
}

impl<'w> Finder<'w, '_> {
    fn find(&self, package: &LockPackage, problems: &mut Vec<Problem>) -> Option<Sources<'w>> {
        if package.source == Source::Local {
            return local(self.workspace, package).map(|found| Sources {
                manifest: Cow::Borrowed(&found.manifest),
                files: Files::Directory(found.manifest.directory.clone()),
                role: Some(found.role),
            });
        }
        let version = package.version.as_deref()?;
        if !is_plain(&package.name) || !is_plain(version) {
            return None;
        }
        if let Some(directory) = self.vendored.directory(&package.source) {
            return self.find_vendored(package, version, directory, problems);
        }
        match &package.source {
            Source::Registry { .. } => self.find_registry(package, version, problems),
            Source::Git { address, revision, .. } => {
                let packages = self.checkouts.get(&(address.clone(), revision.clone()))?;
                let candidates = packages.get(&package.name)?;
                let load = |directory: &PathBuf| self.load(directory, None, problems);
                let mut loaded: Vec<Manifest> = candidates.iter().filter_map(load).collect();
                let exact = loaded.iter().position(|manifest| manifest.version() == version);
                Some(directory_sources(loaded.swap_remove(exact?)))
            }
            Source::Local | Source::Unlocked(_) | Source::Other(_) => None,
        }
    }

    fn find_vendored(
        &self,
        package: &LockPackage,
        version: &str,
        directory: &Path,
        problems: &mut Vec<Problem>,
    ) -> Option<Sources<'w>> {
        let names = [format!("{}-{version}", package.name), package.name.clone()];
        let directories = names.map(|name| directory.join(name));
        let mut existing = directories.iter().filter(|path| path.join("Cargo.toml").is_file());
        let found = existing.find_map(|path| {
            let manifest = self.load(path, None, problems)?;
            let same = manifest.name() == Some(&package.name) && manifest.version() == version;
            same.then_some(manifest)
        });
        found.map(directory_sources)
    }

    fn find_registry(
        &self,
        package: &LockPackage,
        version: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<Sources<'w>> {
        let label = format!("{}-{version}/Cargo.toml", package.name);
        let sums = &package.checksums;
        if let Some(directory) = self.home.unpacked(&package.name, version, &package.source, sums) {
            return self.load(&directory, Some(label), problems).map(directory_sources);
        }
        let (archive, text) = self.home.archived(&package.name, version, sums)?;
        let manifest = Manifest::parse(&text, Path::new(""), label, problems);
        Some(Sources { manifest: Cow::Owned(manifest), files: Files::Archive(archive), role: None })
    }

    fn load(&self, directory: &Path, label: Option<String>, problems: &mut Vec<Problem>) -> Option<Manifest> {
        let label = label.unwrap_or_else(|| self.context.relative(&directory.join("Cargo.toml")));
        let mut manifest = Manifest::load(directory, label, problems)?;
        if let Some(root) = enclosing_workspace(&manifest, self.context) {
            manifest.inherit(&root, problems);
        }
        Some(manifest)
    }
}

/// The local package that an entry without source means.
pub(super) fn local<'w>(workspace: &'w Workspace, package: &LockPackage) -> Option<&'w LocalPackage> {
    let named = || {
        let packages = workspace.packages.iter();
        packages.filter(|local| local.manifest.name() == Some(package.name.as_str()))
    };
    let same = named().find(|local| Some(local.manifest.version()) == package.version.as_deref());
    same.or_else(|| named().next().filter(|_| named().count() == 1))
}

fn directory_sources<'w>(manifest: Manifest) -> Sources<'w> {
    let files = Files::Directory(manifest.directory.clone());
    Sources { manifest: Cow::Owned(manifest), files, role: None }
}

/// Whether a name or version can stand in a path without leading elsewhere.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(['/', '\\']) && text != ".."
}
