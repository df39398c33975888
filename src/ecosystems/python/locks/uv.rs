//! uv.lock: `[[package]]` with exact edges, extras and groups apart, sources as inline tables.

use super::{checksums, entry_name};
use crate::ecosystems::python::catalogue::{Catalogue, Known, Requires};
use crate::ecosystems::python::requirement::{Requirement, normalise};
use crate::ecosystems::python::text::{Document, without_credentials};
use crate::ecosystems::python::tree::Node;
use crate::model::{Ecosystem, Origin, Package, Problem};

/// Reads a uv.lock.
pub(super) fn read(tree: &Node, document: &Document, problems: &mut Vec<Problem>) -> Catalogue {
    let mut catalogue = Catalogue::new(&document.name, "uv lock");
    catalogue.requires_python = tree.text("requires-python").map(str::to_owned);
    for entry in tree.list("package") {
        let Some(name) = entry_name(entry, document, problems) else { continue };
        let mut package = Package::new(Ecosystem::Python, name, entry.text("version"), origin(entry));
        package.location = Some(document.span(entry.offset));
        package.checksums = checksums(entry.list("wheels").iter().chain(entry.get("sdist")));
        let mut requires = Vec::new();
        edges(entry.list("dependencies"), None, document, &mut requires);
        if let Some(extras) = entry.get("optional-dependencies") {
            for (extra, _, list) in extras.entries() {
                edges(list.items(), Some(normalise(extra)), document, &mut requires);
            }
        }
        if let Some(directory) = member_directory(entry) {
            catalogue.members.push((normalise(name), directory.to_owned()));
        }
        let markers: Vec<&str> = entry.texts("resolution-markers");
        catalogue.push(Known {
            key: normalise(name),
            package,
            marker: (!markers.is_empty()).then(|| markers.join(" or ")),
            requires,
            development: false,
        });
    }
    catalogue
}

fn edges(items: &[Node], extra: Option<String>, document: &Document, into: &mut Vec<Requires>) {
    for item in items {
        let Some(name) = item.text("name") else { continue };
        let requirement = Requirement {
            specifier: item.text("version").map(|version| format!("=={version}")),
            extras: item.texts("extra").into_iter().map(normalise).collect(),
            marker: item.text("marker").map(str::to_owned),
            ..Requirement::named(name)
        };
        into.push(Requires::new(requirement, extra.clone(), Some(document.span(item.offset))));
    }
}

/// Members of the workspace are installed from their directory.
fn member_directory(entry: &Node) -> Option<&str> {
    let source = entry.get("source")?;
    source.text("editable").or_else(|| source.text("virtual")).or_else(|| source.text("directory"))
}

fn origin(entry: &Node) -> Origin {
    let Some(source) = entry.get("source") else { return Origin::Unknown };
    let Some((kind, _, value)) = source.entries().first() else { return Origin::Unknown };
    let address = value.as_text().unwrap_or("");
    match kind.as_str() {
        "registry" => Origin::Registry(Some(without_credentials(address))),
        "git" => Origin::Git(without_credentials(address)),
        "url" => Origin::Archive(without_credentials(address)),
        "path" | "directory" | "editable" | "virtual" => Origin::Path(address.to_owned()),
        _ => Origin::Unknown,
    }
}
