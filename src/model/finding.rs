//! Findings: where the audited project breaks a rule, and the ways out.

use super::{Basis, Linkage, Purl, Scope, SourceSpan, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The rules a finding can come from. Their names are part of the report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleId {
    /// A dependency's license cannot be part of the work under the project's license.
    IncompatibleDependency,
    /// Dependencies that are fine one by one cannot be conveyed together.
    JointConflict,
    /// A dependency has no license at all.
    NoLicense,
    /// A dependency's license is not known.
    UnknownLicense,
    /// The project does not say under which license it is.
    ProjectLicenseMissing,
    /// The policy does not allow this license.
    PolicyDenied,
    /// A dependency is allowed only if a step is taken or under a narrower license.
    ConditionalDependency,
    /// The policy asks for a person to look at this license.
    PolicyReview,
    /// Metadata and license text contradict each other.
    LicenseDisagreement,
    /// The metadata names a license that is not an SPDX expression.
    InvalidExpression,
    /// A dependency's own license cannot carry one of its dependencies.
    UpstreamConflict,
    /// A waiver has passed its date.
    WaiverExpired,
    /// A waiver or clarification matches nothing.
    WaiverUnused,
    /// A license changed between two versions.
    LicenseChanged,
}

impl RuleId {
    /// Every rule, most serious first.
    pub const ALL: [Self; 14] = [
        Self::IncompatibleDependency,
        Self::JointConflict,
        Self::NoLicense,
        Self::UnknownLicense,
        Self::ProjectLicenseMissing,
        Self::PolicyDenied,
        Self::ConditionalDependency,
        Self::PolicyReview,
        Self::LicenseDisagreement,
        Self::InvalidExpression,
        Self::UpstreamConflict,
        Self::WaiverExpired,
        Self::WaiverUnused,
        Self::LicenseChanged,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::IncompatibleDependency => "incompatible-dependency",
            Self::JointConflict => "joint-conflict",
            Self::NoLicense => "no-license",
            Self::UnknownLicense => "unknown-license",
            Self::ProjectLicenseMissing => "project-license-missing",
            Self::PolicyDenied => "policy-denied",
            Self::ConditionalDependency => "conditional-dependency",
            Self::PolicyReview => "policy-review",
            Self::LicenseDisagreement => "license-disagreement",
            Self::InvalidExpression => "invalid-expression",
            Self::UpstreamConflict => "upstream-conflict",
            Self::WaiverExpired => "waiver-expired",
            Self::WaiverUnused => "waiver-unused",
            Self::LicenseChanged => "license-changed",
        }
    }

    /// What it means, in one sentence.
    pub fn description(self) -> &'static str {
        match self {
            Self::IncompatibleDependency => {
                "A dependency's license cannot be part of a work under the project's license."
            }
            Self::JointConflict => {
                "Dependencies that are fine one by one cannot be conveyed together in one work."
            }
            Self::NoLicense => "A dependency grants no license: all rights are reserved.",
            Self::UnknownLicense => "The license of a dependency is not known, or its terms are not.",
            Self::ProjectLicenseMissing => "The project does not say under which license it is conveyed.",
            Self::PolicyDenied => "The project's policy does not allow this license.",
            Self::ConditionalDependency => {
                "A dependency is allowed only if a step is taken, or under a narrower license of the project."
            }
            Self::PolicyReview => "The project's policy asks for a person to look at this license.",
            Self::LicenseDisagreement => {
                "The license a package declares and the license text it carries contradict each other."
            }
            Self::InvalidExpression => "A package names its license in a way that SPDX does not know.",
            Self::UpstreamConflict => {
                "A dependency's own license cannot carry one of its dependencies: a matter for its authors."
            }
            Self::WaiverExpired => "A waiver in the policy has passed its date.",
            Self::WaiverUnused => "A waiver or clarification in the policy matches nothing.",
            Self::LicenseChanged => "A package changed its license between two versions.",
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// How serious a finding is, most serious first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Fails the run at the default fail level.
    Error,
    /// Shown; fails only where the policy says so.
    Warning,
    /// For information.
    Note,
}

impl Severity {
    /// The word used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// What kind of step a remedy is, easiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RemedyKind {
    /// Bring the package's files to this machine, so that its license can be read.
    Fetch,
    /// Take another arm of the dependency's OR.
    OtherArm,
    /// Meet the stated condition.
    MeetCondition,
    /// Keep only some arms of the project's own license.
    NarrowOutbound,
    /// Use another version of the same package.
    OtherVersion,
    /// Use another package.
    Replace,
    /// Join it another way (dynamic, a separate process, build time only).
    ChangeLinkage,
    /// Convey the project under another license.
    Relicense,
    /// Ask its authors for a license or an exception.
    AskUpstream,
    /// Find out the license and record it as a clarification.
    Clarify,
}

/// A way out of a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Remedy {
    /// What kind of step.
    pub kind: RemedyKind,
    /// What to do, in one sentence.
    pub step: String,
}

/// Who suppressed a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressionKind {
    /// A waiver in the policy.
    Waiver,
    /// The baseline.
    Baseline,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Suppression {
    /// By what.
    pub kind: SuppressionKind,
    /// The reason given.
    pub reason: String,
    /// Who gave it.
    pub author: Option<String>,
    /// The last day it holds, `YYYY-MM-DD`.
    pub until: Option<String>,
    /// A ticket or address.
    pub ticket: Option<String>,
}

/// A rule broken by the audited project, or worth a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Fingerprint: stable between runs and between versions of the package; 16 hexadecimal digits.
    pub id: String,
    /// The rule.
    pub rule: RuleId,
    /// How serious.
    pub severity: Severity,
    /// The engine's answer, where there is one.
    pub verdict: Option<Verdict>,
    /// The package it is about.
    pub package: Option<Purl>,
    /// `name version` of that package.
    pub package_label: Option<String>,
    /// The license of the package that was judged.
    pub license: Option<String>,
    /// The project (name) it was judged for.
    pub project: Option<String>,
    /// The weakest scope along the path that is shown: what an optional dependency needs is optional.
    pub scope: Option<Scope>,
    /// The linkage by which the package is joined to the project.
    pub linkage: Option<Linkage>,
    /// Why, in one sentence.
    pub reason: String,
    /// Who says so: list entries, FAQ anchors, clauses.
    pub authority: Vec<String>,
    /// What the verdict rests on.
    pub basis: Option<Basis>,
    /// Steps that must be taken.
    pub conditions: Vec<String>,
    /// Shortest paths from the project to the package, as labels; for a joint conflict one for each member.
    pub paths: Vec<Vec<String>>,
    /// How many further paths there are is not counted; whether there are any.
    pub more_paths: bool,
    /// Condition under which the path that is shown exists (platform, feature).
    pub condition: Option<String>,
    /// Ways out, easiest first.
    pub remedies: Vec<Remedy>,
    /// Where the dependency comes in.
    pub location: Option<SourceSpan>,
    /// Set when a waiver or the baseline covers it.
    pub suppressed: Option<Suppression>,
}

impl Finding {
    /// A finding of which nothing but this is known.
    pub fn new(id: String, rule: RuleId, severity: Severity, reason: String) -> Self {
        Self {
            id,
            rule,
            severity,
            verdict: None,
            package: None,
            package_label: None,
            license: None,
            project: None,
            scope: None,
            linkage: None,
            reason,
            authority: Vec::new(),
            basis: None,
            conditions: Vec::new(),
            paths: Vec::new(),
            more_paths: false,
            condition: None,
            remedies: Vec::new(),
            location: None,
            suppressed: None,
        }
    }
}
