//! LIC-3: for an incompatible dependency there is an alternative, or a decision.

use crate::model::Verb;
use crate::practices::inputs::{Conflict, PracticeInputs};
use crate::practices::rule::{Context, Outcome, Rule, remark, seen};

/// The rule.
pub const RULE: Rule = Rule {
    id: "LIC-3",
    recommendation: "For a dependency whose license is incompatible, an alternative is looked for.",
    verb: Verb::Helps,
    fix: "For each conflict replace the dependency, isolate it, obtain another license, or record a decision with its reason and an expiry date.",
    template: None,
    check,
};

fn check(context: &Context) -> Outcome {
    let Some(facts) = &context.inputs.compatibility else {
        return Outcome::unknown("The dependencies were not audited.");
    };
    if facts.conflicts.is_empty() {
        return if facts.complete {
            Outcome::not_applicable("No dependency is incompatible.")
        } else {
            Outcome::unknown("No conflict is known, but not every dependency could be judged.")
        };
    }
    let defects: Vec<String> =
        facts.conflicts.iter().filter_map(|conflict| defect(conflict, context.inputs)).collect();
    let decided = facts.conflicts.iter().filter_map(|conflict| {
        let decision = conflict.decision.as_ref()?;
        Some(seen(format!("{}: {}", conflict.package, decision.reason.trim()), decision.place.clone()))
    });
    let outcome = if defects.is_empty() {
        Outcome::pass(0.8, format!("Each of {} conflicts has a recorded decision.", facts.conflicts.len()))
    } else {
        Outcome::fail(
            0.9,
            format!("{} of {} conflicts have no valid decision.", defects.len(), facts.conflicts.len()),
        )
    };
    outcome.with(decided).with(defects.into_iter().map(remark))
}

fn defect(conflict: &Conflict, inputs: &PracticeInputs) -> Option<String> {
    let Some(decision) = &conflict.decision else {
        return Some(format!("{}: no decision", conflict.package));
    };
    if decision.reason.trim().is_empty() {
        return Some(format!("{}: the decision gives no reason", conflict.package));
    }
    match (decision.expires, inputs.today()) {
        (None, _) => Some(format!("{}: the decision has no expiry date", conflict.package)),
        (Some(expires), Some(today)) if expires < today => {
            Some(format!("{}: the decision expired on {expires}", conflict.package))
        }
        _ => None,
    }
}
