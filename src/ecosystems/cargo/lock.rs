//! Cargo.lock, formats 1 to 4.
//!
//! The text is cut at its section headers and each section is parsed by itself: a broken entry costs only
//! itself, and a huge file is never held as one tree.
//! - format 1: dependencies are `name version (source)`, checksums stand in `[metadata]`; once with `[root]`
//! - format 2: dependencies say no more than is needed to tell packages apart, checksums stand in the package
//! - format 3 and 4 spell git sources differently

use super::document::{Lines, string};
use super::source::Source;
use crate::model::{Checksum, ChecksumAlgorithm, Problem, SourceSpan};
use std::collections::HashMap;
use toml::de::DeTable;

/// The newest format known.
const NEWEST_FORMAT: i64 = 4;

/// An edge to another package of the lock file.
#[derive(Clone, Debug)]
pub(super) struct LockEdge {
    /// Index of the package.
    pub(super) to: usize,
    pub(super) place: SourceSpan,
}

/// A package of the lock file.
#[derive(Clone, Debug)]
pub(super) struct LockPackage {
    pub(super) name: String,
    /// None where only a manifest names the package.
    pub(super) version: Option<String>,
    pub(super) source: Source,
    pub(super) checksums: Vec<Checksum>,
    pub(super) dependencies: Vec<LockEdge>,
    pub(super) place: SourceSpan,
}

/// A lock file.
#[derive(Clone, Debug, Default)]
pub(super) struct LockFile {
    pub(super) packages: Vec<LockPackage>,
}

/// A package before its dependencies are looked up.
struct RawPackage {
    package: LockPackage,
    /// The source verbatim, without revision.
    source: Option<String>,
    dependencies: Vec<(String, u32)>,
    replace: Option<(String, u32)>,
}

impl LockFile {
    /// Reads the text of a lock file.
    pub(super) fn parse(text: &str, label: &str, problems: &mut Vec<Problem>) -> Self {
        let lines = Lines::of(text);
        let mut reader = Reader { label, lines, problems, packages: Vec::new(), checksums: HashMap::new() };
        for (start, section) in sections(text) {
            reader.read_section(start, section);
        }
        reader.finish()
    }

    /// The index of a package; the version decides between several.
    pub(super) fn find(&self, name: &str, version: &str, source: &Source) -> Option<usize> {
        self.packages.iter().position(|package| {
            package.name == name && package.version.as_deref() == Some(version) && package.source == *source
        })
    }
}

/// Cuts a text before each line that starts with `[`; with the offset of each piece.
fn sections(text: &str) -> Vec<(usize, &str)> {
    let mut starts = vec![0];
    starts.extend(memchr::memmem::find_iter(text.as_bytes(), b"\n[").map(|at| at + 1));
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| (start, &text[start..end])).collect()
}

struct Reader<'a> {
    label: &'a str,
    lines: Lines,
    problems: &'a mut Vec<Problem>,
    packages: Vec<RawPackage>,
    /// Format 1: checksums by `name version (source)`.
    checksums: HashMap<String, String>,
}

impl Reader<'_> {
    fn read_section(&mut self, start: usize, text: &str) {
        let (table, errors) = DeTable::parse_recoverable(text);
        if let Some(error) = errors.first() {
            let line = self.lines.at(start + error.span().map_or(0, |span| span.start));
            let message = format!("{} is not valid TOML: {}", self.label, error.message().trim());
            self.complain(line, message);
        }
        let table = table.get_ref();
        if let Some(packages) = table.get("package").and_then(|value| value.get_ref().as_array()) {
            for package in packages.iter() {
                self.read_package(start, package.get_ref().as_table(), package.span().start);
            }
        }
        if let Some(root) = table.get("root") {
            self.read_package(start, root.get_ref().as_table(), root.span().start);
        }
        if let Some(metadata) = table.get("metadata").and_then(|value| value.get_ref().as_table()) {
            self.read_checksums(metadata);
        }
        let format = table.get("version").and_then(|value| value.get_ref().as_integer());
        let format = format.and_then(|format| format.as_str().parse::<i64>().ok());
        if let Some(format) = format.filter(|format| *format > NEWEST_FORMAT) {
            let message = format!(
                "{} has format {format}; the newest known is {NEWEST_FORMAT}, so it may be misread",
                self.label
            );
            self.complain(1, message);
        }
    }

    fn read_checksums(&mut self, metadata: &DeTable<'_>) {
        for (key, value) in metadata {
            let package = key.get_ref().strip_prefix("checksum ");
            if let (Some(package), Some(value)) = (package, value.get_ref().as_str()) {
                self.checksums.insert(package.to_owned(), value.to_owned());
            }
        }
    }

    fn read_package(&mut self, start: usize, table: Option<&DeTable<'_>>, offset: usize) {
        let header = self.lines.at(start + offset);
        let (Some(name), Some(version)) =
            (table.and_then(|table| string(table, "name")), table.and_then(|table| string(table, "version")))
        else {
            let message = format!("{}: a package has no `name` or no `version`", self.label);
            self.complain(header, message);
            return;
        };
        let Some(table) = table else {
            return;
        };
        let line = table.get("name").map_or(header, |value| self.lines.at(start + value.span().start));
        let source = string(table, "source");
        let mut dependencies = Vec::new();
        let listed = table.get("dependencies").and_then(|value| value.get_ref().as_array());
        for dependency in listed.into_iter().flat_map(|listed| listed.iter()) {
            if let Some(text) = dependency.get_ref().as_str() {
                dependencies.push((text.to_owned(), self.lines.at(start + dependency.span().start)));
            }
        }
        let replace = table.get("replace").and_then(|value| {
            Some((value.get_ref().as_str()?.to_owned(), self.lines.at(start + value.span().start)))
        });
        let package = LockPackage {
            name: name.to_owned(),
            version: Some(version.to_owned()),
            source: Source::parse(source),
            checksums: string(table, "checksum").and_then(sha256).into_iter().collect(),
            dependencies: Vec::new(),
            place: SourceSpan::line(self.label, line),
        };
        let source = source.map(|source| without_revision(source).to_owned());
        self.packages.push(RawPackage { package, source, dependencies, replace });
    }

    fn finish(mut self) -> LockFile {
        let raw = std::mem::take(&mut self.packages);
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::with_capacity(raw.len());
        for (index, package) in raw.iter().enumerate() {
            by_name.entry(package.package.name.as_str()).or_default().push(index);
        }
        let replaced: HashMap<usize, usize> = raw
            .iter()
            .enumerate()
            .filter_map(|(index, package)| Some((index, find(&raw, &by_name, &package.replace.as_ref()?.0)?)))
            .collect();
        let mut edges: Vec<Vec<LockEdge>> = Vec::with_capacity(raw.len());
        for package in &raw {
            let mut found = Vec::with_capacity(package.dependencies.len());
            for (text, line) in &package.dependencies {
                match find(&raw, &by_name, text) {
                    Some(to) => found.push(LockEdge {
                        to: replaced.get(&to).copied().unwrap_or(to),
                        place: SourceSpan::line(self.label, *line),
                    }),
                    None => self.problems.push(Problem::incomplete(
                        Some(SourceSpan::line(self.label, *line)),
                        format!(
                            "{} has no package `{text}`, which `{}` depends on; run `cargo generate-lockfile`",
                            self.label, package.package.name
                        ),
                    )),
                }
            }
            edges.push(found);
        }
        let checksums = self.checksums;
        let packages = raw.into_iter().zip(edges).map(|(raw, dependencies)| {
            let mut package = LockPackage { dependencies, ..raw.package };
            if let (Some(version), Some(source), true) =
                (&package.version, &raw.source, package.checksums.is_empty())
            {
                let key = format!("{} {version} ({source})", package.name);
                package.checksums.extend(checksums.get(&key).and_then(|value| sha256(value)));
            }
            package
        });
        LockFile { packages: packages.collect() }
    }

    fn complain(&mut self, line: u32, message: String) {
        self.problems.push(Problem::incomplete(Some(SourceSpan::line(self.label, line)), message));
    }
}

/// Finds the package that `name`, `name version` or `name version (source)` means.
fn find(packages: &[RawPackage], by_name: &HashMap<&str, Vec<usize>>, text: &str) -> Option<usize> {
    let mut parts = text.splitn(3, ' ');
    let candidates = by_name.get(parts.next()?)?;
    let version = parts.next();
    let source = parts.next().map(|source| without_revision(source.trim_matches(['(', ')'])));
    let fits = |index: &&usize| {
        let candidate = &packages[**index];
        version.is_none_or(|version| candidate.package.version.as_deref() == Some(version))
            && source.is_none_or(|source| candidate.source.as_deref() == Some(source))
    };
    let mut fitting = candidates.iter().filter(fits);
    let first = fitting.next()?;
    // Without a source, a package of the workspace goes before one of the same name from elsewhere.
    let local = candidates.iter().filter(fits).find(|index| packages[**index].source.is_none());
    Some(*local.filter(|_| source.is_none()).unwrap_or(first))
}

fn without_revision(source: &str) -> &str {
    match source.starts_with("git+") {
        true => source.rsplit_once('#').map_or(source, |(address, _)| address),
        false => source,
    }
}

fn sha256(text: &str) -> Option<Checksum> {
    let hexadecimal = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    hexadecimal.then(|| Checksum { algorithm: ChecksumAlgorithm::Sha256, value: text.to_ascii_lowercase() })
}

#[cfg(test)]
mod tests {
    use super::LockFile;

    #[test]
    fn a_broken_entry_costs_only_itself() {
        let text = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\n \"c\",\n]\n\n\
                    [[package]]\nname = \"b\"\nversion 1\n\n[[package]]\nname = \"c\"\nversion = \"1.0.0\"\n";
        let mut problems = Vec::new();
        let lock = LockFile::parse(text, "Cargo.lock", &mut problems);
        let names: Vec<_> = lock.packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["a", "c"]);
        assert_eq!(lock.packages[0].dependencies[0].to, 1);
        assert_eq!(lock.packages[0].dependencies[0].place.line, 7);
        assert!(problems.iter().any(|problem| problem.location.as_ref().is_some_and(|at| at.line == 12)));
    }

    #[test]
    fn the_source_tells_packages_of_one_version_apart() {
        let text = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://registry.example/\"\n\n\
                    [[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"git+https://git.example/a?tag=v1#00ff\"\n\n\
                    [[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\
                    dependencies = [\"a 1.0.0 (git+https://git.example/a?tag=v1)\"]\n";
        let lock = LockFile::parse(text, "Cargo.lock", &mut Vec::new());
        assert_eq!(lock.packages[2].dependencies[0].to, 1);
    }

    #[test]
    fn a_newer_format_is_said_and_read() {
        let text = "version = 9\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n";
        let mut problems = Vec::new();
        assert_eq!(LockFile::parse(text, "Cargo.lock", &mut problems).packages.len(), 1);
        assert!(problems[0].message.contains("format 9"));
    }
}
