//! Which licenses could the projects move to, and what stands in the way?

use super::Known;
use super::own_work::OwnWork;
use super::project_license;
use super::reach::Reach;
use super::relicense_report::{
    BlockedTarget, Blocker, DependencyHalf, PossibleGroup, PossibleTarget, ProjectRelicense, RelicenseReport,
    Replacement, TargetAnswer,
};
use super::report::{SCHEMA_VERSION, Tool};
use super::request::AuditRequest;
use super::work::{self, ExpressionKey, Expressions, Group, Work};
use crate::compatibility::{
    CutGraph, Explanation, Law, OutboundExpression, Part, Situation, explain, popular, smallest_cut, solve,
};
use crate::holders::OwnHolders;
use crate::licenses::{Subject, catalogue, parse};
use crate::model::{
    Consequence, DependencyGraph, Distribution, Expression, Linkage, NodeIndex, Origin, Project, Verdict,
};
use std::collections::BTreeMap;

/// How many of the nearest blockers are named where only a count was asked for.
const NEAREST: usize = 5;

/// The licenses that the projects declare today, for telling files under other licenses apart.
pub fn declared_today(request: &AuditRequest, known: &Known) -> Vec<String> {
    let mut found: Vec<String> = known
        .graph
        .projects()
        .iter()
        .filter_map(|project| project_license::of(request, &known.graph, &known.facts, project).expression)
        .map(|expression| expression.to_string())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Answers for every project: for one license, or for all of them.
pub fn relicense(
    request: &AuditRequest,
    known: &Known,
    holders: OwnHolders,
    target: Option<&Expression>,
) -> RelicenseReport {
    let graph = &known.graph;
    let mut expressions = Expressions::default();
    let keys: Vec<Option<ExpressionKey>> = graph
        .nodes()
        .map(|node| {
            let expression = &known.facts[node.index()].concluded.expression;
            (!is_own(graph, node)).then(|| expressions.add(&request.law, expression))
        })
        .collect();
    let mut projects: Vec<&Project> = graph.projects().iter().collect();
    projects.sort_by(|left, right| {
        (&left.manifest, &graph.package(left.node).purl)
            .cmp(&(&right.manifest, &graph.package(right.node).purl))
    });
    let answers = projects
        .into_iter()
        .map(|project| {
            let mut reach = Reach::of(graph, project.node);
            if request.without_dev {
                reach.leave_out(Linkage::Dev);
            }
            let license = project_license::of(request, graph, &known.facts, project).expression;
            let today = license.clone().unwrap_or_else(Expression::no_assertion);
            let question = Question {
                law: &request.law,
                graph,
                reach,
                keys: &keys,
                expressions: &expressions,
                distribution: request.distribution,
                today: OutboundExpression::new(&request.law, &today),
                holders: &holders,
            };
            question.answer(project, license, target)
        })
        .collect();
    let mut problems = known.problems.clone();
    problems.extend(holders.problems.iter().cloned());
    problems.sort();
    RelicenseReport {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool {
            name: "licgraph".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            license_list_version: catalogue::LIST_VERSION.to_owned(),
        },
        distribution: request.distribution,
        target: target.map(ToString::to_string),
        projects: answers,
        complete: !problems.iter().any(|problem| problem.consequence == Consequence::Incomplete),
        problems,
        holders,
    }
}

/// Our own code moves with the project; it is not a dependency to fit.
fn is_own(graph: &DependencyGraph, node: NodeIndex) -> bool {
    graph.package(node).origin == Origin::Project
        || graph.projects().iter().any(|project| project.node == node)
}

/// One project and everything needed to ask about it.
struct Question<'a> {
    law: &'a Law,
    graph: &'a DependencyGraph,
    reach: Reach,
    keys: &'a [Option<ExpressionKey>],
    expressions: &'a Expressions,
    distribution: Distribution,
    today: OutboundExpression,
    holders: &'a OwnHolders,
}

impl Question<'_> {
    fn answer(
        &self,
        project: &Project,
        license: Option<Expression>,
        target: Option<&Expression>,
    ) -> ProjectRelicense {
        let package = self.graph.package(project.node);
        let mut answer = ProjectRelicense {
            name: package.name.clone(),
            purl: package.purl.clone(),
            manifest: project.manifest.clone(),
            license: license.map(|license| license.to_string()),
            answer: None,
            possible: Vec::new(),
            blocked: Vec::new(),
        };
        match target {
            Some(target) => {
                let target = OutboundExpression::new(self.law, target);
                answer.answer = Some(TargetAnswer {
                    dependencies: self.dependencies(&target),
                    own_code: self.own_work().half(&target),
                });
            }
            None => {
                answer.possible = self.possible();
                answer.blocked = self.blocked();
            }
        }
        answer
    }

    fn own_work(&self) -> OwnWork<'_> {
        OwnWork { law: self.law, today: &self.today, holders: self.holders, distribution: self.distribution }
    }

    fn work(&self, target: &OutboundExpression) -> Work {
        work::judge(self.law, self.graph, &self.reach, target, self.keys, self.expressions, self.distribution)
    }

    fn dependencies(&self, target: &OutboundExpression) -> DependencyHalf {
        let work = self.work(target);
        let of = |verdict: Verdict| -> Vec<Blocker> {
            let groups = work.groups.iter().filter(|group| group.verdict == verdict);
            groups.flat_map(|group| self.blockers(group, target)).collect()
        };
        let conflict: Vec<Blocker> = work
            .joint
            .conflict
            .iter()
            .filter_map(|group| self.blockers(&work.groups[*group], target).into_iter().next())
            .collect();
        let conditional = work.groups.iter().filter(|group| group.verdict == Verdict::Conditional);
        let mut conditions: Vec<String> = conditional
            .flat_map(|group| {
                let nearest = self.graph.package(group.packages[0]).label();
                let conditions = self.explain(group, target).conditions;
                conditions.into_iter().map(move |condition| format!("{nearest}: {condition}"))
            })
            .collect();
        conditions.dedup();
        let (blockers, unknown) = (of(Verdict::Incompatible), of(Verdict::Unknown));
        DependencyHalf {
            verdict: work.joint.verdict,
            reason: reason(&work, target, blockers.len(), unknown.len()),
            effective_outbound: work.joint.effective_outbound.clone(),
            conditions,
            replace: self.replace(&work, target),
            blockers,
            unknown,
            conflict,
        }
    }

    fn explain(&self, group: &Group, target: &OutboundExpression) -> Explanation {
        let situation = Situation::new(group.linkage, self.distribution);
        let text = self.expressions.text(group.expression);
        explain(self.law, self.expressions.get(group.expression), text, target, situation)
    }

    fn blockers(&self, group: &Group, target: &OutboundExpression) -> Vec<Blocker> {
        let reason = self.explain(group, target).reason;
        let blocker = |node: &NodeIndex| Blocker {
            package: self.graph.package(*node).purl.clone(),
            label: self.graph.package(*node).label(),
            license: self.expressions.text(group.expression).to_owned(),
            linkage: group.linkage,
            reason: reason.clone(),
            path: self.path(*node),
        };
        group.packages.iter().map(blocker).collect()
    }

    fn path(&self, node: NodeIndex) -> Vec<String> {
        self.reach.path(node).iter().map(|step| self.graph.package(*step).label()).collect()
    }

    /// The smallest set of packages without which nothing is reached that does not fit.
    fn replace(&self, work: &Work, target: &OutboundExpression) -> Option<Vec<Replacement>> {
        if !target.is_known() {
            return None;
        }
        let unwanted = self.unwanted(work, target);
        if unwanted.is_empty() {
            return Some(Vec::new());
        }
        let nodes: Vec<NodeIndex> =
            unwanted.iter().flat_map(|group| work.groups[*group].packages.iter().copied()).collect();
        let weakest = unwanted.iter().map(|group| work.groups[*group].linkage).max()?;
        let belongs = |node: NodeIndex| node == self.reach.root() || self.reach.linkage(node).is_some();
        let mut edges: Vec<(usize, usize)> = self
            .graph
            .edges()
            .filter(|(from, to, edge)| edge.linkage <= weakest && belongs(*from) && belongs(*to))
            .map(|(from, to, _)| (from.index(), to.index()))
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let fixed: Vec<bool> = self.graph.nodes().map(|node| is_own(self.graph, node)).collect();
        let cut_graph = CutGraph {
            packages: self.graph.package_count(),
            edges: &edges,
            root: self.reach.root().index(),
            fixed: &fixed,
        };
        let unwanted: Vec<usize> = nodes.iter().map(|node| node.index()).collect();
        let cut = smallest_cut(&cut_graph, &unwanted)?;
        let replacement = |index: usize| {
            let node = NodeIndex::new(index);
            Replacement {
                package: self.graph.package(node).purl.clone(),
                label: self.graph.package(node).label(),
                path: self.path(node),
            }
        };
        let mut found: Vec<Replacement> = cut.into_iter().map(replacement).collect();
        found.sort_by(|left, right| left.package.cmp(&right.package));
        Some(found)
    }

    /// Groups that must go: those that do not fit or are not known, and of each conflict the one with the fewest packages.
    fn unwanted(&self, work: &Work, target: &OutboundExpression) -> Vec<usize> {
        let all = 0..work.groups.len();
        let mut unwanted: Vec<usize> =
            all.clone().filter(|group| !work.groups[*group].verdict.is_allowed()).collect();
        loop {
            let rest: Vec<usize> = all.clone().filter(|group| !unwanted.contains(group)).collect();
            let parts: Vec<Part<'_>> = rest.iter().map(|group| self.part(&work.groups[*group])).collect();
            let joint = solve(self.law, target, &parts);
            let next = joint
                .conflict
                .iter()
                .map(|position| rest[*position])
                .min_by_key(|group| (work.groups[*group].packages.len(), *group));
            match next {
                Some(group) => unwanted.push(group),
                None => return unwanted,
            }
        }
    }

    fn part(&self, group: &Group) -> Part<'_> {
        Part {
            inbound: self.expressions.get(group.expression),
            situation: Situation::new(group.linkage, self.distribution),
        }
    }

    /// Every published license that the dependencies allow, by category.
    fn possible(&self) -> Vec<PossibleGroup> {
        let work = self.work(&self.today);
        let parts: Vec<Part<'_>> = work.groups.iter().map(|group| self.part(group)).collect();
        let mut groups: BTreeMap<(bool, crate::licenses::Category), Vec<PossibleTarget>> = BTreeMap::new();
        for candidate in self.law.published() {
            let id = self.law.candidate_id(candidate);
            let Ok(expression) = parse(id) else { continue };
            let target = OutboundExpression::new(self.law, &expression);
            let dependencies = solve(self.law, &target, &parts).verdict;
            if !dependencies.is_allowed() {
                continue;
            }
            let record = self.law.candidate_record(candidate);
            let own = self.own_work().answer(&target);
            groups
                .entry((record.subject != Subject::Software, record.category))
                .or_default()
                .push(PossibleTarget { license: id.to_owned(), dependencies, own_code: own.answer });
        }
        groups
            .into_iter()
            .map(|((other, category), mut licenses)| {
                licenses.sort_by(|left, right| left.license.cmp(&right.license));
                let name = category.name();
                let category = if other { format!("{name}, not for software") } else { name.to_owned() };
                PossibleGroup { category, licenses }
            })
            .collect()
    }

    /// What stands in the way of popular licenses.
    fn blocked(&self) -> Vec<BlockedTarget> {
        let mut found = Vec::new();
        for (id, _) in popular(self.law) {
            let Ok(expression) = parse(id) else { continue };
            let target = OutboundExpression::new(self.law, &expression);
            let work = self.work(&target);
            if work.joint.verdict.is_allowed() {
                continue;
            }
            let in_the_way: Vec<&Group> = work
                .groups
                .iter()
                .enumerate()
                .filter(|(index, group)| !group.verdict.is_allowed() || work.joint.conflict.contains(index))
                .map(|(_, group)| group)
                .collect();
            let own = self.own_work().answer(&target);
            found.push(BlockedTarget {
                license: id.to_owned(),
                dependencies: work.joint.verdict,
                own_code: own.answer,
                blockers: in_the_way.iter().map(|group| group.packages.len()).sum(),
                nearest: self.nearest(&in_the_way),
                replace: self.replace(&work, &target),
            });
        }
        found
    }

    fn nearest(&self, groups: &[&Group]) -> Vec<String> {
        let mut nodes: Vec<(u32, String)> = groups
            .iter()
            .flat_map(|group| {
                group.packages.iter().take(NEAREST).map(|node| {
                    let license = self.expressions.text(group.expression);
                    let label = self.graph.package(*node).label();
                    (self.reach.distance(*node), format!("{label} ({license})"))
                })
            })
            .collect();
        nodes.sort();
        nodes.into_iter().take(NEAREST).map(|(_, label)| label).collect()
    }
}

fn reason(work: &Work, target: &OutboundExpression, blockers: usize, unknown: usize) -> String {
    let target = &target.text;
    let packages = |count: usize, one: &str, many: &str| {
        if count == 1 { format!("1 package {one}") } else { format!("{count} packages {many}") }
    };
    match work.joint.verdict {
        Verdict::Compatible => format!("Every dependency fits {target}."),
        Verdict::Conditional => match &work.joint.effective_outbound {
            Some(effective) if effective != target => {
                format!("The whole could be conveyed under {effective}, if the conditions are met.")
            }
            _ => format!("The whole could be conveyed under {target}, if the conditions are met."),
        },
        Verdict::Unknown if blockers == 0 => {
            format!("{}, so nobody can say.", packages(unknown, "has unknown terms", "have unknown terms"))
        }
        Verdict::Incompatible if work.joint.conflict.is_empty() => {
            format!("{} {target}.", packages(blockers, "does not fit", "do not fit"))
        }
        Verdict::Incompatible => "Each dependency fits, but not all of them together.".to_owned(),
        Verdict::Unknown => format!(
            "{} {target}, and {}.",
            packages(blockers, "does not fit", "do not fit"),
            packages(unknown, "has unknown terms", "have unknown terms")
        ),
    }
}
