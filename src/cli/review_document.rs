//! The document of a periodic review.

use super::auditing::Audited;
use crate::diff::upstream::{Upstream, UpstreamChange};
use crate::diff::{Changes, Snapshot, escape, markdown as changes_markdown};
use crate::model::{Finding, SuppressionKind};
use crate::policy::Expiring;
use std::fmt::Write;

/// Everything the document says.
pub struct Review<'a> {
    /// The audit.
    pub audited: &'a Audited,
    /// The last accepted state.
    pub last: Option<&'a Snapshot>,
    /// What changed since then.
    pub changes: Option<&'a Changes>,
    /// Waivers that end soon.
    pub expiring: Vec<Expiring<'a>>,
    /// Within how many days.
    pub within: u16,
    /// What newer releases declare; none if this run is offline.
    pub upstream: Option<&'a Upstream>,
}

/// The document.
pub fn markdown(review: &Review<'_>) -> String {
    let mut text = format!("# License review {}\n\n", review.audited.today);
    summary(review, &mut text);
    projects(review, &mut text);
    findings(review, &mut text);
    since_last(review, &mut text);
    waivers(review, &mut text);
    upstream(review, &mut text);
    problems(review, &mut text);
    text.push_str(
        "## Decision\n\nReviewed by:\n\nDecision (accepted, accepted with actions, rejected):\n\nActions:\n",
    );
    text
}

fn summary(review: &Review<'_>, text: &mut String) {
    let report = &review.audited.report;
    let counting = report.findings.iter().filter(|finding| finding.suppressed.is_none()).count();
    let complete =
        if report.summary.complete { "complete" } else { "incomplete: something could not be read" };
    let _ = writeln!(
        text,
        "{} packages, {} dependencies. The audit is {complete}. {counting} {}, {} suppressed. Fail level: {}.\n\
         Made with {} {}, SPDX License List {}.\n",
        report.summary.packages,
        report.summary.dependencies,
        if counting == 1 { "finding counts" } else { "findings count" },
        report.summary.suppressed,
        review.audited.policy.fail_level(),
        report.tool.name,
        report.tool.version,
        report.tool.license_list_version
    );
}

fn table(text: &mut String, head: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let _ = writeln!(text, "| {} |\n|{}", head.join(" | "), " --- |".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text.push('\n');
}

fn projects(review: &Review<'_>, text: &mut String) {
    text.push_str("## Projects\n\n");
    let rows = review.audited.report.projects.iter().map(|project| {
        vec![
            project.name.clone(),
            project.manifest.clone(),
            project.license.clone().unwrap_or_else(|| "none".to_owned()),
            project.verdict.to_string(),
            project.reason.clone(),
        ]
    });
    table(text, &["Project", "Manifest", "License", "Verdict", "Why"], rows);
}

fn findings(review: &Review<'_>, text: &mut String) {
    text.push_str("## Findings that count\n\n");
    let counting: Vec<&Finding> =
        review.audited.report.findings.iter().filter(|finding| finding.suppressed.is_none()).collect();
    if counting.is_empty() {
        text.push_str("None.\n\n");
        return;
    }
    let rows = counting.into_iter().map(|finding| {
        vec![
            finding.severity.name().to_owned(),
            finding.rule.to_string(),
            finding.package_label.clone().unwrap_or_else(|| "the whole".to_owned()),
            finding.reason.clone(),
            finding.remedies.first().map(|remedy| remedy.step.clone()).unwrap_or_default(),
            finding.id.clone(),
        ]
    });
    table(text, &["Severity", "Rule", "Package", "Why", "Way out", "Fingerprint"], rows);
}

fn since_last(review: &Review<'_>, text: &mut String) {
    text.push_str("## Since the last accepted review\n\n");
    match (review.last, review.changes) {
        (Some(last), Some(changes)) => {
            if let Some(date) = &last.created {
                let _ = writeln!(text, "Accepted on {date}.\n");
            }
            text.push_str(&changes_markdown(changes, 3));
            if changes.is_empty() {
                text.push('\n');
            }
        }
        _ => text.push_str("No review was accepted before: this is the first.\n\n"),
    }
}

fn waivers(review: &Review<'_>, text: &mut String) {
    let _ = writeln!(text, "## Waivers that end within {} days\n", review.within);
    if review.expiring.is_empty() {
        text.push_str("None.\n\n");
    } else {
        let rows = review.expiring.iter().map(|one| {
            vec![
                one.waiver.subject(),
                one.waiver.expires.to_string(),
                one.days.to_string(),
                one.waiver.author.clone().unwrap_or_default(),
                one.waiver.reason.clone(),
            ]
        });
        table(text, &["Waiver", "Last day", "Days left", "Author", "Reason"], rows);
    }
    let by = |kind: SuppressionKind| {
        let is_kind =
            |finding: &&Finding| finding.suppressed.as_ref().is_some_and(|found| found.kind == kind);
        review.audited.report.findings.iter().filter(is_kind).count()
    };
    let _ = writeln!(
        text,
        "Waivers in force: {}. Findings they cover: {}. Findings the baseline covers: {}.\n",
        review.audited.policy.waivers.iter().filter(|waiver| waiver.holds(review.audited.today)).count(),
        by(SuppressionKind::Waiver),
        by(SuppressionKind::Baseline)
    );
}

fn upstream(review: &Review<'_>, text: &mut String) {
    text.push_str("## Newer versions that changed their license\n\n");
    let Some(upstream) = review.upstream else {
        text.push_str("Not looked at: this run is offline.\n\n");
        return;
    };
    let _ = write!(
        text,
        "Of {} direct dependencies from registries, {} {} a newer release.",
        upstream.asked,
        upstream.newer,
        if upstream.newer == 1 { "has" } else { "have" }
    );
    if !upstream.hosts.is_empty() {
        let hosts: Vec<&str> = upstream.hosts.iter().map(String::as_str).collect();
        let _ = write!(text, " Asked: {}.", hosts.join(", "));
    }
    text.push_str("\n\n");
    if upstream.changes.is_empty() {
        text.push_str("None.\n\n");
    } else {
        let rows = upstream.changes.iter().map(upstream_row);
        table(text, &["In use", "License", "Newest", "Its license", "What it would be here"], rows);
    }
    for problem in &upstream.problems {
        let _ = writeln!(text, "- not known: {}", escape(problem));
    }
    if !upstream.problems.is_empty() {
        text.push('\n');
    }
}

fn upstream_row(change: &UpstreamChange) -> Vec<String> {
    let mut meaning = if change.verdict == change.new_verdict {
        format!("{}, as today.", change.new_verdict)
    } else {
        format!("{} instead of {}.", change.new_verdict, change.verdict)
    };
    for why in std::iter::once(&change.reason).chain(&change.policy) {
        let _ = write!(meaning, " {why}");
    }
    let shown = |license: &str| if license == "NOASSERTION" { "not known" } else { license }.to_owned();
    vec![
        change.purl.to_string(),
        shown(&change.license),
        change.new_version.clone(),
        shown(&change.new_license),
        meaning,
    ]
}

fn problems(review: &Review<'_>, text: &mut String) {
    let problems = &review.audited.report.problems;
    text.push_str("## What could not be read\n\n");
    if problems.is_empty() {
        text.push_str("Everything was read.\n\n");
        return;
    }
    let rows = problems.iter().map(|problem| {
        vec![problem.location.as_ref().map(ToString::to_string).unwrap_or_default(), problem.message.clone()]
    });
    table(text, &["Where", "What"], rows);
}
