//! SPDX 3.0.1 as JSON-LD, in the compact form of the official context.

use super::Parsed;
use super::item::Item;
use super::items::{array, each_item, string};
use super::notes::{Lines, Notes};
use super::spdx_licenses::{NO_TEXT, algorithm, entries, restore};
use crate::model::sbom::{Acknowledgement, Component, CustomLicense, Edge, Property, Reference, Remark};
use crate::model::{Linkage, Problem, Scope};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What our own writers put where SPDX demands a time and none was given.
pub(super) const NO_TIME: &str = "1970-01-01T00:00:00Z";

/// What is known of the edge between two positions.
type Edges = BTreeMap<(usize, usize), (Option<Scope>, Option<Linkage>)>;

/// License sets may lie inside one another this deep.
const MAX_DEPTH: usize = 32;

/// Reads a document.
pub(super) fn read(text: &str, file: &str) -> Parsed {
    let mut reader = Reader::new(file, text);
    let mut lines = Lines::new(text);
    let (_, result) = each_item(text, &["@graph"], &mut |_, element| {
        let is_package = kind_of(&element).is_some_and(is_package_kind);
        let line = element.get("spdxId").filter(|_| is_package).and_then(|id| lines.of(id));
        reader.element(element, line);
    });
    if let Err(error) = result {
        reader.notes.broken(&error);
    }
    reader.finish()
}

/// The type of an element without namespace.
fn kind_of<'e>(element: &'e Item<'_>) -> Option<&'e str> {
    let kind = element.get("type").or_else(|| element.get("@type"))?.as_str()?;
    kind.rsplit('/').next()
}

fn is_package_kind(kind: &str) -> bool {
    matches!(kind, "software_Package" | "Package" | "ai_AIPackage" | "dataset_DatasetPackage")
}

struct Reader<'a> {
    notes: Notes<'a>,
    parsed: Parsed,
    ids: HashMap<Cow<'a, str>, usize>,
    /// Elements that are no packages: files, agents, tools, snippets.
    others: HashSet<Cow<'a, str>>,
    relationships: Vec<Relationship<'a>>,
    licenses: HashMap<Cow<'a, str>, Item<'a>>,
    roots: Vec<Cow<'a, str>>,
    annotations: Vec<(Cow<'a, str>, String)>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a str, text: &'a str) -> Self {
        Self {
            notes: Notes::new(file, text),
            parsed: Parsed::default(),
            ids: HashMap::new(),
            others: HashSet::new(),
            relationships: Vec::new(),
            licenses: HashMap::new(),
            roots: Vec::new(),
            annotations: Vec::new(),
        }
    }

    fn element(&mut self, element: Item<'a>, line: Option<u32>) {
        let Some(kind) = kind_of(&element) else { return };
        if matches!(kind, "Relationship" | "LifecycleScopedRelationship") {
            self.relationships.push(relationship(&element));
            return;
        }
        let id = element.text("spdxId").or_else(|| element.text("@id")).unwrap_or_default();
        if is_package_kind(kind) {
            self.package(&element, id, line);
            return;
        }
        self.others.insert(id.clone());
        match kind {
            "Annotation" => {
                if let (Some(subject), Some(text)) = (element.text("subject"), string(&element, "statement"))
                {
                    self.annotations.push((subject, text));
                }
            }
            "SpdxDocument" => {
                self.parsed.document.name = string(&element, "name").unwrap_or_default();
                self.parsed.document.properties.extend(properties(&element));
                self.roots.extend(element.texts("rootElement"));
            }
            "software_Sbom" | "Sbom" | "Bom" => self.roots.extend(element.texts("rootElement")),
            "CreationInfo" => self.creation(&element),
            "Tool" => {
                let name = string(&element, "name").unwrap_or_default();
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
                self.licenses.insert(id, element);
            }
            _ => {}
        }
    }

    fn creation(&mut self, element: &Item<'_>) {
        let document = &mut self.parsed.document;
        document.created = string(element, "created").filter(|time| time != NO_TIME);
        if !string(element, "specVersion").is_some_and(|version| version.starts_with("3.0")) {
            let message = "the specVersion is none that is known here (3.0.1); the document was read as that";
            self.notes.at_word(Problem::fact_missing, "", "\"specVersion\"", message.to_owned());
        }
    }

    fn package(&mut self, element: &Item<'a>, id: Cow<'a, str>, line: Option<u32>) {
        let position = self.parsed.document.components.len();
        let name = string(element, "name").unwrap_or_else(|| {
            let message = format!("the package `{id}` has no name");
            self.notes.at_word(Problem::fact_missing, "", &id, message);
            id.to_string()
        });
        let mut component = Component {
            reference: id.to_string(),
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
                let (Some(key), Some(id)) = (string(entry, "key"), entry.text("value")) else { continue };
                let Some(text) = self.licenses.get(&id) else { continue };
                let url = array(text, "externalRef")
                    .first()
                    .and_then(|known| known.texts("locator").into_iter().next())
                    .map(Cow::into_owned);
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
        relationship: &Relationship<'a>,
        edges: &mut Edges,
        custom: &BTreeMap<String, CustomLicense>,
    ) {
        let Relationship { kind, from, to, .. } = relationship;
        if kind == "describes" {
            self.roots.extend(to.iter().cloned());
            return;
        }
        let said = match kind.as_ref() {
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
        targets: &[Cow<'a, str>],
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
        let member = |key: &str| -> Option<String> { self.expression(&element.text(key)?, depth + 1) };
        let joined = |operator: &str| -> Option<String> {
            let parts: Option<Vec<String>> = element
                .texts("expandedlicensing_member")
                .iter()
                .map(|id| self.expression(id, depth + 1).map(|part| format!("({part})")))
                .collect();
            Some(parts?.join(operator))
        };
        match kind_of(element)? {
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

/// A relationship without what is not needed: a large document has many.
struct Relationship<'a> {
    kind: Cow<'a, str>,
    from: Cow<'a, str>,
    to: Vec<Cow<'a, str>>,
    scope: Option<Scope>,
    complete: Option<bool>,
}

fn relationship<'a>(element: &Item<'a>) -> Relationship<'a> {
    Relationship {
        kind: element.text("relationshipType").unwrap_or_default(),
        from: element.text("from").unwrap_or_default(),
        to: element.texts("to"),
        scope: match element.get("scope").and_then(Item::as_str) {
            Some("runtime") => Some(Scope::Runtime),
            Some("build") => Some(Scope::Build),
            Some("development" | "test") => Some(Scope::Dev),
            _ => None,
        },
        complete: match element.get("completeness").and_then(Item::as_str) {
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

fn purpose(element: &Item<'_>) -> String {
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

fn purl(element: &Item<'_>) -> Option<String> {
    string(element, "software_packageUrl").or_else(|| {
        array(element, "externalIdentifier")
            .iter()
            .find(|known| string(known, "externalIdentifierType").is_some_and(|kind| kind == "packageUrl"))
            .and_then(|known| string(known, "identifier"))
    })
}

fn references(element: &Item<'_>) -> Vec<Reference> {
    let make = |kind: &str, url: String| Reference { kind: kind.to_owned(), url, hashes: Vec::new() };
    let mut found = Vec::new();
    found.extend(string(element, "software_homePage").map(|url| make("website", url)));
    for known in array(element, "externalRef") {
        let kind = string(known, "comment")
            .or_else(|| string(known, "externalRefType"))
            .unwrap_or_else(|| "other".to_owned());
        found.extend(known.texts("locator").into_iter().map(|url| make(&kind, url.into_owned())));
    }
    found.extend(
        string(element, "software_downloadLocation")
            .filter(|url| url != "NOASSERTION" && url != "NONE")
            .map(|url| make("distribution", url)),
    );
    found
}

fn properties(element: &Item<'_>) -> Vec<Property> {
    array(element, "extension")
        .iter()
        .flat_map(|extension| array(extension, "extension_cdxProperty"))
        .filter_map(|entry| {
            let value = string(entry, "extension_cdxPropValue").unwrap_or_default();
            Some(Property { name: string(entry, "extension_cdxPropName")?, value })
        })
        .collect()
}
