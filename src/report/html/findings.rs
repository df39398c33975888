//! Findings as the page shows them: one card for all packages that share a reason.

use super::picture::{self, Labels};
use crate::audit::AuditReport;
use crate::model::Finding;
use crate::report::view::{self, FindingGroup};
use crate::report::words;
use serde::Serialize;

/// Paths named of findings that share a card.
const NAMES_SHOWN: usize = 40;
/// Cards; further findings are lines of a list, so that the page stays quick.
const CARDS: usize = 150;

/// A card.
#[derive(Serialize)]
pub(super) struct FindingView {
    number: usize,
    severity: &'static str,
    rule: &'static str,
    rule_text: &'static str,
    subject: String,
    license: Option<String>,
    project: Option<String>,
    package: Option<usize>,
    reason: String,
    svg: Option<String>,
    paths: Vec<String>,
    more_paths: bool,
    joined: String,
    condition: Option<String>,
    conditions: Vec<String>,
    remedies: Vec<RemedyView>,
    authority: Vec<String>,
    basis: Option<&'static str>,
    location: Option<String>,
    id: String,
    others: Vec<String>,
    others_more: usize,
    others_count: usize,
    suppressed: Option<String>,
    open: bool,
}

#[derive(Serialize)]
struct RemedyView {
    kind: &'static str,
    step: String,
}

/// Cards in the order of the groups.
pub(super) fn views(
    report: &AuditReport,
    labels: &Labels<'_>,
    groups: &[FindingGroup<'_>],
) -> Vec<FindingView> {
    let mut views: Vec<_> =
        groups.iter().take(CARDS).map(|group| finding_view(report, labels, group)).collect();
    for (position, view) in views.iter_mut().enumerate() {
        view.number = position + 1;
    }
    views
}

fn finding_view(report: &AuditReport, labels: &Labels<'_>, group: &FindingGroup<'_>) -> FindingView {
    let finding = group.lead;
    let name = |other: &Finding| {
        let path = other.paths.first().map(|path| path.join(" → "));
        path.or_else(|| other.package_label.clone()).unwrap_or_else(|| other.reason.clone())
    };
    FindingView {
        number: 0,
        severity: finding.severity.name(),
        rule: finding.rule.name(),
        rule_text: finding.rule.description(),
        subject: finding.package_label.clone().unwrap_or_else(|| words::rule_name(finding.rule)),
        license: finding.license.clone(),
        project: finding.project.clone(),
        package: finding
            .package
            .as_ref()
            .and_then(|purl| report.packages.iter().position(|package| &package.purl == purl)),
        reason: finding.reason.clone(),
        svg: picture::of_finding(finding, labels),
        paths: finding.paths.iter().map(|path| path.join(" → ")).collect(),
        more_paths: finding.more_paths,
        joined: [finding.scope.map(|scope| scope.name()), finding.linkage.map(|linkage| linkage.name())]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", "),
        condition: finding.condition.clone(),
        conditions: finding.conditions.clone(),
        remedies: finding
            .remedies
            .iter()
            .map(|remedy| RemedyView { kind: words::remedy_name(remedy.kind), step: remedy.step.clone() })
            .collect(),
        authority: finding.authority.clone(),
        basis: finding.basis.map(|basis| basis.name()),
        location: finding.location.as_ref().map(ToString::to_string),
        id: finding.id.clone(),
        others: group.others.iter().take(NAMES_SHOWN).map(|other| name(other)).collect(),
        others_more: group.others.len().saturating_sub(NAMES_SHOWN),
        others_count: group.others.len(),
        suppressed: finding.suppressed.as_ref().map(words::suppression_text),
        open: false,
    }
}

/// The same with the first card open.
pub(super) fn views_with_one_open(
    report: &AuditReport,
    labels: &Labels<'_>,
    groups: &[FindingGroup<'_>],
) -> Vec<FindingView> {
    let mut views = views(report, labels, groups);
    if let Some(first) = views.first_mut() {
        first.open = true;
    }
    views
}

/// The findings that have no card, a line each.
pub(super) fn lines(groups: &[FindingGroup<'_>]) -> Vec<String> {
    let line = |group: &FindingGroup<'_>| {
        let more = match group.others.len() {
            0 => String::new(),
            count => format!(" and {}", words::plural(count, "more package")),
        };
        let lead = group.lead;
        format!("{}: {}{more}: {}", lead.severity.name(), view::title(lead), lead.reason)
    };
    groups.iter().skip(CARDS).map(line).collect()
}
