//! Peer dependencies where the lock file does not say what answers them: Yarn's, and the first npm locks.
//!
//! A peer is answered by whoever depends on the package: by its own dependency of that name, by itself, or, if
//! it has the same peer, by whoever depends on it in turn. So answers travel along the edges until nothing changes.

use super::installed::Installed;
use super::locked::{Locked, LockedEdge, Need};
use super::tree;
use super::workspace::Workspace;
use crate::model::Scope;
use std::collections::{BTreeSet, HashMap};

/// Adds peer dependencies that only the installed packages and the manifests of members tell.
///
/// Where the lock knows the place of every package, the place decides; else whoever depends on it.
pub(super) fn add_installed_peers(locked: &mut Locked, installed: &Installed, workspace: &Workspace) {
    let peers = locked.packages.iter().map(|package| {
        let member = package.directory.as_ref().and_then(|directory| workspace.members.get(directory));
        let manifest = member.or_else(|| installed.find(package).map(|installed| &installed.manifest));
        manifest.map(|manifest| peers_of(&manifest.needs)).unwrap_or_default()
    });
    let peers: Vec<Vec<Need>> = peers.collect();
    let places: HashMap<String, usize> = locked
        .packages
        .iter()
        .enumerate()
        .filter_map(|(position, package)| Some((package.location.clone()?, position)))
        .collect();
    if places.is_empty() {
        add_peer_edges(locked, &peers);
        return;
    }
    for (package, needs) in locked.packages.iter_mut().zip(peers) {
        let Some(location) = &package.location else { continue };
        for need in needs {
            let target = tree::find(location, &need.name, |place| places.get(place).copied());
            package.edges.push(LockedEdge { need, target });
        }
    }
}

/// Adds an edge for every answer to a peer dependency; `peers` are those of the first packages.
pub(super) fn add_peer_edges(locked: &mut Locked, peers: &[Vec<Need>]) {
    let mut answers: Vec<Vec<BTreeSet<usize>>> =
        peers.iter().map(|needs| vec![BTreeSet::new(); needs.len()]).collect();
    loop {
        let mut changed = false;
        for (dependent, package) in locked.packages.iter().enumerate() {
            for edge in &package.edges {
                let Some(target) = edge.target.filter(|target| *target < peers.len()) else { continue };
                for (position, peer) in peers[target].iter().enumerate() {
                    let found = answers_of(dependent, &peer.name, locked, peers, &answers);
                    let known = &mut answers[target][position];
                    let before = known.len();
                    known.extend(found.into_iter().filter(|answer| *answer != target));
                    changed |= known.len() > before;
                }
            }
        }
        if !changed {
            break;
        }
    }
    for (position, needs) in peers.iter().enumerate() {
        for (need, answers) in needs.iter().zip(&answers[position]) {
            let edges = answers.iter().map(|target| LockedEdge { need: need.clone(), target: Some(*target) });
            locked.packages[position].edges.extend(edges);
        }
    }
}

/// The peers among some needs; lines of an installed package.json are no lines of the lock file.
fn peers_of(needs: &[Need]) -> Vec<Need> {
    let peers = needs.iter().filter(|need| need.scope == Scope::Peer);
    peers.map(|need| Need { line: 0, ..need.clone() }).collect()
}

/// What a dependent offers under a name.
fn answers_of(
    dependent: usize,
    name: &str,
    locked: &Locked,
    peers: &[Vec<Need>],
    answers: &[Vec<BTreeSet<usize>>],
) -> Vec<usize> {
    let package = &locked.packages[dependent];
    if let Some(edge) = package.edges.iter().find(|edge| edge.need.name == name && edge.target.is_some()) {
        return edge.target.into_iter().collect();
    }
    if package.name == name {
        return vec![dependent];
    }
    let peer = peers.get(dependent).and_then(|needs| needs.iter().position(|need| need.name == name));
    peer.map(|position| answers[dependent][position].iter().copied().collect()).unwrap_or_default()
}
