//! One question answered in full: this dependency (or these together), that project, this situation.

use super::case::Situation;
use super::ground::Ground;
use super::inbound::{Deciding, InboundExpression, Met};
use super::joint::{Joint, Part, outbound_verdict, solve};
use super::law::{Law, Terms};
use super::obligations;
use super::outbound::OutboundExpression;
use super::remedy;
use crate::model::{
    Basis, Distribution, EffectiveOutbound, Linkage, ObligationKind, Remedy, RemedyKind, Verdict,
};
use serde::Serialize;

/// An answer with everything a person needs to check it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The dependency's license.
    pub inbound: String,
    /// The project's license.
    pub outbound: String,
    /// How it is joined.
    pub linkage: Linkage,
    /// How the work reaches people.
    pub distribution: Distribution,
    /// The answer.
    pub verdict: Verdict,
    /// Under which of the project's licenses the whole can be conveyed.
    pub effective_outbound: EffectiveOutbound,
    /// Steps that must be taken.
    pub conditions: Vec<String>,
    /// Duties that this use triggers.
    pub obligations: Vec<&'static str>,
    /// Why, in one sentence.
    pub reason: String,
    /// Who says so.
    pub authority: Vec<&'static str>,
    /// What the answer rests on.
    pub basis: Basis,
    /// The arms taken of a choice.
    pub chosen: String,
    /// What would change the answer.
    pub remedies: Vec<Remedy>,
}

/// Answers for one dependency, with the ways out.
pub fn explain(
    law: &Law,
    inbound: &InboundExpression,
    inbound_text: &str,
    project: &OutboundExpression,
    situation: Situation,
) -> Explanation {
    let mut answer = answer(law, inbound, inbound_text, project, situation);
    if answer.verdict != Verdict::Compatible {
        let cells =
            shown(law, inbound, project, situation).map(|(shown, _)| shown.met.cells).unwrap_or_default();
        answer.remedies = remedy::for_pair(law, inbound, project, situation, answer.verdict, &cells);
    }
    answer
}

/// Answers for one dependency without looking for ways out, for tables of questions.
pub fn answer(
    law: &Law,
    inbound: &InboundExpression,
    inbound_text: &str,
    project: &OutboundExpression,
    situation: Situation,
) -> Explanation {
    let Some((shown, joint)) = shown(law, inbound, project, situation) else {
        return unanswered(inbound_text, project, situation);
    };
    let facts = Facts { law, outbound: shown.outbound, project_terms: shown.project_terms };
    let narrowed = joint.verdict == Verdict::Conditional && shown.met.verdict != Verdict::Conditional;
    let mut conditions = facts.conditions(&shown.met.cells, joint.effective_outbound.as_deref());
    if let (true, Some(effective)) = (narrowed, &joint.effective_outbound) {
        conditions.insert(0, format!("Convey the work under {effective}."));
    }
    let deciding = shown.met.cells.first();
    let mut reason = deciding.map(|deciding| facts.reason(deciding)).unwrap_or_default();
    if narrowed {
        reason = format!("{reason} {} cannot be kept.", lost_arms(&joint, project).join(" and "));
    }
    if let (true, Some(effective)) = (shown.without_later, &joint.effective_outbound) {
        reason = format!(
            "{reason} The whole goes out under {effective}; your own files may stay under {}.",
            project.text
        );
    }
    let obligations = match best_arm(&joint, project) {
        None => Vec::new(),
        Some(arm) if arm == shown.arm => duties(law, &shown.met.cells, situation),
        Some(arm) => duties(law, &project.arms()[arm].meet(law, inbound, situation).0.cells, situation),
    };
    Explanation {
        inbound: inbound_text.to_owned(),
        outbound: project.text.clone(),
        linkage: situation.linkage,
        distribution: situation.distribution,
        verdict: joint.verdict,
        effective_outbound: EffectiveOutbound(joint.effective_outbound),
        conditions,
        obligations,
        reason,
        authority: deciding.map(|deciding| facts.authority(deciding)).unwrap_or_default(),
        basis: deciding.map_or(Basis::Class, |deciding| deciding.cell.ground.basis(law, deciding.terms)),
        chosen: shown.met.chosen,
        remedies: Vec::new(),
    }
}

/// The arm whose cells explain the answer.
struct Shown<'a> {
    arm: usize,
    met: Met,
    outbound: &'a str,
    project_terms: Option<Terms>,
    /// Every published version holds, later ones do not.
    without_later: bool,
}

fn shown<'a>(
    law: &Law,
    inbound: &InboundExpression,
    project: &'a OutboundExpression,
    situation: Situation,
) -> Option<(Shown<'a>, Joint)> {
    let arms = project.arms();
    let mut met: Vec<_> = arms.iter().map(|arm| arm.meet(law, inbound, situation)).collect();
    let joint = match solved_at_sight(law, project, &met) {
        Some(joint) => joint,
        None => solve(law, project, &[Part { inbound, situation }]),
    };
    let arm = deciding_arm(&joint, &met, project)?;
    let (met, label, project_terms) = met.swap_remove(arm);
    let choice = arms.iter().filter(|arm| !arm.is_future()).count() > 1;
    let without_later = joint.verdict == Verdict::Compatible && loses_later(&joint, project);
    let outbound = if choice || without_later { label } else { project.text.as_str() };
    Some((Shown { arm, met, outbound, project_terms, without_later }, joint))
}

/// Whether the versions not yet published, which the project offers, are closed to the whole.
fn loses_later(joint: &Joint, project: &OutboundExpression) -> bool {
    let arms = project.arms();
    (0..arms.len()).any(|arm| arms[arm].is_future() && !joint.surviving.contains(&arm))
}

/// One dependency that makes no arm move to another license needs no table of parts.
fn solved_at_sight(
    law: &Law,
    project: &OutboundExpression,
    met: &[(Met, &str, Option<Terms>)],
) -> Option<Joint> {
    let moves =
        met.iter().flat_map(|(met, ..)| &met.cells).any(|deciding| deciding.cell.ground.moves_the_whole());
    if moves || project.is_unbounded() {
        return None;
    }
    let arms = project.arms();
    let published = arms.iter().zip(met).filter(|(arm, _)| !arm.is_future());
    let verdict = outbound_verdict(published.map(|(_, (met, ..))| met.verdict));
    let surviving: Vec<usize> = (0..met.len()).filter(|arm| met[*arm].0.verdict.is_allowed()).collect();
    let effective_outbound =
        if verdict.is_allowed() { project.effective(law, |arm| surviving.contains(&arm)) } else { None };
    let when = |wanted: Verdict| if verdict == wanted { vec![0] } else { Vec::new() };
    Some(Joint {
        verdict,
        effective_outbound,
        surviving,
        blocked: when(Verdict::Incompatible),
        unknown: when(Verdict::Unknown),
        conflict: Vec::new(),
        moved_to: None,
        whole_impossible: false,
    })
}

/// Answers for several dependencies judged together, each joined the same way.
pub fn explain_together(
    law: &Law,
    inbound: &[(InboundExpression, String)],
    project: &OutboundExpression,
    situation: Situation,
) -> Explanation {
    let all_text = inbound.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ; ");
    let parts: Vec<Part<'_>> = inbound.iter().map(|(inbound, _)| Part { inbound, situation }).collect();
    let joint = solve(law, project, &parts);
    let each: Vec<Explanation> =
        inbound.iter().map(|(one, text)| explain(law, one, text, project, situation)).collect();
    let worst = each.iter().max_by_key(|explanation| explanation.verdict);
    let Some(mut answer) = worst.cloned() else { return unanswered("", project, situation) };
    answer.inbound = all_text;
    answer.verdict = joint.verdict;
    answer.obligations = each.iter().flat_map(|one| one.obligations.clone()).collect();
    answer.obligations.sort();
    answer.obligations.dedup();
    answer.conditions = each.iter().flat_map(|one| one.conditions.clone()).collect();
    answer.conditions.dedup();
    answer.chosen = each.iter().map(|one| one.chosen.as_str()).collect::<Vec<_>>().join(" ; ");
    answer.effective_outbound = EffectiveOutbound(joint.effective_outbound.clone());
    if !joint.conflict.is_empty() {
        let names: Vec<&str> = joint.conflict.iter().map(|part| inbound[*part].1.as_str()).collect();
        answer.reason = if joint.whole_impossible {
            format!(
                "Nobody can convey the whole: no license takes in {} together with the project's own code.",
                names.join(" and ")
            )
        } else {
            format!("Each is allowed, but {} together leave no license for the whole.", names.join(" and "))
        };
        answer.authority =
            joint.conflict.iter().flat_map(|part| each[*part].authority.iter().copied()).collect();
        answer.authority.dedup();
        answer.remedies = names
            .iter()
            .map(|name| Remedy {
                kind: RemedyKind::Replace,
                step: format!("Replace the dependency under {name}, or run it as a separate program."),
            })
            .collect();
    } else if joint.verdict == Verdict::Conditional
        && let Some(effective) = &answer.effective_outbound.0
        && *effective != project.text
    {
        answer.conditions = vec![format!("Convey the work under {effective}.")];
    }
    if !joint.verdict.is_allowed() {
        // Steps and duties of parts that cannot be conveyed together lead nowhere.
        answer.conditions.clear();
        answer.obligations.clear();
    }
    answer
}

struct Facts<'a> {
    law: &'a Law,
    outbound: &'a str,
    project_terms: Option<Terms>,
}

impl Facts<'_> {
    fn reason(&self, deciding: &Deciding) -> String {
        deciding.cell.ground.reason(
            self.law,
            &deciding.label,
            self.outbound,
            deciding.terms,
            self.project_terms,
        )
    }

    fn authority(&self, deciding: &Deciding) -> Vec<&'static str> {
        deciding.cell.ground.authority(self.law, deciding.terms, self.project_terms)
    }

    fn conditions(&self, cells: &[Deciding], effective: Option<&str>) -> Vec<String> {
        let mut found: Vec<String> = cells
            .iter()
            .filter(|deciding| deciding.cell.verdict == Verdict::Conditional)
            .filter_map(|deciding| match (deciding.cell.ground, effective) {
                (Ground::ProjectConverts(_), Some(effective)) => {
                    Some(format!("Convey the combined work under {effective}, not under {}.", self.outbound))
                }
                (ground, _) => ground.condition(self.law, &deciding.label, self.outbound, deciding.terms),
            })
            .collect();
        found.dedup();
        found
    }
}

/// The arm whose cells explain the verdict.
fn deciding_arm(
    joint: &Joint,
    met: &[(Met, &str, Option<Terms>)],
    project: &OutboundExpression,
) -> Option<usize> {
    let published = (0..met.len()).filter(|arm| !project.arms()[*arm].is_future());
    match joint.verdict {
        Verdict::Compatible => published.min_by_key(|arm| met[*arm].0.verdict),
        // The arm that does not hold says why; where all hold with a step, that step.
        _ => published.max_by_key(|arm| (met[*arm].0.verdict, std::cmp::Reverse(*arm))),
    }
}

/// The first arm that survives best, for the duties.
fn best_arm(joint: &Joint, project: &OutboundExpression) -> Option<usize> {
    joint.surviving.iter().copied().find(|arm| !project.arms()[*arm].is_future())
}

fn lost_arms(joint: &Joint, project: &OutboundExpression) -> Vec<String> {
    (0..project.arms().len())
        .filter(|arm| !project.arms()[*arm].is_future() && !joint.surviving.contains(arm))
        .map(|arm| project.arms()[arm].text())
        .collect()
}

/// The duties of every license taken, each once, in the order of their wording.
fn duties(law: &Law, cells: &[Deciding], situation: Situation) -> Vec<&'static str> {
    let mut kinds: Vec<ObligationKind> = Vec::new();
    for deciding in cells {
        for kind in obligations::triggered(law, deciding, situation) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
    let mut duties: Vec<&'static str> = kinds.into_iter().map(ObligationKind::duty).collect();
    duties.sort_unstable();
    duties
}

fn unanswered(inbound: &str, project: &OutboundExpression, situation: Situation) -> Explanation {
    Explanation {
        inbound: inbound.to_owned(),
        outbound: project.text.clone(),
        linkage: situation.linkage,
        distribution: situation.distribution,
        verdict: Verdict::Unknown,
        effective_outbound: EffectiveOutbound(None),
        conditions: Vec::new(),
        obligations: Vec::new(),
        reason: "The project's license is not known.".to_owned(),
        authority: Vec::new(),
        basis: Basis::Class,
        chosen: inbound.to_owned(),
        remedies: Vec::new(),
    }
}
