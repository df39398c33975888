//! Declared, detected, concluded: one test for each rule.

use crate::support::{classifier, expression, fixture, graph, learn_files, learn_one, package, text};
use licgraph::evidence::{Clarification, EvidenceOptions, FactSource, Offline, Verify, VersionRange, learn};
use licgraph::licenses::parse;
use licgraph::model::{ConclusionSource, Files, LicenseFact, LicenseStatement};
use std::fs;

fn concluded(fact: &LicenseFact) -> String {
    fact.concluded.expression.to_string()
}

#[test]
fn declared_and_text_agree() {
    let fact = learn_files(&[expression("MIT")], &[("LICENSE", text("MIT"))]);
    assert_eq!(concluded(&fact), "MIT");
    assert_eq!(fact.concluded.source, ConclusionSource::DeclaredAndDetected);
    assert!(fact.disagreement.is_none());
    assert_eq!(fact.detected[0].file, "LICENSE");
    assert_eq!(fact.detected[0].sha256.len(), 64);
}

#[test]
fn a_text_of_another_license_is_a_disagreement_and_both_bind() {
    let fact = learn_files(&[expression("MIT")], &[("LICENSE", text("GPL-3.0-only"))]);
    assert_eq!(concluded(&fact), "MIT AND GPL-3.0-only");
    assert_eq!(fact.concluded.source, ConclusionSource::Disagreement);
    assert!(fact.disagreement.as_ref().unwrap().contains("GPL-3.0"));
}

#[test]
fn a_variant_that_asks_for_more_is_a_disagreement() {
    let files = [("LICENSE", text("BSD-3-Clause-No-Nuclear-License"))];
    assert!(learn_files(&[expression("BSD-3-Clause")], &files).disagreement.is_some());
    assert!(learn_files(&[expression("ISC")], &[("LICENSE", text("MIT"))]).disagreement.is_some());
}

#[test]
fn what_is_no_disagreement() {
    let notice = "Example\nCopyright 2020 Example\n\nThis product includes software under the MIT License.\n";
    for (declared, files) in [
        ("MIT OR Apache-2.0", vec![("LICENSE-MIT", text("MIT"))]),
        ("MIT OR Apache-2.0", vec![("LICENSE-MIT", text("MIT")), ("LICENSE-APACHE", text("Apache-2.0"))]),
        ("GPL-2.0-only", vec![("COPYING", text("GPL-2.0-or-later"))]),
        ("GPL-2.0-or-later", vec![("COPYING", text("GPL-3.0-only"))]),
        ("GPL-2.0", vec![("COPYING", text("GPL-2.0-only"))]),
        ("Apache-2.0", vec![("LICENSE", text("Apache-2.0")), ("NOTICE", notice)]),
        ("LGPL-3.0-only", vec![("COPYING", text("GPL-3.0-only")), ("COPYING.LESSER", text("LGPL-3.0-only"))]),
        ("MIT", vec![("LICENSE", text("MIT")), ("LICENSE-THIRD-PARTY", text("GPL-2.0-only"))]),
        ("MIT", vec![("LICENSE", text("MIT")), ("vendor/other/LICENSE", text("GPL-2.0-only"))]),
        ("MIT", vec![("LICENSE", text("MIT-0"))]),
        ("BSD-3-Clause", vec![("LICENSE", text("BSD-3-Clause-HP"))]),
        ("PSF-2.0", vec![("LICENSE", text("Python-2.0.1"))]),
        ("BSD-3-Clause", vec![("LICENSE", text("BSD-3-Clause")), ("LICENSE.zlib", text("Zlib"))]),
    ] {
        let fact = learn_files(&[expression(declared)], &files);
        assert_eq!(fact.disagreement, None, "{declared}");
        assert_eq!(concluded(&fact), declared);
        assert_eq!(fact.concluded.source, ConclusionSource::DeclaredAndDetected, "{declared}");
    }
}

#[test]
fn an_ambiguous_classifier_is_settled_by_the_text() {
    for (line, id, conclusion) in [
        ("OSI Approved :: BSD License", "BSD-3-Clause", "BSD-3-Clause"),
        ("OSI Approved :: BSD License", "BSD-2-Clause", "BSD-2-Clause"),
        ("OSI Approved :: Apache Software License", "Apache-2.0", "Apache-2.0"),
        ("OSI Approved :: GNU General Public License (GPL)", "GPL-2.0-only", "GPL-2.0-only"),
    ] {
        let fact = learn_files(&[classifier(line)], &[("LICENSE", text(id))]);
        assert_eq!(concluded(&fact), conclusion);
        assert!(fact.disagreement.is_none());
        assert!(fact.normalised.is_none());
    }
    let variant =
        learn_files(&[classifier("OSI Approved :: BSD License")], &[("LICENSE", text("BSD-3-Clause-HP"))]);
    assert_eq!((concluded(&variant).as_str(), variant.disagreement), ("BSD-3-Clause-HP", None));
    let (silent, _) = learn_one(&[classifier("OSI Approved :: BSD License")], None);
    assert_eq!(concluded(&silent), "NOASSERTION");
    assert!(silent.concluded.reason.contains("BSD-2-Clause"));
}

/// pandas 2 and oletools: one file with the package's own text and, after it, those of bundled parts.
#[test]
fn the_first_text_of_a_file_with_many_is_the_packages_own() {
    let file = format!("{}\n\nBundled:\n\n{}\n", text("BSD-3-Clause"), text("BSD-2-Clause"));
    let bsd = [classifier("OSI Approved :: BSD License")];
    let fact = learn_files(&bsd, &[("LICENSE", &file)]);
    assert_eq!(concluded(&fact), "BSD-3-Clause");
    // What lies deeper is for parts, too.
    let files = [("LICENSE.md", text("BSD-2-Clause")), ("LICENSES/part.txt", text("BSD-3-Clause"))];
    assert_eq!(concluded(&learn_files(&bsd, &files)), "BSD-2-Clause");
    // Two files that begin differently leave it open.
    let open = learn_files(&bsd, &[("LICENSE", text("BSD-3-Clause")), ("COPYING", text("BSD-2-Clause"))]);
    assert_eq!(concluded(&open), "NOASSERTION");
}

#[test]
fn a_notice_settles_only_or_later() {
    let notice = "This program is free software: you can redistribute it and/or modify it under the terms of the GNU \
                  General Public License as published by the Free Software Foundation, either version 3 of the \
                  License, or (at your option) any later version.";
    let gnu = classifier("OSI Approved :: GNU General Public License v3 (GPLv3)");
    let later =
        learn_files(std::slice::from_ref(&gnu), &[("LICENSE", text("GPL-3.0-only")), ("COPYRIGHT", notice)]);
    assert_eq!(concluded(&later), "GPL-3.0-or-later");
    let bare = learn_files(&[gnu], &[("LICENSE", text("GPL-3.0-only"))]);
    assert_eq!(concluded(&bare), "GPL-3.0-only");
    assert!(bare.notes.iter().any(|note| note.contains("later versions")));
}

#[test]
fn a_proprietary_classifier_proves_nothing() {
    let fact = learn_files(&[classifier("Other/Proprietary License")], &[("LICENSE", text("AGPL-3.0-only"))]);
    assert_eq!(concluded(&fact), "AGPL-3.0-only");
    assert!(fact.disagreement.is_none());
}

#[test]
fn two_texts_without_metadata_both_bind_unless_a_file_says_choice() {
    let two = [("LICENSE-MIT", text("MIT")), ("LICENSE-APACHE", text("Apache-2.0"))];
    let fact = learn_files(&[], &two);
    assert_eq!(concluded(&fact), "Apache-2.0 AND MIT");
    assert!(fact.notes.iter().any(|note| note.contains("all bind")));
    let said = "This project is dual licensed under the MIT License or the Apache License, Version 2.0.";
    let choice = learn_files(&[], &[two[0], two[1], ("COPYING", said)]);
    assert_eq!(concluded(&choice), "MIT OR Apache-2.0");
}

#[test]
fn the_text_says_which_of_pythons_licenses_it_is() {
    let fact = learn_files(&[expression("Python-2.0")], &[("LICENSE", text("Python-2.0.1"))]);
    assert_eq!(concluded(&fact), "Python-2.0.1");
    assert_eq!(fact.disagreement, None);
}

#[test]
fn a_license_of_the_documentation_does_not_bind_the_code() {
    let files = [("LICENSE", text("Apache-2.0")), ("LICENSE.docs", text("CC-BY-SA-4.0"))];
    let fact = learn_files(&[], &files);
    assert_eq!(concluded(&fact), "Apache-2.0");
    assert!(fact.notes.iter().any(|note| note.contains("for the documentation")), "{:?}", fact.notes);
}

#[test]
fn a_rider_binds_beside_the_license() {
    let with_clause = format!(
        "\"Commons Clause\" License Condition v1.0\n\nThe Software is provided to you by the \
        Licensor under the License, as defined below, subject to the following condition.\n\n{}",
        text("MIT")
    );
    let fact = learn_files(&[expression("MIT")], &[("LICENSE", &with_clause)]);
    assert_eq!(concluded(&fact), "MIT AND LicenseRef-Commons-Clause");
    assert!(fact.disagreement.is_some());
}

#[test]
fn a_text_nobody_knows_is_unknown_and_never_guessed() {
    let terms = "EXAMPLE END USER TERMS\n\nYou may install one copy of the program. You may not copy, modify or \
                 redistribute it. All rights not expressly granted are reserved. No warranty is given and no \
                 liability is accepted under these terms and conditions of this license.";
    let silent = learn_files(&[], &[("LICENSE", terms)]);
    assert_eq!(concluded(&silent), "NOASSERTION");
    let declared = learn_files(&[expression("MIT")], &[("LICENSE", terms)]);
    assert_eq!(concluded(&declared), "MIT");
    assert!(declared.notes.iter().any(|note| note.contains("not known")));
    let nothing = learn_files(&[], &[]);
    assert!(nothing.concluded.reason.contains("hold no license"));
}

#[test]
fn unlicensed_with_a_text_stays_unlicensed() {
    let fact = learn_files(&[LicenseStatement::Unlicensed], &[("LICENSE", text("MIT"))]);
    assert_eq!(concluded(&fact), "NONE");
    assert!(fact.disagreement.is_some());
}

#[test]
fn a_file_that_metadata_names_is_read() {
    let file = LicenseStatement::File("docs/terms.txt".to_owned());
    let fact = learn_files(std::slice::from_ref(&file), &[("docs/terms.txt", text("ISC"))]);
    assert_eq!(concluded(&fact), "ISC");
    let (_, learned) = learn_one(&[file], Some(Files::Directory(fixture("reuse"))));
    assert!(learned.problems.iter().any(|problem| problem.message.contains("docs/terms.txt")));
}

#[test]
fn a_license_text_in_the_metadata_is_detected() {
    let (fact, _) = learn_one(&[LicenseStatement::FreeText(text("BSD-3-Clause").to_owned())], None);
    assert_eq!(concluded(&fact), "BSD-3-Clause");
}

#[test]
fn a_reuse_project_says_what_holds() {
    let (fact, _) = learn_one(&[], Some(Files::Directory(fixture("reuse"))));
    assert_eq!(concluded(&fact), "GPL-3.0-or-later");
    let (declared, _) =
        learn_one(&[expression("GPL-3.0-or-later")], Some(Files::Directory(fixture("reuse"))));
    assert!(declared.disagreement.is_none(), "texts in LICENSES/ are those of parts");
}

#[test]
fn an_exception_in_the_text_goes_with_the_license_that_the_metadata_names() {
    let notice = "This is free software; you can redistribute it and/or modify\nit under the terms of the GNU General \
        Public License as published by\nthe Free Software Foundation; either version 2 of the License, or\n(at your \
        option) any later version.\n\nAs a special exception to the GNU General Public License, if you\ndistribute \
        this file as part of a program that contains a\nconfiguration script generated by Autoconf, you may include \
        it under\nthe same distribution terms that you use for the rest of that\nprogram.\n";
    let classifier = classifier("OSI Approved :: GNU General Public License (GPL)");
    let fact = learn_files(&[classifier], &[("LICENSE", notice), ("LICENSE.part", text("Zlib"))]);
    assert_eq!(concluded(&fact), "GPL-2.0-or-later WITH Autoconf-exception-generic");
}

#[test]
fn a_readme_speaks_where_nothing_else_does() {
    let readme = format!("# Example\n\nReads things.\n\nCopyright (C) 2013 Example\n\n{}", text("MIT"));
    let fact = learn_files(&[], &[("Readme", &readme)]);
    assert_eq!(concluded(&fact), "MIT");
    assert!(fact.concluded.reason.contains("Readme"), "{}", fact.concluded.reason);
    assert_eq!(concluded(&learn_files(&[], &[("README.md", &readme), ("LICENSE", text("ISC"))])), "ISC");
    assert_eq!(concluded(&learn_files(&[expression("ISC")], &[("README.md", &readme)])), "ISC");
    assert_eq!(concluded(&learn_files(&[], &[("README.md", "Works like MIT Scheme.\n")])), "NOASSERTION");
}

#[test]
fn reuse_holds_file_by_file() {
    let toml = "version = 1\n\n[[annotations]]\npath = \"**\"\nSPDX-License-Identifier = \"MIT\"\n\n\
                [[annotations]]\npath = \"made/**\"\nprecedence = \"override\"\nSPDX-License-Identifier = \"Zlib\"\n\n\
                [[annotations]]\npath = \"nothing/**\"\nSPDX-License-Identifier = \"GPL-3.0-only\"\n";
    let tag = |id: &str| format!("// SPDX-License-Identifier: {id}\n");
    let (isc, gpl, bsl) = (tag("ISC"), tag("GPL-2.0-only"), tag("BSL-1.0"));
    let files = [
        ("REUSE.toml", toml),
        ("src/own.c", "int main;\n"),
        ("src/borrowed.c", isc.as_str()),
        ("made/parser.c", gpl.as_str()),
        ("logo.svg", gpl.as_str()),
        ("logo.svg.license", bsl.as_str()),
        ("sub/REUSE.toml", "[[annotations]]\npath = \"*.c\"\nSPDX-License-Identifier = \"0BSD\"\n"),
        ("sub/part.c", ""),
    ];
    let fact = learn_files(&[], &files);
    assert_eq!(concluded(&fact), "0BSD AND BSL-1.0 AND ISC AND MIT AND Zlib");
    let note = |words: &str| fact.notes.iter().any(|note| note.contains(words));
    assert!(note("holds for src/borrowed.c") && note("holds for src/own.c"), "{:?}", fact.notes);
    let broken = [("REUSE.toml", toml), ("sub/REUSE.toml", "[["), ("sub/part.c", "")];
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in broken {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let (_, learned) = learn_one(&[], Some(Files::Directory(directory.path().to_owned())));
    assert!(learned.problems.iter().any(|problem| problem.message.contains("sub/REUSE.toml")));
}

#[test]
fn clarifications_hold_until_their_text_changes() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("LICENSE"), "our own terms of license").unwrap();
    let files = || Some(Files::Directory(directory.path().to_owned()));
    let (before, _) = learn_one(&[], files());
    assert_eq!(concluded(&before), "NOASSERTION");
    let hash = "8d2a1b6b7ed5cd9ad11c3e50ee22a7f4f1e0f6b9a3b5b3cb3c3a0d1df3f9a001";
    let clarification = |sha256: Option<String>, versions: &str| Clarification {
        packages: globset::Glob::new("sub*").unwrap().compile_matcher(),
        versions: Some(VersionRange::new(versions)),
        expression: parse("MIT").unwrap(),
        reason: "the authors said so".to_owned(),
        sha256,
        location: None,
    };
    let with = |one: Clarification| {
        let (graph, nodes) = graph(vec![package("subject", &[], files())]);
        let options = EvidenceOptions { clarifications: vec![one], ..EvidenceOptions::default() };
        let learned = learn(&graph, &options, &Offline::new());
        (learned.fact(nodes[0]).clone(), learned.unused_clarifications.clone())
    };
    let (fact, unused) = with(clarification(None, ">=1,<2"));
    assert_eq!(
        (concluded(&fact), fact.concluded.source),
        ("MIT".to_owned(), ConclusionSource::Clarification)
    );
    assert!(unused.is_empty());
    assert_eq!(with(clarification(None, ">=2")).1, [0]);
    let (lapsed, unused) = with(clarification(Some(hash.to_owned()), "*"));
    assert_eq!((concluded(&lapsed).as_str(), unused), ("NOASSERTION", vec![0]));
    assert!(lapsed.notes.iter().any(|note| note.contains("lapsed")));
}

#[test]
fn reading_less_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("LICENSE"), text("GPL-3.0-only")).unwrap();
    let files = Some(Files::Directory(directory.path().to_owned()));
    let (graph, nodes) =
        graph(vec![package("clear", &[expression("MIT")], files.clone()), package("silent", &[], files)]);
    let options = EvidenceOptions { verify: Verify::WhenNeeded, ..EvidenceOptions::default() };
    let learned = learn(&graph, &options, &Offline::new());
    assert_eq!((learned.not_verified, learned.files_read, learned.texts_read), (1, 1, 1));
    assert_eq!(learned.fact(nodes[0]).concluded.source, ConclusionSource::Declared);
    assert_eq!(concluded(learned.fact(nodes[1])), "GPL-3.0-only");
}

#[test]
fn what_is_missing_is_asked_once_and_counted_when_offline() {
    let (graph, _) = graph(vec![package("a", &[], None), package("b", &[expression("MIT")], None)]);
    let offline = Offline::new();
    let learned = learn(&graph, &EvidenceOptions::default(), &offline);
    assert_eq!(offline.not_fetched(), 2, "declared and files of `a`, nothing of `b`");
    assert_eq!(learned.facts[0].concluded.source, ConclusionSource::Unknown);
}
