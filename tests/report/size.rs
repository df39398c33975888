//! The formats at 2,000 packages: small enough to send, quick enough to wait for.

use crate::{large, rich};
use licgraph::report::{Format, RenderOptions, render};
use std::time::{Duration, Instant};

#[test]
fn every_format_stays_small_and_quick() {
    let report = large::report(2_000);
    for (format, limit) in [
        (Format::Terminal, 20_000),
        (Format::Markdown, 60_000),
        (Format::Csv, 2_000_000),
        (Format::Sarif, 1_000_000),
        (Format::Junit, 2_000_000),
        (Format::Json, 8_000_000),
        (Format::Html, 5_000_000),
    ] {
        let start = Instant::now();
        let bytes = render(&report, format, &RenderOptions::default()).expect("every report can be written");
        let elapsed = start.elapsed();
        println!("{format}: {} bytes in {elapsed:?}", bytes.len());
        assert!(bytes.len() < limit, "{format} has {} bytes", bytes.len());
        assert!(elapsed < Duration::from_secs(20), "{format} took {elapsed:?}");
    }
}

#[test]
fn a_page_on_which_everything_is_wrong_stays_small() {
    let report = large::all_wrong(2_000);
    let page = render(&report, Format::Html, &RenderOptions::default()).expect("a page");
    println!("html: {} bytes", page.len());
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    let comment = render(&report, Format::Markdown, &RenderOptions::default()).expect("a comment");
    assert!(comment.len() < 60_000, "{} bytes", comment.len());
}

#[test]
fn the_terminal_folds_what_is_the_same() {
    let shown = render(&large::report(2_000), Format::Terminal, &RenderOptions::default()).expect("text");
    let shown = String::from_utf8(shown).expect("UTF-8");
    let lines = shown.lines().count();
    assert!(lines < 100, "{lines} lines");
    assert!(shown.contains("and 10 more packages: "), "{shown}");
}

/// Writes the pages that the browser check opens into the directory that `LICGRAPH_PAGES` names.
#[test]
#[ignore = "writes files for tests/browser/check.mjs"]
fn pages_for_the_browser() {
    let directory = std::env::var_os("LICGRAPH_PAGES").expect("LICGRAPH_PAGES names a directory");
    let directory = std::path::PathBuf::from(directory);
    for (name, report) in [
        ("rich.html", rich::report()),
        ("large.html", large::report(2_000)),
        ("small.html", rich::passing()),
        ("wrong.html", large::all_wrong(2_000)),
    ] {
        let page = render(&report, Format::Html, &RenderOptions::default()).expect("a page");
        std::fs::write(directory.join(name), page).expect("the directory can be written");
    }
}

/// Writes what a terminal shows, with colour, into the directory that `LICGRAPH_PAGES` names.
#[test]
#[ignore = "writes files to look at in a terminal"]
fn terminals_to_look_at() {
    let directory = std::path::PathBuf::from(std::env::var_os("LICGRAPH_PAGES").expect("a directory"));
    for width in [80, 200] {
        for (name, report) in
            [("rich", rich::report()), ("large", large::report(2_000)), ("small", rich::passing())]
        {
            let sources =
                std::collections::BTreeMap::from([("Cargo.toml".to_owned(), rich::CARGO_TOML.to_owned())]);
            let options = RenderOptions {
                color: true,
                width,
                sources,
                elapsed: Some(Duration::from_millis(412)),
                ..RenderOptions::default()
            };
            let shown = render(&report, Format::Terminal, &options).expect("text");
            std::fs::write(directory.join(format!("{name}-{width}.ans")), shown).expect("a file");
        }
    }
}
