//! Changes as Markdown, for a pull-request comment or the record of a review.

use super::changes::{Changes, FindingChange, LicenseChange, Listed, ProjectChange, Update, VerdictMove};
use super::text::{clean, or_none, verdict};
use std::fmt::Write;

/// The changes as Markdown with headings of the given level.
pub fn markdown(changes: &Changes, level: usize) -> String {
    if changes.is_empty() {
        return "Nothing changed.\n".to_owned();
    }
    let mut page = Page { text: String::new(), heading: "#".repeat(level) };
    let license = ["Package", "Version", "License before", "License now", "Verdict now"];
    page.table("Licenses that changed", license, &changes.license_changed, license_cells);
    let moved = ["Package", "Before", "Now", "Because", "Why"];
    page.table("Verdicts that moved", moved, &changes.verdict_moved, moved_cells);
    let project = ["Project", "Manifest", "License", "Verdict"];
    page.table("Projects", project, &changes.projects, project_cells);
    let listed = ["Package", "License", "Linkage", "Direct", "Verdict"];
    page.table("Came in", listed, &changes.added, listed_cells);
    page.table("Left", listed, &changes.removed, listed_cells);
    page.table("Other version", ["Package", "Version"], &changes.updated, update_cells);
    page.table("Findings", ["Change", "Rule", "Package", "Why"], &changes.findings, finding_cells);
    clean(&page.text)
}

struct Page {
    text: String,
    heading: String,
}

impl Page {
    /// A table with a row for every item; nothing for none.
    fn table<T, const COLUMNS: usize>(
        &mut self,
        title: &str,
        head: [&str; COLUMNS],
        items: &[T],
        cells: fn(&T) -> [String; COLUMNS],
    ) {
        if items.is_empty() {
            return;
        }
        let _ = writeln!(self.text, "{} {title} ({})\n", self.heading, items.len());
        let _ = writeln!(self.text, "| {} |", head.join(" | "));
        let _ = writeln!(self.text, "|{}", " --- |".repeat(COLUMNS));
        for item in items {
            let _ = writeln!(self.text, "| {} |", cells(item).map(|cell| escape(&cell)).join(" | "));
        }
        self.text.push('\n');
    }
}

fn license_cells(one: &LicenseChange) -> [String; 5] {
    [
        one.package.clone(),
        arrow(one.old_version.as_deref(), one.new_version.as_deref()),
        one.old_license.clone(),
        one.new_license.clone(),
        one.verdict.to_string(),
    ]
}

fn moved_cells(one: &VerdictMove) -> [String; 5] {
    [one.purl.clone(), one.old.to_string(), one.new.to_string(), one.because.join("; "), one.reason.clone()]
}

fn project_cells(one: &ProjectChange) -> [String; 4] {
    [
        one.name.clone(),
        one.manifest.clone(),
        arrow(one.old_license.as_deref(), one.new_license.as_deref()),
        format!("{} → {}", verdict(one.old_verdict), verdict(one.new_verdict)),
    ]
}

fn listed_cells(one: &Listed) -> [String; 5] {
    let direct = if one.direct { "yes" } else { "no" };
    [
        one.purl.clone(),
        one.license.clone(),
        one.linkage.to_string(),
        direct.to_owned(),
        one.verdict.to_string(),
    ]
}

fn update_cells(one: &Update) -> [String; 2] {
    [one.package.clone(), arrow(one.old_version.as_deref(), one.new_version.as_deref())]
}

fn finding_cells(one: &FindingChange) -> [String; 4] {
    [
        one.change.name().to_owned(),
        one.finding.rule.to_string(),
        one.finding.package.clone().unwrap_or_else(|| "the whole".to_owned()),
        one.finding.reason.clone(),
    ]
}

fn arrow(old: Option<&str>, new: Option<&str>) -> String {
    format!("{} → {}", or_none(old), or_none(new))
}

/// Text from outside in a table cell: no markup, no link, no mention of a user.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '[' | ']' | '#' | '\\' | '~' | '!' => {
                safe.push('\\');
                safe.push(letter);
            }
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '@' => safe.push_str("@\u{200b}"),
            '\n' | '\r' => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe.replace("://", ":\u{200b}//")
}
