//! Changes for a terminal or a log.

use super::changes::{Changes, LicenseChange, Listed};
use crate::model::Verdict;
use std::fmt::Write;

/// The changes as plain text.
pub fn text(changes: &Changes) -> String {
    if changes.is_empty() {
        return "Nothing changed.\n".to_owned();
    }
    let mut out = String::new();
    section(&mut out, "Licenses that changed", &changes.license_changed, license_line);
    section(&mut out, "Verdicts that moved", &changes.verdict_moved, |moved| {
        let because = moved.because.join("; ");
        let why = if moved.reason.is_empty() { String::new() } else { format!("\n      {}", moved.reason) };
        format!("{}: {} -> {}, because {because}{why}", moved.purl, moved.old, moved.new)
    });
    section(&mut out, "Projects", &changes.projects, |project| {
        format!(
            "{} ({}): license {} -> {}, verdict {} -> {}",
            project.name,
            project.manifest,
            or_none(project.old_license.as_deref()),
            or_none(project.new_license.as_deref()),
            verdict(project.old_verdict),
            verdict(project.new_verdict)
        )
    });
    section(&mut out, "Came in", &changes.added, |one| format!("+ {}", listed(one)));
    section(&mut out, "Left", &changes.removed, |one| format!("- {}", listed(one)));
    section(&mut out, "Other version", &changes.updated, |one| {
        format!(
            "{} {} -> {}",
            one.package,
            or_none(one.old_version.as_deref()),
            or_none(one.new_version.as_deref())
        )
    });
    section(&mut out, "Findings", &changes.findings, |one| {
        let about = one.finding.package.as_deref().unwrap_or("the whole");
        format!("{}: {} {about}: {}", one.change.name(), one.finding.rule, one.finding.reason)
    });
    clean(&out)
}

fn section<T>(out: &mut String, title: &str, items: &[T], line: impl Fn(&T) -> String) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(out, "{title} ({})", items.len());
    for item in items {
        let _ = writeln!(out, "  {}", line(item));
    }
    out.push('\n');
}

fn license_line(change: &LicenseChange) -> String {
    let versions = match (&change.old_version, &change.new_version) {
        (old, new) if old == new => or_none(old.as_deref()).to_owned(),
        (old, new) => format!("{} -> {}", or_none(old.as_deref()), or_none(new.as_deref())),
    };
    format!(
        "{} {versions}: {} -> {} ({})",
        change.package, change.old_license, change.new_license, change.verdict
    )
}

pub(super) fn listed(one: &Listed) -> String {
    let direct = if one.direct { ", direct" } else { "" };
    format!("{} {} ({}{direct}, {})", one.purl, one.license, one.linkage, one.verdict)
}

pub(super) fn or_none(text: Option<&str>) -> &str {
    text.unwrap_or("none")
}

pub(super) fn verdict(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("none", Verdict::name)
}

/// Names and reasons come from outside: no control character of theirs reaches a terminal.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter })
        .collect()
}
