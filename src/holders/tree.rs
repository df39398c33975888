//! What the files of a project's own tree say about holders and licenses.

use super::{people, statements};
use crate::licenses;
use crate::licenses::reuse::{self, ReuseToml, Statement};
use crate::model::{Expression, Problem, SourceSpan};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;

/// Directories of other people's code, made files and test material.
const PASSED_OVER: [&str; 19] = [
    "node_modules",
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "external",
    "bower_components",
    "site-packages",
    ".venv",
    "venv",
    "target",
    "dist",
    ".git",
    "fixtures",
    "__fixtures__",
    "test-fixtures",
    "testdata",
    "test-data",
    "test_data",
];

/// A header stands within this many bytes.
const HEADER_BYTES: u64 = 8 * 1024;

/// A license or author file is not longer.
const TEXT_BYTES: u64 = 1024 * 1024;

/// What the files say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tree {
    /// Holders named by `SPDX-FileCopyrightText` headers, `.license` files and `REUSE.toml`, and by copyright lines of
    /// license files.
    pub holders: Vec<String>,
    /// People named by AUTHORS and CONTRIBUTORS files.
    pub listed: Vec<String>,
    /// Files under another license than the project, by that license.
    pub other_licenses: Vec<FileGroup>,
    /// Files that ask contributors for an agreement or a sign-off.
    pub agreements: Vec<String>,
    /// Files whose header, or the `.license` file beside them, was read.
    pub files: usize,
}

/// Files of one license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileGroup {
    /// The license as the headers, `.license` files or `REUSE.toml` write it.
    pub license: String,
    /// How many files.
    pub count: usize,
    /// Whether all of them are texts or pictures, not program source.
    pub documents: bool,
    /// The first of them, at most ten.
    pub files: Vec<String>,
    /// The holders that these files name.
    pub holders: Vec<String>,
}

#[derive(Default)]
struct Found {
    holders: BTreeMap<String, String>,
    listed: BTreeMap<String, String>,
    by_license: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
    agreements: BTreeSet<String>,
    files: usize,
}

/// Reads the tree below a directory; `licenses` are those that its projects declare.
pub fn read(directory: &Path, licenses: &[String], problems: &mut Vec<Problem>) -> Tree {
    let paths = files(directory, problems);
    let tomls = reuse_files(directory, &paths, problems);
    let mut found = Found::default();
    for relative in &paths {
        if let Err(error) = found.file(directory, relative, &paths, &tomls) {
            let place = SourceSpan::file(relative);
            problems.push(Problem::fact_missing(Some(place), format!("the header cannot be read: {error}")));
        }
    }
    found.tree(licenses)
}

/// The files of the tree, relative with `/`.
fn files(directory: &Path, problems: &mut Vec<Problem>) -> BTreeSet<String> {
    let walk = ignore::WalkBuilder::new(directory)
        .hidden(false)
        .require_git(false)
        .follow_links(false)
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            entry.depth() == 0 || !PASSED_OVER.contains(&name.as_ref())
        })
        .build();
    let mut files = BTreeSet::new();
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                files.insert(slashed(entry.path().strip_prefix(directory).unwrap_or(entry.path())));
            }
            Ok(_) => {}
            Err(error) => problems
                .push(Problem::fact_missing(None, format!("a directory could not be entered: {error}"))),
        }
    }
    files
}

/// The `REUSE.toml` files of the tree.
fn reuse_files(directory: &Path, paths: &BTreeSet<String>, problems: &mut Vec<Problem>) -> Vec<ReuseToml> {
    let mut found = Vec::new();
    for relative in paths.iter().filter(|path| is_reuse(path)) {
        let read = text(&directory.join(relative), TEXT_BYTES).map_err(|error| error.to_string());
        let folder = relative.rsplit_once('/').map_or("", |(folder, _)| folder);
        match read.and_then(|text| ReuseToml::read(folder, &text)) {
            Ok(toml) => found.push(toml),
            Err(error) => problems.push(Problem::fact_missing(Some(SourceSpan::file(relative)), error)),
        }
    }
    found
}

fn is_reuse(path: &str) -> bool {
    path.rsplit('/').next() == Some("REUSE.toml")
}

impl Found {
    fn file(
        &mut self,
        directory: &Path,
        relative: &str,
        paths: &BTreeSet<String>,
        tomls: &[ReuseToml],
    ) -> std::io::Result<()> {
        let path = &directory.join(relative);
        let name = relative.rsplit('/').next().unwrap_or(relative).to_lowercase();
        let stem = name.split('.').next().unwrap_or_default();
        let at_top = !relative.contains('/');
        if is_agreement(&name, relative) {
            self.agreements.insert(relative.to_owned());
        }
        if at_top && matches!(stem, "license" | "licence" | "copying" | "copyright" | "notice") {
            let text = text(path, TEXT_BYTES)?;
            self.add_holders(statements::copyright_lines(&text));
            return Ok(());
        }
        if at_top && matches!(stem, "authors" | "contributors") {
            for name in statements::listed(&text(path, TEXT_BYTES)?) {
                self.listed.insert(people::key(&name), name);
            }
            return Ok(());
        }
        if at_top && stem == "contributing" && asks_for_agreement(&text(path, TEXT_BYTES)?) {
            self.agreements.insert(relative.to_owned());
        }
        // License texts beside the code (REUSE) speak of themselves.
        if relative.starts_with("LICENSES/") {
            return Ok(());
        }
        let speaks_for_another = relative.strip_suffix(".license").is_some_and(|other| paths.contains(other));
        if speaks_for_another || is_reuse(relative) {
            return Ok(());
        }
        let stated = reuse::of_file(tomls, relative, own_statement(directory, relative, paths)?);
        let holders: Vec<String> =
            stated.copyright.iter().filter_map(|notice| statements::holder(notice)).collect();
        self.files += 1;
        if let Some(license) = stated.license() {
            let (files, named) = self.by_license.entry(license).or_default();
            files.insert(relative.to_owned());
            named.extend(holders.iter().cloned());
        }
        self.add_holders(holders);
        Ok(())
    }

    fn add_holders(&mut self, names: Vec<String>) {
        for name in names {
            self.holders.entry(people::key(&name)).or_insert(name);
        }
    }

    fn tree(self, licenses: &[String]) -> Tree {
        let own: Vec<String> = licenses.iter().map(|license| normalised(license)).collect();
        let other_licenses = self
            .by_license
            .into_iter()
            .filter(|(license, _)| !own.contains(&normalised(license)))
            .map(|(license, (files, holders))| FileGroup {
                license,
                count: files.len(),
                documents: files.iter().all(|file| is_document(file)),
                files: files.into_iter().take(10).collect(),
                holders: holders.into_iter().collect(),
            })
            .collect();
        Tree {
            holders: self.holders.into_values().collect(),
            listed: self.listed.into_values().collect(),
            other_licenses,
            agreements: self.agreements.into_iter().collect(),
            files: self.files,
        }
    }
}

/// What a file says of itself: its `.license` file where there is one, else its header.
fn own_statement(directory: &Path, relative: &str, paths: &BTreeSet<String>) -> std::io::Result<Statement> {
    let beside = reuse::sidecar(relative);
    let source = if paths.contains(&beside) { &beside } else { relative };
    Ok(reuse::header(&text(&directory.join(source), HEADER_BYTES)?))
}

fn is_document(file: &str) -> bool {
    const ENDS: [&str; 13] =
        ["md", "rst", "adoc", "txt", "tex", "svg", "png", "jpg", "jpeg", "gif", "pdf", "ttf", "woff2"];
    file.rsplit_once('.').is_some_and(|(_, end)| ENDS.contains(&end.to_lowercase().as_str()))
}

/// The expression in list spelling, or the text itself where it is none.
fn normalised(license: &str) -> String {
    match licenses::parse(license) {
        Ok(Expression::Or(mut members)) => {
            members.sort();
            Expression::Or(members).to_string()
        }
        Ok(expression) => expression.to_string(),
        Err(_) => license.trim().to_owned(),
    }
}

fn is_agreement(name: &str, relative: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let place = relative.strip_prefix(".github/").unwrap_or(relative);
    let near_the_top = place.matches('/').count() <= 1;
    let named = matches!(stem, "cla" | "icla" | "ccla" | "dco") || name == ".clabot";
    near_the_top && named
}

fn asks_for_agreement(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "contributor license agreement",
        "contributor licence agreement",
        "developer certificate of origin",
        "signed-off-by",
    ]
    .iter()
    .any(|phrase| text.contains(phrase))
}

/// The start of a file as text; what is not UTF-8 is replaced.
fn text(path: &Path, limit: u64) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> =
        path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}
