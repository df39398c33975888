//! CycloneDX 1.5, 1.6 and 1.7.

use super::cyclonedx_licenses::{Rules, evidence, licenses};
use super::cyclonedx_model::{
    Annotation, Annotator, Bom, Component, Composition, Dependency, Evidence, Hash, Lifecycle, Metadata,
    Occurrence, Organization, Person, Property, Reference, ToolComponent, Tools,
};
use super::{
    CycloneDxVersion, SbomError, SbomOptions, cyclonedx_practices, cyclonedx_xml, licenses as texts,
};
use crate::model::sbom::{self as model, Contact, Document, LicenseValue};
use std::borrow::Cow;
use std::collections::HashSet;
use uuid::Uuid;

/// The root of a document about several projects.
const ROOT: &str = "licgraph:root";

/// As JSON.
pub(super) fn json(
    document: &Document,
    version: CycloneDxVersion,
    options: &SbomOptions,
    identity: Uuid,
) -> Result<Vec<u8>, SbomError> {
    let bom = build(document, version, options, identity);
    let mut bytes = serde_json::to_vec_pretty(&bom)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// As XML.
pub(super) fn xml(
    document: &Document,
    version: CycloneDxVersion,
    options: &SbomOptions,
    identity: Uuid,
) -> Result<Vec<u8>, SbomError> {
    Ok(cyclonedx_xml::write(&build(document, version, options, identity), version)?)
}

fn build<'a>(
    document: &'a Document,
    version: CycloneDxVersion,
    options: &'a SbomOptions,
    identity: Uuid,
) -> Bom<'a> {
    let rules = Rules { version, options, document };
    let root = match document.roots.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let metadata_component = match root {
        Some(position) => component(&document.components[position], rules),
        None => several(document),
    };
    let components = (0..document.components.len())
        .filter(|position| Some(*position) != root)
        .map(|position| component(&document.components[position], rules))
        .collect();
    let has_declarations = version != CycloneDxVersion::V1_5;
    Bom {
        schema: format!("http://cyclonedx.org/schema/bom-{}.schema.json", version.name()),
        format: "CycloneDX",
        spec_version: version.name(),
        serial_number: identity.urn().to_string(),
        version: 1,
        metadata: metadata(document, version, metadata_component),
        components,
        dependencies: dependencies(document, root),
        compositions: compositions(document, root),
        annotations: annotations(document, root),
        declarations: has_declarations.then(|| cyclonedx_practices::declarations(document)).flatten(),
        definitions: has_declarations.then(|| cyclonedx_practices::definitions(document)).flatten(),
        properties: document_properties(document, rules),
    }
}

fn metadata<'a>(document: &'a Document, version: CycloneDxVersion, component: Component<'a>) -> Metadata<'a> {
    let author = document.author.as_ref();
    Metadata {
        timestamp: document.created.as_deref(),
        lifecycles: vec![Lifecycle { phase: "pre-build" }],
        tools: Tools { components: tools(document).collect() },
        authors: author.map(person).into_iter().collect(),
        component,
        manufacturer: author.filter(|_| version != CycloneDxVersion::V1_5).map(organization),
    }
}

fn tools(document: &Document) -> impl Iterator<Item = ToolComponent<'_>> {
    document.tools.iter().map(|(name, version)| ToolComponent {
        kind: "application",
        name,
        version: version.as_deref(),
    })
}

fn person(contact: &Contact) -> Person<'_> {
    Person { name: contact.name.as_deref(), email: contact.email.as_deref() }
}

fn organization(contact: &Contact) -> Organization<'_> {
    let has_mail = contact.email.is_some();
    Organization {
        name: contact.name.as_deref(),
        url: contact.url.as_deref().into_iter().collect(),
        contact: has_mail.then(|| person(contact)).into_iter().collect(),
    }
}

/// Stands for the whole where no single project does.
fn several(document: &Document) -> Component<'_> {
    Component {
        kind: "application",
        bom_ref: ROOT,
        name: &document.name,
        properties: vec![property("licgraph:several-projects", "true")],
        ..Component::default()
    }
}

fn component<'a>(source: &'a model::Component, rules: Rules<'a>) -> Component<'a> {
    let modern = rules.version != CycloneDxVersion::V1_5;
    let stated = licenses(source, rules);
    let seen = evidence(source, rules);
    let mut properties: Vec<Property<'a>> =
        source.properties.iter().map(|known| property(&known.name, &known.value)).collect();
    properties.extend(stated.properties);
    properties.extend(seen.properties);
    let occurrences = source
        .occurrences
        .iter()
        .map(|(location, line)| Occurrence { location, line: (modern && *line > 0).then_some(*line) })
        .collect::<Vec<_>>();
    let has_evidence = !occurrences.is_empty() || !seen.licenses.is_empty();
    let named = source.authors.iter().map(|name| Person { name: Some(name), email: None });
    Component {
        kind: &source.kind,
        bom_ref: &source.reference,
        manufacturer: source.manufacturer.as_ref().filter(|_| modern).map(organization),
        authors: if modern { named.collect() } else { Vec::new() },
        author: (!modern && !source.authors.is_empty()).then(|| source.authors.join(", ")),
        group: source.group.as_deref(),
        name: &source.name,
        version: source.version.as_deref(),
        description: source.description.as_deref(),
        scope: source.scope.as_deref(),
        hashes: hashes(&source.hashes),
        licenses: stated.licenses,
        copyright: source.copyright.as_deref(),
        purl: source.purl.as_deref(),
        references: source.references.iter().map(|known| reference(known, modern)).collect(),
        properties,
        evidence: has_evidence.then_some(Evidence { occurrences, licenses: seen.licenses }),
    }
}

fn hashes(hashes: &[(String, String)]) -> Vec<Hash<'_>> {
    hashes.iter().map(|(alg, content)| Hash { alg, content }).collect()
}

/// `source-distribution` came with 1.6.
fn reference(known: &model::Reference, modern: bool) -> Reference<'_> {
    let kind = match known.kind.as_str() {
        "source-distribution" if !modern => "distribution",
        other => other,
    };
    Reference { url: &known.url, kind, hashes: hashes(&known.hashes) }
}

/// An entry for every component; a leaf has an empty list, because no entry would mean unknown.
fn dependencies(document: &Document, root: Option<usize>) -> Vec<Dependency<'_>> {
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); document.components.len()];
    for edge in &document.edges {
        targets[edge.from].push(edge.to);
    }
    let mut found = Vec::with_capacity(targets.len() + 1);
    if root.is_none() {
        let depends_on = document.roots.iter().map(|project| reference_of(document, *project)).collect();
        found.push(Dependency { reference: ROOT, depends_on });
    }
    for (position, mut to) in targets.into_iter().enumerate() {
        to.sort_unstable();
        to.dedup();
        let depends_on = to.into_iter().map(|target| reference_of(document, target)).collect();
        found.push(Dependency { reference: reference_of(document, position), depends_on });
    }
    found
}

fn reference_of(document: &Document, position: usize) -> &str {
    &document.components[position].reference
}

fn compositions(document: &Document, root: Option<usize>) -> Vec<Composition<'_>> {
    let Some(complete) = document.complete else { return Vec::new() };
    let whole = root.map_or(ROOT, |position| reference_of(document, position));
    let mut dependencies: Vec<&str> =
        (0..document.components.len()).map(|position| reference_of(document, position)).collect();
    if root.is_none() {
        dependencies.insert(0, ROOT);
    }
    let aggregate = if complete { "complete" } else { "incomplete" };
    vec![Composition { aggregate, assemblies: vec![whole], dependencies }]
}

/// Remarks are annotations where a time is known, which annotations must have.
fn annotations(document: &Document, root: Option<usize>) -> Vec<Annotation<'_>> {
    let Some(timestamp) = document.created.as_deref() else { return Vec::new() };
    let Some(tool) = tools(document).next() else { return Vec::new() };
    document
        .remarks
        .iter()
        .map(|remark| Annotation {
            subjects: vec![
                remark.component.or(root).map_or(ROOT, |position| reference_of(document, position)),
            ],
            annotator: Annotator { component: tool.clone() },
            timestamp,
            text: &remark.text,
        })
        .collect()
}

fn document_properties<'a>(document: &'a Document, rules: Rules<'a>) -> Vec<Property<'a>> {
    let mut properties: Vec<Property<'a>> =
        document.properties.iter().map(|known| property(&known.name, &known.value)).collect();
    if document.created.is_none() || document.tools.is_empty() {
        for remark in &document.remarks {
            let text = match remark.component {
                Some(position) => format!("{}: {}", reference_of(document, position), remark.text),
                None => remark.text.clone(),
            };
            let name = Cow::Borrowed("licgraph:finding");
            properties.push(Property { name, value: Cow::Owned(text) });
        }
    }
    if rules.options.license_texts && rules.version != CycloneDxVersion::V1_7 {
        properties.extend(texts_of_expressions(document));
    }
    properties
}

/// Up to 1.6 an expression has no place for texts: each goes once into the document's properties.
fn texts_of_expressions(document: &Document) -> Vec<Property<'_>> {
    let expressions: HashSet<&str> = document
        .components
        .iter()
        .flat_map(|component| &component.licenses)
        .filter(|entry| matches!(entry.value, LicenseValue::Expression(_)))
        .map(|entry| entry.value.as_str())
        .collect();
    texts::texts(expressions.into_iter())
        .into_iter()
        .map(|(id, text)| Property {
            name: Cow::Owned(format!("licgraph:license-text:{id}")),
            value: Cow::Borrowed(text),
        })
        .collect()
}

fn property<'a>(name: &'a str, value: &'a str) -> Property<'a> {
    Property { name: Cow::Borrowed(name), value: Cow::Borrowed(value) }
}
