//! The files of a package that speak of its license, and nothing else of it.

use super::archive;
use super::inner;
use super::readme::{self, is_readme};
use super::reuse::{self, Covered};
use super::standing::{self, Standing};
use crate::licenses::detection::Depth;
use crate::model::{Files, InnerDirectories, Problem, is_license_name};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// No license text comes near this; a larger file is reported and not read.
pub const MOST_FILE_BYTES: u64 = 2 << 20;
/// More files than this in one package are reported and left.
pub const MOST_FILES: usize = 256;

/// A file that was read.
#[derive(Clone, Debug)]
pub struct LicenseFile {
    /// Its name, relative to the package, with `/`.
    pub name: String,
    /// Its bytes.
    pub content: Arc<[u8]>,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// For a `REUSE.toml` beside the files it speaks of: what holds for them.
    pub covered: Option<Arc<[Covered]>>,
    /// What it counts for.
    pub standing: Standing,
}

impl LicenseFile {
    /// A file with its hash.
    pub fn new(name: String, content: Vec<u8>) -> Self {
        let sha256 = hex::encode(Sha256::digest(&content));
        Self { name, content: content.into(), sha256, covered: None, standing: Standing::default() }
    }

    /// How much of it is looked at: a notice only names licenses, a license file is one. A README is either.
    pub fn depth(&self) -> Depth {
        let name = self.name.rsplit('/').next().unwrap_or(&self.name).to_ascii_lowercase();
        let notice = ["notice", "copyright", "reuse"].iter().any(|start| name.starts_with(start));
        let plain_readme = is_readme(&name) && !readme::holds_license_text(&self.content);
        if notice || plain_readme { Depth::Mention } else { Depth::LicenseFile }
    }

    /// Whether its name says that it speaks of other people's code.
    pub fn third_party(&self) -> bool {
        let below = match &self.standing {
            Standing::Governs(directory) => self.name.strip_prefix(directory).unwrap_or(&self.name),
            Standing::Unused | Standing::Unclear => &self.name,
        };
        speaks_of_others(below)
    }

    /// Whether its bare name says so, whatever the directories above it are called.
    pub fn named_for_others(&self) -> bool {
        speaks_of_others(self.name.rsplit('/').next().unwrap_or(&self.name))
    }

    /// Whether it binds: it speaks for code that is used.
    pub fn binds(&self) -> bool {
        matches!(self.standing, Standing::Governs(_))
    }

    /// Whether its name says that it is for the documentation, which nothing links (`LICENSE.docs`).
    pub fn documentation(&self) -> bool {
        let name = self.name.rsplit('/').next().unwrap_or(&self.name).to_ascii_lowercase();
        name.split(['.', '-', '_']).any(|word| matches!(word, "doc" | "docs" | "documentation"))
    }
}

fn speaks_of_others(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["third", "3rd", "bundled", "vendor", "dependencies", "deps"].iter().any(|word| name.contains(word))
}

/// What was read of one package.
#[derive(Debug, Default)]
pub struct PackageFiles {
    /// The files, by name.
    pub files: Vec<LicenseFile>,
    /// Directories whose license files govern what is used; the empty text is the root.
    pub governing: BTreeSet<String>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl PackageFiles {
    /// Of a package whose files were not read.
    pub fn of_nothing() -> Self {
        Self { governing: BTreeSet::from([String::new()]), ..Self::default() }
    }
}

/// Where in the files of a package is looked.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// Files that the metadata names.
    pub named: &'a [String],
    /// Directories that may carry license files of their own.
    pub inner: Option<&'a InnerDirectories>,
    /// The audited tree, into which links and `..` of a package may lead.
    pub root: &'a Path,
    /// The package in words.
    pub label: &'a str,
    /// Whether the README of a directory without license files is read.
    pub look_in_readme: bool,
}

/// Reads the license files.
pub fn read(files: &Files, search: Search<'_>) -> PackageFiles {
    let Search { named, inner, root, label, look_in_readme } = search;
    let mut read = match (files, inner) {
        (Files::Directory(directory), Some(inner)) => {
            let mut reader = Reader::new(directory, root, label);
            reader.tree(inner);
            reader.directory(&directory.join("LICENSES"), |_| true);
            reader.read
        }
        (Files::Directory(directory), None) => {
            let mut reader = Reader::new(directory, root, label);
            reader.directory(directory, is_license_name);
            reader.directory(&directory.join("LICENSES"), |_| true);
            named.iter().for_each(|name| reader.named(name));
            reader.reuse(directory);
            if look_in_readme && reader.read.files.is_empty() {
                reader.directory(directory, is_readme);
            }
            reader.read
        }
        (Files::Listed { base, files }, _) => {
            let mut reader = Reader::new(base, root, label);
            let taken =
                |file: &&PathBuf| inner.is_none_or(|inner| inner::takes(inner, &relative(file, base)));
            files.iter().filter(taken).for_each(|file| reader.listed(file));
            reader.read
        }
        (Files::Archive(path), _) => archive::read(path, named, inner, label),
    };
    read.files.sort_by(|left, right| left.name.cmp(&right.name));
    read.files.dedup_by(|left, right| left.name == right.name);
    read.governing = match inner {
        Some(inner) => {
            readme::drop_plain(&mut read.files);
            standing::assign(&mut read.files, inner)
        }
        None => BTreeSet::from([String::new()]),
    };
    read
}

/// Of the files that a registry's archive brought, those that would be read if the archive lay on this machine: a
/// package has the same license wherever its files come from. Where directories may carry files of their own, [`read`]
/// itself tells them apart.
pub fn as_on_disk(files: Files, named: &[String], inner: Option<&InnerDirectories>) -> Files {
    let Files::Listed { base, files } = files else { return files };
    let counts = |file: &PathBuf| inner.is_some() || archive::is_license_file(&relative(file, &base), named);
    let files = files.into_iter().filter(counts).collect();
    Files::Listed { base, files }
}

struct Reader<'a> {
    base: &'a Path,
    root: &'a Path,
    label: &'a str,
    read: PackageFiles,
}

impl<'a> Reader<'a> {
    fn new(base: &'a Path, root: &'a Path, label: &'a str) -> Self {
        Self { base, root, label, read: PackageFiles::default() }
    }

    fn problem(&mut self, name: &str, message: &str) {
        let message = format!("{}: {name}: {message}", self.label);
        self.read.problems.push(Problem::fact_missing(None, message));
    }

    /// The files of a directory whose names are wanted. A directory that is not there has none.
    fn directory(&mut self, directory: &Path, wanted: impl Fn(&str) -> bool) {
        let Ok(entries) = fs::read_dir(directory) else { return };
        let mut names: Vec<_> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| wanted(name))
            .collect();
        names.sort();
        if names.len() > MOST_FILES {
            self.problem(
                "license files",
                &format!("only the first {MOST_FILES} of {} were read", names.len()),
            );
            names.truncate(MOST_FILES);
        }
        for name in names {
            self.file(&directory.join(name));
        }
    }

    /// The license files of all directories.
    fn tree(&mut self, inner: &InnerDirectories) {
        let mut found = inner::find(self.base, inner);
        if found.is_cut {
            let note = "it has so many directories that not all were searched for license files of their own";
            self.read.notes.push(note.to_owned());
        }
        if found.files.len() > MOST_FILES {
            let count = found.files.len();
            self.problem("license files", &format!("only the first {MOST_FILES} of {count} were read"));
            found.files.sort_by_key(|name| name.matches('/').count());
            found.files.truncate(MOST_FILES);
        }
        found.readmes.truncate(MOST_FILES);
        for name in found.files.into_iter().chain(found.readmes) {
            let known = self.read.problems.len();
            self.file(&self.base.join(&name));
            // What binds nobody and cannot be read is no gap in what is known.
            if standing::is_beside(&name, inner) {
                let passed_over = self.read.problems.drain(known..).map(|problem| problem.message);
                self.read.notes.extend(passed_over);
            }
        }
    }

    /// A file that metadata names, relative to the package.
    fn named(&mut self, name: &str) {
        let path = Path::new(name);
        if path.components().any(|part| matches!(part, Component::RootDir | Component::Prefix(_))) {
            self.problem(name, "the metadata names a license file outside the package; it was not read");
            return;
        }
        let full = self.base.join(path);
        if full.is_file() {
            self.file(&full);
        } else {
            self.problem(name, "the metadata names this license file, but the package does not have it");
        }
    }

    fn listed(&mut self, file: &Path) {
        if self.read.files.len() < MOST_FILES {
            self.file(file);
        }
    }

    fn file(&mut self, path: &Path) {
        let name = relative(path, self.base);
        let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_symlink());
        let leaves = is_link || path.components().any(|part| part == Component::ParentDir);
        if leaves && !self.stays_inside(path) {
            self.problem(&name, "leads out of the package and of the audited tree; it was not read");
            return;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() && metadata.len() <= MOST_FILE_BYTES => {}
            Ok(metadata) if metadata.is_file() => {
                let size = metadata.len() / 1_000_000;
                self.problem(&name, &format!("{size} MB are too much for a license text; it was not read"));
                return;
            }
            Ok(_) => return,
            Err(error) => return self.problem(&name, &error.to_string()),
        }
        let mut content = Vec::new();
        let opened = fs::File::open(path);
        match opened.and_then(|file| file.take(MOST_FILE_BYTES).read_to_end(&mut content)) {
            Ok(_) => self.read.files.push(LicenseFile::new(name, content)),
            Err(error) => self.problem(&name, &error.to_string()),
        }
    }

    /// Finds out for which files a `REUSE.toml` at the top says what.
    fn reuse(&mut self, directory: &Path) {
        let Some(file) = self.read.files.iter_mut().find(|file| file.name == "REUSE.toml") else { return };
        match reuse::survey(directory, &file.content) {
            Ok(Some(covered)) => file.covered = Some(covered.into()),
            // A file that cannot be understood is reported as an unknown text.
            Ok(None) => {}
            Err(message) => self.problem("REUSE.toml", &message),
        }
    }

    fn stays_inside(&self, path: &Path) -> bool {
        let Ok(target) = dunce::canonicalize(path) else { return false };
        let inside = |directory: &Path| {
            dunce::canonicalize(directory).is_ok_and(|directory| target.starts_with(directory))
        };
        inside(self.base) || inside(self.root)
    }
}

/// A path below `base` with `/`; the file name alone for one outside.
fn relative(path: &Path, base: &Path) -> String {
    let inner = path.strip_prefix(base).map(PathBuf::from);
    let inner = inner.unwrap_or_else(|_| path.file_name().map(PathBuf::from).unwrap_or_default());
    let parts: Vec<_> =
        inner.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    #[test]
    fn licenses_of_documentation_are_told_apart() {
        let named = |name: &str| super::LicenseFile::new(name.to_owned(), Vec::new()).documentation();
        assert!(named("LICENSE.docs") && named("LICENSE-documentation.txt"));
        assert!(!named("LICENSE") && !named("LICENSE.doctrine") && !named("docs/LICENSE"));
    }
}
