//! `licgraph diff`: what changed between two reports, two SBOMs, two revisions, or two versions of a package.

use super::audit_options::AuditOptions;
use super::auditing::{self, Extracted, PolicyOptions};
use super::exit::ExitStatus;
use super::explain::parse_distribution;
use super::input::Failure;
use super::{output, package_versions, revision_input};
use crate::diff::{Changes, Snapshot, compare, markdown, read_snapshot, revision, text};
use crate::model::Distribution;
use crate::policy::FailLevel;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Show what changed: what came in, left, changed its license, which verdicts moved and why.
#[derive(Debug, Args)]
#[command(
    after_help = "OLD and NEW are reports of `licgraph check --format json`, records of a review, SBOMs, directories, \
revisions, or two versions of a package as purls.\nThe exit status is 1 when something counts now that did not \
before.\n\nExamples:\n  licgraph diff main..HEAD\n  licgraph diff old-report.json new-report.json\n  licgraph diff \
shipped.cdx.json . --format markdown\n  licgraph diff pkg:npm/left-pad@1.2.0 pkg:npm/left-pad@1.3.0 --license MIT"
)]
pub struct DiffArguments {
    /// The state before, or `OLD..NEW` for two revisions.
    #[arg(value_name = "OLD")]
    old: String,
    /// The state now.
    #[arg(value_name = "NEW")]
    new: Option<String>,
    /// The directory whose revisions are compared.
    #[arg(long, value_name = "DIR", default_value = ".")]
    path: PathBuf,
    /// Judge under this license instead of the one the projects declare.
    #[arg(long, value_name = "EXPR", env = "LICGRAPH_LICENSE")]
    license: Option<String>,
    /// How the work reaches people: binary, source, network or internal [default: binary].
    #[arg(long, value_parser = parse_distribution, env = "LICGRAPH_DISTRIBUTION")]
    distribution: Option<Distribution>,
    /// Open no socket: use what is on this machine only.
    #[arg(long, env = "LICGRAPH_OFFLINE", value_parser = clap::builder::FalseyValueParser::new())]
    offline: bool,
    #[command(flatten)]
    policy: PolicyOptions,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to a file.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

impl DiffArguments {
    fn options(&self, path: &Path) -> AuditOptions {
        AuditOptions {
            license: self.license.clone(),
            distribution: self.distribution,
            offline: self.offline,
            ..auditing::plain_options(path)
        }
    }
}

/// A state, and from which findings on it fails.
struct State {
    snapshot: Snapshot,
    fail_level: FailLevel,
}

impl State {
    /// Of one version of a package: where that cannot be read, nothing was compared.
    fn is_unread_version(&self) -> bool {
        self.snapshot.projects.is_empty() && self.snapshot.problems > 0
    }
}

/// Runs the command.
pub fn run(arguments: &DiffArguments) -> Result<ExitStatus, Failure> {
    let (old, new) = states(arguments)?;
    let changes = compare(&old.snapshot, &new.snapshot);
    let printed = match arguments.format {
        Format::Text => text(&changes),
        Format::Markdown => markdown(&changes, 2),
        Format::Json => changes.to_json().map_err(|error| Failure::Use(error.to_string()))?,
    };
    output::write(printed.as_bytes(), arguments.output.as_deref())?;
    Ok(match status(&changes, &new) {
        ExitStatus::Clean if old.is_unread_version() || new.is_unread_version() => ExitStatus::Incomplete,
        status => status,
    })
}

fn status(changes: &Changes, new: &State) -> ExitStatus {
    let fails = changes.worse().any(|finding| new.fail_level.reaches(finding.severity, finding.verdict));
    if fails { ExitStatus::Findings } else { ExitStatus::Clean }
}

fn states(arguments: &DiffArguments) -> Result<(State, State), Failure> {
    let old = arguments.old.as_str();
    match arguments.new.as_deref() {
        None => match revision::range(old).filter(|_| !Path::new(old).exists()) {
            Some((old, new)) => Ok((at_revision(old, arguments)?, at_revision(new, arguments)?)),
            None => Err(Failure::Use(format!(
                "`{old}` is no range of revisions; give two states, or a range such as main..HEAD"
            ))),
        },
        Some(new) if old.starts_with("pkg:") && new.starts_with("pkg:") => {
            let fail_level = arguments.policy.fail_on.unwrap_or_default();
            let (old, new) = package_versions::snapshots(
                old,
                new,
                &arguments.options(&arguments.path),
                &arguments.policy,
            )?;
            Ok((State { snapshot: old, fail_level }, State { snapshot: new, fail_level }))
        }
        Some(new) => Ok((state(old, arguments)?, state(new, arguments)?)),
    }
}

/// A file or directory that is there, else a revision.
fn state(name: &str, arguments: &DiffArguments) -> Result<State, Failure> {
    let path = Path::new(name);
    if !path.exists() {
        let looks_like_file = name.ends_with(".json") || name.ends_with(".xml");
        if looks_like_file {
            return Err(Failure::File {
                action: "read",
                path: name.to_owned(),
                source: std::io::ErrorKind::NotFound.into(),
            });
        }
        return at_revision(name, arguments);
    }
    if path.is_file() && is_report(path)? {
        let snapshot = read_snapshot(path).map_err(|error| Failure::Use(error.to_string()))?;
        return Ok(State { snapshot, fail_level: arguments.policy.fail_on.unwrap_or_default() });
    }
    let audited = auditing::run(&arguments.options(path), &arguments.policy)?;
    Ok(State { snapshot: Snapshot::of(&audited.report), fail_level: audited.policy.fail_level() })
}

/// Whether a file is a report or a record of ours, by the keys on its top.
fn is_report(path: &Path) -> Result<bool, Failure> {
    let bytes = std::fs::read(path).map_err(|source| Failure::File {
        action: "read",
        path: path.display().to_string(),
        source,
    })?;
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    Ok(start.contains("\"schema_version\"") || start.contains("\"snapshot_version\""))
}

fn at_revision(name: &str, arguments: &DiffArguments) -> Result<State, Failure> {
    let failed = |error: crate::diff::DiffError| {
        let is_no_repository = matches!(error, crate::diff::DiffError::NoRepository { .. });
        let neither =
            if is_no_repository { format!("`{name}` is no file or directory, and ") } else { String::new() };
        Failure::Use(format!("{neither}{error}"))
    };
    let place = tempfile::tempdir().map_err(|source| Failure::File {
        action: "write",
        path: "the directory for temporary files".to_owned(),
        source,
    })?;
    let top = dunce::canonicalize(place.path()).map_err(|source| Failure::File {
        action: "read",
        path: "the directory for temporary files".to_owned(),
        source,
    })?;
    let extracted =
        revision::extract(&arguments.path, name, &revision_input::matters, &top).map_err(failed)?;
    for left in &extracted.left {
        anstream::eprintln!("note: {name}: {left}");
    }
    let options = arguments.options(&extracted.directory);
    let audited = auditing::run_extracted(&options, &arguments.policy, Extracted { top: &top })
        .map_err(|error| Failure::Use(format!("revision {name}: {error}")))?;
    Ok(State { snapshot: Snapshot::of(&audited.report), fail_level: audited.policy.fail_level() })
}
