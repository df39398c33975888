//! pdm.lock: dependencies as requirement strings; a package asked for with extras has an entry of its own.

use super::{checksums, entry_name};
use crate::ecosystems::python::catalogue::{Catalogue, Known, Requires};
use crate::ecosystems::python::requirement::{Requirement, normalise};
use crate::ecosystems::python::text::{Document, without_credentials};
use crate::ecosystems::python::tree::Node;
use crate::model::{Ecosystem, Origin, Package, Problem};

/// Reads a pdm.lock.
pub(super) fn read(tree: &Node, document: &Document, problems: &mut Vec<Problem>) -> Catalogue {
    let mut catalogue = Catalogue::new(&document.name, "pdm lock");
    let target = tree.at(&["metadata", "targets"]).and_then(|targets| targets.items().first());
    catalogue.requires_python = target.and_then(|target| target.text("requires_python")).map(str::to_owned);
    let entries = tree.list("package");
    for entry in entries.iter().filter(|entry| entry.list("extras").is_empty()) {
        let Some(name) = entry_name(entry, document, problems) else { continue };
        let mut package = Package::new(Ecosystem::Python, name, entry.text("version"), origin(entry));
        package.location = Some(document.span(entry.offset));
        package.checksums = checksums(entry.list("files"));
        package.details.description = entry.text("summary").map(str::to_owned);
        let groups = entry.texts("groups");
        let mut known = Known {
            key: normalise(name),
            package,
            marker: entry.text("marker").map(str::to_owned),
            requires: Vec::new(),
            development: !groups.is_empty() && !groups.contains(&"default"),
        };
        add_requires(entry, None, &mut known, document, problems);
        for with_extras in entries.iter().filter(|other| is_extra_of(other, entry)) {
            for extra in with_extras.texts("extras") {
                add_requires(with_extras, Some(normalise(extra)), &mut known, document, problems);
            }
        }
        catalogue.push(known);
    }
    catalogue
}

fn is_extra_of(other: &Node, entry: &Node) -> bool {
    !other.list("extras").is_empty()
        && other.text("name") == entry.text("name")
        && other.text("version") == entry.text("version")
}

fn add_requires(
    entry: &Node,
    extra: Option<String>,
    known: &mut Known,
    document: &Document,
    problems: &mut Vec<Problem>,
) {
    for item in entry.list("dependencies") {
        let place = document.span(item.offset);
        match Requirement::parse(item.as_text().unwrap_or("")) {
            // The entry with extras asks for the package itself.
            Ok(requirement) if requirement.key() == known.key && requirement.extras.is_empty() => {}
            Ok(requirement) => {
                known.requires.push(Requires::new(requirement, extra.clone(), Some(place)));
            }
            Err(reason) => {
                let message = format!("a dependency of {} cannot be read: {reason}", known.package.name);
                problems.push(Problem::incomplete(Some(place), message));
            }
        }
    }
}

fn origin(entry: &Node) -> Origin {
    if let Some(git) = entry.text("git") {
        let git = without_credentials(git);
        let revision = entry.text("revision").or_else(|| entry.text("ref"));
        return Origin::Git(revision.map_or(git.clone(), |revision| format!("{git}@{revision}")));
    }
    match (entry.text("path"), entry.text("url")) {
        (Some(path), _) => Origin::Path(path.to_owned()),
        (_, Some(address)) => Origin::Archive(without_credentials(address)),
        _ => Origin::Registry(None),
    }
}
