//! Hostile and sloppy documents: told, never a crash, never a silent pass.

use crate::generators::shown;
use licgraph::ecosystems::sbom::{parse, read};
use licgraph::ecosystems::{ReadContext, Reading};
use licgraph::model::{Consequence, LicenseStatement};
use proptest::prelude::*;

fn reading(name: &str, bytes: &[u8]) -> Reading {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&path, &ReadContext::new(directory.path()))
}

fn bom(rest: &str) -> String {
    format!("{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.5\",\n{rest}}}")
}

/// The problems that contain a text, with their consequence and line.
fn told(reading: &Reading, part: &str) -> Vec<(Consequence, u32)> {
    reading
        .problems
        .iter()
        .filter(|problem| problem.message.contains(part))
        .map(|problem| (problem.consequence, problem.location.as_ref().map_or(0, |place| place.line)))
        .collect()
}

const APP: &str =
    "\"metadata\": {\"component\": {\"type\": \"application\", \"name\": \"app\", \"bom-ref\": \"app\"}},\n";

#[test]
fn a_truncated_document_gives_what_it_had_and_is_incomplete() {
    let text = bom(&format!(
        "{APP}\"components\": [\n{{\"type\": \"library\", \"name\": \"a\", \"bom-ref\": \"a\"}},\n{{\"type\": \"libr"
    ));
    let found = reading("bom.json", text.as_bytes());
    assert_eq!(found.graph.package_count(), 2);
    assert_eq!(told(&found, "cannot be read beyond"), [(Consequence::Incomplete, 5)]);
    let text = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">\n<components>\n<component type=\"library\"><name>a</name></component>\n<component type=\"li";
    let found = reading("bom.xml", text.as_bytes());
    assert_eq!(found.graph.package_count(), 2, "{}", shown(&found));
    assert_eq!(told(&found, "cannot be read beyond").len(), 1);
    let text =
        "SPDXVersion: SPDX-2.3\nPackageName: a\nSPDXID: SPDXRef-a\nPackageComment: <text>never closed\n";
    assert_eq!(told(&reading("a.spdx", text.as_bytes()), "never closed"), [(Consequence::Incomplete, 4)]);
}

#[test]
fn unknown_versions_are_told() {
    for version in ["\"9.9\"", "1.5", "null"] {
        let text =
            format!("{{\"bomFormat\": \"CycloneDX\",\n\"specVersion\": {version},\n\"components\": []}}");
        let found = reading("bom.json", text.as_bytes());
        assert!(!told(&found, "specVersion").is_empty(), "{version}");
    }
    let found = reading("x.json", b"{\"spdxVersion\": \"SPDX-7.0\", \"packages\": []}");
    assert_eq!(told(&found, "SPDX-7.0"), [(Consequence::FactMissing, 1)]);
}

#[test]
fn double_references_and_dangling_and_circular_dependencies() {
    let text = bom(&format!(
        "{APP}\"components\": [\n\
         {{\"type\": \"library\", \"name\": \"a\", \"bom-ref\": \"x\"}},\n\
         {{\"type\": \"library\", \"name\": \"b\", \"bom-ref\": \"x\"}},\n\
         {{\"type\": \"library\", \"name\": \"c\", \"bom-ref\": \"c\"}}],\n\
         \"dependencies\": [\n\
         {{\"ref\": \"app\", \"dependsOn\": [\"x\"]}},\n\
         {{\"ref\": \"x\", \"dependsOn\": [\"c\"]}},\n\
         {{\"ref\": \"c\", \"dependsOn\": [\"x\", \"c\", \"app\",\n\"ghost\"]}}]"
    ));
    let found = reading("bom.json", text.as_bytes());
    assert_eq!(told(&found, "bom-ref of two"), [(Consequence::FactMissing, 5)]);
    assert_eq!(told(&found, "`ghost`"), [(Consequence::Incomplete, 11)]);
    assert_eq!(told(&found, "not reachable").len(), 1, "b is reached by nobody: {}", shown(&found));
    assert_eq!(found.graph.package_count(), 4);
}

#[test]
fn without_dependencies_everything_hangs_on_the_root() {
    let text = bom(&format!("{APP}\"components\": [{{\"name\": \"a\"}}, {{\"name\": \"b\"}}]"));
    let found = reading("bom.json", text.as_bytes());
    assert_eq!(told(&found, "says nothing about dependencies"), [(Consequence::Note, 0)]);
    assert_eq!(found.graph.dependency_count(), 2);
    let rootless = reading("bom.json", bom("\"components\": [{\"name\": \"a\"}]").as_bytes());
    assert_eq!(rootless.graph.projects().len(), 1);
    assert_eq!(told(&rootless, "does not say which component").len(), 1);
}

#[test]
fn entities_are_never_expanded() {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE bom [<!ENTITY a \"aaaaaaaaaa\">");
    for (name, inner) in [("b", "a"), ("c", "b"), ("d", "c")] {
        text.push_str(&format!("<!ENTITY {name} \"{}\">", format!("&{inner};").repeat(1000)));
    }
    text.push_str("<!ENTITY f SYSTEM \"file:///etc/passwd\">]>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components>");
    text.push_str("<component type=\"library\" bom-ref=\"&amp;x\"><name>n&d;&f;&lt;&#65;</name></component></components></bom>");
    let found = reading("bom.xml", text.as_bytes());
    assert_eq!(told(&found, "entity references were left out"), [(Consequence::Incomplete, 0)]);
    assert!(!told(&found, "document type declaration").is_empty());
    assert!(found.graph.nodes().any(|node| found.graph.package(node).name == "n<A"));
}

#[test]
fn utf_16_is_read() {
    let text = bom(&format!("{APP}\"components\": [{{\"name\": \"näme\"}}]"));
    let bytes: Vec<u8> =
        [0xFEFF_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let found = reading("bom.json", &bytes);
    assert!(found.graph.nodes().any(|node| found.graph.package(node).name == "näme"));
    let broken = reading("bom.json", &[text.as_bytes(), b"\xff"].concat());
    assert!(!told(&broken, "not valid UTF-8").is_empty());
}

#[test]
fn sloppy_licenses_are_handed_over_verbatim_or_said_to_be_nothing() {
    let of = |licenses: &str| {
        let text = bom(&format!("{APP}\"components\": [{{\"name\": \"a\", \"licenses\": {licenses}}}]"));
        let found = reading("bom.json", text.as_bytes());
        let node = found.graph.nodes().find(|node| found.graph.package(*node).name == "a").unwrap();
        let declared: Vec<_> =
            found.graph.package(node).declared.iter().map(|said| said.statement.clone()).collect();
        (declared, found)
    };
    let expression = |text: &str| vec![LicenseStatement::Expression(text.to_owned())];
    let free = |text: &str| vec![LicenseStatement::FreeText(text.to_owned())];
    let nothing: Vec<LicenseStatement> = Vec::new();
    let cases = [
        ("[]", nothing.clone()),
        ("null", nothing.clone()),
        ("[{\"license\": {}}]", nothing.clone()),
        ("[{}]", nothing.clone()),
        ("[{\"license\": {\"name\": \"UNKNOWN\"}}]", nothing.clone()),
        ("[{\"license\": {\"name\": \"NOASSERTION\"}}]", nothing),
        ("[{\"license\": {\"name\": \"MIT OR ISC\"}}]", free("MIT OR ISC")),
        ("[{\"license\": {\"id\": \"Classpath-exception-2.0\"}}]", expression("Classpath-exception-2.0")),
        ("[{\"license\": {\"id\": \"MIT OR ISC\"}}]", expression("MIT OR ISC")),
        ("[{\"expression\": \"NONE\"}]", expression("NONE")),
        (
            "[{\"license\": {\"url\": \"https://host.example/l\"}}]",
            vec![LicenseStatement::Address("https://host.example/l".to_owned())],
        ),
        ("{\"license\": {\"id\": \"MIT\"}}", expression("MIT")),
        ("[\"MIT\"]", free("MIT")),
        ("[{\"license\": \"MIT\"}]", free("MIT")),
        ("[{\"id\": \"MIT\"}]", expression("MIT")),
        ("[{\"license\": {\"text\": {\"content\": \"VGV4dA==\", \"encoding\": \"base64\"}}}]", free("Text")),
        (
            "[{\"license\": {\"id\": \"MIT\"}}, {\"license\": {\"name\": \"Other\"}}]",
            vec![LicenseStatement::List(vec!["MIT".to_owned(), "Other".to_owned()])],
        ),
        (
            "[{\"license\": {\"id\": \"MIT\", \"acknowledgement\": \"declared\"}}, {\"license\": {\"id\": \"ISC\", \"acknowledgement\": \"concluded\"}}]",
            expression("ISC"),
        ),
    ];
    for (given, expected) in cases {
        assert_eq!(of(given).0, expected, "{given}");
    }
    assert!(!told(&of("[{\"license\": {}}]").1, "are empty").is_empty());
    assert!(!told(&of("[{\"license\": {\"name\": \"UNKNOWN\"}}]").1, "says nothing").is_empty());
    let list = of("[{\"license\": {\"id\": \"MIT\"}}, {\"license\": {\"id\": \"ISC\"}}]").1;
    assert_eq!(told(&list, "(AND)"), [(Consequence::Note, 0)]);
}

/// The schema allows one name for a license and no license beside an expression.
#[test]
fn of_several_names_in_one_license_none_is_lost() {
    let declared = |found: &Reading| {
        let node = found.graph.nodes().find(|node| found.graph.package(*node).name == "a").unwrap();
        found.graph.package(node).declared.iter().map(|said| said.statement.clone()).collect::<Vec<_>>()
    };
    let both = |one: &str, other: &str| vec![LicenseStatement::List(vec![one.to_owned(), other.to_owned()])];
    for licenses in [
        "[{\"expression\": \"MIT OR ISC\", \"license\": {\"id\": \"GPL-2.0-only\"}}]",
        "[{\"expression\": \"MIT OR ISC\"}, {\"license\": {\"id\": \"GPL-2.0-only\"}}]",
    ] {
        let text = bom(&format!("{APP}\"components\": [{{\"name\": \"a\", \"licenses\": {licenses}}}]"));
        assert_eq!(declared(&reading("bom.json", text.as_bytes())), both("MIT OR ISC", "GPL-2.0-only"));
    }
    let text = bom(&format!(
        "{APP}\"components\": [{{\"name\": \"a\", \"licenses\": [{{\"license\": {{\"id\": \"MIT\", \"name\": \"Other\"}}}}]}}]"
    ));
    let label = declared(&reading("bom.json", text.as_bytes()));
    assert_eq!(label, [LicenseStatement::Expression("MIT".to_owned())]);
    let xml = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><components><component type=\"library\"><name>a</name>\
        <licenses><license><id>MIT</id><id>GPL-2.0-only</id></license></licenses></component></components></bom>";
    let found = reading("bom.xml", xml.as_bytes());
    let names = format!("{:?}", declared(&found));
    assert!(names.contains("MIT") && names.contains("GPL-2.0-only"), "{names}");
    assert!(!told(&found, "shape of the specification").is_empty());
}

#[test]
fn services_are_no_dangling_dependencies_and_another_format_is_told() {
    let rest = "\"components\": [{\"name\": \"a\", \"bom-ref\": \"a\"}],\n\
        \"services\": [{\"bom-ref\": \"s\", \"name\": \"s\", \"services\": [{\"bom-ref\": \"t\", \"name\": \"t\"}]}],\n\
        \"dependencies\": [{\"ref\": \"app\", \"dependsOn\": [\"a\", \"s\"]}, {\"ref\": \"t\", \"dependsOn\": [\"a\"]}]";
    let found = reading("bom.json", bom(&format!("{APP}{rest}")).as_bytes());
    assert!(found.problems.is_empty(), "{}", shown(&found));
    let xml = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><metadata><component type=\"application\" \
        bom-ref=\"app\"><name>app</name></component></metadata><components><component type=\"library\" bom-ref=\"a\">\
        <name>a</name></component></components><services><service bom-ref=\"s\"><name>s</name><services>\
        <service bom-ref=\"t\"><name>t</name></service></services></service></services><dependencies>\
        <dependency ref=\"app\"><dependency ref=\"a\"/><dependency ref=\"t\"/></dependency></dependencies></bom>";
    let found = reading("bom.xml", xml.as_bytes());
    assert!(found.problems.is_empty(), "{}", shown(&found));
    let other = "{\"bomFormat\": \"Another\", \"specVersion\": \"1.5\", \"components\": []}";
    assert_eq!(told(&reading("bom.json", other.as_bytes()), "Another"), [(Consequence::FactMissing, 1)]);
}

#[test]
fn deep_nesting_and_wrong_types_do_not_crash() {
    let deep = format!("{}{}", "{\"name\":\"n\",\"components\":[".repeat(5_000), "]}".repeat(5_000));
    let found = reading("bom.json", bom(&format!("\"components\": [{deep}]")).as_bytes());
    assert!(found.problems.iter().any(|problem| problem.consequence == Consequence::Incomplete));
    let xml = format!(
        "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><components>{}",
        "<component>".repeat(100_000)
    );
    assert!(!told(&reading("bom.xml", xml.as_bytes()), "beyond").is_empty());
    for wrong in [
        "\"components\": 7",
        "\"components\": [7, null, []]",
        "\"metadata\": []",
        "\"dependencies\": {\"ref\": 3}",
    ] {
        let found = reading("bom.json", bom(wrong).as_bytes());
        assert!(!found.problems.is_empty(), "{wrong}");
    }
    for text in ["", "{", "[]", "<bom", "SPDX", "{\"bomFormat\": "] {
        let found = reading("bom.json", text.as_bytes());
        assert!(!found.problems.is_empty(), "{text}");
    }
}

#[test]
fn a_file_beyond_the_limit_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bom.json");
    std::fs::File::create(&path).unwrap().set_len(500 * 1024 * 1024).unwrap();
    let found = read(&path, &ReadContext::new(directory.path()));
    assert_eq!(told(&found, "larger than 256 MiB"), [(Consequence::Incomplete, 0)]);
}

proptest! {
    #[test]
    fn any_bytes_are_answered(start in 0_usize..4, bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let starts: [&[u8]; 4] = [b"", b"{\"bomFormat\":", b"<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">", b"SPDXVersion: SPDX-2.3\n"];
        let _ = parse(&[starts[start], &bytes].concat(), "bom");
    }
}
