//! Ways out of a verdict, easiest first.

use super::case::{Added, Outbound, Situation};
use super::inbound::{Deciding, InboundExpression};
use super::joint::{candidate_for, outbound_verdict};
use super::law::{Candidate, Law};
use super::outbound::OutboundExpression;
use crate::licenses::catalogue;
use crate::model::{LicenseName, Linkage, Remedy, RemedyKind, Verdict};

/// Ways out for one dependency, from the law alone.
pub fn for_pair(
    law: &Law,
    inbound: &InboundExpression,
    project: &OutboundExpression,
    situation: Situation,
    verdict: Verdict,
    cells: &[Deciding],
) -> Vec<Remedy> {
    let mut found = Vec::new();
    match verdict {
        Verdict::Compatible => return found,
        Verdict::Unknown => {
            found.push(remedy(
                RemedyKind::Clarify,
                "Read the license, and record what it is as a clarification in licgraph.toml.",
            ));
            return found;
        }
        Verdict::Conditional => {
            found.push(remedy(RemedyKind::MeetCondition, "Do what the condition asks."));
        }
        Verdict::Incompatible => {
            found.extend(relicense(law, inbound, project, situation));
        }
    }
    found.extend(linkage(law, inbound, project, situation, verdict));
    found.extend(ask(cells));
    found.sort();
    found
}

fn remedy(kind: RemedyKind, step: impl Into<String>) -> Remedy {
    Remedy { kind, step: step.into() }
}

/// Another linkage that would do better.
fn linkage(
    law: &Law,
    inbound: &InboundExpression,
    project: &OutboundExpression,
    situation: Situation,
    verdict: Verdict,
) -> Option<Remedy> {
    [Linkage::Dynamic, Linkage::Process].into_iter().filter(|other| *other > situation.linkage).find_map(|other| {
        let changed = Situation { linkage: other, ..situation };
        let arms: Vec<Verdict> = project
            .arms()
            .iter()
            .filter(|arm| !arm.is_future())
            .map(|arm| arm.verdict(law, inbound, changed))
            .collect();
        let better = outbound_verdict(arms);
        (better.is_allowed() && better < verdict).then(|| {
            let step = match other {
                Linkage::Dynamic => "Link it dynamically, so that users can replace it.",
                _ => "Run it as a separate program at arm's length, exchanging data over a pipe, socket or file.",
            };
            remedy(RemedyKind::ChangeLinkage, step)
        })
    })
}

/// Popular licenses under which the project could carry it.
fn relicense(
    law: &Law,
    inbound: &InboundExpression,
    project: &OutboundExpression,
    situation: Situation,
) -> Option<Remedy> {
    let targets: Vec<&str> = popular(law)
        .filter(|(id, candidate)| {
            let whole = Outbound::Candidate { candidate: *candidate, added: Added::Nothing };
            *id != project.text && inbound.verdict(law, whole, situation) == Verdict::Compatible
        })
        .map(|(id, _)| id)
        .take(4)
        .collect();
    (!targets.is_empty())
        .then(|| remedy(RemedyKind::Relicense, format!("Convey the project under {}.", targets.join(" or "))))
}

/// The well-known licenses as candidates.
pub fn popular(law: &Law) -> impl Iterator<Item = (&'static str, Candidate)> + '_ {
    catalogue::popular().filter_map(|id| {
        let terms = law.terms_of(&LicenseName::Known(id))?;
        Some((id.name(), candidate_for(law, terms)?))
    })
}

fn ask(cells: &[Deciding]) -> Option<Remedy> {
    let deciding = cells.first().filter(|deciding| !deciding.cell.verdict.is_allowed())?;
    Some(remedy(
        RemedyKind::AskUpstream,
        format!("Ask the authors for another license beside {}, or for an exception.", deciding.label),
    ))
}
