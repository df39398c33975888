//! SARIF 2.1.0 (OASIS, errata 01), within what code-scanning services take.
//!
//! A finding is a result with its place in the manifest or lock file, its dependency path as related locations,
//! and its fingerprint. What was waived is there, as suppressed. What could not be read is a notification.

mod model;
mod place;
mod rules;

pub(super) use place::span_of;

use super::sanitise::shorten;
use super::{RenderError, json, view, words};
use crate::audit::AuditReport;
use crate::model::{Consequence, Finding, PracticeResult, PracticeState, Problem, RuleId, Severity};
use flate2::Compression;
use flate2::write::GzEncoder;
use model::{
    BaseId, Driver, Invocation, Location, Log, Notification, Rule, Run, SarifResult, Suppression, Text, Tool,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The address that the manifest states; empty where it states none.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
/// Characters of a message.
const MESSAGE_LIMIT: usize = 2_000;

/// What the largest consumer takes of one run.
struct Limits {
    results: usize,
    compressed_bytes: usize,
}

const LIMITS: Limits = Limits { results: 25_000, compressed_bytes: 10_000_000 };

/// The log with one run.
pub(super) fn render(report: &AuditReport) -> Result<Vec<u8>, RenderError> {
    render_within(report, &LIMITS)
}

/// Results come most serious first, so what is cut is the least serious; a notification says how much it was.
fn render_within(report: &AuditReport, limits: &Limits) -> Result<Vec<u8>, RenderError> {
    let mut keep = limits.results;
    loop {
        let text = json::pretty(&log(report, keep))?;
        if compressed_size(&text)? <= limits.compressed_bytes || keep == 0 {
            return Ok(text.into_bytes());
        }
        let possible = report.findings.len() + report.practices.len();
        keep = keep.min(possible) / 2;
    }
}

fn compressed_size(text: &str) -> Result<usize, RenderError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?.len())
}

fn log(report: &AuditReport, keep: usize) -> Log {
    let practices: Vec<_> = report.practices.iter().filter(|practice| is_result(practice)).collect();
    let rules = rules_in_use(report, &practices);
    let mut results: Vec<_> =
        report.findings.iter().map(|finding| finding_result(report, finding, &rules)).collect();
    results.extend(practices.iter().map(|practice| practice_result(report, practice, &rules)));
    results.sort_by_key(|result| (!result.suppressions.is_empty(), level_rank(result.level)));
    let mut notifications: Vec<_> = report.problems.iter().map(notification).collect();
    if results.len() > keep {
        let cut = results.len() - keep;
        results.truncate(keep);
        notifications.push(Notification {
            level: "error",
            message: Text {
                text: format!(
                    "{} left out of this file, the least serious ones, to stay within what code-scanning \
                     services take. The other formats have them all.",
                    words::plural(cut, "result")
                ),
            },
            locations: Vec::new(),
        });
    }
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: vec![Run {
            tool: Tool { driver: driver(report, rules) },
            invocations: vec![Invocation {
                execution_successful: !view::is_incomplete(report),
                tool_execution_notifications: notifications,
            }],
            original_uri_base_ids: BTreeMap::from([(
                place::BASE,
                BaseId { description: Text { text: "The directory that was audited.".to_owned() } },
            )]),
            column_kind: "unicodeCodePoints",
            results,
        }],
    }
}

fn driver(report: &AuditReport, rules: Vec<Rule>) -> Driver {
    let version = report.tool.version.clone();
    Driver {
        name: report.tool.name.clone(),
        semantic_version: semver::Version::parse(&version).is_ok().then(|| version.clone()),
        version,
        information_uri: Some(REPOSITORY).filter(|address| !address.is_empty()),
        rules,
    }
}

fn level_rank(level: &str) -> u8 {
    match level {
        "error" => 0,
        "warning" => 1,
        "note" => 2,
        _ => 3,
    }
}

fn rules_in_use(report: &AuditReport, practices: &[&PracticeResult]) -> Vec<Rule> {
    let used = |rule: &RuleId| report.findings.iter().any(|finding| finding.rule == *rule);
    let mut found: Vec<Rule> = RuleId::ALL.into_iter().filter(used).map(rules::of_rule).collect();
    for practice in practices {
        if !found.iter().any(|rule| rule.id == practice.id) {
            found.push(rules::of_practice(practice));
        }
    }
    found
}

fn index_of(rules: &[Rule], id: &str) -> usize {
    // Every result's rule was put there by `rules_in_use`.
    rules.iter().position(|rule| rule.id == id).unwrap_or_default()
}

fn finding_result(report: &AuditReport, finding: &Finding, rules: &[Rule]) -> SarifResult {
    let review = finding.rule == RuleId::PolicyReview && finding.severity != Severity::Error;
    let (kind, level) =
        if review { ("review", "none") } else { ("fail", rules::severity_level(finding.severity)) };
    SarifResult {
        rule_id: finding.rule.name().to_owned(),
        rule_index: index_of(rules, finding.rule.name()),
        kind,
        level,
        message: Text { text: finding_message(finding) },
        locations: place::of_finding(report, finding),
        related_locations: place::of_paths(finding),
        partial_fingerprints: BTreeMap::from([("licgraph/v1", finding.id.clone())]),
        suppressions: finding.suppressed.iter().map(suppression).collect(),
        properties: finding_properties(finding),
    }
}

fn suppression(suppressed: &crate::model::Suppression) -> Suppression {
    Suppression { kind: "external", status: "accepted", justification: words::suppression_text(suppressed) }
}

fn finding_message(finding: &Finding) -> String {
    let mut text = format!("{}: {}", view::title(finding), finding.reason);
    if !finding.conditions.is_empty() {
        text.push_str(&format!(" Conditions: {}.", finding.conditions.join("; ")));
    }
    if let Some(remedy) = finding.remedies.first() {
        text.push_str(&format!(" Way out: {}", remedy.step));
    }
    shorten(&text, MESSAGE_LIMIT).into_owned()
}

fn finding_properties(finding: &Finding) -> Map<String, Value> {
    let steps: Vec<_> = finding.remedies.iter().map(|remedy| &remedy.step).collect();
    let pairs = [
        ("verdict", json!(finding.verdict.map(|verdict| verdict.name()))),
        ("purl", json!(finding.package)),
        ("license", json!(finding.license)),
        ("project", json!(finding.project)),
        ("scope", json!(finding.scope.map(|scope| scope.name()))),
        ("linkage", json!(finding.linkage.map(|linkage| linkage.name()))),
        ("condition", json!(finding.condition)),
        ("conditions", json!(finding.conditions)),
        ("authority", json!(finding.authority)),
        ("basis", json!(finding.basis.map(|basis| basis.name()))),
        ("remedies", json!(steps)),
    ];
    let is_said = |value: &Value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty());
    pairs
        .into_iter()
        .filter(|(_, value)| is_said(value))
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Consumers show every result as something to do, so what is met stays out.
fn is_result(practice: &PracticeResult) -> bool {
    !matches!(practice.state, PracticeState::Pass | PracticeState::NotApplicable)
}

fn practice_result(report: &AuditReport, practice: &PracticeResult, rules: &[Rule]) -> SarifResult {
    let (kind, level) = match practice.state {
        PracticeState::Review => ("review", "none"),
        PracticeState::Unknown => ("open", "none"),
        PracticeState::Pass | PracticeState::Fail | PracticeState::NotApplicable | PracticeState::Waived => {
            ("fail", rules::verb_level(practice.verb))
        }
    };
    let suppressions = match practice.state {
        PracticeState::Waived => {
            vec![Suppression { kind: "external", status: "accepted", justification: practice.reason.clone() }]
        }
        _ => Vec::new(),
    };
    let text = format!("{} {} Way out: {}", practice.recommendation, practice.reason, practice.fix);
    SarifResult {
        rule_id: practice.id.clone(),
        rule_index: index_of(rules, &practice.id),
        kind,
        level,
        message: Text { text: shorten(&text, MESSAGE_LIMIT).into_owned() },
        locations: place::of_practice(report, practice),
        related_locations: Vec::new(),
        partial_fingerprints: BTreeMap::from([("licgraph/v1", practice.id.clone())]),
        suppressions,
        properties: Map::new(),
    }
}

fn notification(problem: &Problem) -> Notification {
    let location = problem
        .location
        .as_ref()
        .map(|span| Location { physical_location: Some(place::physical(span)), ..Location::default() });
    Notification {
        level: match problem.consequence {
            Consequence::Incomplete => "error",
            Consequence::FactMissing => "warning",
            Consequence::Note => "note",
        },
        message: Text { text: shorten(&problem.message, MESSAGE_LIMIT).into_owned() },
        locations: location.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests;
