//! The tables under the findings.

use super::Paint;
use crate::audit::{AuditReport, OutboundOption};
use crate::report::sanitise::shorten;
use crate::report::{view, words};
use comfy_table::presets::{ASCII_NO_BORDERS, UTF8_NO_BORDERS};
use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

/// Licenses listed unless everything was asked for.
const LICENSES_SHOWN: usize = 10;
/// Projects listed unless everything was asked for.
const PROJECTS_SHOWN: usize = 30;
/// Characters of a cell.
const CELL: usize = 60;

/// Packages by verdict, a row a project.
pub(super) fn projects(report: &AuditReport, verbose: bool, paint: &Paint, out: &mut String) {
    if report.projects.is_empty() {
        return;
    }
    let mut table =
        table(paint, &["project", "license", "verdict", "yes", "cond.", "unkn.", "no", "outbound"]);
    let shown = if verbose { report.projects.len() } else { PROJECTS_SHOWN };
    for project in report.projects.iter().take(shown) {
        let counts = view::project_counts(report, project);
        let outbound = project.effective_outbound.0.as_deref().unwrap_or("none");
        let mut row = vec![
            Cell::new(shorten(&view::project_label(project), CELL)),
            Cell::new(shorten(project.license.as_deref().unwrap_or("not stated"), CELL)),
            Cell::new(paint.verdict(project.verdict)),
        ];
        row.extend(counts.map(|count| number(count, paint)));
        row.push(Cell::new(shorten(outbound, CELL)));
        table.add_row(row);
    }
    write(&table, out);
    more(report.projects.len(), shown, "more project", paint, out);
}

/// Packages by license.
pub(super) fn licenses(report: &AuditReport, verbose: bool, paint: &Paint, out: &mut String) {
    let uses = view::licenses(report);
    if uses.is_empty() {
        return;
    }
    let mut table = table(paint, &["license", "packages", "worst verdict"]);
    let shown = if verbose { uses.len() } else { LICENSES_SHOWN };
    for entry in uses.iter().take(shown) {
        table.add_row(vec![
            Cell::new(shorten(entry.license, CELL)),
            number(entry.packages, paint),
            Cell::new(paint.verdict(entry.worst)),
        ]);
    }
    write(&table, out);
    if uses.len() > shown {
        let rest: usize = uses[shown..].iter().map(|entry| entry.packages).sum();
        let others = words::plural(uses.len() - shown, "more license");
        out.push_str(&format!(
            " {}\n",
            paint.dim(&format!("and {others} with {}", words::plural(rest, "package")))
        ));
    }
    out.push('\n');
}

/// Licenses the whole could be conveyed under, and what blocks the others.
pub(super) fn outbound(report: &AuditReport, verbose: bool, paint: &Paint, out: &mut String) {
    let packages = view::Packages::of(report);
    let mut table = table(paint, &["project", "could ship under", "verdict", "blocked by"]);
    let mut rows = 0;
    for project in &report.projects {
        for alike in alike(&project.possible_outbound, verbose) {
            let Some(first) = alike.first() else { continue };
            rows += 1;
            let licenses: Vec<String> = alike.iter().map(|option| option.license.clone()).collect();
            let names: Vec<_> =
                first.blocked_by.iter().take(2).map(|purl| packages.label(purl.as_str())).collect();
            let rest = first.blockers.saturating_sub(names.len());
            let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            table.add_row(vec![
                Cell::new(shorten(&project.name, CELL)),
                Cell::new(words::name_list(&licenses, 6)),
                Cell::new(paint.verdict(first.verdict)),
                Cell::new(format!("{}{more}", names.join(", "))),
            ]);
        }
    }
    if rows > 0 {
        write(&table, out);
        out.push('\n');
    }
}

/// Licenses with the same answer and the same packages in the way share a row; each has its own when verbose.
fn alike(options: &[OutboundOption], verbose: bool) -> Vec<Vec<&OutboundOption>> {
    let mut groups: Vec<Vec<&OutboundOption>> = Vec::new();
    for option in options {
        let known = groups.iter_mut().find(|group| {
            !verbose
                && group.first().is_some_and(|first| {
                    first.verdict == option.verdict
                        && first.blockers == option.blockers
                        && first.blocked_by == option.blocked_by
                })
        });
        match known {
            Some(group) => group.push(option),
            None => groups.push(vec![option]),
        }
    }
    groups.sort_by_key(|group| group.first().map(|first| first.verdict));
    groups
}

fn more(total: usize, shown: usize, noun: &str, paint: &Paint, out: &mut String) {
    if total > shown {
        out.push_str(&format!(" {}\n", paint.dim(&format!("and {}", words::plural(total - shown, noun)))));
    }
    out.push('\n');
}

fn number(count: usize, paint: &Paint) -> Cell {
    let text = if count == 0 { paint.dim("0") } else { words::thousands(count) };
    Cell::new(text).set_alignment(CellAlignment::Right)
}

fn table(paint: &Paint, header: &[&str]) -> Table {
    let style: TableStyle = if paint.unicode() {
        UTF8_NO_BORDERS.header_separator(LineStyle::none().fill('─').junction('─'))
    } else {
        ASCII_NO_BORDERS.header_separator(LineStyle::none().fill('-').junction('-'))
    };
    let plain = comfy_table::ContentLineStyle::none();
    let mut table = Table::new();
    table
        .load_style(style.header_lines(plain).content_lines(plain).row_separator(LineStyle::none()))
        .force_no_tty()
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(paint.width()).unwrap_or(u16::MAX))
        .set_header(header.iter().map(|text| Cell::new(paint.bold(text))).collect::<Vec<_>>());
    table
}

fn write(table: &Table, out: &mut String) {
    for line in table.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
}
