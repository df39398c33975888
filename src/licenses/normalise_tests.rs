//! Statements as they stand in real metadata.

use super::{Understood, understand};
use crate::model::{DeclaredLicense, Ecosystem, LicenseSource, LicenseStatement};
use proptest::prelude::*;

fn read(statement: LicenseStatement, ecosystem: Ecosystem, source: LicenseSource) -> Understood {
    understand(&DeclaredLicense { statement, source, location: None }, ecosystem)
}

fn field(text: &str, ecosystem: Ecosystem) -> Understood {
    read(LicenseStatement::Expression(text.to_owned()), ecosystem, LicenseSource::Manifest)
}

fn certain(understood: &Understood) -> String {
    understood.certain().map(ToString::to_string).unwrap_or_else(|| format!("{:?}", understood.candidates))
}

#[test]
fn names_with_one_meaning() {
    for (text, ecosystem, meaning) in [
        ("MIT/Apache-2.0", Ecosystem::Cargo, "MIT OR Apache-2.0"),
        ("MIT / Apache-2.0", Ecosystem::Cargo, "MIT OR Apache-2.0"),
        ("Unlicense/MIT", Ecosystem::Cargo, "Unlicense OR MIT"),
        ("MIT or Apache-2.0", Ecosystem::Npm, "MIT OR Apache-2.0"),
        ("(MIT OR CC0-1.0)", Ecosystem::Npm, "MIT OR CC0-1.0"),
        ("Apache 2", Ecosystem::Npm, "Apache-2.0"),
        ("Apache License, Version 2.0", Ecosystem::Python, "Apache-2.0"),
        ("GPLv3+", Ecosystem::Python, "GPL-3.0-or-later"),
        ("GPL v2 or later", Ecosystem::Python, "GPL-2.0-or-later"),
        ("Apache 2.0 and MIT License", Ecosystem::Python, "Apache-2.0 AND MIT"),
        ("apache-2.0", Ecosystem::Npm, "Apache-2.0"),
        ("GPL-2.0", Ecosystem::Cargo, "GPL-2.0"),
    ] {
        assert_eq!(certain(&field(text, ecosystem)), meaning, "{text}");
    }
}

#[test]
fn what_was_done_is_said() {
    assert!(field("GPL-2.0", Ecosystem::Cargo).notes[0].contains("deprecated"));
    let slash = field("MIT/Apache-2.0", Ecosystem::Cargo);
    assert!(slash.invalid.is_none() && slash.notes[0].contains("old way to write OR"), "{slash:?}");
    assert!(field("MIT/Apache-2.0", Ecosystem::Npm).invalid.is_some());
    let invalid = field("Apache 2", Ecosystem::Npm).invalid.expect("no expression");
    assert!(invalid.contains("read as Apache-2.0"), "{invalid}");
    assert!(field("MIT", Ecosystem::Npm).invalid.is_none());
}

#[test]
fn a_name_with_several_meanings_keeps_them() {
    for (text, among) in
        [("BSD", "BSD-2-Clause"), ("BSD", "BSD-3-Clause"), ("MIT/X11", "X11"), ("GPL", "GPL-3.0-only")]
    {
        let understood = field(text, Ecosystem::Python);
        assert!(understood.candidates.len() > 1, "{text}");
        assert!(understood.candidates.iter().any(|one| one.to_string() == among), "{text}");
    }
    let joined = field("BSD OR Apache 2.0", Ecosystem::Python);
    assert!(joined.candidates.iter().any(|one| one.to_string() == "BSD-3-Clause OR Apache-2.0"));
}

#[test]
fn prose_is_not_taken_apart() {
    for text in ["MIT, Apache-2.0", "Some rights, others not", "see README", "MIT with extra terms"] {
        assert!(field(text, Ecosystem::Npm).certain().is_none(), "{text}");
    }
}

#[test]
fn lists_are_a_choice_except_in_an_sbom() {
    let names = || LicenseStatement::List(vec!["MIT".to_owned(), "GPL-2.0-only".to_owned()]);
    let npm = read(names(), Ecosystem::Npm, LicenseSource::Manifest);
    assert_eq!(certain(&npm), "MIT OR GPL-2.0-only");
    assert!(npm.notes[0].contains("choice"));
    let sbom = read(names(), Ecosystem::Other, LicenseSource::Sbom);
    assert_eq!(certain(&sbom), "MIT AND GPL-2.0-only");
    let half = LicenseStatement::List(vec!["MIT".to_owned(), "our terms".to_owned()]);
    assert_eq!(certain(&read(half, Ecosystem::Npm, LicenseSource::Manifest)), "MIT OR NOASSERTION");
}

#[test]
fn other_forms() {
    let npm = |statement| read(statement, Ecosystem::Npm, LicenseSource::Manifest);
    assert_eq!(certain(&npm(LicenseStatement::Unlicensed)), "NONE");
    let address = "https://www.apache.org/licenses/LICENSE-2.0.txt";
    assert_eq!(certain(&npm(LicenseStatement::Address(address.to_owned()))), "Apache-2.0");
    let see = npm(LicenseStatement::FreeText("SEE LICENSE IN EULA.md".to_owned()));
    assert_eq!(see.file.as_deref(), Some("EULA.md"));
    let whole = "Permission is hereby granted\n".repeat(30);
    assert!(npm(LicenseStatement::FreeText(whole)).text.is_some());
    let classifier = |line: &str| npm(LicenseStatement::Classifier(line.to_owned()));
    assert_eq!(certain(&classifier("License :: OSI Approved :: MIT License")), "MIT");
    assert!(classifier("License :: OSI Approved :: BSD License").candidates.len() > 1);
    assert!(classifier("License :: Other/Proprietary License").candidates.is_empty());
}

proptest! {
    #[test]
    fn any_text_is_answered_without_panic(text in ".{0,120}") {
        let _ = field(&text, Ecosystem::Cargo);
        let _ = field(&format!("{text}/MIT or {text}"), Ecosystem::Python);
    }
}
