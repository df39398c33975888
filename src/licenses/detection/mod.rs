//! Licenses in texts: known texts, tags, notices by name, and restrictions written beside them.
//!
//! The texts of the SPDX list are compiled in as word sequences with an index of word triples, so that a text is
//! compared word by word with the few that resemble it and nothing is loaded first. What no known text explains
//! is searched for grants and restrictions, and is reported as unknown if it reads like a license.

mod alignment;
mod decode;
mod grants;
mod index;
mod riders;
mod tags;
mod texts;
mod tokens;

use crate::licenses::{Admits, LicenseRecord, catalogue, parse};
use crate::model::{DetectedKind, ExceptionName, Expression, LicenseName};
use index::Form;
use std::ops::Range;
use texts::Found;
use tokens::{Token, hash_word, tokenise};

pub use decode::decode;
pub use index::is_carried_beside;
pub use tokens::copyright_lines;

/// Only this much of a file is compared; the rest of a longer one is reported as not read.
const MOST_BYTES: usize = 2 << 20;

/// Lines of a file, from 1, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// First line.
    pub first_line: u32,
    /// Last line.
    pub last_line: u32,
}

/// Something a text says about its license.
#[derive(Clone, Debug, PartialEq)]
pub struct Detection {
    /// What kind of text.
    pub kind: DetectedKind,
    /// Where.
    pub place: Place,
    /// What it can be: one if certain, several if the text cannot tell, none if unknown.
    pub candidates: Vec<Expression>,
    /// Similarity to the known text, 0 to 1.
    pub confidence: f32,
    /// What a person should know about it.
    pub note: Option<String>,
}

/// How much of a file is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// A license file: what nobody knows is reported.
    LicenseFile,
    /// A notice or a source file: only licenses that are named or quoted.
    Mention,
}

/// What a text says about its license, in the order of its lines.
///
/// Text in HTML is read without its tags. A text with nothing that reads like a license gives nothing.
pub fn detect(text: &str, depth: Depth) -> Vec<Detection> {
    let text = decode::strip_html(cut(text));
    let text = text.as_ref();
    let tags = tags::find(text);
    let tokens = tokenise(text);
    let (found, unmatched) = texts::find(&tokens);
    let (mut detections, exceptions) = known_texts(&tokens, &found);
    let mut riders = Vec::new();
    let mut grants = Vec::new();
    let mut unmatched: Vec<_> = unmatched.into_iter().map(|range| Unmatched::new(&tokens, range)).collect();
    for one in &mut unmatched {
        let before = grants.len();
        for range in one.own_words() {
            riders.extend(riders::find(&tokens, range.clone()));
            grants.extend(grants::find(text, &tokens, range));
        }
        one.is_notice = one.is_short() && grants.len() > before;
    }
    apply_grants(&tokens, grants, &mut detections);
    join_exceptions(&tokens, &exceptions, &mut detections);
    if depth == Depth::LicenseFile && detections.is_empty() {
        detections.extend(bare_expression(text, &tokens));
    }
    if depth == Depth::LicenseFile {
        detections.extend(riders.iter().map(|rider| rider_detection(&tokens, rider)));
        for one in unmatched {
            detections.extend(unknown(&tokens, &one, &detections, !tags.is_empty()));
        }
    }
    detections.extend(tags);
    detections.sort_by(|left, right| left.place.cmp(&right.place).then(left.kind.cmp(&right.kind)));
    detections
}

/// Words that no known text explains.
struct Unmatched {
    range: Range<usize>,
    /// A known text that a large part of them resembles: truncated or changed. What stands in it is no grant.
    nearest: Option<Found>,
    /// Whether a grant by name explains them.
    is_notice: bool,
}

impl Unmatched {
    /// Ranges shorter than this are notices, not texts.
    const LONG: usize = 60;

    fn new(tokens: &[Token], range: Range<usize>) -> Self {
        let nearest = if range.len() >= Self::LONG { texts::nearest(tokens, range.clone()) } else { None };
        Self { range, nearest, is_notice: false }
    }

    /// Few words that resemble a known text only in part: a notice of their own.
    fn is_short(&self) -> bool {
        const FEW: usize = 150;
        const IN_PART: f32 = 0.7;
        let in_part = |found: &Found| found.alignment.similarity() < IN_PART;
        self.range.len() < FEW && self.nearest.as_ref().is_some_and(in_part)
    }

    /// The words without those of the text they resemble.
    fn own_words(&self) -> Vec<Range<usize>> {
        match &self.nearest {
            Some(_) if self.is_short() => vec![self.range.clone()],
            Some(found) => vec![
                self.range.start..found.alignment.start,
                found.alignment.end..self.range.end.max(found.alignment.end),
            ],
            None => vec![self.range.clone()],
        }
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn place(tokens: &[Token], range: &Range<usize>) -> Place {
    let line = |position: usize| tokens.get(position).map_or(1, |token| token.line);
    Place { first_line: line(range.start), last_line: line(range.end.saturating_sub(1)) }
}

/// License texts, with the exceptions of a file of one license joined to it; the exceptions that are left.
fn known_texts<'a>(tokens: &[Token], found: &'a [Found]) -> (Vec<Detection>, Vec<&'a Found>) {
    let (exceptions, licenses): (Vec<_>, Vec<_>) =
        found.iter().partition(|found| found.known.form == Form::Exception);
    let mut detections: Vec<_> = licenses.into_iter().map(|found| text_detection(tokens, found)).collect();
    let mut left = Vec::new();
    for exception in exceptions {
        match detections.as_mut_slice() {
            [only] if fits(exception.known.report[0], only) => add_exception(tokens, exception, only),
            _ => left.push(exception),
        }
    }
    (detections, left)
}

/// Joins an exception to the notice of the license that stands right above it; one without is told as it is.
fn join_exceptions(tokens: &[Token], exceptions: &[&Found], detections: &mut Vec<Detection>) {
    const LINES_BETWEEN: u32 = 20;
    for exception in exceptions {
        let id = exception.known.report[0];
        let here = place(tokens, &range_of(exception));
        let above = detections
            .iter_mut()
            .filter(|detection| detection.place.first_line <= here.first_line)
            .max_by_key(|detection| detection.place)
            .filter(|detection| detection.kind == DetectedKind::Header && fits(id, detection))
            .filter(|detection| here.first_line.saturating_sub(detection.place.last_line) <= LINES_BETWEEN);
        match above {
            Some(base) => add_exception(tokens, exception, base),
            None => detections.push(Detection {
                kind: DetectedKind::Text,
                place: here,
                candidates: Vec::new(),
                confidence: exception.alignment.similarity(),
                note: Some(format!("the text of {id}, without the one license it belongs to")),
            }),
        }
    }
}

fn add_exception(tokens: &[Token], exception: &Found, base: &mut Detection) {
    let id = exception.known.report[0];
    base.candidates = base.candidates.iter().filter_map(|license| with(license, id)).collect();
    base.place.last_line = base.place.last_line.max(place(tokens, &range_of(exception)).last_line);
}

/// A license file that holds nothing but an SPDX expression: `MIT OR Apache-2.0`.
fn bare_expression(text: &str, tokens: &[Token]) -> Option<Detection> {
    const MOST_WORDS: usize = 24;
    let expression = parse(text.trim()).ok().filter(|_| tokens.len() <= MOST_WORDS)?;
    let known = |term: &crate::model::Term| matches!(term.license, LicenseName::Known(_));
    expression.terms().into_iter().all(known).then(|| Detection {
        kind: DetectedKind::Header,
        place: place(tokens, &(0..tokens.len())),
        candidates: vec![expression.clone()],
        confidence: 1.0,
        note: None,
    })
}

fn range_of(found: &Found) -> Range<usize> {
    found.alignment.start..found.alignment.end
}

fn text_detection(tokens: &[Token], found: &Found) -> Detection {
    let candidates: Vec<_> = found
        .known
        .report
        .iter()
        .filter_map(|id| {
            let id = catalogue::find_license(id)?;
            Some(
                catalogue::replacement(id)
                    .and_then(|text| parse(text).ok())
                    .unwrap_or(Expression::license(id)),
            )
        })
        .collect();
    let kind = if found.known.form == Form::Notice { DetectedKind::Header } else { DetectedKind::Text };
    Detection {
        kind,
        place: place(tokens, &range_of(found)),
        candidates,
        confidence: found.alignment.similarity(),
        note: None,
    }
}

/// Whether an exception may belong to a license: one it is written for, or of the same line. The GNU licenses, which
/// admit nothing further, are one line: what is written for one of them is found beside the others too.
fn fits(exception: &str, detection: &Detection) -> bool {
    let Some(exception) = catalogue::find_exception(exception).map(catalogue::exception_record) else {
        return false;
    };
    let in_line = |license: &LicenseRecord, base: &LicenseRecord| {
        license.id == base.id || (license.admits != Admits::Anything && base.admits != Admits::Anything)
    };
    let mut terms = detection.candidates.iter().flat_map(Expression::terms);
    terms.any(|term| {
        let LicenseName::Known(id) = term.license else { return false };
        let bases =
            exception.bases.iter().map(|base| catalogue::record(catalogue::license_at((*base).into())));
        bases.into_iter().any(|base| in_line(catalogue::record(id), base))
    })
}

fn with(license: &Expression, exception: &str) -> Option<Expression> {
    let Expression::Term(term) = license else { return None };
    let mut term = term.clone();
    term.exception = Some(ExceptionName::Known(catalogue::find_exception(exception)?));
    Some(Expression::Term(term))
}

/// A grant that names the license of a text in the same file settles what that text leaves open.
fn apply_grants(tokens: &[Token], grants: Vec<grants::Grant>, detections: &mut Vec<Detection>) {
    let texts = detections.len();
    for grant in grants {
        let mut settled = false;
        for detection in &mut detections[..texts] {
            let narrowed: Vec<_> = detection
                .candidates
                .iter()
                .filter(|known| grant.candidates.contains(&without_exception(known)))
                .cloned()
                .collect();
            if !narrowed.is_empty() {
                detection.candidates = narrowed;
                settled = true;
            }
        }
        if !settled {
            detections.push(Detection {
                kind: DetectedKind::Header,
                place: place(tokens, &grant.range),
                candidates: grant.candidates,
                confidence: 1.0,
                note: None,
            });
        }
    }
}

/// An exception may stand beside the grant.
fn without_exception(expression: &Expression) -> Expression {
    match expression {
        Expression::Term(term) => Expression::Term(crate::model::Term { exception: None, ..term.clone() }),
        other => other.clone(),
    }
}

fn rider_detection(tokens: &[Token], rider: &riders::Rider) -> Detection {
    let custom = crate::model::Term {
        license: LicenseName::Custom(rider.license.to_owned()),
        or_later: false,
        exception: None,
    };
    Detection {
        kind: DetectedKind::Rider,
        place: place(tokens, &rider.range),
        candidates: vec![Expression::Term(custom)],
        confidence: 1.0,
        note: None,
    }
}

/// Words that a grant or its limits are made of.
const LEGAL: [&str; 22] = [
    "permission",
    "granted",
    "grant",
    "redistribution",
    "redistribute",
    "distribute",
    "license",
    "licensed",
    "warranty",
    "warranties",
    "liability",
    "liable",
    "copy",
    "modify",
    "conditions",
    "sublicense",
    "prohibited",
    "rights",
    "restrictions",
    "terms",
    "reserved",
    "permitted",
];

/// A range that no known text explains, if it reads like a license.
fn unknown(tokens: &[Token], one: &Unmatched, seen: &[Detection], tagged: bool) -> Option<Detection> {
    let range = &one.range;
    let (words, distinct) = if seen.is_empty() && !tagged { (4, 1) } else { (40, 5) };
    if range.len() < words {
        return None;
    }
    let here = place(tokens, range);
    let explained = seen.iter().any(|detection| {
        detection.kind != DetectedKind::Text
            && here.first_line <= detection.place.last_line
            && detection.place.first_line <= here.last_line
    });
    let legal = LEGAL.iter().filter(|word| {
        let hash = hash_word(word);
        tokens[range.clone()].iter().any(|token| token.word == hash)
    });
    if legal.count() < distinct || one.is_notice || (explained && range.len() < 80) {
        return None;
    }
    let note = one.nearest.as_ref().map(|found| {
        let alike = found.alignment.similarity() * 100.0;
        format!("closest known text: {}, {alike:.0} % alike", found.known.report.join(" or "))
    });
    Some(Detection {
        kind: DetectedKind::Unknown,
        place: here,
        candidates: Vec::new(),
        confidence: 0.0,
        note,
    })
}
