//! Edges between modules: from imports where the files are there, else from go.mod requirements.
//!
//! What the edges say:
//! - built by a plain `go build`: runtime, static; the condition names the platforms if not all;
//! - the same, but only by packages that no program of the project imports: condition `outside programs`;
//! - only under tags of the project's own: optional, static, condition `build tag: ..`;
//! - only for tools or tests: dev, dev; below the project with condition `tools only` or `tests only`;
//! - in the build list but imported by nothing: optional, dev, condition `not imported`; never conveyed.

use super::build_list::ModuleGraph;
use super::modules::BuildModule;
use super::platforms::PlatformSet;
use super::reach::{Level, ModuleEdge, Reach};
use super::version::ModuleVersion;
use super::workspace::Workspace;
use crate::model::{Dependency, Linkage, Scope, SourceSpan};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Edges by the positions of modules; main modules come first, then the build list.
#[derive(Debug, Default)]
pub struct Edges {
    /// Edges that imports, or requirements in their stead, make.
    pub used: BTreeMap<(usize, usize), ModuleEdge>,
    /// Edges to modules that nothing imports.
    pub unused: BTreeSet<(usize, usize)>,
}

/// Joins imports and requirements.
pub fn edges(workspace: &Workspace, graph: &ModuleGraph, modules: &[BuildModule], reach: &Reach) -> Edges {
    let own = workspace.members.len();
    let positions: HashMap<&str, usize> = workspace
        .members
        .iter()
        .map(|member| member.path.as_str())
        .chain(modules.iter().map(|module| module.module.path.as_str()))
        .enumerate()
        .map(|(position, path)| (path, position))
        .collect();
    let maker = Maker { workspace, graph, modules, own, positions };
    let mut edges = Edges { used: reach.edges.clone(), unused: BTreeSet::new() };
    maker.follow_opaque(&mut edges, reach);
    maker.add_unused(&mut edges);
    edges
}

struct Maker<'a> {
    workspace: &'a Workspace,
    graph: &'a ModuleGraph,
    modules: &'a [BuildModule],
    own: usize,
    positions: HashMap<&'a str, usize>,
}

impl Maker<'_> {
    fn module(&self, position: usize) -> ModuleVersion {
        match position.checked_sub(self.own) {
            Some(other) => self.modules[other].module.clone(),
            None => ModuleVersion::new(&self.workspace.members[position].path, ""),
        }
    }

    /// Positions of what a module requires; `None` if its go.mod is not known.
    fn required(&self, position: usize) -> Option<Vec<usize>> {
        let required = self.graph.requirements.get(&self.module(position))?;
        let positions = required.iter().filter_map(|one| self.positions.get(one.path.as_str()).copied());
        Some(positions.filter(|one| *one != position).collect())
    }

    /// What a module without files imports can only be told from what it requires: its own list if that is
    /// complete (Go 1.17), else everything below. If not even that is known, any module may be meant.
    fn follow_opaque(&self, edges: &mut Edges, reach: &Reach) {
        let mut unknown: Option<Level> = None;
        for (&opaque, &level) in &reach.opaque {
            let mut queue = vec![opaque];
            let mut seen = BTreeSet::from([opaque]);
            while let Some(module) = queue.pop() {
                let Some(required) = self.required(module) else {
                    unknown = Some(unknown.map_or(level, |known| known.min(level)));
                    continue;
                };
                for to in required {
                    add(edges, module, to, level);
                    let follow = !self.graph.pruned.contains(&self.module(module));
                    if follow && to >= self.own && seen.insert(to) {
                        queue.push(to);
                    }
                }
            }
        }
        let Some(level) = unknown else { return };
        let reached: BTreeSet<usize> = edges.used.keys().map(|(_, to)| *to).collect();
        for position in (self.own..self.own + self.modules.len()).filter(|one| !reached.contains(one)) {
            for from in self.owners(position) {
                add(edges, from, position, level);
            }
        }
    }

    /// The main modules whose go.mod names a module; the first one if none does.
    fn owners(&self, position: usize) -> Vec<usize> {
        let module = self.module(position);
        let names = |member: &usize| {
            self.workspace.members[*member].file.require.iter().any(|one| one.module.path == module.path)
        };
        let owners: Vec<_> = (0..self.own).filter(names).collect();
        if owners.is_empty() && self.own > 0 { vec![0] } else { owners }
    }

    /// Every module that nothing imports hangs where it is required, and in any case below a project.
    fn add_unused(&self, edges: &mut Edges) {
        let used: BTreeSet<usize> = edges.used.keys().map(|(_, to)| *to).collect();
        let total = self.own + self.modules.len();
        for from in 0..total {
            for to in self.required(from).unwrap_or_default() {
                if to >= self.own && !used.contains(&to) {
                    edges.unused.insert((from, to));
                }
            }
        }
        let mut below: Vec<Vec<usize>> = vec![Vec::new(); total];
        for (from, to) in edges.used.keys().chain(&edges.unused) {
            below[*from].push(*to);
        }
        let mut seen = vec![false; total];
        for start in 0..total {
            if seen[start] {
                continue;
            }
            if start >= self.own {
                edges.unused.extend(self.owners(start).into_iter().map(|from| (from, start)));
            }
            let mut queue = vec![start];
            while let Some(position) = queue.pop() {
                if !std::mem::replace(&mut seen[position], true) {
                    queue.extend(&below[position]);
                }
            }
        }
    }
}

fn add(edges: &mut Edges, from: usize, to: usize, level: Level) {
    let edge = edges.used.entry((from, to)).or_default();
    // What the files say is more exact than what go.mod says.
    if edge.level().is_none_or(|known| known > level) {
        edge.platforms[level as usize] = PlatformSet::ALL;
    }
}

/// The dependencies that an edge stands for: the strongest level, and what a tag adds to a bound one.
pub fn dependencies(edge: &ModuleEdge, from_project: bool) -> Vec<Dependency> {
    let mut found = Vec::new();
    let platforms = |level: Level| edge.platforms[level as usize];
    if !platforms(Level::Plain).is_empty() {
        let mut plain = Dependency::new(Scope::Runtime, Linkage::Static);
        plain.condition = platforms(Level::Plain).condition();
        found.push(plain);
    }
    let plain = platforms(Level::Plain);
    if !(platforms(Level::Library) & !plain).is_empty() {
        let mut aside = Dependency::new(Scope::Runtime, Linkage::Static);
        let condition = platforms(Level::Library).condition();
        aside.condition = Some(match condition {
            Some(condition) => format!("outside programs; {condition}"),
            None => "outside programs".to_owned(),
        });
        found.push(aside);
    }
    if !(platforms(Level::Tagged) & !plain & !platforms(Level::Library)).is_empty() {
        let tags: Vec<_> = edge.tags.iter().map(String::as_str).collect();
        let mut tagged = Dependency::new(Scope::Optional, Linkage::Static);
        tagged.condition = Some(format!("build tag: {}", tags.join(", ")));
        found.push(tagged);
    }
    if found.is_empty() {
        let mut other = Dependency::new(Scope::Dev, Linkage::Dev);
        let reason = if platforms(Level::Tool).is_empty() { "tests only" } else { "tools only" };
        other.condition = (!from_project).then(|| reason.to_owned());
        found.push(other);
    }
    found
}

/// The dependency on a module that nothing imports.
pub fn unused_dependency() -> Dependency {
    let mut dependency = Dependency::new(Scope::Optional, Linkage::Dev);
    dependency.condition = Some("not imported".to_owned());
    dependency
}

/// What a module's go.mod says about another: the version it asks for, and the line if it is a main module.
pub fn requirement(
    workspace: &Workspace,
    graph: &ModuleGraph,
    from: &ModuleVersion,
    to: &str,
) -> (Option<String>, Option<SourceSpan>) {
    if from.version.is_empty()
        && let Some(member) = workspace.members.iter().find(|member| member.path == from.path)
        && let Some(line) = member.file.require.iter().find(|one| one.module.path == to)
    {
        return (Some(line.module.version.clone()), Some(SourceSpan::line(&member.manifest, line.line)));
    }
    let required = graph.requirements.get(from);
    let version =
        required.and_then(|all| all.iter().find(|one| one.path == to)).map(|one| one.version.clone());
    (version, None)
}
