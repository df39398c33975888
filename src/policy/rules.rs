//! Which licenses are allowed, denied, or need a person's look.

use super::licenses::{current, traits};
use crate::compatibility::CustomLicense;
use crate::licenses::{Category, Status, catalogue};
use crate::model::{ExceptionName, Expression, LicenseName, Linkage, Term};

/// What the rules say about a license, best first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Nothing stands against it.
    Allowed,
    /// A person has to look, for this reason.
    Review(String),
    /// Not allowed, for this reason.
    Denied(String),
}

/// What to do with a license that a selection matches. The stricter wins between equally exact matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    Allow,
    Review,
    Deny,
}

/// How exactly a selection meant a license, least exact first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exactness {
    Status,
    Category,
    Id,
    IdWithException,
}

/// Licenses by id, category or status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// By id, perhaps with an exception.
    pub licenses: Vec<Term>,
    /// By category.
    pub categories: Vec<Category>,
    /// By what the OSI says.
    pub osi: Vec<Status>,
    /// By what the FSF says.
    pub fsf: Vec<Status>,
}

/// The rules of a policy or of one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Where this names any, every other license is denied.
    pub(super) allow: Selection,
    pub(super) deny: Selection,
    pub(super) review: Selection,
}

/// The general rules, and those for what is not conveyed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopedRules {
    /// For everything that has no rules of its own.
    pub general: Rules,
    /// For what only developing needs.
    pub dev: Option<Rules>,
    /// For what only building needs.
    pub build: Option<Rules>,
}

impl ScopedRules {
    /// The rules for a package joined in this way.
    pub fn for_linkage(&self, linkage: Linkage) -> &Rules {
        let special = match linkage {
            Linkage::Dev => self.dev.as_ref(),
            Linkage::Build => self.build.as_ref(),
            _ => None,
        };
        special.unwrap_or(&self.general)
    }
}

impl Selection {
    /// Whether it names nothing.
    pub fn is_empty(&self) -> bool {
        self.licenses.is_empty() && self.categories.is_empty() && self.osi.is_empty() && self.fsf.is_empty()
    }

    /// Takes over what another selection names.
    pub fn absorb(&mut self, other: Self) {
        self.licenses.extend(other.licenses);
        self.categories.extend(other.categories);
        self.osi.extend(other.osi);
        self.fsf.extend(other.fsf);
    }

    /// How exactly it means a term, with the words for a reason.
    fn matches(&self, term: &Term, custom: &[CustomLicense], effect: Effect) -> Option<(Exactness, String)> {
        let by_id = self
            .licenses
            .iter()
            .filter(|named| means(named, term, effect))
            .map(|named| {
                let exact =
                    if named.exception.is_some() { Exactness::IdWithException } else { Exactness::Id };
                (exact, named.to_string())
            })
            .max();
        if by_id.is_some() {
            return by_id;
        }
        let known = traits(term, custom);
        if let Some(category) = known.category.filter(|category| self.categories.contains(category)) {
            return Some((Exactness::Category, format!("category {}", category.name())));
        }
        if self.osi.contains(&known.osi) {
            return Some((Exactness::Status, format!("osi {}", known.osi.name())));
        }
        self.fsf.contains(&known.fsf).then(|| (Exactness::Status, format!("fsf {}", known.fsf.name())))
    }
}

impl Rules {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty() && self.review.is_empty()
    }

    /// What they say about an expression: a choice is as good as its best member, a sum as bad as its worst.
    ///
    /// `NONE` and `NOASSERTION` are not theirs to decide: the audit reports them in any case.
    pub fn decide(&self, expression: &Expression, custom: &[CustomLicense]) -> Decision {
        match expression {
            Expression::Term(term) => self.decide_term(term, custom),
            Expression::And(members) => {
                members.iter().map(|member| self.decide(member, custom)).max().unwrap_or(Decision::Allowed)
            }
            Expression::Or(members) => {
                members.iter().map(|member| self.decide(member, custom)).min().unwrap_or(Decision::Allowed)
            }
        }
    }

    fn decide_term(&self, term: &Term, custom: &[CustomLicense]) -> Decision {
        if matches!(term.license, LicenseName::None | LicenseName::NoAssertion) {
            return Decision::Allowed;
        }
        let lists =
            [(Effect::Allow, &self.allow), (Effect::Review, &self.review), (Effect::Deny, &self.deny)];
        let strongest = lists
            .into_iter()
            .filter_map(|(effect, selection)| {
                let (exactness, words) = selection.matches(term, custom, effect)?;
                Some((exactness, effect, words))
            })
            .max();
        match strongest {
            Some((_, Effect::Allow, _)) => Decision::Allowed,
            Some((_, Effect::Review, words)) => {
                Decision::Review(format!("{term} is under `review`{}.", because(term, &words)))
            }
            Some((_, Effect::Deny, words)) => {
                Decision::Denied(format!("{term} is denied{}.", because(term, &words)))
            }
            None if self.allow.is_empty() => Decision::Allowed,
            None => Decision::Denied(format!("{term} is not among the licenses that are allowed.")),
        }
    }
}

/// What in a list matched, where that is not the license itself.
fn because(term: &Term, words: &str) -> String {
    if term.to_string() == words { String::new() } else { format!(" ({words})") }
}

/// Whether a named term means another. A bare id also means the id with an exception, unless it is allowed and the
/// exception takes freedom away.
fn means(named: &Term, term: &Term, effect: Effect) -> bool {
    let (named, term) = (current(named), current(term));
    let same = match (&named.license, &term.license) {
        (LicenseName::Custom(left), LicenseName::Custom(right)) => left.eq_ignore_ascii_case(right),
        (left, right) => left == right,
    };
    let exception = match (&named.exception, &term.exception) {
        (None, Some(exception)) => effect != Effect::Allow || only_adds_freedom(exception),
        (left, right) => left == right,
    };
    same && exception
}

fn only_adds_freedom(exception: &ExceptionName) -> bool {
    match exception {
        ExceptionName::Known(id) => !catalogue::exception_record(*id).restricts,
        ExceptionName::Custom(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, Rules, Selection};
    use crate::licenses::{Category, Status, parse};
    use crate::model::{Expression, Term};

    fn term(text: &str) -> Term {
        match parse(text) {
            Ok(Expression::Term(term)) => term,
            other => panic!("{other:?}"),
        }
    }

    fn decide(rules: &Rules, text: &str) -> Decision {
        rules.decide(&parse(text).expect("expression"), &[])
    }

    fn licenses(ids: &[&str]) -> Selection {
        Selection { licenses: ids.iter().map(|id| term(id)).collect(), ..Selection::default() }
    }

    #[test]
    fn an_allow_list_denies_the_rest() {
        let rules = Rules { allow: licenses(&["MIT", "Apache-2.0"]), ..Rules::default() };
        assert_eq!(decide(&rules, "MIT"), Decision::Allowed);
        assert!(matches!(decide(&rules, "ISC"), Decision::Denied(reason) if reason.contains("ISC")));
    }

    #[test]
    fn a_choice_takes_the_best_arm_and_a_sum_the_worst() {
        let rules = Rules { allow: licenses(&["MIT"]), ..Rules::default() };
        assert_eq!(decide(&rules, "MIT OR GPL-3.0-only"), Decision::Allowed);
        assert!(matches!(decide(&rules, "MIT AND GPL-3.0-only"), Decision::Denied(_)));
    }

    #[test]
    fn an_id_decides_before_a_category_and_a_category_before_a_status() {
        let rules = Rules {
            allow: licenses(&["MPL-2.0"]),
            deny: Selection { categories: vec![Category::WeakCopyleft], ..Selection::default() },
            review: Selection { osi: vec![Status::Yes], ..Selection::default() },
        };
        assert_eq!(decide(&rules, "MPL-2.0"), Decision::Allowed);
        assert!(matches!(decide(&rules, "LGPL-2.1-only"), Decision::Denied(_)));
        assert!(matches!(decide(&rules, "MIT"), Decision::Review(_)));
    }

    #[test]
    fn silence_of_an_authority_is_a_state_of_its_own() {
        let deny_no =
            Rules { deny: Selection { fsf: vec![Status::No], ..Selection::default() }, ..Rules::default() };
        let deny_silent = Rules {
            deny: Selection { fsf: vec![Status::Silent], ..Selection::default() },
            ..Rules::default()
        };
        assert_eq!(decide(&deny_no, "BlueOak-1.0.0"), Decision::Allowed);
        assert!(matches!(decide(&deny_silent, "BlueOak-1.0.0"), Decision::Denied(_)));
    }

    #[test]
    fn an_exception_can_be_allowed_where_the_license_is_denied() {
        let rules = Rules {
            allow: licenses(&["GPL-2.0-only WITH Classpath-exception-2.0", "MIT"]),
            deny: licenses(&["GPL-2.0-only"]),
            ..Rules::default()
        };
        assert_eq!(decide(&rules, "GPL-2.0-only WITH Classpath-exception-2.0"), Decision::Allowed);
        assert_eq!(decide(&rules, "GPL-2.0-with-classpath-exception"), Decision::Allowed);
        assert!(matches!(decide(&rules, "GPL-2.0"), Decision::Denied(_)));
    }

    #[test]
    fn what_is_not_known_is_left_to_the_audit() {
        let rules = Rules { allow: licenses(&["MIT"]), ..Rules::default() };
        assert_eq!(decide(&rules, "NOASSERTION"), Decision::Allowed);
        assert!(matches!(decide(&rules, "LicenseRef-Mine"), Decision::Denied(_)));
    }
}
