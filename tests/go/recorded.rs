//! Real projects: what the go command printed about them is what is read from their go.mod files and imports.

use crate::cases::{context, fixtures};
use licgraph::ecosystems::go;
use licgraph::ecosystems::go::build_list::{ModuleGraph, build_list};
use licgraph::ecosystems::go::cache::ModuleCache;
use licgraph::ecosystems::go::import_graph::Finder;
use licgraph::ecosystems::go::modules::{build_modules, module_files};
use licgraph::ecosystems::go::platforms::PlatformSet;
use licgraph::ecosystems::go::reach::{Level, reach_on};
use licgraph::ecosystems::go::version::{ModuleVersion, escape};
use licgraph::ecosystems::go::workspace::Workspace;
use licgraph::model::{Consequence, Linkage};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A project and a module cache, made of the recorded files.
struct Recorded {
    from: PathBuf,
    directory: tempfile::TempDir,
}

impl Recorded {
    fn new(name: &str) -> Self {
        let recorded = Self { from: fixtures().join(name), directory: tempfile::tempdir().unwrap() };
        fs::create_dir_all(recorded.project()).unwrap();
        fs::write(recorded.project().join("go.mod"), recorded.text("go.mod.txt")).unwrap();
        recorded.write_mod_files();
        recorded
    }

    fn with_packages(name: &str) -> Self {
        let recorded = Self::new(name);
        recorded.write_packages();
        recorded
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.from.join(name)).unwrap()
    }

    fn project(&self) -> PathBuf {
        self.directory.path().join("project")
    }

    fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }

    fn write_mod_files(&self) {
        for part in self.text("mods.txt").split("-- ").skip(1) {
            let (module, text) = part.split_once(" --\n").unwrap();
            let (path, version) = module.split_once('@').unwrap();
            let directory = self.cache().join("cache/download").join(escape(path).unwrap()).join("@v");
            fs::create_dir_all(&directory).unwrap();
            fs::write(directory.join(escape(version).unwrap() + ".mod"), text).unwrap();
        }
    }

    fn write_packages(&self) {
        for part in self.text("packages.txt").split("= ").skip(1) {
            let (heading, files) = part.split_once('\n').unwrap();
            let (module, directory) = heading.split_once(' ').unwrap();
            let root = match module.split_once('@') {
                None => self.project(),
                Some((path, version)) => {
                    self.cache().join(format!("{}@{}", escape(path).unwrap(), escape(version).unwrap()))
                }
            };
            let directory = root.join(directory);
            fs::create_dir_all(&directory).unwrap();
            for line in files.lines() {
                let [name, package, constraint, imports] = line.split('\t').collect::<Vec<_>>()[..] else {
                    panic!("{line}");
                };
                fs::write(directory.join(name), source(package, constraint, imports)).unwrap();
            }
        }
    }

    fn workspace(&self) -> (Workspace, ModuleGraph) {
        let context = context(&self.project(), &self.cache());
        let workspace = Workspace::of_module(&self.project(), &context);
        let graph = build_list(&workspace, &ModuleCache::of(&context), &context);
        (workspace, graph)
    }
}

fn source(package: &str, constraint: &str, imports: &str) -> String {
    let mut text = String::new();
    if !constraint.is_empty() {
        let _ = writeln!(text, "//go:build {constraint}\n");
    }
    let _ = writeln!(text, "package {package}\n");
    for import in imports.split_whitespace() {
        let _ = writeln!(text, "import _ {import:?}");
    }
    text + "\nvar rest int\n"
}

fn check_build_list(name: &str, at_least: usize) {
    let recorded = Recorded::new(name);
    let (_, graph) = recorded.workspace();
    assert_eq!(graph.missing, BTreeSet::new());
    let listed: BTreeMap<String, String> = recorded
        .text("list.txt")
        .lines()
        .map(|line| line.split_once(' ').unwrap())
        // `old v1 => new v2` is what stands in for a module.
        .map(|(path, version)| (path.to_owned(), version.split(' ').next().unwrap().to_owned()))
        .collect();
    assert!(listed.len() >= at_least);
    assert_eq!(graph.selected, listed);
}

fn check_graph(name: &str, at_least: usize) {
    let recorded = Recorded::new(name);
    let (_, graph) = recorded.workspace();
    let mut printed = BTreeSet::new();
    let mut from = String::new();
    for line in recorded.text("graph.txt").lines() {
        match line.strip_prefix('\t') {
            Some(to) => {
                printed.insert(format!("{from} {to}"));
            }
            None => line.clone_into(&mut from),
        }
    }
    assert!(printed.len() >= at_least);
    let edge = |from: &ModuleVersion, to: &ModuleVersion| format!("{from} {to}");
    let requirements = graph.requirements.iter();
    let read: BTreeSet<_> =
        requirements.flat_map(|(from, all)| all.iter().map(move |to| edge(from, to))).collect();
    assert_eq!(read, printed);
}

fn check_imports(name: &str) {
    let recorded = Recorded::with_packages(name);
    let (workspace, graph) = recorded.workspace();
    let context = context(&recorded.project(), &recorded.cache());
    let modules = build_modules(&workspace, &graph, None, &ModuleCache::of(&context), &context);
    let files = module_files(&workspace, &modules);
    // The recording release sets every tag for releases up to its own.
    let finder = Finder { modules: &files, vendored: None, go_minor: 26 };
    let imports = finder.import_graph(&workspace, &[]);
    let deps = recorded.text("deps.txt");
    let mut seen = BTreeSet::new();
    for part in deps.split("= ").skip(1) {
        let (heading, listed) = part.split_once('\n').unwrap();
        let [system, architecture, cgo] = heading.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{heading}");
        };
        let platform = PlatformSet::platform(system, architecture, cgo == "cgo");
        let reach = reach_on(&imports, &[], platform);
        let built = reach.packages.iter().filter(|(_, level)| **level <= Level::Library);
        let mut modules: BTreeSet<&str> =
            built.map(|(package, _)| files[imports.packages[*package].module].path.as_str()).collect();
        // The go command's list ends with the main module, whose packages it lists in any case.
        modules.insert(&workspace.members[0].path);
        assert_eq!(modules, listed.lines().collect(), "{name} on {heading}");
        seen.insert(modules.len());
    }
    assert!(seen.len() > 1, "the platforms differ");
}

#[test]
fn the_pruned_build_list_is_that_of_the_go_command() {
    check_build_list("recorded-cli", 400);
    check_build_list("recorded-hugo", 380);
}

#[test]
fn the_unpruned_build_list_is_that_of_the_go_command() {
    check_build_list("recorded-viper", 150);
}

#[test]
fn the_requirement_graphs_are_those_of_the_go_command() {
    check_graph("recorded-cli", 1600);
    check_graph("recorded-hugo", 3100);
    check_graph("recorded-viper", 600);
}

#[test]
fn the_imported_modules_are_those_of_the_go_command_on_every_platform() {
    check_imports("recorded-cli");
    check_imports("recorded-hugo");
}

#[test]
fn the_imported_modules_of_a_library_are_those_of_the_go_command() {
    let recorded = Recorded::new("recorded-viper");
    let deps = recorded.text("deps.txt");
    assert!(deps.lines().filter(|line| line.starts_with("= ")).count() >= 5);
    check_imports("recorded-viper");
}

#[test]
fn what_the_go_command_answered_reads_like_what_is_read_from_files() {
    let recorded = Recorded::new("recorded-viper");
    let (_, graph) = recorded.workspace();
    let modules: Vec<_> = recorded
        .text("list.txt")
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .map(|words| format!("{{\"Path\": {:?}, \"Version\": {:?}}}", words[0], words[1]))
        .collect();
    let mut printed = String::new();
    for (from, all) in &graph.requirements {
        for to in all {
            let _ = writeln!(printed, "{from} {to}");
        }
    }
    printed.push_str("example.com/x go@1.22\ngo@1.22 toolchain@go1.22\n");
    let answered = go::resolve::answer(&modules.join("\n"), &printed).unwrap();
    assert_eq!(answered.selected, graph.selected);
    let told = |graph: &ModuleGraph| -> Vec<_> {
        graph.requirements.clone().into_iter().filter(|(_, all)| !all.is_empty()).collect()
    };
    assert_eq!(told(&answered), told(&graph));
    assert!(go::resolve::answer("not json", "").is_err());
}

#[test]
fn every_module_is_a_package_and_what_is_not_imported_is_not_conveyed() {
    let recorded = Recorded::with_packages("recorded-cli");
    let reading = go::read(&recorded.project(), &context(&recorded.project(), &recorded.cache()));
    // The build list, the project and the standard library.
    assert_eq!(reading.graph.package_count(), 414 + 2);
    let incomplete: Vec<_> =
        reading.problems.iter().filter(|problem| problem.consequence != Consequence::Note).collect();
    assert_eq!(incomplete, Vec::<&licgraph::model::Problem>::new());
    let (mut conveyed, mut unused) = (BTreeSet::new(), BTreeSet::new());
    for (_, to, dependency) in reading.graph.edges() {
        let kind = if dependency.linkage == Linkage::Static { &mut conveyed } else { &mut unused };
        kind.insert(to);
    }
    assert!(unused.difference(&conveyed).count() > 200, "{}", unused.len());
    let every_node_hangs =
        reading.graph.nodes().skip(1).all(|node| reading.graph.dependents(node).next().is_some());
    assert!(every_node_hangs);
}

#[test]
fn a_missing_go_mod_is_named() {
    let recorded = Recorded::new("recorded-viper");
    let lost = "cache/download/github.com/fsnotify/fsnotify/@v/v1.4.7.mod";
    fs::remove_file(recorded.cache().join(Path::new(lost))).unwrap();
    let (_, graph) = recorded.workspace();
    assert_eq!(graph.missing, BTreeSet::from([ModuleVersion::new("github.com/fsnotify/fsnotify", "v1.4.7")]));
    let reading = go::read(&recorded.project(), &context(&recorded.project(), &recorded.cache()));
    let named = reading.problems.iter().find(|problem| problem.message.contains("go mod download")).unwrap();
    assert_eq!(named.consequence, Consequence::Incomplete);
    assert!(named.message.contains("github.com/fsnotify/fsnotify@v1.4.7"));
}
