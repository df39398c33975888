//! poetry.lock, versions 1 (`category`, hashes in `metadata.files`) and 2 (`groups`, `markers`, `files`).

use super::{checksums, entry_name};
use crate::ecosystems::python::catalogue::{Catalogue, Known, Requires};
use crate::ecosystems::python::developers::is_for_running;
use crate::ecosystems::python::poetry_manifest;
use crate::ecosystems::python::requirement::normalise;
use crate::ecosystems::python::text::{Document, without_credentials};
use crate::ecosystems::python::tree::{Node, Value};
use crate::model::{Ecosystem, Origin, Package, Problem};

/// Reads a poetry.lock.
pub(super) fn read(tree: &Node, document: &Document, problems: &mut Vec<Problem>) -> Catalogue {
    let mut catalogue = Catalogue::new(&document.name, "poetry lock");
    catalogue.requires_python =
        tree.at(&["metadata", "python-versions"]).and_then(Node::as_text).map(str::to_owned);
    let old_files = tree.at(&["metadata", "files"]);
    for entry in tree.list("package") {
        let Some(name) = entry_name(entry, document, problems) else { continue };
        let mut package = Package::new(Ecosystem::Python, name, entry.text("version"), origin(entry));
        package.location = Some(document.span(entry.offset));
        let files = entry.list("files").iter();
        package.checksums = checksums(files.chain(old_files.map_or(&[][..], |files| files.list(name))));
        package.details.description = entry.text("description").map(str::to_owned);
        catalogue.push(Known {
            key: normalise(name),
            package,
            marker: entry_marker(entry),
            requires: requires(entry, document),
            development: is_for_development(entry),
        });
    }
    catalogue
}

/// `markers` is a string, or a table of group to marker when the groups differ.
fn entry_marker(entry: &Node) -> Option<String> {
    let node = entry.get("markers")?;
    if let Some(text) = node.as_text() {
        return Some(text.to_owned());
    }
    let mut markers: Vec<&str> = node.entries().iter().filter_map(|(_, _, value)| value.as_text()).collect();
    markers.dedup();
    // A group that is not named needs the package always.
    let every_group = node.entries().len() == entry.list("groups").len();
    (every_group && !markers.is_empty()).then(|| markers.join(" or "))
}

fn is_for_development(entry: &Node) -> bool {
    match entry.text("category") {
        Some(category) => category != "main",
        None => {
            let groups = entry.texts("groups");
            !groups.is_empty() && !groups.iter().any(|group| *group == "main" || is_for_running(group))
        }
    }
}

fn requires(entry: &Node, document: &Document) -> Vec<Requires> {
    let mut found = Vec::new();
    let Some(table) = entry.get("dependencies") else { return found };
    for (name, offset, value) in table.entries() {
        let variants = match &value.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        for variant in variants {
            let requirement = poetry_manifest::requirement(name, variant);
            let names_extra = requirement.marker.as_deref().is_some_and(|marker| marker.contains("extra"));
            let extras = if variant.flag("optional") && !names_extra {
                poetry_manifest::extras_with(entry, name).map(|extra| Some(normalise(extra))).collect()
            } else {
                vec![None]
            };
            for extra in extras {
                let location = Some(document.span(*offset));
                found.push(Requires::new(requirement.clone(), extra, location));
            }
        }
    }
    found
}

fn origin(entry: &Node) -> Origin {
    let Some(source) = entry.get("source") else { return Origin::Registry(None) };
    let address = without_credentials(source.text("url").unwrap_or(""));
    match source.text("type") {
        Some("git") => {
            let revision = source.text("resolved_reference").or_else(|| source.text("reference"));
            Origin::Git(revision.map_or(address.clone(), |revision| format!("{address}@{revision}")))
        }
        Some("url") => Origin::Archive(address),
        Some("directory" | "file") => Origin::Path(address),
        _ => Origin::Registry(Some(address)),
    }
}
