//! CycloneDX 1.2 to 1.7: JSON, and the assembly of a document that the XML reader shares.

use super::item::Item;
use super::items::{each_item, string};
use super::notes::{Lines, Notes};
use super::{Parsed, cyclonedx_component};
use crate::model::sbom::{Component, Document, Edge};
use crate::model::{Linkage, Problem};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Components may lie inside one another this deep.
const MAX_DEPTH: usize = 64;

/// What is read; everything else is named as left out when a document is converted.
pub(super) const WANTED: [&str; 7] =
    ["specVersion", "bomFormat", "metadata", "components", "dependencies", "compositions", "properties"];

/// Reads a JSON document.
pub(super) fn read_json(text: &str, file: &str) -> Parsed {
    let mut reader = Reader::new(Notes::new(file, text));
    let mut lines = Lines::new(text);
    let (left_out, result) = each_item(text, &WANTED, &mut |key, value| {
        let mut line = |component: &Item<'_>| {
            let word = component.get("bom-ref").or_else(|| component.get("name"))?;
            lines.of(word)
        };
        reader.take(key, &value, &mut line);
    });
    let boring = ["$schema", "serialNumber", "version"];
    reader.parsed.left_out = left_out.into_iter().filter(|key| !boring.contains(&key.as_str())).collect();
    if let Err(error) = result {
        reader.notes.broken(&error);
    }
    reader.finish()
}

/// Gathers the parts of a document in whatever order they come.
pub(super) struct Reader<'a> {
    pub(super) notes: Notes<'a>,
    pub(super) parsed: Parsed,
    references: HashMap<String, usize>,
    links: Vec<(Cow<'a, str>, Vec<Cow<'a, str>>)>,
    inside: Vec<(usize, usize)>,
    /// The reference of a root that stands for several projects.
    several: Option<String>,
    version_seen: bool,
    empty_licenses: usize,
    odd_licenses: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(notes: Notes<'a>) -> Self {
        Self {
            notes,
            parsed: Parsed::default(),
            references: HashMap::new(),
            links: Vec::new(),
            inside: Vec::new(),
            several: None,
            version_seen: false,
            empty_licenses: 0,
            odd_licenses: 0,
        }
    }

    /// Takes a top-level value, or an element of a top-level array.
    pub(super) fn take(
        &mut self,
        key: &str,
        value: &Item<'a>,
        line: &mut dyn FnMut(&Item<'_>) -> Option<u32>,
    ) {
        match key {
            "specVersion" => self.version(value),
            "metadata" => self.metadata(value),
            "components" => {
                self.component(value, None, 0, line);
            }
            "dependencies" => self.dependency(value),
            "compositions" => self.composition(value),
            "properties" => {
                self.parsed.document.properties.extend(cyclonedx_component::property(value));
            }
            _ => {}
        }
    }

    fn version(&mut self, value: &Item<'_>) {
        const KNOWN: [&str; 8] = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];
        self.version_seen = true;
        match value.as_str() {
            Some(version) if KNOWN.contains(&version) => {}
            _ => {
                let message = format!(
                    "specVersion {value} is not a version of CycloneDX that is known here (1.2 to 1.7); the \
                     document was read as 1.7"
                );
                self.notes.at_word(Problem::fact_missing, "", "\"specVersion\"", message);
            }
        }
    }

    fn metadata(&mut self, value: &Item<'_>) {
        if !value.is_object() {
            self.notes.at_word(
                Problem::fact_missing,
                "",
                "\"metadata\"",
                "`metadata` is no object".to_owned(),
            );
            return;
        }
        self.parsed.document.created = string(value, "timestamp");
        self.parsed.document.tools = tools(value);
        let Some(root) = value.get("component") else { return };
        if is_several(root) {
            self.several = string(root, "bom-ref");
            self.parsed.document.name = string(root, "name").unwrap_or_default();
            return;
        }
        if let Some(position) = self.component(root, None, 0, &mut |_| None) {
            self.parsed.document.name = self.parsed.document.components[position].name.clone();
            self.parsed.document.roots.push(position);
        }
    }

    fn component(
        &mut self,
        value: &Item<'_>,
        parent: Option<usize>,
        depth: usize,
        line: &mut dyn FnMut(&Item<'_>) -> Option<u32>,
    ) -> Option<usize> {
        if !value.is_object() || depth > MAX_DEPTH {
            let message = "a component is no object, or lies too deep inside others; it was not read";
            self.notes.at_word(Problem::incomplete, "", "\"components\"", message.to_owned());
            return None;
        }
        let position = self.parsed.document.components.len();
        let read = cyclonedx_component::read(value, position);
        let mut component = read.component;
        component.line = line(value);
        if read.nameless {
            let message = format!("a component has no name; it is called `{}`", component.name);
            self.about(&component, Problem::fact_missing, message);
        }
        self.empty_licenses += read.empty_licenses;
        self.odd_licenses += read.odd_licenses;
        self.parsed.document.custom_licenses.extend(read.custom);
        self.register(&mut component, position);
        self.parsed.document.components.push(component);
        if let Some(parent) = parent {
            self.inside.push((parent, position));
        }
        for nested in super::items::array(value, "components") {
            self.component(nested, Some(position), depth + 1, line);
        }
        Some(position)
    }

    /// Gives the component its place in the table of references; a second one of a name gets a new name.
    fn register(&mut self, component: &mut Component, position: usize) {
        if component.reference.is_empty() {
            component.reference = format!("licgraph:component:{position}");
        } else if self.references.contains_key(&component.reference) {
            let message = format!(
                "`{}` is the bom-ref of two components; dependencies that name it are taken for the first",
                component.reference
            );
            self.about(component, Problem::fact_missing, message);
            component.reference = format!("{}#{position}", component.reference);
        }
        self.references.insert(component.reference.clone(), position);
    }

    fn about(
        &mut self,
        component: &Component,
        make: fn(Option<crate::model::SourceSpan>, String) -> Problem,
        message: String,
    ) {
        match component.line {
            Some(line) => self.notes.at_line(make, line, message),
            None => {
                let word = format!("\"{}\"", component.reference);
                self.notes.at_word(make, "\"components\"", &word, message);
            }
        }
    }

    fn dependency(&mut self, value: &Item<'a>) {
        self.parsed.has_dependencies = true;
        let Some(from) = value.text("ref") else {
            let message = "a dependency entry has no `ref`; it was not read".to_owned();
            self.notes.at_word(Problem::incomplete, "", "\"dependencies\"", message);
            return;
        };
        self.links.push((from, value.texts("dependsOn")));
    }

    fn composition(&mut self, value: &Item<'_>) {
        let about_dependencies = value.get("dependencies").is_some() || value.get("assemblies").is_some();
        let complete = match value.get("aggregate").and_then(Item::as_str) {
            Some("complete") if about_dependencies => true,
            Some("complete" | "unknown" | "not_specified") | None => return,
            Some(_) => false,
        };
        let document = &mut self.parsed.document;
        document.complete = Some(document.complete.unwrap_or(true) && complete);
    }

    /// Joins the parts.
    pub(super) fn finish(mut self) -> Parsed {
        if !self.version_seen {
            let message = "the document does not say its specVersion; it was read as 1.7".to_owned();
            self.notes.whole(Problem::note, message);
        }
        self.count_licenses();
        let mut edges = HashSet::new();
        let mut dangling = 0;
        for (from, names) in std::mem::take(&mut self.links) {
            let is_several = self.several.as_deref() == Some(from.as_ref());
            let source = self.references.get(from.as_ref()).copied();
            if source.is_none() && !is_several {
                dangling += 1;
                self.dangle(&from);
            }
            for name in names {
                match (self.references.get(name.as_ref()), source) {
                    (Some(&target), Some(source)) => {
                        edges.insert((source, target));
                    }
                    (Some(&target), None) if is_several => self.parsed.document.roots.push(target),
                    (Some(_), None) => {}
                    (None, _) => {
                        dangling += 1;
                        self.dangle(&name);
                    }
                }
            }
        }
        edges.extend(std::mem::take(&mut self.inside));
        let document = &mut self.parsed.document;
        document.edges = edges.into_iter().map(|(from, to)| edge(document, from, to)).collect();
        document.edges.sort_unstable();
        if dangling > 0 {
            document.complete = Some(false);
        }
        self.parsed.problems.extend(self.notes.finish());
        self.parsed
    }

    fn dangle(&mut self, name: &str) {
        let word = format!("\"{name}\"");
        let message = format!("`{name}` is named as a dependency, but the document has no such component");
        self.notes.at_word(Problem::incomplete, "\"dependencies\"", &word, message);
    }

    fn count_licenses(&mut self) {
        if self.empty_licenses > 0 {
            let message =
                format!("{} license entries are empty; they count as nothing said", self.empty_licenses);
            self.notes.whole(Problem::fact_missing, message);
        }
        if self.odd_licenses > 0 {
            let message = format!(
                "{} license entries do not have the shape of the specification; they were read as names",
                self.odd_licenses
            );
            self.notes.whole(Problem::note, message);
        }
    }
}

fn is_several(root: &Item<'_>) -> bool {
    super::items::array(root, "properties")
        .iter()
        .any(|property| property.text("name").is_some_and(|name| name == "licgraph:several-projects"))
}

/// Before 1.5 an array of tools, since then an object with components.
fn tools(metadata: &Item<'_>) -> Vec<(String, Option<String>)> {
    let listed = match metadata.get("tools") {
        Some(Item::List(items)) => items.as_slice(),
        Some(object) => super::items::array(object, "components"),
        None => &[],
    };
    listed.iter().filter_map(|tool| Some((string(tool, "name")?, string(tool, "version")))).collect()
}

/// What the target's own fields say of the edge: CycloneDX has no scope on edges.
fn edge(document: &Document, from: usize, to: usize) -> Edge {
    let target = &document.components[to];
    let linkage = target.property("licgraph:linkage").and_then(|word| word.parse::<Linkage>().ok());
    Edge { from, to, scope: super::scope::component_scope(target), linkage }
}
