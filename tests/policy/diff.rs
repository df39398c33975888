//! What changed between two states, whatever they are given as.

use crate::work::Project;

fn with_history() -> Project {
    let project = Project::of("story/before");
    project.git(&["init", "-q"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "before"]);
    project.git(&["tag", "v1"]);
    project.take("story/after");
    let lock = project.read("package-lock.json");
    // The upgrade of a package that was there is a relicensing.
    let lock =
        lock.replace("\"2.1.0\"", "\"3.0.0\"").replace("\"license\": \"ISC\"", "\"license\": \"BUSL-1.1\"");
    project.write("package-lock.json", &lock);
    project.write("package.json", &project.read("package.json").replace("2.1.0", "3.0.0"));
    project.git(&["commit", "-qam", "after"]);
    project
}

#[test]
fn two_revisions_without_touching_the_work_tree() {
    let project = with_history();
    project.write("package.json", "{ not even JSON");
    let outcome = project.run(&["diff", "v1..HEAD"]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    insta::assert_snapshot!("diff_revisions_text", outcome.out);
    assert_eq!(project.read("package.json"), "{ not even JSON");
    let markdown = project.run(&["diff", "v1", "HEAD", "--format", "markdown"]);
    insta::assert_snapshot!("diff_revisions_markdown", markdown.out);
    let json = project.run(&["diff", "v1..HEAD", "--format", "json"]).json();
    assert_eq!(json["license_changed"][0]["new_license"], "BUSL-1.1");
    let back = project.run(&["diff", "HEAD..v1"]);
    assert_eq!(back.code, 0, "what gets better does not fail: {}", back.out);
    let same = project.run(&["diff", "HEAD..HEAD"]);
    assert_eq!((same.code, same.out.as_str()), (0, "Nothing changed.\n"));
}

#[test]
fn reports_directories_and_records_can_be_mixed() {
    let project = Project::of("story");
    for side in ["before", "after"] {
        let file = format!("{side}.json");
        let made = project.run(&["check", side, "--format", "json", "--output", &file]);
        assert_eq!(made.code, 1);
    }
    let reports = project.run(&["diff", "before.json", "after.json"]);
    let directories = project.run(&["diff", "before", "after"]);
    assert_eq!(reports.out, directories.out);
    assert!(reports.out.contains("+ pkg:npm/chart-press@3.0.1 GPL-2.0-only"), "{}", reports.out);
}

#[test]
fn two_sboms_of_any_format() {
    let project = Project::of("story");
    for (side, format, file) in
        [("before", "cyclonedx-json", "old.cdx.json"), ("after", "spdx-json", "new.spdx.json")]
    {
        let made = project.run(&["sbom", side, "--format", format, "--output", file]);
        assert!(made.err.is_empty() && made.code < 2, "{made:?}");
    }
    let outcome = project.run(&["diff", "old.cdx.json", "new.spdx.json", "--format", "json"]);
    let changes = outcome.json();
    assert_eq!(changes["added"][0]["purl"], "pkg:npm/chart-press@3.0.1", "{changes:#}");
    assert_eq!(changes["added"].as_array().unwrap().len(), 1);
    assert_eq!(changes["removed"], serde_json::json!([]));
    assert_eq!(changes["license_changed"], serde_json::json!([]));
}

#[test]
fn a_baseline_and_a_waiver_of_each_revision_hold_for_it() {
    let project = Project::of("story/before");
    project.git(&["init", "-q"]);
    project.run(&["baseline", "update"]);
    project.write("licgraph.toml", "[audit]\nbaseline = \"licgraph-baseline.json\"\n");
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "known"]);
    project.write("licgraph.toml", "");
    project.git(&["commit", "-qam", "unknown"]);
    let outcome = project.run(&["diff", "HEAD~1..HEAD"]);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.out.contains("counts again: incompatible-dependency ledger-core 1.4.2"),
        "{}",
        outcome.out
    );
}

#[test]
fn a_verdict_that_moves_says_why() {
    let project = Project::of("story");
    project.run(&["check", "before", "--format", "json", "--output", "mit.json"]);
    project.run(&[
        "check",
        "before",
        "--license",
        "GPL-3.0-only",
        "--format",
        "json",
        "--output",
        "gpl.json",
    ]);
    let outcome = project.run(&["diff", "mit.json", "gpl.json"]);
    assert_eq!(outcome.code, 0);
    assert!(
        outcome.out.contains(
            "pkg:npm/ledger-core@1.4.2: incompatible -> compatible, because the license of invoice-desk changed from MIT to GPL-3.0-only"
        ),
        "{}",
        outcome.out
    );
}

#[test]
fn two_versions_of_one_package() {
    let project = Project::new();
    let outcome = project.run(&["diff", "pkg:npm/left@1.0.0", "pkg:npm/left@2.0.0", "--license", "MIT"]);
    assert_eq!(outcome.code, 3, "nothing was read: {outcome:?}");
    assert!(outcome.out.contains("pkg:npm/left 1.0.0 -> 2.0.0"), "{}", outcome.out);
    assert!(outcome.err.contains("left 2.0.0: not asked, because this run is offline"), "{}", outcome.err);
    for (old, new, message) in [
        ("pkg:npm/left@1.0.0", "pkg:npm/right@2.0.0", "are two packages"),
        ("pkg:npm/left", "pkg:npm/left@2.0.0", "names no version"),
    ] {
        let outcome = project.run(&["diff", old, new]);
        assert_eq!(outcome.code, 2);
        assert!(outcome.err.contains(message), "{}", outcome.err);
    }
}

#[test]
fn what_cannot_be_compared_is_told() {
    let project = with_history();
    project.write("odd.json", "{\"schema_version\": \"99.0\"}");
    project.write("broken.json", "{\"schema_version\": ");
    for (arguments, message) in [
        (vec!["diff", "nowhere..HEAD"], "cannot find the revision `nowhere`"),
        (vec!["diff", "alone"], "is no range of revisions"),
        (vec!["diff", "odd.json", "HEAD"], "odd.json has version 99.0"),
        (vec!["diff", "broken.json", "HEAD"], "broken.json:1:"),
        (vec!["diff", "missing.json", "HEAD"], "cannot read missing.json"),
    ] {
        let outcome = project.run(&arguments);
        assert_eq!(outcome.code, 2, "{arguments:?}");
        assert!(outcome.err.contains(message), "{arguments:?}: {}", outcome.err);
    }
    let outside = Project::of("story/before");
    let outcome = outside.run(&["diff", "main..HEAD"]);
    assert!(outcome.err.contains("is not in a git repository"), "{}", outcome.err);
}

#[test]
fn only_what_a_change_touches_is_audited() {
    let project = Project::of("monorepo");
    project.git(&["init", "-q"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "all"]);
    let untouched = project.run(&["check", "--changed-since", "HEAD"]);
    assert_eq!(untouched.code, 0);
    assert!(untouched.err.contains("nothing that an audit reads changed since HEAD"), "{}", untouched.err);
    project.write("README.md", "words");
    assert!(project.run(&["check", "--changed-since", "HEAD"]).out.is_empty(), "words touch nothing");

    project.write("web/package.json", &project.read("web/package.json").replace("1.0.0", "1.0.1"));
    let (_, report) = project.report(&["--changed-since", "HEAD", "--fail-on", "never"]);
    let names = |report: &serde_json::Value| -> Vec<String> {
        let projects = report["projects"].as_array().unwrap();
        projects.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&report), ["web"], "a change that is not committed");
    project.git(&["commit", "-qam", "web"]);
    let (_, report) = project.report(&["--changed-since", "HEAD~1", "--fail-on", "never"]);
    assert_eq!(names(&report), ["web"], "a change that is committed");
    project.write("licgraph.toml", "");
    let (_, report) = project.report(&["--changed-since", "HEAD", "--fail-on", "never"]);
    assert_eq!(names(&report), ["server", "web"], "the policy is everyone's");
}
