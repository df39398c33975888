//! Where a module's files lie, and what the Go files of one of its directories import.

use super::constraint::built;
use super::platforms::PlatformSet;
use super::source_file::{Head, head};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The head of nearly every file ends before this many bytes.
const USUAL_HEAD: usize = 8 << 10;

/// No head is looked for beyond this many bytes.
const LONGEST_HEAD: u64 = 16 << 20;

/// The files of a module.
#[derive(Debug)]
pub enum SourceTree {
    /// An unpacked tree.
    Directory(PathBuf),
    /// A module archive.
    Archive(Archive),
    /// Not on this machine.
    Missing,
}

/// A module archive with an index of its directories.
#[derive(Debug)]
pub struct Archive {
    zip: Mutex<zip::ZipArchive<File>>,
    directories: HashMap<String, Vec<(String, usize)>>,
}

impl Archive {
    /// Opens a module archive, whose entries all lie below `path@version/`.
    ///
    /// # Errors
    /// What is wrong with the archive.
    pub fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let zip = zip::ZipArchive::new(file).map_err(|error| error.to_string())?;
        let mut directories: HashMap<String, Vec<(String, usize)>> = HashMap::new();
        for position in 0..zip.len() {
            let Some(name) = zip.name_for_index(position) else { continue };
            let name = name.map_err(|error| error.to_string())?;
            if name.split('/').any(|part| part == "..") || name.contains('\\') {
                return Err(format!("its entry `{name}` leaves the module's directory"));
            }
            let Some(inside) = name.find('@').and_then(|at| Some(&name[at + name[at..].find('/')? + 1..]))
            else {
                continue;
            };
            let (directory, file) = inside.rsplit_once('/').unwrap_or(("", inside));
            directories.entry(directory.to_owned()).or_default().push((file.to_owned(), position));
        }
        Ok(Self { zip: Mutex::new(zip), directories })
    }

    fn read(&self, position: usize) -> Option<Vec<u8>> {
        let mut zip = self.zip.lock().ok()?;
        let entry = zip.by_index(position).ok()?;
        let mut bytes = Vec::new();
        entry.take(LONGEST_HEAD).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// What kind of file an import stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// Code that can be built.
    Code,
    /// A file that only keeps tools in go.mod.
    Tools,
    /// A `_test.go` file.
    Test,
}

/// An import of a package, over all its files of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportUse {
    /// The import path.
    pub path: String,
    /// The kind of the files.
    pub kind: FileKind,
    /// Where a plain `go build` has it.
    pub plain: PlatformSet,
    /// Where some setting of the user's own tags has it.
    pub tagged: PlatformSet,
    /// The user's own tags that its files mention.
    pub tags: BTreeSet<String>,
    /// The first file, by name, that has it.
    pub file: String,
    /// The line in that file.
    pub line: u32,
}

/// The Go files of one directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageScan {
    /// Imports, sorted by path and kind.
    pub imports: Vec<ImportUse>,
    /// Whether a plain `go build` makes a program of it somewhere.
    pub is_program: bool,
    /// Code in other languages that is linked in, in words.
    pub native: BTreeSet<String>,
    /// Files that could not be read.
    pub unreadable: Vec<String>,
}

/// Reads the Go files of a directory of a module; `directory` is relative to the module, empty for its root.
///
/// `None` when it holds no Go file, and for a module that is not on this machine.
pub fn scan(tree: &SourceTree, directory: &str, with_tests: bool, go_minor: u32) -> Option<PackageScan> {
    let mut collector = Collector { with_tests, go_minor, ..Collector::default() };
    match tree {
        SourceTree::Missing => return None,
        SourceTree::Directory(root) => {
            let path = root.join(directory);
            for name in file_names(&path)? {
                collector.add(&name, || head_of(&path.join(&name)));
            }
        }
        SourceTree::Archive(archive) => {
            for (name, position) in archive.directories.get(directory)? {
                collector.add(name, || archive.read(*position).map(|bytes| head(&bytes)));
            }
        }
    }
    collector.finish(directory)
}

/// File names of a directory, sorted.
fn file_names(path: &Path) -> Option<Vec<String>> {
    let entries = fs::read_dir(path).ok()?;
    let mut names: Vec<_> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let is_directory = entry.file_type().ok()?.is_dir();
            if is_directory { None } else { entry.file_name().into_string().ok() }
        })
        .collect();
    names.sort_unstable();
    Some(names)
}

fn head_of(path: &Path) -> Option<Head> {
    let mut file = File::open(path).ok()?;
    let mut start = [0; USUAL_HEAD];
    let length = file.read(&mut start).ok()?;
    let found = head(&start[..length]);
    if found.complete || length < USUAL_HEAD {
        return Some(found);
    }
    let mut bytes = start.to_vec();
    file.take(LONGEST_HEAD).read_to_end(&mut bytes).ok()?;
    Some(head(&bytes))
}

#[derive(Default)]
struct Collector {
    with_tests: bool,
    go_minor: u32,
    has_go: bool,
    has_cgo: bool,
    has_c: bool,
    is_program: bool,
    imports: BTreeMap<(String, FileKind), ImportUse>,
    native: BTreeSet<String>,
    unreadable: Vec<String>,
}

impl Collector {
    fn add(&mut self, name: &str, read: impl FnOnce() -> Option<Head>) {
        if name.starts_with(['_', '.']) {
            return;
        }
        let Some((_, extension)) = name.rsplit_once('.') else { return };
        match extension {
            "go" => {}
            "c" | "cc" | "cpp" | "cxx" | "m" | "mm" => {
                self.has_c = true;
                return;
            }
            "syso" => {
                self.native.insert(format!("precompiled object {name}"));
                return;
            }
            _ => return,
        }
        self.has_go = true;
        let is_test = name.ends_with("_test.go");
        if is_test && !self.with_tests {
            return;
        }
        match read() {
            Some(head) => self.add_head(name, head, is_test),
            None => self.unreadable.push(name.to_owned()),
        }
    }

    fn add_head(&mut self, name: &str, head: Head, is_test: bool) {
        // go/build passes over packages of this name.
        if head.package == "documentation" {
            return;
        }
        let mut built = built(name, head.constraint.as_ref(), self.go_minor);
        if head.uses_cgo() {
            built.plain = built.plain & PlatformSet::CGO;
            built.tagged = built.tagged & PlatformSet::CGO;
            if !is_test && !built.plain.is_empty() {
                self.has_cgo = true;
                self.native
                    .extend(head.cgo_libraries.iter().map(|library| format!("{library} (linked by cgo)")));
            }
        }
        if built.tagged.is_empty() {
            return;
        }
        let kind = match (is_test, built.tools) {
            (true, _) => FileKind::Test,
            (false, true) => FileKind::Tools,
            (false, false) => FileKind::Code,
        };
        self.is_program |= kind == FileKind::Code && head.package == "main" && !built.plain.is_empty();
        for (path, line) in head.imports {
            let key = (path, kind);
            match self.imports.get_mut(&key) {
                Some(known) => {
                    known.plain = known.plain | built.plain;
                    known.tagged = known.tagged | built.tagged;
                    known.tags.extend(built.tags.iter().cloned());
                }
                None => {
                    let path = key.0.clone();
                    let (plain, tagged, tags) = (built.plain, built.tagged, built.tags.clone());
                    let found = ImportUse { path, kind, plain, tagged, tags, file: name.to_owned(), line };
                    self.imports.insert(key, found);
                }
            }
        }
    }

    fn finish(mut self, directory: &str) -> Option<PackageScan> {
        if !self.has_go {
            return None;
        }
        let place = if directory.is_empty() { "." } else { directory };
        if self.has_cgo && self.has_c {
            self.native.insert(format!("C sources in {place} (linked by cgo)"));
        } else if self.has_cgo {
            self.native.insert(format!("C code by cgo in {place}"));
        }
        Some(PackageScan {
            imports: self.imports.into_values().collect(),
            is_program: self.is_program,
            native: self.native,
            unreadable: self.unreadable,
        })
    }
}
