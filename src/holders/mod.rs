//! Who holds the copyright in a project's own code, as far as its tree and its history tell.
//!
//! Git history names authors; headers, `LICENSE`, `COPYRIGHT` and `AUTHORS` name holders; a contributor agreement or
//! a sign-off says what contributors were asked for. None of it proves who holds a right (employers, assignments), so
//! what was seen is listed with the conclusion. Reads files and git objects; runs nothing.

mod history;
mod people;
mod statements;
mod tree;

pub use history::History;
pub use people::Person;
pub use tree::{FileGroup, Tree};

use crate::model::Problem;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// How many people or organisations hold copyright in the project's own code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HolderCount {
    /// One.
    Sole,
    /// More than one.
    Several,
    /// Not known.
    Unknown,
}

/// What was seen of the holders of a project's own code.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct OwnHolders {
    /// The conclusion.
    pub count: HolderCount,
    /// Why, in one sentence.
    pub reason: String,
    /// What git history says; none without a repository.
    pub history: Option<History>,
    /// What the files say.
    pub tree: Tree,
    /// What could not be read.
    #[serde(skip)]
    pub problems: Vec<Problem>,
}

/// Reads the holders of the code below a directory, whose projects declare `licenses`.
pub fn read(directory: &Path, licenses: &[String]) -> OwnHolders {
    let mut problems = Vec::new();
    let history = history::read(directory, &mut problems);
    let tree = tree::read(directory, licenses, &mut problems);
    let (count, reason) = conclude(history.as_ref(), &tree);
    OwnHolders { count, reason, history, tree, problems }
}

fn conclude(history: Option<&History>, tree: &Tree) -> (HolderCount, String) {
    let authors: Vec<&str> = history
        .map(|history| history.authors.iter().map(|person| person.name.as_str()).collect())
        .unwrap_or_default();
    if authors.len() > 1 {
        return (HolderCount::Several, format!("{} people wrote what git history records.", authors.len()));
    }
    let mut stated: Vec<&str> = tree.holders.iter().chain(&tree.listed).map(String::as_str).collect();
    stated.sort_by_key(|name| people::key(name));
    stated.dedup_by_key(|name| people::key(name));
    let known = |name: &str| stated.iter().any(|other| people::key(other) == people::key(name));
    let together = stated.len() + authors.iter().filter(|name| !known(name)).count();
    if together > 1 {
        let names: Vec<&str> =
            authors.iter().filter(|name| !known(name)).chain(&stated).copied().take(4).collect();
        return (HolderCount::Several, format!("History and notices name {}.", names.join(", ")));
    }
    match history {
        None => (HolderCount::Unknown, "There is no git history to tell who wrote it.".to_owned()),
        Some(history) if history.shallow => (
            HolderCount::Unknown,
            "The clone is shallow: earlier authors are not in it; fetch the whole history.".to_owned(),
        ),
        Some(history) if !history.complete => {
            (HolderCount::Unknown, "Not all of the git history could be read.".to_owned())
        }
        Some(_) => match authors.first() {
            Some(author) if statements::is_collective(author) => (
                HolderCount::Unknown,
                format!("{author} wrote all of it, a name that stands for several people."),
            ),
            Some(author) => {
                (HolderCount::Sole, format!("{author} wrote all of it, and no notice names anybody else."))
            }
            None => (HolderCount::Unknown, "Git history names no person as author.".to_owned()),
        },
    }
}
