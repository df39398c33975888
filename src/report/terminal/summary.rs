//! Everything under the findings: counts, licenses, what was read, what was not, what it cost.

use super::{Paint, tables};
use crate::audit::{AuditReport, PackageReport};
use crate::model::{Consequence, PracticeState};
use crate::report::{RenderOptions, libraries, view, words};
use unicode_width::UnicodeWidthStr;

/// Lines of a list unless everything was asked for.
const LINES_SHOWN: usize = 10;

pub(super) fn write(report: &AuditReport, options: &RenderOptions, paint: &Paint, out: &mut String) {
    tables::projects(report, options.verbose, paint, out);
    tables::licenses(report, options.verbose, paint, out);
    tables::outbound(report, options.verbose, paint, out);
    waived(report, options.verbose, paint, out);
    obligations(report, options.verbose, paint, out);
    wheels(report, options.verbose, paint, out);
    crates(report, options.verbose, paint, out);
    practices(report, options.verbose, paint, out);
    problems(report, options.verbose, paint, out);
    list("Not read", &report.summary.not_read, options.verbose, paint, out);
    closing(report, options, paint, out);
}

fn list(heading: &str, lines: &[String], verbose: bool, paint: &Paint, out: &mut String) {
    if lines.is_empty() {
        return;
    }
    out.push_str(&format!("{}\n", paint.bold(heading)));
    let shown = if verbose { lines.len() } else { LINES_SHOWN };
    for line in lines.iter().take(shown) {
        let first = format!("  {}", paint.bullet());
        paint.field(out, &first, first.width(), "    ", line);
    }
    if lines.len() > shown {
        let rest = words::thousands(lines.len() - shown);
        out.push_str(&format!("    {}\n", paint.dim(&format!("and {rest} more; --verbose shows all"))));
    }
    out.push('\n');
}

fn waived(report: &AuditReport, verbose: bool, paint: &Paint, out: &mut String) {
    let groups = view::fold(view::suppressed(report));
    let lines: Vec<_> = groups
        .iter()
        .map(|group| {
            let reason = group.lead.suppressed.as_ref().map(words::suppression_text).unwrap_or_default();
            let also = match group.others.len() {
                0 => String::new(),
                count => format!(" and {}", words::plural(count, "more package")),
            };
            format!("{}{also}: {}; {reason}", view::title(group.lead), group.lead.rule)
        })
        .collect();
    list("Waived or in the baseline", &lines, verbose, paint, out);
}

fn obligations(report: &AuditReport, verbose: bool, paint: &Paint, out: &mut String) {
    let lines: Vec<_> = report
        .obligations
        .iter()
        .map(|obligation| {
            let packages = words::plural(obligation.packages.len(), "package");
            format!("{}: {packages} ({})", obligation.duty, words::name_list(&obligation.licenses, 4))
        })
        .collect();
    list("What conveying it asks of you", &lines, verbose, paint, out);
}

/// Shared libraries that wheels carry: their metadata seldom speaks for them.
fn wheels(report: &AuditReport, verbose: bool, paint: &Paint, out: &mut String) {
    let is_wheel = |package: &&PackageReport| package.ecosystem == "python" && !package.bundles.is_empty();
    let lines: Vec<_> = report
        .packages
        .iter()
        .filter(is_wheel)
        .map(|package| {
            let names = libraries::names(package);
            let shown = if verbose { names.len() } else { 6 };
            let label = format!("{} ({})", view::label(package), package.license.concluded);
            let beside = libraries::named_beside(package);
            let text = if beside.is_empty() {
                "its license files name no other license".to_owned()
            } else {
                format!("its license files also name {}", words::name_list(&beside, shown))
            };
            format!("{label}: {}; {text}", words::name_list(&names, shown))
        })
        .collect();
    list("Libraries inside wheels, under licenses of their own", &lines, verbose, paint, out);
}

/// Libraries that crates build in, such as libgit2 in libgit2-sys: the crate's license speaks of its Rust code.
fn crates(report: &AuditReport, verbose: bool, paint: &Paint, out: &mut String) {
    let is_crate = |package: &&PackageReport| package.ecosystem == "cargo" && !package.bundles.is_empty();
    let lines: Vec<_> = report
        .packages
        .iter()
        .filter(is_crate)
        .map(|package| {
            let shown = if verbose { package.bundles.len() } else { 4 };
            let label = format!("{} ({})", view::label(package), package.license.concluded);
            format!("{label}: {}", words::name_list(&package.bundles, shown))
        })
        .collect();
    list("Inside crates, with license files of their own that were not judged", &lines, verbose, paint, out);
}

fn practices(report: &AuditReport, verbose: bool, paint: &Paint, out: &mut String) {
    if report.practices.is_empty() {
        return;
    }
    let met = report.practices.iter().filter(|practice| practice.state == PracticeState::Pass).count();
    let lines: Vec<_> = report
        .practices
        .iter()
        .filter(|practice| !matches!(practice.state, PracticeState::Pass | PracticeState::NotApplicable))
        .map(|practice| {
            let state = words::state_name(practice.state);
            let verb = words::verb_name(practice.verb);
            format!("{} ({verb}) {state}: {}", practice.id, practice.reason)
        })
        .collect();
    let heading = format!("Practices: {met} of {} met", report.practices.len());
    if lines.is_empty() {
        out.push_str(&format!("{}\n\n", paint.bold(&heading)));
    }
    list(&heading, &lines, verbose, paint, out);
}

fn problems(report: &AuditReport, verbose: bool, paint: &Paint, out: &mut String) {
    let shown = report.problems.iter().filter(|problem| verbose || problem.consequence != Consequence::Note);
    let mut lines: Vec<_> = shown
        .map(|problem| {
            let place = problem.location.as_ref().map(|at| format!("{at}: ")).unwrap_or_default();
            format!("{place}{} ({})", problem.message, words::consequence_name(problem.consequence))
        })
        .collect();
    let notes = report.problems.iter().filter(|problem| problem.consequence == Consequence::Note).count();
    if notes > 0 && !verbose {
        lines.push(format!("{} on the input; --verbose shows all", words::plural(notes, "note")));
    }
    list("Could not be read", &lines, verbose, paint, out);
}

/// One line about the run itself.
fn closing(report: &AuditReport, options: &RenderOptions, paint: &Paint, out: &mut String) {
    let summary = &report.summary;
    let mut parts = vec![
        words::plural(summary.packages, "package"),
        words::plural(summary.dependencies, "edge"),
        format!("{} read", words::plural(summary.read.len(), "file")),
        fetched(report),
    ];
    if summary.not_fetched > 0 {
        parts.push(format!("{} not asked for", words::plural(summary.not_fetched, "missing fact")));
    }
    parts.push(format!("distribution {}", report.distribution.name()));
    if let Some(elapsed) = options.elapsed {
        parts.push(format!("{:.2} s", elapsed.as_secs_f64()));
    }
    paint.paragraph(out, "", &format!("{}. Not legal advice.", parts.join(", ")));
}

fn fetched(report: &AuditReport) -> String {
    if report.summary.fetched.is_empty() {
        return "nothing fetched".to_owned();
    }
    let hosts: Vec<_> =
        report.summary.fetched.iter().map(|(host, count)| format!("{count} from {host}")).collect();
    format!("fetched {}", words::name_list(&hosts, 5))
}
