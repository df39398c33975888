//! Trees: from the projects down, from a package up, by license, and what is there in several versions.

use super::{Graph, GraphError};
use crate::model::{Scope, Verdict};
use crate::report::RenderOptions;
use crate::report::terminal::Paint;
use crate::report::{view, words};
use std::collections::BTreeMap;

/// What to show as a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeView {
    /// From the projects down to a depth.
    Whole {
        /// Levels below the project; all if none.
        depth: Option<usize>,
    },
    /// From one package up to the projects.
    Inverted {
        /// A purl, a name, `name version` or `name@version`.
        package: String,
    },
    /// The packages under each license.
    ByLicense,
    /// Packages that are there in several versions.
    Duplicates,
}

pub(super) fn render(
    graph: &Graph<'_>,
    tree: &TreeView,
    options: &RenderOptions,
) -> Result<String, GraphError> {
    let paint = Paint::new(options);
    let mut out = String::new();
    match tree {
        TreeView::Whole { depth } => {
            for root in graph.roots() {
                walk(graph, root, Direction::Down, depth.unwrap_or(usize::MAX), &paint, &mut out);
            }
        }
        TreeView::Inverted { package } => {
            for root in graph.find(package)? {
                walk(graph, root, Direction::Up, usize::MAX, &paint, &mut out);
            }
        }
        TreeView::ByLicense => by_license(graph, &paint, &mut out),
        TreeView::Duplicates => duplicates(graph, &paint, &mut out),
    }
    Ok(out)
}

#[derive(Clone, Copy)]
enum Direction {
    Down,
    Up,
}

/// A step of the walk that is still to be written.
struct Step {
    node: usize,
    scope: Option<Scope>,
    /// For each level above: whether more follows on it.
    open: Vec<bool>,
}

/// Writes a subtree. A package whose children were shown already is marked with `*` and not unfolded again.
///
/// The stack is a list, since graphs of hostile depth would overflow that of the program.
fn walk(graph: &Graph<'_>, root: usize, direction: Direction, depth: usize, paint: &Paint, out: &mut String) {
    let mut shown = vec![false; graph.packages.len()];
    let mut stack = vec![Step { node: root, scope: None, open: Vec::new() }];
    while let Some(step) = stack.pop() {
        let edges = match direction {
            Direction::Down => graph.outgoing(step.node),
            Direction::Up => graph.incoming(step.node),
        };
        let again = shown[step.node] && !edges.is_empty();
        out.push_str(&rails(&step.open, paint));
        out.push_str(&package(graph, step.node, step.scope, paint));
        out.push_str(if again { " *\n" } else { "\n" });
        if again || step.open.len() >= depth {
            continue;
        }
        shown[step.node] = true;
        let mut children: Vec<(usize, Scope)> = Vec::new();
        for (node, edge) in edges {
            if !children.iter().any(|(known, _)| known == node) {
                children.push((*node, edge.scope));
            }
        }
        let last = children.len().saturating_sub(1);
        for (position, (node, scope)) in children.into_iter().enumerate().rev() {
            let mut open = step.open.clone();
            open.push(position != last);
            stack.push(Step { node, scope: Some(scope), open });
        }
    }
}

fn rails(open: &[bool], paint: &Paint) -> String {
    let Some((own, above)) = open.split_last() else { return String::new() };
    let mut text: String = above.iter().map(|more| if *more { paint.bar() } else { "   " }).collect();
    text.push_str(if *own { paint.branch() } else { paint.corner() });
    paint.dim(&text)
}

fn package(graph: &Graph<'_>, node: usize, scope: Option<Scope>, paint: &Paint) -> String {
    let package = &graph.packages[node];
    let mark = match package.verdict {
        Verdict::Compatible => String::new(),
        other => format!(" {} {other}", paint.verdict_mark(other)),
    };
    let scope = match scope {
        None | Some(Scope::Runtime) => String::new(),
        Some(other) => format!(" [{other}]"),
    };
    format!("{} {}{}{mark}", view::label(package), paint.dim(&package.license.concluded), paint.dim(&scope))
}

fn by_license(graph: &Graph<'_>, paint: &Paint, out: &mut String) {
    for entry in view::licenses(graph.report) {
        let mark = paint.verdict_mark(entry.worst);
        let count = words::plural(entry.packages, "package");
        out.push_str(&format!("{mark} {} {}\n", entry.license, paint.dim(&format!("({count})"))));
        let under = graph.packages.iter().filter(|package| !package.project);
        let under: Vec<_> = under.filter(|package| package.license.concluded == entry.license).collect();
        for (position, package) in under.iter().enumerate() {
            let last = position + 1 == under.len();
            let rail = if last { paint.corner() } else { paint.branch() };
            out.push_str(&format!("{}{}\n", paint.dim(rail), view::label(package)));
        }
    }
}

fn duplicates(graph: &Graph<'_>, paint: &Paint, out: &mut String) {
    let mut versions: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (node, package) in graph.packages.iter().enumerate() {
        versions.entry((package.ecosystem.as_str(), package.name.as_str())).or_default().push(node);
    }
    for ((_, name), nodes) in versions.iter().filter(|(_, nodes)| nodes.len() > 1) {
        out.push_str(&format!("{name} {}\n", paint.dim(&words::plural(nodes.len(), "version"))));
        for (position, &node) in nodes.iter().enumerate() {
            let rail = if position + 1 == nodes.len() { paint.corner() } else { paint.branch() };
            let mut users: Vec<_> =
                graph.incoming(node).iter().map(|(user, _)| view::label(&graph.packages[*user])).collect();
            users.sort();
            users.dedup();
            let users = if users.is_empty() { "nothing".to_owned() } else { words::name_list(&users, 4) };
            let line = format!("{}{}", paint.dim(rail), package(graph, node, None, paint));
            out.push_str(&format!("{line} {}\n", paint.dim(&format!("used by {users}"))));
        }
    }
    if out.is_empty() {
        out.push_str("No package is there in several versions.\n");
    }
}
