//! Licenses that forbid or reserve some use: they bind even where copyleft does not.

use super::ground::{Cell, Ground};
use crate::licenses::{CopyleftScope, LicenseRecord, UseLimit};
use crate::model::{Distribution, Linkage, Verdict};

/// What a limit does to a use, from no effect to a bar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    Nothing,
    Binds,
    Forbids,
}

/// The dependency only runs on the organisation's own machines: tools, and works that stay inside.
///
/// `None` when no limit matters.
pub(super) fn for_own_use(inbound: &LicenseRecord) -> Option<Cell> {
    strongest(inbound, |limit| match limit {
        // A service clause that is a copyleft (SSPL s.13) asks nothing of one's own use.
        UseLimit::Service if inbound.scope == CopyleftScope::Work => Effect::Nothing,
        UseLimit::NoDerivatives => Effect::Nothing,
        _ => Effect::Binds,
    })
}

/// The dependency ships beside the work as a program or asset of its own.
pub(super) fn for_aggregate(inbound: &LicenseRecord, distribution: Distribution) -> Option<Cell> {
    let conveyed = distribution == Distribution::Binary;
    strongest(inbound, |limit| match limit {
        UseLimit::NoDerivatives => Effect::Nothing,
        UseLimit::NoRedistribution | UseLimit::Evaluation | UseLimit::Personal if conveyed => Effect::Forbids,
        _ => Effect::Binds,
    })
}

/// Users reach a work that contains the dependency over a network; nothing is conveyed.
pub(super) fn for_network(inbound: &LicenseRecord) -> Option<Cell> {
    strongest(inbound, |limit| match limit {
        // A service clause that is a copyleft asks for the whole; one that is none forbids to sell the component
        // itself as a service, not to use it in another one.
        UseLimit::Service if inbound.scope == CopyleftScope::Work => Effect::Forbids,
        UseLimit::Production | UseLimit::Evaluation | UseLimit::Personal => Effect::Forbids,
        UseLimit::NoDerivatives => Effect::Nothing,
        _ => Effect::Binds,
    })
}

/// The dependency is part of a work that is conveyed under `outbound`.
pub(super) fn for_conveyed(
    inbound: &LicenseRecord,
    outbound: &LicenseRecord,
    linkage: Linkage,
) -> Option<Cell> {
    let restrictive = !outbound.category.is_free();
    strongest(inbound, |limit| match limit {
        // What is copied into other files is changed.
        UseLimit::NoDerivatives if linkage == Linkage::Merge => Effect::Forbids,
        limit
            if restrictive && outbound.use_limits.contains(&limit) && limit != UseLimit::NoRedistribution =>
        {
            Effect::Binds
        }
        UseLimit::Service
        | UseLimit::Competing
        | UseLimit::FieldOfUse
        | UseLimit::NoDerivatives
        | UseLimit::Ethical
            if restrictive =>
        {
            Effect::Binds
        }
        _ => Effect::Forbids,
    })
    .map(|cell| match cell.ground {
        Ground::UseLimitOnOneself(limit) => Cell::new(Verdict::Conditional, Ground::UseLimitPassedOn(limit)),
        _ => cell,
    })
}

/// Whether what a dependency's record limits reaches through this linkage and distribution at all.
pub(super) fn is_own_use(linkage: Linkage, distribution: Distribution) -> bool {
    !linkage.is_conveyed() || distribution == Distribution::Internal
}

fn strongest(inbound: &LicenseRecord, effect: impl Fn(UseLimit) -> Effect) -> Option<Cell> {
    let (effect, limit) = inbound
        .use_limits
        .iter()
        .map(|limit| (effect(*limit), *limit))
        .max_by(|left, right| left.0.cmp(&right.0).then(right.1.cmp(&left.1)))?;
    match effect {
        Effect::Nothing => None,
        Effect::Binds => Some(Cell::new(Verdict::Conditional, Ground::UseLimitOnOneself(limit))),
        Effect::Forbids => Some(Cell::new(Verdict::Incompatible, Ground::UseLimit(limit))),
    }
}
