//! What is known about the license of a package, and from where: declared, detected, concluded.

use super::{Expression, SourceSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a license statement was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LicenseSource {
    /// The package's own manifest (Cargo.toml, package.json, METADATA, ...).
    Manifest,
    /// A field of the lock file.
    LockFile,
    /// An answer of a registry that the user's client is set up for.
    Registry,
    /// An SBOM made by another tool.
    Sbom,
    /// The user's licgraph.toml or command line.
    User,
}

/// A license statement as metadata writes it, before anybody understood it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "form", content = "text")]
pub enum LicenseStatement {
    /// A field that is meant to hold an SPDX expression.
    Expression(String),
    /// A field of free text; may hold a whole license.
    FreeText(String),
    /// A Python trove classifier.
    Classifier(String),
    /// The address of a license.
    Address(String),
    /// A file in the package that holds the license.
    File(String),
    /// Several names side by side with no operator (npm's old `licenses`, an SBOM's list).
    List(Vec<String>),
    /// The package says that it grants nothing (npm's `UNLICENSED`).
    Unlicensed,
}

impl LicenseStatement {
    /// What it calls the license, where it is a short name rather than a text or a file.
    pub fn name(&self) -> Option<&str> {
        const LONGEST: usize = 80;
        match self {
            Self::Expression(text) | Self::FreeText(text) | Self::Classifier(text) => {
                Some(text.as_str()).filter(|text| text.len() <= LONGEST && !text.contains('\n'))
            }
            _ => None,
        }
    }
}

/// A license statement with its source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct DeclaredLicense {
    /// What it says.
    pub statement: LicenseStatement,
    /// Where it was read.
    pub source: LicenseSource,
    /// The file and line, if it was a file.
    pub location: Option<SourceSpan>,
}

/// What kind of text a license was detected in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DetectedKind {
    /// A license text.
    Text,
    /// An `SPDX-License-Identifier` tag or a standard header.
    Header,
    /// A REUSE.toml annotation.
    Reuse,
    /// A restriction added to a known text (Commons Clause, "non-commercial").
    Rider,
    /// A license file whose text nobody knows.
    Unknown,
}

/// A license seen in a file of the package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DetectedLicense {
    /// What kind of text.
    pub kind: DetectedKind,
    /// The file, relative to the package.
    pub file: String,
    /// First matched line, from 1.
    pub first_line: u32,
    /// Last matched line.
    pub last_line: u32,
    /// The licenses it can be, as expressions: one if certain; several if the text cannot tell
    /// (a GNU text does not say only or or-later); none if unknown.
    pub candidates: Vec<String>,
    /// Similarity to the known text, 0 to 1.
    pub confidence: f32,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
}

/// What a conclusion rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConclusionSource {
    /// The user clarified it.
    Clarification,
    /// Declared and detected agree.
    DeclaredAndDetected,
    /// Declared; no text was found or looked at.
    Declared,
    /// Detected; the metadata is silent or ambiguous.
    Detected,
    /// Declared and detected disagree; the audit uses both together.
    Disagreement,
    /// Nothing is known.
    Unknown,
}

/// What the audit uses, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// The license; `NOASSERTION` when unknown, `NONE` when there is none.
    pub expression: Expression,
    /// What it rests on.
    pub source: ConclusionSource,
    /// One sentence.
    pub reason: String,
}

/// Everything known about a package's license.
#[derive(Clone, Debug, PartialEq)]
pub struct LicenseFact {
    /// What metadata says, verbatim.
    pub declared: Vec<DeclaredLicense>,
    /// The declared statements understood as one expression, if they can be.
    pub normalised: Option<Expression>,
    /// What its files say.
    pub detected: Vec<DetectedLicense>,
    /// What the audit uses.
    pub concluded: Conclusion,
    /// Declared and detected contradict each other: how, in one sentence.
    pub disagreement: Option<String>,
    /// Anything about the statements that a person should know (deprecated id, slash, ambiguous name).
    pub notes: Vec<String>,
}
