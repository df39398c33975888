//! What the clients themselves list, in one form.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Packages and edges as labels (`name version`).
#[derive(Debug, Default)]
pub struct Listing {
    pub packages: BTreeSet<String>,
    pub edges: BTreeSet<(String, String)>,
}

impl Listing {
    /// Replaces the names that packages are used under by their own.
    pub fn without_aliases(self, aliases: &BTreeMap<String, String>) -> Self {
        let real = |label: String| aliases.get(&label).cloned().unwrap_or(label);
        Self {
            packages: self.packages.into_iter().map(real).collect(),
            edges: self.edges.into_iter().map(|(from, to)| (real(from), real(to))).collect(),
        }
    }
}

/// `npm ls --all --json`: a tree of `dependencies`; a package that was shown before is shown without its own.
pub fn npm(text: &str) -> Listing {
    let root: Value = serde_json::from_str(text).expect("JSON");
    let mut listing = Listing::default();
    npm_package(&root, &label(root["name"].as_str().expect("a name"), &root["version"]), &mut listing);
    listing
}

fn npm_package(package: &Value, own: &str, listing: &mut Listing) {
    listing.packages.insert(own.to_owned());
    for (name, dependency) in package["dependencies"].as_object().into_iter().flatten() {
        // Optional packages that are not there have no version; extraneous ones belong to nobody.
        if dependency["version"].is_null() || dependency["extraneous"] == true {
            continue;
        }
        let inner = label(name, &dependency["version"]);
        listing.edges.insert((own.to_owned(), inner.clone()));
        npm_package(dependency, &inner, listing);
    }
}

/// `pnpm ls -r --json --depth Infinity`: a list of projects, each a tree.
pub fn pnpm(text: &str) -> Listing {
    let projects: Value = serde_json::from_str(text).expect("JSON");
    let mut listing = Listing::default();
    let versions: BTreeMap<String, Value> = projects
        .as_array()
        .expect("a list")
        .iter()
        .map(|project| (project["name"].as_str().expect("a name").to_owned(), project["version"].clone()))
        .collect();
    for project in projects.as_array().expect("a list") {
        let own = label(project["name"].as_str().expect("a name"), &project["version"]);
        pnpm_package(project, &own, &versions, &mut listing);
    }
    listing
}

fn pnpm_package(package: &Value, own: &str, members: &BTreeMap<String, Value>, listing: &mut Listing) {
    listing.packages.insert(own.to_owned());
    for field in ["dependencies", "devDependencies", "optionalDependencies"] {
        for (key, dependency) in package[field].as_object().into_iter().flatten() {
            let name = dependency["from"].as_str().unwrap_or(key);
            let is_link = dependency["version"].as_str().is_some_and(|version| version.starts_with("link:"));
            let inner = match members.get(name).filter(|_| is_link) {
                Some(version) => label(name, version),
                None => label(name, &dependency["version"]),
            };
            listing.edges.insert((own.to_owned(), inner.clone()));
            pnpm_package(dependency, &inner, members, listing);
        }
    }
}

/// `yarn info --all --recursive --json` of Yarn 2 and later: one package a line, peers left out.
pub fn yarn_berry(text: &str) -> Listing {
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut versions = BTreeMap::new();
    for line in &lines {
        let locator = line["value"].as_str().expect("a locator");
        versions.insert(locator.to_owned(), label(locator_name(locator), &line["children"]["Version"]));
    }
    let mut listing = Listing::default();
    for line in &lines {
        let own = &versions[line["value"].as_str().expect("a locator")];
        listing.packages.insert(own.clone());
        for dependency in line["children"]["Dependencies"].as_array().into_iter().flatten() {
            let locator = dependency["locator"].as_str().expect("a locator");
            let target = versions.get(&without_virtual(locator)).expect("listed").clone();
            listing.edges.insert((own.clone(), target));
        }
    }
    listing
}

fn locator_name(locator: &str) -> &str {
    let at = locator[1..].find('@').expect("an at sign") + 1;
    &locator[..at]
}

/// `a@virtual:<hash>#npm:1.0.0` is `a@npm:1.0.0` with its peers.
fn without_virtual(locator: &str) -> String {
    match (locator.find("@virtual:"), locator.find('#')) {
        (Some(start), Some(end)) => format!("{}@{}", &locator[..start], &locator[end + 1..]),
        _ => locator.to_owned(),
    }
}

/// `yarn list --json` of Yarn 1: where packages lie, and so no edges.
pub fn yarn_classic(text: &str) -> Listing {
    let list: Value = serde_json::from_str(text.trim()).expect("JSON");
    let mut listing = Listing::default();
    yarn_trees(&list["data"]["trees"], &mut listing);
    listing
}

fn yarn_trees(trees: &Value, listing: &mut Listing) {
    for tree in trees.as_array().into_iter().flatten() {
        // A shadow is a requirement, shown where the package lies elsewhere.
        if tree["shadow"] != true {
            listing.packages.insert(spaced(tree["name"].as_str().expect("a name")));
        }
        yarn_trees(&tree["children"], listing);
    }
}

/// `bun pm ls --all`: where packages lie.
pub fn bun(text: &str) -> Listing {
    let mut listing = Listing::default();
    for line in text.lines().skip(1) {
        let name = line.trim_start_matches(['│', '├', '└', '─', ' ']);
        if !name.contains("@workspace:") {
            listing.packages.insert(spaced(name));
        }
    }
    listing
}

fn spaced(text: &str) -> String {
    let at = text[1..].find('@').expect("an at sign") + 1;
    format!("{} {}", &text[..at], &text[at + 1..])
}

fn label(name: &str, version: &Value) -> String {
    match version.as_str() {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    }
}
