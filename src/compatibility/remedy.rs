//! Ways out of a verdict, easiest first.

use super::case::{Added, Outbound, Situation};
use super::ground::Ground;
use super::inbound::{Deciding, InboundExpression};
use super::joint::{candidate_for, outbound_verdict};
use super::law::{Candidate, Law};
use super::outbound::OutboundExpression;
use super::relicense::{Holders, OwnAnswer, own_code};
use crate::licenses::{catalogue, parse};
use crate::model::{LicenseName, Linkage, Remedy, RemedyKind, Verdict};

/// How many licenses a remedy names.
const TARGETS: usize = 3;

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
    [Linkage::Static, Linkage::Dynamic, Linkage::Process].into_iter().filter(|other| *other > situation.linkage).find_map(|other| {
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
                Linkage::Static => "Keep it in files of its own under its license, and link those instead of copying from them.",
                Linkage::Dynamic => "Link it dynamically, as a shared library that users can replace.",
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
    let fitting = popular_near(law, project).into_iter().filter(|(id, candidate)| {
        let whole = Outbound::Candidate { candidate: *candidate, added: Added::Nothing };
        *id != project.text && inbound.verdict(law, whole, situation) == Verdict::Compatible
    });
    convey_under(law, project, fitting.map(|(id, _)| id))
}

/// The step to another license: those first that the project's own code may move to without asking anybody.
pub fn convey_under(
    law: &Law,
    project: &OutboundExpression,
    fitting: impl IntoIterator<Item = &'static str>,
) -> Option<Remedy> {
    let (mut free, mut agreed) = (Vec::new(), Vec::new());
    for id in fitting {
        let Ok(expression) = parse(id) else { continue };
        let target = OutboundExpression::new(law, &expression);
        match own_code(law, project, &target, Holders::Several).answer {
            OwnAnswer::Yes => free.push(id),
            _ => agreed.push(id),
        }
    }
    let (ids, end) = match free.is_empty() {
        false => (free, "to which today's license lets everybody's code move"),
        true => (agreed, "if everyone who holds copyright in it agrees"),
    };
    let ids: Vec<&str> = ids.into_iter().take(TARGETS).collect();
    (!ids.is_empty()).then(|| {
        remedy(RemedyKind::Relicense, format!("Convey the project under {}, {end}.", ids.join(" or ")))
    })
}

/// The popular licenses, other versions of the project's own before the rest.
pub fn popular_near(law: &Law, project: &OutboundExpression) -> Vec<(&'static str, Candidate)> {
    let own = project.arms().first().and_then(|arm| arm.terms()).map(|terms| law.record(terms).family);
    let mut found: Vec<(&'static str, Candidate)> = popular(law).collect();
    found.sort_by_key(|(_, candidate)| {
        let family = law.candidate_record(*candidate).family;
        family.is_empty() || Some(family) != own
    });
    found
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
    if deciding.cell.ground == Ground::NoLicense {
        return Some(remedy(RemedyKind::AskUpstream, "Ask the authors to state a license."));
    }
    Some(remedy(
        RemedyKind::AskUpstream,
        format!("Ask the authors for another license beside {}, or for an exception.", deciding.label),
    ))
}
