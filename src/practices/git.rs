//! The history of the repository, read without running git and without any setting from outside of it.

use gix::bstr::ByteSlice;
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;
use jiff::Timestamp;
use std::fs;
use std::path::Path;

/// The newest commits are enough to judge by; older ones are counted as present.
const MAX_COMMITS: usize = 2000;

/// What is known about the history.
#[derive(Debug)]
pub enum History {
    /// There is no version control data: an exported tree, or a folder inside a repository.
    Absent,
    /// Another version control system, by name.
    Other(&'static str),
    /// A git repository.
    Git(Box<Git>),
    /// A git repository that could not be read, and why.
    Unreadable(String),
}

/// A git repository.
#[derive(Debug, Default)]
pub struct Git {
    /// The newest commits reachable from HEAD, newest first.
    pub commits: Vec<CommitFacts>,
    /// Whether there are more commits than were read.
    pub more: bool,
    /// Whether the clone was cut off.
    pub shallow: bool,
    /// Whether it is checked out as a submodule of another repository.
    pub submodule: bool,
    /// Remotes by name: `origin` first, then sorted. As written, with no rewriting.
    pub remotes: Vec<(String, String)>,
    /// Tags sorted by time, oldest first.
    pub tags: Vec<TagFacts>,
}

/// A commit.
#[derive(Debug)]
pub struct CommitFacts {
    /// Its id in hexadecimal.
    pub id: String,
    /// When it was committed.
    pub time: Timestamp,
    /// Who wrote it, as an address.
    pub author: String,
    /// First line of the message.
    pub summary: String,
    /// Length of the whole message in characters.
    pub length: usize,
    /// Whether it joins two histories.
    pub merge: bool,
}

/// A tag.
#[derive(Debug)]
pub struct TagFacts {
    /// Its name without `refs/tags/`.
    pub name: String,
    /// Whether it has its own message.
    pub annotated: bool,
    /// Whether it carries a signature; not verified.
    pub signed: bool,
    /// The content it points to.
    pub tree: String,
    /// The commit it points to.
    pub commit: String,
    /// When that commit was made.
    pub time: Timestamp,
}

impl History {
    /// Reads the repository whose root this is. Repositories above it are somebody else's.
    pub fn read(root: &Path) -> Self {
        if root.join(".git").symlink_metadata().is_err() {
            return other_system(root);
        }
        match read_git(root) {
            Ok(git) => Self::Git(Box::new(git)),
            Err(reason) => Self::Unreadable(reason),
        }
    }

    /// The git repository, if it is one that could be read.
    pub fn git(&self) -> Option<&Git> {
        match self {
            Self::Git(git) => Some(git),
            _ => None,
        }
    }
}

impl Git {
    /// When the last commit was made.
    pub fn last(&self) -> Option<Timestamp> {
        self.commits.iter().map(|commit| commit.time).max()
    }

    /// Days between the first and the last commit that were read.
    pub fn span_days(&self) -> i64 {
        let first = self.commits.iter().map(|commit| commit.time).min();
        match (first, self.last()) {
            (Some(first), Some(last)) => (last.as_second() - first.as_second()) / 86_400,
            _ => 0,
        }
    }
}

fn other_system(root: &Path) -> History {
    let systems = [
        (".hg", "Mercurial"),
        (".svn", "Subversion"),
        (".fslckout", "Fossil"),
        ("_FOSSIL_", "Fossil"),
        (".pijul", "Pijul"),
        (".bzr", "Bazaar"),
        ("_darcs", "Darcs"),
        (".jj", "Jujutsu"),
    ];
    let found = systems.iter().find(|(mark, _)| root.join(mark).symlink_metadata().is_ok());
    found.map_or(History::Absent, |(_, name)| History::Other(name))
}

fn read_git(root: &Path) -> Result<Git, String> {
    let repository = gix::open::Options::isolated()
        .open_path_as_is(false)
        .open(root)
        .map_err(|error| error.to_string())?
        .to_thread_local();
    let mut git = Git {
        shallow: repository.is_shallow().map_err(|error| error.to_string())?,
        submodule: fs::read_to_string(root.join(".git")).is_ok_and(|text| text.contains("/modules/")),
        remotes: remotes(&repository),
        ..Git::default()
    };
    read_commits(&repository, &mut git)?;
    read_tags(&repository, &mut git)?;
    Ok(git)
}

/// The addresses as written in the repository's own configuration: `insteadOf` is not applied.
fn remotes(repository: &gix::Repository) -> Vec<(String, String)> {
    let snapshot = repository.config_snapshot();
    let mut found = Vec::new();
    for section in snapshot.plumbing().sections_by_name("remote").into_iter().flatten() {
        let name = section.header().subsection_name().map(|name| name.to_str_lossy().into_owned());
        let url = section.value("url").map(|url| url.to_str_lossy().into_owned());
        found.extend(name.zip(url));
    }
    found.sort_by_key(|(name, url)| (name != "origin", name.clone(), url.clone()));
    found
}

fn read_commits(repository: &gix::Repository, git: &mut Git) -> Result<(), String> {
    let head = repository.head().map_err(|error| error.to_string())?;
    if head.is_unborn() {
        return Ok(());
    }
    let head = repository.head_id().map_err(|error| error.to_string())?;
    let walk = repository
        .rev_walk([head.detach()])
        .sorting(Sorting::ByCommitTime(CommitTimeOrder::NewestFirst))
        .all()
        .map_err(|error| error.to_string())?;
    for step in walk {
        if git.commits.len() == MAX_COMMITS {
            git.more = true;
            break;
        }
        let commit = step.and_then(|info| info.object()).map_err(|error| error.to_string())?;
        let message = commit.message_raw_sloppy().to_str_lossy().into_owned();
        git.commits.push(CommitFacts {
            id: commit.id().to_string(),
            time: time(&commit),
            author: commit
                .author()
                .map(|author| author.email.to_str_lossy().into_owned())
                .unwrap_or_default(),
            summary: message.lines().next().unwrap_or("").trim().to_owned(),
            length: message.trim().chars().count(),
            merge: commit.parent_ids().count() > 1,
        });
    }
    Ok(())
}

fn time(commit: &gix::Commit<'_>) -> Timestamp {
    let seconds = commit.time().map(|time| time.seconds).unwrap_or(0);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn read_tags(repository: &gix::Repository, git: &mut Git) -> Result<(), String> {
    let references = repository.references().map_err(|error| error.to_string())?;
    for reference in references.tags().map_err(|error| error.to_string())? {
        let mut reference = reference.map_err(|error| error.to_string())?;
        let name = reference.name().shorten().to_str_lossy().into_owned();
        let (annotated, signed) = match reference.try_id().and_then(|id| id.object().ok()) {
            Some(object) if object.kind == gix::object::Kind::Tag => {
                let tag = object.into_tag();
                let signed = tag.decode().map(|tag| tag.signature.is_some()).unwrap_or(false);
                (true, signed)
            }
            _ => (false, false),
        };
        let Ok(commit) = reference.peel_to_commit() else { continue };
        git.tags.push(TagFacts {
            name,
            annotated,
            signed,
            tree: commit.tree_id().map(|id| id.to_string()).unwrap_or_default(),
            commit: commit.id().to_string(),
            time: time(&commit),
        });
    }
    git.tags.sort_by(|left, right| (left.time, &left.name).cmp(&(right.time, &right.name)));
    Ok(())
}
