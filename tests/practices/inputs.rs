//! Rules that rest on what the caller knows, and the owner's decisions.

use crate::support::{result, text_of, today};
use jiff::civil::date;
use licgraph::model::{DetectedKind, DetectedLicense, PracticeResult, PracticeState};
use licgraph::practices::{
    CompatibilityFacts, Conflict, ConflictDecision, DecisionKind, LicenseFacts, PracticeDecision,
    PracticeInputs, ReviewRecord, review,
};

fn look(id: &str, inputs: PracticeInputs) -> PracticeResult {
    let folder = tempfile::tempdir().unwrap();
    result(&review(folder.path(), &PracticeInputs { now: Some(today()), ..inputs }), id)
}

fn license(expressions: &[&str], detected: Vec<DetectedLicense>) -> PracticeResult {
    let expressions =
        expressions.iter().map(|text| ((*text).to_owned(), "Cargo.toml:5".to_owned())).collect();
    look(
        "LIC-1",
        PracticeInputs { license: Some(LicenseFacts { expressions, detected }), ..PracticeInputs::default() },
    )
}

#[test]
fn an_approved_license_needs_its_text() {
    let cases = [
        (vec!["Apache-2.0"], vec![text_of("LICENSE", &["Apache-2.0"])], PracticeState::Pass),
        (vec![], vec![text_of("LICENSE", &["MIT"])], PracticeState::Pass),
        (
            vec!["MIT OR Apache-2.0"],
            vec![text_of("LICENSE-MIT", &["MIT"]), text_of("LICENSE-APACHE", &["Apache-2.0"])],
            PracticeState::Pass,
        ),
        (vec!["0BSD"], vec![text_of("LICENSE", &["0BSD"])], PracticeState::Pass),
        (vec!["MIT-0"], vec![text_of("LICENSE", &["MIT-0"])], PracticeState::Pass),
        (
            vec!["AGPL-3.0-or-later"],
            vec![text_of("LICENSE.AGPL", &["AGPL-3.0-only", "AGPL-3.0-or-later"])],
            PracticeState::Pass,
        ),
        // The traps.
        (vec!["MIT"], vec![], PracticeState::Fail),
        (vec![], vec![], PracticeState::Fail),
        (vec!["MIT"], vec![text_of("LICENSE", &[])], PracticeState::Fail),
        (vec!["MIT"], vec![text_of("LICENSE", &["GPL-3.0-only", "GPL-3.0-or-later"])], PracticeState::Review),
        (vec!["BUSL-1.1"], vec![text_of("LICENSE", &["BUSL-1.1"])], PracticeState::Fail),
        (vec!["SSPL-1.0"], vec![text_of("LICENSE", &["SSPL-1.0"])], PracticeState::Fail),
        (vec!["CC-BY-4.0"], vec![text_of("LICENSE", &["CC-BY-4.0"])], PracticeState::Fail),
        (
            vec!["MIT AND SSPL-1.0"],
            vec![text_of("LICENSE", &["MIT"]), text_of("LICENSE.2", &["SSPL-1.0"])],
            PracticeState::Fail,
        ),
        (
            vec!["MIT OR SSPL-1.0"],
            vec![text_of("LICENSE", &["MIT"]), text_of("LICENSE.2", &["SSPL-1.0"])],
            PracticeState::Pass,
        ),
        (vec!["LicenseRef-ours"], vec![text_of("LICENSE", &["LicenseRef-ours"])], PracticeState::Review),
        (vec!["something"], vec![text_of("LICENSE", &["MIT"])], PracticeState::Review),
        (vec!["MIT"], vec![text_of("docs/LICENSE", &["MIT"])], PracticeState::Fail),
        (
            vec!["MIT"],
            vec![text_of("LICENSE", &["MIT"]), text_of("assets/LICENSE", &["CC-BY-NC-4.0"])],
            PracticeState::Review,
        ),
        (
            vec!["MIT"],
            vec![
                text_of("LICENSE", &["MIT"]),
                DetectedLicense {
                    kind: DetectedKind::Rider,
                    ..text_of("LICENSE", &["LicenseRef-Commons-Clause"])
                },
            ],
            PracticeState::Fail,
        ),
    ];
    for (declared, detected, expected) in cases {
        let shown = format!(
            "{declared:?} with {:?}",
            detected.iter().map(|d| (&d.file, &d.candidates)).collect::<Vec<_>>()
        );
        let found = license(&declared, detected);
        assert_eq!(found.state, expected, "{shown}: {}", found.reason);
    }
    assert_eq!(look("LIC-1", PracticeInputs::default()).state, PracticeState::Unknown);
}

fn record(day: jiff::civil::Date, dependencies: usize) -> PracticeState {
    let review_record =
        Some(ReviewRecord { place: "docs/licenses.md:3".to_owned(), date: day, dependencies });
    look("LIC-2", PracticeInputs { review_record, ..PracticeInputs::default() }).state
}

#[test]
fn a_written_review_counts_for_a_year() {
    assert_eq!(record(date(2026, 3, 1), 40), PracticeState::Pass);
    assert_eq!(record(date(2025, 6, 16), 40), PracticeState::Pass);
    assert_eq!(record(date(2025, 6, 1), 40), PracticeState::Fail);
    assert_eq!(record(date(2026, 3, 1), 0), PracticeState::Review, "a record that lists nothing");
    assert_eq!(record(date(2027, 1, 1), 40), PracticeState::Review, "a record from the future");
    let compatibility = Some(CompatibilityFacts { complete: true, conflicts: Vec::new() });
    let found = look("LIC-2", PracticeInputs { compatibility, ..PracticeInputs::default() });
    assert_eq!(found.state, PracticeState::Fail, "one run is not regular");
    assert!(
        found.evidence.iter().any(|evidence| evidence.statement.contains("2026-06-15: complete, 0")),
        "{found:?}"
    );
}

fn conflicts(complete: bool, decisions: Vec<Option<(&str, Option<jiff::civil::Date>)>>) -> PracticeState {
    let conflicts = decisions
        .into_iter()
        .map(|decision| Conflict {
            package: "part 1.0.0".to_owned(),
            decision: decision.map(|(reason, expires)| ConflictDecision {
                place: "licgraph.toml:9".to_owned(),
                reason: reason.to_owned(),
                expires,
            }),
        })
        .collect();
    let compatibility = Some(CompatibilityFacts { complete, conflicts });
    look("LIC-3", PracticeInputs { compatibility, ..PracticeInputs::default() }).state
}

#[test]
fn every_conflict_needs_a_decision_with_reason_and_expiry() {
    let later = Some(date(2026, 12, 31));
    assert_eq!(conflicts(true, vec![Some(("replaced in 2.0", later))]), PracticeState::Pass);
    assert_eq!(conflicts(true, vec![Some(("replaced in 2.0", later)), None]), PracticeState::Fail);
    assert_eq!(conflicts(true, vec![Some((" ", later))]), PracticeState::Fail, "no reason");
    assert_eq!(conflicts(true, vec![Some(("because", None))]), PracticeState::Fail, "no expiry");
    assert_eq!(
        conflicts(true, vec![Some(("because", Some(date(2026, 1, 1))))]),
        PracticeState::Fail,
        "expired"
    );
    assert_eq!(conflicts(true, vec![]), PracticeState::NotApplicable);
    assert_eq!(conflicts(false, vec![]), PracticeState::Unknown);
    assert_eq!(look("LIC-3", PracticeInputs::default()).state, PracticeState::Unknown);
}

fn decided(kind: DecisionKind, reason: &str, expires: Option<jiff::civil::Date>) -> PracticeResult {
    let decisions = vec![PracticeDecision {
        rule: "COM-2".to_owned(),
        kind,
        reason: reason.to_owned(),
        expires,
        place: Some("licgraph.toml:3".to_owned()),
    }];
    look("COM-2", PracticeInputs { decisions, ..PracticeInputs::default() })
}

#[test]
fn the_owner_decides_in_writing() {
    let later = Some(date(2026, 12, 31));
    let waived = decided(DecisionKind::Waived, "moving to a new forum", later);
    assert_eq!(waived.state, PracticeState::Waived);
    assert!(
        waived.reason.contains("moving to a new forum") && waived.reason.contains("2026-12-31"),
        "{}",
        waived.reason
    );
    assert!(waived.evidence.iter().any(|evidence| evidence.statement.starts_with("Without the decision:")));
    assert_eq!(decided(DecisionKind::NotApplicable, "one person", None).state, PracticeState::NotApplicable);
    for (kind, reason, expires) in [
        (DecisionKind::Waived, "", later),
        (DecisionKind::Waived, "because", None),
        (DecisionKind::Waived, "because", Some(date(2026, 6, 14))),
        (DecisionKind::NotApplicable, "  ", None),
    ] {
        let found = decided(kind, reason, expires);
        assert_eq!(found.state, PracticeState::Fail, "{kind:?} {reason} {expires:?}");
        assert!(
            found
                .evidence
                .iter()
                .any(|evidence| evidence.statement.contains("waiver")
                    || evidence.statement.contains("decision"))
        );
    }
}
