//! Answers of the compatibility engine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// May this dependency be part of this work?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Yes.
    Compatible,
    /// If a stated step is taken, or only under a narrower outbound license.
    Conditional,
    /// The terms are not known or were not read.
    Unknown,
    /// No.
    Incompatible,
}

impl Verdict {
    /// The word used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Conditional => "conditional",
            Self::Unknown => "unknown",
            Self::Incompatible => "incompatible",
        }
    }

    /// Whether the work can be conveyed, perhaps after a step.
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Compatible | Self::Conditional)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What a verdict rests on, weakest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// An explicit cited rule.
    PairRule,
    /// The license's own compatibility clause or text.
    Clause,
    /// Derived from attributes only.
    Class,
}

impl Basis {
    /// The word used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::PairRule => "pair-rule",
            Self::Clause => "clause",
            Self::Class => "class",
        }
    }
}

/// Under which license(s) the combined work can be conveyed: an expression, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct EffectiveOutbound(pub Option<String>);

/// A duty that conveying a package triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObligationKind {
    /// Keep copyright notices.
    Notice,
    /// Pass on the license text.
    LicenseText,
    /// State what was changed.
    StateChanges,
    /// Pass on the NOTICE file.
    NoticeFile,
    /// Offer the source of the licensed part.
    SourceOwn,
    /// Offer the source of the whole program.
    SourceWork,
    /// Offer the source to users over a network.
    NetworkSource,
    /// Let users relink with a changed library.
    Relink,
    /// Permit reverse engineering for debugging such changes.
    ReverseEngineering,
    /// Give what is needed to install changed versions in a consumer product.
    InstallInformation,
    /// Name the authors in advertising.
    Advertising,
    /// Show an attribution in the user interface.
    AttributionDisplay,
    /// Do not use the authors' names to endorse.
    NoEndorsement,
    /// Rename changed versions.
    Rename,
    /// Suing over patents ends the license.
    PatentRetaliation,
    /// Hold the authors free of claims.
    Indemnity,
    /// Share adaptations under the same terms.
    ShareAlike,
    /// Tell or send the author.
    TellAuthor,
}

impl ObligationKind {
    /// Every kind.
    pub const ALL: [Self; 18] = [
        Self::Notice,
        Self::LicenseText,
        Self::StateChanges,
        Self::NoticeFile,
        Self::SourceOwn,
        Self::SourceWork,
        Self::NetworkSource,
        Self::Relink,
        Self::ReverseEngineering,
        Self::InstallInformation,
        Self::Advertising,
        Self::AttributionDisplay,
        Self::NoEndorsement,
        Self::Rename,
        Self::PatentRetaliation,
        Self::Indemnity,
        Self::ShareAlike,
        Self::TellAuthor,
    ];

    /// The word used in data and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::LicenseText => "license-text",
            Self::StateChanges => "state-changes",
            Self::NoticeFile => "notice-file",
            Self::SourceOwn => "source-own",
            Self::SourceWork => "source-work",
            Self::NetworkSource => "network-source",
            Self::Relink => "relink",
            Self::ReverseEngineering => "reverse-engineering",
            Self::InstallInformation => "install-information",
            Self::Advertising => "advertising",
            Self::AttributionDisplay => "attribution-display",
            Self::NoEndorsement => "no-endorsement",
            Self::Rename => "rename",
            Self::PatentRetaliation => "patent-retaliation",
            Self::Indemnity => "indemnity",
            Self::ShareAlike => "share-alike",
            Self::TellAuthor => "tell-author",
        }
    }

    /// What a developer has to do, as a short imperative sentence.
    pub fn duty(self) -> &'static str {
        match self {
            Self::Notice => "keep the copyright notices",
            Self::LicenseText => "pass on the license text",
            Self::StateChanges => "state what you changed",
            Self::NoticeFile => "pass on the NOTICE file",
            Self::SourceOwn => "offer the source of this component and of your changes to it",
            Self::SourceWork => "offer the complete source of the whole program",
            Self::NetworkSource => "offer the source to everyone who uses it over a network",
            Self::Relink => "let users relink the program with a changed version of this library",
            Self::ReverseEngineering => "permit reverse engineering to debug such changes",
            Self::InstallInformation => {
                "in a consumer product, give what users need to install a changed version"
            }
            Self::Advertising => "name the authors in advertising that mentions it",
            Self::AttributionDisplay => "show the attribution the license asks for",
            Self::NoEndorsement => "do not use the authors' names to endorse your product",
            Self::Rename => "give changed versions another name",
            Self::PatentRetaliation => "know that suing over patents ends the license",
            Self::Indemnity => "hold the authors free of claims you cause",
            Self::ShareAlike => "share adaptations under the same terms",
            Self::TellAuthor => "send changes or notice to the author",
        }
    }
}

/// A duty with the packages that bring it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Obligation {
    /// The duty.
    pub kind: ObligationKind,
    /// What to do.
    pub duty: String,
    /// The licenses that ask for it.
    pub licenses: Vec<String>,
    /// The packages (purl) that bring it.
    pub packages: Vec<String>,
}
