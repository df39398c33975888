//! Duties that a use triggers.

use super::case::Situation;
use crate::licenses::{CopyleftScope, LicenseRecord};
use crate::model::{Distribution, Linkage, ObligationKind};

/// The duties of a license in a situation. Nothing is owed for what is not conveyed, but for the source that
/// network copyleft asks to be offered to users.
pub fn triggered(
    record: &LicenseRecord,
    situation: Situation,
) -> impl Iterator<Item = ObligationKind> + use<'_> {
    record.obligations.iter().copied().filter(move |kind| is_triggered(record, *kind, situation))
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
