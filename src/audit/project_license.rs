//! Under which license a project is judged.

use super::request::AuditRequest;
use crate::model::{
    ConclusionSource, DependencyGraph, Expression, LicenseFact, LicenseName, NodeIndex, Origin, Project,
};

/// The license of a project, and where it was read.
#[derive(Clone, Debug)]
pub struct ProjectLicense {
    /// The license; none if the project does not say.
    pub expression: Option<Expression>,
    /// In words.
    pub source: String,
}

/// What the user states, else what the project declares or carries, else what the project around it declares.
pub fn of(
    request: &AuditRequest,
    graph: &DependencyGraph,
    facts: &[LicenseFact],
    project: &Project,
) -> ProjectLicense {
    if let Some(expression) = &request.license {
        return ProjectLicense {
            expression: Some(expression.clone()),
            source: "stated by the user".to_owned(),
        };
    }
    if let Some(expression) = concluded(&facts[project.node.index()]) {
        let source = match facts[project.node.index()].concluded.source {
            ConclusionSource::Detected => "license text",
            ConclusionSource::Clarification => "clarification",
            _ => "manifest",
        };
        return ProjectLicense { expression: Some(expression), source: source.to_owned() };
    }
    match enclosing(graph, facts, project) {
        Some((expression, manifest)) => ProjectLicense {
            expression: Some(expression),
            source: format!("the project around it ({manifest})"),
        },
        None => ProjectLicense { expression: None, source: "not stated".to_owned() },
    }
}

/// Own code without a license of its own goes with the project that uses it, and is not judged against it.
pub fn is_own_code(graph: &DependencyGraph, facts: &[LicenseFact], node: NodeIndex) -> bool {
    graph.package(node).origin == Origin::Project && concluded(&facts[node.index()]).is_none()
}

fn concluded(fact: &LicenseFact) -> Option<Expression> {
    match &fact.concluded.expression {
        Expression::Term(term) if matches!(term.license, LicenseName::None | LicenseName::NoAssertion) => {
            None
        }
        expression => Some(expression.clone()),
    }
}

fn enclosing(
    graph: &DependencyGraph,
    facts: &[LicenseFact],
    project: &Project,
) -> Option<(Expression, String)> {
    let own = directory(&project.manifest);
    graph
        .projects()
        .iter()
        .filter(|other| other.node != project.node)
        .filter(|other| {
            let outer = directory(&other.manifest);
            outer.is_empty() || own == outer || own.starts_with(&format!("{outer}/"))
        })
        .filter_map(|other| Some((concluded(&facts[other.node.index()])?, other.manifest.clone())))
        .max_by_key(|(_, manifest)| manifest.len())
}

fn directory(manifest: &str) -> &str {
    manifest.rsplit_once('/').map_or("", |(directory, _)| directory)
}
