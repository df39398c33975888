//! Verdicts become findings: what, why, by which path, on whose authority, and the ways out.

use super::missing_files::Registries;
use super::reach::Reach;
use super::remedies;
use super::work::{Expressions, Group, Work};
use crate::compatibility::{
    Explanation, InboundExpression, Law, OutboundExpression, Part, Situation, explain,
};
use crate::model::{
    DependencyGraph, Distribution, Expression, Finding, LicenseFact, Linkage, NodeIndex, Purl, Remedy,
    RemedyKind, RuleId, Severity, SourceSpan, Verdict,
};
use sha2::{Digest, Sha256};

/// Everything findings are made from.
pub struct Scene<'a> {
    /// The law.
    pub law: &'a Law,
    /// The graph.
    pub graph: &'a DependencyGraph,
    /// License facts by node.
    pub facts: &'a [LicenseFact],
    /// The project's node.
    pub root: NodeIndex,
    /// What it reaches.
    pub reach: &'a Reach,
    /// Its license.
    pub license: &'a OutboundExpression,
    /// Resolved expressions.
    pub expressions: &'a Expressions,
    /// How the work reaches people.
    pub distribution: Distribution,
    /// What the graph was read from.
    pub source: Option<&'a str>,
    /// Whether registries were asked what was missing.
    pub registries: Registries,
}

impl Scene<'_> {
    /// Findings about a project's dependencies and about the whole.
    pub fn findings(&self, work: &Work) -> Vec<Finding> {
        let mut found = Vec::new();
        let relicense = match work.joint.verdict {
            Verdict::Incompatible => remedies::relicense(self, work),
            _ => Vec::new(),
        };
        for group in work.groups.iter().filter(|group| group.verdict != Verdict::Compatible) {
            let answer = self.answer(group);
            for node in &group.packages {
                found.push(self.of_package(group, &answer, *node, &relicense));
            }
        }
        if !work.joint.conflict.is_empty() {
            found.push(self.of_conflict(work, &relicense));
        }
        found
    }

    fn answer(&self, group: &Group) -> Explanation {
        let situation = Situation::new(group.linkage, self.distribution);
        let text = self.expressions.text(group.expression);
        explain(self.law, self.expressions.get(group.expression), text, self.license, situation)
    }

    /// A group as part of the whole.
    pub fn part(&self, group: &Group) -> Part<'_> {
        Part {
            inbound: self.expressions.get(group.expression),
            situation: Situation::new(group.linkage, self.distribution),
        }
    }

    fn of_package(
        &self,
        group: &Group,
        answer: &Explanation,
        node: NodeIndex,
        relicense: &[Remedy],
    ) -> Finding {
        let license = self.expressions.text(group.expression);
        let rule = match group.verdict {
            Verdict::Incompatible if self.facts[node.index()].concluded.expression == Expression::none() => {
                RuleId::NoLicense
            }
            Verdict::Incompatible => RuleId::IncompatibleDependency,
            Verdict::Unknown => RuleId::UnknownLicense,
            _ => RuleId::ConditionalDependency,
        };
        let severity = match rule {
            RuleId::ConditionalDependency => Severity::Warning,
            // What is never conveyed cannot bind the work; its own terms of use are still not known.
            RuleId::UnknownLicense if group.linkage == Linkage::Dev => Severity::Warning,
            // A build tool without a version is one that nobody chose yet.
            RuleId::UnknownLicense
                if group.linkage == Linkage::Build && self.graph.package(node).version.is_none() =>
            {
                Severity::Warning
            }
            _ => Severity::Error,
        };
        let mut finding = self.about(rule, severity, node);
        finding.verdict = Some(group.verdict);
        finding.license = Some(license.to_owned());
        finding.linkage = Some(group.linkage);
        finding.reason = self.reason(group.verdict, answer, node);
        finding.authority = texts(&answer.authority);
        finding.basis = Some(answer.basis);
        finding.conditions = answer.conditions.clone();
        finding.remedies = remedies::of_package(self, group, answer, node, relicense);
        finding.id = fingerprint(rule, finding.package.as_ref(), self.project_purl(), license);
        finding
    }

    /// What the evidence says is the better reason where the license itself is not known.
    fn reason(&self, verdict: Verdict, answer: &Explanation, node: NodeIndex) -> String {
        match verdict {
            Verdict::Unknown => {
                let mut known = self.facts[node.index()].concluded.reason.clone();
                if let Some(first) = known.get(..1) {
                    known = format!("{}{}", first.to_uppercase(), &known[1..]);
                }
                format!("{}. {}", known.trim_end_matches('.'), answer.reason)
            }
            _ => answer.reason.clone(),
        }
    }

    fn of_conflict(&self, work: &Work, relicense: &[Remedy]) -> Finding {
        let members: Vec<&Group> = work.joint.conflict.iter().map(|part| &work.groups[*part]).collect();
        let named: Vec<String> = members
            .iter()
            .filter_map(|group| {
                let first = group.packages.first()?;
                Some(format!(
                    "{} ({})",
                    self.graph.package(*first).label(),
                    self.expressions.text(group.expression)
                ))
            })
            .collect();
        let first = members.first().and_then(|group| group.packages.first()).copied().unwrap_or(self.root);
        let mut finding = self.about(RuleId::JointConflict, Severity::Error, first);
        finding.package = None;
        finding.package_label = None;
        finding.verdict = Some(Verdict::Incompatible);
        finding.reason = if work.joint.whole_impossible {
            format!("Nobody can convey the whole: no license takes in {} together.", named.join(" and "))
        } else {
            format!("Each is allowed alone, but {} leave no license for the whole.", named.join(" and "))
        };
        finding.authority = members.iter().flat_map(|group| texts(&self.answer(group).authority)).collect();
        finding.authority.sort();
        finding.authority.dedup();
        finding.paths = members
            .iter()
            .filter_map(|group| Some(self.labels(&self.reach.path(*group.packages.first()?))))
            .collect();
        finding.remedies = remedies::of_conflict(self, &members, relicense);
        let licenses: Vec<&str> =
            members.iter().map(|group| self.expressions.text(group.expression)).collect();
        finding.id = fingerprint(RuleId::JointConflict, None, self.project_purl(), &licenses.join(" + "));
        finding
    }

    fn about(&self, rule: RuleId, severity: Severity, node: NodeIndex) -> Finding {
        let package = self.graph.package(node);
        let path = self.reach.path(node);
        let (scope, condition) = self.reach.entry(self.graph, node);
        Finding {
            package: Some(package.purl.clone()),
            package_label: Some(package.label()),
            project: Some(self.graph.package(self.root).name.clone()),
            scope,
            linkage: self.reach.linkage(node),
            paths: vec![self.labels(&path)],
            more_paths: self.reach.has_more_paths(self.graph, node),
            condition,
            location: self.location(&path),
            ..Finding::new(String::new(), rule, severity, String::new())
        }
    }

    fn project_purl(&self) -> &Purl {
        &self.graph.package(self.root).purl
    }

    fn labels(&self, path: &[NodeIndex]) -> Vec<String> {
        path.iter().map(|node| self.graph.package(*node).label()).collect()
    }

    /// The line of the project's manifest that starts the path, else the lock file's line of the package.
    fn location(&self, path: &[NodeIndex]) -> Option<SourceSpan> {
        let [root, first, ..] = path else { return self.graph.package(*path.first()?).location.clone() };
        let edge = self
            .graph
            .dependencies(*root)
            .filter(|(to, edge)| to == first && edge.location.is_some())
            .map(|(_, edge)| edge)
            .min_by_key(|edge| (edge.linkage, edge.location.clone()));
        edge.and_then(|edge| edge.location.clone())
            .or_else(|| self.graph.package(*path.last()?).location.clone())
    }
}

/// Dependencies whose own license cannot carry what they link, within what the projects convey.
pub fn upstream(
    law: &Law,
    graph: &DependencyGraph,
    facts: &[LicenseFact],
    reaches: &[&Reach],
    distribution: Distribution,
) -> (Vec<Finding>, Vec<Verdict>) {
    let mut expressions = Expressions::default();
    let keys: Vec<_> = facts.iter().map(|fact| expressions.add(law, &fact.concluded.expression)).collect();
    let mut outbound: Vec<Option<OutboundExpression>> = facts.iter().map(|_| None).collect();
    let mut known = std::collections::HashMap::new();
    let mut findings = Vec::new();
    let mut verdicts = Vec::with_capacity(graph.dependency_count());
    for (from, to, edge) in graph.edges() {
        let is_project = graph.projects().iter().any(|project| project.node == from);
        // Others publish what they wrote, however this work reaches people.
        let way = if is_project { distribution } else { Distribution::Binary };
        let situation = Situation::new(edge.linkage, way);
        let key = (keys[from.index()], keys[to.index()], edge.linkage, way);
        let verdict = *known.entry(key).or_insert_with(|| {
            let own = outbound[from.index()].get_or_insert_with(|| {
                OutboundExpression::new(law, &facts[from.index()].concluded.expression)
            });
            edge_verdict(law, own, expressions.get(keys[to.index()]), situation)
        });
        verdicts.push(verdict);
        let carrier = reaches.iter().copied().find(|reach| {
            reach.linkage(from).is_some_and(|linkage| linkage.is_conveyed()) && edge.linkage.is_conveyed()
        });
        if let (Verdict::Incompatible, false, Some(reach)) = (verdict, is_project, carrier) {
            findings.push(upstream_finding(law, graph, facts, reach, (from, to), situation));
        }
    }
    findings.sort_by(|left, right| left.id.cmp(&right.id));
    findings.dedup_by(|left, right| left.id == right.id);
    (findings, verdicts)
}

fn edge_verdict(
    law: &Law,
    own: &OutboundExpression,
    inbound: &InboundExpression,
    situation: Situation,
) -> Verdict {
    crate::compatibility::solve(law, own, &[Part { inbound, situation }]).verdict
}

fn upstream_finding(
    law: &Law,
    graph: &DependencyGraph,
    facts: &[LicenseFact],
    reach: &Reach,
    (from, to): (NodeIndex, NodeIndex),
    situation: Situation,
) -> Finding {
    let own = OutboundExpression::new(law, &facts[from.index()].concluded.expression);
    let expression = &facts[to.index()].concluded.expression;
    let answer =
        explain(law, &InboundExpression::new(law, expression), &expression.to_string(), &own, situation);
    let (dependent, dependency) = (graph.package(from), graph.package(to));
    let mut path: Vec<String> = reach.path(from).iter().map(|node| graph.package(*node).label()).collect();
    path.push(dependency.label());
    let pair = format!("{} {}", dependency.purl.without_version(), answer.inbound);
    let rule = RuleId::UpstreamConflict;
    let id = fingerprint(rule, Some(&dependent.purl), &dependency.purl, &pair);
    let reason = format!(
        "{} is under {}, but links {} under {}. {}",
        dependent.label(),
        answer.outbound,
        dependency.label(),
        answer.inbound,
        answer.reason
    );
    Finding {
        verdict: Some(Verdict::Incompatible),
        package: Some(dependent.purl.clone()),
        package_label: Some(dependent.label()),
        license: Some(answer.outbound),
        linkage: Some(situation.linkage),
        authority: texts(&answer.authority),
        basis: Some(answer.basis),
        conditions: answer.conditions,
        paths: vec![path],
        remedies: vec![Remedy {
            kind: RemedyKind::AskUpstream,
            step: format!(
                "Tell the authors of {}: the license they declare cannot carry what they link.",
                dependent.name
            ),
        }],
        location: dependency.location.clone(),
        ..Finding::new(id, rule, Severity::Note, reason)
    }
}

/// A finding about the evidence of one package: no verdict of the engine.
pub fn of_evidence(
    rule: RuleId,
    severity: Severity,
    graph: &DependencyGraph,
    node: NodeIndex,
    reason: &str,
    license: Option<String>,
) -> Finding {
    let package = graph.package(node);
    let id = fingerprint(rule, Some(&package.purl), &package.purl, license.as_deref().unwrap_or_default());
    Finding {
        package: Some(package.purl.clone()),
        package_label: Some(package.label()),
        license,
        remedies: vec![Remedy {
            kind: RemedyKind::Clarify,
            step: "Read the package's license, and record what it is as a clarification in licgraph.toml."
                .to_owned(),
        }],
        location: package.location.clone(),
        ..Finding::new(id, rule, severity, reason.to_owned())
    }
}

/// Citations as a report owns them.
fn texts(citations: &[&str]) -> Vec<String> {
    citations.iter().map(ToString::to_string).collect()
}

/// The same for the same fact, whatever version or line it stands in.
pub fn fingerprint(rule: RuleId, package: Option<&Purl>, project: &Purl, license: &str) -> String {
    let mut hash = Sha256::new();
    for part in [rule.name(), package.map_or("", Purl::without_version), project.without_version(), license] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..8])
}
