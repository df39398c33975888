//! Resolves dependencies in a tree of directories the way Node.js does: look beside, then go up.
//!
//! package-lock.json, bun.lock and node_modules all describe such a tree; locations are written as in
//! package-lock.json: `node_modules/a/node_modules/b`, `packages/app`, and the empty text for the root.

use super::locked::{Locked, LockedEdge, LockedPackage, Need};
use super::workspace::Workspace;
use crate::model::Scope;
use std::collections::HashMap;

/// What stands at a location.
#[derive(Debug)]
pub(super) enum TreeNode {
    /// A package with what it needs.
    Package(Box<TreePackage>),
    /// A link to another location.
    Link(String),
}

/// A package in a tree.
#[derive(Debug)]
pub(super) struct TreePackage {
    pub(super) package: LockedPackage,
    pub(super) needs: Vec<Need>,
    /// Only optional dependencies lead here; old lock files say it here and not at the edge.
    pub(super) optional: bool,
}

impl TreeNode {
    pub(super) fn package(package: LockedPackage, needs: Vec<Need>, optional: bool) -> Self {
        Self::Package(Box::new(TreePackage { package, needs, optional }))
    }
}

/// A link may lead to a link; a longer chain is a circle.
const LONGEST_CHAIN: usize = 8;

/// Joins the packages of a tree by what each of them finds from where it lies.
///
/// A member of the workspace needs what its own package.json says now, not what the lock remembers.
pub(super) fn resolve(nodes: Vec<(String, TreeNode)>, workspace: &Workspace) -> Locked {
    let mut locked = Locked::default();
    let mut places: HashMap<String, Place> = HashMap::with_capacity(nodes.len());
    let mut waiting: Vec<(String, Vec<Need>, bool)> = Vec::new();
    for (location, node) in nodes {
        match node {
            TreeNode::Link(target) => {
                places.insert(location, Place::Link(target));
            }
            TreeNode::Package(entry) => {
                let TreePackage { mut package, mut needs, optional } = *entry;
                let position = locked.packages.len();
                if let Some(directory) = &package.directory {
                    let manifest = workspace.members.get(directory);
                    if let Some(manifest) = manifest {
                        needs.clone_from(&manifest.needs);
                    }
                    if manifest.is_some() || directory.is_empty() {
                        locked.members.insert(directory.clone(), position);
                    }
                }
                package.location = Some(location.clone());
                locked.packages.push(package);
                places.insert(location.clone(), Place::Package(position));
                waiting.push((location, needs, optional));
            }
        }
    }
    let optional: Vec<bool> = waiting.iter().map(|(_, _, optional)| *optional).collect();
    for (position, (location, needs, _)) in waiting.into_iter().enumerate() {
        let edges = needs.into_iter().filter_map(|mut need| {
            let target = find(&location, &need.name, |place| follow(&places, place));
            if target == Some(position) {
                return None; // It finds itself: nothing is missing and nothing is joined.
            }
            if need.scope == Scope::Runtime
                && target.is_some_and(|target| optional[target])
                && !optional[position]
            {
                need.scope = Scope::Optional;
            }
            Some(LockedEdge { need, target })
        });
        locked.packages[position].edges = edges.collect();
    }
    locked
}

enum Place {
    Package(usize),
    Link(String),
}

/// The package that `name` means at a location, given what stands at each place.
pub(super) fn find(from: &str, name: &str, at: impl Fn(&str) -> Option<usize>) -> Option<usize> {
    let mut directory = from;
    let mut candidate = String::with_capacity(from.len() + name.len() + 14);
    loop {
        if !(directory.ends_with("/node_modules") || directory == "node_modules") {
            candidate.clear();
            candidate.push_str(directory);
            if !directory.is_empty() {
                candidate.push('/');
            }
            candidate.push_str("node_modules/");
            candidate.push_str(name);
            if let Some(found) = at(&candidate) {
                return Some(found);
            }
        }
        if directory.is_empty() {
            return None;
        }
        directory = directory.rfind('/').map_or("", |at| &directory[..at]);
    }
}

fn follow(places: &HashMap<String, Place>, location: &str) -> Option<usize> {
    let mut location = location;
    for _ in 0..LONGEST_CHAIN {
        match places.get(location)? {
            Place::Package(position) => return Some(*position),
            Place::Link(target) => location = target,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Origin;

    fn package(name: &str, needs: &[&str]) -> TreeNode {
        let need = |name: &&str| Need {
            name: (*name).to_owned(),
            range: "*".to_owned(),
            scope: Scope::Runtime,
            may_miss: false,
            line: 0,
        };
        let package = LockedPackage::new(name, Some("1.0.0"), Origin::Registry(None));
        TreeNode::package(package, needs.iter().map(need).collect(), false)
    }

    #[test]
    fn the_nearest_directory_wins_and_links_are_followed() {
        let nodes = vec![
            (String::new(), package("root", &["a", "b", "linked", "circle"])),
            ("node_modules/a".to_owned(), package("a", &["b", "__proto__"])),
            ("node_modules/a/node_modules/b".to_owned(), package("inner-b", &["a"])),
            ("node_modules/b".to_owned(), package("outer-b", &["a", "b"])),
            ("node_modules/linked".to_owned(), TreeNode::Link("packages/linked".to_owned())),
            ("packages/linked".to_owned(), package("linked", &["b"])),
            ("node_modules/circle".to_owned(), TreeNode::Link("node_modules/circle".to_owned())),
            ("node_modules/__proto__".to_owned(), package("__proto__", &[])),
        ];
        let locked = resolve(nodes, &Workspace::default());
        let mut lines = Vec::new();
        for package in &locked.packages {
            for edge in &package.edges {
                let target = edge.target.map_or("nothing", |target| &locked.packages[target].name);
                lines.push(format!("{} -> {} = {target}", package.name, edge.need.name));
            }
        }
        assert_eq!(
            lines,
            [
                "root -> a = a",
                "root -> b = outer-b",
                "root -> linked = linked",
                "root -> circle = nothing",
                "a -> b = inner-b",
                "a -> __proto__ = __proto__",
                "inner-b -> a = a",
                "outer-b -> a = a",
                "linked -> b = outer-b",
            ]
        );
    }
}
