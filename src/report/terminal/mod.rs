//! For people: the verdict first, then what is wrong, most serious first, then the counts.

mod finding;
mod paint;
mod summary;
mod tables;

pub(super) use paint::Paint;

use super::view::{self, Outcome};
use super::words;
use super::{RenderOptions, sanitise};
use crate::audit::AuditReport;
use crate::model::Severity;

/// Groups of warnings, and of notes, told in full unless everything was asked for.
const WARNINGS_SHOWN: usize = 20;
const NOTES_SHOWN: usize = 3;

/// The whole text.
pub(super) fn render(report: &AuditReport, options: &RenderOptions) -> String {
    let paint = Paint::new(options);
    let sources = sanitise::inert_sources(&options.sources);
    let mut out = String::new();
    verdict(report, &paint, &mut out);
    let groups = view::fold(view::counting(report));
    for (severity, limit) in
        [(Severity::Error, usize::MAX), (Severity::Warning, WARNINGS_SHOWN), (Severity::Note, NOTES_SHOWN)]
    {
        let limit = if options.verbose { usize::MAX } else { limit };
        let of_severity: Vec<_> = groups.iter().filter(|group| group.lead.severity == severity).collect();
        for group in of_severity.iter().take(limit) {
            finding::write(group, report, &sources, options.verbose, &paint, &mut out);
        }
        if of_severity.len() > limit {
            let rest: usize = of_severity[limit..].iter().map(|group| 1 + group.others.len()).sum();
            let text =
                format!("{} not shown; --verbose shows all.", words::plural(rest, severity_more(severity)));
            paint.paragraph(&mut out, "", &text);
            out.push('\n');
        }
    }
    summary::write(report, options, &paint, &mut out);
    if options.unicode { out } else { ascii(&out) }
}

/// Names may hold other scripts; a terminal that has only ASCII sees their numbers.
fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '…' => plain.push_str("..."),
            other if other.is_ascii() => plain.push(other),
            other => plain.extend(other.escape_unicode()),
        }
    }
    plain
}

fn severity_more(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "more error",
        Severity::Warning => "more warning",
        Severity::Note => "more note",
    }
}

/// The first line, then a line a project where there are a few.
fn verdict(report: &AuditReport, paint: &Paint, out: &mut String) {
    let outcome = Outcome::of(report);
    let word = paint.verdict_word(outcome.word(), outcome.style());
    let indent = " ".repeat(outcome.word().len() + 2);
    paint.field(out, &word, outcome.word().len() + 2, &indent, &view::opening(report));
    if report.projects.len() <= 8 {
        for project in &report.projects {
            let mark = paint.verdict_mark(project.verdict);
            let mut text = view::project_label(project);
            if report.projects.len() > 1 {
                text.push_str(&format!(" ({})", project.license.as_deref().unwrap_or("no license stated")));
            }
            text.push_str(&format!(": {}. {}", project.verdict, project.reason));
            paint.field(out, &format!("  {mark} "), 4, "    ", &text);
        }
    }
    out.push('\n');
}
