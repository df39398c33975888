//! A layered drawing of a small graph: columns from left to right, few crossings, plain SVG.

use super::sanitise::shorten;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

const BOX_WIDTH: usize = 196;
const BOX_HEIGHT: usize = 42;
const COLUMN_GAP: usize = 52;
const ROW_GAP: usize = 12;
const MARGIN: usize = 6;
/// Columns of text that fit into a box.
const TEXT_COLUMNS: usize = 25;
/// Passes over the columns to bring neighbours to the same height.
const SWEEPS: usize = 6;

/// A box of the drawing.
pub(super) struct Node {
    /// First line.
    pub(super) label: String,
    /// Second line.
    pub(super) note: String,
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
        let tallest = columns.iter().map(Vec::len).max().unwrap_or(0);
        let height = (tallest * (BOX_HEIGHT + ROW_GAP)).saturating_sub(ROW_GAP) + 2 * MARGIN;
        let width = (columns.len() * (BOX_WIDTH + COLUMN_GAP)).saturating_sub(COLUMN_GAP) + 2 * MARGIN;
        let places = self.places(&columns, height);
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

    /// Positions of nodes by column, each column ordered so that its nodes lie near their neighbours.
    fn columns(&self) -> Vec<Vec<usize>> {
        let count = self.nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
        let mut columns = vec![Vec::new(); count];
        for (position, node) in self.nodes.iter().enumerate() {
            columns[node.column].push(position);
        }
        let mut neighbours = vec![Vec::new(); self.nodes.len()];
        for edge in &self.edges {
            neighbours[edge.from].push(edge.to);
            neighbours[edge.to].push(edge.from);
        }
        let mut height = vec![0.0_f64; self.nodes.len()];
        note_heights(&columns, &mut height);
        for sweep in 0..SWEEPS {
            let order: Vec<usize> =
                if sweep % 2 == 0 { (1..count).collect() } else { (0..count.saturating_sub(1)).rev().collect() };
            for column in order {
                let mut keyed: Vec<(f64, usize)> = columns[column]
                    .iter()
                    .map(|&node| (mean(&neighbours[node], &height).unwrap_or(height[node]), node))
                    .collect();
                keyed.sort_by(|left, right| left.0.total_cmp(&right.0));
                columns[column] = keyed.into_iter().map(|(_, node)| node).collect();
                note_heights(&columns, &mut height);
            }
        }
        columns
    }

    /// The upper left corner of every box; columns are centred.
    fn places(&self, columns: &[Vec<usize>], height: usize) -> Vec<(usize, usize)> {
        let mut places = vec![(0, 0); self.nodes.len()];
        for (column, nodes) in columns.iter().enumerate() {
            let used = (nodes.len() * (BOX_HEIGHT + ROW_GAP)).saturating_sub(ROW_GAP);
            let top = height.saturating_sub(used) / 2;
            for (row, &node) in nodes.iter().enumerate() {
                let x = MARGIN + column * (BOX_WIDTH + COLUMN_GAP);
                places[node] = (x, top + row * (BOX_HEIGHT + ROW_GAP));
            }
        }
        places
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
    let _ = write!(
        svg,
        "<g class=\"node {}\"><title>{}: {}</title>\
         <rect x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"7\"/>\
         <text x=\"{}\" y=\"{}\">{}</text><text class=\"note\" x=\"{}\" y=\"{}\">{}</text></g>",
        node.class,
        escape(&node.label),
        escape(&node.note),
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
        Node { label: label.to_owned(), note: String::new(), class: "compatible".to_owned(), column }
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
