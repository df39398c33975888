//! SBOMs out and in.

#![allow(clippy::unwrap_used)]

#[path = "sbom/bad_input.rs"]
mod bad_input;
#[path = "sbom/convert.rs"]
mod convert;
#[path = "sbom/enrich.rs"]
mod enrich;
#[path = "sbom/generators.rs"]
mod generators;
#[path = "sbom/report.rs"]
mod report;
#[path = "sbom/rules.rs"]
mod rules;
#[path = "sbom/schema.rs"]
mod schema;

use licgraph::audit::AuditReport;
use licgraph::model::sbom::Contact;
use licgraph::sbom::{CycloneDxVersion, Profile, SbomError, SbomFormat, SbomOptions, missing, write};
use serde_json::Value;

fn written(report: &AuditReport, format: SbomFormat, options: &SbomOptions) -> Vec<u8> {
    write(report, format, options).expect("written")
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

/// All ways to ask.
fn option_sets() -> Vec<SbomOptions> {
    let author = Some(Contact {
        name: Some("Example Team".to_owned()),
        email: Some("team@example.org".to_owned()),
        url: Some("https://team.example/".to_owned()),
    });
    vec![
        SbomOptions::default(),
        SbomOptions { license_texts: true, ..SbomOptions::default() },
        SbomOptions { profile: Some(Profile::Bsi), author: author.clone(), ..SbomOptions::default() },
        SbomOptions { profile: Some(Profile::Cisa), author, ..SbomOptions::default() },
    ]
}

fn check(bytes: &[u8], format: SbomFormat) {
    let breaches = match format {
        SbomFormat::CycloneDxJson(version) => {
            let schema = format!("schemas/cyclonedx/bom-{}.schema.json", version.name());
            [schema::violations(&schema, bytes), rules::cyclonedx(bytes)].concat()
        }
        SbomFormat::SpdxJson => {
            [schema::violations("schemas/spdx/spdx-2.3.schema.json", bytes), rules::spdx2(bytes)].concat()
        }
        SbomFormat::Spdx3Json => {
            [schema::violations("schemas/spdx/spdx-3.0.1.schema.json", bytes), rules::spdx3(bytes)].concat()
        }
        SbomFormat::CycloneDxXml(CycloneDxVersion::V1_5) => independent_xml(bytes),
        SbomFormat::CycloneDxXml(_) | SbomFormat::SpdxTagValue => Vec::new(),
    };
    assert_eq!(breaches, Vec::<String>::new(), "{format}");
}

/// The crate refuses line breaks in the values of properties, which the schemas let pass.
fn without_properties(bom: &mut cyclonedx_bom::prelude::Bom) {
    bom.properties = None;
    for component in bom.components.iter_mut().flat_map(|components| &mut components.0) {
        component.properties = None;
    }
}

/// The crate cyclonedx-bom as an independent reader of 1.5.
fn independent_xml(bytes: &[u8]) -> Vec<String> {
    use cyclonedx_bom::prelude::{Bom, Validate};
    match Bom::parse_from_xml_v1_5(bytes) {
        Ok(mut bom) => {
            without_properties(&mut bom);
            let result = bom.validate_version(cyclonedx_bom::models::bom::SpecVersion::V1_5);
            if result.passed() { Vec::new() } else { vec![format!("{result:?}")] }
        }
        Err(error) => vec![error.to_string()],
    }
}

#[test]
fn every_output_keeps_its_schema_and_the_rules() {
    for report in [report::rich(), report::two_projects()] {
        for options in option_sets() {
            for format in SbomFormat::ALL {
                match write(&report, format, &options) {
                    Ok(bytes) => check(&bytes, format),
                    Err(SbomError::Refused { .. }) => assert_eq!(options.profile, Some(Profile::Bsi)),
                    Err(error) => panic!("{format}: {error}"),
                }
            }
        }
    }
}

#[test]
fn a_report_without_time_is_valid_and_has_no_time_of_its_own() {
    let mut report = report::rich();
    report.created = None;
    for format in SbomFormat::ALL {
        let bytes = written(&report, format, &SbomOptions::default());
        check(&bytes, format);
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("2026-"), "{format}");
    }
    let bom = json(&written(&report, SbomFormat::ALL[1], &SbomOptions::default()));
    assert!(bom["metadata"].get("timestamp").is_none());
    let findings = bom["properties"].as_array().unwrap().iter().filter(|p| p["name"] == "licgraph:finding");
    assert_eq!(findings.count(), 3);
}

#[test]
fn the_independent_crate_reads_and_validates_1_5_json() {
    use cyclonedx_bom::prelude::{Bom, Validate};
    let format = SbomFormat::CycloneDxJson(CycloneDxVersion::V1_5);
    let bytes = written(&report::two_projects(), format, &SbomOptions::default());
    let mut bom = Bom::parse_from_json_v1_5(bytes.as_slice()).unwrap();
    without_properties(&mut bom);
    assert_eq!(bom.components.as_ref().unwrap().0.len(), 11);
    let result = bom.validate_version(cyclonedx_bom::models::bom::SpecVersion::V1_5);
    assert!(result.passed(), "{result:?}");
}

#[test]
fn the_same_report_gives_the_same_bytes_and_another_report_another_name() {
    let serial = |report: &AuditReport| {
        json(&written(report, SbomFormat::ALL[1], &SbomOptions::default()))["serialNumber"].clone()
    };
    let report = report::rich();
    for format in SbomFormat::ALL {
        let options = SbomOptions::default();
        assert_eq!(written(&report, format, &options), written(&report, format, &options));
    }
    let mut other = report.clone();
    other.packages[0].reason.push('!');
    assert_ne!(serial(&report), serial(&other));
}

fn component<'a>(bom: &'a Value, reference: &str) -> &'a Value {
    bom["components"].as_array().unwrap().iter().find(|each| each["bom-ref"] == reference).unwrap()
}

#[test]
fn declared_and_concluded_stand_where_each_version_has_room_for_them() {
    let report = report::rich();
    let of = |version| json(&written(&report, SbomFormat::CycloneDxJson(version), &SbomOptions::default()));
    let (old, middle, new) =
        (of(CycloneDxVersion::V1_5), of(CycloneDxVersion::V1_6), of(CycloneDxVersion::V1_7));
    let agreed = "pkg:npm/%40scope/agreed@2.0.0";
    let differs = "pkg:cargo/differs@0.3.0";
    insta::assert_json_snapshot!(
        "licenses_by_version",
        serde_json::json!({
            "agreed 1.5": component(&old, agreed)["licenses"],
            "agreed 1.6": component(&middle, agreed)["licenses"],
            "agreed 1.6 evidence": component(&middle, agreed)["evidence"],
            "differs 1.6": component(&middle, differs)["licenses"],
            "differs 1.6 properties": component(&middle, differs)["properties"],
            "differs 1.7": component(&new, differs)["licenses"],
            "new id 1.6": component(&middle, "pkg:npm/new-id@1.0.0")["licenses"],
            "free text 1.6": component(&middle, "pkg:npm/free-text@1.0.0")["licenses"],
            "text only 1.6 evidence": component(&middle, "pkg:pypi/text-only@1")["evidence"],
            "silent 1.6": component(&middle, "pkg:golang/git.example/Silent/v2@v2.0.0").get("licenses"),
        })
    );
}

#[test]
fn spdx_keeps_the_kinds_apart_and_explains_every_reference() {
    let document = json(&written(&report::rich(), SbomFormat::SpdxJson, &SbomOptions::default()));
    let of = |name: &str| {
        let packages = document["packages"].as_array().unwrap();
        let found = packages.iter().find(|package| package["name"] == name).unwrap();
        (found["licenseDeclared"].clone(), found["licenseConcluded"].clone())
    };
    assert_eq!(of("@scope/agreed"), ("MIT".into(), "MIT".into()));
    assert_eq!(of("app"), ("Apache-2.0".into(), "NOASSERTION".into()), "nobody looked");
    assert_eq!(of("text-only"), ("NOASSERTION".into(), "GPL-2.0-or-later".into()));
    assert_eq!(of("reserved").1, "NONE");
    assert!(of("free-text").0.as_str().unwrap().starts_with("LicenseRef-licgraph-BSD-like"));
    let explained = document["hasExtractedLicensingInfos"].as_array().unwrap();
    assert!(explained.iter().any(|known| known["name"] == "BSD-like, see <the> file & ask"));
}

#[test]
fn texts_come_on_request_only() {
    let report = report::rich();
    for format in SbomFormat::ALL {
        let without = String::from_utf8(written(&report, format, &SbomOptions::default())).unwrap();
        let options = SbomOptions { license_texts: true, ..SbomOptions::default() };
        let with = String::from_utf8(written(&report, format, &options)).unwrap();
        assert!(!without.contains("Permission is hereby granted"), "{format}");
        assert!(with.contains("Permission is hereby granted"), "{format}");
    }
}

#[test]
fn one_project_of_several_can_be_written_alone() {
    let report = report::two_projects();
    let options =
        SbomOptions { project: Some(report::purl("pkg:cargo/tool@0.1.0")), ..SbomOptions::default() };
    let bytes = written(&report, SbomFormat::ALL[1], &options);
    check(&bytes, SbomFormat::ALL[1]);
    let bom = json(&bytes);
    assert_eq!(bom["metadata"]["component"]["name"], "tool");
    assert_eq!(bom["components"].as_array().unwrap().len(), 2);
    assert_eq!(bom["compositions"][0]["aggregate"], "incomplete");
    let stranger = SbomOptions { project: Some(report::purl("pkg:npm/agreed@9")), ..SbomOptions::default() };
    assert!(matches!(write(&report, SbomFormat::ALL[1], &stranger), Err(SbomError::NoSuchProject(_))));
}

#[test]
fn profiles_fill_what_is_known_and_list_what_is_not() {
    let report = report::rich();
    let options = SbomOptions { profile: Some(Profile::Bsi), ..SbomOptions::default() };
    let bom = json(&written(&report, SbomFormat::ALL[1], &options));
    let agreed = component(&bom, "pkg:npm/%40scope/agreed@2.0.0");
    assert_eq!(
        agreed["licenses"],
        serde_json::json!([{"expression": "MIT", "acknowledgement": "concluded"}])
    );
    assert_eq!(agreed["manufacturer"]["contact"][0]["email"], "author@agreed.example");
    let distribution = agreed["externalReferences"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["type"] == "distribution")
        .unwrap();
    assert_eq!(distribution["hashes"][0]["alg"], "SHA-512");
    let lacks = missing(&report, &options);
    let about = |package: &str, element: &str| {
        lacks.iter().any(|lack| lack.package.as_deref() == Some(package) && lack.element == element)
    };
    assert!(lacks.iter().any(|lack| lack.package.is_none() && lack.element == "SBOM creator"));
    assert!(about("pkg:npm/new-id@1.0.0", "distribution licences"));
    assert!(!about("pkg:npm/%40scope/agreed@2.0.0", "filename"));
    let refused = write(&report, SbomFormat::SpdxJson, &options);
    assert!(matches!(refused, Err(SbomError::Refused { .. })));
    let cisa = SbomOptions { profile: Some(Profile::Cisa), ..SbomOptions::default() };
    assert!(missing(&report, &cisa).iter().any(|lack| lack.element == "author signature"));
}

#[test]
fn format_names_read_back() {
    for format in SbomFormat::ALL {
        assert_eq!(format.name().parse::<SbomFormat>().unwrap(), format);
    }
    assert!("cyclonedx-yaml".parse::<SbomFormat>().unwrap_err().to_string().contains("spdx-tag-value"));
}

/// Run with `--release` for figures: `cargo test --release --test sbom -- --nocapture large`.
#[test]
fn large_documents_are_written_and_read_back() {
    let count = if cfg!(debug_assertions) { 2_000 } else { 20_000 };
    let report = report::large(count);
    for format in SbomFormat::ALL {
        let start = std::time::Instant::now();
        let bytes = written(&report, format, &SbomOptions::default());
        let wrote = start.elapsed();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("bom");
        std::fs::write(&path, &bytes).unwrap();
        let start = std::time::Instant::now();
        let context = licgraph::ecosystems::ReadContext::new(directory.path());
        let reading = licgraph::ecosystems::sbom::read(&path, &context);
        let read = start.elapsed();
        println!(
            "{format}: {} components, {} KiB, wrote in {wrote:?}, read in {read:?}",
            count,
            bytes.len() / 1024
        );
        assert_eq!(reading.graph.package_count(), report.packages.len(), "{format}");
        if !cfg!(debug_assertions) {
            assert!(wrote.as_secs() < 5 && read.as_secs() < 5, "{format}: {wrote:?} {read:?}");
        }
    }
}

/// Writes one sample of every format and way to ask into `$SBOM_SAMPLES`, for `tests/readers/check.sh`.
#[test]
#[ignore = "writes files for the independent readers"]
fn export_samples() {
    let directory = std::path::PathBuf::from(std::env::var_os("SBOM_SAMPLES").expect("SBOM_SAMPLES is set"));
    std::fs::create_dir_all(&directory).unwrap();
    for (label, report) in [("one", report::rich()), ("two", report::two_projects())] {
        for (number, options) in option_sets().iter().enumerate() {
            for format in SbomFormat::ALL {
                let ending = match format {
                    SbomFormat::CycloneDxXml(_) => "xml",
                    SbomFormat::SpdxTagValue => "spdx",
                    SbomFormat::SpdxJson => "spdx.json",
                    SbomFormat::CycloneDxJson(_) | SbomFormat::Spdx3Json => "json",
                };
                if let Ok(bytes) = write(&report, format, options) {
                    std::fs::write(directory.join(format!("{format}-{label}-{number}.{ending}")), bytes)
                        .unwrap();
                }
            }
        }
    }
}
