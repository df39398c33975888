//! What the caller knows: policy, results of the license audit, the date, the network.

use super::probe::Probe;
use super::rule::{Outcome, remark};
use crate::model::{DetectedLicense, PracticeState};
use jiff::Timestamp;
use jiff::civil::Date;
use std::path::PathBuf;

/// Everything that a review needs beside the repository. The default knows nothing and stays offline.
#[derive(Default)]
pub struct PracticeInputs<'a> {
    /// When the review takes place. Without it nothing is called expired that was valid at the last commit.
    pub now: Option<Timestamp>,
    /// What the project's policy decided about single rules.
    pub decisions: Vec<PracticeDecision>,
    /// A checkout of the organisation's `.github` or `.gitlab-profile` repository.
    pub organisation: Option<PathBuf>,
    /// The address of the canonical repository, if the policy names it.
    pub repository: Option<String>,
    /// The address of the issue tracker, if the policy names it.
    pub issue_tracker: Option<String>,
    /// The project's own site, for `/.well-known/security.txt`.
    pub site: Option<String>,
    /// What the license audit found in the project itself; none if it did not look.
    pub license: Option<LicenseFacts>,
    /// What the license audit says of the dependencies; none if it did not run.
    pub compatibility: Option<CompatibilityFacts>,
    /// The last written license review of the dependencies.
    pub review_record: Option<ReviewRecord>,
    /// The network; none means offline.
    pub online: Option<Online<'a>>,
}

/// How to reach the network.
pub struct Online<'a> {
    /// Does the requests.
    pub probe: &'a dyn Probe,
    /// For the API of one host and no other.
    pub token: Option<ForgeToken>,
    /// The CVE program's partner list (JSON), if the caller wants it consulted.
    pub cna_list: Option<String>,
}

/// A token for the API of a forge.
#[derive(Clone)]
pub struct ForgeToken {
    /// The only host it is sent to, such as `api.forge.example`.
    pub host: String,
    /// Its value.
    pub value: String,
}

/// The project's own license.
#[derive(Clone, Debug, Default)]
pub struct LicenseFacts {
    /// What manifests say: expression and place.
    pub expressions: Vec<(String, String)>,
    /// Every license text, header or rider seen in the project's own files.
    pub detected: Vec<DetectedLicense>,
}

/// The license audit of the dependencies.
#[derive(Clone, Debug, Default)]
pub struct CompatibilityFacts {
    /// Whether every dependency could be read and judged.
    pub complete: bool,
    /// The dependencies that are in conflict with the project's license.
    pub conflicts: Vec<Conflict>,
}

/// A dependency in conflict.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// Its name and version.
    pub package: String,
    /// What the project decided about it.
    pub decision: Option<ConflictDecision>,
}

/// A written decision about a conflict.
#[derive(Clone, Debug)]
pub struct ConflictDecision {
    /// File and line.
    pub place: String,
    /// Why, in the owner's words.
    pub reason: String,
    /// Until when.
    pub expires: Option<Date>,
}

/// A written license review of the dependencies.
#[derive(Clone, Debug)]
pub struct ReviewRecord {
    /// File and line.
    pub place: String,
    /// When.
    pub date: Date,
    /// How many dependencies it lists.
    pub dependencies: usize,
}

/// What the owner decided about a rule.
#[derive(Clone, Debug)]
pub struct PracticeDecision {
    /// The rule, such as `COM-2`.
    pub rule: String,
    /// What was decided.
    pub kind: DecisionKind,
    /// Why, in the owner's words.
    pub reason: String,
    /// Until when; a waiver needs it.
    pub expires: Option<Date>,
    /// File and line of the decision.
    pub place: Option<String>,
}

/// The kinds of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionKind {
    /// Accepted as it is for a time.
    Waived,
    /// The rule has no object here.
    NotApplicable,
}

impl PracticeInputs<'_> {
    /// The date of the review.
    pub fn today(&self) -> Option<Date> {
        self.now.map(|now| now.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// Applies the owner's decision about a rule. A pass stays a pass; a waiver without reason, without expiry
    /// or past it changes nothing and says so.
    pub(super) fn decide(&self, rule: &str, mut outcome: Outcome) -> Outcome {
        let Some(decision) = self.decisions.iter().find(|decision| decision.rule == rule) else {
            return outcome;
        };
        if outcome.state == PracticeState::Pass {
            return outcome;
        }
        if let Some(defect) = self.defect(decision) {
            outcome.evidence.push(remark(defect));
            return outcome;
        }
        let found = format!("Without the decision: {}", outcome.reason);
        outcome.state = match decision.kind {
            DecisionKind::Waived => PracticeState::Waived,
            DecisionKind::NotApplicable => PracticeState::NotApplicable,
        };
        outcome.confidence = 1.0;
        outcome.reason = match decision.expires {
            Some(date) => format!("The owner decided until {date}: {}", decision.reason.trim()),
            None => format!("The owner decided: {}", decision.reason.trim()),
        };
        let mut evidence = remark(found);
        evidence.place = decision.place.clone();
        outcome.evidence.push(evidence);
        outcome
    }

    fn defect(&self, decision: &PracticeDecision) -> Option<String> {
        if decision.reason.trim().is_empty() {
            return Some("The decision about this rule gives no reason and is not applied.".to_owned());
        }
        match (decision.kind, decision.expires, self.today()) {
            (DecisionKind::Waived, None, _) => {
                Some("The waiver of this rule has no expiry date and is not applied.".to_owned())
            }
            (_, Some(expires), Some(today)) if expires < today => {
                Some(format!("The decision about this rule expired on {expires}."))
            }
            _ => None,
        }
    }
}
