//! The line reader beside the full YAML reader: where the first gives something, the second gives the same.

use super::pnpm_raw::{RawDocument, options, read_lines, read_yaml};
use super::yaml_lines::{Node, is_surely_text, parse};
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// What both readers see; a scalar that may be no text is not told apart further.
#[derive(Debug, PartialEq)]
enum Tree {
    Text(String),
    Unsure,
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl Tree {
    fn of(node: &Node<'_>) -> Self {
        match node {
            Node::Scalar(scalar) if scalar.is_plain && !is_surely_text(&scalar.text) => Self::Unsure,
            Node::Scalar(scalar) => Self::Text(scalar.text.to_string()),
            Node::List(items) => Self::List(items.iter().map(Self::of).collect()),
            Node::Map(entries) => {
                Self::Map(entries.iter().map(|(key, node)| (key.text.to_string(), Self::of(node))).collect())
            }
        }
    }

    fn is_like(&self, full: &Self) -> bool {
        match (self, full) {
            (Self::Unsure, Self::Text(_) | Self::Unsure) => true,
            (Self::List(ours), Self::List(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(one, other)| one.is_like(other))
            }
            (Self::Map(ours), Self::Map(theirs)) => {
                ours.len() == theirs.len()
                    && ours.iter().zip(theirs).all(|(one, other)| one.0 == other.0 && one.1.is_like(&other.1))
            }
            _ => self == full,
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any YAML")
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Tree, E> {
        Ok(Tree::Unsure)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Tree, E> {
        Ok(Tree::Unsure)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Tree, E> {
        Ok(Tree::Unsure)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Unsure)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Tree::Map(entries))
    }
}

/// Where the line reader gives something, all of YAML says the same.
fn agree(text: &str) {
    if let Some(node) = parse(text) {
        let full: Tree = serde_saphyr::from_str_with_options(text, options())
            .unwrap_or_else(|error| panic!("only the line reader takes {text:?}: {error}"));
        assert!(Tree::of(&node).is_like(&full), "{text:?}\n{node:?}\n{full:?}");
    }
    if let Some(fast) = read_lines(text) {
        let full: Option<RawDocument> = read_yaml(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(format!("{:?}", Some(fast)), format!("{full:?}"), "{text:?}");
    }
}

fn locks() -> Vec<(String, String)> {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/npm");
    let mut found = Vec::new();
    for case in std::fs::read_dir(fixtures).expect("fixtures") {
        let path = case.expect("a case").path();
        if let Ok(text) = std::fs::read_to_string(path.join("pnpm-lock.yaml")) {
            found.push((path.display().to_string(), text));
        }
    }
    found.sort();
    found
}

#[test]
fn recorded_lock_files_are_read_line_by_line_and_alike() {
    let locks = locks();
    assert!(locks.len() >= 3, "{locks:?}");
    for (name, text) in locks {
        assert!(parse(&text).is_some() && read_lines(&text).is_some(), "{name}");
        agree(&text);
        agree(&text.replace('\n', "\r\n"));
    }
}

#[test]
fn what_pnpm_writes_is_understood() {
    let text = "lockfileVersion: '9.0'\n\n# a remark\nsettings:\n  autoInstallPeers: true\n\noverrides:\n  \
        'a@1': ^2.0.0\n\nimporters:\n\n  .:\n    dependencies:\n      '@s/a':\n        specifier: '>=1 <2'\n        \
        version: 1.0.0(b@2.0.0)\n\npackages:\n\n  2-thenable@1.0.0:\n    resolution: {integrity: sha512-ab/+==}\n    \
        engines: {node: '>= 0.4', npm: ^3.0.0 || ^4}\n    cpu: [x64, '!arm']\n    os: []\n    deprecated: |-\n      \
        Use it's: successor # really\n\n      or not\n    bundledDependencies:\n    - c\n    - '@s/d'\n\n  \
        e@1.0.0:\n    deprecated: >-\n      several lines\n      of text\n\n      and more\n    hasBin: true\n";
    let Some(Node::Map(top)) = parse(text) else { panic!("not understood") };
    assert_eq!(top.len(), 5);
    let tree = format!("{top:?}");
    for part in ["Use it's: successor # really\\n\\nor not", "several lines of text\\nand more", "'>= 0.4'"] {
        assert!(tree.contains(part.trim_matches('\'')), "{part}: {tree}");
    }
    agree(text);
}

#[test]
fn more_of_yaml_is_left_to_the_full_reader() {
    for text in [
        "",
        "a",
        "- a\n",
        "a: 1",
        "a: &x 1\nb: *x\n",
        "a: !!str 1\n",
        "a: 1\na: 2\n",
        "--- \na: 1\n",
        "a: 1\n---\nb: 2\n",
        "a: b\n  c\n",
        "a: 'b\n  c'\n",
        "a: \"b\\n\"\n",
        "a: b # c\n",
        "a: b: c\n",
        "a:\n",
        "a: ~\n",
        "a: null\n",
        "a:\tb\n",
        "a: {b: 1,\n  c: 2}\n",
        "a: {b: 1}}\n",
        "a: [b, ]\n",
        "a: {b}\n",
        "? a\n: b\n",
        "<<: a\n",
        "a: |2\n    b\n",
        "a: >+\n  b\n",
        "a: |\n  b\n   c\n",
        "a:\n  b: 1\n c: 2\n",
        "true: a\n",
        "a: @b\n",
        "a: b\rc: d\n",
        "a: \u{85}b\n",
        "a: '\u{2028}'\n",
    ] {
        assert_eq!(parse(text), None, "{text:?}");
    }
    let deep: String = (0..100).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(parse(&format!("{deep}{}b: c\n", " ".repeat(100))), None);
    assert_eq!(parse(&format!("a: {}{}\n", "[".repeat(100_000), "]".repeat(100_000))), None);
}

#[test]
fn plain_scalars_that_may_be_something_else_are_known() {
    for text in ["1.0.0", "link:../a", "x64", "2-thenable", "1.0.0(b@2.0.0)", ".", "a1"] {
        assert!(is_surely_text(text), "{text}");
    }
    for text in
        ["1", "1.5", "0x1f", "1e5", "Yes", "true", "2001-12-14T21:59:43Z", "1_000", "0o17", ".5", "+1"]
    {
        assert!(!is_surely_text(text), "{text}");
    }
}

proptest! {
    #[test]
    fn texts_of_signs_are_read_alike(text in "(([ab1]|'x'|-|- )?([ :'\"{}\\[\\],#|>&*!~.\n-]|: |\n |\n  |: a|true|1\\.5){0,3}){0,12}\n") {
        agree(&text);
    }

    #[test]
    fn changed_lock_files_are_read_alike(
        which in 0_usize..3,
        at in any::<prop::sample::Index>(),
        length in 0_usize..4,
        new in "[ :'\"{}\\[\\],#|>&*!~\n\r\ta1.-]{0,3}",
    ) {
        let locks = locks();
        let text = &locks[which % locks.len()].1;
        // A part of the file keeps the test quick.
        let lines: Vec<&str> = text.lines().take(80).collect();
        let mut text = lines.join("\n") + "\n";
        let start = at.index(text.len());
        let end = (start + length).min(text.len());
        if text.is_char_boundary(start) && text.is_char_boundary(end) {
            text.replace_range(start..end, &new);
            agree(&text);
        }
    }
}
