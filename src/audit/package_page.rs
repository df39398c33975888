//! What the report says of a package.

use super::assemble::Judged;
use super::report::{LicenseReport, PackageReport};
use super::request::AuditRequest;
use super::work::{self, ExpressionKey, Expressions};
use crate::compatibility::Situation;
use crate::licenses::{Category, catalogue};
use crate::model::{
    DependencyGraph, Expression, LicenseFact, LicenseName, Linkage, NodeIndex, Project, Purl, Verdict,
};
use std::collections::{BTreeMap, BTreeSet};

/// Every package's entry in the report, by purl.
pub fn packages(
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
        notes: fact.notes.clone(),
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
