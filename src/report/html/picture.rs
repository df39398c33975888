//! The two kinds of picture: the paths of one finding, and what matters of the whole graph.

use crate::audit::{AuditReport, PackageReport};
use crate::model::Finding;
use crate::report::layout::{Drawing, Edge, Node};
use crate::report::{view, words};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Boxes of the picture of the whole; more are not legible.
const BOXES: usize = 120;
/// Packages without a finding that are drawn one by one.
const CLEAN_BOXES: usize = 24;
/// Packages that are alike from which on one box stands for all of them.
const FOLD_FROM: usize = 4;
/// Names in the hint of such a box.
const NAMES_IN_HINT: usize = 12;
/// Boxes of the picture of one finding.
const PATH_BOXES: usize = 24;

/// Packages by label, as paths name them.
pub(super) struct Labels<'a>(HashMap<String, &'a PackageReport>);

impl<'a> Labels<'a> {
    pub(super) fn of(report: &'a AuditReport) -> Self {
        let mut labels = HashMap::new();
        for package in &report.packages {
            labels.entry(view::label(package)).or_insert(package);
        }
        Self(labels)
    }

    fn find(&self, label: &str) -> Option<&'a PackageReport> {
        self.0.get(label).copied()
    }
}

/// Paths drawn into one another, each label once.
#[derive(Default)]
struct Sketch {
    drawing: Drawing,
    known: HashMap<String, usize>,
}

impl Sketch {
    fn add(&mut self, label: &str, column: usize, labels: &Labels<'_>) -> usize {
        if let Some(&node) = self.known.get(label) {
            return node;
        }
        let package = labels.find(label);
        let verdict = package.map_or("unknown", |package| package.verdict.name());
        let project = if package.is_some_and(|package| package.project) { " project" } else { "" };
        let license = package.map_or("", |package| package.license.concluded.as_str());
        self.drawing.nodes.push(Node {
            label: label.to_owned(),
            note: license.to_owned(),
            hint: String::new(),
            class: format!("{verdict}{project}"),
            column,
        });
        self.known.insert(label.to_owned(), self.drawing.nodes.len() - 1);
        self.drawing.nodes.len() - 1
    }

    fn join(&mut self, from: usize, to: usize, class: &'static str) {
        let known = self.drawing.edges.iter().any(|edge| edge.from == from && edge.to == to);
        if !known && from != to {
            self.drawing.edges.push(Edge { from, to, class });
        }
    }

    fn add_path(&mut self, path: &[String], class: &'static str, labels: &Labels<'_>) {
        let mut before = None;
        for (column, label) in path.iter().enumerate() {
            let node = self.add(label, column, labels);
            if let Some(before) = before {
                self.join(before, node, class);
            }
            before = Some(node);
        }
    }

    fn mark(&mut self, label: &str) {
        if let Some(&node) = self.known.get(label) {
            self.drawing.nodes[node].class.push_str(" subject");
        }
    }
}

impl Sketch {
    /// Puts packages at the end of a path that share parents, license and verdict into one box.
    fn fold_leaves(&mut self) {
        let mut parents: Vec<Vec<usize>> = vec![Vec::new(); self.drawing.nodes.len()];
        let mut leaf = vec![true; self.drawing.nodes.len()];
        for edge in &self.drawing.edges {
            parents[edge.to].push(edge.from);
            leaf[edge.from] = false;
        }
        let mut alike: BTreeMap<(Vec<usize>, String, String), Vec<usize>> = BTreeMap::new();
        for (node, drawn) in self.drawing.nodes.iter().enumerate().filter(|(node, _)| leaf[*node]) {
            let key = (parents[node].clone(), drawn.note.clone(), drawn.class.clone());
            alike.entry(key).or_default().push(node);
        }
        let mut target: Vec<usize> = (0..self.drawing.nodes.len()).collect();
        for nodes in alike.values().filter(|nodes| nodes.len() >= FOLD_FROM) {
            let names: Vec<_> = nodes.iter().map(|&node| self.drawing.nodes[node].label.clone()).collect();
            let first = &mut self.drawing.nodes[nodes[0]];
            first.label = words::plural(names.len(), "package");
            first.hint = words::name_list(&names, NAMES_IN_HINT);
            first.class.push_str(" pile");
            nodes.iter().for_each(|&node| target[node] = nodes[0]);
        }
        self.keep_targets(&target);
    }

    /// Drops the boxes whose place another has taken, and moves the lines over.
    fn keep_targets(&mut self, target: &[usize]) {
        let mut place = vec![0; target.len()];
        let mut kept = Vec::new();
        for (node, drawn) in std::mem::take(&mut self.drawing.nodes).into_iter().enumerate() {
            if target[node] == node {
                place[node] = kept.len();
                kept.push(drawn);
            }
        }
        self.drawing.nodes = kept;
        for edge in std::mem::take(&mut self.drawing.edges) {
            self.join(place[target[edge.from]], place[target[edge.to]], edge.class);
        }
    }
}

/// The paths of a finding; none if it has no path of two steps, which a sentence tells better.
pub(super) fn of_finding(finding: &Finding, labels: &Labels<'_>) -> Option<String> {
    let mut sketch = Sketch::default();
    for path in finding.paths.iter().filter(|path| path.len() > 1) {
        if sketch.drawing.nodes.len() + path.len() <= PATH_BOXES {
            sketch.add_path(path, "hot", labels);
            if let Some(last) = path.last() {
                sketch.mark(last);
            }
        }
    }
    if sketch.drawing.nodes.is_empty() {
        return None;
    }
    let told: Vec<_> = finding.paths.iter().map(|path| path.join(", then ")).collect();
    Some(sketch.drawing.svg(&format!("Dependency path: {}", told.join("; and "))))
}

/// Packages that are counted instead of drawn.
#[derive(Serialize)]
pub(super) struct Fold {
    /// License category, or that it is not known.
    pub(super) category: String,
    /// How many.
    pub(super) count: usize,
    /// Thousandths of all that are folded, before it and of its own.
    pub(super) start: usize,
    pub(super) width: usize,
    /// Number of its colour.
    pub(super) tone: usize,
}

/// The whole graph: what is drawn, and what is only counted.
#[derive(Serialize)]
pub(super) struct Picture {
    pub(super) svg: String,
    /// `12 further packages`.
    pub(super) folded_text: String,
    pub(super) folds: Vec<Fold>,
    /// Findings whose paths found no room.
    pub(super) left_out: usize,
}

/// Draws projects, everything on the path of a finding, and direct dependencies while there is room.
pub(super) fn of_report(report: &AuditReport, labels: &Labels<'_>) -> Picture {
    let mut sketch = Sketch::default();
    for project in &report.projects {
        sketch.add(&view::project_label(project), 0, labels);
    }
    let left_out = add_findings(report, labels, &mut sketch);
    add_clean(report, labels, &mut sketch);
    sketch.fold_leaves();
    let rest: Vec<_> =
        report.packages.iter().filter(|package| !sketch.known.contains_key(&view::label(package))).collect();
    let drawn = sketch.known.len();
    let description = format!(
        "Dependency graph with {} drawn: the projects on the left, packages with a finding and the paths to \
         them to the right. The table of packages has the same facts.",
        words::plural(drawn, "package")
    );
    Picture {
        svg: sketch.drawing.svg(&description),
        folded_text: words::plural(rest.len(), "further package"),
        folds: folds(&rest),
        left_out,
    }
}

/// Most serious first; returns how many findings found no room.
fn add_findings(report: &AuditReport, labels: &Labels<'_>, sketch: &mut Sketch) -> usize {
    let mut left_out = 0;
    for finding in view::counting(report) {
        for path in &finding.paths {
            let new = path.iter().filter(|label| !sketch.known.contains_key(*label)).count();
            if sketch.drawing.nodes.len() + new > BOXES {
                left_out += 1;
                break;
            }
            sketch.add_path(path, "hot", labels);
            if let Some(last) = path.last() {
                sketch.mark(last);
            }
        }
    }
    left_out
}

/// Everything where there is room for it, else the direct dependencies where there is room for those.
fn add_clean(report: &AuditReport, labels: &Labels<'_>, sketch: &mut Sketch) {
    let clean: Vec<_> = report
        .packages
        .iter()
        .filter(|package| !package.project)
        .filter(|package| !sketch.known.contains_key(&view::label(package)))
        .collect();
    let direct: Vec<_> = clean.iter().copied().filter(|package| package.direct).collect();
    let room = BOXES.saturating_sub(sketch.drawing.nodes.len()).min(CLEAN_BOXES);
    let chosen = if clean.len() <= room { clean } else { direct };
    if chosen.len() <= room {
        for path in chosen.iter().filter_map(|package| package.paths.first()) {
            sketch.add_path(path, "calm", labels);
        }
    }
}

fn folds(rest: &[&PackageReport]) -> Vec<Fold> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for package in rest {
        *counts.entry(package.license.category.as_deref().unwrap_or("category not known")).or_insert(0) += 1;
    }
    let mut sorted: Vec<_> = counts.into_iter().collect();
    sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut start = 0;
    let fold = |(tone, (category, count)): (usize, (&str, usize))| {
        let width = (count * 1000 / rest.len().max(1)).max(4);
        let fold = Fold { category: category.replace('-', " "), count, start, width, tone: tone % 6 };
        start += width;
        fold
    };
    sorted.into_iter().enumerate().map(fold).collect()
}
