//! A project directory: which of its files decide, and the graph they give.

use super::assemble::{self, Input, Root, list};
use super::catalogue::{Catalogue, Known};
use super::environment::{self, Environment};
use super::locks::{self, Format};
use super::manifest::{Declared, Manifest, clean};
use super::marker::Situation;
use super::requirement::{Requirement, normalise};
use super::sources::{self, Sources};
use super::{compiled, requirements_txt, resolve};
use crate::ecosystems::{PythonTarget, ReadContext, Reading};
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
    let catalogue = catalogue(lock, &sources, &chosen, environment.as_ref(), context, &mut reading.problems);
    add_unknown_requirements(&mut chosen, &sources, catalogue.as_ref(), &mut reading.problems);
    let mut roots = vec![root_of(&chosen, directory, sources.license_files.clone())];
    roots[0].overridden =
        sources.pyproject.as_ref().map(|pyproject| pyproject.overridden.clone()).unwrap_or_default();
    members(catalogue.as_ref(), directory, context, &mut roots, &mut reading);
    local_projects(&sources, directory, context, &mut roots, &mut reading);
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

/// The manifest that decides, completed from the others.
fn choose(
    sources: &mut Sources,
    directory: &Path,
    context: &ReadContext,
    environment: Option<&Environment>,
    problems: &mut Vec<Problem>,
) -> Option<Manifest> {
    let requirements = requirements_manifest(sources);
    let pyproject = sources.pyproject.as_ref().map(|pyproject| pyproject.manifest.clone());
    let candidates: Vec<Manifest> = [pyproject, sources.setup.clone(), sources.pipfile.clone(), requirements]
        .into_iter()
        .flatten()
        .collect();
    let decides = candidates
        .iter()
        .position(Manifest::names_runtime_dependencies)
        .or_else(|| candidates.iter().position(|manifest| manifest.describes_project))
        .or_else(|| candidates.iter().position(|manifest| !manifest.declared.is_empty()));
    let Some(decides) = decides else {
        // A lock file alone still says what is installed.
        let (_, lock) = sources.locks.first()?;
        return Some(Manifest::of_file(&context.relative(lock)));
    };
    let mut chosen = candidates[decides].clone();
    for other in candidates.iter().enumerate().filter(|(at, _)| *at != decides).map(|(_, other)| other) {
        complete(&mut chosen, other);
        note_disagreement(&candidates[decides], other, problems);
    }
    settle_dynamic(&mut chosen, &candidates[..decides], directory, context, environment, problems);
    Some(chosen)
}

/// All requirements files as one manifest; of compiled ones the direct entries.
fn requirements_manifest(sources: &Sources) -> Option<Manifest> {
    let mut files = sources.requirements.iter();
    let part = |(file, found): (&String, &requirements_txt::Requirements)| {
        let declared =
            if found.compiled { compiled::direct(&found.declared) } else { found.declared.clone() };
        requirements_txt::as_manifest(file, declared)
    };
    // The file that is not for developers only names the project.
    let mut manifests: Vec<Manifest> = files.by_ref().map(part).collect();
    manifests.sort_by_key(|manifest| {
        let name = manifest.file.rsplit('/').next().unwrap_or("");
        (requirements_txt::is_for_development(name), manifest.file.len(), manifest.file.clone())
    });
    let mut manifests = manifests.into_iter();
    let mut first = manifests.next()?;
    for other in manifests {
        first.declared.extend(other.declared);
    }
    Some(first)
}

/// Identity, license and tools that the deciding manifest does not state.
fn complete(chosen: &mut Manifest, other: &Manifest) {
    chosen.name = chosen.name.take().or_else(|| other.name.clone());
    chosen.version = chosen.version.take().or_else(|| other.version.clone());
    if chosen.licenses.is_empty() {
        chosen.licenses = other.licenses.clone();
    }
    let tools = other.declared.iter().filter(|item| matches!(item.scope, Scope::Dev | Scope::Build));
    for tool in tools {
        let is_known = chosen.declared.iter().any(|known| known.requirement.key() == tool.requirement.key());
        if !is_known {
            chosen.declared.push(tool.clone());
        }
    }
}

/// Names that only one of two manifests asks for at run time, and names they limit differently.
fn note_disagreement(chosen: &Manifest, other: &Manifest, problems: &mut Vec<Problem>) {
    let names = |manifest: &Manifest| -> BTreeSet<String> {
        let runtime = manifest.declared.iter().filter(|item| item.scope == Scope::Runtime);
        runtime.map(|item| item.requirement.key()).collect()
    };
    let (ours, theirs) = (names(chosen), names(other));
    if theirs.is_empty() || ours == theirs {
        return;
    }
    let mut differences: Vec<String> =
        theirs.difference(&ours).map(|name| format!("{name} (only in {})", other.file)).collect();
    differences.extend(ours.difference(&theirs).map(|name| format!("{name} (only in {})", chosen.file)));
    let message = format!("{} was used; {} differs: {}", chosen.file, other.file, list(&differences));
    problems.push(Problem::note(Some(SourceSpan::file(other.file.clone())), message));
}

/// Dependencies that are computed at build time are taken from the project's own installed metadata.
fn settle_dynamic(
    chosen: &mut Manifest,
    earlier: &[Manifest],
    directory: &Path,
    context: &ReadContext,
    environment: Option<&Environment>,
    problems: &mut Vec<Problem>,
) {
    // An earlier manifest may leave to this one what it calls dynamic.
    let unexplained: Vec<Problem> = match earlier.is_empty() {
        true => std::mem::take(&mut chosen.dynamic),
        false if chosen.file.ends_with("setup.py") || chosen.file.ends_with("setup.cfg") => {
            std::mem::take(&mut chosen.dynamic)
        }
        false => earlier.iter().flat_map(|manifest| manifest.dynamic.clone()).collect(),
    };
    if unexplained.is_empty() {
        return;
    }
    let Some(known) = own_metadata(chosen, directory, context, environment) else {
        problems.extend(unexplained);
        return;
    };
    let source = known.package.location.clone();
    for requires in known.requires {
        let place = requires.location.unwrap_or_else(|| SourceSpan::file(chosen.file.clone()));
        let is_known =
            chosen.declared.iter().any(|item| item.requirement.key() == requires.requirement.key());
        if is_known {
            continue;
        }
        let extras = assemble::extras_named(requires.requirement.marker.as_deref());
        let mut declared = Declared::new(requires.requirement, place);
        if requires.extra.is_some() || !extras.is_empty() {
            declared.scope = Scope::Optional;
            declared.extra = requires.extra;
        }
        chosen.declared.push(declared);
    }
    let message = "the project's installed metadata was used for what is computed when it is built";
    problems.push(Problem::note(source, message));
}

/// The project's own entry in the environment, or the egg-info that a build left beside it.
fn own_metadata(
    chosen: &Manifest,
    directory: &Path,
    context: &ReadContext,
    environment: Option<&Environment>,
) -> Option<Known> {
    let key = chosen.name.as_deref().map(normalise);
    if let Some(environment) = environment {
        let installed_here = environment.editable.iter().find(|(_, path)| clean(path) == clean(directory));
        let key = installed_here.map(|(key, _)| key.clone()).or(key);
        let at = key.and_then(|key| environment.catalogue.of_name(&key).first().copied());
        if let Some(at) = at {
            return Some(environment.catalogue.packages[at].clone());
        }
    }
    [directory.to_owned(), directory.join("src")].iter().find_map(|folder| {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path()).collect();
        entries.sort();
        let egg = entries.into_iter().find(|path| path.extension().is_some_and(|name| name == "egg-info"))?;
        super::distribution::read(&egg, context).known
    })
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

/// What is known about versions and edges, and from where.
fn catalogue(
    lock: Option<Catalogue>,
    sources: &Sources,
    chosen: &Manifest,
    environment: Option<&Environment>,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Option<Catalogue> {
    let mut found = lock.or_else(|| compiled::catalogue(&sources.requirements));
    if found.is_none() && context.resolve {
        let constraints: Vec<_> = sources
            .requirements
            .values()
            .flat_map(|found| found.constraints.iter().map(|(limit, _)| limit.clone()))
            .collect();
        found = resolve::resolve(&chosen.declared, &constraints, context, problems);
    }
    let Some(environment) = environment else { return found };
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

/// Requirements files beside another manifest may name what neither it nor the lock knows: nothing is dropped.
fn add_unknown_requirements(
    chosen: &mut Manifest,
    sources: &Sources,
    catalogue: Option<&Catalogue>,
    problems: &mut Vec<Problem>,
) {
    let Some(requirements) = requirements_manifest(sources).filter(|manifest| manifest.file != chosen.file)
    else {
        return;
    };
    let mut added = Vec::new();
    for declared in requirements.declared.into_iter().filter(|item| item.scope == Scope::Runtime) {
        let key = declared.requirement.key();
        let in_lock = catalogue.is_some_and(|catalogue| !catalogue.of_name(&key).is_empty());
        let in_manifest = chosen.declared.iter().any(|known| known.requirement.key() == key);
        if !in_lock && !in_manifest {
            added.push(declared.requirement.name.clone());
            chosen.declared.push(declared);
        }
    }
    if !added.is_empty() {
        let message = format!(
            "{} {} taken as dependencies although {} does not name them",
            list(&added),
            if added.len() == 1 { "is" } else { "are" },
            chosen.file
        );
        problems.push(Problem::note(Some(SourceSpan::file(requirements.file)), message));
    }
}

fn root_of(manifest: &Manifest, directory: &Path, files: Option<Files>) -> Root {
    let folder = || {
        let name =
            directory.canonicalize().ok().and_then(|path| path.file_name().map(|name| name.to_owned()));
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
        let is_known = roots.iter().any(|root| normalise(&root.package.name) == *key);
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

/// Says what is not known about the direct dependencies that no lock or environment has.
fn report_missing(
    missing: &[Declared],
    chosen: &Manifest,
    catalogue: Option<&Catalogue>,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) {
    let mut names: Vec<String> = Vec::new();
    for declared in missing.iter().filter(|item| item.scope != Scope::Build) {
        let name = &declared.requirement.name;
        let Some(catalogue) = catalogue else {
            names.push(name.clone());
            continue;
        };
        let message = format!(
            "{name} is asked for and is not in {}; its version and what it needs are unknown; run `{}`",
            catalogue.source, catalogue.refresh
        );
        let place = Some(declared.location.clone());
        problems.push(match declared.scope {
            Scope::Dev => Problem::fact_missing(place, message),
            _ => Problem::incomplete(place, message),
        });
    }
    if names.is_empty() {
        return;
    }
    names.sort();
    names.dedup();
    let place = Some(SourceSpan::file(chosen.file.clone()));
    let is_complete =
        !sources.requirements.is_empty() && sources.requirements.values().all(|found| found.all_hashed());
    problems.push(if is_complete {
        let message = "every line has a hash, so the list is complete, but it does not say which package asks for which";
        Problem::note(place, message)
    } else {
        let message = format!(
            "no lock file and no installed environment: what {} and perhaps others need is not resolved here; \
             lock the project (`uv lock`, `poetry lock`, `pip-compile`), install it into `.venv`, \
             name an environment with `--env`, or let pip resolve with `--resolve`",
            list(&names)
        );
        Problem::incomplete(place, message)
    });
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

/// An environment without a project: what nothing else in it asks for is a direct dependency.
fn bare_environment(
    directory: &Path,
    environment: &Environment,
    context: &ReadContext,
    reading: &mut Reading,
) {
    let catalogue = &environment.catalogue;
    let declare = |known: &Known| {
        let place =
            known.package.location.clone().unwrap_or_else(|| SourceSpan::file(catalogue.source.clone()));
        Declared::new(Requirement::named(&known.package.name), place)
    };
    let mut declared: Vec<Declared> = not_asked_for(catalogue).into_iter().map(declare).collect();
    loop {
        let mut root = root_of(&Manifest::of_file(&catalogue.source), directory, None);
        root.declared = declared.clone();
        let assembled = assemble::assemble(Input {
            roots: vec![root],
            catalogue: Some(catalogue),
            situation: Situation::of_target(&context.python),
            installed_for: Some(environment.situation()),
            constraints: Vec::new(),
        });
        // Packages that only ask for each other have no way in: the first of such a circle becomes direct.
        let unreached =
            catalogue.packages.iter().find(|known| assembled.graph.find(&known.package.purl).is_none());
        match unreached {
            Some(known) if context.python == without_target(context) => declared.push(declare(known)),
            _ => {
                reading.problems.extend(assembled.problems);
                reading.graph = assembled.graph;
                return;
            }
        }
    }
}

/// The same environment with no target named: then no marker is known to fail and every package is reached.
fn without_target(context: &ReadContext) -> PythonTarget {
    PythonTarget { environment: context.python.environment.clone(), ..PythonTarget::default() }
}

/// The packages that no other package asks for without an extra.
fn not_asked_for(catalogue: &Catalogue) -> Vec<&Known> {
    let mut asked = BTreeSet::new();
    for known in &catalogue.packages {
        for requires in &known.requires {
            let marker = requires.requirement.marker.as_deref();
            let key = requires.requirement.key();
            let is_plain = requires.extra.is_none()
                && super::marker::holds(marker, &Situation::default()) != Some(false);
            if is_plain && key != known.key {
                asked.insert(key);
            }
        }
    }
    catalogue.packages.iter().filter(|known| !asked.contains(&known.key)).collect()
}
