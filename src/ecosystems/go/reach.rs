//! For what each module is reached: to be in the binary, under a tag, as a tool, by tests, or not at all.
//!
//! The main modules' programs are where it starts, on every platform, then their other packages; a module
//! without a program is a library, whose packages all count alike. A package is reached on the platforms on
//! which its importer is reached and the importing file is built. Levels are followed from the strongest to
//! the weakest; what a stronger level has reached on a platform, a weaker one does not reach again.

use super::import_graph::{ImportGraph, Lookup};
use super::platforms::PlatformSet;
use super::source_tree::{FileKind, ImportUse};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// For what something is reached, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// By a plain `go build` of the main modules' programs, or of a library.
    Plain,
    /// By packages of the main modules that none of their programs imports.
    Library,
    /// Only when a tag of the project's own is set.
    Tagged,
    /// Only by tools that are run while developing.
    Tool,
    /// Only by tests of the main modules.
    Test,
}

impl Level {
    /// All levels, strongest first.
    pub const ALL: [Self; 5] = [Self::Plain, Self::Library, Self::Tagged, Self::Tool, Self::Test];
}

/// How one module imports another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleEdge {
    /// The platforms, by level.
    pub platforms: [PlatformSet; 5],
    /// Tags of the project's own that lead to it.
    pub tags: BTreeSet<String>,
}

impl ModuleEdge {
    /// The strongest level that exists on some platform.
    pub fn level(&self) -> Option<Level> {
        Level::ALL.into_iter().find(|level| !self.platforms[*level as usize].is_empty())
    }
}

/// An import that no module answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unanswered {
    /// How strongly it is asked for.
    pub level: Level,
    /// The package that asks.
    pub package: usize,
    /// The import path.
    pub import: String,
    /// The file, relative to the package's directory.
    pub file: String,
    /// The line.
    pub line: u32,
}

/// What is reached.
#[derive(Debug, Default)]
pub struct Reach {
    /// Edges between modules, by position; never from a module to itself.
    pub edges: BTreeMap<(usize, usize), ModuleEdge>,
    /// The strongest level of every package that is reached.
    pub packages: HashMap<usize, Level>,
    /// Modules that are reached but whose files are not on this machine.
    pub opaque: BTreeMap<usize, Level>,
    /// Imports that no module answers.
    pub unanswered: BTreeSet<Unanswered>,
}

/// Follows the imports. `tools` are pairs of a main module's position and a package that its go.mod calls a tool.
pub fn reach(graph: &ImportGraph, tools: &[(usize, Lookup)]) -> Reach {
    reach_on(graph, tools, PlatformSet::ALL)
}

/// Like [`reach`], on some platforms only.
pub fn reach_on(graph: &ImportGraph, tools: &[(usize, Lookup)], platforms: PlatformSet) -> Reach {
    let mut walk = Walk {
        graph,
        reached: HashMap::new(),
        tags: HashMap::new(),
        queues: Default::default(),
        found: Reach::default(),
    };
    let with_programs: BTreeSet<usize> =
        graph.packages[..graph.own].iter().filter(|own| own.scan.is_program).map(|own| own.module).collect();
    for (position, package) in graph.packages[..graph.own].iter().enumerate() {
        let aside = !package.scan.is_program && with_programs.contains(&package.module);
        let level = if aside { Level::Library } else { Level::Plain };
        walk.arrive(position, level, platforms, &BTreeSet::new());
    }
    for (from, lookup) in tools {
        walk.lead(*from, *lookup, Level::Tool, platforms, &BTreeSet::new());
    }
    for level in Level::ALL {
        while let Some((package, platforms)) = walk.queues[level as usize].pop_front() {
            walk.leave(package, level, platforms);
        }
    }
    walk.found
}

struct Walk<'a> {
    graph: &'a ImportGraph,
    reached: HashMap<usize, [PlatformSet; 5]>,
    tags: HashMap<usize, BTreeSet<String>>,
    queues: [VecDeque<(usize, PlatformSet)>; 5],
    found: Reach,
}

impl Walk<'_> {
    /// Notes that a package is reached and queues what is new about it.
    fn arrive(&mut self, package: usize, level: Level, platforms: PlatformSet, tags: &BTreeSet<String>) {
        let reached = self.reached.entry(package).or_default();
        let known = reached[..=level as usize].iter().fold(PlatformSet::NONE, |all, one| all | *one);
        let new = platforms & !known;
        if new.is_empty() {
            return;
        }
        reached[level as usize] = reached[level as usize] | new;
        if level == Level::Tagged {
            self.tags.entry(package).or_insert_with(|| tags.clone());
        }
        let strongest = self.found.packages.entry(package).or_insert(level);
        *strongest = level.min(*strongest);
        self.queues[level as usize].push_back((package, new));
    }

    /// Follows every import of a package.
    fn leave(&mut self, package: usize, level: Level, platforms: PlatformSet) {
        let graph = self.graph;
        let module = graph.packages[package].module;
        let inherited = self.tags.get(&package).cloned().unwrap_or_default();
        for (import, lookup) in graph.imports(package) {
            for (next, there) in levels(import, level, platforms) {
                if there.is_empty() {
                    continue;
                }
                if lookup == Lookup::Nowhere {
                    self.note(package, next, import);
                    continue;
                }
                let tags = if inherited.is_empty() { &import.tags } else { &inherited };
                self.lead(module, lookup, next, there, tags);
            }
        }
    }

    /// Follows one import to where it leads.
    fn lead(
        &mut self,
        from: usize,
        lookup: Lookup,
        level: Level,
        platforms: PlatformSet,
        tags: &BTreeSet<String>,
    ) {
        let to = match lookup {
            Lookup::Package(package) => self.graph.packages[package].module,
            Lookup::Opaque(module) => {
                let strongest = self.found.opaque.entry(module).or_insert(level);
                *strongest = level.min(*strongest);
                module
            }
            Lookup::Standard | Lookup::Nowhere => return,
        };
        if from != to {
            let edge = self.found.edges.entry((from, to)).or_default();
            let slot = &mut edge.platforms[level as usize];
            *slot = *slot | platforms;
            if level == Level::Tagged {
                edge.tags.extend(tags.iter().cloned());
            }
        }
        if let Lookup::Package(package) = lookup {
            self.arrive(package, level, platforms, tags);
        }
    }

    fn note(&mut self, package: usize, level: Level, import: &ImportUse) {
        self.found.unanswered.insert(Unanswered {
            level,
            package,
            import: import.path.clone(),
            file: import.file.clone(),
            line: import.line,
        });
    }
}

/// At which levels, and where, an import is followed from a package that is reached at a level.
fn levels(import: &ImportUse, level: Level, platforms: PlatformSet) -> [(Level, PlatformSet); 2] {
    let plain = platforms & import.plain;
    let tagged = platforms & import.tagged & !import.plain;
    match import.kind {
        FileKind::Code => [(level, plain), (level.max(Level::Tagged), tagged)],
        FileKind::Tools => [(level.max(Level::Tool), plain | tagged), (level, PlatformSet::NONE)],
        FileKind::Test => [(Level::Test, plain | tagged), (level, PlatformSet::NONE)],
    }
}
