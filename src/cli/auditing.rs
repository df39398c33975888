//! The way from what was typed to a finished report: policy, audit, policy applied, baseline.

use super::audit_options::{AuditOptions, Prepared, VerifyChoice};
use super::exit::ExitStatus;
use super::input::{Failure, expression};
use super::revision_input;
use crate::audit::{AuditReport, Known, judge};
use crate::diff::DiffError;
use crate::diff::revision::{changed_since, touched};
use crate::ecosystems::{self, ReadContext};
use crate::evidence::{Clarification, VersionRange};
use crate::policy::{self, FailLevel, Loader, Overrides, Policy, baseline};
use clap::Args;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Flags about the policy.
#[derive(Clone, Debug, Default, Args)]
pub struct PolicyOptions {
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
    /// The least serious thing that fails the run: never, incompatible, unknown, conditional or note
    /// [default: unknown].
    #[arg(long, value_name = "LEVEL", env = "LICGRAPH_FAIL_ON")]
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
    /// The audited root.
    pub root: PathBuf,
}

impl Audited {
    /// How the run ends. Findings first: a run that fails says so even where something could not be read.
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

impl Audited {
    /// How a run ends that shows and judges nothing: whether everything could be read.
    pub fn reading_status(&self) -> ExitStatus {
        if self.report.summary.complete { ExitStatus::Clean } else { ExitStatus::Incomplete }
    }
}

/// A tree that was taken out of a revision: where it lies, and the directory of ours around it.
#[derive(Clone, Copy, Debug)]
pub struct Extracted<'a> {
    /// The top of the repository's tree.
    pub top: &'a Path,
}

/// An audit of a path with the flags that most commands do not have left at their defaults.
pub fn plain_options(path: &Path) -> AuditOptions {
    AuditOptions {
        path: path.to_owned(),
        license: None,
        distribution: None,
        linkages: Vec::new(),
        no_dev: false,
        offline: false,
        resolve: false,
        verify: VerifyChoice::All,
        python: None,
        platform: None,
        python_environment: None,
    }
}

/// The policy for what is audited, with the flags over it.
pub fn load_policy(
    options: &AuditOptions,
    flags: &PolicyOptions,
    extracted: Option<Extracted<'_>>,
) -> Result<Policy, Failure> {
    let found = match (&flags.policy, extracted) {
        _ if flags.no_policy => None,
        (Some(named), _) => Some(named.clone()),
        (None, Some(extracted)) => policy::find_below(&options.path, extracted.top),
        (None, None) => policy::find(&options.path),
    };
    let loader = Loader {
        shared: flags.shared_policy.clone(),
        tree: extracted.map(|extracted| extracted.top.to_owned()),
    };
    let mut policy =
        loader.load(found.as_deref(), &variable).map_err(|error| Failure::Use(error.to_string()))?;
    policy.override_with(Overrides {
        license: options.license.as_deref().map(expression).transpose()?,
        distribution: options.distribution,
        fail_on: flags.fail_on,
        offline: options.offline.then_some(true),
    });
    Ok(policy)
}

/// The baseline that holds, if any.
pub fn baseline_file(flags: &PolicyOptions, policy: &Policy) -> Option<PathBuf> {
    flags.baseline.clone().or_else(|| policy.baseline.clone())
}

/// Audits under policy and baseline.
pub fn run(options: &AuditOptions, flags: &PolicyOptions) -> Result<Audited, Failure> {
    let policy = load_policy(options, flags, None)?;
    let baseline = baseline_file(flags, &policy);
    run_with(options, policy, baseline.as_deref(), None)
}

/// Audits under policy and baseline, and keeps what was learned for questions after it.
pub fn run_keeping(
    options: &AuditOptions,
    flags: &PolicyOptions,
) -> Result<(Audited, Prepared, Known), Failure> {
    let policy = load_policy(options, flags, None)?;
    let baseline = baseline_file(flags, &policy);
    let prepared = prepare_under(options, &policy)?;
    let known = prepared.learn()?;
    let audited = finish(&prepared, known.clone(), policy, baseline.as_deref())?;
    Ok((audited, prepared, known))
}

/// Audits only what changed since a revision touches; none if it touches no project.
pub fn run_changed(
    options: &AuditOptions,
    flags: &PolicyOptions,
    revision: &str,
) -> Result<Option<Audited>, Failure> {
    let failed = |error: DiffError| Failure::Use(error.to_string());
    let changed = changed_since(&options.path, revision, &revision_input::matters).map_err(failed)?;
    let discovery = ecosystems::discover(&options.path);
    let context = ReadContext::new(&options.path);
    let projects = discovery.projects.iter().map(|(directory, _)| context.relative(directory)).collect();
    let only = touched(&projects, &changed);
    if only.is_empty() {
        return Ok(None);
    }
    let policy = load_policy(options, flags, None)?;
    let baseline = baseline_file(flags, &policy);
    run_with(options, policy, baseline.as_deref(), Some(only)).map(Some)
}

/// Audits a tree that was taken out of a revision, under the policy and baseline it had then.
pub fn run_extracted(
    options: &AuditOptions,
    flags: &PolicyOptions,
    extracted: Extracted<'_>,
) -> Result<Audited, Failure> {
    let policy = load_policy(options, flags, Some(extracted))?;
    let baseline = baseline_file(flags, &policy).filter(|file| file.exists());
    run_with(options, policy, baseline.as_deref(), None)
}

/// Everything ready to read and learn under the policy, for commands that do more than judge.
pub fn prepare(options: &AuditOptions, flags: &PolicyOptions) -> Result<Prepared, Failure> {
    prepare_under(options, &load_policy(options, flags, None)?)
}

fn prepare_under(options: &AuditOptions, policy: &Policy) -> Result<Prepared, Failure> {
    let options = AuditOptions { offline: policy.offline == Some(true), ..options.clone() };
    let mut prepared = options.prepare()?;
    policy.apply_to_request(&mut prepared.request);
    prepared.evidence.clarifications = clarifications(policy);
    Ok(prepared)
}

/// Audits under a given policy.
pub fn run_with(
    options: &AuditOptions,
    policy: Policy,
    baseline: Option<&Path>,
    only: Option<BTreeSet<String>>,
) -> Result<Audited, Failure> {
    let mut prepared = prepare_under(options, &policy)?;
    prepared.request.paths.only = only;
    let known = prepared.learn()?;
    finish(&prepared, known, policy, baseline)
}

/// Judges what is known, and applies policy and baseline.
fn finish(
    prepared: &Prepared,
    known: Known,
    policy: Policy,
    baseline: Option<&Path>,
) -> Result<Audited, Failure> {
    let unused = known.unused_clarifications.clone();
    let mut report = judge(&prepared.request, known);
    let today = policy::today(&variable).map_err(|error| Failure::Use(error.to_string()))?;
    policy::unused_clarifications(&mut report, &policy.clarifications, &unused);
    policy::apply(&mut report, &policy, today);
    if let Some(file) = baseline {
        let known = baseline::read(file).map_err(|error| Failure::Use(error.to_string()))?;
        baseline::apply(&mut report, &known);
    }
    Ok(Audited { report, policy, today, root: prepared.request.context.root.clone() })
}

fn clarifications(policy: &Policy) -> Vec<Clarification> {
    let all = policy.clarifications.iter().map(|clarified| Clarification {
        packages: clarified.packages.clone(),
        versions: clarified.versions.as_deref().map(VersionRange::new),
        expression: clarified.expression.clone(),
        reason: clarified.reason.clone(),
        sha256: clarified.sha256.clone(),
        location: Some(clarified.location.clone()),
    });
    all.collect()
}

/// A variable of this process.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
