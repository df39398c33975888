//! The pages of the book that are made from the code, so that they cannot say anything else.

use super::exit::ExitStatus;
use crate::licenses::catalogue;
use crate::model::{
    Basis, Consequence, Distribution, Linkage, ObligationKind, PracticeState, RemedyKind, RuleId, Scope,
    Severity, Verdict,
};
use crate::policy::{self, FailLevel, VARIABLES};
use clap::{Arg, Command};
use serde::Serialize;
use std::fmt::Write;

/// The whole command line.
pub fn command() -> Command {
    super::command()
}

const MADE: &str =
    "<!-- Made from the code by a test; run it with LICGRAPH_UPDATE=1 to write it anew. -->\n\n";

/// Every page: its path below `docs/src`, and its text.
pub fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("reference/commands.md", commands()),
        ("reference/policy.md", policy_keys()),
        ("reference/environment.md", environment()),
        ("reference/exit-codes.md", exit_codes()),
        ("reference/rules.md", rules()),
        ("reference/words.md", words()),
    ]
}

fn commands() -> String {
    let mut text = format!("# Commands\n\n{MADE}");
    let mut command = super::command();
    command.build();
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        describe(sub, "licgraph", 2, &mut text);
    }
    text
}

fn describe(command: &Command, parent: &str, level: usize, text: &mut String) {
    let name = format!("{parent} {}", command.get_name());
    let _ = writeln!(text, "{} `{name}`\n", "#".repeat(level));
    if let Some(about) = command.get_long_about().or(command.get_about()) {
        let _ = writeln!(text, "{about}\n");
    }
    let arguments: Vec<&Arg> = command
        .get_arguments()
        .filter(|argument| !matches!(argument.get_id().as_str(), "help" | "version"))
        .filter(|argument| !argument.is_hide_set())
        .collect();
    if !arguments.is_empty() {
        text.push_str("| Argument | Meaning |\n| --- | --- |\n");
        for argument in arguments {
            let _ = writeln!(text, "| {} | {} |", signature(argument), meaning(argument));
        }
        text.push('\n');
    }
    if let Some(more) = command.get_after_help() {
        let _ = writeln!(text, "```text\n{}\n```\n", more.to_string().trim_end());
    }
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        describe(sub, &name, level + 1, text);
    }
}

fn signature(argument: &Arg) -> String {
    let takes_value = argument.get_action().takes_values();
    let value = argument
        .get_value_names()
        .filter(|_| takes_value)
        .map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        .unwrap_or_default();
    let mut parts = Vec::new();
    if let Some(short) = argument.get_short() {
        parts.push(format!("`-{short}`"));
    }
    match argument.get_long() {
        Some(long) if value.is_empty() => parts.push(format!("`--{long}`")),
        Some(long) => parts.push(format!("`--{long} {value}`")),
        None if argument.get_short().is_none() => parts.push(format!("`{value}`")),
        None => {}
    }
    parts.join(", ")
}

fn meaning(argument: &Arg) -> String {
    let mut text = argument
        .get_long_help()
        .or(argument.get_help())
        .map(|help| help.to_string().replace('\n', " "))
        .unwrap_or_default();
    if !text.is_empty() && !text.ends_with(['.', ']', '!', '?']) {
        text.push('.');
    }
    let possible: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|_| argument.get_action().takes_values())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !possible.is_empty() {
        let _ = write!(text, " One of {}.", possible.join(", "));
    }
    let defaults: Vec<String> = argument
        .get_default_values()
        .iter()
        .filter(|_| argument.get_action().takes_values())
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    if !defaults.is_empty() {
        let _ = write!(text, " Default {}.", defaults.join(", "));
    }
    text.replace('|', "\\|")
}

fn policy_keys() -> String {
    let mut text = format!(
        "# licgraph.toml\n\n{MADE}Every key of the policy. A key that is not known is an error, with its line and the \
         nearest known one. `licgraph schema policy` prints the JSON Schema for editors; `licgraph init` writes a \
         file to start from. `[]` marks a table that can be repeated (`[[waiver]]`).\n\n| Key | Value | Meaning |\n\
         | --- | --- | --- |\n"
    );
    for key in policy::keys() {
        let required = if key.required { ", required" } else { "" };
        let _ = writeln!(
            text,
            "| `{}` | {}{required} | {} |",
            key.name,
            key.kind,
            key.description.replace('|', "\\|")
        );
    }
    text
}

fn environment() -> String {
    let mut text = format!(
        "# Environment\n\n{MADE}A flag wins over a variable, a variable over the project's licgraph.toml, that over \
         the file it extends.\n\n| Variable | Meaning |\n| --- | --- |\n"
    );
    for (name, meaning) in VARIABLES {
        let _ = writeln!(text, "| `{name}` | {meaning} |");
    }
    text
}

fn exit_codes() -> String {
    let mut text = format!("# Exit codes\n\n{MADE}| Code | Meaning |\n| --- | --- |\n");
    for status in ExitStatus::ALL {
        let _ = writeln!(text, "| {} | {} |", status.code(), status.description());
    }
    text.push_str(
        "\nThe fail level decides which findings give 1. A finding that a waiver or the baseline covers never \
         does.\n\n| Fail level | What fails |\n| --- | --- |\n",
    );
    for level in FailLevel::ALL {
        let default = if level == FailLevel::default() { " (default)" } else { "" };
        let _ = writeln!(text, "| `{level}`{default} | {} |", level.description());
    }
    text
}

fn rules() -> String {
    let mut text = format!(
        "# Rules\n\n{MADE}The rules a finding can come from, most serious first. Their names are part of the report \
         format.\n\n| Rule | Meaning |\n| --- | --- |\n"
    );
    for rule in RuleId::ALL {
        let _ = writeln!(text, "| `{rule}` | {} |", rule.description());
    }
    text
}

fn words() -> String {
    let mut text = format!("# Words in reports and settings\n\n{MADE}");
    let mut list = |title: &str, meaning: &str, words: Vec<String>| {
        let _ = writeln!(text, "**{title}**: {meaning} {}.\n", words.join(", "));
    };
    let verdicts = [Verdict::Compatible, Verdict::Conditional, Verdict::Unknown, Verdict::Incompatible];
    list("Verdict", "may this dependency be part of this work, best first:", coded(verdicts));
    list(
        "Basis",
        "what a verdict rests on, strongest first:",
        coded([Basis::PairRule, Basis::Clause, Basis::Class]),
    );
    list("Linkage", "how a dependency is joined, strongest first:", coded(Linkage::ALL));
    list("Distribution", "how the work reaches people:", coded(Distribution::ALL));
    list(
        "Scope",
        "why a package depends on another:",
        coded([Scope::Runtime, Scope::Optional, Scope::Peer, Scope::Build, Scope::Dev]),
    );
    list("Severity", "most serious first:", coded([Severity::Error, Severity::Warning, Severity::Note]));
    list(
        "Consequence",
        "what it does to the audit that something could not be read:",
        coded([Consequence::Incomplete, Consequence::FactMissing, Consequence::Note]),
    );
    list(
        "Remedy",
        "kinds of steps, easiest first:",
        coded([
            RemedyKind::Fetch,
            RemedyKind::OtherArm,
            RemedyKind::MeetCondition,
            RemedyKind::NarrowOutbound,
            RemedyKind::OtherVersion,
            RemedyKind::Replace,
            RemedyKind::ChangeLinkage,
            RemedyKind::Relicense,
            RemedyKind::AskUpstream,
            RemedyKind::Clarify,
        ]),
    );
    list(
        "State of a practice",
        "what was found about one of the other recommendations:",
        coded([
            PracticeState::Pass,
            PracticeState::Fail,
            PracticeState::Review,
            PracticeState::Unknown,
            PracticeState::NotApplicable,
            PracticeState::Waived,
        ]),
    );
    let popular: Vec<String> = catalogue::popular().map(|id| format!("`{}`", id.name())).collect();
    list("Popular licenses", "those a report tries as the license of the whole:", popular);
    text.push_str("## Obligations\n\n| Word | What to do |\n| --- | --- |\n");
    for kind in ObligationKind::ALL {
        let _ = writeln!(text, "| `{}` | {} |", kind.name(), kind.duty());
    }
    text
}

/// Words as the report writes them.
fn coded<T: Serialize>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values
        .into_iter()
        .filter_map(|value| serde_json::to_value(value).ok())
        .filter_map(|value| value.as_str().map(|word| format!("`{word}`")))
        .collect()
}
