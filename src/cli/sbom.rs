//! `licgraph sbom`: write, convert and enrich SBOMs.

use super::audit_options::AuditOptions;
use super::auditing::{self, PolicyOptions};
use super::exit::ExitStatus;
use super::input::{Failure, read_bytes};
use super::output;
use crate::report::sbom::{Profile, SbomFormat, SbomOptions, enrich, missing, write};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// Write an SBOM that carries the reasoning, convert one, or enrich one that another tool made.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Examples:\n  licgraph sbom --output bom.json\n  licgraph sbom --format spdx-json\n  licgraph \
sbom --profile bsi --output bom.json\n  licgraph sbom convert bom.json --to spdx-json\n  licgraph sbom enrich bom.json \
--output enriched.json"
)]
pub struct SbomArguments {
    #[command(subcommand)]
    command: Option<SbomCommand>,
    #[command(flatten)]
    audit: AuditOptions,
    #[command(flatten)]
    policy: PolicyOptions,
    #[command(flatten)]
    write: WriteOptions,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one value in the life of the process")]
enum SbomCommand {
    /// Convert a document to another format; no license string is lost.
    Convert {
        /// The document.
        input: PathBuf,
        /// The format to write.
        #[arg(long, value_parser = parse_format)]
        to: SbomFormat,
        /// Write to a file.
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Add licenses and verdicts to a document that another tool made, and keep everything else.
    Enrich {
        #[command(flatten)]
        audit: AuditOptions,
        #[command(flatten)]
        policy: PolicyOptions,
        /// Write to a file.
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct WriteOptions {
    /// cyclonedx-json, cyclonedx-xml (both also -1.5, -1.7), spdx-json, spdx-tag-value or spdx3-json.
    #[arg(long, default_value = "cyclonedx-json", value_parser = parse_format)]
    format: SbomFormat,
    /// Fill what a rule set asks for, and list on standard error what the project cannot supply: bsi or cisa.
    #[arg(long, value_parser = parse_profile)]
    profile: Option<Profile>,
    /// Add the texts of the licenses.
    #[arg(long)]
    license_texts: bool,
    /// Add what the repository says of the other open-source practices.
    #[arg(long)]
    practices: bool,
    /// Write to a file.
    #[arg(long, short)]
    output: Option<PathBuf>,
}

fn parse_format(word: &str) -> Result<SbomFormat, String> {
    word.parse().map_err(|error: crate::report::sbom::UnknownFormat| error.to_string())
}

fn parse_profile(word: &str) -> Result<Profile, String> {
    word.parse().map_err(|error: crate::report::sbom::UnknownProfile| error.to_string())
}

/// Runs the command. Findings do not fail it; what could not be read gives exit status 3.
pub fn run(arguments: &SbomArguments) -> Result<ExitStatus, Failure> {
    match &arguments.command {
        None => write_sbom(arguments),
        Some(SbomCommand::Convert { input, to, output }) => convert(input, *to, output.as_deref()),
        Some(SbomCommand::Enrich { audit, policy, output }) => enrich_sbom(audit, policy, output.as_ref()),
    }
}

fn write_sbom(arguments: &SbomArguments) -> Result<ExitStatus, Failure> {
    let mut audited = auditing::run(&arguments.audit, &arguments.policy)?;
    if arguments.write.practices {
        audited.report.practices = super::practices::section(&audited)?;
    }
    let report = &audited.report;
    let options = SbomOptions {
        profile: arguments.write.profile,
        license_texts: arguments.write.license_texts,
        ..SbomOptions::default()
    };
    for gap in missing(report, &options) {
        let package = gap.package.as_deref().unwrap_or("the document");
        anstream::eprintln!("missing: {} of {package}: {}", gap.element, gap.remedy);
    }
    let bytes =
        write(report, arguments.write.format, &options).map_err(|error| Failure::Use(error.to_string()))?;
    output::write(&bytes, arguments.write.output.as_deref())?;
    Ok(audited.reading_status())
}

fn convert(input: &Path, to: SbomFormat, output: Option<&Path>) -> Result<ExitStatus, Failure> {
    let converted =
        crate::sbom::convert(&read_bytes(input)?, &input.display().to_string(), to, &SbomOptions::default())
            .map_err(|error| Failure::Use(format!("{}: {error}", input.display())))?;
    for problem in &converted.problems {
        anstream::eprintln!("warning: {}", problem.message);
    }
    output::write(&converted.bytes, output)?;
    Ok(ExitStatus::Clean)
}

fn enrich_sbom(
    audit: &AuditOptions,
    policy: &PolicyOptions,
    output: Option<&PathBuf>,
) -> Result<ExitStatus, Failure> {
    let document = read_bytes(&audit.path)?;
    let audited = auditing::run(audit, policy)?;
    let bytes = enrich(&document, &audited.report)
        .map_err(|error| Failure::Use(format!("{}: {error}", audit.path.display())))?;
    output::write(&bytes, output.map(PathBuf::as_path))?;
    Ok(audited.reading_status())
}
