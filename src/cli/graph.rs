//! `licgraph tree`, `why` and `graph`: the dependency graph for people and for other programs.

use super::audit_options::AuditOptions;
use super::auditing::{self, PolicyOptions};
use super::exit::ExitStatus;
use super::input::Failure;
use super::output::{self, ColorChoice};
use crate::report::RenderOptions;
use crate::report::graph::{self, TreeView};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Show the dependency tree with licenses and verdicts.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph tree\n  licgraph tree --by-license\n  licgraph tree --invert serde_json"
)]
pub struct TreeArguments {
    #[command(flatten)]
    audit: AuditOptions,
    #[command(flatten)]
    policy: PolicyOptions,
    /// Levels below the project.
    #[arg(long)]
    depth: Option<usize>,
    /// From one package up to the projects.
    #[arg(long, value_name = "PACKAGE", conflicts_with_all = ["by_license", "duplicates", "depth"])]
    invert: Option<String>,
    /// The packages under each license.
    #[arg(long, conflicts_with = "duplicates")]
    by_license: bool,
    /// Packages that are there in several versions.
    #[arg(long)]
    duplicates: bool,
    /// When to use colour.
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
}

/// Show every path by which a package comes in, with the verdict of every edge along it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  licgraph why serde_json")]
pub struct WhyArguments {
    /// A purl, a name, `name version` or `name@version`.
    package: String,
    #[command(flatten)]
    audit: AuditOptions,
    #[command(flatten)]
    policy: PolicyOptions,
    /// The most paths to show.
    #[arg(long, default_value_t = 10)]
    paths: usize,
    /// When to use colour.
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
}

/// Export the dependency graph.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  licgraph graph --output graph.dot\n  licgraph graph --format mermaid")]
pub struct GraphArguments {
    #[command(flatten)]
    audit: AuditOptions,
    #[command(flatten)]
    policy: PolicyOptions,
    /// The language to write.
    #[arg(long, value_enum, default_value_t = GraphFormat::Dot)]
    format: GraphFormat,
    /// Write to a file.
    #[arg(long, short)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum GraphFormat {
    Dot,
    Graphml,
    Mermaid,
}

/// Runs `licgraph tree`.
pub fn run_tree(arguments: &TreeArguments) -> Result<ExitStatus, Failure> {
    let audited = auditing::run(&arguments.audit, &arguments.policy)?;
    let view = if let Some(package) = &arguments.invert {
        TreeView::Inverted { package: package.clone() }
    } else if arguments.by_license {
        TreeView::ByLicense
    } else if arguments.duplicates {
        TreeView::Duplicates
    } else {
        TreeView::Whole { depth: arguments.depth }
    };
    let text = graph::tree(&audited.report, &view, &options(arguments.color))
        .map_err(|error| Failure::Use(error.to_string()))?;
    output::write(text.as_bytes(), None)?;
    Ok(audited.reading_status())
}

/// Runs `licgraph why`.
pub fn run_why(arguments: &WhyArguments) -> Result<ExitStatus, Failure> {
    let audited = auditing::run(&arguments.audit, &arguments.policy)?;
    let text = graph::why(&audited.report, &arguments.package, arguments.paths, &options(arguments.color))
        .map_err(|error| Failure::Use(error.to_string()))?;
    output::write(text.as_bytes(), None)?;
    Ok(audited.reading_status())
}

/// Runs `licgraph graph`.
pub fn run_graph(arguments: &GraphArguments) -> Result<ExitStatus, Failure> {
    let audited = auditing::run(&arguments.audit, &arguments.policy)?;
    let text = match arguments.format {
        GraphFormat::Dot => graph::dot(&audited.report),
        GraphFormat::Graphml => graph::graphml(&audited.report),
        GraphFormat::Mermaid => graph::mermaid(&audited.report),
    };
    let text = text.map_err(|error| Failure::Use(error.to_string()))?;
    output::write(text.as_bytes(), arguments.output.as_deref())?;
    Ok(audited.reading_status())
}

fn options(color: ColorChoice) -> RenderOptions {
    RenderOptions {
        color: color.is_on(None),
        unicode: output::takes_unicode(None),
        width: output::width(None),
        ..RenderOptions::default()
    }
}
