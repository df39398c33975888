//! Source replacement by a vendored directory, as `.cargo/config.toml` of the audited tree states it.
//!
//! Of that file only `[source]` is read, and of `[source]` only directories inside the tree: nothing in it can
//! name a program, an address or a place elsewhere on the machine.

use super::super::ReadContext;
use super::declaration::join_normalised;
use super::document::{Document, read_text, string, table};
use super::source::Source;
use crate::model::Problem;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The name cargo's configuration has for the registry that needs no name.
const DEFAULT_REGISTRY: &str = "crates-io";

/// The keys that say which source an entry means.
const IDENTITY: [&str; 5] = ["registry", "git", "branch", "tag", "rev"];

/// The vendored directories of a tree.
#[derive(Debug, Default)]
pub(super) struct Vendored {
    /// Sources by their name in the configuration.
    sources: BTreeMap<String, ConfiguredSource>,
    /// The configuration file, relative to the audited root.
    pub(super) read: Option<String>,
}

#[derive(Debug, Default)]
struct ConfiguredSource {
    /// What says which source this is: of [`IDENTITY`], the keys that are set.
    identity: Vec<(&'static str, String)>,
    replace_with: Option<String>,
    directory: Option<PathBuf>,
}

impl ConfiguredSource {
    fn key(&self, wanted: &str) -> Option<&str> {
        self.identity.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value.as_str())
    }
}

impl Vendored {
    /// Reads the configuration at the workspace root, or above it within the audited root.
    pub(super) fn load(workspace: &Path, context: &ReadContext, problems: &mut Vec<Problem>) -> Self {
        let outermost = if workspace.starts_with(&context.root) { &context.root } else { workspace };
        let directories = workspace.ancestors().take_while(|directory| directory.starts_with(outermost));
        let names = [".cargo/config.toml", ".cargo/config"];
        for directory in directories {
            let file = names.map(|name| directory.join(name)).into_iter().find(|file| file.is_file());
            if let Some(file) = file {
                return Self::load_file(&file, directory, outermost, context, problems);
            }
        }
        Self::default()
    }

    fn load_file(
        file: &Path,
        directory: &Path,
        outermost: &Path,
        context: &ReadContext,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let label = context.relative(file);
        let Some(text) = read_text(file, &label, problems) else {
            return Self::default();
        };
        let document = Document::parse(&text, &label, problems);
        let mut vendored = Self { sources: BTreeMap::new(), read: Some(label.clone()) };
        for (name, value) in table(&document.root, "source").into_iter().flatten() {
            let Some(source) = value.get_ref().as_table() else {
                continue;
            };
            let stated = string(source, "directory").map(|path| join_normalised(directory, path));
            let inside = stated.clone().filter(|path| path.starts_with(outermost));
            if stated.is_some() && inside.is_none() {
                problems.push(Problem::note(
                    Some(document.place(document.line(name))),
                    format!("source `{}` lies outside the audited tree and was not read", name.get_ref()),
                ));
            }
            let source = ConfiguredSource {
                identity: IDENTITY
                    .into_iter()
                    .filter_map(|key| Some((key, string(source, key)?.to_owned())))
                    .collect(),
                replace_with: string(source, "replace-with").map(str::to_owned),
                directory: inside,
            };
            vendored.sources.insert(name.get_ref().clone().into_owned(), source);
        }
        vendored
    }

    /// The vendored directory that stands in for a source.
    pub(super) fn directory(&self, source: &Source) -> Option<&Path> {
        let named = self.sources.iter().find(|(name, configured)| match source {
            Source::Registry { default: true, .. } => name.as_str() == DEFAULT_REGISTRY,
            Source::Registry { address, .. } => configured.key("registry").is_some_and(|known| {
                let known = known.split_once('+').map_or(known, |(_, rest)| rest);
                known.trim_end_matches('/') == address.trim_end_matches('/')
            }),
            Source::Git { address, .. } => configured.key("git") == Some(address),
            _ => false,
        })?;
        self.follow(named.0)
    }

    /// Each replaced source by name with its vendored directory.
    pub(super) fn replacements(&self) -> impl Iterator<Item = (&str, &Path)> {
        let replaced = self.sources.iter().filter(|(_, source)| source.replace_with.is_some());
        replaced.filter_map(|(name, _)| Some((name.as_str(), self.follow(name)?)))
    }

    /// The keys and values that say what a named source is.
    pub(super) fn identity(&self, name: &str) -> &[(&'static str, String)] {
        self.sources.get(name).map(|source| source.identity.as_slice()).unwrap_or_default()
    }

    /// Follows `replace-with` to a directory, at most as often as there are sources.
    fn follow(&self, name: &str) -> Option<&Path> {
        let mut source = self.sources.get(name)?;
        for _ in 0..self.sources.len() {
            match &source.replace_with {
                Some(next) => source = self.sources.get(next)?,
                None => break,
            }
        }
        source.directory.as_deref()
    }
}
