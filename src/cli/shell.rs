//! `licgraph completions` and `licgraph man`: what a shell and a manual want to know.

use super::exit::ExitStatus;
use super::input::Failure;
use super::output;
use clap::{Args, Command};
use clap_complete::Shell;
use std::path::PathBuf;

/// Print completions for a shell.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph completions bash > ~/.local/share/bash-completion/completions/licgraph\n  \
licgraph completions zsh > ~/.zfunc/_licgraph"
)]
pub struct CompletionsArguments {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Print or write the manual pages.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  licgraph man | man -l -\n  licgraph man --output-directory man/man1")]
pub struct ManArguments {
    /// Write one page for each command here, instead of printing the main one.
    #[arg(long, value_name = "DIR")]
    output_directory: Option<PathBuf>,
}

/// Runs `completions`.
pub fn completions(arguments: &CompletionsArguments, mut command: Command) -> Result<ExitStatus, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "licgraph", &mut text);
    output::write(&text, None)?;
    Ok(ExitStatus::Clean)
}

/// Runs `man`.
pub fn man(arguments: &ManArguments, mut command: Command) -> Result<ExitStatus, Failure> {
    command.build();
    let Some(directory) = &arguments.output_directory else {
        output::write(&page(&command)?, None)?;
        return Ok(ExitStatus::Clean);
    };
    std::fs::create_dir_all(directory).map_err(|source| Failure::File {
        action: "write",
        path: directory.display().to_string(),
        source,
    })?;
    output::write(&page(&command)?, Some(&directory.join("licgraph.1")))?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
        let name = format!("licgraph-{}.1", sub.get_name());
        output::write(&page(sub)?, Some(&directory.join(name)))?;
    }
    Ok(ExitStatus::Clean)
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text).map_err(|source| Failure::File {
        action: "write",
        path: "the manual page".to_owned(),
        source,
    })?;
    Ok(text)
}
