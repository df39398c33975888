//! SEC-7: users are told of vulnerabilities.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::address::{emails, is_placeholder, urls};
use crate::practices::contact;
use crate::practices::place;
use crate::practices::probe::forge;
use crate::practices::rule::{Context, Outcome, Rule, seen};
use crate::practices::text::{mentions, paragraphs, sections, word_count};
use crate::practices::tree::File;

/// The rule.
pub const RULE: Rule = Rule {
    id: "SEC-7",
    recommendation: "Users are told of vulnerabilities and their fixes.",
    verb: Verb::Helps,
    fix: "Publish advisories on the forge, in an advisories file or on a mailing list, and say in SECURITY.md where.",
    template: None,
    check,
};

fn check(context: &Context) -> Outcome {
    let mut found = advisory_files(context);
    found.extend(named_channels(context));
    if let Some(session) = context.online
        && let Some(address) = place::addresses(context).first()
        && let Some((names, evidence)) = forge::advisories(session, &address.url)
        && !names.is_empty()
    {
        found.push(PracticeEvidence {
            statement: format!("published advisories: {}", names.join(", ")),
            ..evidence
        });
    }
    if !found.is_empty() {
        return Outcome::pass(0.7, "Advisories are published, or a channel for them is named.").with(found);
    }
    let promises = contact::security_texts(context.tree);
    match promises.iter().find(|text| !text.is_template() && promise(text.body).is_some()) {
        Some(text) => Outcome::review(0.4, "The policy promises to tell users, but names no channel.")
            .seen("a promise", text.place(promise(text.body).unwrap_or(1))),
        None => Outcome::fail(0.6, "No advisories were found, and no text says where they are published."),
    }
}

const TELLING: &[&str] = &["announce", "notify", "publish", "inform", "issue an advisory", "are listed"];

/// The line that promises to tell users.
fn promise(body: &str) -> Option<usize> {
    let found = paragraphs(body)
        .into_iter()
        .find(|(_, text)| mentions(text, &["announce", "advisor", "notify users", "inform users"]));
    found.map(|(line, _)| line)
}

/// Advisories with an id, in a file or folder of that name; security entries of the changelog.
fn advisory_files(context: &Context) -> Vec<PracticeEvidence> {
    let ids = ["cve-", "ghsa-", "rustsec-", "osv-", "pysec-"];
    let mut found = Vec::new();
    for file in context.tree.files().iter().filter(|file| is_advisory(file)) {
        let Some(document) = context.tree.as_document(file) else { continue };
        if mentions(document.text, &ids) && word_count(document.text) >= 15 {
            found.push(seen(
                "advisories",
                document.place(crate::practices::text::line_of(document.text, &ids)),
            ));
        }
    }
    for document in context.tree.community(&["CHANGELOG", "CHANGES", "NEWS", "HISTORY"]) {
        let entries = sections(document.text);
        let entry = entries.iter().find(|section| {
            section.heading.trim().eq_ignore_ascii_case("security") && word_count(section.body) >= 6
        });
        found.extend(
            entry.map(|section| seen("security entries of the changelog", document.place(section.line))),
        );
    }
    found.truncate(5);
    found
}

/// A file written for people or machines to read, in a folder of that name near the root. Code about advisories is
/// the subject of a tool, not its own record.
fn is_advisory(file: &File) -> bool {
    let data = matches!(file.extension().as_str(), "json" | "yml" | "yaml" | "toml");
    let path = file.path.to_lowercase();
    let near = path.split('/').take(2).any(|part| part.contains("advisor"));
    near && (file.is_prose() || data) && !path.starts_with("src/")
}

/// A paragraph of the policy that tells users and names the place.
fn named_channels(context: &Context) -> Vec<PracticeEvidence> {
    let mut found = Vec::new();
    for text in contact::security_texts(context.tree).iter().filter(|text| !text.is_template()) {
        for (line, paragraph) in paragraphs(text.body) {
            let words =
                urls(&paragraph).iter().fold(paragraph.clone(), |text, url| text.replace(url.as_str(), " "));
            let lists = mentions(&paragraph, &["mailing list", "-announce", "announce list", "newsletter"]);
            let mail = emails(&paragraph).iter().any(|mail| !is_placeholder(mail)) && lists;
            let page = urls(&paragraph).iter().any(|url| {
                mentions(url, &["advisor", "announce", "lists.", "/list", "feed", "releases", "bulletin"])
                    && !url.contains("advisories/new")
                    && !is_placeholder(url)
            });
            let forge = mentions(
                &words,
                &["github security advisor", "security advisories", "release notes", "changelog"],
            );
            if mentions(&words, TELLING) && (mail || page || forge) {
                found.push(seen("names where users are told", text.place(line)));
            }
        }
    }
    found
}
