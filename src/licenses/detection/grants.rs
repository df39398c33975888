//! Short notices that grant a license by its name: the GNU notice, "licensed under the ...", "dual licensed".

use super::tokens::{Token, phrase};
use crate::licenses::aliases::{self, Context};
use crate::licenses::{catalogue, parse};
use crate::model::Expression;
use std::ops::Range;
use std::sync::OnceLock;

/// A license granted by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// What it can be.
    pub candidates: Vec<Expression>,
    /// Its words.
    pub range: Range<usize>,
}

/// The grants in a range of words.
pub fn find(text: &str, tokens: &[Token], range: Range<usize>) -> Vec<Grant> {
    let mut found = gnu(text, tokens, range.clone());
    let mut at = range.start;
    while at < range.end {
        match opening(tokens, at, range.end).and_then(|start| named(text, tokens, start, range.end)) {
            Some(grant) => {
                at = grant.range.end;
                let overlaps = |other: &Grant| {
                    other.range.start < grant.range.end + 8 && grant.range.start < other.range.end
                };
                if !found.iter().any(overlaps) {
                    found.push(grant);
                }
            }
            None => at += 1,
        }
    }
    found.sort_by_key(|grant| grant.range.start);
    found
}

struct Words {
    openings: Vec<Vec<u32>>,
    fillers: Vec<u32>,
    or: u32,
    and: u32,
    either: u32,
    dual: Vec<u32>,
    well: u32,
    option: Vec<u32>,
    gnu: u32,
    lesser: Vec<u32>,
    affero: u32,
    gpl: Vec<u32>,
    version: Vec<u32>,
    later: Vec<Vec<u32>>,
    only: u32,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| Words {
        openings: [
            "licensed under",
            "released under",
            "distributed under",
            "available under",
            "provided under",
            "published under",
            "dual licensed",
            "double licensed",
            "under the terms of",
            "subject to the terms of",
            "covered by",
            "governed by",
        ]
        .into_iter()
        .map(phrase)
        .collect(),
        fillers: phrase(
            "the a an terms of both either under and or at your option conditions any as well in project following \
             two three licenses",
        ),
        or: phrase("or")[0],
        and: phrase("and")[0],
        either: phrase("either")[0],
        dual: phrase("dual dually double choose choice"),
        well: phrase("well")[0],
        option: phrase("your option"),
        gnu: phrase("gnu")[0],
        lesser: phrase("lesser library"),
        affero: phrase("affero")[0],
        gpl: phrase("general public license"),
        version: phrase("version v"),
        later: ["any later version", "or later", "or newer", "or greater", "or higher"]
            .into_iter()
            .map(phrase)
            .collect(),
        only: phrase("only")[0],
    })
}

fn is_at(tokens: &[Token], at: usize, end: usize, words: &[u32]) -> bool {
    at + words.len() <= end && tokens[at..].iter().zip(words).all(|(token, word)| token.word == *word)
}

/// Where the name starts, if an opening phrase stands here.
fn opening(tokens: &[Token], at: usize, end: usize) -> Option<usize> {
    let opening = words().openings.iter().find(|opening| is_at(tokens, at, end, opening))?;
    let mut start = at + opening.len();
    while start < end && words().fillers.contains(&tokens[start].word) {
        start += 1;
    }
    (start < end).then_some(start)
}

/// One or more names joined by `or`, `and` or a slash.
fn named(text: &str, tokens: &[Token], start: usize, end: usize) -> Option<Grant> {
    let (first, mut behind) = name(text, tokens, start, end)?;
    let mut sets = vec![first];
    let mut any = false;
    let mut all = false;
    let mut listed = false;
    loop {
        let mut next = past_references(text, tokens, behind, end);
        let separator = between(text, tokens, next, end);
        let item = separator.contains('\n') && separator.contains(['*', '-', '+']);
        let mut joined = item || separator.contains('/');
        any |= separator.contains('/');
        let last_filler = next + 6;
        while next < end && next < last_filler && words().fillers.contains(&tokens[next].word) {
            let word = tokens[next].word;
            any |= word == words().or;
            all |= word == words().and || word == words().well;
            joined |= word == words().or || word == words().and || word == words().well;
            next += 1;
        }
        let Some((candidates, after)) = joined.then(|| name(text, tokens, next, end)).flatten() else {
            break;
        };
        listed |= item;
        sets.push(candidates);
        behind = after;
    }
    if sets.len() == 1 {
        return Some(Grant { candidates: sets.remove(0), range: start..behind });
    }
    // What a list of licenses means is said before or after it, with the files in between.
    let reach = if listed { 40 } else { 8 };
    let near =
        &tokens[start.saturating_sub(8)..(past_references(text, tokens, behind, end) + reach).min(end)];
    let choice = any
        || near.iter().any(|token| token.word == words().either || words().dual.contains(&token.word))
        || near.windows(2).any(|pair| [pair[0].word, pair[1].word] == words().option[..]);
    let members: Option<Vec<_>> =
        sets.into_iter().map(|set| if set.len() == 1 { set.into_iter().next() } else { None }).collect();
    let candidates = match members {
        Some(members) if choice => vec![Expression::any_of(members)],
        Some(members) if all => vec![Expression::all_of(members)],
        _ => Vec::new(),
    };
    Some(Grant { candidates, range: start..behind })
}

/// Behind what follows a name in brackets: `(LICENSE-MIT or an address)`, `[text](target)`, `<file or address>`.
fn past_references(text: &str, tokens: &[Token], at: usize, end: usize) -> usize {
    const LONGEST: usize = 300;
    let Some(before) = at.checked_sub(1) else { return at };
    let from = tokens[before].end as usize;
    let mut rest = text.get(from..).unwrap_or_default();
    loop {
        let next = rest.trim_start_matches(|sign: char| sign.is_whitespace() || sign == ',');
        let close = match next.chars().next() {
            Some('(') => ')',
            Some('[') => ']',
            Some('<') => '>',
            _ => break,
        };
        let mut depth = 0_usize;
        let open = next.as_bytes()[0] as char;
        let behind = next.char_indices().take(LONGEST).find_map(|(position, sign)| {
            depth += usize::from(sign == open);
            depth -= usize::from(sign == close);
            (depth == 0).then_some(position + 1)
        });
        match behind {
            Some(behind) => rest = &next[behind..],
            None => break,
        }
    }
    let reached = text.len() - rest.len();
    (at..end).find(|position| tokens[*position].start as usize >= reached).unwrap_or(end)
}

fn between<'a>(text: &'a str, tokens: &[Token], at: usize, end: usize) -> &'a str {
    match (at.checked_sub(1).map(|before| tokens[before].end as usize), at < end) {
        (Some(from), true) => &text[from..tokens[at].start as usize],
        _ => "",
    }
}

/// The longest license name that starts here.
fn name(text: &str, tokens: &[Token], start: usize, end: usize) -> Option<(Vec<Expression>, usize)> {
    const LONGEST: usize = 12;
    for behind in (start + 1..=(start + LONGEST).min(end)).rev() {
        let written = &text[tokens[start].start as usize..tokens[behind - 1].end as usize];
        // A name wrapped in a comment has the comment's signs between its words.
        let clean: String = written.split(['\n', '*', '#']).collect::<Vec<_>>().join(" ").replace("//", " ");
        if let Some(id) = catalogue::find_license(clean.trim()) {
            let letters = clean.trim().len() > 3 || written.chars().any(|c| c.is_uppercase());
            if letters {
                return Some((vec![Expression::license(id)], behind));
            }
        }
        if let Some(alias) = aliases::find(&clean, Context::Any) {
            let candidates = alias.candidates();
            // A name without a version in prose is no grant.
            if matches!(candidates.len(), 1 | 2) {
                return Some((candidates, behind));
            }
        }
    }
    None
}

/// The GNU notice: the name, a version in the words around it, and whether later versions are allowed.
fn gnu(text: &str, tokens: &[Token], range: Range<usize>) -> Vec<Grant> {
    let words = words();
    let mut found: Vec<Grant> = Vec::new();
    for at in range.clone() {
        let Some(prefix) = family(tokens, at, range.end) else { continue };
        if tokens[at].word != words.gnu || found.last().is_some_and(|last| at < last.range.end) {
            continue;
        }
        let end = (at + 60).min(range.end);
        let start = at.saturating_sub(8).max(range.start);
        let after = version(text, &tokens[at..end]).map(|version| (version, at..end));
        let Some((version, window)) = after.or_else(|| version_before(text, tokens, start, at)) else {
            continue;
        };
        let near = &tokens[window.start.min(at)..window.end.max(end)];
        let later = words.later.iter().any(|later| {
            near.windows(later.len())
                .any(|seen| seen.iter().zip(later).all(|(token, word)| token.word == *word))
        });
        let only = near.iter().take(30).any(|token| token.word == words.only);
        let ids: &[&str] = if later {
            &["-or-later"]
        } else if only {
            &["-only"]
        } else {
            &["-only", "-or-later"]
        };
        let candidates: Vec<_> =
            ids.iter().filter_map(|grant| parse(&format!("{prefix}-{version}{grant}")).ok()).collect();
        if !candidates.is_empty() {
            found.push(Grant { candidates, range: window.start..(at + 20).min(range.end) });
        }
    }
    found
}

fn family(tokens: &[Token], at: usize, end: usize) -> Option<&'static str> {
    let words = words();
    if tokens[at].word != words.gnu || at + 1 >= end {
        return None;
    }
    let second = tokens[at + 1].word;
    let (prefix, name) = if words.lesser.contains(&second) {
        ("LGPL", at + 2)
    } else if second == words.affero {
        ("AGPL", at + 2)
    } else {
        ("GPL", at + 1)
    };
    is_at(tokens, name, end, &words.gpl).then_some(prefix)
}

/// The version named in these words as SPDX writes it.
fn version(text: &str, tokens: &[Token]) -> Option<String> {
    let slice = |token: &Token| &text[token.start as usize..token.end as usize];
    for (position, token) in tokens.iter().enumerate() {
        let number = if words().version.contains(&token.word) {
            tokens.get(position + 1).map(slice)
        } else {
            slice(token).strip_prefix(['v', 'V'])
        };
        let Some(number) = number.filter(|number| matches!(*number, "1" | "2" | "3")) else { continue };
        let rest = if words().version.contains(&token.word) { position + 2 } else { position + 1 };
        let minor = tokens.get(rest).filter(|next| {
            let before = &tokens[rest - 1];
            text.get(before.end as usize..next.start as usize) == Some(".")
        });
        let minor = minor.map(slice).filter(|minor| matches!(*minor, "0" | "1")).unwrap_or("0");
        return Some(format!("{number}.{minor}"));
    }
    None
}

/// `version 3 of the GNU ...`
fn version_before(text: &str, tokens: &[Token], start: usize, at: usize) -> Option<(String, Range<usize>)> {
    version(text, &tokens[start..at]).map(|version| (version, start..at))
}
