//! The story of an audit: discover, read, learn, judge, and put it all into one report.
//!
//! Data flows down once. Policy and practices are applied to the report by the caller, see [`crate::policy`] and
//! [`crate::practices`]; outputs render the [`AuditReport`] and nothing else.

mod alternatives;
mod assemble;
mod findings;
mod go_mod_files;
mod missing_files;
mod own_work;
mod package_page;
mod project_license;
mod project_page;
mod python_index;
mod reach;
mod read;
mod relicense;
mod relicense_report;
mod remedies;
mod report;
mod request;
mod work;

pub use assemble::sort_findings;
pub use findings::fingerprint;
pub use go_mod_files::ProxiedModFiles;
pub use python_index::UserIndex;
pub use relicense::{declared_today, relicense};
pub use relicense_report::{
    BlockedTarget, Blocker, DependencyHalf, FileAnswer, OwnHalf, PossibleGroup, PossibleTarget,
    ProjectRelicense, RelicenseReport, Replacement, TargetAnswer,
};
pub use report::{
    AuditReport, DependencyReport, LicenseReport, OutboundOption, PackageReport, ProjectReport,
    SCHEMA_VERSION, Summary, Tool,
};
pub use request::{AuditError, AuditRequest, LinkageOverride, PathFilter};

use crate::evidence::{self, EvidenceOptions, FactSource};
use crate::model::{DependencyGraph, LicenseFact, Problem};

/// What was read and learned, before anything is judged. `relicense`, `notices` and `diff` start here too.
#[derive(Clone, Debug)]
pub struct Known {
    /// The dependency graph of all projects.
    pub graph: DependencyGraph,
    /// License facts by node.
    pub facts: Vec<LicenseFact>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Manifests and lock files that were read.
    pub read: Vec<String>,
    /// What was seen and not read, with the reason.
    pub not_read: Vec<String>,
    /// Clarifications, by position, that cover no package.
    pub unused_clarifications: Vec<usize>,
    /// What was asked of registries.
    pub fetched: std::collections::BTreeMap<String, usize>,
    /// What could have been asked and was not.
    pub not_fetched: usize,
}

/// Runs an audit.
///
/// # Errors
/// When the path cannot be read or holds no project. Anything less is in the report's problems.
pub fn audit(
    request: &AuditRequest,
    options: &EvidenceOptions,
    source: &dyn FactSource,
) -> Result<AuditReport, AuditError> {
    let known = learn(request, options, source)?;
    Ok(judge(request, known))
}

/// Discovers, reads and learns.
///
/// # Errors
/// As [`audit`].
pub fn learn(
    request: &AuditRequest,
    options: &EvidenceOptions,
    source: &dyn FactSource,
) -> Result<Known, AuditError> {
    let mut reading = read::read(request)?;
    let learned = evidence::learn(&reading.graph, options, source);
    reading.problems.extend(learned.problems);
    Ok(Known {
        graph: reading.graph,
        facts: learned.facts,
        problems: reading.problems,
        read: reading.read,
        not_read: reading.not_read,
        unused_clarifications: learned.unused_clarifications,
        fetched: source.fetched(),
        not_fetched: source.not_fetched(),
    })
}

/// Judges what is known.
pub fn judge(request: &AuditRequest, known: Known) -> AuditReport {
    assemble::report(request, known)
}
