//! Two files become one policy; two statements that contradict each other are refused.

use super::error::{PolicyError, Text};
use super::raw::RawClarification;
use super::rules::{Rules, ScopedRules};
use super::validate::{Clarified, Policy};

/// What `own` says wins; lists are joined, its own entries first.
pub(super) fn merge(own: Policy, base: Policy) -> Policy {
    Policy {
        license: own.license.or(base.license),
        distribution: own.distribution.or(base.distribution),
        fail_on: own.fail_on.or(base.fail_on),
        offline: own.offline.or(base.offline),
        without_dev: own.without_dev.or(base.without_dev),
        roots: if own.roots.is_empty() { base.roots } else { own.roots },
        exclude: joined(own.exclude, base.exclude),
        default_linkage: joined(base.default_linkage, own.default_linkage),
        linkages: joined(base.linkages, own.linkages),
        licenses: licenses(own.licenses, base.licenses),
        clarifications: joined(own.clarifications, base.clarifications),
        waivers: joined(own.waivers, base.waivers),
        rules: scoped(own.rules, base.rules),
        practices: joined(own.practices, base.practices),
        baseline: own.baseline.or(base.baseline),
        review_directory: own.review_directory.or(base.review_directory),
        warn_days: own.warn_days.or(base.warn_days),
        files: joined(own.files, base.files),
    }
}

fn joined<T>(mut first: Vec<T>, second: Vec<T>) -> Vec<T> {
    first.extend(second);
    first
}

/// A license that both define is the project's.
fn licenses(
    own: Vec<crate::compatibility::CustomLicense>,
    base: Vec<crate::compatibility::CustomLicense>,
) -> Vec<crate::compatibility::CustomLicense> {
    let mut all = own;
    for license in base {
        if !all.iter().any(|known| known.id.eq_ignore_ascii_case(&license.id)) {
            all.push(license);
        }
    }
    all
}

fn scoped(own: ScopedRules, base: ScopedRules) -> ScopedRules {
    let both = |own: Option<Rules>, base: Option<Rules>| match (own, base) {
        (Some(own), Some(base)) => Some(rules(own, base)),
        (own, base) => own.or(base),
    };
    ScopedRules {
        general: rules(own.general, base.general),
        dev: both(own.dev, base.dev),
        build: both(own.build, base.build),
    }
}

fn rules(mut own: Rules, base: Rules) -> Rules {
    own.allow.absorb(base.allow);
    own.deny.absorb(base.deny);
    own.review.absorb(base.review);
    own
}

/// Two clarifications of one file that speak of the same package and versions and name different licenses.
pub(super) fn refuse_conflicts(
    raw: &[RawClarification],
    checked: &[Clarified],
    text: &Text<'_>,
) -> Result<(), PolicyError> {
    for (later, (raw_later, checked_later)) in raw.iter().zip(checked).enumerate() {
        for (raw_earlier, checked_earlier) in raw[..later].iter().zip(checked) {
            let named = raw_later.package.get_ref();
            let same_package =
                raw_earlier.package.get_ref() == named || checked_earlier.packages.is_match(named);
            let same_version = raw_earlier.version == raw_later.version;
            if same_package && same_version && checked_earlier.expression != checked_later.expression {
                return Err(text.invalid(
                    &raw_later.package.span(),
                    format!(
                        "two clarifications contradict each other: `{named}` is {} here and {} at {}; keep one",
                        checked_later.expression, checked_earlier.expression, checked_earlier.location
                    ),
                ));
            }
        }
    }
    Ok(())
}
