//! Poetry's own tables in pyproject.toml: `dependencies`, groups, the old `dev-dependencies`, `extras`.

use super::developers::is_for_running;
use super::manifest::{Declared, Manifest, origin_of};
use super::marker;
use super::requirement::{Requirement, normalise};
use super::text::Document;
use super::tree::{Node, Value};
use crate::ecosystems::ReadContext;
use crate::model::{LicenseStatement, Origin, Problem, Scope, SourceSpan};
use std::path::Path;

/// Adds what the `[tool.poetry]` table says to a manifest. PEP 621 fields that are there win.
pub(super) fn read(
    poetry: &Node,
    document: &Document,
    directory: &Path,
    context: &ReadContext,
    manifest: &mut Manifest,
    problems: &mut Vec<Problem>,
) {
    manifest.describes_project |= poetry.get("name").is_some() || poetry.get("dependencies").is_some();
    manifest.name = manifest.name.take().or_else(|| poetry.text("name").map(str::to_owned));
    manifest.version = manifest.version.take().or_else(|| poetry.text("version").map(str::to_owned));
    let details = &mut manifest.details;
    details.description =
        details.description.take().or_else(|| poetry.text("description").map(str::to_owned));
    details.homepage = details.homepage.take().or_else(|| poetry.text("homepage").map(str::to_owned));
    details.repository = details.repository.take().or_else(|| poetry.text("repository").map(str::to_owned));
    if let Some(license) = poetry.text("license") {
        let place = poetry.place_of("license", document);
        manifest.add_license(LicenseStatement::FreeText(license.to_owned()), place);
    }
    for classifier in poetry.list("classifiers") {
        if let Some(text) = classifier.as_text() {
            manifest.add_classifier(text, document.span(classifier.offset));
        }
    }
    let mut reader = Reader { poetry, document, directory, context, manifest, problems };
    if let Some(table) = poetry.get("dependencies") {
        reader.table(table, Scope::Runtime);
    }
    if let Some(table) = poetry.get("dev-dependencies") {
        reader.table(table, Scope::Dev);
    }
    if let Some(groups) = poetry.get("group") {
        for (name, _, group) in groups.entries() {
            if let Some(table) = group.get("dependencies") {
                let scope = match normalise(name) {
                    name if name == "main" => Scope::Runtime,
                    name if is_for_running(&name) => Scope::Optional,
                    _ => Scope::Dev,
                };
                reader.table(table, scope);
            }
        }
    }
}

struct Reader<'a> {
    poetry: &'a Node,
    document: &'a Document,
    directory: &'a Path,
    context: &'a ReadContext,
    manifest: &'a mut Manifest,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn table(&mut self, table: &Node, scope: Scope) {
        for (name, offset, value) in table.entries() {
            // `python` is the interpreter, not a package.
            if normalise(name) == "python" {
                continue;
            }
            let place = self.document.span(*offset);
            let variants = match &value.value {
                Value::List(items) => items.as_slice(),
                _ => std::slice::from_ref(value),
            };
            for variant in variants {
                self.variant(name, variant, &place, scope);
            }
        }
    }

    fn variant(&mut self, name: &str, value: &Node, place: &SourceSpan, scope: Scope) {
        if !super::requirement::is_name(name) {
            let message =
                format!("`{}` is not a package name; correct it", super::requirement::shorten(name));
            self.problems.push(Problem::incomplete(Some(place.clone()), message));
            return;
        }
        let requirement = requirement(name, value);
        if let Some(Err(reason)) = requirement.marker.as_deref().map(marker::Marker::parse) {
            let message = format!("{name}: the marker is not valid: {reason}; the dependency is kept");
            self.problems.push(Problem::fact_missing(Some(place.clone()), message));
        }
        if let Some(specifier) = &requirement.specifier
            && super::version::satisfies(specifier, "1.0").is_none()
        {
            let message =
                format!("{name}: the version specifier `{specifier}` is not valid; the dependency is kept");
            self.problems.push(Problem::fact_missing(Some(place.clone()), message));
        }
        let enriches = scope == Scope::Runtime && value.get("version").is_none() && self.is_declared(name);
        let origin = origin(value, self.directory, self.context);
        if enriches {
            // With PEP 621 dependencies, Poetry's table only adds sources to them.
            self.enrich(name, origin);
            return;
        }
        let extras: Vec<String> = extras_with(self.poetry, name).map(str::to_owned).collect();
        let mut declared = Declared::new(requirement, place.clone());
        declared.origin = origin;
        if scope == Scope::Dev {
            self.manifest.declared.push(declared.for_development());
        } else if scope == Scope::Optional {
            self.manifest.declared.push(declared.made_optional());
        } else if value.flag("optional") && !extras.is_empty() {
            for extra in extras {
                self.manifest.declared.push(declared.clone().for_extra(&extra));
            }
        } else if value.flag("optional") {
            self.manifest.declared.push(declared.made_optional());
        } else {
            self.manifest.declared.push(declared);
        }
    }

    fn is_declared(&self, name: &str) -> bool {
        self.manifest.declared.iter().any(|known| known.requirement.key() == normalise(name))
    }

    fn enrich(&mut self, name: &str, origin: Option<Origin>) {
        for known in &mut self.manifest.declared {
            if known.requirement.key() == normalise(name) {
                known.origin = known.origin.take().or_else(|| origin.clone());
            }
        }
    }
}

/// The extras of a table with `extras` whose lists name a dependency; a list holds `name`, `name (specifier)` or
/// `name[extra]`.
pub(super) fn extras_with<'a>(table: &'a Node, name: &str) -> impl Iterator<Item = &'a str> {
    let name = normalise(name);
    let is_wanted =
        move |member: &Node| Requirement::parse(member.as_text()?).ok().filter(|read| read.key() == name);
    let extras = table.get("extras").map(Node::entries).unwrap_or_default();
    extras
        .iter()
        .filter(move |(_, _, members)| members.items().iter().any(|member| is_wanted(member).is_some()))
        .map(|(extra, _, _)| extra.as_str())
}

/// A dependency of Poetry's notation: a constraint, or a table with `version`, `extras`, `markers`, `python`.
pub(super) fn requirement(name: &str, value: &Node) -> Requirement {
    let mut requirement = Requirement::named(name);
    if let Some(constraint) = value.as_text() {
        requirement.specifier = Some(constraint.to_owned());
        return requirement;
    }
    requirement.specifier = value.text("version").map(str::to_owned);
    requirement.extras = value.texts("extras").into_iter().map(normalise).collect();
    let python = value.text("python").filter(|text| *text != "*").and_then(python_marker);
    let platform = value.text("platform").map(|platform| format!("sys_platform == '{platform}'"));
    let known = marker::both(value.text("markers"), python.as_deref());
    requirement.marker = marker::both(known.as_deref(), platform.as_deref());
    requirement
}

/// Poetry's `python = ">=3.8,<3.11"` as a marker; `^` and `~` are spelled out.
fn python_marker(constraint: &str) -> Option<String> {
    let branches: Vec<String> = constraint.split("||").filter_map(python_branch).collect();
    match branches.len() {
        0 => None,
        1 => branches.into_iter().next(),
        _ => Some(branches.join(" or ")),
    }
}

fn python_branch(branch: &str) -> Option<String> {
    let mut clauses = Vec::new();
    for part in branch.split([',', ' ']).filter(|part| !part.is_empty()) {
        let split = part.find(|letter: char| letter.is_ascii_digit())?;
        let (operator, version) = part.split_at(split);
        let variable =
            if version.matches('.').count() > 1 { "python_full_version" } else { "python_version" };
        match operator {
            "^" => {
                let major: u64 = version.split('.').next()?.parse().ok()?;
                clauses.push(format!("{variable} >= '{version}' and python_version < '{}.0'", major + 1));
            }
            "~" => clauses.push(format!("{variable} ~= '{version}.0'")),
            "" => clauses.push(format!("{variable} == '{version}'")),
            "<" | "<=" | ">" | ">=" | "==" | "!=" | "~=" => {
                clauses.push(format!("{variable} {operator} '{version}'"));
            }
            _ => return None,
        }
    }
    (!clauses.is_empty()).then(|| clauses.join(" and "))
}

fn origin(value: &Node, directory: &Path, context: &ReadContext) -> Option<Origin> {
    let revision = ["rev", "tag", "branch"].into_iter().find_map(|key| value.text(key));
    let address = match (value.text("git"), value.text("url"), value.text("path")) {
        (Some(git), _, _) => match revision {
            Some(revision) => format!("git+{git}@{revision}"),
            None => format!("git+{git}"),
        },
        (_, Some(address), _) | (_, _, Some(address)) => address.to_owned(),
        _ => return None,
    };
    Some(origin_of(&address, directory, context))
}

#[cfg(test)]
mod tests {
    use super::python_marker;

    #[test]
    fn python_constraints_become_markers() {
        let cases = [
            ("<3.11", "python_version < '3.11'"),
            (">=3.8,<3.11", "python_version >= '3.8' and python_version < '3.11'"),
            ("^3.8", "python_version >= '3.8' and python_version < '4.0'"),
            ("<3.8 || >=3.11.2", "python_version < '3.8' or python_full_version >= '3.11.2'"),
        ];
        for (constraint, expected) in cases {
            assert_eq!(python_marker(constraint).as_deref(), Some(expected));
        }
        assert_eq!(python_marker("what"), None);
    }
}
