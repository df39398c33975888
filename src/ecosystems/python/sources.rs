//! The files of a project directory that say what it depends on, all read.

use super::locks::Format;
use super::manifest::{Declared, Manifest};
use super::pyproject::{self, Pyproject};
use super::requirements_files;
use super::requirements_txt::{self, Requirements};
use super::text;
use super::tree;
use super::{pipfile, setup_cfg, setup_py};
use crate::ecosystems::ReadContext;
use crate::model::{Files, Problem, Scope, SourceSpan};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything found in a project directory.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// pyproject.toml.
    pub pyproject: Option<Pyproject>,
    /// The build tool whose tables pyproject.toml has, for choosing among lock files.
    pub tool: Option<Format>,
    /// setup.py over setup.cfg.
    pub setup: Option<Manifest>,
    /// Pipfile.
    pub pipfile: Option<Manifest>,
    /// Files of the requirements family, by name.
    pub requirements: BTreeMap<String, Requirements>,
    /// Lock files with their format.
    pub locks: Vec<(Format, PathBuf)>,
    /// The license files that a manifest names.
    pub license_files: Option<Files>,
    /// Manifests read, absolute.
    pub read: Vec<PathBuf>,
}

/// Reads all manifests of a directory; lock files are only listed.
pub(super) fn gather(directory: &Path, context: &ReadContext, problems: &mut Vec<Problem>) -> Sources {
    let mut sources = Sources::default();
    let names = match file_names(directory) {
        Ok(names) => names,
        Err(reason) => {
            let place = Some(SourceSpan::file(context.relative(directory)));
            problems.push(Problem::incomplete(place, format!("cannot be listed: {reason}")));
            return sources;
        }
    };
    sources.locks =
        names.iter().filter_map(|name| Some((Format::of_name(name)?, directory.join(name)))).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let mut globs = Vec::new();
    let mut files = Vec::new();
    if has("pyproject.toml") {
        sources.read_pyproject(directory, context, problems);
        if let Some(pyproject) = &sources.pyproject {
            globs.extend(pyproject.license_globs.clone());
            files.extend(pyproject.dependency_files.clone());
        }
    }
    sources.read_setup(directory, &has, context, &mut globs, &mut files, problems);
    if has("Pipfile") {
        let path = directory.join("Pipfile");
        if let Some(document) = text::load(&path, context, problems) {
            let tree = tree::toml(&document, problems);
            sources.pipfile = Some(pipfile::read(&tree, &document, directory, context, problems));
            sources.read.push(path);
        }
    }
    sources.name_license_files(&globs, directory, problems);
    sources.read_requirements(&names, directory, context, problems);
    sources.read_dependency_files(&files, context, problems);
    sources
}

fn file_names(directory: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(directory).map_err(|error| error.to_string())?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

impl Sources {
    fn read_pyproject(&mut self, directory: &Path, context: &ReadContext, problems: &mut Vec<Problem>) {
        let path = directory.join("pyproject.toml");
        let Some(document) = text::load(&path, context, problems) else { return };
        let tree = tree::toml(&document, problems);
        self.tool = [("poetry", Format::Poetry), ("pdm", Format::Pdm), ("uv", Format::Uv)]
            .into_iter()
            .find(|(tool, _)| tree.at(&["tool", tool]).is_some())
            .map(|(_, format)| format);
        self.pyproject = Some(pyproject::read(&tree, &document, directory, context, problems));
        self.read.push(path);
    }

    /// Where both state something, setup.py beats setup.cfg, as setuptools has it.
    fn read_setup(
        &mut self,
        directory: &Path,
        has: &dyn Fn(&str) -> bool,
        context: &ReadContext,
        globs: &mut Vec<(String, SourceSpan)>,
        files: &mut Vec<(PathBuf, Option<String>, SourceSpan)>,
        problems: &mut Vec<Problem>,
    ) {
        let mut configuration = None;
        if has("setup.cfg") {
            let path = directory.join("setup.cfg");
            if let Some(document) = text::load(&path, context, problems) {
                let manifest = setup_cfg::read(&document, directory, globs, files, problems);
                configuration = Some(manifest);
                self.read.push(path);
            }
        }
        if has("setup.py") {
            let path = directory.join("setup.py");
            if let Some(document) = text::load(&path, context, problems) {
                let mut script = setup_py::read(&document, problems);
                if let Some(configuration) = configuration.take() {
                    fill_in(&mut script, configuration);
                }
                self.setup = Some(script);
                self.read.push(path);
            }
        }
        self.setup = self.setup.take().or(configuration).filter(|manifest| manifest.describes_project);
    }

    fn name_license_files(
        &mut self,
        globs: &[(String, SourceSpan)],
        directory: &Path,
        problems: &mut Vec<Problem>,
    ) {
        let manifest = match (&mut self.pyproject, &mut self.setup) {
            (Some(pyproject), _) if pyproject.manifest.describes_project => &mut pyproject.manifest,
            (_, Some(setup)) => setup,
            _ => return,
        };
        self.license_files = pyproject::license_files(globs, directory, manifest, problems);
    }

    fn read_requirements(
        &mut self,
        names: &[String],
        directory: &Path,
        context: &ReadContext,
        problems: &mut Vec<Problem>,
    ) {
        let beside = names.iter().map(|name| directory.join(name));
        let paths: Vec<PathBuf> = beside
            .filter(|path| requirements_files::belongs(path))
            .chain(requirements_files::below(directory))
            .collect();
        let mut visited: Vec<PathBuf> = Vec::new();
        for path in without_compiled_inputs(paths) {
            let purpose = requirements_files::purpose(&path, context);
            let mut found = Requirements::default();
            found.purpose = purpose;
            requirements_txt::read(&path, context, &mut found, problems);
            visited.extend(found.files.iter().cloned());
            self.requirements.insert(context.relative(&path), found);
        }
        visited.sort();
        visited.dedup();
        self.read.extend(visited);
        // Each file reads its own includes, so the same complaint can come up twice.
        problems.dedup();
    }

    /// Files that setuptools takes the dependencies from.
    fn read_dependency_files(
        &mut self,
        files: &[(PathBuf, Option<String>, SourceSpan)],
        context: &ReadContext,
        problems: &mut Vec<Problem>,
    ) {
        for (path, extra, place) in files {
            let inside = super::manifest::clean(path).starts_with(super::manifest::clean(&context.root));
            if !inside || !path.is_file() {
                let message =
                    format!("`{}` cannot be read; its requirements are unknown", context.relative(path));
                problems.push(Problem::incomplete(Some(place.clone()), message));
                continue;
            }
            let mut found = Requirements::default();
            requirements_txt::read(path, context, &mut found, problems);
            self.read.extend(found.files.iter().cloned());
            let declared = found.declared.into_iter().map(|item| match extra {
                Some(extra) => item.for_extra(extra),
                None => item,
            });
            let declared: Vec<Declared> = declared.collect();
            let manifest = match (&mut self.pyproject, &mut self.setup) {
                (Some(pyproject), _) if place.file.ends_with("pyproject.toml") => &mut pyproject.manifest,
                (_, Some(setup)) => setup,
                _ => continue,
            };
            manifest.declared.extend(declared);
        }
    }
}

/// What setup.py leaves open is taken from setup.cfg.
fn fill_in(script: &mut Manifest, configuration: Manifest) {
    script.name = script.name.take().or(configuration.name);
    script.version = script.version.take().or(configuration.version);
    if script.licenses.is_empty() {
        script.licenses = configuration.licenses;
    }
    let details = &mut script.details;
    details.description = details.description.take().or(configuration.details.description);
    details.homepage = details.homepage.take().or(configuration.details.homepage);
    let stated: Vec<Scope> = script.declared.iter().map(|known| known.scope).collect();
    script.declared.extend(configuration.declared.into_iter().filter(|item| !stated.contains(&item.scope)));
    // A setup.py that only calls `setup()` leaves everything to setup.cfg.
    if script.dynamic.is_empty() {
        script.dynamic = configuration.dynamic;
    }
}

/// `x.in` is what `x.txt` was compiled from: the compiled file says more.
fn without_compiled_inputs(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let is_input = |path: &Path| path.extension().is_some_and(|extension| extension == "in");
    let compiled = |path: &Path| {
        paths.contains(&path.with_extension("txt")) || paths.contains(&path.with_extension("lock"))
    };
    paths.iter().filter(|path| !(is_input(path) && compiled(path))).cloned().collect()
}
