//! Between formats: no license string is lost, and every result is valid.

use crate::schema::fixture;
use crate::{check, report};
use licgraph::ecosystems::sbom::parse;
use licgraph::sbom::{SbomFormat, SbomOptions, convert, write};
use std::collections::BTreeMap;

/// Every license string of a document, by component.
fn strings(bytes: &[u8]) -> BTreeMap<String, Vec<String>> {
    let parsed = parse(bytes, "bom");
    assert!(parsed.kind.is_some());
    parsed
        .document
        .components
        .iter()
        .map(|component| {
            let mut found: Vec<String> = component
                .licenses
                .iter()
                .map(|entry| entry.value.as_str().to_owned())
                .filter(|text| text != "NOASSERTION")
                .collect();
            found.sort();
            found.dedup();
            (component.purl.clone().unwrap_or_else(|| component.label()), found)
        })
        .collect()
}

fn converted(bytes: &[u8], to: SbomFormat) -> Vec<u8> {
    let result = convert(bytes, "bom", to, &SbomOptions::default()).expect("converts");
    check(&result.bytes, to);
    result.bytes
}

fn documents() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for directory in ["sbom/generators", "sbom/licenses"] {
        for entry in std::fs::read_dir(fixture(directory)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name != "README.md" {
                found.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    for format in SbomFormat::ALL {
        let bytes = write(&report::rich(), format, &SbomOptions::default()).unwrap();
        found.push((format!("own {format}"), bytes));
    }
    found.sort();
    found
}

#[test]
fn no_license_string_is_lost_on_any_way_there_and_back() {
    let back = SbomFormat::ALL[1];
    for (name, bytes) in documents() {
        let before = strings(&bytes);
        assert!(before.values().any(|strings| !strings.is_empty()), "{name}");
        for format in SbomFormat::ALL {
            let there = converted(&bytes, format);
            assert_eq!(strings(&there), before, "{name} -> {format}");
            let again = converted(&there, back);
            assert_eq!(strings(&again), before, "{name} -> {format} -> {back}");
        }
    }
}

#[test]
fn edges_scopes_and_properties_survive() {
    let bytes = write(&report::rich(), SbomFormat::ALL[1], &SbomOptions::default()).unwrap();
    let view = |bytes: &[u8]| {
        let document = parse(bytes, "bom").document;
        let name = |at: usize| document.components[at].purl.clone().unwrap();
        let mut edges: Vec<_> =
            document.edges.iter().map(|edge| (name(edge.from), name(edge.to), edge.scope)).collect();
        edges.sort();
        let mut properties: Vec<_> = document
            .components
            .iter()
            .flat_map(|component| {
                let purl = component.purl.clone().unwrap();
                component.properties.iter().map(move |property| (purl.clone(), property.clone()))
            })
            .filter(|(_, property)| !property.name.starts_with("licgraph:license:detected"))
            .map(|(purl, property)| (purl, property.name, writable(&property.value)))
            .collect();
        properties.sort();
        let roots: Vec<_> = document.roots.iter().map(|root| name(*root)).collect();
        (edges, properties, roots, document.complete)
    };
    let before = view(&bytes);
    assert_eq!(before.0.len(), 10);
    for format in SbomFormat::ALL {
        let there = converted(&bytes, format);
        let after = view(&there);
        assert_eq!(after.0, before.0, "{format}");
        assert_eq!(after.1, before.1, "{format}");
        assert_eq!(after.2, before.2, "{format}");
    }
}

#[test]
fn what_the_target_cannot_hold_is_told() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"a"}],
        "vulnerabilities":[{"id":"X-1"}]}"#;
    let result = convert(text.as_bytes(), "bom.json", SbomFormat::SpdxJson, &SbomOptions::default()).unwrap();
    assert!(result.problems.iter().any(|problem| problem.message.contains("vulnerabilities")));
    let error = convert(b"{}", "x.json", SbomFormat::SpdxJson, &SbomOptions::default()).unwrap_err();
    assert!(error.to_string().contains("x.json"));
}

/// XML has no place for most control characters, tag-value none for its own end mark.
fn writable(value: &str) -> String {
    value.replace('\u{1}', "\u{FFFD}").replace("</text>", "< /text>")
}
