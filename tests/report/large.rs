//! A report of the size that a grown web application has.

use crate::build::{edge, finding, outbound, package, project};
use licgraph::audit::{AuditReport, PackageReport, SCHEMA_VERSION, Summary, Tool};
use licgraph::model::{
    Distribution, Ecosystem, EffectiveOutbound, Obligation, ObligationKind, Remedy, RemedyKind, RuleId,
    Severity, SourceSpan, Verdict,
};
use std::collections::BTreeMap;

/// Licenses with how many of 2,000 packages have them, about as in public registries.
const LICENSES: [(&str, usize, Verdict); 14] = [
    ("MIT", 1290, Verdict::Compatible),
    ("Apache-2.0", 180, Verdict::Compatible),
    ("ISC", 170, Verdict::Compatible),
    ("BSD-3-Clause", 90, Verdict::Compatible),
    ("MIT OR Apache-2.0", 80, Verdict::Compatible),
    ("BSD-2-Clause", 60, Verdict::Compatible),
    ("0BSD", 25, Verdict::Compatible),
    ("(MIT OR Apache-2.0) AND Unicode-3.0", 15, Verdict::Compatible),
    ("MPL-2.0", 25, Verdict::Compatible),
    ("BlueOak-1.0.0", 10, Verdict::Compatible),
    ("LGPL-3.0-or-later", 15, Verdict::Conditional),
    ("NOASSERTION", 25, Verdict::Unknown),
    ("GPL-3.0-only", 11, Verdict::Incompatible),
    ("AGPL-3.0-only", 4, Verdict::Incompatible),
];
const WORDS: [&str; 16] = [
    "ansi", "babel", "cache", "color", "event", "glob", "http", "json", "lodash", "parse", "react", "rollup",
    "stream", "test", "util", "webpack",
];

/// A project with `count` packages, of which every one but the first forty is reached through another.
pub fn report(count: usize) -> AuditReport {
    let mut shop = project(Ecosystem::Npm, "storefront", "package.json", Some("MIT"));
    let mut packages: Vec<PackageReport> = Vec::with_capacity(count + 1);
    let mut dependencies = Vec::new();
    for number in 0..count {
        let (license, verdict) = license_of(number, count);
        let name = format!("{}-{}-{number}", WORDS[number % 16], WORDS[(number / 16) % 16]);
        let version = format!("{}.{}.0", number % 7, number % 13);
        let mut made = package(Ecosystem::Npm, &name, &version, license);
        made.verdict = verdict;
        made.verdicts = BTreeMap::from([(shop.purl.to_string(), verdict)]);
        made.reason = reason(verdict, license);
        made.location = Some(SourceSpan::line("package-lock.json", number as u32 * 9 + 12));
        let parents = parents(number);
        made.direct = parents.is_empty();
        made.paths = vec![path_to(&packages, parents.first().copied(), &made)];
        if parents.is_empty() {
            dependencies.push(edge(&shop.purl, &made.purl));
        }
        for parent in parents {
            dependencies.push(edge(&packages[parent].purl, &made.purl));
        }
        packages.push(made);
    }
    shop.verdict = Verdict::Incompatible;
    shop.reason = "Code under the GPL and the AGPL reaches the whole program.".to_owned();
    shop.effective_outbound = EffectiveOutbound(None);
    shop.conveyed_packages = count;
    let blocking: Vec<_> = packages
        .iter()
        .filter(|package| package.verdict == Verdict::Incompatible)
        .map(|package| package.purl.clone())
        .collect();
    shop.possible_outbound = vec![
        outbound("AGPL-3.0-only", Verdict::Conditional, &[]),
        outbound("Apache-2.0", Verdict::Incompatible, &blocking.iter().take(10).collect::<Vec<_>>()),
        outbound("MIT", Verdict::Incompatible, &blocking.iter().take(10).collect::<Vec<_>>()),
    ];
    assemble(shop, packages, dependencies)
}

fn license_of(number: usize, count: usize) -> (&'static str, Verdict) {
    // A step that has no divisor with the total spreads the licenses over the graph.
    let mut place = (number * 1237) % count * 2_000 / count;
    for (license, share, verdict) in LICENSES {
        if place < share {
            return (license, verdict);
        }
        place -= share;
    }
    ("MIT", Verdict::Compatible)
}

fn reason(verdict: Verdict, license: &str) -> String {
    match verdict {
        Verdict::Compatible => format!("{license} asks for nothing that MIT cannot give."),
        Verdict::Conditional => "A bundled library under the LGPL must stay replaceable.".to_owned(),
        Verdict::Unknown => "Nothing says which license it has.".to_owned(),
        Verdict::Incompatible => {
            format!("{license} reaches the whole program, and MIT does not offer those terms.")
        }
    }
}

fn parents(number: usize) -> Vec<usize> {
    if number < 40 {
        return Vec::new();
    }
    // The first is the one that the path takes; a multiplication spreads the others.
    let first = number / 5;
    let spread = number.wrapping_mul(2_654_435_761) >> 5;
    let others = [spread % number, (spread >> 7) % number];
    let mut parents = vec![first];
    for other in others {
        if !parents.contains(&other) {
            parents.push(other);
        }
    }
    parents
}

fn path_to(packages: &[PackageReport], parent: Option<usize>, package: &PackageReport) -> Vec<String> {
    let mut path = match parent {
        Some(parent) => packages[parent].paths[0].clone(),
        None => vec!["storefront 2.1.0".to_owned()],
    };
    path.push(format!("{} {}", package.name, package.version.as_deref().unwrap_or_default()));
    path
}

fn assemble(
    shop: licgraph::audit::ProjectReport,
    mut packages: Vec<PackageReport>,
    mut dependencies: Vec<licgraph::audit::DependencyReport>,
) -> AuditReport {
    let mut findings = Vec::new();
    for package in &packages {
        let (rule, severity) = match package.verdict {
            Verdict::Compatible => continue,
            Verdict::Conditional => (RuleId::ConditionalDependency, Severity::Warning),
            Verdict::Unknown => (RuleId::UnknownLicense, Severity::Error),
            Verdict::Incompatible => (RuleId::IncompatibleDependency, Severity::Error),
        };
        let mut found = finding(rule, severity, package, &shop);
        found.authority = vec!["FSF license list".to_owned()];
        found.remedies =
            vec![Remedy { kind: RemedyKind::Replace, step: format!("Replace {}.", package.name) }];
        findings.push(found);
    }
    findings.sort_by_key(|finding| (finding.severity, finding.rule));
    let summary = Summary {
        complete: true,
        packages: packages.len(),
        dependencies: dependencies.len(),
        verdicts: BTreeMap::new(),
        findings: BTreeMap::new(),
        suppressed: 0,
        read: vec!["package-lock.json".to_owned(), "package.json".to_owned()],
        not_read: Vec::new(),
        fetched: BTreeMap::new(),
        not_fetched: 0,
    };
    let mut root = package(Ecosystem::Npm, "storefront", "2.1.0", "MIT");
    root.project = true;
    root.verdict = shop.verdict;
    let kept = packages.iter().filter(|package| package.license.concluded.contains("MIT"));
    let obligations = vec![Obligation {
        kind: ObligationKind::Notice,
        duty: ObligationKind::Notice.duty().to_owned(),
        licenses: vec!["MIT".to_owned()],
        packages: kept.map(|package| package.purl.to_string()).collect(),
    }];
    packages.push(root);
    packages.sort_by(|left, right| left.purl.cmp(&right.purl));
    dependencies.sort();
    AuditReport {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool {
            name: "licgraph".to_owned(),
            version: "0.1.0".to_owned(),
            license_list_version: "3.29.0".to_owned(),
        },
        created: None,
        distribution: Distribution::Binary,
        projects: vec![shop],
        packages,
        dependencies,
        findings,
        problems: Vec::new(),
        obligations,
        practices: Vec::new(),
        summary,
    }
}

/// The same, where every package has a finding with a reason of its own: nothing can be folded.
pub fn all_wrong(count: usize) -> AuditReport {
    let mut report = report(count);
    let shop = report.projects[0].clone();
    let wrong =
        report.packages.iter().filter(|package| !package.project).enumerate().map(|(number, package)| {
            let mut found = finding(RuleId::UnknownLicense, Severity::Error, package, &shop);
            found.reason = format!("Its metadata names license {number}, which nobody knows.");
            found
        });
    report.findings = wrong.collect();
    report
}
