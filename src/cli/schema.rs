//! `licgraph schema`: the published shapes.

use super::exit::ExitStatus;
use super::input::Failure;
use super::output;
use clap::{Args, ValueEnum};

/// Print the JSON Schema of a format.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// Which.
    #[arg(value_enum, default_value_t = Shape::Report)]
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// `licgraph check --format json`.
    Report,
}

/// Runs the command.
pub fn run(arguments: &SchemaArguments) -> Result<ExitStatus, Failure> {
    let text = match arguments.shape {
        Shape::Report => crate::report::json_schema().map_err(|error| Failure::Use(error.to_string()))?,
    };
    output::write(text.as_bytes(), None)?;
    Ok(ExitStatus::Clean)
}
