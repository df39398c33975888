//! The program as its users run it: `check`, `explain`, `matrix`, and input that is wrong.

#[path = "check/newcomer.rs"]
mod newcomer;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/check").join(name)
}

fn licgraph(arguments: &[&str]) -> Output {
    licgraph_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments, "")
}

fn licgraph_in(directory: &Path, arguments: &[&str], input: &str) -> Output {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_licgraph"))
        .args(arguments)
        .current_dir(directory)
        .env("LICGRAPH_OFFLINE", "true")
        .env("NO_COLOR", "1")
        .env_remove("SOURCE_DATE_EPOCH")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its arguments reads nothing.
    let _ = child.stdin.take().expect("standard input").write_all(input.as_bytes());
    child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON on standard output")
}

#[test]
fn a_planted_gpl_library_fails_with_path_and_authority() {
    let output = licgraph(&["check", "--no-policy", &fixture("planted-gpl").to_string_lossy()]);
    let shown = text(&output.stdout);
    assert_eq!(code(&output), 1, "{shown}");
    assert!(shown.starts_with("FAIL"), "{shown}");
    assert!(shown.contains("dashboard 1.4.0 → chartkit 0.3.2 → plotcore 2.1.0"), "{shown}");
    assert!(shown.contains("FSF license list #GNUGPLv3"), "{shown}");
    assert!(shown.contains("app/Cargo.toml:8"), "{shown}");
}

#[test]
fn the_same_library_as_a_dev_dependency_passes() {
    let output = licgraph(&["check", "--no-policy", &fixture("planted-gpl-dev").to_string_lossy()]);
    assert_eq!(code(&output), 0, "{}", text(&output.stdout));
}

#[test]
fn the_license_can_be_stated_and_settles_the_conflict() {
    let path = fixture("planted-gpl");
    let output =
        licgraph(&["check", "--no-policy", &path.to_string_lossy(), "--license", "GPL-3.0-or-later"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stdout));
    let output = licgraph(&["check", "--no-policy", &path.to_string_lossy(), "--distribution", "internal"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stdout));
}

#[test]
fn the_json_report_has_the_promised_shape() {
    let output =
        licgraph(&["check", "--no-policy", &fixture("planted-gpl").to_string_lossy(), "--format", "json"]);
    let report = json(&output);
    for key in [
        "schema_version",
        "projects",
        "packages",
        "dependencies",
        "findings",
        "problems",
        "practices",
        "summary",
    ] {
        assert!(report.get(key).is_some(), "{key}");
    }
    let project = &report["projects"][0];
    assert_eq!(project["verdict"], "incompatible");
    assert_eq!(project["license"], "MIT");
    let finding = report["findings"]
        .as_array()
        .and_then(|findings| findings.iter().find(|finding| finding["rule"] == "incompatible-dependency"))
        .expect("a finding");
    assert_eq!(finding["package"], "pkg:cargo/plotcore@2.1.0");
    assert_eq!(finding["location"]["line"], 8);
    assert_eq!(finding["scope"], "runtime");
    assert_eq!(finding["linkage"], "static");
}

#[test]
fn two_runs_give_the_same_bytes() {
    let path = fixture("planted-gpl");
    for format in ["json", "sarif", "junit", "markdown", "csv", "html"] {
        let once = licgraph(&["check", "--no-policy", &path.to_string_lossy(), "--format", format]);
        let again = licgraph(&["check", "--no-policy", &path.to_string_lossy(), "--format", format]);
        assert!(!once.stdout.is_empty());
        assert_eq!(once.stdout, again.stdout, "{format}");
    }
}

#[test]
fn explain_prints_every_promised_field() {
    let output = licgraph(&["explain", "LGPL-2.1-or-later", "--for", "Apache-2.0", "--format", "json"]);
    let answer = json(&output);
    for key in [
        "inbound",
        "outbound",
        "linkage",
        "distribution",
        "verdict",
        "effective_outbound",
        "conditions",
        "obligations",
        "reason",
        "authority",
        "basis",
    ] {
        assert!(answer.get(key).is_some(), "{key}");
    }
    assert_eq!(answer["verdict"], "conditional");
    assert_eq!(code(&output), 0);
    assert_eq!(code(&licgraph(&["explain", "GPL-3.0-only", "--for", "MIT"])), 1);
}

#[test]
fn a_batch_answers_every_row_in_order_and_names_what_it_cannot_read() {
    let rows = "note,outbound,inbound,linkage\n\
                a,MIT,GPL-3.0-only,static\n\
                b,GPL-2.0-or-later,GPL-2.0-only ; Apache-2.0,dynamic\n\
                c,MIT,GPL 3,static\n\
                d,MIT,MIT,\n\
                e,MIT,,static\n";
    let output = licgraph_in(Path::new("."), &["explain", "--batch"], rows);
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|known| known == name).expect(name);
    let answers: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let verdicts: Vec<&str> = answers.iter().map(|row| &row[column("verdict")]).collect();
    assert_eq!(verdicts, ["incompatible", "incompatible", "unknown", "compatible", "unknown"]);
    assert_eq!(&answers[1][column("note")], "b");
    assert!(answers[2][column("reason")].contains("not an SPDX license id"), "{:?}", answers[2]);
    assert_eq!(code(&output), 3, "rows that cannot be read leave the answer incomplete");
}

#[test]
fn a_batch_without_its_columns_is_wrong_use() {
    let output = licgraph_in(Path::new("."), &["explain", "--batch"], "a,b\n1,2\n");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("names no `inbound` column"));
}

#[test]
fn the_matrix_prints_in_every_form() {
    for (format, part) in
        [("table", "yes compatible"), ("csv", "inbound,MIT"), ("json", "\"verdicts\""), ("html", "<th")]
    {
        let output = licgraph(&["matrix", "MIT", "GPL-3.0-only", "--format", format]);
        assert!(text(&output.stdout).contains(part), "{format}");
    }
}

#[test]
fn a_license_is_shown_with_its_clauses() {
    let output = licgraph(&["license", "mpl-2.0", "--format", "json"]);
    let facts = json(&output);
    assert_eq!(facts["id"], "MPL-2.0");
    assert_eq!(facts["copyleft_scope"], "file");
    assert_eq!(code(&licgraph(&["license", "LicenseRef-Ours"])), 2);
}

#[test]
fn explain_matrix_and_license_know_the_licenses_that_a_policy_states() {
    let here = fixture("own-licenses");
    for directory in [here.clone(), here.join("src")] {
        let run = |arguments: &[&str], input: &str| licgraph_in(&directory, arguments, input);
        let output = run(&["explain", "LicenseRef-Acme-Share", "--for", "MIT", "--format", "json"], "");
        assert_eq!(json(&output)["verdict"], "incompatible");
        let output = run(&["explain", "MIT", "--for", "LicenseRef-Acme-Share"], "");
        assert!(text(&output.stdout).starts_with("compatible"), "{}", text(&output.stdout));
        let rows = "outbound,inbound\nGPL-3.0-only,LicenseRef-Acme-Share\nMIT,LicenseRef-Acme-Evaluation\n\
                    MIT,LicenseRef-Acme-Other\n";
        let answered = text(&run(&["explain", "--batch"], rows).stdout);
        let verdicts: Vec<&str> =
            answered.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
        assert_eq!(verdicts, ["compatible", "incompatible", "unknown"], "{answered}");
        let output = run(&["matrix", "MIT", "LicenseRef-Acme-Share", "--format", "csv"], "");
        assert!(text(&output.stdout).contains("LicenseRef-Acme-Share,incompatible,compatible"));
        let facts = json(&run(&["license", "LicenseRef-acme-share", "--format", "json"], ""));
        assert_eq!(facts["id"], "LicenseRef-Acme-Share");
        assert_eq!(facts["copyleft_scope"], "work");
        assert_eq!(facts["judged_by"], "what licgraph.toml states");
    }
}

#[test]
fn the_policy_of_own_licenses_can_be_named_or_left_out() {
    let file = fixture("own-licenses").join("licgraph.toml");
    let file = file.to_string_lossy();
    let question = ["explain", "LicenseRef-Acme-Share", "--for", "GPL-3.0-only", "--format", "json"];
    let verdict = |more: &[&str], directory: &Path| {
        let output = licgraph_in(directory, &[&question[..], more].concat(), "");
        json(&output)["verdict"].as_str().map(str::to_owned)
    };
    let elsewhere = fixture("planted-gpl");
    for option in ["--policy", "--shared-policy"] {
        assert_eq!(verdict(&[option, &file], &elsewhere).as_deref(), Some("compatible"), "{option}");
    }
    assert_eq!(verdict(&["--no-policy"], &fixture("own-licenses")).as_deref(), Some("unknown"));
}

#[test]
fn a_policy_that_is_not_understood_stops_the_question() {
    let directory = fixture("own-licenses-broken");
    for arguments in [
        &["explain", "MIT", "--for", "MIT"][..],
        &["matrix", "MIT"][..],
        &["license", "LicenseRef-Acme-Share"][..],
    ] {
        let output = licgraph_in(&directory, arguments, "");
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(text(&output.stderr).contains("licgraph.toml:2"), "{}", text(&output.stderr));
    }
    assert_eq!(code(&licgraph_in(&directory, &["license", "MIT"], "")), 0, "it needs no policy");
    let output = licgraph_in(&directory, &["license", "LicenseRef-Acme-Share", "--no-policy"], "");
    assert!(text(&output.stderr).contains("[[license]]"), "{}", text(&output.stderr));
}

#[test]
fn what_cannot_be_audited_says_why_and_what_to_do() {
    let empty = tempfile::tempdir().expect("a directory");
    let cases: [(&str, &str); 3] = [
        ("no/such/path", "cannot read no/such/path"),
        (&empty.path().to_string_lossy(), "no project found"),
        ("Cargo.lock/inside", "cannot read"),
    ];
    for (path, part) in cases {
        let output = licgraph(&["check", path]);
        assert_eq!(code(&output), 2, "{path}");
        assert!(text(&output.stderr).contains(part), "{path}: {}", text(&output.stderr));
    }
}

#[test]
fn broken_manifests_are_named_with_their_line_and_the_rest_is_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, content: &[u8]| {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(path, content).expect("a file");
    };
    write("broken/Cargo.toml", b"[package]\nname = \"x\"\nversion = \n");
    write("bytes/Cargo.toml", b"[package]\nname = \"\xff\xfe\"\n");
    write("whole/package.json", br#"{"name":"whole","version":"1.0.0","license":"MIT"}"#);
    write("whole/package-lock.json", br#"{"name":"whole","lockfileVersion":3,"packages":{"":{"name":"whole","version":"1.0.0","license":"MIT"}}}"#);
    let output = licgraph_in(directory.path(), &["check", ".", "--format", "json"], "");
    let report = json(&output);
    let problems = report["problems"].to_string();
    assert!(problems.contains("broken/Cargo.toml") && problems.contains("\"line\":3"), "{problems}");
    assert!(problems.contains("bytes/Cargo.toml"), "{problems}");
    let names: Vec<&str> = report["projects"]
        .as_array()
        .expect("projects")
        .iter()
        .filter_map(|project| project["name"].as_str())
        .collect();
    assert!(names.contains(&"whole"), "{names:?}");
    assert_ne!(code(&output), 0, "an incomplete audit is no pass");
}

#[test]
fn an_unknown_manifest_makes_the_audit_incomplete() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("package.json"), r#"{"name":"x","version":"1.0.0","license":"MIT"}"#)
        .expect("a file");
    fs::write(
        directory.path().join("package-lock.json"),
        r#"{"lockfileVersion":3,"packages":{"":{"name":"x","version":"1.0.0","license":"MIT"}}}"#,
    )
    .expect("a file");
    fs::write(directory.path().join("pom.xml"), "<project/>").expect("a file");
    let output = licgraph_in(directory.path(), &["check"], "");
    assert_eq!(code(&output), 3, "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("pom.xml"));
}

#[test]
fn an_invalid_expression_of_a_dependency_is_unknown_and_never_a_pass() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(
        directory.path().join("package.json"),
        r#"{"name":"x","version":"1.0.0","license":"MIT","dependencies":{"y":"1"}}"#,
    )
    .expect("a file");
    fs::write(
        directory.path().join("package-lock.json"),
        r#"{"name":"x","lockfileVersion":3,"packages":{"":{"name":"x","version":"1.0.0","license":"MIT","dependencies":{"y":"1"}},"node_modules/y":{"version":"1.0.0","license":"Freely (see site)"}}}"#,
    )
    .expect("a file");
    let output = licgraph_in(directory.path(), &["check", "--format", "json"], "");
    let report = json(&output);
    assert_eq!(code(&output), 1);
    assert_eq!(report["projects"][0]["verdict"], "unknown");
    assert!(report["findings"].to_string().contains("unknown-license"));
}

/// Where the files are missing, the first way out brings them: with the command of the client in use.
#[test]
fn unknown_licenses_say_how_the_files_get_here() {
    let nowhere = tempfile::tempdir().expect("a directory");
    let mut shown = String::new();
    for case in [
        "cargo/missing-sources/project",
        "go/empty-cache/project",
        "npm/everywhere-yarn-1",
        "npm/everywhere-pnpm-9",
        "python/uv-workspace",
        "python/poetry-2",
        "python/pip-compiled",
        "python/pipenv",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(case);
        let output = Command::new(env!("CARGO_BIN_EXE_licgraph"))
            .args(["check", "--no-policy", "--offline", "--license", "MIT", "--format", "json"])
            .arg(path)
            .env("CARGO_HOME", nowhere.path())
            .env("GOMODCACHE", nowhere.path())
            .env("GOENV", "off")
            .env("LICGRAPH_CACHE", nowhere.path())
            .output()
            .expect("the program runs");
        let report = json(&output);
        let findings = report["findings"].as_array().expect("findings");
        let unknown: Vec<_> = findings.iter().filter(|one| one["rule"] == "unknown-license").collect();
        let mut steps: Vec<_> =
            unknown.iter().filter_map(|one| one["remedies"][0]["step"].as_str()).collect();
        steps.sort_unstable();
        steps.dedup();
        shown.push_str(&format!("{case}\n  {}\n", steps.join("\n  ")));
    }
    insta::assert_snapshot!(shown);
}
