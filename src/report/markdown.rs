//! Short Markdown for a pull-request comment or a job summary: what fails, how to mend it, details folded.

use super::sanitise::shorten;
use super::view::{self, FindingGroup, Outcome, Packages};
use super::words;
use crate::audit::AuditReport;
use crate::model::{Finding, PracticeState, Severity, Verdict};
use std::fmt::Write;

/// Bytes of the page; a comment has room for 65,536 characters.
const PAGE_LIMIT: usize = 60_000;
/// Groups of findings told in full.
const GROUPS_SHOWN: usize = 20;
/// Names listed where several packages share a finding.
const NAMES_SHOWN: usize = 12;
/// Rows of a table.
const ROWS_SHOWN: usize = 15;
/// Characters of a text from outside.
const TEXT_LIMIT: usize = 400;

/// The comment.
pub(super) fn render(report: &AuditReport) -> String {
    let outcome = Outcome::of(report);
    let mut page = format!("## {} {}\n\n", mark(outcome), outcome.headline());
    line(&mut page, &format!("{}.", prose(&view::opening(report))));
    projects(report, &mut page);
    findings(report, &mut page);
    problems(report, &mut page);
    practices(report, &mut page);
    licenses(report, &mut page);
    waived(report, &mut page);
    let footer = footer(report);
    cut(&mut page, PAGE_LIMIT.saturating_sub(footer.len()));
    line(&mut page, &footer);
    page
}

/// Cuts a page that is too long at the end of a line, and closes what is open there.
fn cut(page: &mut String, limit: usize) {
    const CLOSING: &str = "</details>";
    const NOTE: &str = "**Cut here: the full report has the rest.**";
    if page.len() <= limit {
        return;
    }
    let room = page.floor_char_boundary(limit.saturating_sub(CLOSING.len() + NOTE.len() + 8));
    let end = page[..room].rfind('\n').map_or(0, |at| at + 1);
    page.truncate(end);
    page.push('\n');
    if page.matches("<details>").count() > page.matches(CLOSING).count() {
        line(page, CLOSING);
    }
    line(page, NOTE);
}

fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fails => "❌",
        Outcome::Incomplete => "❔",
        Outcome::Conditional => "⚠️",
        Outcome::Waived | Outcome::Passes => "✅",
    }
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push_str("\n\n");
}

fn projects(report: &AuditReport, page: &mut String) {
    if report.projects.is_empty() {
        return;
    }
    page.push_str("| project | license | verdict | can be conveyed under |\n|---|---|---|---|\n");
    for project in report.projects.iter().take(ROWS_SHOWN) {
        let license = project.license.as_deref().map_or_else(|| "not stated".to_owned(), cell_code);
        let outbound =
            project.effective_outbound.0.as_deref().map_or_else(|| "nothing".to_owned(), cell_code);
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            page,
            "| {} | {license} | **{}** | {outbound} |",
            cell_code(&view::project_label(project)),
            project.verdict
        );
    }
    page.push('\n');
    if report.projects.len() > ROWS_SHOWN {
        line(page, &format!("And {}.", words::plural(report.projects.len() - ROWS_SHOWN, "more project")));
    }
}

fn findings(report: &AuditReport, page: &mut String) {
    let groups = view::fold(view::counting(report));
    let errors: Vec<_> = groups.iter().filter(|group| group.lead.severity == Severity::Error).collect();
    let others: Vec<_> = groups.iter().filter(|group| group.lead.severity != Severity::Error).collect();
    if !errors.is_empty() {
        line(page, "### What fails, and the way out");
        list(&errors, GROUPS_SHOWN, page);
    }
    if !others.is_empty() {
        let count: usize = others.iter().map(|group| 1 + group.others.len()).sum();
        let heading = if count == 1 { "1 thing".to_owned() } else { words::plural(count, "thing") };
        line(page, &format!("<details><summary>{heading} to look at</summary>"));
        list(&others, GROUPS_SHOWN.saturating_sub(errors.len()).max(5), page);
        line(page, "</details>");
    }
}

fn list(groups: &[&FindingGroup<'_>], limit: usize, page: &mut String) {
    for group in groups.iter().take(limit) {
        finding(group, page);
    }
    if groups.len() > limit {
        let rest: usize = groups[limit..].iter().map(|group| 1 + group.others.len()).sum();
        line(page, &format!("And {} that the full report lists.", words::plural(rest, "more finding")));
    }
}

fn finding(group: &FindingGroup<'_>, page: &mut String) {
    let lead = group.lead;
    let _ = writeln!(page, "- {}  \n  {}", heading(lead), prose(&lead.reason));
    if !group.others.is_empty() {
        let names: Vec<_> =
            group.others.iter().filter_map(|other| other.package_label.as_deref()).map(code).collect();
        let differs = group.others.iter().any(|other| other.condition != lead.condition);
        let each = if differs { ", each under its own condition" } else { "" };
        let _ = writeln!(page, "  - the same for {}{each}", words::name_list(&names, NAMES_SHOWN));
    }
    for path in lead.paths.iter().take(3) {
        let steps: Vec<_> = path.iter().map(|step| code(step)).collect();
        let _ = writeln!(page, "  - path: {}", steps.join(" → "));
    }
    if let Some(condition) = &lead.condition {
        let whose = if lead.more_paths { "this path only if" } else { "only if" };
        let _ = writeln!(page, "  - {whose}: {}", code(condition));
    }
    for condition in lead.conditions.iter().take(5) {
        let _ = writeln!(page, "  - condition: {}", prose(condition));
    }
    for remedy in lead.remedies.iter().take(3) {
        let _ = writeln!(page, "  - **way out**: {}", prose(&remedy.step));
    }
    if !lead.authority.is_empty() {
        let _ = writeln!(page, "  - <sub>authority: {}</sub>", prose(&lead.authority.join("; ")));
    }
    page.push('\n');
}

fn heading(finding: &Finding) -> String {
    let mut parts = Vec::new();
    if let Some(name) = finding.package_label.as_deref().or(finding.project.as_deref()) {
        let mut subject = format!("**{}**", code(name));
        if let Some(license) = &finding.license {
            let _ = write!(subject, " ({})", code(license));
        }
        if let (Some(_), Some(project)) = (&finding.package_label, &finding.project) {
            let _ = write!(subject, " in {}", code(project));
        }
        parts.push(subject);
    }
    parts.push(format!("{} `{}`", finding.severity.name(), finding.rule));
    parts.extend(finding.location.as_ref().map(|location| code(&location.to_string())));
    parts.join(" · ")
}

fn problems(report: &AuditReport, page: &mut String) {
    let count = report.problems.len() + report.summary.not_read.len();
    if count == 0 {
        return;
    }
    line(
        page,
        &format!("<details><summary>{} that could not be read</summary>", words::plural(count, "thing")),
    );
    for problem in report.problems.iter().take(ROWS_SHOWN) {
        let place =
            problem.location.as_ref().map_or_else(String::new, |at| format!("{}: ", code(&at.to_string())));
        let consequence = words::consequence_name(problem.consequence);
        let _ = writeln!(page, "- {place}{} ({consequence})", prose(&problem.message));
    }
    for place in report.summary.not_read.iter().take(ROWS_SHOWN) {
        let _ = writeln!(page, "- not read: {}", prose(place));
    }
    let shown = report.problems.len().min(ROWS_SHOWN) + report.summary.not_read.len().min(ROWS_SHOWN);
    if count > shown {
        let _ = writeln!(page, "- and {} more", words::thousands(count - shown));
    }
    line(page, "\n</details>");
}

fn practices(report: &AuditReport, page: &mut String) {
    let open: Vec<_> =
        report.practices.iter().filter(|practice| practice.state == PracticeState::Fail).collect();
    if open.is_empty() {
        return;
    }
    let heading = words::plural(open.len(), "practice");
    line(page, &format!("<details><summary>{heading} not met</summary>"));
    for practice in open.iter().take(ROWS_SHOWN) {
        let _ = writeln!(
            page,
            "- **{}** ({}): {}",
            prose(&practice.id),
            words::verb_name(practice.verb),
            prose(&practice.reason)
        );
    }
    if open.len() > ROWS_SHOWN {
        let _ = writeln!(page, "- and {} more", open.len() - ROWS_SHOWN);
    }
    line(page, "\n</details>");
}

fn licenses(report: &AuditReport, page: &mut String) {
    let uses = view::licenses(report);
    if uses.is_empty() {
        return;
    }
    line(page, &format!("<details><summary>{} occur</summary>", words::plural(uses.len(), "license")));
    page.push_str("| license | packages | worst verdict |\n|---|--:|---|\n");
    for entry in uses.iter().take(ROWS_SHOWN) {
        let verdict = entry.worst;
        let emphasis = if verdict == Verdict::Compatible { "" } else { "**" };
        let count = words::thousands(entry.packages);
        let _ = writeln!(page, "| {} | {count} | {emphasis}{verdict}{emphasis} |", cell_code(entry.license));
    }
    page.push('\n');
    if uses.len() > ROWS_SHOWN {
        let rest: usize = uses[ROWS_SHOWN..].iter().map(|entry| entry.packages).sum();
        let others = words::plural(uses.len() - ROWS_SHOWN, "more license");
        line(page, &format!("And {others} with {}.", words::plural(rest, "package")));
    }
    blockers(report, page);
    line(page, "</details>");
}

fn blockers(report: &AuditReport, page: &mut String) {
    let packages = Packages::of(report);
    for project in report.projects.iter().take(ROWS_SHOWN) {
        for option in project.possible_outbound.iter().filter(|option| !option.verdict.is_allowed()).take(5) {
            let names: Vec<_> =
                option.blocked_by.iter().take(3).map(|purl| code(&packages.label(purl.as_str()))).collect();
            let more = option.blockers.saturating_sub(names.len());
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            let _ = writeln!(
                page,
                "- {} under {} is blocked by {}{rest}",
                code(&project.name),
                code(&option.license),
                names.join(", ")
            );
        }
    }
    page.push('\n');
}

fn waived(report: &AuditReport, page: &mut String) {
    let waived: Vec<_> = view::suppressed(report).collect();
    if waived.is_empty() {
        return;
    }
    line(page, &format!("<details><summary>Findings: {}</summary>", view::suppressed_counts(report)));
    for finding in waived.iter().take(ROWS_SHOWN) {
        let reason = finding.suppressed.as_ref().map(words::suppression_text).unwrap_or_default();
        let _ = writeln!(page, "- {}: {}", heading(finding), prose(&reason));
    }
    if waived.len() > ROWS_SHOWN {
        let _ = writeln!(page, "- and {} more", words::thousands(waived.len() - ROWS_SHOWN));
    }
    line(page, "\n</details>");
}

fn footer(report: &AuditReport) -> String {
    let fetched: usize = report.summary.fetched.values().sum();
    let network = match fetched {
        0 => "nothing was fetched".to_owned(),
        count => format!("{} made", words::plural(count, "request")),
    };
    format!(
        "<sub>{} {} · SPDX License List {} · distribution: {} · {} read · {network} · not legal advice</sub>",
        prose(&report.tool.name),
        prose(&report.tool.version),
        prose(&report.tool.license_list_version),
        report.distribution.name(),
        words::plural(report.summary.read.len(), "file"),
    )
}

/// Text from outside as plain prose: no markup, no mention, no reference, no link.
fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in shorten(text, TEXT_LIMIT).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // An empty comment parts what a renderer would turn into a mention, an issue or a link.
            '@' | '#' => {
                escaped.push(character);
                escaped.push_str("<!-- -->");
            }
            ':' => escaped.push_str(":<!-- -->"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped.replace(":<!-- --> ", ": ").replace("www.", "www<!-- -->.")
}

/// Text from outside as code, with a fence that it does not contain.
fn code(text: &str) -> String {
    let text = shorten(text, TEXT_LIMIT);
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Code in a table, where even inside code a bar ends the cell.
fn cell_code(text: &str) -> String {
    code(text).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::{cell_code, code, cut, prose};

    #[test]
    fn a_page_is_cut_between_lines_and_closed() {
        let whole =
            format!("head\n\n<details><summary>x</summary>\n\n{}</details>\n", "- ü one line\n".repeat(40));
        for limit in 110..300 {
            let mut page = whole.clone();
            cut(&mut page, limit);
            assert!(page.len() <= limit, "{limit}: {}", page.len());
            assert!(
                page.contains("- ü one line\n\n</details>\n\n**Cut here") || !page.contains("- ü"),
                "{page}"
            );
        }
        let mut page = whole.clone();
        cut(&mut page, whole.len());
        assert_eq!(page, whole);
    }

    #[test]
    fn prose_holds_no_markup() {
        assert_eq!(prose("<b>@a #1 [x](y)"), "&lt;b&gt;@<!-- -->a #<!-- -->1 \\[x\\](y)");
        assert_eq!(prose("see https://x"), "see https:<!-- -->//x");
        assert_eq!(prose("note: fine"), "note: fine");
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(cell_code("a|b"), "`a\\|b`");
    }
}
