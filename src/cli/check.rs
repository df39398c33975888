//! `licgraph check`: the main job.

use super::audit_options::AuditOptions;
use super::exit::ExitStatus;
use super::input::Failure;
use super::output::{self, ColorChoice};
use crate::audit::AuditReport;
use crate::model::{Finding, RuleId, Severity};
use crate::report::{Format, RenderOptions, render};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Audit a project.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph check\n  licgraph check --license GPL-3.0-or-later --distribution network\n  \
licgraph check --format sarif --output licgraph.sarif\n  licgraph check bom.json"
)]
pub struct CheckArguments {
    #[command(flatten)]
    audit: AuditOptions,
    /// How to print the report: terminal, json, sarif, junit, markdown, csv or html.
    #[arg(long, default_value = "terminal", value_parser = parse_format)]
    format: Format,
    /// Write the report to a file.
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// The least serious thing that fails the run [default: unknown].
    #[arg(long, value_enum)]
    fail_on: Option<FailOn>,
    /// When to use colour.
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Unfold what is folded.
    #[arg(long, short)]
    verbose: bool,
}

/// The least serious thing that fails a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum FailOn {
    /// Notes and everything above.
    Note,
    /// Conditional dependencies and everything above.
    Conditional,
    /// Unknown licenses and everything above.
    #[default]
    Unknown,
    /// Conflicts and what the policy denies.
    Incompatible,
    /// Nothing.
    Never,
}

impl FailOn {
    /// Whether a finding fails the run.
    pub fn fails(self, finding: &Finding) -> bool {
        if finding.suppressed.is_some() {
            return false;
        }
        let conflict = matches!(
            finding.rule,
            RuleId::IncompatibleDependency | RuleId::JointConflict | RuleId::NoLicense | RuleId::PolicyDenied
        );
        match self {
            Self::Note => true,
            Self::Conditional => finding.severity <= Severity::Warning,
            Self::Unknown => finding.severity == Severity::Error,
            Self::Incompatible => conflict && finding.severity == Severity::Error,
            Self::Never => false,
        }
    }
}

fn parse_format(word: &str) -> Result<Format, String> {
    word.parse().map_err(|error: crate::report::UnknownFormat| error.to_string())
}

/// Runs the command.
pub fn run(arguments: &CheckArguments) -> Result<ExitStatus, Failure> {
    let started = Instant::now();
    let prepared = arguments.audit.prepare()?;
    let report = prepared.audit()?;
    let options = RenderOptions {
        color: arguments.color.is_on(arguments.output.is_some()),
        unicode: output::takes_unicode(),
        width: output::width(),
        elapsed: Some(started.elapsed()),
        verbose: arguments.verbose,
        sources: sources(&report, &prepared.request.context.root),
    };
    let bytes =
        render(&report, arguments.format, &options).map_err(|error| Failure::Use(error.to_string()))?;
    output::write(&bytes, arguments.output.as_deref())?;
    Ok(status(&report, arguments.fail_on.unwrap_or_default()))
}

/// Findings first: a run that fails says so even where something could not be read.
pub fn status(report: &AuditReport, fail_on: FailOn) -> ExitStatus {
    if report.findings.iter().any(|finding| fail_on.fails(finding)) {
        ExitStatus::Findings
    } else if report.summary.complete {
        ExitStatus::Clean
    } else {
        ExitStatus::Incomplete
    }
}

/// The texts that findings point into.
fn sources(report: &AuditReport, root: &Path) -> BTreeMap<String, String> {
    const LARGEST: u64 = 4 << 20;
    let mut texts = BTreeMap::new();
    for file in
        report.findings.iter().filter_map(|finding| finding.location.as_ref()).map(|place| &place.file)
    {
        let path = root.join(file);
        let small = std::fs::metadata(&path).is_ok_and(|metadata| metadata.len() <= LARGEST);
        if small
            && !texts.contains_key(file)
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            texts.insert(file.clone(), text);
        }
    }
    texts
}
