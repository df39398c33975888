//! `licgraph explain`: one question, or a table of them.

use super::batch;
use super::exit::ExitStatus;
use super::input::{Failure, expression};
use super::output;
use super::stated::StatedTerms;
use crate::compatibility::{
    Explanation, InboundExpression, Law, OutboundExpression, Situation, explain, explain_together,
};
use crate::model::{Distribution, Linkage};
use clap::{Args, ValueEnum};

/// What separates dependencies that are judged together.
pub(super) const TOGETHER: &str = " ; ";

/// A question about licenses.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph explain GPL-3.0-only --for MIT\n  licgraph explain 'LGPL-2.1-or-later' \
--for Apache-2.0 --linkage static\n  licgraph explain 'GPL-2.0-only ; Apache-2.0' --for GPL-2.0-or-later\n  \
licgraph explain --batch < questions.csv"
)]
pub struct ExplainArguments {
    /// The dependency's license expression; several separated by ` ; ` are judged together.
    #[arg(value_name = "DEP-EXPR", required_unless_present = "batch")]
    pub(super) inbound: Option<String>,
    /// The project's license expression.
    #[arg(long = "for", value_name = "PROJECT-EXPR", required_unless_present = "batch")]
    pub(super) outbound: Option<String>,
    /// How the dependency is joined: merge, static, dynamic, process, build or dev.
    #[arg(long, default_value = "static", value_parser = parse_linkage)]
    pub(super) linkage: Linkage,
    /// How the work reaches people: binary, source, network or internal.
    #[arg(long, default_value = "binary", value_parser = parse_distribution)]
    pub(super) distribution: Distribution,
    /// Read questions as CSV from standard input; a header names any of outbound,inbound,linkage,distribution.
    #[arg(long)]
    batch: bool,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    stated: StatedTerms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub fn parse_linkage(word: &str) -> Result<Linkage, String> {
    word.parse().map_err(|error: crate::model::UnknownWord| error.to_string())
}

pub fn parse_distribution(word: &str) -> Result<Distribution, String> {
    word.parse().map_err(|error: crate::model::UnknownWord| {
        format!(
            "{error} (binary: programs, images and apps handed out; source: the project's own source only; \
             network: reached as a service; internal: used inside one organisation)"
        )
    })
}

/// Runs the command. Exit status 1 where the answer is `incompatible` or `unknown`.
pub fn run(arguments: &ExplainArguments) -> Result<ExitStatus, Failure> {
    let law = arguments.stated.law()?;
    if arguments.batch {
        return batch::run(&law, arguments);
    }
    let inbound = arguments.inbound.as_deref().unwrap_or_default();
    let outbound = arguments.outbound.as_deref().unwrap_or_default();
    let situation = Situation::new(arguments.linkage, arguments.distribution);
    let answer = answer(&law, inbound, outbound, situation)?;
    let text = match arguments.format {
        Format::Json => json(&answer)?,
        Format::Text => sentences(&answer),
    };
    output::write(text.as_bytes(), None)?;
    Ok(if answer.verdict.is_allowed() { ExitStatus::Clean } else { ExitStatus::Findings })
}

fn answer(law: &Law, inbound: &str, outbound: &str, situation: Situation) -> Result<Explanation, Failure> {
    let project = OutboundExpression::new(law, &expression(outbound)?);
    let mut parts = Vec::new();
    for text in inbound.split(TOGETHER) {
        let parsed = expression(text)?;
        parts.push((InboundExpression::new(law, &parsed), parsed.to_string()));
    }
    Ok(match parts.as_slice() {
        [(one, text)] => explain(law, one, text, &project, situation),
        several => explain_together(law, several, &project, situation),
    })
}

fn json(answer: &Explanation) -> Result<String, Failure> {
    serde_json::to_string_pretty(answer)
        .map(|text| text + "\n")
        .map_err(|error| Failure::Use(format!("the answer cannot be written as JSON: {error}")))
}

fn sentences(answer: &Explanation) -> String {
    let mut lines = vec![
        format!("{}: {} in a project under {}", answer.verdict, answer.inbound, answer.outbound),
        format!("  linkage {}, distribution {}", answer.linkage, answer.distribution),
        format!("  {}", answer.reason),
    ];
    if let Some(effective) = &answer.effective_outbound.0 {
        lines.push(format!("  effective outbound: {effective}"));
    }
    if answer.chosen != answer.inbound {
        lines.push(format!("  taken of the choice: {}", answer.chosen));
    }
    lines.extend(answer.conditions.iter().map(|condition| format!("  condition: {condition}")));
    lines.extend(answer.obligations.iter().map(|duty| format!("  obligation: {duty}")));
    lines.push(format!("  authority: {} ({})", authorities(answer), answer.basis.name()));
    lines.extend(answer.remedies.iter().map(|remedy| format!("  way out: {}", remedy.step)));
    lines.push(String::new());
    lines.join("\n")
}

fn authorities(answer: &Explanation) -> String {
    if answer.authority.is_empty() { "the license's class".to_owned() } else { answer.authority.join("; ") }
}
