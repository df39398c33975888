//! The dependency graph of a report: as a tree, as the paths to one package, and for other programs to draw.

mod export;
mod tree;
mod why;

pub use tree::TreeView;

use super::{RenderError, RenderOptions, sanitise};
use crate::audit::{AuditReport, DependencyReport, PackageReport};
use crate::model::folded_name;
use std::collections::HashMap;

/// A question about a package that the report does not have.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// No package has this name.
    #[error("the audit has no package `{asked}`{}", hint(.asked, .similar))]
    NoSuchPackage {
        /// What was asked for.
        asked: String,
        /// Names that look alike.
        similar: Vec<String>,
    },
    /// The report could not be written.
    #[error(transparent)]
    Render(#[from] RenderError),
}

fn hint(asked: &str, similar: &[String]) -> String {
    if !similar.is_empty() {
        return format!("; did you mean {}?", similar.join(", "));
    }
    if crate::licenses::parse(asked).is_ok() {
        return "; it is a license, and `licgraph tree --by-license` shows the packages under each"
            .to_owned();
    }
    "; `licgraph tree` shows them all".to_owned()
}

/// The packages as a tree.
///
/// # Errors
/// When a view asks for a package that the report does not have.
pub fn tree(report: &AuditReport, view: &TreeView, options: &RenderOptions) -> Result<String, GraphError> {
    let report = sanitise::inert(report).map_err(RenderError::from)?;
    tree::render(&Graph::of(&report), view, options)
}

/// The paths by which a package comes in, shortest first, with the verdict of every edge along them.
///
/// `package` is a purl, a name, `name version` or `name@version`; `limit` is the most paths to show of each.
///
/// # Errors
/// When the report does not have the package.
pub fn why(
    report: &AuditReport,
    package: &str,
    limit: usize,
    options: &RenderOptions,
) -> Result<String, GraphError> {
    let report = sanitise::inert(report).map_err(RenderError::from)?;
    why::render(&Graph::of(&report), package, limit, options)
}

/// The graph in Graphviz's language.
///
/// # Errors
/// When the report cannot be expressed, which its types rule out.
pub fn dot(report: &AuditReport) -> Result<String, RenderError> {
    let report = sanitise::inert(report)?;
    Ok(export::dot(&Graph::of(&report)))
}

/// The graph as GraphML.
///
/// # Errors
/// When writing fails.
pub fn graphml(report: &AuditReport) -> Result<String, RenderError> {
    let report = sanitise::inert(report)?;
    export::graphml(&Graph::of(&report))
}

/// The graph as a Mermaid flowchart.
///
/// # Errors
/// When the report cannot be expressed, which its types rule out.
pub fn mermaid(report: &AuditReport) -> Result<String, RenderError> {
    let report = sanitise::inert(report)?;
    Ok(export::mermaid(&Graph::of(&report)))
}

/// Packages and edges by position.
pub(super) struct Graph<'a> {
    pub(super) report: &'a AuditReport,
    pub(super) packages: &'a [PackageReport],
    positions: HashMap<&'a str, usize>,
    outgoing: Vec<Vec<(usize, &'a DependencyReport)>>,
    incoming: Vec<Vec<(usize, &'a DependencyReport)>>,
}

impl<'a> Graph<'a> {
    /// The graph of a report. An edge to a package that the report does not list is left out.
    pub(super) fn of(report: &'a AuditReport) -> Self {
        let packages = report.packages.as_slice();
        let positions: HashMap<&str, usize> = packages
            .iter()
            .enumerate()
            .map(|(position, package)| (package.purl.as_str(), position))
            .collect();
        let mut outgoing = vec![Vec::new(); packages.len()];
        let mut incoming = vec![Vec::new(); packages.len()];
        for edge in &report.dependencies {
            let ends = (positions.get(edge.from.as_str()), positions.get(edge.to.as_str()));
            if let (Some(&from), Some(&to)) = ends {
                outgoing[from].push((to, edge));
                incoming[to].push((from, edge));
            }
        }
        Self { report, packages, positions, outgoing, incoming }
    }

    pub(super) fn outgoing(&self, node: usize) -> &[(usize, &'a DependencyReport)] {
        &self.outgoing[node]
    }

    pub(super) fn incoming(&self, node: usize) -> &[(usize, &'a DependencyReport)] {
        &self.incoming[node]
    }

    /// The position of a purl.
    pub(super) fn position(&self, purl: &str) -> Option<usize> {
        self.positions.get(purl).copied()
    }

    /// The audited projects; where there is none, every package that nothing depends on.
    pub(super) fn roots(&self) -> Vec<usize> {
        let projects: Vec<_> =
            self.report.projects.iter().filter_map(|project| self.position(project.purl.as_str())).collect();
        if !projects.is_empty() {
            return projects;
        }
        (0..self.packages.len()).filter(|&node| self.incoming[node].is_empty()).collect()
    }

    /// Packages by purl (also without qualifiers and version), name, `name version` or `name@version`; where there
    /// is none, by a name that differs in case and signs only.
    fn find(&self, asked: &str) -> Result<Vec<usize>, GraphError> {
        let matches = |package: &PackageReport| {
            let version = package.version.as_deref().unwrap_or_default();
            package.purl.as_str() == asked
                || package.name == asked
                || asked
                    .strip_prefix(package.name.as_str())
                    .is_some_and(|rest| rest.strip_prefix(['@', ' ']).is_some_and(|wanted| wanted == version))
        };
        let is_plain_purl = |package: &PackageReport| {
            let purl = package.purl.as_str();
            asked == package.purl.without_version() || purl.split(['?', '#']).next() == Some(asked)
        };
        let nodes = || 0..self.packages.len();
        let mut found: Vec<_> = nodes().filter(|&node| matches(&self.packages[node])).collect();
        if found.is_empty() {
            found = nodes().filter(|&node| is_plain_purl(&self.packages[node])).collect();
        }
        if found.is_empty() {
            found = nodes()
                .filter(|&node| folded_name(asked) == folded_name(&self.packages[node].name))
                .collect();
        }
        if found.is_empty() { Err(self.no_such_package(asked)) } else { Ok(found) }
    }

    fn no_such_package(&self, asked: &str) -> GraphError {
        let asked_name = asked.rsplit_once(['@', ' ']).map_or(asked, |(name, _)| name);
        let mut close: Vec<_> = self
            .packages
            .iter()
            .map(|package| (strsim::jaro_winkler(asked_name, &package.name), package.name.as_str()))
            .filter(|(likeness, _)| *likeness > 0.85)
            .collect();
        close.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
        close.dedup_by(|left, right| left.1 == right.1);
        let similar = close.into_iter().take(3).map(|(_, name)| name.to_owned()).collect();
        GraphError::NoSuchPackage { asked: sanitise::clean(asked).into_owned(), similar }
    }
}
