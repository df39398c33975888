//! An installed environment without a project.

use super::assemble::{self, Input};
use super::catalogue::{Catalogue, Known};
use super::environment::Environment;
use super::manifest::{Declared, Manifest};
use super::marker::Situation;
use super::project::root_of;
use super::requirement::Requirement;
use crate::ecosystems::{PythonTarget, ReadContext, Reading};
use crate::model::SourceSpan;
use std::collections::BTreeSet;
use std::path::Path;

/// An environment without a project: what nothing else in it asks for is a direct dependency.
pub(super) fn bare_environment(
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
            let key = requires.requirement.key();
            let is_plain = requires.extra.is_none() && requires.holds(&Situation::default()) != Some(false);
            if is_plain && key != known.key {
                asked.insert(key);
            }
        }
    }
    catalogue.packages.iter().filter(|known| !asked.contains(&known.key)).collect()
}
