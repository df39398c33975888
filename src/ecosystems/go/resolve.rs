//! The build list as the go command itself answers it, for `--resolve`.
//!
//! The command runs in a scratch directory that holds nothing but go.mod, go.sum and go.work files written from
//! what was read here. It gets the user's own settings for proxies and caches; toolchain downloads, GOFLAGS and
//! whatever the audited tree says are off. No code of the tree is built or run.

use super::build_list::ModuleGraph;
use super::mod_file::ModFile;
use super::replacement::Actual;
use super::version::{ModuleVersion, go_minor};
use super::workspace::{MainModule, Workspace};
use crate::ecosystems::ReadContext;
use crate::model::Problem;
use serde::Deserialize;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The user's variables that the go command may see.
const PASSED_ON: [&str; 33] = [
    "PATH",
    "HOME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "SYSTEMROOT",
    "TMPDIR",
    "TEMP",
    "TMP",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "GOROOT",
    "GOPATH",
    "GOMODCACHE",
    "GOCACHE",
    "GOENV",
    "GOPROXY",
    "GOPRIVATE",
    "GONOPROXY",
    "GOSUMDB",
    "GONOSUMDB",
    "GOINSECURE",
    "GOVCS",
    "GOAUTH",
    "NETRC",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
];

/// Why the go command gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// There is no go command.
    #[error("no `go` in PATH outside the audited tree; install Go or leave out --resolve")]
    NoCommand,
    /// A replacement cannot be handed on.
    #[error("{0} is replaced by a directory outside the audited tree")]
    Outside(String),
    /// The scratch directory cannot be written.
    #[error("cannot prepare a scratch directory")]
    Scratch(#[source] std::io::Error),
    /// The command could not be started.
    #[error("cannot start {0}")]
    Start(PathBuf, #[source] std::io::Error),
    /// The command failed.
    #[error("`go {arguments}` failed: {message}")]
    Failed {
        /// Its arguments.
        arguments: String,
        /// What it said.
        message: String,
    },
    /// The answer is not what is expected.
    #[error("cannot understand the answer of `go list -m -json all`: {0}")]
    Answer(String),
}

/// Asks the go command for the build list and the requirement graph.
///
/// # Errors
/// When the go command is not there, cannot be run, or fails.
pub fn module_graph(workspace: &Workspace, context: &ReadContext) -> Result<ModuleGraph, ResolveError> {
    let command = find_command(context).ok_or(ResolveError::NoCommand)?;
    let scratch = tempfile::tempdir().map_err(ResolveError::Scratch)?;
    // The go command compares its directory with paths that have links resolved.
    let directory = dunce::canonicalize(scratch.path()).map_err(ResolveError::Scratch)?;
    let work_file = write_manifests(workspace, &directory)?;
    let start = match workspace.members.first() {
        Some(member) if !workspace.is_workspace => scratch_directory(workspace, member, &directory),
        _ => directory.clone(),
    };
    let run = |arguments: &[&str]| run(&command, arguments, &start, work_file.as_deref(), context);
    let modules = run(&["list", "-m", "-json", "all"])?;
    let requirements = run(&["mod", "graph"])?;
    answer(&modules, &requirements)
}

/// Makes a module graph of what `go list -m -json all` and `go mod graph` print.
///
/// # Errors
/// When the first is not a stream of JSON objects with a path each.
pub fn answer(modules: &str, requirements: &str) -> Result<ModuleGraph, ResolveError> {
    let mut graph = ModuleGraph::default();
    for module in serde_json::Deserializer::from_str(modules).into_iter::<ListedModule>() {
        let module = module.map_err(|error| ResolveError::Answer(error.to_string()))?;
        if let Some(error) = module.error {
            graph.problems.push(Problem::incomplete(None, format!("{}: {}", module.path, error.err)));
        }
        let version = module.version.unwrap_or_default();
        let known = ModuleVersion::new(&module.path, if module.main { "" } else { &version });
        if module.go_version.as_deref().and_then(go_minor).is_some_and(|minor| minor >= 17) {
            graph.pruned.insert(known);
        }
        if !module.main {
            graph.selected.insert(module.path, version);
        }
    }
    for line in requirements.lines() {
        let Some((from, to)) = line.split_once(' ') else { continue };
        let (from, to) = (module_version(from), module_version(to));
        // Go itself and its toolchain are listed as if they were modules.
        if [&from, &to].iter().any(|one| matches!(one.path.as_str(), "go" | "toolchain")) {
            continue;
        }
        graph.requirements.entry(from).or_default().push(to);
    }
    Ok(graph)
}

fn module_version(text: &str) -> ModuleVersion {
    let (path, version) = text.split_once('@').unwrap_or((text, ""));
    ModuleVersion::new(path, version)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedModule {
    path: String,
    version: Option<String>,
    #[serde(default)]
    main: bool,
    go_version: Option<String>,
    error: Option<ListedError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedError {
    err: String,
}

/// The first `go` in an absolute directory of PATH that is not in the audited tree.
fn find_command(context: &ReadContext) -> Option<PathBuf> {
    let root = dunce::canonicalize(&context.root).ok()?;
    let name = format!("go{}", std::env::consts::EXE_SUFFIX);
    let path = context.environment.variable("PATH")?;
    let directories = std::env::split_paths(path).filter(|directory| directory.is_absolute());
    directories.map(|directory| directory.join(&name)).find(|candidate| {
        let real = dunce::canonicalize(candidate);
        real.is_ok_and(|real| real.is_file() && !real.starts_with(&root))
    })
}

fn run(
    command: &Path,
    arguments: &[&str],
    directory: &Path,
    work_file: Option<&Path>,
    context: &ReadContext,
) -> Result<String, ResolveError> {
    let mut process = Command::new(command);
    process.args(arguments).current_dir(directory).env_clear();
    for name in PASSED_ON {
        if let Some(value) = context.environment.variable(name) {
            process.env(name, value);
        }
    }
    process.env("GOTOOLCHAIN", "local").env("GOFLAGS", "").env("GO111MODULE", "on").env("GOTELEMETRY", "off");
    match work_file {
        Some(work_file) => process.env("GOWORK", work_file),
        None => process.env("GOWORK", "off"),
    };
    let output = process.output().map_err(|error| ResolveError::Start(command.to_owned(), error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().replace(&*directory.to_string_lossy(), ".");
    Err(ResolveError::Failed { arguments: arguments.join(" "), message })
}

/// Writes the manifests into the scratch directory; returns the go.work if there is one.
fn write_manifests(workspace: &Workspace, scratch: &Path) -> Result<Option<PathBuf>, ResolveError> {
    let write = |path: PathBuf, text: &str| fs::write(path, text).map_err(ResolveError::Scratch);
    let mut uses = String::new();
    for member in &workspace.members {
        let directory = scratch_directory(workspace, member, scratch);
        fs::create_dir_all(&directory).map_err(ResolveError::Scratch)?;
        write(directory.join("go.mod"), &manifest(workspace, member)?)?;
        let _ = writeln!(uses, "use {:?}", directory.to_string_lossy());
        copy_sums(&member.directory.join("go.sum"), &directory.join("go.sum"))?;
    }
    if !workspace.is_workspace {
        return Ok(None);
    }
    copy_sums(&workspace.directory.join("go.work.sum"), &scratch.join("go.work.sum"))?;
    let go = workspace.go.as_ref().map_or("1.18", |go| go.value.as_str());
    let path = scratch.join("go.work");
    let replacements = replacements(workspace)?;
    write(path.clone(), &format!("go {go}\n{uses}{replacements}"))?;
    Ok(Some(path))
}

fn copy_sums(from: &Path, to: &Path) -> Result<(), ResolveError> {
    match fs::copy(from, to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(ResolveError::Scratch(error)),
        _ => Ok(()),
    }
}

fn scratch_directory(workspace: &Workspace, member: &MainModule, scratch: &Path) -> PathBuf {
    let position = workspace.members.iter().position(|one| one.path == member.path).unwrap_or(0);
    scratch.join(format!("member{position}"))
}

/// A go.mod with everything that the module graph is made of.
fn manifest(workspace: &Workspace, member: &MainModule) -> Result<String, ResolveError> {
    let ModFile { go, toolchain, require, exclude, .. } = &member.file;
    let mut text = format!("module {:?}\n", member.path);
    if let Some(go) = go {
        let _ = writeln!(text, "go {}", go.value);
    }
    if let Some(toolchain) = toolchain {
        let _ = writeln!(text, "toolchain {}", toolchain.value);
    }
    for one in require {
        let comment = if one.indirect { " // indirect" } else { "" };
        let _ = writeln!(text, "require {} {}{comment}", one.module.path, one.module.version);
    }
    for one in exclude {
        let _ = writeln!(text, "exclude {} {}", one.value.path, one.value.version);
    }
    if !workspace.is_workspace {
        text.push_str(&replacements(workspace)?);
    }
    Ok(text)
}

/// All replacements, directories with their full paths.
fn replacements(workspace: &Workspace) -> Result<String, ResolveError> {
    let mut text = String::new();
    for (path, version, actual) in workspace.replacements.all() {
        let target = match actual {
            Actual::Module(module) => format!("{} {}", module.path, module.version),
            Actual::Directory(directory) => {
                let full = std::path::absolute(directory).map_err(ResolveError::Scratch)?;
                format!("{:?}", full.to_string_lossy())
            }
            Actual::Outside(_) => return Err(ResolveError::Outside(path.to_owned())),
        };
        let _ = writeln!(text, "replace {path} {} => {target}", version.unwrap_or(""));
    }
    Ok(text)
}
