//! Short ways to write down the parts of a report.

use licgraph::audit::{DependencyReport, LicenseReport, OutboundOption, PackageReport, ProjectReport};
use licgraph::model::{
    ConclusionSource, DeclaredLicense, Ecosystem, EffectiveOutbound, Finding, LicenseSource,
    LicenseStatement, Linkage, Origin, PackageDetails, Purl, RuleId, Scope, Severity, SourceSpan, Verdict,
};
use std::collections::BTreeMap;

/// A project with one known license.
pub fn project(ecosystem: Ecosystem, name: &str, manifest: &str, license: Option<&str>) -> ProjectReport {
    ProjectReport {
        name: name.to_owned(),
        version: Some("2.1.0".to_owned()),
        purl: Purl::new(ecosystem, name, Some("2.1.0")),
        ecosystem: ecosystem.name().to_owned(),
        manifest: manifest.to_owned(),
        graph_source: None,
        license: license.map(str::to_owned),
        license_source: license.map(|_| "manifest".to_owned()),
        verdict: Verdict::Compatible,
        reason: "Every dependency can be part of it.".to_owned(),
        effective_outbound: EffectiveOutbound(license.map(str::to_owned)),
        possible_outbound: Vec::new(),
        conveyed_packages: 0,
    }
}

/// An answer to "could it be conveyed under that license?".
pub fn outbound(license: &str, verdict: Verdict, blocked_by: &[&Purl]) -> OutboundOption {
    OutboundOption {
        license: license.to_owned(),
        verdict,
        blocked_by: blocked_by.iter().map(|purl| (*purl).clone()).collect(),
        blockers: blocked_by.len(),
    }
}

/// A package of a registry whose manifest declares its license.
pub fn package(ecosystem: Ecosystem, name: &str, version: &str, license: &str) -> PackageReport {
    PackageReport {
        purl: Purl::new(ecosystem, name, Some(version)),
        name: name.to_owned(),
        version: Some(version.to_owned()),
        ecosystem: ecosystem.name().to_owned(),
        project: false,
        direct: false,
        scopes: vec![Scope::Runtime],
        linkage: if ecosystem == Ecosystem::Cargo { Linkage::Static } else { Linkage::Dynamic },
        license: declared(license),
        verdict: Verdict::Compatible,
        reason: format!("{license} asks for nothing that the project cannot give."),
        verdicts: BTreeMap::new(),
        paths: Vec::new(),
        origin: Origin::Registry(None),
        checksums: Vec::new(),
        bundles: Vec::new(),
        location: None,
        details: PackageDetails::default(),
    }
}

/// A license that the manifest declares and nothing contradicts.
pub fn declared(license: &str) -> LicenseReport {
    let known = license != "NOASSERTION";
    LicenseReport {
        notes: Vec::new(),
        declared: known.then(|| license.to_owned()),
        declared_verbatim: vec![DeclaredLicense {
            statement: LicenseStatement::Expression(license.to_owned()),
            source: LicenseSource::Manifest,
            location: None,
        }],
        detected: Vec::new(),
        concluded: license.to_owned(),
        source: if known { ConclusionSource::Declared } else { ConclusionSource::Unknown },
        reason: if known { "The manifest says so." } else { "Nothing says which license it has." }.to_owned(),
        chosen: None,
        category: category(license),
    }
}

fn category(license: &str) -> Option<String> {
    let name = match license {
        "NOASSERTION" | "NONE" => return None,
        _ if license.contains("AGPL") => "network-copyleft",
        _ if license.contains("LGPL") || license.contains("MPL") || license.contains("CDDL") => {
            "weak-copyleft"
        }
        _ if license.contains("GPL") => "strong-copyleft",
        _ if license.contains("BUSL") => "source-available",
        _ => "permissive",
    };
    Some(name.to_owned())
}

/// An edge that its dependent's own license can carry.
pub fn edge(from: &Purl, to: &Purl) -> DependencyReport {
    DependencyReport {
        from: from.clone(),
        to: to.clone(),
        scope: Scope::Runtime,
        linkage: Linkage::Static,
        condition: None,
        verdict: Verdict::Compatible,
    }
}

/// A finding about a package of a project.
pub fn finding(
    rule: RuleId,
    severity: Severity,
    package: &PackageReport,
    project: &ProjectReport,
) -> Finding {
    let label = format!("{} {}", package.name, package.version.as_deref().unwrap_or_default());
    let id = fingerprint(rule.name(), package.purl.without_version());
    Finding {
        verdict: Some(package.verdict),
        package: Some(package.purl.clone()),
        package_label: Some(label),
        license: Some(package.license.concluded.clone()),
        project: Some(project.name.clone()),
        scope: Some(Scope::Runtime),
        linkage: Some(package.linkage),
        paths: package.paths.clone(),
        location: package.location.clone(),
        ..Finding::new(id, rule, severity, package.reason.clone())
    }
}

/// A finding about no package.
pub fn loose(rule: RuleId, severity: Severity, reason: &str, location: Option<SourceSpan>) -> Finding {
    let id = fingerprint(rule.name(), reason);
    Finding { location, ..Finding::new(id, rule, severity, reason.to_owned()) }
}

/// Sixteen hexadecimal digits that depend on both words (FNV-1a).
fn fingerprint(rule: &str, subject: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in rule.bytes().chain([0]).chain(subject.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
