//! Brings what the manifests ask for and what the lock file chose together, and says where they differ.

use super::license_field::printable;
use super::locked::{Locked, LockedEdge, LockedPackage, Need};
use super::origin;
use super::package_json::Manifest;
use super::workspace::{Workspace, join};
use crate::model::{Origin, Problem, Scope, SourceSpan};
use nodejs_semver::{Range, Version};

/// What the graph is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source<'a> {
    /// A lock file; the command that mends it.
    LockFile {
        /// Relative to the audited root.
        file: &'a str,
        /// `npm install`.
        command: &'a str,
    },
    /// node_modules.
    Installed,
    /// Neither: the manifests alone.
    Nothing,
}

/// How many names a message lists before it only counts.
const NAMED: usize = 10;

/// Makes every member's edges what its manifest asks for, and reports what is missing.
pub(super) fn settle(locked: &mut Locked, workspace: &Workspace, source: Source<'_>) {
    for (directory, manifest) in &workspace.members {
        let position = member_position(locked, directory, manifest);
        settle_member(locked, position, directory, manifest, source);
    }
    link_members(locked, workspace);
    report_absent(locked, workspace, source);
}

fn member_position(locked: &mut Locked, directory: &str, manifest: &Manifest) -> usize {
    if let Some(&position) = locked.members.get(directory) {
        return position;
    }
    let name = manifest.name.clone().unwrap_or_default();
    let mut package = LockedPackage::new(&name, manifest.version.as_deref(), Origin::Project);
    package.directory = Some(directory.to_owned());
    locked.packages.push(package);
    locked.members.insert(directory.to_owned(), locked.packages.len() - 1);
    locked.packages.len() - 1
}

fn settle_member(
    locked: &mut Locked,
    position: usize,
    directory: &str,
    manifest: &Manifest,
    source: Source<'_>,
) {
    let chosen = std::mem::take(&mut locked.packages[position].edges);
    let mut edges = Vec::with_capacity(manifest.needs.len());
    for need in &manifest.needs {
        let known = chosen.iter().filter(|edge| edge.need.name == need.name);
        let target = known.filter_map(|edge| edge.target).next();
        let target = target.or_else(|| local_package(locked, directory, need));
        if let Some(target) = target {
            check_range(locked, manifest, need, target, source);
        }
        edges.push(LockedEdge { need: need.clone(), target });
    }
    for edge in chosen {
        if edge.target.is_some() && !manifest.needs.iter().any(|need| need.name == edge.need.name) {
            locked.problems.push(Problem::note(
                Some(SourceSpan::file(manifest.file.as_str())),
                format!("the lock file still has `{}`, which this manifest does not ask for", edge.need.name),
            ));
            edges.push(edge);
        }
    }
    locked.packages[position].edges = edges;
}

/// A directory or archive beside the project that the manifest names itself.
fn local_package(locked: &mut Locked, from: &str, need: &Need) -> Option<usize> {
    let path = origin::local_path(&need.range)?;
    let directory = join(from, path).unwrap_or_else(|| printable(path));
    if let Some(member) = locked.members.get(&directory) {
        return Some(*member);
    }
    let known = locked.packages.iter().position(|package| package.directory.as_ref() == Some(&directory));
    if known.is_some() {
        return known;
    }
    let package = if origin::is_archive(&directory) {
        LockedPackage::new(&need.name, None, Origin::Archive(format!("file:{directory}")))
    } else {
        let mut package = LockedPackage::new(&need.name, None, Origin::Path(directory.clone()));
        package.directory = Some(directory);
        package
    };
    locked.packages.push(package);
    Some(locked.packages.len() - 1)
}

/// Tells when the lock chose a version that the manifest no longer allows.
fn check_range(locked: &mut Locked, manifest: &Manifest, need: &Need, target: usize, source: Source<'_>) {
    let package = &locked.packages[target];
    let range = need
        .range
        .strip_prefix("npm:")
        .and_then(|alias| alias.rsplit_once('@'))
        .map_or(need.range.as_str(), |(_, range)| range);
    let asked_for = matches!(need.scope, Scope::Runtime | Scope::Optional | Scope::Dev);
    if !asked_for
        || package.directory.is_some()
        || manifest.overridden.contains(&need.name)
        || matches!(range, "" | "*" | "latest")
    {
        return;
    }
    let (Some(text), Ok(asked)) = (&package.version, Range::parse(range)) else { return };
    if Version::parse(text).is_ok_and(|version| !asked.satisfies(&version)) {
        let place = Some(SourceSpan::line(manifest.file.as_str(), need.line));
        let (place_name, command) = match source {
            Source::LockFile { file, command } => (file, command),
            Source::Installed | Source::Nothing => ("node_modules", "npm install"),
        };
        locked.problems.push(Problem::incomplete(
            place,
            format!(
                "{place_name} does not match: `{}` is asked for as `{range}` but {text} is there; run `{command}`",
                need.name
            ),
        ));
    }
}

/// Without a lock file members still find each other by name.
fn link_members(locked: &mut Locked, workspace: &Workspace) {
    for directory in workspace.members.keys() {
        let Some(&position) = locked.members.get(directory) else { continue };
        for at in 0..locked.packages[position].edges.len() {
            let edge = &locked.packages[position].edges[at];
            if edge.target.is_none() {
                let found = member_named(workspace, &edge.need).and_then(|member| locked.members.get(member));
                let found = found.copied().filter(|found| *found != position);
                locked.packages[position].edges[at].target = found;
            }
        }
    }
}

fn member_named<'a>(workspace: &'a Workspace, need: &Need) -> Option<&'a String> {
    let mut members = workspace.members.iter();
    let (directory, manifest) = members.find(|(_, manifest)| manifest.name.as_ref() == Some(&need.name))?;
    let fits = || {
        let version = Version::parse(manifest.version.as_deref()?).ok()?;
        Range::parse(&need.range).ok().map(|range| range.satisfies(&version))
    };
    let asked = need.range.starts_with("workspace:") || need.range == "*" || fits().unwrap_or(false);
    asked.then_some(directory)
}

/// Direct dependencies that are nowhere become packages of unknown version; others are told.
fn report_absent(locked: &mut Locked, workspace: &Workspace, source: Source<'_>) {
    let mut optional = Vec::new();
    let mut broken = Vec::new();
    let members: Vec<usize> =
        workspace.members.keys().filter_map(|directory| locked.members.get(directory).copied()).collect();
    for position in 0..locked.packages.len() {
        for at in 0..locked.packages[position].edges.len() {
            let package = &locked.packages[position];
            let need = &package.edges[at].need;
            if package.edges[at].target.is_some() || package.bundles.contains(&need.name) {
                continue;
            }
            let is_member = members.contains(&position);
            if need.may_miss || (need.scope == Scope::Peer && source != Source::Nothing) {
                if need.scope == Scope::Optional || (is_member && !need.may_miss) {
                    optional.push(need.name.clone());
                }
                if source != Source::Nothing || need.scope == Scope::Peer {
                    continue;
                }
            }
            if is_member {
                let need = need.clone();
                if source != Source::Nothing {
                    locked.problems.push(absent_problem(workspace, locked, position, &need, source));
                }
                let target = unknown_package(locked, &need);
                locked.packages[position].edges[at].target = Some(target);
            } else {
                broken.push(format!("{} needs {}", label(package), need.name));
            }
        }
    }
    let place = match source {
        Source::LockFile { file, .. } => Some(SourceSpan::file(file)),
        Source::Installed | Source::Nothing => None,
    };
    if !broken.is_empty() {
        let text = format!("dependencies that are named but not there: {}", listed(broken));
        locked.problems.push(Problem::incomplete(place.clone(), text));
    }
    if !optional.is_empty() && source != Source::Nothing {
        let text =
            format!("optional and peer dependencies that are not there and not judged: {}", listed(optional));
        locked.problems.push(Problem::note(place, text));
    }
}

fn absent_problem(
    workspace: &Workspace,
    locked: &Locked,
    position: usize,
    need: &Need,
    source: Source<'_>,
) -> Problem {
    let directory = locked.packages[position].directory.clone().unwrap_or_default();
    let file = workspace.members.get(&directory).map(|manifest| manifest.file.as_str()).unwrap_or_default();
    let (place_name, command) = match source {
        Source::LockFile { file, command } => (file, command),
        Source::Installed | Source::Nothing => ("node_modules", "npm install"),
    };
    Problem::incomplete(
        Some(SourceSpan::line(file, need.line)),
        format!("{place_name} does not match: `{}` is not in it; run `{command}`", need.name),
    )
}

fn unknown_package(locked: &mut Locked, need: &Need) -> usize {
    let real = need.range.strip_prefix("npm:").map(|alias| {
        alias.rfind('@').map_or(alias, |at| match at {
            0 => alias,
            _ => &alias[..at],
        })
    });
    let from = if origin::is_address(&need.range) {
        origin::from_address(&need.range)
    } else {
        Origin::Registry(None)
    };
    let package = LockedPackage::new(real.unwrap_or(&need.name), None, from);
    let known = locked.packages.iter().position(|known| {
        known.version.is_none() && known.name == package.name && known.origin == package.origin
    });
    known.unwrap_or_else(|| {
        locked.packages.push(package);
        locked.packages.len() - 1
    })
}

/// `name version`, or the name alone.
pub(super) fn label(package: &LockedPackage) -> String {
    crate::model::label(&package.name, package.version.as_deref())
}

/// The first names in order, and how many more there are.
pub(super) fn listed(mut names: Vec<String>) -> String {
    names.sort();
    names.dedup();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let text = names.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}
