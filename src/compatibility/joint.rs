//! The question for the whole work: is there a license under which everything can be conveyed together?
//!
//! Each dependency allows some of the project's arms. What all of them allow is the effective outbound. Some
//! dependencies allow an arm only because the whole may move to their own license (a conversion clause of the
//! project's license, a permissive project that ships its own source, an exception the dependency does not share);
//! then everything else has to fit that license too. Edges that are fine one by one can so be impossible together,
//! and a smallest set of dependencies that already leaves no arm is the explanation.

use super::case::{Added, Outbound, Situation};
use super::ground::Ground;
use super::inbound::InboundExpression;
use super::law::{Candidate, Law, Terms};
use super::outbound::{Arm, OutboundExpression};
use super::pair::judge_as_it_stands;
use crate::model::{Distribution, Linkage, Verdict};

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
    /// Under which licenses the whole can be conveyed.
    pub effective_outbound: Option<String>,
    /// Arms that survive, by position.
    pub surviving: Vec<usize>,
    /// Positions of parts that allow no arm by themselves.
    pub blocked: Vec<usize>,
    /// Positions of parts whose terms are not known.
    pub unknown: Vec<usize>,
    /// A smallest set of parts (positions) that together leave no arm though each allows one.
    pub conflict: Vec<usize>,
    /// The license that the whole moves to under the first arm that survives, if it cannot stay under that arm: what
    /// every part is then taken under.
    pub moved_to: Option<Candidate>,
    /// Set when the project's own files could stay as they are but nobody could convey the whole.
    pub whole_impossible: bool,
}

/// Answers for a work of these parts.
pub fn solve(law: &Law, project: &OutboundExpression, parts: &[Part<'_>]) -> Joint {
    let table = Table::new(law, project, parts);
    let all: Vec<usize> = (0..parts.len()).collect();
    let answers: Vec<Verdict> = (0..project.arms().len()).map(|arm| table.arm_verdict(arm, &all)).collect();
    let verdict =
        if project.is_unbounded() { Verdict::Unknown } else { outbound_verdict(table.published(&answers)) };
    let surviving: Vec<usize> = (0..answers.len()).filter(|arm| answers[*arm].is_allowed()).collect();
    let own: Vec<Verdict> =
        all.iter().map(|part| outbound_verdict(table.published(&table.rows[*part]))).collect();
    let with = |wanted: Verdict| all.iter().copied().filter(|part| own[*part] == wanted).collect::<Vec<_>>();
    let (blocked, unknown) = (with(Verdict::Incompatible), with(Verdict::Unknown));
    let alone = blocked.is_empty() && unknown.is_empty();
    let conflict = if verdict == Verdict::Incompatible && alone {
        table.smallest_conflict(all.clone())
    } else {
        Vec::new()
    };
    Joint {
        verdict,
        effective_outbound: if verdict.is_allowed() { table.effective(&surviving, &all) } else { None },
        moved_to: surviving
            .first()
            .and_then(|arm| table.whole_targets(*arm, &all)?.first().copied())
            .map(|target| table.targets[target]),
        whole_impossible: !conflict.is_empty() && table.is_about_the_whole(),
        surviving,
        blocked,
        unknown,
        conflict,
    }
}

/// A choice on the project's side is a promise of every arm: all hold, some, or none.
pub(super) fn outbound_verdict(arms: impl IntoIterator<Item = Verdict>) -> Verdict {
    let mut answers = arms.into_iter();
    let Some(first) = answers.next() else { return Verdict::Unknown };
    let (best, worst) =
        answers.fold((first, first), |(best, worst), answer| (best.min(answer), worst.max(answer)));
    match best {
        Verdict::Compatible if worst == Verdict::Compatible => Verdict::Compatible,
        allowed if allowed.is_allowed() => Verdict::Conditional,
        // An unknown arm may yet hold.
        none => none,
    }
}

/// Every part against every arm, and against every license the whole may have to move to.
struct Table<'a> {
    law: &'a Law,
    project: &'a OutboundExpression,
    /// Verdicts, one row a part, one column an arm.
    rows: Vec<Vec<Verdict>>,
    /// Where a part makes the whole move, by part and arm: positions in `targets`.
    moves: Vec<Vec<Vec<usize>>>,
    targets: Vec<Candidate>,
    /// Whether a part allows a target, by part and target.
    allows: Vec<Vec<bool>>,
    /// Whether the project's own code may be conveyed under a target, by arm and target.
    own_code: Vec<Vec<bool>>,
}

impl<'a> Table<'a> {
    fn new(law: &'a Law, project: &'a OutboundExpression, parts: &[Part<'_>]) -> Self {
        let arms = project.arms();
        let rows: Vec<Vec<Verdict>> = parts
            .iter()
            .map(|part| arms.iter().map(|arm| arm.verdict(law, part.inbound, part.situation)).collect())
            .collect();
        let mut targets: Vec<Candidate> = Vec::new();
        let mut moves = Vec::with_capacity(parts.len());
        for (part, row) in parts.iter().zip(&rows) {
            let mut of_part = Vec::with_capacity(arms.len());
            for (arm, verdict) in arms.iter().zip(row) {
                let to = if *verdict == Verdict::Conditional { moved_to(law, arm, part) } else { Vec::new() };
                of_part.push(to.into_iter().map(|target| position(&mut targets, target)).collect());
            }
            moves.push(of_part);
        }
        let allows = parts
            .iter()
            .map(|part| targets.iter().map(|target| allows_target(law, part, *target)).collect())
            .collect();
        let own_code = arms
            .iter()
            .map(|arm| targets.iter().map(|target| own_flows(law, arm, *target)).collect())
            .collect();
        Self { law, project, rows, moves, targets, allows, own_code }
    }

    /// The arms that count: those of published versions.
    fn published(&self, row: &[Verdict]) -> impl Iterator<Item = Verdict> {
        self.project.arms().iter().zip(row).filter(|(arm, _)| !arm.is_future()).map(|(_, answer)| *answer)
    }

    /// The answer of some parts together for one arm.
    fn arm_verdict(&self, arm: usize, parts: &[usize]) -> Verdict {
        let worst = parts.iter().map(|part| self.rows[*part][arm]).max().unwrap_or(Verdict::Compatible);
        if worst == Verdict::Conditional
            && self.whole_targets(arm, parts).is_some_and(|targets| targets.is_empty())
        {
            return Verdict::Incompatible;
        }
        worst
    }

    /// Where the whole moves to under an arm: nowhere (`None`), or the targets that everything fits.
    fn whole_targets(&self, arm: usize, parts: &[usize]) -> Option<Vec<usize>> {
        let moving: Vec<&Vec<usize>> =
            parts.iter().map(|part| &self.moves[*part][arm]).filter(|moves| !moves.is_empty()).collect();
        if moving.is_empty() {
            return None;
        }
        let mut targets: Vec<usize> = moving
            .into_iter()
            .flatten()
            .copied()
            .filter(|target| self.own_code[arm][*target])
            .filter(|target| parts.iter().all(|part| self.allows[*part][*target]))
            .collect();
        targets.sort_unstable();
        targets.dedup();
        Some(targets)
    }

    /// Parts that together leave no arm; taking away any one of them would leave one.
    fn smallest_conflict(&self, mut members: Vec<usize>) -> Vec<usize> {
        let arms = self.project.arms();
        let published: Vec<usize> = (0..arms.len()).filter(|arm| !arms[*arm].is_future()).collect();
        let conflicts =
            |kept: &[usize]| published.iter().all(|arm| !self.arm_verdict(*arm, kept).is_allowed());
        // Parts of the same pattern explain nothing more than the first of them.
        let mut seen = Vec::new();
        members.retain(|part| {
            let pattern = (&self.rows[*part], &self.moves[*part], &self.allows[*part]);
            let new = !seen.contains(&pattern);
            if new {
                seen.push(pattern);
            }
            new
        });
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

    fn is_about_the_whole(&self) -> bool {
        !self.targets.is_empty()
    }

    /// The surviving arms, or where the whole moves to under them.
    fn effective(&self, surviving: &[usize], parts: &[usize]) -> Option<String> {
        let mut stays = Vec::new();
        let mut moved = Vec::new();
        for arm in surviving {
            match self.whole_targets(*arm, parts) {
                None => stays.push(*arm),
                Some(targets) => moved.extend(targets),
            }
        }
        moved.sort_unstable();
        moved.dedup();
        let kept = self.project.effective(self.law, |arm| stays.contains(&arm));
        let targets: Vec<Candidate> = moved.into_iter().map(|target| self.targets[target]).collect();
        let moved = (!targets.is_empty()).then(|| self.law.written(&targets));
        match (kept, moved) {
            (Some(kept), Some(moved)) if !kept.split(" OR ").any(|part| moved.contains(part)) => {
                Some(format!("{kept} OR {moved}"))
            }
            (Some(kept), _) => Some(kept),
            (None, moved) => moved,
        }
    }
}

fn position(targets: &mut Vec<Candidate>, target: Candidate) -> usize {
    targets.iter().position(|known| *known == target).unwrap_or_else(|| {
        targets.push(target);
        targets.len() - 1
    })
}

/// The licenses a part makes the whole move to under an arm; none if the arm can stay.
fn moved_to(law: &Law, arm: &Arm, part: &Part<'_>) -> Vec<Candidate> {
    if arm.verdict_as_it_stands(law, part.inbound, part.situation).is_allowed() {
        return Vec::new();
    }
    let project = arm.terms();
    let mut found = Vec::new();
    for deciding in arm.every_cell(law, part.inbound, part.situation) {
        let moves = deciding.cell.ground.moves_the_whole();
        let Some(terms) = deciding.terms.filter(|_| moves) else { continue };
        let own: Vec<Candidate> = part.inbound.versions_of(law, terms);
        let fitting: Vec<Candidate> = own.into_iter().filter(|target| own_flows(law, arm, *target)).collect();
        if fitting.is_empty() {
            let clauses = project.map(|project| law.conversions_of(project)).unwrap_or_default();
            found.extend(clauses.iter().filter(|(_, clause)| clause.whole).map(|(target, _)| *target));
        } else {
            found.extend(fitting);
        }
    }
    found
}

/// Whether a part can be in a whole that is conveyed under a target.
fn allows_target(law: &Law, part: &Part<'_>, target: Candidate) -> bool {
    let distribution = match part.situation.distribution {
        // Whoever conveys the whole conveys the dependencies too.
        Distribution::Source => Distribution::Binary,
        other => other,
    };
    let whole = Outbound::Candidate { candidate: target, added: Added::Nothing };
    part.inbound.verdict(law, whole, Situation::new(part.situation.linkage, distribution)).is_allowed()
}

/// Whether the project's own code may be conveyed under a target by anyone, by its license alone. It becomes part of
/// the whole: a library that may only stand beside it does not.
fn own_flows(law: &Law, arm: &Arm, target: Candidate) -> bool {
    let whole = Outbound::Candidate { candidate: target, added: Added::Nothing };
    arm.own_parts().iter().all(|part| {
        let cell = judge_as_it_stands(law, *part, whole, Situation::LINKED_BINARY);
        cell.verdict.is_allowed() && cell.ground != Ground::CombinedLibrary
    })
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
    law.versions(terms).into_iter().next()
}

/// Whether a part is joined so that the license of the whole matters to it.
pub fn is_joined(linkage: Linkage) -> bool {
    matches!(linkage, Linkage::Merge | Linkage::Static | Linkage::Dynamic)
}
