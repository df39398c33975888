//! One finding: what, where, why, the path to it, who says so, and the ways out.

use super::Paint;
use crate::audit::AuditReport;
use crate::model::{Finding, Severity, SourceSpan};
use crate::report::sanitise::shorten;
use crate::report::view::{self, FindingGroup};
use crate::report::words;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr;

/// Columns of the words before a field.
const LABEL: usize = 11;
/// Names shown of packages that share a finding.
const NAMES_SHOWN: usize = 8;
/// Ways out shown unless everything was asked for.
const REMEDIES_SHOWN: usize = 3;
/// A line of a manifest longer than this is not quoted (a minified lock file).
const LINE_LIMIT: usize = 400;

/// Writes the first of the group in full, and the names of the others.
pub(super) fn write(
    group: &FindingGroup<'_>,
    report: &AuditReport,
    sources: &BTreeMap<String, String>,
    verbose: bool,
    paint: &Paint,
    out: &mut String,
) {
    let finding = group.lead;
    heading(finding, paint, out);
    place(finding, report, sources, paint, out);
    field("why", &sentence(finding), paint, out);
    paths(finding, paint, out);
    if let Some(condition) = &finding.condition {
        // Other paths may hold where this one does not.
        let label = if finding.more_paths { "path if" } else { "only if" };
        field(label, condition, paint, out);
    }
    for condition in &finding.conditions {
        field("provided", condition, paint, out);
    }
    if !finding.authority.is_empty() {
        let basis = finding.basis.map(|basis| format!(" ({})", basis.name())).unwrap_or_default();
        field("authority", &format!("{}{basis}", finding.authority.join("; ")), paint, out);
    }
    remedies(finding, verbose, paint, out);
    others(group, verbose, paint, out);
    out.push('\n');
}

fn heading(finding: &Finding, paint: &Paint, out: &mut String) {
    let plain = format!("{}[{}]: ", finding.severity.name(), finding.rule);
    let style = Paint::severity_style(finding.severity);
    let colored =
        format!("{}: ", paint.styled(style, &format!("{}[{}]", finding.severity.name(), finding.rule)));
    paint.field(out, &colored, plain.width(), "    ", &view::title(finding));
}

fn sentence(finding: &Finding) -> String {
    let mut text = finding.reason.clone();
    let joined: Vec<_> = finding
        .scope
        .map(|scope| format!("{} dependency", scope.name()))
        .into_iter()
        .chain(finding.linkage.map(|linkage| format!("linkage {}", linkage.name())))
        .collect();
    if !joined.is_empty() {
        text.push_str(&format!(" ({})", joined.join(", ")));
    }
    text
}

fn field(label: &str, text: &str, paint: &Paint, out: &mut String) {
    let padded = format!("  {label:<width$}", width = LABEL);
    let indent = " ".repeat(LABEL + 2);
    paint.field(out, &paint.dim(&padded), LABEL + 2, &indent, text);
}

/// The line of the manifest, underlined; or its name, where the text is not at hand.
fn place(
    finding: &Finding,
    report: &AuditReport,
    sources: &BTreeMap<String, String>,
    paint: &Paint,
    out: &mut String,
) {
    let Some(span) = &finding.location else { return };
    match sources.get(&span.file).and_then(|text| quote(text, span)) {
        Some((line, start, end)) => {
            let snippet = Snippet::source(line)
                .line_start(span.line as usize)
                .path(span.file.as_str())
                .annotation(AnnotationKind::Primary.span(start..end).label(annotation(finding, report)));
            let renderer = if paint.color() { Renderer::styled() } else { Renderer::plain() };
            let decoration = if paint.unicode() { DecorStyle::Unicode } else { DecorStyle::Ascii };
            let renderer = renderer.decor_style(decoration).term_width(paint.width());
            let text = renderer.render(&[Group::with_level(level(finding.severity)).element(snippet)]);
            for line in text.lines() {
                out.push_str(line.trim_end());
                out.push('\n');
            }
        }
        None => {
            let arrow = if paint.unicode() { " ╭▸ " } else { " --> " };
            out.push_str(&format!(" {}{span}\n", paint.dim(arrow)));
        }
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// What the underline says: the license, and that of the project.
fn annotation(finding: &Finding, report: &AuditReport) -> String {
    let project = report.projects.iter().find(|project| Some(&project.name) == finding.project.as_ref());
    let own = project.and_then(|project| project.license.as_deref());
    let through_another = finding.paths.first().is_some_and(|path| path.len() > 2);
    if let (Some(label), Some(license), true) = (&finding.package_label, &finding.license, through_another) {
        return format!("brings in {label}, {license}");
    }
    match (&finding.license, own) {
        (Some(license), Some(own)) => format!("{license} in a work under {own}"),
        (Some(license), None) => license.clone(),
        (None, _) => "comes in here".to_owned(),
    }
}

/// The line a span names, and the bytes of it to underline: from its column, or its first character, to its end.
fn quote<'a>(text: &'a str, span: &SourceSpan) -> Option<(&'a str, usize, usize)> {
    let line = text.lines().nth((span.line as usize).checked_sub(1)?)?;
    let trimmed = line.trim();
    if trimmed.is_empty() || line.chars().count() > LINE_LIMIT {
        return None;
    }
    let first = line.len() - line.trim_start().len();
    let end = line.trim_end().len();
    let column = (span.column as usize).checked_sub(1);
    let start = column.and_then(|column| line.char_indices().nth(column)).map_or(first, |(at, _)| at);
    if start < end { Some((line, start, end)) } else { Some((line, first, end)) }
}

/// On one line where it fits, as a staircase where it does not.
fn paths(finding: &Finding, paint: &Paint, out: &mut String) {
    let room = paint.width().saturating_sub(LABEL + 2);
    let indent = " ".repeat(LABEL + 2);
    for (number, path) in finding.paths.iter().enumerate() {
        let label = format!("  {:<width$}", if number == 0 { "path" } else { "" }, width = LABEL);
        let line = path.join(paint.arrow());
        if line.width() <= room {
            out.push_str(&format!("{}{line}\n", paint.dim(&label)));
            continue;
        }
        for (depth, step) in path.iter().enumerate() {
            let lead = if depth == 0 { paint.dim(&label) } else { indent.clone() };
            let stairs = match depth {
                0 => String::new(),
                deeper => format!("{}{}", "   ".repeat((deeper - 1).min(10)), paint.corner()),
            };
            out.push_str(&format!(
                "{lead}{stairs}{}\n",
                shorten(step, room.saturating_sub(stairs.width()).max(12))
            ));
        }
    }
    if finding.more_paths {
        let purl = finding.package_label.as_deref().and_then(|label| label.split(' ').next()).unwrap_or("");
        field("", &format!("and other paths: licgraph why {purl}"), paint, out);
    }
}

fn remedies(finding: &Finding, verbose: bool, paint: &Paint, out: &mut String) {
    let shown = if verbose { finding.remedies.len() } else { REMEDIES_SHOWN };
    let numbered = finding.remedies.len() > 1;
    for (number, remedy) in finding.remedies.iter().take(shown).enumerate() {
        let label = if number == 0 { "way out" } else { "" };
        let text = if numbered { format!("{}. {}", number + 1, remedy.step) } else { remedy.step.clone() };
        field(label, &text, paint, out);
    }
    if finding.remedies.len() > shown {
        field("", &format!("and {} more", finding.remedies.len() - shown), paint, out);
    }
}

fn others(group: &FindingGroup<'_>, verbose: bool, paint: &Paint, out: &mut String) {
    if group.others.is_empty() {
        return;
    }
    if verbose {
        for other in &group.others {
            let path = other.paths.first().map(|path| path.join(paint.arrow()));
            field("also", &path.unwrap_or_else(|| view::title(other)), paint, out);
        }
        return;
    }
    let names: Vec<_> = group.others.iter().filter_map(|other| other.package_label.clone()).collect();
    let count = words::plural(group.others.len(), "more package");
    let differs = group.others.iter().any(|other| other.condition != group.lead.condition);
    let each = if differs { ", each under its own condition" } else { "" };
    field("also", &format!("and {count}{each}: {}", words::name_list(&names, NAMES_SHOWN)), paint, out);
}
