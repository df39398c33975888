//! One question answered in full: this dependency (or these together), that project, this situation.

use super::inbound::{Deciding, InboundExpression};
use super::joint::{Joint, Part, outbound_verdict, solve};
use super::law::{Law, Terms};
use super::obligations;
use super::outbound::OutboundExpression;
use super::pair::Situation;
use super::remedy;
use crate::model::{Basis, EffectiveOutbound, Remedy, RemedyKind, Verdict};
use serde::Serialize;

/// An answer with everything a person needs to check it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The dependency's license.
    pub inbound: String,
    /// The project's license.
    pub outbound: String,
    /// How it is joined.
    pub linkage: String,
    /// How the work reaches people.
    pub distribution: String,
    /// The answer.
    pub verdict: Verdict,
    /// Under which of the project's licenses the whole can be conveyed.
    pub effective_outbound: EffectiveOutbound,
    /// Steps that must be taken.
    pub conditions: Vec<String>,
    /// Duties that this use triggers.
    pub obligations: Vec<String>,
    /// Why, in one sentence.
    pub reason: String,
    /// Who says so.
    pub authority: Vec<String>,
    /// What the answer rests on.
    pub basis: Basis,
    /// The arms taken of a choice.
    pub chosen: String,
    /// What would change the answer.
    pub remedies: Vec<Remedy>,
}

/// Answers for one dependency.
pub fn explain(
    law: &Law,
    inbound: &InboundExpression,
    inbound_text: &str,
    project: &OutboundExpression,
    situation: Situation,
) -> Explanation {
    let arms = project.arms();
    let met: Vec<_> = arms.iter().map(|arm| arm.meet(law, inbound, situation)).collect();
    let joint = solve(law, project, &[Part { inbound, situation }]);
    // The arm that best shows the answer: the one that decides the verdict.
    let shown = deciding_arm(&joint, &met.iter().map(|(met, ..)| met.verdict).collect::<Vec<_>>(), project);
    let (met_arm, label, project_terms) = match shown.and_then(|arm| met.get(arm)) {
        Some((met, label, terms)) => (met.clone(), (*label).to_owned(), *terms),
        None => return unanswered(inbound_text, project, situation),
    };
    let outbound_label =
        if arms.iter().filter(|arm| !arm.is_future()).count() > 1 { label } else { project.text.clone() };
    let facts = Facts { law, outbound: &outbound_label, project_terms };
    let narrowed = joint.verdict == Verdict::Conditional && met_arm.verdict != Verdict::Conditional;
    let mut conditions = facts.conditions(&met_arm.cells);
    if let (true, Some(effective)) = (narrowed, &joint.effective_outbound) {
        conditions.insert(0, format!("Convey the work under {effective}."));
    }
    let deciding = met_arm.cells.first();
    let mut reason = deciding.map(|deciding| facts.reason(deciding)).unwrap_or_default();
    if narrowed {
        let lost: Vec<String> = lost_arms(&joint, project);
        reason = format!("{reason} {} cannot be kept.", lost.join(" and "));
    }
    let effective = joint.effective_outbound.clone();
    let taken = best_arm(&joint, project)
        .map_or_else(Vec::new, |arm| arms[arm].meet(law, inbound, situation).0.cells);
    Explanation {
        inbound: inbound_text.to_owned(),
        outbound: project.text.clone(),
        linkage: situation.linkage.to_string(),
        distribution: situation.distribution.to_string(),
        verdict: joint.verdict,
        effective_outbound: EffectiveOutbound(effective),
        conditions,
        obligations: duties(law, &taken, situation),
        reason,
        authority: deciding.map(|deciding| facts.authority(deciding)).unwrap_or_default(),
        basis: deciding.map_or(Basis::Class, |deciding| deciding.cell.ground.basis(law, deciding.terms)),
        chosen: met_arm.chosen.clone(),
        remedies: remedy::for_pair(law, inbound, project, situation, joint.verdict, &met_arm.cells),
    }
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
        answer.authority = joint.conflict.iter().flat_map(|part| each[*part].authority.clone()).collect();
        answer.authority.dedup();
        answer.conditions.clear();
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
    answer
}

struct Facts<'a> {
    law: &'a Law,
    outbound: &'a str,
    project_terms: Option<Terms>,
}

impl Facts<'_> {
    fn reason(&self, deciding: &Deciding) -> String {
        deciding.cell.ground.reason(self.law, &deciding.label, self.outbound, deciding.terms)
    }

    fn authority(&self, deciding: &Deciding) -> Vec<String> {
        deciding.cell.ground.authority(self.law, deciding.terms, self.project_terms)
    }

    fn conditions(&self, cells: &[Deciding]) -> Vec<String> {
        let mut found: Vec<String> = cells
            .iter()
            .filter(|deciding| deciding.cell.verdict == Verdict::Conditional)
            .filter_map(|deciding| {
                deciding.cell.ground.condition(self.law, &deciding.label, self.outbound, deciding.terms)
            })
            .collect();
        found.dedup();
        found
    }
}

/// The arm whose cells explain the verdict.
fn deciding_arm(joint: &Joint, verdicts: &[Verdict], project: &OutboundExpression) -> Option<usize> {
    let published = (0..verdicts.len()).filter(|arm| !project.arms()[*arm].is_future());
    match joint.verdict {
        Verdict::Compatible => published.min_by_key(|arm| verdicts[*arm]),
        // The arm that does not hold says why; where all hold with a step, that step.
        _ => published.max_by_key(|arm| (verdicts[*arm], std::cmp::Reverse(*arm))),
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

fn duties(law: &Law, cells: &[Deciding], situation: Situation) -> Vec<String> {
    let mut found: Vec<String> = cells
        .iter()
        .filter_map(|deciding| deciding.terms)
        .flat_map(|terms| obligations::triggered(law.record(terms), situation))
        .map(|kind| kind.duty().to_owned())
        .collect();
    found.sort();
    found.dedup();
    found
}

fn unanswered(inbound: &str, project: &OutboundExpression, situation: Situation) -> Explanation {
    Explanation {
        inbound: inbound.to_owned(),
        outbound: project.text.clone(),
        linkage: situation.linkage.to_string(),
        distribution: situation.distribution.to_string(),
        verdict: outbound_verdict(&[]),
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
