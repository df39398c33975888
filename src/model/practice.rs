//! Results of the secondary rules: open-source practices.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How strongly the guide asks for a practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// "must".
    Must,
    /// "should", "recommended".
    Should,
    /// "may".
    May,
    /// Said in the text or "helps", without a modal verb.
    Helps,
}

/// What was found about a practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PracticeState {
    /// Evidence found that a person could look up and agree with.
    Pass,
    /// The place was read and the thing is not there.
    Fail,
    /// Something is there that a program cannot judge.
    Review,
    /// Could not look.
    Unknown,
    /// Provably without object, or declared so with a reason.
    NotApplicable,
    /// The owner's written decision with reason and expiry.
    Waived,
}

/// What a practice result rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PracticeEvidence {
    /// What was seen, or what was looked for and not found.
    pub statement: String,
    /// File with line (`SECURITY.md:12`), address, or commit.
    pub place: Option<String>,
    /// When an address was read (RFC 3339), for online evidence.
    pub time: Option<String>,
}

/// The result of one practice rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PracticeResult {
    /// Rule id, such as `SEC-1`.
    pub id: String,
    /// The recommendation in one sentence.
    pub recommendation: String,
    /// How strongly it is asked for.
    pub verb: Verb,
    /// What was found.
    pub state: PracticeState,
    /// How sure, 0 to 1; separate from the state.
    pub confidence: f32,
    /// Why the state is what it is, in one sentence.
    pub reason: String,
    /// What it rests on.
    pub evidence: Vec<PracticeEvidence>,
    /// How to get there, with a template to start from.
    pub fix: String,
}
