//! cargo projects: Cargo.toml, Cargo.lock, and the package sources already on this machine.
//!
//! Two ways that agree with each other:
//! - **static**, the default: lock file, manifests, vendored directories of the tree and the user's cargo home;
//!   no process is started
//! - **resolved** (`--resolve`): `cargo metadata`, see [`resolve`]
//!
//! The selection of both is that of `cargo metadata --all-features --locked` for every platform: all members with
//! all features and development dependencies, and of other packages what the lock file resolves for them.
//!
//! Entry point: [`read`]. Steps: [`workspace`] finds the local packages; [`lock`] reads the lock file; [`reconcile`]
//! holds both against each other; [`locate`] finds the sources of the rest; [`features`] tells which declarations
//! are on; [`assemble`] makes the graph; [`native`] tells what a crate holds beside its own code.
//!
//! Not read: `[patch]` by git address (the lock file states its outcome), `paths` overrides, artifact dependencies
//! as anything but ordinary ones, nested lock files of vendored packages.

mod assemble;
mod declaration;
mod document;
mod edge;
mod features;
mod home;
mod locate;
mod lock;
mod manifest;
mod matching;
mod members;
mod native;
mod reconcile;
mod resolve;
mod source;
mod vendor;
mod workspace;

use super::{ReadContext, Reading};
use crate::model::{Problem, SourceSpan};
use assemble::Root;
use lock::LockFile;
use reconcile::Given;
use source::Source;
use std::path::Path;
use vendor::Vendored;
use workspace::{Role, Workspace};

/// Whether a file name is a manifest or lock file of this ecosystem.
pub fn is_manifest(file_name: &str) -> bool {
    matches!(file_name, "Cargo.toml" | "Cargo.lock")
}

/// Reads the project in a directory: a package, a workspace root, or a member of a workspace above it.
pub fn read(directory: &Path, context: &ReadContext) -> Reading {
    let mut reading = Reading::default();
    let context = ReadContext { root: absolute(&context.root), ..context.clone() };
    let directory = absolute(directory);
    if !directory.is_dir() {
        let shown = context.relative(&directory);
        let message = format!("`{shown}` is not a directory that can be read");
        reading.problems.push(Problem::incomplete(None, message));
        return reading;
    }
    let Some(workspace) = Workspace::load(&directory, &context, &mut reading.problems) else {
        read_lock_alone(&directory, &context, &mut reading);
        return reading;
    };
    reading.read.clone_from(&workspace.read);
    read_workspace(&workspace, &context, &mut reading);
    reading
}

fn absolute(path: &Path) -> std::path::PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    declaration::join_normalised(&absolute, "")
}

fn read_workspace(workspace: &Workspace, context: &ReadContext, reading: &mut Reading) {
    let label = context.relative(&workspace.root.join("Cargo.lock"));
    let given = match workspace.root.join("Cargo.lock").symlink_metadata() {
        Ok(_) => Given::LockFile,
        Err(_) => Given::ManifestsOnly,
    };
    let mut lock = match given {
        Given::LockFile => read_lock(&workspace.root, &label, reading),
        Given::ManifestsOnly => LockFile::default(),
    };
    reconcile::reconcile(&mut lock, workspace, given, &mut reading.problems);
    let unlocked = lock.packages.iter().any(|package| package.version.is_none());
    if given == Given::ManifestsOnly && unlocked {
        reading.problems.push(no_lock_file(workspace, context));
    }
    let vendored = Vendored::load(&workspace.root, context, &mut reading.problems);
    reading.read.extend(vendored.read.clone());
    // A path dependency without a lock file of its own is read with this project and not again by itself.
    let covered = |local: &&workspace::LocalPackage| match local.role {
        Role::Project => true,
        Role::Member => false,
        Role::Path => !local.manifest.directory.join("Cargo.lock").exists(),
    };
    reading.covers =
        workspace.packages.iter().filter(covered).map(|local| local.manifest.directory.clone()).collect();
    reading.covers.push(workspace.root.clone());
    reading.covers.sort();
    reading.covers.dedup();
    let input =
        Input { lock, workspace, vendored, graph_source: (given == Given::LockFile).then_some(label) };
    let resolved = context.resolve.then(|| resolve::read(&input, context, &mut reading.problems)).flatten();
    reading.graph = match resolved {
        Some(graph) => graph,
        None => read_static(&input, context, &mut reading.problems),
    };
    reading.read.sort();
}

/// Everything that both ways start from.
struct Input<'w> {
    lock: LockFile,
    workspace: &'w Workspace,
    vendored: Vendored,
    /// The lock file, relative to the audited root.
    graph_source: Option<String>,
}

fn read_static(
    input: &Input<'_>,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> crate::model::DependencyGraph {
    let (lock, workspace) = (&input.lock, input.workspace);
    let roots = roots(lock, workspace, |role| role == Role::Project);
    let members = self::roots(lock, workspace, |role| role != Role::Path);
    let reached = assemble::reachable(lock, members.iter().map(|root| root.package));
    if let Some(label) = &input.graph_source {
        problems.extend(assemble::surplus(lock, &reached, label));
    }
    let sources = locate::locate(lock, &reached, workspace, &input.vendored, context, problems);
    let edges = assemble::static_edges(lock, &sources);
    let mut facts: Vec<_> = sources.iter().map(|sources| sources.as_ref().map(assemble::facts)).collect();
    assemble::build(lock, &mut facts, edges, roots, input.graph_source.as_deref(), context)
}

/// The entries of the lock file that are local packages of a role. If no manifest could be read: every local
/// entry that nothing else depends on.
fn roots(lock: &LockFile, workspace: &Workspace, wanted: impl Fn(Role) -> bool) -> Vec<Root> {
    let local = lock.packages.iter().enumerate().filter(|(_, package)| package.source == Source::Local);
    let known: Vec<Root> = local
        .filter_map(|(index, package)| {
            let found = locate::local(workspace, package).filter(|local| wanted(local.role))?;
            Some(Root { package: index, manifest: found.manifest.label.clone() })
        })
        .collect();
    match known.is_empty() {
        true => orphans(lock, workspace.read.first().map_or("Cargo.toml", String::as_str)),
        false => known,
    }
}

fn orphans(lock: &LockFile, manifest: &str) -> Vec<Root> {
    let mut needed = vec![false; lock.packages.len()];
    for (from, package) in lock.packages.iter().enumerate() {
        for edge in package.dependencies.iter().filter(|edge| edge.to != from) {
            needed[edge.to] = true;
        }
    }
    let local = lock.packages.iter().enumerate().filter(|(_, package)| package.source == Source::Local);
    let mut roots: Vec<usize> =
        local.clone().filter(|(index, _)| !needed[*index]).map(|(index, _)| index).collect();
    if roots.is_empty() {
        roots = local.map(|(index, _)| index).collect();
    }
    roots.into_iter().map(|package| Root { package, manifest: manifest.to_owned() }).collect()
}

fn read_lock(root: &Path, label: &str, reading: &mut Reading) -> LockFile {
    let Some(text) = document::read_text(&root.join("Cargo.lock"), label, &mut reading.problems) else {
        return LockFile::default();
    };
    reading.read.push(label.to_owned());
    LockFile::parse(&text, label, &mut reading.problems)
}

/// A directory whose Cargo.toml cannot be read: the lock file alone still names the packages.
fn read_lock_alone(directory: &Path, context: &ReadContext, reading: &mut Reading) {
    if !directory.join("Cargo.lock").is_file() {
        return;
    }
    let workspace = Workspace { root: directory.to_owned(), packages: Vec::new(), read: Vec::new() };
    read_workspace(&workspace, context, reading);
}

fn no_lock_file(workspace: &Workspace, context: &ReadContext) -> Problem {
    let place = context.relative(&workspace.root.join("Cargo.toml"));
    Problem::incomplete(
        Some(SourceSpan::file(place)),
        "there is no Cargo.lock, so versions and transitive dependencies are unknown; run \
         `cargo generate-lockfile`",
    )
}
