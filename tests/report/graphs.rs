//! Trees, paths and exports of the rich report.

use crate::rich;
use licgraph::report::RenderOptions;
use licgraph::report::graph::{TreeView, dot, graphml, mermaid, tree, why};

fn shown(view: &TreeView) -> String {
    tree(&rich::report(), view, &RenderOptions::default()).expect("the package is there")
}

#[test]
fn whole_tree() {
    insta::assert_snapshot!(shown(&TreeView::Whole { depth: None }));
}

#[test]
fn a_depth_cuts_the_tree() {
    let cut = shown(&TreeView::Whole { depth: Some(1) });
    assert!(cut.contains("rustyline-lite") && !cut.contains("readline-sys"), "{cut}");
}

#[test]
fn inverted_tree() {
    insta::assert_snapshot!(shown(&TreeView::Inverted { package: "readline-sys".to_owned() }));
}

#[test]
fn tree_by_license() {
    insta::assert_snapshot!(shown(&TreeView::ByLicense));
}

#[test]
fn duplicates() {
    let mut report = rich::report();
    let mut older = report.packages.iter().find(|package| package.name == "serde").expect("known").clone();
    older.version = Some("0.9.0".to_owned());
    older.purl = licgraph::model::Purl::new(licgraph::model::Ecosystem::Cargo, "serde", Some("0.9.0"));
    report.packages.push(older);
    let shown = tree(&report, &TreeView::Duplicates, &RenderOptions::default()).expect("a tree");
    insta::assert_snapshot!(shown);
    let none = tree(&rich::report(), &TreeView::Duplicates, &RenderOptions::default()).expect("a tree");
    assert_eq!(none, "No package is there in several versions.\n");
}

#[test]
fn every_path_with_its_verdicts() {
    let options = RenderOptions::default();
    insta::assert_snapshot!(why(&rich::report(), "readline-sys@0.3.1", 50, &options).expect("known"));
}

#[test]
fn a_limit_is_said() {
    let cut = why(&rich::report(), "readline-sys", 1, &RenderOptions::default()).expect("known");
    assert!(cut.contains("There are more paths from shop 2.1.0."), "{cut}");
}

#[test]
fn an_unknown_package_is_an_error_with_a_hint() {
    let error = why(&rich::report(), "readlin-sys", 1, &RenderOptions::default()).expect_err("unknown");
    assert_eq!(error.to_string(), "the audit has no package `readlin-sys`; did you mean readline-sys?");
}

#[test]
fn exports() {
    let report = rich::report();
    insta::assert_snapshot!("dot", dot(&report).expect("dot"));
    insta::assert_snapshot!("graphml", graphml(&report).expect("graphml"));
    insta::assert_snapshot!("mermaid", mermaid(&report).expect("mermaid"));
}

#[test]
fn graphml_is_well_formed() {
    let text = graphml(&rich::report()).expect("graphml");
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut nodes = 0;
    loop {
        match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(element) if element.name().as_ref() == "node" => nodes += 1,
            _ => {}
        }
    }
    assert_eq!(nodes, rich::report().packages.len());
}
