//! SPDX 2.2 and 2.3: JSON, and the assembly of a document that the tag-value reader shares.

use super::Parsed;
use super::item::Item;
use super::items::{array, each_item, string};
use super::notes::{Lines, Notes};
use super::scope::component_scope;
use super::spdx_licenses::{algorithm, entries, properties, restore};
use crate::model::sbom::{
    Acknowledgement, Component, CustomLicense, Edge, LicenseEntry, LicenseValue, Reference, Remark,
};
use crate::model::{Linkage, Problem, Scope};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

const WANTED: [&str; 8] = [
    "spdxVersion",
    "name",
    "creationInfo",
    "packages",
    "relationships",
    "hasExtractedLicensingInfos",
    "documentDescribes",
    "annotations",
];

/// Reads a JSON document.
pub(super) fn read_json(text: &str, file: &str) -> Parsed {
    let mut reader = Reader::new(Notes::new(file, text));
    let mut lines = Lines::new(text);
    let (left_out, result) = each_item(text, &WANTED, &mut |key, value| {
        let line = if key == "packages" { value.get("SPDXID").and_then(|id| lines.of(id)) } else { None };
        reader.take(key, value, line);
    });
    let boring = ["SPDXID", "dataLicense", "documentNamespace", "comment", "$schema"];
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
    ids: HashMap<String, usize>,
    relationships: Vec<(String, String, String)>,
    described: Vec<String>,
    custom: BTreeMap<String, CustomLicense>,
    version_seen: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(notes: Notes<'a>) -> Self {
        Self {
            notes,
            parsed: Parsed::default(),
            ids: HashMap::new(),
            relationships: Vec::new(),
            described: Vec::new(),
            custom: BTreeMap::new(),
            version_seen: false,
        }
    }

    /// Takes a top-level value, or an element of a top-level array.
    pub(super) fn take(&mut self, key: &str, value: Item<'_>, line: Option<u32>) {
        match key {
            "spdxVersion" => self.version(&value),
            "name" => self.parsed.document.name = value.as_str().unwrap_or_default().to_owned(),
            "creationInfo" => self.creation(&value),
            "packages" => self.add(&value, line),
            "relationships" => self.relationship(&value),
            "hasExtractedLicensingInfos" => self.extracted(&value),
            "documentDescribes" => self.described.extend(value.as_str().map(str::to_owned)),
            "annotations" => {
                let comment = string(&value, "comment").unwrap_or_default();
                let found = properties(&comment);
                if found.is_empty() && !comment.is_empty() {
                    self.parsed.document.remarks.push(Remark { component: None, text: comment });
                }
                self.parsed.document.properties.extend(found);
            }
            _ => {}
        }
    }

    fn version(&mut self, value: &Item<'_>) {
        self.version_seen = true;
        if !matches!(value.as_str(), Some("SPDX-2.1" | "SPDX-2.2" | "SPDX-2.3")) {
            let message = format!(
                "{value} is not a version of SPDX 2 that is known here; the document was read as SPDX-2.3"
            );
            self.notes.at_word(Problem::fact_missing, "", "SPDX", message);
        }
    }

    fn creation(&mut self, value: &Item<'_>) {
        let document = &mut self.parsed.document;
        document.created = string(value, "created").filter(|time| time != super::spdx3::NO_TIME);
        document.license_list_version = string(value, "licenseListVersion");
        let creators = value.texts("creators");
        for tool in creators.iter().filter_map(|text| text.strip_prefix("Tool:")) {
            let tool = tool.trim();
            document.tools.push(match tool.rsplit_once('-') {
                Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => {
                    (name.to_owned(), Some(version.to_owned()))
                }
                _ => (tool.to_owned(), None),
            });
        }
    }

    fn relationship(&mut self, value: &Item<'_>) {
        let field = |key| string(value, key);
        match (field("spdxElementId"), field("relationshipType"), field("relatedSpdxElement")) {
            (Some(from), Some(kind), Some(to)) => self.relationships.push((from, kind, to)),
            _ => {
                let message = "a relationship lacks one of its three parts; it was not read".to_owned();
                self.notes.at_word(Problem::incomplete, "", "\"relationships\"", message);
            }
        }
    }

    fn extracted(&mut self, value: &Item<'_>) {
        let Some(id) = string(value, "licenseId") else { return };
        let url = value.texts("seeAlsos").into_iter().next();
        let known = CustomLicense {
            name: string(value, "name"),
            text: string(value, "extractedText"),
            url: url.map(Cow::into_owned),
        };
        self.custom.insert(id, known);
    }

    /// Joins the parts.
    pub(super) fn finish(mut self) -> Parsed {
        if !self.version_seen {
            self.notes.whole(
                Problem::note,
                "the document does not say its version; it was read as SPDX-2.3".to_owned(),
            );
        }
        // The texts behind references may come after the packages that use them.
        for component in &mut self.parsed.document.components {
            let raw = std::mem::take(&mut component.licenses);
            component.licenses = raw
                .into_iter()
                .flat_map(|entry| {
                    let said = entry.acknowledgement.unwrap_or(Acknowledgement::Declared);
                    entries(entry.value.as_str(), said, &self.custom)
                })
                .collect();
        }
        let ids = std::mem::take(&mut self.ids);
        self.join(&ids);
        self.parsed.document.custom_licenses = self.custom;
        self.parsed.problems.extend(self.notes.finish());
        self.parsed
    }

    fn add(&mut self, value: &Item<'_>, line: Option<u32>) {
        let position = self.parsed.document.components.len();
        let mut component = self.package(value, position);
        component.line = line;
        if self.ids.contains_key(&component.reference) {
            let message = format!(
                "`{}` is the SPDXID of two packages; relationships that name it are taken for the first",
                component.reference
            );
            self.notes.at_word(Problem::fact_missing, "", &component.reference, message);
            component.reference = format!("{}-{position}", component.reference);
        }
        self.ids.insert(component.reference.clone(), position);
        self.parsed.document.components.push(component);
    }

    fn package(&mut self, value: &Item<'_>, position: usize) -> Component {
        let reference = string(value, "SPDXID").unwrap_or_else(|| format!("SPDXRef-unnamed-{position}"));
        let name = string(value, "name").unwrap_or_else(|| {
            let message = format!("the package `{reference}` has no name");
            self.notes.at_word(Problem::fact_missing, "", &reference, message);
            reference.clone()
        });
        let mut component = Component {
            kind: purpose(value),
            name,
            version: string(value, "versionInfo"),
            purl: purl(value),
            description: string(value, "description").or_else(|| string(value, "summary")),
            copyright: stated(value, "copyrightText"),
            hashes: array(value, "checksums")
                .iter()
                .filter_map(|sum| {
                    Some((algorithm(&string(sum, "algorithm")?), string(sum, "checksumValue")?))
                })
                .collect(),
            references: references(value),
            reference,
            ..Component::default()
        };
        for (key, kind) in
            [("licenseDeclared", Acknowledgement::Declared), ("licenseConcluded", Acknowledgement::Concluded)]
        {
            let text = string(value, key).unwrap_or_default();
            component.licenses.push(LicenseEntry::new(LicenseValue::Expression(text), Some(kind)));
        }
        for annotation in array(value, "annotations") {
            let comment = string(annotation, "comment").unwrap_or_default();
            let found = properties(&comment);
            if found.is_empty() && !comment.is_empty() {
                self.parsed.document.remarks.push(Remark { component: Some(position), text: comment });
            }
            component.properties.extend(found);
        }
        restore(&mut component);
        component
    }

    fn join(&mut self, ids: &HashMap<String, usize>) {
        let mut found: BTreeMap<(usize, usize), (Option<Scope>, Option<Linkage>)> = BTreeMap::new();
        let mut roots: Vec<usize> = Vec::new();
        let mut contained = HashSet::new();
        for (from, kind, to) in std::mem::take(&mut self.relationships) {
            let Some(meaning) = meaning(&kind) else { continue };
            let (from, to) = if meaning.turned { (to, from) } else { (from, to) };
            if meaning.describes {
                match ids.get(&to) {
                    Some(&root) if !roots.contains(&root) => roots.push(root),
                    Some(_) => {}
                    None if is_foreign(&to) => {}
                    None => self.dangle(&to),
                }
                continue;
            }
            match (ids.get(&from), ids.get(&to)) {
                (Some(&source), Some(&target)) => {
                    self.parsed.has_dependencies = true;
                    if meaning.contains {
                        contained.insert((source, target));
                        continue;
                    }
                    let known = found.entry((source, target)).or_default();
                    known.0 = known.0.or(meaning.scope);
                    known.1 = known.1.or(meaning.linkage);
                }
                (None, _) if is_foreign(&from) => {}
                (_, None) if is_foreign(&to) => self.parsed.has_dependencies |= ids.contains_key(&from),
                (None, _) => self.dangle(&from),
                (_, None) => self.dangle(&to),
            }
        }
        for pair in contained {
            found.entry(pair).or_default();
        }
        let document = &mut self.parsed.document;
        for name in std::mem::take(&mut self.described) {
            match ids.get(&name) {
                Some(&root) if !roots.contains(&root) => roots.push(root),
                _ => {}
            }
        }
        document.edges = found
            .into_iter()
            .map(|((from, to), (scope, linkage))| {
                let target = &document.components[to];
                Edge { from, to, scope: scope.or_else(|| component_scope(target)), linkage }
            })
            .collect();
        roots.sort_unstable();
        document.roots = roots;
    }

    fn dangle(&mut self, name: &str) {
        let message = format!("a relationship names `{name}`, but the document has no such package");
        self.notes.at_word(Problem::incomplete, "elationship", name, message);
    }
}

/// Elements of other documents, files and snippets, and the words for nothing.
fn is_foreign(id: &str) -> bool {
    matches!(id, "NONE" | "NOASSERTION" | "SPDXRef-DOCUMENT")
        || id.starts_with("DocumentRef-")
        || ["SPDXRef-File", "SPDXRef-Snippet", "SPDXRef-DocumentRoot"]
            .iter()
            .any(|start| id.starts_with(start))
}

/// What a relationship says.
#[derive(Default)]
struct Meaning {
    turned: bool,
    describes: bool,
    contains: bool,
    scope: Option<Scope>,
    linkage: Option<Linkage>,
}

/// SPDX 2.3 section 11.1; relationships that are no dependency give none.
fn meaning(kind: &str) -> Option<Meaning> {
    let base = Meaning::default();
    let turned = |scope| Some(Meaning { turned: true, scope, ..Meaning::default() });
    match kind {
        "DESCRIBES" => Some(Meaning { describes: true, ..base }),
        "DESCRIBED_BY" => Some(Meaning { describes: true, turned: true, ..base }),
        "CONTAINS" => Some(Meaning { contains: true, ..base }),
        "CONTAINED_BY" | "PACKAGE_OF" => Some(Meaning { contains: true, turned: true, ..base }),
        "DEPENDS_ON" | "HAS_PREREQUISITE" => Some(base),
        "STATIC_LINK" => Some(Meaning { linkage: Some(Linkage::Static), ..base }),
        "DYNAMIC_LINK" => Some(Meaning { linkage: Some(Linkage::Dynamic), ..base }),
        "DEPENDENCY_OF" | "PREREQUISITE_FOR" => turned(None),
        "RUNTIME_DEPENDENCY_OF" => turned(Some(Scope::Runtime)),
        "OPTIONAL_DEPENDENCY_OF" | "OPTIONAL_COMPONENT_OF" => turned(Some(Scope::Optional)),
        "PROVIDED_DEPENDENCY_OF" => turned(Some(Scope::Peer)),
        "BUILD_DEPENDENCY_OF" | "BUILD_TOOL_OF" => turned(Some(Scope::Build)),
        "DEV_DEPENDENCY_OF" | "DEV_TOOL_OF" | "TEST_DEPENDENCY_OF" | "TEST_TOOL_OF" => {
            turned(Some(Scope::Dev))
        }
        _ => None,
    }
}

/// A field that may also hold the words for nothing.
fn stated(value: &Item<'_>, key: &str) -> Option<String> {
    string(value, key).filter(|text| text != "NOASSERTION" && text != "NONE")
}

fn purpose(value: &Item<'_>) -> String {
    match string(value, "primaryPackagePurpose").as_deref() {
        Some("APPLICATION") => "application",
        Some("FRAMEWORK") => "framework",
        Some("CONTAINER") => "container",
        Some("OPERATING-SYSTEM" | "OPERATING_SYSTEM") => "operating-system",
        Some("DEVICE") => "device",
        Some("FIRMWARE") => "firmware",
        Some("FILE") => "file",
        _ => "library",
    }
    .to_owned()
}

fn purl(value: &Item<'_>) -> Option<String> {
    array(value, "externalRefs")
        .iter()
        .find(|known| string(known, "referenceType").is_some_and(|kind| kind.ends_with("purl")))
        .and_then(|known| string(known, "referenceLocator"))
}

fn references(value: &Item<'_>) -> Vec<Reference> {
    let make = |kind: &str, url: String| Reference { kind: kind.to_owned(), url, hashes: Vec::new() };
    let mut found = Vec::new();
    found.extend(stated(value, "homepage").map(|url| make("website", url)));
    for known in array(value, "externalRefs") {
        let is_address = string(known, "referenceType").is_some_and(|kind| kind == "address");
        if let Some(url) = string(known, "referenceLocator").filter(|_| is_address) {
            found.push(make(&string(known, "comment").unwrap_or_else(|| "other".to_owned()), url));
        }
    }
    found.extend(stated(value, "downloadLocation").map(|url| {
        let is_vcs = ["git+", "git:", "hg+", "svn+", "bzr+"].iter().any(|start| url.starts_with(start));
        make(if is_vcs { "vcs" } else { "distribution" }, url)
    }));
    found
}
