//! The modules under audit: one, or the members of a go.work, with their replacements, exclusions and hashes.

use super::cache::read_mod_file;
use super::mod_file::{self, Located, ModFile, Replace, Target, Trouble};
use super::replacement::{Actual, Replacements};
use super::sum_file::{self, Sum};
use super::version::ModuleVersion;
use super::work_file::{self, WorkFile};
use crate::ecosystems::ReadContext;
use crate::model::{Problem, SourceSpan};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module that is worked on.
#[derive(Clone, Debug)]
pub struct MainModule {
    /// Its directory.
    pub directory: PathBuf,
    /// Its go.mod relative to the audited root.
    pub manifest: String,
    /// Its path.
    pub path: String,
    /// Its go.mod.
    pub file: ModFile,
}

/// A hash line with its file.
#[derive(Clone, Debug)]
pub struct SumLine {
    /// The hash.
    pub sum: Sum,
    /// The go.sum relative to the audited root.
    pub file: String,
}

/// What is worked on together.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The directory of go.work, or of the only module.
    pub directory: PathBuf,
    /// Whether a go.work binds the members.
    pub is_workspace: bool,
    /// The members, in the order of go.work.
    pub members: Vec<MainModule>,
    /// What stands in for what.
    pub replacements: Replacements,
    /// Versions that must not be used.
    pub excluded: HashSet<ModuleVersion>,
    /// Hashes of module contents.
    pub sums: HashMap<ModuleVersion, SumLine>,
    /// Hashes of go.mod files, base64 of `h1:`.
    pub mod_sums: HashMap<ModuleVersion, String>,
    /// The highest Go version asked for, `1.22.5`.
    pub go: Option<Located<String>>,
    /// The toolchain asked for, `go1.22.6`.
    pub toolchain: Option<Located<String>>,
    /// Files read, relative to the audited root.
    pub read: Vec<String>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Workspace {
    /// Reads the go.mod of a directory.
    pub fn of_module(directory: &Path, context: &ReadContext) -> Self {
        let mut workspace = Self { directory: directory.to_owned(), ..Self::default() };
        workspace.add_member(directory, None, context);
        workspace.finish(&WorkFile::default(), context);
        workspace
    }

    /// Reads the go.work of a directory and its members.
    pub fn of_work_file(directory: &Path, context: &ReadContext) -> Self {
        let mut workspace = Self { directory: directory.to_owned(), is_workspace: true, ..Self::default() };
        let path = directory.join("go.work");
        let name = context.relative(&path);
        let Some(text) = read_mod_file(&path) else {
            workspace.problems.push(unreadable(name));
            return workspace;
        };
        let work = work_file::parse(&text);
        workspace.note_trouble(&name, &work.trouble);
        workspace.read.push(name.clone());
        for member in &work.members {
            let place = SourceSpan::line(&name, member.line);
            match inside(directory, &member.value, context) {
                Ok(member_directory) => workspace.add_member(&member_directory, Some(place), context),
                Err(reason) => workspace.problems.push(Problem::incomplete(
                    Some(place),
                    format!("workspace member `{}` is not read: {reason}", member.value),
                )),
            }
        }
        workspace.finish(&work, context);
        workspace
    }

    /// The member with this module path.
    pub fn member(&self, path: &str) -> Option<usize> {
        self.members.iter().position(|member| member.path == path)
    }

    /// What a required module really is.
    pub fn actual(&self, module: &ModuleVersion) -> Actual {
        self.replacements.actual(module)
    }

    fn add_member(&mut self, directory: &Path, named_at: Option<SourceSpan>, context: &ReadContext) {
        let path = directory.join("go.mod");
        let manifest = context.relative(&path);
        let Some(text) = read_mod_file(&path) else {
            let mut problem = unreadable(manifest);
            problem.location = named_at.or(problem.location);
            self.problems.push(problem);
            return;
        };
        let file = mod_file::parse(&text);
        self.read.push(manifest.clone());
        self.note_trouble(&manifest, &file.trouble);
        let module = file.module.as_ref().map(|module| module.value.clone());
        if module.is_none() {
            let message = "no `module` line: the project has no name; add one with `go mod init`";
            self.problems.push(Problem::incomplete(Some(SourceSpan::file(&manifest)), message));
        }
        let module = module.unwrap_or_else(|| context.relative(directory));
        if self.member(&module).is_some() {
            let message = format!("module {module} is a member of the workspace twice; the first counts");
            self.problems.push(Problem::incomplete(named_at, message));
            return;
        }
        self.excluded.extend(file.exclude.iter().map(|exclude| exclude.value.clone()));
        self.members.push(MainModule { directory: directory.to_owned(), manifest, path: module, file });
    }

    /// Takes together what the members and the go.work say.
    fn finish(&mut self, work: &WorkFile, context: &ReadContext) {
        let work_name = context.relative(&self.directory.join("go.work"));
        let mut replacements = Replacements::default();
        for replace in &work.replace {
            self.add_replacement(&mut replacements, replace, None, &work_name, context);
        }
        replacements.close_overriding();
        for member in 0..self.members.len() {
            let manifest = self.members[member].manifest.clone();
            for replace in self.members[member].file.replace.clone() {
                self.add_replacement(&mut replacements, &replace, Some(member), &manifest, context);
            }
        }
        self.replacements = replacements;
        self.go = work.go.clone();
        self.toolchain = work.toolchain.clone();
        for member in &self.members {
            let higher = |new: &Option<Located<String>>, known: &Option<Located<String>>| {
                new.as_ref().is_some_and(|new| {
                    known.as_ref().is_none_or(|known| release(&new.value) > release(&known.value))
                })
            };
            if higher(&member.file.go, &self.go) {
                self.go = member.file.go.clone();
            }
            if higher(&member.file.toolchain, &self.toolchain) {
                self.toolchain = member.file.toolchain.clone();
            }
        }
        let mut sum_files: Vec<_> =
            self.members.iter().map(|member| member.directory.join("go.sum")).collect();
        if self.is_workspace {
            sum_files.push(self.directory.join("go.work.sum"));
        }
        for path in sum_files {
            self.add_sums(&path, context);
        }
    }

    fn add_replacement(
        &mut self,
        replacements: &mut Replacements,
        replace: &Replace,
        member: Option<usize>,
        file: &str,
        context: &ReadContext,
    ) {
        let place = SourceSpan::line(file, replace.line);
        let base = member.map_or(&self.directory, |member| &self.members[member].directory);
        let actual = match &replace.target {
            Target::Module(module) => Actual::Module(module.clone()),
            Target::Directory(text) => match inside(base, text, context) {
                Ok(directory) => {
                    if !directory.join("go.mod").is_file() {
                        self.problems.push(Problem::incomplete(
                            Some(place.clone()),
                            format!("`{text}` replaces {} but holds no go.mod", replace.path),
                        ));
                    }
                    Actual::Directory(directory)
                }
                Err(reason) => {
                    self.problems.push(Problem::incomplete(
                        Some(place.clone()),
                        format!("{} is replaced by `{text}`, which is not read: {reason}", replace.path),
                    ));
                    Actual::Outside(text.clone())
                }
            },
        };
        if let Err(message) = replacements.add(replace, actual, place.clone()) {
            self.problems.push(Problem::incomplete(Some(place), message));
        }
    }

    fn add_sums(&mut self, path: &Path, context: &ReadContext) {
        let name = context.relative(path);
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => {
                let message = format!("cannot be read: {error}; checksums are missing");
                self.problems.push(Problem::fact_missing(Some(SourceSpan::file(name)), message));
                return;
            }
        };
        let sums = sum_file::parse(&text);
        for line in sums.broken {
            let message = "not a checksum line; it is passed over";
            self.problems.push(Problem::fact_missing(Some(SourceSpan::line(&name, line)), message));
        }
        for (module, sum) in sums.modules {
            self.sums.entry(module).or_insert_with(|| SumLine { sum, file: name.clone() });
        }
        for (module, sum) in sums.mod_files {
            self.mod_sums.entry(module).or_insert(sum.hash);
        }
        self.read.push(name);
    }

    fn note_trouble(&mut self, file: &str, trouble: &[Located<Trouble>]) {
        for one in trouble {
            let place = Some(SourceSpan::line(file, one.line));
            self.problems.push(match &one.value {
                Trouble::UnknownDirective(verb) => {
                    Problem::note(place, format!("unknown directive `{verb}`; it is passed over"))
                }
                Trouble::Broken(reason) | Trouble::BrokenInMain(reason) => {
                    Problem::incomplete(place, reason.clone())
                }
            });
        }
    }
}

fn unreadable(file: String) -> Problem {
    Problem::incomplete(Some(SourceSpan::file(file)), "cannot be read as text; the module is left out")
}

/// Numbers of a Go release, to order `1.9`, `1.22` and `go1.22.5`.
fn release(version: &str) -> Vec<u32> {
    let numbers = version.trim_start_matches("go").split(|letter: char| !letter.is_ascii_digit());
    numbers.map(|number| number.parse().unwrap_or(0)).collect()
}

/// A directory named in a go.mod or go.work, if it lies in the audited root, symbolic links resolved.
fn inside(base: &Path, text: &str, context: &ReadContext) -> Result<PathBuf, String> {
    let outside = || "it lies outside the audited tree; audit it on its own".to_owned();
    if text.contains('\0') || text.is_empty() {
        return Err("it is no path".to_owned());
    }
    if Path::new(text).is_absolute() && !Path::new(text).starts_with(&context.root) {
        return Err(outside());
    }
    let mut directory = base.to_owned();
    for part in text.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                directory.pop();
            }
            part => directory.push(part),
        }
    }
    if Path::new(text).is_absolute() {
        directory = PathBuf::from(text);
    }
    let root = dunce::canonicalize(&context.root).map_err(|error| format!("the audited root: {error}"))?;
    if !directory.starts_with(&context.root) {
        return Err(outside());
    }
    let real = dunce::canonicalize(&directory).map_err(|_| "there is no such directory".to_owned())?;
    if !real.starts_with(&root) {
        return Err(outside());
    }
    if !real.is_dir() {
        return Err("it is no directory".to_owned());
    }
    Ok(directory)
}
