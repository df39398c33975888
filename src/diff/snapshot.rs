//! The part of a report that changes are looked for in. Small enough to be kept in a repository.

use super::error::DiffError;
use crate::audit::{AuditReport, PackageReport};
use crate::model::{Linkage, Purl, RuleId, Severity, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The version of a record's shape.
pub const SNAPSHOT_VERSION: &str = "1";

/// What an audit said, without evidence and paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// [`SNAPSHOT_VERSION`].
    pub snapshot_version: String,
    /// When the audit was made, where that was recorded.
    pub created: Option<String>,
    /// The projects, by manifest.
    pub projects: Vec<SnapshotProject>,
    /// The packages, by purl; projects are not among them.
    pub packages: Vec<SnapshotPackage>,
    /// The findings.
    pub findings: Vec<SnapshotFinding>,
    /// How many things could not be read.
    pub problems: usize,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotProject {
    /// Its name.
    pub name: String,
    /// Its manifest.
    pub manifest: String,
    /// The license it was judged under.
    pub license: Option<String>,
    /// The answer for the whole work.
    pub verdict: Verdict,
    /// Under which license the whole can be conveyed.
    pub effective_outbound: Option<String>,
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotPackage {
    /// Its identity.
    pub purl: Purl,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Whether a project names it itself.
    pub direct: bool,
    /// The license the audit used.
    pub license: String,
    /// The strongest linkage by which it is joined to a project.
    pub linkage: Linkage,
    /// The verdict.
    pub verdict: Verdict,
    /// Why; left out where everything fits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotFinding {
    /// Its fingerprint.
    pub id: String,
    /// Its rule.
    pub rule: RuleId,
    /// How serious.
    pub severity: Severity,
    /// The verdict behind it.
    pub verdict: Option<Verdict>,
    /// `name version` of the package.
    pub package: Option<String>,
    /// Why, in one sentence.
    pub reason: String,
    /// Whether a waiver or the baseline covered it.
    pub suppressed: bool,
}

impl Snapshot {
    /// Of a report.
    pub fn of(report: &AuditReport) -> Self {
        let projects = report.projects.iter().map(|project| SnapshotProject {
            name: project.name.clone(),
            manifest: project.manifest.clone(),
            license: project.license.clone(),
            verdict: project.verdict,
            effective_outbound: project.effective_outbound.0.clone(),
        });
        let findings = report.findings.iter().map(|finding| SnapshotFinding {
            id: finding.id.clone(),
            rule: finding.rule,
            severity: finding.severity,
            verdict: finding.verdict,
            package: finding.package_label.clone(),
            reason: finding.reason.clone(),
            suppressed: finding.suppressed.is_some(),
        });
        Self {
            snapshot_version: SNAPSHOT_VERSION.to_owned(),
            created: report.created.clone(),
            projects: projects.collect(),
            packages: report.packages.iter().filter(|package| !package.project).map(package).collect(),
            findings: findings.collect(),
            problems: report.problems.len(),
        }
    }

    /// The record's text: one project, package or finding a line, so that a review shows what changed.
    ///
    /// # Errors
    /// Never for a value that was made here; JSON refuses nothing in it.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let mut text = String::from("{\n");
        text.push_str(&format!(
            "  \"snapshot_version\": {},\n",
            serde_json::to_string(&self.snapshot_version)?
        ));
        text.push_str(&format!("  \"created\": {},\n", serde_json::to_string(&self.created)?));
        text.push_str(&list("projects", &self.projects)?);
        text.push_str(&list("packages", &self.packages)?);
        text.push_str(&list("findings", &self.findings)?);
        text.push_str(&format!("  \"problems\": {}\n}}\n", self.problems));
        Ok(text)
    }
}

fn list<T: Serialize>(name: &str, items: &[T]) -> Result<String, serde_json::Error> {
    let mut text = format!("  \"{name}\": [");
    for (position, item) in items.iter().enumerate() {
        text.push_str(if position == 0 { "\n    " } else { ",\n    " });
        text.push_str(&serde_json::to_string(item)?);
    }
    text.push_str(if items.is_empty() { "],\n" } else { "\n  ],\n" });
    Ok(text)
}

fn package(package: &PackageReport) -> SnapshotPackage {
    SnapshotPackage {
        purl: package.purl.clone(),
        name: package.name.clone(),
        version: package.version.clone(),
        direct: package.direct,
        license: package.license.concluded.clone(),
        linkage: package.linkage,
        verdict: package.verdict,
        reason: if package.verdict == Verdict::Compatible { String::new() } else { package.reason.clone() },
    }
}

/// Reads a report of `licgraph check --format json`, or a record that a review kept.
///
/// # Errors
/// When the file cannot be read, is neither, or is of a version that is not known.
pub fn read_snapshot(path: &Path) -> Result<Snapshot, DiffError> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|source| DiffError::File {
        action: "read",
        path: shown.clone(),
        source,
    })?;
    let shape = |error: serde_json::Error| DiffError::Shape {
        path: shown.clone(),
        line: error.line(),
        column: error.column(),
        message: error.to_string(),
    };
    let value: Value = serde_json::from_str(&text).map_err(shape)?;
    if let Some(found) = value["snapshot_version"].as_str() {
        if found != SNAPSHOT_VERSION {
            let found = found.to_owned();
            return Err(DiffError::Version { path: shown, found, known: SNAPSHOT_VERSION });
        }
        return serde_json::from_str(&text).map_err(shape);
    }
    let known = crate::audit::SCHEMA_VERSION;
    let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
    match value["schema_version"].as_str() {
        Some(found) if major(found) != major(known) => {
            Err(DiffError::Version { path: shown, found: found.to_owned(), known })
        }
        _ => serde_json::from_str::<AuditReport>(&text).map(|report| Snapshot::of(&report)).map_err(shape),
    }
}
