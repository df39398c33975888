//! Authors and committers from git history.

use super::people::{Crowd, Person, is_bot};
use crate::model::Problem;
use gix::bstr::{BStr, ByteSlice};
use gix::mailmap::Snapshot;
use serde::Serialize;
use std::path::Path;

/// What git history says of who wrote the code.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct History {
    /// Commits that change the code, merges not counted.
    pub commits: usize,
    /// Authors and co-authors, most commits first.
    pub authors: Vec<Person>,
    /// Committers who are not among the authors: they applied the work of others.
    pub committers: Vec<Person>,
    /// Programs that committed.
    pub bots: Vec<Person>,
    /// Commits with a `Signed-off-by` line.
    pub signed_off: usize,
    /// Whether the clone holds only the last part of the history.
    pub shallow: bool,
    /// Whether every commit could be read.
    pub complete: bool,
}

/// The repository around a directory, without any configuration of the machine; none if there is none.
pub fn read(directory: &Path, problems: &mut Vec<Problem>) -> Option<History> {
    let directory = dunce::canonicalize(directory).ok()?;
    let top = directory.ancestors().find(|path| path.join(".git").exists())?;
    let mut failed = |what: &str| {
        problems
            .push(Problem::fact_missing(None, format!("git history: {what}; holders are not known from it")));
    };
    let repository = match gix::open_opts(top, gix::open::Options::isolated()) {
        Ok(repository) => repository,
        Err(error) => {
            failed(&format!("the repository cannot be opened ({error})"));
            return None;
        }
    };
    let below = directory.strip_prefix(top).ok()?.to_owned();
    match walk(&repository, &below) {
        Ok(history) => {
            if !history.complete {
                failed("some commits cannot be read");
            }
            Some(history)
        }
        Err(error) => {
            failed(&error);
            None
        }
    }
}

fn walk(repository: &gix::Repository, below: &Path) -> Result<History, String> {
    let shallow = repository.is_shallow().map_err(|error| format!("{error}"))?;
    let head = repository.head_id().map_err(|error| format!("there is no commit ({error})"))?;
    let mailmap = repository.open_mailmap();
    let mut seen = Seen::default();
    let mut complete = true;
    let commits = repository.rev_walk([head]).all().map_err(|error| format!("{error}"))?;
    for info in commits {
        let Ok(info) = info else {
            complete = false;
            continue;
        };
        match info
            .object()
            .map_err(|error| error.to_string())
            .and_then(|commit| if changes(&commit, below)? { seen.commit(&commit, &mailmap) } else { Ok(()) })
        {
            Ok(()) => {}
            Err(_) => complete = false,
        }
    }
    Ok(History { shallow, complete, ..seen.history() })
}

/// Whether a commit changes something below a directory of the repository. Merges change nothing of their own.
fn changes(commit: &gix::Commit<'_>, below: &Path) -> Result<bool, String> {
    let parents: Vec<gix::Id<'_>> = commit.parent_ids().collect();
    if parents.len() > 1 {
        return Ok(false);
    }
    if below.as_os_str().is_empty() {
        return Ok(true);
    }
    let own = entry(commit, below)?;
    let Some(parent) = parents.first() else { return Ok(own.is_some()) };
    match parent.object() {
        Ok(object) => Ok(own != entry(&object.into_commit(), below)?),
        // The border of a shallow clone.
        Err(_) => Ok(own.is_some()),
    }
}

fn entry(commit: &gix::Commit<'_>, below: &Path) -> Result<Option<gix::ObjectId>, String> {
    let tree = commit.tree().map_err(|error| error.to_string())?;
    let entry = tree.lookup_entry_by_path(below).map_err(|error| error.to_string())?;
    Ok(entry.map(|entry| entry.object_id()))
}

#[derive(Default)]
struct Seen {
    commits: usize,
    signed_off: usize,
    authors: Crowd,
    committers: Vec<(String, String)>,
    bots: Crowd,
}

impl Seen {
    fn commit(&mut self, commit: &gix::Commit<'_>, mailmap: &Snapshot) -> Result<(), String> {
        let author = mailmap.resolve(commit.author().map_err(|error| error.to_string())?);
        let committer = mailmap.resolve(commit.committer().map_err(|error| error.to_string())?);
        self.commits += 1;
        self.author(&text(author.name.as_ref()), &text(author.email.as_ref()));
        let (name, email) = (text(committer.name.as_ref()), text(committer.email.as_ref()));
        if is_bot(&name, &email) {
            self.bots.add(&name, &email);
        } else {
            self.committers.push((name, email));
        }
        let message = text(commit.message_raw_sloppy());
        let mut signed = false;
        for line in message.lines() {
            if let Some(value) = trailer(line, "co-authored-by") {
                let (name, email) = split(value);
                let entry = format!("{name} <{email}> 0 +0000");
                match gix::actor::SignatureRef::from_bytes(entry.as_bytes()) {
                    Ok(signature) => {
                        let person = mailmap.resolve(signature);
                        self.author(&text(person.name.as_ref()), &text(person.email.as_ref()));
                    }
                    Err(_) => self.author(name, email),
                }
            }
            signed |= trailer(line, "signed-off-by").is_some();
        }
        self.signed_off += usize::from(signed);
        Ok(())
    }

    fn author(&mut self, name: &str, email: &str) {
        let crowd = if is_bot(name, email) { &mut self.bots } else { &mut self.authors };
        crowd.add(name, email);
    }

    /// What was seen, as if it were all.
    fn history(self) -> History {
        let authors = self.authors.people();
        let committers = only_committers(&authors, &self.committers);
        History {
            commits: self.commits,
            authors,
            committers,
            bots: self.bots.people(),
            signed_off: self.signed_off,
            shallow: false,
            complete: true,
        }
    }
}

fn only_committers(authors: &[Person], committers: &[(String, String)]) -> Vec<Person> {
    let mut crowd = Crowd::default();
    for (name, email) in committers {
        crowd.add(name, email);
    }
    let is_author = |person: &Person| {
        authors.iter().any(|author| super::people::key(&author.name) == super::people::key(&person.name))
    };
    crowd.people().into_iter().filter(|person| !is_author(person)).collect()
}

fn text(bytes: &BStr) -> String {
    bytes.to_str_lossy().into_owned()
}

/// The value of a trailer line, whose name matches without regard to case.
fn trailer<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (key, value) = line.split_once(':')?;
    key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
}

/// `Name <address>`.
fn split(value: &str) -> (&str, &str) {
    match value.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches('>').trim()),
        None => (value, ""),
    }
}
