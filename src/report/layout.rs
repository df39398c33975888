//! A layered drawing of a small graph: columns from left to right, few crossings, plain SVG.

use super::sanitise::shorten;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

const BOX_WIDTH: usize = 178;
const BOX_HEIGHT: usize = 42;
const COLUMN_GAP: usize = 40;
const ROW_GAP: usize = 12;
const MARGIN: usize = 6;
/// Columns of text that fit into a box.
const TEXT_COLUMNS: usize = 21;
/// Passes over the columns to bring neighbours to the same height.
const SWEEPS: usize = 6;

/// A box of the drawing.
pub(super) struct Node {
    /// First line.
    pub(super) label: String,
    /// Second line.
    pub(super) note: String,
    /// Shown when a pointer rests on the box, beside label and note.
    pub(super) hint: String,
    /// Style classes; plain words of our own.
    pub(super) class: String,
    /// From 0, left to right.
    pub(super) column: usize,
}

/// A line between two boxes.
pub(super) struct Edge {
    /// Position of the left box.
    pub(super) from: usize,
    /// Position of the right box.
    pub(super) to: usize,
    /// Style classes; plain words of our own.
    pub(super) class: &'static str,
}

/// A drawing that is still to be laid out.
#[derive(Default)]
pub(super) struct Drawing {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

impl Drawing {
    /// The SVG element. `description` is what a screen reader says in its place.
    pub(super) fn svg(&self, description: &str) -> String {
        let columns = self.columns();
        let places = self.places(&columns);
        let lowest = places.iter().map(|(_, y)| *y).max().unwrap_or(0);
        let height = lowest + BOX_HEIGHT + 2 * MARGIN;
        let width = (columns.len() * (BOX_WIDTH + COLUMN_GAP)).saturating_sub(COLUMN_GAP) + 2 * MARGIN;
        let mut svg = format!(
            "<svg class=\"graph\" role=\"img\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" aria-label=\"{}\">",
            escape(description)
        );
        for edge in &self.edges {
            write_edge(&mut svg, edge, places[edge.from], places[edge.to]);
        }
        for (node, place) in self.nodes.iter().zip(&places) {
            write_node(&mut svg, node, *place);
        }
        svg.push_str("</svg>");
        svg
    }

    fn neighbours(&self) -> Vec<Vec<usize>> {
        let mut neighbours = vec![Vec::new(); self.nodes.len()];
        for edge in &self.edges {
            neighbours[edge.from].push(edge.to);
            neighbours[edge.to].push(edge.from);
        }
        neighbours
    }

    /// Positions of nodes by column: of several orders the one with the fewest crossings.
    ///
    /// The first is that of a walk from the left, which draws a tree without any.
    fn columns(&self) -> Vec<Vec<usize>> {
        let mut columns = self.walked();
        let neighbours = self.neighbours();
        let mut height = vec![0.0_f64; self.nodes.len()];
        note_heights(&columns, &mut height);
        let mut best = (self.crossings(&height), columns.clone());
        for sweep in 0..SWEEPS {
            let mut order: Vec<usize> = (0..columns.len()).collect();
            if sweep % 2 == 1 {
                order.reverse();
            }
            for column in order {
                let near = |node: usize| mean(&neighbours[node], &height).unwrap_or(height[node]);
                columns[column].sort_by(|left, right| near(*left).total_cmp(&near(*right)));
                note_heights(&columns, &mut height);
            }
            let crossings = self.crossings(&height);
            if crossings < best.0 {
                best = (crossings, columns.clone());
            }
        }
        best.1
    }

    /// Nodes by column in the order in which a walk along the edges meets them.
    fn walked(&self) -> Vec<Vec<usize>> {
        let count = self.nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
        let mut columns = vec![Vec::new(); count];
        let mut next = vec![Vec::new(); self.nodes.len()];
        for edge in self.edges.iter().rev() {
            next[edge.from].push(edge.to);
        }
        let mut seen = vec![false; self.nodes.len()];
        let mut starts: Vec<usize> = (0..self.nodes.len()).collect();
        starts.sort_by_key(|&node| self.nodes[node].column);
        for start in starts {
            let mut open = vec![start];
            while let Some(node) = open.pop() {
                if !std::mem::replace(&mut seen[node], true) {
                    columns[self.nodes[node].column].push(node);
                    open.extend(next[node].iter().copied());
                }
            }
        }
        columns
    }

    /// Pairs of edges between the same columns that cross.
    fn crossings(&self, height: &[f64]) -> usize {
        let ends = |edge: &Edge| (self.nodes[edge.from].column, self.nodes[edge.to].column);
        let mut count = 0;
        for (position, one) in self.edges.iter().enumerate() {
            for other in &self.edges[position + 1..] {
                let left = height[one.from] - height[other.from];
                let right = height[one.to] - height[other.to];
                if ends(one) == ends(other) && left * right < 0.0 {
                    count += 1;
                }
            }
        }
        count
    }

    /// The upper left corner of every box: as near to the height of its neighbours as the order allows.
    fn places(&self, columns: &[Vec<usize>]) -> Vec<(usize, usize)> {
        let neighbours = self.neighbours();
        let mut height = vec![0.0_f64; self.nodes.len()];
        note_heights(columns, &mut height);
        for sweep in 0..2 * SWEEPS {
            let order: Vec<usize> = if sweep % 2 == 0 {
                (0..columns.len()).rev().collect()
            } else {
                (0..columns.len()).collect()
            };
            for column in order {
                settle(&columns[column], &neighbours, &mut height);
            }
        }
        let top = height.iter().copied().fold(f64::INFINITY, f64::min);
        let row = (BOX_HEIGHT + ROW_GAP) as f64;
        let place = |(node, height): (&Node, &f64)| {
            let x = MARGIN + node.column * (BOX_WIDTH + COLUMN_GAP);
            // Heights start at the top, so the difference is never negative.
            (x, MARGIN + ((height - top) * row).round() as usize)
        };
        self.nodes.iter().zip(&height).map(place).collect()
    }
}

/// Moves the nodes of a column to their neighbours, a row apart at least, in the order they have.
fn settle(column: &[usize], neighbours: &[Vec<usize>], height: &mut [f64]) {
    let wanted: Vec<f64> =
        column.iter().map(|&node| mean(&neighbours[node], height).unwrap_or(height[node])).collect();
    let mut settled: Vec<f64> = Vec::with_capacity(wanted.len());
    for &want in &wanted {
        let least = settled.last().map_or(f64::NEG_INFINITY, |above| above + 1.0);
        settled.push(want.max(least));
    }
    // Pushing apart moved the column down as a whole; that is taken back.
    let pushed: f64 = settled.iter().zip(&wanted).map(|(is, want)| is - want).sum();
    let back = pushed / settled.len().max(1) as f64;
    for (&node, is) in column.iter().zip(&settled) {
        height[node] = is - back;
    }
}

/// Heights are relative to the column, so that a short column compares with a tall one.
fn note_heights(columns: &[Vec<usize>], height: &mut [f64]) {
    for nodes in columns {
        for (row, &node) in nodes.iter().enumerate() {
            height[node] = row as f64 - nodes.len() as f64 / 2.0;
        }
    }
}

fn mean(neighbours: &[usize], height: &[f64]) -> Option<f64> {
    if neighbours.is_empty() {
        return None;
    }
    Some(neighbours.iter().map(|&node| height[node]).sum::<f64>() / neighbours.len() as f64)
}

fn write_edge(svg: &mut String, edge: &Edge, from: (usize, usize), to: (usize, usize)) {
    let (x1, y1) = (from.0 + BOX_WIDTH, from.1 + BOX_HEIGHT / 2);
    let (x2, y2) = (to.0, to.1 + BOX_HEIGHT / 2);
    let bend = COLUMN_GAP / 2;
    // Writing to a string cannot fail, here and below.
    let _ = write!(
        svg,
        "<path class=\"edge {}\" d=\"M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}\"/>",
        edge.class,
        x1 + bend,
        x2.saturating_sub(bend)
    );
}

fn write_node(svg: &mut String, node: &Node, (x, y): (usize, usize)) {
    let mut title = format!("{}: {}", node.label, node.note);
    let mut pile = String::new();
    if !node.hint.is_empty() {
        title.push_str(&format!(": {}", node.hint));
        let (x, y) = (x + 4, y + 4);
        pile = format!("<rect x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"7\"/>");
    }
    let _ = write!(
        svg,
        "<g class=\"node {}\"><title>{}</title>{}\
         <rect x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"7\"/>\
         <text x=\"{}\" y=\"{}\">{}</text><text class=\"note\" x=\"{}\" y=\"{}\">{}</text></g>",
        node.class,
        escape(&title),
        pile,
        x + 12,
        y + 18,
        escape(&fit(&node.label)),
        x + 12,
        y + 33,
        escape(&fit(&node.note)),
    );
}

/// As much of a text as fits into a box.
fn fit(text: &str) -> String {
    let mut limit = TEXT_COLUMNS;
    let mut fitted = shorten(text, limit);
    while fitted.width() > TEXT_COLUMNS + 1 && limit > 1 {
        limit -= 1;
        fitted = shorten(text, limit);
    }
    fitted.into_owned()
}

/// Text for an element or a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Drawing, Edge, Node, fit};

    fn node(label: &str, column: usize) -> Node {
        Node {
            label: label.to_owned(),
            note: String::new(),
            hint: String::new(),
            class: "compatible".to_owned(),
            column,
        }
    }

    #[test]
    fn neighbours_come_to_lie_beside_each_other() {
        let drawing = Drawing {
            nodes: vec![node("a", 0), node("b", 0), node("of b", 1), node("of a", 1)],
            edges: vec![Edge { from: 0, to: 3, class: "" }, Edge { from: 1, to: 2, class: "" }],
        };
        let columns = drawing.columns();
        let row = |column: usize, node: usize| columns[column].iter().position(|known| *known == node);
        assert_eq!(row(0, 0), row(1, 3));
        assert_eq!(row(0, 1), row(1, 2));
        let places = drawing.places(&columns);
        assert_eq!(places[0].1, places[3].1);
    }

    #[test]
    fn markup_in_names_is_text() {
        let svg = Drawing { nodes: vec![node("<script>\"", 0)], edges: Vec::new() }.svg("a \"b\"");
        assert!(!svg.contains("<script>") && svg.contains("&lt;script&gt;&quot;"), "{svg}");
        assert!(svg.contains("aria-label=\"a &quot;b&quot;\""), "{svg}");
    }

    #[test]
    fn wide_characters_are_counted_twice() {
        assert_eq!(fit("short"), "short");
        assert!(fit(&"漢".repeat(30)).chars().count() < 15);
    }
}
