//! Input that could not be read: the audit goes on, and says that it is incomplete.

use super::SourceSpan;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a problem does to the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Consequence {
    /// Packages or edges may be missing: the audit is incomplete (exit code 3).
    Incomplete,
    /// A fact about one package is missing; the package is still judged, as unknown where it must be.
    FactMissing,
    /// Worth knowing; nothing is missing from the audit.
    Note,
}

/// Something that could not be read, fetched or understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Where, if there is a file.
    pub location: Option<SourceSpan>,
    /// What happened, and what to do about it.
    pub message: String,
    /// What it does to the audit.
    pub consequence: Consequence,
}

impl Problem {
    /// Packages or edges may be missing because of this.
    pub fn incomplete(location: Option<SourceSpan>, message: impl Into<String>) -> Self {
        Self { location, message: message.into(), consequence: Consequence::Incomplete }
    }

    /// A fact about a package is missing because of this.
    pub fn fact_missing(location: Option<SourceSpan>, message: impl Into<String>) -> Self {
        Self { location, message: message.into(), consequence: Consequence::FactMissing }
    }

    /// Worth knowing only.
    pub fn note(location: Option<SourceSpan>, message: impl Into<String>) -> Self {
        Self { location, message: message.into(), consequence: Consequence::Note }
    }
}
