//! Go projects: go.mod, go.work, go.sum, vendor/modules.txt, the module cache, compiled programs.
//!
//! A project is read in four steps:
//! 1. [`workspace`]: go.mod, or go.work with its members, replacements, exclusions, checksums;
//! 2. [`build_list`]: which modules at which versions, by minimal version selection over the go.mod files in the
//!    module cache and those that the context lends; a vendor tree's modules.txt instead where the go command would
//!    use it ([`vendor`]), or the go command's own answer on request ([`resolve`]);
//! 3. [`import_graph`] and [`reach`]: which of them the project's packages import, on which platforms, for what;
//! 4. [`edges`] and [`project`]: the dependency graph; [`inner_directories`]: which directories of a module are used.
//!
//! A module in the build list that no package imports is in no binary; its edges say so (see [`edges`]).
//! Go modules carry no license field: every package here has files to detect a license in, and no declaration.
//! Supported beside this: compiled Go programs ([`read_binary`]). Not supported: GOPATH projects without go.mod.

pub mod binary;
mod binary_files;
mod binary_format;
pub mod build_list;
pub mod cache;
pub mod constraint;
mod directives;
pub mod edges;
pub mod import_graph;
mod inner_directories;
pub mod mod_file;
pub mod modules;
mod own_packages;
pub mod platforms;
mod project;
pub mod reach;
pub mod replacement;
pub mod resolve;
pub mod source_file;
pub mod source_tree;
mod standard_library;
pub mod sum_file;
mod universal;
pub mod vendor;
pub mod version;
pub mod work_file;
pub mod workspace;

pub use binary::{is_go_binary, read_binary};

use super::{ReadContext, Reading};
use crate::model::{Problem, SourceSpan};
use std::path::Path;
use workspace::Workspace;

/// Whether a file name is a manifest of this ecosystem.
pub fn is_manifest(file_name: &str) -> bool {
    matches!(file_name, "go.mod" | "go.work")
}

/// Reads the module in a directory, or the workspace if the directory holds a go.work.
///
/// GOWORK=off in the user's environment turns workspaces off, as it does for the go command.
pub fn read(directory: &Path, context: &ReadContext) -> Reading {
    let mut reading = Reading::default();
    let has_module = directory.join("go.mod").is_file();
    let mut is_member = false;
    if directory.join("go.work").is_file() {
        if context.environment.variable("GOWORK") == Some("off") {
            let place = SourceSpan::file(context.relative(&directory.join("go.work")));
            let message = "GOWORK=off: the workspace is not used and its members are read one by one";
            reading.problems.push(Problem::note(Some(place), message));
        } else {
            let workspace = Workspace::of_work_file(directory, context);
            is_member = workspace.members.iter().any(|member| member.directory == directory);
            reading = project::read(workspace, context);
        }
    }
    if has_module && !is_member {
        let module = project::read(Workspace::of_module(directory, context), context);
        reading.graph.absorb(module.graph);
        reading.problems.extend(module.problems);
        reading.read.extend(module.read);
        reading.covers.extend(module.covers);
    }
    reading.problems.sort();
    reading.problems.dedup();
    reading.read.sort();
    reading.read.dedup();
    reading
}
