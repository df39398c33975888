//! SPDX 3.0.1 as JSON-LD, profiles core, software, simpleLicensing and extension.
//!
//! Elements are written one after the other, so that a large document is never held twice.

use super::licenses::{asserts, words};
use super::spdx_licenses::{self as names, CustomLicenses, Stated, element_ids, license_texts, slug};
use super::spdx3_model::{Closing, Package, Relationship};
use super::{SbomError, SbomOptions, spdx2};
use crate::model::sbom::{Component, Contact, Document, Edge, Property};
use crate::model::{Linkage, Scope};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const CONTEXT: &str = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
pub(super) const CREATION: &str = "_:creation";
const NO_ASSERTION: &str = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense";
const NONE: &str = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoneLicense";

/// Writes a document.
pub(super) fn json(document: &Document, options: &SbomOptions, identity: Uuid) -> Result<Vec<u8>, SbomError> {
    let base = format!("{}#", spdx2::namespace(identity));
    let mut graph = Graph { bytes: Vec::new(), base, ids: Vec::new(), first: true };
    graph.bytes.extend_from_slice(format!("{{\n\"@context\": \"{CONTEXT}\",\n\"@graph\": [\n").as_bytes());
    creation(&mut graph, document)?;
    let packages: Vec<String> = element_ids(document).iter().map(|id| graph.iri(id)).collect();
    let mut custom = CustomLicenses::default();
    let stated: Vec<Stated> =
        document.components.iter().map(|component| custom.state(component, document)).collect();
    for ((component, id), stated) in document.components.iter().zip(&packages).zip(&stated) {
        graph.element(id, &package(component, id, license_texts(stated, options)))?;
    }
    licensing(&mut graph, document, &packages, &stated, custom)?;
    dependencies(&mut graph, document, &packages)?;
    for (number, remark) in document.remarks.iter().enumerate() {
        let subject = match remark.component {
            Some(position) => packages[position].clone(),
            None => graph.iri("SPDXRef-DOCUMENT"),
        };
        let id = graph.iri(&format!("annotation-{number}"));
        graph.value(&json!({
            "type": "Annotation", "spdxId": id, "creationInfo": CREATION,
            "annotationType": "other", "subject": subject, "statement": remark.text,
        }))?;
    }
    closing(&mut graph, document, &packages)?;
    graph.bytes.extend_from_slice(b"\n]\n}\n");
    Ok(graph.bytes)
}

/// The bytes so far, and the ids of the elements in them.
struct Graph {
    bytes: Vec<u8>,
    base: String,
    ids: Vec<String>,
    first: bool,
}

impl Graph {
    fn iri(&self, name: &str) -> String {
        format!("{}{name}", self.base)
    }

    fn write(&mut self, value: &impl Serialize) -> Result<(), SbomError> {
        if !std::mem::replace(&mut self.first, false) {
            self.bytes.extend_from_slice(b",\n");
        }
        serde_json::to_writer(&mut self.bytes, value)?;
        Ok(())
    }

    fn element(&mut self, id: &str, value: &impl Serialize) -> Result<(), SbomError> {
        self.ids.push(id.to_owned());
        self.write(value)
    }

    fn value(&mut self, value: &Value) -> Result<(), SbomError> {
        self.element(value.get("spdxId").and_then(Value::as_str).unwrap_or_default(), value)
    }
}

/// Who made the document, when and with what.
fn creation(graph: &mut Graph, document: &Document) -> Result<(), SbomError> {
    let agent = graph.iri("SPDXRef-Creator");
    let mut info = json!({
        "type": "CreationInfo", "@id": CREATION, "specVersion": "3.0.1",
        "created": names::created(document), "createdBy": [agent],
    });
    let tools: Vec<String> =
        (0..document.tools.len()).map(|number| graph.iri(&format!("SPDXRef-Tool-{number}"))).collect();
    if !tools.is_empty() {
        info["createdUsing"] = json!(tools);
    }
    if document.created.is_none() {
        info["comment"] = json!("No time was given; SPDX demands one.");
    }
    graph.write(&info)?;
    graph.value(&creator(&agent, document))?;
    for ((name, version), id) in document.tools.iter().zip(&tools) {
        let label = match version {
            Some(version) => format!("{name} {version}"),
            None => name.clone(),
        };
        graph.value(&json!({"type": "Tool", "spdxId": id, "creationInfo": CREATION, "name": label}))?;
    }
    Ok(())
}

/// The author; the tool itself where nobody answers for the document.
fn creator(id: &str, document: &Document) -> Value {
    let Some(author) = &document.author else {
        let name = document.tools.first().map_or("unknown", |(name, _)| name.as_str());
        return json!({"type": "SoftwareAgent", "spdxId": id, "creationInfo": CREATION, "name": name});
    };
    let mut agent = json!({"type": "Organization", "spdxId": id, "creationInfo": CREATION});
    contact(&mut agent, author);
    agent
}

fn contact(element: &mut Value, contact: &Contact) {
    if let Some(name) = &contact.name {
        element["name"] = json!(name);
    }
    let mut identifiers = Vec::new();
    for (kind, value) in [("email", &contact.email), ("urlScheme", &contact.url)] {
        if let Some(value) = value {
            identifiers.push(json!({
                "type": "ExternalIdentifier", "externalIdentifierType": kind, "identifier": value,
            }));
        }
    }
    if !identifiers.is_empty() {
        element["externalIdentifier"] = Value::Array(identifiers);
    }
}

fn package<'a>(component: &'a Component, id: &'a str, texts: Vec<String>) -> Package<'a> {
    let find = |kind: &str| {
        component.references.iter().find(|known| known.kind == kind).map(|known| known.url.as_str())
    };
    let references = component
        .references
        .iter()
        .filter(|known| known.kind != "website" && known.kind != "distribution")
        .map(|known| {
            json!({
                "type": "ExternalRef", "externalRefType": reference_word(&known.kind),
                "locator": [known.url], "comment": known.kind,
            })
        });
    Package {
        class: "software_Package",
        id,
        creation: CREATION,
        name: &component.name,
        description: component.description.as_deref(),
        version: component.version.as_deref(),
        purl: component.purl.as_deref(),
        purpose: purpose(&component.kind),
        download_location: find("distribution"),
        home_page: find("website"),
        copyright: component.copyright.as_deref(),
        attribution: texts,
        hashes: component.hashes.iter().filter_map(hash).collect(),
        references: references.collect(),
        extension: extension(&names::properties(component)),
    }
}

/// CycloneDX properties have a place of their own in SPDX 3.
fn extension(properties: &[Property]) -> Option<Value> {
    if properties.is_empty() {
        return None;
    }
    let entries: Vec<Value> = properties
        .iter()
        .map(|property| {
            json!({
                "type": "extension_CdxPropertyEntry",
                "extension_cdxPropName": property.name, "extension_cdxPropValue": property.value,
            })
        })
        .collect();
    Some(json!([{"type": "extension_CdxPropertiesExtension", "extension_cdxProperty": entries}]))
}

fn purpose(kind: &str) -> Option<&'static str> {
    match kind {
        "application" => Some("application"),
        "framework" => Some("framework"),
        "library" => Some("library"),
        "container" => Some("container"),
        "operating-system" => Some("operatingSystem"),
        "device" => Some("device"),
        "device-driver" => Some("deviceDriver"),
        "firmware" => Some("firmware"),
        "platform" => Some("platform"),
        "file" => Some("file"),
        "data" => Some("data"),
        "machine-learning-model" => Some("model"),
        _ => None,
    }
}

fn hash((algorithm, value): &(String, String)) -> Option<Value> {
    let word = match algorithm.as_str() {
        "MD5" | "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512" | "BLAKE2b-256" | "BLAKE2b-384"
        | "BLAKE2b-512" | "BLAKE3" => algorithm.to_lowercase().replace('-', ""),
        "SHA3-256" | "SHA3-384" | "SHA3-512" => algorithm.to_lowercase().replace('-', "_"),
        _ => return None,
    };
    Some(json!({"type": "Hash", "algorithm": word, "hashValue": value}))
}

fn reference_word(kind: &str) -> &'static str {
    match kind {
        "vcs" => "vcs",
        "issue-tracker" => "issueTracker",
        "mailing-list" => "mailingList",
        "chat" => "chat",
        "social" => "socialMedia",
        "documentation" => "documentation",
        "support" => "support",
        "license" => "license",
        "release-notes" => "releaseNotes",
        "security-contact" | "rfc-9116" => "securityPolicy",
        "advisories" => "securityAdvisory",
        "source-distribution" => "sourceArtifact",
        "build-system" => "buildSystem",
        _ => "other",
    }
}

/// One element for each distinct expression, and who says it of which package.
fn licensing(
    graph: &mut Graph,
    document: &Document,
    packages: &[String],
    stated: &[Stated],
    custom: CustomLicenses,
) -> Result<(), SbomError> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (reference, known) in custom.found {
        let id = graph.iri(&format!("license-{}", slug(&reference, 120)));
        let mut element = json!({
            "type": "simplelicensing_SimpleLicensingText", "spdxId": id, "creationInfo": CREATION,
            "simplelicensing_licenseText": known.text.as_deref().unwrap_or(spdx2::NO_TEXT),
        });
        if let Some(name) = &known.name {
            element["name"] = json!(name);
        }
        if let Some(url) = known.url.as_deref().and_then(super::text::address) {
            element["externalRef"] =
                json!([{"type": "ExternalRef", "externalRefType": "license", "locator": [url]}]);
        }
        graph.element(&id, &element)?;
        texts.insert(reference, id);
    }
    let mut expressions: BTreeMap<&str, String> =
        BTreeMap::from([("NONE", NONE.to_owned()), ("NOASSERTION", NO_ASSERTION.to_owned())]);
    let used = stated.iter().flat_map(|stated| [stated.declared.as_str(), stated.concluded.as_str()]);
    for expression in used.chain(["CC0-1.0"]) {
        if expressions.contains_key(expression) {
            continue;
        }
        let id = graph.iri(&format!("expression-{}-{}", expressions.len(), slug(expression, 60)));
        graph.element(&id, &expression_element(&id, expression, document, &texts))?;
        expressions.insert(expression, id);
    }
    for (number, (stated, package)) in stated.iter().zip(packages).enumerate() {
        let mut say = |kind: &str, word: &str, expression: &str| {
            let id = graph.iri(&format!("{word}-{number}"));
            let to = expressions.get(expression).map_or(NO_ASSERTION, String::as_str);
            graph.element(&id, &Relationship::new(&id, kind, package, vec![to]))
        };
        say("hasDeclaredLicense", "declared", &stated.declared)?;
        if asserts(&stated.concluded) || stated.concluded == "NONE" {
            say("hasConcludedLicense", "concluded", &stated.concluded)?;
        }
    }
    Ok(())
}

fn expression_element(
    id: &str,
    expression: &str,
    document: &Document,
    texts: &BTreeMap<String, String>,
) -> Value {
    let mut element = json!({
        "type": "simplelicensing_LicenseExpression", "spdxId": id, "creationInfo": CREATION,
        "simplelicensing_licenseExpression": expression,
    });
    let version = document.license_list_version.as_deref();
    if let Some(version) = version.filter(|version| version.split('.').count() == 3) {
        element["simplelicensing_licenseListVersion"] = json!(version);
    }
    let custom: Vec<Value> = words(expression)
        .filter_map(|word| Some(json!({"type": "DictionaryEntry", "key": word, "value": texts.get(word)?})))
        .collect();
    if !custom.is_empty() {
        element["simplelicensing_customIdToUri"] = json!(custom);
    }
    element
}

/// One relationship for each package, kind and scope, with all its targets.
fn dependencies(graph: &mut Graph, document: &Document, packages: &[String]) -> Result<(), SbomError> {
    let completeness = match document.complete {
        Some(true) => "complete",
        Some(false) => "incomplete",
        None => "noAssertion",
    };
    let mut grouped: BTreeMap<(usize, &str, &str), Vec<&str>> = BTreeMap::new();
    for edge in &document.edges {
        let (kind, scope) = dependency_word(edge);
        grouped.entry((edge.from, kind, scope)).or_default().push(&packages[edge.to]);
        match edge.linkage {
            Some(Linkage::Static | Linkage::Merge) => {
                grouped.entry((edge.from, "hasStaticLink", "")).or_default().push(&packages[edge.to]);
            }
            Some(Linkage::Dynamic) => {
                grouped.entry((edge.from, "hasDynamicLink", "")).or_default().push(&packages[edge.to]);
            }
            _ => {}
        }
    }
    for (number, ((from, kind, scope), mut targets)) in grouped.into_iter().enumerate() {
        targets.sort_unstable();
        targets.dedup();
        let id = graph.iri(&format!("dependency-{number}"));
        let mut element = Relationship::new(&id, kind, &packages[from], targets);
        element.completeness = Some(completeness);
        if !scope.is_empty() {
            element.class = "LifecycleScopedRelationship";
            element.scope = Some(scope);
        }
        graph.element(&id, &element)?;
    }
    leaves(graph, document, packages, completeness)
}

/// A package without dependencies says so, because silence would mean unknown.
fn leaves(
    graph: &mut Graph,
    document: &Document,
    packages: &[String],
    completeness: &str,
) -> Result<(), SbomError> {
    const NOTHING: &str = "https://spdx.org/rdf/3.0.1/terms/Core/NoneElement";
    if document.complete != Some(true) {
        return Ok(());
    }
    let mut is_leaf = vec![true; packages.len()];
    for edge in &document.edges {
        is_leaf[edge.from] = false;
    }
    for position in (0..packages.len()).filter(|position| is_leaf[*position]) {
        let id = graph.iri(&format!("leaf-{position}"));
        let mut element = Relationship::new(&id, "dependsOn", &packages[position], vec![NOTHING]);
        element.completeness = Some(completeness);
        graph.element(&id, &element)?;
    }
    Ok(())
}

fn dependency_word(edge: &Edge) -> (&'static str, &'static str) {
    match edge.scope {
        Some(Scope::Runtime) => ("dependsOn", "runtime"),
        Some(Scope::Build) => ("dependsOn", "build"),
        Some(Scope::Dev) => ("dependsOn", "development"),
        Some(Scope::Optional) => ("hasOptionalDependency", ""),
        Some(Scope::Peer) => ("hasProvidedDependency", ""),
        None => ("dependsOn", ""),
    }
}

/// The SBOM and the document around everything.
fn closing(graph: &mut Graph, document: &Document, packages: &[String]) -> Result<(), SbomError> {
    let roots = document.roots.iter().map(|root| packages[*root].as_str()).collect();
    let sbom = graph.iri("SPDXRef-SBOM");
    let elements = std::mem::take(&mut graph.ids);
    let mut inner = Closing::new("software_Sbom", &sbom, &elements);
    inner.sbom_type = Some(["source"]);
    inner.roots = roots;
    graph.write(&inner)?;
    let id = graph.iri("SPDXRef-DOCUMENT");
    let mut outer = Closing::new("SpdxDocument", &id, &elements);
    outer.name = Some(&document.name);
    outer.profiles = Some(["core", "software", "simpleLicensing", "extension"]);
    outer.roots = vec![&sbom];
    outer.elements.last = Some(&sbom);
    outer.data_license = elements
        .iter()
        .find(|id| id.contains("#expression-") && id.ends_with("-CC0-1.0"))
        .map(String::as_str);
    outer.extension = extension(&document.properties);
    graph.write(&outer)
}
