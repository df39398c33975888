//! Ways out of a finding that need more than the law: other versions, other packages, another license for the whole.
//!
//! Nothing is offered that the law does not allow for this project in this situation. Steps are one plain sentence;
//! the order is that of [`RemedyKind`], easiest first.

use super::alternatives::Alternative;
use super::findings::Scene;
use super::missing_files;
use super::work::{Group, Work};
use crate::compatibility::{
    Explanation, InboundExpression, OutboundExpression, Part, Situation, convey_under, popular_near, solve,
};
use crate::licenses::parse;
use crate::model::{Expression, LicenseName, NodeIndex, Remedy, RemedyKind, Verdict};

/// Other packages or versions named for one finding.
const OFFERS: usize = 3;

/// Ways out for one package, easiest first.
pub fn of_package(
    scene: &Scene<'_>,
    group: &Group,
    answer: &Explanation,
    node: NodeIndex,
    relicense: &[Remedy],
) -> Vec<Remedy> {
    let mut found: Vec<Remedy> =
        answer.remedies.iter().filter(|remedy| remedy.kind != RemedyKind::Relicense).cloned().collect();
    found.extend(missing_files::remedy(
        scene.graph.package(node),
        &scene.facts[node.index()],
        scene.source,
        scene.registries,
    ));
    found.extend(other_arm(scene, group, answer));
    found.extend(narrower(scene, group, answer));
    found.extend(other_versions(scene, group, node));
    found.extend(replacements(scene, group, node));
    if group.verdict == Verdict::Incompatible {
        found.extend(relicense.iter().cloned());
    }
    found.sort_by_key(|remedy| remedy.kind);
    found.dedup();
    found
}

/// Ways out of a conflict between packages: for each of them what replaces it, else that it must go.
pub fn of_conflict(scene: &Scene<'_>, members: &[&Group], relicense: &[Remedy]) -> Vec<Remedy> {
    let mut found = Vec::new();
    for group in members {
        for node in group.packages.iter().take(1) {
            let label = scene.graph.package(*node).label();
            let offers = replacements(scene, group, *node);
            if offers.is_empty() {
                found.push(remedy(
                    RemedyKind::Replace,
                    format!("Replace {label}, or join it as a separate program."),
                ));
            }
            found.extend(offers);
        }
    }
    found.extend(relicense.iter().cloned());
    found.sort_by_key(|remedy| remedy.kind);
    found.dedup();
    found
}

/// Popular licenses that every package of the whole work fits; those first that our own code may move to.
pub fn relicense(scene: &Scene<'_>, work: &Work) -> Vec<Remedy> {
    // What is not known under one license is not known under another; it has findings of its own.
    let known = work.groups.iter().filter(|group| group.verdict != Verdict::Unknown);
    let parts: Vec<Part<'_>> = known.map(|group| scene.part(group)).collect();
    let fitting = popular_near(scene.law, scene.license).into_iter().map(|(id, _)| id).filter(|id| {
        *id != scene.license.text
            && parse(id).is_ok_and(|expression| {
                let target = OutboundExpression::new(scene.law, &expression);
                solve(scene.law, &target, &parts).verdict == Verdict::Compatible
            })
    });
    convey_under(scene.law, scene.license, fitting).into_iter().collect()
}

fn remedy(kind: RemedyKind, step: String) -> Remedy {
    Remedy { kind, step }
}

/// The arm of a choice to take; an arm of unknown terms is one for those who have such a license.
fn other_arm(scene: &Scene<'_>, group: &Group, answer: &Explanation) -> Option<Remedy> {
    let expression = parse(scene.expressions.text(group.expression)).ok()?;
    let Expression::Or(arms) = &expression else { return None };
    if group.verdict == Verdict::Conditional && answer.chosen != answer.inbound {
        return Some(remedy(RemedyKind::OtherArm, format!("Take it under {} of its choice.", answer.chosen)));
    }
    let is_commercial = |arm: &&Expression| matches!(arm, Expression::Term(term) if matches!(term.license, LicenseName::Custom(_)));
    let arms: Vec<String> = arms.iter().filter(is_commercial).map(ToString::to_string).collect();
    let step = format!("Take it under {}, if you have or buy that license.", arms.join(" or "));
    (!arms.is_empty() && !group.verdict.is_allowed()).then(|| remedy(RemedyKind::OtherArm, step))
}

/// The part of the project's own choice that holds.
fn narrower(scene: &Scene<'_>, group: &Group, answer: &Explanation) -> Option<Remedy> {
    let effective = answer.effective_outbound.0.as_ref()?;
    let moves = group.verdict == Verdict::Conditional && *effective != scene.license.text;
    moves.then(|| remedy(RemedyKind::NarrowOutbound, format!("Convey the project under {effective} alone.")))
}

/// Other versions of the same package whose license is known and fits: from this graph, and from the curated list.
fn other_versions(scene: &Scene<'_>, group: &Group, node: NodeIndex) -> Vec<Remedy> {
    let package = scene.graph.package(node);
    let mut found: Vec<(String, String)> = scene
        .graph
        .versions_of(package)
        .iter()
        .filter(|other| **other != node)
        .filter_map(|other| {
            let version = scene.graph.package(*other).version.clone()?;
            let license = &scene.facts[other.index()].concluded.expression;
            is_better(scene, group, license).then(|| (format!("version {version}"), license.to_string()))
        })
        .collect();
    for known in Alternative::find(package.ecosystem, &package.name, package.version.as_deref()) {
        for other in known.other_versions {
            if parse(other.license).is_ok_and(|license| is_better(scene, group, &license)) {
                found.push((format!("a version {}", other.versions), other.license.to_owned()));
            }
        }
    }
    found.sort();
    found.dedup();
    found
        .into_iter()
        .take(OFFERS)
        .map(|(version, license)| {
            remedy(
                RemedyKind::OtherVersion,
                format!("Use {version} of {}, which is under {license}.", package.name),
            )
        })
        .collect()
}

/// Packages of the curated list that do the same job and fit.
fn replacements(scene: &Scene<'_>, group: &Group, node: NodeIndex) -> Vec<Remedy> {
    let package = scene.graph.package(node);
    Alternative::find(package.ecosystem, &package.name, package.version.as_deref())
        .flat_map(|known| known.instead)
        .filter(|other| parse(other.license).is_ok_and(|license| is_better(scene, group, &license)))
        .take(OFFERS)
        .map(|other| {
            let step = format!("Use {} ({}) instead: {}.", other.package, other.license, other.note);
            remedy(RemedyKind::Replace, step)
        })
        .collect()
}

/// Whether a license in the place of the package's own would be allowed, and with less ado.
fn is_better(scene: &Scene<'_>, group: &Group, license: &Expression) -> bool {
    let inbound = InboundExpression::new(scene.law, license);
    let situation = Situation::new(group.linkage, scene.distribution);
    let verdict = solve(scene.law, scene.license, &[Part { inbound: &inbound, situation }]).verdict;
    // In a conflict each package is allowed by itself; only a license without any condition is sure to help.
    verdict == Verdict::Compatible || (verdict.is_allowed() && verdict < group.verdict)
}
