//! Practices as a standard with requirements, and what was found about them as an attestation (CycloneDX
//! Attestations, 1.6 and newer).

use super::cyclonedx_model::{Attestation, Declarations, Definitions, Mapping, Requirement, Score, Standard};
use crate::model::sbom::Document;
use crate::model::{PracticeResult, PracticeState, Verb};

const STANDARD: &str = "licgraph:practices";

/// The recommendations as a standard.
pub(super) fn definitions(document: &Document) -> Option<Definitions<'_>> {
    if document.practices.is_empty() {
        return None;
    }
    let version = document.tools.first().and_then(|(_, version)| version.as_deref()).unwrap_or("0");
    let requirements = document
        .practices
        .iter()
        .map(|practice| Requirement {
            bom_ref: requirement_ref(practice),
            identifier: &practice.id,
            title: &practice.recommendation,
            text: format!("{} {}", verb(practice.verb), practice.fix).trim().to_owned(),
        })
        .collect();
    let description = "Recommendations for open-source projects that licgraph looks at.";
    Some(Definitions {
        standards: vec![Standard {
            bom_ref: STANDARD.to_owned(),
            name: "licgraph practices",
            version,
            description,
            owner: document.tools.first().map_or("licgraph", |(name, _)| name),
            requirements,
        }],
    })
}

/// What was found, one row a recommendation.
///
/// A pass scores 1 and a fail 0. Whatever a program could not judge has no conformance at all, because the XSD
/// demands a score there; the rationale then stands with the confidence.
pub(super) fn declarations(document: &Document) -> Option<Declarations> {
    if document.practices.is_empty() {
        return None;
    }
    let map = document.practices.iter().map(mapping).collect();
    let summary = "What licgraph found about each recommendation in the audited tree.";
    Some(Declarations { attestations: vec![Attestation { summary, map }] })
}

fn mapping(practice: &PracticeResult) -> Mapping {
    let mut rationale = format!("{}: {}", state(practice.state), practice.reason);
    for evidence in &practice.evidence {
        match &evidence.place {
            Some(place) => rationale.push_str(&format!(" [{}: {place}]", evidence.statement)),
            None => rationale.push_str(&format!(" [{}]", evidence.statement)),
        }
    }
    let conformance = match practice.state {
        PracticeState::Pass => Some(1.0),
        PracticeState::Fail => Some(0.0),
        PracticeState::Review
        | PracticeState::Unknown
        | PracticeState::NotApplicable
        | PracticeState::Waived => None,
    };
    let percent = (f64::from(practice.confidence.clamp(0.0, 1.0)) * 100.0).round() / 100.0;
    let (judged, rest) = match conformance {
        Some(score) => (Some(Score { score, rationale: Some(rationale) }), None),
        None => (None, Some(rationale)),
    };
    Mapping {
        requirement: requirement_ref(practice),
        conformance: judged,
        confidence: Score { score: percent, rationale: rest },
    }
}

fn requirement_ref(practice: &PracticeResult) -> String {
    format!("{STANDARD}:{}", practice.id)
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Must => "Must.",
        Verb::Should => "Should.",
        Verb::May => "May.",
        Verb::Helps => "Helps.",
    }
}

fn state(state: PracticeState) -> &'static str {
    match state {
        PracticeState::Pass => "pass",
        PracticeState::Fail => "fail",
        PracticeState::Review => "a person must look",
        PracticeState::Unknown => "could not look",
        PracticeState::NotApplicable => "not applicable",
        PracticeState::Waived => "waived",
    }
}
