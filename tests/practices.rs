//! The practices on small repositories: what must pass, what must not, what must not fail; keys, history, network.
#![allow(clippy::unwrap_used)]

#[path = "practices/forges.rs"]
mod forges;
#[path = "practices/history.rs"]
mod history;
#[path = "practices/inputs.rs"]
mod inputs;
#[path = "practices/online.rs"]
mod online;
#[cfg(feature = "openpgp")]
#[path = "practices/openpgp.rs"]
mod openpgp;
#[path = "practices/server.rs"]
mod server;
#[path = "practices/support.rs"]
mod support;

use licgraph::model::{PracticeResult, PracticeState, Verb};
use licgraph::practices::{PracticeInputs, RULES, review};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use support::{result, today};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/practices")
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn line(case: &Path, found: &PracticeResult) -> String {
    let places: Vec<&str> = found.evidence.iter().filter_map(|evidence| evidence.place.as_deref()).collect();
    format!("{}: {:?}: {} [{}]\n", name(case), found.state, found.reason, places.join(", "))
}

/// `pass-*` passes, `trap-*` does not pass, `miss-*` does not fail; the snapshot says what they do instead.
#[test]
fn every_case_is_judged_by_what_is_in_the_files() {
    let inputs = PracticeInputs { now: Some(today()), ..PracticeInputs::default() };
    let mut wrong = Vec::new();
    for rule in folders(&fixtures()) {
        let id = name(&rule).to_uppercase();
        let mut table = String::new();
        for case in folders(&rule) {
            let found = result(&review(&case, &inputs), &id);
            table.push_str(&line(&case, &found));
            let kind = name(&case);
            let right = match kind.split('-').next().unwrap() {
                "pass" => found.state == PracticeState::Pass,
                "trap" => found.state != PracticeState::Pass,
                "miss" => !matches!(found.state, PracticeState::Fail),
                other => panic!("{other}: a case is a pass, a trap or a miss"),
            };
            if !right {
                wrong.push(format!("{id} {kind}: {:?}: {}", found.state, found.reason));
            }
        }
        insta::assert_snapshot!(format!("practices_{}", name(&rule)), table);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A template shown as a way out must not itself be a way to pass.
#[test]
fn templates_do_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    for rule in RULES {
        let Some(template) = &rule.template else { continue };
        let path = folder.path().join(template.file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let before = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, if before.contains(template.text) { before } else { before + template.text })
            .unwrap();
    }
    let found = review(folder.path(), &PracticeInputs { now: Some(today()), ..PracticeInputs::default() });
    let written = ["SCM-3", "SEC-1", "SEC-2", "SEC-3", "SEC-4", "SEC-5", "SEC-6", "PRV-1", "COM-1", "REL-1"];
    for id in written {
        let found = result(&found, id);
        assert_ne!(found.state, PracticeState::Pass, "{id}: {}", found.reason);
    }
}

#[test]
fn the_hollow_repository_passes_nothing_but_that_it_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "SECURITY.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "PRIVACY.md",
        "MAINTAINERS",
        "AUTHORS",
        "KEYS",
        "security.asc",
        "deny.toml",
        "openapi.yaml",
        "openapi.json",
        "SECURITY-INSIGHTS.yml",
        "publiccode.yml",
        "CITATION.cff",
        "codemeta.json",
        ".github/workflows/ci.yml",
        ".github/ISSUE_TEMPLATE/bug.md",
        ".github/pull_request_template.md",
        ".gitlab-ci.yml",
        "docs/threat-model.md",
        "docs/api.md",
        "fuzz/fuzz_targets/a.rs",
        "modules/misp.py",
        "src/stix.rs",
        "advisories/a.md",
        "proto/a.proto",
        "a.graphql",
        "man/tool.1",
        ".well-known/security.txt",
        "Cargo.toml",
        "package.json",
        "pyproject.toml",
        "README.md",
        "draft-a-b-c.md",
    ];
    for name in names {
        support::write(folder.path(), name, "x");
    }
    support::write(folder.path(), "LICENSE", "TODO");
    support::write(folder.path(), "CODE_OF_CONDUCT.md", "x@y.zz");
    support::write(folder.path(), ".github/workflows/on.yml", "on: push");
    support::commit(folder.path(), "first", "2026-01-01T00:00:00Z");
    support::write(folder.path(), "y", "y");
    support::commit(folder.path(), "second", "2026-02-01T00:00:00Z");
    let license = Some(licgraph::practices::LicenseFacts {
        detected: vec![support::text_of("LICENSE", &[])],
        ..Default::default()
    });
    let found =
        review(folder.path(), &PracticeInputs { now: Some(today()), license, ..PracticeInputs::default() });
    let passed: Vec<&str> =
        found.iter().filter(|r| r.state == PracticeState::Pass).map(|r| r.id.as_str()).collect();
    assert_eq!(passed, ["SCM-1"], "{found:#?}");
}

#[test]
fn an_empty_folder_passes_nothing_and_gives_every_rule_once() {
    let folder = tempfile::tempdir().unwrap();
    let found = review(folder.path(), &PracticeInputs::default());
    assert_eq!(found.len(), RULES.len());
    assert!(found.iter().all(|result| result.state != PracticeState::Pass), "{found:#?}");
    let ids: BTreeSet<&str> = found.iter().map(|result| result.id.as_str()).collect();
    assert_eq!(ids.len(), RULES.len(), "each id once");
    let musts = found.iter().filter(|result| result.verb == Verb::Must).count();
    assert_eq!(musts, 9, "8 statements, one of which is two rules");
    assert_eq!(found.iter().filter(|result| result.verb == Verb::May).count(), 1);
    assert!(found.iter().all(|result| !result.fix.is_empty() && !result.recommendation.is_empty()));
}

#[test]
fn the_same_repository_gives_the_same_result() {
    for rule in folders(&fixtures()) {
        for case in folders(&rule).into_iter().take(2) {
            let inputs = PracticeInputs::default();
            assert_eq!(review(&case, &inputs), review(&case, &inputs));
        }
    }
}

#[test]
fn community_files_are_inherited_from_the_organisation_and_the_license_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (own, organisation) = (folder.path().join("tool"), folder.path().join("dot-github"));
    support::write(&own, "README.md", "# tool\n");
    fs::create_dir_all(&organisation).unwrap();
    for (rule, file) in [("sec-1", "SECURITY.md"), ("com-1", "CODE_OF_CONDUCT.md")] {
        fs::copy(fixtures().join(rule).join("pass").join(file), organisation.join(file)).unwrap();
    }
    let alone = review(&own, &PracticeInputs::default());
    assert_eq!(result(&alone, "SEC-1").state, PracticeState::Fail);
    let inputs = PracticeInputs { organisation: Some(organisation.clone()), ..PracticeInputs::default() };
    let found = review(&own, &inputs);
    let contact = result(&found, "SEC-1");
    assert_eq!(contact.state, PracticeState::Pass, "{}", contact.reason);
    assert!(
        contact.evidence[0].place.as_deref().unwrap().starts_with("organisation:SECURITY.md:"),
        "{contact:?}"
    );
    assert_eq!(result(&found, "COM-1").state, PracticeState::Pass);
    support::write(&own, "SECURITY.md", "x");
    let found = review(&own, &inputs);
    assert_eq!(result(&found, "SEC-1").state, PracticeState::Fail, "the project's own file comes first");
}

#[test]
fn mutilated_files_never_panic() {
    let pieces = [
        "",
        "\u{feff}",
        "\0",
        "```",
        "# ",
        "|",
        "<!--",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END",
        "ä@ö.ü",
        "é`",
        "{",
        "[",
        "on:",
        "https://",
        "@",
        "2026-13-45",
        "0000-00-00-",
    ];
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "SECURITY.md",
        "README.md",
        "CODE_OF_CONDUCT.md",
        "PRIVACY.md",
        "CHANGELOG.md",
        "openapi.yaml",
        "openapi.json",
        "package.json",
        "Cargo.toml",
        "security.txt",
        "publiccode.yml",
        ".github/workflows/a.yml",
        "KEYS",
        "docs/a.md",
        "go.mod",
        "codemeta.json",
    ];
    for first in pieces {
        for second in pieces {
            let mut text = String::new();
            let _ = write!(text, "{first}{second}\n{second}pgp {first}");
            names.iter().for_each(|name| support::write(folder.path(), name, &text));
            let found = review(folder.path(), &PracticeInputs::default());
            assert_eq!(found.len(), RULES.len());
        }
    }
}

/// Run in release to measure: `cargo test --release --test practices -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn ten_thousand_files() {
    let folder = tempfile::tempdir().unwrap();
    for at in 0..10_000 {
        let (path, text) = match at % 20 {
            0 => (
                format!("docs/part{}/page{at}.md", at % 100),
                "# Page\n\nSome words about the tool and its settings.\n".repeat(20),
            ),
            _ => (
                format!("src/part{}/file{at}.rs", at % 100),
                "/// A function.\npub fn function() -> u32 { 1 }\n".repeat(40),
            ),
        };
        support::write(folder.path(), &path, &text);
    }
    support::commit(folder.path(), "first", "2026-01-01T00:00:00Z");
    for at in 0..50 {
        support::write(folder.path(), "count", &at.to_string());
        support::commit(folder.path(), "count", &format!("2026-02-01T00:00:{at:02}Z"));
    }
    for _ in 0..5 {
        let start = std::time::Instant::now();
        let found =
            review(folder.path(), &PracticeInputs { now: Some(today()), ..PracticeInputs::default() });
        println!("{} rules in {:?}", found.len(), start.elapsed());
    }
}
