//! Everything that was judged, put into one report.

use super::Known;
use super::findings::{Scene, of_evidence, upstream};
use super::project_license::{self, ProjectLicense};
use super::reach::Reach;
use super::report::{
    AuditReport, DependencyReport, LicenseReport, OutboundOption, PackageReport, ProjectReport,
    SCHEMA_VERSION, Summary, Tool,
};
use super::request::AuditRequest;
use super::work::{self, ExpressionKey, Expressions, Work};
use crate::compatibility::{OutboundExpression, Part, Situation, candidacy, popular};
use crate::licenses::{Category, catalogue};
use crate::model::{
    Consequence, DependencyGraph, EffectiveOutbound, Expression, Finding, LicenseFact, LicenseName, Linkage,
    NodeIndex, Obligation, ObligationKind, Project, Purl, Remedy, RemedyKind, RuleId, Severity, Verdict,
};
use std::collections::{BTreeMap, BTreeSet};

/// A project with everything that was judged for it.
struct Judged {
    reach: Reach,
    license: ProjectLicense,
    outbound: OutboundExpression,
    work: Work,
}

/// Judges every project and writes the report.
pub fn report(request: &AuditRequest, known: Known) -> AuditReport {
    let Known { graph, facts, problems, read, not_read, fetched, not_fetched, .. } = known;
    let mut expressions = Expressions::default();
    let keys: Vec<Option<ExpressionKey>> = graph
        .nodes()
        .map(|node| {
            let own = project_license::is_own_code(&graph, &facts, node);
            (!own).then(|| expressions.add(&request.law, &facts[node.index()].concluded.expression))
        })
        .collect();
    let mut projects: Vec<Project> = graph.projects().to_vec();
    projects.sort_by(|left, right| {
        (&left.manifest, &graph.package(left.node).purl)
            .cmp(&(&right.manifest, &graph.package(right.node).purl))
    });
    let judged: Vec<Judged> =
        projects.iter().map(|project| judge(request, &graph, &facts, project, &keys, &expressions)).collect();
    let reaches: Vec<&Reach> = judged.iter().map(|one| &one.reach).collect();
    let (mut findings, edge_verdicts) = upstream(&request.law, &graph, &facts, &reaches);
    for (project, one) in projects.iter().zip(&judged) {
        findings.extend(project_findings(request, &graph, &facts, project, one, &expressions));
    }
    findings.extend(evidence_findings(&graph, &facts, &judged));
    sort_findings(&mut findings);
    let mut report = AuditReport {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool {
            name: "licgraph".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            license_list_version: catalogue::LIST_VERSION.to_owned(),
        },
        created: request.created.clone(),
        distribution: request.distribution,
        projects: projects
            .iter()
            .zip(&judged)
            .map(|(project, one)| project_report(request, &graph, project, one, &expressions))
            .collect(),
        packages: packages(request, &graph, &facts, &projects, &judged, &keys, &expressions),
        dependencies: dependencies(&graph, &edge_verdicts),
        obligations: obligations(request, &graph, &judged, &expressions),
        findings,
        problems,
        practices: Vec::new(),
        summary: Summary { read, not_read, fetched, not_fetched, ..Summary::default() },
    };
    report.count();
    report
}

fn judge(
    request: &AuditRequest,
    graph: &DependencyGraph,
    facts: &[LicenseFact],
    project: &Project,
    keys: &[Option<ExpressionKey>],
    expressions: &Expressions,
) -> Judged {
    let mut reach = Reach::of(graph, project.node);
    if request.without_dev {
        reach.leave_out(Linkage::Dev);
    }
    let license = project_license::of(request, graph, facts, project);
    let expression = license.expression.clone().unwrap_or_else(Expression::no_assertion);
    let outbound = OutboundExpression::new(&request.law, &expression);
    let work = work::judge(&request.law, graph, &reach, &outbound, keys, expressions, request.distribution);
    Judged { reach, license, outbound, work }
}

fn project_findings(
    request: &AuditRequest,
    graph: &DependencyGraph,
    facts: &[LicenseFact],
    project: &Project,
    one: &Judged,
    expressions: &Expressions,
) -> Vec<Finding> {
    if one.license.expression.is_none() {
        // One finding says it; the packages cannot be judged and need not each repeat it.
        return vec![license_missing(graph, project)];
    }
    let scene = Scene {
        law: &request.law,
        graph,
        facts,
        root: project.node,
        reach: &one.reach,
        license: &one.outbound,
        expressions,
        distribution: request.distribution,
    };
    scene.findings(&one.work)
}

fn license_missing(graph: &DependencyGraph, project: &Project) -> Finding {
    let mut finding = of_evidence(
        RuleId::ProjectLicenseMissing,
        Severity::Error,
        graph,
        project.node,
        "The project names no license, so nothing can be judged against it.",
        None,
    );
    finding.verdict = Some(Verdict::Unknown);
    finding.project = Some(graph.package(project.node).name.clone());
    finding.location = finding.location.or_else(|| Some(crate::model::SourceSpan::file(&project.manifest)));
    finding.remedies = vec![Remedy {
        kind: RemedyKind::Clarify,
        step: "State it in the manifest, in licgraph.toml or with --license; for closed source write \
               LicenseRef-Proprietary."
            .to_owned(),
    }];
    finding
}

/// What the evidence shows beside the verdicts, for packages that the projects use.
fn evidence_findings(graph: &DependencyGraph, facts: &[LicenseFact], judged: &[Judged]) -> Vec<Finding> {
    let used = |node: NodeIndex| judged.iter().any(|one| one.reach.linkage(node).is_some());
    let mut found = Vec::new();
    for node in graph.nodes().filter(|node| used(*node)) {
        let fact = &facts[node.index()];
        let license = Some(fact.concluded.expression.to_string());
        if let Some(disagreement) = &fact.disagreement {
            found.push(of_evidence(
                RuleId::LicenseDisagreement,
                Severity::Warning,
                graph,
                node,
                disagreement,
                license.clone(),
            ));
        }
        if let Some(note) = fact.notes.iter().find(|note| note.contains("not an SPDX")) {
            found.push(of_evidence(RuleId::InvalidExpression, Severity::Note, graph, node, note, license));
        }
    }
    found
}

/// Most serious first; what is the project's own before what is upstream's.
pub fn sort_findings(findings: &mut Vec<Finding>) {
    findings.sort_by(|left, right| {
        let key = |finding: &Finding| {
            (finding.severity, finding.rule, std::cmp::Reverse(finding.verdict), finding.project.clone())
        };
        key(left)
            .cmp(&key(right))
            .then_with(|| left.package.cmp(&right.package))
            .then_with(|| left.id.cmp(&right.id))
    });
    findings.dedup();
}

fn project_report(
    request: &AuditRequest,
    graph: &DependencyGraph,
    project: &Project,
    one: &Judged,
    expressions: &Expressions,
) -> ProjectReport {
    let package = graph.package(project.node);
    let stated = one.license.expression.is_some();
    let verdict = if stated { one.work.joint.verdict } else { Verdict::Unknown };
    let conveyed = one
        .reach
        .packages()
        .iter()
        .filter(|node| one.reach.linkage(**node).is_some_and(Linkage::is_conveyed))
        .count();
    ProjectReport {
        name: package.name.clone(),
        version: package.version.clone(),
        purl: package.purl.clone(),
        ecosystem: package.ecosystem.name().to_owned(),
        manifest: project.manifest.clone(),
        graph_source: project.graph_source.clone(),
        license: one.license.expression.as_ref().map(ToString::to_string),
        license_source: Some(one.license.source.clone()),
        verdict,
        reason: work_reason(one, verdict, conveyed),
        effective_outbound: EffectiveOutbound(if stated {
            one.work.joint.effective_outbound.clone()
        } else {
            None
        }),
        possible_outbound: options(request, graph, one, expressions),
        conveyed_packages: conveyed,
    }
}

fn work_reason(one: &Judged, verdict: Verdict, conveyed: usize) -> String {
    let joint = &one.work.joint;
    let count = |verdict: Verdict| -> usize {
        one.work
            .groups
            .iter()
            .filter(|group| group.verdict == verdict)
            .map(|group| group.packages.len())
            .sum()
    };
    let license = &one.outbound.text;
    if one.license.expression.is_none() {
        return "The project names no license.".to_owned();
    }
    match verdict {
        Verdict::Compatible => format!("All {conveyed} packages that are conveyed with it fit {license}."),
        Verdict::Conditional => {
            let effective = joint.effective_outbound.as_deref().unwrap_or(license);
            format!("The whole can be conveyed under {effective}, if what the findings ask is done.")
        }
        Verdict::Unknown => {
            let unknown = count(Verdict::Unknown);
            format!(
                "{unknown} {} unknown terms, so nobody can say.",
                if unknown == 1 { "package has" } else { "packages have" }
            )
        }
        Verdict::Incompatible if joint.conflict.is_empty() => {
            let against = count(Verdict::Incompatible);
            format!(
                "{against} {} not fit {license}.",
                if against == 1 { "package does" } else { "packages do" }
            )
        }
        Verdict::Incompatible => {
            "Each package is allowed, but together they leave no license for the whole.".to_owned()
        }
    }
}

/// What the dependencies would allow, for the well-known licenses.
fn options(
    request: &AuditRequest,
    graph: &DependencyGraph,
    one: &Judged,
    expressions: &Expressions,
) -> Vec<OutboundOption> {
    let groups: Vec<_> = one.work.groups.iter().filter(|group| work::takes_part(group)).collect();
    let parts: Vec<Part<'_>> = groups
        .iter()
        .map(|group| Part {
            inbound: expressions.get(group.expression),
            situation: Situation::new(group.linkage, request.distribution),
        })
        .collect();
    popular(&request.law)
        .map(|(id, candidate)| {
            let answer = candidacy(&request.law, candidate, &parts);
            let mut blocking: Vec<_> = answer
                .blockers
                .iter()
                .flat_map(|part| &groups[*part].packages)
                .map(|node| graph.package(*node).purl.clone())
                .collect();
            blocking.sort();
            let blockers = blocking.len();
            blocking.truncate(10);
            OutboundOption { license: id.to_owned(), verdict: answer.verdict, blocked_by: blocking, blockers }
        })
        .collect()
}

fn packages(
    request: &AuditRequest,
    graph: &DependencyGraph,
    facts: &[LicenseFact],
    projects: &[Project],
    judged: &[Judged],
    keys: &[Option<ExpressionKey>],
    expressions: &Expressions,
) -> Vec<PackageReport> {
    let mut views: Vec<PackageView> = graph.nodes().map(|_| PackageView::default()).collect();
    for (project, one) in projects.iter().zip(judged) {
        let purl = &graph.package(project.node).purl;
        for group in &one.work.groups {
            let situation = Situation::new(group.linkage, request.distribution);
            let surviving = &one.work.joint.surviving;
            let inbound = expressions.get(group.expression);
            let (chosen, _) = work::duties(&request.law, inbound, &one.outbound, surviving, situation);
            let text = expressions.text(group.expression);
            let answer = crate::compatibility::explain(&request.law, inbound, text, &one.outbound, situation);
            for node in &group.packages {
                views[node.index()].see(purl, one, group, &chosen, &answer.reason, *node);
            }
        }
        for node in one.reach.packages() {
            views[node.index()].reached(one, *node);
        }
    }
    let mut reports: Vec<PackageReport> = graph
        .nodes()
        .filter(|node| {
            let is_project = projects.iter().any(|project| project.node == *node);
            is_project || judged.iter().any(|one| one.reach.linkage(*node).is_some())
        })
        .map(|node| {
            package_report(
                graph,
                facts,
                projects,
                judged,
                &views[node.index()],
                keys[node.index()].is_none(),
                node,
            )
        })
        .collect();
    reports.sort_by(|left, right| left.purl.cmp(&right.purl));
    reports
}

/// What the projects together say about a package.
#[derive(Default)]
struct PackageView {
    verdict: Option<Verdict>,
    reason: String,
    chosen: Option<String>,
    verdicts: BTreeMap<String, Verdict>,
    linkage: Option<Linkage>,
    path: Vec<NodeIndex>,
}

impl PackageView {
    fn see(
        &mut self,
        project: &Purl,
        one: &Judged,
        group: &work::Group,
        chosen: &str,
        reason: &str,
        node: NodeIndex,
    ) {
        let verdict = if one.license.expression.is_some() { group.verdict } else { Verdict::Unknown };
        if self.verdict.is_none_or(|known| verdict > known) {
            self.verdict = Some(verdict);
            self.reason = reason.to_owned();
            self.path = one.reach.path(node);
        }
        self.verdicts.insert(project.to_string(), verdict);
        self.chosen.get_or_insert_with(|| chosen.to_owned());
    }

    fn reached(&mut self, one: &Judged, node: NodeIndex) {
        let linkage = one.reach.linkage(node);
        self.linkage = match (self.linkage, linkage) {
            (Some(known), Some(new)) => Some(known.min(new)),
            (known, new) => known.or(new),
        };
        if self.path.is_empty() {
            self.path = one.reach.path(node);
        }
    }
}

fn package_report(
    graph: &DependencyGraph,
    facts: &[LicenseFact],
    projects: &[Project],
    judged: &[Judged],
    view: &PackageView,
    own_code: bool,
    node: NodeIndex,
) -> PackageReport {
    let package = graph.package(node);
    let position = projects.iter().position(|project| project.node == node);
    let own = position.map(|position| &judged[position]);
    let scopes: BTreeSet<_> = graph.dependents(node).map(|(_, edge)| edge.scope).collect();
    let direct = projects.iter().any(|project| graph.dependencies(project.node).any(|(to, _)| to == node));
    let (verdict, reason) = match (own, view.verdict) {
        (Some(own), None) => (own_verdict(own), "One of the audited projects.".to_owned()),
        (_, Some(verdict)) => (verdict, view.reason.clone()),
        (None, None) if own_code => {
            (Verdict::Compatible, "Part of the audited projects' own code.".to_owned())
        }
        (None, None) => (Verdict::Unknown, "Not judged.".to_owned()),
    };
    PackageReport {
        purl: package.purl.clone(),
        name: package.name.clone(),
        version: package.version.clone(),
        ecosystem: package.ecosystem.name().to_owned(),
        project: position.is_some(),
        direct,
        scopes: scopes.into_iter().collect(),
        linkage: view.linkage.unwrap_or(Linkage::Static),
        license: license_report(&facts[node.index()], view.chosen.clone()),
        verdict,
        reason,
        verdicts: view.verdicts.clone(),
        paths: vec![view.path.iter().map(|step| graph.package(*step).label()).collect()],
        origin: package.origin.clone(),
        checksums: package.checksums.clone(),
        bundles: package.bundles.clone(),
        location: package.location.clone(),
        details: package.details.clone(),
    }
}

fn own_verdict(own: &Judged) -> Verdict {
    if own.license.expression.is_some() { own.work.joint.verdict } else { Verdict::Unknown }
}

fn license_report(fact: &LicenseFact, chosen: Option<String>) -> LicenseReport {
    let concluded = fact.concluded.expression.to_string();
    LicenseReport {
        declared: fact.normalised.as_ref().map(ToString::to_string),
        declared_verbatim: fact.declared.clone(),
        detected: fact.detected.clone(),
        source: fact.concluded.source,
        reason: fact.concluded.reason.clone(),
        category: category(&fact.concluded.expression),
        chosen: chosen.filter(|chosen| !chosen.is_empty() && *chosen != concluded),
        concluded,
    }
}

/// The category of an expression: every part of an `AND` binds, the mildest arm of an `OR` is there to take.
fn category(expression: &Expression) -> Option<String> {
    strictest(expression).map(|category| category.name().to_owned())
}

fn strictest(expression: &Expression) -> Option<Category> {
    match expression {
        Expression::Term(term) => match &term.license {
            LicenseName::Known(id) => Some(catalogue::record(*id).category),
            _ => None,
        },
        Expression::And(members) => {
            members.iter().map(strictest).collect::<Option<Vec<_>>>()?.into_iter().max()
        }
        Expression::Or(members) => members.iter().filter_map(strictest).min(),
    }
}

fn dependencies(graph: &DependencyGraph, verdicts: &[Verdict]) -> Vec<DependencyReport> {
    let mut edges: Vec<DependencyReport> = graph
        .edges()
        .zip(verdicts)
        .map(|((from, to, edge), verdict)| DependencyReport {
            from: graph.package(from).purl.clone(),
            to: graph.package(to).purl.clone(),
            scope: edge.scope,
            linkage: edge.linkage,
            condition: edge.condition.clone(),
            verdict: *verdict,
        })
        .collect();
    edges.sort();
    edges
}

fn obligations(
    request: &AuditRequest,
    graph: &DependencyGraph,
    judged: &[Judged],
    expressions: &Expressions,
) -> Vec<Obligation> {
    let mut found: BTreeMap<ObligationKind, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for one in judged {
        for group in &one.work.groups {
            let situation = Situation::new(group.linkage, request.distribution);
            let inbound = expressions.get(group.expression);
            let (_, duties) =
                work::duties(&request.law, inbound, &one.outbound, &one.work.joint.surviving, situation);
            for (terms, kind) in duties {
                let (licenses, packages) = found.entry(kind).or_default();
                licenses.insert(request.law.id(terms).to_owned());
                packages.extend(group.packages.iter().map(|node| graph.package(*node).purl.to_string()));
            }
        }
    }
    found
        .into_iter()
        .map(|(kind, (licenses, packages))| Obligation {
            kind,
            duty: kind.duty().to_owned(),
            licenses: licenses.into_iter().collect(),
            packages: packages.into_iter().collect(),
        })
        .collect()
}

impl AuditReport {
    /// Counts again, after findings were suppressed or added.
    pub fn count(&mut self) {
        let summary = &mut self.summary;
        summary.packages = self.packages.iter().filter(|package| !package.project).count();
        summary.dependencies = self.dependencies.len();
        summary.verdicts = BTreeMap::new();
        for package in self.packages.iter().filter(|package| !package.project) {
            *summary.verdicts.entry(package.verdict.name().to_owned()).or_default() += 1;
        }
        summary.findings = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| finding.suppressed.is_none()) {
            *summary.findings.entry(finding.severity.name().to_owned()).or_default() += 1;
        }
        summary.suppressed = self.findings.iter().filter(|finding| finding.suppressed.is_some()).count();
        summary.complete =
            !self.problems.iter().any(|problem| problem.consequence == Consequence::Incomplete);
    }
}
