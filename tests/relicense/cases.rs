//! The cases of `tests/conformance/joint.toml`: what the dependencies allow, and what today's license allows.

use licgraph::compatibility::{
    Holders, InboundExpression, Law, OutboundExpression, OwnAnswer, Part, Situation, own_code, solve,
};
use licgraph::licenses::parse;
use licgraph::model::{Distribution, Linkage, Verdict};
use serde::Deserialize;
use std::path::Path;

#[derive(Debug, Deserialize)]
struct Cases {
    relicense: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    from: String,
    to: String,
    inbound: Vec<Member>,
    holders: String,
    dependencies: String,
    own_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Member {
    Linked(String),
    Joined { expr: String, linkage: String },
}

fn outbound(law: &Law, text: &str) -> OutboundExpression {
    OutboundExpression::new(law, &parse(text).unwrap())
}

fn dependencies(law: &Law, case: &Case) -> &'static str {
    let target = outbound(law, &case.to);
    let members: Vec<(InboundExpression, Linkage)> = case
        .inbound
        .iter()
        .map(|member| match member {
            Member::Linked(text) => (InboundExpression::new(law, &parse(text).unwrap()), Linkage::Static),
            Member::Joined { expr, linkage } => {
                (InboundExpression::new(law, &parse(expr).unwrap()), linkage.parse().unwrap())
            }
        })
        .collect();
    let parts: Vec<Part<'_>> = members
        .iter()
        .map(|(inbound, linkage)| Part { inbound, situation: Situation::new(*linkage, Distribution::Binary) })
        .collect();
    match solve(law, &target, &parts).verdict {
        Verdict::Compatible => "yes",
        Verdict::Conditional => "conditional",
        Verdict::Unknown => "unknown",
        Verdict::Incompatible => "no",
    }
}

#[test]
fn every_case_is_answered_as_its_authority_says() {
    let law = Law::default();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/joint.toml");
    let cases: Cases = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(cases.relicense.len() >= 40, "only {} cases", cases.relicense.len());
    let mut wrong = Vec::new();
    for case in &cases.relicense {
        let holders = match case.holders.as_str() {
            "sole" => Holders::Sole,
            "several" => Holders::Several,
            other => panic!("{}: holders {other}", case.name),
        };
        let own = own_code(&law, &outbound(&law, &case.from), &outbound(&law, &case.to), holders);
        let dependencies = dependencies(&law, case);
        let own_right = case.own_code.split('|').any(|word| word == own.answer.name());
        if !own_right || dependencies != case.dependencies {
            wrong.push(format!("{}: {case:?}\n    got {dependencies}, {own:?}", case.name));
        }
        assert!(!own.reason.is_empty(), "{}", case.name);
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.relicense.len(), wrong.join("\n"));
}

/// today, target, answer with several holders.
const OWN_CODE: [(&str, &str, OwnAnswer); 34] = [
    ("MIT", "ISC", OwnAnswer::Yes),
    ("MIT", "MIT-0", OwnAnswer::No),
    ("MIT", "0BSD", OwnAnswer::No),
    ("MIT", "CC0-1.0", OwnAnswer::No),
    ("MIT", "MPL-2.0", OwnAnswer::Yes),
    ("MIT", "MIT OR Apache-2.0", OwnAnswer::Yes),
    ("MIT", "GPL-3.0-or-later WITH Classpath-exception-2.0", OwnAnswer::Yes),
    ("MIT-0", "Apache-2.0", OwnAnswer::Yes),
    ("0BSD", "CC0-1.0", OwnAnswer::Yes),
    ("BSD-3-Clause", "MIT", OwnAnswer::No),
    ("BSD-3-Clause", "Apache-2.0", OwnAnswer::Yes),
    ("BSD-3-Clause", "MPL-2.0", OwnAnswer::Yes),
    ("BSD-4-Clause", "GPL-3.0-only", OwnAnswer::No),
    ("BSD-4-Clause", "LicenseRef-Proprietary", OwnAnswer::Yes),
    ("Apache-2.0", "GPL-2.0-or-later", OwnAnswer::No),
    ("Apache-2.0", "MIT OR Apache-2.0", OwnAnswer::No),
    ("Apache-2.0", "LicenseRef-Proprietary", OwnAnswer::Yes),
    ("Apache-2.0 WITH LLVM-exception", "GPL-2.0-only", OwnAnswer::Yes),
    ("MPL-2.0", "GPL-2.0-or-later", OwnAnswer::Yes),
    ("MPL-2.0", "GPL-3.0-only", OwnAnswer::Yes),
    ("MPL-2.0", "MIT", OwnAnswer::No),
    ("MPL-2.0-no-copyleft-exception", "GPL-3.0-only", OwnAnswer::No),
    ("MPL-1.1", "MPL-2.0-no-copyleft-exception", OwnAnswer::Yes),
    ("EUPL-1.2", "GPL-3.0-only", OwnAnswer::Yes),
    ("GPL-3.0-only", "EUPL-1.2", OwnAnswer::No),
    ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only", OwnAnswer::Yes),
    ("GPL-2.0-only", "GPL-2.0-only WITH Classpath-exception-2.0", OwnAnswer::No),
    ("CC-BY-SA-4.0", "GPL-3.0-only", OwnAnswer::Yes),
    ("LGPL-2.1-only", "AGPL-3.0-only", OwnAnswer::No),
    ("MIT AND Apache-2.0", "Apache-2.0", OwnAnswer::Yes),
    ("MIT AND Apache-2.0", "MIT", OwnAnswer::No),
    ("MIT AND Apache-2.0", "MIT AND Apache-2.0 AND BSD-3-Clause", OwnAnswer::Yes),
    ("LicenseRef-Proprietary", "MIT", OwnAnswer::No),
    ("LicenseRef-acme-terms", "MIT", OwnAnswer::Ask),
];

#[test]
fn todays_license_moves_where_it_drops_nothing_and_a_clause_leads_there() {
    let law = Law::default();
    for (today, target, expected) in OWN_CODE {
        let found = own_code(&law, &outbound(&law, today), &outbound(&law, target), Holders::Several);
        assert_eq!(found.answer, expected, "{today} to {target}: {found:?}");
    }
}

#[test]
fn no_license_at_all_moves_only_by_its_holder() {
    let law = Law::default();
    let (today, target) = (outbound(&law, "NONE"), outbound(&law, "MIT"));
    assert_eq!(own_code(&law, &today, &target, Holders::Several).answer, OwnAnswer::No);
    assert_eq!(own_code(&law, &today, &target, Holders::Unknown).answer, OwnAnswer::Ask);
    assert_eq!(own_code(&law, &today, &target, Holders::Sole).answer, OwnAnswer::Yes);
}

#[test]
fn unknown_holders_are_never_a_yes_and_never_a_no() {
    let law = Law::default();
    let (today, target) = (outbound(&law, "GPL-3.0-only"), outbound(&law, "MIT"));
    assert_eq!(own_code(&law, &today, &target, Holders::Unknown).answer, OwnAnswer::Ask);
}
