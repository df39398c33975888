//! One installed package: a `*.dist-info` directory, an `*.egg-info` directory or file, the `EGG-INFO` of an egg.

use super::catalogue::{Known, Requires};
use super::metadata::Metadata;
use super::requirement::{Requirement, is_name, normalise, shorten};
use super::text::{read_limited, without_credentials};
use crate::ecosystems::ReadContext;
use crate::model::{
    DeclaredLicense, Ecosystem, Files, LicenseSource, LicenseStatement, Origin, Package, PackageDetails,
    Problem, SourceSpan,
};
use std::path::{Component, Path, PathBuf};

/// RECORD, direct_url.json and requires.txt never come near this size, in bytes.
const SIDE_FILE_LIMIT: u64 = 32 * 1024 * 1024;

/// A folder of license files has no more folders in each other, and no more files, than this.
const FOLDERS_DEEP: usize = 6;
const MOST_LICENSE_FILES: usize = 1000;

/// An installed package with what was odd about it.
#[derive(Debug)]
pub(super) struct Distribution {
    /// The package and what it asks for; `None` when it has no usable name.
    pub known: Option<Known>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// The directory it is an editable install of.
    pub editable: Option<PathBuf>,
}

/// Reads an entry of site-packages.
pub(super) fn read(entry: &Path, context: &ReadContext) -> Distribution {
    let metadata_file = if entry.is_file() {
        entry.to_owned()
    } else {
        let candidates = ["METADATA", "PKG-INFO"];
        candidates
            .iter()
            .map(|name| entry.join(name))
            .find(|path| path.is_file())
            .unwrap_or(entry.join("METADATA"))
    };
    let mut reader = Reader { entry, context, file: context.relative(&metadata_file), problems: Vec::new() };
    let metadata = match Metadata::of_file(&metadata_file) {
        Ok(metadata) => metadata,
        Err(reason) => {
            reader.incomplete(0, format!("cannot be read: {reason}; reinstall the package"));
            return Distribution { known: None, problems: reader.problems, editable: None };
        }
    };
    for (line, complaint) in &metadata.complaints {
        let place = SourceSpan::line(reader.file.clone(), *line);
        reader.problems.push(Problem::note(Some(place), complaint.clone()));
    }
    let mut editable = None;
    let known = reader.known(&metadata, &mut editable);
    Distribution { known, problems: reader.problems, editable }
}

/// Reads an egg that is a zip file, of which the metadata and requires.txt were taken out.
pub(super) fn read_zipped(
    entry: &Path,
    metadata: &[u8],
    requires: &str,
    context: &ReadContext,
) -> Distribution {
    let inside = |name: &str| format!("{}/EGG-INFO/{name}", context.relative(entry));
    let mut reader = Reader { entry, context, file: inside("PKG-INFO"), problems: Vec::new() };
    let mut known = reader.known(&Metadata::parse(metadata), &mut None);
    if let Some(known) = &mut known {
        known.requires.extend(egg_requires(requires, &inside("requires.txt")));
        known.package.files = Some(Files::Archive(entry.to_owned()));
    }
    Distribution { known, problems: reader.problems, editable: None }
}

struct Reader<'a> {
    entry: &'a Path,
    context: &'a ReadContext,
    file: String,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn incomplete(&mut self, line: u32, message: String) {
        self.problems.push(Problem::incomplete(Some(SourceSpan::line(self.file.clone(), line)), message));
    }

    fn known(&mut self, metadata: &Metadata, editable: &mut Option<PathBuf>) -> Option<Known> {
        let name = match metadata.first("name") {
            Some(header) if is_name(&header.value) => header.value.clone(),
            other => {
                let line = other.map_or(0, |header| header.line);
                let shown = shorten(other.map_or("", |header| &header.value));
                self.incomplete(line, format!("`{shown}` is not a package name; the package is not audited"));
                return None;
            }
        };
        let version = metadata.value("version");
        let mut package = Package::new(Ecosystem::Python, &name, version, Origin::Registry(None));
        package.location = Some(SourceSpan::file(self.file.clone()));
        package.details = details(metadata);
        self.licenses(metadata, &mut package);
        package.bundles = self.bundles();
        self.origin(&mut package, editable);
        let mut requires = self.requires(metadata);
        let path = self.entry.join("requires.txt");
        if let Ok(text) = read_limited(&path, SIDE_FILE_LIMIT) {
            requires.extend(egg_requires(&String::from_utf8_lossy(&text), &self.context.relative(&path)));
        }
        Some(Known { key: normalise(&name), package, marker: None, requires, development: false })
    }

    fn licenses(&mut self, metadata: &Metadata, package: &mut Package) {
        let mut files = Vec::new();
        for header in &metadata.headers {
            let text = header.value.clone();
            let statement = match header.name.as_str() {
                "license-expression" => LicenseStatement::Expression(text),
                "license" => LicenseStatement::FreeText(text),
                "classifier" if text.starts_with("License ::") => LicenseStatement::Classifier(text),
                "license-file" => {
                    files.extend(self.license_file(&text, header.line));
                    LicenseStatement::File(text)
                }
                _ => continue,
            };
            let location = Some(SourceSpan::line(self.file.clone(), header.line));
            package.declared.push(DeclaredLicense { statement, source: LicenseSource::Manifest, location });
        }
        if files.is_empty() {
            for folder in ["licenses", "license_files"] {
                files_below(&self.entry.join(folder), FOLDERS_DEEP, &mut files);
            }
        }
        files.extend(self.unnamed_license_files());
        files.sort();
        files.dedup();
        if !files.is_empty() {
            package.files = Some(Files::Listed { base: self.entry.to_owned(), files });
        }
    }

    /// PEP 639 puts license files below `licenses/`; older tools beside METADATA.
    fn license_file(&mut self, name: &str, line: u32) -> Option<PathBuf> {
        let stays_inside =
            Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !stays_inside || name.contains(['\\', ':', '\0']) {
            let place = SourceSpan::line(self.file.clone(), line);
            let message =
                format!("the license file `{}` lies outside the package and was not read", shorten(name));
            self.problems.push(Problem::fact_missing(Some(place), message));
            return None;
        }
        let candidates = ["licenses", "license_files", ""];
        let base = name.rsplit('/').next().unwrap_or(name);
        candidates
            .iter()
            .map(|folder| self.entry.join(folder).join(name))
            .chain([self.entry.join(base)])
            .find(|path| path.is_file())
    }

    /// Tools before PEP 639 copied license files without naming them.
    fn unnamed_license_files(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.entry) else { return Vec::new() };
        entries
            .filter_map(Result::ok)
            .filter(|entry| {
                let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
                ["licen", "copying", "unlicen", "notice", "copyright"]
                    .iter()
                    .any(|word| name.starts_with(word))
            })
            .map(|entry| entry.path())
            .filter(|path| path.is_file())
            .collect()
    }

    /// Shared libraries that auditwheel, delvewheel (`*.libs/`) and delocate (`.dylibs/`) copied into the wheel.
    fn bundles(&self) -> Vec<String> {
        // A wheel for any platform holds no library, and its RECORD may have thousands of lines.
        let tags = read_limited(&self.entry.join("WHEEL"), SIDE_FILE_LIMIT).unwrap_or_default();
        if memchr::memmem::find(&tags, b"-any").is_some() {
            return Vec::new();
        }
        let Ok(bytes) = read_limited(&self.entry.join("RECORD"), SIDE_FILE_LIMIT) else { return Vec::new() };
        let mut found = Vec::new();
        for needle in [&b".libs/"[..], b".dylibs/"] {
            for at in memchr::memmem::find_iter(&bytes, needle) {
                let start = at + needle.len();
                let line = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
                let ends: &[u8] = if bytes[line] == b'"' { b"\"\r\n/" } else { b",\r\n/" };
                let end = bytes[start..].iter().position(|byte| ends.contains(byte));
                let name = String::from_utf8_lossy(&bytes[start..start + end.unwrap_or(0)]).into_owned();
                if !name.is_empty() && !name.starts_with('.') {
                    found.push(name);
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// direct_url.json (PEP 610): what was installed from elsewhere than an index.
    fn origin(&mut self, package: &mut Package, editable: &mut Option<PathBuf>) {
        let path = self.entry.join("direct_url.json");
        if !path.is_file() {
            return;
        }
        let text = read_limited(&path, SIDE_FILE_LIMIT).unwrap_or_default();
        let Ok(json) = serde_json::from_slice::<serde_json::Value>(&text) else {
            let place = SourceSpan::file(self.context.relative(&path));
            let message = format!("is not valid JSON; where {} comes from is unknown", package.name);
            self.problems.push(Problem::note(Some(place), message));
            package.origin = Origin::Unknown;
            return;
        };
        let text = |pointer: &str| json.pointer(pointer).and_then(serde_json::Value::as_str);
        let address = text("/url").unwrap_or("");
        package.origin = if json.get("vcs_info").is_some() {
            let shown = without_credentials(address);
            Origin::Git(
                text("/vcs_info/commit_id").map_or(shown.clone(), |commit| format!("{shown}@{commit}")),
            )
        } else if let Some(path) = address.strip_prefix("file://") {
            let path = PathBuf::from(path.replace("%20", " "));
            if json.pointer("/dir_info/editable").and_then(serde_json::Value::as_bool) == Some(true) {
                *editable = Some(path.clone());
            }
            Origin::Path(self.context.relative(&path))
        } else {
            Origin::Archive(without_credentials(address))
        };
    }

    fn requires(&mut self, metadata: &Metadata) -> Vec<Requires> {
        let mut found = Vec::new();
        for header in metadata.all("requires-dist") {
            match Requirement::parse(&header.value) {
                Ok(requirement) => {
                    let location = Some(SourceSpan::line(self.file.clone(), header.line));
                    let requires = Requires::new(requirement, None, location);
                    if let Some(reason) = requires.bad_marker() {
                        let name = shorten(&requires.requirement.name);
                        let message =
                            format!("the marker of {name} is not valid: {reason}; taken as always needed");
                        self.problems.push(Problem::note(requires.location.clone(), message));
                    }
                    found.push(requires);
                }
                Err(reason) => {
                    self.incomplete(header.line, format!("a requirement cannot be read: {reason}"))
                }
            }
        }
        found
    }
}

/// requires.txt of an egg: sections `[extra]`, `[:marker]`, `[extra:marker]`.
fn egg_requires(text: &str, file: &str) -> Vec<Requires> {
    let mut found = Vec::new();
    let (mut extra, mut marker) = (None, None);
    for (index, line) in text.lines().map(str::trim).enumerate() {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let (name, condition) = section.split_once(':').unwrap_or((section, ""));
            extra = (!name.is_empty()).then(|| normalise(name));
            marker = (!condition.is_empty()).then(|| condition.to_owned());
        } else if let Ok(mut requirement) = Requirement::parse(line) {
            requirement.marker = super::marker::both(requirement.marker.as_deref(), marker.as_deref());
            let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let location = Some(SourceSpan::line(file.to_owned(), line));
            found.push(Requires::new(requirement, extra.clone(), location));
        }
    }
    found
}

/// All files of a folder of license files; some builders fill it and name none of them.
fn files_below(folder: &Path, deep: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_file() && found.len() < MOST_LICENSE_FILES {
            found.push(entry.path());
        } else if kind.is_dir() && deep > 0 {
            files_below(&entry.path(), deep - 1, found);
        }
    }
}

fn details(metadata: &Metadata) -> PackageDetails {
    let one = |name: &str| metadata.value(name).map(str::to_owned);
    let labelled = |wanted: &[&str]| {
        metadata.all("project-url").find_map(|header| {
            let (label, address) = header.value.split_once(',')?;
            let label: String = label.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
            wanted.contains(&label.as_str()).then(|| address.trim().to_owned())
        })
    };
    PackageDetails {
        description: one("summary").map(|text| text.lines().next().unwrap_or("").to_owned()),
        homepage: one("home-page").or_else(|| labelled(&["homepage"])),
        repository: labelled(&["source", "repository", "sourcecode", "github", "code"]),
        authors: one("author").or_else(|| one("author-email")).into_iter().collect(),
    }
}
