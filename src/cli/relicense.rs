//! `licgraph relicense`: which licenses could the project move to, and what stands in the way?

use super::audit_options::AuditOptions;
use super::auditing::{self, PolicyOptions};
use super::exit::ExitStatus;
use super::input::{Failure, expression};
use super::output;
use super::relicense_text;
use crate::audit::{RelicenseReport, declared_today, relicense};
use crate::holders::{self, HolderCount};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Which licenses could the project move to?
#[derive(Debug, Args)]
#[command(
    after_help = "Two questions, answered apart: do the dependencies allow it, and may our own code move (by today's \
license, or by the word of whoever holds the copyright)?\n\nExit status: with --to, 0 if both are a plain yes, 1 \
otherwise; 3 if something could not be read.\n\nExamples:\n  licgraph relicense\n  licgraph relicense --to \
GPL-3.0-or-later\n  licgraph relicense --to MPL-2.0 --linkage 'openssl*=dynamic' --format json"
)]
pub struct RelicenseArguments {
    #[command(flatten)]
    audit: AuditOptions,
    #[command(flatten)]
    policy: PolicyOptions,
    /// The license to move to; without it every license the project could move to is listed.
    #[arg(long, value_name = "EXPR")]
    to: Option<String>,
    /// State that one person or organisation holds all copyright in the project's own code.
    #[arg(long)]
    sole_holder: bool,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to a file.
    #[arg(long, short)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Runs the command.
pub fn run(arguments: &RelicenseArguments) -> Result<ExitStatus, Failure> {
    let target = arguments.to.as_deref().map(expression).transpose()?;
    let prepared = auditing::prepare(&arguments.audit, &arguments.policy)?;
    let request = &prepared.request;
    let known = prepared.learn()?;
    let mut own = holders::read(directory(&arguments.audit.path), &declared_today(request, &known));
    if arguments.sole_holder {
        own.count = HolderCount::Sole;
        own.reason = "Stated by the user: one holder.".to_owned();
    }
    let report = relicense(request, &known, own, target.as_ref());
    let text = match arguments.format {
        Format::Text => relicense_text::render(&report, output::width(arguments.output.as_deref())),
        Format::Json => json(&report)?,
    };
    output::write(text.as_bytes(), arguments.output.as_deref())?;
    Ok(status(&report))
}

fn status(report: &RelicenseReport) -> ExitStatus {
    let free = report.target.is_none() || report.projects.iter().all(|project| project.is_free_to_move());
    match (free, report.complete) {
        (false, _) => ExitStatus::Findings,
        (true, false) => ExitStatus::Incomplete,
        (true, true) => ExitStatus::Clean,
    }
}

/// Where our own code lies: the directory itself, or that of the named file.
fn directory(path: &Path) -> &Path {
    if path.is_dir() {
        return path;
    }
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn json(report: &RelicenseReport) -> Result<String, Failure> {
    serde_json::to_string_pretty(report)
        .map(|text| text + "\n")
        .map_err(|error| Failure::Use(format!("the answer cannot be written as JSON: {error}")))
}
