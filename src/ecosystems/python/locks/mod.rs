//! Lock files. One file a format, all giving a [`Catalogue`](super::catalogue::Catalogue).

mod pdm;
mod pipfile_lock;
mod poetry;
mod pylock;
mod uv;

use super::catalogue::Catalogue;
use super::requirements_txt::checksum;
use super::text;
use super::tree::{self, Node};
use crate::ecosystems::ReadContext;
use crate::model::{Checksum, Problem};
use std::path::Path;

/// A lock file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// uv.lock.
    Uv,
    /// poetry.lock, versions 1 and 2.
    Poetry,
    /// pdm.lock.
    Pdm,
    /// pylock.toml (PEP 751).
    Pylock,
    /// Pipfile.lock.
    Pipfile,
}

impl Format {
    /// The format of a file name.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name {
            "uv.lock" => Some(Self::Uv),
            "poetry.lock" => Some(Self::Poetry),
            "pdm.lock" => Some(Self::Pdm),
            "Pipfile.lock" => Some(Self::Pipfile),
            "pylock.toml" => Some(Self::Pylock),
            name if is_named_pylock(name) => Some(Self::Pylock),
            _ => None,
        }
    }
}

/// `pylock.<name>.toml` (PEP 751).
fn is_named_pylock(name: &str) -> bool {
    name.strip_prefix("pylock.")
        .and_then(|rest| rest.strip_suffix(".toml"))
        .is_some_and(|name| !name.is_empty() && !name.contains('.'))
}

/// Reads a lock file.
pub(super) fn read(
    format: Format,
    path: &Path,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Option<Catalogue> {
    let document = text::load(path, context, problems)?;
    if format == Format::Pipfile {
        let tree = tree::json(&document, problems)?;
        return Some(pipfile_lock::read(&tree, &document));
    }
    let tree = tree::toml(&document, problems);
    let catalogue = match format {
        Format::Uv => uv::read(&tree, &document, problems),
        Format::Poetry => poetry::read(&tree, &document, problems),
        Format::Pdm => pdm::read(&tree, &document, problems),
        Format::Pylock | Format::Pipfile => pylock::read(&tree, &document, problems),
    };
    Some(catalogue)
}

/// The name of an entry; an entry without a usable one becomes a problem.
fn entry_name<'a>(
    entry: &'a Node,
    document: &text::Document,
    problems: &mut Vec<Problem>,
) -> Option<&'a str> {
    let name = entry.text("name").filter(|name| super::requirement::is_name(name));
    if name.is_none() {
        let shown = super::requirement::shorten(entry.text("name").unwrap_or(""));
        let message = format!("the entry's name `{shown}` is not a package name; refresh the lock file");
        problems.push(Problem::incomplete(Some(document.span(entry.offset)), message));
    }
    name
}

/// The `hash` members of lists of files.
fn checksums<'a>(files: impl IntoIterator<Item = &'a Node>) -> Vec<Checksum> {
    let mut found: Vec<Checksum> =
        files.into_iter().filter_map(|file| file.text("hash")).filter_map(checksum).collect();
    found.sort();
    found.dedup();
    found
}

/// The `hashes` tables of PEP 751: algorithm to value.
fn hash_tables<'a>(files: impl IntoIterator<Item = &'a Node>) -> Vec<Checksum> {
    let mut found = Vec::new();
    for file in files {
        let Some(hashes) = file.get("hashes") else { continue };
        for (algorithm, _, value) in hashes.entries() {
            found.extend(value.as_text().and_then(|value| checksum(&format!("{algorithm}:{value}"))));
        }
    }
    found.sort();
    found.dedup();
    found
}
