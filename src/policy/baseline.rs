//! The baseline: findings that were there when the project adopted the audit, so that only new ones fail.
//!
//! A small JSON file, one finding a line, sorted, made to be read in a review. Nothing in it says that a finding is
//! right; it says that it is known. What is resolved leaves it with the next update.

use crate::audit::AuditReport;
use crate::model::{Finding, RuleId, Suppression, SuppressionKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// The version of the file's shape that is written and read.
pub const VERSION: u32 = 1;

/// Known findings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// [`VERSION`].
    pub version: u32,
    /// The findings, sorted.
    pub findings: Vec<KnownFinding>,
}

/// A known finding: its fingerprint, and what a person needs to recognise it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownFinding {
    /// The rule.
    pub rule: String,
    /// The package, without its version.
    pub package: String,
    /// The license that was judged.
    pub license: String,
    /// The project.
    pub project: String,
    /// The fingerprint.
    pub id: String,
}

/// What an update changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Findings that the baseline did not know.
    pub added: Vec<KnownFinding>,
    /// Findings that are no longer there.
    pub removed: Vec<KnownFinding>,
}

/// What an update may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateScope {
    /// New findings enter, resolved ones leave.
    Everything,
    /// Resolved findings leave, nothing enters.
    Removals,
}

/// A baseline that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// A file that cannot be read or written.
    #[error("cannot {action} the baseline {path}: {source}; make one with `licgraph baseline update`")]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// Not a baseline.
    #[error(
        "{path}:{line}:{column}: not a baseline: {message}; make a new one with `licgraph baseline update`"
    )]
    Shape {
        /// The file.
        path: String,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// Of a version that this program does not know.
    #[error(
        "{path} is a baseline of version {found}, this program reads version {VERSION}; make a new one with \
         `licgraph baseline update`"
    )]
    Version {
        /// The file.
        path: String,
        /// The version it has.
        found: u64,
    },
}

/// Reads a baseline.
///
/// # Errors
/// When the file cannot be read, is no baseline or of another version.
pub fn read(path: &Path) -> Result<Baseline, BaselineError> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|source| BaselineError::File {
        action: "read",
        path: shown.clone(),
        source,
    })?;
    let shape = |error: serde_json::Error| BaselineError::Shape {
        path: shown.clone(),
        line: error.line(),
        column: error.column(),
        message: error.to_string(),
    };
    let value: serde_json::Value = serde_json::from_str(&text).map_err(shape)?;
    if let Some(found) = value["version"].as_u64().filter(|found| *found != u64::from(VERSION)) {
        return Err(BaselineError::Version { path: shown, found });
    }
    serde_json::from_str(&text).map_err(shape)
}

/// Marks the known findings of a report as suppressed, and counts again. Returns what is no longer found.
pub fn apply(report: &mut AuditReport, baseline: &Baseline) -> Vec<KnownFinding> {
    let known: BTreeSet<&str> = baseline.findings.iter().map(|one| one.id.as_str()).collect();
    let mut seen = BTreeSet::new();
    for finding in report.findings.iter_mut().filter(|finding| can_be_known(finding)) {
        if known.contains(finding.id.as_str()) {
            seen.insert(finding.id.clone());
            if finding.suppressed.is_none() {
                finding.suppressed = Some(Suppression {
                    kind: SuppressionKind::Baseline,
                    reason: "Known when the baseline was made.".to_owned(),
                    author: None,
                    until: None,
                    ticket: None,
                });
            }
        }
    }
    report.count();
    baseline.findings.iter().filter(|one| !seen.contains(&one.id)).cloned().collect()
}

/// The baseline of a report to which the policy was applied, and what it changes against the old one.
///
/// Waived findings are not in it: they have a decision of their own.
pub fn update(old: &Baseline, report: &AuditReport, scope: UpdateScope) -> (Baseline, Changes) {
    let by_baseline = |finding: &Finding| {
        finding.suppressed.as_ref().is_none_or(|found| found.kind == SuppressionKind::Baseline)
    };
    let known: BTreeSet<&str> = old.findings.iter().map(|one| one.id.as_str()).collect();
    let current: BTreeSet<KnownFinding> = report
        .findings
        .iter()
        .filter(|finding| can_be_known(finding) && by_baseline(finding))
        .map(KnownFinding::of)
        .filter(|one| scope == UpdateScope::Everything || known.contains(one.id.as_str()))
        .collect();
    let ids: BTreeSet<&str> = current.iter().map(|one| one.id.as_str()).collect();
    let changes = Changes {
        added: current.iter().filter(|one| !known.contains(one.id.as_str())).cloned().collect(),
        removed: old.findings.iter().filter(|one| !ids.contains(one.id.as_str())).cloned().collect(),
    };
    (Baseline { version: VERSION, findings: current.into_iter().collect() }, changes)
}

impl Baseline {
    /// The file's text: one finding a line, so that a review shows what came and went.
    ///
    /// # Errors
    /// Never for a value that was made here; JSON refuses nothing in it.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let mut text = format!("{{\n  \"version\": {},\n  \"findings\": [", self.version);
        for (position, finding) in self.findings.iter().enumerate() {
            text.push_str(if position == 0 { "\n    " } else { ",\n    " });
            text.push_str(&serde_json::to_string(finding)?);
        }
        text.push_str(if self.findings.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
        Ok(text)
    }
}

impl KnownFinding {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.name().to_owned(),
            package: finding
                .package
                .as_ref()
                .map(|purl| purl.without_version().to_owned())
                .unwrap_or_default(),
            license: finding.license.clone().unwrap_or_default(),
            project: finding.project.clone().unwrap_or_default(),
            id: finding.id.clone(),
        }
    }
}

/// What is said about waivers cannot be known: it would hide that a decision has ended.
fn can_be_known(finding: &Finding) -> bool {
    !matches!(finding.rule, RuleId::WaiverExpired | RuleId::WaiverUnused)
}
