//! bun.lock, the text lock file of Bun. The older binary bun.lockb is not read.

use super::json::{Json, strict};
use super::license_field::printable;
use super::locked::{Locked, LockedPackage};
use super::origin;
use super::package_json::{condition, duplicate_notes, needs};
use super::text_file::TextFile;
use super::tree::{self, TreeNode};
use super::workspace::Workspace;
use crate::model::{Origin, Problem, SourceSpan};

/// Reads a lock file.
///
/// # Errors
/// When the file is not a lock file.
pub(super) fn read(file: &TextFile, workspace: &Workspace) -> Result<Locked, Problem> {
    // Strict JSON is read several times as fast; only what Bun does not write needs the other parser.
    let tidied = TextFile::new(file.name.clone(), strict(&file.text));
    let (json, file) = match Json::parse(&tidied.text) {
        Ok(json) => (json, &tidied),
        Err(_) => (with_comments(file)?, file),
    };
    if json.get("packages").is_none() && json.get("workspaces").is_none() {
        return Err(Problem::incomplete(
            Some(file.line(1)),
            "the file has neither `packages` nor `workspaces`: it is no Bun lock file",
        ));
    }
    let mut nodes = vec![(String::new(), root(&json, file))];
    for (key, entry) in json.get("packages").map(Json::members).unwrap_or_default() {
        nodes.push((location(key), packages_entry(key, entry, &json, file)));
    }
    let mut locked = tree::resolve(nodes, workspace);
    locked.problems.extend(duplicate_notes(&json, file));
    Ok(locked)
}

fn with_comments(file: &TextFile) -> Result<Json<'_>, Problem> {
    Json::parse_with_comments(&file.text).map_err(|error| {
        let place = SourceSpan::at_offset(file.name.as_str(), &file.text, error.range().start);
        let message = format!("the file is not valid JSON and was not read: {}", error.kind());
        Problem::incomplete(Some(place), message)
    })
}

fn root(json: &Json<'_>, file: &TextFile) -> TreeNode {
    let member = json.get("workspaces").and_then(|members| members.get(""));
    let name = member.and_then(|member| member.text_of("name")).map(printable).unwrap_or_default();
    let mut package = LockedPackage::new(&name, None, Origin::Project);
    package.directory = Some(String::new());
    TreeNode::package(package, member.map(|member| needs(member, file)).unwrap_or_default(), false)
}

/// `a/@s/b` is the `@s/b` that lies in `a`.
fn location(key: &str) -> String {
    let key = printable(key);
    let mut location = String::with_capacity(key.len() + 26);
    let mut in_scope = false;
    for part in key.split('/') {
        if !location.is_empty() {
            location.push('/');
        }
        if !in_scope {
            location.push_str("node_modules/");
        }
        location.push_str(part);
        in_scope = !in_scope && part.starts_with('@');
    }
    location
}

/// An entry is a list: the resolution, then, depending on its kind, registry, facts and checksum.
fn packages_entry(key: &str, entry: &Json<'_>, json: &Json<'_>, file: &TextFile) -> TreeNode {
    let elements = entry.elements();
    let resolution = elements.first().and_then(Json::text).map(printable).unwrap_or_default();
    let (name, resolved) = split_resolution(&resolution);
    let name = if name.is_empty() { key } else { name };
    let empty = Json::Null;
    let facts = elements.iter().find(|element| matches!(element, Json::Object(_))).unwrap_or(&empty);
    let registry = elements.get(1).and_then(Json::text).unwrap_or_default();
    let mut package = match resolved.strip_prefix("workspace:") {
        Some(directory) => {
            let mut package = LockedPackage::new(name, None, Origin::Path(directory.to_owned()));
            package.directory = Some(directory.to_owned());
            package
        }
        None => resolved_package(name, resolved, registry),
    };
    package.line = file.line_of(key);
    package.condition = condition(facts);
    let checksum = elements.iter().filter_map(Json::text).find(|text| text.starts_with("sha"));
    package.checksums = checksum.map(origin::integrity).unwrap_or_default();
    let member = package
        .directory
        .as_deref()
        .and_then(|directory| json.get("workspaces").and_then(|members| members.get(directory)));
    TreeNode::package(package, needs(member.unwrap_or(facts), file), false)
}

fn resolved_package(name: &str, resolved: &str, registry: &str) -> LockedPackage {
    if origin::is_address(resolved) {
        let from = origin::from_address(resolved);
        let mut package = LockedPackage::new(name, None, from);
        if let Origin::Path(path) = &package.origin {
            package.directory = Some(path.clone());
        }
        return package;
    }
    if origin::is_archive(resolved) {
        return LockedPackage::new(name, None, Origin::Archive(resolved.to_owned()));
    }
    let base = Some(registry).filter(|base| base.contains("://")).map(origin::without_credentials);
    LockedPackage::new(name, Some(resolved), Origin::Registry(base))
}

/// `@s/name@1.0.0` in its two parts.
fn split_resolution(resolution: &str) -> (&str, &str) {
    let start = usize::from(resolution.starts_with('@'));
    match resolution[start..].find('@') {
        Some(at) => (&resolution[..start + at], &resolution[start + at + 1..]),
        None => (resolution, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_locations() {
        for (key, expected) in [
            ("a", "node_modules/a"),
            ("@s/a", "node_modules/@s/a"),
            ("a/@s/b/c", "node_modules/a/node_modules/@s/b/node_modules/c"),
        ] {
            assert_eq!(location(key), expected);
        }
    }

    #[test]
    fn every_kind_of_resolution_is_told_apart() {
        let text = r#"{"lockfileVersion": 1, "workspaces": {"": {"name": "r", "dependencies": {"g": "github:a/g"}}},
            "packages": {
              "g": ["g@github:a/g#1f2e", {"dependencies": {"t": "*"}}, "a-g-1f2e"],
              "t": ["t@https://files.example/t.tgz", {}, "sha512-AAAA"],
              "l": ["l@link:../l", {}], // outside
              "d": ["d@file:local", {}],
            }}"#;
        let file = TextFile::new("bun.lock".to_owned(), text.to_owned());
        let locked = read(&file, &Workspace::default()).expect("a lock");
        let lines: Vec<_> = locked.packages.iter().map(|p| format!("{} {:?}", p.name, p.origin)).collect();
        assert_eq!(
            lines,
            [
                "r Project",
                "g Git(\"github:a/g#1f2e\")",
                "t Archive(\"https://files.example/t.tgz\")",
                "l Path(\"../l\")",
                "d Path(\"local\")",
            ]
        );
        assert_eq!(locked.packages[0].edges[0].target, Some(1));
        assert_eq!(locked.packages[1].edges[0].target, Some(2));
    }

    #[test]
    fn a_broken_file_is_refused_with_its_line() {
        let file = TextFile::new("bun.lock".to_owned(), "{\n\"packages\": {".to_owned());
        let problem = read(&file, &Workspace::default()).expect_err("broken");
        assert_eq!(problem.location.map(|place| place.line), Some(2));
    }
}
