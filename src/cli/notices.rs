//! `licgraph notices`: the third-party notices to pass on with the work.

use super::audit_options::AuditOptions;
use super::auditing::{self, PolicyOptions};
use super::exit::ExitStatus;
use super::input::Failure;
use super::output;
use crate::audit::{AuditReport, Known, judge};
use crate::evidence::{Learned, notices::collect};
use crate::licenses::parse;
use crate::model::{Consequence, Expression, NodeIndex};
use crate::report::{notices, sanitise::clean};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Write the third-party notices of what is really conveyed, with full texts and copyright lines.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  licgraph notices --format html --output NOTICES.html\n\nExit status 3: the notices \
are incomplete; they say what is missing."
)]
pub struct NoticesArguments {
    #[command(flatten)]
    audit: AuditOptions,
    #[command(flatten)]
    policy: PolicyOptions,
    /// How to write them.
    #[arg(long, value_enum, default_value_t = NoticeFormat::Text)]
    format: NoticeFormat,
    /// Write to a file.
    #[arg(long, short)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum NoticeFormat {
    Text,
    Markdown,
    Html,
    Json,
}

/// Runs the command.
pub fn run(arguments: &NoticesArguments) -> Result<ExitStatus, Failure> {
    let prepared = auditing::prepare(&arguments.audit, &arguments.policy)?;
    let known = prepared.learn()?;
    let report = judge(&prepared.request, known.clone());
    let conveyed = conveyed(&known, &report);
    let learned = Learned { facts: known.facts, ..Learned::default() };
    let notices = collect(&known.graph, &learned, &conveyed, &prepared.evidence, prepared.source());
    let text = match arguments.format {
        NoticeFormat::Text => notices::text(&notices),
        NoticeFormat::Markdown => notices::markdown(&notices),
        NoticeFormat::Html => notices::html(&notices),
        NoticeFormat::Json => serde_json::to_string_pretty(&notices)
            .map_err(|error| Failure::Use(format!("the notices cannot be written as JSON: {error}")))?,
    };
    output::write(text.as_bytes(), arguments.output.as_deref())?;
    let complete = notices.missing.is_empty() && report.summary.complete;
    if !complete {
        say_what_is_missing(&report, notices.missing.len());
    }
    Ok(if complete { ExitStatus::Clean } else { ExitStatus::Incomplete })
}

/// A file does not show what it lacks, and a status alone does not say why.
fn say_what_is_missing(report: &AuditReport, missing: usize) {
    anstream::eprintln!("warning: the notices are incomplete: {missing} missing, named at their beginning");
    for problem in report.problems.iter().filter(|problem| problem.consequence != Consequence::Note) {
        let place = problem.location.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        anstream::eprintln!("warning: {}", clean(&format!("{place}{}", problem.message)));
    }
}

/// Every package that goes out with a work, with the arms taken of its license.
fn conveyed(known: &Known, report: &AuditReport) -> Vec<(NodeIndex, Expression)> {
    report
        .packages
        .iter()
        .filter(|package| !package.project && package.linkage.is_conveyed())
        .filter_map(|package| {
            let taken = package.license.chosen.as_deref().unwrap_or(&package.license.concluded);
            let expression = parse(taken).unwrap_or_else(|_| Expression::no_assertion());
            Some((known.graph.find(&package.purl)?, expression))
        })
        .collect()
}
