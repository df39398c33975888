//! What a license statement of package metadata means.
//!
//! A statement gives one expression, several that it may stand for, or nothing. Nothing is guessed: a name with
//! more than one meaning keeps all of them, and prose is not taken apart at commas.

use super::aliases::{self, Context};
use super::{catalogue, parse};
use crate::model::{DeclaredLicense, Ecosystem, Expression, LicenseName, LicenseSource, LicenseStatement};

/// What one statement says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Understood {
    /// What it may stand for: one if it is certain, none if it tells nothing.
    pub candidates: Vec<Expression>,
    /// What a person should know about it.
    pub notes: Vec<String>,
    /// A whole license text, for detection.
    pub text: Option<String>,
    /// A file of the package that holds the license.
    pub file: Option<String>,
    /// What is wrong with a field that should hold an SPDX expression.
    pub invalid: Option<String>,
}

impl Understood {
    /// The one meaning, if there is one.
    pub fn certain(&self) -> Option<&Expression> {
        match self.candidates.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    fn nothing(note: String) -> Self {
        Self { notes: vec![note], ..Self::default() }
    }
}

/// More meanings than this say nothing.
const MOST_CANDIDATES: usize = 64;
/// Longer statements are texts, not names.
const LONGEST_NAME: usize = 300;

/// Understands one statement.
pub fn understand(declared: &DeclaredLicense, ecosystem: Ecosystem) -> Understood {
    let context = match ecosystem {
        Ecosystem::Cargo => Context::Cargo,
        Ecosystem::Npm => Context::Npm,
        Ecosystem::Python | Ecosystem::Go | Ecosystem::Other => Context::Any,
    };
    match &declared.statement {
        LicenseStatement::Expression(text) => expression(text, context),
        LicenseStatement::FreeText(text) => free_text(text, context),
        LicenseStatement::Classifier(line) => classifier(line),
        LicenseStatement::Address(address) => match aliases::find_address(address) {
            Some(alias) => from_alias(alias, address),
            None => Understood::nothing(format!(
                "the address `{}` is not that of a known license",
                short(address)
            )),
        },
        LicenseStatement::File(file) => Understood { file: Some(file.clone()), ..Understood::default() },
        LicenseStatement::List(names) => list(names, declared.source, context),
        LicenseStatement::Unlicensed => {
            Understood { candidates: vec![Expression::none()], ..Understood::default() }
        }
    }
}

fn expression(text: &str, context: Context) -> Understood {
    // A known name first: the message of a failed parse searches all ids for the nearest.
    let slash = text.contains('/').then(|| free_text(text, context)).filter(|read| read.certain().is_some());
    let mut understood = match slash {
        Some(understood) => understood,
        None => match parse(text) {
            Ok(expression) => return parsed(expression),
            Err(error) => {
                let invalid = Some(format!("`{}`: {error}", short(text)));
                Understood { invalid, ..free_text(text, context) }
            }
        },
    };
    if let Some(meaning) = understood.certain() {
        let shown = short(text);
        let old_or = context == Context::Cargo && text.contains('/');
        let (invalid, note) = if old_or {
            (
                None,
                Some(format!("`{shown}`: the slash is Cargo's old way to write OR; it is read as {meaning}")),
            )
        } else {
            (Some(format!("`{shown}` is not an SPDX expression; it is read as {meaning}")), None)
        };
        understood.invalid = invalid;
        understood.notes.retain(|note| !note.ends_with(SLASH));
        understood.notes.extend(note);
    }
    understood
}

const SLASH: &str = "the slash is read as OR";

fn parsed(expression: Expression) -> Understood {
    let mut notes = Vec::new();
    for term in expression.terms() {
        let LicenseName::Known(id) = term.license else { continue };
        if let Some(replacement) = catalogue::replacement(id) {
            notes.push(format!("`{}` is a deprecated id; it now reads {replacement}", id.name()));
        }
    }
    notes.dedup();
    Understood { candidates: vec![expression], notes, ..Understood::default() }
}

fn free_text(text: &str, context: Context) -> Understood {
    let trimmed = text.trim();
    if trimmed.len() > LONGEST_NAME || trimmed.lines().count() > 4 {
        return Understood { text: Some(text.to_owned()), ..Understood::default() };
    }
    if trimmed.is_empty() {
        return Understood::default();
    }
    if let Some(file) = strip_words(trimmed, "see license in") {
        return Understood { file: Some(file.to_owned()), ..Understood::default() };
    }
    name(trimmed, context, 0).unwrap_or_else(|| {
        Understood::nothing(format!("`{}` is the name of no known license", short(trimmed)))
    })
}

/// A name, or names joined by operators that all have a meaning.
fn name(text: &str, context: Context, depth: usize) -> Option<Understood> {
    // An id is no alias; anything else that is known as a name needs no attempt at parsing.
    if let Some(alias) = aliases::find(text, context).filter(|_| catalogue::find_license(text).is_none()) {
        return Some(from_alias(alias, text));
    }
    if let Ok(expression) = parse(text) {
        return Some(parsed(expression));
    }
    if let Some(alias) = text.contains("://").then(|| aliases::find_address(text)).flatten() {
        return Some(from_alias(alias, text));
    }
    if depth > 3 {
        return None;
    }
    if let Some(bare) = without_wrapping(text) {
        return name(bare, context, depth + 1);
    }
    if context == Context::Cargo && text.contains('/') {
        return joined(text.split('/'), Expression::any_of, text, SLASH, context, depth);
    }
    let operators: [(&str, Join, &str); 4] = [
        (" or ", Expression::any_of, "the names are joined by OR"),
        (" and ", Expression::all_of, "the names are joined by AND"),
        (" & ", Expression::all_of, "the names are joined by AND"),
        ("|", Expression::any_of, "the names are joined by OR"),
    ];
    for (operator, join, note) in operators {
        let parts = split_words(text, operator);
        if parts.len() > 1
            && let Some(understood) = joined(parts.into_iter(), join, text, note, context, depth)
        {
            return Some(understood);
        }
    }
    if text.contains('/') {
        return joined(text.split('/'), Expression::any_of, text, SLASH, context, depth);
    }
    None
}

/// What makes one expression of several: [`Expression::all_of`] or [`Expression::any_of`].
type Join = fn(Vec<Expression>) -> Expression;

/// Parts that each mean something, joined; nothing if one of them does not.
fn joined<'a>(
    parts: impl Iterator<Item = &'a str>,
    join: Join,
    whole: &str,
    how: &str,
    context: Context,
    depth: usize,
) -> Option<Understood> {
    let parts: Option<Vec<_>> = parts.map(|part| name(part.trim(), context, depth + 1)).collect();
    let mut parts = parts?;
    let mut notes = vec![format!("`{}`: {how}", short(whole))];
    for part in &mut parts {
        notes.append(&mut part.notes);
    }
    let sets: Vec<_> = parts.into_iter().map(|part| part.candidates).collect();
    Some(Understood { candidates: combine(&sets, join)?, notes, ..Understood::default() })
}

/// One expression for every way to pick a candidate from each set.
fn combine(sets: &[Vec<Expression>], join: Join) -> Option<Vec<Expression>> {
    let count = sets.iter().try_fold(1_usize, |count, set| {
        let next = count * set.len().max(1);
        (next <= MOST_CANDIDATES).then_some(next)
    })?;
    let mut combined: Vec<Vec<Expression>> = vec![Vec::with_capacity(sets.len())];
    for set in sets {
        let choices = if set.is_empty() { vec![Expression::no_assertion()] } else { set.clone() };
        let mut next = Vec::with_capacity(count);
        for members in &combined {
            for choice in &choices {
                let mut longer = members.clone();
                if !longer.contains(choice) {
                    longer.push(choice.clone());
                }
                next.push(longer);
            }
        }
        combined = next;
    }
    let mut expressions: Vec<_> = combined.into_iter().map(join).collect();
    expressions.dedup();
    Some(expressions)
}

fn from_alias(alias: &aliases::Alias, written: &str) -> Understood {
    let candidates = alias.candidates();
    let mut notes = Vec::new();
    if !alias.certain {
        let meanings: Vec<_> = candidates.iter().map(ToString::to_string).collect();
        notes.push(match (meanings.is_empty(), alias.note) {
            (true, note) => format!("`{}` names no license. {}", short(written), note.unwrap_or_default())
                .trim_end()
                .to_owned(),
            (false, note) => {
                format!("`{}` may be {}. {}", short(written), meanings.join(", "), note.unwrap_or_default())
                    .trim_end()
                    .to_owned()
            }
        });
    }
    if alias.certain && written.contains('/') && matches!(candidates.as_slice(), [Expression::Or(_)]) {
        notes.push(format!("`{}`: {SLASH}", short(written)));
    }
    let assertion = candidates.as_slice() == [Expression::no_assertion()];
    Understood { candidates: if assertion { Vec::new() } else { candidates }, notes, ..Understood::default() }
}

fn classifier(line: &str) -> Understood {
    match aliases::find(line, Context::PythonClassifier) {
        Some(alias) => from_alias(alias, line),
        None => Understood::nothing(format!("`{}` is no known license classifier", short(line))),
    }
}

fn list(names: &[String], source: LicenseSource, context: Context) -> Understood {
    let parts: Vec<_> = names
        .iter()
        .filter(|name| !name.trim().is_empty())
        .map(|text| {
            name(text.trim(), context, 0).unwrap_or_else(|| {
                Understood::nothing(format!("`{}` is the name of no known license", short(text)))
            })
        })
        .collect();
    let (join, note): (Join, &str) = match source {
        LicenseSource::Sbom => (
            Expression::all_of,
            "the SBOM lists several licenses without an operator; all of them are taken to bind",
        ),
        _ => (Expression::any_of, "several licenses stand side by side; they are read as a choice"),
    };
    let mut notes = Vec::new();
    if parts.len() > 1 {
        notes.push(note.to_owned());
    }
    let sets: Vec<_> = parts
        .into_iter()
        .map(|mut part| {
            notes.append(&mut part.notes);
            part.candidates
        })
        .collect();
    let candidates = if sets.iter().all(Vec::is_empty) { None } else { combine(&sets, join) };
    Understood { candidates: candidates.unwrap_or_default(), notes, ..Understood::default() }
}

/// The text within outer parentheses or quotes, or without a full stop at its end.
fn without_wrapping(text: &str) -> Option<&str> {
    let pairs = [('(', ')'), ('"', '"'), ('\'', '\''), ('[', ']')];
    for (open, close) in pairs {
        if let Some(inner) = text.strip_prefix(open).and_then(|text| text.strip_suffix(close)) {
            let lone = !inner.contains([open, close]);
            return lone.then(|| inner.trim());
        }
    }
    let bare = strip_words(text, "license:").unwrap_or(text).trim_end_matches('.').trim();
    (bare.len() < text.len()).then_some(bare)
}

fn strip_words<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let head = text.get(..words.len())?;
    head.eq_ignore_ascii_case(words).then(|| text[words.len()..].trim()).filter(|rest| !rest.is_empty())
}

/// Splits at an operator in any case.
fn split_words<'a>(text: &'a str, operator: &str) -> Vec<&'a str> {
    let lower = text.to_ascii_lowercase();
    let mut parts = Vec::new();
    let mut start = 0;
    while let Some(at) = lower[start..].find(operator) {
        parts.push(&text[start..start + at]);
        start += at + operator.len();
    }
    parts.push(&text[start..]);
    parts
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().take(80).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
#[path = "normalise_tests.rs"]
mod tests;
