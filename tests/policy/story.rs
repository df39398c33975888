//! How a project with old conflicts adopts the audit, and how it stays honest.

use crate::work::{Project, counting};

const WAIVER: &str = "
[[waiver]]
package = \"chart-press\"
license = \"GPL-2.0-only\"
reason = \"Charts move to another library before the next release\"
author = \"Maintainers\"
expires = 2026-12-31
ticket = \"TASK-7\"
";

#[test]
fn from_a_baseline_over_a_waiver_to_the_day_it_ends() {
    let mut project = Project::of("story/before");
    assert_eq!(project.run(&["check"]).code, 1, "the old conflict fails at first");

    let update = project.run(&["baseline", "update"]);
    assert_eq!(update.code, 0, "{update:?}");
    assert!(
        update.out.contains("+ incompatible-dependency pkg:npm/ledger-core GPL-3.0-only"),
        "{}",
        update.out
    );
    project.write("licgraph.toml", "[audit]\nbaseline = \"licgraph-baseline.json\"\n");
    let (code, report) = project.report(&[]);
    assert_eq!((code, counting(&report)), (0, vec![]), "what is known does not fail");
    assert_eq!(report["summary"]["suppressed"], 1);
    assert_eq!(report["findings"][0]["suppressed"]["kind"], "baseline");

    project.take("story/after");
    let (code, report) = project.report(&[]);
    assert_eq!(code, 1, "the new dependency fails");
    // Two GNU licenses that exclude each other: the new package conflicts with the project and with the old one.
    let new = counting(&report);
    assert!(new.contains(&"incompatible-dependency chart-press 3.0.1".to_owned()), "{new:?}");
    assert!(!new.iter().any(|finding| finding.contains("ledger-core")), "{new:?}");

    project.write("licgraph.toml", &format!("[audit]\nbaseline = \"licgraph-baseline.json\"\n{WAIVER}"));
    let (code, report) = project.report(&[]);
    assert_eq!((code, counting(&report)), (0, vec![]), "the waiver holds");
    let waived = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["suppressed"]["kind"] == "waiver")
        .unwrap();
    assert_eq!(waived["suppressed"]["author"], "Maintainers");
    assert_eq!(waived["suppressed"]["until"], "2026-12-31");
    assert_eq!(waived["suppressed"]["ticket"], "TASK-7");

    project.at("1798675200"); // 2026-12-31, its last day
    assert_eq!(project.run(&["check"]).code, 0);
    project.at("1798761600"); // 2027-01-01
    let (code, report) = project.report(&[]);
    assert_eq!(code, 1, "the day after it counts again");
    let counts = counting(&report);
    assert!(counts.contains(&"incompatible-dependency chart-press 3.0.1".to_owned()), "{counts:?}");
    assert!(counts.contains(&"waiver-expired -".to_owned()), "{counts:?}");
}

#[test]
fn what_is_waived_shows_its_reason_in_every_form() {
    let project = Project::of("story/after");
    project.write("licgraph.toml", WAIVER);
    for form in ["terminal", "json", "sarif", "markdown", "html"] {
        let printed = project.run(&["check", "--format", form]).out;
        let flat: String = printed.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains("Charts move to another library"), "{form}: {printed}");
    }
}

#[test]
fn a_waiver_ends_with_the_license_it_was_given_for() {
    let project = Project::of("story/after");
    project.write("licgraph.toml", &WAIVER.replace("GPL-2.0-only", "LGPL-2.1-only"));
    let (code, report) = project.report(&[]);
    let counts = counting(&report);
    assert_eq!(code, 1);
    assert!(counts.contains(&"incompatible-dependency chart-press 3.0.1".to_owned()), "{counts:?}");
    assert!(counts.contains(&"waiver-unused -".to_owned()), "{counts:?}");
}

#[test]
fn a_finding_is_waived_by_its_fingerprint() {
    let project = Project::of("story/before");
    let (_, report) = project.report(&[]);
    let id = report["findings"][0]["id"].as_str().unwrap().to_owned();
    project.write(
        "licgraph.toml",
        &format!("[[waiver]]\nfinding = \"{id}\"\nreason = \"Decided\"\nexpires = \"2027-01-01\"\n"),
    );
    let (code, report) = project.report(&[]);
    assert_eq!((code, counting(&report)), (0, vec![]));
}

#[test]
fn the_baseline_shrinks_and_does_not_grow_unasked() {
    let project = Project::of("story/after");
    project.run(&["baseline", "update"]);
    let full = project.read("licgraph-baseline.json");
    assert!(full.contains("chart-press") && full.contains("ledger-core"), "{full}");
    project.take("story/before");
    let update = project.run(&["baseline", "update", "--remove-only"]);
    assert!(update.out.contains("- incompatible-dependency pkg:npm/chart-press"), "{}", update.out);
    let small = project.read("licgraph-baseline.json");
    assert!(!small.contains("chart-press") && small.contains("ledger-core"), "{small}");
    project.take("story/after");
    project.run(&["baseline", "update", "--remove-only"]);
    assert_eq!(project.read("licgraph-baseline.json"), small);
    project.run(&["baseline", "update"]);
    assert_eq!(project.read("licgraph-baseline.json"), full, "the same input gives the same bytes");
}

#[test]
fn two_runs_give_the_same_bytes() {
    let project = Project::of("story/after");
    project.write("licgraph.toml", WAIVER);
    let elsewhere = Project::of("story/after");
    elsewhere.write("licgraph.toml", WAIVER);
    for form in ["json", "sarif", "markdown", "html", "csv", "junit"] {
        let first = project.run(&["check", "--format", form]);
        let second = elsewhere.run(&["check", "--format", form]);
        assert_eq!(first.out, second.out, "{form}");
    }
}
