//! The other recommendations: open-source practices, looked for in the repository.
//!
//! Rules and verbs come from "CSIRT Tooling: Best Practices in Developing, Maintaining and Distributing Open Source
//! Tools", version 2, Tooling WG of the CSIRTs Network, 2026-02-26. Each rule is a file of [`rules`]; what several
//! rules need (the walk, the history, keys, contacts, continuous integration) has a file beside it.
//!
//! - A file's existence is not its content: every rule reads.
//! - Could not look is `unknown`, cannot judge is `review`; only a place that was read and is bare is `fail`.
//! - Nothing here runs anything of the repository, and without [`Online`] nothing leaves the machine.

mod address;
#[cfg(feature = "openpgp")]
mod certificate;
mod claims;
mod conduct;
mod contact;
mod git;
mod inputs;
mod key_files;
mod keys;
mod manifest;
mod place;
mod probe;
mod rule;
mod rules;
mod security_txt;
mod text;
mod tree;
mod walk;
mod workflows;

pub use inputs::{
    CompatibilityFacts, Conflict, ConflictDecision, DecisionKind, ForgeToken, LicenseFacts, Online,
    PracticeDecision, PracticeInputs, ReviewRecord,
};
pub use probe::{HttpProbe, MAX_BODY, Probe, ProbeAnswer, ProbeFailure, ProbeRequest};
pub use rule::{Rule, Template};
pub use rules::RULES;

use crate::model::PracticeResult;
use probe::Session;
use rule::Context;
use std::path::Path;
use tree::Tree;

/// Looks for every recommendation in a repository, in the order of [`RULES`].
pub fn review(root: &Path, inputs: &PracticeInputs) -> Vec<PracticeResult> {
    let tree = Tree::open(root, inputs.organisation.as_deref());
    let session = inputs.online.as_ref().map(|online| Session::new(online, inputs.now));
    let context = Context { tree: &tree, inputs, online: session.as_ref() };
    RULES.iter().map(|rule| rule::run(rule, &context)).collect()
}
