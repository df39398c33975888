//! One walk over a repository. Vendored code, tests, fixtures and submodules are not the project's own word
//! about itself and are left out.

use super::claims::Claims;
use super::contact::{self, Spot};
use super::git::History;
use super::manifest::Manifests;
use super::walk;
use super::workflows::Workflow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Folders in which community files count as the project's own, in the order forges look.
const COMMUNITY: &[&str] = &["", ".github", ".gitlab", ".gitea", ".forgejo", "docs", "doc"];

/// A file of the repository.
#[derive(Debug)]
pub struct File {
    /// Relative to the root, with `/`.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    text: OnceLock<Option<String>>,
}

/// The text of a file, with the name by which reports call it.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// The path, prefixed by `organisation:` if inherited.
    pub path: String,
    /// The text.
    pub text: &'a str,
    /// Whether it comes from the organisation's own repository.
    pub inherited: bool,
}

impl Document<'_> {
    /// `path:line`.
    pub fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }
}

/// A repository, walked once.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
    files: Vec<File>,
    organisation: Option<Box<Tree>>,
    /// Places that could not be walked.
    pub unreadable: Vec<String>,
    history: OnceLock<History>,
    claims: OnceLock<Claims>,
    manifests: OnceLock<Manifests>,
    workflows: OnceLock<Vec<Workflow>>,
    security_spots: OnceLock<Vec<Spot>>,
}

impl Tree {
    /// Walks a repository, and the organisation's own repository from which it inherits.
    pub fn open(root: &Path, organisation: Option<&Path>) -> Self {
        let (files, unreadable) = walk::files(root);
        Self {
            root: root.to_owned(),
            files,
            organisation: organisation.map(|path| Box::new(Self::open(path, None))),
            unreadable,
            history: OnceLock::new(),
            claims: OnceLock::new(),
            manifests: OnceLock::new(),
            workflows: OnceLock::new(),
            security_spots: OnceLock::new(),
        }
    }

    /// The root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Every file of its own, sorted by path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The commits, tags and remotes.
    pub fn history(&self) -> &History {
        self.history.get_or_init(|| History::read(&self.root))
    }

    /// What the project's self-descriptions claim.
    pub fn claims(&self) -> &Claims {
        self.claims.get_or_init(|| Claims::read(self))
    }

    /// What its manifests say.
    pub fn manifests(&self) -> &Manifests {
        self.manifests.get_or_init(|| Manifests::read(self))
    }

    /// What runs in its continuous integration.
    pub fn workflows(&self) -> &[Workflow] {
        self.workflows.get_or_init(|| super::workflows::read(self))
    }

    /// The sections that speak of reporting vulnerabilities.
    pub fn security_spots(&self) -> &[Spot] {
        self.security_spots.get_or_init(|| contact::find_spots(self))
    }

    /// A file by its exact path.
    pub fn file(&self, path: &str) -> Option<&File> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        Some(&self.files[at])
    }

    /// The text of a file; none if it is too large, binary or cannot be read.
    pub fn text<'a>(&'a self, file: &'a File) -> Option<&'a str> {
        file.text.get_or_init(|| walk::read_text(&self.root.join(&file.path), file.size)).as_deref()
    }

    /// The text of a file by its exact path.
    pub fn document(&self, path: &str) -> Option<Document<'_>> {
        self.as_document(self.file(path)?)
    }

    /// A file as a document.
    pub fn as_document<'a>(&'a self, file: &'a File) -> Option<Document<'a>> {
        Some(Document { path: file.path.clone(), text: self.text(file)?, inherited: false })
    }

    /// Community files by stem (`SECURITY`, upper case, `_` for `-` and blank) in the places forges look, the
    /// project's own first, then the organisation's. A file of that name deeper in the tree is not one.
    pub fn community(&self, stems: &[&str]) -> Vec<Document<'_>> {
        let own = self.own_community(stems);
        if !own.is_empty() {
            return own;
        }
        let Some(organisation) = &self.organisation else { return own };
        let mut inherited = organisation.own_community(stems);
        for document in &mut inherited {
            document.path = format!("organisation:{}", document.path);
            document.inherited = true;
        }
        inherited
    }

    fn own_community(&self, stems: &[&str]) -> Vec<Document<'_>> {
        let mut found = Vec::new();
        for folder in COMMUNITY {
            for file in self.files.iter().filter(|file| file.folder() == *folder && file.is_prose()) {
                let stem = file.stem();
                if stems.iter().any(|wanted| stem == *wanted) {
                    found.extend(self.as_document(file));
                }
            }
        }
        found
    }

    /// The root README files.
    pub fn readmes(&self) -> Vec<Document<'_>> {
        self.own_community(&["README"])
    }

    /// Everything a reader would call documentation: prose in the root, the community folders and below
    /// `docs`. Sorted by path.
    pub fn documents(&self) -> Vec<Document<'_>> {
        self.files
            .iter()
            .filter(|file| file.is_prose() && file.is_documentation())
            .filter_map(|file| self.as_document(file))
            .collect()
    }

    /// Files below one of the organisation's community folders, for issue templates.
    pub fn organisation(&self) -> Option<&Tree> {
        self.organisation.as_deref()
    }
}

impl File {
    pub(super) fn new(path: String, size: u64) -> Self {
        Self { path, size, text: OnceLock::new() }
    }

    /// The folder, without a slash at the end; empty for the root.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The name without its folder.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }

    /// The extension in lower case; empty if none.
    pub fn extension(&self) -> String {
        match self.name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension.to_ascii_lowercase(),
            _ => String::new(),
        }
    }

    /// The name without extension, in upper case, `-` and blanks as `_`.
    pub fn stem(&self) -> String {
        let name = self.name();
        let stem = match name.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => name,
        };
        stem.to_ascii_uppercase().replace(['-', ' '], "_")
    }

    /// Whether it is written for people.
    pub fn is_prose(&self) -> bool {
        matches!(
            self.extension().as_str(),
            "" | "md" | "markdown" | "mdown" | "rst" | "txt" | "adoc" | "asciidoc" | "org" | "html" | "htm"
        )
    }

    /// Whether it lies where documentation lies.
    pub fn is_documentation(&self) -> bool {
        let first = self.path.split_once('/').map_or("", |(first, _)| first);
        first.is_empty() || COMMUNITY.contains(&first) || first == "documentation" || first == "book"
    }

    /// Whether one of its folders has one of these names.
    pub fn lies_in(&self, names: &[&str]) -> bool {
        self.folder().split('/').any(|part| names.iter().any(|name| part.eq_ignore_ascii_case(name)))
    }
}
