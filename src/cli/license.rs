//! `licgraph license ID`: what is known about a license or an exception.

use super::exit::ExitStatus;
use super::input::{Failure, expression};
use super::output;
use super::stated::StatedTerms;
use crate::compatibility::Law;
use crate::licenses::{ExceptionRecord, GplAnswer, Judged, Later, LicenseRecord, catalogue};
use crate::model::{ExceptionName, LicenseName};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::fmt::Write;

/// Show what is known about a license.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph license MPL-2.0\n  licgraph license Classpath-exception-2.0 --format json"
)]
pub struct LicenseArguments {
    /// SPDX id of a license or an exception, or a LicenseRef- of licgraph.toml; upper and lower case count as the
    /// same.
    #[arg(value_name = "ID")]
    id: String,
    /// How to print it.
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

/// Runs the command.
pub fn run(arguments: &LicenseArguments) -> Result<ExitStatus, Failure> {
    if let Some(id) = catalogue::find_exception(&arguments.id) {
        return show(arguments.format, &exception_facts(catalogue::exception_record(id)));
    }
    let parsed = expression(&arguments.id)?;
    for term in parsed.terms() {
        match &term.license {
            LicenseName::Known(id) => show(arguments.format, &license_facts(catalogue::record(*id)))?,
            LicenseName::Custom(name) => show(arguments.format, &stated_facts(&arguments.stated, name)?)?,
            other => return Err(Failure::Use(format!("`{other}` is no license"))),
        };
        if let Some(ExceptionName::Known(id)) = &term.exception {
            show(arguments.format, &exception_facts(catalogue::exception_record(*id)))?;
        }
    }
    Ok(ExitStatus::Clean)
}

fn show(format: Format, facts: &Value) -> Result<ExitStatus, Failure> {
    let text = match format {
        Format::Json => format!("{facts:#}\n"),
        Format::Text => sentences(facts),
    };
    output::write(text.as_bytes(), None)?;
    Ok(ExitStatus::Clean)
}

fn license_facts(record: &LicenseRecord) -> Value {
    let converts: Vec<Value> = record
        .converts
        .iter()
        .map(|conversion| {
            let targets: Vec<&str> =
                conversion.to.iter().map(|index| catalogue::licenses()[usize::from(*index)].id).collect();
            json!({ "to": targets, "clause": conversion.clause, "whole": conversion.whole })
        })
        .collect();
    json!({
        "id": record.id,
        "name": record.name,
        "deprecated": record.deprecated,
        "category": record.category.name(),
        "subject": record.subject.name(),
        "copyleft_scope": record.scope.name(),
        "network": record.network,
        "into_gpl_2": gpl(record.gpl2),
        "into_gpl_3": gpl(record.gpl3),
        "gpl_authority": record.gpl_authority,
        "restrictions": record.restrictions,
        "forbids": record.use_limits.iter().map(|limit| limit.forbids()).collect::<Vec<_>>(),
        "family": record.family,
        "later_versions": later(record),
        "converts": converts,
        "obligations": record.obligations.iter().map(|kind| kind.duty()).collect::<Vec<_>>(),
        "osi_approved": record.osi.name(),
        "fsf_free": record.fsf.name(),
        "authority": record.authority,
        "note": record.note,
        "judged_by": judged(record.judged),
    })
}

/// What licgraph.toml states of a license of the user's own.
fn stated_facts(stated: &StatedTerms, name: &str) -> Result<Value, Failure> {
    let licenses = stated.licenses()?;
    let is_stated = licenses.iter().any(|license| license.id.eq_ignore_ascii_case(name));
    let law = Law::with_custom(licenses).map_err(|error| Failure::Use(error.to_string()))?;
    let Some(terms) = law.terms_of(&LicenseName::Custom(name.into())) else {
        return Err(Failure::Use(format!(
            "`{name}` is not on the SPDX list, and no licgraph.toml states its terms; add them under [[license]]"
        )));
    };
    let mut facts = license_facts(law.record(terms));
    facts["id"] = json!(law.id(terms));
    if is_stated {
        facts["judged_by"] = json!("what licgraph.toml states");
    }
    Ok(facts)
}

fn exception_facts(record: &ExceptionRecord) -> Value {
    json!({
        "id": record.id,
        "name": record.name,
        "deprecated": record.deprecated,
        "effect": record.effect.name(),
        "linkage": record.linkage.iter().map(|linkage| linkage.name()).collect::<Vec<_>>(),
        "adds_a_restriction": record.restricts,
        "clause": record.clause,
        "note": record.note,
        "judged_by": judged(record.judged),
    })
}

fn gpl(answer: GplAnswer) -> &'static str {
    match answer {
        GplAnswer::Yes => "yes",
        GplAnswer::No => "no",
        GplAnswer::Conditional => "conditional",
        GplAnswer::Unknown => "unknown",
    }
}

fn later(record: &LicenseRecord) -> String {
    match record.later {
        Later::Never => "none".to_owned(),
        Later::Named => {
            let clause = record.later_clause.map(|clause| format!(", by {clause}")).unwrap_or_default();
            format!("only where -or-later or + says so{clause}")
        }
        Later::BuiltIn => format!("every recipient, by {}", record.later_clause.unwrap_or("its text")),
    }
}

fn judged(judged: Judged) -> &'static str {
    match judged {
        Judged::Text => "reading its text",
        Judged::Class => "its class",
    }
}

/// The facts as `name: value` lines; what is empty is left out.
fn sentences(facts: &Value) -> String {
    let mut text = String::new();
    let Some(object) = facts.as_object() else { return text };
    for (name, value) in object {
        let shown = plain(value);
        if !shown.is_empty() {
            let _ = writeln!(text, "{:<20}{shown}", format!("{}:", name.replace('_', " ")));
        }
    }
    text
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name} {}", plain(value)))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Number(number) => number.to_string(),
    }
}
