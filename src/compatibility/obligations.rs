//! Duties that a use triggers.

use super::case::Situation;
use super::ground::Ground;
use super::inbound::Deciding;
use super::law::Law;
use crate::licenses::{CopyleftScope, ExceptionEffect, LicenseRecord};
use crate::model::{Distribution, Linkage, ObligationKind};

/// The duties of the license that met a cell, in a situation. Nothing is owed for what is not conveyed, but for the
/// source that network copyleft asks to be offered to users.
pub fn triggered<'a>(
    law: &'a Law,
    deciding: &Deciding,
    situation: Situation,
) -> impl Iterator<Item = ObligationKind> + use<'a> {
    let ground = deciding.cell.ground;
    deciding
        .terms
        .map(|terms| law.record(terms))
        .into_iter()
        .flat_map(|record| record.obligations.iter().map(move |kind| (record, *kind)))
        .filter(move |(record, kind)| is_triggered(record, *kind, situation))
        .filter_map(move |(_, kind)| what_is_left(kind, ground, situation))
}

/// What an exception or a conversion leaves of a duty that touches more than the component itself.
fn what_is_left(kind: ObligationKind, ground: Ground, situation: Situation) -> Option<ObligationKind> {
    let about_the_library = matches!(kind, ObligationKind::Relink | ObligationKind::ReverseEngineering);
    match (ground, kind) {
        // Under the license it was taken to, everybody has the source of the whole and may change it.
        (Ground::Converts(_) | Ground::ConvertsAndJoins { .. }, _) if about_the_library => None,
        (Ground::Exception(exception), _) if exception.linkage.contains(&situation.linkage) => {
            match (exception.effect, kind) {
                (ExceptionEffect::Linking, ObligationKind::SourceWork) => Some(ObligationKind::SourceOwn),
                (ExceptionEffect::Linking, _) if about_the_library => None,
                (ExceptionEffect::Output | ExceptionEffect::Embedding, ObligationKind::SourceWork) => None,
                (ExceptionEffect::Output | ExceptionEffect::Embedding, _) if about_the_library => None,
                _ => Some(kind),
            }
        }
        _ => Some(kind),
    }
}

fn is_triggered(record: &LicenseRecord, kind: ObligationKind, situation: Situation) -> bool {
    if !situation.linkage.is_conveyed() {
        return false;
    }
    match situation.distribution {
        Distribution::Internal => false,
        Distribution::Network => {
            record.network
                && matches!(kind, ObligationKind::NetworkSource | ObligationKind::AttributionDisplay)
        }
        // Only the project's own source is conveyed; what was copied into it comes along.
        Distribution::Source => {
            situation.linkage == Linkage::Merge && on_conveying(record, kind, situation.linkage)
        }
        Distribution::Binary => on_conveying(record, kind, situation.linkage),
    }
}

fn on_conveying(record: &LicenseRecord, kind: ObligationKind, linkage: Linkage) -> bool {
    match kind {
        ObligationKind::NetworkSource => false,
        // A separate program owes its own source, not that of the work it ships beside.
        ObligationKind::SourceWork => record.scope == CopyleftScope::Work,
        ObligationKind::Relink => linkage == Linkage::Static,
        ObligationKind::ReverseEngineering => matches!(linkage, Linkage::Static | Linkage::Dynamic),
        _ => true,
    }
}
