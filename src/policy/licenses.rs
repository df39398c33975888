//! What the rules ask about a license: its category, and what OSI and FSF say.

use crate::compatibility::{CustomLicense, PROPRIETARY};
use crate::licenses::{Category, Status, catalogue, parse};
use crate::model::{Expression, LicenseName, Term};

/// Every category, as `licgraph.toml` writes it.
pub const CATEGORIES: [Category; 9] = [
    Category::PublicDomain,
    Category::Permissive,
    Category::WeakCopyleft,
    Category::StrongCopyleft,
    Category::NetworkCopyleft,
    Category::SourceAvailable,
    Category::NonCommercial,
    Category::NoDerivatives,
    Category::Proprietary,
];

/// Every status, as `licgraph.toml` writes it.
pub const STATUSES: [Status; 3] = [Status::Yes, Status::No, Status::Silent];

/// What the rules ask about a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// Its category; none for a license that nobody described.
    pub category: Option<Category>,
    /// Whether the OSI approved it.
    pub osi: Status,
    /// Whether the FSF calls it free.
    pub fsf: Status,
}

/// The traits of a term's license.
pub fn traits(term: &Term, custom: &[CustomLicense]) -> Traits {
    match &term.license {
        LicenseName::Known(id) => {
            let record = catalogue::record(*id);
            Traits { category: Some(record.category), osi: record.osi, fsf: record.fsf }
        }
        LicenseName::Custom(text) => Traits {
            category: custom
                .iter()
                .find(|license| license.id.eq_ignore_ascii_case(text))
                .map(|license| license.category)
                .or_else(|| text.eq_ignore_ascii_case(PROPRIETARY).then_some(Category::Proprietary)),
            osi: Status::Silent,
            fsf: Status::Silent,
        },
        LicenseName::None | LicenseName::NoAssertion => {
            Traits { category: None, osi: Status::Silent, fsf: Status::Silent }
        }
    }
}

/// A deprecated id becomes the one that replaces it, so that both spellings meet.
pub fn current(term: &Term) -> Term {
    let LicenseName::Known(id) = &term.license else { return term.clone() };
    match catalogue::replacement(*id).map(parse) {
        Some(Ok(Expression::Term(new))) => Term {
            license: new.license,
            or_later: term.or_later || new.or_later,
            exception: term.exception.clone().or(new.exception),
        },
        _ => term.clone(),
    }
}
