//! What every command that audits shares: the policy's flags, and the way from a path to a finished report.

use super::exit::ExitStatus;
use super::explain::parse_distribution;
use super::input::{Failure, expression};
use crate::audit::{AuditReport, AuditRequest, audit};
use crate::evidence::{EvidenceOptions, Offline};
use crate::model::Distribution;
use crate::policy::{self, FailLevel, Loader, Overrides, Policy, baseline};
use clap::Args;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// Flags about the policy.
#[derive(Clone, Debug, Default, Args)]
pub struct PolicyArguments {
    /// Judge under this license instead of the one the project declares.
    #[arg(long, value_name = "EXPR")]
    pub license: Option<String>,
    /// How the work reaches people: binary, source, network or internal.
    #[arg(long, value_parser = parse_distribution)]
    pub distribution: Option<Distribution>,
    /// The policy, instead of the licgraph.toml of the audited tree.
    #[arg(long, value_name = "FILE", env = "LICGRAPH_POLICY")]
    pub policy: Option<PathBuf>,
    /// A policy below the project's own, which may lie anywhere.
    #[arg(long, value_name = "FILE")]
    pub shared_policy: Option<PathBuf>,
    /// Read no policy.
    #[arg(long, conflicts_with_all = ["policy", "shared_policy"])]
    pub no_policy: bool,
    /// Findings in this file are known and do not fail the run.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// From which findings on the run fails: never, incompatible, unknown, conditional or any.
    #[arg(long, value_name = "LEVEL")]
    pub fail_on: Option<FailLevel>,
}

/// A finished audit.
#[derive(Debug)]
pub struct Audited {
    /// The report, with policy and baseline applied.
    pub report: AuditReport,
    /// The policy.
    pub policy: Policy,
    /// The day of the run.
    pub today: Date,
}

impl Audited {
    /// How the run ends.
    pub fn status(&self) -> ExitStatus {
        if self.policy.fail_level().fails_report(&self.report) {
            ExitStatus::Findings
        } else if self.report.summary.complete {
            ExitStatus::Clean
        } else {
            ExitStatus::Incomplete
        }
    }
}

/// A variable of this process.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The day of the run.
pub fn today() -> Result<Date, Failure> {
    policy::today(&variable).map_err(|error| Failure::Use(error.to_string()))
}

/// When the report is made, if a time was given.
pub fn created() -> Option<String> {
    let seconds: i64 = variable("SOURCE_DATE_EPOCH")?.parse().ok()?;
    jiff::Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}

/// The policy for a path, with the flags over it.
pub fn load_policy(path: &Path, arguments: &PolicyArguments) -> Result<Policy, Failure> {
    load_policy_within(path, None, arguments)
}

/// As [`load_policy`], for a tree that lies below a directory of our own.
fn load_policy_within(
    path: &Path,
    tree: Option<&Path>,
    arguments: &PolicyArguments,
) -> Result<Policy, Failure> {
    let found = match (&arguments.policy, tree) {
        _ if arguments.no_policy => None,
        (Some(named), _) => Some(named.clone()),
        (None, Some(tree)) => policy::find_below(path, tree),
        (None, None) => policy::find(path),
    };
    let loader = Loader { shared: arguments.shared_policy.clone(), tree: tree.map(Path::to_owned) };
    let mut policy =
        loader.load(found.as_deref(), &variable).map_err(|error| Failure::Use(error.to_string()))?;
    policy.override_with(Overrides {
        license: arguments.license.as_deref().map(expression).transpose()?,
        distribution: arguments.distribution,
        fail_on: arguments.fail_on,
        offline: None,
    });
    Ok(policy)
}

/// Audits a path under its policy and baseline.
pub fn run(path: &Path, arguments: &PolicyArguments) -> Result<Audited, Failure> {
    let policy = load_policy(path, arguments)?;
    let baseline = arguments.baseline.clone().or_else(|| policy.baseline.clone());
    run_with(path, policy, baseline.as_deref())
}

/// Audits a tree that was taken out of a revision to `tree`.
pub fn run_below(path: &Path, tree: &Path, arguments: &PolicyArguments) -> Result<Audited, Failure> {
    let policy = load_policy_within(path, Some(tree), arguments)?;
    let baseline =
        arguments.baseline.clone().or_else(|| policy.baseline.clone().filter(|file| file.exists()));
    run_with(path, policy, baseline.as_deref())
}

/// Audits a path under a policy.
pub fn run_with(path: &Path, policy: Policy, baseline: Option<&Path>) -> Result<Audited, Failure> {
    let mut request = AuditRequest::new(path.to_owned());
    request.created = created();
    policy.apply_to_request(&mut request);
    let mut report = audit(&request, &EvidenceOptions::default(), &Offline::default())
        .map_err(|error| Failure::Use(error.to_string()))?;
    let today = today()?;
    policy::apply(&mut report, &policy, today);
    if let Some(file) = baseline {
        let known = baseline::read(file).map_err(|error| Failure::Use(error.to_string()))?;
        baseline::apply(&mut report, &known);
    }
    Ok(Audited { report, policy, today })
}
