//! Pipfile: `packages` and every other category, of which `dev-packages` and those that their name says so are for
//! developers; any other may be what is installed somewhere (`pipenv install --categories prod`).

use super::developers::is_for_developers;
use super::manifest::{Declared, Manifest, origin_of};
use super::marker;
use super::requirement::{Requirement, is_name, normalise, shorten};
use super::text::Document;
use super::tree::{Node, Value};
use crate::ecosystems::ReadContext;
use crate::model::Problem;
use std::path::Path;

/// Tables of a Pipfile that hold no packages.
const SETTINGS: [&str; 5] = ["source", "requires", "scripts", "pipenv", "build-system"];

/// Reads a Pipfile.
pub(super) fn read(
    tree: &Node,
    document: &Document,
    directory: &Path,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Manifest {
    let mut manifest = Manifest { describes_project: true, ..Manifest::of_file(&document.name) };
    for (category, _, table) in tree.entries() {
        if SETTINGS.contains(&category.as_str()) || !matches!(table.value, Value::Table(..)) {
            continue;
        }
        for (name, offset, value) in table.entries() {
            let place = document.span(*offset);
            if !is_name(name) {
                let message = format!("`{}` is not a package name; correct it", shorten(name));
                problems.push(Problem::incomplete(Some(place), message));
                continue;
            }
            let requirement = requirement(name, value);
            super::manifest::report_complaints(&requirement, &place, problems);
            let mut declared = Declared::new(requirement, place);
            let address = value
                .text("git")
                .map(|git| {
                    format!("git+{git}{}", value.text("ref").map_or(String::new(), |name| format!("@{name}")))
                })
                .or_else(|| value.text("path").or_else(|| value.text("file")).map(str::to_owned));
            declared.origin = address.map(|address| origin_of(&address, directory, context));
            manifest.declared.push(match category.as_str() {
                "packages" => declared,
                "dev-packages" => declared.for_development(),
                other if is_for_developers(other) => declared.for_development(),
                _ => declared.made_optional(),
            });
        }
    }
    manifest
}

/// An entry of a Pipfile or Pipfile.lock: a specifier, or a table with `version`, `extras`, `markers`.
pub(super) fn requirement(name: &str, value: &Node) -> Requirement {
    let mut requirement = Requirement::named(name);
    let specifier = value.as_text().or_else(|| value.text("version"));
    requirement.specifier = specifier.filter(|text| *text != "*").map(str::to_owned);
    requirement.extras = value.texts("extras").into_iter().map(normalise).collect();
    let mut marker = value.text("markers").map(str::to_owned);
    // A Pipfile may also write each marker variable as a key of its own: `os_name = "== 'nt'"`.
    for key in ["os_name", "sys_platform", "platform_system", "platform_machine", "python_version"] {
        if let Some(clause) = value.text(key) {
            marker = marker::both(marker.as_deref(), Some(&format!("{key} {clause}")));
        }
    }
    requirement.marker = marker;
    requirement
}
