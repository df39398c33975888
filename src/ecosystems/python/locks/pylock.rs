//! pylock.toml (PEP 751): `[[packages]]`, whose `dependencies` are optional.

use super::{entry_name, hash_tables};
use crate::ecosystems::python::catalogue::{Catalogue, Known, Requires};
use crate::ecosystems::python::marker::{self, Situation};
use crate::ecosystems::python::requirement::{Requirement, normalise};
use crate::ecosystems::python::text::{Document, without_credentials};
use crate::ecosystems::python::tree::Node;
use crate::model::{Ecosystem, Origin, Package, Problem};

/// Reads a pylock.toml.
pub(super) fn read(tree: &Node, document: &Document, problems: &mut Vec<Problem>) -> Catalogue {
    let mut catalogue = Catalogue::new(&document.name, "the tool that wrote it");
    catalogue.requires_python = tree.text("requires-python").map(str::to_owned);
    catalogue.has_edges = false;
    let default_groups = tree.texts("default-groups");
    if let Some(version) = tree.text("lock-version")
        && !version.starts_with("1.")
    {
        let place = tree.place_of("lock-version", document);
        let message = format!("lock version {version} is newer than the 1.x that is understood");
        problems.push(Problem::incomplete(Some(place), message));
    }
    for entry in tree.list("packages") {
        let Some(name) = entry_name(entry, document, problems) else { continue };
        let mut package = Package::new(Ecosystem::Python, name, entry.text("version"), origin(entry));
        package.location = Some(document.span(entry.offset));
        let files = entry.list("wheels").iter().chain(entry.get("sdist")).chain(entry.get("archive"));
        package.checksums = hash_tables(files);
        let requires: Vec<Requires> =
            entry.list("dependencies").iter().filter_map(|item| edge(item, document)).collect();
        catalogue.has_edges |= !requires.is_empty();
        if let Some(directory) = entry.at(&["directory", "path"]).and_then(Node::as_text) {
            catalogue.members.push((normalise(name), directory.to_owned()));
        }
        catalogue.push(Known {
            key: normalise(name),
            package,
            marker: entry.text("marker").map(str::to_owned),
            requires,
            development: is_for_groups(entry.text("marker"), &default_groups),
        });
    }
    catalogue
}

/// Whether a package is installed only with a dependency group that is not installed by default: such groups are
/// no part of what a project publishes.
fn is_for_groups(marker: Option<&str>, default_groups: &[&str]) -> bool {
    let situation = Situation { groups: Some(default_groups), ..Situation::default() };
    marker::holds(marker, &situation) == Some(false)
        && marker::holds(marker, &Situation::default()) != Some(false)
}

fn edge(item: &Node, document: &Document) -> Option<Requires> {
    let requirement = Requirement {
        specifier: item.text("version").map(|version| format!("=={version}")),
        ..Requirement::named(item.text("name")?)
    };
    Some(Requires::new(requirement, None, Some(document.span(item.offset))))
}

fn origin(entry: &Node) -> Origin {
    if let Some(source) = entry.get("vcs") {
        let address = without_credentials(source.text("url").or_else(|| source.text("path")).unwrap_or(""));
        let revision = source.text("commit-id");
        return Origin::Git(revision.map_or(address.clone(), |revision| format!("{address}@{revision}")));
    }
    if let Some(path) = entry.at(&["directory", "path"]).or_else(|| entry.at(&["archive", "path"])) {
        return Origin::Path(path.as_text().unwrap_or("").to_owned());
    }
    if let Some(address) = entry.at(&["archive", "url"]).and_then(Node::as_text) {
        return Origin::Archive(without_credentials(address));
    }
    Origin::Registry(entry.text("index").map(without_credentials))
}
