//! Peer dependencies in a yarn.lock: the file names them but not what answers them.
//!
//! A peer is answered by whoever depends on the package: by its own dependency of that name, by itself, or, if
//! it has the same peer, by whoever depends on it in turn. So answers travel along the edges until nothing changes.

use super::locked::{Locked, LockedEdge, Need};
use std::collections::BTreeSet;

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
