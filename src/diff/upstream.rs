//! Whether newer releases of what a project uses changed their license: known before the upgrade.

use crate::audit::{AuditReport, AuditRequest, Known, judge};
use crate::model::{Expression, Finding, LicenseFact, NodeIndex, Purl, RuleId, Verdict};
use std::collections::BTreeSet;

/// The newest release of a package of the graph, and what is known of its license.
#[derive(Clone, Debug)]
pub struct Release {
    /// The package in use.
    pub node: NodeIndex,
    /// The newest version.
    pub version: String,
    /// Its license.
    pub fact: LicenseFact,
}

/// A direct dependency whose newest release declares another license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamChange {
    /// The package as it is used.
    pub purl: Purl,
    /// The license in use.
    pub license: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// The newest version.
    pub new_version: String,
    /// The license of that version; `NOASSERTION` if it declares none and none was found in its files.
    pub new_license: String,
    /// The verdict that the new license would get here.
    pub new_verdict: Verdict,
    /// Why.
    pub reason: String,
    /// What the project's own rules would say of it.
    pub policy: Vec<String>,
}

/// What the look at newer releases gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upstream {
    /// How many direct dependencies were asked about.
    pub asked: usize,
    /// How many of them have a newer release.
    pub newer: usize,
    /// The hosts that were asked.
    pub hosts: BTreeSet<String>,
    /// Those whose newest release declares another license.
    pub changes: Vec<UpstreamChange>,
    /// What could not be learned.
    pub problems: Vec<String>,
}

/// The direct dependencies of the audited projects, in the order of their purls.
pub fn direct_dependencies(report: &AuditReport, known: &Known) -> Vec<NodeIndex> {
    let direct = report.packages.iter().filter(|package| package.direct && !package.project);
    direct.filter_map(|package| known.graph.find(&package.purl)).collect()
}

/// Judges the projects as if every release that changed its license were in use, and says what that would mean.
/// `policy` adds what the project's own rules say. What else a release would bring in is not looked at.
pub fn changes(
    request: &AuditRequest,
    known: &Known,
    report: &AuditReport,
    releases: &[Release],
    policy: &dyn Fn(&mut AuditReport),
) -> Vec<UpstreamChange> {
    let changed: Vec<&Release> =
        releases.iter().filter(|release| differ(&known.facts[release.node.index()], &release.fact)).collect();
    if changed.is_empty() {
        return Vec::new();
    }
    let mut after = known.clone();
    for release in &changed {
        after.facts[release.node.index()] = release.fact.clone();
    }
    let mut after = judge(request, after);
    policy(&mut after);
    let mut found: Vec<_> =
        changed.into_iter().filter_map(|release| change(release, known, report, &after)).collect();
    found.sort_by(|left, right| left.purl.cmp(&right.purl));
    found
}

fn change(
    release: &Release,
    known: &Known,
    before: &AuditReport,
    after: &AuditReport,
) -> Option<UpstreamChange> {
    let purl = &known.graph.package(release.node).purl;
    let of = |report: &'_ AuditReport| {
        let package = report.packages.iter().find(|package| package.purl == *purl)?;
        Some((package.verdict, package.reason.clone()))
    };
    let (new_verdict, reason) = of(after)?;
    let by_policy = |finding: &&Finding| {
        finding.package.as_ref() == Some(purl)
            && finding.suppressed.is_none()
            && matches!(finding.rule, RuleId::PolicyDenied | RuleId::PolicyReview)
    };
    Some(UpstreamChange {
        purl: purl.clone(),
        license: stated(&known.facts[release.node.index()]).to_string(),
        verdict: of(before)?.0,
        new_version: release.version.clone(),
        new_license: stated(&release.fact).to_string(),
        new_verdict,
        reason,
        policy: after.findings.iter().filter(by_policy).map(|finding| finding.reason.clone()).collect(),
    })
}

/// What a package says of itself; where that is not clear, what was concluded. The files of the version in use may
/// have been read and those of the newest not, so that conclusions alone cannot be compared.
fn stated(fact: &LicenseFact) -> &Expression {
    fact.normalised.as_ref().unwrap_or(&fact.concluded.expression)
}

fn differ(used: &LicenseFact, newest: &LicenseFact) -> bool {
    sorted(stated(used)) != sorted(stated(newest))
}

/// An order of the members in which two spellings of one expression are equal.
fn sorted(expression: &Expression) -> Expression {
    let all = |members: &[Expression]| {
        let mut members: Vec<_> = members.iter().map(sorted).collect();
        members.sort();
        members
    };
    match expression {
        Expression::Term(term) => Expression::Term(term.clone()),
        Expression::And(members) => Expression::And(all(members)),
        Expression::Or(members) => Expression::Or(all(members)),
    }
}
