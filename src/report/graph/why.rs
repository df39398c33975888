//! The paths from the projects to a package.
//!
//! Paths are found shortest first: a search from the project that always takes up the partial path whose length
//! and remaining distance to the package are least. A graph can have more paths than anybody can list, so the
//! search ends with the last path that was asked for, and says whether there are more.

use super::{Graph, GraphError};
use crate::audit::DependencyReport;
use crate::report::RenderOptions;
use crate::report::terminal::Paint;
use crate::report::view;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Partial paths looked at before the search gives up on a graph of hostile shape.
const EFFORT: usize = 200_000;

/// Whether a search saw every path.
enum Rest {
    Nothing,
    More,
}

pub(super) fn render(
    graph: &Graph<'_>,
    asked: &str,
    limit: usize,
    options: &RenderOptions,
) -> Result<String, GraphError> {
    let paint = Paint::new(options);
    let mut out = String::new();
    for target in graph.find(asked)? {
        let package = &graph.packages[target];
        let mark = paint.verdict_mark(package.verdict);
        out.push_str(&format!(
            "{mark} {} ({}): {}. {}\n\n",
            view::label(package),
            package.license.concluded,
            package.verdict,
            package.reason
        ));
        let mut found = 0;
        for root in graph.roots().into_iter().filter(|root| *root != target) {
            let (paths, rest) = paths(graph, root, target, limit);
            found += paths.len();
            for path in &paths {
                write_path(graph, path, &paint, &mut out);
            }
            if matches!(rest, Rest::More) {
                let name = view::label(&graph.packages[root]);
                out.push_str(&format!("{}\n\n", paint.dim(&format!("There are more paths from {name}."))));
            }
        }
        if found == 0 {
            out.push_str("No project reaches it.\n\n");
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    Ok(out)
}

/// Steps from every package to the target; none where it cannot be reached.
fn distances(graph: &Graph<'_>, target: usize) -> Vec<Option<usize>> {
    let mut distances = vec![None; graph.packages.len()];
    distances[target] = Some(0);
    let mut queue = VecDeque::from([(target, 0)]);
    while let Some((node, distance)) = queue.pop_front() {
        for (user, _) in graph.incoming(node) {
            if distances[*user].is_none() {
                distances[*user] = Some(distance + 1);
                queue.push_back((*user, distance + 1));
            }
        }
    }
    distances
}

fn paths(graph: &Graph<'_>, root: usize, target: usize, limit: usize) -> (Vec<Vec<usize>>, Rest) {
    let distances = distances(graph, target);
    let mut found = Vec::new();
    let Some(first) = distances[root] else { return (found, Rest::Nothing) };
    let mut open = BinaryHeap::from([Reverse((first, vec![root]))]);
    let mut effort = 0;
    while let Some(Reverse((_, path))) = open.pop() {
        effort += 1;
        if found.len() >= limit || effort > EFFORT {
            return (found, Rest::More);
        }
        let Some(&node) = path.last() else { continue };
        if node == target {
            found.push(path);
            continue;
        }
        let mut next: Vec<_> = graph.outgoing(node).iter().map(|(to, _)| *to).collect();
        next.sort_unstable();
        next.dedup();
        for to in next.into_iter().filter(|to| !path.contains(to)) {
            if let Some(distance) = distances[to] {
                let mut longer = path.clone();
                longer.push(to);
                open.push(Reverse((longer.len() + distance, longer)));
            }
        }
    }
    (found, Rest::Nothing)
}

fn write_path(graph: &Graph<'_>, path: &[usize], paint: &Paint, out: &mut String) {
    for (depth, &node) in path.iter().enumerate() {
        let package = &graph.packages[node];
        if depth > 0 {
            out.push_str(&"   ".repeat(depth - 1));
            out.push_str(&paint.dim(paint.corner()));
        }
        out.push_str(&format!("{} ({})", view::label(package), package.license.concluded));
        let edge = depth.checked_sub(1).and_then(|above| edge(graph, path[above], node));
        if let Some(edge) = edge {
            let mark = paint.verdict_mark(edge.verdict);
            let condition = edge.condition.as_ref().map(|text| format!(", if {text}")).unwrap_or_default();
            let upstream = depth > 1 && edge.verdict > package.verdict;
            let whose = if upstream { " for the package that uses it" } else { "" };
            let how = format!("{}, {}{condition}", edge.scope, edge.linkage);
            out.push_str(&format!("  {mark} {}{whose}  {}", paint.verdict(edge.verdict), paint.dim(&how)));
        }
        out.push('\n');
    }
    out.push('\n');
}

/// Of several edges between two packages the one with the worst verdict.
fn edge<'a>(graph: &Graph<'a>, from: usize, to: usize) -> Option<&'a DependencyReport> {
    let edges = graph.outgoing(from).iter().filter(|(target, _)| *target == to);
    edges.map(|(_, edge)| *edge).max_by_key(|edge| edge.verdict)
}
