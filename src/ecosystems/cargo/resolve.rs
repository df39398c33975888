//! `--resolve`: the graph as `cargo metadata` states it.
//!
//! cargo takes its configuration from the directory it is started in and those above. A `.cargo/config.toml` in the
//! audited tree can set `build.rustc` or `build.rustc-wrapper`, and `cargo metadata` runs that program: started
//! inside the tree it would run whatever a hostile project names. A `rust-toolchain.toml` there does the same to
//! rustup. So cargo is started in an empty directory elsewhere, with `--manifest-path`, and the environment loses
//! the variables that name compilers. Vendored directories of the tree, which cargo then does not see, are handed
//! over on the command line.
//!
//! `--locked --offline` comes first; only if that fails may cargo download, still `--locked`, so that nothing is
//! written into the audited tree.

use super::super::ReadContext;
use super::assemble::{Edge, Facts, build};
use super::declaration::{Declaration, DeclaredSource, Kind};
use super::edge::dependency;
use super::lock::LockFile;
use super::native;
use super::source::Source;
use super::workspace::{Role, Workspace};
use super::{Input, roots};
use crate::model::{
    DeclaredLicense, DependencyGraph, Files, LicenseSource, LicenseStatement, PackageDetails, Problem,
    SourceSpan,
};
use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, PackageId, TargetKind};
use semver::VersionReq;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// Variables that make cargo run a program in rustc's place.
const COMPILERS: [&str; 6] = [
    "RUSTC",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTC",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
];

/// Reads the graph through cargo; on failure a problem, and none.
pub(super) fn read(
    input: &Input<'_>,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Option<DependencyGraph> {
    let manifest = input.workspace.root.join("Cargo.toml");
    let place = SourceSpan::file(context.relative(&manifest));
    if input.graph_source.is_none() {
        let message = "cargo would have to write a Cargo.lock into the tree to resolve it; run \
                       `cargo generate-lockfile` first. Read from the manifests instead";
        problems.push(Problem::note(Some(place), message));
        return None;
    }
    match run(&manifest, input, context) {
        Ok(metadata) => Some(translate(&metadata, input, context, problems)),
        Err(reason) => {
            let message =
                format!("cargo could not resolve the project, which was read statically instead: {reason}");
            problems.push(Problem::incomplete(Some(place), message));
            None
        }
    }
}

fn run(manifest: &Path, input: &Input<'_>, context: &ReadContext) -> Result<Metadata, String> {
    let neutral = tempfile::tempdir().map_err(|error| format!("no directory to start cargo in: {error}"))?;
    if let Some(configuration) = configuration_above(neutral.path(), context) {
        return Err(format!(
            "`{}` would configure cargo; remove it, or point TMPDIR elsewhere",
            configuration.display()
        ));
    }
    let offline = command(manifest, neutral.path(), input, context, &["--locked", "--offline"]).exec();
    let Err(_) = offline else {
        return offline.map_err(|error| error.to_string());
    };
    let online = command(manifest, neutral.path(), input, context, &["--locked"]).exec();
    let inside = format!("{}{}", input.workspace.root.display(), std::path::MAIN_SEPARATOR);
    online.map_err(|error| error.to_string().trim().replace(&inside, ""))
}

/// A cargo configuration or toolchain file in or above the neutral directory that is not the user's own.
fn configuration_above(neutral: &Path, context: &ReadContext) -> Option<PathBuf> {
    let home = context.environment.directory("CARGO_HOME", ".cargo");
    let names = [".cargo/config.toml", ".cargo/config", "rust-toolchain", "rust-toolchain.toml"];
    let files = neutral.ancestors().flat_map(|above| names.map(|name| above.join(name)));
    files.filter(|file| home.as_ref().is_none_or(|home| !file.starts_with(home))).find(|file| file.exists())
}

fn command(
    manifest: &Path,
    neutral: &Path,
    input: &Input<'_>,
    context: &ReadContext,
    options: &[&str],
) -> MetadataCommand {
    let mut command = MetadataCommand::new();
    command.cargo_path("cargo").manifest_path(manifest).current_dir(neutral).features(CargoOpt::AllFeatures);
    let mut options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
    options.extend(replacements(input));
    command.other_options(options);
    for variable in COMPILERS {
        command.env_remove(variable);
    }
    for variable in ["CARGO_HOME", "HOME", "PATH"] {
        if let Some(value) = context.environment.variable(variable) {
            command.env(variable, value);
        }
    }
    command
}

/// Source replacement as options; cargo refuses a directory that is defined under two names.
fn replacements(input: &Input<'_>) -> Vec<String> {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let replacements: Vec<(&str, &Path)> = input.vendored.replacements().collect();
    let directories: BTreeSet<&Path> = replacements.iter().map(|(_, directory)| *directory).collect();
    let mut settings = Vec::new();
    for (position, directory) in directories.into_iter().enumerate() {
        let stand_in = format!("vendored-{position}");
        let replaced = replacements.iter().filter(|(_, known)| *known == directory);
        for (name, _) in replaced {
            settings.push(format!("source.{}.replace-with={}", quoted(name), quoted(&stand_in)));
            for (key, value) in input.vendored.identity(name) {
                settings.push(format!("source.{}.{key}={}", quoted(name), quoted(value)));
            }
        }
        settings.push(format!("source.{stand_in}.directory={}", quoted(&directory.to_string_lossy())));
    }
    settings.into_iter().flat_map(|setting| ["--config".to_owned(), setting]).collect()
}

fn translate(
    metadata: &Metadata,
    input: &Input<'_>,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> DependencyGraph {
    let lock = &input.lock;
    let mut indices: HashMap<&PackageId, usize> = HashMap::new();
    let mut facts: Vec<Option<Facts>> = lock.packages.iter().map(|_| None).collect();
    for package in &metadata.packages {
        let source = Source::parse(package.source.as_ref().map(|source| source.repr.as_str()));
        let version = package.version.to_string();
        match find(lock, &package.name, &version, &source) {
            Some(index) => {
                facts[index] = Some(facts_of(package, input.workspace));
                indices.insert(&package.id, index);
            }
            None => problems.push(Problem::incomplete(
                input.graph_source.clone().map(SourceSpan::file),
                format!("cargo resolves `{} {version}`, which the lock file does not have", package.name),
            )),
        }
    }
    let edges = edges(metadata, &indices, input);
    let roots = roots(lock, input.workspace, |role| role == Role::Project);
    build(lock, &mut facts, edges, roots, input.graph_source.as_deref(), context)
}

/// The lock entry of a package; git sources are compared without the form of their reference, which differs
/// between lock formats.
fn find(lock: &LockFile, name: &str, version: &str, source: &Source) -> Option<usize> {
    lock.find(name, version, source).or_else(|| {
        lock.packages.iter().position(|known| {
            known.name == name
                && known.version.as_deref() == Some(version)
                && match (&known.source, source) {
                    (Source::Git { revision: known, .. }, Source::Git { revision, .. }) => known == revision,
                    _ => false,
                }
        })
    })
}

fn facts_of(package: &cargo_metadata::Package, workspace: &Workspace) -> Facts {
    let directory =
        package.manifest_path.parent().map(|path| path.as_std_path().to_owned()).unwrap_or_default();
    let local = workspace.packages.iter().find(|local| local.manifest.directory == directory);
    let label = match local {
        Some(local) => local.manifest.label.clone(),
        None => format!("{}-{}/Cargo.toml", package.name, package.version),
    };
    let license = package.license.clone().map(LicenseStatement::Expression);
    let file = package.license_file.as_ref().map(|file| LicenseStatement::File(file.to_string()));
    let known = local.map(|local| local.manifest.declared()).unwrap_or_default();
    let declared = license.into_iter().chain(file).map(|statement| {
        let line = known.iter().find(|known| known.statement == statement);
        let location = line.and_then(|known| known.location.clone());
        let location = location.or_else(|| Some(SourceSpan::file(label.as_str())));
        DeclaredLicense { statement, source: LicenseSource::Manifest, location }
    });
    Facts {
        declared: declared.collect(),
        details: PackageDetails {
            description: package.description.as_ref().map(|text| text.trim().to_owned()),
            homepage: package.homepage.as_ref().map(|text| text.trim().to_owned()),
            repository: package.repository.as_ref().map(|text| text.trim().to_owned()),
            authors: package.authors.clone(),
        },
        files: Files::Directory(directory.clone()),
        brings_library: native::brings_library(package.name.as_str(), package.links.is_some()),
        local: local.map(|local| (local.role, directory)),
    }
}

fn edges(metadata: &Metadata, indices: &HashMap<&PackageId, usize>, input: &Input<'_>) -> Vec<Edge> {
    let packages: HashMap<&PackageId, &cargo_metadata::Package> =
        metadata.packages.iter().map(|package| (&package.id, package)).collect();
    let mut edges = Vec::new();
    for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
        let (Some(&from), Some(package)) = (indices.get(&node.id), packages.get(&node.id)) else {
            continue;
        };
        let declarations: Vec<Declaration> = package.dependencies.iter().map(declaration).collect();
        for used in &node.deps {
            let (Some(&to), Some(target)) = (indices.get(&used.pkg), packages.get(&used.pkg)) else {
                continue;
            };
            for kind in &used.dep_kinds {
                let platform = kind.target.as_ref().map(ToString::to_string);
                let fitting = declarations.iter().filter(|declaration| {
                    declaration.package == *target.name
                        && declaration.kind == kind_of(kind.kind)
                        && declaration.target == platform
                        && admits(declaration, target)
                });
                for declaration in chosen(fitting.collect(), &node.features, package) {
                    let mut dependency = dependency(declaration, &package.features, is_proc_macro(target));
                    dependency.location = location(declaration, from, to, package, input);
                    edges.push(Edge { from, to, dependency });
                }
            }
        }
    }
    edges
}

/// Of several declarations of one kind for one package, those that the active features turn on.
fn chosen<'d>(
    fitting: Vec<&'d Declaration>,
    features: &[cargo_metadata::FeatureName],
    package: &cargo_metadata::Package,
) -> Vec<&'d Declaration> {
    let on = |declaration: &&&Declaration| {
        !declaration.optional
            || features.iter().filter_map(|name| package.features.get(name.as_str())).flatten().any(|value| {
                let alias = value.strip_prefix("dep:").or_else(|| Some(value.split_once('/')?.0));
                alias.is_some_and(|alias| alias.trim_end_matches('?') == declaration.alias)
            })
    };
    let active: Vec<_> = fitting.iter().filter(on).copied().collect();
    if active.is_empty() { fitting } else { active }
}

fn admits(declaration: &Declaration, target: &cargo_metadata::Package) -> bool {
    let requirement = declaration.requirement.as_deref().and_then(|text| VersionReq::parse(text).ok());
    let local = matches!(declaration.source, DeclaredSource::Path(_));
    local || requirement.is_none_or(|requirement| requirement.matches(&target.version))
}

fn declaration(dependency: &cargo_metadata::Dependency) -> Declaration {
    let path = dependency.path.as_ref().map(|path| DeclaredSource::Path(path.as_std_path().to_owned()));
    let requirement = Some(dependency.req.to_string()).filter(|text| text != "*" || path.is_none());
    Declaration {
        alias: dependency.rename.clone().unwrap_or_else(|| dependency.name.clone()),
        package: dependency.name.clone(),
        requirement,
        kind: kind_of(dependency.kind),
        target: dependency.target.as_ref().map(ToString::to_string),
        optional: dependency.optional,
        default_features: dependency.uses_default_features,
        features: dependency.features.clone(),
        source: path.unwrap_or(DeclaredSource::Registry),
        inherited: false,
        line: 0,
    }
}

fn kind_of(kind: DependencyKind) -> Kind {
    match kind {
        DependencyKind::Build => Kind::Build,
        DependencyKind::Development => Kind::Dev,
        _ => Kind::Normal,
    }
}

fn is_proc_macro(package: &cargo_metadata::Package) -> bool {
    package.targets.iter().any(|target| target.kind.contains(&TargetKind::ProcMacro))
}

/// The line of a local package's manifest that declares the edge, else the line of the lock file.
fn location(
    declaration: &Declaration,
    from: usize,
    to: usize,
    package: &cargo_metadata::Package,
    input: &Input<'_>,
) -> Option<SourceSpan> {
    let local = input.workspace.packages.iter().find(|local| {
        Some(local.manifest.directory.as_path())
            == package.manifest_path.parent().map(|path| path.as_std_path())
    });
    let line = local.and_then(|local| {
        let written = local.manifest.declarations.iter().find(|written| {
            written.alias == declaration.alias
                && written.kind == declaration.kind
                && same_target(&written.target, &declaration.target)
        })?;
        Some(SourceSpan::line(local.manifest.label.as_str(), written.line))
    });
    let locked = input.lock.packages[from].dependencies.iter().find(|edge| edge.to == to);
    line.or_else(|| locked.map(|edge| edge.place.clone()))
}

fn same_target(written: &Option<String>, resolved: &Option<String>) -> bool {
    let bare = |target: &Option<String>| target.as_ref().map(|text| text.replace(' ', ""));
    bare(written) == bare(resolved)
}

#[cfg(test)]
mod tests {
    use super::super::lock::LockFile;
    use super::super::vendor::Vendored;
    use super::super::workspace::Workspace;
    use super::super::{Input, ReadContext};
    use super::{COMPILERS, command};
    use std::path::Path;

    #[test]
    fn no_variable_names_the_compiler_and_the_start_is_elsewhere() {
        let workspace = Workspace { root: "/tree".into(), packages: Vec::new(), read: Vec::new() };
        let input = Input {
            lock: LockFile::default(),
            workspace: &workspace,
            vendored: Vendored::default(),
            graph_source: None,
        };
        let manifest = Path::new("/tree/Cargo.toml");
        let command =
            command(manifest, Path::new("/neutral"), &input, &ReadContext::default(), &["--locked"]);
        let command = command.cargo_command();
        assert_eq!(command.get_current_dir(), Some(Path::new("/neutral")));
        for variable in COMPILERS {
            assert!(
                command.get_envs().any(|(name, value)| name == variable && value.is_none()),
                "{variable}"
            );
        }
    }
}
