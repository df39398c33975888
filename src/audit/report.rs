//! The one thing that every output renders.

use crate::model::{
    Checksum, ConclusionSource, DeclaredLicense, DetectedLicense, EffectiveOutbound, Finding, Linkage,
    Obligation, Origin, PackageDetails, PracticeResult, Problem, Purl, Scope, SourceSpan, Verdict,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the report's shape; the first number changes when a reader of an older one would break.
pub const SCHEMA_VERSION: &str = "1.0.0";

/// The whole result of an audit. Sorted, relative, the same bytes for the same input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditReport {
    /// [`SCHEMA_VERSION`].
    pub schema_version: String,
    /// What made it.
    pub tool: Tool,
    /// When, as RFC 3339 in UTC; only when a time was given by flag or `SOURCE_DATE_EPOCH`.
    pub created: Option<String>,
    /// How the work reaches people.
    pub distribution: crate::model::Distribution,
    /// The audited projects, by manifest.
    pub projects: Vec<ProjectReport>,
    /// Every package, by purl; the projects among them.
    pub packages: Vec<PackageReport>,
    /// Every edge.
    pub dependencies: Vec<DependencyReport>,
    /// What is wrong, most serious first.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Duties that conveying the projects triggers.
    pub obligations: Vec<Obligation>,
    /// The other recommendations, where they were asked for.
    pub practices: Vec<PracticeResult>,
    /// Counts.
    pub summary: Summary,
}

/// The program that made the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `licgraph`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SPDX License List its catalogue knows.
    pub license_list_version: String,
}

/// An audited project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProjectReport {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its identity.
    pub purl: Purl,
    /// `cargo`, `npm`, `python`, `go`, `other`.
    pub ecosystem: String,
    /// Its manifest, relative to the audited root.
    pub manifest: String,
    /// What its graph was read from.
    pub graph_source: Option<String>,
    /// The license it is judged under; none if it does not say.
    pub license: Option<String>,
    /// Where that license was read: manifest, `--license`, policy, license text.
    pub license_source: Option<String>,
    /// The answer for the whole work.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub reason: String,
    /// Under which of the declared licenses the whole can be conveyed.
    pub effective_outbound: EffectiveOutbound,
    /// Well-known licenses the whole could be conveyed under with these dependencies.
    pub possible_outbound: Vec<OutboundOption>,
    /// The number of packages that are conveyed with it.
    pub conveyed_packages: usize,
}

/// Whether the work could be conveyed under a license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutboundOption {
    /// The license.
    pub license: String,
    /// The answer.
    pub verdict: Verdict,
    /// Packages (purl) that stand in the way, at most ten.
    pub blocked_by: Vec<Purl>,
    /// How many stand in the way.
    pub blockers: usize,
}

/// The license of a package, in its three kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LicenseReport {
    /// What the metadata says, understood as one expression; none if silent or not understood.
    pub declared: Option<String>,
    /// The statements verbatim.
    pub declared_verbatim: Vec<DeclaredLicense>,
    /// What its files say.
    pub detected: Vec<DetectedLicense>,
    /// What the audit used; `NOASSERTION` when unknown.
    pub concluded: String,
    /// What the conclusion rests on.
    pub source: ConclusionSource,
    /// Why, in one sentence.
    pub reason: String,
    /// The arms of a choice that the whole work takes, where there was a choice.
    pub chosen: Option<String>,
    /// The strictest category among the licenses that bind (`permissive`, `weak-copyleft`, ...); none if unknown.
    #[serde(default)]
    pub category: Option<String>,
    /// What a person should know about the statements and texts, and what was not counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A package of the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PackageReport {
    /// Its identity.
    pub purl: Purl,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// `cargo`, `npm`, `python`, `go`, `other`.
    pub ecosystem: String,
    /// Whether it is one of the audited projects.
    pub project: bool,
    /// Whether a project names it itself.
    pub direct: bool,
    /// The scopes by which it comes in.
    pub scopes: Vec<Scope>,
    /// The strongest linkage by which it is joined to a project.
    pub linkage: Linkage,
    /// Its license.
    pub license: LicenseReport,
    /// The worst verdict over the projects that use it.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// The verdict in each project that uses it, by the project's purl.
    #[serde(default)]
    pub verdicts: BTreeMap<String, Verdict>,
    /// A shortest path from a project, as labels.
    pub paths: Vec<Vec<String>>,
    /// Where it comes from.
    pub origin: Origin,
    /// Checksums from the lock file.
    pub checksums: Vec<Checksum>,
    /// Other things its files contain.
    pub bundles: Vec<String>,
    /// Where the manifest or lock file names it.
    pub location: Option<SourceSpan>,
    /// Description, addresses, authors.
    pub details: PackageDetails,
}

/// An edge of the report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct DependencyReport {
    /// The dependent package.
    pub from: Purl,
    /// The package it depends on.
    pub to: Purl,
    /// Why.
    pub scope: Scope,
    /// How it is joined.
    pub linkage: Linkage,
    /// Under which condition.
    pub condition: Option<String>,
    /// The verdict of this edge in its own right: can `from`, under its own license, carry `to`?
    pub verdict: Verdict,
}

/// Counts, and what was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Whether everything could be read and understood.
    pub complete: bool,
    /// Packages, projects not counted.
    pub packages: usize,
    /// Edges.
    pub dependencies: usize,
    /// Packages by verdict.
    pub verdicts: BTreeMap<String, usize>,
    /// Findings that count, by severity.
    pub findings: BTreeMap<String, usize>,
    /// Findings that a waiver or the baseline covers.
    pub suppressed: usize,
    /// Files that were read, relative to the audited root.
    pub read: Vec<String>,
    /// Manifests and places that were seen and not read, with the reason.
    pub not_read: Vec<String>,
    /// Requests made, by host; empty when offline or nothing was missing.
    pub fetched: BTreeMap<String, usize>,
    /// Facts that a network request could have found and that were not asked for.
    pub not_fetched: usize,
}
