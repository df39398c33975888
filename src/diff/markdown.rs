//! Changes as Markdown, for a pull-request comment or the record of a review.

use super::changes::Changes;
use super::text::{clean, or_none, verdict};
use std::fmt::Write;

/// The changes as Markdown with headings of the given level.
pub fn markdown(changes: &Changes, level: usize) -> String {
    if changes.is_empty() {
        return "Nothing changed.\n".to_owned();
    }
    let mut out = String::new();
    let heading = "#".repeat(level);
    let mut table = |title: &str, head: &[&str], rows: Vec<Vec<String>>| {
        if rows.is_empty() {
            return;
        }
        let _ = writeln!(out, "{heading} {title} ({})\n", rows.len());
        let _ = writeln!(out, "| {} |", head.join(" | "));
        let _ = writeln!(out, "|{}", " --- |".repeat(head.len()));
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
        out.push('\n');
    };
    let versions = |old: &Option<String>, new: &Option<String>| {
        format!("{} → {}", or_none(old.as_deref()), or_none(new.as_deref()))
    };
    table(
        "Licenses that changed",
        &["Package", "Version", "License before", "License now", "Verdict now"],
        changes
            .license_changed
            .iter()
            .map(|one| {
                vec![
                    one.package.clone(),
                    versions(&one.old_version, &one.new_version),
                    one.old_license.clone(),
                    one.new_license.clone(),
                    one.verdict.to_string(),
                ]
            })
            .collect(),
    );
    table(
        "Verdicts that moved",
        &["Package", "Before", "Now", "Because", "Why"],
        changes
            .verdict_moved
            .iter()
            .map(|one| {
                vec![
                    one.purl.clone(),
                    one.old.to_string(),
                    one.new.to_string(),
                    one.because.join("; "),
                    one.reason.clone(),
                ]
            })
            .collect(),
    );
    table(
        "Projects",
        &["Project", "Manifest", "License", "Verdict"],
        changes
            .projects
            .iter()
            .map(|one| {
                vec![
                    one.name.clone(),
                    one.manifest.clone(),
                    versions(&one.old_license, &one.new_license),
                    format!("{} → {}", verdict(one.old_verdict), verdict(one.new_verdict)),
                ]
            })
            .collect(),
    );
    for (title, list) in [("Came in", &changes.added), ("Left", &changes.removed)] {
        table(
            title,
            &["Package", "License", "Linkage", "Direct", "Verdict"],
            list.iter()
                .map(|one| {
                    let direct = if one.direct { "yes" } else { "no" };
                    vec![
                        one.purl.clone(),
                        one.license.clone(),
                        one.linkage.to_string(),
                        direct.to_owned(),
                        one.verdict.to_string(),
                    ]
                })
                .collect(),
        );
    }
    table(
        "Other version",
        &["Package", "Version"],
        changes
            .updated
            .iter()
            .map(|one| vec![one.package.clone(), versions(&one.old_version, &one.new_version)])
            .collect(),
    );
    table(
        "Findings",
        &["Change", "Rule", "Package", "Why"],
        changes
            .findings
            .iter()
            .map(|one| {
                vec![
                    one.change.name().to_owned(),
                    one.finding.rule.to_string(),
                    one.finding.package.clone().unwrap_or_else(|| "the whole".to_owned()),
                    one.finding.reason.clone(),
                ]
            })
            .collect(),
    );
    clean(&out)
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
