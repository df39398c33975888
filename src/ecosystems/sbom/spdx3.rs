//! SPDX 3.0.1 as JSON-LD, in the compact form of the official context.

use super::Parsed;
use super::items::{array, each_item, string};
use super::notes::{Lines, Notes};
use super::spdx_licenses::{NO_TEXT, algorithm, entries, restore};
use crate::model::sbom::{Acknowledgement, Component, CustomLicense, Edge, Property, Reference, Remark};
use crate::model::{Linkage, Problem, Scope};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// What our own writers put where SPDX demands a time and none was given.
pub(super) const NO_TIME: &str = "1970-01-01T00:00:00Z";

/// What is known of the edge between two positions.
type Edges = BTreeMap<(usize, usize), (Option<Scope>, Option<Linkage>)>;

/// License sets may lie inside one another this deep.
const MAX_DEPTH: usize = 32;

/// Reads a document.
pub(super) fn read(text: &str, file: &str) -> Parsed {
    let mut reader = Reader::new(file, text);
    let mut lines = Lines::new(text, "\"@graph\"");
    let (_, result) = each_item(text, &["@graph"], &mut |_, element| {
        let is_package = kind_of(&element).is_some_and(|kind| is_package_kind(&kind));
        let line = element
            .get("spdxId")
            .filter(|_| is_package)
            .and_then(|id| lines.next(&serde_json::to_string(id).ok()?));
        reader.element(&element, line);
    });
    if let Err(error) = result {
        reader.notes.broken(&error);
    }
    reader.finish()
}

/// The type of an element without namespace.
fn kind_of(element: &Value) -> Option<String> {
    let kind = string(element, "type").or_else(|| string(element, "@type"))?;
    Some(kind.rsplit('/').next().unwrap_or(&kind).to_owned())
}

fn is_package_kind(kind: &str) -> bool {
    matches!(kind, "software_Package" | "Package" | "ai_AIPackage" | "dataset_DatasetPackage")
}

struct Reader<'a> {
    notes: Notes<'a>,
    parsed: Parsed,
    ids: HashMap<String, usize>,
    /// Elements that are no packages: files, agents, tools, snippets.
    others: std::collections::HashSet<String>,
    relationships: Vec<Relationship>,
    licenses: HashMap<String, Value>,
    roots: Vec<String>,
    annotations: Vec<(String, String)>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a str, text: &'a str) -> Self {
        Self {
            notes: Notes::new(file, text),
            parsed: Parsed::default(),
            ids: HashMap::new(),
            others: std::collections::HashSet::new(),
            relationships: Vec::new(),
            licenses: HashMap::new(),
            roots: Vec::new(),
            annotations: Vec::new(),
        }
    }

    fn element(&mut self, element: &Value, line: Option<u32>) {
        let Some(kind) = kind_of(element) else { return };
        let id = string(element, "spdxId").or_else(|| string(element, "@id")).unwrap_or_default();
        if is_package_kind(&kind) {
            self.package(element, id, line);
            return;
        }
        self.others.insert(id.clone());
        match kind.as_str() {
            "Relationship" | "LifecycleScopedRelationship" => self.relationships.push(relationship(element)),
            "Annotation" => {
                if let (Some(subject), Some(text)) =
                    (string(element, "subject"), string(element, "statement"))
                {
                    self.annotations.push((subject, text));
                }
            }
            "SpdxDocument" => {
                self.parsed.document.name = string(element, "name").unwrap_or_default();
                self.parsed.document.properties.extend(properties(element));
                self.take_roots(element);
            }
            "software_Sbom" | "Sbom" | "Bom" => self.take_roots(element),
            "CreationInfo" => self.creation(element),
            "Tool" => {
                let name = string(element, "name").unwrap_or_default();
                self.parsed.document.tools.push(match name.rsplit_once(' ') {
                    Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => {
                        (name.to_owned(), Some(version.to_owned()))
                    }
                    _ => (name, None),
                });
            }
            _ if kind.contains("icense")
                || kind.contains("icensing")
                || kind.contains("Addition")
                || kind.contains("OrLater") =>
            {
                self.licenses.insert(id, element.clone());
            }
            _ => {}
        }
    }

    fn creation(&mut self, element: &Value) {
        let document = &mut self.parsed.document;
        document.created = string(element, "created").filter(|time| time != NO_TIME);
        if !string(element, "specVersion").is_some_and(|version| version.starts_with("3.0")) {
            let message = "the specVersion is none that is known here (3.0.1); the document was read as that";
            self.notes.at_word(Problem::fact_missing, "", "\"specVersion\"", message.to_owned());
        }
    }

    fn take_roots(&mut self, element: &Value) {
        self.roots.extend(names(element, "rootElement"));
    }

    fn package(&mut self, element: &Value, id: String, line: Option<u32>) {
        let position = self.parsed.document.components.len();
        let name = string(element, "name").unwrap_or_else(|| {
            let message = format!("the package `{id}` has no name");
            self.notes.at_word(Problem::fact_missing, "", &id, message);
            id.clone()
        });
        let mut component = Component {
            reference: id.clone(),
            kind: purpose(element),
            name,
            version: string(element, "software_packageVersion"),
            purl: purl(element),
            description: string(element, "description").or_else(|| string(element, "summary")),
            copyright: string(element, "software_copyrightText").filter(|text| text != "NOASSERTION"),
            hashes: array(element, "verifiedUsing")
                .iter()
                .filter_map(|sum| Some((algorithm(&string(sum, "algorithm")?), string(sum, "hashValue")?)))
                .collect(),
            references: references(element),
            properties: properties(element),
            line,
            ..Component::default()
        };
        restore(&mut component);
        if self.ids.insert(id.clone(), position).is_some() {
            let message = format!("`{id}` is the id of two packages; relationships are taken for the last");
            self.notes.at_word(Problem::fact_missing, "", &id, message);
            component.reference = format!("{id}-{position}");
        }
        self.parsed.document.components.push(component);
    }

    fn finish(mut self) -> Parsed {
        let custom = self.custom();
        let mut edges = Edges::new();
        for relationship in std::mem::take(&mut self.relationships) {
            self.relate(&relationship, &mut edges, &custom);
        }
        for (subject, text) in std::mem::take(&mut self.annotations) {
            let component = self.ids.get(&subject).copied();
            self.parsed.document.remarks.push(Remark { component, text });
        }
        let mut roots: Vec<usize> =
            self.roots.iter().filter_map(|root| self.ids.get(root).copied()).collect();
        roots.sort_unstable();
        roots.dedup();
        let document = &mut self.parsed.document;
        document.roots = roots;
        document.edges = edges
            .into_iter()
            .map(|((from, to), (scope, linkage))| Edge { from, to, scope, linkage })
            .collect();
        document.custom_licenses = custom;
        self.parsed.problems.extend(self.notes.finish());
        self.parsed
    }

    /// What every `LicenseRef-` stands for, by way of the dictionaries of the expressions.
    fn custom(&self) -> BTreeMap<String, CustomLicense> {
        let mut found = BTreeMap::new();
        for element in self.licenses.values() {
            for entry in array(element, "simplelicensing_customIdToUri") {
                let (Some(key), Some(id)) = (string(entry, "key"), string(entry, "value")) else { continue };
                let Some(text) = self.licenses.get(&id) else { continue };
                let url = array(text, "externalRef")
                    .first()
                    .and_then(|known| known.get("locator")?.as_array()?.first()?.as_str().map(str::to_owned));
                let known = CustomLicense {
                    name: string(text, "name"),
                    text: string(text, "simplelicensing_licenseText").filter(|text| text != NO_TEXT),
                    url,
                };
                found.insert(key, known);
            }
        }
        found
    }

    fn relate(
        &mut self,
        relationship: &Relationship,
        edges: &mut Edges,
        custom: &BTreeMap<String, CustomLicense>,
    ) {
        let Relationship { kind, from, to, .. } = relationship;
        if kind == "describes" {
            self.roots.extend(to.iter().cloned());
            return;
        }
        let said = match kind.as_str() {
            "hasDeclaredLicense" => Some(Acknowledgement::Declared),
            "hasConcludedLicense" => Some(Acknowledgement::Concluded),
            _ => None,
        };
        if let Some(said) = said {
            self.license(from, to, said, custom);
            return;
        }
        let Some((scope, linkage)) = meaning(kind, relationship.scope) else { return };
        self.parsed.has_dependencies = true;
        match relationship.complete {
            Some(false) => self.parsed.document.complete = Some(false),
            Some(true) if self.parsed.document.complete.is_none() => {
                self.parsed.document.complete = Some(true);
            }
            _ => {}
        }
        let Some(&source) = self.ids.get(from) else {
            self.dangle(from);
            return;
        };
        for name in to {
            match self.ids.get(name) {
                Some(&target) => {
                    let known = edges.entry((source, target)).or_default();
                    known.0 = known.0.or(scope);
                    known.1 = known.1.or(linkage);
                }
                None => self.dangle(name),
            }
        }
    }

    fn license(
        &mut self,
        from: &str,
        targets: &[String],
        said: Acknowledgement,
        custom: &BTreeMap<String, CustomLicense>,
    ) {
        let Some(&position) = self.ids.get(from) else { return };
        for target in targets {
            match self.expression(target, 0) {
                Some(text) => {
                    let found = entries(&text, said, custom);
                    self.parsed.document.components[position].licenses.extend(found);
                }
                None => {
                    let message = format!("the license `{target}` is named and not in the document");
                    self.notes.at_word(Problem::fact_missing, "", target, message);
                }
            }
        }
    }

    /// A license element as an expression.
    fn expression(&self, id: &str, depth: usize) -> Option<String> {
        let tail = id.rsplit('/').next().unwrap_or(id);
        match tail {
            "NoAssertionLicense"
            | "NoAssertion"
            | "NoAssertionElement"
            | "expandedlicensing_NoAssertionLicense" => {
                return Some("NOASSERTION".to_owned());
            }
            "NoneLicense" | "None" | "NoneElement" | "expandedlicensing_NoneLicense" => {
                return Some("NONE".to_owned());
            }
            _ => {}
        }
        let Some(element) = self.licenses.get(id) else {
            return id.contains("spdx.org/licenses/").then(|| tail.to_owned());
        };
        if let Some(text) = string(element, "simplelicensing_licenseExpression") {
            return Some(text);
        }
        if depth > MAX_DEPTH {
            return None;
        }
        let member = |key: &str| -> Option<String> { self.expression(&string(element, key)?, depth + 1) };
        let joined = |operator: &str| -> Option<String> {
            let parts: Option<Vec<String>> = names(element, "expandedlicensing_member")
                .iter()
                .map(|id| self.expression(id, depth + 1).map(|part| format!("({part})")))
                .collect();
            Some(parts?.join(operator))
        };
        match kind_of(element)?.as_str() {
            "expandedlicensing_ConjunctiveLicenseSet" => joined(" AND "),
            "expandedlicensing_DisjunctiveLicenseSet" => joined(" OR "),
            "expandedlicensing_OrLaterOperator" => {
                Some(format!("{}+", member("expandedlicensing_subjectLicense")?))
            }
            "expandedlicensing_WithAdditionOperator" => Some(format!(
                "{} WITH {}",
                member("expandedlicensing_subjectExtendableLicense")?,
                member("expandedlicensing_subjectAddition")?
            )),
            _ => Some(tail.rsplit(['#', '/']).next().unwrap_or(tail).to_owned()),
        }
    }

    fn dangle(&mut self, name: &str) {
        let is_nothing = name.ends_with("NoneElement") || name.ends_with("NoAssertionElement");
        if is_nothing || self.others.contains(name) {
            return;
        }
        let message = format!("a relationship names `{name}`, but the document has no such package");
        self.notes.at_word(Problem::incomplete, "", name, message);
    }
}

/// A field of one or several references.
fn names(element: &Value, key: &str) -> Vec<String> {
    match element.get(key) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// A relationship without what is not needed: a large document has many.
struct Relationship {
    kind: String,
    from: String,
    to: Vec<String>,
    scope: Option<Scope>,
    complete: Option<bool>,
}

fn relationship(element: &Value) -> Relationship {
    Relationship {
        kind: string(element, "relationshipType").unwrap_or_default(),
        from: string(element, "from").unwrap_or_default(),
        to: names(element, "to"),
        scope: match element.get("scope").and_then(Value::as_str) {
            Some("runtime") => Some(Scope::Runtime),
            Some("build") => Some(Scope::Build),
            Some("development" | "test") => Some(Scope::Dev),
            _ => None,
        },
        complete: match element.get("completeness").and_then(Value::as_str) {
            Some("complete") => Some(true),
            Some("incomplete") => Some(false),
            _ => None,
        },
    }
}

/// Scope and linkage of a relationship that is a dependency.
fn meaning(kind: &str, scope: Option<Scope>) -> Option<(Option<Scope>, Option<Linkage>)> {
    match kind {
        "dependsOn" | "contains" | "hasPrerequisite" => Some((scope, None)),
        "hasOptionalDependency" | "hasOptionalComponent" => Some((scope.or(Some(Scope::Optional)), None)),
        "hasProvidedDependency" => Some((scope.or(Some(Scope::Peer)), None)),
        "hasStaticLink" => Some((scope, Some(Linkage::Static))),
        "hasDynamicLink" => Some((scope, Some(Linkage::Dynamic))),
        "usesTool" => Some((scope.or(Some(Scope::Build)), None)),
        _ => None,
    }
}

fn purpose(element: &Value) -> String {
    let word = string(element, "software_primaryPurpose").unwrap_or_default();
    match word.as_str() {
        "operatingSystem" => "operating-system".to_owned(),
        "deviceDriver" => "device-driver".to_owned(),
        "model" => "machine-learning-model".to_owned(),
        "application" | "framework" | "container" | "device" | "firmware" | "platform" | "file" | "data" => {
            word
        }
        _ => "library".to_owned(),
    }
}

fn purl(element: &Value) -> Option<String> {
    string(element, "software_packageUrl").or_else(|| {
        array(element, "externalIdentifier")
            .iter()
            .find(|known| string(known, "externalIdentifierType").is_some_and(|kind| kind == "packageUrl"))
            .and_then(|known| string(known, "identifier"))
    })
}

fn references(element: &Value) -> Vec<Reference> {
    let make = |kind: &str, url: String| Reference { kind: kind.to_owned(), url, hashes: Vec::new() };
    let mut found = Vec::new();
    found.extend(string(element, "software_homePage").map(|url| make("website", url)));
    for known in array(element, "externalRef") {
        let kind = string(known, "comment")
            .or_else(|| string(known, "externalRefType"))
            .unwrap_or_else(|| "other".to_owned());
        found.extend(names(known, "locator").into_iter().map(|url| make(&kind, url)));
    }
    found.extend(
        string(element, "software_downloadLocation")
            .filter(|url| url != "NOASSERTION" && url != "NONE")
            .map(|url| make("distribution", url)),
    );
    found
}

fn properties(element: &Value) -> Vec<Property> {
    array(element, "extension")
        .iter()
        .flat_map(|extension| array(extension, "extension_cdxProperty"))
        .filter_map(|entry| {
            let value = string(entry, "extension_cdxPropValue").unwrap_or_default();
            Some(Property { name: string(entry, "extension_cdxPropName")?, value })
        })
        .collect()
}
