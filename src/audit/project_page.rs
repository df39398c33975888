//! What the report says of a project.

use super::assemble::Judged;
use super::report::{OutboundOption, ProjectReport};
use super::request::AuditRequest;
use super::work::{self, Expressions};
use crate::compatibility::{Added, Outbound, Part, Situation, candidacy, popular};
use crate::model::{DependencyGraph, Distribution, EffectiveOutbound, Linkage, NodeIndex, Project, Verdict};
use std::cmp::Reverse;

/// A project's entry in the report.
pub fn project_report(
    request: &AuditRequest,
    graph: &DependencyGraph,
    project: &Project,
    one: &Judged,
    expressions: &Expressions,
) -> ProjectReport {
    let package = graph.package(project.node);
    let stated = one.license.expression.is_some();
    let verdict = if stated { one.work.joint.verdict } else { Verdict::Unknown };
    let conveyed = one
        .reach
        .packages()
        .iter()
        .filter(|node| one.reach.linkage(**node).is_some_and(Linkage::is_conveyed))
        .count();
    ProjectReport {
        name: package.name.clone(),
        version: package.version.clone(),
        purl: package.purl.clone(),
        ecosystem: package.ecosystem.name().to_owned(),
        manifest: project.manifest.clone(),
        graph_source: project.graph_source.clone(),
        license: one.license.expression.as_ref().map(ToString::to_string),
        license_source: Some(one.license.source.clone()),
        verdict,
        reason: work_reason(one, verdict, conveyed, request.distribution),
        effective_outbound: EffectiveOutbound(if stated {
            one.work.joint.effective_outbound.clone()
        } else {
            None
        }),
        possible_outbound: options(request, graph, one, expressions),
        conveyed_packages: conveyed,
    }
}

fn work_reason(one: &Judged, verdict: Verdict, conveyed: usize, distribution: Distribution) -> String {
    let joint = &one.work.joint;
    let count = |verdict: Verdict| -> usize {
        one.work
            .groups
            .iter()
            .filter(|group| group.verdict == verdict && group.counts_for_the_work())
            .map(|group| group.packages.len())
            .sum()
    };
    let license = &one.outbound.text;
    if one.license.expression.is_none() {
        return "The project names no license.".to_owned();
    }
    match verdict {
        Verdict::Compatible if conveyed == 0 => "No package is conveyed with it.".to_owned(),
        Verdict::Compatible if distribution == Distribution::Internal => {
            "The work stays inside one organisation, so nothing is conveyed.".to_owned()
        }
        Verdict::Compatible if conveyed == 1 => {
            format!("The package that is conveyed with it fits {license}.")
        }
        Verdict::Compatible => format!("All {conveyed} packages that are conveyed with it fit {license}."),
        Verdict::Conditional => {
            let effective = joint.effective_outbound.as_deref().unwrap_or(license);
            format!("The whole can be conveyed under {effective}, if what the findings ask is done.")
        }
        Verdict::Unknown => {
            let unknown = count(Verdict::Unknown);
            format!(
                "{unknown} {} unknown terms, so nobody can say.",
                if unknown == 1 { "package has" } else { "packages have" }
            )
        }
        Verdict::Incompatible if joint.conflict.is_empty() => {
            let against = count(Verdict::Incompatible);
            format!(
                "{against} {} not fit {license}.",
                if against == 1 { "package does" } else { "packages do" }
            )
        }
        Verdict::Incompatible => {
            "Each package is allowed, but together they leave no license for the whole.".to_owned()
        }
    }
}

/// So many of the packages in the way of a license are named; the rest is counted.
const MOST_NAMED: usize = 10;

/// What the dependencies would allow, for the well-known licenses.
fn options(
    request: &AuditRequest,
    graph: &DependencyGraph,
    one: &Judged,
    expressions: &Expressions,
) -> Vec<OutboundOption> {
    let groups: Vec<_> = one.work.groups.iter().filter(|group| work::takes_part(group)).collect();
    let parts: Vec<Part<'_>> = groups
        .iter()
        .map(|group| Part {
            inbound: expressions.get(group.expression),
            situation: Situation::new(group.linkage, request.distribution),
        })
        .collect();
    popular(&request.law)
        .map(|(id, candidate)| {
            let answer = candidacy(&request.law, candidate, &parts);
            // What is incompatible stands before what is only unknown.
            let whole = Outbound::Candidate { candidate, added: Added::Nothing };
            let mut blocking: Vec<_> = answer
                .blockers
                .iter()
                .flat_map(|part| {
                    let verdict = parts[*part].inbound.verdict(&request.law, whole, parts[*part].situation);
                    let purl = move |node: &NodeIndex| (Reverse(verdict), &graph.package(*node).purl);
                    groups[*part].packages.iter().map(purl)
                })
                .collect();
            let blockers = blocking.len();
            if blockers > MOST_NAMED {
                blocking.select_nth_unstable(MOST_NAMED);
                blocking.truncate(MOST_NAMED);
            }
            blocking.sort();
            let blocking = blocking.into_iter().map(|(_, purl)| purl.clone()).collect();
            OutboundOption { license: id.to_owned(), verdict: answer.verdict, blocked_by: blocking, blockers }
        })
        .collect()
}
