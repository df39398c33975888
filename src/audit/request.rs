//! What an audit is asked to do.

use crate::compatibility::Law;
use crate::ecosystems::{self, ReadContext};
use crate::model::{Distribution, Ecosystem, Expression, Linkage};
use globset::GlobMatcher;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A linkage that the user states for packages.
#[derive(Clone, Debug)]
pub struct LinkageOverride {
    /// Matches the package's name or purl.
    pub packages: GlobMatcher,
    /// How it is joined.
    pub linkage: Linkage,
}

/// Which directories of a tree are audited.
#[derive(Clone, Debug, Default)]
pub struct PathFilter {
    /// Directories relative to the audited tree, with `/`; everything where there is none.
    pub roots: Vec<String>,
    /// Paths relative to the audited tree that are left out, with all below them.
    pub exclude: Vec<GlobMatcher>,
    /// Exactly these directories, where only what a change touches is audited.
    pub only: Option<BTreeSet<String>>,
}

impl PathFilter {
    /// Whether a directory, relative to the audited tree, is audited. The tree itself is `.`.
    pub fn takes(&self, directory: &str) -> bool {
        let below = |root: &String| {
            let root = root.trim_start_matches("./").trim_end_matches('/');
            matches!(root, "" | ".")
                || directory == root
                || directory.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
        };
        let inside = self.roots.is_empty() || self.roots.iter().any(below);
        let touched = self.only.as_ref().is_none_or(|only| only.contains(directory));
        inside && touched && !self.excludes(directory)
    }

    /// Whether a path, or a directory around it, is left out.
    pub fn excludes(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.map(|end| &path[..end]).any(|part| self.exclude.iter().any(|pattern| pattern.is_match(part)))
    }
}

/// Everything the audit is told.
#[derive(Debug)]
pub struct AuditRequest {
    /// A directory with projects, a manifest or lock file, an SBOM, or a compiled Go program.
    pub path: PathBuf,
    /// What readers are told.
    pub context: ReadContext,
    /// The law, with the user's own licenses.
    pub law: Law,
    /// The license to judge the projects under, instead of what they declare.
    pub license: Option<Expression>,
    /// How the works reach people.
    pub distribution: Distribution,
    /// The linkage of the ecosystem's ordinary edges, where it is not the default.
    pub default_linkage: Vec<(Ecosystem, Linkage)>,
    /// Stated linkages.
    pub linkages: Vec<LinkageOverride>,
    /// Which directories of the tree are audited.
    pub paths: PathFilter,
    /// Leave out what is only used to develop.
    pub without_dev: bool,
    /// When the report is made, as RFC 3339; none leaves the time out.
    pub created: Option<String>,
}

impl AuditRequest {
    /// An audit of a path with nothing but defaults.
    pub fn new(path: PathBuf) -> Self {
        let root = if path.is_dir() {
            path.clone()
        } else {
            let project = ecosystems::project_of(&path).map(|(_, directory)| directory);
            project.or_else(|| path.parent().map(PathBuf::from)).unwrap_or_default()
        };
        Self {
            context: ReadContext::new(&root),
            path,
            law: Law::default(),
            license: None,
            distribution: Distribution::default(),
            default_linkage: Vec::new(),
            linkages: Vec::new(),
            paths: PathFilter::default(),
            without_dev: false,
            created: None,
        }
    }
}

/// Why an audit could not start.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The path does not exist or cannot be read.
    #[error("cannot read {path}: {source}; give a directory with a manifest, a lock file or an SBOM")]
    Path {
        /// The path.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Nothing there that any reader knows.
    #[error(
        "no project found in {path}: no manifest or lock file of Cargo, npm, Python or Go, and no SBOM{not_read}; \
         name a directory that holds one, or an SBOM that another tool made of it"
    )]
    NoProject {
        /// The path.
        path: String,
        /// What was seen and cannot be read, or nothing.
        not_read: String,
    },
}
