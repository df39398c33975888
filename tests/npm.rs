//! npm projects: the graph of every lock file against what the client itself lists, and input that is wrong.

#![allow(clippy::unwrap_used)]

#[path = "npm/listing.rs"]
mod listing;
#[path = "npm/text.rs"]
mod text;
#[path = "npm/wrong_input.rs"]
mod wrong_input;

use licgraph::model::{Dependency, Ecosystem, Files, LicenseStatement, Linkage, Scope};
use listing::Listing;
use std::collections::BTreeSet;
use std::io::Write;
use text::{aliases, fixture, labels, no_peer, pairs, problems, read, render};

/// The same project, locked by every client.
const EVERYWHERE: [&str; 10] = [
    "everywhere-npm-1",
    "everywhere-npm-2",
    "everywhere-npm-3",
    "everywhere-yarn-1",
    "everywhere-yarn-3",
    "everywhere-yarn-4",
    "everywhere-pnpm-5",
    "everywhere-pnpm-6",
    "everywhere-pnpm-9",
    "everywhere-bun",
];

/// Lock files that know peer dependencies and platforms, all of them.
const COMPLETE: [&str; 7] = [
    "everywhere-npm-2",
    "everywhere-npm-3",
    "everywhere-yarn-3",
    "everywhere-yarn-4",
    "everywhere-pnpm-6",
    "everywhere-pnpm-9",
    "everywhere-bun",
];

/// An edge without what differs between formats for good reasons: requirements of pnpm, places.
fn edge_text(graph: &licgraph::model::DependencyGraph) -> BTreeSet<String> {
    let line = |(from, to, edge): (_, _, &Dependency)| {
        format!(
            "{} -> {} {} {} if {} as {}",
            graph.package(from).label(),
            graph.package(to).label(),
            edge.scope,
            edge.linkage,
            edge.condition.as_deref().unwrap_or("-"),
            edge.alias.as_deref().unwrap_or("-"),
        )
    };
    graph.edges().map(line).collect()
}

#[test]
fn every_lock_file_of_a_project_gives_the_same_graph() {
    let expected = read(&fixture("everywhere-npm-3"));
    assert_eq!(expected.graph.package_count(), 20);
    for case in EVERYWHERE {
        let found = read(&fixture(case));
        assert_eq!(problems(&found), Vec::<String>::new(), "{case}");
        assert_eq!(labels(&found.graph), labels(&expected.graph), "{case}");
        assert_eq!(pairs(&found.graph, no_peer), pairs(&expected.graph, no_peer), "{case}");
        assert_eq!(found.graph.projects().len(), 3, "{case}");
        assert_eq!(found.covers.len(), 2, "{case}");
        let licenses: Vec<_> = found
            .graph
            .projects()
            .iter()
            .map(|project| found.graph.package(project.node).declared[0].statement.clone())
            .collect();
        let expected_licenses = [
            LicenseStatement::Expression("GPL-2.0-only".to_owned()),
            LicenseStatement::Expression("MIT".to_owned()),
            LicenseStatement::File("TERMS.txt".to_owned()),
        ];
        assert_eq!(licenses, expected_licenses, "{case}");
    }
    for case in COMPLETE {
        assert_eq!(edge_text(&read(&fixture(case)).graph), edge_text(&expected.graph), "{case}");
    }
}

#[test]
fn installed_trees_give_the_same_graph_too() {
    let expected = read(&fixture("everywhere-npm-3"));
    // The fixture of pnpm has links as other systems make them.
    let cases: &[&str] = if cfg!(unix) {
        &["installed-hoisted", "installed-pnpm", "installed-hidden-lock"]
    } else {
        &["installed-hoisted", "installed-hidden-lock"]
    };
    for case in cases {
        let found = read(&fixture(case));
        // What is not installed for this platform is not in the tree; that is told.
        let is_absent = |label: &str| label == "@esbuild/darwin-arm64 0.21.5";
        let expected_labels: BTreeSet<_> =
            labels(&expected.graph).into_iter().filter(|label| !is_absent(label)).collect();
        let expected_pairs: BTreeSet<_> =
            pairs(&expected.graph, |_| true).into_iter().filter(|(_, to)| !is_absent(to)).collect();
        assert_eq!(labels(&found.graph), expected_labels, "{case}");
        assert_eq!(pairs(&found.graph, |_| true), expected_pairs, "{case}");
        let told = problems(&found);
        assert!(told.iter().any(|problem| problem.contains("not judged: @esbuild/darwin-arm64")), "{told:?}");
        assert!(told.iter().all(|problem| problem.starts_with("Note ")), "{told:?}");
    }
}

fn recorded(case: &str, file: &str) -> String {
    std::fs::read_to_string(fixture(case).join(file)).unwrap()
}

/// Packages that the client leaves out: the root, members, what this platform cannot use.
fn without(labels: BTreeSet<String>, left_out: &[&str]) -> BTreeSet<String> {
    labels.into_iter().filter(|label| !left_out.iter().any(|out| label.starts_with(out))).collect()
}

#[test]
fn npm_lists_the_same_packages_and_edges() {
    for case in ["everywhere-npm-1", "everywhere-npm-2", "everywhere-npm-3"] {
        let found = read(&fixture(case));
        let listed = listing::npm(&recorded(case, "listing.json")).without_aliases(&aliases(&found.graph));
        assert_eq!(without(labels(&found.graph), &["@esbuild/"]), listed.packages, "{case}");
        let mut ours = pairs(&found.graph, |_| true);
        ours.retain(|(_, to)| !to.starts_with("@esbuild/"));
        let mut theirs = listed.edges;
        // The listing shows the links to the members as edges of the root.
        theirs.retain(|(from, to)| !(from == "everywhere 1.0.0" && to.starts_with("@everywhere/")));
        if case == "everywhere-npm-1" {
            // Version 1 has no peers; where nothing is installed nobody else tells them.
            theirs.retain(|(from, _)| from != "use-sync-external-store 1.2.0");
        }
        assert_eq!(ours, theirs, "{case}");
    }
}

#[test]
fn pnpm_lists_the_same_packages_and_edges() {
    for case in ["everywhere-pnpm-5", "everywhere-pnpm-6", "everywhere-pnpm-9", "catalogs-pnpm-10"] {
        let found = read(&fixture(case));
        let listed = listing::pnpm(&recorded(case, "listing.json"));
        assert_eq!(labels(&found.graph), listed.packages, "{case}");
        assert_eq!(pairs(&found.graph, |_| true), listed.edges, "{case}");
    }
}

#[test]
fn yarn_lists_the_same_packages_and_edges() {
    for case in ["everywhere-yarn-3", "everywhere-yarn-4", "patched-yarn-4"] {
        let found = read(&fixture(case));
        let listed = listing::yarn_berry(&recorded(case, "listing.ndjson"));
        assert_eq!(labels(&found.graph), listed.packages, "{case}");
        assert_eq!(pairs(&found.graph, no_peer), listed.edges, "{case}");
    }
    let found = read(&fixture("everywhere-yarn-1"));
    let listed = listing::yarn_classic(&recorded("everywhere-yarn-1", "listing.json"));
    assert_listed_but(&found.graph, listed, &["everywhere "]);
}

/// `catalog:` and `patch:` name what stands in the lock; neither is a contradiction.
#[test]
fn catalogs_and_patches_match_their_lock() {
    for case in ["catalogs-pnpm-10", "patched-yarn-4"] {
        assert_eq!(problems(&read(&fixture(case))), Vec::<String>::new(), "{case}");
    }
}

#[test]
fn bun_lists_the_same_packages() {
    let found = read(&fixture("everywhere-bun"));
    let listed = listing::bun(&recorded("everywhere-bun", "listing.txt"));
    assert_listed_but(&found.graph, listed, &["everywhere ", "@everywhere/", "@esbuild/"]);
}

/// For listings that name packages as they are used.
fn assert_listed_but(graph: &licgraph::model::DependencyGraph, listed: Listing, left_out: &[&str]) {
    let listed = listed.without_aliases(&aliases(graph));
    assert_eq!(without(labels(graph), left_out), listed.packages);
}

/// Another reader of yarn.lock sees the same entries.
#[test]
fn the_yarn_lock_parser_crate_reads_the_same() {
    for case in ["everywhere-yarn-1", "everywhere-yarn-3", "everywhere-yarn-4"] {
        let text = recorded(case, "yarn.lock");
        let parsed = yarn_lock_parser::parse_str(&text).unwrap();
        let found = read(&fixture(case));
        let versions: BTreeSet<_> = found
            .graph
            .nodes()
            .map(|node| found.graph.package(node))
            .filter(|package| package.origin != licgraph::model::Origin::Project)
            .map(|package| package.version.clone().unwrap())
            .collect();
        let theirs: BTreeSet<_> = parsed
            .entries
            .iter()
            .map(|entry| entry.version.to_owned())
            .filter(|version| version != "0.0.0-use.local")
            .collect();
        assert_eq!(versions, theirs, "{case}");
    }
}

#[test]
fn a_whole_graph_reads_like_this() {
    insta::assert_snapshot!("everywhere_npm_3", render(&read(&fixture("everywhere-npm-3"))));
    insta::assert_snapshot!("everywhere_yarn_1", render(&read(&fixture("everywhere-yarn-1"))));
    insta::assert_snapshot!("everywhere_yarn_4", render(&read(&fixture("everywhere-yarn-4"))));
    insta::assert_snapshot!("everywhere_pnpm_9", render(&read(&fixture("everywhere-pnpm-9"))));
    insta::assert_snapshot!("everywhere_bun", render(&read(&fixture("everywhere-bun"))));
}

#[test]
fn every_kind_of_dependency_keeps_its_origin() {
    insta::assert_snapshot!("kinds", render(&read(&fixture("kinds"))));
}

#[test]
fn every_form_of_license_is_handed_over_verbatim() {
    insta::assert_snapshot!("licenses", render(&read(&fixture("licenses"))));
}

#[test]
fn a_bundling_member_links_statically_and_its_neighbour_does_not() {
    let reading = read(&fixture("bundles"));
    let linkage = |name: &str| {
        let found = reading.graph.edges().find(|(_, to, _)| reading.graph.package(*to).name == name);
        found.map(|(_, _, edge)| edge.linkage)
    };
    assert_eq!(linkage("shown"), Some(Linkage::Static));
    assert_eq!(linkage("inner"), Some(Linkage::Static));
    assert_eq!(linkage("vite"), Some(Linkage::Dev));
    assert_eq!(linkage("served"), Some(Linkage::Dynamic));
    let told = problems(&reading);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("Note site/package.json:12: this project bundles"), "{told:?}");
    assert!(told[0].contains("the script `build` calls it"), "{told:?}");
}

#[test]
fn packages_in_the_archives_of_plug_n_play_have_licenses_and_files() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    std::fs::create_dir_all(root.join(".yarn/cache")).unwrap();
    let manifest = r#"{"name": "r", "dependencies": {"@s/a": "^1.0.0"}}"#;
    std::fs::write(root.join("package.json"), manifest).unwrap();
    let lock = concat!(
        "__metadata:\n  version: 8\n\n\"@s/a@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"@s/a@npm:1.0.0\"\n\n",
        "\"r@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"r@workspace:.\"\n",
        "  dependencies:\n    \"@s/a\": \"npm:^1.0.0\"\n"
    );
    std::fs::write(root.join("yarn.lock"), lock).unwrap();
    for (name, license) in [("1.0.0-0123456789", "MPL-2.0"), ("1.0.0-beta-0123456789", "GPL-2.0-only")] {
        let file = std::fs::File::create(root.join(format!(".yarn/cache/@s-a-npm-{name}-abc.zip"))).unwrap();
        let mut zip = zip::ZipWriter::new(file);
        zip.start_file("node_modules/@s/a/package.json", zip::write::SimpleFileOptions::default()).unwrap();
        write!(zip, r#"{{"name": "@s/a", "license": "{license}"}}"#).unwrap();
        zip.finish().unwrap();
    }
    let reading = read(root);
    assert_eq!(problems(&reading), Vec::<String>::new());
    let package =
        reading.graph.nodes().map(|node| reading.graph.package(node)).find(|p| p.name == "@s/a").unwrap();
    assert_eq!(package.declared[0].statement, LicenseStatement::Expression("MPL-2.0".to_owned()));
    assert!(
        matches!(&package.files, Some(Files::Archive(path)) if path.ends_with("@s-a-npm-1.0.0-0123456789-abc.zip"))
    );
}

#[test]
fn file_names_are_recognised() {
    let names = [
        "package.json",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "pnpm-workspace.yaml",
        "bun.lock",
        "bun.lockb",
    ];
    for name in names {
        assert_eq!(licgraph::ecosystems::recognise(name), Some(Ecosystem::Npm), "{name}");
    }
    assert_eq!(licgraph::ecosystems::recognise("Package.json"), None);
}

#[test]
fn scopes_of_direct_dependencies_are_those_of_the_manifest() {
    let reading = read(&fixture("everywhere-pnpm-9"));
    let react: BTreeSet<_> = reading
        .graph
        .edges()
        .filter(|(from, to, _)| {
            reading.graph.package(*from).name == "@everywhere/lib"
                && reading.graph.package(*to).name == "react"
        })
        .map(|(_, _, edge)| edge.scope)
        .collect();
    // pnpm writes the peers of a member among its dependencies.
    assert_eq!(react, BTreeSet::from([Scope::Peer]));
}
