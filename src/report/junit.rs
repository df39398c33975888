//! JUnit XML: one test case a package, project, practice and file that could not be read.

use super::{RenderError, view, words};
use crate::audit::{AuditReport, PackageReport, ProjectReport};
use crate::model::{Consequence, Finding, PracticeResult, PracticeState, Problem, Severity, Verb};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::collections::HashMap;

/// What became of a test case.
enum Outcome {
    Passed { note: String },
    Failed { kind: &'static str, message: String, text: String },
    Error { message: String },
    Skipped { message: String },
}

struct Case {
    class: String,
    name: String,
    outcome: Outcome,
}

struct Suite {
    name: &'static str,
    cases: Vec<Case>,
}

/// Error findings and `must` practices fail, what is missing errs, what is waived is skipped.
pub(super) fn render(report: &AuditReport) -> Result<Vec<u8>, RenderError> {
    let suites = [
        Suite { name: "projects", cases: project_cases(report) },
        Suite { name: "packages", cases: package_cases(report) },
        Suite { name: "policy", cases: loose_cases(report) },
        Suite { name: "practices", cases: report.practices.iter().map(practice_case).collect() },
        Suite { name: "input", cases: report.problems.iter().map(problem_case).collect() },
    ];
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = suites.iter().flat_map(|suite| &suite.cases);
    let mut root = BytesStart::new("testsuites");
    root.push_attribute(("name", report.tool.name.as_str()));
    push_counts(&mut root, all);
    writer.write_event(Event::Start(root))?;
    for suite in suites.iter().filter(|suite| !suite.cases.is_empty()) {
        write_suite(&mut writer, suite)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuites")))?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn project_cases(report: &AuditReport) -> Vec<Case> {
    report.projects.iter().map(|project| project_case(report, project)).collect()
}

fn project_case(report: &AuditReport, project: &ProjectReport) -> Case {
    let own: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.package.is_none() && finding.project.as_ref() == Some(&project.name))
        .collect();
    let note = format!("{}: {}", project.verdict, project.reason);
    Case { class: project.manifest.clone(), name: view::project_label(project), outcome: judge(&own, note) }
}

fn package_cases(report: &AuditReport) -> Vec<Case> {
    let mut findings: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in &report.findings {
        if let Some(purl) = &finding.package {
            findings.entry(purl.as_str()).or_default().push(finding);
        }
    }
    let none = Vec::new();
    let case = |package: &PackageReport| Case {
        class: package.ecosystem.clone(),
        name: view::label(package),
        outcome: judge(
            findings.get(package.purl.as_str()).unwrap_or(&none),
            format!("{}: {}", package.license.concluded, package.verdict),
        ),
    };
    let has_finding = |package: &PackageReport| findings.contains_key(package.purl.as_str());
    report.packages.iter().filter(|package| !package.project || has_finding(package)).map(case).collect()
}

/// Findings about neither a package nor a project of the report: unused waivers.
fn loose_cases(report: &AuditReport) -> Vec<Case> {
    let belongs = |finding: &Finding| {
        let package = finding.package.as_ref();
        package.is_some_and(|purl| report.packages.iter().any(|package| &package.purl == purl))
            || package.is_none()
                && report.projects.iter().any(|project| Some(&project.name) == finding.project.as_ref())
    };
    let loose = report.findings.iter().filter(|finding| !belongs(finding));
    loose
        .map(|finding| Case {
            class: finding.rule.name().to_owned(),
            name: view::title(finding),
            outcome: judge(&[finding], String::new()),
        })
        .collect()
}

fn judge(findings: &[&Finding], note: String) -> Outcome {
    let failing: Vec<_> = findings
        .iter()
        .filter(|finding| finding.suppressed.is_none() && finding.severity == Severity::Error)
        .collect();
    if let Some(first) = failing.first() {
        let text: Vec<_> = failing.iter().map(|finding| finding_text(finding)).collect();
        return Outcome::Failed {
            kind: first.rule.name(),
            message: first.reason.clone(),
            text: text.join("\n\n"),
        };
    }
    let waived: Vec<_> = findings
        .iter()
        .filter_map(|finding| finding.suppressed.as_ref())
        .map(words::suppression_text)
        .collect();
    if !waived.is_empty() {
        return Outcome::Skipped { message: waived.join("; ") };
    }
    let mut lines = vec![note];
    lines.extend(findings.iter().map(|finding| finding_text(finding)));
    Outcome::Passed { note: lines.join("\n") }
}

fn finding_text(finding: &Finding) -> String {
    let mut lines = vec![format!("{}[{}]: {}", finding.severity.name(), finding.rule, view::title(finding))];
    lines.push(format!("why: {}", finding.reason));
    lines.extend(finding.paths.iter().map(|path| format!("path: {}", path.join(" -> "))));
    lines.extend(finding.conditions.iter().map(|condition| format!("condition: {condition}")));
    if !finding.authority.is_empty() {
        lines.push(format!("authority: {}", finding.authority.join("; ")));
    }
    lines.extend(finding.remedies.iter().map(|remedy| format!("way out: {}", remedy.step)));
    lines.extend(finding.location.iter().map(|location| format!("at: {location}")));
    lines.join("\n")
}

fn practice_case(practice: &PracticeResult) -> Case {
    let outcome = match (practice.state, practice.verb) {
        (PracticeState::Fail, Verb::Must) => Outcome::Failed {
            kind: "practice",
            message: practice.reason.clone(),
            text: format!("way out: {}", practice.fix),
        },
        (PracticeState::Fail, _) => {
            Outcome::Skipped { message: format!("not met, and no must: {}", practice.reason) }
        }
        (PracticeState::Pass, _) => Outcome::Passed { note: practice.reason.clone() },
        (state, _) => {
            Outcome::Skipped { message: format!("{}: {}", words::state_name(state), practice.reason) }
        }
    };
    Case { class: practice.id.clone(), name: practice.recommendation.clone(), outcome }
}

fn problem_case(problem: &Problem) -> Case {
    let place = problem.location.as_ref().map_or_else(|| "input".to_owned(), ToString::to_string);
    let outcome = match problem.consequence {
        Consequence::Incomplete => Outcome::Error { message: problem.message.clone() },
        Consequence::FactMissing => Outcome::Skipped { message: problem.message.clone() },
        Consequence::Note => Outcome::Passed { note: problem.message.clone() },
    };
    Case { class: place, name: problem.message.clone(), outcome }
}

fn push_counts<'a>(element: &mut BytesStart<'_>, cases: impl Iterator<Item = &'a Case>) {
    let (mut tests, mut failures, mut errors, mut skipped) = (0_usize, 0_usize, 0_usize, 0_usize);
    for case in cases {
        tests += 1;
        match case.outcome {
            Outcome::Passed { .. } => {}
            Outcome::Failed { .. } => failures += 1,
            Outcome::Error { .. } => errors += 1,
            Outcome::Skipped { .. } => skipped += 1,
        }
    }
    for (name, count) in [("tests", tests), ("failures", failures), ("errors", errors), ("skipped", skipped)]
    {
        element.push_attribute((name, count.to_string().as_str()));
    }
}

fn write_suite(writer: &mut Writer<Vec<u8>>, suite: &Suite) -> std::io::Result<()> {
    let mut element = BytesStart::new("testsuite");
    element.push_attribute(("name", suite.name));
    push_counts(&mut element, suite.cases.iter());
    writer.write_event(Event::Start(element))?;
    for case in &suite.cases {
        write_case(writer, case)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuite")))
}

fn write_case(writer: &mut Writer<Vec<u8>>, case: &Case) -> std::io::Result<()> {
    let mut element = BytesStart::new("testcase");
    element.push_attribute(("classname", case.class.as_str()));
    element.push_attribute(("name", case.name.as_str()));
    let (tag, kind, message, text) = match &case.outcome {
        Outcome::Passed { note } if note.is_empty() => return writer.write_event(Event::Empty(element)),
        Outcome::Passed { note } => ("system-out", None, None, note.as_str()),
        Outcome::Failed { kind, message, text } => {
            ("failure", Some(*kind), Some(message.as_str()), text.as_str())
        }
        Outcome::Error { message } => ("error", Some("unreadable"), Some(message.as_str()), ""),
        Outcome::Skipped { message } => ("skipped", None, Some(message.as_str()), ""),
    };
    writer.write_event(Event::Start(element))?;
    let mut child = BytesStart::new(tag);
    if let Some(kind) = kind {
        child.push_attribute(("type", kind));
    }
    if let Some(message) = message {
        child.push_attribute(("message", message));
    }
    if text.is_empty() {
        writer.write_event(Event::Empty(child))?;
    } else {
        writer.write_event(Event::Start(child))?;
        writer.write_event(Event::Text(BytesText::new(text)))?;
        writer.write_event(Event::End(BytesEnd::new(tag)))?;
    }
    writer.write_event(Event::End(BytesEnd::new("testcase")))
}
