//! Every text of the SPDX list is recognised as itself, also re-wrapped and with copyright lines filled in.

use licgraph::licenses::detection::{Depth, Detection, detect};
use licgraph::licenses::{catalogue, parse};
use licgraph::model::DetectedKind;
use std::collections::BTreeMap;

/// Ids whose texts cannot be told from another's: what is reported, by id.
fn reported_for(id: &str) -> Vec<String> {
    let page: toml::Table = toml::from_str(include_str!("../../data/texts.toml")).unwrap();
    let list = |value: &toml::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    for record in page["same"].as_array().unwrap() {
        if list(&record["ids"]).iter().any(|member| member == id) {
            return list(&record["report"]);
        }
    }
    vec![id.to_owned()]
}

/// What a text should be reported as: a deprecated id as what replaces it, and an id that joins a license with
/// an exception as that exception, since the list gives only its text.
fn expected(id: &str) -> Vec<Vec<String>> {
    let known = catalogue::find_license(id).unwrap();
    match catalogue::replacement(known) {
        Some(_) if id.contains("-with-") => vec![vec![]],
        Some(replacement) if parse(replacement).unwrap().terms().len() == 1 => {
            vec![reported_for(replacement)]
        }
        Some(replacement) => vec![vec![replacement.to_owned()]],
        None => vec![reported_for(id)],
    }
}

fn reported(detections: &[Detection]) -> Vec<Vec<String>> {
    detections
        .iter()
        .filter(|detection| detection.kind == DetectedKind::Text)
        .map(|detection| detection.candidates.iter().map(ToString::to_string).collect())
        .collect()
}

/// `id -> what came out` for every text that is not answered with exactly what is expected.
fn misses(change: impl Fn(&str) -> String + Sync) -> BTreeMap<String, String> {
    use rayon::prelude::*;
    catalogue::licenses()
        .par_iter()
        .filter_map(|record| {
            let text = change(spdx::license_id(record.id)?.text());
            let found = detect(&text, Depth::LicenseFile);
            let all = reported(&found);
            (all != expected(record.id)).then(|| (record.id.to_owned(), format!("{all:?}")))
        })
        .collect()
}

/// Re-wrapped at another width as a comment, paragraphs kept.
fn rewrapped(text: &str) -> String {
    let mut out = String::new();
    for paragraph in text.split("\n\n") {
        let mut width = 0;
        for word in paragraph.split_whitespace() {
            if width + word.len() > 60 {
                out.push_str("\n * ");
                width = 0;
            }
            width += word.len() + 1;
            out.push_str(word);
            out.push(' ');
        }
        out.push_str("\n *\n * ");
    }
    out
}

fn filled(text: &str) -> String {
    format!("Copyright (c) 1999-2026 The Example Project Authors\nCopyright 2020 Example, Inc.\n\n{text}")
        .replace("<year>", "2024")
        .replace("[yyyy]", "2024")
        .replace("<copyright holders>", "The Example Project Authors")
        .replace("<owner>", "Example, Inc.")
        .replace("[name of copyright owner]", "Example, Inc.")
}

#[test]
fn every_list_text_is_itself() {
    let misses = misses(str::to_owned);
    println!("as is: {} of {} missed: {misses:#?}", misses.len(), catalogue::licenses().len());
    assert!(misses.is_empty());
}

#[test]
fn every_list_text_rewrapped_as_a_comment_is_itself() {
    let misses = misses(rewrapped);
    println!("re-wrapped: {} missed: {misses:#?}", misses.len());
    // Their one paragraph begins with the copyright line, which re-wrapping joins with the permission.
    assert_eq!(misses.keys().collect::<Vec<_>>(), ["Kastrup", "Zed"]);
}

#[test]
fn every_list_text_with_holders_filled_in_is_itself() {
    let misses = misses(filled);
    println!("filled in: {} missed: {misses:#?}", misses.len());
    assert!(misses.is_empty());
}
