//! The one shape of every rule, and what a rule answers.

use super::inputs::PracticeInputs;
use super::probe::Session;
use super::tree::Tree;
use crate::model::{PracticeEvidence, PracticeResult, PracticeState, Verb};

/// A recommendation with the function that looks for it.
#[derive(Debug)]
pub struct Rule {
    /// Such as `SEC-1`.
    pub id: &'static str,
    /// The recommendation in one sentence.
    pub recommendation: &'static str,
    /// How strongly the guide asks for it.
    pub verb: Verb,
    /// How to get there, in one or two sentences.
    pub fix: &'static str,
    /// A file to start from.
    pub template: Option<Template>,
    /// Looks for the evidence.
    pub check: fn(&Context) -> Outcome,
}

/// A file to start from, compiled in from `data/practices/`.
#[derive(Debug)]
pub struct Template {
    /// Where it belongs in a repository.
    pub file: &'static str,
    /// Its text, with the gaps to fill in marked by angle brackets.
    pub text: &'static str,
}

/// What a rule may look at.
pub struct Context<'a> {
    /// The repository.
    pub tree: &'a Tree,
    /// What the caller knows and decided.
    pub inputs: &'a PracticeInputs<'a>,
    /// The network, where it was asked for.
    pub online: Option<&'a Session<'a>>,
}

/// What a rule answers.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The state.
    pub state: PracticeState,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// Why, in one sentence.
    pub reason: String,
    /// What it rests on.
    pub evidence: Vec<PracticeEvidence>,
}

impl Outcome {
    fn new(state: PracticeState, confidence: f32, reason: impl Into<String>) -> Self {
        Self { state, confidence, reason: reason.into(), evidence: Vec::new() }
    }

    /// Evidence was found that a person could look up and agree with.
    pub fn pass(confidence: f32, reason: impl Into<String>) -> Self {
        Self::new(PracticeState::Pass, confidence, reason)
    }

    /// The place was read and the thing is not there.
    pub fn fail(confidence: f32, reason: impl Into<String>) -> Self {
        Self::new(PracticeState::Fail, confidence, reason)
    }

    /// Something is there that a program cannot judge.
    pub fn review(confidence: f32, reason: impl Into<String>) -> Self {
        Self::new(PracticeState::Review, confidence, reason)
    }

    /// Could not look.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self::new(PracticeState::Unknown, 0.0, reason)
    }

    /// Provably without object.
    pub fn not_applicable(reason: impl Into<String>) -> Self {
        Self::new(PracticeState::NotApplicable, 1.0, reason)
    }

    /// Adds what was seen at a place.
    #[must_use]
    pub fn seen(mut self, statement: impl Into<String>, place: impl Into<String>) -> Self {
        self.evidence.push(seen(statement, place));
        self
    }

    /// Adds evidence.
    #[must_use]
    pub fn with(mut self, evidence: impl IntoIterator<Item = PracticeEvidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }
}

/// Evidence in the tree.
pub fn seen(statement: impl Into<String>, place: impl Into<String>) -> PracticeEvidence {
    PracticeEvidence { statement: statement.into(), place: Some(place.into()), time: None }
}

/// What was looked for, or is known without a place.
pub fn remark(statement: impl Into<String>) -> PracticeEvidence {
    PracticeEvidence { statement: statement.into(), place: None, time: None }
}

/// The result of a rule: its outcome, what the owner decided about it, and the way to get there.
pub fn run(rule: &Rule, context: &Context) -> PracticeResult {
    let mut outcome = context.inputs.decide(rule.id, (rule.check)(context));
    let mut known = Vec::new();
    outcome.evidence.retain(|evidence| {
        let new = !known.contains(evidence);
        if new {
            known.push(evidence.clone());
        }
        new
    });
    PracticeResult {
        id: rule.id.to_owned(),
        recommendation: rule.recommendation.to_owned(),
        verb: rule.verb,
        state: outcome.state,
        confidence: outcome.confidence,
        reason: outcome.reason,
        evidence: outcome.evidence,
        fix: fix(rule, outcome.state),
    }
}

/// The template goes along only where somebody has to write something.
fn fix(rule: &Rule, state: PracticeState) -> String {
    let wanted = matches!(state, PracticeState::Fail | PracticeState::Review);
    match &rule.template {
        Some(template) if wanted => {
            format!("{}\n\nTo start from ({}):\n\n{}", rule.fix, template.file, template.text.trim_end())
        }
        _ => rule.fix.to_owned(),
    }
}
