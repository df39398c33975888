//! From the audit report to the format-neutral document.

use super::licenses::{asserts, value_of};
use super::text::{address, archive_name, one_line};
use super::{Profile, SbomError, SbomOptions};
use crate::audit::{AuditReport, PackageReport, ProjectReport};
use crate::model::sbom::{
    Acknowledgement, Component, Contact, Document, Edge, LicenseEntry, LicenseValue, Observed, Property,
    Reference, Remark,
};
use crate::model::{
    ChecksumAlgorithm, ConclusionSource, Consequence, DetectedLicense, Finding, LicenseStatement, Origin,
    Scope,
};
use std::collections::{HashMap, HashSet};

/// The document of a report: everything, or one project with what it uses.
///
/// # Errors
/// When the project asked for is not in the report.
pub fn document_of(report: &AuditReport, options: &SbomOptions) -> Result<Document, SbomError> {
    let wanted = match &options.project {
        Some(project) => {
            if !report.projects.iter().any(|known| known.purl == *project) {
                return Err(SbomError::NoSuchProject(project.clone()));
            }
            Some(reachable(report, project.as_str()))
        }
        None => None,
    };
    let in_document = |purl: &str| wanted.as_ref().is_none_or(|set| set.contains(purl));
    let projects: HashMap<&str, &ProjectReport> = report
        .projects
        .iter()
        .filter(|project| options.project.as_ref().is_none_or(|only| *only == project.purl))
        .map(|project| (project.purl.as_str(), project))
        .collect();

    let mut document = Document {
        name: document_name(report, options),
        created: report.created.clone(),
        tools: vec![(report.tool.name.clone(), Some(report.tool.version.clone()))],
        author: options.author.clone(),
        license_list_version: Some(report.tool.license_list_version.clone()),
        complete: Some(is_complete(report)),
        properties: document_properties(report),
        practices: report.practices.clone(),
        ..Document::default()
    };
    let mut positions: HashMap<&str, usize> = HashMap::with_capacity(report.packages.len());
    for package in report.packages.iter().filter(|package| in_document(package.purl.as_str())) {
        let position = document.components.len();
        if positions.insert(package.purl.as_str(), position).is_some() {
            continue;
        }
        let project = projects.get(package.purl.as_str()).copied();
        if project.is_some() {
            document.roots.push(position);
        }
        document.components.push(component(package, project, options.profile));
    }
    for dependency in &report.dependencies {
        let ends = (positions.get(dependency.from.as_str()), positions.get(dependency.to.as_str()));
        if let (Some(&from), Some(&to)) = ends {
            let (scope, linkage) = (Some(dependency.scope), Some(dependency.linkage));
            document.edges.push(Edge { from, to, scope, linkage });
        }
    }
    document.edges.sort_unstable();
    document.edges.dedup();
    document.remarks = report.findings.iter().filter_map(|finding| remark(finding, &positions)).collect();
    Ok(document)
}

/// The purls that a project reaches, itself included.
fn reachable<'a>(report: &'a AuditReport, project: &'a str) -> HashSet<&'a str> {
    let mut targets: HashMap<&str, Vec<&str>> = HashMap::new();
    for dependency in &report.dependencies {
        targets.entry(dependency.from.as_str()).or_default().push(dependency.to.as_str());
    }
    let mut found = HashSet::from([project]);
    let mut waiting = vec![project];
    while let Some(next) = waiting.pop() {
        for &target in targets.get(next).into_iter().flatten() {
            if found.insert(target) {
                waiting.push(target);
            }
        }
    }
    found
}

fn document_name(report: &AuditReport, options: &SbomOptions) -> String {
    let named: Vec<&str> = report
        .projects
        .iter()
        .filter(|project| options.project.as_ref().is_none_or(|only| *only == project.purl))
        .map(|project| project.name.as_str())
        .collect();
    match named.as_slice() {
        [] => "unnamed".to_owned(),
        [one] => (*one).to_owned(),
        [first, ..] => format!("{first} and {} more", named.len() - 1),
    }
}

fn is_complete(report: &AuditReport) -> bool {
    !report.problems.iter().any(|problem| problem.consequence == Consequence::Incomplete)
}

fn document_properties(report: &AuditReport) -> Vec<Property> {
    let mut properties = vec![
        Property::new("licgraph:distribution", report.distribution.name()),
        Property::new("licgraph:report-schema", report.schema_version.as_str()),
        Property::new("licgraph:spdx-license-list", report.tool.license_list_version.as_str()),
    ];
    for problem in &report.problems {
        let text = match &problem.location {
            Some(location) => format!("{location}: {}", problem.message),
            None => problem.message.clone(),
        };
        properties.push(Property::new("licgraph:problem", text));
    }
    properties
}

fn component(
    package: &PackageReport,
    project: Option<&ProjectReport>,
    profile: Option<Profile>,
) -> Component {
    Component {
        reference: package.purl.as_str().to_owned(),
        kind: if package.project { "application" } else { "library" }.to_owned(),
        group: None,
        name: one_line(&package.name),
        version: package.version.as_deref().map(one_line),
        purl: Some(package.purl.as_str().to_owned()),
        description: package.details.description.as_deref().map(one_line),
        authors: package.details.authors.clone(),
        copyright: None,
        scope: (!package.project).then(|| scope_word(&package.scopes).to_owned()),
        licenses: licenses(package),
        observed: package.license.detected.iter().flat_map(observed).collect(),
        hashes: package
            .checksums
            .iter()
            .filter_map(|sum| Some((algorithm_word(sum.algorithm)?.to_owned(), sum.value.clone())))
            .collect(),
        references: references(package),
        occurrences: package.location.iter().map(|span| (span.file.clone(), span.line)).collect(),
        properties: properties(package, project, profile),
        manufacturer: match profile {
            Some(Profile::Bsi | Profile::Cisa) => contact_among(&package.details.authors),
            None => None,
        },
        line: None,
    }
}

/// The strongest of a package's scopes in the three words of CycloneDX.
fn scope_word(scopes: &[Scope]) -> &'static str {
    if scopes.contains(&Scope::Runtime) || scopes.is_empty() {
        "required"
    } else if scopes.contains(&Scope::Optional) || scopes.contains(&Scope::Peer) {
        "optional"
    } else {
        "excluded"
    }
}

/// Go's directory hash is no checksum of an archive and has no word.
fn algorithm_word(algorithm: ChecksumAlgorithm) -> Option<&'static str> {
    match algorithm {
        ChecksumAlgorithm::Md5 => Some("MD5"),
        ChecksumAlgorithm::Sha1 => Some("SHA-1"),
        ChecksumAlgorithm::Sha256 => Some("SHA-256"),
        ChecksumAlgorithm::Sha384 => Some("SHA-384"),
        ChecksumAlgorithm::Sha512 => Some("SHA-512"),
        ChecksumAlgorithm::GoH1 => None,
    }
}

/// Declared as the authors say it, concluded only where somebody looked at more than their word.
fn licenses(package: &PackageReport) -> Vec<LicenseEntry> {
    let license = &package.license;
    let declared = Some(Acknowledgement::Declared);
    let mut entries = Vec::new();
    match &license.declared {
        Some(expression) if asserts(expression) => {
            entries.push(LicenseEntry::new(value_of(expression), declared));
        }
        Some(_) => {}
        None => {
            let statements = license.declared_verbatim.iter().flat_map(|said| verbatim(&said.statement));
            entries.extend(statements.map(|value| LicenseEntry::new(value, declared)));
        }
    }
    entries.dedup();
    if license.concluded == "NONE" {
        let none = LicenseValue::Expression("NONE".to_owned());
        entries.push(LicenseEntry::new(none, Some(Acknowledgement::Concluded)));
    }
    let looked = !matches!(license.source, ConclusionSource::Declared | ConclusionSource::Unknown);
    if looked && asserts(&license.concluded) {
        let concluded = Some(Acknowledgement::Concluded);
        entries.push(LicenseEntry::new(value_of(&license.concluded), concluded));
    }
    entries
}

/// A statement that nobody understood, under a name.
fn verbatim(statement: &LicenseStatement) -> Vec<LicenseValue> {
    match statement {
        LicenseStatement::Expression(text)
        | LicenseStatement::FreeText(text)
        | LicenseStatement::Classifier(text) => vec![LicenseValue::Name(text.clone())],
        LicenseStatement::Address(url) => vec![LicenseValue::Address(url.clone())],
        LicenseStatement::File(_) => Vec::new(),
        LicenseStatement::List(names) => names.iter().cloned().map(LicenseValue::Name).collect(),
        LicenseStatement::Unlicensed => vec![LicenseValue::Name("UNLICENSED".to_owned())],
    }
}

fn observed(detected: &DetectedLicense) -> Option<Observed> {
    if detected.candidates.is_empty() {
        return None;
    }
    Some(Observed {
        license: detected.candidates.join(" OR "),
        file: Some(detected.file.clone()),
        lines: Some((detected.first_line, detected.last_line)),
        sha256: Some(detected.sha256.clone()),
        percent: Some((detected.confidence.clamp(0.0, 1.0) * 100.0).round() as u8),
    })
}

fn references(package: &PackageReport) -> Vec<Reference> {
    let mut references = Vec::new();
    let mut add = |kind: &str, text: Option<&str>| {
        if let Some(url) = text.and_then(address) {
            references.push(Reference { kind: kind.to_owned(), url, hashes: Vec::new() });
        }
    };
    add("website", package.details.homepage.as_deref());
    add("vcs", package.details.repository.as_deref());
    match &package.origin {
        Origin::Git(url) if package.details.repository.as_deref() != Some(url) => add("vcs", Some(url)),
        Origin::Archive(url) => add("distribution", Some(url)),
        Origin::Registry(Some(url)) if archive_name(url).is_some() => add("distribution", Some(url)),
        _ => {}
    }
    for reference in references.iter_mut().filter(|reference| reference.kind == "distribution") {
        reference.hashes = package
            .checksums
            .iter()
            .filter_map(|sum| Some((algorithm_word(sum.algorithm)?.to_owned(), sum.value.clone())))
            .collect();
    }
    references
}

fn properties(
    package: &PackageReport,
    project: Option<&ProjectReport>,
    profile: Option<Profile>,
) -> Vec<Property> {
    let license = &package.license;
    let mut found = vec![
        Property::new("licgraph:verdict", package.verdict.name()),
        Property::new("licgraph:reason", package.reason.as_str()),
        Property::new("licgraph:linkage", package.linkage.name()),
    ];
    for scope in &package.scopes {
        found.push(Property::new("licgraph:scope", scope.name()));
    }
    if package.direct {
        found.push(Property::new("licgraph:direct", "true"));
    }
    found.push(Property::new("licgraph:license:used", license.concluded.as_str()));
    found.push(Property::new("licgraph:license:reason", license.reason.as_str()));
    if let Some(chosen) = &license.chosen {
        found.push(Property::new("licgraph:license:chosen", chosen.as_str()));
    }
    for said in &license.declared_verbatim {
        if let LicenseStatement::File(file) = &said.statement {
            found.push(Property::new("licgraph:license:file", file.as_str()));
        }
    }
    for sum in package.checksums.iter().filter(|sum| sum.algorithm == ChecksumAlgorithm::GoH1) {
        found.push(Property::new("licgraph:checksum:go-h1", sum.value.as_str()));
    }
    for bundled in &package.bundles {
        found.push(Property::new("licgraph:bundles", bundled.as_str()));
    }
    if let Some(project) = project {
        found.extend(project_properties(project));
    }
    if profile == Some(Profile::Bsi) {
        found.extend(super::profile::bsi_properties(package));
    }
    found
}

fn project_properties(project: &ProjectReport) -> Vec<Property> {
    let mut found = vec![
        Property::new("licgraph:project:manifest", project.manifest.as_str()),
        Property::new("licgraph:project:verdict", project.verdict.name()),
        Property::new("licgraph:project:reason", project.reason.as_str()),
    ];
    if let Some(license) = &project.license {
        found.push(Property::new("licgraph:project:license", license.as_str()));
    }
    if let Some(outbound) = &project.effective_outbound.0 {
        found.push(Property::new("licgraph:effective-outbound", outbound.as_str()));
    }
    found
}

/// The first author with an address: `Name <mail@host>`.
pub(super) fn contact_among(authors: &[String]) -> Option<Contact> {
    authors.iter().find_map(|author| {
        let (name, rest) = author.split_once('<')?;
        let email = rest.split_once('>')?.0.trim();
        let (user, host) = email.split_once('@')?;
        if user.is_empty() || !host.contains('.') || email.contains(char::is_whitespace) {
            return None;
        }
        let name = name.trim();
        Some(Contact {
            name: (!name.is_empty()).then(|| name.to_owned()),
            email: Some(email.to_owned()),
            url: None,
        })
    })
}

fn remark(finding: &Finding, positions: &HashMap<&str, usize>) -> Option<Remark> {
    let component = match &finding.package {
        Some(purl) => Some(*positions.get(purl.as_str())?),
        None => None,
    };
    let mut text = format!("{} ({}): {}", finding.rule.name(), finding.severity.name(), finding.reason);
    if !finding.authority.is_empty() {
        text.push_str(&format!(" Authority: {}.", finding.authority.join("; ")));
    }
    for remedy in &finding.remedies {
        text.push_str(&format!(" Way out: {}", remedy.step));
    }
    if let Some(suppression) = &finding.suppressed {
        text.push_str(&format!(" Accepted: {}", suppression.reason));
    }
    Some(Remark { component, text })
}
