//! Lists in folders, and which project they belong to.

use licgraph::ecosystems::{ReadContext, discover, project_of, read};
use licgraph::model::{Ecosystem, Linkage, Scope};
use std::path::Path;

fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

#[test]
fn a_folder_of_lists_is_found_as_the_project_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/python/requirements-folder");
    let found = discover(&root);
    assert_eq!(found.projects[0], (root.clone(), Ecosystem::Python));
    // What the tests need is read with the project, so nothing was passed over.
    assert!(found.passed_over.is_empty());
    let context = ReadContext { root: root.clone(), ..ReadContext::default() };
    let reading = read(Ecosystem::Python, &root, &context);
    let covered = |path: &Path| path == root || reading.covers.iter().any(|known| known == path);
    assert!(found.projects.iter().all(|(path, _)| covered(path)), "{:?}", found.projects);
    let base = root.join("requirements/base.txt");
    assert_eq!(project_of(&base), Some((Ecosystem::Python, root.clone())));
    assert_eq!(project_of(&root.join("requirements/README.txt")), None);
    assert_eq!(project_of(&root.join("requirements/constraints.txt")), None);
}

#[test]
fn a_folder_of_lists_can_be_named_itself() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &[("requirements/base.txt", "flask\n"), ("requirements/dev.txt", "pytest\n")]);
    let folder = root.path().join("requirements");
    let found = discover(&folder);
    assert_eq!(found.projects, [(folder.clone(), Ecosystem::Python)]);
    let context = ReadContext { root: folder.clone(), ..ReadContext::default() };
    let reading = read(Ecosystem::Python, &folder, &context);
    assert_eq!(reading.graph.package_count(), 3);
}

#[test]
fn lists_of_a_project_in_another_language_are_for_developers() {
    let root = tempfile::tempdir().unwrap();
    write(
        root.path(),
        &[("Cargo.toml", ""), ("docs/requirements.txt", "sphinx\n"), ("tests/requirements.txt", "x")],
    );
    let found = discover(root.path());
    let docs = root.path().join("docs");
    assert!(found.projects.contains(&(docs.clone(), Ecosystem::Python)));
    assert_eq!(found.passed_over, [root.path().join("tests")]);
    let context = ReadContext { root: root.path().to_owned(), ..ReadContext::default() };
    let reading = read(Ecosystem::Python, &docs, &context);
    let (_, _, edge) = reading.graph.edges().next().unwrap();
    assert_eq!((edge.scope, edge.linkage), (Scope::Dev, Linkage::Dev));
}

/// Bots of IntelMQ lie in directories that are called like the package they need.
#[test]
fn a_directory_called_like_a_package_still_depends_on_it() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &[("shodan/REQUIREMENTS.txt", "shodan>=1\n")]);
    let directory = root.path().join("shodan");
    let context = ReadContext { root: root.path().to_owned(), ..ReadContext::default() };
    let reading = read(Ecosystem::Python, &directory, &context);
    let names: Vec<_> =
        reading.graph.nodes().map(|node| reading.graph.package(node).purl.to_string()).collect();
    assert!(names.contains(&"pkg:pypi/shodan".to_owned()), "{names:?}");
    assert_eq!(reading.graph.edges().count(), 1);
}

#[test]
fn lists_that_disagree_with_the_lock_are_said() {
    let root = tempfile::tempdir().unwrap();
    write(
        root.path(),
        &[
            (
                "pyproject.toml",
                "[tool.poetry]\nname = 'a'\nversion = '1'\n[tool.poetry.dependencies]\nflask = '^3'\nclick = '*'\n",
            ),
            (
                "poetry.lock",
                "[[package]]\nname = 'flask'\nversion = '3.0.0'\n[[package]]\nname = 'click'\nversion = '8.1.0'\n[metadata]\nlock-version = '2.0'\n",
            ),
            ("requirements.txt", "Flask==2.3.1\nclick==8.1\n"),
        ],
    );
    let context = ReadContext { root: root.path().to_owned(), ..ReadContext::default() };
    let reading = read(Ecosystem::Python, root.path(), &context);
    let said: Vec<_> = reading.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(said, ["poetry.lock was used; this file asks for other versions: Flask ==2.3.1 (3.0.0 used)"]);
    assert_eq!(reading.graph.package_count(), 3);
}
