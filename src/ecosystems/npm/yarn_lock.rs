//! yarn.lock: requirements are its keys, so every dependency is looked up by `name@requirement`.

use super::license_field::printable;
use super::locked::{Locked, LockedEdge, LockedPackage, Need};
use super::origin;
use super::peers::add_peer_edges;
use super::text_file::TextFile;
use super::workspace::Workspace;
use super::yarn_text::{YarnEntry, YarnText, parse};
use crate::model::{Origin, Problem, Scope};
use nodejs_semver::{Range, Version};
use std::collections::HashMap;

/// Reads a lock file.
///
/// # Errors
/// When the file is not a lock file.
pub(super) fn read(file: &TextFile, workspace: &Workspace) -> Result<Locked, Problem> {
    let text = parse(&file.text);
    if let Some(line) = text.broken_line {
        return Err(Problem::incomplete(
            Some(file.line(line)),
            "this line is not what Yarn writes (a merge conflict, a cut-off file?); the lock file was not read",
        ));
    }
    let mut locked = Locked::default();
    locked.packages.extend(text.entries.iter().map(|entry| package(entry, text.is_berry)));
    let lookup = Lookup::new(&text, &mut locked, workspace);
    for (position, entry) in text.entries.iter().enumerate() {
        let edges = needs(entry).into_iter().map(|need| lookup.edge(need, &locked));
        locked.packages[position].edges = edges.collect();
    }
    for (directory, manifest) in &workspace.members {
        let Some(&position) = locked.members.get(directory) else { continue };
        let edges = manifest.needs.iter().map(|need| lookup.edge(need.clone(), &locked));
        locked.packages[position].edges = edges.collect();
    }
    if text.is_berry {
        let peers: Vec<Vec<Need>> = text.entries.iter().map(peers).collect();
        add_peer_edges(&mut locked, &peers);
    }
    locked.lacks_peers = !text.is_berry;
    Ok(locked)
}

fn package(entry: &YarnEntry<'_>, is_berry: bool) -> LockedPackage {
    let key = entry.keys.first().copied().unwrap_or_default();
    let (mut name, range) = split_descriptor(key);
    let version = entry.field("version").unwrap_or_default();
    let mut directory = None;
    let (version, origin) = if is_berry {
        let (real, reference) = split_descriptor(entry.field("resolution").unwrap_or(key));
        name = real;
        if let Some(path) = reference.strip_prefix("workspace:") {
            directory = Some(if path == "." { String::new() } else { printable(path) });
            (None, Origin::Path(printable(path)))
        } else {
            let version = Some(version).filter(|version| *version != "0.0.0-use.local");
            (version, berry_origin(reference))
        }
    } else {
        // A requirement that `resolutions` sends to an alias shares the entry, and may come first.
        let mut ranges = entry.keys.iter().map(|key| split_descriptor(key).1);
        if let Some(alias) = ranges.find_map(|range| range.strip_prefix("npm:")) {
            name = split_descriptor(alias).0;
        }
        let address = entry.field("resolved").unwrap_or(if origin::is_address(range) { range } else { "" });
        (Some(version), origin::from_address(address))
    };
    if let Origin::Path(path) = &origin
        && directory.is_none()
    {
        directory = Some(path.clone());
    }
    let mut package = LockedPackage::new(&printable(name), version.map(printable).as_deref(), origin);
    package.directory = directory;
    package.line = entry.line;
    package.condition = entry.field("conditions").map(printable);
    // The checksum of later versions is that of Yarn's own zip archive and says nothing about the package's.
    package.checksums = entry.field("integrity").map(origin::integrity).unwrap_or_default();
    if package.checksums.is_empty() {
        package.checksums.extend(entry.field("resolved").and_then(origin::sha1_fragment));
    }
    package
}

/// `npm:1.0.0`, `patch:typescript@npm%3A5.0.0#…`, `https://…`, `file:./x#./x::locator=…`.
fn berry_origin(reference: &str) -> Origin {
    let reference = reference.split("::").next().unwrap_or(reference);
    if reference.starts_with("npm:") || reference.starts_with("patch:") {
        return Origin::Registry(None);
    }
    if reference.contains("#commit=") {
        return Origin::Git(origin::without_credentials(reference));
    }
    origin::from_address(reference)
}

/// `@s/name@range` in its two parts.
fn split_descriptor(descriptor: &str) -> (&str, &str) {
    let start = usize::from(descriptor.starts_with('@'));
    match descriptor[start..].find('@') {
        Some(at) => (&descriptor[..start + at], &descriptor[start + at + 1..]),
        None => (descriptor, ""),
    }
}

fn needs(entry: &YarnEntry<'_>) -> Vec<Need> {
    let optional: Vec<_> =
        entry.table("dependenciesMeta").filter(|row| row.optional).map(|row| row.name).collect();
    let mut found = Vec::new();
    for (table, scope) in [("dependencies", Scope::Runtime), ("optionalDependencies", Scope::Optional)] {
        for row in entry.table(table) {
            let is_optional = scope == Scope::Optional || optional.contains(&row.name);
            found.push(Need {
                name: printable(row.name),
                range: printable(row.value),
                scope: if is_optional { Scope::Optional } else { scope },
                may_miss: is_optional,
                line: row.line,
            });
        }
    }
    found
}

fn peers(entry: &YarnEntry<'_>) -> Vec<Need> {
    let optional: Vec<_> =
        entry.table("peerDependenciesMeta").filter(|row| row.optional).map(|row| row.name).collect();
    let need = |row: &super::yarn_text::YarnRow<'_>| Need {
        name: printable(row.name),
        range: printable(row.value),
        scope: Scope::Peer,
        may_miss: optional.contains(&row.name),
        line: row.line,
    };
    entry.table("peerDependencies").map(need).collect()
}

/// Where each `name@requirement` leads.
struct Lookup<'a> {
    by_descriptor: HashMap<&'a str, usize>,
    /// `patch:` and `file:` without the `::locator=` that says whose path it is.
    by_path: HashMap<&'a str, Vec<usize>>,
    by_name: HashMap<&'a str, Vec<usize>>,
    members_by_name: HashMap<String, usize>,
}

impl<'a> Lookup<'a> {
    /// Members that the lock does not list (Yarn 1 lists none) are added as packages.
    fn new(text: &YarnText<'a>, locked: &mut Locked, workspace: &Workspace) -> Self {
        let mut by_descriptor = HashMap::with_capacity(text.entries.len() * 2);
        let mut by_path: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (position, entry) in text.entries.iter().enumerate() {
            for key in &entry.keys {
                by_descriptor.insert(*key, position);
                if let Some((plain, _)) = key.split_once("::") {
                    by_path.entry(plain).or_default().push(position);
                }
                let known = by_name.entry(split_descriptor(key).0).or_default();
                if known.last() != Some(&position) {
                    known.push(position);
                }
            }
            if let Some(directory) = &locked.packages[position].directory
                && entry.field("resolution").is_some_and(|resolution| resolution.contains("@workspace:"))
            {
                locked.members.insert(directory.clone(), position);
            }
        }
        let mut members_by_name = HashMap::new();
        for (directory, manifest) in &workspace.members {
            let position = *locked.members.entry(directory.clone()).or_insert_with(|| {
                let name = manifest.name.clone().unwrap_or_default();
                let mut package = LockedPackage::new(&name, manifest.version.as_deref(), Origin::Project);
                package.directory = Some(directory.clone());
                locked.packages.push(package);
                locked.packages.len() - 1
            });
            if let Some(name) = manifest.name.as_ref().filter(|_| !directory.is_empty()) {
                members_by_name.insert(name.clone(), position);
                locked.packages[position].version.clone_from(&manifest.version);
            }
        }
        Self { by_descriptor, by_path, by_name, members_by_name }
    }

    fn edge(&self, need: Need, locked: &Locked) -> LockedEdge {
        let target = self.find(&need, locked);
        LockedEdge { need, target }
    }

    fn find(&self, need: &Need, locked: &Locked) -> Option<usize> {
        let Need { name, range, .. } = need;
        let exact = format!("{name}@{range}");
        let listed = self.by_descriptor.get(exact.as_str());
        if let Some(position) =
            listed.or_else(|| self.by_descriptor.get(format!("{name}@npm:{range}").as_str()))
        {
            return Some(*position);
        }
        if let Some([only]) = self.by_path.get(exact.as_str()).map(Vec::as_slice) {
            return Some(*only);
        }
        if let Some(&member) = self.members_by_name.get(name)
            && member_fits(range, locked.packages[member].version.as_deref())
        {
            return Some(member);
        }
        if need.scope == Scope::Peer {
            return None;
        }
        // `resolutions` replace the requirement: what is left has the name only.
        let candidates = self.by_name.get(name.as_str())?;
        let fitting =
            candidates.iter().filter(|position| fits(range, locked.packages[**position].version.as_deref()));
        fitting
            .max_by_key(|position| version_of(&locked.packages[**position]))
            .or(match candidates.as_slice() {
                [only] => Some(only),
                _ => None,
            })
            .copied()
    }
}

fn version_of(package: &LockedPackage) -> Option<Version> {
    Version::parse(package.version.as_deref()?).ok()
}

fn member_fits(range: &str, version: Option<&str>) -> bool {
    range.starts_with("workspace:") || range.is_empty() || range == "*" || fits(range, version)
}

fn fits(range: &str, version: Option<&str>) -> bool {
    let range = range.strip_prefix("npm:").unwrap_or(range);
    match (Range::parse(range), version.and_then(|version| Version::parse(version).ok())) {
        (Ok(range), Some(version)) => range.satisfies(&version),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        let file = TextFile::new("yarn.lock".to_owned(), text.to_owned());
        let locked = read(&file, &Workspace::default()).expect("a lock");
        let mut lines = Vec::new();
        for package in &locked.packages {
            lines.push(format!(
                "{} {} {:?}",
                package.name,
                package.version.as_deref().unwrap_or("-"),
                package.origin
            ));
            for edge in &package.edges {
                let target = edge.target.map_or("nothing".to_owned(), |at| {
                    let target = &locked.packages[at];
                    format!("{} {}", target.name, target.version.as_deref().unwrap_or("-"))
                });
                lines.push(format!("  {} {} -> {target}", edge.need.scope, edge.need.name));
            }
        }
        lines
    }

    #[test]
    fn resolutions_leave_requirements_that_no_key_answers() {
        let found = lines(
            "a@^1:\n  version \"1.0.0\"\n  dependencies:\n    b \"^1.0.0\"\n    gone \"^1\"\n\nb@2.0.0:\n  version \"2.0.0\"\n",
        );
        assert_eq!(
            found,
            [
                "a 1.0.0 Registry(None)",
                "  runtime b -> b 2.0.0",
                "  runtime gone -> nothing",
                "b 2.0.0 Registry(None)"
            ]
        );
    }

    #[test]
    fn an_entry_that_any_requirement_calls_an_alias_is_the_package_behind_it() {
        let found = lines(concat!(
            "# yarn lockfile v1\n\n\n",
            "app@^1:\n  version \"1.0.0\"\n  dependencies:\n    nice \"^2\"\n\n",
            "\"nice@^2\", \"nice@npm:other@^1\":\n  version \"1.0.0\"\n",
        ));
        assert_eq!(
            found,
            ["app 1.0.0 Registry(None)", "  runtime nice -> other 1.0.0", "other 1.0.0 Registry(None)"]
        );
    }

    #[test]
    fn addresses_and_patches_of_later_versions() {
        let found = lines(concat!(
            "__metadata:\n  version: 8\n\n",
            "\"t@patch:t@npm%3A^5#optional!builtin<compat/t>\":\n  version: 5.0.0\n  resolution: \"t@patch:t@npm%3A5.0.0#optional!builtin<compat/t>::version=5.0.0&hash=1\"\n\n",
            "\"g@a/g\":\n  version: 1.0.0\n  resolution: \"g@https://git.example/a/g.git#commit=1f2e\"\n  dependencies:\n    t: \"patch:t@npm%3A^5#optional!builtin<compat/t>\"\n\n",
            "\"f@file:./f::locator=r%40workspace%3A.\":\n  version: 3.0.0\n  resolution: \"f@file:./f#./f::hash=1&locator=r%40workspace%3A.\"\n",
        ));
        assert_eq!(
            found,
            [
                "t 5.0.0 Registry(None)",
                "g 1.0.0 Git(\"https://git.example/a/g.git#commit=1f2e\")",
                "  runtime t -> t 5.0.0",
                "f 3.0.0 Path(\"./f\")",
            ]
        );
    }
}
