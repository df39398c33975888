//! A dependency's license expression, resolved against the law, and how it meets one candidate.

use super::ground::{Cell, Ground};
use super::law::{Law, Terms, current, listed_exception};
use super::pair::{Added, Inbound, Outbound, Situation, judge};
use crate::model::{ExceptionName, Expression, LicenseName, Term, Verdict};

/// A dependency's license expression with every term resolved.
#[derive(Debug)]
pub struct InboundExpression {
    root: Node,
}

#[derive(Debug)]
enum Node {
    License { label: String, versions: Vec<Inbound> },
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// What settles a judgement: the term, and the cell it met.
#[derive(Clone, Debug)]
pub struct Deciding {
    /// The term as written.
    pub label: String,
    /// Its license, where the terms are known.
    pub terms: Option<Terms>,
    /// The cell.
    pub cell: Cell,
}

/// How an expression meets one candidate.
#[derive(Clone, Debug)]
pub struct Met {
    /// The answer.
    pub verdict: Verdict,
    /// The arms taken, as an expression.
    pub chosen: String,
    /// Every cell of the arms taken; the worst first.
    pub cells: Vec<Deciding>,
}

impl InboundExpression {
    /// Resolves an expression.
    pub fn new(law: &Law, expression: &Expression) -> Self {
        Self { root: resolve(law, expression) }
    }

    /// The answer only. `AND`: the worst arm; `OR`: the best.
    pub fn verdict(&self, law: &Law, outbound: Outbound, situation: Situation) -> Verdict {
        verdict(law, &self.root, outbound, situation)
    }

    /// The answer with the arms taken and the cells behind it.
    pub fn meet(&self, law: &Law, outbound: Outbound, situation: Situation) -> Met {
        let mut met = meet(law, &self.root, outbound, situation);
        met.cells.sort_by(|left, right| right.cell.verdict.cmp(&left.cell.verdict));
        met
    }

    /// The licenses of the arms that meet a candidate best.
    pub fn taken(&self, law: &Law, outbound: Outbound, situation: Situation) -> Vec<Terms> {
        let mut found: Vec<Terms> = self
            .meet(law, outbound, situation)
            .cells
            .into_iter()
            .filter_map(|deciding| deciding.terms)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// A term, `NONE` or a deprecated id: the single versions it stands for.
fn resolve(law: &Law, expression: &Expression) -> Node {
    match expression {
        Expression::Term(term) => Node::License { label: term.to_string(), versions: versions(law, term) },
        Expression::And(members) => Node::And(members.iter().map(|member| resolve(law, member)).collect()),
        Expression::Or(members) => Node::Or(members.iter().map(|member| resolve(law, member)).collect()),
    }
}

fn versions(law: &Law, written: &Term) -> Vec<Inbound> {
    match written.license {
        LicenseName::None => return vec![Inbound::NoLicense],
        LicenseName::NoAssertion => return vec![Inbound::NotAsserted],
        _ => {}
    }
    let term = current(written);
    let added = added(&term);
    let Some(terms) = law.terms_of(&term.license) else { return vec![Inbound::Custom] };
    let mut found = vec![Inbound::Terms { terms, future: false, added }];
    for version in law.versions(terms, term.or_later) {
        let version = law.candidate(version);
        if version.terms != terms || version.future {
            found.push(Inbound::Terms { terms: version.terms, future: version.future, added });
        }
    }
    found
}

/// What follows `WITH` in a term.
pub(super) fn added(term: &Term) -> Added {
    match (&term.exception, listed_exception(term)) {
        (None, _) => Added::Nothing,
        (Some(ExceptionName::Custom(_)), _) | (Some(_), None) => Added::Custom,
        (Some(_), Some(exception)) => Added::Listed(exception),
    }
}

fn verdict(law: &Law, node: &Node, outbound: Outbound, situation: Situation) -> Verdict {
    match node {
        Node::License { versions, .. } => {
            let mut best = Verdict::Incompatible;
            for version in versions {
                best = best.min(judge(law, *version, outbound, situation).verdict);
                if best == Verdict::Compatible {
                    break;
                }
            }
            best
        }
        Node::And(members) => {
            let answers = members.iter().map(|member| verdict(law, member, outbound, situation));
            answers.max().unwrap_or(Verdict::Unknown)
        }
        Node::Or(members) => {
            let mut best = Verdict::Incompatible;
            for member in members {
                best = best.min(verdict(law, member, outbound, situation));
                if best == Verdict::Compatible {
                    break;
                }
            }
            best
        }
    }
}

fn meet(law: &Law, node: &Node, outbound: Outbound, situation: Situation) -> Met {
    match node {
        Node::License { label, versions } => {
            let best = versions
                .iter()
                .map(|version| (judge(law, *version, outbound, situation), version))
                .min_by_key(|(cell, _)| cell.verdict);
            let (cell, terms) = match best {
                Some((cell, Inbound::Terms { terms, .. })) => (cell, Some(*terms)),
                Some((cell, _)) => (cell, None),
                None => (Cell::new(Verdict::Unknown, Ground::NotAsserted), None),
            };
            let deciding = Deciding { label: label.clone(), terms, cell };
            Met { verdict: cell.verdict, chosen: label.clone(), cells: vec![deciding] }
        }
        Node::And(members) => {
            let met: Vec<Met> = members.iter().map(|member| meet(law, member, outbound, situation)).collect();
            let verdict = met.iter().map(|met| met.verdict).max().unwrap_or(Verdict::Unknown);
            let chosen: Vec<&str> = met.iter().map(|met| met.chosen.as_str()).collect();
            let chosen = chosen.join(" AND ");
            Met { verdict, chosen, cells: met.into_iter().flat_map(|met| met.cells).collect() }
        }
        Node::Or(members) => members
            .iter()
            .map(|member| meet(law, member, outbound, situation))
            .min_by_key(|met| met.verdict)
            .unwrap_or(Met { verdict: Verdict::Unknown, chosen: String::new(), cells: Vec::new() }),
    }
}
