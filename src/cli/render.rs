//! `licgraph render`: a stored report in another form, without a second audit.

use super::exit::ExitStatus;
use super::input::Failure;
use super::output;
use crate::audit::AuditReport;
use crate::report::{Forge, Format, RenderOptions, place_under, render, render_for};
use clap::Args;
use std::path::PathBuf;

/// Print a stored report in another form.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph check --format json --output report.json\n  licgraph render report.json --format \
sarif --output licgraph.sarif\n  licgraph render report.json --format github --under apps/shop\n  licgraph render report.json --format \
gitlab --output gl-code-quality-report.json"
)]
pub struct RenderArguments {
    /// A report of `licgraph check --format json`.
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// terminal, json, sarif, junit, markdown, csv or html; github for annotations in its log; gitlab for its code
    /// quality report.
    #[arg(long, value_parser = parse_form)]
    format: Form,
    /// The directory that was audited, relative to the top of the repository: it goes before every file that is named,
    /// so that a forge finds them.
    #[arg(long, value_name = "DIR")]
    under: Option<String>,
    /// Write to a file.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Report(Format),
    Annotations(Forge),
}

fn parse_form(word: &str) -> Result<Form, String> {
    match word {
        "github" => Ok(Form::Annotations(Forge::Github)),
        "gitlab" => Ok(Form::Annotations(Forge::Gitlab)),
        other => other
            .parse()
            .map(Form::Report)
            .map_err(|error: crate::report::UnknownFormat| format!("{error}, github, gitlab")),
    }
}

/// Runs the command.
pub fn run(arguments: &RenderArguments) -> Result<ExitStatus, Failure> {
    let shown = arguments.report.display();
    let text = std::fs::read_to_string(&arguments.report).map_err(|source| Failure::File {
        action: "read",
        path: shown.to_string(),
        source,
    })?;
    let mut report: AuditReport = serde_json::from_str(&text).map_err(|error| {
        Failure::Use(format!("{shown} is no report of `licgraph check --format json`: {error}"))
    })?;
    if let Some(directory) = &arguments.under {
        place_under(&mut report, directory).map_err(|error| Failure::Use(format!("--under: {error}")))?;
    }
    let failed = |error: crate::report::RenderError| Failure::Use(error.to_string());
    let bytes = match arguments.format {
        Form::Annotations(forge) => render_for(&report, forge).map_err(failed)?,
        Form::Report(format) => {
            let options = RenderOptions {
                width: output::width(arguments.output.as_deref()),
                ..RenderOptions::default()
            };
            render(&report, format, &options).map_err(failed)?
        }
    };
    output::write(&bytes, arguments.output.as_deref())?;
    Ok(ExitStatus::Clean)
}
