//! `licgraph review`: the periodic look at the licenses of all dependencies, as one document with a date.

use super::audit_options::AuditOptions;
use super::auditing::{self, Audited, PolicyOptions};
use super::exit::ExitStatus;
use super::input::Failure;
use super::kept::{self, NamedBy};
use super::review_document::{self, Review};
use super::{newer_releases, output};
use crate::diff::upstream::Upstream;
use crate::diff::{Changes, Snapshot, compare, read_snapshot};
use crate::model::Severity;
use crate::policy::{self, Policy};
use clap::Args;
use std::path::{Path, PathBuf};

/// Where the record is kept, if nothing else is said.
const DEFAULT_DIRECTORY: &str = "docs/license-review";
/// The last accepted state.
pub const RECORD: &str = "accepted.json";
/// How many days before its end a waiver is announced.
const WARN_DAYS: u16 = 30;

/// Review the licenses of all dependencies: the audit, what changed since the last accepted review, waivers that end
/// soon, newer versions that changed their license.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph review\n  licgraph review --output review.md\n  licgraph review --accept\n\n\
--accept writes DIRECTORY/YYYY-MM-DD.md and DIRECTORY/accepted.json; commit both. Run it on a schedule without \
--accept, and accept it yourself after reading."
)]
pub struct ReviewArguments {
    #[command(flatten)]
    audit: AuditOptions,
    #[command(flatten)]
    policy: PolicyOptions,
    /// Where the record is kept; `docs/license-review` if not given.
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Announce waivers that end within this many days.
    #[arg(long, value_name = "DAYS")]
    within: Option<u16>,
    /// Keep this review as the accepted one.
    #[arg(long)]
    accept: bool,
    /// Write the document to a file.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: &ReviewArguments) -> Result<ExitStatus, Failure> {
    let (audited, prepared, known) = auditing::run_keeping(&arguments.audit, &arguments.policy)?;
    let directory = directory(arguments, &audited);
    let snapshot = Snapshot::of(&audited.report);
    let last = last_accepted(&directory)?;
    let changes = last.as_ref().map(|last| compare(last, &snapshot));
    let online = audited.policy.offline != Some(true);
    let upstream = online.then(|| newer_releases::look(&audited, &prepared, &known)).transpose()?;
    let within = arguments.within.or(audited.policy.warn_days).unwrap_or(WARN_DAYS);
    let text = review_document::markdown(&Review {
        audited: &audited,
        last: last.as_ref(),
        changes: changes.as_ref(),
        expiring: policy::expiring(&audited.policy, audited.today, within),
        within,
        upstream: upstream.as_ref(),
    });
    output::write(text.as_bytes(), arguments.output.as_deref())?;
    if arguments.accept {
        let named_by = if arguments.directory.is_some() { NamedBy::User } else { NamedBy::Tree };
        accept(&directory, named_by, &audited, snapshot, &text)?;
    }
    Ok(status(&audited, changes.as_ref(), upstream.as_ref()))
}

fn directory(arguments: &ReviewArguments, audited: &Audited) -> PathBuf {
    arguments.directory.clone().unwrap_or_else(|| record_directory(&audited.root, &audited.policy))
}

/// Where the record of a tree is kept.
pub fn record_directory(root: &Path, policy: &Policy) -> PathBuf {
    policy.review_directory.clone().unwrap_or_else(|| root.join(DEFAULT_DIRECTORY))
}

fn last_accepted(directory: &Path) -> Result<Option<Snapshot>, Failure> {
    let file = directory.join(RECORD);
    if !file.exists() {
        return Ok(None);
    }
    read_snapshot(&file).map(Some).map_err(|error| Failure::Use(error.to_string()))
}

fn accept(
    directory: &Path,
    named_by: NamedBy,
    audited: &Audited,
    mut snapshot: Snapshot,
    text: &str,
) -> Result<(), Failure> {
    snapshot.created = Some(audited.today.to_string());
    let record = snapshot.to_text().map_err(|error| Failure::Use(error.to_string()))?;
    let document = directory.join(format!("{}.md", audited.today));
    kept::write(text.as_bytes(), &document, &audited.root, named_by)?;
    let accepted = directory.join(RECORD);
    kept::write(record.as_bytes(), &accepted, &audited.root, named_by)?;
    anstream::eprintln!("note: accepted; commit {} and {}", document.display(), accepted.display());
    Ok(())
}

/// A license that changed since the last accepted review, or would with an upgrade, is a warning; the rest is what the
/// audit says.
fn status(audited: &Audited, changes: Option<&Changes>, upstream: Option<&Upstream>) -> ExitStatus {
    let relicensed = changes.is_some_and(|changes| !changes.license_changed.is_empty())
        || upstream.is_some_and(|upstream| !upstream.changes.is_empty());
    if relicensed && audited.policy.fail_level().reaches(Severity::Warning, None) {
        return ExitStatus::Findings;
    }
    audited.status()
}
