//! `licgraph init`: a policy to start from, made of what the tree shows.

use super::auditing;
use super::exit::ExitStatus;
use super::input::Failure;
use super::kept::{self, NamedBy};
use super::output;
use crate::audit::AuditReport;
use crate::policy::{FILE_NAME, Policy};
use clap::Args;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Write a commented licgraph.toml from what is there.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  licgraph init\n  licgraph init --stdout\n  licgraph init services/web")]
pub struct InitArguments {
    /// The directory it is for.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Print it instead of writing the file.
    #[arg(long)]
    stdout: bool,
    /// Write over a file that is there.
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub fn run(arguments: &InitArguments) -> Result<ExitStatus, Failure> {
    let here = arguments.path == Path::new(".");
    let file = if here { PathBuf::from(FILE_NAME) } else { arguments.path.join(FILE_NAME) };
    if !arguments.stdout && !arguments.force && file.symlink_metadata().is_ok() {
        return Err(Failure::Use(format!(
            "{} is there already; --force writes over it, --stdout prints a new one",
            file.display()
        )));
    }
    let policy = Policy { offline: Some(true), ..Policy::default() };
    let audited = auditing::run_with(&auditing::plain_options(&arguments.path), policy, None, None)?;
    let text = starter(&audited.report);
    if arguments.stdout {
        output::write(text.as_bytes(), None)?;
    } else {
        kept::write(text.as_bytes(), &file, &arguments.path, NamedBy::Tree)?;
        let next = next_step(&audited.report);
        output::write(format!("Wrote {}. {next}\n", file.display()).as_bytes(), None)?;
    }
    Ok(ExitStatus::Clean)
}

fn next_step(report: &AuditReport) -> String {
    match report.findings.iter().filter(|finding| finding.suppressed.is_none()).count() {
        0 => "Nothing was found; put `licgraph check` into your CI.".to_owned(),
        count => format!(
            "{count} {} today. To let only new ones fail, run `licgraph baseline update` and set \
             `audit.baseline`.",
            if count == 1 { "finding counts" } else { "findings count" }
        ),
    }
}

/// The text of the file.
fn starter(report: &AuditReport) -> String {
    let mut text = String::from(
        "# What this project decided about licenses. Reference: `licgraph schema policy`, and the book's page on\n\
         # licgraph.toml. A key that is not known is an error.\n\n[project]\n",
    );
    project(report, &mut text);
    text.push_str(
        "# How the work reaches people: binary, source, network (users reach it, nothing is conveyed) or internal.\n\
         distribution = \"binary\"\n\n[audit]\n\
         # From which findings on a run fails: never, incompatible, unknown, conditional, note.\n\
         fail-on = \"unknown\"\n\
         # Findings that were there when you started: `licgraph baseline update` writes the file.\n\
         # baseline = \"licgraph-baseline.json\"\n\
         # Paths with projects that are not yours to ship.\n\
         # exclude = [\"examples/**\"]\n\n",
    );
    linkage(report, &mut text);
    rules(report, &mut text);
    text.push_str(
        "# What a package is really under, where its metadata is silent or wrong.\n\
         # [[clarification]]\n# package = \"name-or-purl\"\n# license = \"MIT\"\n# reason = \"LICENSE in its repository\"\n\n\
         # A finding that was accepted. Reason and last day are required; on the day after it counts again.\n\
         # [[waiver]]\n# package = \"name-or-purl\"\n# license = \"GPL-3.0-only\"\n\
         # reason = \"Replaced in the next release\"\n# author = \"who decided\"\n# expires = \"2030-01-31\"\n# ticket = \"LEGAL-1\"\n",
    );
    text
}

fn project(report: &AuditReport, text: &mut String) {
    let licenses: BTreeSet<&str> =
        report.projects.iter().filter_map(|project| project.license.as_deref()).collect();
    let silent = report.projects.iter().filter(|project| project.license.is_none()).count();
    let list = |licenses: &BTreeSet<&str>| licenses.iter().copied().collect::<Vec<_>>().join(", ");
    match (licenses.len(), silent) {
        (0, _) => text.push_str(
            "# No license was found. State yours, or LicenseRef-Proprietary for closed source:\n# license = \"MIT\"\n",
        ),
        (1, 0) => {
            let _ = writeln!(
                text,
                "# The manifests say {}; a license here would be used instead of theirs.\n# license = \"{}\"",
                list(&licenses),
                list(&licenses)
            );
        }
        _ => {
            let _ = writeln!(
                text,
                "# The manifests say {}; {silent} of {} projects say nothing. A license here is used for all.\n\
                 # license = \"{}\"",
                list(&licenses),
                report.projects.len(),
                licenses.iter().next().unwrap_or(&"MIT")
            );
        }
    }
}

fn linkage(report: &AuditReport, text: &mut String) {
    let ecosystems: BTreeSet<&str> =
        report.projects.iter().map(|project| project.ecosystem.as_str()).collect();
    if ecosystems.is_empty() {
        return;
    }
    text.push_str(
        "# How dependencies are joined, where that is not what the ecosystem does: merge, static, dynamic, process,\n\
         # build, dev.\n# [linkage.default]\n",
    );
    for ecosystem in ecosystems {
        let _ = writeln!(text, "# {ecosystem} = \"dynamic\"");
    }
    text.push_str("# [[linkage.package]]\n# package = \"ffmpeg*\"\n# linkage = \"process\"\n\n");
}

fn rules(report: &AuditReport, text: &mut String) {
    let used: BTreeSet<String> = report
        .packages
        .iter()
        .filter(|package| !package.project)
        .filter_map(|package| crate::licenses::parse(&package.license.concluded).ok())
        .flat_map(|expression| expression.terms().iter().map(ToString::to_string).collect::<Vec<_>>())
        .filter(|term| term != "NOASSERTION" && term != "NONE")
        .collect();
    text.push_str(
        "# Whether licenses fit together is judged without any list. Lists are for what you decide beyond that; with\n\
         # `allow` everything else is denied.\n",
    );
    if used.is_empty() {
        text.push_str("# [deny]\n# categories = [\"non-commercial\", \"source-available\"]\n\n");
        return;
    }
    let _ = writeln!(text, "# In use today: {}.", used.into_iter().collect::<Vec<_>>().join(", "));
    text.push_str("# [deny]\n# categories = [\"non-commercial\", \"source-available\"]\n# [review]\n# osi = [\"no\", \"silent\"]\n\n");
}
