//! What the engine judges with: the catalogue, the user's own licenses, and every candidate outbound license.

use crate::licenses::{
    Admits, Category, Conversion, CopyleftScope, GplAnswer, Grant, Judged, Later, LicenseRecord, PairRule,
    Status, Subject, UseLimit, catalogue, parse,
};
use crate::model::{Basis, ExceptionName, Expression, LicenseName, Term};
use std::borrow::Cow;
use std::collections::HashMap;

/// The proprietary license that needs no definition: all rights reserved, no copyleft.
pub const PROPRIETARY: &str = "LicenseRef-Proprietary";

/// The terms of a license of the user's own, as stated in licgraph.toml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomLicense {
    /// `LicenseRef-…`.
    pub id: String,
    /// Category.
    pub category: Category,
    /// Copyleft scope.
    pub scope: CopyleftScope,
    /// Whether use over a network triggers the copyleft.
    pub network: bool,
    /// Into GPL-2.0-only?
    pub gpl2: GplAnswer,
    /// Into GPL-3.0-only?
    pub gpl3: GplAnswer,
    /// What it forbids or reserves.
    pub use_limits: Vec<UseLimit>,
}

/// Attributes of a custom license that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{id}`: {reason}")]
pub struct CustomLicenseError {
    /// The license.
    pub id: String,
    /// What contradicts what.
    pub reason: String,
}

/// The terms of one license: a position in the law's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Terms(pub(super) u16);

/// A single-version license a work could be conveyed under: a position in the law's candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate(pub(super) u16);

/// What stands behind a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CandidateTerms {
    /// Its terms; for versions not yet published those of the newest.
    pub terms: Terms,
    /// Stands for versions of the family not yet published.
    pub future: bool,
}

/// The catalogue, the user's licenses and the candidates.
#[derive(Debug)]
pub struct Law {
    custom: Vec<(String, LicenseRecord)>,
    candidates: Vec<CandidateTerms>,
    /// Candidate of a license that is one itself.
    candidate_of: Vec<Option<Candidate>>,
    /// Candidates of a family by version, then the future one.
    families: HashMap<&'static str, Vec<Candidate>>,
    pairs: HashMap<(u16, u16), Vec<&'static PairRule>>,
    conversions: HashMap<Terms, Vec<(Candidate, &'static Conversion)>>,
}

impl Default for Law {
    fn default() -> Self {
        Self::build(Vec::new())
    }
}

impl Law {
    /// The law with the user's own licenses beside the catalogue.
    ///
    /// # Errors
    /// When a license's attributes contradict each other, or an id is defined twice.
    pub fn with_custom(licenses: Vec<CustomLicense>) -> Result<Self, CustomLicenseError> {
        let mut custom: Vec<(String, LicenseRecord)> = Vec::new();
        for license in licenses {
            check_custom(&license)?;
            if custom.iter().any(|(id, _)| *id == license.id) {
                return Err(CustomLicenseError { id: license.id, reason: "is defined twice".to_owned() });
            }
            custom.push((license.id.clone(), custom_record(license)));
        }
        Ok(Self::build(custom))
    }

    fn build(mut custom: Vec<(String, LicenseRecord)>) -> Self {
        if !custom.iter().any(|(id, _)| id.eq_ignore_ascii_case(PROPRIETARY)) {
            custom.push((PROPRIETARY.to_owned(), custom_record(proprietary())));
        }
        let mut law = Self {
            custom,
            candidates: Vec::new(),
            candidate_of: Vec::new(),
            families: HashMap::new(),
            pairs: HashMap::new(),
            conversions: HashMap::new(),
        };
        law.list_candidates();
        law.list_pairs();
        law.list_conversions();
        law
    }

    fn list_candidates(&mut self) {
        let known = catalogue::licenses().len();
        for index in 0..known + self.custom.len() {
            let terms = Terms(index as u16);
            let record = self.record(terms);
            let is_candidate = !record.deprecated && record.grant != Grant::OrLater;
            let family = record.family;
            let candidate = is_candidate.then(|| self.add_candidate(CandidateTerms { terms, future: false }));
            self.candidate_of.push(candidate);
            if let (Some(candidate), false) = (candidate, family.is_empty()) {
                self.families.entry(family).or_default().push(candidate);
            }
        }
        let mut families: Vec<&'static str> = self.families.keys().copied().collect();
        families.sort_unstable();
        for family in families {
            let mut members = self.families[family].clone();
            members.sort_by_key(|member| (self.rank(*member), member.0));
            if let Some(newest) = members.last().map(|newest| self.candidates[usize::from(newest.0)].terms) {
                members.push(self.add_candidate(CandidateTerms { terms: newest, future: true }));
            }
            self.families.insert(family, members);
        }
    }

    fn add_candidate(&mut self, candidate: CandidateTerms) -> Candidate {
        self.candidates.push(candidate);
        Candidate((self.candidates.len() - 1) as u16)
    }

    fn list_pairs(&mut self) {
        for rule in catalogue::pair_rules() {
            for inbound in rule.inbound {
                for outbound in rule.outbound {
                    self.pairs.entry((*inbound, *outbound)).or_default().push(rule);
                }
            }
        }
    }

    fn list_conversions(&mut self) {
        for (index, record) in catalogue::licenses().iter().enumerate() {
            for conversion in record.converts {
                for target in conversion.to {
                    for candidate in self.versions(Terms(*target)) {
                        let known = self.conversions.entry(Terms(index as u16)).or_default();
                        if !known.iter().any(|(target, _)| *target == candidate) {
                            known.push((candidate, conversion));
                        }
                    }
                }
            }
        }
    }

    /// The attributes of a license.
    pub fn record(&self, terms: Terms) -> &LicenseRecord {
        let known = catalogue::licenses();
        let index = usize::from(terms.0);
        known.get(index).unwrap_or_else(|| &self.custom[index - known.len()].1)
    }

    /// The id of a license.
    pub fn id(&self, terms: Terms) -> &str {
        let known = catalogue::licenses();
        let index = usize::from(terms.0);
        known.get(index).map_or_else(|| self.custom[index - known.len()].0.as_str(), |record| record.id)
    }

    /// Whether the license is one of the SPDX list.
    pub fn is_listed(&self, terms: Terms) -> bool {
        usize::from(terms.0) < catalogue::licenses().len()
    }

    /// The terms behind a license name; none for custom ones that nobody defined, `NONE` and `NOASSERTION`.
    pub fn terms_of(&self, name: &LicenseName) -> Option<Terms> {
        match name {
            LicenseName::Known(id) => Some(Terms(id.index() as u16)),
            LicenseName::Custom(text) => {
                let position = self.custom.iter().position(|(id, _)| id.eq_ignore_ascii_case(text))?;
                Some(Terms((catalogue::licenses().len() + position) as u16))
            }
            LicenseName::None | LicenseName::NoAssertion => None,
        }
    }

    pub(super) fn candidate(&self, candidate: Candidate) -> CandidateTerms {
        self.candidates[usize::from(candidate.0)]
    }

    /// Every candidate that is published.
    pub fn published(&self) -> impl Iterator<Item = Candidate> + '_ {
        (0..self.candidates.len())
            .map(|index| Candidate(index as u16))
            .filter(|candidate| !self.candidate(*candidate).future)
    }

    /// The id of a candidate.
    pub fn candidate_id(&self, candidate: Candidate) -> &str {
        self.id(self.candidate(candidate).terms)
    }

    /// The attributes of a candidate.
    pub fn candidate_record(&self, candidate: Candidate) -> &LicenseRecord {
        self.record(self.candidate(candidate).terms)
    }

    fn rank(&self, candidate: Candidate) -> (u8, bool) {
        let candidate = self.candidate(candidate);
        (self.record(candidate.terms).rank, candidate.future)
    }

    /// The single versions a license stands for: itself, or every version from it on where its id says so.
    pub(super) fn versions(&self, terms: Terms) -> Vec<Candidate> {
        match self.record(terms).grant {
            Grant::OrLater => self.versions_from(terms),
            Grant::Only | Grant::This => self.candidate_of[usize::from(terms.0)].into_iter().collect(),
        }
    }

    /// The single versions that a term with this license grants, with its `+` if it has one.
    pub(super) fn granted_versions(&self, term: &Term, terms: Terms) -> Vec<Candidate> {
        if term.or_later { self.versions_from(terms) } else { self.versions(terms) }
    }

    /// Every version from a license on, those to come included.
    fn versions_from(&self, terms: Terms) -> Vec<Candidate> {
        let record = self.record(terms);
        match self.families.get(record.family) {
            Some(members) => members
                .iter()
                .copied()
                .filter(|member| {
                    let member = self.candidate(*member);
                    member.future || self.record(member.terms).rank >= record.rank
                })
                .collect(),
            None => self.candidate_of[usize::from(terms.0)].into_iter().collect(),
        }
    }

    /// The candidate for one version, published or not; none for ids that stand for several.
    pub(super) fn single_version(&self, terms: Terms, future: bool) -> Option<Candidate> {
        if !future {
            return self.candidate_of[usize::from(terms.0)];
        }
        let members = self.families.get(self.record(terms).family)?;
        members.iter().copied().find(|member| self.candidate(*member).future)
    }

    /// Candidates as an expression; `X-or-later` where every version from X on is among them.
    pub(super) fn written(&self, candidates: &[Candidate]) -> String {
        let mut parts: Vec<String> = Vec::new();
        for candidate in candidates.iter().filter(|candidate| !self.candidate(**candidate).future) {
            let terms = self.candidate(*candidate).terms;
            let rest = self.versions_from(terms);
            let open = rest.len() > 1 && rest.iter().all(|version| candidates.contains(version));
            parts.push(if open { self.or_later_id(terms) } else { self.id(terms).to_owned() });
            if open {
                break;
            }
        }
        parts.join(" OR ")
    }

    /// Whether the GPL columns of the records speak of this candidate itself.
    pub(super) fn gpl_column(&self, candidate: Candidate) -> Option<Admits> {
        let candidate = self.candidate(candidate);
        match self.id(candidate.terms) {
            _ if candidate.future => None,
            LicenseRecord::GPL2 => Some(Admits::Gpl2Compatible),
            LicenseRecord::GPL3 => Some(Admits::Gpl3Compatible),
            _ => None,
        }
    }

    /// The license of the `gpl3` column, which other licenses can be combined with by explicit rule.
    pub(super) fn gpl3(&self) -> Option<Terms> {
        let id = catalogue::find_license(LicenseRecord::GPL3)?;
        self.terms_of(&LicenseName::Known(id))
    }

    /// The explicit rules for a pair.
    pub(super) fn pair_rules(&self, inbound: Terms, outbound: Terms) -> &[&'static PairRule] {
        self.pairs.get(&(inbound.0, outbound.0)).map_or(&[], Vec::as_slice)
    }

    /// The clause by which code under `inbound` may be passed on under `outbound`.
    pub(super) fn conversion(&self, inbound: Terms, outbound: Candidate) -> Option<&'static Conversion> {
        self.conversions_of(inbound).iter().find(|(target, _)| *target == outbound).map(|(_, clause)| *clause)
    }

    /// Every conversion of a license, with its target.
    pub(super) fn conversions_of(&self, terms: Terms) -> &[(Candidate, &'static Conversion)] {
        self.conversions.get(&terms).map_or(&[], Vec::as_slice)
    }

    /// The way to write "this version or any later" for a candidate's license.
    pub(super) fn or_later_id(&self, terms: Terms) -> String {
        let record = self.record(terms);
        catalogue::licenses()
            .iter()
            .find(|other| {
                other.grant == Grant::OrLater
                    && !other.deprecated
                    && other.family == record.family
                    && other.rank == record.rank
            })
            .map_or_else(|| format!("{}+", self.id(terms)), |other| other.id.to_owned())
    }
}

/// A deprecated id becomes the expression that replaces it; everything else stays as it is.
pub(super) fn current(term: &Term) -> Cow<'_, Term> {
    let LicenseName::Known(id) = &term.license else { return Cow::Borrowed(term) };
    let Some(Ok(Expression::Term(replacement))) = catalogue::replacement(*id).map(parse) else {
        return Cow::Borrowed(term);
    };
    Cow::Owned(Term {
        license: replacement.license,
        or_later: term.or_later || replacement.or_later,
        exception: term.exception.clone().or(replacement.exception),
    })
}

/// A deprecated id that stood for several licenses becomes the expression that names them.
pub(super) fn several(term: &Term) -> Option<Expression> {
    let LicenseName::Known(id) = &term.license else { return None };
    match catalogue::replacement(*id).map(parse) {
        Some(Ok(Expression::Term(_))) | Some(Err(_)) | None => None,
        Some(Ok(expression)) => Some(expression),
    }
}

/// The record of a term's exception, if it is a listed one.
pub(super) fn listed_exception(term: &Term) -> Option<&'static crate::licenses::ExceptionRecord> {
    match &term.exception {
        Some(ExceptionName::Known(id)) => Some(catalogue::exception_record(*id)),
        _ => None,
    }
}

fn proprietary() -> CustomLicense {
    CustomLicense {
        id: PROPRIETARY.to_owned(),
        category: Category::Proprietary,
        scope: CopyleftScope::None,
        network: false,
        gpl2: GplAnswer::No,
        gpl3: GplAnswer::No,
        use_limits: vec![UseLimit::NoRedistribution],
    }
}

fn custom_record(license: CustomLicense) -> LicenseRecord {
    LicenseRecord {
        id: "",
        name: "",
        category: license.category,
        subject: Subject::Software,
        scope: license.scope,
        network: license.network,
        internal: false,
        gpl2: license.gpl2,
        gpl3: license.gpl3,
        gpl_authority: None,
        gpl_basis: Basis::Class,
        admits: Admits::Anything,
        closed: false,
        restrictions: &[],
        use_limits: Cow::Owned(license.use_limits),
        family: "",
        rank: 0,
        grant: Grant::This,
        later: Later::Never,
        later_clause: None,
        converts: &[],
        obligations: &[],
        osi: Status::Silent,
        fsf: Status::Silent,
        deprecated: false,
        judged: Judged::Class,
        authority: &[],
        note: None,
        page: "licgraph.toml",
    }
}

fn check_custom(license: &CustomLicense) -> Result<(), CustomLicenseError> {
    let complain =
        |reason: &str| Err(CustomLicenseError { id: license.id.clone(), reason: reason.to_owned() });
    let copyleft = matches!(
        license.category,
        Category::WeakCopyleft | Category::StrongCopyleft | Category::NetworkCopyleft
    );
    let gpl = license.gpl2 == GplAnswer::Yes || license.gpl3 == GplAnswer::Yes;
    let well_formed = matches!(parse(&license.id), Ok(Expression::Term(term)) if matches!(term.license, LicenseName::Custom(_)));
    if !well_formed {
        complain("must be written LicenseRef-… with letters, digits, dots and hyphens")
    } else if copyleft != (license.scope != CopyleftScope::None) {
        complain("a copyleft category and a copyleft scope go together")
    } else if (license.category == Category::NetworkCopyleft) != (copyleft && license.network) {
        complain("the category network-copyleft and `network = true` go together")
    } else if license.category.is_free() && !license.use_limits.is_empty() {
        complain("a license that limits use is not of a free category")
    } else if !license.category.is_free() && gpl {
        complain("a license that limits use cannot be compatible with the GPL")
    } else {
        Ok(())
    }
}
