//! What several formats ask of a report: its outcome, its findings folded, its licenses counted.

use super::words::plural;
use crate::audit::{AuditReport, PackageReport, ProjectReport};
use crate::model::{self, Consequence, Finding, Severity, SourceSpan, SuppressionKind, Verdict};
use std::collections::{BTreeMap, HashMap};

/// What the whole report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A finding that counts is an error.
    Fails,
    /// Nothing fails, and not everything could be read.
    Incomplete,
    /// Something needs a step or a look.
    Conditional,
    /// Nothing stands in the way but what was waived.
    Waived,
    /// Nothing stands in the way.
    Passes,
}

impl Outcome {
    /// The outcome of a report.
    pub fn of(report: &AuditReport) -> Self {
        let counts = |severity| counting(report).any(|finding| finding.severity == severity);
        let worst = report.projects.iter().map(|project| project.verdict).max();
        if counts(Severity::Error) {
            Self::Fails
        } else if is_incomplete(report) || report.projects.is_empty() {
            Self::Incomplete
        } else if counts(Severity::Warning) || worst == Some(Verdict::Conditional) {
            Self::Conditional
        } else if worst.is_some_and(|verdict| !verdict.is_allowed()) || report.summary.suppressed > 0 {
            Self::Waived
        } else {
            Self::Passes
        }
    }

    /// One word in capitals.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fails => "FAIL",
            Self::Incomplete => "INCOMPLETE",
            Self::Conditional => "CONDITIONAL",
            Self::Waived | Self::Passes => "PASS",
        }
    }

    /// A headline.
    pub fn headline(self) -> &'static str {
        match self {
            Self::Fails => "Not ready to ship",
            Self::Incomplete => "No answer yet",
            Self::Conditional => "Ready to ship, with something to do",
            Self::Waived => "Ready to ship, with waivers",
            Self::Passes => "Ready to ship",
        }
    }

    /// The name of its style: that of a verdict.
    pub fn style(self) -> &'static str {
        match self {
            Self::Fails => Verdict::Incompatible.name(),
            Self::Incomplete => Verdict::Unknown.name(),
            Self::Conditional => Verdict::Conditional.name(),
            Self::Waived | Self::Passes => Verdict::Compatible.name(),
        }
    }
}

/// Whether packages or edges may be missing.
pub fn is_incomplete(report: &AuditReport) -> bool {
    let gaps = report.problems.iter().any(|problem| problem.consequence == Consequence::Incomplete);
    gaps || !report.summary.complete
}

/// Findings that no waiver and no baseline covers.
pub fn counting(report: &AuditReport) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.suppressed.is_none())
}

/// The file a finding is shown in. A forge drops what has none, so a finding without one is shown in its project's
/// manifest, or in any file of the audit.
pub fn place(report: &AuditReport, finding: &Finding) -> Option<SourceSpan> {
    let manifest = report.projects.iter().find(|project| Some(&project.name) == finding.project.as_ref());
    let own = finding.location.clone();
    own.or_else(|| manifest.map(|project| SourceSpan::file(project.manifest.clone())))
        .or_else(|| any_file(report))
}

/// Any file of the audit.
pub fn any_file(report: &AuditReport) -> Option<SourceSpan> {
    let manifest = report.projects.first().map(|project| project.manifest.clone());
    manifest.or_else(|| report.summary.read.first().cloned()).map(SourceSpan::file)
}

/// Findings that a waiver or the baseline covers.
pub fn suppressed(report: &AuditReport) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.suppressed.is_some())
}

/// `3 errors, 1 warning`; `no findings` if nothing counts.
fn finding_counts(report: &AuditReport) -> String {
    let mut parts = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let count = counting(report).filter(|finding| finding.severity == severity).count();
        if count > 0 {
            parts.push(plural(count, severity.name()));
        }
    }
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

/// How many findings are waived, and how many are in the baseline: known is not accepted.
pub fn suppressed_counts(report: &AuditReport) -> String {
    let of = |kind: SuppressionKind| {
        let is_kind = |finding: &&Finding| finding.suppressed.as_ref().is_some_and(|one| one.kind == kind);
        suppressed(report).filter(is_kind).count()
    };
    let counts =
        [(of(SuppressionKind::Waiver), "waived"), (of(SuppressionKind::Baseline), "in the baseline")];
    let said = counts.iter().filter(|(count, _)| *count > 0);
    said.map(|(count, word)| format!("{} {word}", super::words::thousands(*count)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The first sentence of a report, without its [`Outcome::word`].
pub fn opening(report: &AuditReport) -> String {
    let mut text = match report.projects.as_slice() {
        [] if report.summary.packages == 0 => return "no project could be read".to_owned(),
        [] => "no project was found".to_owned(),
        [project] => {
            let license = project.license.as_deref().unwrap_or("no license stated");
            format!("{} ({license}): {}", project_label(project), finding_counts(report))
        }
        projects => format!("{}: {}", plural(projects.len(), "project"), finding_counts(report)),
    };
    text.push_str(&format!(" in {}", plural(report.summary.packages, "package")));
    if report.summary.suppressed > 0 {
        text.push_str(&format!(", {}", suppressed_counts(report)));
    }
    if is_incomplete(report) {
        text.push_str("; the audit is incomplete");
    }
    text
}

/// `name version` of a package.
pub fn label(package: &PackageReport) -> String {
    model::label(&package.name, package.version.as_deref())
}

/// `name version` of a project.
pub fn project_label(project: &ProjectReport) -> String {
    model::label(&project.name, project.version.as_deref())
}

/// Packages by purl.
pub struct Packages<'a>(HashMap<&'a str, &'a PackageReport>);

impl<'a> Packages<'a> {
    /// The packages of a report.
    pub fn of(report: &'a AuditReport) -> Self {
        Self(report.packages.iter().map(|package| (package.purl.as_str(), package)).collect())
    }

    /// `name version` for a purl; the purl itself if the report does not have the package.
    pub fn label(&self, purl: &str) -> String {
        self.0.get(purl).map_or_else(|| purl.to_owned(), |package| label(package))
    }
}

/// The subject of a finding: `name 1.0 (GPL-3.0-only) in shop`.
pub fn title(finding: &Finding) -> String {
    let mut text = match (&finding.package_label, &finding.project) {
        (Some(label), _) => label.clone(),
        (None, Some(project)) => return format!("{project}: {}", lower_first(finding.rule.description())),
        (None, None) => return finding.rule.description().trim_end_matches('.').to_owned(),
    };
    if let Some(license) = &finding.license {
        text.push_str(&format!(" ({license})"));
    }
    if let Some(project) = &finding.project {
        text.push_str(&format!(" in {project}"));
    }
    text
}

fn lower_first(sentence: &str) -> String {
    let sentence = sentence.trim_end_matches('.');
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// Findings that say the same of several packages.
pub struct FindingGroup<'a> {
    /// The one that is told in full.
    pub lead: &'a Finding,
    /// The others.
    pub others: Vec<&'a Finding>,
}

/// Folds findings with the same rule, project, license and reason, those that always hold apart from those that hold
/// under a condition; order is by the first of each.
pub fn fold<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<FindingGroup<'a>> {
    let mut groups: Vec<FindingGroup<'a>> = Vec::new();
    let mut known = BTreeMap::new();
    for finding in findings {
        let key = (
            finding.severity,
            finding.rule,
            finding.project.as_deref(),
            finding.license.as_deref(),
            reason_without_names(finding),
            finding.suppressed.as_ref(),
            finding.condition.is_some(),
        );
        match known.get(&key) {
            Some(&position) => {
                let group: &mut FindingGroup<'a> = &mut groups[position];
                group.others.push(finding);
            }
            None => {
                known.insert(key, groups.len());
                groups.push(FindingGroup { lead: finding, others: Vec::new() });
            }
        }
    }
    groups.sort_by_key(|group| (group.lead.severity, group.lead.rule));
    groups
}

/// The reason with the package's own name and version left out, so that the same sentence compares equal.
fn reason_without_names(finding: &Finding) -> String {
    let Some(label) = &finding.package_label else { return finding.reason.clone() };
    let name = label.rsplit_once(' ').map_or(label.as_str(), |(name, _)| name);
    let without = finding.reason.replace(label.as_str(), "\u{0}");
    let words: Vec<&str> = without.split(' ').map(|word| if word == name { "\u{0}" } else { word }).collect();
    words.join(" ")
}

/// A license of the report with the packages under it.
pub struct LicenseUse<'a> {
    /// As concluded.
    pub license: &'a str,
    /// How many packages.
    pub packages: usize,
    /// The worst verdict in each project, in the order of the report's projects; none where it does not occur.
    pub by_project: Vec<Option<Verdict>>,
    /// The worst verdict of all.
    pub worst: Verdict,
}

/// The licenses that occur, worst verdict first, then by number of packages.
pub fn licenses(report: &AuditReport) -> Vec<LicenseUse<'_>> {
    let mut uses: BTreeMap<&str, LicenseUse<'_>> = BTreeMap::new();
    for package in report.packages.iter().filter(|package| !package.project) {
        let license = package.license.concluded.as_str();
        let entry = uses.entry(license).or_insert_with(|| LicenseUse {
            license,
            packages: 0,
            by_project: vec![None; report.projects.len()],
            worst: Verdict::Compatible,
        });
        entry.packages += 1;
        entry.worst = entry.worst.max(package.verdict);
        for (position, project) in report.projects.iter().enumerate() {
            let verdict = package.verdicts.get(project.purl.as_str()).copied();
            entry.by_project[position] = entry.by_project[position].max(verdict);
        }
    }
    let mut sorted: Vec<_> = uses.into_values().collect();
    sorted.sort_by_key(|entry| (std::cmp::Reverse(entry.worst), std::cmp::Reverse(entry.packages)));
    sorted
}

/// Packages of a project by verdict, in the order compatible, conditional, unknown, incompatible.
pub fn project_counts(report: &AuditReport, project: &ProjectReport) -> [usize; 4] {
    let mut counts = [0; 4];
    for package in report.packages.iter().filter(|package| !package.project) {
        if let Some(verdict) = package.verdicts.get(project.purl.as_str()) {
            counts[*verdict as usize] += 1;
        }
    }
    counts
}
