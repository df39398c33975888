//! The project's license expression as what it promises: one arm for each license a recipient may choose.

use super::case::{Added, Inbound, Outbound, Situation};
use super::inbound::{Deciding, InboundExpression, Met, added};
use super::law::{Law, Terms, current, several};
use super::pair::judge;
use crate::model::{Expression, LicenseName, Term, Verdict};
use std::collections::BTreeMap;

/// More arms than any project has; beyond it the promise cannot be checked and the answer is unknown.
const MAX_ARMS: usize = 512;

/// The project's license as a choice of arms.
#[derive(Debug)]
pub struct OutboundExpression {
    /// As written.
    pub text: String,
    arms: Vec<Arm>,
    too_many: bool,
    /// What every arm together lets the work be conveyed under.
    unrestricted: Option<String>,
}

/// One way to convey the whole work.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The licenses of the project's own parts; more than one for `AND`.
    members: Vec<Member>,
    /// Stands for versions not yet published: shown in the effective outbound, not counted in the verdict.
    future: bool,
    /// The term of the choice that it was written as; arms of one or-later share it.
    written: String,
}

#[derive(Clone, Debug)]
struct Member {
    outbound: Outbound,
    terms: Option<Terms>,
    label: String,
    governs: bool,
}

impl OutboundExpression {
    /// Resolves the project's license.
    pub fn new(law: &Law, expression: &Expression) -> Self {
        let mut too_many = false;
        let mut arms = expand(law, expression, &mut too_many);
        for arm in &mut arms {
            find_governing(law, arm);
        }
        // `GPL-2.0-or-later AND Apache-2.0` can only mean version 3: drop arms whose own parts contradict.
        if arms.iter().any(|arm| !arm.future && arm.is_consistent()) {
            arms.retain(Arm::is_consistent);
        }
        let mut project = Self { text: expression.to_string(), arms, too_many, unrestricted: None };
        project.unrestricted = project.surviving_text(law, |_| true);
        project
    }

    /// The arms.
    pub fn arms(&self) -> &[Arm] {
        &self.arms
    }

    /// Whether the project offers a choice of so many arms that they cannot be checked.
    pub fn is_unbounded(&self) -> bool {
        self.too_many
    }

    /// Whether the terms of every license in it are known.
    pub fn is_known(&self) -> bool {
        let is_known = |member: &Member| matches!(member.outbound, Outbound::Candidate { .. });
        !self.arms.is_empty() && self.arms.iter().all(|arm| arm.members.iter().all(is_known))
    }

    /// The licenses under which the surviving arms let the work be conveyed, as an expression.
    pub fn effective(&self, law: &Law, survives: impl Fn(usize) -> bool) -> Option<String> {
        if (0..self.arms.len()).all(&survives) {
            return self.unrestricted.clone();
        }
        self.surviving_text(law, survives)
    }

    fn surviving_text(&self, law: &Law, survives: impl Fn(usize) -> bool) -> Option<String> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut order: Vec<&str> = Vec::new();
        for (index, arm) in self.arms.iter().enumerate() {
            let group = order.iter().position(|written| *written == arm.written).unwrap_or_else(|| {
                order.push(&arm.written);
                order.len() - 1
            });
            if survives(index) {
                groups.entry(group).or_default().push(index);
            }
        }
        let parts: Vec<String> = groups.values().flat_map(|indices| self.group_text(law, indices)).collect();
        match parts.len() {
            0 => None,
            1 => parts.into_iter().next(),
            _ => {
                let parts: Vec<String> = parts
                    .into_iter()
                    .map(|part| if part.contains(" OR ") { format!("({part})") } else { part })
                    .collect();
                Some(parts.join(" OR "))
            }
        }
    }

    /// The surviving versions of one written term: `X-or-later` if every later one survives.
    fn group_text(&self, law: &Law, indices: &[usize]) -> Vec<String> {
        let all: Vec<usize> = (0..self.arms.len())
            .filter(|index| self.arms[*index].written == self.arms[indices[0]].written)
            .collect();
        if all.len() == indices.len() {
            return vec![self.arms[indices[0]].written.clone()];
        }
        let future_survives = indices.iter().any(|index| self.arms[*index].future);
        let published: Vec<usize> =
            indices.iter().copied().filter(|index| !self.arms[*index].future).collect();
        let position = |index: usize| all.iter().position(|known| *known == index).unwrap_or(0);
        let is_tail = future_survives
            && published.first().is_some_and(|first| all.len() - position(*first) == indices.len());
        match published.first() {
            Some(first) if is_tail => vec![self.arms[*first].later_text(law)],
            _ => published.iter().map(|index| self.arms[*index].text()).collect(),
        }
    }
}

impl Arm {
    /// Whether it stands for versions not yet published.
    pub fn is_future(&self) -> bool {
        self.future
    }

    /// As an expression.
    pub fn text(&self) -> String {
        let labels: Vec<&str> = self.members.iter().map(|member| member.label.as_str()).collect();
        labels.join(" AND ")
    }

    /// The terms of the part that governs the whole, for citations.
    pub fn terms(&self) -> Option<Terms> {
        self.members
            .iter()
            .find(|member| member.governs)
            .or(self.members.first())
            .and_then(|member| member.terms)
    }

    fn later_text(&self, law: &Law) -> String {
        let labels: Vec<String> = self
            .members
            .iter()
            .map(|member| match (member.terms, member.label.split_once(" WITH ")) {
                (Some(terms), Some((_, exception))) => format!("{} WITH {exception}", law.or_later_id(terms)),
                (Some(terms), None) => law.or_later_id(terms),
                (None, _) => member.label.clone(),
            })
            .collect();
        labels.join(" AND ")
    }

    fn is_consistent(&self) -> bool {
        self.members.iter().any(|member| member.governs)
    }

    /// The project's own parts, seen as code that another license would have to take in.
    pub fn own_parts(&self) -> Vec<Inbound> {
        self.members
            .iter()
            .map(|member| match member.outbound {
                Outbound::Candidate { added, .. } => match member.terms {
                    Some(terms) => Inbound::Terms { terms, future: self.future, added },
                    None => Inbound::Custom,
                },
                Outbound::Unknown => Inbound::Custom,
            })
            .collect()
    }

    /// What the arm asks a part to go under: one whole for each of its members.
    pub(super) fn members(&self) -> Vec<Outbound> {
        self.members.iter().map(|member| member.outbound).collect()
    }

    /// The answer for a dependency: the worst over the parts that govern the whole.
    pub fn verdict(&self, law: &Law, inbound: &InboundExpression, situation: Situation) -> Verdict {
        self.governing()
            .map(|member| inbound.verdict(law, member.outbound, situation))
            .max()
            .unwrap_or(Verdict::Unknown)
    }

    /// The same with the cells behind it, and the part that decided.
    pub fn meet(
        &self,
        law: &Law,
        inbound: &InboundExpression,
        situation: Situation,
    ) -> (Met, &str, Option<Terms>) {
        let worst = self
            .governing()
            .map(|member| (inbound.meet(law, member.outbound, situation), member))
            .max_by_key(|(met, _)| met.verdict);
        match worst {
            Some((met, member)) => (met, &member.label, member.terms),
            None => (inbound.meet(law, Outbound::Unknown, situation), "", None),
        }
    }

    /// The same if the whole may not move to another license.
    pub(super) fn verdict_as_it_stands(
        &self,
        law: &Law,
        inbound: &InboundExpression,
        situation: Situation,
    ) -> Verdict {
        self.governing()
            .map(|member| inbound.verdict_as_it_stands(law, member.outbound, situation))
            .max()
            .unwrap_or(Verdict::Unknown)
    }

    /// The cells of every license in a dependency's expression, against every part that decides.
    pub(super) fn every_cell(
        &self,
        law: &Law,
        inbound: &InboundExpression,
        situation: Situation,
    ) -> Vec<Deciding> {
        self.governing().flat_map(|member| inbound.every_cell(law, member.outbound, situation)).collect()
    }

    /// The parts that decide: those every other part flows into, or all if there is none.
    fn governing(&self) -> impl Iterator<Item = &Member> {
        let any = self.is_consistent();
        self.members.iter().filter(move |member| member.governs || !any)
    }
}

fn find_governing(law: &Law, arm: &mut Arm) {
    if let [only] = arm.members.as_mut_slice() {
        only.governs = true;
        return;
    }
    let parts = arm.own_parts();
    for position in 0..arm.members.len() {
        let whole = arm.members[position].outbound;
        let governs = parts.iter().enumerate().all(|(other, part)| {
            other == position || judge(law, *part, whole, Situation::LINKED_BINARY).verdict.is_allowed()
        });
        arm.members[position].governs = governs;
    }
}

fn expand(law: &Law, expression: &Expression, too_many: &mut bool) -> Vec<Arm> {
    match expression {
        Expression::Term(term) => match several(term) {
            Some(named) => expand(law, &named, too_many),
            None => term_arms(law, term),
        },
        Expression::Or(members) => {
            let mut arms = Vec::new();
            for member in members {
                arms.extend(expand(law, member, too_many));
                if arms.len() > MAX_ARMS {
                    *too_many = true;
                    arms.truncate(MAX_ARMS);
                    break;
                }
            }
            arms
        }
        Expression::And(members) => {
            let mut arms: Vec<Arm> = Vec::new();
            for member in members {
                let right = expand(law, member, too_many);
                arms = if arms.is_empty() { right } else { combine(&arms, &right, too_many) };
            }
            arms
        }
    }
}

fn combine(left: &[Arm], right: &[Arm], too_many: &mut bool) -> Vec<Arm> {
    let mut arms = Vec::new();
    for first in left {
        for second in right {
            if arms.len() >= MAX_ARMS {
                *too_many = true;
                return arms;
            }
            arms.push(Arm {
                members: first.members.iter().chain(&second.members).cloned().collect(),
                future: first.future || second.future,
                written: format!("{} AND {}", first.written, second.written),
            });
        }
    }
    arms
}

fn term_arms(law: &Law, written: &Term) -> Vec<Arm> {
    let term = current(written);
    let text = term.to_string();
    let added = added(&term);
    let unknown = || {
        let member =
            Member { outbound: Outbound::Unknown, terms: None, label: written.to_string(), governs: false };
        vec![Arm { members: vec![member], future: false, written: written.to_string() }]
    };
    let is_open = matches!(added, Added::Custom)
        || matches!(term.license, LicenseName::None | LicenseName::NoAssertion);
    let Some(terms) = law.terms_of(&term.license).filter(|_| !is_open) else { return unknown() };
    let versions = law.granted_versions(&term, terms);
    if versions.is_empty() {
        return unknown();
    }
    let with = term.exception.as_ref().map(|exception| format!(" WITH {exception}")).unwrap_or_default();
    let several = versions.len() > 1;
    versions
        .into_iter()
        .map(|version| {
            let candidate = law.candidate(version);
            let id = if several { law.id(candidate.terms) } else { law.id(terms) };
            let member = Member {
                outbound: Outbound::Candidate { candidate: version, added },
                terms: Some(candidate.terms),
                label: format!("{id}{with}"),
                governs: false,
            };
            Arm { members: vec![member], future: candidate.future, written: text.clone() }
        })
        .collect()
}
