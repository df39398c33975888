//! What each format says of the rich report.

use crate::rich;
use licgraph::report::{Format, RenderOptions, json_schema, render};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// The report in a format, as text.
pub fn text(format: Format, options: &RenderOptions) -> String {
    let bytes = render(&rich::report(), format, options).expect("every report can be written");
    String::from_utf8(bytes).expect("every format is UTF-8")
}

fn terminal(width: usize) -> RenderOptions {
    RenderOptions {
        width,
        elapsed: Some(Duration::from_millis(340)),
        sources: BTreeMap::from([("Cargo.toml".to_owned(), rich::CARGO_TOML.to_owned())]),
        ..RenderOptions::default()
    }
}

fn validate(schema: &Value, instance: &Value, draft: jsonschema::Draft) {
    let validator = jsonschema::options().with_draft(draft).build(schema).expect("the schema is valid");
    let errors: Vec<_> =
        validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn terminal_at_80_columns() {
    let shown = text(Format::Terminal, &terminal(80));
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "a line is too long");
    assert!(shown.starts_with("FAIL  "), "the verdict comes first");
    insta::assert_snapshot!(shown);
}

#[test]
fn terminal_at_200_columns() {
    insta::assert_snapshot!(text(Format::Terminal, &terminal(200)));
}

#[test]
fn terminal_without_unicode_is_ascii() {
    let options = RenderOptions { unicode: false, ..terminal(80) };
    let shown = text(Format::Terminal, &options);
    assert!(
        shown.is_ascii(),
        "{:?}",
        shown.chars().filter(|character| !character.is_ascii()).collect::<String>()
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn terminal_unfolds_when_asked() {
    let options = RenderOptions { verbose: true, ..terminal(120) };
    let shown = text(Format::Terminal, &options);
    for number in 0..12 {
        assert!(shown.contains(&format!("internal-{number:02} 0.1")), "internal-{number:02} is missing");
    }
}

#[test]
fn json_is_the_report() {
    let shown = text(Format::Json, &RenderOptions::default());
    let read: licgraph::audit::AuditReport = serde_json::from_str(&shown).expect("its own reader reads it");
    assert_eq!(read, rich::report());
    insta::assert_snapshot!(shown);
}

#[test]
fn json_follows_its_schema() {
    let schema = json_schema().expect("the schema can be written");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let instance = serde_json::from_str(&text(Format::Json, &RenderOptions::default())).expect("JSON");
    validate(&schema, &instance, jsonschema::Draft::Draft202012);
    let mut broken: Value = instance;
    broken["findings"][0]["rule"] = "no-such-rule".into();
    assert!(!jsonschema::is_valid(&schema, &broken), "the schema must refuse an unknown rule");
}

#[test]
fn published_schema() {
    insta::assert_snapshot!(json_schema().expect("the schema can be written"));
}

#[test]
fn sarif_follows_the_standard() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schemas/sarif/sarif-schema-2.1.0.json");
    let schema = std::fs::read_to_string(path).expect("the schema is vendored");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let shown = text(Format::Sarif, &RenderOptions::default());
    let mut log: Value = serde_json::from_str(&shown).expect("SARIF is JSON");
    validate(&schema, &log, jsonschema::Draft::Draft4);
    log["runs"][0]["results"][0]["level"] = "fatal".into();
    let validator =
        jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(&schema).expect("valid");
    assert!(!validator.is_valid(&log), "the schema must refuse an unknown level");
    insta::assert_snapshot!(shown);
}

#[test]
fn sarif_results_hold_together() {
    let log: Value = serde_json::from_str(&text(Format::Sarif, &RenderOptions::default())).expect("JSON");
    let run = &log["runs"][0];
    for result in run["results"].as_array().expect("results") {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        assert_eq!(result["kind"] == "fail", result["level"] != "none", "{result}");
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert!(uri.as_str().is_some_and(|uri| !uri.is_empty() && !uri.starts_with('/')), "{result}");
    }
    let waived = run["results"].as_array().expect("results").iter().find(|result| {
        result["suppressions"][0]["justification"].as_str().is_some_and(|text| text.contains("LEGAL-7"))
    });
    assert_eq!(waived.expect("the waived finding is there")["suppressions"][0]["kind"], "external");
}

#[test]
fn junit() {
    let shown = text(Format::Junit, &RenderOptions::default());
    let mut reader = quick_xml::Reader::from_str(&shown);
    let mut failures = 0;
    loop {
        match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(element) if element.name().as_ref() == "failure" => failures += 1,
            _ => {}
        }
    }
    assert!(shown.contains(&format!("failures=\"{failures}\"")), "the count is that of the elements");
    insta::assert_snapshot!(shown);
}

#[test]
fn markdown() {
    insta::assert_snapshot!(text(Format::Markdown, &RenderOptions::default()));
}

#[test]
fn csv() {
    let shown = text(Format::Csv, &RenderOptions::default());
    let mut reader = csv::Reader::from_reader(shown.as_bytes());
    let rows = reader.records().collect::<Result<Vec<_>, _>>().expect("every row has every column");
    assert_eq!(rows.len(), rich::report().packages.len());
    insta::assert_snapshot!(shown);
}

#[test]
fn formats_are_named() {
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>().expect("its own name"), format);
    }
    let error = "pdf".parse::<Format>().expect_err("no such format").to_string();
    assert!(error.contains("pdf") && error.contains("sarif"), "{error}");
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for format in Format::ALL {
        assert_eq!(
            text(format, &RenderOptions::default()),
            text(format, &RenderOptions::default()),
            "{format}"
        );
    }
}
