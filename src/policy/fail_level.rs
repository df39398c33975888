//! From which findings on a run fails.

use crate::audit::AuditReport;
use crate::model::{Finding, Severity, Verdict};
use std::fmt;
use std::str::FromStr;

/// The least serious finding that makes a run fail. Ordered from the most lenient on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailLevel {
    /// No finding fails a run.
    Never,
    /// What is incompatible, has no license or is denied.
    Incompatible,
    /// Also what is not known.
    #[default]
    Unknown,
    /// Also what needs a step or a look: every warning.
    Conditional,
    /// Every finding, notes as well.
    Note,
}

impl FailLevel {
    /// Every level, the most lenient first.
    pub const ALL: [Self; 5] =
        [Self::Never, Self::Incompatible, Self::Unknown, Self::Conditional, Self::Note];

    /// The word used in licgraph.toml and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Incompatible => "incompatible",
            Self::Unknown => "unknown",
            Self::Conditional => "conditional",
            Self::Note => "note",
        }
    }

    /// What fails at this level, in one sentence.
    pub fn description(self) -> &'static str {
        match self {
            Self::Never => "No finding fails a run.",
            Self::Incompatible => "Errors: what is incompatible, has no license or is denied by the policy.",
            Self::Unknown => "Also what is not known: a dependency's license, the project's own license.",
            Self::Conditional => "Also every warning: what needs a step or a person's look.",
            Self::Note => "Also every note.",
        }
    }

    /// Whether this finding fails a run. A suppressed one never does.
    pub fn fails(self, finding: &Finding) -> bool {
        finding.suppressed.is_none() && self.reaches(finding.severity, finding.verdict)
    }

    /// Whether a finding of this severity with this verdict behind it fails a run.
    pub fn reaches(self, severity: Severity, verdict: Option<Verdict>) -> bool {
        self >= Self::needed_for(severity, verdict)
    }

    /// Whether any finding of the report fails a run.
    pub fn fails_report(self, report: &AuditReport) -> bool {
        report.findings.iter().any(|finding| self.fails(finding))
    }

    fn needed_for(severity: Severity, verdict: Option<Verdict>) -> Self {
        match (severity, verdict) {
            (Severity::Error, Some(Verdict::Unknown)) => Self::Unknown,
            (Severity::Error, _) => Self::Incompatible,
            (Severity::Warning, _) => Self::Conditional,
            (Severity::Note, _) => Self::Note,
        }
    }
}

impl fmt::Display for FailLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A word that names no fail level.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UnknownFailLevel(String);

impl FromStr for FailLevel {
    type Err = UnknownFailLevel;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|level| level.name() == word).ok_or_else(|| {
            UnknownFailLevel(super::error::unknown_word("fail level", word, &Self::ALL.map(Self::name)))
        })
    }
}
