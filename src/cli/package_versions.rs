//! Two versions of one package as two states.

use super::audit_options::{AuditOptions, Prepared};
use super::auditing::{self, PolicyOptions};
use super::input::Failure;
use crate::audit::fingerprint;
use crate::compatibility::{InboundExpression, Law, OutboundExpression, Situation, explain};
use crate::diff::{SNAPSHOT_VERSION, Snapshot, SnapshotFinding, SnapshotPackage};
use crate::evidence;
use crate::model::{
    ConclusionSource, DependencyGraph, Ecosystem, Expression, Linkage, Origin, Package, Purl, RuleId,
    Severity, Verdict,
};

/// What is known about the two versions, each judged as a static dependency of a work under the policy's license.
pub fn snapshots(
    old: &str,
    new: &str,
    options: &AuditOptions,
    flags: &PolicyOptions,
) -> Result<(Snapshot, Snapshot), Failure> {
    let policy = auditing::load_policy(options, flags, None)?;
    let prepared = AuditOptions { offline: policy.offline == Some(true), ..options.clone() }.prepare()?;
    let law = Law::with_custom(policy.licenses.clone()).map_err(|error| Failure::Use(error.to_string()))?;
    let (old, new) = (package(old)?, package(new)?);
    if old.purl.without_version() != new.purl.without_version() {
        return Err(Failure::Use(format!(
            "{} and {} are two packages; give two versions of one",
            old.purl, new.purl
        )));
    }
    let distribution = policy.distribution.unwrap_or_default();
    let of = |package| snapshot(package, &prepared, &law, policy.license.as_ref(), distribution);
    let (old, new) = (of(old), of(new));
    if let ([before], [now]) = (old.packages.as_slice(), new.packages.as_slice())
        && before.license == now.license
        && now.license != "NOASSERTION"
    {
        anstream::eprintln!("note: both versions are under {}", now.license);
    }
    Ok((old, new))
}

/// A package by its purl. One that names its place is asked there, and every other of the user's own registry.
fn package(text: &str) -> Result<Package, Failure> {
    let purl = Purl::parse(text).map_err(|error| Failure::Use(error.to_string()))?;
    let parsed: packageurl::PackageUrl<'_> =
        text.parse().map_err(|error| Failure::Use(format!("`{text}` is not a package URL: {error}")))?;
    let Some(version) = parsed.version() else {
        return Err(Failure::Use(format!("`{purl}` names no version; write {purl}@VERSION")));
    };
    let name = match parsed.namespace() {
        Some(namespace) => format!("{namespace}/{}", parsed.name()),
        None => parsed.name().to_owned(),
    };
    let ecosystem = Ecosystem::from_purl_type(parsed.ty());
    let origin = match (parsed.qualifiers().get("repository_url"), ecosystem) {
        (Some(address), Ecosystem::Cargo) => Origin::Registry(Some(format!("sparse+{address}"))),
        (Some(address), _) => Origin::Registry(Some(address.to_string())),
        (None, _) => Origin::Unknown,
    };
    let mut package = Package::new(ecosystem, &name, Some(version), origin);
    package.purl = purl;
    Ok(package)
}

fn snapshot(
    package: Package,
    prepared: &Prepared,
    law: &Law,
    license: Option<&Expression>,
    distribution: crate::model::Distribution,
) -> Snapshot {
    let mut graph = DependencyGraph::new();
    let node = graph.add_package(package);
    let learned = evidence::learn(&graph, &prepared.evidence, prepared.source());
    let conclusion = &learned.facts[node.index()].concluded;
    let inbound = InboundExpression::new(law, &conclusion.expression);
    let text = conclusion.expression.to_string();
    let (verdict, reason) = match license {
        Some(license) => {
            let outbound = OutboundExpression::new(law, license);
            let situation = Situation::new(Linkage::Static, distribution);
            let answer = explain(law, &inbound, &text, &outbound, situation);
            (answer.verdict, answer.reason)
        }
        None => (Verdict::Unknown, "Give --license to have it judged.".to_owned()),
    };
    let package = graph.package(node);
    let findings = license.and_then(|_| finding(package, verdict, &text, &reason));
    let mut problems: Vec<String> = learned.problems.iter().map(|problem| problem.message.clone()).collect();
    if problems.is_empty() && conclusion.source == ConclusionSource::Unknown {
        let why =
            if prepared.offline { "not asked, because this run is offline" } else { "no license is known" };
        problems.push(format!("{}: {why}", package.label()));
    }
    for problem in &problems {
        anstream::eprintln!("note: {problem}");
    }
    Snapshot {
        snapshot_version: SNAPSHOT_VERSION.to_owned(),
        created: None,
        projects: Vec::new(),
        packages: vec![SnapshotPackage {
            purl: package.purl.clone(),
            name: package.name.clone(),
            version: package.version.clone(),
            direct: true,
            license: text,
            linkage: Linkage::Static,
            verdict,
            reason,
        }],
        findings: findings.into_iter().collect(),
        problems: problems.len(),
    }
}

/// What `check` would find, were this version a dependency.
fn finding(package: &Package, verdict: Verdict, license: &str, reason: &str) -> Option<SnapshotFinding> {
    let (rule, severity) = match verdict {
        Verdict::Compatible => return None,
        Verdict::Conditional => (RuleId::ConditionalDependency, Severity::Warning),
        Verdict::Unknown => (RuleId::UnknownLicense, Severity::Error),
        Verdict::Incompatible if license == "NONE" => (RuleId::NoLicense, Severity::Error),
        Verdict::Incompatible => (RuleId::IncompatibleDependency, Severity::Error),
    };
    Some(SnapshotFinding {
        id: fingerprint(rule, Some(&package.purl), &package.purl, license),
        rule,
        severity,
        verdict: Some(verdict),
        package: Some(package.label()),
        reason: reason.to_owned(),
        suppressed: false,
    })
}
