//! `licgraph.toml` as it is written, with the place of every value that can be wrong. Nothing is checked here.

use crate::model::{Distribution, Linkage};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// The policy of a project: which license it has, what its dependencies may be under, what was decided and until
/// when.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(rename = "Policy")]
pub(super) struct RawPolicy {
    /// A file with a policy that this one adds to, relative to this file and inside the same tree.
    #[schemars(with = "Option<String>")]
    pub extends: Option<Spanned<String>>,
    /// The project itself.
    pub project: RawProject,
    /// What is audited.
    pub audit: RawAudit,
    /// How dependencies are joined to the project, where that is not what their ecosystem does.
    pub linkage: RawLinkage,
    /// Licenses of your own, by their `LicenseRef-` id.
    pub license: Vec<RawLicense>,
    /// What a package's license really is, where its metadata is silent or wrong.
    pub clarification: Vec<RawClarification>,
    /// Findings that were accepted, by whom, why and until when.
    pub waiver: Vec<RawWaiver>,
    /// Licenses that are allowed. Where this names any, every other license is denied.
    pub allow: RawSelection,
    /// Licenses that are denied.
    pub deny: RawSelection,
    /// Licenses that a person has to look at.
    pub review: RawSelection,
    /// Other rules for what is not conveyed.
    pub scope: RawScopes,
    /// Decisions about the other recommendations.
    pub practice: Vec<RawPractice>,
    /// Where the periodic review keeps its record.
    pub periodic_review: RawReview,
}

/// The project itself.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(rename = "Project")]
pub(super) struct RawProject {
    /// The license it is judged under, an SPDX expression; what the manifest declares if left out.
    /// `LicenseRef-Proprietary` for closed source.
    #[schemars(with = "Option<String>")]
    pub license: Option<Spanned<String>>,
    /// How the work reaches people: `binary` if left out.
    pub distribution: Option<Distribution>,
}

/// What is audited.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(rename = "Audit")]
pub(super) struct RawAudit {
    /// From which findings on a run fails: `never`, `incompatible`, `unknown` (the default), `conditional`, `note`.
    #[schemars(with = "Option<String>")]
    pub fail_on: Option<Spanned<String>>,
    /// Directories that hold projects, relative to the audited tree; every directory if left out.
    #[schemars(with = "Vec<String>")]
    pub roots: Vec<Spanned<String>>,
    /// Paths to leave out, as globs relative to the audited tree.
    #[schemars(with = "Vec<String>")]
    pub exclude: Vec<Spanned<String>>,
    /// Leave out what is only used to develop.
    pub without_dev: Option<bool>,
    /// Open no network connection.
    pub offline: Option<bool>,
    /// The baseline file, relative to this file.
    #[schemars(with = "Option<String>")]
    pub baseline: Option<Spanned<String>>,
}

/// How dependencies are joined.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(rename = "LinkageSettings")]
pub(super) struct RawLinkage {
    /// The linkage of ordinary dependencies by ecosystem.
    pub default: RawDefaultLinkage,
    /// The linkage of some packages.
    pub package: Vec<RawPackageLinkage>,
}

/// The linkage of ordinary dependencies by ecosystem.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(rename = "DefaultLinkage")]
pub(super) struct RawDefaultLinkage {
    /// Of crates.
    pub cargo: Option<Linkage>,
    /// Of npm packages.
    pub npm: Option<Linkage>,
    /// Of Python distributions.
    pub python: Option<Linkage>,
    /// Of Go modules.
    pub go: Option<Linkage>,
    /// Of components of an SBOM in no ecosystem with a reader.
    pub other: Option<Linkage>,
}

/// The linkage of some packages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "PackageLinkage")]
pub(super) struct RawPackageLinkage {
    /// Name or purl, as a glob.
    #[schemars(with = "String")]
    pub package: Spanned<String>,
    /// How it is joined.
    pub linkage: Linkage,
}

/// A license of your own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "CustomLicense")]
pub(super) struct RawLicense {
    /// `LicenseRef-` and letters, digits, dots, hyphens.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Its category, as `licgraph license` shows it for known ones.
    #[schemars(with = "String")]
    pub category: Spanned<String>,
    /// How far its copyleft reaches: `none` (the default), `file`, `library`, `work`.
    #[schemars(with = "Option<String>")]
    pub copyleft_scope: Option<Spanned<String>>,
    /// Whether use over a network triggers the copyleft.
    #[serde(default)]
    pub network: bool,
    /// May it be part of a work under GPL-2.0-only: `yes`, `no`, `conditional`, `unknown` (the default).
    #[schemars(with = "Option<String>")]
    pub gpl2: Option<Spanned<String>>,
    /// May it be part of a work under GPL-3.0-only: `yes`, `no`, `conditional`, `unknown` (the default).
    #[schemars(with = "Option<String>")]
    pub gpl3: Option<Spanned<String>>,
    /// What it forbids or reserves: `non-commercial`, `field-of-use`, `production`, `service`, `competing`,
    /// `ethical`, `no-derivatives`, `no-redistribution`, `evaluation`, `personal`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub use_limits: Vec<Spanned<String>>,
}

/// What a package's license really is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Clarification")]
pub(super) struct RawClarification {
    /// Name or purl, as a glob.
    #[schemars(with = "String")]
    pub package: Spanned<String>,
    /// The versions it holds for, in the ecosystem's notation; all if left out.
    pub version: Option<String>,
    /// The license, an SPDX expression.
    #[schemars(with = "String")]
    pub license: Spanned<String>,
    /// How you know.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
    /// SHA-256 of the license file it was read from; it lapses when that text changes.
    #[schemars(with = "Option<String>")]
    pub sha256: Option<Spanned<String>>,
}

/// Findings that were accepted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Waiver")]
pub(super) struct RawWaiver {
    /// The fingerprint of a finding, 16 hexadecimal digits; or else `package`.
    #[schemars(with = "Option<String>")]
    pub finding: Option<Spanned<String>>,
    /// Name or purl, as a glob.
    #[schemars(with = "Option<String>")]
    pub package: Option<Spanned<String>>,
    /// Only while the package is under this license, an SPDX expression; required with `package`.
    #[schemars(with = "Option<String>")]
    pub license: Option<Spanned<String>>,
    /// Why it is accepted.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
    /// Who accepted it.
    pub author: Option<String>,
    /// The last day it holds, `YYYY-MM-DD`.
    #[schemars(with = "String")]
    pub expires: Spanned<toml::Value>,
    /// A ticket or address.
    pub ticket: Option<String>,
}

/// Licenses by id, category, or what OSI and FSF say. An id decides before a category, a category before a status.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(rename = "Selection")]
pub(super) struct RawSelection {
    /// SPDX ids, with `WITH exception` where that is meant.
    #[schemars(with = "Vec<String>")]
    pub licenses: Vec<Spanned<String>>,
    /// Categories, as `licgraph license` shows them.
    #[schemars(with = "Vec<String>")]
    pub categories: Vec<Spanned<String>>,
    /// Whether the OSI approved it: `yes`, `no`, `silent`.
    #[schemars(with = "Vec<String>")]
    pub osi: Vec<Spanned<String>>,
    /// Whether the FSF calls it free: `yes`, `no`, `silent`.
    #[schemars(with = "Vec<String>")]
    pub fsf: Vec<Spanned<String>>,
}

/// Other rules for what is not conveyed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(rename = "Scopes")]
pub(super) struct RawScopes {
    /// For packages that only developing and testing need.
    pub dev: Option<RawScopeRules>,
    /// For packages that only building needs.
    pub build: Option<RawScopeRules>,
}

/// Rules that stand in place of the general ones.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(rename = "ScopeRules")]
pub(super) struct RawScopeRules {
    /// Licenses that are allowed. Where this names any, every other license is denied.
    pub allow: RawSelection,
    /// Licenses that are denied.
    pub deny: RawSelection,
    /// Licenses that a person has to look at.
    pub review: RawSelection,
}

/// A decision about one of the other recommendations.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Practice")]
pub(super) struct RawPractice {
    /// The rule, such as `SEC-2`.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// `waived` or `not-applicable`.
    #[schemars(with = "String")]
    pub state: Spanned<String>,
    /// Why.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
    /// The last day it holds, `YYYY-MM-DD`; required for `waived`.
    #[schemars(with = "Option<String>")]
    pub expires: Option<Spanned<toml::Value>>,
}

/// Where the periodic review keeps its record.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(rename = "PeriodicReview")]
pub(super) struct RawReview {
    /// The directory, relative to this file; `docs/license-review` if left out.
    #[schemars(with = "Option<String>")]
    pub directory: Option<Spanned<String>>,
    /// Warn this many days before a waiver expires; 30 if left out.
    pub warn_days: Option<u16>,
}
