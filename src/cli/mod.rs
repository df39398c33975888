//! The command line: one file a command.

mod audit_options;
mod auditing;
mod baseline;
mod batch;
mod cache;
mod check;
mod diff;
mod exit;
mod explain;
mod graph;
mod init;
mod input;
mod kept;
mod license;
mod matrix;
mod newer_releases;
mod notices;
mod output;
mod package_versions;
mod practices;
pub mod reference;
mod relicense;
mod relicense_text;
mod render;
mod review;
mod review_document;
mod revision_input;
mod sbom;
mod schema;
mod shell;
mod stated;

pub use exit::ExitStatus;

use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;

/// May you ship what you built? Audits the license compatibility of a project's whole dependency graph.
#[derive(Debug, Parser)]
#[command(name = "licgraph", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit status: 0 nothing at or above the fail level; 1 findings; 2 wrong use or wrong \
configuration; 3 the audit is incomplete.\nNot legal advice; every answer names its authority so that a person can \
check it."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one value in the life of the process")]
enum Command {
    /// Audit a project: read its dependencies, judge every edge and the whole work.
    Check(check::CheckArguments),
    /// Keep the list of findings that were there before, so that only new ones fail.
    Baseline(baseline::BaselineArguments),
    /// Print completions for a shell.
    Completions(shell::CompletionsArguments),
    /// Show what changed between two reports, SBOMs, revisions or versions of a package.
    Diff(diff::DiffArguments),
    /// Answer one question: may this dependency be part of that work?
    Explain(explain::ExplainArguments),
    /// Write a commented licgraph.toml from what is there.
    Init(init::InitArguments),
    /// Show what is known about a license.
    License(license::LicenseArguments),
    /// Print the manual page, or write one for each command.
    Man(shell::ManArguments),
    /// Print the compatibility matrix, of all licenses or of some.
    Matrix(matrix::MatrixArguments),
    /// Write an SBOM that carries the reasoning, convert one, or enrich one that another tool made.
    Sbom(sbom::SbomArguments),
    /// Write the third-party notices to pass on with the work.
    Notices(notices::NoticesArguments),
    /// Show the dependency tree with licenses and verdicts.
    Tree(graph::TreeArguments),
    /// Show every path by which a package comes in.
    Why(graph::WhyArguments),
    /// Export the dependency graph as DOT, GraphML or Mermaid.
    Graph(graph::GraphArguments),
    /// Check the other recommendations: open-source practices.
    Practices(practices::PracticesArguments),
    /// Show, prune, export or import the cache of license facts.
    Cache(cache::CacheArguments),
    /// Which licenses could the project move to, and what stands in the way?
    Relicense(relicense::RelicenseArguments),
    /// Print a stored report in another form.
    Render(render::RenderArguments),
    /// The periodic review: the audit, what changed since the last one, waivers that end soon.
    Review(review::ReviewArguments),
    /// Print a JSON Schema: of licgraph.toml, of the baseline, of a review's record.
    Schema(schema::SchemaArguments),
}

/// The whole command line, for completions, manual pages and the reference.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the program with these arguments, the first being its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let parsed = match Arguments::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            let status = if error.use_stderr() { ExitStatus::WrongUse } else { ExitStatus::Clean };
            // A closed pipe while printing help is no failure of ours.
            let _ = error.print();
            return status;
        }
    };
    let result = match &parsed.command {
        Command::Check(arguments) => check::run(arguments),
        Command::Baseline(arguments) => baseline::run(arguments),
        Command::Completions(arguments) => shell::completions(arguments, command()),
        Command::Diff(arguments) => diff::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Init(arguments) => init::run(arguments),
        Command::License(arguments) => license::run(arguments),
        Command::Man(arguments) => shell::man(arguments, command()),
        Command::Matrix(arguments) => matrix::run(arguments),
        Command::Sbom(arguments) => sbom::run(arguments),
        Command::Notices(arguments) => notices::run(arguments),
        Command::Tree(arguments) => graph::run_tree(arguments),
        Command::Why(arguments) => graph::run_why(arguments),
        Command::Graph(arguments) => graph::run_graph(arguments),
        Command::Practices(arguments) => practices::run(arguments),
        Command::Cache(arguments) => cache::run(arguments),
        Command::Relicense(arguments) => relicense::run(arguments),
        Command::Render(arguments) => render::run(arguments),
        Command::Review(arguments) => review::run(arguments),
        Command::Schema(arguments) => schema::run(arguments),
    };
    match result {
        Ok(status) => status,
        Err(failure) => {
            anstream::eprintln!("error: {failure}");
            ExitStatus::WrongUse
        }
    }
}
