//! Between formats: no license string is lost, and every result is valid.

use crate::schema::fixture;
use crate::{check, report};
use licgraph::ecosystems::sbom::parse;
use licgraph::sbom::{SbomFormat, SbomOptions, convert, enrich, write};
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

#[test]
fn enriching_adds_and_keeps() {
    let report = report::rich();
    let foreign = r#"{"$schema":"http://cyclonedx.org/schema/bom-1.6.schema.json","bomFormat":"CycloneDX",
        "specVersion":"1.6","version":7,"vulnerabilities":[],
        "components":[
          {"type":"library","name":"agreed","purl":"pkg:npm/%40scope/agreed@2.0.0","bom-ref":"a",
           "cpe":"cpe:2.3:a:x:agreed:2.0.0:*:*:*:*:*:*:*","licenses":[{"license":{"name":"kept"}}]},
          {"type":"library","name":"differs","purl":"pkg:cargo/differs@0.3.0","bom-ref":"b"},
          {"type":"library","name":"stranger","bom-ref":"c"}]}"#;
    let bytes = enrich(foreign.as_bytes(), &report).unwrap();
    assert_eq!(
        crate::schema::violations("schemas/cyclonedx/bom-1.6.schema.json", &bytes),
        Vec::<String>::new()
    );
    let value = crate::json(&bytes);
    assert_eq!(value["version"], 7);
    assert!(value["vulnerabilities"].is_array());
    let components = value["components"].as_array().unwrap();
    assert_eq!(components[0]["licenses"][0]["license"]["name"], "kept");
    assert!(components[0]["cpe"].is_string());
    assert_eq!(components[1]["licenses"][0]["acknowledgement"], "concluded");
    let verdict = |at: usize| {
        let properties = components[at]["properties"].as_array().unwrap();
        properties.iter().find(|known| known["name"] == "licgraph:verdict").unwrap()["value"].clone()
    };
    assert_eq!((verdict(0), verdict(1)), ("compatible".into(), "conditional".into()));
    assert!(components[2].get("properties").is_none());
    assert_eq!(enrich(&bytes, &report).unwrap(), bytes, "a second time changes nothing");

    let spdx = std::fs::read(fixture("sbom/generators/npm-spdx.json")).unwrap();
    let mut own = report.clone();
    own.packages[1].purl = report::purl("pkg:npm/debug@4.3.4");
    let bytes = enrich(&spdx, &own).unwrap();
    assert_eq!(crate::schema::violations("schemas/spdx/spdx-2.3.schema.json", &bytes), Vec::<String>::new());
    assert!(String::from_utf8(bytes).unwrap().contains("licgraph:verdict: "));
    assert!(enrich(b"{}", &report).is_err());
}

/// XML has no place for most control characters, tag-value none for its own end mark.
fn writable(value: &str) -> String {
    value.replace('\u{1}', "\u{FFFD}").replace("</text>", "< /text>")
}
