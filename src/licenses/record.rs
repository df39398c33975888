//! What a record of the catalogue holds. Filled by the build from `data/`; see `data/README.md` for each field.

use crate::model::{Basis, Distribution, Linkage, ObligationKind, Verdict};
use std::borrow::Cow;

/// What kind of license it is, by what it asks of those who pass the work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// No conditions at all.
    PublicDomain,
    /// Notices and the like.
    Permissive,
    /// Copyleft for the licensed part only.
    WeakCopyleft,
    /// Copyleft for the whole work.
    StrongCopyleft,
    /// Copyleft that use over a network triggers.
    NetworkCopyleft,
    /// Source can be read; use is restricted.
    SourceAvailable,
    /// No commercial use.
    NonCommercial,
    /// No changed versions.
    NoDerivatives,
    /// No right to pass on, or nearly none.
    Proprietary,
}

impl Category {
    /// The word used in data and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::PublicDomain => "public-domain",
            Self::Permissive => "permissive",
            Self::WeakCopyleft => "weak-copyleft",
            Self::StrongCopyleft => "strong-copyleft",
            Self::NetworkCopyleft => "network-copyleft",
            Self::SourceAvailable => "source-available",
            Self::NonCommercial => "non-commercial",
            Self::NoDerivatives => "no-derivatives",
            Self::Proprietary => "proprietary",
        }
    }

    /// Whether the terms leave everyone free to use, change and pass on.
    pub fn is_free(self) -> bool {
        !matches!(self, Self::SourceAvailable | Self::NonCommercial | Self::NoDerivatives | Self::Proprietary)
    }
}

/// What a license is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Programs.
    Software,
    /// Fonts.
    Font,
    /// Manuals.
    Documentation,
    /// Databases and models.
    Data,
    /// Pictures, sound, prose.
    Media,
    /// Designs of things.
    Hardware,
}

impl Subject {
    /// The word used in data and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Software => "software",
            Self::Font => "font",
            Self::Documentation => "documentation",
            Self::Data => "data",
            Self::Media => "media",
            Self::Hardware => "hardware",
        }
    }
}

/// How far a copyleft reaches into a program that uses the licensed part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CopyleftScope {
    /// No copyleft.
    None,
    /// The licensed files or module.
    File,
    /// The library, which users must be able to replace.
    Library,
    /// The whole combined work.
    Work,
}

impl CopyleftScope {
    /// The word used in data and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::File => "file",
            Self::Library => "library",
            Self::Work => "work",
        }
    }
}

/// May code under the license be part of a work conveyed under a version of the GPL?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GplAnswer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// On the condition that the record's note states.
    Conditional,
    /// Nobody has said, and the text does not settle it.
    Unknown,
}

/// What a license, as the license of a project, asks of code that becomes part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Admits {
    /// Nothing in particular.
    Anything,
    /// No restriction beyond GPL-2.0: the `gpl2` column decides.
    Gpl2Compatible,
    /// No restriction beyond GPL-3.0: the `gpl3` column decides.
    Gpl3Compatible,
}

/// A use or act that the license forbids or reserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseLimit {
    /// Commercial use.
    NonCommercial,
    /// Any but one field, product or kind of user.
    FieldOfUse,
    /// Production use.
    Production,
    /// Offering it as a service.
    Service,
    /// Competing products.
    Competing,
    /// Uses that a morals clause names.
    Ethical,
    /// Changed versions.
    NoDerivatives,
    /// Passing it on.
    NoRedistribution,
    /// Anything but evaluation.
    Evaluation,
    /// Anything but personal use.
    Personal,
}

impl UseLimit {
    /// The limit in words that fit "the license forbids …".
    pub fn forbids(self) -> &'static str {
        match self {
            Self::NonCommercial => "commercial use",
            Self::FieldOfUse => "use outside the field it names",
            Self::Production => "production use beyond its own grants",
            Self::Service => "offering it as a service except on its terms",
            Self::Competing => "use in a competing product",
            Self::Ethical => "the uses its morals clause names",
            Self::NoDerivatives => "passing on changed versions",
            Self::NoRedistribution => "passing it on",
            Self::Evaluation => "use beyond evaluation",
            Self::Personal => "use beyond personal use",
        }
    }
}

/// What an id says about later versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// This version only, said in the id.
    Only,
    /// This or any later version, said in the id.
    OrLater,
    /// Only the version is named.
    This,
}

/// Who may take a later version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Later {
    /// Nobody.
    Never,
    /// Whoever was told so by `-or-later` or `+`.
    Named,
    /// Every recipient, by the license text itself.
    BuiltIn,
}

/// What an authority says about a license: yes, no, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Approved, free.
    Yes,
    /// Refused, not free.
    No,
    /// The authority has not spoken.
    Silent,
}

impl Status {
    /// The word used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Silent => "silent",
        }
    }
}

/// What a record rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judged {
    /// The text was read for it.
    Text,
    /// Its class only.
    Class,
}

/// An express clause by which a recipient may pass the code on under another license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// Positions of the target records; an or-later target stands for its later versions too.
    pub to: &'static [u16],
    /// The clause.
    pub clause: &'static str,
    /// Whether it also lets a work that combines the code with code under the target go under the target.
    pub whole: bool,
    /// Whether it opens only where the work also holds code that is itself under the target.
    pub needs_target: bool,
}

/// A license of the SPDX list.
#[derive(Debug)]
pub struct LicenseRecord {
    /// The id in list spelling.
    pub id: &'static str,
    /// The full name of the SPDX list.
    pub name: &'static str,
    /// Category.
    pub category: Category,
    /// What it is written for.
    pub subject: Subject,
    /// Copyleft scope.
    pub scope: CopyleftScope,
    /// Whether use over a network triggers the copyleft.
    pub network: bool,
    /// Whether use inside an organisation does.
    pub internal: bool,
    /// Into GPL-2.0-only?
    pub gpl2: GplAnswer,
    /// Into GPL-3.0-only?
    pub gpl3: GplAnswer,
    /// Who says so.
    pub gpl_authority: Option<&'static str>,
    /// What kind of source that is.
    pub gpl_basis: Basis,
    /// As a project's license: which column above a dependency must have, since it admits no further restriction.
    pub admits: Admits,
    /// As a project's license: no code under another copyleft goes under it, since that copyleft does not open itself
    /// to it.
    pub closed: bool,
    /// What the GPL calls further restrictions.
    pub restrictions: &'static [&'static str],
    /// What the license forbids or reserves.
    pub use_limits: Cow<'static, [UseLimit]>,
    /// The line of versions it belongs to; empty if it stands alone.
    pub family: &'static str,
    /// Its place in that line, from 0.
    pub rank: u8,
    /// What the id says about later versions.
    pub grant: Grant,
    /// Who may take a later version.
    pub later: Later,
    /// The clause, where later versions are built in.
    pub later_clause: Option<&'static str>,
    /// Express conversions.
    pub converts: &'static [Conversion],
    /// Duties.
    pub obligations: &'static [ObligationKind],
    /// Approved by the OSI?
    pub osi: Status,
    /// Free by the FSF?
    pub fsf: Status,
    /// Whether the id is deprecated.
    pub deprecated: bool,
    /// What the record rests on.
    pub judged: Judged,
    /// Clauses and list entries for scope, network and use limits.
    pub authority: &'static [&'static str],
    /// What a developer needs to know.
    pub note: Option<&'static str>,
    /// The page in `data/licenses` that holds it.
    pub page: &'static str,
}

impl LicenseRecord {
    /// The license that [`Self::gpl2`] answers for.
    pub const GPL2: &str = "GPL-2.0-only";
    /// The license that [`Self::gpl3`] answers for.
    pub const GPL3: &str = "GPL-3.0-only";
}

/// What an exception does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExceptionEffect {
    /// The copyleft stops at the linked library.
    Linking,
    /// What the tool puts into its output is free.
    Output,
    /// Lifts what made the base incompatible with the GPL.
    GplCompatible,
    /// The work may be linked with named libraries.
    NamedLinks,
    /// Documents may embed it.
    Embedding,
    /// Only narrows or clarifies.
    Narrowing,
    /// Anything else.
    Other,
}

impl ExceptionEffect {
    /// The word used in data and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linking => "linking",
            Self::Output => "output",
            Self::GplCompatible => "gpl-compatible",
            Self::NamedLinks => "named-links",
            Self::Embedding => "embedding",
            Self::Narrowing => "narrowing",
            Self::Other => "other",
        }
    }
}

/// Which libraries a project's own exception lets its program be linked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutboundLinks {
    /// Any.
    Any,
    /// The named ones.
    Names,
    /// None.
    None,
}

/// An exception of the SPDX list.
#[derive(Debug, PartialEq, Eq)]
pub struct ExceptionRecord {
    /// The id in list spelling.
    pub id: &'static str,
    /// The full name of the SPDX list.
    pub name: &'static str,
    /// What it does.
    pub effect: ExceptionEffect,
    /// For which linkages it lifts the copyleft.
    pub linkage: &'static [Linkage],
    /// Whether it lifts it for source distribution only or too.
    pub source: bool,
    /// On the project's own side.
    pub outbound_links: OutboundLinks,
    /// Named licenses.
    pub names: &'static [u16],
    /// The licenses it is written for.
    pub bases: &'static [u16],
    /// Whether it adds a restriction.
    pub restricts: bool,
    /// What the linked program has to meet, where ordinary use does not meet it anyway.
    pub condition: Option<&'static str>,
    /// The clause.
    pub clause: &'static str,
    /// What a developer needs to know.
    pub note: Option<&'static str>,
    /// Whether the id is deprecated.
    pub deprecated: bool,
    /// What the record rests on.
    pub judged: Judged,
}

/// An explicit rule for pairs of licenses.
#[derive(Debug, PartialEq, Eq)]
pub struct PairRule {
    /// Dependency licenses.
    pub inbound: &'static [u16],
    /// Project licenses.
    pub outbound: &'static [u16],
    /// Linkages it speaks of.
    pub linkage: &'static [Linkage],
    /// Distributions it speaks of.
    pub distribution: &'static [Distribution],
    /// The answer.
    pub verdict: Verdict,
    /// Why.
    pub reason: &'static str,
    /// Who says so.
    pub authority: &'static str,
    /// The step that must be taken, where the answer is conditional.
    pub condition: Option<&'static str>,
}
