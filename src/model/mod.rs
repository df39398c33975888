//! The nouns of an audit: plain data, no files, no network, no judgement.
//!
//! A reader makes a [`DependencyGraph`] of [`Package`]s joined by [`Dependency`] edges; evidence adds a
//! [`LicenseFact`] to each package; the law answers with a [`Verdict`]; what is wrong becomes a [`Finding`],
//! what could not be read a [`Problem`].

mod environment;
mod expression;
mod finding;
mod graph;
mod license_fact;
mod license_file;
mod linkage;
mod notices;
mod package;
mod practice;
mod problem;
mod purl;
mod python_release;
pub mod sbom;
mod span;
mod verdict;

pub use environment::UserEnvironment;
pub use expression::{ExceptionId, ExceptionName, Expression, LicenseId, LicenseName, Term};
pub use finding::{Finding, Remedy, RemedyKind, RuleId, Severity, Suppression, SuppressionKind};
pub use graph::{DependencyGraph, NodeIndex, Project};
pub use license_fact::{
    Conclusion, ConclusionSource, DeclaredLicense, DetectedKind, DetectedLicense, LicenseFact, LicenseSource,
    LicenseStatement,
};
pub use license_file::is_license_name;
pub use linkage::{Dependency, Distribution, Linkage, Scope, UnknownWord};
pub use notices::{NoticeText, Notices, PackageNotice};
pub use package::{
    Checksum, ChecksumAlgorithm, Files, InnerDirectories, Origin, Package, PackageDetails, label,
};
pub use practice::{PracticeEvidence, PracticeResult, PracticeState, Verb};
pub use problem::{Consequence, Problem};
pub use purl::{Ecosystem, Purl, PurlError, folded_name};
pub use python_release::PythonRelease;
pub use span::SourceSpan;
pub use verdict::{Basis, EffectiveOutbound, Obligation, ObligationKind, Verdict};
