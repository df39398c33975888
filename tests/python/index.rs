//! Projects without lock file and environment: versions and needs from a package index.

use licgraph::ecosystems::{PythonIndex, PythonTarget, ReadContext, Reading, read};
use licgraph::model::{Consequence, Ecosystem, Package, PythonRelease};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// An index of lines `name version; needs, needs`, with `yanked` and `python>=3.9` as further words.
#[derive(Debug)]
struct Index {
    lines: Vec<&'static str>,
    asked: Mutex<BTreeSet<String>>,
}

impl Index {
    fn new(lines: &[&'static str]) -> Arc<Self> {
        Arc::new(Self { lines: lines.to_vec(), asked: Mutex::default() })
    }

    fn entries(&self, name: &str) -> Vec<(PythonRelease, Vec<String>)> {
        let parse = |line: &&'static str| {
            let (head, needs) = line.split_once("; ").unwrap_or((line, ""));
            let mut words = head.split(' ');
            let is_meant = words.next() == Some(name);
            let version = words.next().unwrap().to_owned();
            let rest: Vec<&str> = words.collect();
            let requires_python = rest.iter().find_map(|word| word.strip_prefix("python")).map(str::to_owned);
            let release = PythonRelease { version, requires_python, yanked: rest.contains(&"yanked") };
            let needs = needs.split(", ").filter(|need| !need.is_empty()).map(str::to_owned).collect();
            is_meant.then_some((release, needs))
        };
        self.lines.iter().filter_map(parse).collect()
    }
}

impl PythonIndex for Index {
    fn releases(&self, package: &Package) -> Result<Vec<PythonRelease>, String> {
        self.asked.lock().unwrap().insert(package.name.clone());
        let found: Vec<_> = self.entries(&package.name).into_iter().map(|(release, _)| release).collect();
        if found.is_empty() { Err("not found".to_owned()) } else { Ok(found) }
    }

    fn requires(&self, package: &Package) -> Result<Option<Vec<String>>, String> {
        let version = package.version.as_deref().unwrap();
        let entry = self.entries(&package.name).into_iter().find(|(release, _)| release.version == version);
        let needs = entry.unwrap().1;
        Ok((needs != ["?"]).then_some(needs))
    }
}

fn resolve(index: &Arc<Index>, files: &[(&str, &str)], python: Option<&str>) -> Reading {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let context = ReadContext {
        root: root.path().to_owned(),
        python: PythonTarget { version: python.map(str::to_owned), ..PythonTarget::default() },
        python_index: Some(index.clone()),
        ..ReadContext::default()
    };
    read(Ecosystem::Python, Path::new(root.path()), &context)
}

fn edges(reading: &Reading) -> Vec<String> {
    let label = |node| reading.graph.package(node).label();
    let mut found: Vec<String> = reading
        .graph
        .edges()
        .map(|(from, to, edge)| match &edge.condition {
            Some(condition) => format!("{} > {} if {condition}", label(from), label(to)),
            None => format!("{} > {}", label(from), label(to)),
        })
        .map(|line| match line.split_once(" > ") {
            Some((from, to)) if !from.contains(' ') => format!("project > {to}"),
            _ => line,
        })
        .collect();
    found.sort();
    found
}

#[test]
fn the_newest_version_that_fits_everybody_is_taken() {
    let index = Index::new(&[
        "web 1.0",
        "web 2.0; http>=1, socks ; extra == 'proxy', old ; python_version < '3.8'",
        "web 3.0b1",
        "http 1.9",
        "http 1.10",
        "http 2.0",
        "tool 1.0; http<2",
        "tool 1.1 yanked",
        "socks 0.1",
        "old 0.3",
    ]);
    let reading = resolve(&index, &[("requirements.txt", "web[proxy]\ntool\n")], None);
    assert_eq!(
        edges(&reading),
        [
            "project > tool 1.0",
            "project > web 2.0",
            "tool 1.0 > http 1.10",
            "web 2.0 > http 1.10",
            "web 2.0 > old 0.3 if python_version < '3.8'",
            "web 2.0 > socks 0.1 if extra == 'proxy'",
        ]
    );
    assert_eq!(reading.graph.projects()[0].graph_source.as_deref(), Some("the package index"));
    let complete =
        |reading: &Reading| reading.problems.iter().all(|problem| problem.consequence == Consequence::Note);
    assert!(complete(&reading), "{:?}", reading.problems);
    let narrowed = resolve(&index, &[("requirements.txt", "web\n")], Some("3.12"));
    assert_eq!(edges(&narrowed), ["project > web 2.0", "web 2.0 > http 2.0"]);
}

#[test]
fn limits_pins_and_pythons_hold() {
    let index =
        Index::new(&["a 1.0 yanked", "a 2.0", "b 1.0 python>=3.8", "b 2.0 python>=3.12", "c 1.0", "c 2.0"]);
    let files = [("requirements.txt", "-c limits.txt\na==1.0\nb\nc\n"), ("limits.txt", "c<2\n")];
    let reading = resolve(&index, &files, Some("3.11"));
    assert_eq!(edges(&reading), ["project > a 1.0", "project > b 1.0", "project > c 1.0"]);
}

#[test]
fn askers_that_never_meet_each_get_their_version() {
    let index = Index::new(&["numpy 1.26", "numpy 2.1"]);
    let text = "numpy<2 ; python_version < '3.10'\nnumpy>=2 ; python_version >= '3.10'\n";
    let reading = resolve(&index, &[("requirements.txt", text)], None);
    assert_eq!(
        edges(&reading),
        [
            "project > numpy 1.26 if python_version < '3.10'",
            "project > numpy 2.1 if python_version >= '3.10'"
        ]
    );
}

#[test]
fn nobody_is_asked_about_the_project_and_its_directories() {
    let index = Index::new(&["a 1", "b 1"]);
    let files = [
        (
            "pyproject.toml",
            "[project]\nname = 'secret'\nversion = '1'\ndependencies = ['a', 'inner @ git+https://git.example/x']\n[project.optional-dependencies]\nall = ['secret[more]']\n",
        ),
        ("requirements.txt", "-e ./library\n"),
        (
            "library/pyproject.toml",
            "[project]\nname = 'library'\nversion = '2'\ndependencies = ['b', 'library[x]']\n",
        ),
    ];
    let reading = resolve(&index, &files, None);
    assert_eq!(index.asked.lock().unwrap().iter().map(String::as_str).collect::<Vec<_>>(), ["a", "b"]);
    assert!(edges(&reading).contains(&"library 2 > b 1".to_owned()), "{:?}", edges(&reading));
}

/// Developers ask for early versions of what the program takes finished.
#[test]
fn developers_do_not_decide_what_ships() {
    let index = Index::new(&["a 1.0; c", "a 2.0.dev1; c", "b 1.0; a", "c 1.0", "wheel 0.4"]);
    let text = "[build-system]\nrequires = ['wheel']\n[project]\nname = 'p'\nversion = '1'\n\
                dependencies = ['b', 'a<2']\n[dependency-groups]\ndev = ['a>=2.dev0']\n";
    let reading = resolve(&index, &[("pyproject.toml", text)], None);
    assert_eq!(
        edges(&reading),
        [
            "a 1.0 > c 1.0",
            "a 2.0.dev1 > c 1.0",
            "b 1.0 > a 1.0",
            "p 1 > a 1.0",
            "p 1 > a 2.0.dev1",
            "p 1 > b 1.0",
            "p 1 > wheel 0.4"
        ]
    );
}

#[test]
fn what_a_lock_never_names_and_an_environment_lacks_is_asked_for() {
    let index = Index::new(&["poetry-core 2.1", "click 9", "extra 1; click", "newcomer 1"]);
    let lock = "[[package]]\nname = 'click'\nversion = '8.1.0'\n[metadata]\nlock-version = '2.0'\n";
    let text = "[build-system]\nrequires = ['poetry-core']\n[tool.poetry]\nname = 'p'\nversion = '1'\n\
                [tool.poetry.dependencies]\nclick = '*'\nnewcomer = '*'\n";
    let reading = resolve(&index, &[("pyproject.toml", text), ("poetry.lock", lock)], None);
    // A lock that lacks what the program needs is out of date: no newer version makes up for it.
    assert_eq!(edges(&reading), ["p 1 > click 8.1.0", "p 1 > newcomer", "p 1 > poetry-core 2.1"]);
    let text = "[project]\nname = 'p'\nversion = '1'\ndependencies = ['click']\n\
                [project.optional-dependencies]\nmore = ['extra']\n";
    let site = ".venv/lib/python3.12/site-packages/click-8.dist-info/METADATA";
    let files = [
        ("pyproject.toml", text),
        (site, "Name: click\nVersion: 8\n"),
        (".venv/pyvenv.cfg", "version = 3.12\n"),
    ];
    let reading = resolve(&index, &files, None);
    assert_eq!(edges(&reading), ["extra 1 > click 8", "p 1 > click 8", "p 1 > extra 1 if extra == \"more\""]);
    assert!(reading.problems.iter().all(|problem| problem.consequence == Consequence::Note));
}

#[test]
fn what_an_index_does_not_tell_is_incomplete() {
    let index = Index::new(&["built 1.0; ?"]);
    let reading = resolve(&index, &[("requirements.txt", "built\nabsent\n")], None);
    let incomplete: Vec<_> = reading
        .problems
        .iter()
        .filter(|problem| problem.consequence == Consequence::Incomplete)
        .map(|problem| problem.message.split(';').next().unwrap())
        .collect();
    assert_eq!(
        incomplete,
        [
            "the package index does not tell what absent needs: not found",
            "what built 1.0 needs is known only when it is built",
            "absent is asked for and is not in the package index",
        ]
    );
}

#[test]
fn a_choice_that_moves_back_and_forth_ends() {
    // Each version of the one excludes what makes it the newest that fits.
    let index = Index::new(&["a 1; b>=2", "a 2; b<2", "b 1; a<2", "b 2; a>=2"]);
    let reading = resolve(&index, &[("requirements.txt", "a\nb\n")], None);
    assert!(reading.graph.package_count() >= 3);
}
