//! The JSON Schema of `licgraph.toml`, for editors and for the reference.

use super::raw::RawPolicy;
use serde_json::Value;

/// The JSON Schema of `licgraph.toml`.
pub fn json_schema() -> Value {
    let mut schema = schemars::schema_for!(RawPolicy).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), Value::from("licgraph.toml"));
    }
    schema
}

/// A key of `licgraph.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// `project.license`, `waiver[].reason`.
    pub name: String,
    /// Its kind of value.
    pub kind: String,
    /// Whether it must be there where its table is.
    pub required: bool,
    /// What it means.
    pub description: String,
}

/// Every key, in the order of the file.
pub fn keys() -> Vec<Key> {
    let schema = json_schema();
    let mut found = Vec::new();
    collect(&schema, &schema, "", &mut found);
    found
}

fn collect(root: &Value, table: &Value, prefix: &str, into: &mut Vec<Key>) {
    let Some(properties) = table["properties"].as_object() else { return };
    let required: Vec<&str> =
        table["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in properties {
        let target = resolve(root, property);
        let is_list = target["type"] == "array";
        let inner = if is_list { resolve(root, &target["items"]) } else { target };
        let full =
            format!("{prefix}{name}{}", if is_list && inner["properties"].is_object() { "[]" } else { "" });
        let description = property["description"].as_str().or(target["description"].as_str());
        into.push(Key {
            name: full.clone(),
            kind: kind(target, inner, is_list),
            required: required.contains(&name.as_str()),
            description: description.unwrap_or_default().replace('\n', " "),
        });
        collect(root, inner, &format!("{full}."), into);
    }
}

/// Follows `$ref` and the one real member of a choice with null.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return resolve(root, &root["$defs"][name]);
    }
    let choice = schema["anyOf"].as_array();
    match choice.and_then(|members| members.iter().find(|member| member["type"] != "null")) {
        Some(member) => resolve(root, member),
        None => schema,
    }
}

fn kind(target: &Value, inner: &Value, is_list: bool) -> String {
    let one = words(inner);
    match (is_list, inner["properties"].is_object()) {
        (true, true) => "list of tables".to_owned(),
        (true, false) => format!("list of {one}"),
        (false, true) => "table".to_owned(),
        (false, false) => words(target),
    }
}

fn words(schema: &Value) -> String {
    let values: Vec<&str> = schema["oneOf"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|member| member["const"].as_str())
        .chain(schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str))
        .collect();
    if !values.is_empty() {
        return values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    }
    match &schema["type"] {
        Value::String(name) => plain(name).to_owned(),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null").map_or("", plain).to_owned()
        }
        _ => "value".to_owned(),
    }
}

fn plain(name: &str) -> &str {
    match name {
        "string" => "text",
        "boolean" => "true or false",
        "integer" => "number",
        other => other,
    }
}
