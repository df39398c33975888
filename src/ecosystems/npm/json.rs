//! A JSON value that borrows from its text, so that every key and string knows its place in the file.
//!
//! serde_json keeps one of two equal keys and no places; an audit has to know both.

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// Members that no reader asks for, in every entry of a lock file: a third of a large one.
const UNUSED: [&str; 3] = ["engines", "funding", "bin"];

/// Members whose own members are named by packages or directories, which may be called `bin` too.
const NAMED_BY_PACKAGES: [&str; 9] = [
    "dependencies",
    "devDependencies",
    "optionalDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "requires",
    "packages",
    "workspaces",
    "catalog",
];

/// The same, at any depth below.
const NAMED_THROUGHOUT: [&str; 3] = ["overrides", "resolutions", "catalogs"];

/// By what the members of an object are named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Fields,
    Packages,
    PackagesThroughout,
}

impl Names {
    /// By what the members of a member are named.
    fn below(self, key: &str) -> Self {
        match self {
            Self::PackagesThroughout => self,
            Self::Packages => Self::Fields,
            Self::Fields if NAMED_BY_PACKAGES.contains(&key) => Self::Packages,
            Self::Fields if NAMED_THROUGHOUT.contains(&key) => Self::PackagesThroughout,
            Self::Fields => Self::Fields,
        }
    }
}

/// A JSON value. Numbers are kept as far as a reader here needs them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Reads strict JSON.
    pub(super) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Reads JSON with comments and trailing commas, the form of `bun.lock`.
    pub(super) fn parse_with_comments(text: &'a str) -> Result<Self, jsonc_parser::errors::ParseError> {
        let parsed = jsonc_parser::parse_to_ast(text, &Default::default(), &Default::default())?;
        Ok(parsed.value.map_or(Self::Null, from_ast))
    }

    /// A member of an object; of two equal keys the last, as JavaScript reads them.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.members().iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The members of an object; none for anything else.
    pub(super) fn members(&self) -> &[(Cow<'a, str>, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of a list; none for anything else.
    pub(super) fn elements(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            _ => &[],
        }
    }

    /// The text of a string.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a member that is a string.
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// Whether a member is `true`.
    pub(super) fn is_true(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Self::Bool(true)))
    }

    /// A string, or the strings of a list: npm takes both for `os`, `cpu` and the like.
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.to_string()],
            Self::List(elements) => {
                elements.iter().filter_map(|element| element.text().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Keys that stand twice in one object, anywhere below.
    pub(super) fn duplicate_keys(&self) -> Vec<&Cow<'a, str>> {
        let mut found = Vec::new();
        self.collect_duplicates(&mut found);
        found
    }

    fn collect_duplicates<'s>(&'s self, found: &mut Vec<&'s Cow<'a, str>>) {
        match self {
            Self::List(elements) => {
                elements.iter().for_each(|element| element.collect_duplicates(found));
            }
            Self::Object(members) => {
                duplicates_among(members, found);
                members.iter().for_each(|(_, value)| value.collect_duplicates(found));
            }
            _ => {}
        }
    }
}

/// JSON with comments and trailing commas as strict JSON: spaces stand in their place, so that every text stays
/// where it was.
pub(super) fn strict(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    // The last comma with nothing but space and comments behind it.
    let mut comma = None;
    let mut before = b'[';
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let end = match (byte, bytes.get(at + 1)) {
            (b'"', _) => {
                comma = None;
                string_end(bytes, at + 1)
            }
            (b'/', Some(b'/')) => {
                memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length)
            }
            (b'/', Some(b'*')) => {
                memchr::memmem::find(&bytes[at + 2..], b"*/").map_or(bytes.len(), |length| at + length + 4)
            }
            _ => at + 1,
        };
        match byte {
            b'/' if end > at + 1 => {
                out[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
            }
            b',' => comma = (!matches!(before, b'[' | b'{' | b',' | b':')).then_some(at),
            b'}' | b']' => {
                if let Some(comma) = comma.take() {
                    out[comma] = b' ';
                }
            }
            _ if !byte.is_ascii_whitespace() => comma = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() && !(*byte == b'/' && end > at + 1) {
            before = *byte;
        }
        at = end;
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// The place behind the quote that ends a string.
fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(length) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        if bytes[at + length] == b'"' {
            return at + length + 1;
        }
        at += length + 2;
    }
    bytes.len()
}

/// Most objects have a handful of members, for which comparing all pairs is cheaper than hashing.
fn duplicates_among<'s, 'a>(members: &'s [(Cow<'a, str>, Json<'a>)], found: &mut Vec<&'s Cow<'a, str>>) {
    if members.len() <= 12 {
        for (position, (key, _)) in members.iter().enumerate() {
            if members[..position].iter().any(|(earlier, _)| earlier == key) {
                found.push(key);
            }
        }
        return;
    }
    let mut seen = HashSet::with_capacity(members.len());
    found.extend(members.iter().filter(|(key, _)| !seen.insert(key.as_ref())).map(|(key, _)| key));
}

fn from_ast(value: jsonc_parser::ast::Value<'_>) -> Json<'_> {
    use jsonc_parser::ast::Value;
    match value {
        Value::StringLit(literal) => Json::Text(literal.value),
        Value::NumberLit(literal) => Json::Number(literal.value.parse().unwrap_or(f64::NAN)),
        Value::BooleanLit(literal) => Json::Bool(literal.value),
        Value::NullKeyword(_) => Json::Null,
        Value::Array(array) => Json::List(array.elements.into_iter().map(from_ast).collect()),
        Value::Object(object) => Json::Object(
            object
                .properties
                .into_iter()
                .map(|property| {
                    let key = match property.name {
                        jsonc_parser::ast::ObjectPropName::String(name) => name.value,
                        jsonc_parser::ast::ObjectPropName::Word(name) => Cow::Borrowed(name.value),
                    };
                    (key, from_ast(property.value))
                })
                .collect(),
        ),
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        JsonVisitor(Names::Fields).deserialize(deserializer)
    }
}

struct JsonVisitor(Names);

impl<'de> DeserializeSeed<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Json::Number(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element()? {
            elements.push(element);
        }
        Ok(Json::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            if self.0 == Names::Fields && UNUSED.contains(&key.as_ref()) {
                map.next_value::<serde::de::IgnoredAny>()?;
            } else {
                let value = map.next_value_seed(Self(self.0.below(&key)))?;
                members.push((key, value));
            }
        }
        Ok(Json::Object(members))
    }
}

/// A key that borrows where it can; serde's own `Cow` always owns.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(JsonVisitor(Names::Fields))? {
            Json::Text(key) => Ok(Self(key)),
            _ => Ok(Self(Cow::Borrowed(""))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, strict};

    #[test]
    fn both_parsers_give_the_same_value() {
        let text = r#"{"a": [1, -2, 1.5, true, null], "b\n": {"c": "d"}, "__proto__": "x"}"#;
        let strict = Json::parse(text).expect("JSON");
        assert_eq!(strict, Json::parse_with_comments(text).expect("JSONC"));
        assert_eq!(strict.text_of("__proto__"), Some("x"));
    }

    #[test]
    fn comments_and_trailing_commas_give_way_to_spaces() {
        for (given, expected) in [
            ("{\"a\": [1, 2,],}", "{\"a\": [1, 2 ] }"),
            ("[1, // one,]\n 2, /* two\n*/ ]", "[1,         \n 2        \n   ]"),
            (r#"{"a,]": "//\",]", "b": "\\"}"#, r#"{"a,]": "//\",]", "b": "\\"}"#),
            ("[,]", "[,]"),
            ("[1,,]", "[1,,]"),
            ("[1 /* never closed", "[1                "),
            ("\"never closed,]", "\"never closed,]"),
            ("\"ends in \\", "\"ends in \\"),
        ] {
            assert_eq!(strict(given), expected, "{given}");
            assert_eq!(strict(given).len(), given.len());
        }
    }

    #[test]
    fn packages_may_be_called_like_fields_that_are_skipped() {
        let text = r#"{"bin": "x", "engines": {},
            "dependencies": {"bin": {"version": "1.0.0", "bin": "x", "requires": {"funding": "^1", "engines": "1"}}},
            "packages": {"bin": {"dependencies": {"engines": "1"}, "funding": {}}},
            "overrides": {"a": {"bin": {"funding": "2"}}}}"#;
        let json = Json::parse(text).expect("JSON");
        assert!(json.get("bin").is_none() && json.get("engines").is_none());
        let package = json.get("dependencies").and_then(|table| table.get("bin")).expect("the package");
        assert!(package.get("bin").is_none());
        assert_eq!(package.get("requires").map(|table| table.members().len()), Some(2));
        let member = json.get("packages").and_then(|table| table.get("bin")).expect("the directory");
        assert_eq!(member.members().len(), 1);
        assert!(member.get("dependencies").is_some_and(|table| table.get("engines").is_some()));
        let inner = json.get("overrides").and_then(|table| table.get("a")?.get("bin"));
        assert!(inner.is_some_and(|table| table.get("funding").is_some()));
    }

    #[test]
    fn of_equal_keys_the_last_counts_and_all_are_known() {
        let json = Json::parse(r#"{"a": {"x": 1, "x": 2}, "a": "last"}"#).expect("JSON");
        assert_eq!(json.text_of("a"), Some("last"));
        assert_eq!(json.duplicate_keys(), ["a", "x"]);
    }

    #[test]
    fn a_thousand_brackets_are_an_error_and_no_overflow() {
        let deep = "[".repeat(100_000);
        assert!(Json::parse(&deep).is_err());
        assert!(Json::parse_with_comments(&deep).is_err());
    }
}
