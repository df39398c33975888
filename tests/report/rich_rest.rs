//! What the rich report holds beside its packages and findings.

use crate::rich::ESCAPES;
use licgraph::model::{
    Consequence, Obligation, ObligationKind, PracticeEvidence, PracticeResult, PracticeState, Problem,
    SourceSpan, Verb,
};

/// Three files and facts that could not be read.
pub fn problems() -> Vec<Problem> {
    vec![
        Problem {
            location: Some(SourceSpan { file: "web/yarn.lock".to_owned(), line: 17, column: 3 }),
            message: "expected a version after `@babel/parser`; run the client again to repair it".to_owned(),
            consequence: Consequence::Incomplete,
        },
        Problem::fact_missing(None, format!("the archive of {ESCAPES} has no license file")),
        Problem::note(Some(SourceSpan::file("Cargo.lock")), "written by an older client"),
    ]
}

/// Three duties.
pub fn obligations() -> Vec<Obligation> {
    let duty = |kind: ObligationKind, licenses: &[&str], packages: &[&str]| Obligation {
        kind,
        duty: kind.duty().to_owned(),
        licenses: licenses.iter().map(|name| (*name).to_owned()).collect(),
        packages: packages.iter().map(|name| (*name).to_owned()).collect(),
    };
    vec![
        duty(
            ObligationKind::Notice,
            &["Apache-2.0", "ISC", "MIT"],
            &["pkg:cargo/serde@1.0.228", "pkg:npm/%40babel/core@7.28.0"],
        ),
        duty(ObligationKind::NoticeFile, &["Apache-2.0"], &["pkg:cargo/http-mesh@0.8.0"]),
        duty(ObligationKind::SourceOwn, &["MPL-2.0"], &["pkg:cargo/winreg-helper@0.2.0"]),
    ]
}

/// A practice in every state that a program can find.
pub fn practices() -> Vec<PracticeResult> {
    let practice =
        |id: &str, verb, state, recommendation: &str, reason: &str, place: Option<&str>| PracticeResult {
            id: id.to_owned(),
            recommendation: recommendation.to_owned(),
            verb,
            state,
            confidence: 0.9,
            reason: reason.to_owned(),
            evidence: vec![PracticeEvidence {
                statement: reason.to_owned(),
                place: place.map(str::to_owned),
                time: None,
            }],
            fix: format!("Add it; a template for {id} is in the guide."),
        };
    vec![
        practice(
            "LIC-1",
            Verb::Must,
            PracticeState::Pass,
            "The repository has a license file.",
            "LICENSE holds the MIT text.",
            Some("LICENSE:1"),
        ),
        practice(
            "SEC-1",
            Verb::Must,
            PracticeState::Fail,
            "The project says how to report a vulnerability.",
            "SECURITY.md was looked for and is not there.",
            Some("SECURITY.md"),
        ),
        practice(
            "DOC-2",
            Verb::Should,
            PracticeState::Fail,
            "Contributors find out how to contribute.",
            "CONTRIBUTING.md was looked for and is not there.",
            None,
        ),
        practice(
            "GOV-1",
            Verb::May,
            PracticeState::Review,
            "Decisions are written down.",
            "There is a folder of decisions that a program cannot judge.",
            Some("docs/decisions.md:1"),
        ),
        practice(
            "CI-3",
            Verb::Helps,
            PracticeState::Unknown,
            "Releases are signed.",
            "The tags could not be read.",
            None,
        ),
    ]
}
