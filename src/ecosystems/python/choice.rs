//! Which manifest of a project decides, and what the others add to it.

use super::catalogue::{Catalogue, Known};
use super::disagreement::note_disagreement;
use super::environment::Environment;
use super::manifest::{Declared, Manifest, clean};
use super::requirement::normalise;
use super::requirements_files::Purpose;
use super::requirements_txt::Requirements;
use super::sources::Sources;
use super::text::list;
use super::{compiled, requirements_files};
use crate::ecosystems::ReadContext;
use crate::model::{Problem, Scope, SourceSpan};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The manifest that decides, completed from the others.
pub(super) fn choose(
    sources: &mut Sources,
    directory: &Path,
    context: &ReadContext,
    environment: Option<&Environment>,
    problems: &mut Vec<Problem>,
) -> Option<Manifest> {
    let requirements = requirements_manifest(sources);
    let mut pyproject = sources.pyproject.as_ref().map(|pyproject| pyproject.manifest.clone());
    if let (Some(pyproject), Some(setup)) = (&mut pyproject, &sources.setup) {
        take_dynamic(pyproject, setup);
    }
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

/// What pyproject.toml calls dynamic, setuptools takes from setup.py and setup.cfg.
fn take_dynamic(pyproject: &mut Manifest, setup: &Manifest) {
    if pyproject.dynamic.is_empty() {
        return;
    }
    pyproject.dynamic = setup.dynamic.clone();
    for declared in &setup.declared {
        let is_known =
            |known: &Declared| known.requirement == declared.requirement && known.extra == declared.extra;
        if !pyproject.declared.iter().any(is_known) {
            pyproject.declared.push(declared.clone());
        }
    }
}

/// All requirements files as one manifest; of compiled ones the direct entries.
fn requirements_manifest(sources: &Sources) -> Option<Manifest> {
    let mut files = sources.requirements.iter();
    let part = |(file, found): (&String, &Requirements)| {
        let declared =
            if found.compiled { compiled::direct(&found.declared) } else { found.declared.clone() };
        (found.purpose, requirements_files::as_manifest(file, declared, found.purpose))
    };
    // The file with the strongest purpose names the project.
    let mut manifests: Vec<(Purpose, Manifest)> = files.by_ref().map(part).collect();
    manifests.sort_by_key(|(purpose, manifest)| (*purpose, manifest.file.len(), manifest.file.clone()));
    let mut manifests = manifests.into_iter().map(|(_, manifest)| manifest);
    let mut first = manifests.next()?;
    for other in manifests {
        // A file for developers that includes the main one adds only what is new.
        let lines: BTreeSet<SourceSpan> = first.declared.iter().map(|item| item.location.clone()).collect();
        first.declared.extend(other.declared.into_iter().filter(|item| !lines.contains(&item.location)));
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
        // A manifest that decides answers for itself.
        false if chosen.file.ends_with("setup.py") || chosen.file.ends_with("setup.cfg") => {
            std::mem::take(&mut chosen.dynamic)
        }
        false => earlier.iter().flat_map(|manifest| manifest.dynamic.clone()).collect(),
    };
    if unexplained.is_empty() {
        return;
    }
    let Some(known) = own_metadata(chosen, directory, context, environment) else {
        problems.extend(unexplained.into_iter().map(|problem| explained(problem, chosen, earlier)));
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
        let extras = super::requirement::extras_named(requires.requirement.marker.as_deref());
        let mut declared = Declared::new(requires.requirement, place);
        if requires.extra.is_some() || !extras.is_empty() {
            let mut names = requires.extra.iter().chain(&extras);
            declared = if names.all(|extra| super::developers::is_for_developers(extra)) {
                declared.for_development()
            } else {
                declared.made_optional()
            };
            declared.extra = requires.extra;
        }
        chosen.declared.push(declared);
    }
    let message = "the project's installed metadata was used for what is computed when it is built";
    problems.push(Problem::note(source, message));
}

/// A setup.py that reads the requirements file which is used anyway leaves nothing open.
fn explained(problem: Problem, chosen: &Manifest, earlier: &[Manifest]) -> Problem {
    let name = chosen.file.rsplit('/').next().unwrap_or("");
    let is_read = earlier.iter().any(|manifest| manifest.mentions.iter().any(|text| text.ends_with(name)));
    if !is_read || name.is_empty() {
        return problem;
    }
    let message = format!("{}; it names {}, which was used", problem.message, chosen.file);
    Problem::note(problem.location, message)
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

/// Requirements files beside another manifest may name what neither it nor the lock knows: nothing is dropped.
pub(super) fn add_unknown_requirements(
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
    let conveyed = |item: &Declared| matches!(item.scope, Scope::Runtime | Scope::Optional);
    for declared in requirements.declared.into_iter().filter(conveyed) {
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
            "{} does not name {}, which this file asks for; taken as dependencies",
            chosen.file,
            list(&added)
        );
        problems.push(Problem::note(Some(SourceSpan::file(requirements.file)), message));
    }
}
