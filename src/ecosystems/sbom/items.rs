//! A large JSON object, one array element at a time: only one component is ever in memory as JSON.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// Calls `handle` with each element of the wanted arrays and with every other wanted value.
///
/// The keys that are not wanted come back by name. Strings, numbers and objects of a wanted key are handed over
/// whole; an array element by element.
///
/// # Errors
/// When the text is not a JSON object; what came before the error has been handed over.
pub(super) fn each_item(
    text: &str,
    wanted: &[&str],
    handle: &mut dyn FnMut(&str, Value),
) -> (Vec<String>, Result<(), serde_json::Error>) {
    let mut unwanted = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let visitor = Top { wanted, handle, unwanted: &mut unwanted };
    let result = deserializer.deserialize_map(visitor).and_then(|()| deserializer.end());
    (unwanted, result)
}

struct Top<'a> {
    wanted: &'a [&'a str],
    handle: &'a mut dyn FnMut(&str, Value),
    unwanted: &'a mut Vec<String>,
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if self.wanted.contains(&key.as_str()) {
                map.next_value_seed(Items { key: &key, handle: &mut *self.handle })?;
            } else {
                map.next_value::<IgnoredAny>()?;
                self.unwanted.push(key);
            }
        }
        Ok(())
    }
}

struct Items<'a> {
    key: &'a str,
    handle: &'a mut dyn FnMut(&str, Value),
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while let Some(item) = sequence.next_element::<Value>()? {
            (self.handle)(self.key, item);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let value = serde::de::Deserialize::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        (self.handle)(self.key, value);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        (self.handle)(self.key, Value::from(text));
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        (self.handle)(self.key, Value::from(value));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        (self.handle)(self.key, Value::from(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        (self.handle)(self.key, Value::from(value));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        (self.handle)(self.key, Value::from(value));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A string field; a number counts as its digits, an empty string as absent.
pub(super) fn string(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The elements of an array field; a single object counts as an array of one.
pub(super) fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    match value.get(key) {
        Some(Value::Array(items)) => items,
        Some(single @ Value::Object(_)) => std::slice::from_ref(single),
        _ => &[],
    }
}
