//! What the report says of a package.

use super::assemble::Judged;
use super::report::{LicenseReport, PackageReport};
use super::request::AuditRequest;
use super::work::{self, ExpressionKey, Expressions};
use crate::compatibility::Situation;
use crate::licenses::{Category, catalogue};
use crate::model::{
    DependencyGraph, Expression, LicenseFact, LicenseName, Linkage, NodeIndex, Package, Project, Purl, Scope,
    Verdict,
};
use std::collections::BTreeMap;

/// What the projects together say about each package, by node.
pub fn views(
    request: &AuditRequest,
    graph: &DependencyGraph,
    projects: &[Project],
    judged: &[Judged],
    keys: &[Option<ExpressionKey>],
    expressions: &Expressions,
) -> Vec<PackageView> {
    let mut views: Vec<PackageView> = graph
        .nodes()
        .map(|node| PackageView { own_code: keys[node.index()].is_none(), ..PackageView::default() })
        .collect();
    for (project, one) in projects.iter().zip(judged) {
        let purl = &graph.package(project.node).purl;
        for group in &one.work.groups {
            let situation = Situation::new(group.linkage, request.distribution);
            let inbound = expressions.get(group.expression);
            let (chosen, _) = work::duties(&request.law, inbound, &one.outbound, &one.work.joint, situation);
            let text = expressions.text(group.expression);
            let answer = crate::compatibility::explain(&request.law, inbound, text, &one.outbound, situation);
            for node in &group.packages {
                views[node.index()].see(purl, one, group, &chosen, &answer.reason, *node);
            }
        }
        for node in one.reach.packages() {
            views[node.index()].reached(one, *node);
        }
        for (direct, _) in graph.dependencies(project.node) {
            views[direct.index()].direct = true;
        }
        views[project.node.index()].own_verdict = Some(own_verdict(one));
    }
    for (node, view) in graph.nodes().zip(&mut views) {
        view.scopes = graph.dependents(node).map(|(_, edge)| edge.scope).collect();
        view.scopes.sort_unstable();
        view.scopes.dedup();
        view.steps = view.path.iter().map(|step| graph.package(*step).label()).collect();
    }
    views
}

/// The entries of the packages that belong to a project, by purl.
pub fn packages(
    views: Vec<PackageView>,
    packages: Vec<Package>,
    facts: Vec<LicenseFact>,
) -> Vec<PackageReport> {
    let mut reports: Vec<PackageReport> = views
        .into_iter()
        .zip(packages)
        .zip(facts)
        .filter(|((view, _), _)| view.own_verdict.is_some() || view.linkage.is_some())
        .map(|((view, package), fact)| package_report(view, package, fact))
        .collect();
    reports.sort_by(|left, right| left.purl.cmp(&right.purl));
    reports
}

/// What the projects together say about a package.
#[derive(Default)]
pub struct PackageView {
    /// The answer for the whole, where it is a project itself.
    own_verdict: Option<Verdict>,
    own_code: bool,
    direct: bool,
    scopes: Vec<Scope>,
    verdict: Option<Verdict>,
    reason: String,
    chosen: Option<String>,
    verdicts: BTreeMap<String, Verdict>,
    linkage: Option<Linkage>,
    path: Vec<NodeIndex>,
    /// The path in words.
    steps: Vec<String>,
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

fn package_report(view: PackageView, package: Package, fact: LicenseFact) -> PackageReport {
    let (verdict, reason) = match (view.own_verdict, view.verdict) {
        (Some(own), None) => (own, "One of the audited projects.".to_owned()),
        (_, Some(verdict)) => (verdict, view.reason),
        (None, None) if view.own_code => {
            (Verdict::Compatible, "Part of the audited projects' own code.".to_owned())
        }
        (None, None) => (Verdict::Unknown, "Not judged.".to_owned()),
    };
    PackageReport {
        purl: package.purl,
        name: package.name,
        version: package.version,
        ecosystem: package.ecosystem.name().to_owned(),
        project: view.own_verdict.is_some(),
        direct: view.direct,
        scopes: view.scopes,
        linkage: view.linkage.unwrap_or(Linkage::Static),
        license: license_report(fact, view.chosen),
        verdict,
        reason,
        verdicts: view.verdicts,
        paths: vec![view.steps],
        origin: package.origin,
        checksums: package.checksums,
        bundles: package.bundles,
        location: package.location,
        details: package.details,
    }
}

fn own_verdict(own: &Judged) -> Verdict {
    if own.license.expression.is_some() { own.work.joint.verdict } else { Verdict::Unknown }
}

fn license_report(fact: LicenseFact, chosen: Option<String>) -> LicenseReport {
    let concluded = fact.concluded.expression.to_string();
    LicenseReport {
        declared: fact.normalised.map(|expression| expression.to_string()),
        declared_verbatim: fact.declared,
        detected: fact.detected,
        source: fact.concluded.source,
        reason: fact.concluded.reason,
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
