//! The limits, with a report that passes them.

use super::{Limits, render_within};
use crate::audit::{AuditReport, SCHEMA_VERSION, Summary, Tool};
use crate::model::{Distribution, Finding, RuleId, Severity};
use serde_json::Value;

fn finding(number: usize, severity: Severity) -> Finding {
    let reason = format!("nobody knows {}", (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    Finding {
        package_label: Some(format!("package-{number} 1.0.0")),
        ..Finding::new(format!("{number:016x}"), RuleId::UnknownLicense, severity, reason)
    }
}

fn report(findings: Vec<Finding>) -> AuditReport {
    AuditReport {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool {
            name: "licgraph".to_owned(),
            version: "1.0.0".to_owned(),
            license_list_version: "3.29.0".to_owned(),
        },
        created: None,
        distribution: Distribution::Binary,
        projects: Vec::new(),
        packages: Vec::new(),
        dependencies: Vec::new(),
        findings,
        problems: Vec::new(),
        obligations: Vec::new(),
        practices: Vec::new(),
        summary: Summary { complete: true, ..Summary::default() },
    }
}

fn run_of(report: &AuditReport, limits: &Limits) -> Value {
    let bytes = render_within(report, limits).expect("the report is plain data");
    let log: Value = serde_json::from_slice(&bytes).expect("SARIF is JSON");
    log["runs"][0].clone()
}

#[test]
fn what_is_cut_is_the_least_serious_and_is_said() {
    let findings = (0..30)
        .map(|number| finding(number, if number % 3 == 0 { Severity::Error } else { Severity::Note }))
        .collect();
    let run = run_of(&report(findings), &Limits { results: 12, compressed_bytes: 10_000_000 });
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 12);
    assert_eq!(results.iter().filter(|result| result["level"] == "error").count(), 10);
    let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(said.as_str().is_some_and(|text| text.starts_with("18 results left out")), "{said}");
}

#[test]
fn the_file_stays_under_its_size() {
    let findings = (0..400).map(|number| finding(number, Severity::Warning)).collect();
    let run = run_of(&report(findings), &Limits { results: 25_000, compressed_bytes: 5_000 });
    let kept = run["results"].as_array().expect("results").len();
    assert!(kept > 0 && kept < 400, "{kept} results kept");
    let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(said.as_str().is_some_and(|text| text.contains(&(400 - kept).to_string())), "{said}");
}
