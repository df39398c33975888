//! `licgraph baseline`: what was there when the project adopted the audit.

use super::audit_options::AuditOptions;
use super::auditing::{self, PolicyOptions};
use super::exit::ExitStatus;
use super::input::Failure;
use super::kept::{self, NamedBy};
use super::output;
use crate::policy::baseline::{self, Baseline, Changes, KnownFinding, UpdateScope};
use clap::{Args, Subcommand};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The file's name where nothing else is said.
const DEFAULT_NAME: &str = "licgraph-baseline.json";

/// Keep the list of findings that were there before.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph baseline update\n  licgraph check --baseline licgraph-baseline.json\n  \
licgraph baseline update --remove-only"
)]
pub struct BaselineArguments {
    #[command(subcommand)]
    command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
enum BaselineCommand {
    /// Write the findings that count now; what is resolved leaves the file.
    Update(UpdateArguments),
}

#[derive(Debug, Args)]
struct UpdateArguments {
    #[command(flatten)]
    audit: AuditOptions,
    #[command(flatten)]
    policy: PolicyOptions,
    /// Only take out what is resolved; nothing new becomes known.
    #[arg(long)]
    remove_only: bool,
}

/// Runs the command.
pub fn run(arguments: &BaselineArguments) -> Result<ExitStatus, Failure> {
    match &arguments.command {
        BaselineCommand::Update(arguments) => update(arguments),
    }
}

fn update(arguments: &UpdateArguments) -> Result<ExitStatus, Failure> {
    let policy = auditing::load_policy(&arguments.audit, &arguments.policy, None)?;
    let is_in_use = auditing::baseline_file(&arguments.policy, &policy).is_some();
    let file = auditing::baseline_file(&arguments.policy, &policy)
        .unwrap_or_else(|| in_directory(&arguments.audit.path, DEFAULT_NAME));
    let old = if file.exists() {
        baseline::read(&file).map_err(|error| Failure::Use(error.to_string()))?
    } else {
        Baseline::default()
    };
    let audited = auditing::run_with(&arguments.audit, policy, None, None)?;
    let scope = if arguments.remove_only { UpdateScope::Removals } else { UpdateScope::Everything };
    let (new, changes) = baseline::update(&old, &audited.report, scope);
    let text = new.to_text().map_err(|error| Failure::Use(error.to_string()))?;
    let named_by = if arguments.policy.baseline.is_some() { NamedBy::User } else { NamedBy::Tree };
    kept::write(text.as_bytes(), &file, directory(&arguments.audit.path), named_by)?;
    output::write(summary(&new, &changes).as_bytes(), None)?;
    if !is_in_use {
        anstream::eprintln!(
            "note: no run reads {} yet; set `baseline` under `[audit]` in licgraph.toml, or pass --baseline",
            file.display()
        );
    }
    Ok(ExitStatus::Clean)
}

/// A file in what is audited, named as the user would.
fn in_directory(path: &Path, name: &str) -> PathBuf {
    let directory = directory(path);
    if directory == Path::new(".") { PathBuf::from(name) } else { directory.join(name) }
}

fn directory(path: &Path) -> &Path {
    if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) }
}

fn summary(new: &Baseline, changes: &Changes) -> String {
    let mut text = String::new();
    for (sign, list) in [('+', &changes.added), ('-', &changes.removed)] {
        for one in list {
            let _ = writeln!(text, "{sign} {}", line(one));
        }
    }
    let _ = writeln!(
        text,
        "{} known, {} added, {} removed. Known is not accepted: resolve them, or waive them with a reason.",
        new.findings.len(),
        changes.added.len(),
        changes.removed.len()
    );
    text
}

fn line(one: &KnownFinding) -> String {
    let package = if one.package.is_empty() { "the whole" } else { &one.package };
    format!("{} {package} {} ({})", one.rule, one.license, one.id)
}
