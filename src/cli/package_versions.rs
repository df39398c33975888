//! Two versions of one package as two states.

use super::audit_options::{AuditOptions, Prepared};
use super::auditing::{self, PolicyOptions};
use super::input::Failure;
use crate::compatibility::{InboundExpression, Law, OutboundExpression, Situation, explain};
use crate::diff::{SNAPSHOT_VERSION, Snapshot, SnapshotPackage};
use crate::evidence;
use crate::model::{DependencyGraph, Ecosystem, Expression, Linkage, Origin, Package, Purl, Verdict};

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
    Ok((of(old), of(new)))
}

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
    Ok(Package::new(ecosystem, &name, Some(version), Origin::Registry(None)))
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
        findings: Vec::new(),
        problems: learned.problems.len(),
    }
}
