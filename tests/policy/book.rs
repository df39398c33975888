//! The book: pages made from the code are equal to the code, every page is listed, every example runs.

use crate::work::{Project, repository};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn source() -> PathBuf {
    repository().join("docs/src")
}

#[test]
fn pages_made_from_the_code_say_what_the_code_says() {
    let update = std::env::var_os("LICGRAPH_UPDATE").is_some();
    for (name, text) in licgraph::cli::reference::pages() {
        let file = source().join(name);
        if update {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &text).unwrap();
        }
        let written = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            written == text,
            "docs/src/{name} is not what the code says; run the test with LICGRAPH_UPDATE=1"
        );
    }
}

#[test]
fn every_page_is_in_the_summary_and_every_link_leads_somewhere() {
    let summary = fs::read_to_string(source().join("SUMMARY.md")).unwrap();
    let listed: BTreeSet<PathBuf> = links(&summary).into_iter().map(|link| source().join(link)).collect();
    let mut pages = Vec::new();
    collect(&source(), &mut pages);
    assert!(pages.len() > 15, "{} pages", pages.len());
    for page in &pages {
        let is_summary = page.file_name().is_some_and(|name| name == "SUMMARY.md");
        assert!(is_summary || listed.contains(page), "{} is not in the summary", page.display());
        for link in links(&fs::read_to_string(page).unwrap()) {
            let target = page.parent().unwrap().join(link.split('#').next().unwrap_or_default());
            let here = link.starts_with('#') || link.contains("://");
            assert!(here || target.exists(), "{}: {link} leads nowhere", page.display());
        }
    }
}

#[test]
fn every_command_in_the_book_exists() {
    let mut command = licgraph::cli::reference::command();
    command.build();
    let known: BTreeSet<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let mut pages = Vec::new();
    collect(&source(), &mut pages);
    let mut seen = 0;
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        for (_, rest) in text.match_indices("licgraph ").map(|(at, found)| (at, &text[at + found.len()..])) {
            let word: String =
                rest.chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '-').collect();
            let before =
                text[..rest.as_ptr() as usize - text.as_ptr() as usize - "licgraph ".len()].chars().last();
            if matches!(before, Some('`'))
                || text[..rest.as_ptr() as usize - text.as_ptr() as usize].ends_with("$ licgraph ")
            {
                seen += 1;
                assert!(
                    known.contains(&word) || word.is_empty() || word.starts_with('-'),
                    "{}: licgraph {word}",
                    page.display()
                );
            }
        }
    }
    assert!(seen > 20, "{seen} commands seen");
}

/// A block that starts with ```` ```console fixture=CASE exit=N ```` is run in a copy of that fixture; the lines
/// that are no command must be in what the commands wrote, up to a trailing ` ...`.
#[test]
fn every_example_runs_as_it_is_printed() {
    let mut pages = Vec::new();
    collect(&source(), &mut pages);
    let mut run = 0;
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        for block in text.split("```console fixture=").skip(1) {
            run_example(page, block.split("```").next().unwrap());
            run += 1;
        }
    }
    assert!(run >= 5, "{run} examples");
}

fn run_example(page: &Path, block: &str) {
    let (head, body) = block.split_once('\n').unwrap();
    let (case, exit) = head.split_once(" exit=").unwrap_or((head, "0"));
    let project = Project::of(case.trim());
    let (mut written, mut code) = (String::new(), 0);
    let mut expected = Vec::new();
    for line in body.lines() {
        if let Some(command) = line.strip_prefix("$ licgraph ") {
            let arguments: Vec<&str> = command.split_whitespace().collect();
            let outcome = project.run(&arguments);
            written.push_str(&outcome.out);
            written.push_str(&outcome.err);
            code = outcome.code;
        } else if !line.trim().is_empty() && line.trim() != "..." {
            expected.push(line.trim_end());
        }
    }
    assert_eq!(code.to_string(), exit.trim(), "{}: {block}\n{written}", page.display());
    for line in expected {
        let there = written.lines().any(|written| match line.strip_suffix(" ...") {
            Some(start) => written.starts_with(start),
            None => written.trim_end() == line,
        });
        assert!(there, "{}: `{line}` is not in\n{written}", page.display());
    }
}

fn links(text: &str) -> Vec<String> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(str::to_owned)
        .filter(|link| link.ends_with(".md") || link.contains(".md#"))
        .collect()
}

fn collect(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            collect(&entry.path(), into);
        } else if entry.path().extension().is_some_and(|end| end == "md") {
            into.push(entry.path());
        }
    }
    into.sort();
}
