//! Lock files beside the one that is used: which, and whether they say something else.

use super::locked::Locked;
use super::text_file::TextFile;
use super::workspace::Workspace;
use super::{BINARY_LOCK, FORMATS, LockFormat, stated_client};
use crate::ecosystems::ReadContext;
use crate::model::{Problem, SourceSpan};
use std::collections::BTreeSet;
use std::path::Path;

/// So many packages are named.
const NAMED: usize = 5;

/// Where other lock files are looked for.
pub(super) struct OtherLocks<'a> {
    pub(super) directory: &'a Path,
    pub(super) context: &'a ReadContext,
    pub(super) workspace: &'a Workspace,
}

impl OtherLocks<'_> {
    /// What is to be said about lock files that are not used.
    pub(super) fn problems(&self, choice: Option<&LockFormat>, locked: Option<&Locked>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let used = choice.map(|format| format.file).unwrap_or_default();
        for format in FORMATS.iter().filter(|format| format.file != used) {
            if self.directory.join(format.file).is_file() {
                problems.push(self.beside(format, used, locked));
            }
        }
        problems.extend(self.binary(choice));
        problems.extend(self.of_members());
        problems
    }

    fn place(&self, path: &Path) -> Option<SourceSpan> {
        Some(SourceSpan::file(self.context.relative(path)))
    }

    /// Which of two is in use is a guess, unless the manifest names the client: what the other one has is said.
    fn beside(&self, format: &LockFormat, used: &str, locked: Option<&Locked>) -> Problem {
        let path = self.directory.join(format.file);
        let is_stated = self.workspace.members.get("").and_then(stated_client).is_some();
        let other = TextFile::read(&path, self.context)
            .and_then(Result::ok)
            .and_then(|file| (format.read)(&file, self.workspace).ok());
        let differing = match (locked, other) {
            (Some(locked), Some(other)) if !is_stated => only_in(&other, locked),
            _ => Vec::new(),
        };
        let place = self.place(&path);
        if differing.is_empty() {
            return Problem::note(place, format!("this lock file was not read, because {used} is used"));
        }
        let named: Vec<&str> = differing.iter().take(NAMED).map(String::as_str).collect();
        let more = match differing.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let text = format!(
            "{used} is used, and this lock file has what that one does not: {}{more}; delete the one that is not in \
             use, or name the client as `packageManager` in package.json",
            named.join(", ")
        );
        Problem::fact_missing(place, text)
    }

    fn binary(&self, choice: Option<&LockFormat>) -> Option<Problem> {
        let binary = self.directory.join(BINARY_LOCK);
        let text = "a binary lock file is not read; run `bun install --save-text-lockfile`";
        let make = if choice.is_some() { Problem::note } else { Problem::incomplete };
        binary.is_file().then(|| make(self.place(&binary), text))
    }

    fn of_members(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for member in self.workspace.members.keys().filter(|member| !member.is_empty()) {
            for format in &FORMATS {
                let path = self.directory.join(member).join(format.file);
                if path.is_file() {
                    let text =
                        "this lock file was not read, because its directory is a member of a workspace";
                    problems.push(Problem::note(self.place(&path), text));
                }
            }
        }
        problems
    }
}

/// `name version` of the packages that one lock file has and the other has not.
fn only_in(one: &Locked, other: &Locked) -> Vec<String> {
    let labels = |locked: &Locked| -> BTreeSet<String> {
        let packages = locked.packages.iter().filter(|package| package.directory.is_none());
        packages
            .filter_map(|package| Some(format!("{} {}", package.name, package.version.as_deref()?)))
            .collect()
    };
    labels(one).difference(&labels(other)).cloned().collect()
}
