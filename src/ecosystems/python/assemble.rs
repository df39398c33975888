//! What manifests ask for, joined with what a lock file or environment knows, becomes a graph.
//!
//! The walk starts at the projects and follows what each known package asks for. An extra is followed only
//! where somebody asks for it. Without a target every marker may hold, and edges carry it; with a target,
//! edges that cannot exist there are left out.

use super::catalogue::{Catalogue, Requires};
use super::manifest::Declared;
use super::marker::{self, Situation};
use super::requirement::{Requirement, extras_named, normalise};
use super::text::list;
use super::version;
use crate::model::{
    Dependency, DependencyGraph, Ecosystem, Linkage, NodeIndex, Origin, Package, Problem, Project, Scope,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// A project, or a package of a directory that a project asks for.
#[derive(Debug)]
pub(super) struct Root {
    /// Its package.
    pub package: Package,
    /// Its manifest, relative to the audited root.
    pub manifest: String,
    /// What it asks for.
    pub declared: Vec<Declared>,
    /// Whether it is audited in its own right; if not, the first root asks for it.
    pub is_project: bool,
    /// Names whose locked version may contradict the manifest on purpose.
    pub overridden: Vec<String>,
}

/// Everything the walk needs.
#[derive(Debug)]
pub(super) struct Input<'a> {
    /// The projects, the audited directory's own first.
    pub roots: Vec<Root>,
    /// The packages known.
    pub catalogue: Option<&'a Catalogue>,
    /// The target.
    pub situation: Situation<'a>,
    /// What is known about the Python of an installed environment; `None` for a lock file.
    pub installed_for: Option<Situation<'a>>,
    /// Version limits from constraint files.
    pub constraints: Vec<Requirement>,
}

/// The graph, and what the catalogue lacked.
#[derive(Debug, Default)]
pub(super) struct Assembled {
    /// The graph.
    pub graph: DependencyGraph,
    /// Direct dependencies that the catalogue does not have.
    pub missing: Vec<Declared>,
    /// What could not be joined.
    pub problems: Vec<Problem>,
}

/// Builds the graph.
pub(super) fn assemble(input: Input<'_>) -> Assembled {
    let empty = Catalogue::default();
    let catalogue = input.catalogue.unwrap_or(&empty);
    let mut walk = Walk {
        catalogue,
        input: &input,
        nodes: HashMap::new(),
        roots: Vec::new(),
        projects: HashMap::new(),
        lacking: BTreeMap::new(),
        result: Assembled::default(),
    };
    walk.add_roots();
    let reached = walk.follow();
    if input.installed_for.is_none() && input.catalogue.is_some() {
        walk.attach_unreached(&reached);
    }
    walk.report_lacking();
    walk.result
}

struct Walk<'a> {
    catalogue: &'a Catalogue,
    input: &'a Input<'a>,
    nodes: HashMap<usize, NodeIndex>,
    /// The nodes of the roots, in their order.
    roots: Vec<NodeIndex>,
    /// Those with a name that others can ask for.
    projects: HashMap<String, NodeIndex>,
    lacking: BTreeMap<String, BTreeSet<String>>,
    result: Assembled,
}

/// A known package, as such or with one of its extras.
type Visit = (usize, Option<String>);

impl Root {
    /// Its name as others ask for it; a directory's name is nobody's.
    pub(super) fn key(&self) -> Option<String> {
        self.package.purl.as_str().starts_with("pkg:pypi/").then(|| normalise(&self.package.name))
    }
}

impl<'a> Walk<'a> {
    fn add_roots(&mut self) {
        let mut first = None;
        for root in &self.input.roots {
            let node = self.result.graph.add_package(root.package.clone());
            self.roots.push(node);
            self.projects.extend(root.key().map(|key| (key, node)));
            if root.is_project {
                let graph_source = self.input.catalogue.map(|catalogue| catalogue.source.clone());
                let manifest = root.manifest.clone();
                self.result.graph.add_project(Project { node, manifest, graph_source });
            } else if let Some(first) = first {
                let dependency = Dependency::new(Scope::Runtime, Linkage::Dynamic);
                let place = crate::model::SourceSpan::file(root.manifest.clone());
                self.result.graph.add_dependency(first, node, dependency.located(place));
            }
            first = first.or(Some(node));
        }
    }

    /// Walks all edges; gives back the known packages that some edge leads to, on any platform.
    fn follow(&mut self) -> BTreeSet<usize> {
        let mut queue: VecDeque<(Visit, bool)> = VecDeque::new();
        for (root, node) in self.input.roots.iter().zip(self.roots.clone()) {
            for declared in &root.declared {
                self.direct(root, node, declared, &mut queue);
            }
        }
        let mut everywhere: BTreeSet<usize> = BTreeSet::new();
        let mut seen: HashMap<Visit, bool> = HashMap::new();
        while let Some((visit, on_target)) = queue.pop_front() {
            match seen.get(&visit) {
                Some(known) if *known || !on_target => continue,
                _ => seen.insert(visit.clone(), on_target),
            };
            everywhere.insert(visit.0);
            self.expand(&visit, on_target, &mut queue);
        }
        everywhere
    }

    fn direct(
        &mut self,
        root: &Root,
        node: NodeIndex,
        declared: &Declared,
        queue: &mut VecDeque<(Visit, bool)>,
    ) {
        let requirement = &declared.requirement;
        let key = requirement.key();
        // `project[extra]` inside an extra, or a marker that no Python of the lock can meet.
        if self.projects.get(&key) == Some(&node) || !self.can_ever_hold(requirement.marker.as_deref()) {
            return;
        }
        // Installed metadata names the project's own extras in its markers: each is asked for.
        let extras = extras_named(requirement.marker.as_deref());
        let situation = self.input.situation.with_extras(&extras);
        let holds = marker::holds(requirement.marker.as_deref(), &situation);
        let on_target = holds != Some(false);
        let mut dependency =
            Dependency::new(declared.scope, declared.linkage).located(declared.location.clone());
        dependency.requirement = requirement.shown();
        if let Some(&member) = self.projects.get(&key) {
            if on_target {
                dependency.condition = self.direct_condition(declared, holds, None);
                self.result.graph.add_dependency(node, member, dependency);
            }
            return;
        }
        let mut found = self.candidates(requirement);
        if !matches!(declared.scope, Scope::Dev | Scope::Build) {
            self.keep_shipped(&mut found);
        }
        if found.is_empty() {
            if on_target {
                dependency.condition = self.direct_condition(declared, holds, None);
                self.unresolved(node, declared, dependency);
            }
            return;
        }
        if on_target {
            self.check_direct(root, declared, &found);
        }
        for at in found {
            let fork = self.fork_marker(at);
            let fork_holds = marker::holds(fork, &self.input.situation);
            let here = on_target && fork_holds != Some(false);
            if here {
                dependency.condition =
                    self.direct_condition(declared, holds, fork.filter(|_| fork_holds.is_none()));
                let target = self.node(at);
                self.result.graph.add_dependency(node, target, dependency.clone());
            }
            enqueue(at, &requirement.extras, here, queue);
        }
    }

    /// A marker that is known to hold on the target is no condition any more.
    fn direct_condition(
        &self,
        declared: &Declared,
        holds: Option<bool>,
        fork: Option<&str>,
    ) -> Option<String> {
        let mut shown = declared.clone();
        if holds == Some(true) && extras_named(declared.requirement.marker.as_deref()).is_empty() {
            shown.requirement.marker = None;
        }
        marker::both(shown.condition().as_deref(), fork)
    }

    fn expand(&mut self, visit: &Visit, on_target: bool, queue: &mut VecDeque<(Visit, bool)>) {
        let known = &self.catalogue.packages[visit.0];
        let asked: Vec<String> = visit.1.iter().cloned().collect();
        for requires in &known.requires {
            if !self.belongs(requires, visit.1.as_ref(), &asked) {
                continue;
            }
            let situation = self.input.situation.with_extras(&asked);
            let holds = requires.holds(&situation);
            let here = on_target && holds != Some(false);
            self.edge(visit, requires, here, holds, queue);
        }
    }

    /// Whether a requirement is asked for by this visit: the plain package, or exactly this extra.
    fn belongs(&self, requires: &Requires, extra: Option<&String>, asked: &[String]) -> bool {
        let universal = Situation::default();
        let plain = requires.extra.is_none() && requires.holds(&universal) != Some(false);
        match extra {
            None => plain,
            Some(extra) => {
                let named = requires.extra.as_ref() == Some(extra);
                let by_marker =
                    requires.extra.is_none() && requires.holds(&universal.with_extras(asked)) != Some(false);
                named || (by_marker && !plain)
            }
        }
    }

    fn edge(
        &mut self,
        visit: &Visit,
        requires: &Requires,
        here: bool,
        holds: Option<bool>,
        queue: &mut VecDeque<(Visit, bool)>,
    ) {
        let requirement = &requires.requirement;
        let is_extra = visit.1.is_some();
        let scope = if is_extra { Scope::Optional } else { Scope::Runtime };
        let mut dependency = Dependency::new(scope, Linkage::Dynamic);
        dependency.location = requires.location.clone();
        dependency.requirement = requirement.shown();
        let marker = requirement.marker.as_deref().filter(|_| is_extra || holds != Some(true));
        let extra = requires.extra.as_ref().map(|extra| format!("extra == \"{extra}\""));
        let condition = marker::both(marker, extra.as_deref());
        let key = requirement.key();
        if let Some(&project) = self.projects.get(&key) {
            if here {
                let node = self.node(visit.0);
                dependency.condition = condition;
                self.result.graph.add_dependency(node, project, dependency);
            }
            return;
        }
        let mut found = self.candidates(requirement);
        if !self.catalogue.packages[visit.0].development {
            self.keep_shipped(&mut found);
        }
        if found.is_empty() && here {
            self.note_lacking(visit.0, requirement, dependency, condition);
            return;
        }
        for at in found {
            let fork = self.fork_marker(at);
            let fork_holds = marker::holds(fork, &self.input.situation);
            let here = here && fork_holds != Some(false);
            // `package[all]` asks for its own other extras.
            if here && at != visit.0 {
                self.check_transitive(visit, requires, at);
                let (from, to) = (self.node(visit.0), self.node(at));
                let mut dependency = dependency.clone();
                dependency.condition =
                    marker::both(condition.as_deref(), fork.filter(|_| fork_holds.is_none()));
                self.result.graph.add_dependency(from, to, dependency);
            }
            enqueue(at, &requirement.extras, here, queue);
        }
    }

    /// What developers locked apart (docs/requirements.txt) is not what the program runs with.
    fn keep_shipped(&self, found: &mut Vec<usize>) {
        let is_shipped = |at: &usize| !self.catalogue.packages[*at].development;
        if found.iter().any(is_shipped) {
            found.retain(is_shipped);
        }
    }

    fn candidates(&self, requirement: &Requirement) -> Vec<usize> {
        self.catalogue.matching(requirement)
    }

    /// The marker of an entry counts where the lock holds several versions of the name.
    fn fork_marker(&self, at: usize) -> Option<&'a str> {
        let known = &self.catalogue.packages[at];
        (self.catalogue.of_name(&known.key).len() > 1).then_some(known.marker.as_deref()).flatten()
    }

    fn node(&mut self, at: usize) -> NodeIndex {
        if let Some(&node) = self.nodes.get(&at) {
            return node;
        }
        let node = self.result.graph.add_package(self.catalogue.packages[at].package.clone());
        self.nodes.insert(at, node);
        node
    }

    /// A direct dependency that nobody knows more about: the manifest's pin, else no version.
    fn unresolved(&mut self, node: NodeIndex, declared: &Declared, dependency: Dependency) {
        let requirement = &declared.requirement;
        let constrained = || {
            let same_name = |limit: &&Requirement| limit.key() == requirement.key();
            self.input.constraints.iter().find(same_name).and_then(|limit| limit.pinned())
        };
        let version = requirement.pinned().or_else(constrained);
        let origin = declared.origin.clone().unwrap_or(Origin::Registry(None));
        let mut package = Package::new(Ecosystem::Python, &requirement.name, version, origin);
        package.location = Some(declared.location.clone());
        package.checksums = declared.checksums.clone();
        package.files = declared.files.clone();
        let target = self.result.graph.add_package(package);
        if target != node {
            self.result.graph.add_dependency(node, target, dependency);
        }
        self.result.missing.push(declared.clone());
    }

    /// Whether any Python that the lock was made for can meet a marker.
    fn can_ever_hold(&self, marker: Option<&str>) -> bool {
        let (Some(text), Some(range)) = (marker, &self.catalogue.requires_python) else { return true };
        let Ok(marker) = marker::Marker::parse(text) else { return true };
        let extras = extras_named(Some(text));
        let minors = std::iter::once("2.7".to_owned()).chain((0..40).map(|minor| format!("3.{minor}")));
        let mut in_range = minors
            .filter(|minor| {
                ["0", "99"]
                    .iter()
                    .any(|patch| version::satisfies(range, &format!("{minor}.{patch}")) == Some(true))
            })
            .peekable();
        in_range.peek().is_none()
            || in_range.any(|minor| {
                marker.holds(&Situation { python: Some(&minor), extras: &extras, ..Situation::default() })
                    != Some(false)
            })
    }

    fn note_lacking(
        &mut self,
        from: usize,
        requirement: &Requirement,
        mut dependency: Dependency,
        condition: Option<String>,
    ) {
        let marker = requirement.marker.as_deref();
        if !self.can_ever_hold(marker) {
            return;
        }
        // Where the installer itself could not know better, what is not there was not needed.
        let judge = self.input.installed_for.as_ref().unwrap_or(&self.input.situation);
        let extras = condition.as_deref().map(|_| extras_named(marker)).unwrap_or_default();
        if marker.is_some() && marker::holds(marker, &judge.with_extras(&extras)) != Some(true) {
            return;
        }
        let node = self.node(from);
        let package =
            Package::new(Ecosystem::Python, &requirement.name, requirement.pinned(), Origin::Registry(None));
        let target = self.result.graph.add_package(package);
        dependency.condition = condition;
        if target != node {
            self.result.graph.add_dependency(node, target, dependency);
        }
        let asker = self.catalogue.packages[from].package.label();
        self.lacking.entry(requirement.key()).or_default().insert(asker);
    }

    fn report_lacking(&mut self) {
        for (name, askers) in std::mem::take(&mut self.lacking) {
            let askers: Vec<String> = askers.into_iter().collect();
            let place = crate::model::SourceSpan::file(self.catalogue.source.clone());
            let message = format!(
                "{name} is asked for by {} and is not in {}; its version and what it needs are unknown; run `{}`",
                askers.join(", "),
                self.catalogue.source,
                self.catalogue.refresh
            );
            self.result.problems.push(Problem::incomplete(Some(place), message));
        }
    }

    fn check_direct(&mut self, root: &Root, declared: &Declared, found: &[usize]) {
        let requirement = &declared.requirement;
        let ([at], Some(specifier)) = (found, &requirement.specifier) else { return };
        let Some(locked) = self.catalogue.packages[*at].package.version.as_deref() else { return };
        let is_meant = root.overridden.contains(&requirement.key()) || declared.scope == Scope::Build;
        if !is_meant && version::satisfies(specifier, locked) == Some(false) {
            let message = format!(
                "asks for {} {specifier}, but {} has {locked}; run `{}`",
                requirement.name, self.catalogue.source, self.catalogue.refresh
            );
            self.result.problems.push(Problem::incomplete(Some(declared.location.clone()), message));
        }
    }

    fn check_transitive(&mut self, visit: &Visit, requires: &Requires, at: usize) {
        let (from, requirement) = (visit.0, &requires.requirement);
        let asked: Vec<String> = visit.1.iter().cloned().collect();
        let judge = self.input.installed_for.as_ref().unwrap_or(&self.input.situation);
        if requires.holds(&judge.with_extras(&asked)) == Some(false) {
            return;
        }
        let Some(specifier) = &requirement.specifier else { return };
        let known = &self.catalogue.packages[at].package;
        let Some(locked) = known.version.as_deref() else { return };
        let only_one = self.catalogue.of_name(&self.catalogue.packages[at].key).len() == 1;
        if only_one && version::satisfies(specifier, locked) == Some(false) {
            let asker = self.catalogue.packages[from].package.label();
            let message = format!("{asker} asks for {} {specifier}, but {locked} is there", known.name);
            let place = known.location.clone();
            self.result.problems.push(Problem::note(place, message));
        }
    }

    /// Nothing that a lock file holds is dropped: what no edge leads to is attached to the project.
    fn attach_unreached(&mut self, reached: &BTreeSet<usize>) {
        let Some(&root) = self.roots.first() else { return };
        let mut names = Vec::new();
        for (at, known) in self.catalogue.packages.iter().enumerate() {
            if reached.contains(&at) || self.projects.contains_key(&known.key) {
                continue;
            }
            let holds = marker::holds(known.marker.as_deref(), &self.input.situation);
            if holds == Some(false) || !self.can_ever_hold(known.marker.as_deref()) {
                continue;
            }
            names.push(known.package.label());
            let (scope, linkage) = if known.development {
                (Scope::Dev, Linkage::Dev)
            } else {
                (Scope::Runtime, Linkage::Dynamic)
            };
            let mut dependency = Dependency::new(scope, linkage);
            dependency.location = known.package.location.clone();
            dependency.condition = known.marker.clone().filter(|_| holds.is_none());
            let node = self.node(at);
            self.result.graph.add_dependency(root, node, dependency);
        }
        self.report_unreached(&names);
    }

    fn report_unreached(&mut self, names: &[String]) {
        if names.is_empty() {
            return;
        }
        let message = if self.catalogue.has_edges {
            format!("no dependency leads to {}; taken as the project's own", list(names))
        } else {
            format!(
                "does not say which package asks for which; {} of its packages are taken as the project's own",
                names.len()
            )
        };
        let place = crate::model::SourceSpan::file(self.catalogue.source.clone());
        self.result.problems.push(Problem::note(Some(place), message));
    }
}

fn enqueue(at: usize, extras: &[String], on_target: bool, queue: &mut VecDeque<(Visit, bool)>) {
    queue.push_back(((at, None), on_target));
    for extra in extras {
        queue.push_back(((at, Some(extra.clone())), on_target));
    }
}
