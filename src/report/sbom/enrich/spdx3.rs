//! SPDX 3 as JSON-LD: properties as an extension of each package, licenses as relationships.

use super::{Known, expressions, facts, is_ours};
use crate::audit::PackageReport;
use crate::model::sbom::Property;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// Adds to every package that is known.
pub(super) fn add(root: &mut Map<String, Value>, known: &Known<'_>) {
    let Some(graph) = root.get_mut("@graph").and_then(Value::as_array_mut) else { return };
    let mut stated = Stated::of(graph);
    let mut wanted = Vec::new();
    for element in graph.iter_mut() {
        if is_package(element)
            && let Some(found) = package_of(element, known)
        {
            properties(element, found);
            wanted.push((text(element, "spdxId").to_owned(), element.get("creationInfo").cloned(), found));
        }
    }
    let mut new = Vec::new();
    for (id, creation, found) in wanted {
        let (declared, concluded) = expressions(found);
        for (kind, expression) in [("hasDeclaredLicense", declared), ("hasConcludedLicense", concluded)] {
            if let Some(expression) = expression {
                stated.say(graph, &mut new, &id, kind, expression, creation.as_ref());
            }
        }
    }
    announce(graph, &new);
    graph.extend(new);
}

fn text<'e>(element: &'e Value, key: &str) -> &'e str {
    element.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn class(element: &Value) -> &str {
    let class = element.get("type").or_else(|| element.get("@type")).and_then(Value::as_str);
    class.unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

fn is_package(element: &Value) -> bool {
    matches!(class(element), "software_Package" | "Package" | "ai_AIPackage" | "dataset_DatasetPackage")
}

fn package_of<'a>(element: &Value, known: &Known<'a>) -> Option<&'a PackageReport> {
    let field = |key: &str| element.get(key).and_then(Value::as_str);
    let identifier = || {
        let listed = element.get("externalIdentifier").and_then(Value::as_array).into_iter().flatten();
        let mut purls = listed.filter(|known| text(known, "externalIdentifierType") == "packageUrl");
        purls.next()?.get("identifier")?.as_str()
    };
    let purl = field("software_packageUrl").or_else(identifier);
    known.find(purl, None, field("name"), field("software_packageVersion"))
}

/// CycloneDX properties have a place of their own in SPDX 3. What else stands in such places is kept.
fn properties(element: &mut Value, package: &PackageReport) {
    const CLASS: &str = "extension_CdxPropertiesExtension";
    const ENTRIES: &str = "extension_cdxProperty";
    let Some(fields) = element.as_object_mut() else { return };
    let list = fields.entry("extension").or_insert_with(|| json!([]));
    let Some(list) = list.as_array_mut() else { return };
    let is_own_entry = |entry: &Value| is_ours(text(entry, "extension_cdxPropName"));
    for extension in list.iter_mut() {
        if let Some(entries) = extension.get_mut(ENTRIES).and_then(Value::as_array_mut) {
            entries.retain(|entry| !is_own_entry(entry));
        }
    }
    let new = facts(package).into_iter().map(|Property { name, value }| {
        json!({
            "type": "extension_CdxPropertyEntry",
            "extension_cdxPropName": name, "extension_cdxPropValue": value,
        })
    });
    let place = list.iter_mut().find(|extension| class(extension) == CLASS);
    match place.and_then(|place| place.get_mut(ENTRIES)).and_then(Value::as_array_mut) {
        Some(entries) => entries.extend(new),
        None => list.push(json!({"type": CLASS, ENTRIES: new.collect::<Vec<_>>()})),
    }
}

/// What the document says of licenses, and what was added to it.
struct Stated {
    /// Packages with a statement that says something, by kind of relationship.
    said: HashSet<(String, String)>,
    /// Positions of relationships that say that nothing is said.
    empty: HashMap<(String, String), usize>,
    /// Elements for expressions.
    expressions: HashMap<String, String>,
}

impl Stated {
    fn of(graph: &[Value]) -> Self {
        let mut stated = Self { said: HashSet::new(), empty: HashMap::new(), expressions: HashMap::new() };
        for (position, element) in graph.iter().enumerate() {
            if class(element) == "simplelicensing_LicenseExpression" {
                let expression = text(element, "simplelicensing_licenseExpression").to_owned();
                stated.expressions.entry(expression).or_insert_with(|| text(element, "spdxId").to_owned());
            }
            let kind = text(element, "relationshipType");
            if kind != "hasDeclaredLicense" && kind != "hasConcludedLicense" {
                continue;
            }
            let key = (text(element, "from").to_owned(), kind.to_owned());
            if targets(element).iter().all(|target| is_nothing(target)) {
                stated.empty.insert(key, position);
            } else {
                stated.said.insert(key);
            }
        }
        // An expression element may itself say that nothing is said.
        let hollow = stated.expressions.get("NOASSERTION").cloned();
        if let Some(hollow) = hollow {
            for (position, element) in graph.iter().enumerate() {
                let key = (text(element, "from").to_owned(), text(element, "relationshipType").to_owned());
                if targets(element) == [hollow.as_str()] && stated.said.remove(&key) {
                    stated.empty.insert(key, position);
                }
            }
        }
        stated
    }

    /// Says the license of a package where nothing was said.
    fn say(
        &mut self,
        graph: &mut [Value],
        new: &mut Vec<Value>,
        package: &str,
        kind: &str,
        expression: &str,
        creation: Option<&Value>,
    ) {
        let key = (package.to_owned(), kind.to_owned());
        if package.is_empty() || self.said.contains(&key) {
            return;
        }
        let target = match self.expressions.get(expression) {
            Some(id) => id.clone(),
            None => {
                let id = format!("{package}-licgraph-{kind}-expression");
                new.push(with_creation(
                    json!({
                        "type": "simplelicensing_LicenseExpression", "spdxId": id,
                        "simplelicensing_licenseExpression": expression,
                    }),
                    creation,
                ));
                self.expressions.insert(expression.to_owned(), id.clone());
                id
            }
        };
        match self.empty.get(&key).and_then(|position| graph.get_mut(*position)) {
            Some(relationship) => relationship["to"] = json!([target]),
            None => new.push(with_creation(
                json!({
                    "type": "Relationship", "spdxId": format!("{package}-licgraph-{kind}"),
                    "relationshipType": kind, "from": package, "to": [target],
                }),
                creation,
            )),
        }
    }
}

fn targets(relationship: &Value) -> Vec<&str> {
    match relationship.get("to") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_nothing(target: &str) -> bool {
    target.rsplit('/').next().is_some_and(|name| name.contains("NoAssertion"))
}

/// New elements are said to be made when the package was: no other time is known.
fn with_creation(mut element: Value, creation: Option<&Value>) -> Value {
    if let Some(creation) = creation {
        element["creationInfo"] = creation.clone();
    }
    element
}

/// The document names its elements and the profiles they use.
fn announce(graph: &mut [Value], new: &[Value]) {
    let Some(document) = graph.iter_mut().find(|element| class(element) == "SpdxDocument") else { return };
    if let Some(elements) = document.get_mut("element").and_then(Value::as_array_mut) {
        elements.extend(new.iter().map(|element| json!(text(element, "spdxId"))));
    }
    if let Some(profiles) = document.get_mut("profileConformance").and_then(Value::as_array_mut) {
        for profile in ["simpleLicensing", "extension"] {
            if !profiles.iter().any(|known| known == profile) {
                profiles.push(json!(profile));
            }
        }
    }
}
