//! Projects on this machine beside the go command itself; only where LICGRAPH_GO_PROJECTS names their directories.
//!
//! `LICGRAPH_GO_PROJECTS=dir:dir cargo test --test go live -- --ignored --nocapture`. The module cache of the user
//! is read, and the go command may add to it.

use licgraph::ecosystems::go::build_list::build_list;
use licgraph::ecosystems::go::cache::ModuleCache;
use licgraph::ecosystems::go::import_graph::Finder;
use licgraph::ecosystems::go::modules::{build_modules, module_files};
use licgraph::ecosystems::go::platforms::PlatformSet;
use licgraph::ecosystems::go::reach::{Level, reach_on};
use licgraph::ecosystems::go::version::go_minor;
use licgraph::ecosystems::go::workspace::Workspace;
use licgraph::ecosystems::{ReadContext, go};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const PLATFORMS: [(&str, &str, &str); 6] = [
    ("linux", "amd64", "1"),
    ("linux", "amd64", "0"),
    ("windows", "amd64", "0"),
    ("darwin", "arm64", "1"),
    ("freebsd", "386", "0"),
    ("js", "wasm", "0"),
];

fn ask(directory: &Path, arguments: &[&str], platform: (&str, &str, &str)) -> BTreeSet<String> {
    let output = Command::new("go")
        .args(arguments)
        .current_dir(directory)
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "")
        .env("GOWORK", "off")
        .env("GOOS", platform.0)
        .env("GOARCH", platform.1)
        .env("CGO_ENABLED", platform.2)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn assert_same(what: &str, read: &BTreeSet<String>, listed: &BTreeSet<String>) {
    println!("{what}: {} read, {} listed", read.len(), listed.len());
    let only = |left: &BTreeSet<String>, right: &BTreeSet<String>| {
        left.difference(right).take(20).cloned().collect::<Vec<_>>()
    };
    assert_eq!(only(read, listed), Vec::<String>::new(), "{what}: read and not listed");
    assert_eq!(only(listed, read), Vec::<String>::new(), "{what}: listed and not read");
}

fn compare(directory: &Path) {
    let context = ReadContext::new(directory);
    let workspace = Workspace::of_module(directory, &context);
    let cache = ModuleCache::of(&context);
    let host = PLATFORMS[0];
    let listed =
        ask(directory, &["list", "-m", "-f", "{{if not .Main}}{{.Path}} {{.Version}}{{end}}", "all"], host);
    let mut printed = ask(directory, &["mod", "graph"], host);
    printed
        .retain(|line| !line.split(' ').any(|one| one.starts_with("go@") || one.starts_with("toolchain@")));

    // First of all: what is missing in the module cache comes there now.
    let form = "{{with .Module}}{{.Path}}{{end}}";
    let built_by_go = PLATFORMS
        .map(|platform| (platform, ask(directory, &["list", "-e", "-deps", "-f", form, "./..."], platform)));

    let graph = build_list(&workspace, &cache, &context);
    let name = directory.file_name().unwrap().to_string_lossy();
    assert_eq!(graph.missing, BTreeSet::new(), "{name}");
    let read = graph.selected.iter().map(|(path, version)| format!("{path} {version}")).collect();
    assert_same(&format!("{name}, build list"), &read, &listed);
    let required = graph.requirements.iter();
    let read = required.flat_map(|(from, all)| all.iter().map(move |to| format!("{from} {to}"))).collect();
    assert_same(&format!("{name}, requirements"), &read, &printed);

    let modules = build_modules(&workspace, &graph, None, &cache, &context);
    let files = module_files(&workspace, &modules);
    // The go command sets the tags of all releases up to its own.
    let release = ask(directory, &["env", "GOVERSION"], host).pop_first().unwrap();
    let go_minor = go_minor(release.trim_start_matches("go")).unwrap();
    let imports = Finder { modules: &files, vendored: None, go_minor }.import_graph(&workspace, &[]);
    for (platform, mut listed) in built_by_go {
        let reach = reach_on(&imports, &[], PlatformSet::platform(platform.0, platform.1, platform.2 == "1"));
        let built = reach.packages.iter().filter(|(_, level)| **level <= Level::Library);
        let mut read: BTreeSet<String> =
            built.map(|(package, _)| files[imports.packages[*package].module].path.clone()).collect();
        read.insert(workspace.members[0].path.clone());
        listed.insert(workspace.members[0].path.clone());
        assert_same(&format!("{name}, imported on {platform:?}"), &read, &listed);
    }
    assert!(go::read(directory, &context).graph.package_count() > graph.selected.len());
}

#[test]
#[ignore = "asks the go command; name projects in LICGRAPH_GO_PROJECTS"]
fn projects_on_this_machine_read_as_the_go_command_lists_them() {
    let projects = std::env::var_os("LICGRAPH_GO_PROJECTS").expect("LICGRAPH_GO_PROJECTS names directories");
    let projects: Vec<PathBuf> = std::env::split_paths(&projects).collect();
    assert!(!projects.is_empty());
    projects.iter().for_each(|directory| compare(directory));
}
