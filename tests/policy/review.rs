//! The periodic review: what it says, and what it keeps.

use crate::work::{Project, repository};

const POLICY: &str = "[[waiver]]\npackage = \"ledger-core\"\nlicense = \"GPL-3.0-only\"\nreason = \"Under way\"\nauthor = \"Maintainers\"\nexpires = \"2026-12-01\"\n";

#[test]
fn a_review_is_accepted_and_the_next_one_shows_what_changed() {
    let mut project = Project::of("story/before");
    project.write("licgraph.toml", POLICY);
    let first = project.run(&["review", "--accept"]);
    assert_eq!(first.code, 0, "{first:?}");
    assert_eq!(project.read("docs/license-review/2026-11-22.md"), first.out);
    assert!(first.out.contains("this is the first"), "{}", first.out);
    assert!(
        first.out.contains("| ledger-core under GPL-3.0-only | 2026-12-01 | 9 | Maintainers |"),
        "{}",
        first.out
    );
    let record = project.read("docs/license-review/accepted.json");

    project.at("1796083200"); // 2026-12-01
    project.take("story/after");
    let lock = project.read("package-lock.json").replace("\"license\": \"ISC\"", "\"license\": \"MIT\"");
    project.write("package-lock.json", &lock);
    let second = project.run(&["review", "--output", "review.md"]);
    assert_eq!(second.code, 1);
    insta::assert_snapshot!("review", project.read("review.md"));
    assert_eq!(project.read("docs/license-review/accepted.json"), record, "only --accept writes");
}

#[test]
fn a_relicensing_alone_is_a_warning() {
    let project = Project::of("story/before");
    project.write("licgraph.toml", POLICY);
    project.run(&["review", "--accept"]);
    let lock = project.read("package-lock.json").replace("\"license\": \"ISC\"", "\"license\": \"MIT\"");
    project.write("package-lock.json", &lock);
    assert_eq!(project.run(&["review"]).code, 0);
    assert_eq!(project.run(&["review", "--fail-on", "conditional"]).code, 1);
}

#[test]
fn a_record_that_cannot_be_read_stops_the_review() {
    let project = Project::of("story/before");
    project.write("docs/license-review/accepted.json", "{\"snapshot_version\": \"7\"}");
    let outcome = project.run(&["review", "--accept"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.err.contains("has version 7; this program reads version 1"), "{}", outcome.err);
}

/// What a machine without the crates' sources cannot know may be unknown; nothing else may count.
#[test]
fn the_repository_passes_its_own_policy_and_review() {
    let project = Project::new();
    let own = |arguments: &[&str]| {
        let mut command = project.command(env!("CARGO_BIN_EXE_licgraph"));
        crate::work::outcome(command.args(arguments).arg(repository()))
    };
    let report = own(&["check", "--offline", "--format", "json"]).json();
    let counting = crate::work::counting(&report);
    assert!(counting.iter().all(|finding| finding.starts_with("unknown-license ")), "{counting:?}");
    assert!(report["summary"]["read"].to_string().contains("licgraph.toml"));
    assert_eq!(report["projects"].as_array().unwrap().len(), 1);
    let review = own(&["review", "--offline"]);
    assert!(review.out.contains("Accepted on "), "a review was accepted before: {}", review.out);
    assert_eq!(review.code, i32::from(!counting.is_empty()));
}

#[test]
fn decisions_and_the_last_review_reach_the_practices() {
    let project = Project::of("story/before");
    project.write(
        "licgraph.toml",
        "[[practice]]\nid = \"SEC-2\"\nstate = \"waived\"\nreason = \"Reports come by a form\"\nexpires = \"2027-06-30\"\n",
    );
    project.run(&["review", "--accept"]);
    let results = project.run(&["practices", "--format", "json"]).json();
    let of = |id: &str| results.as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    assert_eq!(of("SEC-2")["state"], "waived");
    assert!(of("SEC-2").to_string().contains("Reports come by a form"));
    assert!(of("LIC-2").to_string().contains("docs/license-review/2026-11-22.md"), "{:#}", of("LIC-2"));
}
