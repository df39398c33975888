//! Which projects are there, and what they depend on.

use super::request::{AuditError, AuditRequest};
use crate::ecosystems::{self, Reading};
use crate::model::{DependencyGraph, Ecosystem, Linkage, Problem, Scope};
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

const NO_READER: &str = "no reader for this kind of manifest";

/// Everything the readers found.
pub struct Read {
    pub graph: DependencyGraph,
    pub problems: Vec<Problem>,
    pub read: Vec<String>,
    pub not_read: Vec<String>,
}

/// Reads a directory, a manifest, an SBOM or a program.
pub fn read(request: &AuditRequest) -> Result<Read, AuditError> {
    let path = &request.path;
    let metadata =
        fs::metadata(path).map_err(|source| AuditError::Path { path: path.display().to_string(), source })?;
    if !metadata.is_dir() && !metadata.is_file() {
        let source = std::io::Error::other("it is no regular file; write what it holds to one");
        return Err(AuditError::Path { path: path.display().to_string(), source });
    }
    let mut found = if metadata.is_dir() { read_tree(request)? } else { read_file(request, path)? };
    if found.graph.nodes().next().is_none() && found.problems.is_empty() {
        let not_read = format!(" (read, and no project in it: {})", found.read.join(", "));
        return Err(AuditError::NoProject { path: path.display().to_string(), not_read });
    }
    apply_linkages(request, &mut found.graph);
    found.graph.tell_projects_apart();
    found.problems.sort();
    found.problems.dedup();
    found.read.sort();
    found.read.dedup();
    found.not_read.sort();
    Ok(found)
}

fn read_file(request: &AuditRequest, path: &Path) -> Result<Read, AuditError> {
    if ecosystems::sbom::is_sbom(path) {
        return Ok(joined(vec![ecosystems::sbom::read(path, &request.context)]));
    }
    if ecosystems::go::is_go_binary(path) {
        return Ok(joined(vec![ecosystems::go::read_binary(path, &request.context)]));
    }
    match ecosystems::project_of(path) {
        Some((ecosystem, directory)) => {
            let here = directory.as_os_str().is_empty();
            let directory = if here { Path::new(".") } else { &directory };
            Ok(joined(vec![ecosystems::read(ecosystem, directory, &request.context)]))
        }
        None => {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let is_foreign = ecosystems::is_foreign_manifest(name);
            let not_read = if is_foreign { format!(" (not read: {NO_READER})") } else { String::new() };
            Err(AuditError::NoProject { path: path.display().to_string(), not_read })
        }
    }
}

fn read_tree(request: &AuditRequest) -> Result<Read, AuditError> {
    let mut discovery = ecosystems::discover(&request.path);
    let context = &request.context;
    let left_out = leave_out(&mut discovery, request);
    let not_read: Vec<String> = discovery
        .foreign
        .iter()
        .map(|path| format!("{}: {NO_READER}", context.relative(path)))
        .chain(discovery.passed_over.iter().map(|path| {
            format!("{}: test material, passed over; audit it by naming it", context.relative(path))
        }))
        .chain(left_out)
        .collect();
    if discovery.projects.is_empty() && context.python.environment.is_some() {
        // An environment that is named is audited without a project too.
        discovery.projects.push((request.path.clone(), Ecosystem::Python));
    }
    if discovery.projects.is_empty() {
        let seen =
            if not_read.is_empty() { String::new() } else { format!(" (not read: {})", not_read.join("; ")) };
        return Err(AuditError::NoProject { path: request.path.display().to_string(), not_read: seen });
    }
    let mut found = joined(read_uncovered(&discovery.projects, request));
    found.problems.extend(
        discovery
            .unreadable
            .iter()
            .map(|reason| Problem::incomplete(None, format!("a directory could not be entered: {reason}"))),
    );
    let is_project_manifest = |path: &PathBuf| path.file_name().is_none_or(|name| name != ".gitmodules");
    for path in discovery.foreign.iter().filter(|path| is_project_manifest(path)) {
        let place = crate::model::SourceSpan::file(context.relative(path));
        found.problems.push(Problem::incomplete(
            Some(place),
            "no reader for this kind of manifest; make an SBOM of it with its own tools and audit that, or exclude the path in licgraph.toml",
        ));
    }
    found.not_read = not_read;
    Ok(found)
}

/// Takes out what the user does not want audited; returns it in words.
fn leave_out(discovery: &mut ecosystems::Discovery, request: &AuditRequest) -> Vec<String> {
    let context = &request.context;
    let mut left_out = Vec::new();
    discovery.projects.retain(|(directory, ecosystem)| {
        let name = context.relative(directory);
        let takes = request.paths.takes(&name);
        if !takes {
            left_out.push(format!("{name}: {ecosystem} project, left out as asked"));
        }
        takes
    });
    discovery.foreign.retain(|path| {
        let directory = path.parent().map_or_else(String::new, |parent| context.relative(parent));
        request.paths.takes(&directory) && !request.paths.excludes(&context.relative(path))
    });
    left_out
}

/// Reads parents before children, in parallel at each depth, and leaves out what a parent covers.
fn read_uncovered(projects: &[(PathBuf, Ecosystem)], request: &AuditRequest) -> Vec<Reading> {
    let mut readings: Vec<Reading> = Vec::new();
    let mut rest = projects;
    while let Some((first, _)) = rest.first() {
        let depth = first.components().count();
        let end = rest.iter().position(|(path, _)| path.components().count() != depth).unwrap_or(rest.len());
        let (level, deeper) = rest.split_at(end);
        rest = deeper;
        let open: Vec<_> =
            level.iter().filter(|(path, ecosystem)| !is_covered(path, *ecosystem, &readings)).collect();
        let read: Vec<Reading> = open
            .par_iter()
            .map(|(path, ecosystem)| ecosystems::read(*ecosystem, path, &request.context))
            .collect();
        readings.extend(read);
    }
    readings
}

fn is_covered(path: &Path, ecosystem: Ecosystem, readings: &[Reading]) -> bool {
    readings.iter().any(|reading| {
        reading.covers.iter().any(|covered| covered == path)
            && reading
                .graph
                .projects()
                .first()
                .is_some_and(|project| reading.graph.package(project.node).ecosystem == ecosystem)
    })
}

fn joined(readings: Vec<Reading>) -> Read {
    let mut found =
        Read { graph: DependencyGraph::new(), problems: Vec::new(), read: Vec::new(), not_read: Vec::new() };
    for reading in readings {
        found.graph.absorb(reading.graph);
        found.problems.extend(reading.problems);
        found.read.extend(reading.read);
    }
    found
}

/// What the user says about linkage wins over what the reader assumed.
fn apply_linkages(request: &AuditRequest, graph: &mut DependencyGraph) {
    for (ecosystem, linkage) in &request.default_linkage {
        let nodes: Vec<_> =
            graph.nodes().filter(|node| graph.package(*node).ecosystem == *ecosystem).collect();
        for node in nodes {
            graph.map_incoming(node, |edge| {
                let ordinary = matches!(edge.scope, Scope::Runtime | Scope::Optional | Scope::Peer);
                if ordinary && matches!(edge.linkage, Linkage::Static | Linkage::Dynamic) {
                    edge.linkage = *linkage;
                }
            });
        }
    }
    for stated in &request.linkages {
        let nodes: Vec<_> = graph
            .nodes()
            .filter(|node| {
                let package = graph.package(*node);
                package.purl.is_meant_by(&stated.packages, Some(&package.name))
            })
            .collect();
        for node in nodes {
            graph.map_incoming(node, |edge| edge.linkage = stated.linkage);
        }
    }
}
