//! TOML and JSON documents as one kind of tree whose every value knows its line.

use super::text::Document;
use crate::model::{Problem, SourceSpan};
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use std::collections::HashMap;

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// Byte offset in the document.
    pub offset: usize,
    /// What stands there.
    pub value: Value,
}

/// What a TOML or JSON document can hold, as far as Python's files use it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A string.
    Text(String),
    /// A truth value.
    Flag(bool),
    /// Values in order.
    List(Vec<Node>),
    /// Named values in the order of the document, with the offset of each name.
    Table(Vec<(String, usize, Node)>, HashMap<String, usize>),
    /// A number, date or null: nothing that a dependency graph needs.
    Other,
}

impl Node {
    /// A member of a table.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Table(entries, index) => index.get(key).map(|at| &entries[*at].2),
            _ => None,
        }
    }

    /// A member of a table of tables, by path.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The string it is.
    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A string member of a table.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::as_text)
    }

    /// Whether a member of a table is `true`.
    pub(super) fn flag(&self, key: &str) -> bool {
        matches!(self.get(key).map(|node| &node.value), Some(Value::Flag(true)))
    }

    /// The values of a list; none for anything else.
    pub(super) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The values of a list member.
    pub(super) fn list(&self, key: &str) -> &[Node] {
        self.get(key).map_or(&[], Node::items)
    }

    /// The strings of a list member.
    pub(super) fn texts(&self, key: &str) -> Vec<&str> {
        self.list(key).iter().filter_map(Node::as_text).collect()
    }

    /// Name, offset of the name and value of each member of a table.
    pub(super) fn entries(&self) -> &[(String, usize, Node)] {
        match &self.value {
            Value::Table(entries, _) => entries,
            _ => &[],
        }
    }

    /// The place of a member's name, else of the node itself.
    pub(super) fn place_of(&self, key: &str, document: &Document) -> SourceSpan {
        let offset = match &self.value {
            Value::Table(entries, index) => index.get(key).map_or(self.offset, |at| entries[*at].1),
            _ => self.offset,
        };
        document.span(offset)
    }
}

fn table(mut entries: Vec<(String, usize, Node)>) -> Value {
    entries.sort_by_key(|(_, offset, _)| *offset);
    let index = entries.iter().enumerate().map(|(at, (key, _, _))| (key.clone(), at)).collect();
    Value::Table(entries, index)
}

/// Parses TOML; errors become problems and what could be understood is kept.
pub(super) fn toml(document: &Document, problems: &mut Vec<Problem>) -> Node {
    let (root, errors) = toml::de::DeTable::parse_recoverable(&document.text);
    for error in errors.iter().take(5) {
        let place = error.span().map_or_else(|| document.line(1), |span| document.span(span.start));
        let message = format!("is not valid TOML: {}; entries may be missing", error.message());
        problems.push(Problem::incomplete(Some(place), message));
    }
    Node { offset: 0, value: convert_table(root.into_inner()) }
}

fn convert_table(source: toml::de::DeTable<'_>) -> Value {
    let entries = source
        .into_iter()
        .map(|(key, value)| {
            let offset = key.span().start;
            (key.into_inner().into_owned(), offset, convert(value.span().start, value.into_inner()))
        })
        .collect();
    table(entries)
}

fn convert(offset: usize, value: toml::de::DeValue<'_>) -> Node {
    use toml::de::DeValue;
    let value = match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Array(items) => {
            Value::List(items.into_iter().map(|item| convert(item.span().start, item.into_inner())).collect())
        }
        DeValue::Table(members) => convert_table(members),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => Value::Other,
    };
    Node { offset, value }
}

/// Parses JSON. An error becomes a problem.
pub(super) fn json(document: &Document, problems: &mut Vec<Problem>) -> Option<Node> {
    let collect = jsonc_parser::CollectOptions::default();
    let options = jsonc_parser::ParseOptions::default();
    match jsonc_parser::parse_to_ast(&document.text, &collect, &options) {
        Ok(result) => result.value.map(|value| convert_json(&value)),
        Err(error) => {
            let place = document.span(error.range().start);
            let message = format!("is not valid JSON: {}; what it locks is unknown", error.kind());
            problems.push(Problem::incomplete(Some(place), message));
            None
        }
    }
}

fn convert_json(value: &ast::Value<'_>) -> Node {
    let offset = value.start();
    let value = match value {
        ast::Value::StringLit(text) => Value::Text(text.value.to_string()),
        ast::Value::BooleanLit(flag) => Value::Flag(flag.value),
        ast::Value::Array(items) => Value::List(items.elements.iter().map(convert_json).collect()),
        ast::Value::Object(object) => table(
            object
                .properties
                .iter()
                .map(|member| (member.name.as_str().to_owned(), member.start(), convert_json(&member.value)))
                .collect(),
        ),
        ast::Value::NumberLit(_) | ast::Value::NullKeyword(_) => Value::Other,
    };
    Node { offset, value }
}

#[cfg(test)]
mod tests {
    use super::{json, toml};
    use crate::ecosystems::python::text::Document;

    #[test]
    fn both_notations_know_their_lines() {
        let mut problems = Vec::new();
        let document =
            Document::new("f", "[[package]]\nname = \"a\"\n\n[[package]]\nname = \"b\"\nx = [\n 'y']\n");
        let tree = toml(&document, &mut problems);
        let second = &tree.list("package")[1];
        assert_eq!(second.place_of("name", &document).line, 5);
        assert_eq!(document.span(second.offset).line, 4);
        assert_eq!(document.span(second.list("x")[0].offset).line, 7);

        let document = Document::new("f", "{\n \"a\": {\"b\": [\n\"c\"]}}");
        let tree = json(&document, &mut problems).expect("a tree");
        assert_eq!(document.span(tree.at(&["a", "b"]).expect("b").items()[0].offset).line, 3);
        assert!(problems.is_empty());
    }

    #[test]
    fn broken_documents_are_problems_with_a_line() {
        let mut problems = Vec::new();
        let document = Document::new("f", "a = 1\nb = = 2\nc = 'kept'\n");
        assert_eq!(toml(&document, &mut problems).text("c"), Some("kept"));
        assert_eq!(problems[0].location.as_ref().map(|place| place.line), Some(2));
        let before = problems.len();
        assert!(json(&Document::new("f", "{\n\"a\":"), &mut problems).is_none());
        assert_eq!(problems.len(), before + 1);
    }
}
