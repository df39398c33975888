//! A large JSON object, one array element at a time: only one component is ever in memory as JSON.

use super::item::{Item, ItemVisitor};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Gets each wanted value with the key it stands under.
type Handle<'h, 'de> = &'h mut dyn FnMut(&str, Item<'de>);

/// Calls `handle` with each element of the wanted arrays and with every other wanted value.
///
/// The keys that are not wanted come back by name. Strings, numbers and objects of a wanted key are handed over
/// whole; an array element by element.
///
/// # Errors
/// When the text is not a JSON object; what came before the error has been handed over.
pub(super) fn each_item<'de>(
    text: &'de str,
    wanted: &[&str],
    handle: Handle<'_, 'de>,
) -> (Vec<String>, Result<(), serde_json::Error>) {
    let mut unwanted = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let visitor = Top { wanted, handle, unwanted: &mut unwanted };
    let result = deserializer.deserialize_map(visitor).and_then(|()| deserializer.end());
    (unwanted, result)
}

struct Top<'a, 'de> {
    wanted: &'a [&'a str],
    handle: Handle<'a, 'de>,
    unwanted: &'a mut Vec<String>,
}

impl<'de> Visitor<'de> for Top<'_, 'de> {
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

struct Items<'a, 'de> {
    key: &'a str,
    handle: Handle<'a, 'de>,
}

impl<'de> DeserializeSeed<'de> for Items<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while let Some(item) = sequence.next_element::<Item<'de>>()? {
            (self.handle)(self.key, item);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        (self.handle)(self.key, Item::deserialize(MapAccessDeserializer::new(map))?);
        Ok(())
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<(), E> {
        (self.handle)(self.key, ItemVisitor.visit_borrowed_str(text)?);
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        (self.handle)(self.key, ItemVisitor.visit_str(text)?);
        Ok(())
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        (self.handle)(self.key, Item::Bool(value));
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        (self.handle)(self.key, ItemVisitor.visit_i64(value)?);
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        (self.handle)(self.key, ItemVisitor.visit_u64(value)?);
        Ok(())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        (self.handle)(self.key, ItemVisitor.visit_f64(value)?);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A string field; a number counts as its digits, an empty string as absent.
pub(super) fn string(value: &Item<'_>, key: &str) -> Option<String> {
    value.text(key).map(std::borrow::Cow::into_owned)
}

/// The elements of an array field; a single object counts as an array of one.
pub(super) fn array<'a, 'de>(value: &'a Item<'de>, key: &str) -> &'a [Item<'de>] {
    match value.get(key) {
        Some(Item::List(items)) => items,
        Some(single @ Item::Object(_)) => std::slice::from_ref(single),
        _ => &[],
    }
}
