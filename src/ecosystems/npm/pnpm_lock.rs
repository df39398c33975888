//! pnpm-lock.yaml, versions 5.4, 6 and 9.
//!
//! The versions differ in the keys: `/name/1.0.0_peer@2.0.0`, `/name@1.0.0(peer@2.0.0)`, `name@1.0.0(peer@2.0.0)`;
//! version 9 keeps what a package is (`packages`) apart from what it was joined with (`snapshots`).

use super::license_field::printable;
use super::locked::{Locked, LockedEdge, LockedPackage, Need, platform_condition};
use super::origin;
use super::pnpm_raw::{self, RawImporter, RawLock, RawPackage, RawResolution};
use super::text_file::TextFile;
use super::workspace::{Workspace, join};
use crate::model::{Origin, Problem, Scope};
use std::collections::{BTreeMap, HashMap};

/// Reads a lock file.
///
/// # Errors
/// When the file is not a lock file.
pub(super) fn read(file: &TextFile, workspace: &Workspace) -> Result<Locked, Problem> {
    let raw = pnpm_raw::read(file)?;
    let lines = key_lines(&file.text);
    let mut locked = Locked::default();
    let mut positions: HashMap<&str, usize> = HashMap::new();
    let snapshots = if raw.snapshots.is_empty() { &raw.packages } else { &raw.snapshots };
    for (key, snapshot) in snapshots {
        let described = raw.packages.get(key).or_else(|| raw.packages.get(without_peers(key)));
        let mut package = package(key, described.map_or(snapshot.as_ref(), Box::as_ref));
        package.line =
            lines.get(key.as_str()).or_else(|| lines.get(without_peers(key))).copied().unwrap_or(0);
        positions.insert(key, locked.packages.len());
        locked.packages.push(package);
    }
    let importers = importers(&raw);
    for (directory, _) in &importers {
        let mut member = LockedPackage::new("", None, Origin::Path(directory.clone()));
        if let Some(manifest) = workspace.members.get(directory) {
            member.name = manifest.name.clone().unwrap_or_default();
            member.version.clone_from(&manifest.version);
        }
        member.directory = Some(directory.clone());
        locked.members.insert(directory.clone(), locked.packages.len());
        locked.packages.push(member);
    }
    let mut lookup = Lookup { positions, directories: HashMap::new() };
    for (key, snapshot) in snapshots {
        let Some(&position) = lookup.positions.get(key.as_str()) else { continue };
        let described = raw.packages.get(key).or_else(|| raw.packages.get(without_peers(key)));
        let line = locked.packages[position].line;
        let needs = snapshot_needs(snapshot, described.map_or(snapshot.as_ref(), Box::as_ref), line);
        let edges = needs.into_iter().map(|(need, reference)| lookup.edge(need, &reference, "", &mut locked));
        let edges: Vec<_> = edges.collect();
        locked.packages[position].edges = edges;
    }
    for (directory, importer) in &importers {
        let Some(&position) = locked.members.get(directory) else { continue };
        let needs = importer_needs(importer);
        let edges =
            needs.into_iter().map(|(need, reference)| lookup.edge(need, &reference, directory, &mut locked));
        let edges: Vec<_> = edges.collect();
        locked.packages[position].edges = edges;
    }
    Ok(locked)
}

/// A lock of one project has no `importers`; its dependencies stand at the top.
fn importers(raw: &RawLock) -> Vec<(String, &RawImporter)> {
    let named = raw.importers.iter().filter_map(|(directory, importer)| {
        let directory = if directory == "." { String::new() } else { join("", directory)? };
        Some((directory, importer))
    });
    let mut found: Vec<_> = named.collect();
    if found.is_empty() {
        found.push((String::new(), &raw.root));
    }
    found
}

fn package(key: &str, raw: &RawPackage) -> LockedPackage {
    let (key_name, key_version) = split_key(key);
    let name = raw.name.as_deref().or(key_name).unwrap_or(key);
    let from = resolution_origin(&raw.resolution, key_version);
    let version = match &raw.version {
        Some(version) => Some(printable(version)),
        None if matches!(from, Origin::Registry(_)) => key_version.map(printable),
        None => None,
    };
    let mut package = LockedPackage::new(&printable(name), version.as_deref(), from);
    if let Origin::Path(path) = &package.origin {
        package.directory = Some(path.clone());
    }
    package.checksums = raw.resolution.integrity.as_deref().map(origin::integrity).unwrap_or_default();
    package.condition = platform_condition(&raw.os.0, &raw.cpu.0, &raw.libc.0);
    package.bundles = raw.bundled_dependencies.0.iter().map(|name| printable(name)).collect();
    package
}

fn resolution_origin(resolution: &RawResolution, version: Option<&str>) -> Origin {
    if let Some(directory) = &resolution.directory {
        return Origin::Path(printable(directory));
    }
    if let Some(repository) = &resolution.repo {
        let commit = resolution.commit.as_deref().unwrap_or_default();
        return Origin::Git(printable(&format!("{}#{commit}", origin::without_credentials(repository))));
    }
    match (&resolution.tarball, version) {
        (Some(tarball), _) => origin::from_address(&printable(tarball)),
        (None, Some(version)) => origin::from_address(&printable(version)),
        (None, None) => Origin::Unknown,
    }
}

/// Name and version of a key; `None` where the key is an address.
fn split_key(key: &str) -> (Option<&str>, Option<&str>) {
    let plain = without_peers(key);
    let (plain, is_rooted) = plain.strip_prefix('/').map_or((plain, false), |rest| (rest, true));
    let scope_end = if plain.starts_with('@') { plain.find('/').map_or(0, |at| at + 1) } else { 0 };
    let after = |sign: char| plain[scope_end..].find(sign).map(|at| at + scope_end);
    match (after('@'), after('/')) {
        (Some(at), slash) if !is_rooted || slash.is_none_or(|slash| at < slash) => {
            (Some(&plain[..at]), Some(&plain[at + 1..]))
        }
        // Version 5: `/@scope/name/1.0.0_peer@2.0.0`.
        (_, Some(slash)) if is_rooted => (Some(&plain[..slash]), plain[slash + 1..].split('_').next()),
        _ => (None, None),
    }
}

/// The key without its `(peer@1.0.0)` suffixes.
fn without_peers(key: &str) -> &str {
    if key.ends_with(')') { key.find('(').map_or(key, |at| &key[..at]) } else { key }
}

fn snapshot_needs(snapshot: &RawPackage, described: &RawPackage, line: u32) -> Vec<(Need, String)> {
    let mut found = Vec::new();
    let tables =
        [(&snapshot.dependencies, Scope::Runtime), (&snapshot.optional_dependencies, Scope::Optional)];
    for (table, scope) in tables {
        for (name, reference) in table {
            let peer = described.peer_dependencies.get(name);
            let optional_peer = described.peer_dependencies_meta.get(name).is_some_and(|meta| meta.optional);
            let need = Need {
                name: printable(name),
                range: peer.cloned().unwrap_or_default(),
                scope: if peer.is_some() { Scope::Peer } else { scope },
                may_miss: scope == Scope::Optional || optional_peer,
                line,
            };
            found.push((need, reference.clone()));
        }
    }
    found
}

fn importer_needs(importer: &RawImporter) -> Vec<(Need, String)> {
    let tables = [
        (&importer.dependencies, Scope::Runtime),
        (&importer.optional_dependencies, Scope::Optional),
        (&importer.dev_dependencies, Scope::Dev),
    ];
    let mut found = Vec::new();
    for (table, scope) in tables {
        for (name, reference) in table {
            let range = reference.specifier.as_ref().or_else(|| importer.specifiers.get(name));
            let need = Need {
                name: printable(name),
                range: range.cloned().unwrap_or_default(),
                scope,
                may_miss: scope == Scope::Optional,
                line: 0,
            };
            found.push((need, reference.version.clone()));
        }
    }
    found
}

struct Lookup<'a> {
    positions: HashMap<&'a str, usize>,
    /// Linked directories that are no member.
    directories: HashMap<String, usize>,
}

impl Lookup<'_> {
    /// A reference is a key, or the version part of one, or `link:` and a directory.
    fn edge(&mut self, need: Need, reference: &str, from: &str, locked: &mut Locked) -> LockedEdge {
        let name = need.name.as_str();
        let target = match reference.strip_prefix("link:") {
            Some(path) => Some(self.linked(name, path, from, locked)),
            None => self.positions.get(reference).copied().or_else(|| self.position(name, reference)),
        };
        // A member that is copied in (`file:packages/lib`) is still that member.
        let member = target.and_then(|target| {
            let directory = locked.packages[target].directory.as_ref()?;
            locked.members.get(directory).copied()
        });
        LockedEdge { need, target: member.or(target) }
    }

    fn position(&self, name: &str, reference: &str) -> Option<usize> {
        let at = |key: &str| self.positions.get(key).copied();
        at(&format!("{name}@{reference}"))
            .or_else(|| at(&format!("/{name}@{reference}")))
            .or_else(|| at(&format!("/{name}/{reference}")))
    }

    fn linked(&mut self, name: &str, path: &str, from: &str, locked: &mut Locked) -> usize {
        let directory = join(from, path).unwrap_or_else(|| printable(path));
        if let Some(member) = locked.members.get(&directory) {
            return *member;
        }
        *self.directories.entry(directory.clone()).or_insert_with(|| {
            let mut package = LockedPackage::new(name, None, Origin::Path(directory.clone()));
            package.directory = Some(directory);
            locked.packages.push(package);
            locked.packages.len() - 1
        })
    }
}

/// The lines of the keys of `packages`: the two-space level below that heading.
fn key_lines(text: &str) -> BTreeMap<&str, u32> {
    let mut lines = BTreeMap::new();
    let mut inside = false;
    for (position, line) in text.lines().enumerate() {
        if !line.starts_with([' ', '#']) && !line.is_empty() {
            inside = line.trim_end() == "packages:";
        } else if inside
            && let Some(key) = line.strip_prefix("  ").filter(|rest| !rest.starts_with([' ', '#']))
        {
            let key = key.trim_end().trim_end_matches("{}").trim_end().trim_end_matches(':');
            let key = key.trim_matches(['\'', '"']);
            lines.insert(key, u32::try_from(position + 1).unwrap_or(u32::MAX));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_version_are_split() {
        let cases = [
            ("/a/1.0.0", Some("a"), Some("1.0.0")),
            ("/@s/a/1.0.0_p@2.0.0+q@1.0.0", Some("@s/a"), Some("1.0.0")),
            ("/a/1.0.0_p@2.0.0", Some("a"), Some("1.0.0")),
            ("/a@1.0.0(p@2.0.0)(@q/r@1.0.0)", Some("a"), Some("1.0.0")),
            ("/@s/a@1.0.0", Some("@s/a"), Some("1.0.0")),
            ("a@1.0.0(p@2.0.0)", Some("a"), Some("1.0.0")),
            ("@s/a_b@1.0.0", Some("@s/a_b"), Some("1.0.0")),
            ("a@file:local", Some("a"), Some("file:local")),
            ("github.com/a/b/1f2e", None, None),
            ("file:local", None, None),
        ];
        for (key, name, version) in cases {
            assert_eq!(split_key(key), (name, version), "{key}");
        }
    }

    #[test]
    fn git_and_local_packages_keep_their_origin() {
        let text = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      g:\n        specifier: github:a/g\n        version: https://codeload.example/a/g/tar.gz/1f2e\n      l:\n        specifier: link:../l\n        version: link:../l\npackages:\n  g@https://codeload.example/a/g/tar.gz/1f2e:\n    resolution: {tarball: https://codeload.example/a/g/tar.gz/1f2e}\n    version: 4.0.0\nsnapshots:\n  g@https://codeload.example/a/g/tar.gz/1f2e: {}\n";
        let file = TextFile::new("pnpm-lock.yaml".to_owned(), text.to_owned());
        let locked = read(&file, &Workspace::default()).expect("a lock");
        let root = &locked.packages[locked.members[""]];
        let targets: Vec<_> = root
            .edges
            .iter()
            .map(|edge| {
                let target = &locked.packages[edge.target.expect("resolved")];
                format!("{} {:?} {:?} {}", target.name, target.version, target.origin, target.line)
            })
            .collect();
        assert_eq!(
            targets,
            [
                "g Some(\"4.0.0\") Archive(\"https://codeload.example/a/g/tar.gz/1f2e\") 12",
                "l None Path(\"../l\") 0",
            ]
        );
    }
}
