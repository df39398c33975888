//! One project's work, judged: what each of its packages means for it, and whether the whole can be conveyed.

use super::reach::Reach;
use crate::compatibility::{
    Added, InboundExpression, Joint, Law, Outbound, OutboundExpression, Part, Situation, Terms, is_joined,
    solve, triggered,
};
use crate::model::{DependencyGraph, Distribution, Expression, Linkage, NodeIndex, ObligationKind, Verdict};
use std::collections::HashMap;

/// License expressions, each resolved once.
#[derive(Debug, Default)]
pub struct Expressions {
    known: Vec<(InboundExpression, String)>,
    index: HashMap<String, usize>,
}

/// The position of an expression in [`Expressions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExpressionKey(usize);

impl Expressions {
    /// Resolves an expression, or finds it.
    pub fn add(&mut self, law: &Law, expression: &Expression) -> ExpressionKey {
        let text = expression.to_string();
        if let Some(known) = self.index.get(&text) {
            return ExpressionKey(*known);
        }
        self.known.push((InboundExpression::new(law, expression), text.clone()));
        self.index.insert(text, self.known.len() - 1);
        ExpressionKey(self.known.len() - 1)
    }

    /// A resolved expression.
    pub fn get(&self, key: ExpressionKey) -> &InboundExpression {
        &self.known[key.0].0
    }

    /// Its text.
    pub fn text(&self, key: ExpressionKey) -> &str {
        &self.known[key.0].1
    }
}

/// Packages of a project that share a license and a linkage: the engine answers once for all of them.
#[derive(Clone, Debug)]
pub struct Group {
    /// Their license.
    pub expression: ExpressionKey,
    /// How they are joined.
    pub linkage: Linkage,
    /// The packages, nearest first.
    pub packages: Vec<NodeIndex>,
    /// The answer for each in its own right.
    pub verdict: Verdict,
}

impl Group {
    /// Whether the answer for the whole work depends on it. A developer tool of unknown license is a finding of its
    /// own; it is never conveyed and leaves open nothing about what is.
    pub fn counts_for_the_work(&self) -> bool {
        self.linkage != Linkage::Dev || self.verdict != Verdict::Unknown
    }
}

/// A project's packages in groups, and the answer for the whole.
#[derive(Debug)]
pub struct Work {
    /// Groups, worst first; those that do not count for the whole come last.
    pub groups: Vec<Group>,
    /// The answer for the whole, over the groups in their order.
    pub joint: Joint,
}

/// Judges everything a project reaches.
pub fn judge(
    law: &Law,
    graph: &DependencyGraph,
    reach: &Reach,
    project: &OutboundExpression,
    licenses: &[Option<ExpressionKey>],
    expressions: &Expressions,
    distribution: Distribution,
) -> Work {
    let mut groups = grouped(graph, reach, licenses);
    for group in &mut groups {
        let situation = Situation::new(group.linkage, distribution);
        let part = Part { inbound: expressions.get(group.expression), situation };
        group.verdict = solve(law, project, &[part]).verdict;
    }
    groups.sort_by(|left, right| {
        let last = |group: &Group| !group.counts_for_the_work();
        last(left).cmp(&last(right)).then(right.verdict.cmp(&left.verdict)).then_with(|| {
            (expressions.text(left.expression), left.linkage)
                .cmp(&(expressions.text(right.expression), right.linkage))
        })
    });
    let counted = groups.partition_point(Group::counts_for_the_work);
    let parts = parts(&groups[..counted], expressions, distribution);
    let joint = solve(law, project, &parts);
    Work { groups, joint }
}

fn grouped(graph: &DependencyGraph, reach: &Reach, licenses: &[Option<ExpressionKey>]) -> Vec<Group> {
    let mut groups: HashMap<(ExpressionKey, Linkage), Vec<NodeIndex>> = HashMap::new();
    for node in reach.packages() {
        if let (Some(license), Some(linkage)) = (licenses[node.index()], reach.linkage(*node)) {
            groups.entry((license, linkage)).or_default().push(*node);
        }
    }
    groups
        .into_iter()
        .map(|((expression, linkage), mut packages)| {
            packages.sort_by(|left, right| {
                (reach.distance(*left), &graph.package(*left).purl)
                    .cmp(&(reach.distance(*right), &graph.package(*right).purl))
            });
            Group { expression, linkage, packages, verdict: Verdict::Unknown }
        })
        .collect()
}

/// The groups as parts of the whole; tools and separate programs ask nothing of it and stay out.
fn parts<'a>(groups: &[Group], expressions: &'a Expressions, distribution: Distribution) -> Vec<Part<'a>> {
    groups
        .iter()
        .map(|group| Part {
            inbound: expressions.get(group.expression),
            situation: Situation::new(group.linkage, distribution),
        })
        .collect()
}

/// Whether a group takes part in the question for the whole.
pub fn takes_part(group: &Group) -> bool {
    is_joined(group.linkage)
}

/// What a package's license asks once the work is conveyed: the arms taken, and their duties. Where the whole has to
/// move to another license, that is the one the arms are taken for.
pub fn duties(
    law: &Law,
    inbound: &InboundExpression,
    project: &OutboundExpression,
    joint: &Joint,
    situation: Situation,
) -> (String, Vec<(Terms, ObligationKind)>) {
    let arm = joint.surviving.first().or(Some(&0)).and_then(|arm| project.arms().get(*arm));
    let Some(arm) = arm else { return (String::new(), Vec::new()) };
    let met = match joint.moved_to.filter(|_| is_joined(situation.linkage)) {
        Some(candidate) => {
            inbound.meet(law, Outbound::Candidate { candidate, added: Added::Nothing }, situation)
        }
        None => arm.meet(law, inbound, situation).0,
    };
    let mut duties: Vec<(Terms, ObligationKind)> = met
        .cells
        .iter()
        .filter_map(|deciding| deciding.terms.map(|terms| (deciding, terms)))
        .flat_map(|(deciding, terms)| triggered(law, deciding, situation).map(move |kind| (terms, kind)))
        .collect();
    duties.sort_unstable();
    duties.dedup();
    (met.chosen, duties)
}
