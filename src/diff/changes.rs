//! What a comparison gives.

use super::snapshot::{SnapshotFinding, SnapshotPackage};
use crate::model::{Linkage, Verdict};
use schemars::JsonSchema;
use serde::Serialize;

/// Everything that changed between two states. Sorted by package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Changes {
    /// Projects whose license or verdict changed, that came or left.
    pub projects: Vec<ProjectChange>,
    /// Packages that came in.
    pub added: Vec<Listed>,
    /// Packages that left.
    pub removed: Vec<Listed>,
    /// Packages whose version changed.
    pub updated: Vec<Update>,
    /// Packages whose license changed, with or without a new version.
    pub license_changed: Vec<LicenseChange>,
    /// Packages that are judged differently.
    pub verdict_moved: Vec<VerdictMove>,
    /// Findings that came, left, were suppressed or count again.
    pub findings: Vec<FindingChange>,
}

/// A project that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProjectChange {
    /// Its name.
    pub name: String,
    /// Its manifest.
    pub manifest: String,
    /// Its license before; none if it named none, or was not there.
    pub old_license: Option<String>,
    /// Its license now.
    pub new_license: Option<String>,
    /// The verdict before; none if it was not there.
    pub old_verdict: Option<Verdict>,
    /// The verdict now; none if it is gone.
    pub new_verdict: Option<Verdict>,
}

/// A package that came or left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Listed {
    /// Its identity.
    pub purl: String,
    /// Its license.
    pub license: String,
    /// How it is joined.
    pub linkage: Linkage,
    /// Its verdict.
    pub verdict: Verdict,
    /// Whether a project names it itself.
    pub direct: bool,
}

/// A package whose version changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Update {
    /// The package, without version.
    pub package: String,
    /// Before.
    pub old_version: Option<String>,
    /// Now.
    pub new_version: Option<String>,
}

/// A package whose license changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct LicenseChange {
    /// The package, without version.
    pub package: String,
    /// The version before.
    pub old_version: Option<String>,
    /// The version now.
    pub new_version: Option<String>,
    /// The license before.
    pub old_license: String,
    /// The license now.
    pub new_license: String,
    /// The verdict now.
    pub verdict: Verdict,
}

/// A package that is judged differently.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct VerdictMove {
    /// Its identity now.
    pub purl: String,
    /// The verdict before.
    pub old: Verdict,
    /// The verdict now.
    pub new: Verdict,
    /// What changed: its license, its linkage, the project's license, or what else is in the work.
    pub because: Vec<String>,
    /// Why it is judged so now.
    pub reason: String,
}

/// How a finding changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FindingMove {
    /// It was not there.
    New,
    /// It was covered by a waiver or the baseline, and is not any more.
    CountsAgain,
    /// It counted, and is covered now.
    Suppressed,
    /// It is gone.
    Resolved,
}

impl FindingMove {
    /// The word used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::CountsAgain => "counts again",
            Self::Suppressed => "suppressed",
            Self::Resolved => "resolved",
        }
    }
}

/// A finding that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FindingChange {
    /// How.
    pub change: FindingMove,
    /// The finding as it is now, or was.
    pub finding: SnapshotFinding,
}

impl Changes {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Findings that count now and did not before.
    pub fn worse(&self) -> impl Iterator<Item = &SnapshotFinding> {
        self.findings
            .iter()
            .filter(|one| matches!(one.change, FindingMove::New | FindingMove::CountsAgain))
            .filter(|one| !one.finding.suppressed)
            .map(|one| &one.finding)
    }

    /// The JSON text.
    ///
    /// # Errors
    /// Never for a value that was made here; JSON refuses nothing in it.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

impl Listed {
    pub(super) fn of(package: &SnapshotPackage) -> Self {
        Self {
            purl: package.purl.to_string(),
            license: package.license.clone(),
            linkage: package.linkage,
            verdict: package.verdict,
            direct: package.direct,
        }
    }
}
