//! `licgraph relicense`: which licenses could the project move to, and what stands in the way?

use super::exit::ExitStatus;
use super::explain::{parse_distribution, parse_linkage};
use super::input::{Failure, expression};
use super::output;
use super::relicense_text;
use crate::audit::{AuditRequest, LinkageOverride, RelicenseReport, declared_today, learn, relicense};
use crate::evidence::{EvidenceOptions, Offline};
use crate::holders::{self, HolderCount};
use crate::model::{Distribution, Ecosystem, Linkage};
use clap::{Args, ValueEnum};
use globset::GlobBuilder;
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
    /// A directory with projects, a manifest or lock file, an SBOM, or a compiled Go program.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The license to move to; without it every license the project could move to is listed.
    #[arg(long, value_name = "EXPR")]
    to: Option<String>,
    /// Today's license, instead of the one the project declares.
    #[arg(long, value_name = "EXPR")]
    license: Option<String>,
    /// How the work reaches people: binary, source, network or internal.
    #[arg(long, default_value = "binary", value_parser = parse_distribution)]
    distribution: Distribution,
    /// How dependencies are joined: LINKAGE for all of an ecosystem's ordinary ones, or NAME=LINKAGE for some, where
    /// NAME matches names or package URLs and may hold `*`.
    #[arg(long, value_name = "[NAME=]LINKAGE")]
    linkage: Vec<String>,
    /// Leave out what is only used to develop.
    #[arg(long)]
    without_dev: bool,
    /// State that one person or organisation holds all copyright in the project's own code.
    #[arg(long)]
    sole_holder: bool,
    /// Ask no registry for what is missing.
    #[arg(long)]
    offline: bool,
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
    let request = request(arguments)?;
    let known = learn(&request, &EvidenceOptions::default(), &Offline::new())
        .map_err(|error| Failure::Use(error.to_string()))?;
    let mut own = holders::read(directory(&arguments.path), &declared_today(&request, &known));
    if arguments.sole_holder {
        own.count = HolderCount::Sole;
        own.reason = "Stated by the user: one holder.".to_owned();
    }
    let report = relicense(&request, &known, own, target.as_ref());
    let text = match arguments.format {
        Format::Text => relicense_text::render(&report, output::width()),
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

fn request(arguments: &RelicenseArguments) -> Result<AuditRequest, Failure> {
    let mut request = AuditRequest::new(arguments.path.clone());
    request.license = arguments.license.as_deref().map(expression).transpose()?;
    request.distribution = arguments.distribution;
    request.without_dev = arguments.without_dev;
    for text in &arguments.linkage {
        match text.rsplit_once('=') {
            Some((packages, linkage)) => request.linkages.push(linkage_override(packages, linkage)?),
            None => {
                let linkage: Linkage = parse_linkage(text).map_err(Failure::Use)?;
                let all =
                    [Ecosystem::Cargo, Ecosystem::Npm, Ecosystem::Python, Ecosystem::Go, Ecosystem::Other];
                request.default_linkage.extend(all.map(|ecosystem| (ecosystem, linkage)));
            }
        }
    }
    Ok(request)
}

fn linkage_override(packages: &str, linkage: &str) -> Result<LinkageOverride, Failure> {
    let glob = GlobBuilder::new(packages)
        .build()
        .map_err(|error| Failure::Use(format!("`{packages}` is no pattern: {error}")))?;
    let linkage = parse_linkage(linkage).map_err(Failure::Use)?;
    Ok(LinkageOverride { packages: glob.compile_matcher(), linkage })
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
