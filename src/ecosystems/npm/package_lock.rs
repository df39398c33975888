//! package-lock.json and npm-shrinkwrap.json, versions 1, 2 and 3, and node_modules/.package-lock.json.
//!
//! Version 2 holds the graph twice; its `packages` are read, as npm 7 and later do.

use super::json::Json;
use super::license_field::{printable, statements};
use super::locked::{Locked, LockedPackage, Need};
use super::origin;
use super::package_json::{condition, duplicate_notes, json_problem, needs};
use super::text_file::TextFile;
use super::tree::{self, TreeNode};
use super::workspace::Workspace;
use crate::model::{Origin, Problem, Scope};

/// Reads a lock file.
///
/// # Errors
/// When the file is not a lock file.
pub(super) fn read(file: &TextFile, workspace: &Workspace) -> Result<Locked, Problem> {
    let json = Json::parse(&file.text).map_err(|error| json_problem(file, &error))?;
    let mut nodes = Vec::new();
    if let Some(packages) = json.get("packages") {
        for (location, entry) in packages.members() {
            nodes.push((normal(location), packages_entry(location, entry, file)));
        }
    } else if json.get("dependencies").is_some() || json.get("lockfileVersion").is_some() {
        let table = json.get("dependencies").map(Json::members).unwrap_or_default();
        nested_entries("", table, file, &mut nodes);
    } else {
        return Err(Problem::incomplete(
            Some(file.line(1)),
            "the file has neither `packages` nor `dependencies`: it is no npm lock file",
        ));
    }
    if !nodes.iter().any(|(location, _)| location.is_empty()) {
        nodes.push((String::new(), root_entry(&json)));
    }
    let mut locked = tree::resolve(nodes, workspace);
    locked.lacks_peers = json.get("packages").is_none();
    locked.problems.extend(duplicate_notes(&json, file));
    Ok(locked)
}

/// Lock files from Windows may hold backslashes.
fn normal(location: &str) -> String {
    printable(location).replace('\\', "/").trim_end_matches('/').to_owned()
}

fn root_entry(json: &Json<'_>) -> TreeNode {
    let name = json.text_of("name").map(printable).unwrap_or_default();
    let version = json.text_of("version").map(printable);
    let mut package = LockedPackage::new(&name, version.as_deref(), Origin::Project);
    package.directory = Some(String::new());
    TreeNode::package(package, Vec::new(), false)
}

/// An entry of `packages`, versions 2 and 3.
fn packages_entry(location: &str, entry: &Json<'_>, file: &TextFile) -> TreeNode {
    let resolved = entry.text_of("resolved");
    if entry.is_true("link") {
        return TreeNode::Link(resolved.map(normal).unwrap_or_default());
    }
    let place = normal(location);
    let name = entry.text_of("name").map_or_else(|| name_at(&place).to_owned(), printable);
    let version = entry.text_of("version").map(printable);
    let is_installed = place.starts_with("node_modules/") || place.contains("/node_modules/");
    let origin = match resolved {
        _ if !is_installed => Origin::Path(place.clone()),
        Some(address) => origin::from_address(address),
        None => Origin::Registry(None),
    };
    let mut package = LockedPackage::new(&name, version.as_deref(), origin);
    package.directory = (!is_installed).then_some(place);
    package.line = file.line_of(location);
    package.license = statements(entry).0;
    package.checksums = entry.text_of("integrity").map(origin::integrity).unwrap_or_default();
    package.condition = condition(entry);
    TreeNode::package(package, needs(entry, file), entry.is_true("optional"))
}

/// `@scope/name` of `a/node_modules/@scope/name`; the last component of a directory.
fn name_at(location: &str) -> &str {
    let marker = "node_modules/";
    match location.rfind(marker) {
        Some(at) => &location[at + marker.len()..],
        None => location.rsplit('/').next().unwrap_or(location),
    }
}

/// The nested `dependencies` of version 1.
fn nested_entries(
    parent: &str,
    table: &[(std::borrow::Cow<'_, str>, Json<'_>)],
    file: &TextFile,
    nodes: &mut Vec<(String, TreeNode)>,
) {
    for (name, entry) in table {
        let clean = printable(name);
        let location = if parent.is_empty() {
            format!("node_modules/{clean}")
        } else {
            format!("{parent}/node_modules/{clean}")
        };
        let mut package = nested_package(&clean, entry);
        package.line = file.line_of(name);
        let optional = entry.is_true("optional");
        nodes.push((location.clone(), TreeNode::package(package, requires(entry, file), optional)));
        let inner = entry.get("dependencies").map(Json::members).unwrap_or_default();
        nested_entries(&location, inner, file, nodes);
    }
}

/// In version 1 the version says where the package comes from: a number, an alias or an address.
fn nested_package(name: &str, entry: &Json<'_>) -> LockedPackage {
    let version = entry.text_of("version").map(printable).unwrap_or_default();
    if let Some((real, number)) = version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
        let mut package = LockedPackage::new(real, Some(number), resolved_origin(entry));
        package.checksums = entry.text_of("integrity").map(origin::integrity).unwrap_or_default();
        return package;
    }
    let mut package = if origin::is_address(&version) {
        let from = origin::from_address(&version);
        let directory = match &from {
            Origin::Path(path) => Some(path.clone()),
            _ => None,
        };
        let mut package = LockedPackage::new(name, None, from);
        package.directory = directory;
        package
    } else {
        LockedPackage::new(name, Some(&version), resolved_origin(entry))
    };
    package.license = statements(entry).0;
    package.checksums = entry.text_of("integrity").map(origin::integrity).unwrap_or_default();
    package
}

fn resolved_origin(entry: &Json<'_>) -> Origin {
    entry.text_of("resolved").map_or(Origin::Registry(None), origin::from_address)
}

fn requires(entry: &Json<'_>, file: &TextFile) -> Vec<Need> {
    let table = entry.get("requires").map(Json::members).unwrap_or_default();
    let need = |(name, range): &(std::borrow::Cow<'_, str>, Json<'_>)| Need {
        name: printable(name),
        range: range.text().map(printable).unwrap_or_default(),
        scope: Scope::Runtime,
        may_miss: false,
        line: file.line_of(name),
    };
    table.iter().map(need).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Locked, Problem> {
        read(&TextFile::new("package-lock.json".to_owned(), text.to_owned()), &Workspace::default())
    }

    #[test]
    fn version_1_states_addresses_as_versions() {
        let locked = read_text(
            r#"{"lockfileVersion": 1, "dependencies": {
                "alias": {"version": "npm:@s/real@2.0.0"},
                "dir": {"version": "file:../dir"},
                "git": {"version": "git+https://git.example/a.git#1f2e", "from": "git+https://git.example/a.git"}
            }}"#,
        )
        .expect("a lock");
        let lines: Vec<_> = locked.packages[..3]
            .iter()
            .map(|p| format!("{} {:?} {:?}", p.name, p.version.as_deref().unwrap_or("-"), p.origin))
            .collect();
        assert_eq!(
            lines,
            [
                "@s/real \"2.0.0\" Registry(None)",
                "dir \"-\" Path(\"../dir\")",
                "git \"-\" Git(\"git+https://git.example/a.git#1f2e\")",
            ]
        );
    }

    #[test]
    fn what_is_no_lock_file_is_refused() {
        assert!(read_text("{}").is_err());
        assert!(read_text("[]").is_err());
        let truncated =
            read_text("{\"packages\": {\n\"node_modules/a\": {\"version\":").expect_err("truncated");
        assert_eq!(truncated.location.map(|place| place.line), Some(2));
    }
}
