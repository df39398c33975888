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
    let (tools, used): (Vec<&Declared>, Vec<&Declared>) =
        missing.iter().partition(|item| item.scope == Scope::Build);
    match catalogue {
        Some(catalogue) => report_absent(&used, catalogue, sources, problems),
        None => report_unresolved(&used, chosen, sources, problems),
    }
    note_build_requirements(&tools, problems);
}

/// What a lock or environment should have and has not. A list for development has one problem for all its packages.
fn report_absent(
    missing: &[&Declared],
    catalogue: &Catalogue,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) {
    let mut listed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for declared in missing {
        let name = &declared.requirement.name;
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
        let message = format!(
            "{} does not have {}, for development only; their versions and what they need are unknown",
            catalogue.source,
            list(&names)
        );
        problems.push(Problem::fact_missing(Some(SourceSpan::file(file)), message));
    }
}

/// What nothing resolves: there is neither a lock nor an environment.
fn report_unresolved(
    missing: &[&Declared],
    chosen: &Manifest,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) {
    if missing.is_empty() {
        return;
    }
    let place = Some(SourceSpan::file(chosen.file.clone()));
    let is_complete =
        !sources.requirements.is_empty() && sources.requirements.values().all(|found| found.all_hashed());
    if is_complete {
        let message = "every line has a hash, so the list is complete, but it does not say which package asks for which";
        problems.push(Problem::note(place, message));
        return;
    }
    let message = format!(
        "no lock file and no installed environment: the dependencies of {} are not resolved; \
         lock the project (`uv lock`, `poetry lock`, `pip-compile`), install it into `.venv`, \
         name an environment with `--env`, or let pip resolve with `--resolve`",
        list(&names(missing))
    );
    let for_developers = missing.iter().all(|item| item.scope == Scope::Dev);
    problems.push(match for_developers {
        true => Problem::fact_missing(place, message),
        false => Problem::incomplete(place, message),
    });
}

/// No lock file names the tools that build the project; nothing of them ships.
fn note_build_requirements(tools: &[&Declared], problems: &mut Vec<Problem>) {
    let Some(first) = tools.first() else { return };
    let message = format!("the versions of the build requirements {} are not locked", list(&names(tools)));
    problems.push(Problem::note(Some(first.location.clone()), message));
}

/// Each name once, sorted.
fn names(items: &[&Declared]) -> Vec<String> {
    let mut names: Vec<String> = items.iter().map(|item| item.requirement.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}
