//! [`AuditReport`] in, bytes out: one file a format.
//!
//! A format adds no fact and computes no verdict. Text that came from outside (names, licenses, messages) passes
//! [`sanitise`] once, before any format sees it, so no format can forget to; JSON keeps the text as it is and
//! escapes what could hurt a reader.

mod csv;
mod forge;
pub mod graph;
mod html;
mod json;
mod junit;
mod layout;
mod libraries;
mod markdown;
pub mod notices;
pub mod sanitise;
mod sarif;
pub mod sbom;
mod terminal;
mod under;
mod view;
mod words;

pub use forge::{Forge, render_for};
pub use json::json_schema;
pub use under::{NotInside, place_under};

use crate::audit::AuditReport;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How an audit can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For people, in a terminal or a log.
    Terminal,
    /// Everything, for programs; its schema is [`json_schema`].
    Json,
    /// SARIF 2.1.0 for code scanning.
    Sarif,
    /// JUnit XML for test reports.
    Junit,
    /// Short Markdown for a pull-request comment or a job summary.
    Markdown,
    /// A table of the packages.
    Csv,
    /// One page that opens offline.
    Html,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::Terminal, Self::Json, Self::Sarif, Self::Junit, Self::Markdown, Self::Csv, Self::Html];

    /// The word used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A word that names no format.
#[derive(Debug, thiserror::Error)]
#[error("unknown format `{word}`; use one of {}", Format::ALL.map(Format::name).join(", "))]
pub struct UnknownFormat {
    word: String,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == word)
            .ok_or_else(|| UnknownFormat { word: word.to_owned() })
    }
}

/// What the reader of a report can take, and what only the caller knows.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    /// Whether the terminal takes colour.
    pub color: bool,
    /// Whether the terminal takes more than ASCII in drawings.
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// How long the audit took, for a terminal; none elsewhere, so that every run gives the same bytes.
    pub elapsed: Option<Duration>,
    /// Whether to unfold what is folded.
    pub verbose: bool,
    /// Texts of manifests and lock files by their path in [`crate::model::SourceSpan::file`], to underline the
    /// place of a finding. A file that is missing here is named without its line.
    pub sources: BTreeMap<String, String>,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            color: false,
            unicode: true,
            width: 80,
            elapsed: None,
            verbose: false,
            sources: BTreeMap::new(),
        }
    }
}

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A value does not fit its format.
    #[error("failed to write the report as JSON")]
    Json(#[from] serde_json::Error),
    /// A row was refused.
    #[error("failed to write the report as CSV")]
    Csv(#[from] ::csv::Error),
    /// The page's template failed.
    #[error("failed to fill in the template of the HTML report")]
    Template(#[from] minijinja::Error),
    /// Writing to memory failed.
    #[error("failed to write the report")]
    Write(#[from] std::io::Error),
}

/// Writes a report.
///
/// # Errors
/// When a value cannot be expressed in the format; never because of what a name or license contains.
pub fn render(report: &AuditReport, format: Format, options: &RenderOptions) -> Result<Vec<u8>, RenderError> {
    if format == Format::Json {
        return json::render(report);
    }
    let report = &sanitise::inert(report)?;
    match format {
        Format::Json => json::render(report),
        Format::Terminal => Ok(terminal::render(report, options).into_bytes()),
        Format::Sarif => sarif::render(report),
        Format::Junit => junit::render(report),
        Format::Markdown => Ok(markdown::render(report).into_bytes()),
        Format::Csv => csv::render(report),
        Format::Html => html::render(report).map(String::into_bytes),
    }
}
