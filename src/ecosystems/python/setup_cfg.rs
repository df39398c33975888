//! setup.cfg: setuptools' declarative metadata, read as Python's `configparser` reads it.

use super::manifest::{Declared, Manifest};
use super::text::Document;
use crate::model::{LicenseStatement, Problem, SourceSpan};
use std::path::{Path, PathBuf};

/// An option of a section: its name, its value's lines, the line it begins on.
#[derive(Debug)]
struct Entry {
    section: String,
    key: String,
    lines: Vec<(usize, String)>,
}

/// Reads a setup.cfg. Names license files through `globs`, requirement files through `files`.
pub(super) fn read(
    document: &Document,
    directory: &Path,
    globs: &mut Vec<(String, SourceSpan)>,
    files: &mut Vec<(PathBuf, Option<String>, SourceSpan)>,
    problems: &mut Vec<Problem>,
) -> Manifest {
    let mut manifest = Manifest::of_file(&document.name);
    for entry in entries(document) {
        let place = document.line(entry.lines.first().map_or(1, |(line, _)| *line));
        match (entry.section.as_str(), entry.key.as_str()) {
            ("metadata", key) => metadata(&mut manifest, key, &entry, document, globs),
            ("options", "install_requires") => {
                requirements(&entry, directory, document, &mut manifest, files, problems, &|item| item);
            }
            ("options", "setup_requires") => {
                let finish = Declared::for_build;
                requirements(&entry, directory, document, &mut manifest, files, problems, &finish);
            }
            ("options", "tests_require") => {
                let finish = Declared::for_development;
                requirements(&entry, directory, document, &mut manifest, files, problems, &finish);
            }
            ("options.extras_require", extra) => {
                let finish = |item: Declared| item.for_extra(extra);
                requirements(&entry, directory, document, &mut manifest, files, problems, &finish);
            }
            ("options", "packages" | "py_modules") => manifest.describes_project = true,
            _ => {}
        }
        if entry.section == "options" && entry.key == "install_requires" && entry.lines.is_empty() {
            problems.push(Problem::note(Some(place), "`install_requires` is empty"));
        }
    }
    manifest
}

fn metadata(
    manifest: &mut Manifest,
    key: &str,
    entry: &Entry,
    document: &Document,
    globs: &mut Vec<(String, SourceSpan)>,
) {
    let texts = entry.lines.iter().map(|(line, text)| (document.line(*line), text.trim()));
    let text = || entry.lines.iter().map(|(_, text)| text.trim()).collect::<Vec<_>>().join("\n");
    // `attr:` and `file:` are computed when the project is built.
    let literal = || Some(text()).filter(|text| !text.starts_with("attr:") && !text.starts_with("file:"));
    match key.replace('-', "_").as_str() {
        "name" => {
            manifest.describes_project = true;
            manifest.name = literal();
        }
        "version" => manifest.version = literal(),
        "summary" | "description" => manifest.details.description = literal(),
        "url" | "home_page" => manifest.details.homepage = literal(),
        "author" => manifest.details.authors.extend(literal()),
        "license" => {
            if let (Some(text), Some((line, _))) = (literal(), entry.lines.first()) {
                manifest.add_license(LicenseStatement::FreeText(text), document.line(*line));
            }
        }
        "classifiers" | "classifier" => {
            for (place, text) in texts {
                manifest.add_classifier(text, place);
            }
        }
        "license_file" | "license_files" => {
            for (place, text) in texts {
                for glob in text.split(',').map(str::trim).filter(|glob| !glob.is_empty()) {
                    globs.push((glob.to_owned(), place.clone()));
                }
            }
        }
        _ => {}
    }
}

fn requirements(
    entry: &Entry,
    directory: &Path,
    document: &Document,
    manifest: &mut Manifest,
    files: &mut Vec<(PathBuf, Option<String>, SourceSpan)>,
    problems: &mut Vec<Problem>,
    finish: &dyn Fn(Declared) -> Declared,
) {
    let extra = (entry.section == "options.extras_require").then(|| entry.key.clone());
    for (line, text) in &entry.lines {
        let place = document.line(*line);
        if let Some(names) = text.trim().strip_prefix("file:") {
            for name in names.split(',') {
                files.push((directory.join(name.trim()), extra.clone(), place.clone()));
            }
            continue;
        }
        if let Some(requirement) = Manifest::requirement(text, &place, problems) {
            manifest.declared.push(finish(Declared::new(requirement, place)));
        }
    }
}

fn entries(document: &Document) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut section = String::new();
    let mut open = false;
    for (index, line) in document.text.lines().enumerate() {
        let number = index + 1;
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t']) && open {
            if let Some(last) = found.last_mut() {
                let text = trimmed.split(" #").next().unwrap_or("").trim();
                last.lines.push((number, text.to_owned()));
            }
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            section = name.trim().to_owned();
            open = false;
            continue;
        }
        let Some(at) = trimmed.find(['=', ':']) else { continue };
        let value = trimmed[at + 1..].trim();
        let lines = if value.is_empty() { Vec::new() } else { vec![(number, value.to_owned())] };
        found.push(Entry { section: section.clone(), key: trimmed[..at].trim().to_lowercase(), lines });
        open = true;
    }
    found
}
