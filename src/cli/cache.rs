//! `licgraph cache`: the facts that registries gave.

use super::exit::ExitStatus;
use super::input::Failure;
use super::output;
use crate::model::UserEnvironment;
use crate::registry::cache::Cache;
use crate::registry::exchange::{export, import};
use clap::{Args, Subcommand};
use std::fmt::Write;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Show, prune, export or import the cache of license facts.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph cache show\n  licgraph cache prune --days 90\n\nAn air-gapped machine: `licgraph cache export facts.tar` where there is a network, `licgraph \
cache import facts.tar` where there is none."
)]
pub struct CacheArguments {
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Debug, Subcommand)]
enum CacheCommand {
    /// Where it lies and what it holds.
    Show,
    /// Remove broken entries and, with --days, those not read for so long.
    Prune {
        /// Remove what was not read for so many days.
        #[arg(long)]
        days: Option<u32>,
    },
    /// Write every entry to a tar file.
    Export {
        /// The file.
        file: PathBuf,
    },
    /// Take over the entries of a tar file.
    Import {
        /// The file.
        file: PathBuf,
    },
}

/// Runs the command.
pub fn run(arguments: &CacheArguments) -> Result<ExitStatus, Failure> {
    let cache = Cache::of_user(&UserEnvironment::of_process()).ok_or_else(|| {
        Failure::Use(
            "there is no home directory to keep a cache in; set LICGRAPH_CACHE to a directory".to_owned(),
        )
    })?;
    let text = match &arguments.command {
        CacheCommand::Show => show(&cache),
        CacheCommand::Prune { days } => prune(&cache, *days)?,
        CacheCommand::Export { file } => {
            let opened = File::create(file).map_err(failure("write", file))?;
            format!(
                "{} entries written to {}\n",
                export(&cache, opened).map_err(failure("write", file))?,
                file.display()
            )
        }
        CacheCommand::Import { file } => {
            let opened = File::open(file).map_err(failure("read", file))?;
            let imported = import(&cache, opened).map_err(failure("read", file))?;
            format!("{} entries added, {} known before\n", imported.added, imported.known)
        }
    };
    output::write(text.as_bytes(), None)?;
    Ok(ExitStatus::Clean)
}

fn show(cache: &Cache) -> String {
    let summary = cache.show();
    let mut text = format!("{}\n", cache.directory().display());
    for (ecosystem, count) in &summary.entries {
        let _ = writeln!(text, "  {:<8}{count:>8} entries", ecosystem.name());
    }
    let _ = writeln!(text, "  {} bytes, {} broken files", summary.bytes, summary.broken);
    text
}

fn prune(cache: &Cache, days: Option<u32>) -> Result<String, Failure> {
    let age = days.map(|days| Duration::from_secs(u64::from(days) * 24 * 60 * 60));
    let directory = cache.directory().to_owned();
    let pruned = cache.prune(age, SystemTime::now()).map_err(failure("write", &directory))?;
    Ok(format!("{} files removed, {} bytes\n", pruned.files, pruned.bytes))
}

fn failure(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Failure + use<> {
    let path = path.display().to_string();
    move |source| Failure::File { action, path, source }
}
