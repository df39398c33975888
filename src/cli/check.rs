//! `licgraph check`: the main job.

use super::audit_options::AuditOptions;
use super::auditing::{self, PolicyOptions};
use super::exit::ExitStatus;
use super::input::Failure;
use super::output::{self, ColorChoice};
use crate::audit::AuditReport;
use crate::report::{Format, RenderOptions, render};
use clap::Args;
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
    #[command(flatten)]
    policy: PolicyOptions,
    /// Audit only the projects that a change since this revision touches.
    #[arg(long, value_name = "REV")]
    changed_since: Option<String>,
    /// Add what the repository says of the other open-source practices; they warn and never fail the run.
    #[arg(long)]
    practices: bool,
    /// How to print the report: terminal, json, sarif, junit, markdown, csv or html.
    #[arg(long, default_value = "terminal", value_parser = parse_format)]
    format: Format,
    /// Write the report to a file.
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// When to use colour.
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Unfold what is folded.
    #[arg(long, short)]
    verbose: bool,
}

fn parse_format(word: &str) -> Result<Format, String> {
    word.parse().map_err(|error: crate::report::UnknownFormat| error.to_string())
}

/// Runs the command.
pub fn run(arguments: &CheckArguments) -> Result<ExitStatus, Failure> {
    let started = Instant::now();
    let mut audited = match &arguments.changed_since {
        None => auditing::run(&arguments.audit, &arguments.policy)?,
        Some(revision) => match auditing::run_changed(&arguments.audit, &arguments.policy, revision)? {
            Some(audited) => audited,
            None => {
                anstream::eprintln!("nothing that an audit reads changed since {revision}");
                return Ok(ExitStatus::Clean);
            }
        },
    };
    if arguments.practices {
        audited.report.practices = super::practices::section(&audited)?;
    }
    let report = &audited.report;
    let file = arguments.output.as_deref();
    let options = RenderOptions {
        color: arguments.color.is_on(file),
        unicode: output::takes_unicode(file),
        width: output::width(file),
        elapsed: output::is_read_by_a_person(file).then(|| started.elapsed()),
        verbose: arguments.verbose,
        sources: sources(report, &audited.root),
    };
    let bytes =
        render(report, arguments.format, &options).map_err(|error| Failure::Use(error.to_string()))?;
    output::write(&bytes, file)?;
    let status = audited.status();
    // The process is about to end; taking a large report apart first would only take time.
    std::mem::forget(audited);
    Ok(status)
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
