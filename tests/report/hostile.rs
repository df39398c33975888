//! Names and licenses that want to do harm.

use crate::formats::text;
use crate::rich;
use licgraph::report::graph::{TreeView, dot, graphml, mermaid, tree, why};
use licgraph::report::{Format, RenderOptions};

/// Escape sequences and marks of direction: no format may hand them on.
fn assert_inert(format: &str, text: &str) {
    let harmful: Vec<_> = text
        .chars()
        .filter(|character| {
            character.is_control() && !matches!(character, '\n' | '\r')
                || ('\u{202a}'..='\u{202e}').contains(character)
        })
        .collect();
    assert!(harmful.is_empty(), "{format} holds {harmful:?}");
}

#[test]
fn nothing_drives_the_readers_terminal() {
    for format in Format::ALL {
        assert_inert(format.name(), &text(format, &RenderOptions::default()));
    }
    let report = rich::report();
    let options = RenderOptions::default();
    for view in [TreeView::Whole { depth: None }, TreeView::ByLicense, TreeView::Duplicates] {
        assert_inert("tree", &tree(&report, &view, &options).expect("a tree"));
    }
    for (name, export) in
        [("dot", dot(&report)), ("graphml", graphml(&report)), ("mermaid", mermaid(&report))]
    {
        assert_inert(name, &export.expect("an export"));
    }
    let error = why(&report, "\u{1b}[2Jx", 1, &options).expect_err("unknown");
    assert_inert("error", &error.to_string());
}

#[test]
fn a_quoted_manifest_cannot_drive_the_terminal() {
    let mut options = RenderOptions::default();
    let hostile = rich::CARGO_TOML.replace("rustyline-lite = ", "rustyline-lite\u{1b}[2J\u{202e} = ");
    options.sources.insert("Cargo.toml".to_owned(), hostile);
    assert_inert("terminal", &text(Format::Terminal, &options));
}

#[test]
fn markup_is_text() {
    for format in [Format::Html, Format::Junit] {
        assert!(!text(format, &RenderOptions::default()).contains("<script>alert"), "{format}");
    }
    let markdown = text(Format::Markdown, &RenderOptions::default());
    for line in markdown.lines().filter(|line| line.contains("<script>")) {
        assert!(line.contains('`'), "outside of code: {line}");
    }
    assert!(!markdown.contains(" @security") && !markdown.contains(" #42"), "a mention is left");
    assert!(!mermaid(&rich::report()).expect("mermaid").contains("<script>"));
}

#[test]
fn cells_are_no_formulas() {
    let csv = text(Format::Csv, &RenderOptions::default());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    for row in reader.records() {
        for field in row.expect("a row").iter() {
            assert!(!field.starts_with(['=', '+', '-', '@']), "{field}");
        }
    }
    assert!(csv.contains("'=cmd|"));
}
