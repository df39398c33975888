//! Licenses and verdicts come into a document of another tool, and nothing else changes.

use crate::schema::{fixture, violations};
use crate::{report, rules};
use licgraph::audit::AuditReport;
use licgraph::ecosystems::sbom::parse;
use licgraph::model::ConclusionSource;
use licgraph::model::sbom::{Acknowledgement, Component, Document};
use licgraph::sbom::{SbomFormat, SbomOptions, convert, enrich};

fn document(bytes: &[u8]) -> Document {
    let parsed = parse(bytes, "bom");
    assert!(parsed.kind.is_some(), "{}", String::from_utf8_lossy(bytes));
    parsed.document
}

/// A report that knows some packages of a document; every second one has a conclusion from its files.
fn report_on(purls: &[&str]) -> AuditReport {
    let mut report = report::rich();
    report.packages.truncate(1);
    for (number, purl) in purls.iter().enumerate() {
        let mut package = report::package(purl, "name", "1", "MIT");
        if number % 2 == 1 {
            package.license.declared = None;
            package.license.concluded = "GPL-2.0-only OR MIT".to_owned();
            package.license.source = ConclusionSource::Detected;
            package.license.chosen = Some("MIT".to_owned());
        }
        report.packages.push(package);
    }
    report
}

fn component<'a>(document: &'a Document, name: &str) -> &'a Component {
    document.components.iter().find(|component| component.name == name).expect(name)
}

fn licenses(component: &Component) -> Vec<(&str, Option<Acknowledgement>)> {
    component.licenses.iter().map(|entry| (entry.value.as_str(), entry.acknowledgement)).collect()
}

/// Every line of the original is still there, in its order.
fn keeps_every_line(original: &str, enriched: &str) {
    let mut lines = enriched.lines();
    for line in original.lines() {
        assert!(lines.any(|known| known == line), "lost: {line}");
    }
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
}

/// A component of each kind, with what XML can hold around them.
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- kept -->
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" xmlns:x="https://host.example/x" version="7">
  <metadata>
    <tools>
      <components>
        <component type="application"><name>agreed</name><purl>pkg:npm/agreed@2.0.0</purl></component>
      </components>
    </tools>
    <component type="application" bom-ref="app">
      <name>app</name>
      <version>1.0.0</version>
      <purl>pkg:npm/app@1.0.0</purl>
    </component>
  </metadata>
  <components>
    <component type="library" bom-ref="a">
      <name>agreed</name>
      <version>2.0.0</version>
      <licenses>
        <license><name>kept &amp; whole</name></license>
      </licenses>
      <cpe>cpe:2.3:a:x:agreed:2.0.0:*:*:*:*:*:*:*</cpe>
      <purl>pkg:npm/agreed@2.0.0</purl>
      <properties>
        <property name="other:tool">stays</property>
        <property name="licgraph:verdict">old</property>
      </properties>
      <components>
        <component type="library"><name>differs</name><version>0.3.0</version><licenses/><purl><![CDATA[pkg:cargo/differs@0.3.0]]></purl></component>
      </components>
    </component>
    <component type="library" bom-ref="s"><!-- a --><group>g</group><name>bare</name><pedigree>
      <ancestors><component type="library"><name>agreed</name><purl>pkg:npm/agreed@2.0.0</purl></component></ancestors>
    </pedigree><evidence/></component>
    <component type="library" bom-ref="c">
      <name>stranger</name>
    </component>
  </components>
  <vulnerabilities/>
</bom>
"#;

fn xml_report() -> AuditReport {
    report_on(&["pkg:npm/agreed@2.0.0", "pkg:cargo/differs@0.3.0", "pkg:generic/g/bare"])
}

#[test]
fn xml_keeps_every_other_byte() {
    let report = xml_report();
    let bytes = enrich(XML.as_bytes(), &report).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    insta::assert_snapshot!("enriched_xml", text);
    let read = document(&bytes);
    assert_eq!(licenses(component(&read, "agreed")), [("kept & whole", None)]);
    assert_eq!(component(&read, "agreed").property("licgraph:verdict"), Some("compatible"));
    assert_eq!(component(&read, "agreed").property("other:tool"), Some("stays"));
    assert_eq!(licenses(component(&read, "differs")).len(), 1);
    assert!(component(&read, "stranger").properties.is_empty());
    assert_eq!(text.matches("name=\"licgraph:verdict\"").count(), 3, "no tool, no ancestor, no stranger");
    assert_eq!(enrich(&bytes, &report).unwrap(), bytes, "a second time changes nothing");
    let touched =
        |line: &&str| !line.contains(">old<") && !line.contains("<licenses/>") && !line.contains("bare");
    let kept: Vec<&str> = XML.lines().filter(touched).filter(|line| !line.contains("pedigree")).collect();
    keeps_every_line(&kept.join("\n"), &text);
    let windows = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(enrich(windows(XML).as_bytes(), &report).unwrap(), windows(&text).into_bytes());
}

#[test]
fn xml_with_prefixes_and_of_old_versions_is_enriched_in_its_own_words() {
    let report = xml_report();
    let of = |version: &str| {
        let text = format!(
            "<b:bom xmlns:b=\"http://cyclonedx.org/schema/bom/{version}\"><b:components><b:component type=\"library\">\
             <b:name>differs</b:name><b:version>0.3.0</b:version><b:purl>pkg:cargo/differs@0.3.0</b:purl>\
             </b:component></b:components></b:bom>"
        );
        let enriched = enrich(text.as_bytes(), &report).unwrap();
        assert_eq!(licenses(component(&document(&enriched), "differs")).len(), 1, "{version}");
        String::from_utf8(enriched).unwrap()
    };
    assert!(!of("1.2").contains("properties"), "1.2 has none for components");
    assert!(of("1.4").contains("<b:properties><b:property name=\"licgraph:verdict\">"));
    assert!(!of("1.5").contains("acknowledgement"));
    assert!(of("1.6").contains("<b:licenses><b:expression acknowledgement=\"concluded\">"));
}

#[test]
fn an_independent_reader_takes_enriched_xml() {
    use cyclonedx_bom::prelude::{Bom, Validate};
    let read = document(XML.as_bytes());
    let source = convert(XML.as_bytes(), "bom", SbomFormat::ALL[3], &SbomOptions::default()).unwrap().bytes;
    let bytes = enrich(&source, &xml_report()).unwrap();
    assert_ne!(bytes, source);
    assert_eq!(document(&bytes).components.len(), read.components.len());
    let mut bom = Bom::parse_from_xml_v1_5(bytes.as_slice()).unwrap();
    crate::without_properties(&mut bom);
    let result = bom.validate_version(cyclonedx_bom::models::bom::SpecVersion::V1_5);
    assert!(result.passed(), "{result:?}");
}

#[test]
fn documents_of_other_generators_are_enriched_and_valid() {
    for (name, schema) in [
        ("cdxgen.json", Some("schemas/cyclonedx/bom-{}.schema.json")),
        ("cyclonedx-npm.json", Some("schemas/cyclonedx/bom-{}.schema.json")),
        ("cyclonedx-npm.xml", None),
        ("cyclonedx-py.xml", None),
        ("syft.cdx.xml", None),
        ("npm-spdx.json", Some("schemas/spdx/spdx-2.3.schema.json")),
        ("syft.spdx", None),
        ("sbom4python.spdx", None),
        ("syft.spdx.json", Some("schemas/spdx/spdx-2.3.schema.json")),
    ] {
        let original = std::fs::read(fixture("sbom/generators").join(name)).unwrap();
        let before = document(&original);
        let purls: Vec<&str> =
            before.components.iter().filter_map(|known| known.purl.as_deref()).take(3).collect();
        let report = report_on(&purls);
        let bytes = enrich(&original, &report).unwrap();
        let after = document(&bytes);
        let marked =
            after.components.iter().filter(|known| known.property("licgraph:verdict").is_some()).count();
        assert_eq!(marked, purls.len(), "{name}");
        let ends = |read: &Document| read.edges.iter().map(|edge| (edge.from, edge.to)).collect::<Vec<_>>();
        assert_eq!(ends(&after), ends(&before), "{name}");
        for (old, new) in before.components.iter().zip(&after.components) {
            assert_eq!(
                (&old.name, &old.version, &old.hashes),
                (&new.name, &new.version, &new.hashes),
                "{name}"
            );
            if !old.licenses.is_empty() {
                assert!(
                    old.licenses.iter().all(|entry| new.licenses.contains(entry)),
                    "{name}: {}",
                    old.name
                );
            }
        }
        if let Some(schema) = schema {
            let value = crate::json(&bytes);
            let schema = schema.replace("{}", value["specVersion"].as_str().unwrap_or_default());
            assert_eq!(violations(&schema, &bytes), Vec::<String>::new(), "{name}");
        } else {
            // Some write everything on one line; a stated license is kept, a missing one is no line to keep.
            let lines = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace("><", ">\n<");
            let original = lines(original);
            let kept: Vec<&str> = original.lines().filter(|line| !line.contains("NOASSERTION")).collect();
            keeps_every_line(&kept.join("\n"), &lines(bytes.clone()));
        }
        assert_eq!(enrich(&bytes, &report).unwrap(), bytes, "{name}: a second time changes nothing");
    }
}

#[test]
fn spdx_tag_value_gets_lines_in_its_packages() {
    let text = "SPDXVersion: SPDX-2.3\nDocumentName: d\nCreated: 2026-01-02T03:04:05Z\n# kept\n\nPackageName: differs\n\
        SPDXID: SPDXRef-a\nPackageVersion: 0.3.0\nPackageLicenseConcluded: NOASSERTION\nPackageComment: <text>two\n\
        PackageName: no tag\n</text>\nExternalRef: PACKAGE-MANAGER purl pkg:cargo/differs@0.3.0\n\n\
        PackageName: agreed\nSPDXID: SPDXRef-b\nPackageLicenseDeclared: LicenseRef-own\n\
        ExternalRef: PACKAGE-MANAGER purl pkg:npm/agreed@2.0.0\nFileName: a.c\nSPDXID: SPDXRef-File\n\
        Annotator: Person: somebody\nAnnotationDate: 2026-01-02T03:04:05Z\nAnnotationType: OTHER\nSPDXREF: SPDXRef-a\n\
        AnnotationComment: <text>stays</text>\nRelationship: SPDXRef-a DEPENDS_ON SPDXRef-b\n";
    let report = xml_report();
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let bytes = enrich(text.as_bytes(), &report).unwrap();
        let read = document(&bytes);
        let concluded = Some(Acknowledgement::Concluded);
        assert!(licenses(component(&read, "differs")).iter().any(|(_, said)| *said == concluded));
        assert_eq!(
            licenses(component(&read, "agreed"))
                .iter()
                .filter(|(_, said)| *said == Some(Acknowledgement::Declared))
                .collect::<Vec<_>>(),
            [&("LicenseRef-own", Some(Acknowledgement::Declared))]
        );
        assert_eq!(component(&read, "agreed").property("licgraph:verdict"), Some("compatible"));
        let enriched = String::from_utf8(bytes.clone()).unwrap();
        keeps_every_line(
            &text.replace("PackageLicenseConcluded: NOASSERTION", ""),
            &enriched.replace("PackageLicenseConcluded: GPL-2.0-only OR MIT", ""),
        );
        assert_eq!(enriched.contains("\r\n"), text.contains("\r\n"));
        assert_eq!(enrich(&bytes, &report).unwrap(), bytes, "a second time changes nothing");
    }
}

#[test]
fn spdx_3_gets_relationships_and_extensions() {
    let text = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
      {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2026-01-02T03:04:05Z",
       "createdBy": ["https://doc.example/#agent"]},
      {"type": "Person", "spdxId": "https://doc.example/#agent", "creationInfo": "_:c", "name": "somebody"},
      {"type": "software_Package", "spdxId": "https://doc.example/#a", "creationInfo": "_:c", "name": "differs",
       "software_packageVersion": "0.3.0", "externalIdentifier": [{"type": "ExternalIdentifier",
         "externalIdentifierType": "packageUrl", "identifier": "pkg:cargo/differs@0.3.0"}]},
      {"type": "software_Package", "spdxId": "https://doc.example/#b", "creationInfo": "_:c", "name": "agreed",
       "software_packageUrl": "pkg:npm/agreed@2.0.0", "comment": "kept",
       "extension": [{"type": "extension_CdxPropertiesExtension", "extension_cdxProperty": [
         {"type": "extension_CdxPropertyEntry", "extension_cdxPropName": "licgraph:verdict", "extension_cdxPropValue": "old"},
         {"type": "extension_CdxPropertyEntry", "extension_cdxPropName": "other:tool", "extension_cdxPropValue": "stays"}]}]},
      {"type": "simplelicensing_LicenseExpression", "spdxId": "https://doc.example/#l", "creationInfo": "_:c",
       "simplelicensing_licenseExpression": "Zlib"},
      {"type": "Relationship", "spdxId": "https://doc.example/#r1", "creationInfo": "_:c",
       "relationshipType": "hasDeclaredLicense", "from": "https://doc.example/#b", "to": ["https://doc.example/#l"]},
      {"type": "Relationship", "spdxId": "https://doc.example/#r2", "creationInfo": "_:c",
       "relationshipType": "hasConcludedLicense", "from": "https://doc.example/#a",
       "to": ["https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"]},
      {"type": "Relationship", "spdxId": "https://doc.example/#r3", "creationInfo": "_:c",
       "relationshipType": "dependsOn", "from": "https://doc.example/#a", "to": ["https://doc.example/#b"]},
      {"type": "SpdxDocument", "spdxId": "https://doc.example/", "creationInfo": "_:c",
       "profileConformance": ["core", "software"], "rootElement": ["https://doc.example/#a"],
       "element": ["https://doc.example/#agent", "https://doc.example/#a", "https://doc.example/#b",
         "https://doc.example/#l", "https://doc.example/#r1", "https://doc.example/#r2", "https://doc.example/#r3"]}]}"#;
    let schema = "schemas/spdx/spdx-3.0.1.schema.json";
    assert_eq!(violations(schema, text.as_bytes()), Vec::<String>::new());
    let report = xml_report();
    let bytes = enrich(text.as_bytes(), &report).unwrap();
    assert_eq!(violations(schema, &bytes), Vec::<String>::new());
    assert_eq!(rules::spdx3(&bytes), Vec::<String>::new());
    let read = document(&bytes);
    let agreed = component(&read, "agreed");
    assert_eq!(licenses(agreed)[0], ("Zlib", Some(Acknowledgement::Declared)), "never changed");
    assert_eq!(agreed.property("licgraph:verdict"), Some("compatible"));
    assert_eq!(agreed.property("other:tool"), Some("stays"));
    let concluded: Vec<_> = licenses(component(&read, "differs"))
        .into_iter()
        .filter(|(_, said)| *said == Some(Acknowledgement::Concluded))
        .collect();
    assert_eq!(concluded.len(), 1);
    let value = crate::json(&bytes);
    assert_eq!(value["@graph"][3]["comment"], "kept");
    assert_ne!(
        value["@graph"][6]["to"],
        crate::json(text.as_bytes())["@graph"][6]["to"],
        "no contradiction beside it"
    );
    assert_eq!(read.edges.len(), 1);
    assert_eq!(enrich(&bytes, &report).unwrap(), bytes, "a second time changes nothing");
}

#[test]
fn own_documents_in_every_format_take_new_verdicts() {
    let old = report::rich();
    let mut new = old.clone();
    new.packages[1].reason = "another reason".to_owned();
    for format in SbomFormat::ALL {
        let bytes = licgraph::sbom::write(&old, format, &SbomOptions::default()).unwrap();
        let enriched = enrich(&bytes, &new).unwrap();
        crate::check(&enriched, format);
        let read = document(&enriched);
        let reasons: Vec<_> =
            read.components.iter().filter_map(|known| known.property("licgraph:reason")).collect();
        assert_eq!(reasons.len(), old.packages.len(), "{format}");
        assert_eq!(reasons.iter().filter(|reason| **reason == "another reason").count(), 1, "{format}");
        assert_eq!(enrich(&enriched, &new).unwrap(), enriched, "{format}");
    }
}

#[test]
fn what_cannot_be_enriched_is_refused() {
    let report = report::rich();
    let message = |bytes: &[u8]| enrich(bytes, &report).unwrap_err().to_string();
    for text in ["{}", "[]", "", "plain text", "<html/>", "{\"@graph\": []}"] {
        assert!(enrich(text.as_bytes(), &report).is_err(), "{text}");
    }
    assert!(message(b"{\"bomFormat\": ").contains("not valid JSON"));
    assert!(
        message(b"<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><components>").contains("ends inside")
    );
    assert!(message(b"<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><a></b></bom>").contains("byte"));
    let deep =
        format!("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">{}", "<components>".repeat(100_000));
    assert!(message(deep.as_bytes()).contains("too deep"));
    assert!(message(b"\xff\xfe{\0").contains("UTF-8"));
    let marked = [b"\xef\xbb\xbf".as_slice(), XML.as_bytes()].concat();
    assert!(enrich(&marked, &report).unwrap().starts_with(b"\xef\xbb\xbf<?xml"));
}
