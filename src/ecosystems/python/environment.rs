//! Installed environments: virtual environments and site-packages directories.

use super::catalogue::{Catalogue, Known};
use super::distribution::{self, Distribution};
use super::egg;
use super::marker::Situation;
use crate::ecosystems::ReadContext;
use crate::model::Problem;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Virtual environments that tools make beside a project.
const BESIDE: [&str; 4] = [".venv", "venv", "env", ".env"];

/// An environment that was read.
#[derive(Debug)]
pub(super) struct Environment {
    /// Its packages.
    pub catalogue: Catalogue,
    /// The version of its Python, `3.12`, if its layout says.
    pub python: Option<String>,
    /// Its `sys_platform`.
    pub platform: &'static str,
    /// Packages that are editable installs, by name, with their directory.
    pub editable: Vec<(String, PathBuf)>,
}

impl Environment {
    /// What its own Python answers to markers.
    pub(super) fn situation(&self) -> Situation<'_> {
        Situation { python: self.python.as_deref(), platform: Some(self.platform), ..Situation::default() }
    }
}

/// Finds the environment to read: the one that the user named, else the one beside the project.
pub(super) fn find(directory: &Path, context: &ReadContext, problems: &mut Vec<Problem>) -> Option<PathBuf> {
    if let Some(named) = &context.python.environment {
        if site_directories(named).is_empty() {
            let message = format!(
                "`{}` is neither a virtual environment nor a site-packages directory; no installed package was read",
                context.relative(named)
            );
            problems.push(Problem::incomplete(None, message));
            return None;
        }
        return Some(named.clone());
    }
    BESIDE.iter().map(|name| directory.join(name)).find(|path| path.join("pyvenv.cfg").is_file())
}

/// The site-packages directories of an environment, or the directory itself if it is one.
fn site_directories(environment: &Path) -> Vec<PathBuf> {
    let is_site = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        path.is_dir() && (name == "site-packages" || name == "dist-packages")
    };
    if is_site(environment) {
        return vec![environment.to_owned()];
    }
    let mut found = Vec::new();
    let windows = environment.join("Lib").join("site-packages");
    if is_site(&windows) {
        found.push(windows);
    }
    for library in ["lib", "lib64"] {
        // lib64 is usually a link to lib.
        if library == "lib64" && environment.join("lib64").is_symlink() {
            continue;
        }
        for entry in sorted_entries(&environment.join(library)) {
            let site = entry.join("site-packages");
            if is_site(&site) && !found.contains(&site) {
                found.push(site);
            }
        }
    }
    if found.is_empty() && sorted_entries(environment).iter().any(|path| is_distribution(path)) {
        found.push(environment.to_owned());
    }
    found
}

fn sorted_entries(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    found.sort();
    found
}

fn is_distribution(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    // pip renames what it is about to remove to `~…`.
    !name.starts_with('~') && (name.ends_with(".dist-info") || name.ends_with(".egg-info"))
        || egg::is_egg(name)
}

fn read_entry(entry: &Path, context: &ReadContext) -> Distribution {
    let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or("");
    if egg::is_egg(name) { egg::read(entry, context) } else { distribution::read(entry, context) }
}

/// Reads every installed package.
pub(super) fn read(environment: &Path, context: &ReadContext, problems: &mut Vec<Problem>) -> Environment {
    let sites = site_directories(environment);
    let label = context.relative(environment);
    let mut found = Environment {
        catalogue: Catalogue::new(label, "pip install"),
        python: python_version(environment, &sites),
        platform: platform(environment),
        editable: Vec::new(),
    };
    for site in &sites {
        let entries: Vec<PathBuf> =
            sorted_entries(site).into_iter().filter(|path| is_distribution(path)).collect();
        let read: Vec<Distribution> = entries.par_iter().map(|entry| read_entry(entry, context)).collect();
        for distribution in read {
            problems.extend(distribution.problems);
            let Some(known) = distribution.known else { continue };
            if let Some(directory) = distribution.editable {
                found.editable.push((known.key.clone(), directory));
            }
            add(&mut found.catalogue, known, problems);
        }
    }
    found.catalogue.requires_python = found.python.as_ref().map(|version| format!("=={version}.*"));
    found
}

/// A name installed twice is a leftover of an upgrade; Python imports what was written last, so both count.
fn add(catalogue: &mut Catalogue, known: Known, problems: &mut Vec<Problem>) {
    let earlier = catalogue.of_name(&known.key).first().map(|at| &catalogue.packages[*at].package);
    if let Some(earlier) = earlier {
        if earlier.version == known.package.version {
            return;
        }
        let message =
            format!("{} is installed as well as {}; remove one", known.package.label(), earlier.label());
        problems.push(Problem::note(known.package.location.clone(), message));
    }
    catalogue.push(known);
}

/// From the directory's name (`lib/python3.12`), else from pyvenv.cfg.
fn python_version(environment: &Path, sites: &[PathBuf]) -> Option<String> {
    let of_layout = sites.iter().find_map(|site| {
        let parent = site.parent()?.file_name()?.to_str()?;
        let version = parent.strip_prefix("python").or_else(|| parent.strip_prefix("pypy"))?;
        version.contains('.').then(|| version.trim_end_matches('t').to_owned())
    });
    of_layout.or_else(|| {
        let text = std::fs::read_to_string(environment.join("pyvenv.cfg")).ok()?;
        let line = text.lines().find(|line| line.starts_with("version"))?;
        let version = line.split_once('=')?.1.trim();
        Some(version.split('.').take(2).collect::<Vec<_>>().join("."))
    })
}

/// Windows environments have their own layout; others belong to the machine they lie on.
fn platform(environment: &Path) -> &'static str {
    if environment.join("Lib").join("site-packages").is_dir()
        && !environment.join("lib").join("python3").exists()
    {
        let has_unix_layout = sorted_entries(&environment.join("lib")).iter().any(|path| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("python"))
        });
        if !has_unix_layout {
            return "win32";
        }
    }
    if cfg!(target_os = "macos") { "darwin" } else { "linux" }
}
