//! The projects of a directory: the root package.json and the members that it, or pnpm, names.

use super::license_field::{printable, stays_inside};
use super::package_json::Manifest;
use super::pnpm_raw::{RawWorkspace, read_workspace};
use super::text_file::TextFile;
use crate::ecosystems::ReadContext;
use crate::model::{Problem, SourceSpan};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// Directories deeper than this are not searched for members.
const DEEPEST: usize = 12;

/// The projects.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// By directory relative to the root, with `/`; the root itself is the empty text.
    pub(super) members: BTreeMap<String, Manifest>,
    /// Files that were read, relative to the audited root.
    pub(super) read: Vec<String>,
    /// What could not be read.
    pub(super) problems: Vec<Problem>,
}

impl Workspace {
    /// Reads the root and its members.
    pub(super) fn read(directory: &Path, context: &ReadContext) -> Self {
        let mut workspace = Self::default();
        let mut patterns = Vec::new();
        let mut place = SourceSpan::file(context.relative(&directory.join("package.json")));
        if let Some(manifest) = workspace.load(&directory.join("package.json"), context) {
            patterns.extend(manifest.workspaces.iter().cloned());
            workspace.members.insert(String::new(), manifest);
        }
        if let Some(pnpm) = workspace.load_pnpm(&directory.join("pnpm-workspace.yaml"), context) {
            place = SourceSpan::file(context.relative(&directory.join("pnpm-workspace.yaml")));
            patterns.extend(pnpm.packages.0);
            if let Some(root) = workspace.members.get_mut("") {
                root.overridden.extend(pnpm.overrides.into_keys());
            }
        }
        for member in workspace.find_members(directory, &patterns, &place) {
            if let Some(manifest) = workspace.load(&directory.join(&member).join("package.json"), context) {
                workspace.members.insert(member, manifest);
            }
        }
        workspace
    }

    fn load(&mut self, path: &Path, context: &ReadContext) -> Option<Manifest> {
        match Manifest::read(path, context)? {
            Ok((manifest, problems)) => {
                self.read.push(manifest.file.clone());
                self.problems.extend(problems);
                Some(manifest)
            }
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn load_pnpm(&mut self, path: &Path, context: &ReadContext) -> Option<RawWorkspace> {
        match TextFile::read(path, context)?.and_then(|file| Ok((read_workspace(&file)?, file.name))) {
            Ok((workspace, name)) => {
                self.read.push(name);
                Some(workspace)
            }
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    /// The directories with a package.json that the patterns name.
    fn find_members(&mut self, root: &Path, patterns: &[String], place: &SourceSpan) -> Vec<String> {
        let mut wanted = globset::GlobSetBuilder::new();
        let mut unwanted = globset::GlobSetBuilder::new();
        let mut depth = 0;
        for pattern in patterns {
            let (set, plain) = match pattern.strip_prefix('!') {
                Some(plain) => (&mut unwanted, plain),
                None => (&mut wanted, pattern.as_str()),
            };
            let plain = plain.strip_prefix("./").unwrap_or(plain).trim_end_matches('/');
            if plain == "." || plain.is_empty() {
                continue;
            }
            let glob = globset::GlobBuilder::new(plain).literal_separator(true).build();
            match glob {
                Ok(glob) if stays_inside(plain) => {
                    set.add(glob);
                    let levels = if plain.contains("**") { DEEPEST } else { plain.split('/').count() };
                    depth = depth.max(levels);
                }
                Ok(_) => self.problems.push(Problem::incomplete(
                    Some(place.clone()),
                    format!("the workspace `{}` leaves this directory and is not read", printable(pattern)),
                )),
                Err(error) => self.problems.push(Problem::incomplete(
                    Some(place.clone()),
                    format!("the workspace pattern cannot be understood: {}", printable(&error.to_string())),
                )),
            }
        }
        let (Ok(wanted), Ok(unwanted)) = (wanted.build(), unwanted.build()) else { return Vec::new() };
        let mut found = Vec::new();
        search(root, "", depth, &mut |member| {
            if wanted.is_match(member) && !unwanted.is_match(member) {
                found.push(member.to_owned());
            }
        });
        found
    }
}

/// Visits every directory with a package.json, without following links.
fn search(directory: &Path, relative: &str, depth: usize, visit: &mut impl FnMut(&str)) {
    if depth == 0 {
        return;
    }
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name != "node_modules" && name != ".git")
        .collect();
    names.sort();
    for name in names {
        let inner = if relative.is_empty() { name.clone() } else { format!("{relative}/{name}") };
        let path = directory.join(&name);
        if path.join("package.json").is_file() {
            visit(&inner);
        }
        search(&path, &inner, depth - 1, visit);
    }
}

/// A relative path from a directory, both with `/`, in normal form; `None` if it leaves the root.
pub(super) fn join(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<String> = from.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    for component in PathBuf::from(path.replace('\\', "/")).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(printable(&part.to_string_lossy())),
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn paths_are_joined_and_never_leave_the_root() {
        assert_eq!(join("packages/app", "../lib").as_deref(), Some("packages/lib"));
        assert_eq!(join("", "./a/./b").as_deref(), Some("a/b"));
        assert_eq!(join("packages", "..").as_deref(), Some(""));
        assert_eq!(join("packages", "../../x"), None);
        assert_eq!(join("", "/etc"), None);
    }
}
