//! Why a cell of the matrix says what it says.

use super::law::{Candidate, Law, Terms};
use crate::licenses::{Admits, Conversion, ExceptionRecord, GplAnswer, PairRule, UseLimit};
use crate::model::{Basis, Verdict};

/// How a dependency's terms meet the project's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ground {
    /// Both are the same license.
    SameLicense,
    /// Both are proprietary; only an agreement tells.
    BothProprietary,
    /// The dependency has no license.
    NoLicense,
    /// Nobody says what the dependency's license is.
    NotAsserted,
    /// A license of somebody's own whose terms are not stated.
    CustomTerms,
    /// An exception of somebody's own whose terms are not stated.
    CustomException,
    /// The project's license is not known.
    ProjectTermsUnknown,
    /// Never conveyed: build or developer tool.
    Tool,
    /// Shipped beside the work.
    Aggregate,
    /// A font or data shipped with the work.
    AggregatedAsset,
    /// Stays inside the organisation.
    Internal,
    /// The same, under copyleft that use inside an organisation triggers.
    InternalCopyleft,
    /// Nothing is conveyed over the network.
    NothingConveyed,
    /// Use over a network conveys the dependency's own files, and nothing else.
    NetworkFile,
    /// No copyleft, and the project's license admits any such terms.
    Permissive,
    /// The GPL column of the dependency's record, and what it says.
    GplColumn(GplAnswer),
    /// The same, seen from a library copyleft: combined, but apart.
    CombinedLibrary,
    /// Copyleft that stays with the dependency's own files.
    FileScope,
    /// Such files copied into the project's own.
    FileMerged,
    /// The project's license takes whole what is linked, and the dependency opens itself to others only.
    ProjectTakesWhole,
    /// Library copyleft, linked statically, with source at hand.
    LibraryWithSource,
    /// Library copyleft, linked statically.
    LibraryStatic,
    /// Library copyleft, linked dynamically.
    LibraryDynamic,
    /// Library copyleft, linked dynamically under terms that may forbid reverse engineering.
    LibraryReverse,
    /// Copyleft for the whole work.
    WorkCopyleft,
    /// The same over a network.
    NetworkCopyleft,
    /// The same; the project ships its own source only.
    SourceOnly,
    /// A later version by the license's own text.
    LaterVersion,
    /// An express conversion clause of the dependency's license.
    Converts(&'static Conversion),
    /// The same, to a license that an explicit rule joins to the project's.
    ConvertsAndJoins {
        /// The clause.
        conversion: &'static Conversion,
        /// What it leads to.
        target: Candidate,
        /// The rule that joins that to the project's license.
        rule: &'static PairRule,
    },
    /// An express conversion clause of the project's license.
    ProjectConverts(&'static Conversion),
    /// An explicit rule.
    Rule(&'static PairRule),
    /// An exception of the dependency.
    Exception(&'static ExceptionRecord),
    /// An exception on the project's side.
    ProjectException(&'static ExceptionRecord),
    /// The project's exception cannot cover the dependency.
    ExceptionNotShared,
    /// A limit on use meets a project whose license has none.
    UseLimit(UseLimit),
    /// A limit on use that the project's users must be told of.
    UseLimitPassedOn(UseLimit),
    /// A limit on use that binds whoever runs it.
    UseLimitOnOneself(UseLimit),
}

/// One cell of the matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The answer.
    pub verdict: Verdict,
    /// Why.
    pub ground: Ground,
}

impl Cell {
    pub(super) const fn new(verdict: Verdict, ground: Ground) -> Self {
        Self { verdict, ground }
    }
}

impl Ground {
    /// Whether the whole has to be conveyed under another license than the project's for the answer to hold.
    pub fn moves_the_whole(self) -> bool {
        matches!(self, Self::ProjectConverts(_) | Self::SourceOnly | Self::ExceptionNotShared)
    }

    /// What kind of source the answer rests on.
    pub fn basis(self, law: &Law, terms: Option<Terms>) -> Basis {
        match self {
            Self::Rule(_) => Basis::PairRule,
            Self::Converts(_)
            | Self::ConvertsAndJoins { .. }
            | Self::ProjectConverts(_)
            | Self::LaterVersion
            | Self::NetworkFile
            | Self::Exception(_)
            | Self::ProjectException(_)
            | Self::LibraryStatic
            | Self::LibraryWithSource
            | Self::LibraryReverse
            | Self::CombinedLibrary => Basis::Clause,
            Self::GplColumn(_) => terms.map_or(Basis::Class, |terms| law.record(terms).gpl_basis),
            _ => Basis::Class,
        }
    }

    /// One sentence a developer understands.
    pub fn reason(
        self,
        law: &Law,
        inbound: &str,
        outbound: &str,
        terms: Option<Terms>,
        project: Option<Terms>,
    ) -> String {
        match self {
            Self::SameLicense => format!("{inbound} is the license of the project itself."),
            Self::BothProprietary => {
                "Both are proprietary: only an agreement with the owner of the dependency allows it."
                    .to_owned()
            }
            Self::NoLicense => {
                "It has no license: all rights are reserved, so nobody may use or pass it on.".to_owned()
            }
            Self::NotAsserted => "Nobody says under which license it is.".to_owned(),
            Self::CustomTerms => format!("The terms of {inbound} are not stated in licgraph.toml."),
            Self::CustomException => format!("The added terms in {inbound} are not known."),
            Self::ProjectTermsUnknown => {
                format!("The terms of the project's license {outbound} are not known.")
            }
            Self::Tool => format!(
                "It is used to build or develop and nothing of it ships, so {inbound} asks nothing of the work."
            ),
            Self::Aggregate => {
                format!("It ships beside the work as a separate program and stays under {inbound}.")
            }
            Self::AggregatedAsset => {
                format!(
                    "Fonts and data are shipped with the work, not linked into it; it stays under {inbound}."
                )
            }
            Self::Internal => "The work stays inside one organisation, so nothing is conveyed.".to_owned(),
            Self::InternalCopyleft => format!(
                "{inbound} counts use inside an organisation as deployment: a program that contains the code must be published with it."
            ),
            Self::NothingConveyed => {
                format!(
                    "Users reach the work over a network; nothing is conveyed, which is what triggers {inbound}."
                )
            }
            Self::NetworkFile => format!(
                "{inbound} counts use over a network as distribution, of its own files only; the rest may be under {outbound}."
            ),
            Self::Permissive => {
                format!(
                    "{inbound} has no copyleft; the part keeps its own terms inside a work under {outbound}."
                )
            }
            Self::GplColumn(answer) => gpl_reason(law, inbound, outbound, terms, answer),
            Self::CombinedLibrary => format!(
                "{inbound} cannot become part of a library under {outbound}, but may stand beside it."
            ),
            Self::FileScope => format!(
                "The copyleft of {inbound} stays with its own files; the rest may be under {outbound}."
            ),
            Self::FileMerged => format!(
                "Files under {inbound} that are changed or copied stay under it; they cannot become {outbound}."
            ),
            Self::ProjectTakesWhole => format!(
                "{outbound} asks for itself on all that runs in one address space; {inbound} does not go under it."
            ),
            Self::LibraryWithSource => format!(
                "{inbound} asks that users can relink with a changed library; with the complete source they can."
            ),
            Self::LibraryStatic => format!(
                "{inbound} lets a work under {outbound} link it statically if users can relink with a changed library."
            ),
            Self::LibraryDynamic => {
                format!(
                    "{inbound} lets a work under {outbound} use it as a shared library that users can replace."
                )
            }
            Self::LibraryReverse => format!(
                "{inbound} asks that users may replace the library and reverse engineer the work to debug such changes."
            ),
            Self::WorkCopyleft => {
                format!(
                    "{inbound} asks that the whole combined work go under it; a project under {outbound} does not do that."
                )
            }
            Self::NetworkCopyleft => {
                format!("{inbound} reaches the whole combined work as soon as users reach it over a network.")
            }
            Self::SourceOnly => format!(
                "The project's own files may stay under {outbound}, but whoever conveys the whole does so under {inbound}."
            ),
            Self::LaterVersion => {
                format!("{inbound} itself lets everyone take a later version, and {outbound} is one.")
            }
            Self::Converts(conversion) => {
                format!("By {} everyone may pass the code on under {outbound}.", conversion.clause)
            }
            Self::ConvertsAndJoins { conversion, target, .. } => format!(
                "By {} everyone may pass the code on under {}, and code under that may be part of a work under {outbound}.",
                conversion.clause,
                law.candidate_id(target)
            ),
            Self::ProjectConverts(conversion) => format!(
                "{inbound} reaches the whole work; by {} the project may be conveyed under {}.",
                conversion.clause,
                opened(law, conversion, terms).unwrap_or_else(|| "it".to_owned())
            ),
            Self::Rule(rule) => rule.reason.to_owned(),
            Self::Exception(exception) => {
                format!("{} lifts what {inbound} would ask here.", exception.id)
            }
            Self::ProjectException(exception) => {
                format!("The project's own {} allows linking with it.", exception.id)
            }
            Self::ExceptionNotShared => format!(
                "The code is under {inbound} without the project's exception, so the whole is conveyed without it."
            ),
            Self::UseLimit(limit) if is_free(law, project) => {
                format!("{inbound} forbids {}, which {outbound} allows everyone.", limit.forbids())
            }
            Self::UseLimit(limit) => format!(
                "{inbound} forbids {}; only its owner can allow that in a work under {outbound}.",
                limit.forbids()
            ),
            Self::UseLimitPassedOn(limit) => format!(
                "{inbound} forbids {}; it stays with that part, and users of the work are bound by it.",
                limit.forbids()
            ),
            Self::UseLimitOnOneself(limit) => {
                format!("{inbound} forbids {} even where nothing is conveyed.", limit.forbids())
            }
        }
    }

    /// The step that must be taken, where the answer is conditional.
    pub fn condition(self, law: &Law, inbound: &str, outbound: &str, terms: Option<Terms>) -> Option<String> {
        Some(match self {
            Self::BothProprietary => "Have an agreement with the owner that covers this use.".to_owned(),
            Self::GplColumn(_) => terms
                .and_then(|terms| law.record(terms).note)
                .map_or_else(|| format!("Read the terms of {inbound}."), str::to_owned),
            Self::CombinedLibrary => format!(
                "Keep the {inbound} part separable: ship it uncombined too and say where it comes from."
            ),
            Self::LibraryStatic => {
                "Give users the object files or source they need to relink with a changed version of the library, or \
                 link it as a shared library; forbid neither such changes nor reverse engineering to debug them."
                    .to_owned()
            }
            Self::InternalCopyleft => {
                "Publish the source of your own program as the license asks, or keep to the uses that it exempts."
                    .to_owned()
            }
            Self::LibraryReverse => {
                "Let users replace the library, and permit reverse engineering for debugging such changes.".to_owned()
            }
            Self::SourceOnly => format!(
                "Ship your own source only, and tell whoever builds and conveys the whole that {inbound} then applies to it."
            ),
            Self::ProjectConverts(_) => format!("Convey the combined work under {inbound}, not under {outbound}."),
            Self::Rule(rule) => rule.condition?.to_owned(),
            Self::Exception(exception) if exception.condition.is_some() => exception.condition?.to_owned(),
            Self::Exception(exception) if exception.restricts => {
                format!("Check what {} adds to the license.", exception.id)
            }
            Self::ExceptionNotShared => "Convey the combined work without the exception.".to_owned(),
            Self::UseLimitPassedOn(limit) | Self::UseLimitOnOneself(limit) => {
                format!(
                    "Keep within the license, which forbids {}; whoever you pass it on to is bound too.",
                    limit.forbids()
                )
            }
            _ => return None,
        })
    }

    /// Who says so.
    pub fn authority(self, law: &Law, terms: Option<Terms>, project: Option<Terms>) -> Vec<&'static str> {
        let of = |terms: Option<Terms>| {
            let record = terms.map(|terms| law.record(terms));
            record.map(|record| named(record.id, record.authority.to_vec())).unwrap_or_default()
        };
        let gpl = || {
            let record = law.record(terms?);
            Some(named(record.id, vec![record.gpl_authority?]))
        };
        match self {
            Self::Rule(rule) => vec![rule.authority],
            Self::Converts(conversion) | Self::ProjectConverts(conversion) => vec![conversion.clause],
            Self::ConvertsAndJoins { conversion, rule, .. } => vec![conversion.clause, rule.authority],
            Self::Exception(exception) | Self::ProjectException(exception) => {
                vec![exception.id, exception.clause]
            }
            Self::LaterVersion => {
                terms.and_then(|terms| law.record(terms).later_clause).into_iter().collect()
            }
            Self::GplColumn(_) => {
                gpl().unwrap_or_else(|| vec!["GPL-2.0 s.6 and GPL-3.0 s.7: no further restrictions"])
            }
            Self::CombinedLibrary => vec!["LGPL-2.1 s.7, LGPL-3.0 s.5: combined libraries"],
            Self::LibraryStatic | Self::LibraryWithSource | Self::LibraryDynamic | Self::LibraryReverse => {
                let found = of(terms);
                if found.is_empty() { vec!["LGPL-2.1 s.6, LGPL-3.0 s.4"] } else { found }
            }
            Self::Aggregate => vec!["GPL FAQ #MereAggregation"],
            Self::Internal => vec!["GPL FAQ #InternalDistribution"],
            Self::NothingConveyed => vec!["GPL FAQ #UnreleasedMods"],
            Self::Tool => vec!["GPL FAQ #CanIUseGPLToolsForNF"],
            Self::NoLicense => vec!["Berne Convention Art. 9: reproduction needs the author's permission"],
            Self::ExceptionNotShared | Self::ProjectTakesWhole => of(project),
            // Inside the GPL, who says that it fits there.
            Self::Permissive
                if project.is_some_and(|project| law.record(project).admits != Admits::Anything) =>
            {
                gpl().unwrap_or_else(|| of(terms))
            }
            _ => of(terms),
        }
    }
}

/// Clauses that are given without the license they stand in get its id before them.
fn named(id: &'static str, mut texts: Vec<&'static str>) -> Vec<&'static str> {
    let is_bare = |text: &&str| text.starts_with(|first: char| first.is_ascii_lowercase());
    if !id.is_empty() && texts.first().is_some_and(is_bare) {
        texts.insert(0, id);
    }
    texts
}

fn is_free(law: &Law, terms: Option<Terms>) -> bool {
    terms.is_none_or(|terms| law.record(terms).category.is_free())
}

/// What a clause of the project opens, where that is not the dependency's license itself.
fn opened(law: &Law, conversion: &Conversion, terms: Option<Terms>) -> Option<String> {
    let terms = terms?;
    let targets: Vec<Terms> = conversion.to.iter().map(|target| Terms(*target)).collect();
    let itself = targets
        .iter()
        .any(|target| law.versions(*target).iter().any(|version| law.candidate(*version).terms == terms));
    (!itself).then(|| targets.iter().map(|target| law.id(*target)).collect::<Vec<_>>().join(" or "))
}

/// The GPL columns hold a yes, a no, a condition or nothing; the sentence follows.
fn gpl_reason(law: &Law, inbound: &str, outbound: &str, terms: Option<Terms>, answer: GplAnswer) -> String {
    let restriction = terms.and_then(|terms| law.record(terms).restrictions.first());
    match (answer, restriction) {
        (GplAnswer::Yes, _) => {
            format!(
                "Code under {inbound} may be part of a work under {outbound}; the whole then follows {outbound}."
            )
        }
        (GplAnswer::No, Some(restriction)) => {
            format!("{inbound} has a term that {outbound} does not admit: {restriction}.")
        }
        (GplAnswer::No, None) => {
            format!("{inbound} has terms beside those of {outbound}, which admits no further restriction.")
        }
        (GplAnswer::Conditional, _) => {
            format!(
                "Code under {inbound} may be part of a work under {outbound} only if its condition is met."
            )
        }
        (GplAnswer::Unknown, _) => format!(
            "Nobody has said whether {inbound} may be part of a work under {outbound}, and its text does not settle it."
        ),
    }
}
