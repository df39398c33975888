//! The modules of the build list with their files: from the vendor tree, from a directory that replaces them,
//! or from the module cache.

use super::build_list::ModuleGraph;
use super::cache::{CachedFiles, ModuleCache};
use super::import_graph::ModuleFiles;
use super::replacement::Actual;
use super::source_tree::{Archive, SourceTree};
use super::vendor::{self, ModulesText, VendoredModule};
use super::version::{ModuleVersion, go_minor};
use super::workspace::Workspace;
use crate::ecosystems::ReadContext;
use crate::model::{Files, Problem, SourceSpan};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

/// A module of the build list.
#[derive(Clone, Debug)]
pub struct BuildModule {
    /// Path and version as required.
    pub module: ModuleVersion,
    /// What stands for it.
    pub actual: Actual,
    /// Its files.
    pub files: Option<Files>,
    /// What is wrong with its files.
    pub problems: Vec<Problem>,
}

/// A vendor tree and what its modules.txt says.
#[derive(Debug)]
pub struct VendorTree {
    /// The file, relative to the audited root.
    pub file: String,
    /// Its content.
    pub text: ModulesText,
}

/// The vendor tree that the go command would use: it has a modules.txt, and the project asks for Go 1.14 or
/// later; that of a workspace says so.
pub fn vendor_tree(workspace: &mut Workspace, context: &ReadContext) -> Option<VendorTree> {
    let directory = workspace.directory.join("vendor");
    if !directory.is_dir() {
        return None;
    }
    let path = directory.join("modules.txt");
    let file = context.relative(&path);
    let inside = |root: &Path| dunce::canonicalize(directory).is_ok_and(|real| real.starts_with(root));
    if !dunce::canonicalize(&context.root).is_ok_and(|root| inside(&root)) {
        let message =
            "the vendor directory lies outside the audited tree and is not read; the module cache is used";
        workspace.problems.push(Problem::incomplete(Some(SourceSpan::file(file)), message));
        return None;
    }
    let Ok(text) = fs::read_to_string(&path) else {
        let message = "the vendor directory holds no modules.txt that can be read; the module cache is used";
        workspace.problems.push(Problem::note(Some(SourceSpan::file(file)), message));
        return None;
    };
    let text = vendor::parse(&text);
    let minor = workspace.go.as_ref().and_then(|go| go_minor(&go.value)).unwrap_or(0);
    if text.workspace != workspace.is_workspace || minor < 14 {
        let message = "the go command does not use this vendor directory here; the module cache is used";
        workspace.problems.push(Problem::note(Some(SourceSpan::file(file)), message));
        return None;
    }
    for line in &text.broken {
        let message = "not a line of modules.txt; run `go mod vendor`";
        workspace.problems.push(Problem::incomplete(Some(SourceSpan::line(&file, *line)), message));
    }
    check_vendoring(workspace, &text.modules, &file);
    workspace.read.push(file.clone());
    Some(VendorTree { file, text })
}

/// What go.mod requires must be what modules.txt marks as explicit.
fn check_vendoring(workspace: &mut Workspace, vendored: &[VendoredModule], file: &str) {
    let known: HashMap<&str, &VendoredModule> =
        vendored.iter().map(|one| (one.module.path.as_str(), one)).collect();
    for member in &workspace.members {
        for requirement in &member.file.require {
            let path = requirement.module.path.as_str();
            if workspace.members.iter().any(|member| member.path == path) {
                continue;
            }
            let problem = match known.get(path) {
                None => format!("{} is missing in {file}", requirement.module),
                Some(one) if one.module != requirement.module && !workspace.is_workspace => {
                    format!("{} is at {} in {file}", requirement.module, one.module.version)
                }
                Some(_) => continue,
            };
            let place = SourceSpan::line(&member.manifest, requirement.line);
            let message = format!("{problem}; run `go mod vendor`");
            workspace.problems.push(Problem::incomplete(Some(place), message));
        }
    }
}

impl VendorTree {
    /// Its modules as a build list. Who requires what is known of the main modules only.
    pub fn module_graph(&self, workspace: &Workspace) -> ModuleGraph {
        let modules =
            self.text.modules.iter().map(|one| (one.module.path.clone(), one.module.version.clone()));
        let selected: BTreeMap<_, _> = modules.collect();
        let requirements = workspace.members.iter().map(|member| {
            let required = member.file.require.iter().map(|requirement| requirement.module.clone());
            (ModuleVersion::new(&member.path, ""), required.collect())
        });
        ModuleGraph { requirements: requirements.collect(), selected, ..ModuleGraph::default() }
    }
}

/// Finds the files of every module of the build list, in the order of their paths.
pub fn build_modules(
    workspace: &Workspace,
    graph: &ModuleGraph,
    vendor: Option<&VendorTree>,
    cache: &ModuleCache,
    context: &ReadContext,
) -> Vec<BuildModule> {
    let selected: Vec<_> = graph.selected.iter().collect();
    let find = |(path, version): &(&String, &String)| {
        let module = ModuleVersion::new(*path, *version);
        let actual = workspace.actual(&module);
        let mut problems = Vec::new();
        let files = if vendor.is_some() {
            let directory = workspace.directory.join("vendor").join(path);
            directory.is_dir().then_some(Files::Directory(directory))
        } else {
            match &actual {
                Actual::Directory(directory) => Some(Files::Directory(directory.clone())),
                Actual::Outside(_) => None,
                Actual::Module(actual) => {
                    problems.extend(hash_problem(workspace, cache, actual));
                    cached_files(cache, actual, context, &mut problems)
                }
            }
        };
        BuildModule { module, actual, files, problems }
    };
    selected.par_iter().map(find).collect()
}

fn cached_files(
    cache: &ModuleCache,
    module: &ModuleVersion,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Option<Files> {
    match cache.files(module)? {
        CachedFiles::Directory(directory) => Some(Files::Directory(directory)),
        CachedFiles::Archive(archive) => match Archive::open(&archive) {
            Ok(_) => Some(Files::Archive(archive)),
            Err(reason) => {
                problems.push(broken_archive(module, &archive, &reason, context));
                None
            }
        },
    }
}

fn broken_archive(module: &ModuleVersion, archive: &Path, reason: &str, context: &ReadContext) -> Problem {
    let place = Some(SourceSpan::file(context.relative(archive)));
    let message = format!(
        "the archive of {module} cannot be read: {reason}; remove it and run `go mod download {module}`"
    );
    Problem::incomplete(place, message)
}

/// The cached module must be the one that go.sum means.
fn hash_problem(workspace: &Workspace, cache: &ModuleCache, module: &ModuleVersion) -> Option<Problem> {
    let line = workspace.sums.get(module)?;
    let cached = cache.hash(module)?;
    (cached != line.sum.hash).then(|| {
        let place = Some(SourceSpan::line(&line.file, line.sum.line));
        let message =
            format!("{module} in the module cache has another checksum, h1:{cached}; run `go mod verify`");
        Problem::fact_missing(place, message)
    })
}

/// The main modules and the build list with their trees, as the search for imports wants them.
pub fn module_files(workspace: &Workspace, modules: &[BuildModule]) -> Vec<ModuleFiles> {
    let own = workspace.members.iter().map(|member| ModuleFiles {
        path: member.path.clone(),
        tree: SourceTree::Directory(member.directory.clone()),
        is_main: true,
    });
    let others = modules.iter().map(|module| ModuleFiles {
        path: module.module.path.clone(),
        tree: match &module.files {
            Some(Files::Directory(directory)) => SourceTree::Directory(directory.clone()),
            Some(Files::Archive(archive)) => {
                Archive::open(archive).map_or(SourceTree::Missing, SourceTree::Archive)
            }
            Some(Files::Listed { .. }) | None => SourceTree::Missing,
        },
        is_main: false,
    });
    own.chain(others).collect()
}
