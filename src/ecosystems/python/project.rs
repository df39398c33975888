//! A project directory: which of its files decide, and the graph they give.

use super::assemble::{self, Input, Root};
use super::bare::bare_environment;
use super::catalogue::Catalogue;
use super::choice::{add_unknown_requirements, choose};
use super::disagreement::note_other_versions;
use super::environment::{self, Environment};
use super::gaps::report_missing;
use super::locks::{self, Format};
use super::manifest::{Declared, Manifest, clean};
use super::marker::Situation;
use super::requirement::normalise;
use super::sources::{self, Sources};
use super::text::list;
use super::{compiled, index, resolve};
use crate::ecosystems::{ReadContext, Reading};
use crate::model::{Ecosystem, Files, Origin, Package, Problem, Purl, Scope, SourceSpan};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Reads the project of a directory.
pub(super) fn read(directory: &Path, context: &ReadContext) -> Reading {
    let mut reading = Reading::default();
    let mut sources = sources::gather(directory, context, &mut reading.problems);
    let environment = environment::find(directory, context, &mut reading.problems)
        .map(|path| environment::read(&path, context, &mut reading.problems));
    reading.read = sources.read.iter().map(|path| context.relative(path)).collect();
    let Some(mut chosen) =
        choose(&mut sources, directory, context, environment.as_ref(), &mut reading.problems)
    else {
        if let (Some(_), Some(environment)) = (&context.python.environment, &environment) {
            bare_environment(directory, environment, context, &mut reading);
        }
        reading.problems.sort();
        reading.problems.dedup();
        return reading;
    };
    let lock = lock(&sources, directory, context, &mut reading);
    let mut local = Vec::new();
    local_projects(&sources, directory, context, &mut local, &mut reading);
    let own: BTreeSet<String> =
        chosen.name.iter().map(|name| normalise(name)).chain(local.iter().filter_map(Root::key)).collect();
    let known = Known { lock, environment: environment.as_ref(), local: &local, own: &own };
    let mut catalogue = catalogue(known, &sources, &chosen, context, &mut reading.problems);
    if let Some(catalogue) = &mut catalogue {
        let installed = environment.as_ref().is_some_and(|found| found.catalogue.source == catalogue.source);
        index::add_lacking(&chosen.declared, &own, installed, context, catalogue, &mut reading.problems);
    }
    if let Some(catalogue) = &catalogue {
        note_other_versions(&sources.requirements, &chosen, catalogue, &mut reading.problems);
    }
    add_unknown_requirements(&mut chosen, &sources, catalogue.as_ref(), &mut reading.problems);
    let mut roots = vec![root_of(&chosen, directory, sources.license_files.clone())];
    roots[0].overridden =
        sources.pyproject.as_ref().map(|pyproject| pyproject.overridden.clone()).unwrap_or_default();
    members(catalogue.as_ref(), directory, context, &mut roots, &mut reading);
    roots.extend(local);
    let uses_environment = catalogue
        .as_ref()
        .zip(environment.as_ref())
        .is_some_and(|(catalogue, environment)| catalogue.source == environment.catalogue.source);
    let installed_for = environment.as_ref().filter(|_| uses_environment).map(Environment::situation);
    let constraints = sources.requirements.values().flat_map(|found| &found.constraints);
    let input = Input {
        roots,
        catalogue: catalogue.as_ref(),
        situation: Situation::of_target(&context.python),
        installed_for,
        constraints: constraints.map(|(limit, _)| limit.clone()).collect(),
    };
    let assembled = assemble::assemble(input);
    reading.problems.extend(assembled.problems);
    report_missing(&assembled.missing, &chosen, catalogue.as_ref(), &sources, &mut reading.problems);
    reading.graph = assembled.graph;
    cover_includes(&sources, directory, &mut reading);
    reading.read.sort();
    reading.read.dedup();
    reading.problems.sort();
    reading.problems.dedup();
    reading
}

/// The lock file to use; the others are compared with it.
fn lock(
    sources: &Sources,
    directory: &Path,
    context: &ReadContext,
    reading: &mut Reading,
) -> Option<Catalogue> {
    let rank = |format: Format| match format {
        format if Some(format) == sources.tool => 0,
        Format::Uv => 1,
        Format::Poetry => 2,
        Format::Pdm => 3,
        Format::Pylock => 4,
        Format::Pipfile => 5,
    };
    let mut locks = sources.locks.clone();
    locks.sort_by_key(|(format, path)| (rank(*format), path.as_os_str().len(), path.clone()));
    let mut read = locks.into_iter().filter_map(|(format, path)| {
        reading.read.push(context.relative(&path));
        locks::read(format, &path, context, &mut reading.problems)
    });
    let mut chosen = read.next()?;
    let others: Vec<Catalogue> = read.collect();
    for other in others {
        let differences = chosen.differences(&other);
        let message = match differences.is_empty() {
            true => format!("{} was used; this file agrees with it", chosen.source),
            false => format!("{} was used; this file differs: {}", chosen.source, list(&differences)),
        };
        reading.problems.push(Problem::note(Some(SourceSpan::file(other.source.clone())), message));
    }
    find_local_files(&mut chosen, directory, context);
    Some(chosen)
}

/// Packages that a lock takes from a directory or archive of the audited tree lie there to be read.
fn find_local_files(catalogue: &mut Catalogue, directory: &Path, context: &ReadContext) {
    for known in &mut catalogue.packages {
        let Origin::Path(path) = &known.package.origin else { continue };
        let full = clean(&directory.join(path));
        if !full.starts_with(clean(&context.root)) {
            continue;
        }
        if full.is_dir() {
            known.package.files = Some(Files::Directory(full.clone()));
        } else if full.is_file() {
            known.package.files = Some(Files::Archive(full.clone()));
        }
        known.package.origin = Origin::Path(context.relative(&full));
    }
}

/// What is at hand before anybody is asked.
struct Known<'a> {
    lock: Option<Catalogue>,
    environment: Option<&'a Environment>,
    /// Project directories that are installed with the project.
    local: &'a [Root],
    /// Names of the project and those directories.
    own: &'a BTreeSet<String>,
}

/// What is known about versions and edges, and from where.
fn catalogue(
    known: Known<'_>,
    sources: &Sources,
    chosen: &Manifest,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Option<Catalogue> {
    let mut found = known.lock.or_else(|| compiled::catalogue(&sources.requirements));
    if found.is_none() && (context.resolve || known.environment.is_none()) {
        let limits: Vec<_> = sources
            .requirements
            .values()
            .flat_map(|found| found.constraints.iter().map(|(limit, _)| limit.clone()))
            .collect();
        let local = known.local.iter().flat_map(|root| &root.declared);
        let declared: Vec<&Declared> = chosen.declared.iter().chain(local).collect();
        if context.resolve {
            found = resolve::resolve(&declared, &limits, known.own, context, problems);
        }
        if found.is_none() && known.environment.is_none() {
            found = index::resolve(&declared, &limits, known.own, context, problems);
        }
    }
    let Some(environment) = known.environment else { return found };
    let Some(mut found) = found else {
        let mut catalogue =
            Catalogue::new(environment.catalogue.source.clone(), environment.catalogue.refresh);
        catalogue.requires_python = environment.catalogue.requires_python.clone();
        environment.catalogue.packages.iter().cloned().for_each(|known| catalogue.push(known));
        return Some(catalogue);
    };
    found.learn_from(&environment.catalogue);
    let others: Vec<String> = found
        .differences(&environment.catalogue)
        .into_iter()
        .filter(|difference| difference.contains(" here, "))
        .collect();
    if !others.is_empty() {
        let message =
            format!("{} was used; the environment has other versions of {}", found.source, list(&others));
        problems.push(Problem::note(Some(SourceSpan::file(environment.catalogue.source.clone())), message));
    }
    Some(found)
}

pub(super) fn root_of(manifest: &Manifest, directory: &Path, files: Option<Files>) -> Root {
    let folder = || {
        let name =
            dunce::canonicalize(directory).ok().and_then(|path| path.file_name().map(|name| name.to_owned()));
        name.map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned())
    };
    let name = manifest.name.clone().filter(|name| super::requirement::is_name(name));
    let mut package = Package::new(
        Ecosystem::Python,
        &name.clone().unwrap_or_else(folder),
        manifest.version.as_deref(),
        Origin::Project,
    );
    if name.is_none() {
        // A directory's name must not be taken for a package of that name.
        package.purl = Purl::new(Ecosystem::Other, &package.name, manifest.version.as_deref());
    }
    package.declared = manifest.licenses.clone();
    package.details = manifest.details.clone();
    package.location = Some(SourceSpan::file(manifest.file.clone()));
    package.files = files.or_else(|| Some(Files::Directory(directory.to_owned())));
    Root {
        package,
        manifest: manifest.file.clone(),
        declared: manifest.declared.clone(),
        is_project: true,
        overridden: Vec::new(),
    }
}

/// Members of the lock's workspace are projects of their own, each with its manifest.
fn members(
    catalogue: Option<&Catalogue>,
    directory: &Path,
    context: &ReadContext,
    roots: &mut Vec<Root>,
    reading: &mut Reading,
) {
    for (key, folder) in catalogue.map(|catalogue| catalogue.members.as_slice()).unwrap_or_default() {
        let path = clean(&directory.join(folder));
        let is_known = roots.iter().any(|root| root.key().as_ref() == Some(key));
        if is_known || path == clean(directory) || !path.starts_with(clean(&context.root)) {
            continue;
        }
        if let Some(root) = directory_root(&path, context, reading) {
            reading.covers.push(path);
            roots.push(root);
        }
    }
}

/// Project directories that a requirements file installs from (`-e ./library`).
fn local_projects(
    sources: &Sources,
    directory: &Path,
    context: &ReadContext,
    roots: &mut Vec<Root>,
    reading: &mut Reading,
) {
    let mut seen = BTreeSet::new();
    let asked: Vec<_> = sources.requirements.values().flat_map(|found| &found.local_projects).collect();
    for (path, _, place) in asked {
        if clean(path) == clean(directory) || !seen.insert(path.clone()) {
            continue;
        }
        let inside = path.starts_with(clean(&context.root));
        match inside.then(|| directory_root(path, context, reading)).flatten() {
            Some(mut root) => {
                root.is_project = false;
                root.package.origin = Origin::Path(context.relative(path));
                root.declared.retain(|item| item.scope == Scope::Runtime);
                roots.push(root);
            }
            None => {
                let message = format!(
                    "`{}` holds no manifest inside the audited directory; what it needs is unknown",
                    context.relative(path)
                );
                reading.problems.push(Problem::incomplete(Some(place.clone()), message));
            }
        }
    }
}

fn directory_root(path: &Path, context: &ReadContext, reading: &mut Reading) -> Option<Root> {
    let mut sources = sources::gather(path, context, &mut reading.problems);
    sources.locks.clear();
    let chosen = choose(&mut sources, path, context, None, &mut reading.problems)?;
    reading.read.extend(sources.read.iter().map(|path| context.relative(path)));
    Some(root_of(&chosen, path, sources.license_files.clone()))
}

/// Folders whose requirements files were all read as includes need no audit of their own.
fn cover_includes(sources: &Sources, directory: &Path, reading: &mut Reading) {
    let read: BTreeSet<PathBuf> = sources.read.iter().map(|path| clean(path)).collect();
    let folders: BTreeSet<PathBuf> = read
        .iter()
        .filter_map(|path| path.parent())
        .filter(|path| *path != clean(directory))
        .map(Path::to_owned)
        .collect();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let all_read = entries.filter_map(Result::ok).all(|entry| {
            let name = entry.file_name();
            !super::is_manifest(&name.to_string_lossy()) || read.contains(&clean(&entry.path()))
        });
        if all_read {
            reading.covers.push(folder);
        }
    }
    reading.covers.sort();
    reading.covers.dedup();
}
