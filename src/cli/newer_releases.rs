//! Asks the user's registries for newer releases of direct dependencies, and what license those carry.

use super::audit_options::{Prepared, in_wide_pool};
use super::auditing::Audited;
use super::input::Failure;
use crate::audit::Known;
use crate::diff::upstream::{self, Release, Upstream};
use crate::evidence::{self, FactSource};
use crate::model::{DependencyGraph, NodeIndex, Package};
use crate::policy;
use crate::registry::{FactsError, Need};
use rayon::prelude::*;

/// A package of the graph, and what was answered: its newest release, nothing newer, or why that is not known.
type Answer = (NodeIndex, Result<Option<Package>, FactsError>);

/// Looks at the newest release of every direct dependency that comes from a registry.
pub fn look(audited: &Audited, prepared: &Prepared, known: &Known) -> Result<Upstream, Failure> {
    let before = prepared.source().fetched();
    let nodes = upstream::direct_dependencies(&audited.report, known);
    let answers = in_wide_pool(|| ask(&nodes, prepared, known))?;
    let mut found = Upstream::default();
    let mut newer = Vec::new();
    for (node, answer) in answers {
        match answer {
            Err(FactsError::NotFromRegistry | FactsError::NoVersion) => continue,
            Ok(None) => {}
            Ok(Some(release)) => newer.push((node, release)),
            Err(error) => {
                found.problems.push(format!("{}: {error}", known.graph.package(node).label()));
            }
        }
        found.asked += 1;
    }
    found.newer = newer.len();
    let releases = in_wide_pool(|| learn(newer, prepared, &mut found.problems))?;
    let by_policy = |report: &mut _| policy::apply(report, &audited.policy, audited.today);
    found.changes = upstream::changes(&prepared.request, known, &audited.report, &releases, &by_policy);
    found.problems.sort();
    let asked_now = |(host, count): (String, usize)| (before.get(&host) != Some(&count)).then_some(host);
    found.hosts = prepared.source().fetched().into_iter().filter_map(asked_now).collect();
    Ok(found)
}

/// The newest releases, with what they declare already at hand.
fn ask(nodes: &[NodeIndex], prepared: &Prepared, known: &Known) -> Vec<Answer> {
    let registry = prepared.source().registry();
    nodes
        .par_iter()
        .map(|node| {
            let newer = registry.newer(known.graph.package(*node)).and_then(|release| {
                if let Some(release) = &release {
                    registry.facts(release, Need::Declared)?;
                }
                Ok(release)
            });
            (*node, newer)
        })
        .collect()
}

/// The licenses of the releases, learned as those of the packages in use. One whose facts could not be had is left
/// out and said.
fn learn(newer: Vec<(NodeIndex, Package)>, prepared: &Prepared, problems: &mut Vec<String>) -> Vec<Release> {
    let mut graph = DependencyGraph::new();
    let newer: Vec<_> = newer.into_iter().map(|(node, release)| (node, graph.add_package(release))).collect();
    let learned = evidence::learn(&graph, &prepared.evidence, prepared.source());
    problems.extend(learned.problems.iter().map(|problem| problem.message.clone()));
    newer
        .into_iter()
        .filter(|(_, release)| !learned.partly_read.contains(release))
        .map(|(node, release)| Release {
            node,
            version: graph.package(release).version.clone().unwrap_or_default(),
            fact: learned.fact(release).clone(),
        })
        .collect()
}
