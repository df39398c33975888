//! The result of "which licenses could this move to?". Both halves apart: what the dependencies allow, and what
//! today's license and the holders of our own code allow.

use super::report::Tool;
use crate::compatibility::OwnAnswer;
use crate::holders::OwnHolders;
use crate::model::{Distribution, Linkage, Problem, Purl, Verdict};
use schemars::JsonSchema;
use serde::Serialize;

/// The answer for all projects of a tree.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RelicenseReport {
    /// Version of this shape.
    pub schema_version: String,
    /// What made it.
    pub tool: Tool,
    /// How the works reach people.
    pub distribution: Distribution,
    /// The license asked about; none for "which could it be?".
    pub target: Option<String>,
    /// Who holds the copyright in our own code.
    pub holders: OwnHolders,
    /// The projects, by manifest.
    pub projects: Vec<ProjectRelicense>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Whether everything could be read.
    pub complete: bool,
}

/// The answer for one project.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProjectRelicense {
    /// Its name.
    pub name: String,
    /// Its identity.
    pub purl: Purl,
    /// Its manifest, relative to the audited root.
    pub manifest: String,
    /// Today's license; none if it does not say.
    pub license: Option<String>,
    /// Both halves for the license asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<TargetAnswer>,
    /// Every license the dependencies allow, by category; empty where one license was asked about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub possible: Vec<PossibleGroup>,
    /// What stands in the way of the popular ones that they do not allow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub blocked: Vec<BlockedTarget>,
}

impl ProjectRelicense {
    /// Whether both halves are a plain yes.
    pub fn is_free_to_move(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| {
            answer.dependencies.verdict == Verdict::Compatible && answer.own_code.answer == OwnAnswer::Yes
        })
    }
}

/// Both halves for one license.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TargetAnswer {
    /// What the dependencies allow.
    pub dependencies: DependencyHalf,
    /// What today's license and the holders allow.
    pub own_code: OwnHalf,
}

/// What the dependencies say to a license.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DependencyHalf {
    /// The answer for the whole work.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub reason: String,
    /// Under which licenses the whole could then be conveyed.
    pub effective_outbound: Option<String>,
    /// Steps that must be taken.
    pub conditions: Vec<String>,
    /// Packages that do not allow it.
    pub blockers: Vec<Blocker>,
    /// Packages whose terms are not known.
    pub unknown: Vec<Blocker>,
    /// Packages that are allowed one by one and not together.
    pub conflict: Vec<Blocker>,
    /// The smallest set of packages whose replacement opens the license; none if no replacement does.
    pub replace: Option<Vec<Replacement>>,
}

/// A package that stands in the way.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Blocker {
    /// Its identity.
    pub package: Purl,
    /// `name version`.
    pub label: String,
    /// Its license.
    pub license: String,
    /// How it is joined.
    pub linkage: Linkage,
    /// Why it does not fit.
    pub reason: String,
    /// A shortest path from the project.
    pub path: Vec<String>,
}

/// A package to replace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Replacement {
    /// Its identity.
    pub package: Purl,
    /// `name version`.
    pub label: String,
    /// A shortest path from the project.
    pub path: Vec<String>,
}

/// What today's license and the holders say.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OwnHalf {
    /// The answer, files under other licenses included.
    pub answer: OwnAnswer,
    /// Why, in one sentence.
    pub reason: String,
    /// Who says so.
    pub authority: Vec<String>,
    /// Files of our own tree under another license.
    pub files: Vec<FileAnswer>,
}

/// What files under another license say.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FileAnswer {
    /// Their license.
    pub license: String,
    /// How many.
    pub count: usize,
    /// The first of them.
    pub files: Vec<String>,
    /// The answer.
    pub answer: OwnAnswer,
    /// Why.
    pub reason: String,
}

/// Licenses of one category that the dependencies allow.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PossibleGroup {
    /// The category, or `not-for-software`.
    pub category: String,
    /// The licenses, by id.
    pub licenses: Vec<PossibleTarget>,
}

/// A license that the dependencies allow.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PossibleTarget {
    /// The license.
    pub license: String,
    /// The answer of the dependencies: compatible, or conditional.
    pub dependencies: Verdict,
    /// The answer for our own code.
    pub own_code: OwnAnswer,
}

/// A popular license that the dependencies do not allow.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BlockedTarget {
    /// The license.
    pub license: String,
    /// The answer of the dependencies: incompatible, or unknown.
    pub dependencies: Verdict,
    /// The answer for our own code.
    pub own_code: OwnAnswer,
    /// How many packages stand in the way.
    pub blockers: usize,
    /// The nearest of them, at most five: `name version (license)`.
    pub nearest: Vec<String>,
    /// The smallest set of packages whose replacement opens the license; none if no replacement does.
    pub replace: Option<Vec<Replacement>>,
}
