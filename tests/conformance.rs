//! The engine against cases written from the license texts and the positions of the FSF and the OSI, before the
//! engine existed. Each case names its authority; see `tests/conformance/README.md`.

use licgraph::compatibility::{
    Explanation, InboundExpression, Joint, Law, OutboundExpression, Part, Situation, explain, solve,
};
use licgraph::licenses::parse;
use licgraph::model::{Distribution, Linkage};
use serde::Deserialize;
use std::path::Path;

#[derive(Debug, Deserialize)]
struct PairCase {
    outbound: String,
    inbound: String,
    linkage: String,
    distribution: String,
    verdict: String,
    effective_outbound: String,
    authority: String,
    why: String,
}

fn directory() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

fn situation(linkage: &str, distribution: &str) -> Situation {
    let linkage: Linkage = linkage.parse().expect("a linkage");
    let distribution: Distribution = distribution.parse().expect("a distribution");
    Situation::new(linkage, distribution)
}

fn answer(law: &Law, case: &PairCase) -> Explanation {
    let project = OutboundExpression::new(law, &parse(&case.outbound).expect(&case.outbound));
    let inbound = InboundExpression::new(law, &parse(&case.inbound).expect(&case.inbound));
    explain(law, &inbound, &case.inbound, &project, situation(&case.linkage, &case.distribution))
}

fn is_accepted(accepted: &str, answer: &str) -> bool {
    accepted.split('|').any(|one| one.trim() == answer)
}

#[test]
fn every_pair_case_is_answered_as_its_authority_says() {
    let law = Law::default();
    let mut reader = csv::Reader::from_path(directory().join("pairs.csv")).expect("pairs.csv");
    let mut count = 0;
    let mut wrong = Vec::new();
    for case in reader.deserialize() {
        let case: PairCase = case.expect("a case");
        count += 1;
        assert!(!case.authority.is_empty(), "{case:?} names no authority");
        let answer = answer(&law, &case);
        let verdict = answer.verdict.name();
        let effective = answer.effective_outbound.0.unwrap_or_default();
        let effective_wrong =
            !case.effective_outbound.is_empty() && !is_accepted(&case.effective_outbound, &effective);
        if !is_accepted(&case.verdict, verdict) || effective_wrong {
            wrong.push(format!(
                "{} <- {} {} {}: expected {} [{}], got {verdict} [{effective}]\n    {}\n    {}",
                case.outbound,
                case.inbound,
                case.linkage,
                case.distribution,
                case.verdict,
                case.effective_outbound,
                case.why,
                answer.reason
            ));
        }
    }
    assert!(count >= 400, "only {count} cases");
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[derive(Debug, Deserialize)]
struct JointCases {
    joint: Vec<JointCase>,
}

#[derive(Debug, Deserialize)]
struct JointCase {
    name: String,
    outbound: String,
    inbound: Vec<JointMember>,
    #[serde(default = "binary")]
    distribution: String,
    verdict: String,
    #[serde(default)]
    effective_outbound: Option<String>,
    #[serde(default)]
    conflict: Option<Vec<String>>,
}

fn binary() -> String {
    "binary".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum JointMember {
    Linked(String),
    Joined { expr: String, linkage: String },
}

impl JointMember {
    fn parts(&self) -> (&str, &str) {
        match self {
            Self::Linked(expr) => (expr, "static"),
            Self::Joined { expr, linkage } => (expr, linkage),
        }
    }
}

fn solve_case(law: &Law, case: &JointCase) -> Joint {
    let project = OutboundExpression::new(law, &parse(&case.outbound).expect(&case.outbound));
    let members: Vec<(InboundExpression, Situation)> = case
        .inbound
        .iter()
        .map(|member| {
            let (expr, linkage) = member.parts();
            let inbound = InboundExpression::new(law, &parse(expr).expect(expr));
            (inbound, situation(linkage, &case.distribution))
        })
        .collect();
    let parts: Vec<Part<'_>> =
        members.iter().map(|(inbound, situation)| Part { inbound, situation: *situation }).collect();
    solve(law, &project, &parts)
}

#[test]
fn every_joint_case_is_answered_as_its_authority_says() {
    let law = Law::default();
    let text = std::fs::read_to_string(directory().join("joint.toml")).expect("joint.toml");
    let cases: JointCases = toml::from_str(&text).expect("joint cases");
    assert!(cases.joint.len() >= 60, "only {} cases", cases.joint.len());
    let mut wrong = Vec::new();
    for case in &cases.joint {
        let joint = solve_case(&law, case);
        let verdict_wrong = !is_accepted(&case.verdict, joint.verdict.name());
        let effective_wrong = case.effective_outbound.as_ref().is_some_and(|expected| {
            !is_accepted(expected, joint.effective_outbound.as_deref().unwrap_or_default())
        });
        let conflict: Vec<String> = joint
            .conflict
            .iter()
            .chain(joint.blocked.iter())
            .map(|part| case.inbound[*part].parts().0.to_owned())
            .collect();
        let conflict_wrong = case.conflict.as_ref().is_some_and(|expected| {
            let (mut expected, mut found) = (expected.clone(), conflict.clone());
            expected.sort();
            found.sort();
            expected != found
        });
        if verdict_wrong || effective_wrong || conflict_wrong {
            wrong.push(format!("{}: expected {case:?}, got {joint:?} {conflict:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.joint.len(), wrong.join("\n"));
}
