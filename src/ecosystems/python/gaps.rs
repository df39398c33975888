//! What is not known about direct dependencies, and what would tell it.

use super::catalogue::Catalogue;
use super::manifest::{Declared, Manifest};
use super::sources::Sources;
use super::text::list;
use crate::model::{Problem, Scope, SourceSpan};
use std::collections::BTreeMap;

/// Says what is not known about the direct dependencies that no lock or environment has.
pub(super) fn report_missing(
    missing: &[Declared],
    chosen: &Manifest,
    catalogue: Option<&Catalogue>,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) {
    let mut names: Vec<String> = Vec::new();
    let mut listed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for declared in missing.iter().filter(|item| item.scope != Scope::Build) {
        let name = &declared.requirement.name;
        let Some(catalogue) = catalogue else {
            names.push(name.clone());
            continue;
        };
        let file = declared.location.file.as_str();
        if declared.scope == Scope::Dev && sources.requirements.contains_key(file) {
            listed.entry(file).or_default().push(name.clone());
            continue;
        }
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
    for (file, names) in listed {
        let source = catalogue.map_or("", |catalogue| catalogue.source.as_str());
        let message = format!(
            "{source} does not have {}, for development only; their versions and what they need are unknown",
            list(&names)
        );
        problems.push(Problem::fact_missing(Some(SourceSpan::file(file)), message));
    }
    note_build_requirements(missing, problems);
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
            "no lock file and no installed environment: the dependencies of {} are not resolved; \
             lock the project (`uv lock`, `poetry lock`, `pip-compile`), install it into `.venv`, \
             name an environment with `--env`, or let pip resolve with `--resolve`",
            list(&names)
        );
        let only_developers = missing.iter().all(|item| matches!(item.scope, Scope::Dev | Scope::Build));
        match only_developers {
            true => Problem::fact_missing(place, message),
            false => Problem::incomplete(place, message),
        }
    });
}

/// No lock file names the tools that build the project; nothing of them ships.
fn note_build_requirements(missing: &[Declared], problems: &mut Vec<Problem>) {
    let tools: Vec<&Declared> = missing.iter().filter(|item| item.scope == Scope::Build).collect();
    let Some(first) = tools.first() else { return };
    let mut names: Vec<String> = tools.iter().map(|item| item.requirement.name.clone()).collect();
    names.sort();
    names.dedup();
    let message = format!("the versions of the build requirements {} are not locked", list(&names));
    problems.push(Problem::note(Some(first.location.clone()), message));
}
