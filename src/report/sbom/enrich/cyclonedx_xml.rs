//! CycloneDX as XML: elements are put into each component in the order of the XSD, the rest stays.

use super::splice::Splices;
use super::{EnrichError, Known, acknowledgement, facts, is_ours, minor_version};
use crate::audit::PackageReport;
use crate::report::sbom::cyclonedx_xml::allowed;
use crate::report::sbom::licenses::{asserts, is_pinned};
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};

/// What may stand in a component before its licenses.
const BEFORE_LICENSES: [&str; 11] = [
    "supplier",
    "manufacturer",
    "authors",
    "author",
    "publisher",
    "group",
    "name",
    "version",
    "description",
    "scope",
    "hashes",
];

/// What may stand between its licenses and its properties.
const BEFORE_PROPERTIES: [&str; 10] = [
    "licenses",
    "copyright",
    "cpe",
    "purl",
    "omniborId",
    "swhid",
    "swid",
    "modified",
    "pedigree",
    "externalReferences",
];

/// Elements may lie inside one another this deep.
const MAX_DEPTH: usize = 500;

/// Adds to every component that is known.
pub(super) fn add(text: &str, known: &Known<'_>) -> Result<Vec<u8>, EnrichError> {
    let mut walk = Walk { text, known, stack: Vec::new(), splices: Splices::default(), minor: None };
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        let from = offset(&reader);
        let event = reader.read_event().map_err(|error| broken(&reader, &error.to_string()))?;
        let to = offset(&reader);
        match event {
            Event::Start(start) => {
                if walk.stack.len() >= MAX_DEPTH {
                    return Err(broken(&reader, "elements lie too deep inside one another"));
                }
                walk.open(&start, from, to);
            }
            Event::Empty(start) => {
                walk.open(&start, from, to);
                walk.close(to, to);
            }
            Event::End(_) => walk.close(from, to),
            Event::Text(content) => walk.take(&content),
            Event::CData(content) => walk.take(&content),
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character.to_string()),
                    _ => quick_xml::escape::resolve_predefined_entity(&reference).map(str::to_owned),
                };
                walk.take(resolved.as_deref().unwrap_or_default());
            }
            Event::Eof if walk.stack.is_empty() && walk.minor.is_some() => break,
            Event::Eof if walk.minor.is_none() => return Err(EnrichError::UnknownFormat),
            Event::Eof => return Err(broken(&reader, "the text ends inside an element")),
            _ => {}
        }
    }
    Ok(walk.splices.apply(text))
}

fn offset(reader: &quick_xml::Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn broken(reader: &quick_xml::Reader<&[u8]>, message: &str) -> EnrichError {
    EnrichError::Xml { offset: reader.buffer_position(), message: message.to_owned() }
}

/// An element that is not yet closed.
#[derive(Default)]
struct Open {
    /// Without prefix.
    name: String,
    /// With the colon.
    prefix: String,
    /// The text directly in it.
    text: String,
    from: usize,
    /// Behind its start tag.
    inside: usize,
    /// Behind its last child.
    after_children: Option<usize>,
    /// The `name` attribute, of a property.
    attribute: Option<String>,
    component: Option<Component>,
}

/// What has to be known of a component.
#[derive(Default)]
struct Component {
    purl: Option<String>,
    group: Option<String>,
    name: Option<String>,
    version: Option<String>,
    /// The space before its first child.
    space: Option<String>,
    licenses_at: usize,
    properties_at: usize,
    /// An element with nothing in it.
    empty_licenses: Option<(usize, usize)>,
    has_licenses: bool,
    properties: Option<Properties>,
}

/// The properties that a component has.
struct Properties {
    from: usize,
    to: usize,
    inside: usize,
    after_children: Option<usize>,
    /// Those of an earlier run, with the space before them.
    own: Vec<(usize, usize)>,
}

struct Walk<'a> {
    text: &'a str,
    known: &'a Known<'a>,
    stack: Vec<Open>,
    splices: Splices,
    /// `6` of 1.6, once the root was seen.
    minor: Option<u32>,
}

impl Walk<'_> {
    fn open(&mut self, start: &BytesStart<'_>, from: usize, to: usize) {
        let name = start.local_name().as_ref().to_owned();
        let full = start.name().as_ref().to_owned();
        let prefix = full.strip_suffix(name.as_str()).unwrap_or_default().to_owned();
        if self.stack.is_empty() && name == "bom" {
            self.minor = namespace_version(start);
        }
        let attribute = (name == "property").then(|| attribute(start, "name")).flatten();
        let is_component = name == "component" && self.is_place_of_components();
        let component =
            is_component.then(|| Component { licenses_at: to, properties_at: to, ..Component::default() });
        if let Some(Open { component: Some(parent), inside, .. }) = self.stack.last_mut()
            && parent.space.is_none()
        {
            let before = self.text.get(*inside..from).unwrap_or_default();
            parent.space = Some(if before.trim().is_empty() { before } else { "" }.to_owned());
        }
        self.stack.push(Open { name, prefix, from, inside: to, attribute, component, ..Open::default() });
    }

    /// The component the document is about, those it lists, and those inside them; no tools and no pedigree.
    fn is_place_of_components(&self) -> bool {
        match self.stack.as_slice() {
            [bom, parent] => bom.name == "bom" && matches!(parent.name.as_str(), "metadata" | "components"),
            [.., holder, parent] => holder.component.is_some() && parent.name == "components",
            _ => false,
        }
    }

    fn take(&mut self, content: &str) {
        if let Some(open) = self.stack.last_mut() {
            open.text.push_str(content);
        }
    }

    /// An element ends: its end tag goes from `end` to `to`.
    fn close(&mut self, end: usize, to: usize) {
        let Some(closed) = self.stack.pop() else { return };
        if let Some(component) = &closed.component {
            self.enrich(component, &closed.prefix);
        }
        let depth = self.stack.len();
        let Some(parent) = self.stack.last_mut() else { return };
        let before = parent.after_children.unwrap_or(parent.inside);
        parent.after_children = Some(to);
        if closed.name == "property" && parent.name == "properties" && depth >= 2 {
            if closed.attribute.as_deref().is_some_and(is_ours)
                && let Some(Open { component: Some(component), .. }) = self.stack.get_mut(depth - 2)
            {
                component.own_property(before, to);
            }
            return;
        }
        if let Some(component) = &mut parent.component {
            component.child(closed, end, to);
        }
    }

    fn enrich(&mut self, component: &Component, prefix: &str) {
        let minor = self.minor.unwrap_or(0);
        let found = self.known.find(
            component.purl.as_deref(),
            component.group.as_deref(),
            component.name.as_deref(),
            component.version.as_deref(),
        );
        let Some(package) = found else { return };
        let layout = Layout { prefix, space: component.space.as_deref().unwrap_or_default() };
        if !component.has_licenses
            && let Some(element) = layout.licenses(package, minor)
        {
            match component.empty_licenses {
                Some((from, to)) => self.splices.replace(from, to, element),
                None => self.splices.insert(component.licenses_at, format!("{}{element}", layout.space)),
            }
        }
        // Properties of components came with 1.3.
        if minor < 3 {
            return;
        }
        let rows = layout.properties(package);
        match &component.properties {
            Some(old) if old.inside == old.to => {
                self.splices.replace(old.from, old.to, layout.element("properties", &rows));
            }
            Some(old) => {
                for (from, to) in &old.own {
                    self.splices.replace(*from, *to, String::new());
                }
                self.splices.insert(old.after_children.unwrap_or(old.inside), rows);
            }
            None => {
                let element = layout.element("properties", &rows);
                self.splices.insert(component.properties_at, format!("{}{element}", layout.space));
            }
        }
    }
}

impl Component {
    fn own_property(&mut self, from: usize, to: usize) {
        let new = || Properties { from: 0, to: 0, inside: 0, after_children: None, own: Vec::new() };
        self.properties.get_or_insert_with(new).own.push((from, to));
    }

    fn child(&mut self, child: Open, end: usize, to: usize) {
        let name = child.name.as_str();
        if BEFORE_LICENSES.contains(&name) {
            self.licenses_at = to;
            self.properties_at = to;
        } else if BEFORE_PROPERTIES.contains(&name) {
            self.properties_at = to;
        }
        let text = Some(child.text.trim().to_owned()).filter(|text| !text.is_empty());
        match name {
            "purl" => self.purl = text,
            "group" => self.group = text,
            "name" => self.name = text,
            "version" => self.version = text,
            "licenses" if child.after_children.is_some() => self.has_licenses = true,
            "licenses" => self.empty_licenses = Some((child.from, to)),
            "properties" => {
                let own = self.properties.take().map(|found| found.own).unwrap_or_default();
                let inside = if end == to { to } else { child.inside };
                let after_children = child.after_children;
                self.properties = Some(Properties { from: child.from, to, inside, after_children, own });
            }
            _ => {}
        }
    }
}

/// How new elements are written: like those beside them.
struct Layout<'a> {
    prefix: &'a str,
    space: &'a str,
}

impl Layout<'_> {
    /// The space before an element one step further in.
    fn inner(&self) -> String {
        if self.space.contains('\n') { format!("{}  ", self.space) } else { String::new() }
    }

    fn element(&self, name: &str, content: &str) -> String {
        let Self { prefix, space } = self;
        format!("<{prefix}{name}>{content}{space}</{prefix}{name}>")
    }

    fn licenses(&self, package: &PackageReport, minor: u32) -> Option<String> {
        let concluded = package.license.concluded.as_str();
        if !asserts(concluded) {
            return None;
        }
        let (prefix, license) = (self.prefix, escape(concluded));
        let said = match minor {
            6.. => format!(" acknowledgement=\"{}\"", acknowledgement(package)),
            _ => String::new(),
        };
        let choice = if is_pinned(concluded) {
            format!("<{prefix}license{said}><{prefix}id>{license}</{prefix}id></{prefix}license>")
        } else {
            format!("<{prefix}expression{said}>{license}</{prefix}expression>")
        };
        Some(self.element("licenses", &format!("{}{choice}", self.inner())))
    }

    fn properties(&self, package: &PackageReport) -> String {
        let (prefix, space) = (self.prefix, self.inner());
        let row = |name: &str, value: &str| {
            format!("{space}<{prefix}property name=\"{}\">{}</{prefix}property>", escape(name), escape(value))
        };
        facts(package).iter().map(|fact| row(&fact.name, &allowed(&fact.value))).collect()
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().with_checks(false).flatten().find(|known| known.key.as_ref() == name)?;
    let raw = found.value.into_owned();
    Some(quick_xml::escape::unescape(&raw).map(|text| text.into_owned()).unwrap_or(raw))
}

/// The version is the last part of the namespace.
fn namespace_version(start: &BytesStart<'_>) -> Option<u32> {
    let mut attributes = start.attributes();
    let mut values = attributes.with_checks(false).flatten().map(|attribute| attribute.value.into_owned());
    let namespace = values.find(|value| value.contains("cyclonedx.org/schema/bom"))?;
    Some(namespace.rsplit('/').next().map_or(0, minor_version))
}
