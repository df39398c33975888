//! Pipfile.lock: a flat list of packages in `default`, `develop` and custom categories, without edges.

use crate::ecosystems::python::catalogue::{Catalogue, Known};
use crate::ecosystems::python::developers::is_for_developers;
use crate::ecosystems::python::requirement::{is_name, normalise};
use crate::ecosystems::python::requirements_txt::checksum;
use crate::ecosystems::python::text::{Document, without_credentials};
use crate::ecosystems::python::tree::Node;
use crate::ecosystems::python::version;
use crate::model::{Ecosystem, Origin, Package};

/// Reads a Pipfile.lock.
pub(super) fn read(tree: &Node, document: &Document) -> Catalogue {
    let mut catalogue = Catalogue::new(&document.name, "pipenv lock");
    catalogue.has_edges = false;
    let python = tree.at(&["_meta", "requires", "python_version"]).and_then(Node::as_text);
    catalogue.requires_python = python.map(|version| format!("=={version}.*"));
    // What may be installed comes before `develop`, so that one in both is not taken for a tool.
    let mut categories: Vec<_> = tree.entries().iter().filter(|(name, _, _)| name != "_meta").collect();
    categories.sort_by_key(|(name, _, _)| (name != "default", name == "develop"));
    for (category, _, table) in categories {
        for (name, offset, entry) in table.entries() {
            let is_known = catalogue.of_name(&normalise(name)).iter().any(|at| {
                let version = catalogue.packages[*at].package.version.as_deref();
                version == entry.text("version").and_then(version::pinned)
            });
            if is_known || !is_name(name) {
                continue;
            }
            let version = entry.text("version").and_then(version::pinned);
            let mut package = Package::new(Ecosystem::Python, name, version, origin(tree, entry));
            package.location = Some(document.span(*offset));
            package.checksums = entry.texts("hashes").into_iter().filter_map(checksum).collect();
            catalogue.push(Known {
                key: normalise(name),
                package,
                marker: entry.text("markers").map(str::to_owned),
                requires: Vec::new(),
                development: category == "develop" || is_for_developers(category),
            });
        }
    }
    catalogue
}

fn origin(tree: &Node, entry: &Node) -> Origin {
    if let Some(git) = entry.text("git") {
        let git = without_credentials(git);
        return Origin::Git(entry.text("ref").map_or(git.clone(), |revision| format!("{git}@{revision}")));
    }
    if let Some(path) = entry.text("path") {
        return Origin::Path(path.to_owned());
    }
    if let Some(file) = entry.text("file") {
        let is_address = file.contains("://");
        return if is_address {
            Origin::Archive(without_credentials(file))
        } else {
            Origin::Path(file.to_owned())
        };
    }
    let index = entry.text("index").and_then(|wanted| {
        let sources = tree.at(&["_meta", "sources"])?.items();
        sources.iter().find(|source| source.text("name") == Some(wanted))?.text("url")
    });
    Origin::Registry(index.map(without_credentials))
}
