//! Everything that was judged, put into one report.

use super::Known;
use super::findings::{Scene, of_evidence, upstream};
use super::missing_files::Registries;
use super::package_page::{packages, views};
use super::project_license::{self, ProjectLicense};
use super::project_page::project_report;
use super::reach::Reach;
use super::report::{AuditReport, DependencyReport, SCHEMA_VERSION, Summary, Tool};
use super::request::AuditRequest;
use super::work::{self, ExpressionKey, Expressions, Work};
use crate::compatibility::{OutboundExpression, Situation};
use crate::licenses::catalogue;
use crate::model::{
    Consequence, DependencyGraph, Expression, Finding, LicenseFact, Linkage, NodeIndex, Obligation,
    ObligationKind, Project, Remedy, RemedyKind, RuleId, Severity, Verdict,
};
use std::collections::{BTreeMap, BTreeSet};

/// A project with everything that was judged for it.
pub struct Judged {
    /// What it reaches.
    pub reach: Reach,
    /// Its license, and where it was read.
    pub license: ProjectLicense,
    /// The same, resolved.
    pub outbound: OutboundExpression,
    /// Its packages, judged.
    pub work: Work,
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
    let (mut findings, edge_verdicts) =
        upstream(&request.law, &graph, &facts, &reaches, request.distribution);
    let registries = if not_fetched > 0 { Registries::LeftOut } else { Registries::Asked };
    for (project, one) in projects.iter().zip(&judged) {
        let known = (&graph, facts.as_slice());
        findings.extend(project_findings(request, known, project, one, &expressions, registries));
    }
    findings.extend(evidence_findings(&graph, &facts, &judged));
    sort_findings(&mut findings);
    let views = views(request, &graph, &projects, &judged, &keys, &expressions);
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
        dependencies: dependencies(&graph, &edge_verdicts),
        obligations: obligations(request, &graph, &judged, &expressions),
        packages: packages(views, graph.into_packages(), facts),
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
    (graph, facts): (&DependencyGraph, &[LicenseFact]),
    project: &Project,
    one: &Judged,
    expressions: &Expressions,
    registries: Registries,
) -> Vec<Finding> {
    if one.license.expression.is_none() {
        // One finding says it; the packages cannot be judged and need not each repeat it.
        return vec![license_missing(graph, project, &facts[project.node.index()])];
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
        source: project.graph_source.as_deref(),
        registries,
    };
    scene.findings(&one.work)
}

fn license_missing(graph: &DependencyGraph, project: &Project, fact: &LicenseFact) -> Finding {
    let stated: Vec<&str> = fact.declared.iter().filter_map(|one| one.statement.name()).collect();
    let reason = match stated.first() {
        Some(name) => format!(
            "The project says `{name}`, which is no license that SPDX knows, so nothing can be judged against it."
        ),
        None => "The project names no license, so nothing can be judged against it.".to_owned(),
    };
    let mut finding =
        of_evidence(RuleId::ProjectLicenseMissing, Severity::Error, graph, project.node, &reason, None);
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

/// What the evidence shows beside the verdicts, for the projects and the packages that they use.
fn evidence_findings(graph: &DependencyGraph, facts: &[LicenseFact], judged: &[Judged]) -> Vec<Finding> {
    let is_project = |node: NodeIndex| graph.projects().iter().any(|project| project.node == node);
    let used =
        |node: NodeIndex| is_project(node) || judged.iter().any(|one| one.reach.linkage(node).is_some());
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

/// All edges, by the purls of both ends.
fn dependencies(graph: &DependencyGraph, verdicts: &[Verdict]) -> Vec<DependencyReport> {
    let mut by_purl: Vec<NodeIndex> = graph.nodes().collect();
    by_purl.sort_unstable_by(|left, right| graph.package(*left).purl.cmp(&graph.package(*right).purl));
    let mut rank = vec![0; by_purl.len()];
    by_purl.iter().enumerate().for_each(|(position, node)| rank[node.index()] = position);
    let mut edges: Vec<_> = graph.edges().zip(verdicts).collect();
    edges.sort_by(|((from, to, edge), verdict), ((other_from, other_to, other), other_verdict)| {
        let ends = (rank[from.index()], rank[to.index()]);
        ends.cmp(&(rank[other_from.index()], rank[other_to.index()])).then_with(|| {
            let joined = (edge.scope, edge.linkage, &edge.condition, verdict);
            joined.cmp(&(other.scope, other.linkage, &other.condition, other_verdict))
        })
    });
    edges
        .into_iter()
        .map(|((from, to, edge), verdict)| DependencyReport {
            from: graph.package(from).purl.clone(),
            to: graph.package(to).purl.clone(),
            scope: edge.scope,
            linkage: edge.linkage,
            condition: edge.condition.clone(),
            verdict: *verdict,
        })
        .collect()
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
            let (_, duties) = work::duties(&request.law, inbound, &one.outbound, &one.work.joint, situation);
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
