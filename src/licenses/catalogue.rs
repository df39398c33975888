//! The records compiled in from `data/`, found by id.

use super::record::{
    Admits, Category, Conversion, CopyleftScope, ExceptionEffect, ExceptionRecord, GplAnswer, Grant, Judged,
    Later, LicenseRecord, OutboundLinks, PairRule, Status, Subject, UseLimit,
};
use crate::model::{Basis, Distribution, ExceptionId, LicenseId, Linkage, ObligationKind, Verdict};
use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// Every license of the list, sorted by id.
pub fn licenses() -> &'static [LicenseRecord] {
    LICENSES
}

/// Every exception of the list, sorted by id.
pub fn exceptions() -> &'static [ExceptionRecord] {
    EXCEPTIONS
}

/// Every explicit pair rule.
pub fn pair_rules() -> &'static [PairRule] {
    PAIRS
}

/// The well-known licenses, best known first.
pub fn popular() -> impl Iterator<Item = LicenseId> {
    POPULAR.iter().map(|index| license_at(usize::from(*index)))
}

/// The id of the record at a position.
///
/// # Panics
/// When the position is not below `licenses().len()`.
pub fn license_at(index: usize) -> LicenseId {
    LicenseId::new(index as u16, LICENSES[index].id)
}

/// The record of a license.
pub fn record(id: LicenseId) -> &'static LicenseRecord {
    &LICENSES[id.index()]
}

/// The record of an exception.
pub fn exception_record(id: ExceptionId) -> &'static ExceptionRecord {
    &EXCEPTIONS[id.index()]
}

/// Finds a license by its id; upper and lower case count as the same (SPDX 3.0.1 Annex B.2).
pub fn find_license(id: &str) -> Option<LicenseId> {
    let index = find(LICENSE_LOOKUP, id)?;
    Some(license_at(usize::from(index)))
}

/// Finds an exception by its id; upper and lower case count as the same.
pub fn find_exception(id: &str) -> Option<ExceptionId> {
    let index = find(EXCEPTION_LOOKUP, id)?;
    Some(ExceptionId::new(index, EXCEPTIONS[usize::from(index)].id))
}

/// The id for this version alone, of one that grants later versions too; any other stays as it is.
pub fn only_this_version(id: LicenseId) -> LicenseId {
    let record = record(id);
    if record.grant != Grant::OrLater {
        return id;
    }
    let same_version = |other: &LicenseRecord| {
        let is_current = other.grant == Grant::Only && !other.deprecated;
        is_current && other.family == record.family && other.rank == record.rank
    };
    LICENSES.iter().position(same_version).map_or(id, license_at)
}

/// The expression that replaces a deprecated license id.
pub fn replacement(id: LicenseId) -> Option<&'static str> {
    let position = DEPRECATED.binary_search_by_key(&(id.index() as u16), |(index, _)| *index).ok()?;
    Some(DEPRECATED[position].1)
}

/// A list sorted by lower-case id, searched without allocation.
fn find(lookup: &[(&str, u16)], id: &str) -> Option<u16> {
    let position = lookup
        .binary_search_by(|(known, _)| {
            let wanted = id.bytes().map(|byte| byte.to_ascii_lowercase());
            known.bytes().cmp(wanted)
        })
        .ok()?;
    Some(lookup[position].1)
}

/// The id closest in spelling, for a suggestion; none if nothing is near.
pub fn nearest_license(id: &str) -> Option<&'static str> {
    nearest(LICENSE_LOOKUP, id).map(|index| LICENSES[usize::from(index)].id)
}

/// The exception id closest in spelling, for a suggestion; none if nothing is near.
pub fn nearest_exception(id: &str) -> Option<&'static str> {
    nearest(EXCEPTION_LOOKUP, id).map(|index| EXCEPTIONS[usize::from(index)].id)
}

/// From 0 to 1. Two letters that changed places weigh little, also in a short id.
fn likeness(known: &str, wanted: &str) -> f64 {
    let slip = known.len() == wanted.len() && strsim::osa_distance(known, wanted) == 1;
    if slip { 0.95 } else { strsim::jaro_winkler(known, wanted) }
}

fn nearest(lookup: &[(&str, u16)], id: &str) -> Option<u16> {
    const NEAR: f64 = 0.85;
    if id.len() > 64 {
        return None;
    }
    let wanted = id.to_ascii_lowercase().replace([' ', '_'], "-");
    lookup
        .iter()
        .map(|(known, index)| (likeness(known, &wanted), *index))
        .filter(|(similarity, _)| *similarity >= NEAR)
        .max_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)))
        .map(|(_, index)| index)
}
