//! The build list: minimal version selection over a module graph with pruning.
//!
//! 1. The main modules' requirements start the graph.
//! 2. A module of Go 1.17 or later names all that its packages need, so the requirements of what a *pruned*
//!    module requires are left out; below an older module everything is followed.
//! 3. Of every module path the highest version that any edge names is selected.
//!
//! Source: the Go modules reference, "Minimal version selection" and "Module graph pruning".

use super::cache::{ModuleCache, read_mod_file};
use super::mod_file::{self, ModFile, Trouble};
use super::replacement::Actual;
use super::version::{ModuleVersion, compare};
use super::workspace::Workspace;
use crate::ecosystems::ReadContext;
use crate::model::{Problem, SourceSpan};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// No project needs more go.mod files that are not at hand; a module may require another without end.
const MOST_ASKED: usize = 10_000;

/// Modules, what each requires, and which version of each is used.
#[derive(Clone, Debug, Default)]
pub struct ModuleGraph {
    /// What each module requires, for every version that was looked at; main modules have an empty version.
    /// A module is absent if its go.mod could not be read.
    pub requirements: BTreeMap<ModuleVersion, Vec<ModuleVersion>>,
    /// The build list without the main modules: path to version.
    pub selected: BTreeMap<String, String>,
    /// Modules that name everything that their packages need (Go 1.17 and later).
    pub pruned: BTreeSet<ModuleVersion>,
    /// Modules whose go.mod is not on this machine: what they require is unknown. `go mod download` gets them.
    pub missing: BTreeSet<ModuleVersion>,
    /// Those whose go.mod was asked for and could not be had, with the reason.
    pub refused: BTreeMap<ModuleVersion, String>,
    /// Broken go.mod files of dependencies.
    pub problems: Vec<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Pruning {
    Pruned,
    Unpruned,
    Workspace,
}

#[derive(Clone, Debug, Default)]
struct Summary {
    pruned: bool,
    require: Vec<ModuleVersion>,
    problems: Vec<Problem>,
    absent: Option<Absent>,
}

/// Why nothing is known of what a module requires.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Absent {
    /// Its go.mod could be downloaded.
    NotDownloaded,
    /// It was asked for.
    Refused(String),
    /// The line that replaces it is a problem already, or a member of the workspace stands in for it.
    Explained,
}

/// Builds the module graph from the go.mod files on this machine, and from whom the context names for the rest.
pub fn build_list(workspace: &Workspace, cache: &ModuleCache, context: &ReadContext) -> ModuleGraph {
    let mut loader = Loader {
        workspace,
        cache,
        context,
        summaries: HashMap::new(),
        seen: HashSet::new(),
        selected: HashMap::new(),
        asked: AtomicUsize::new(0),
    };
    loader.start();
    if workspace.is_workspace {
        loader.follow_upgrades();
    }
    loader.finish()
}

struct Loader<'a> {
    workspace: &'a Workspace,
    cache: &'a ModuleCache,
    context: &'a ReadContext,
    summaries: HashMap<ModuleVersion, Summary>,
    seen: HashSet<(ModuleVersion, Pruning)>,
    selected: HashMap<String, String>,
    asked: AtomicUsize,
}

impl Loader<'_> {
    fn start(&mut self) {
        let mut queue = Vec::new();
        for member in &self.workspace.members {
            self.selected.insert(member.path.clone(), String::new());
        }
        for member in &self.workspace.members {
            let require = self.requirements_of(&member.file);
            let pruned = member.file.is_pruned();
            let pruning = if pruned { Pruning::Pruned } else { Pruning::Unpruned };
            queue.extend(require.iter().map(|module| (module.clone(), pruning)));
            let main = ModuleVersion::new(&member.path, "");
            self.add(main, Summary { pruned, require, ..Summary::default() });
        }
        self.load(queue);
    }

    /// Follows a queue of modules to its end, one level at a time, each level's files in parallel.
    fn load(&mut self, mut queue: Vec<(ModuleVersion, Pruning)>) {
        while !queue.is_empty() {
            queue.retain(|entry| self.seen.insert(entry.clone()));
            let mut unknown: Vec<_> = queue.iter().map(|(module, _)| module.clone()).collect();
            unknown.retain(|module| !self.summaries.contains_key(module));
            unknown.sort_unstable();
            unknown.dedup();
            let found: Vec<_> = unknown.par_iter().map(|module| self.summary(module)).collect();
            for (module, summary) in unknown.into_iter().zip(found) {
                self.add(module, summary);
            }
            let mut next = Vec::new();
            for (module, pruning) in &queue {
                let summary = &self.summaries[module];
                if *pruning == Pruning::Pruned && summary.pruned {
                    continue;
                }
                let below = if *pruning == Pruning::Unpruned || !summary.pruned {
                    Pruning::Unpruned
                } else {
                    Pruning::Pruned
                };
                next.extend(summary.require.iter().map(|required| (required.clone(), below)));
            }
            queue = next;
        }
    }

    /// In a workspace a module may be selected at a version that no pruned graph has looked below: the
    /// requirements of such versions count too, for what the members' packages may need.
    fn follow_upgrades(&mut self) {
        let mut followed: BTreeSet<String> =
            self.workspace.members.iter().map(|member| member.path.clone()).collect();
        let mut seen: HashSet<ModuleVersion> = HashSet::new();
        loop {
            let mut needed = BTreeSet::new();
            for path in &followed {
                let module = self.at_selected(path);
                if !seen.contains(&module) {
                    needed.insert(module);
                    continue;
                }
                let required = self.summaries.get(&module).map_or(&[][..], |summary| &summary.require);
                for required in required {
                    let used = self.at_selected(&required.path);
                    let upgraded = compare(&used.version, &required.version).is_gt();
                    if upgraded && !seen.contains(&used) {
                        needed.insert(used);
                    }
                }
            }
            if needed.is_empty() {
                return;
            }
            for module in &needed {
                seen.insert(module.clone());
                followed.insert(module.path.clone());
            }
            self.load(needed.into_iter().map(|module| (module, Pruning::Workspace)).collect());
        }
    }

    fn at_selected(&self, path: &str) -> ModuleVersion {
        ModuleVersion::new(path, self.selected.get(path).map_or("", String::as_str))
    }

    fn add(&mut self, module: ModuleVersion, summary: Summary) {
        for required in &summary.require {
            match self.selected.get_mut(&required.path) {
                Some(known) if compare(known, &required.version).is_ge() => {}
                Some(known) => known.clone_from(&required.version),
                None => {
                    self.selected.insert(required.path.clone(), required.version.clone());
                }
            }
        }
        self.summaries.insert(module, summary);
    }

    /// Excluded versions are dropped from every go.mod.
    fn requirements_of(&self, file: &ModFile) -> Vec<ModuleVersion> {
        let required = file.require.iter().map(|requirement| &requirement.module);
        required.filter(|module| !self.workspace.excluded.contains(module)).cloned().collect()
    }

    fn summary(&self, module: &ModuleVersion) -> Summary {
        let absent = |absent| Summary { absent: Some(absent), ..Summary::default() };
        match self.workspace.actual(module) {
            Actual::Module(actual) => match self.cache.mod_file(&actual) {
                Some((path, text)) => self.summary_of(module, &path, &text, Some(&actual.path)),
                None if self.workspace.member(&module.path).is_some() => absent(Absent::Explained),
                None => self.asked(module, &actual),
            },
            Actual::Directory(directory) => {
                let path = directory.join("go.mod");
                match read_mod_file(&path) {
                    Some(text) => self.summary_of(module, &path, &text, None),
                    None => absent(Absent::Explained),
                }
            }
            Actual::Outside(_) => absent(Absent::Explained),
        }
    }

    /// From whom the context names.
    fn asked(&self, module: &ModuleVersion, actual: &ModuleVersion) -> Summary {
        let hash = self.workspace.mod_sums.get(actual).map(String::as_str);
        let files = self.context.go_mod_files.as_ref();
        let answer = match files {
            None => Ok(None),
            Some(_) if self.asked.fetch_add(1, Ordering::Relaxed) >= MOST_ASKED => {
                Err(format!("{actual}: {MOST_ASKED} go.mod files were asked for, and no more are"))
            }
            Some(files) => files.go_mod(&actual.path, &actual.version, hash),
        };
        let absent = |absent| Summary { absent: Some(absent), ..Summary::default() };
        match answer {
            Ok(Some(text)) => {
                let place = PathBuf::from(actual.to_string()).join("go.mod");
                self.summary_of(module, &place, &text, Some(&actual.path))
            }
            Ok(None) => absent(Absent::NotDownloaded),
            Err(reason) => absent(Absent::Refused(reason)),
        }
    }

    fn summary_of(&self, module: &ModuleVersion, path: &Path, text: &str, actual: Option<&str>) -> Summary {
        let file = mod_file::parse(text);
        let name = self.context.relative(path);
        let mut problems = Vec::new();
        for trouble in &file.trouble {
            if let Trouble::Broken(reason) = &trouble.value {
                let message = format!("go.mod of {module}: {reason}");
                problems.push(Problem::incomplete(Some(SourceSpan::line(&name, trouble.line)), message));
            }
        }
        let stated = file.module.as_ref().map(|stated| (stated.value.as_str(), stated.line));
        if let (Some(actual), Some((stated, line))) = (actual, stated)
            && stated != actual
            && stated != module.path
        {
            let message = format!("go.mod of {module} says that the module is {stated}");
            problems.push(Problem::incomplete(Some(SourceSpan::line(&name, line)), message));
        }
        Summary { pruned: file.is_pruned(), require: self.requirements_of(&file), problems, absent: None }
    }

    fn finish(self) -> ModuleGraph {
        let mut graph = ModuleGraph::default();
        for (module, summary) in self.summaries {
            graph.problems.extend(summary.problems);
            if summary.pruned {
                graph.pruned.insert(module.clone());
            }
            match summary.absent {
                None => {
                    graph.requirements.insert(module, summary.require);
                }
                Some(Absent::NotDownloaded) => {
                    graph.missing.insert(module);
                }
                Some(Absent::Refused(reason)) => {
                    graph.refused.insert(module.clone(), reason);
                    graph.missing.insert(module);
                }
                Some(Absent::Explained) => {}
            }
        }
        graph.problems.sort();
        graph.selected = self.selected.into_iter().filter(|(_, version)| !version.is_empty()).collect();
        graph
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystems::GoModFiles;
    use std::sync::Arc;

    /// Every module requires another one that nobody has heard of.
    #[derive(Debug)]
    struct Endless(AtomicUsize);

    impl GoModFiles for Endless {
        fn go_mod(&self, module: &str, _: &str, hash: Option<&str>) -> Result<Option<String>, String> {
            assert_eq!(hash, None);
            let next = self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Some(format!("module {module}\nrequire example.com/m{next} v1.0.0\n")))
        }
    }

    #[test]
    fn a_graph_without_end_comes_to_one() {
        let directory = tempfile::tempdir().unwrap();
        let go_mod = "module example.com/app\nrequire example.com/first v1.0.0\n";
        std::fs::write(directory.path().join("go.mod"), go_mod).unwrap();
        let files = Arc::new(Endless(AtomicUsize::new(0)));
        let context = ReadContext {
            root: directory.path().to_owned(),
            go_mod_files: Some(files.clone()),
            ..ReadContext::default()
        };
        let workspace = Workspace::of_module(directory.path(), &context);
        let graph = build_list(&workspace, &ModuleCache::of(&context), &context);
        assert_eq!(files.0.load(Ordering::Relaxed), MOST_ASKED);
        assert_eq!(graph.missing.len(), 1);
        assert!(graph.refused.values().next().unwrap().contains("no more are"));
    }
}
