//! The rules a SARIF file describes: those that its results use.

use super::model::{Configuration, Help, Rule, RuleProperties, Text};
use crate::model::{PracticeResult, RuleId, Severity, Verb};

/// Tags a consumer takes of one rule.
const TAGS: usize = 20;

/// A rule about licenses.
pub(super) fn of_rule(rule: RuleId) -> Rule {
    let level = default_level(rule);
    let what = rule.description();
    let advice = advice(rule);
    Rule {
        id: rule.name().to_owned(),
        name: pascal_case(rule.name()),
        short_description: Text { text: what.to_owned() },
        full_description: Text { text: format!("{what} {advice}") },
        help: Help { text: format!("{what} {advice}"), markdown: format!("**{what}**\n\n{advice}") },
        default_configuration: Configuration { level },
        properties: RuleProperties {
            tags: tags(&["license", "compliance", rule.name()]),
            precision: "high",
            problem_severity: problem_severity(level),
        },
    }
}

/// A rule about a practice.
pub(super) fn of_practice(practice: &PracticeResult) -> Rule {
    let level = verb_level(practice.verb);
    Rule {
        id: practice.id.clone(),
        name: practice.id.chars().filter(|character| character.is_alphanumeric()).collect(),
        short_description: Text { text: practice.recommendation.clone() },
        full_description: Text { text: practice.recommendation.clone() },
        help: Help { text: practice.fix.clone(), markdown: practice.fix.clone() },
        default_configuration: Configuration { level },
        properties: RuleProperties {
            tags: tags(&["practice"]),
            precision: "medium",
            problem_severity: problem_severity(level),
        },
    }
}

/// The SARIF level of a severity.
pub(super) fn severity_level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The SARIF level of a practice that is not met.
pub(super) fn verb_level(verb: Verb) -> &'static str {
    match verb {
        Verb::Must => "error",
        Verb::Should => "warning",
        Verb::May | Verb::Helps => "note",
    }
}

fn tags(names: &[&str]) -> Vec<String> {
    names.iter().take(TAGS).map(|name| (*name).to_owned()).collect()
}

/// `problem.severity` knows `recommendation` where SARIF says `note`.
fn problem_severity(level: &'static str) -> &'static str {
    match level {
        "error" | "warning" => level,
        _ => "recommendation",
    }
}

fn default_level(rule: RuleId) -> &'static str {
    match rule {
        RuleId::IncompatibleDependency
        | RuleId::JointConflict
        | RuleId::NoLicense
        | RuleId::UnknownLicense
        | RuleId::ProjectLicenseMissing
        | RuleId::PolicyDenied => "error",
        RuleId::ConditionalDependency
        | RuleId::PolicyReview
        | RuleId::LicenseDisagreement
        | RuleId::InvalidExpression
        | RuleId::WaiverExpired
        | RuleId::LicenseChanged => "warning",
        RuleId::UpstreamConflict | RuleId::WaiverUnused => "note",
    }
}

/// What to do about a finding of this rule, in general.
fn advice(rule: RuleId) -> &'static str {
    match rule {
        RuleId::IncompatibleDependency => {
            "Replace the dependency, join it another way, or convey the project under a license that can carry it."
        }
        RuleId::JointConflict => {
            "Replace one member of the conflict; each is shown with the path by which it comes in."
        }
        RuleId::NoLicense => "Ask its authors for a license, or use another package.",
        RuleId::UnknownLicense => {
            "Find out the license and record it as a clarification in the policy; unknown never counts as allowed."
        }
        RuleId::ProjectLicenseMissing => "State the license in the manifest as an SPDX expression.",
        RuleId::PolicyDenied => "Use another package, or record a waiver with its reason and its last day.",
        RuleId::ConditionalDependency => "Take the stated step, or narrow the license of the project.",
        RuleId::PolicyReview => "Look at the license and record the decision in the policy.",
        RuleId::LicenseDisagreement => {
            "Compare the two, and record which one holds as a clarification; until then both bind."
        }
        RuleId::InvalidExpression => {
            "Ask its authors to write an SPDX expression, or record a clarification."
        }
        RuleId::UpstreamConflict => "Tell its authors; check whether the dependency can be left out.",
        RuleId::WaiverExpired => "Decide again: mend the cause, or renew the waiver.",
        RuleId::WaiverUnused => "Remove it from the policy, or correct what it should match.",
        RuleId::LicenseChanged => "Check the new license before taking the new version.",
    }
}

fn pascal_case(name: &str) -> String {
    let word = |part: &str| {
        let mut characters = part.chars();
        let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
        first + characters.as_str()
    };
    name.split('-').map(word).collect()
}
