//! The smallest set of packages that separates a project from packages it must not reach.
//!
//! A minimum vertex cut: each package becomes two nodes joined by an edge of capacity one, the greatest flow from the
//! project to the unwanted packages is found (Dinic), and the packages whose edge is full at its border are the cut.
//! Of several smallest cuts the one nearest to the project is taken: what it names itself, it can replace.

use std::collections::VecDeque;

/// Stands for "cannot be cut".
const UNBOUNDED: u32 = u32::MAX / 2;

/// A graph to cut: packages by position, edges from dependent to dependency.
#[derive(Debug)]
pub struct CutGraph<'a> {
    /// The number of packages.
    pub packages: usize,
    /// Who depends on whom.
    pub edges: &'a [(usize, usize)],
    /// The project.
    pub root: usize,
    /// Packages that cannot be replaced: the project's own.
    pub fixed: &'a [bool],
}

/// The smallest set of packages without which none of `unwanted` is reached, sorted.
///
/// `None` if only own packages stand between the project and an unwanted one that is itself fixed.
pub fn smallest_cut(graph: &CutGraph<'_>, unwanted: &[usize]) -> Option<Vec<usize>> {
    if unwanted.is_empty() {
        return Some(Vec::new());
    }
    let mut network = Network::new(2 * graph.packages + 1);
    let sink = 2 * graph.packages;
    for package in 0..graph.packages {
        let replaceable = package != graph.root && !graph.fixed[package];
        network.add(inner(package), outer(package), if replaceable { 1 } else { UNBOUNDED });
    }
    for (from, to) in graph.edges {
        network.add(outer(*from), inner(*to), UNBOUNDED);
    }
    for package in unwanted {
        network.add(outer(*package), sink, UNBOUNDED);
    }
    if network.saturate(inner(graph.root), sink) >= UNBOUNDED {
        return None;
    }
    let near = network.reachable(inner(graph.root));
    Some((0..graph.packages).filter(|package| near[inner(*package)] && !near[outer(*package)]).collect())
}

fn inner(package: usize) -> usize {
    2 * package
}

fn outer(package: usize) -> usize {
    2 * package + 1
}

/// A flow network; edge `n ^ 1` is the way back of edge `n`.
struct Network {
    heads: Vec<Vec<usize>>,
    to: Vec<usize>,
    room: Vec<u32>,
}

impl Network {
    fn new(nodes: usize) -> Self {
        Self { heads: vec![Vec::new(); nodes], to: Vec::new(), room: Vec::new() }
    }

    fn add(&mut self, from: usize, to: usize, capacity: u32) {
        for (start, end, room) in [(from, to, capacity), (to, from, 0)] {
            self.heads[start].push(self.to.len());
            self.to.push(end);
            self.room.push(room);
        }
    }

    /// Pushes as much flow as fits; stops once it is known to be unbounded.
    fn saturate(&mut self, source: usize, sink: usize) -> u32 {
        let mut flow = 0_u32;
        loop {
            let levels = self.levels(source);
            if levels[sink] == usize::MAX {
                return flow;
            }
            let mut next = vec![0; self.heads.len()];
            while let Some(pushed) = self.push_path(source, sink, &levels, &mut next) {
                flow = flow.saturating_add(pushed);
                if flow >= UNBOUNDED {
                    return flow;
                }
            }
        }
    }

    /// Distance from the source over edges with room.
    fn levels(&self, source: usize) -> Vec<usize> {
        let mut levels = vec![usize::MAX; self.heads.len()];
        levels[source] = 0;
        let mut queue = VecDeque::from([source]);
        while let Some(node) = queue.pop_front() {
            for edge in &self.heads[node] {
                let to = self.to[*edge];
                if self.room[*edge] > 0 && levels[to] == usize::MAX {
                    levels[to] = levels[node] + 1;
                    queue.push_back(to);
                }
            }
        }
        levels
    }

    /// One path along rising levels, without recursion: dependency chains can be long.
    fn push_path(&mut self, source: usize, sink: usize, levels: &[usize], next: &mut [usize]) -> Option<u32> {
        let mut path: Vec<usize> = Vec::new();
        let mut node = source;
        while node != sink {
            let step = self.heads[node][next[node]..].iter().position(|edge| {
                let to = self.to[*edge];
                self.room[*edge] > 0 && levels[to] == levels[node] + 1
            });
            match step {
                Some(offset) => {
                    next[node] += offset;
                    let edge = self.heads[node][next[node]];
                    path.push(edge);
                    node = self.to[edge];
                }
                None => {
                    // A dead end: go back and never come here again at this level.
                    let edge = path.pop()?;
                    node = self.to[edge ^ 1];
                    next[node] += 1;
                }
            }
        }
        let pushed = path.iter().map(|edge| self.room[*edge]).min()?;
        for edge in path {
            self.room[edge] -= pushed;
            self.room[edge ^ 1] = self.room[edge ^ 1].saturating_add(pushed);
        }
        Some(pushed)
    }

    fn reachable(&self, source: usize) -> Vec<bool> {
        self.levels(source).into_iter().map(|level| level != usize::MAX).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{CutGraph, smallest_cut};

    fn cut(
        edges: &[(usize, usize)],
        packages: usize,
        fixed: &[usize],
        unwanted: &[usize],
    ) -> Option<Vec<usize>> {
        let fixed: Vec<bool> = (0..packages).map(|package| fixed.contains(&package)).collect();
        smallest_cut(&CutGraph { packages, edges, root: 0, fixed: &fixed }, unwanted)
    }

    #[test]
    fn one_package_that_brings_two_unwanted_ones_is_the_cut() {
        assert_eq!(cut(&[(0, 1), (1, 2), (1, 3)], 4, &[], &[2, 3]), Some(vec![1]));
    }

    #[test]
    fn two_ways_to_the_same_package_are_cut_at_the_package() {
        assert_eq!(cut(&[(0, 1), (0, 2), (1, 3), (2, 3)], 4, &[], &[3]), Some(vec![3]));
    }

    #[test]
    fn own_packages_are_not_replaced() {
        assert_eq!(cut(&[(0, 1), (1, 2), (2, 3)], 4, &[1], &[3]), Some(vec![2]));
        assert_eq!(cut(&[(0, 1)], 2, &[1], &[1]), None);
    }

    #[test]
    fn cycles_and_long_chains_end() {
        let mut edges: Vec<(usize, usize)> = (0..50_000).map(|at| (at, at + 1)).collect();
        edges.push((50_000, 10));
        assert_eq!(cut(&edges, 50_001, &[], &[50_000]), Some(vec![1]));
    }

    /// Against every subset: no smaller set separates, and the one found does.
    #[test]
    fn no_smaller_set_would_do() {
        let packages = 7;
        for seed in 0_u64..300 {
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            let mut bit = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state % 10 < 3
            };
            let mut edges = Vec::new();
            for from in 0..packages {
                for to in 0..packages {
                    if from != to && bit() {
                        edges.push((from, to));
                    }
                }
            }
            let unwanted: Vec<usize> = (4..packages).collect();
            let found = cut(&edges, packages, &[], &unwanted).expect("nothing is fixed");
            let separates = |set: u32| {
                let mut seen = [false; 7];
                let mut stack = vec![0];
                while let Some(at) = stack.pop() {
                    if !std::mem::replace(&mut seen[at], true) {
                        let next = edges.iter().filter(|(from, to)| *from == at && set & (1 << to) == 0);
                        stack.extend(next.map(|(_, to)| *to));
                    }
                }
                unwanted.iter().all(|package| !seen[*package])
            };
            let as_set = found.iter().fold(0_u32, |set, package| set | 1 << package);
            assert!(separates(as_set), "{edges:?} {found:?}");
            let smallest = (0_u32..1 << packages)
                .filter(|set| set & 1 == 0 && separates(*set))
                .map(u32::count_ones)
                .min()
                .expect("all of them separate");
            assert_eq!(found.len() as u32, smallest, "{edges:?} {found:?}");
        }
    }
}
