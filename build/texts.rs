//! The texts of the SPDX list as word sequences with an index of word triples, ready to be compared with.

use crate::records::{Placed, place_all, read_toml};
use crate::tokens::tokenise;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::path::Path;
use toml::Spanned;

/// Word triples are told apart by this many bits of their hash; the program uses the same number.
const BUCKETS: usize = 1 << 17;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    variant: Vec<Spanned<RawVariant>>,
    #[serde(default)]
    same: Vec<Spanned<RawSame>>,
    #[serde(default)]
    carried: Vec<Spanned<RawCarried>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVariant {
    of: String,
    before: Option<String>,
    after: Option<String>,
    notice: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSame {
    ids: Vec<String>,
    report: Vec<String>,
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCarried {
    declared: Vec<String>,
    found: Vec<String>,
    #[serde(rename = "why")]
    _why: String,
}

struct Known {
    report: Vec<String>,
    form: &'static str,
    words: Vec<u32>,
}

/// What the build writes: Rust source, word sequences, and the triple index as offsets and postings.
pub struct Index {
    pub source: String,
    pub words: Vec<u8>,
    pub offsets: Vec<u8>,
    pub postings: Vec<u8>,
}

/// Compiles the index.
///
/// `ids` are the ids of the list with whether they are deprecated.
pub fn index(data: &Path, ids: &BTreeMap<String, bool>, exceptions: &[String]) -> Result<Index, Vec<String>> {
    let path = data.join("texts.toml");
    let mut errors = Vec::new();
    let Some(page) = read_toml::<Page>(&path, &mut errors) else { return Err(errors) };
    let variants = place_all(page.variant, &path);
    let same = place_all(page.same, &path);
    let carried = place_all(page.carried, &path);
    check(&variants, &same, ids, &mut errors);
    check_carried(&carried, ids, &mut errors);
    let groups = groups(ids);
    let mut known = Vec::new();
    for (words, group) in &groups {
        match report(group, &same) {
            Some(report) => known.push(Known { report, form: "License", words: words.clone() }),
            None => errors.push(format!(
                "texts.toml: {group:?} have the same text: add a [[same]] record that says what to report"
            )),
        }
    }
    for variant in &variants {
        match variant_words(&variant.value) {
            Some(words) => {
                let report = report(&groups_of(&groups, &variant.value.of), &same).unwrap_or_default();
                let form = if variant.value.notice.is_some() { "Notice" } else { "License" };
                known.push(Known { report, form, words });
            }
            None => errors.push(variant.error("no line of the text starts with these words")),
        }
    }
    for id in exceptions {
        let words = spdx::exception_id(id).map(|found| words_of(found.text())).unwrap_or_default();
        if words.len() >= 3 {
            known.push(Known { report: vec![id.clone()], form: "Exception", words });
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut index = compile(&known);
    carried_source(&carried, &mut index.source);
    Ok(index)
}

fn check(
    variants: &[Placed<RawVariant>],
    same: &[Placed<RawSame>],
    ids: &BTreeMap<String, bool>,
    errors: &mut Vec<String>,
) {
    for variant in variants {
        if !ids.contains_key(&variant.value.of) {
            errors.push(variant.error(&format!("`{}` is not an id of the SPDX list", variant.value.of)));
        }
        let raw = &variant.value;
        if [&raw.before, &raw.after, &raw.notice].into_iter().flatten().count() != 1 {
            errors.push(variant.error("give one of `before`, `after` and `notice`"));
        }
    }
    for record in same {
        for id in record.value.ids.iter().chain(&record.value.report) {
            if !ids.contains_key(id) {
                errors.push(record.error(&format!("`{id}` is not an id of the SPDX list")));
            }
        }
        if record.value.report.is_empty() {
            errors.push(record.error("`report` is empty"));
        }
    }
}

fn check_carried(carried: &[Placed<RawCarried>], ids: &BTreeMap<String, bool>, errors: &mut Vec<String>) {
    for record in carried {
        for id in record.value.declared.iter().chain(&record.value.found) {
            if ids.get(id) != Some(&false) {
                errors.push(record.error(&format!("`{id}` is not a current id of the SPDX list")));
            }
        }
    }
}

fn carried_source(carried: &[Placed<RawCarried>], source: &mut String) {
    source.push_str("static CARRIED: &[Carried] = &[\n");
    for record in carried {
        let raw = &record.value;
        let _ = writeln!(source, "    Carried {{ declared: &{:?}, found: &{:?} }},", raw.declared, raw.found);
    }
    source.push_str("];\n");
}

/// Ids by text. A deprecated id that shares its text with a current one is left out; so are the old ids that
/// join a GNU license with an exception, since license and exception are found one by one.
fn groups(ids: &BTreeMap<String, bool>) -> BTreeMap<Vec<u32>, Vec<String>> {
    let mut groups: BTreeMap<Vec<u32>, Vec<(String, bool)>> = BTreeMap::new();
    for (id, deprecated) in ids {
        let joined = *deprecated && (id.contains("-with-") || id.ends_with('+'));
        let Some(license) = spdx::license_id(id) else { continue };
        let words = words_of(license.text());
        if words.len() >= 3 && !joined {
            groups.entry(words).or_default().push((id.clone(), *deprecated));
        }
    }
    groups
        .into_iter()
        .map(|(words, members)| {
            let current: Vec<_> = members.iter().filter(|(_, old)| !old).map(|(id, _)| id.clone()).collect();
            let all = members.into_iter().map(|(id, _)| id).collect();
            (words, if current.is_empty() { all } else { current })
        })
        .collect()
}

fn groups_of(groups: &BTreeMap<Vec<u32>, Vec<String>>, id: &str) -> Vec<String> {
    groups.values().find(|group| group.iter().any(|member| member == id)).cloned().unwrap_or_default()
}

fn report(group: &[String], same: &[Placed<RawSame>]) -> Option<Vec<String>> {
    let found = same.iter().find(|record| group.iter().all(|id| record.value.ids.contains(id)));
    match (found, group) {
        (Some(record), _) => Some(record.value.report.clone()),
        (None, [only]) => Some(vec![only.clone()]),
        (None, _) => None,
    }
}

fn variant_words(variant: &RawVariant) -> Option<Vec<u32>> {
    let text = spdx::license_id(&variant.of)?.text();
    let marker = [&variant.before, &variant.after, &variant.notice].into_iter().flatten().next()?;
    let (start, end) = last_line_with(text, marker)?;
    let (start, end) = match (&variant.before, &variant.after) {
        (Some(_), _) => (0, start),
        (_, Some(_)) => (0, end),
        _ => (start, start + text[start..].find(NOTICE_END).map_or(text.len() - start, |at| at)),
    };
    Some(words_of(&text[start..end]))
}

/// A notice ends before the next exhibit or addition.
const NOTICE_END: &str = "\n\nIf it is not possible";

/// The last line that starts with these words: titles of appended texts also stand in tables of contents.
fn last_line_with(text: &str, marker: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut found = None;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with(marker) {
            found = Some((at, at + line.len()));
        }
        at += line.len();
    }
    found
}

fn words_of(text: &str) -> Vec<u32> {
    tokenise(text).iter().map(|token| token.word).collect()
}

/// The bucket of three words in a row; the program has the same function.
fn bucket(words: &[u32]) -> usize {
    let mixed = words[0]
        .wrapping_mul(0x9e37_79b1)
        .wrapping_add(words[1])
        .wrapping_mul(0x85eb_ca6b)
        .wrapping_add(words[2])
        .wrapping_mul(0xc2b2_ae35);
    (mixed >> 15) as usize % BUCKETS
}

fn compile(known: &[Known]) -> Index {
    let mut source = String::from("static KNOWN: &[KnownText] = &[\n");
    let mut words = Vec::new();
    let mut by_bucket: HashMap<usize, Vec<u16>> = HashMap::new();
    let mut start = 0;
    for (number, text) in known.iter().enumerate() {
        let buckets: BTreeSet<_> = text.words.windows(3).map(bucket).collect();
        let _ = writeln!(
            source,
            "    KnownText {{ report: &{:?}, form: Form::{}, start: {start}, length: {}, triples: {} }},",
            text.report,
            text.form,
            text.words.len(),
            buckets.len(),
        );
        start += text.words.len();
        words.extend(text.words.iter().flat_map(|word| word.to_le_bytes()));
        for bucket in buckets {
            by_bucket.entry(bucket).or_default().push(number as u16);
        }
    }
    source.push_str("];\n");
    let mut offsets = Vec::with_capacity((BUCKETS + 1) * 4);
    let mut postings = Vec::new();
    for bucket in 0..BUCKETS {
        offsets.extend(((postings.len() / 2) as u32).to_le_bytes());
        for number in by_bucket.get(&bucket).into_iter().flatten() {
            postings.extend(number.to_le_bytes());
        }
    }
    offsets.extend(((postings.len() / 2) as u32).to_le_bytes());
    Index { source, words, offsets, postings }
}
