//! A JSON value that borrows its texts from the document: a large one consists of little else.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// A JSON value. Texts are copied only where the document escapes a character in them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item<'a> {
    Null,
    Bool(bool),
    /// A number, as its digits.
    Number(String),
    Text(Cow<'a, str>),
    List(Vec<Item<'a>>),
    /// In the order of the document; of two fields of one name the last counts.
    Object(Vec<(Cow<'a, str>, Item<'a>)>),
}

impl<'a> Item<'a> {
    /// A field of an object.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// A text.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is an object.
    pub(super) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// A text field; a number counts as its digits, an empty text as absent.
    pub(super) fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        match self.get(key)? {
            Self::Text(text) if !text.trim().is_empty() => Some(text.clone()),
            Self::Number(digits) => Some(Cow::Owned(digits.clone())),
            _ => None,
        }
    }

    /// The texts of a list field; a single text counts as a list of one.
    pub(super) fn texts(&self, key: &str) -> Vec<Cow<'a, str>> {
        let text = |item: &Self| match item {
            Self::Text(text) => Some(text.clone()),
            _ => None,
        };
        match self.get(key) {
            Some(Self::List(items)) => items.iter().filter_map(text).collect(),
            Some(single) => text(single).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

impl From<Value> for Item<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(truth),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::Text(Cow::Owned(text)),
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(fields) => {
                Self::Object(fields.into_iter().map(|(key, value)| (Cow::Owned(key), value.into())).collect())
            }
        }
    }
}

/// A scalar as JSON writes it; lists and objects only as what they are.
impl fmt::Display for Item<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Bool(truth) => write!(formatter, "{truth}"),
            Self::Number(digits) => formatter.write_str(digits),
            Self::Text(text) => write!(formatter, "\"{text}\""),
            Self::List(_) => formatter.write_str("(a list)"),
            Self::Object(_) => formatter.write_str("(an object)"),
        }
    }
}

impl<'de> Deserialize<'de> for Item<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemVisitor)
    }
}

pub(super) struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Item::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Item::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Item::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Item::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Item::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Item::Number(value.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Item::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Item::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::with_capacity(8);
        while let Some(key) = map.next_key()? {
            let key = match key {
                Item::Text(text) => text,
                // A key of JSON is always a text.
                _ => Cow::Borrowed(""),
            };
            fields.push((key, map.next_value()?));
        }
        Ok(Item::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::Item;
    use std::borrow::Cow;

    #[test]
    fn texts_are_borrowed_unless_escaped() {
        let text = r#"{"a": "plain", "b": "line\n", "n": [1, -2, 0.5, true, null], "o": {}, "a\u0062": 7}"#;
        let item: Item<'_> = serde_json::from_str(text).expect("JSON");
        assert!(matches!(item.get("a"), Some(Item::Text(Cow::Borrowed("plain")))));
        assert!(matches!(item.get("b"), Some(Item::Text(Cow::Owned(text))) if text == "line\n"));
        let Some(Item::List(list)) = item.get("n") else { panic!("a list") };
        let shown: Vec<String> = list.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["1", "-2", "0.5", "true", "null"]);
        assert!(item.get("o").is_some_and(Item::is_object));
        assert_eq!(item.text("ab").as_deref(), Some("7"));
        assert_eq!(item.text("missing"), None);
    }

    #[test]
    fn a_value_and_its_text_give_the_same_item() {
        let text = r#"{"a": [1, "x", {"b": null, "c": false}]}"#;
        let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(Item::from(value), serde_json::from_str(text).expect("JSON"));
    }

    #[test]
    fn of_two_fields_of_one_name_the_last_counts() {
        let item: Item<'_> = serde_json::from_str(r#"{"a": "first", "a": "second"}"#).expect("JSON");
        assert_eq!(item.get("a").and_then(Item::as_str), Some("second"));
    }

    #[test]
    fn one_text_counts_as_a_list_of_one() {
        let item: Item<'_> = serde_json::from_str(r#"{"a": "x", "b": ["x", 1, "y"]}"#).expect("JSON");
        assert_eq!(item.texts("a"), ["x"]);
        assert_eq!(item.texts("b"), ["x", "y"]);
        assert!(item.texts("c").is_empty());
    }
}
