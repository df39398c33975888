//! How fast the engine answers: tables of questions, one large work, the whole matrix.

use licgraph::audit::{AuditRequest, Known, judge};
use licgraph::compatibility::{
    InboundExpression, Law, OutboundExpression, Part, Situation, answer, coverage, solve,
};
use licgraph::licenses::parse;
use licgraph::model::{
    Conclusion, ConclusionSource, Dependency, DependencyGraph, Ecosystem, Expression, LicenseFact, Linkage,
    Origin, Package, Project, Scope,
};
use std::collections::BTreeMap;

const LICENSES: [&str; 10] = [
    "MIT",
    "MIT OR Apache-2.0",
    "Apache-2.0",
    "BSD-3-Clause",
    "ISC",
    "(MIT OR Apache-2.0) AND Unicode-3.0",
    "MPL-2.0",
    "LGPL-2.1-or-later",
    "Zlib OR Apache-2.0 OR MIT",
    "GPL-2.0-or-later WITH Classpath-exception-2.0",
];

fn main() {
    divan::main();
}

fn expressions() -> Vec<Expression> {
    LICENSES.iter().map(|text| parse(text).expect("a license expression")).collect()
}

/// Ten thousand questions that were not asked before, expressions read already.
#[divan::bench]
fn answer_10_000_questions(bencher: divan::Bencher<'_, '_>) {
    let law = Law::default();
    let inbound: Vec<InboundExpression> =
        expressions().iter().map(|expression| InboundExpression::new(&law, expression)).collect();
    let outbound: Vec<OutboundExpression> = ["MIT", "Apache-2.0", "GPL-2.0-or-later", "GPL-3.0-only"]
        .iter()
        .map(|text| OutboundExpression::new(&law, &parse(text).expect("a license expression")))
        .collect();
    bencher.bench_local(|| {
        for round in 0..10_000 {
            let project = &outbound[round % outbound.len()];
            let text = LICENSES[round % LICENSES.len()];
            divan::black_box(answer(
                &law,
                &inbound[round % inbound.len()],
                text,
                project,
                Situation::LINKED_BINARY,
            ));
        }
    });
}

/// The joint question over 100,000 dependencies, none of them grouped.
#[divan::bench]
fn solve_100_000_dependencies(bencher: divan::Bencher<'_, '_>) {
    let law = Law::default();
    let inbound: Vec<InboundExpression> =
        expressions().iter().map(|expression| InboundExpression::new(&law, expression)).collect();
    let project = OutboundExpression::new(&law, &parse("GPL-2.0-or-later").expect("a license expression"));
    let parts: Vec<Part<'_>> = (0..100_000)
        .map(|number| Part { inbound: &inbound[number % inbound.len()], situation: Situation::LINKED_BINARY })
        .collect();
    bencher.bench_local(|| divan::black_box(solve(&law, &project, &parts)));
}

/// Everything from a graph of 100,000 packages and 300,000 edges to its report.
#[divan::bench(sample_count = 5)]
fn judge_100_000_packages(bencher: divan::Bencher<'_, '_>) {
    let request = AuditRequest::new(".".into());
    let known = large(100_000);
    bencher
        .with_inputs(|| known.clone())
        .bench_local_values(|known| divan::black_box(judge(&request, known)));
}

/// Every license of the list in every other, linked into a binary.
#[divan::bench]
fn the_whole_matrix(bencher: divan::Bencher<'_, '_>) {
    let law = Law::default();
    bencher.bench_local(|| divan::black_box(coverage(&law, Situation::LINKED_BINARY)));
}

fn large(count: usize) -> Known {
    let licenses = expressions();
    let mut graph = DependencyGraph::new();
    let nodes: Vec<_> = (0..count)
        .map(|number| {
            let origin = if number == 0 { Origin::Project } else { Origin::Registry(None) };
            graph.add_package(Package::new(Ecosystem::Cargo, &format!("p{number}"), Some("1.0.0"), origin))
        })
        .collect();
    for number in 1..count {
        for step in [number / 2, number / 3, number / 7] {
            let edge = Dependency::new(Scope::Runtime, Linkage::Static);
            graph.add_dependency(nodes[step], nodes[number], edge);
        }
    }
    graph.add_project(Project { node: nodes[0], manifest: "Cargo.toml".to_owned(), graph_source: None });
    let facts = (0..count).map(|number| fact(&licenses[number % licenses.len()])).collect();
    Known {
        graph,
        facts,
        problems: Vec::new(),
        read: Vec::new(),
        not_read: Vec::new(),
        fetched: BTreeMap::new(),
        not_fetched: 0,
        unused_clarifications: Vec::new(),
    }
}

fn fact(expression: &Expression) -> LicenseFact {
    LicenseFact {
        declared: Vec::new(),
        normalised: Some(expression.clone()),
        detected: Vec::new(),
        concluded: Conclusion {
            expression: expression.clone(),
            source: ConclusionSource::Declared,
            reason: "declared".to_owned(),
        },
        disagreement: None,
        notes: Vec::new(),
    }
}
