//! Which features, and with them which optional dependencies, a lock file's resolution turned on.
//!
//! The same rules as cargo's dependency resolver, which made the lock file: members with all features and their
//! development dependencies, every platform, one set of features a package. So `a?/b` turns on `a` here, as it
//! does there.

use super::declaration::Kind;
use super::manifest::Manifest;
use super::matching::Match;
use std::collections::{HashMap, HashSet, VecDeque};

/// A package as the feature resolution sees it.
pub(super) struct FeatureNode<'m> {
    /// None where the sources are not on this machine.
    pub(super) manifest: Option<&'m Manifest>,
    pub(super) member: bool,
    /// For each declaration of the manifest.
    pub(super) matches: Vec<Match>,
    /// Packages that the lock file says it depends on.
    pub(super) locked: Vec<usize>,
}

#[derive(Default)]
struct State<'m> {
    visited: bool,
    features: HashSet<&'m str>,
    /// Optional dependencies that are on, and features asked of any dependency, by alias.
    dependencies: HashMap<&'m str, HashSet<&'m str>>,
}

/// For each package and each of its declarations: whether it is on.
pub(super) fn active_declarations(nodes: &[FeatureNode<'_>]) -> Vec<Vec<bool>> {
    let mut states: Vec<State<'_>> = nodes.iter().map(|_| State::default()).collect();
    let mut queue = VecDeque::new();
    for (index, node) in nodes.iter().enumerate().filter(|(_, node)| node.member) {
        if let Some(manifest) = node.manifest {
            for feature in manifest.features.keys() {
                turn_on(&mut states[index], manifest, feature);
            }
            for optional in manifest.declarations.iter().filter(|declaration| declaration.optional) {
                states[index].dependencies.entry(&optional.alias).or_default();
            }
        }
        states[index].visited = true;
        queue.push_back(index);
    }
    while let Some(index) = queue.pop_front() {
        for (target, features) in requests(&nodes[index], &states[index]) {
            let mut changed = !std::mem::replace(&mut states[target].visited, true);
            if let Some(manifest) = nodes[target].manifest {
                for feature in features {
                    changed |= turn_on(&mut states[target], manifest, feature);
                }
            }
            if changed {
                queue.push_back(target);
            }
        }
    }
    nodes.iter().zip(&states).map(|(node, state)| active(node, state)).collect()
}

fn active(node: &FeatureNode<'_>, state: &State<'_>) -> Vec<bool> {
    let declarations = node.manifest.map(|manifest| manifest.declarations.iter()).into_iter().flatten();
    declarations
        .map(|declaration| {
            (node.member || declaration.kind != Kind::Dev)
                && (!declaration.optional || state.dependencies.contains_key(declaration.alias.as_str()))
        })
        .collect()
}

/// What a package asks of its dependencies.
fn requests<'m>(node: &FeatureNode<'m>, state: &State<'m>) -> Vec<(usize, Vec<&'m str>)> {
    let Some(manifest) = node.manifest else {
        // Nobody can say what it asks for; `default` is what most ask for.
        return node.locked.iter().map(|target| (*target, vec!["default"])).collect();
    };
    let mut found = Vec::new();
    let on = active(node, state);
    for ((declaration, target), on) in manifest.declarations.iter().zip(&node.matches).zip(on) {
        let (Some(target), true) = (target.package(), on) else {
            continue;
        };
        let mut features: Vec<&str> = declaration.features.iter().map(String::as_str).collect();
        if declaration.default_features {
            features.push("default");
        }
        if let Some(asked) = state.dependencies.get(declaration.alias.as_str()) {
            features.extend(asked);
        }
        found.push((target, features));
    }
    found
}

/// Turns a feature on with all it implies; tells whether anything changed.
fn turn_on<'m>(state: &mut State<'m>, manifest: &'m Manifest, feature: &str) -> bool {
    let mut pending = vec![feature];
    let mut changed = false;
    while let Some(feature) = pending.pop() {
        let Some((name, values)) = manifest.features.get_key_value(feature) else {
            continue;
        };
        if !state.features.insert(name) {
            continue;
        }
        changed = true;
        for value in values {
            if let Some(alias) = value.strip_prefix("dep:") {
                state.dependencies.entry(alias).or_default();
            } else if let Some((alias, asked)) = value.split_once('/') {
                let strong = alias.strip_suffix('?').is_none();
                let alias = alias.trim_end_matches('?');
                state.dependencies.entry(alias).or_default().insert(asked);
                let optional = manifest
                    .declarations
                    .iter()
                    .any(|declaration| declaration.optional && declaration.alias == alias);
                if strong && optional {
                    pending.push(alias);
                }
            } else {
                pending.push(value);
            }
        }
    }
    changed
}
