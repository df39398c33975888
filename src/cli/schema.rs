//! `licgraph schema`: JSON Schemas of what licgraph reads and writes.

use super::exit::ExitStatus;
use super::input::Failure;
use super::output;
use crate::audit::{AuditReport, RelicenseReport};
use crate::diff::{Changes, Snapshot};
use crate::policy::{self, baseline::Baseline};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Print a JSON Schema.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph schema policy > licgraph.schema.json\n  licgraph schema report"
)]
pub struct SchemaArguments {
    /// Of what.
    #[arg(value_enum)]
    of: Of,
    /// Write to a file.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Of {
    /// licgraph.toml.
    Policy,
    /// The report of `licgraph check --format json`.
    Report,
    /// The baseline.
    Baseline,
    /// The record of a review.
    Review,
    /// The answer of `licgraph relicense --format json`.
    Relicense,
    /// The changes of `licgraph diff --format json`.
    Diff,
}

/// Runs the command.
pub fn run(arguments: &SchemaArguments) -> Result<ExitStatus, Failure> {
    let schema = match arguments.of {
        Of::Policy => policy::json_schema(),
        Of::Report => schemars::schema_for!(AuditReport).to_value(),
        Of::Baseline => schemars::schema_for!(Baseline).to_value(),
        Of::Review => schemars::schema_for!(Snapshot).to_value(),
        Of::Relicense => schemars::schema_for!(RelicenseReport).to_value(),
        Of::Diff => schemars::schema_for!(Changes).to_value(),
    };
    output::write(format!("{schema:#}\n").as_bytes(), arguments.output.as_deref())?;
    Ok(ExitStatus::Clean)
}
