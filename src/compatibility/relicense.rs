//! "Can I relicense to X?", the half about our own code: does today's license let us move without asking anybody?
//!
//! To combine is not to relicense: that a license may be joined with the target (GPL-3.0 with AGPL-3.0) moves nothing.
//! Code moves by an express clause (a later version, a conversion), by one arm of a choice that was offered, by terms
//! that ask for nothing the target does not ask for too, or by the word of whoever holds the copyright.

use super::case::{Added, Inbound, Outbound, Situation};
use super::law::{Candidate, Law, Terms};
use super::outbound::{Arm, OutboundExpression};
use super::pair::judge;
use crate::licenses::{Admits, Category, CopyleftScope, Later, LicenseRecord};
use crate::model::{Distribution, Linkage, ObligationKind, Verdict};
use serde::{Deserialize, Serialize};

/// Nobody but the author may allow copying.
const AUTHORS_RIGHT: &str = "Berne Convention Art. 9: reproduction needs the author's permission";

/// Who holds the copyright in our own code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holders {
    /// One holder, who may give any license.
    Sole,
    /// More than one.
    Several,
    /// Not known.
    Unknown,
}

/// May our own code move?
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum OwnAnswer {
    /// Without asking.
    Yes,
    /// Something is not known: the holders, or the terms.
    Ask,
    /// Today's license does not allow it; only all holders together can.
    No,
}

impl OwnAnswer {
    /// The word used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Ask => "ask",
            Self::No => "no",
        }
    }
}

/// The answer for our own code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnCode {
    /// The answer.
    pub answer: OwnAnswer,
    /// Why, in one sentence.
    pub reason: String,
    /// Who says so: clauses and list entries.
    pub authority: Vec<String>,
}

impl OwnCode {
    fn new(answer: OwnAnswer, reason: impl Into<String>, authority: Vec<String>) -> Self {
        Self { answer, reason: reason.into(), authority }
    }
}

/// Answers for code that is under `today` and is to be conveyed under `target`.
pub fn own_code(
    law: &Law,
    today: &OutboundExpression,
    target: &OutboundExpression,
    holders: Holders,
) -> OwnCode {
    if today.text == target.text {
        return OwnCode::new(OwnAnswer::Yes, "Nothing changes.", Vec::new());
    }
    let by_license = by_license(law, today, target);
    match (by_license.answer, holders) {
        (OwnAnswer::Yes, _) => by_license,
        (_, Holders::Sole) => OwnCode::new(
            OwnAnswer::Yes,
            "The sole holder of the copyright may give any license.",
            vec![AUTHORS_RIGHT.to_owned()],
        ),
        (_, Holders::Several) => OwnCode {
            reason: format!("{} Every other holder has to agree.", by_license.reason),
            ..by_license
        },
        (_, Holders::Unknown) => OwnCode {
            answer: OwnAnswer::Ask,
            reason: format!(
                "{} Find out who holds the copyright; all of them have to agree.",
                by_license.reason
            ),
            ..by_license
        },
    }
}

/// What today's license alone allows. The target is a promise of each of its arms.
fn by_license(law: &Law, today: &OutboundExpression, target: &OutboundExpression) -> OwnCode {
    if today.text == "NONE" {
        return OwnCode::new(
            OwnAnswer::No,
            "Today nobody is given a license: all rights are reserved.",
            vec![AUTHORS_RIGHT.to_owned()],
        );
    }
    let unreadable = today.is_unbounded() || target.is_unbounded() || target.arms().is_empty();
    if unreadable || today.arms().is_empty() {
        return OwnCode::new(OwnAnswer::Ask, "The expression offers more than can be checked.", Vec::new());
    }
    let mut first_yes: Option<OwnCode> = None;
    let mut worst: Option<OwnCode> = None;
    for arm in target.arms() {
        let best = today.arms().iter().map(|own| arm_moves(law, own, arm)).min_by_key(|move_| move_.answer);
        let Some(found) = best else { continue };
        if found.answer == OwnAnswer::Yes {
            first_yes.get_or_insert(found);
        } else if worst.as_ref().is_none_or(|known| found.answer > known.answer) {
            worst = Some(promise(found, arm, target));
        }
    }
    worst
        .or(first_yes)
        .unwrap_or_else(|| OwnCode::new(OwnAnswer::Ask, "The terms of the target are not known.", Vec::new()))
}

/// Names the arm that cannot be promised, where the target promises more than one.
fn promise(found: OwnCode, arm: &Arm, target: &OutboundExpression) -> OwnCode {
    if target.arms().len() < 2 {
        return found;
    }
    let what = if arm.is_future() { "versions not yet published".to_owned() } else { arm.text() };
    OwnCode { reason: format!("{} promises {what} too. {}", target.text, found.reason), ..found }
}

/// Every part of the code has to go under some member of the target's arm.
fn arm_moves(law: &Law, own: &Arm, target: &Arm) -> OwnCode {
    let wholes = target.members();
    own.own_parts()
        .into_iter()
        .filter_map(|part| {
            wholes.iter().map(|whole| part_moves(law, part, *whole)).min_by_key(|found| found.answer)
        })
        .max_by_key(|found| found.answer)
        .unwrap_or_else(|| OwnCode::new(OwnAnswer::Ask, "Today's license is not known.", Vec::new()))
}

fn part_moves(law: &Law, part: Inbound, whole: Outbound) -> OwnCode {
    let (terms, future, added) = match part {
        Inbound::NoLicense | Inbound::NotAsserted | Inbound::Custom => {
            return OwnCode::new(OwnAnswer::Ask, "The terms of today's license are not known.", Vec::new());
        }
        Inbound::Terms { added: Added::Custom, .. } => {
            return OwnCode::new(OwnAnswer::Ask, "What today's license adds is not known.", Vec::new());
        }
        Inbound::Terms { terms, future, added } => (terms, future, added),
    };
    let today = Today { law, terms, future, added };
    match whole {
        Outbound::Candidate { added: Added::Custom, .. } | Outbound::Unknown => {
            if today.record().category == Category::PublicDomain {
                return today.free_of_conditions();
            }
            OwnCode::new(OwnAnswer::Ask, "The terms of the target are not known.", Vec::new())
        }
        Outbound::Candidate { candidate, added } => today.moves(candidate, added),
    }
}

/// One license of our own code, one version of it.
struct Today<'a> {
    law: &'a Law,
    terms: Terms,
    future: bool,
    added: Added,
}

impl Today<'_> {
    fn record(&self) -> &LicenseRecord {
        self.law.record(self.terms)
    }

    fn id(&self) -> &str {
        self.law.id(self.terms)
    }

    fn moves(&self, target: Candidate, target_added: Added) -> OwnCode {
        if let Some(same) = self.same_license(target, target_added) {
            return same;
        }
        if self.record().category == Category::PublicDomain {
            return self.free_of_conditions();
        }
        if let Some(clause) = self.clause(target, target_added) {
            return clause;
        }
        if self.record().scope == CopyleftScope::None && self.record().category.is_free() {
            return self.permissive(target);
        }
        self.stays()
    }

    /// The same license; an exception may be dropped, not added.
    fn same_license(&self, target: Candidate, target_added: Added) -> Option<OwnCode> {
        let candidate = self.law.candidate(target);
        let (own, other) = (self.record(), self.law.record(candidate.terms));
        let same_version = !own.family.is_empty() && own.family == other.family && own.rank == other.rank;
        if !(candidate.terms == self.terms || same_version) || candidate.future != self.future {
            return None;
        }
        let yes = |reason: String| Some(OwnCode::new(OwnAnswer::Yes, reason, self.authority()));
        match (self.added, target_added) {
            (Added::Nothing, Added::Nothing) => {
                yes(format!("{} is one of the licenses given today.", self.id()))
            }
            (Added::Listed(exception), Added::Nothing) if exception.restricts => Some(OwnCode::new(
                OwnAnswer::No,
                format!("{} narrows what is given today, and cannot be dropped.", exception.id),
                vec![exception.clause.to_owned()],
            )),
            (Added::Listed(exception), Added::Nothing) => {
                yes(format!("Whoever passes the code on may leave {} out.", exception.id))
            }
            (Added::Listed(left), Added::Listed(right)) if left.id == right.id => {
                yes(format!("{} WITH {} is one of the licenses given today.", self.id(), left.id))
            }
            (_, Added::Listed(_)) if own.scope != CopyleftScope::None => Some(OwnCode::new(
                OwnAnswer::No,
                "The exception gives a permission that today's license does not.",
                self.authority(),
            )),
            _ => None,
        }
    }

    fn free_of_conditions(&self) -> OwnCode {
        OwnCode::new(
            OwnAnswer::Yes,
            format!("{} asks for nothing, so the code may go under any license.", self.id()),
            self.authority(),
        )
    }

    /// A later version by the text itself, or an express conversion. Neither adds an exception.
    fn clause(&self, target: Candidate, target_added: Added) -> Option<OwnCode> {
        if !matches!(target_added, Added::Nothing) {
            return None;
        }
        let (record, candidate) = (self.record(), self.law.candidate(target));
        let other = self.law.record(candidate.terms);
        let later = record.later == Later::BuiltIn
            && !record.family.is_empty()
            && record.family == other.family
            && (candidate.future || record.rank < other.rank);
        if later {
            let clause = record.later_clause.map(str::to_owned).into_iter().collect();
            let reason = format!("{} lets everyone take a later version.", self.id());
            return Some(OwnCode::new(OwnAnswer::Yes, reason, clause));
        }
        let conversion = self.law.conversion(self.terms, target)?;
        Some(OwnCode::new(
            OwnAnswer::Yes,
            format!(
                "{} lets everyone pass the code on under {}.",
                conversion.clause,
                self.law.candidate_id(target)
            ),
            vec![conversion.clause.to_owned()],
        ))
    }

    /// Code without copyleft moves where the target asks for no less.
    fn permissive(&self, target: Candidate) -> OwnCode {
        let id = self.law.candidate_id(target);
        let project = self.law.record(self.law.candidate(target).terms);
        if project.admits != Admits::Anything {
            let part = Inbound::Terms { terms: self.terms, future: self.future, added: self.added };
            let whole = Outbound::Candidate { candidate: target, added: Added::Nothing };
            // The code itself goes under the target; standing beside a library would not do.
            let cell = judge(self.law, part, whole, Situation::new(Linkage::Merge, Distribution::Binary));
            let answer = match cell.verdict {
                Verdict::Compatible => OwnAnswer::Yes,
                Verdict::Incompatible => OwnAnswer::No,
                _ => OwnAnswer::Ask,
            };
            let reason = match answer {
                OwnAnswer::Yes => format!("{} allows it; its notices stay.", self.id()),
                _ => cell.ground.reason(
                    self.law,
                    self.id(),
                    id,
                    Some(self.terms),
                    Some(self.law.candidate(target).terms),
                ),
            };
            let authority = self.record().gpl_authority.map(|text| vec![text.to_owned()]);
            return OwnCode::new(answer, reason, authority.unwrap_or_else(|| self.authority()));
        }
        if !project.category.is_free() {
            // The target gives less, so nothing is promised that today's license withholds.
            return OwnCode::new(
                OwnAnswer::Yes,
                format!("{} allows it in works under other terms; its notices stay.", self.id()),
                self.authority(),
            );
        }
        match lost_duty(self.record(), project) {
            Some(lost) => OwnCode::new(
                OwnAnswer::No,
                format!("{} asks to {}, and {id} would drop that.", self.id(), lost.duty()),
                self.authority(),
            ),
            None => OwnCode::new(
                OwnAnswer::Yes,
                format!("{} allows it; its notices stay on the code there is.", self.id()),
                self.authority(),
            ),
        }
    }

    fn stays(&self) -> OwnCode {
        let reason = if self.record().category.is_free() {
            format!("{} is copyleft: no clause of it leads to the target.", self.id())
        } else {
            format!("{} gives nobody the right to pass the code on under other terms.", self.id())
        };
        OwnCode::new(OwnAnswer::No, reason, self.authority())
    }

    fn authority(&self) -> Vec<String> {
        match self.record().authority {
            [] => vec![format!("{} text", self.id())],
            [first, ..] => vec![(*first).to_owned()],
        }
    }
}

/// A duty of today's license that the target would not ask for.
///
/// A copyleft license asks for notices and source, and may carry what protects names; it is not held to drop them.
fn lost_duty(own: &LicenseRecord, target: &LicenseRecord) -> Option<ObligationKind> {
    let kept = |duty: ObligationKind| {
        target.obligations.contains(&duty)
            || match duty {
                ObligationKind::LicenseText => target.obligations.contains(&ObligationKind::Notice),
                // A license that grants no right in names asks no less.
                ObligationKind::NoEndorsement => {
                    target.scope != CopyleftScope::None
                        || target.obligations.contains(&ObligationKind::NoticeFile)
                }
                _ => false,
            }
    };
    own.obligations.iter().copied().find(|duty| !kept(*duty))
}
