//! stub
#![allow(missing_docs)]
use crate::model::*;
use std::collections::BTreeMap;
#[derive(Debug, Default)]
pub struct EvidenceOptions;
pub trait FactSource {
    fn fetched(&self) -> BTreeMap<String, usize>;
    fn not_fetched(&self) -> usize;
}
#[derive(Debug, Default)]
pub struct Offline;
impl FactSource for Offline {
    fn fetched(&self) -> BTreeMap<String, usize> {
        BTreeMap::new()
    }
    fn not_fetched(&self) -> usize {
        0
    }
}
pub struct Learned {
    pub facts: Vec<LicenseFact>,
    pub problems: Vec<Problem>,
}
pub fn learn(graph: &DependencyGraph, _o: &EvidenceOptions, _s: &dyn FactSource) -> Learned {
    let facts = graph
        .nodes()
        .map(|n| {
            let p = graph.package(n);
            let e = p.declared.iter().find_map(|d| {
                if let LicenseStatement::Expression(t) = &d.statement {
                    crate::licenses::parse(&t.replace('/', " OR ")).ok()
                } else {
                    None
                }
            });
            LicenseFact {
                declared: p.declared.clone(),
                normalised: e.clone(),
                detected: vec![],
                concluded: Conclusion {
                    expression: e.clone().unwrap_or_else(Expression::no_assertion),
                    source: ConclusionSource::Declared,
                    reason: "declared".into(),
                },
                disagreement: None,
                notes: vec![],
            }
        })
        .collect();
    Learned { facts, problems: vec![] }
}
