//! The graph for other programs: Graphviz, GraphML readers, Mermaid.

use super::Graph;
use crate::audit::PackageReport;
use crate::model::Verdict;
use crate::report::{RenderError, view};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::fmt::Write;

/// Fill colours that black text can be read on.
fn fill(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Compatible => "#e6f4ea",
        Verdict::Conditional => "#fdf0cd",
        Verdict::Unknown => "#ece6f8",
        Verdict::Incompatible => "#fbdcd8",
    }
}

fn line_color(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Compatible => "#8a9199",
        Verdict::Conditional => "#b07a00",
        Verdict::Unknown => "#6d4fb3",
        Verdict::Incompatible => "#c0362c",
    }
}

/// A directed graph; every text is a quoted string, so nothing in it is syntax.
pub(super) fn dot(graph: &Graph<'_>) -> String {
    let mut out = String::from("digraph licgraph {\n  rankdir=LR;\n  node [shape=box, style=filled];\n");
    for (node, package) in graph.packages.iter().enumerate() {
        let label = format!("{}\n{}", view::label(package), package.license.concluded);
        let shape = if package.project { ", penwidth=2" } else { "" };
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            out,
            "  n{node} [label={}, tooltip={}, fillcolor=\"{}\"{shape}];",
            dot_text(&label),
            dot_text(package.purl.as_str()),
            fill(package.verdict)
        );
    }
    for (from, to, edge) in edges(graph) {
        let style = if edge.linkage.is_conveyed() { "" } else { ", style=dashed" };
        let _ = writeln!(
            out,
            "  n{from} -> n{to} [color=\"{}\", tooltip={}{style}];",
            line_color(edge.verdict),
            dot_text(&format!("{}, {}: {}", edge.scope, edge.linkage, edge.verdict))
        );
    }
    out.push_str("}\n");
    out
}

fn edges<'a>(
    graph: &'a Graph<'_>,
) -> impl Iterator<Item = (usize, usize, &'a crate::audit::DependencyReport)> {
    (0..graph.packages.len())
        .flat_map(|from| graph.outgoing(from).iter().map(move |(to, edge)| (from, *to, *edge)))
}

/// A backslash starts an escape in a Graphviz label, so it is doubled.
fn dot_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// A flowchart. Mermaid reads entities in quoted labels, and nothing else once `<`, `>`, `&`, `#` are entities.
pub(super) fn mermaid(graph: &Graph<'_>) -> String {
    let mut out = String::from("flowchart LR\n");
    for (node, package) in graph.packages.iter().enumerate() {
        let label = format!(
            "{}<br/>{}",
            mermaid_text(&view::label(package)),
            mermaid_text(&package.license.concluded)
        );
        let _ = writeln!(out, "  n{node}[\"{label}\"]:::{}", package.verdict);
    }
    for (from, to, edge) in edges(graph) {
        let arrow = if edge.linkage.is_conveyed() { "-->" } else { "-.->" };
        let _ = writeln!(out, "  n{from} {arrow} n{to}");
    }
    for verdict in [Verdict::Compatible, Verdict::Conditional, Verdict::Unknown, Verdict::Incompatible] {
        let _ = writeln!(
            out,
            "  classDef {verdict} fill:{},stroke:{},color:#16181d",
            fill(verdict),
            line_color(verdict)
        );
    }
    out
}

fn mermaid_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '<' | '>' | '&' | '#' | ';' | '`' | '\\' | '[' | ']' | '{' | '}' | '|' | '%' => {
                let _ = write!(escaped, "#{};", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// What a GraphML node or edge says, with the element it belongs to.
const KEYS: [(&str, &str); 9] = [
    ("label", "node"),
    ("purl", "node"),
    ("license", "node"),
    ("ecosystem", "node"),
    ("project", "node"),
    ("verdict", "all"),
    ("scope", "edge"),
    ("linkage", "edge"),
    ("condition", "edge"),
];

/// GraphML 1.0 with a key for every property.
pub(super) fn graphml(graph: &Graph<'_>) -> Result<String, RenderError> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root =
        BytesStart::new("graphml").with_attributes([("xmlns", "http://graphml.graphdrawing.org/xmlns")]);
    writer.write_event(Event::Start(root))?;
    for (name, of) in KEYS {
        let key = [("id", name), ("for", of), ("attr.name", name), ("attr.type", "string")];
        writer.write_event(Event::Empty(BytesStart::new("key").with_attributes(key)))?;
    }
    let element =
        BytesStart::new("graph").with_attributes([("id", "dependencies"), ("edgedefault", "directed")]);
    writer.write_event(Event::Start(element))?;
    for (node, package) in graph.packages.iter().enumerate() {
        let id = format!("n{node}");
        writer.write_event(Event::Start(BytesStart::new("node").with_attributes([("id", id.as_str())])))?;
        for (key, value) in node_data(package) {
            write_data(&mut writer, key, &value)?;
        }
        writer.write_event(Event::End(BytesEnd::new("node")))?;
    }
    for (from, to, edge) in edges(graph) {
        let (source, target) = (format!("n{from}"), format!("n{to}"));
        let ends = [("source", source.as_str()), ("target", target.as_str())];
        writer.write_event(Event::Start(BytesStart::new("edge").with_attributes(ends)))?;
        write_data(&mut writer, "scope", edge.scope.name())?;
        write_data(&mut writer, "linkage", edge.linkage.name())?;
        write_data(&mut writer, "verdict", edge.verdict.name())?;
        if let Some(condition) = &edge.condition {
            write_data(&mut writer, "condition", condition)?;
        }
        writer.write_event(Event::End(BytesEnd::new("edge")))?;
    }
    writer.write_event(Event::End(BytesEnd::new("graph")))?;
    writer.write_event(Event::End(BytesEnd::new("graphml")))?;
    let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text.push('\n');
    Ok(text)
}

fn node_data(package: &PackageReport) -> [(&'static str, String); 6] {
    [
        ("label", view::label(package)),
        ("purl", package.purl.to_string()),
        ("license", package.license.concluded.clone()),
        ("ecosystem", package.ecosystem.clone()),
        ("project", package.project.to_string()),
        ("verdict", package.verdict.name().to_owned()),
    ]
}

fn write_data(writer: &mut Writer<Vec<u8>>, key: &str, value: &str) -> std::io::Result<()> {
    writer.write_event(Event::Start(BytesStart::new("data").with_attributes([("key", key)])))?;
    writer.write_event(Event::Text(BytesText::new(value)))?;
    writer.write_event(Event::End(BytesEnd::new("data")))
}
