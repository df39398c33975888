//! From what is written to what is meant: every value checked, with its place.

use super::environment::Overrides;
use super::error::{PolicyError, Text, unknown_word};
use super::fail_level::FailLevel;
use super::licenses::{CATEGORIES, STATUSES};
use super::practice::PracticeSetting;
use super::raw::{
    RawClarification, RawDefaultLinkage, RawLicense, RawPolicy, RawPractice, RawScopeRules, RawSelection,
    RawWaiver,
};
use super::rules::{Rules, ScopedRules, Selection};
use super::waiver::{Waiver, WaiverTarget};
use crate::audit::{AuditRequest, LinkageOverride};
use crate::compatibility::{CustomLicense, Law};
use crate::licenses::{self, Category, CopyleftScope, GplAnswer, UseLimit};
use crate::model::{Distribution, Ecosystem, Expression, Linkage, PracticeState, SourceSpan, Term};
use globset::{Glob, GlobMatcher};
use jiff::civil::Date;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A statement about what a package's license really is.
#[derive(Clone, Debug)]
pub struct Clarified {
    /// Matches the package's name or purl.
    pub packages: GlobMatcher,
    /// The versions it holds for, in the ecosystem's notation; all if none is given.
    pub versions: Option<String>,
    /// The license.
    pub expression: Expression,
    /// How the user knows.
    pub reason: String,
    /// SHA-256 of the license file it was read from, lower-case hexadecimal.
    pub sha256: Option<String>,
    /// Where it stands.
    pub location: SourceSpan,
}

/// What a project decided, checked.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The license the projects are judged under.
    pub license: Option<Expression>,
    /// How the works reach people.
    pub distribution: Option<Distribution>,
    /// From which findings on a run fails.
    pub fail_on: Option<FailLevel>,
    /// Open no network connection.
    pub offline: Option<bool>,
    /// Leave out what is only used to develop.
    pub without_dev: Option<bool>,
    /// Directories that hold projects, relative to the audited tree; all if empty.
    pub roots: Vec<String>,
    /// Paths to leave out, relative to the audited tree.
    pub exclude: Vec<GlobMatcher>,
    /// The linkage of ordinary dependencies by ecosystem.
    pub default_linkage: Vec<(Ecosystem, Linkage)>,
    /// The linkage of some packages.
    pub linkages: Vec<LinkageOverride>,
    /// Licenses of the user's own.
    pub licenses: Vec<CustomLicense>,
    /// What packages are really under; the first match wins.
    pub clarifications: Vec<Clarified>,
    /// Accepted findings; the first match wins.
    pub waivers: Vec<Waiver>,
    /// Which licenses are allowed.
    pub rules: ScopedRules,
    /// Decisions about the other recommendations.
    pub practices: Vec<PracticeSetting>,
    /// The baseline file.
    pub baseline: Option<PathBuf>,
    /// Where the periodic review keeps its record.
    pub review_directory: Option<PathBuf>,
    /// How many days before its end a waiver is announced.
    pub warn_days: Option<u16>,
    /// The files it was read from, as reports name them.
    pub files: Vec<String>,
}

impl Policy {
    /// The fail level, the default where nothing is said.
    pub fn fail_level(&self) -> FailLevel {
        self.fail_on.unwrap_or_default()
    }

    /// What flags or the environment say wins.
    pub fn override_with(&mut self, overrides: Overrides) {
        self.license = overrides.license.or(self.license.take());
        self.distribution = overrides.distribution.or(self.distribution);
        self.fail_on = overrides.fail_on.or(self.fail_on);
        self.offline = overrides.offline.or(self.offline);
    }

    /// Tells the audit what the policy says about it. Clarifications go to the evidence by the caller.
    pub fn apply_to_request(&self, request: &mut AuditRequest) {
        if let Ok(law) = Law::with_custom(self.licenses.clone()) {
            // Attributes that contradict each other were refused when the policy was read.
            request.law = law;
        }
        request.license = self.license.clone().or(request.license.take());
        request.distribution = self.distribution.unwrap_or(request.distribution);
        request.without_dev = request.without_dev || self.without_dev == Some(true);
        // What is applied later wins, so what the command line stated stays last.
        request.default_linkage.splice(0..0, self.default_linkage.iter().copied());
        request.linkages.splice(0..0, self.linkages.iter().cloned());
        request.paths.roots.extend(self.roots.iter().cloned());
        request.paths.exclude.extend(self.exclude.iter().cloned());
    }
}

/// Checks what one file says. Paths in it start from `directory`.
pub(super) fn validate(raw: RawPolicy, text: &Text<'_>, directory: &Path) -> Result<Policy, PolicyError> {
    let licenses = custom_licenses(&raw.license, text)?;
    let rules = ScopedRules {
        general: Rules {
            allow: selection(&raw.allow, text)?,
            deny: selection(&raw.deny, text)?,
            review: selection(&raw.review, text)?,
        },
        dev: raw.scope.dev.as_ref().map(|rules| scope_rules(rules, text)).transpose()?,
        build: raw.scope.build.as_ref().map(|rules| scope_rules(rules, text)).transpose()?,
    };
    let clarifications = all(&raw.clarification, |one| clarification(one, text))?;
    super::merge::refuse_conflicts(&raw.clarification, &clarifications, text)?;
    Ok(Policy {
        license: raw.project.license.as_ref().map(|license| expression(license, text)).transpose()?,
        distribution: raw.project.distribution,
        fail_on: raw
            .audit
            .fail_on
            .as_ref()
            .map(|word| {
                word.get_ref()
                    .parse::<FailLevel>()
                    .map_err(|error| text.invalid(&word.span(), error.to_string()))
            })
            .transpose()?,
        offline: raw.audit.offline,
        without_dev: raw.audit.without_dev,
        roots: all(&raw.audit.roots, |root| inside(root, text).map(|path| path.to_owned()))?,
        exclude: all(&raw.audit.exclude, |pattern| glob(pattern, text))?,
        default_linkage: default_linkage(&raw.linkage.default),
        linkages: all(&raw.linkage.package, |one| {
            Ok(LinkageOverride { packages: glob(&one.package, text)?, linkage: one.linkage })
        })?,
        licenses,
        clarifications,
        waivers: all(&raw.waiver, |one| waiver(one, text))?,
        rules,
        practices: all(&raw.practice, |one| practice(one, text))?,
        baseline: raw
            .audit
            .baseline
            .as_ref()
            .map(|path| inside(path, text).map(|path| directory.join(path)))
            .transpose()?,
        review_directory: raw
            .periodic_review
            .directory
            .as_ref()
            .map(|path| inside(path, text).map(|path| directory.join(path)))
            .transpose()?,
        warn_days: raw.periodic_review.warn_days,
        files: vec![text.name.to_owned()],
    })
}

fn all<R, T>(raw: &[R], check: impl Fn(&R) -> Result<T, PolicyError>) -> Result<Vec<T>, PolicyError> {
    raw.iter().map(check).collect()
}

fn expression(written: &Spanned<String>, text: &Text<'_>) -> Result<Expression, PolicyError> {
    licenses::parse(written.get_ref()).map_err(|error| {
        text.invalid(&written.span(), format!("`{}` is not a license expression: {error}", written.get_ref()))
    })
}

fn glob(written: &Spanned<String>, text: &Text<'_>) -> Result<GlobMatcher, PolicyError> {
    if written.get_ref().trim().is_empty() {
        return Err(text.invalid(&written.span(), "is empty; name something, or use `*`"));
    }
    Glob::new(written.get_ref())
        .map(|glob| glob.compile_matcher())
        .map_err(|error| text.invalid(&written.span(), format!("is not a glob: {error}")))
}

/// A relative path that stays in its tree.
fn inside<'a>(written: &'a Spanned<String>, text: &Text<'_>) -> Result<&'a str, PolicyError> {
    let path = Path::new(written.get_ref());
    let stays = path
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    if stays && !written.get_ref().is_empty() {
        Ok(written.get_ref())
    } else {
        Err(text.invalid(
            &written.span(),
            format!("`{}` must be a path below the policy's directory", written.get_ref()),
        ))
    }
}

fn reason(written: &Spanned<String>, text: &Text<'_>) -> Result<String, PolicyError> {
    let reason = written.get_ref().trim();
    if reason.is_empty() {
        return Err(text.invalid(&written.span(), "the reason is empty; say why in a sentence"));
    }
    Ok(reason.to_owned())
}

/// A date as text or as TOML's own.
fn date(written: &Spanned<toml::Value>, text: &Text<'_>) -> Result<Date, PolicyError> {
    let shown = match written.get_ref() {
        toml::Value::String(date) => date.clone(),
        toml::Value::Datetime(date) => date.to_string(),
        other => other.to_string(),
    };
    shown.parse::<Date>().ok().filter(|_| shown.len() == 10).ok_or_else(|| {
        text.invalid(&written.span(), format!("`{shown}` is not a date; write it as YYYY-MM-DD"))
    })
}

fn word<T: Copy>(
    written: &Spanned<String>,
    what: &str,
    known: &[T],
    name: impl Fn(T) -> &'static str,
    text: &Text<'_>,
) -> Result<T, PolicyError> {
    known.iter().copied().find(|value| name(*value) == written.get_ref()).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|value| name(*value)).collect();
        text.invalid(&written.span(), unknown_word(what, written.get_ref(), &names))
    })
}

fn default_linkage(raw: &RawDefaultLinkage) -> Vec<(Ecosystem, Linkage)> {
    [
        (Ecosystem::Cargo, raw.cargo),
        (Ecosystem::Npm, raw.npm),
        (Ecosystem::Python, raw.python),
        (Ecosystem::Go, raw.go),
        (Ecosystem::Other, raw.other),
    ]
    .into_iter()
    .filter_map(|(ecosystem, linkage)| Some((ecosystem, linkage?)))
    .collect()
}

fn scope_rules(raw: &RawScopeRules, text: &Text<'_>) -> Result<Rules, PolicyError> {
    Ok(Rules {
        allow: selection(&raw.allow, text)?,
        deny: selection(&raw.deny, text)?,
        review: selection(&raw.review, text)?,
    })
}

fn selection(raw: &RawSelection, text: &Text<'_>) -> Result<Selection, PolicyError> {
    Ok(Selection {
        licenses: all(&raw.licenses, |written| single(written, text))?,
        categories: all(&raw.categories, |written| {
            word(written, "category", &CATEGORIES, Category::name, text)
        })?,
        osi: all(&raw.osi, |written| word(written, "status", &STATUSES, licenses::Status::name, text))?,
        fsf: all(&raw.fsf, |written| word(written, "status", &STATUSES, licenses::Status::name, text))?,
    })
}

fn single(written: &Spanned<String>, text: &Text<'_>) -> Result<Term, PolicyError> {
    match expression(written, text)? {
        Expression::Term(term) => Ok(term),
        _ => Err(text.invalid(
            &written.span(),
            format!("`{}` names several licenses; write each on its own", written.get_ref()),
        )),
    }
}

fn custom_licenses(raw: &[RawLicense], text: &Text<'_>) -> Result<Vec<CustomLicense>, PolicyError> {
    let mut found: Vec<CustomLicense> = Vec::new();
    for one in raw {
        found.push(custom_license(one, text)?);
        Law::with_custom(found.clone()).map_err(|error| text.invalid(&one.id.span(), error.to_string()))?;
    }
    Ok(found)
}

fn custom_license(raw: &RawLicense, text: &Text<'_>) -> Result<CustomLicense, PolicyError> {
    const SCOPES: [CopyleftScope; 4] =
        [CopyleftScope::None, CopyleftScope::File, CopyleftScope::Library, CopyleftScope::Work];
    let gpl = |written: &Option<Spanned<String>>| match written {
        Some(written) => word(written, "answer", &GPL_ANSWERS, gpl_name, text),
        None => Ok(GplAnswer::Unknown),
    };
    Ok(CustomLicense {
        id: raw.id.get_ref().clone(),
        category: word(&raw.category, "category", &CATEGORIES, Category::name, text)?,
        scope: match &raw.copyleft_scope {
            Some(written) => word(written, "copyleft scope", &SCOPES, CopyleftScope::name, text)?,
            None => CopyleftScope::None,
        },
        network: raw.network,
        gpl2: gpl(&raw.gpl2)?,
        gpl3: gpl(&raw.gpl3)?,
        use_limits: all(&raw.use_limits, |written| {
            word(written, "use limit", &USE_LIMITS, use_limit_name, text)
        })?,
    })
}

const GPL_ANSWERS: [GplAnswer; 4] =
    [GplAnswer::Yes, GplAnswer::No, GplAnswer::Conditional, GplAnswer::Unknown];

fn gpl_name(answer: GplAnswer) -> &'static str {
    match answer {
        GplAnswer::Yes => "yes",
        GplAnswer::No => "no",
        GplAnswer::Conditional => "conditional",
        GplAnswer::Unknown => "unknown",
    }
}

const USE_LIMITS: [UseLimit; 10] = [
    UseLimit::NonCommercial,
    UseLimit::FieldOfUse,
    UseLimit::Production,
    UseLimit::Service,
    UseLimit::Competing,
    UseLimit::Ethical,
    UseLimit::NoDerivatives,
    UseLimit::NoRedistribution,
    UseLimit::Evaluation,
    UseLimit::Personal,
];

fn use_limit_name(limit: UseLimit) -> &'static str {
    match limit {
        UseLimit::NonCommercial => "non-commercial",
        UseLimit::FieldOfUse => "field-of-use",
        UseLimit::Production => "production",
        UseLimit::Service => "service",
        UseLimit::Competing => "competing",
        UseLimit::Ethical => "ethical",
        UseLimit::NoDerivatives => "no-derivatives",
        UseLimit::NoRedistribution => "no-redistribution",
        UseLimit::Evaluation => "evaluation",
        UseLimit::Personal => "personal",
    }
}

fn clarification(raw: &RawClarification, text: &Text<'_>) -> Result<Clarified, PolicyError> {
    let sha256 = raw.sha256.as_ref().map(|written| hexadecimal(written, 64, text)).transpose()?;
    Ok(Clarified {
        packages: glob(&raw.package, text)?,
        versions: raw.version.clone(),
        expression: expression(&raw.license, text)?,
        reason: reason(&raw.reason, text)?,
        sha256,
        location: text.place(&raw.package.span()),
    })
}

fn hexadecimal(written: &Spanned<String>, digits: usize, text: &Text<'_>) -> Result<String, PolicyError> {
    let value = written.get_ref().to_ascii_lowercase();
    if value.len() == digits && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(value);
    }
    Err(text.invalid(&written.span(), format!("must be {digits} hexadecimal digits")))
}

fn waiver(raw: &RawWaiver, text: &Text<'_>) -> Result<Waiver, PolicyError> {
    let whole = raw.reason.span();
    let (target, place) = match (&raw.finding, &raw.package, &raw.license) {
        (Some(id), None, None) => (WaiverTarget::Finding(hexadecimal(id, 16, text)?), text.place(&id.span())),
        (None, Some(package), Some(license)) => {
            let license = expression(license, text)?.to_string();
            (WaiverTarget::Package { packages: glob(package, text)?, license }, text.place(&package.span()))
        }
        (None, Some(package), None) => {
            return Err(text.invalid(
                &package.span(),
                "a waiver for a package needs the `license` that was accepted, so that it ends when that changes",
            ));
        }
        (None, None, _) => {
            return Err(text.invalid(&whole, "a waiver needs `finding`, or `package` and `license`"));
        }
        (Some(id), _, _) => {
            return Err(text
                .invalid(&id.span(), "a waiver has either `finding`, or `package` and `license`; not both"));
        }
    };
    Ok(Waiver {
        target,
        reason: reason(&raw.reason, text)?,
        author: raw.author.clone(),
        expires: date(&raw.expires, text)?,
        ticket: raw.ticket.clone(),
        location: place,
    })
}

fn practice(raw: &RawPractice, text: &Text<'_>) -> Result<PracticeSetting, PolicyError> {
    const STATES: [PracticeState; 2] = [PracticeState::Waived, PracticeState::NotApplicable];
    let name = |state: PracticeState| match state {
        PracticeState::Waived => "waived",
        _ => "not-applicable",
    };
    let state = word(&raw.state, "state", &STATES, name, text)?;
    let expires = raw.expires.as_ref().map(|written| date(written, text)).transpose()?;
    if state == PracticeState::Waived && expires.is_none() {
        return Err(
            text.invalid(&raw.state.span(), "a waived practice needs `expires`, the last day it holds")
        );
    }
    Ok(PracticeSetting {
        id: raw.id.get_ref().clone(),
        state,
        reason: reason(&raw.reason, text)?,
        expires,
        location: text.place(&raw.id.span()),
    })
}
