//! What the policy says about a finished report.

use super::practice::PracticeSetting;
use super::rules::Decision;
use super::validate::{Clarified, Policy};
use super::waiver::{Waiver, name_of};
use crate::audit::{AuditReport, PackageReport, fingerprint, sort_findings};
use crate::licenses;
use crate::model::{Finding, PracticeState, Purl, Remedy, RemedyKind, RuleId, Severity, SourceSpan, label};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

/// A waiver that ends soon.
#[derive(Clone, Debug)]
pub struct Expiring<'a> {
    /// The waiver.
    pub waiver: &'a Waiver,
    /// Days from today to its last day.
    pub days: i32,
}

/// Adds what the policy denies or wants looked at, marks what is waived, and says which waivers have ended or
/// cover nothing. Counts again.
pub fn apply(report: &mut AuditReport, policy: &Policy, today: Date) {
    let mut found = policy_findings(report, policy);
    report.findings.append(&mut found);
    waive(report, policy, today);
    apply_practices(report, &policy.practices, today);
    for file in &policy.files {
        if !report.summary.read.contains(file) {
            report.summary.read.push(file.clone());
        }
    }
    report.summary.read.sort();
    sort_findings(&mut report.findings);
    report.count();
}

/// Waivers whose last day is at most `days` away, soonest first.
pub fn expiring(policy: &Policy, today: Date, days: u16) -> Vec<Expiring<'_>> {
    let mut found: Vec<Expiring<'_>> = policy
        .waivers
        .iter()
        .filter_map(|waiver| {
            let left = today.until(waiver.expires).ok()?.get_days();
            (0..=i32::from(days)).contains(&left).then_some(Expiring { waiver, days: left })
        })
        .collect();
    found.sort_by_key(|one| (one.days, one.waiver.location.clone()));
    found
}

/// Findings for clarifications that cover no package, by their positions.
pub fn unused_clarifications(report: &mut AuditReport, clarifications: &[Clarified], unused: &[usize]) {
    for clarified in unused.iter().filter_map(|position| clarifications.get(*position)) {
        report.findings.push(about_policy(
            RuleId::WaiverUnused,
            &clarified.location,
            clarified.packages.glob().glob(),
            format!(
                "The clarification of `{}` covers no package, or the text it was read from has changed; remove it or correct it.",
                clarified.packages.glob().glob()
            ),
        ));
    }
    sort_findings(&mut report.findings);
    report.count();
}

fn policy_findings(report: &AuditReport, policy: &Policy) -> Vec<Finding> {
    let Some(root) = report.projects.first() else { return Vec::new() };
    report
        .packages
        .iter()
        .filter(|package| !package.project)
        .filter_map(|package| {
            let expression = licenses::parse(&package.license.concluded).ok()?;
            let rules = policy.rules.for_linkage(package.linkage);
            match rules.decide(&expression, &policy.licenses) {
                Decision::Allowed => None,
                Decision::Review(reason) => {
                    Some(finding(RuleId::PolicyReview, Severity::Warning, package, reason, &root.purl))
                }
                Decision::Denied(reason) => {
                    Some(finding(RuleId::PolicyDenied, Severity::Error, package, reason, &root.purl))
                }
            }
        })
        .collect()
}

fn finding(
    rule: RuleId,
    severity: Severity,
    package: &PackageReport,
    reason: String,
    project: &Purl,
) -> Finding {
    let license = &package.license.concluded;
    let step = match rule {
        RuleId::PolicyDenied => {
            "Replace it, or allow the license in licgraph.toml, or accept it there as a waiver with reason and last day."
        }
        _ => {
            "Read the license; then allow it in licgraph.toml, or accept this package there as a waiver with reason and last day."
        }
    };
    let id = fingerprint(rule, Some(&package.purl), project, license);
    Finding {
        package: Some(package.purl.clone()),
        package_label: Some(label(&package.name, package.version.as_deref())),
        license: Some(license.clone()),
        project: package.paths.first().and_then(|path| path.first()).map(|root| name_of(root).to_owned()),
        scope: package.scopes.first().copied(),
        linkage: Some(package.linkage),
        authority: vec!["licgraph.toml".to_owned()],
        paths: package.paths.clone(),
        remedies: vec![Remedy { kind: RemedyKind::Replace, step: step.to_owned() }],
        location: package.location.clone(),
        ..Finding::new(id, rule, severity, reason)
    }
}

/// Marks what is covered; then says which waivers have ended and which cover nothing.
fn waive(report: &mut AuditReport, policy: &Policy, today: Date) {
    let mut covered = vec![0_usize; policy.waivers.len()];
    for finding in &mut report.findings {
        let mut holding = None;
        for (position, waiver) in policy.waivers.iter().enumerate() {
            if waiver.covers(finding) {
                covered[position] += 1;
                if waiver.holds(today) {
                    holding = holding.or(Some(waiver));
                }
            }
        }
        if let Some(waiver) = holding {
            finding.suppressed = Some(waiver.suppression());
        }
    }
    for (waiver, covered) in policy.waivers.iter().zip(covered) {
        if covered == 0 {
            report.findings.push(unused(waiver));
        } else if !waiver.holds(today) {
            report.findings.push(expired(waiver, covered));
        }
    }
}

fn unused(waiver: &Waiver) -> Finding {
    let reason = format!(
        "The waiver for {} covers no finding; remove it, or correct what it names.",
        waiver.subject()
    );
    about_policy(RuleId::WaiverUnused, &waiver.location, &waiver.subject(), reason)
}

fn expired(waiver: &Waiver, covered: usize) -> Finding {
    let findings = if covered == 1 { "1 finding counts" } else { &format!("{covered} findings count") };
    let reason = format!(
        "The waiver for {} ended on {}: {findings} again. Resolve it, or decide anew and give a later day.",
        waiver.subject(),
        waiver.expires
    );
    about_policy(RuleId::WaiverExpired, &waiver.location, &waiver.subject(), reason)
}

fn about_policy(rule: RuleId, location: &SourceSpan, subject: &str, reason: String) -> Finding {
    let mut hash = Sha256::new();
    for part in [rule.name(), &location.file, subject] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let id = hex::encode(&hash.finalize()[..8]);
    Finding { location: Some(location.clone()), ..Finding::new(id, rule, Severity::Warning, reason) }
}

fn apply_practices(report: &mut AuditReport, settings: &[PracticeSetting], today: Date) {
    if report.practices.is_empty() {
        // They were not asked for, so nothing can be said about decisions on them.
        return;
    }
    for setting in settings {
        let result = report.practices.iter_mut().find(|result| result.id.eq_ignore_ascii_case(&setting.id));
        match result {
            // What is there needs no decision.
            Some(result) if result.state == PracticeState::Pass => {}
            Some(result) if setting.holds(today) => {
                result.state = setting.state;
                result.reason = match setting.expires {
                    Some(last) => format!("{} (until {last})", setting.reason),
                    None => setting.reason.clone(),
                };
            }
            Some(_) => report.findings.push(about_policy(
                RuleId::WaiverExpired,
                &setting.location,
                &setting.id,
                format!("The decision about {} has passed its last day; decide anew.", setting.id),
            )),
            None => report.findings.push(about_policy(
                RuleId::WaiverUnused,
                &setting.location,
                &setting.id,
                format!("No recommendation is called {}; correct or remove the decision.", setting.id),
            )),
        }
    }
}
