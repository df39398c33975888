//! `licgraph check`: the main job.

use super::exit::ExitStatus;
use super::explain::parse_distribution;
use super::input::{Failure, expression};
use super::output;
use crate::audit::{AuditRequest, audit};
use crate::evidence::{EvidenceOptions, Offline};
use crate::model::Distribution;
use clap::Args;
use std::path::PathBuf;

/// Audit a project.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// A directory with projects, a manifest or lock file, an SBOM, or a compiled Go program.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Judge under this license instead of the one the project declares.
    #[arg(long, value_name = "EXPR")]
    license: Option<String>,
    /// How the work reaches people: binary, source, network or internal.
    #[arg(long, default_value = "binary", value_parser = parse_distribution)]
    distribution: Distribution,
}

/// Runs the command.
pub fn run(arguments: &CheckArguments) -> Result<ExitStatus, Failure> {
    let mut request = AuditRequest::new(arguments.path.clone());
    request.license = arguments.license.as_deref().map(expression).transpose()?;
    request.distribution = arguments.distribution;
    let report = audit(&request, &EvidenceOptions::default(), &Offline::new())
        .map_err(|error| Failure::Use(error.to_string()))?;
    let text = serde_json::to_vec_pretty(&report).map_err(|error| Failure::Use(error.to_string()))?;
    output::write(&text, None)?;
    Ok(ExitStatus::Clean)
}
