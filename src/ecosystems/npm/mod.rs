//! npm projects, whatever client installs them: package.json, the lock files of npm, Yarn, pnpm and Bun, and
//! what is installed in node_modules or in Yarn's archives.
//!
//! The graph comes from one lock file. If there are several, it is that of the client that `packageManager` in
//! package.json names; else the first of npm-shrinkwrap.json, package-lock.json, pnpm-lock.yaml, yarn.lock,
//! bun.lock. Without a lock file it comes from node_modules; without that the direct dependencies alone are known.
//! Licenses come from the installed package.json files, and from the lock file where it has them.
//!
//! A reader of one format makes [`locked::Locked`]; [`settle`] compares it with the manifests; [`assemble`] makes
//! the graph.

mod archives;
mod assemble;
mod bun_lock;
mod bundling;
mod installed;
mod json;
mod license_field;
mod locked;
mod origin;
mod other_locks;
mod package_json;
mod package_lock;
mod peers;
mod pnpm_lock;
mod pnpm_raw;
mod settle;
mod text_file;
mod tree;
mod workspace;
mod yaml_lines;
#[cfg(test)]
mod yaml_lines_tests;
mod yaml_node;
mod yarn_lock;
mod yarn_text;

use super::{ReadContext, Reading};
use crate::model::{Problem, SourceSpan};
use archives::Archives;
use assemble::Assembly;
use installed::Installed;
use locked::Locked;
use other_locks::OtherLocks;
use package_json::Manifest;
use settle::{Source, settle};
use std::path::Path;
use text_file::TextFile;
use workspace::Workspace;

/// A lock file's name, the client that writes it, and the command that writes it anew without installing.
struct LockFormat {
    file: &'static str,
    client: &'static str,
    command: &'static str,
    read: fn(&TextFile, &Workspace) -> Result<Locked, Problem>,
}

/// In the order in which they are taken if `packageManager` does not decide.
const FORMATS: [LockFormat; 5] = [
    LockFormat {
        file: "npm-shrinkwrap.json",
        client: "npm",
        command: "npm install --package-lock-only",
        read: package_lock::read,
    },
    LockFormat {
        file: "package-lock.json",
        client: "npm",
        command: "npm install --package-lock-only",
        read: package_lock::read,
    },
    LockFormat {
        file: "pnpm-lock.yaml",
        client: "pnpm",
        command: "pnpm install --lockfile-only",
        read: pnpm_lock::read,
    },
    LockFormat { file: "yarn.lock", client: "yarn", command: "yarn install", read: yarn_lock::read },
    LockFormat {
        file: "bun.lock",
        client: "bun",
        command: "bun install --lockfile-only",
        read: bun_lock::read,
    },
];

/// Bun's older lock file, which is binary.
const BINARY_LOCK: &str = "bun.lockb";

/// The lock file that npm keeps inside node_modules.
const HIDDEN_LOCK: &str = "node_modules/.package-lock.json";

/// Whether a file name is a manifest or lock file of this ecosystem.
pub fn is_manifest(file_name: &str) -> bool {
    matches!(file_name, "package.json" | "pnpm-workspace.yaml" | BINARY_LOCK)
        || FORMATS.iter().any(|format| format.file == file_name)
}

/// Reads the project in a directory, with the members of its workspace.
pub fn read(directory: &Path, context: &ReadContext) -> Reading {
    let mut reading = Reading::default();
    let mut workspace = Workspace::read(directory, context);
    reading.read.append(&mut workspace.read);
    reading.problems.append(&mut workspace.problems);
    let choice = choose(directory, &workspace);
    let lock = choice.and_then(|format| read_lock(directory, context, format, &workspace, &mut reading));
    let others = OtherLocks { directory, context, workspace: &workspace };
    reading.problems.extend(others.problems(choice, lock.as_ref().map(|(locked, _)| locked)));
    let installed = Installed::read(directory, &workspace, context);
    let (mut locked, source_name, has_lines, source) = match (lock, choice) {
        (Some((locked, name)), Some(format)) => {
            add_members(&mut workspace, &locked, directory, context, &mut reading);
            (locked, Some(name), true, Some(format))
        }
        _ => match without_lock(directory, context, choice, &workspace, &installed, &mut reading) {
            Some((locked, name, has_lines)) => (locked, Some(name), has_lines, None),
            None => (Locked::default(), None, false, None),
        },
    };
    let name = source_name.clone().unwrap_or_default();
    let source = match (source, source_name.is_some()) {
        (Some(format), _) => Source::LockFile { file: &name, command: format.command },
        (None, true) => Source::Installed,
        (None, false) => Source::Nothing,
    };
    if locked.lacks_peers {
        peers::add_installed_peers(&mut locked, &installed, &workspace);
    }
    settle(&mut locked, &workspace, source);
    reading.problems.append(&mut locked.problems);
    let is_yarn = choice.is_some_and(|format| format.client == "yarn");
    let archives = if is_yarn && installed.is_empty() {
        Archives::list(directory, context)
    } else {
        Archives::default()
    };
    let assembly = Assembly {
        root: directory,
        context,
        workspace: &workspace,
        installed: &installed,
        archives: &archives,
        source: source_name,
        has_lines,
    };
    let (graph, problems) = assembly.graph(&locked);
    reading.graph = graph;
    reading.problems.extend(problems);
    reading.problems.extend(installed.problems);
    let members = workspace.members.keys().filter(|member| !member.is_empty());
    reading.covers = members.map(|member| directory.join(member)).collect();
    reading.read.sort();
    reading.read.dedup();
    reading
}

fn choose(directory: &Path, workspace: &Workspace) -> Option<&'static LockFormat> {
    let root = workspace.members.get("");
    let client = root.and_then(stated_client);
    let present = || FORMATS.iter().filter(|format| directory.join(format.file).is_file());
    present().find(|format| Some(format.client) == client).or_else(|| present().next())
}

/// The client that `packageManager` names.
fn stated_client(manifest: &Manifest) -> Option<&str> {
    manifest.package_manager.as_deref().and_then(|text| text.split('@').next())
}

fn read_lock(
    directory: &Path,
    context: &ReadContext,
    format: &LockFormat,
    workspace: &Workspace,
    reading: &mut Reading,
) -> Option<(Locked, String)> {
    let file = TextFile::read(&directory.join(format.file), context)?;
    let result = file.and_then(|file| {
        let locked = (format.read)(&file, workspace)?;
        Ok((locked, file.name))
    });
    match result {
        Ok((locked, name)) => {
            reading.read.push(name.clone());
            Some((locked, name))
        }
        Err(problem) => {
            reading.problems.push(problem);
            None
        }
    }
}

/// Projects that the lock file knows and no pattern names.
fn add_members(
    workspace: &mut Workspace,
    locked: &Locked,
    directory: &Path,
    context: &ReadContext,
    reading: &mut Reading,
) {
    for member in locked.members.keys() {
        if workspace.members.contains_key(member) {
            continue;
        }
        let is_inside = member.is_empty() || license_field::stays_inside(member);
        let manifest = directory.join(member).join("package.json");
        match Manifest::read(&manifest, context).filter(|_| is_inside) {
            Some(Ok((manifest, problems))) => {
                reading.read.push(manifest.file.clone());
                reading.problems.extend(problems);
                workspace.members.insert(member.clone(), manifest);
            }
            // The workspace has told that already, if it is the root.
            Some(Err(problem)) if !member.is_empty() => reading.problems.push(problem),
            Some(Err(_)) => {}
            None => {
                let place = Some(SourceSpan::file(context.relative(&manifest)));
                let text = "the lock file names this project, but its package.json is not there; only what the lock \
                            file says about it is known";
                reading.problems.push(Problem::fact_missing(place, text));
            }
        }
    }
}

/// The graph from node_modules, if there is no lock file that can be read; with the name of what was read.
fn without_lock(
    directory: &Path,
    context: &ReadContext,
    choice: Option<&LockFormat>,
    workspace: &Workspace,
    installed: &Installed,
    reading: &mut Reading,
) -> Option<(Locked, String, bool)> {
    let place = Some(SourceSpan::file(context.relative(&directory.join("package.json"))));
    let needs_something = workspace.members.values().any(|manifest| !manifest.needs.is_empty());
    if installed.is_empty() {
        if choice.is_none() && (needs_something || workspace.members.is_empty()) {
            let text = "there is no lock file, so only direct dependencies are known, without versions; run \
                        `npm install --package-lock-only` (or your client's like command) and audit again";
            reading.problems.push(Problem::incomplete(place, text));
        }
        return None;
    }
    let hidden = directory.join(HIDDEN_LOCK);
    if let Some(Ok(file)) = TextFile::read(&hidden, context)
        && let Ok(locked) = package_lock::read(&file, workspace)
    {
        reading.read.push(file.name.clone());
        let text = format!("there is no lock file that can be read; the graph is that of {}", file.name);
        reading.problems.push(Problem::note(place, text));
        return Some((locked, file.name, true));
    }
    let name = context.relative(&directory.join("node_modules"));
    let text = format!("there is no lock file that can be read; the graph is what is installed in {name}");
    reading.problems.push(Problem::note(place, text));
    Some((installed.as_locked(workspace), name, false))
}
