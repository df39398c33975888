//! From declared and detected to what the audit uses, by rules that can be read one after the other.

use super::declared::Declared;
use super::detected::Seen;
use super::inner_texts;
use super::likeness::{fits, without_later};
use super::standing::Standing;
use crate::licenses::detection::is_carried_beside;
use crate::licenses::{CopyleftScope, catalogue};
use crate::model::{Conclusion, ConclusionSource, DetectedKind, Expression, LicenseName, Term};
use std::collections::{BTreeMap, BTreeSet};

/// What was found out about one package.
#[derive(Debug)]
pub struct Concluded {
    /// What the audit uses.
    pub conclusion: Conclusion,
    /// How declared and detected contradict each other.
    pub disagreement: Option<String>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// How far the package's files were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// Its license files were read.
    Read,
    /// They lie here but were left, since the metadata was clear.
    Left,
    /// They are not on this machine.
    Absent,
}

/// Concludes. `seen` is everything the package's files say, `governing` the directories whose files count.
pub fn conclude(
    declared: &Declared,
    seen: &[Seen],
    governing: &BTreeSet<String>,
    looked: Looked,
) -> Concluded {
    let binding: Vec<Seen> =
        seen.iter().filter(|seen| matches!(seen.standing, Standing::Governs(_))).cloned().collect();
    let mut notes: Vec<String> = binding.iter().filter_map(|seen| seen.note.clone()).collect();
    let mut concluded = match declared.candidates.as_slice() {
        [] => from_directories(&binding, governing, looked),
        [certain] => confirm(certain, &Texts::of(&binding), looked, &mut notes),
        several => settle(several, &Texts::of(&binding), &mut notes),
    };
    concluded.notes.append(&mut notes);
    concluded.notes.extend(inner_texts::notes_on_the_rest(seen));
    concluded
}

/// Nothing declared: what the texts say, directory by directory.
fn from_directories(binding: &[Seen], governing: &BTreeSet<String>, looked: Looked) -> Concluded {
    let mut parts = Vec::new();
    for directory in governing {
        let here: Vec<Seen> = binding
            .iter()
            .filter(|seen| seen.standing == Standing::Governs(directory.clone()))
            .cloned()
            .collect();
        let mut notes = Vec::new();
        let mut part = from_texts(&Texts::of(&here), &here, looked, &mut notes);
        part.notes.append(&mut notes);
        parts.push((directory.as_str(), part));
    }
    inner_texts::join(parts)
}

/// The detections by weight.
struct Texts<'a> {
    /// Licenses of the package's own license files.
    own: Vec<&'a Seen>,
    /// Licenses that files name in passing or for other people's code.
    aside: Vec<&'a Seen>,
    /// Restrictions beside a license.
    riders: Vec<&'a Seen>,
    /// License files, or parts of them, that nobody knows.
    unknown: Vec<&'a Seen>,
}

impl<'a> Texts<'a> {
    fn of(seen: &'a [Seen]) -> Self {
        let mut texts = Self { own: Vec::new(), aside: Vec::new(), riders: Vec::new(), unknown: Vec::new() };
        for one in seen {
            match one.license.kind {
                DetectedKind::Rider if !one.aside => texts.riders.push(one),
                DetectedKind::Rider => {}
                DetectedKind::Unknown => texts.unknown.push(one),
                _ if one.candidates.is_empty() => texts.unknown.push(one),
                _ if one.aside => texts.aside.push(one),
                _ => texts.own.push(one),
            }
        }
        texts
    }

    /// The riders as terms that bind too.
    fn riders(&self) -> Vec<Expression> {
        let mut riders: Vec<_> = self.riders.iter().flat_map(|seen| seen.candidates.clone()).collect();
        riders.sort();
        riders.dedup();
        riders
    }
}

fn concluded(expression: Expression, source: ConclusionSource, reason: String) -> Concluded {
    let conclusion = Conclusion { expression, source, reason };
    Concluded { conclusion, disagreement: None, notes: Vec::new() }
}

fn list(seen: &[&Seen]) -> String {
    let mut names: Vec<_> = seen
        .iter()
        .map(|seen| format!("{} ({})", seen.license.candidates.join(" or "), seen.license.file))
        .collect();
    names.dedup();
    names.join(", ")
}

/// Declared with certainty: do the texts agree?
fn confirm(declared: &Expression, texts: &Texts<'_>, looked: Looked, notes: &mut Vec<String>) -> Concluded {
    let custom = declared.terms().iter().any(|term| {
        matches!(term.license, LicenseName::Custom(_) | LicenseName::None | LicenseName::NoAssertion)
    });
    let (fitting, other): (Vec<&Seen>, Vec<&Seen>) =
        texts.own.iter().partition(|seen| seen.candidates.iter().any(|found| fits(declared, found)));
    let riders = if custom { Vec::new() } else { texts.riders() };
    if !riders.is_empty() {
        return with_riders(declared, &riders, texts);
    }
    let names_none = declared.terms().iter().all(|term| term.license == LicenseName::None);
    if names_none && !texts.own.is_empty() {
        let mut answer = concluded(
            declared.clone(),
            ConclusionSource::Disagreement,
            "the package says that it grants nothing, although it carries a license text".to_owned(),
        );
        answer.disagreement =
            Some(format!("declared as unlicensed, but its files hold {}", list(&texts.own)));
        return answer;
    }
    let heavier: Vec<_> =
        other.iter().copied().filter(|seen| !custom && contradicts(seen, &fitting)).collect();
    if !heavier.is_empty() {
        return disagree(declared, &heavier, notes);
    }
    if !other.is_empty() {
        notes.push(format!("its files also hold {}, taken to be of parts", list(&other)));
    }
    if fitting.is_empty() {
        return declared_only(declared, texts, looked, notes);
    }
    if let Some(found) = named_by_text(declared, &fitting) {
        let reason = format!("declared {declared}; its files hold {}, which is what binds", list(&fitting));
        return concluded(found, ConclusionSource::DeclaredAndDetected, reason);
    }
    concluded(
        declared.clone(),
        ConclusionSource::DeclaredAndDetected,
        format!("declared, and its files hold {}", list(&fitting)),
    )
}

/// `Python-2.0` is written for the whole line of Python's licenses; the text says which of them it is.
fn named_by_text(declared: &Expression, fitting: &[&Seen]) -> Option<Expression> {
    let id = declared.to_string();
    let [found] = fitting.iter().flat_map(|seen| &seen.candidates).collect::<Vec<_>>()[..] else {
        return None;
    };
    let text = found.to_string();
    // A later point of the same license; the PSF agreement inside the stack stays what was declared.
    (text != id && text.starts_with(&id) && is_carried_beside(&id, &text)).then(|| found.clone())
}

fn with_riders(declared: &Expression, riders: &[Expression], texts: &Texts<'_>) -> Concluded {
    let mut members = vec![declared.clone()];
    members.extend(riders.iter().cloned());
    let files = list(&texts.riders);
    let mut answer = concluded(
        Expression::all_of(members),
        ConclusionSource::Disagreement,
        "a restriction is written beside the license text".to_owned(),
    );
    answer.disagreement = Some(format!("declared {declared}, but a restriction is added: {files}"));
    answer
}

fn disagree(declared: &Expression, texts: &[&Seen], notes: &mut Vec<String>) -> Concluded {
    let mut members = vec![declared.clone()];
    for seen in texts {
        let found = narrowest(&seen.candidates, notes);
        if !members.contains(&found) {
            members.push(found);
        }
    }
    let mut answer = concluded(
        Expression::all_of(members),
        ConclusionSource::Disagreement,
        "metadata and license text contradict each other; both are taken to bind".to_owned(),
    );
    answer.disagreement = Some(format!("declared {declared}, but its files hold {}", list(texts)));
    answer
}

fn declared_only(
    declared: &Expression,
    texts: &Texts<'_>,
    looked: Looked,
    notes: &mut Vec<String>,
) -> Concluded {
    let reason = match looked {
        Looked::Absent => "declared; its files are not at hand to check it",
        Looked::Left => "declared; its files were not checked",
        Looked::Read if texts.unknown.is_empty() => "declared; its files hold no license text",
        Looked::Read => {
            let mut files: Vec<_> = texts.unknown.iter().map(|seen| seen.license.file.as_str()).collect();
            files.dedup();
            notes.push(format!("the text of {} is not known", files.join(", ")));
            "declared; the text of its license file is not known"
        }
    };
    concluded(declared.clone(), ConclusionSource::Declared, reason.to_owned())
}

/// Whether a text beside those that fit, or instead of them, says something else about the package itself.
///
/// Beside a text that fits, a permissive text or a text in the same file is that of a part.
fn contradicts(seen: &Seen, fitting: &[&Seen]) -> bool {
    if fitting.is_empty() {
        return true;
    }
    if fitting.iter().any(|fit| fit.license.file == seen.license.file) {
        return false;
    }
    seen.candidates.iter().all(reaches_further)
}

/// Whether it holds a copyleft over the whole work or a limit of use.
fn reaches_further(expression: &Expression) -> bool {
    expression.terms().iter().any(|term| match term.license {
        LicenseName::Known(id) => {
            let record = catalogue::record(id);
            record.scope == CopyleftScope::Work || !record.use_limits.is_empty()
        }
        _ => true,
    })
}

/// Several meanings declared: the one that the texts show.
fn settle(several: &[Expression], texts: &Texts<'_>, notes: &mut Vec<String>) -> Concluded {
    let found: Vec<_> = texts.own.iter().chain(&texts.aside).copied().collect();
    let shown = |term: &Term| {
        let wanted = Expression::Term(term.clone());
        found
            .iter()
            .filter(|seen| seen.candidates.iter().any(|found| without_exception(found) == wanted))
            .map(|seen| 100 / seen.candidates.len())
            .max()
    };
    let score = |one: &Expression| one.terms().into_iter().filter_map(shown).sum::<usize>();
    let best = several.iter().map(score).max().unwrap_or(0);
    let best: Vec<_> = several.iter().filter(|one| score(one) == best && best > 0).cloned().collect();
    if best.is_empty() {
        return undecided(several, texts, notes);
    }
    let Some(expression) = (match best.as_slice() {
        [only] => Some(only.clone()),
        _ => only_grant_differs(&best).or_else(|| leading(&best, &found)),
    }) else {
        let names: Vec<_> = best.iter().map(ToString::to_string).collect();
        return unknown(format!("its files leave open which of {} is meant", names.join(", ")));
    };
    if best.len() > 1 && only_grant_differs(&best).is_some() {
        notes.push(format!("nothing says that later versions are allowed: {expression} was taken"));
    }
    let expression = with_its_exception(expression, &found);
    let riders = texts.riders();
    if !riders.is_empty() {
        return with_riders(&expression, &riders, texts);
    }
    let reason = format!("the metadata is ambiguous; its files hold {}", list(&found));
    concluded(expression, ConclusionSource::DeclaredAndDetected, reason)
}

/// Several meanings declared, and no text shows one of them.
fn undecided(several: &[Expression], texts: &Texts<'_>, notes: &mut Vec<String>) -> Concluded {
    let names = |separator: &str| several.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator);
    if !texts.own.is_empty() {
        let mut answer = from_texts(texts, &[], Looked::Read, notes);
        let meant = |seen: &&Seen| {
            several.iter().any(|declared| seen.candidates.iter().any(|found| fits(declared, found)))
        };
        if !texts.own.iter().all(meant) {
            let found = list(&texts.own);
            answer.disagreement = Some(format!("declared {}, but its files hold {found}", names(" or ")));
        }
        return answer;
    }
    match only_grant_differs(several) {
        Some(narrow) => {
            notes.push(format!("nothing says that later versions are allowed: {narrow} was taken"));
            let reason = "declared by version, without a grant".to_owned();
            concluded(narrow, ConclusionSource::Declared, reason)
        }
        None => unknown(format!("the metadata may mean {}, and no text decides", names(", "))),
    }
}

fn without_exception(expression: &Expression) -> Expression {
    match expression {
        Expression::Term(term) => Expression::Term(Term { exception: None, ..term.clone() }),
        other => other.clone(),
    }
}

/// The exception that a text adds to a license of which the metadata only gives the name.
fn with_its_exception(expression: Expression, found: &[&Seen]) -> Expression {
    let adds = |one: &&Expression| **one != expression && without_exception(one) == expression;
    let added = found.iter().filter(|seen| !seen.aside).flat_map(|seen| &seen.candidates).find(adds);
    added.cloned().unwrap_or(expression)
}

/// The one that stands first in every outermost file: what follows the package's own text is for parts of it.
fn leading(several: &[Expression], found: &[&Seen]) -> Option<Expression> {
    let is_meant = |seen: &&&Seen| several.iter().any(|one| seen.candidates.contains(one));
    let depth = |seen: &Seen| seen.license.file.matches('/').count();
    let top = found.iter().filter(is_meant).map(|seen| depth(seen)).min()?;
    let mut first: BTreeMap<&str, &Seen> = BTreeMap::new();
    for seen in found.iter().filter(is_meant).filter(|seen| depth(seen) == top) {
        let known = first.entry(seen.license.file.as_str()).or_insert(seen);
        if seen.license.first_line < known.license.first_line {
            *known = seen;
        }
    }
    let mut leading: Vec<&Expression> =
        first.values().flat_map(|seen| &seen.candidates).filter(|one| several.contains(one)).collect();
    leading.sort();
    leading.dedup();
    if let [only] = leading[..] { Some(only.clone()) } else { None }
}

/// The narrower of two that differ only in whether later versions are allowed.
fn only_grant_differs(several: &[Expression]) -> Option<Expression> {
    let first = without_later(several.first()?);
    let narrow = several.iter().find(|one| without_later(one) == **one)?;
    several.iter().all(|one| without_later(one) == first).then(|| narrow.clone())
}

/// Nothing declared: what the texts say.
fn from_texts(texts: &Texts<'_>, seen: &[Seen], looked: Looked, notes: &mut Vec<String>) -> Concluded {
    let statements: Vec<_> =
        texts.own.iter().copied().filter(|seen| seen.license.kind != DetectedKind::Text).collect();
    let choice = statements.iter().flat_map(|seen| seen.candidates.iter()).find(|one| {
        matches!(one, Expression::Or(_))
            && texts.own.iter().all(|seen| seen.candidates.iter().any(|found| fits(one, found)))
    });
    let mut members: Vec<Expression> = Vec::new();
    match choice {
        Some(choice) => members.push(choice.clone()),
        None => {
            let found = if texts.own.is_empty() { &texts.aside } else { &texts.own };
            for seen in found {
                let one = narrowest(&seen.candidates, notes);
                if !members.contains(&one) && !members.iter().any(|known| refines(known, &one)) {
                    members.push(one);
                }
            }
        }
    }
    let files: Vec<_> = if texts.own.is_empty() { texts.aside.clone() } else { texts.own.clone() };
    if members.len() > 1 {
        notes.push(
            "its files hold several licenses and nothing says that they are a choice: all bind".to_owned(),
        );
    }
    if members.is_empty() {
        return unknown(silence(texts, seen, looked));
    }
    let riders = texts.riders();
    let restricted = !riders.is_empty();
    members.extend(riders);
    let unread: Vec<_> = texts.unknown.iter().filter(|seen| !seen.aside).collect();
    if choice.is_none()
        && unread.iter().any(|unread| !files.iter().any(|seen| seen.license.file == unread.license.file))
    {
        members.push(Expression::no_assertion());
        notes.push("one of its license files is not known".to_owned());
    }
    let mut reason = format!("the metadata is silent; its files hold {}", list(&files));
    if restricted {
        reason.push_str(" with a restriction beside it");
    }
    concluded(Expression::all_of(members), ConclusionSource::Detected, reason)
}

/// Whether a member says the same license more exactly.
fn refines(known: &Expression, other: &Expression) -> bool {
    without_later(known) == *other
}

fn silence(texts: &Texts<'_>, seen: &[Seen], looked: Looked) -> String {
    let unknown: Vec<_> = texts.unknown.iter().map(|seen| seen.license.file.as_str()).collect();
    match looked {
        Looked::Absent => "the metadata says nothing, and its files are not at hand".to_owned(),
        _ if !unknown.is_empty() => format!("the text of {} is no license that is known", unknown.join(", ")),
        _ if seen.is_empty() => "the metadata says nothing, and its files hold no license".to_owned(),
        _ => "the metadata says nothing, and its files name no license".to_owned(),
    }
}

fn unknown(reason: String) -> Concluded {
    concluded(Expression::no_assertion(), ConclusionSource::Unknown, reason)
}

/// One meaning of a text that leaves open whether later versions are allowed: that they are not. A text alone
/// never widens a license.
fn narrowest(candidates: &[Expression], notes: &mut Vec<String>) -> Expression {
    match candidates {
        [] => Expression::no_assertion(),
        [only] => only.clone(),
        several => match only_grant_differs(several) {
            Some(narrow) => {
                let note =
                    format!("the text does not say that later versions are allowed: {narrow} was taken");
                if !notes.contains(&note) {
                    notes.push(note);
                }
                narrow
            }
            None => Expression::no_assertion(),
        },
    }
}
