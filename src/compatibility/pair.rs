//! One cell of the matrix: one dependency license, one candidate for the whole work, one situation.
//!
//! The questions are asked in this order, and the first that settles the matter answers:
//! are there terms at all; is it the same license; is anything conveyed; is it joined at all; does an exception or
//! an explicit rule speak; does the license limit use; how far does its copyleft reach, and what does the
//! project's license admit.

use super::case::{Added, Inbound, Outbound, Situation};
use super::ground::{Cell, Ground};
use super::joint::is_joined;
use super::law::{Candidate, Law, Terms};
use super::limits;
use crate::licenses::{
    Admits, Category, CopyleftScope, ExceptionEffect, GplAnswer, Later, LicenseRecord, OutboundLinks, Subject,
};
use crate::model::{Distribution, Linkage, Verdict};

/// Judges one cell.
pub fn judge(law: &Law, inbound: Inbound, outbound: Outbound, situation: Situation) -> Cell {
    judge_cell(law, inbound, outbound, situation, Movable::Yes)
}

/// Judges one cell without letting the whole move to another license.
pub(super) fn judge_as_it_stands(
    law: &Law,
    inbound: Inbound,
    outbound: Outbound,
    situation: Situation,
) -> Cell {
    judge_cell(law, inbound, outbound, situation, Movable::No)
}

/// Whether the whole may move to another license than the candidate. A license it moves to must take the parts in
/// as it stands; clauses do not chain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Movable {
    Yes,
    No,
}

fn judge_cell(
    law: &Law,
    inbound: Inbound,
    outbound: Outbound,
    situation: Situation,
    movable: Movable,
) -> Cell {
    let (terms, future, added) = match inbound {
        Inbound::NoLicense => return Cell::new(Verdict::Incompatible, Ground::NoLicense),
        Inbound::NotAsserted => return Cell::new(Verdict::Unknown, Ground::NotAsserted),
        Inbound::Custom => return Cell::new(Verdict::Unknown, Ground::CustomTerms),
        Inbound::Terms { added: Added::Custom, .. } => {
            return Cell::new(Verdict::Unknown, Ground::CustomException);
        }
        Inbound::Terms { terms, future, added } => (terms, future, added),
    };
    let record = law.record(terms);
    if limits::is_own_use(situation.linkage, situation.distribution) {
        return own_use(law, terms, outbound, situation);
    }
    let Outbound::Candidate { candidate, added: project_added } = outbound else {
        return Cell::new(Verdict::Unknown, Ground::ProjectTermsUnknown);
    };
    let pair = Pair { law, terms, future, added, record, candidate, project_added, situation, movable };
    let cell = pair.judge();
    match added {
        Added::Listed(exception) if exception.restricts && cell.verdict == Verdict::Compatible => {
            Cell::new(Verdict::Conditional, Ground::Exception(exception))
        }
        _ => cell,
    }
}

/// Tools, and works that never leave the organisation.
fn own_use(law: &Law, terms: Terms, outbound: Outbound, situation: Situation) -> Cell {
    let same =
        matches!(outbound, Outbound::Candidate { candidate, .. } if law.candidate(candidate).terms == terms);
    let ground = if situation.linkage.is_conveyed() { Ground::Internal } else { Ground::Tool };
    let allowed = Cell::new(Verdict::Compatible, ground);
    if same && law.record(terms).category != Category::Proprietary {
        return allowed;
    }
    if law.record(terms).internal && is_joined(situation.linkage) {
        return Cell::new(Verdict::Conditional, Ground::InternalCopyleft);
    }
    limits::for_own_use(law.record(terms)).unwrap_or(allowed)
}

struct Pair<'a> {
    law: &'a Law,
    terms: Terms,
    future: bool,
    added: Added,
    record: &'a LicenseRecord,
    candidate: Candidate,
    project_added: Added,
    situation: Situation,
    movable: Movable,
}

impl Pair<'_> {
    fn judge(&self) -> Cell {
        self.same_license()
            .or_else(|| self.aggregate())
            .or_else(|| self.exception())
            .or_else(|| self.rule())
            .or_else(|| self.network())
            .unwrap_or_else(|| self.conveyed())
    }

    /// What the license forbids and what its copyleft asks both bind: the worse answers.
    fn conveyed(&self) -> Cell {
        let by_scope = self.by_scope();
        match limits::for_conveyed(self.record, self.project(), self.linkage()) {
            Some(limited) if limited.verdict >= by_scope.verdict => limited,
            _ => by_scope,
        }
    }

    fn project(&self) -> &LicenseRecord {
        self.law.record(self.law.candidate(self.candidate).terms)
    }

    fn linkage(&self) -> Linkage {
        self.situation.linkage
    }

    fn same_license(&self) -> Option<Cell> {
        let project = self.law.candidate(self.candidate);
        let same_version = !self.record.family.is_empty()
            && self.record.family == self.project().family
            && self.record.rank == self.project().rank;
        if !(project.terms == self.terms || same_version) || project.future != self.future {
            return None;
        }
        if self.record.category == Category::Proprietary && !self.law.is_listed(self.terms) {
            return Some(Cell::new(Verdict::Conditional, Ground::BothProprietary));
        }
        let shared = match self.project_added {
            Added::Nothing => true,
            project => self.added.is_same(project),
        };
        if shared || self.record.scope == CopyleftScope::None {
            return Some(Cell::new(Verdict::Compatible, Ground::SameLicense));
        }
        if self.linkage() == Linkage::Process {
            // A separate program stays under its own terms; nothing has to be shared.
            return None;
        }
        // An exception of its own may still let the project keep its exception.
        self.exception().or_else(|| Some(self.exception_not_shared()))
    }

    /// Separate programs, and assets that are never linked.
    fn aggregate(&self) -> Option<Cell> {
        let asset = matches!(self.record.subject, Subject::Font | Subject::Data);
        if self.linkage() != Linkage::Process && !asset {
            return None;
        }
        let ground = if asset { Ground::AggregatedAsset } else { Ground::Aggregate };
        Some(
            limits::for_aggregate(self.record, self.situation.distribution)
                .unwrap_or(Cell::new(Verdict::Compatible, ground)),
        )
    }

    /// The dependency's own exception, before anything is said about its base license.
    fn exception(&self) -> Option<Cell> {
        let Added::Listed(exception) = self.added else { return None };
        let lifts = match exception.effect {
            ExceptionEffect::Linking | ExceptionEffect::Output | ExceptionEffect::Embedding => {
                exception.linkage.contains(&self.linkage())
            }
            ExceptionEffect::GplCompatible => {
                self.record.scope == CopyleftScope::None && self.project().admits != Admits::Anything
            }
            ExceptionEffect::NamedLinks => {
                exception.names.contains(&self.law.candidate(self.candidate).terms.0)
            }
            ExceptionEffect::Narrowing | ExceptionEffect::Other => false,
        };
        let verdict = if exception.condition.is_some() { Verdict::Conditional } else { Verdict::Compatible };
        lifts.then_some(Cell::new(verdict, Ground::Exception(exception)))
    }

    fn rule(&self) -> Option<Cell> {
        let project = self.law.candidate(self.candidate);
        if project.future != self.future {
            return None;
        }
        let rules = self.law.pair_rules(self.terms, project.terms);
        let rule = rules.iter().find(|rule| {
            rule.linkage.contains(&self.situation.linkage)
                && rule.distribution.contains(&self.situation.distribution)
        })?;
        Some(Cell::new(rule.verdict, Ground::Rule(rule)))
    }

    /// Use over a network, where neither license makes that count as conveying the whole.
    fn network(&self) -> Option<Cell> {
        if self.situation.distribution != Distribution::Network {
            return None;
        }
        if let Some(limited) = limits::for_network(self.record) {
            return Some(limited);
        }
        let ground = match (self.record.network, self.record.scope) {
            _ if self.project().network => return None,
            (true, CopyleftScope::Work) => return None,
            // Such use conveys the files of the dependency, and only those.
            (true, _) => Ground::NetworkFile,
            (false, _) => Ground::NothingConveyed,
        };
        Some(Cell::new(Verdict::Compatible, ground))
    }

    fn by_scope(&self) -> Cell {
        let cell = match self.record.scope {
            CopyleftScope::None => self.admitted(Ground::Permissive),
            CopyleftScope::File => self.file_scope(),
            CopyleftScope::Library => self.library_scope(),
            CopyleftScope::Work => self.work_scope(),
        };
        if cell.verdict == Verdict::Incompatible && self.record.scope != CopyleftScope::Work {
            return self.project_exception().unwrap_or(cell);
        }
        cell
    }

    /// What the project's license admits: anything, or only what the GPL column of the record allows. A library
    /// copyleft does not reach the shared libraries beside it.
    fn admitted(&self, otherwise: Ground) -> Cell {
        let answer = match self.project().admits {
            Admits::Anything => return Cell::new(Verdict::Compatible, otherwise),
            Admits::Gpl2Compatible => self.record.gpl2,
            Admits::Gpl3Compatible => self.record.gpl3,
        };
        let beside = self.project().scope == CopyleftScope::Library && self.linkage() == Linkage::Dynamic;
        match answer {
            GplAnswer::Yes => Cell::new(Verdict::Compatible, otherwise),
            _ if beside => Cell::new(Verdict::Compatible, Ground::LibraryDynamic),
            GplAnswer::Conditional => Cell::new(Verdict::Conditional, Ground::GplColumn(answer)),
            GplAnswer::Unknown => Cell::new(Verdict::Unknown, Ground::GplColumn(answer)),
            GplAnswer::No => self.beside_a_library(),
        }
    }

    /// A library of the same kind may stand beside the project's own even in one file: both may be relinked.
    fn beside_a_library(&self) -> Cell {
        let library = self.record.scope == CopyleftScope::Library;
        match (self.project().scope, self.linkage()) {
            (CopyleftScope::Library, Linkage::Static) if library => {
                Cell::new(Verdict::Conditional, Ground::CombinedLibrary)
            }
            _ => Cell::new(Verdict::Incompatible, Ground::GplColumn(GplAnswer::No)),
        }
    }

    fn file_scope(&self) -> Cell {
        if let Some(cell) = self.passed_on() {
            return cell;
        }
        if self.kept_out() {
            let whole = Cell::new(Verdict::Incompatible, Ground::ProjectTakesWhole);
            return self.moved_by_project().unwrap_or(whole);
        }
        if self.linkage() == Linkage::Merge && self.project().admits == Admits::Anything {
            return Cell::new(Verdict::Incompatible, Ground::FileMerged);
        }
        self.admitted(Ground::FileScope)
    }

    fn library_scope(&self) -> Cell {
        if let Some(cell) = self.passed_on() {
            return cell;
        }
        let project = self.project();
        let merged = self.linkage() == Linkage::Merge
            && (project.admits == Admits::Anything || project.scope == CopyleftScope::Library);
        if merged || self.kept_out() {
            return self.moved_by_project().unwrap_or(Cell::new(Verdict::Incompatible, Ground::WorkCopyleft));
        }
        if project.admits != Admits::Anything {
            return self.admitted(Ground::LibraryWithSource);
        }
        match (self.linkage(), self.situation.distribution) {
            (Linkage::Static, Distribution::Source) => {
                Cell::new(Verdict::Compatible, Ground::LibraryWithSource)
            }
            (Linkage::Static, _) => Cell::new(Verdict::Conditional, Ground::LibraryStatic),
            _ if !project.category.is_free() => Cell::new(Verdict::Conditional, Ground::LibraryReverse),
            _ => Cell::new(Verdict::Compatible, Ground::LibraryDynamic),
        }
    }

    /// Whether code under this license would have to open itself to a project whose license no copyleft opens itself to.
    /// What has no such restriction needs no opening.
    fn kept_out(&self) -> bool {
        self.project().closed && (self.record.gpl3 != GplAnswer::Yes || !self.record.converts.is_empty())
    }

    fn moved_by_project(&self) -> Option<Cell> {
        let conversion = self.project_conversion()?;
        Some(Cell::new(Verdict::Conditional, Ground::ProjectConverts(conversion)))
    }

    fn work_scope(&self) -> Cell {
        if let Some(cell) = self.passed_on().or_else(|| self.gpl_column()) {
            return self.without_project_exception(cell);
        }
        if let Some(cell) = self.moved_by_project() {
            return cell;
        }
        if self.own_source_only() {
            return Cell::new(Verdict::Conditional, Ground::SourceOnly);
        }
        if let Some(cell) = self.named_project_exception() {
            return cell;
        }
        let over_network = self.situation.distribution == Distribution::Network && self.record.network;
        let ground = if over_network { Ground::NetworkCopyleft } else { Ground::WorkCopyleft };
        Cell::new(Verdict::Incompatible, ground)
    }

    /// Copyleft that reaches the whole work leaves no room for an exception that only the project grants.
    fn without_project_exception(&self, cell: Cell) -> Cell {
        if cell.verdict == Verdict::Compatible && !matches!(self.project_added, Added::Nothing) {
            self.exception_not_shared()
        } else {
            cell
        }
    }

    fn exception_not_shared(&self) -> Cell {
        let without = match self.movable {
            Movable::Yes => Verdict::Conditional,
            Movable::No => Verdict::Incompatible,
        };
        Cell::new(without, Ground::ExceptionNotShared)
    }

    /// The dependency's license lets its code go under the project's: a later version, a conversion clause, or a
    /// conversion to a license that an explicit rule joins to the project's.
    fn passed_on(&self) -> Option<Cell> {
        let project = self.law.candidate(self.candidate);
        let later = self.record.later == Later::BuiltIn
            && !self.record.family.is_empty()
            && self.record.family == self.project().family
            && (project.future || self.record.rank < self.project().rank);
        if later {
            return Some(Cell::new(Verdict::Compatible, Ground::LaterVersion));
        }
        if let Some(conversion) = self.law.conversion(self.terms, self.candidate) {
            return Some(Cell::new(Verdict::Compatible, Ground::Converts(conversion)));
        }
        self.law.conversions_of(self.terms).iter().find_map(|(target, conversion)| {
            let (target, terms) = (*target, self.law.candidate(*target).terms);
            if self.law.candidate(target).future != project.future {
                return None;
            }
            let rule = self.law.pair_rules(terms, project.terms).iter().find(|rule| {
                rule.verdict == Verdict::Compatible && rule.linkage.contains(&self.situation.linkage)
            })?;
            Some(Cell::new(Verdict::Compatible, Ground::ConvertsAndJoins { conversion, target, rule }))
        })
    }

    /// The GPL columns say that a copyleft license fits the GPL itself, or by it a license that joins with the GPL.
    fn gpl_column(&self) -> Option<Cell> {
        let joins_with_gpl3 = || {
            let project = self.law.candidate(self.candidate);
            self.law.pair_rules(self.law.gpl3()?, project.terms).iter().find(|rule| {
                rule.verdict == Verdict::Compatible && rule.linkage.contains(&self.situation.linkage)
            })
        };
        let answer = match self.law.gpl_column(self.candidate) {
            Some(Admits::Gpl2Compatible) => self.record.gpl2,
            Some(_) => self.record.gpl3,
            None => joins_with_gpl3().map(|_| self.record.gpl3)?,
        };
        match answer {
            GplAnswer::Yes => Some(Cell::new(Verdict::Compatible, Ground::GplColumn(answer))),
            GplAnswer::Conditional => Some(Cell::new(Verdict::Conditional, Ground::GplColumn(answer))),
            GplAnswer::No | GplAnswer::Unknown => None,
        }
    }

    /// The project's license lets the combined work go under a license that takes in the dependency.
    fn project_conversion(&self) -> Option<&'static crate::licenses::Conversion> {
        if self.movable == Movable::No {
            return None;
        }
        let project = self.law.candidate(self.candidate).terms;
        let inbound = Inbound::Terms { terms: self.terms, future: self.future, added: self.added };
        self.law
            .conversions_of(project)
            .iter()
            .filter(|(target, conversion)| {
                conversion.whole && (!conversion.needs_target || self.brings(*target))
            })
            .find(|(target, _)| {
                let whole = Outbound::Candidate { candidate: *target, added: Added::Nothing };
                judge_cell(self.law, inbound, whole, self.situation, Movable::No).verdict
                    == Verdict::Compatible
            })
            .map(|(_, conversion)| *conversion)
    }

    /// Whether the dependency is code under `target`, or may be taken as such without more.
    fn brings(&self, target: Candidate) -> bool {
        let itself = self.law.candidate(target).terms == self.terms;
        itself || self.law.conversion(self.terms, target).is_some_and(|clause| !clause.needs_target)
    }

    /// A permissive project that ships its own source only, and could be conveyed under the dependency's license.
    fn own_source_only(&self) -> bool {
        let project = self.law.candidate(self.candidate).terms;
        let permissive = matches!(self.project().category, Category::Permissive | Category::PublicDomain);
        if self.movable == Movable::No
            || self.situation.distribution != Distribution::Source
            || !permissive
            || self.linkage() == Linkage::Merge
        {
            return false;
        }
        let own_code = Inbound::Terms { terms: project, future: false, added: self.project_added };
        self.law.versions(self.terms).into_iter().any(|version| {
            let whole = Outbound::Candidate { candidate: version, added: Added::Nothing };
            judge_cell(self.law, own_code, whole, Situation::LINKED_BINARY, Movable::No).verdict.is_allowed()
        })
    }

    /// The project's own exception allows linking with what its license would not admit.
    fn project_exception(&self) -> Option<Cell> {
        let Added::Listed(exception) = self.project_added else { return None };
        let linked = matches!(self.linkage(), Linkage::Static | Linkage::Dynamic);
        let covers = match exception.outbound_links {
            OutboundLinks::Any => true,
            OutboundLinks::Names => exception.names.contains(&self.terms.0),
            OutboundLinks::None => false,
        };
        (linked && covers).then_some(Cell::new(Verdict::Compatible, Ground::ProjectException(exception)))
    }

    fn named_project_exception(&self) -> Option<Cell> {
        match self.project_added {
            Added::Listed(exception) if exception.outbound_links == OutboundLinks::Names => {
                self.project_exception()
            }
            _ => None,
        }
    }
}
