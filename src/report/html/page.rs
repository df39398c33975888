//! What the page's template shows, put into words.

use super::findings::{self, FindingView};
use super::picture::{self, Labels, Picture};
use crate::audit::{AuditReport, ProjectReport};
use crate::model::{PracticeState, Severity, Verdict};
use crate::report::view::{self, Outcome, Packages};
use crate::report::words;
use serde::Serialize;

/// Packages named where a duty has more.
const NAMES_SHOWN: usize = 40;

/// The whole page.
#[derive(Serialize)]
pub(super) struct Page {
    subject: String,
    headline: &'static str,
    style: &'static str,
    opening: String,
    created: Option<String>,
    tool: String,
    license_list: String,
    distribution: &'static str,
    figures: Vec<Figure>,
    bar: Vec<Slice>,
    projects: Vec<ProjectView>,
    findings: Vec<FindingView>,
    finding_lines: Vec<String>,
    waived: Vec<FindingView>,
    waived_lines: Vec<String>,
    picture: Picture,
    licenses: Vec<LicenseRow>,
    obligations: Vec<Duty>,
    practices: Vec<Practice>,
    practices_met: usize,
    problems: Vec<ProblemView>,
    not_read: Vec<String>,
    read: Vec<String>,
    fetched: Vec<String>,
    not_fetched: usize,
    packages: Vec<String>,
}

#[derive(Serialize)]
struct Figure {
    value: String,
    label: &'static str,
    style: &'static str,
}

/// A part of a bar, in thousandths.
#[derive(Serialize)]
struct Slice {
    verdict: &'static str,
    count: String,
    start: usize,
    width: usize,
}

#[derive(Serialize)]
struct ProjectView {
    label: String,
    manifest: String,
    graph_source: Option<String>,
    license: Option<String>,
    license_source: Option<String>,
    verdict: &'static str,
    reason: String,
    outbound: Option<String>,
    conveyed: String,
    bar: Vec<Slice>,
    options: Vec<OptionView>,
}

#[derive(Serialize)]
struct OptionView {
    license: String,
    verdict: &'static str,
    blockers: String,
}

#[derive(Serialize)]
struct LicenseRow {
    license: String,
    packages: String,
    verdict: &'static str,
    cells: Vec<Option<&'static str>>,
}

#[derive(Serialize)]
struct Duty {
    duty: String,
    licenses: String,
    count: String,
    packages: Vec<String>,
    more: usize,
}

#[derive(Serialize)]
struct Practice {
    id: String,
    verb: &'static str,
    state: &'static str,
    style: &'static str,
    recommendation: String,
    reason: String,
    fix: String,
    evidence: Vec<String>,
    confidence: String,
}

#[derive(Serialize)]
struct ProblemView {
    place: Option<String>,
    message: String,
    consequence: &'static str,
}

/// The page of a report.
pub(super) fn of(report: &AuditReport) -> Page {
    let outcome = Outcome::of(report);
    let labels = Labels::of(report);
    let groups = view::fold(view::counting(report));
    let waived = view::fold(view::suppressed(report));
    let summary = &report.summary;
    Page {
        subject: words::name_list(
            &report.projects.iter().map(|project| project.name.clone()).collect::<Vec<_>>(),
            3,
        ),
        headline: outcome.headline(),
        style: outcome.style(),
        opening: view::opening(report),
        created: report.created.clone(),
        tool: format!("{} {}", report.tool.name, report.tool.version),
        license_list: report.tool.license_list_version.clone(),
        distribution: report.distribution.name(),
        figures: figures(report),
        bar: slices(package_counts(report)),
        projects: report.projects.iter().map(|project| project_view(report, project)).collect(),
        findings: findings::views_with_one_open(report, &labels, &groups),
        finding_lines: findings::lines(&groups),
        waived: findings::views(report, &labels, &waived),
        waived_lines: findings::lines(&waived),
        picture: picture::of_report(report, &labels),
        licenses: licenses(report),
        obligations: obligations(report),
        practices: practices(report),
        practices_met: report.practices.iter().filter(|one| one.state == PracticeState::Pass).count(),
        problems: problems(report),
        not_read: summary.not_read.clone(),
        read: summary.read.clone(),
        fetched: summary
            .fetched
            .iter()
            .map(|(host, count)| format!("{} to {host}", words::plural(*count, "request")))
            .collect(),
        not_fetched: summary.not_fetched,
        packages: report
            .packages
            .iter()
            .map(|package| {
                format!("{} — {} — {}", view::label(package), package.license.concluded, package.verdict)
            })
            .collect(),
    }
}

fn figures(report: &AuditReport) -> Vec<Figure> {
    let count = |severity| view::counting(report).filter(|finding| finding.severity == severity).count();
    let figure = |count: usize, one: &'static str, many: &'static str, style| Figure {
        value: words::thousands(count),
        label: if count == 1 { one } else { many },
        style: if count == 0 { "" } else { style },
    };
    vec![
        figure(report.summary.packages, "package", "packages", ""),
        figure(count(Severity::Error), "error", "errors", "incompatible"),
        figure(count(Severity::Warning), "warning", "warnings", "conditional"),
        figure(report.summary.suppressed, "waived or known", "waived or known", ""),
        figure(
            report.problems.len() + report.summary.not_read.len(),
            "could not be read",
            "could not be read",
            "unknown",
        ),
    ]
}

fn package_counts(report: &AuditReport) -> [usize; 4] {
    let mut counts = [0; 4];
    for package in report.packages.iter().filter(|package| !package.project) {
        counts[package.verdict as usize] += 1;
    }
    counts
}

/// The worst verdict comes first, and whatever is there is wide enough to be seen.
fn slices(counts: [usize; 4]) -> Vec<Slice> {
    let total = counts.iter().sum::<usize>().max(1);
    let mut start = 0;
    let mut slices = Vec::new();
    for verdict in [Verdict::Incompatible, Verdict::Unknown, Verdict::Conditional, Verdict::Compatible] {
        let count = counts[verdict as usize];
        if count > 0 {
            let width = (count * 1000 / total).max(8).min(1000_usize.saturating_sub(start));
            slices.push(Slice { verdict: verdict.name(), count: words::thousands(count), start, width });
            start += width;
        }
    }
    slices
}

fn project_view(report: &AuditReport, project: &ProjectReport) -> ProjectView {
    let packages = Packages::of(report);
    let options = project.possible_outbound.iter().map(|option| {
        let mut names: Vec<_> = option.blocked_by.iter().map(|purl| packages.label(purl.as_str())).collect();
        let rest = option.blockers.saturating_sub(names.len());
        if rest > 0 {
            names.push(format!("{} more", words::thousands(rest)));
        }
        OptionView {
            license: option.license.clone(),
            verdict: option.verdict.name(),
            blockers: names.join(", "),
        }
    });
    ProjectView {
        label: view::project_label(project),
        manifest: project.manifest.clone(),
        graph_source: project.graph_source.clone(),
        license: project.license.clone(),
        license_source: project.license_source.clone(),
        verdict: project.verdict.name(),
        reason: project.reason.clone(),
        outbound: project.effective_outbound.0.clone(),
        conveyed: words::plural(project.conveyed_packages, "package"),
        bar: slices(view::project_counts(report, project)),
        options: options.collect(),
    }
}

fn licenses(report: &AuditReport) -> Vec<LicenseRow> {
    view::licenses(report)
        .into_iter()
        .map(|entry| LicenseRow {
            license: entry.license.to_owned(),
            packages: words::thousands(entry.packages),
            verdict: entry.worst.name(),
            cells: entry.by_project.iter().map(|cell| cell.map(Verdict::name)).collect(),
        })
        .collect()
}

fn obligations(report: &AuditReport) -> Vec<Duty> {
    let packages = Packages::of(report);
    report
        .obligations
        .iter()
        .map(|duty| Duty {
            duty: duty.duty.clone(),
            licenses: words::name_list(&duty.licenses, 12),
            count: words::plural(duty.packages.len(), "package"),
            packages: duty.packages.iter().take(NAMES_SHOWN).map(|purl| packages.label(purl)).collect(),
            more: duty.packages.len().saturating_sub(NAMES_SHOWN),
        })
        .collect()
}

fn practices(report: &AuditReport) -> Vec<Practice> {
    report
        .practices
        .iter()
        .map(|practice| Practice {
            id: practice.id.clone(),
            verb: words::verb_name(practice.verb),
            state: words::state_name(practice.state),
            style: match practice.state {
                PracticeState::Pass => "compatible",
                PracticeState::Fail => "incompatible",
                PracticeState::Review | PracticeState::Waived => "conditional",
                PracticeState::Unknown | PracticeState::NotApplicable => "unknown",
            },
            recommendation: practice.recommendation.clone(),
            reason: practice.reason.clone(),
            fix: practice.fix.clone(),
            evidence: practice
                .evidence
                .iter()
                .map(|evidence| match &evidence.place {
                    Some(place) => format!("{} ({place})", evidence.statement),
                    None => evidence.statement.clone(),
                })
                .collect(),
            confidence: format!("{} %", (f64::from(practice.confidence) * 100.0).round()),
        })
        .collect()
}

fn problems(report: &AuditReport) -> Vec<ProblemView> {
    report
        .problems
        .iter()
        .map(|problem| ProblemView {
            place: problem.location.as_ref().map(ToString::to_string),
            message: problem.message.clone(),
            consequence: words::consequence_name(problem.consequence),
        })
        .collect()
}
