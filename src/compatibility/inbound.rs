//! A dependency's license expression, resolved against the law, and how it meets one candidate.

use super::case::{Added, Inbound, Outbound, Situation};
use super::ground::{Cell, Ground};
use super::law::{Candidate, Law, Terms, current, listed_exception, several};
use super::obligations::triggered;
use super::pair::{judge, judge_as_it_stands};
use crate::licenses::CopyleftScope;
use crate::model::{ExceptionName, Expression, LicenseName, Term, Verdict};
use std::sync::Arc;

/// A dependency's license expression with every term resolved.
#[derive(Debug)]
pub struct InboundExpression {
    root: Node,
}

#[derive(Debug)]
enum Node {
    License { label: Arc<str>, versions: Vec<Inbound> },
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// What settles a judgement: the term, and the cell it met.
#[derive(Clone, Debug)]
pub struct Deciding {
    /// The term as written.
    pub label: Arc<str>,
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
        verdict(&self.root, &|version| judge(law, version, outbound, situation).verdict)
    }

    /// The answer if the whole may not move to another license than this one.
    pub(super) fn verdict_as_it_stands(
        &self,
        law: &Law,
        outbound: Outbound,
        situation: Situation,
    ) -> Verdict {
        verdict(&self.root, &|version| judge_as_it_stands(law, version, outbound, situation).verdict)
    }

    /// The best cell of every license in the expression, arms that are not taken among them.
    pub(super) fn every_cell(&self, law: &Law, outbound: Outbound, situation: Situation) -> Vec<Deciding> {
        let mut found = Vec::new();
        collect_cells(law, &self.root, outbound, situation, &mut found);
        found
    }

    /// The answer with the arms taken and the cells behind it.
    pub fn meet(&self, law: &Law, outbound: Outbound, situation: Situation) -> Met {
        let mut met = Met {
            verdict: Verdict::Unknown,
            chosen: String::with_capacity(64),
            cells: Vec::with_capacity(4),
        };
        met.verdict = meet(law, &self.root, outbound, situation, &mut met);
        met.cells.sort_by_key(|deciding| std::cmp::Reverse(deciding.cell.verdict));
        met
    }

    /// The versions that the term standing for these terms may be taken under.
    pub(super) fn versions_of(&self, law: &Law, terms: Terms) -> Vec<Candidate> {
        let mut found = Vec::new();
        collect_versions(&self.root, terms, &mut found);
        let mut candidates: Vec<Candidate> =
            found.into_iter().filter_map(|(terms, future)| law.single_version(terms, future)).collect();
        candidates.sort_unstable();
        candidates.dedup();
        candidates
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
        Expression::Term(term) => match several(term) {
            Some(named) => resolve(law, &named),
            None => Node::License { label: term.to_string().into(), versions: versions(law, term) },
        },
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
    for version in law.granted_versions(&term, terms) {
        let version = law.candidate(version);
        if version.terms != terms || version.future {
            found.push(Inbound::Terms { terms: version.terms, future: version.future, added });
        }
    }
    found
}

/// Every version of the license terms among which these terms are one.
fn collect_versions(node: &Node, wanted: Terms, found: &mut Vec<(Terms, bool)>) {
    match node {
        Node::License { versions, .. } => {
            let own: Vec<(Terms, bool)> = versions
                .iter()
                .filter_map(|version| match version {
                    Inbound::Terms { terms, future, .. } => Some((*terms, *future)),
                    _ => None,
                })
                .collect();
            if own.iter().any(|(terms, _)| *terms == wanted) {
                found.extend(own);
            }
        }
        Node::And(members) | Node::Or(members) => {
            for member in members {
                collect_versions(member, wanted, found);
            }
        }
    }
}

/// What follows `WITH` in a term.
pub(super) fn added(term: &Term) -> Added {
    match (&term.exception, listed_exception(term)) {
        (None, _) => Added::Nothing,
        (Some(ExceptionName::Custom(_)), _) | (Some(_), None) => Added::Custom,
        (Some(_), Some(exception)) => Added::Listed(exception),
    }
}

fn verdict(node: &Node, answer: &impl Fn(Inbound) -> Verdict) -> Verdict {
    match node {
        Node::License { versions, .. } => best(versions.iter().map(|version| answer(*version))),
        Node::Or(members) => best(members.iter().map(|member| verdict(member, answer))),
        Node::And(members) => {
            members.iter().map(|member| verdict(member, answer)).max().unwrap_or(Verdict::Unknown)
        }
    }
}

/// The best answer; nothing after a yes is asked.
fn best(answers: impl Iterator<Item = Verdict>) -> Verdict {
    let mut best = Verdict::Incompatible;
    for answer in answers {
        best = best.min(answer);
        if best == Verdict::Compatible {
            break;
        }
    }
    best
}

fn collect_cells(
    law: &Law,
    node: &Node,
    outbound: Outbound,
    situation: Situation,
    found: &mut Vec<Deciding>,
) {
    match node {
        Node::License { label, versions } => found.push(deciding(law, label, versions, outbound, situation)),
        Node::And(members) | Node::Or(members) => {
            for member in members {
                collect_cells(law, member, outbound, situation, found);
            }
        }
    }
}

/// The answer of a node; the arms taken and their cells are added to what is known.
fn meet(law: &Law, node: &Node, outbound: Outbound, situation: Situation, met: &mut Met) -> Verdict {
    match node {
        Node::License { label, versions } => {
            met.chosen.push_str(label);
            let deciding = deciding(law, label, versions, outbound, situation);
            let verdict = deciding.cell.verdict;
            met.cells.push(deciding);
            verdict
        }
        Node::And(members) => {
            let mut worst = None;
            for member in members {
                if worst.is_some() {
                    met.chosen.push_str(" AND ");
                }
                worst = worst.max(Some(meet(law, member, outbound, situation, met)));
            }
            worst.unwrap_or(Verdict::Unknown)
        }
        Node::Or(members) => meet_best_arm(law, members, outbound, situation, met),
    }
}

/// The arm with the best answer; of several, the one that asks the least ([`asks_less`]), then the first written.
fn meet_best_arm(
    law: &Law,
    members: &[Node],
    outbound: Outbound,
    situation: Situation,
    met: &mut Met,
) -> Verdict {
    let (text_start, cell_start) = (met.chosen.len(), met.cells.len());
    let mut best: Option<Verdict> = None;
    for member in members {
        let (text_mark, cell_mark) = (met.chosen.len(), met.cells.len());
        let answer = meet(law, member, outbound, situation, met);
        let is_better = match best {
            None => true,
            Some(known) if known == answer => {
                let (taken, new) = met.cells[cell_start..].split_at(cell_mark - cell_start);
                asks_less(law, new, taken, situation)
            }
            Some(known) => answer < known,
        };
        if is_better {
            // What was taken before gives way.
            met.chosen.drain(text_start..text_mark);
            met.cells.drain(cell_start..cell_mark);
            best = Some(answer);
        } else {
            met.chosen.truncate(text_mark);
            met.cells.truncate(cell_mark);
        }
    }
    best.unwrap_or(Verdict::Unknown)
}

/// Whether the first licenses ask less than the second: by what weighs, then by the number of duties that this use
/// triggers. All of it stands in the records.
fn asks_less(law: &Law, first: &[Deciding], second: &[Deciding], situation: Situation) -> bool {
    let weights = Burden::of(law, first).cmp(&Burden::of(law, second));
    weights.then_with(|| duties(law, first, situation).cmp(&duties(law, second, situation))).is_lt()
}

/// What weighs in licenses that are taken together, the weightiest first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Burden {
    has_unknown_terms: bool,
    use_limits: usize,
    scope: CopyleftScope,
    network: bool,
}

impl Burden {
    fn of(law: &Law, cells: &[Deciding]) -> Self {
        let mut burden =
            Self { has_unknown_terms: false, use_limits: 0, scope: CopyleftScope::None, network: false };
        for deciding in cells {
            let Some(terms) = deciding.terms else {
                burden.has_unknown_terms = true;
                continue;
            };
            let record = law.record(terms);
            burden.use_limits += record.use_limits.len();
            burden.scope = burden.scope.max(record.scope);
            burden.network |= record.network;
        }
        burden
    }
}

/// How many duties these licenses have together.
fn duties(law: &Law, cells: &[Deciding], situation: Situation) -> u32 {
    let mut seen = 0_u32;
    for deciding in cells {
        triggered(law, deciding, situation).for_each(|kind| seen |= 1 << kind as u32);
    }
    seen.count_ones()
}

fn deciding(
    law: &Law,
    label: &Arc<str>,
    versions: &[Inbound],
    outbound: Outbound,
    situation: Situation,
) -> Deciding {
    let (cell, terms) = best_version(law, versions, outbound, situation);
    Deciding { label: label.clone(), terms, cell }
}

fn best_version(
    law: &Law,
    versions: &[Inbound],
    outbound: Outbound,
    situation: Situation,
) -> (Cell, Option<Terms>) {
    let mut best: Option<(Cell, Option<Terms>)> = None;
    for version in versions {
        let cell = judge(law, *version, outbound, situation);
        if best.is_none_or(|(known, _)| cell.verdict < known.verdict) {
            let terms = match version {
                Inbound::Terms { terms, .. } => Some(*terms),
                _ => None,
            };
            best = Some((cell, terms));
        }
        if cell.verdict == Verdict::Compatible {
            break;
        }
    }
    best.unwrap_or((Cell::new(Verdict::Unknown, Ground::NotAsserted), None))
}
