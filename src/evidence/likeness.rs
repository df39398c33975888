//! Whether a declared license and one that a text shows are the same.

use crate::licenses::detection::is_carried_beside;
use crate::licenses::{Category, Grant, LicenseRecord, catalogue, parse};
use crate::model::{Expression, LicenseName, Term};

/// Whether a found license is a term of the declared expression, as far as a text can tell.
pub fn fits(declared: &Expression, found: &Expression) -> bool {
    found.terms().iter().all(|found| declared.terms().iter().any(|declared| same(declared, found)))
}

/// Whether a found term is the declared one, as far as a text can tell.
pub fn same(declared: &Term, found: &Term) -> bool {
    let (LicenseName::Known(declared_id), LicenseName::Known(found_id)) = (&declared.license, &found.license)
    else {
        return declared.license == found.license;
    };
    let (declared_now, found_now) = (current(declared_id.name()), current(found_id.name()));
    if declared_now == found_now {
        return true;
    }
    let (Some(left), Some(right)) =
        (catalogue::find_license(&declared_now), catalogue::find_license(&found_now))
    else {
        return false;
    };
    let (left_record, right_record) = (catalogue::record(left), catalogue::record(right));
    let one_line = !left_record.family.is_empty() && left_record.family == right_record.family;
    let later = declared.or_later || left_record.grant == Grant::OrLater;
    if one_line && (left_record.rank == right_record.rank || (later && right_record.rank >= left_record.rank))
    {
        return true;
    }
    is_carried_beside(&declared_now, &found_now) || variant(left_record, right_record)
}

/// A permissive text that the list counts as a variant of the declared one and that asks for nothing else that
/// matters: `MIT-0` for `MIT`, `BSD-3-Clause-HP` for `BSD-3-Clause`.
fn variant(declared: &LicenseRecord, found: &LicenseRecord) -> bool {
    let free = |record: &LicenseRecord| {
        matches!(record.category, Category::Permissive | Category::PublicDomain)
            && record.use_limits.is_empty()
    };
    let named = found.id.strip_prefix(declared.id).is_some_and(|rest| rest.starts_with('-'));
    let alike = declared.gpl2 == found.gpl2 && declared.gpl3 == found.gpl3;
    named && alike && free(declared) && free(found)
}

/// The same without what its ids grant of later versions: two that differ only in the grant become equal.
pub fn without_later(expression: &Expression) -> Expression {
    let all = |members: &[Expression]| members.iter().map(without_later).collect();
    match expression {
        Expression::Term(term) => {
            let license = match term.license {
                LicenseName::Known(id) => LicenseName::Known(catalogue::only_this_version(id)),
                _ => term.license.clone(),
            };
            Expression::Term(Term { license, ..term.clone() })
        }
        Expression::And(members) => Expression::And(all(members)),
        Expression::Or(members) => Expression::Or(all(members)),
    }
}

/// The id a deprecated one stands for, without its exception.
fn current(id: &str) -> String {
    let known = catalogue::find_license(id);
    let replaced = known.and_then(catalogue::replacement).and_then(|text| parse(text).ok());
    match replaced.as_ref().map(Expression::terms).as_deref() {
        Some([only]) => only.license.to_string(),
        _ => id.to_owned(),
    }
}
