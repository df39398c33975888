//! CycloneDX as XML: each component becomes the value its JSON form would have, and is read as that.
//!
//! No entity is expanded but the five of XML and character references, so nothing can grow; a document type
//! declaration is reported.

use super::Parsed;
use super::cyclonedx::Reader;
use super::notes::Notes;
use crate::model::Problem;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value, json};

/// Where several names of one license go, which the schema forbids.
pub(super) const FURTHER: &str = "licgraph:further";

/// Elements may lie inside one another this deep.
const MAX_DEPTH: usize = 200;

/// Reads a document.
pub(super) fn read(text: &str, file: &str) -> Parsed {
    let mut reader = Reader::new(Notes::new(file, text));
    let mut source = Source { xml: quick_xml::Reader::from_str(text), text, unknown_entities: 0 };
    if let Err(message) = bom(&mut source, &mut reader) {
        let offset = usize::try_from(source.xml.buffer_position()).unwrap_or(usize::MAX);
        let message = format!("the document cannot be read beyond this place: {message}");
        reader.notes.at_offset(Problem::incomplete, offset, message);
    }
    if source.unknown_entities > 0 {
        let message = format!(
            "{} entity references were left out; entities of a document are never expanded",
            source.unknown_entities
        );
        reader.notes.whole(Problem::incomplete, message);
    }
    reader.finish()
}

struct Source<'a> {
    xml: quick_xml::Reader<&'a [u8]>,
    text: &'a str,
    unknown_entities: usize,
}

/// An element with all it holds.
#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

fn bom(source: &mut Source<'_>, reader: &mut Reader<'_>) -> Result<(), String> {
    let mut walk = Walk { path: Vec::new(), counted_to: 0, line: 1 };
    loop {
        let before = usize::try_from(source.xml.buffer_position()).unwrap_or(usize::MAX);
        let event = source.xml.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Start(start) => match walk.section(&start) {
                Some(section) => {
                    let element = element(source, &start, 0)?;
                    walk.line += newlines(source.text, walk.counted_to, before);
                    walk.counted_to = before;
                    hand_over(section, &element, walk.line, reader);
                }
                None => walk.enter(&start, source, reader)?,
            },
            Event::Empty(start) if walk.section(&start) == Some("dependencies") => {
                let element = Element { attributes: attributes(&start), ..Element::default() };
                hand_over("dependencies", &element, walk.line, reader);
            }
            Event::End(_) => {
                walk.path.pop();
            }
            Event::DocType(_) => {
                let message = "the document has a document type declaration; it was not followed".to_owned();
                reader.notes.at_offset(Problem::note, before, message);
            }
            Event::Eof if walk.path.is_empty() => return Ok(()),
            Event::Eof => return Err(format!("the text ends inside <{}>", walk.path.join("><"))),
            _ => {}
        }
    }
}

/// Where the reader stands in the document.
struct Walk {
    path: Vec<String>,
    /// Lines are counted on from the last element that was handed over.
    counted_to: usize,
    line: u32,
}

impl Walk {
    /// The section of the document that an element which starts here belongs to; none for what only leads there.
    fn section(&self, start: &BytesStart<'_>) -> Option<&'static str> {
        let inside: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match (inside.as_slice(), local_name(start).as_str()) {
            (["bom"], "metadata") => Some("metadata"),
            (["bom", "components"], "component") => Some("components"),
            (["bom", "services"], "service") => Some("services"),
            (["bom", "dependencies"], "dependency") => Some("dependencies"),
            (["bom", "compositions"], "composition") => Some("compositions"),
            (["bom", "properties"], "property") => Some("properties"),
            _ => None,
        }
    }

    /// Goes into an element, or past it where nothing of it is read.
    fn enter(
        &mut self,
        start: &BytesStart<'_>,
        source: &mut Source<'_>,
        reader: &mut Reader<'_>,
    ) -> Result<(), String> {
        let name = local_name(start);
        if self.path.is_empty() && name == "bom" {
            version(start, reader);
        }
        if self.path == ["bom", "dependencies"] || name == "dependencies" {
            reader.parsed.has_dependencies = true;
        }
        let is_section =
            ["components", "services", "dependencies", "compositions", "properties"].contains(&name.as_str());
        if self.path.len() == 1 && !is_section {
            reader.parsed.left_out.push(name);
            source.xml.read_to_end(start.name()).map_err(|error| error.to_string())?;
        } else if self.path.len() >= MAX_DEPTH {
            return Err("elements lie too deep inside one another".to_owned());
        } else {
            self.path.push(name);
        }
        Ok(())
    }
}

fn newlines(text: &str, from: usize, to: usize) -> u32 {
    let bytes = text.as_bytes().get(from..to).unwrap_or_default();
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

/// The version is the last part of the namespace.
fn version(start: &BytesStart<'_>, reader: &mut Reader<'_>) {
    let namespace = attributes(start)
        .into_iter()
        .find(|(name, value)| name.starts_with("xmlns") && value.contains("cyclonedx.org/schema/bom"));
    let version = namespace.as_ref().and_then(|(_, value)| value.rsplit('/').next()).unwrap_or("");
    reader.take("specVersion", &Value::from(version).into(), &mut |_| None);
}

fn hand_over(key: &str, element: &Element, line: u32, reader: &mut Reader<'_>) {
    let value = match key {
        "metadata" => metadata(element),
        "components" => component(element),
        "services" => service(element),
        "dependencies" => dependency(element),
        "compositions" => composition(element),
        _ => property(element),
    };
    reader.take(key, &value.into(), &mut |_| Some(line));
}

/// Reads on to the end of an element that has just begun.
fn element(source: &mut Source<'_>, start: &BytesStart<'_>, depth: usize) -> Result<Element, String> {
    if depth > MAX_DEPTH {
        return Err("elements lie too deep inside one another".to_owned());
    }
    let mut found = Element { name: local_name(start), attributes: attributes(start), ..Element::default() };
    loop {
        match source.xml.read_event().map_err(|error| error.to_string())? {
            Event::Start(inner) => {
                let child = element(source, &inner, depth + 1)?;
                found.children.push(child);
            }
            Event::Empty(inner) => found.children.push(Element {
                name: local_name(&inner),
                attributes: attributes(&inner),
                ..Element::default()
            }),
            Event::Text(text) => found.text.push_str(&text),
            Event::CData(text) => found.text.push_str(&text),
            Event::GeneralRef(reference) => {
                let name = reference.to_string();
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character.to_string()),
                    _ => quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned),
                };
                match resolved {
                    Some(text) => found.text.push_str(&text),
                    None => source.unknown_entities += 1,
                }
            }
            Event::End(_) => return Ok(found),
            Event::Eof => return Err(format!("the text ends inside <{}>", found.name)),
            _ => {}
        }
    }
}

fn local_name(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

fn attributes(start: &BytesStart<'_>) -> Vec<(String, String)> {
    start
        .attributes()
        .with_checks(false)
        .flatten()
        .map(|attribute| {
            let name = attribute.key.as_ref().to_owned();
            let raw = attribute.value.into_owned();
            let value = quick_xml::escape::unescape(&raw).map(|text| text.into_owned()).unwrap_or(raw);
            (name, value)
        })
        .collect()
}

impl Element {
    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    fn inside(&self, list: &str, item: &str) -> Vec<&Self> {
        let children = self.child(list).map(|list| list.children.as_slice()).unwrap_or_default();
        children.iter().filter(|child| child.name == item).collect()
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Copies the texts of the named children.
    fn texts(&self, names: &[&str], into: &mut Map<String, Value>) {
        for name in names {
            if let Some(child) = self.child(name) {
                into.insert((*name).to_owned(), json!(child.text.trim()));
            }
        }
    }
}

fn metadata(element: &Element) -> Value {
    let mut value = Map::new();
    element.texts(&["timestamp"], &mut value);
    if let Some(root) = element.child("component") {
        value.insert("component".to_owned(), component(root));
    }
    let tools = element.child("tools");
    let old = tools.map(|tools| tools.children.as_slice()).unwrap_or_default();
    let new = tools.map(|tools| tools.inside("components", "component")).unwrap_or_default();
    let listed: Vec<Value> = old
        .iter()
        .filter(|tool| tool.name == "tool")
        .chain(new)
        .map(|tool| {
            let mut fields = Map::new();
            tool.texts(&["name", "version"], &mut fields);
            Value::Object(fields)
        })
        .collect();
    value.insert("tools".to_owned(), Value::Array(listed));
    Value::Object(value)
}

fn component(element: &Element) -> Value {
    let mut value = Map::new();
    for name in ["type", "bom-ref"] {
        if let Some(text) = element.attribute(name) {
            value.insert(name.to_owned(), json!(text));
        }
    }
    let plain = ["name", "group", "version", "description", "scope", "purl", "author", "copyright"];
    element.texts(&plain, &mut value);
    let mut list = |key: &str, items: Vec<Value>| {
        if !items.is_empty() {
            value.insert(key.to_owned(), Value::Array(items));
        }
    };
    list("authors", element.inside("authors", "author").into_iter().map(person).collect());
    list("hashes", element.inside("hashes", "hash").into_iter().map(hash).collect());
    list(
        "externalReferences",
        element.inside("externalReferences", "reference").into_iter().map(reference).collect(),
    );
    list("properties", element.inside("properties", "property").into_iter().map(property).collect());
    list("components", element.inside("components", "component").into_iter().map(component).collect());
    list("licenses", element.child("licenses").map(licenses).unwrap_or_default());
    if let Some(evidence) = element.child("evidence") {
        let seen: Vec<Value> =
            evidence.inside("occurrences", "occurrence").into_iter().map(occurrence).collect();
        let licenses = evidence.child("licenses").map(licenses).unwrap_or_default();
        value.insert("evidence".to_owned(), json!({"occurrences": seen, "licenses": licenses}));
    }
    Value::Object(value)
}

fn licenses(list: &Element) -> Vec<Value> {
    list.children.iter().map(license).collect()
}

fn license(element: &Element) -> Value {
    let mut value = Map::new();
    if let Some(said) = element.attribute("acknowledgement") {
        value.insert("acknowledgement".to_owned(), json!(said));
    }
    match element.name.as_str() {
        "expression" => {
            value.insert("expression".to_owned(), json!(element.text.trim()));
        }
        "expression-detailed" => {
            value.insert("expression".to_owned(), json!(element.attribute("expression").unwrap_or_default()));
            let details: Vec<Value> = element
                .children
                .iter()
                .filter(|child| child.name == "details")
                .map(|child| {
                    json!({
                        "licenseIdentifier": child.attribute("license-identifier").unwrap_or_default(),
                        "text": child.child("text").map(attachment),
                        "url": child.child("url").map(|url| url.text.trim()),
                    })
                })
                .collect();
            value.insert("expressionDetails".to_owned(), Value::Array(details));
        }
        _ => {
            element.texts(&["id", "name", "url"], &mut value);
            let of = |name: &str| -> Vec<&str> {
                let named = element.children.iter().filter(|child| child.name == name);
                named.map(|child| child.text.trim()).skip(1).collect()
            };
            let further = [of("id"), of("name")].concat();
            if !further.is_empty() {
                value.insert(FURTHER.to_owned(), json!(further));
            }
            if let Some(text) = element.child("text") {
                value.insert("text".to_owned(), attachment(text));
            }
            let properties: Vec<Value> =
                element.inside("properties", "property").into_iter().map(property).collect();
            value.insert("properties".to_owned(), Value::Array(properties));
            return json!({"license": value});
        }
    }
    Value::Object(value)
}

fn attachment(text: &Element) -> Value {
    json!({"content": text.text, "encoding": text.attribute("encoding")})
}

fn person(element: &Element) -> Value {
    let mut value = Map::new();
    element.texts(&["name", "email"], &mut value);
    Value::Object(value)
}

fn hash(element: &Element) -> Value {
    json!({"alg": element.attribute("alg"), "content": element.text.trim()})
}

fn reference(element: &Element) -> Value {
    let hashes: Vec<Value> = element.inside("hashes", "hash").into_iter().map(hash).collect();
    let url = element.child("url").map(|url| url.text.trim());
    json!({"type": element.attribute("type"), "url": url, "hashes": hashes})
}

fn property(element: &Element) -> Value {
    json!({"name": element.attribute("name"), "value": element.text})
}

fn occurrence(element: &Element) -> Value {
    let line = element.child("line").and_then(|line| line.text.trim().parse::<u32>().ok());
    json!({"location": element.child("location").map(|place| place.text.trim()), "line": line})
}

fn dependency(element: &Element) -> Value {
    let targets: Vec<&str> = element
        .children
        .iter()
        .filter(|child| child.name == "dependency")
        .filter_map(|child| child.attribute("ref"))
        .collect();
    json!({"ref": element.attribute("ref"), "dependsOn": targets})
}

fn service(element: &Element) -> Value {
    let nested: Vec<Value> = element.inside("services", "service").into_iter().map(service).collect();
    json!({"bom-ref": element.attribute("bom-ref"), "services": nested})
}

fn composition(element: &Element) -> Value {
    let mut value = Map::new();
    element.texts(&["aggregate"], &mut value);
    for list in ["assemblies", "dependencies"] {
        if element.child(list).is_some() {
            value.insert(list.to_owned(), json!([]));
        }
    }
    Value::Object(value)
}
