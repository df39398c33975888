//! Findings that were accepted: which, why, by whom, until when.

use crate::model::{Finding, RuleId, SourceSpan, Suppression, SuppressionKind};
use globset::GlobMatcher;
use jiff::civil::Date;

/// Which findings a waiver covers.
#[derive(Clone, Debug)]
pub enum WaiverTarget {
    /// The finding with this fingerprint.
    Finding(String),
    /// Findings about these packages while they are under this license.
    Package {
        /// Matches the package's name or purl.
        packages: GlobMatcher,
        /// The license, as reports write it.
        license: String,
    },
}

/// An accepted finding.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// Which findings.
    pub target: WaiverTarget,
    /// Why.
    pub reason: String,
    /// Who accepted it.
    pub author: Option<String>,
    /// The last day it holds.
    pub expires: Date,
    /// A ticket or address.
    pub ticket: Option<String>,
    /// Where it stands.
    pub location: SourceSpan,
}

impl Waiver {
    /// Whether it still holds on this day.
    pub fn holds(&self, today: Date) -> bool {
        today <= self.expires
    }

    /// Whether it speaks of this finding, expired or not. No waiver covers what is said about waivers.
    pub fn covers(&self, finding: &Finding) -> bool {
        if matches!(finding.rule, RuleId::WaiverExpired | RuleId::WaiverUnused) {
            return false;
        }
        match &self.target {
            WaiverTarget::Finding(id) => finding.id == *id,
            WaiverTarget::Package { packages, license } => {
                let name = finding.package_label.as_deref().map(name_of);
                let named = match &finding.package {
                    Some(purl) => purl.is_meant_by(packages, name),
                    None => name.is_some_and(|name| packages.is_match(name)),
                };
                named && finding.license.as_deref() == Some(license.as_str())
            }
        }
    }

    /// What it covers, in words.
    pub fn subject(&self) -> String {
        match &self.target {
            WaiverTarget::Finding(id) => format!("finding {id}"),
            WaiverTarget::Package { packages, license } => {
                format!("{} under {license}", packages.glob().glob())
            }
        }
    }

    /// What a covered finding says about it.
    pub fn suppression(&self) -> Suppression {
        Suppression {
            kind: SuppressionKind::Waiver,
            reason: self.reason.clone(),
            author: self.author.clone(),
            until: Some(self.expires.to_string()),
            ticket: self.ticket.clone(),
        }
    }
}

/// The name in `name version`.
pub(super) fn name_of(label: &str) -> &str {
    label.split_once(' ').map_or(label, |(name, _)| name)
}
