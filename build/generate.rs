//! Rust source for the catalogue.

use crate::records::{Knowledge, RawException, RawLicense, RawPair};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The words of the data and the Rust variants they stand for.
pub mod words {
    pub type Words = &'static [(&'static str, &'static str)];

    pub const CATEGORY: Words = &[
        ("public-domain", "Category::PublicDomain"),
        ("permissive", "Category::Permissive"),
        ("weak-copyleft", "Category::WeakCopyleft"),
        ("strong-copyleft", "Category::StrongCopyleft"),
        ("network-copyleft", "Category::NetworkCopyleft"),
        ("source-available", "Category::SourceAvailable"),
        ("non-commercial", "Category::NonCommercial"),
        ("no-derivatives", "Category::NoDerivatives"),
        ("proprietary", "Category::Proprietary"),
    ];
    pub const SUBJECT: Words = &[
        ("software", "Subject::Software"),
        ("font", "Subject::Font"),
        ("documentation", "Subject::Documentation"),
        ("data", "Subject::Data"),
        ("media", "Subject::Media"),
        ("hardware", "Subject::Hardware"),
    ];
    pub const SCOPE: Words = &[
        ("none", "CopyleftScope::None"),
        ("file", "CopyleftScope::File"),
        ("library", "CopyleftScope::Library"),
        ("work", "CopyleftScope::Work"),
    ];
    pub const GPL: Words = &[
        ("yes", "GplAnswer::Yes"),
        ("no", "GplAnswer::No"),
        ("conditional", "GplAnswer::Conditional"),
        ("unknown", "GplAnswer::Unknown"),
    ];
    pub const ADMITS: Words = &[
        ("anything", "Admits::Anything"),
        ("gpl2", "Admits::Gpl2Compatible"),
        ("gpl3", "Admits::Gpl3Compatible"),
    ];
    pub const USE_LIMIT: Words = &[
        ("non-commercial", "UseLimit::NonCommercial"),
        ("field-of-use", "UseLimit::FieldOfUse"),
        ("production", "UseLimit::Production"),
        ("service", "UseLimit::Service"),
        ("competing", "UseLimit::Competing"),
        ("ethical", "UseLimit::Ethical"),
        ("no-derivatives", "UseLimit::NoDerivatives"),
        ("no-redistribution", "UseLimit::NoRedistribution"),
        ("evaluation", "UseLimit::Evaluation"),
        ("personal", "UseLimit::Personal"),
    ];
    pub const GRANT: Words =
        &[("only", "Grant::Only"), ("or-later", "Grant::OrLater"), ("this", "Grant::This")];
    pub const LATER: Words =
        &[("none", "Later::Never"), ("named", "Later::Named"), ("built-in", "Later::BuiltIn")];
    pub const JUDGED: Words = &[("text", "Judged::Text"), ("class", "Judged::Class")];
    pub const STATUS: Words = &[("yes", "Status::Yes"), ("no", "Status::No")];
    pub const EFFECT: Words = &[
        ("linking", "ExceptionEffect::Linking"),
        ("output", "ExceptionEffect::Output"),
        ("gpl-compatible", "ExceptionEffect::GplCompatible"),
        ("named-links", "ExceptionEffect::NamedLinks"),
        ("embedding", "ExceptionEffect::Embedding"),
        ("narrowing", "ExceptionEffect::Narrowing"),
        ("other", "ExceptionEffect::Other"),
    ];
    pub const OUTBOUND_LINKS: Words =
        &[("any", "OutboundLinks::Any"), ("names", "OutboundLinks::Names"), ("none", "OutboundLinks::None")];
    pub const LINKAGE: Words = &[
        ("merge", "Linkage::Merge"),
        ("static", "Linkage::Static"),
        ("dynamic", "Linkage::Dynamic"),
        ("process", "Linkage::Process"),
        ("build", "Linkage::Build"),
        ("dev", "Linkage::Dev"),
    ];
    pub const DISTRIBUTION: Words = &[
        ("binary", "Distribution::Binary"),
        ("source", "Distribution::Source"),
        ("network", "Distribution::Network"),
        ("internal", "Distribution::Internal"),
    ];
    pub const VERDICT: Words = &[
        ("compatible", "Verdict::Compatible"),
        ("conditional", "Verdict::Conditional"),
        ("incompatible", "Verdict::Incompatible"),
        ("unknown", "Verdict::Unknown"),
    ];
    pub const OBLIGATION: Words = &[
        ("notice", "ObligationKind::Notice"),
        ("license-text", "ObligationKind::LicenseText"),
        ("state-changes", "ObligationKind::StateChanges"),
        ("notice-file", "ObligationKind::NoticeFile"),
        ("source-own", "ObligationKind::SourceOwn"),
        ("source-work", "ObligationKind::SourceWork"),
        ("network-source", "ObligationKind::NetworkSource"),
        ("relink", "ObligationKind::Relink"),
        ("reverse-engineering", "ObligationKind::ReverseEngineering"),
        ("install-information", "ObligationKind::InstallInformation"),
        ("advertising", "ObligationKind::Advertising"),
        ("attribution-display", "ObligationKind::AttributionDisplay"),
        ("no-endorsement", "ObligationKind::NoEndorsement"),
        ("rename", "ObligationKind::Rename"),
        ("patent-retaliation", "ObligationKind::PatentRetaliation"),
        ("indemnity", "ObligationKind::Indemnity"),
        ("share-alike", "ObligationKind::ShareAlike"),
        ("tell-author", "ObligationKind::TellAuthor"),
    ];

    pub fn find(words: Words, word: &str) -> Option<&'static str> {
        words.iter().find(|(known, _)| *known == word).map(|(_, variant)| *variant)
    }

    pub fn list(words: Words) -> String {
        words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
    }
}

/// The whole generated file. Every word was checked before.
pub fn source(knowledge: &Knowledge) -> String {
    let indices = Indices::of(knowledge);
    let mut out = String::new();
    line(
        &mut out,
        &format!(
            "/// Version of the SPDX License List that the catalogue holds.\npub const LIST_VERSION: &str = {:?};",
            knowledge.list_version
        ),
    );
    line(&mut out, "static LICENSES: &[LicenseRecord] = &[");
    for (id, record) in &knowledge.licenses {
        line(&mut out, &license(knowledge, &indices, id, &record.value, &record.place.file));
    }
    line(&mut out, "];");
    line(&mut out, "static EXCEPTIONS: &[ExceptionRecord] = &[");
    for (id, record) in &knowledge.exceptions {
        line(&mut out, &exception(knowledge, &indices, id, &record.value));
    }
    line(&mut out, "];");
    line(&mut out, "static PAIRS: &[PairRule] = &[");
    for record in &knowledge.pairs {
        line(&mut out, &pair(&indices, &record.value));
    }
    line(&mut out, "];");
    lookup(&mut out, "LICENSE_LOOKUP", knowledge.licenses.keys());
    lookup(&mut out, "EXCEPTION_LOOKUP", knowledge.exceptions.keys());
    deprecated(&mut out, knowledge, &indices);
    line(&mut out, &format!("static POPULAR: &[u16] = {};", indices.list(&knowledge.popular)));
    out
}

/// Positions of the records in the generated lists.
struct Indices(BTreeMap<String, usize>);

impl Indices {
    fn of(knowledge: &Knowledge) -> Self {
        Self(knowledge.licenses.keys().cloned().enumerate().map(|(index, id)| (id, index)).collect())
    }

    fn list(&self, ids: &[String]) -> String {
        let found: Vec<_> = ids.iter().filter_map(|id| self.0.get(id)).map(ToString::to_string).collect();
        format!("&[{}]", found.join(", "))
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn variant(words: words::Words, word: &str) -> &'static str {
    words::find(words, word).unwrap_or("unchecked word")
}

fn variants(words: words::Words, list: &[String]) -> String {
    let found: Vec<_> = list.iter().map(|word| variant(words, word)).collect();
    format!("&[{}]", found.join(", "))
}

fn license(knowledge: &Knowledge, indices: &Indices, id: &str, raw: &RawLicense, page: &str) -> String {
    let listed = &knowledge.listed[id];
    let later = raw.later.as_deref().unwrap_or(if raw.family.is_some() { "named" } else { "none" });
    let converts: Vec<_> = raw
        .converts
        .iter()
        .map(|conversion| {
            format!(
                "Conversion {{ to: {}, clause: {:?}, whole: {}, needs_target: {} }}",
                indices.list(&conversion.to),
                conversion.clause,
                conversion.whole,
                conversion.needs_target
            )
        })
        .collect();
    let osi = if listed.is_osi_approved { "Status::Yes" } else { "Status::Silent" };
    let mut out = String::new();
    let _ = write!(
        out,
        "LicenseRecord {{ id: {id:?}, name: {:?}, category: {}, subject: {}, scope: {}, network: {}, internal: {}, gpl2: {}, \
         gpl3: {}, gpl_authority: {:?}, gpl_basis: {}, admits: {}, closed: {}, restrictions: &{:?}, use_limits: Cow::Borrowed({}), family: {:?}, rank: {}, grant: {}, \
         later: {}, later_clause: {:?}, converts: &[{}], obligations: {}, osi: {osi}, fsf: {}, deprecated: {}, \
         judged: {}, authority: &{:?}, note: {:?}, page: {page:?} }},",
        listed.name,
        variant(words::CATEGORY, &raw.category),
        variant(words::SUBJECT, raw.subject.as_deref().unwrap_or("software")),
        variant(words::SCOPE, raw.scope.as_deref().unwrap_or("none")),
        raw.network,
        raw.internal,
        variant(words::GPL, &raw.gpl2),
        variant(words::GPL, &raw.gpl3),
        raw.gpl_authority,
        gpl_basis(raw),
        variant(words::ADMITS, raw.admits.as_deref().unwrap_or("anything")),
        raw.closed,
        raw.restrictions,
        variants(words::USE_LIMIT, &raw.use_limits),
        raw.family.as_deref().unwrap_or(""),
        rank(knowledge, raw),
        variant(words::GRANT, raw.grant.as_deref().unwrap_or("this")),
        variant(words::LATER, later),
        raw.later_clause,
        converts.join(", "),
        variants(words::OBLIGATION, &raw.obligations),
        fsf(knowledge, id, raw),
        listed.is_deprecated_license_id,
        variant(words::JUDGED, &raw.judged),
        raw.authority,
        raw.note,
    );
    out
}

/// The FSF's own word on a license in the GPL is a rule for the pair.
fn gpl_basis(raw: &RawLicense) -> &'static str {
    match &raw.gpl_authority {
        Some(authority) if authority.starts_with("FSF") || authority.starts_with("GPL FAQ") => {
            "Basis::PairRule"
        }
        Some(_) => "Basis::Clause",
        None => "Basis::Class",
    }
}

/// The place of a version among all versions of its family, numbers compared as numbers.
fn rank(knowledge: &Knowledge, raw: &RawLicense) -> usize {
    let mut versions: Vec<_> = knowledge
        .licenses
        .values()
        .filter(|record| raw.family.is_some() && record.value.family == raw.family)
        .filter_map(|record| record.value.version.as_deref())
        .map(version_key)
        .collect();
    versions.sort();
    versions.dedup();
    let own = version_key(raw.version.as_deref().unwrap_or(""));
    versions.iter().position(|version| *version == own).unwrap_or(0)
}

fn version_key(version: &str) -> Vec<(u32, String)> {
    version
        .split('.')
        .map(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            (digits.parse().unwrap_or(0), part[digits.len()..].to_owned())
        })
        .collect()
}

/// SPDX's flag, the FSF's own list and the record, in that order of weight.
fn fsf(knowledge: &Knowledge, id: &str, raw: &RawLicense) -> &'static str {
    let flag = knowledge.listed[id].is_fsf_libre;
    if flag == Some(false) || knowledge.fsf_non_free.contains(id) || raw.fsf.as_deref() == Some("no") {
        "Status::No"
    } else if flag == Some(true) || knowledge.fsf_libre.contains(id) || raw.fsf.as_deref() == Some("yes") {
        "Status::Yes"
    } else {
        "Status::Silent"
    }
}

fn exception(knowledge: &Knowledge, indices: &Indices, id: &str, raw: &RawException) -> String {
    let listed = &knowledge.listed_exceptions[id];
    let linkages: Vec<_> = raw.linkage.iter().filter(|word| *word != "source").cloned().collect();
    format!(
        "ExceptionRecord {{ id: {id:?}, name: {:?}, effect: {}, linkage: {}, source: {}, outbound_links: {}, \
         names: {}, bases: {}, restricts: {}, condition: {:?}, clause: {:?}, note: {:?}, deprecated: {}, judged: {} }},",
        listed.name,
        variant(words::EFFECT, &raw.effect),
        variants(words::LINKAGE, &linkages),
        raw.linkage.iter().any(|word| word == "source"),
        variant(words::OUTBOUND_LINKS, raw.outbound_links.as_deref().unwrap_or("none")),
        indices.list(&raw.names),
        indices.list(&raw.bases),
        raw.restricts,
        raw.condition,
        raw.clause,
        raw.note,
        listed.is_deprecated_license_id,
        variant(words::JUDGED, &raw.judged),
    )
}

fn pair(indices: &Indices, raw: &RawPair) -> String {
    let or_default = |given: &[String], default: &[&str]| -> Vec<String> {
        if given.is_empty() { default.iter().map(ToString::to_string).collect() } else { given.to_vec() }
    };
    let linkage = or_default(&raw.linkage, &["static", "dynamic", "merge"]);
    let distribution = or_default(&raw.distribution, &["binary", "source"]);
    format!(
        "PairRule {{ inbound: {}, outbound: {}, linkage: {}, distribution: {}, verdict: {}, reason: {:?}, \
         authority: {:?}, condition: {:?} }},",
        indices.list(&raw.inbound),
        indices.list(&raw.outbound),
        variants(words::LINKAGE, &linkage),
        variants(words::DISTRIBUTION, &distribution),
        variant(words::VERDICT, &raw.verdict),
        raw.reason,
        raw.authority,
        raw.condition,
    )
}

fn lookup<'a>(out: &mut String, name: &str, ids: impl Iterator<Item = &'a String>) {
    let mut entries: Vec<_> = ids.enumerate().map(|(index, id)| (id.to_ascii_lowercase(), index)).collect();
    entries.sort();
    line(out, &format!("static {name}: &[(&str, u16)] = &{entries:?};"));
}

fn deprecated(out: &mut String, knowledge: &Knowledge, indices: &Indices) {
    let mut entries: Vec<_> = knowledge
        .deprecated
        .iter()
        .filter_map(|record| Some((*indices.0.get(&record.value.id)?, record.value.replacement.as_str())))
        .collect();
    entries.sort_unstable();
    line(out, &format!("static DEPRECATED: &[(u16, &str)] = &{entries:?};"));
}
