//! Where results go: a file or standard output, with or without colour.

use super::input::Failure;
use clap::ValueEnum;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Whether to colour what goes to the file, or without one to standard output.
    pub fn is_on(self, file: Option<&Path>) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let quiet = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
                    || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                file.is_none() && !quiet && io::stdout().is_terminal()
            }
        }
    }
}

/// Writes a whole result to a file, or to standard output where a closed pipe counts as success.
pub fn write(bytes: &[u8], file: Option<&Path>) -> Result<(), Failure> {
    match file {
        Some(path) => write_file(path, bytes),
        None => write_stream(&mut io::stdout().lock(), bytes),
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|source| Failure::File {
        action: "write",
        path: path.display().to_string(),
        source,
    })
}

/// Writes to a stream; a reader that went away is no failure.
fn write_stream(stream: &mut dyn Write, bytes: &[u8]) -> Result<(), Failure> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::File { action: "write", path: "standard output".to_owned(), source: error })
        }
        _ => Ok(()),
    }
}

/// Whether the result goes to a terminal: only there may it depend on the terminal and the clock.
pub fn is_read_by_a_person(file: Option<&Path>) -> bool {
    file.is_none() && io::stdout().is_terminal()
}

/// The width to lay out for, in the file or on standard output: what `COLUMNS` states, else the terminal's, else 100.
pub fn width(file: Option<&Path>) -> usize {
    let stated = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let terminal = || is_read_by_a_person(file).then(|| comfy_table::Table::new().width()).flatten();
    stated.unwrap_or_else(|| terminal().map_or(100, usize::from)).max(40)
}

/// Whether the terminal takes more than ASCII, by the locale; a file or pipe always does.
pub fn takes_unicode(file: Option<&Path>) -> bool {
    if !is_read_by_a_person(file) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default();
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !dumb && locale.to_ascii_lowercase().replace('-', "").contains("utf8")
}
