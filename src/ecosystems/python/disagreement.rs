//! What the manifests of a project say differently from the one that was used, and from its lock file.

use super::catalogue::Catalogue;
use super::manifest::Manifest;
use super::requirements_txt::Requirements;
use super::text::list;
use super::version;
use crate::model::{Problem, Scope, SourceSpan};
use std::collections::{BTreeMap, BTreeSet};

/// Names that only one of two manifests asks for at run time, and names they limit differently.
pub(super) fn note_disagreement(chosen: &Manifest, other: &Manifest, problems: &mut Vec<Problem>) {
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

/// Requirements files whose versions are not those that were used.
///
/// The file that decides is left out: what it asks for in vain is said line by line.
pub(super) fn note_other_versions(
    requirements: &BTreeMap<String, Requirements>,
    chosen: &Manifest,
    catalogue: &Catalogue,
    problems: &mut Vec<Problem>,
) {
    for (file, found) in requirements.iter().filter(|(file, _)| **file != chosen.file) {
        let mut differences = Vec::new();
        for declared in &found.declared {
            let requirement = &declared.requirement;
            let Some(specifier) = &requirement.specifier else { continue };
            let used = catalogue.of_name(&requirement.key());
            let used: Vec<&str> =
                used.iter().filter_map(|at| catalogue.packages[*at].package.version.as_deref()).collect();
            let is_met = |used: &&str| version::satisfies(specifier, used) != Some(false);
            if !used.is_empty() && !used.iter().any(is_met) {
                differences.push(format!("{} {specifier} ({} used)", requirement.name, used.join(", ")));
            }
        }
        differences.sort();
        differences.dedup();
        if !differences.is_empty() {
            let message = format!(
                "{} was used; this file asks for other versions: {}",
                catalogue.source,
                list(&differences)
            );
            problems.push(Problem::note(Some(SourceSpan::file(file.clone())), message));
        }
    }
}
