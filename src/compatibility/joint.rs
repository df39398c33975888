//! The question for the whole work: is there a license under which everything can be conveyed together?
//!
//! Each dependency allows some of the project's arms. What all of them allow is the effective outbound. Edges that
//! are fine one by one can be impossible together: then a smallest set of dependencies that already leaves no arm
//! is the explanation.

use super::ground::Ground;
use super::inbound::InboundExpression;
use super::law::{Candidate, Law, Terms};
use super::outbound::OutboundExpression;
use super::pair::{Added, Inbound, Outbound, Situation, judge};
use crate::model::{Distribution, Linkage, Verdict};
use fixedbitset::FixedBitSet;

/// A dependency of the work: its license and how it is joined.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// Its license.
    pub inbound: &'a InboundExpression,
    /// How it is joined, and how the work reaches people.
    pub situation: Situation,
}

/// The answer for a work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joint {
    /// The answer.
    pub verdict: Verdict,
    /// Under which of the project's licenses the whole can be conveyed.
    pub effective_outbound: Option<String>,
    /// Arms that survive, by position.
    pub surviving: Vec<usize>,
    /// Positions of parts that allow no arm by themselves.
    pub blocked: Vec<usize>,
    /// A smallest set of parts (positions) that together leave no arm though each allows one.
    pub conflict: Vec<usize>,
    /// Set when the parts can be shipped as source but nobody could convey the whole.
    pub whole_impossible: bool,
}

/// Answers for a work of these parts.
pub fn solve(law: &Law, project: &OutboundExpression, parts: &[Part<'_>]) -> Joint {
    let table: Vec<Vec<Verdict>> = parts
        .iter()
        .map(|part| project.arms().iter().map(|arm| arm.verdict(law, part.inbound, part.situation)).collect())
        .collect();
    let mut joint = combine(law, project, &table);
    if joint.verdict.is_allowed() {
        let impossible = whole_conflict(law, project, parts, &joint.surviving);
        if let Some(conflict) = impossible {
            joint.verdict = Verdict::Incompatible;
            joint.whole_impossible = true;
            joint.effective_outbound = None;
            joint.conflict = conflict;
        }
    }
    joint
}

/// The same from a table of verdicts: one row a part, one column an arm.
fn combine(law: &Law, project: &OutboundExpression, table: &[Vec<Verdict>]) -> Joint {
    let worst: Vec<Verdict> = (0..project.arms().len())
        .map(|arm| table.iter().map(|row| row[arm]).max().unwrap_or(Verdict::Compatible))
        .collect();
    let surviving: Vec<usize> = (0..worst.len()).filter(|arm| worst[*arm].is_allowed()).collect();
    let published: Vec<usize> = (0..worst.len()).filter(|arm| !project.arms()[*arm].is_future()).collect();
    let verdict = if project.is_unbounded() {
        Verdict::Unknown
    } else {
        outbound_verdict(&published.iter().map(|arm| worst[*arm]).collect::<Vec<_>>())
    };
    let allows_any = |row: &Vec<Verdict>| published.iter().any(|arm| row[*arm].is_allowed());
    let blocked: Vec<usize> = (0..table.len()).filter(|part| !allows_any(&table[*part])).collect();
    let conflict = if verdict.is_allowed() || !blocked.is_empty() {
        Vec::new()
    } else {
        smallest_conflict(table, &published)
    };
    let effective_outbound =
        if verdict.is_allowed() { project.effective(law, |arm| surviving.contains(&arm)) } else { None };
    Joint { verdict, effective_outbound, surviving, blocked, conflict, whole_impossible: false }
}

/// A choice on the project's side is a promise of every arm: all hold, some, or none.
pub(super) fn outbound_verdict(arms: &[Verdict]) -> Verdict {
    if arms.is_empty() {
        return Verdict::Unknown;
    }
    if arms.iter().all(|arm| *arm == Verdict::Compatible) {
        return Verdict::Compatible;
    }
    if arms.iter().any(|arm| arm.is_allowed()) {
        return Verdict::Conditional;
    }
    if arms.contains(&Verdict::Unknown) { Verdict::Unknown } else { Verdict::Incompatible }
}

/// Parts that together leave no arm; taking away any one of them would leave one.
fn smallest_conflict(table: &[Vec<Verdict>], arms: &[usize]) -> Vec<usize> {
    let mut distinct: Vec<usize> = Vec::new();
    for part in 0..table.len() {
        let pattern = |row: &Vec<Verdict>| arms.iter().map(|arm| row[*arm].is_allowed()).collect::<Vec<_>>();
        let own = pattern(&table[part]);
        if own.contains(&false) && !distinct.iter().any(|known| pattern(&table[*known]) == own) {
            distinct.push(part);
        }
    }
    shrink(distinct, |kept| arms.iter().all(|arm| kept.iter().any(|part| !table[*part][*arm].is_allowed())))
}

/// Drops members one by one as long as what is left still conflicts.
fn shrink(mut members: Vec<usize>, conflicts: impl Fn(&[usize]) -> bool) -> Vec<usize> {
    let mut position = 0;
    while position < members.len() {
        let mut without = members.clone();
        without.remove(position);
        if conflicts(&without) {
            members = without;
        } else {
            position += 1;
        }
    }
    members
}

/// Source distribution lets a permissive project stand over copyleft, but somebody must be able to convey the whole:
/// a smallest set of parts that nobody can convey together, or none.
fn whole_conflict(
    law: &Law,
    project: &OutboundExpression,
    parts: &[Part<'_>],
    surviving: &[usize],
) -> Option<Vec<usize>> {
    let arm = project.arms().get(*surviving.first()?)?;
    let only_as_source = |part: &&Part<'_>| {
        part.situation.distribution == Distribution::Source
            && arm
                .meet(law, part.inbound, part.situation)
                .0
                .cells
                .iter()
                .any(|deciding| deciding.cell.ground == Ground::SourceOnly)
    };
    if !parts.iter().any(|part| only_as_source(&part)) {
        return None;
    }
    let own = own_code(law, &arm.own_parts());
    let allowed: Vec<FixedBitSet> = parts
        .iter()
        .map(|part| {
            let whole = Situation::new(part.situation.linkage, Distribution::Binary);
            allowed_candidates(law, part.inbound, whole)
        })
        .collect();
    let empty = |kept: &[usize]| {
        let mut rest = own.clone();
        for part in kept {
            rest.intersect_with(&allowed[*part]);
        }
        rest.is_clear()
    };
    let all: Vec<usize> = (0..parts.len()).collect();
    empty(&all).then(|| shrink(distinct_sets(&allowed), empty))
}

fn distinct_sets(sets: &[FixedBitSet]) -> Vec<usize> {
    let mut distinct: Vec<usize> = Vec::new();
    for index in 0..sets.len() {
        if !distinct.iter().any(|known| sets[*known] == sets[index]) {
            distinct.push(index);
        }
    }
    distinct
}

/// The candidates that the project's own code could be conveyed under by anyone, by its license alone.
pub fn own_code(law: &Law, own_parts: &[Inbound]) -> FixedBitSet {
    let mut set = FixedBitSet::with_capacity(law.candidate_count());
    for candidate in law.published() {
        let whole = Outbound::Candidate { candidate, added: Added::Nothing };
        let flows = own_parts
            .iter()
            .all(|part| judge(law, *part, whole, Situation::LINKED_BINARY).verdict.is_allowed());
        set.set(usize::from(candidate.0), flows);
    }
    set
}

/// The candidates under which a work that holds this dependency could be conveyed.
pub fn allowed_candidates(law: &Law, inbound: &InboundExpression, situation: Situation) -> FixedBitSet {
    let mut set = FixedBitSet::with_capacity(law.candidate_count());
    for candidate in law.published() {
        let whole = Outbound::Candidate { candidate, added: Added::Nothing };
        set.set(usize::from(candidate.0), inbound.verdict(law, whole, situation).is_allowed());
    }
    set
}

/// What stands in the way of one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidacy {
    /// The candidate.
    pub candidate: Candidate,
    /// The answer for the whole work.
    pub verdict: Verdict,
    /// Positions of the parts that do not allow it.
    pub blockers: Vec<usize>,
}

/// Asks every part about one candidate.
pub fn candidacy(law: &Law, candidate: Candidate, parts: &[Part<'_>]) -> Candidacy {
    let whole = Outbound::Candidate { candidate, added: Added::Nothing };
    let mut verdict = Verdict::Compatible;
    let mut blockers = Vec::new();
    for (position, part) in parts.iter().enumerate() {
        let answer = part.inbound.verdict(law, whole, part.situation);
        verdict = verdict.max(answer);
        if !answer.is_allowed() {
            blockers.push(position);
        }
    }
    Candidacy { candidate, verdict, blockers }
}

/// The candidate that stands for a license, if it is one by itself.
pub fn candidate_for(law: &Law, terms: Terms) -> Option<Candidate> {
    law.versions(terms, false).into_iter().next()
}

/// Whether a part is joined so that the license of the whole matters to it.
pub fn is_joined(linkage: Linkage) -> bool {
    matches!(linkage, Linkage::Merge | Linkage::Static | Linkage::Dynamic)
}
