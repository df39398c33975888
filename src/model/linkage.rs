//! How a dependency is joined to the work, and how the work reaches people.

use super::SourceSpan;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How a dependency is joined to the program that uses it; strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Linkage {
    /// Its code was copied into the project's own files.
    Merge,
    /// Part of the same binary (crates, Go packages, bundled JavaScript).
    Static,
    /// Loaded or imported into the same program at run time.
    Dynamic,
    /// A separate program at arm's length, or an aggregated asset such as a font.
    Process,
    /// Runs while the work is built; nothing of it ships.
    Build,
    /// Tests and developer tools; never conveyed.
    Dev,
}

impl Linkage {
    /// Every linkage, strongest first.
    pub const ALL: [Self; 6] =
        [Self::Merge, Self::Static, Self::Dynamic, Self::Process, Self::Build, Self::Dev];

    /// Its position in [`Linkage::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The word used in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Static => "static",
            Self::Dynamic => "dynamic",
            Self::Process => "process",
            Self::Build => "build",
            Self::Dev => "dev",
        }
    }

    /// Whether the dependency becomes part of what is conveyed, or is shipped beside it.
    pub fn is_conveyed(self) -> bool {
        !matches!(self, Self::Build | Self::Dev)
    }
}

/// How the work reaches people.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Distribution {
    /// Object code, with or without source: a binary, a wheel with its dependencies, an image.
    #[default]
    Binary,
    /// The project's own source only; whoever builds it fetches the dependencies.
    Source,
    /// Users reach it over a network; nothing is conveyed to them.
    Network,
    /// Used inside one organisation only.
    Internal,
}

impl Distribution {
    /// Every distribution.
    pub const ALL: [Self; 4] = [Self::Binary, Self::Source, Self::Network, Self::Internal];

    /// Its position in [`Distribution::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The word used in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Source => "source",
            Self::Network => "network",
            Self::Internal => "internal",
        }
    }
}

/// Why a package depends on another, as the manifest says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Needed at run time.
    Runtime,
    /// Needed at run time if a feature, extra or platform asks for it.
    Optional,
    /// Expected beside the package, brought by whoever uses it.
    Peer,
    /// Needed to build.
    Build,
    /// Needed to develop or test.
    Dev,
}

impl Scope {
    /// The word used in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Optional => "optional",
            Self::Peer => "peer",
            Self::Build => "build",
            Self::Dev => "dev",
        }
    }
}

/// An edge of the dependency graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Dependency {
    /// Why.
    pub scope: Scope,
    /// How it is joined to the dependent package.
    pub linkage: Linkage,
    /// Under which condition the edge exists: a `cfg(..)`, a marker, `os`/`cpu`, a feature or extra; verbatim.
    pub condition: Option<String>,
    /// The requirement as the manifest writes it (`^1.2`, `>=2,<3`).
    pub requirement: Option<String>,
    /// The name it is used under, when that differs from the package's own.
    pub alias: Option<String>,
    /// Where the manifest or lock file says so.
    pub location: Option<SourceSpan>,
}

impl Dependency {
    /// An unconditional edge.
    pub fn new(scope: Scope, linkage: Linkage) -> Self {
        Self { scope, linkage, condition: None, requirement: None, alias: None, location: None }
    }

    /// The same edge, with the place that names it.
    #[must_use]
    pub fn located(mut self, location: SourceSpan) -> Self {
        self.location = Some(location);
        self
    }
}

/// A word that names no linkage or distribution.
#[derive(Debug, thiserror::Error)]
#[error("unknown {what} `{word}`; use one of {known}")]
pub struct UnknownWord {
    what: &'static str,
    word: String,
    known: String,
}

impl FromStr for Linkage {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|linkage| linkage.name() == word).ok_or_else(|| UnknownWord {
            what: "linkage",
            word: word.to_owned(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}

impl FromStr for Distribution {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|way| way.name() == word).ok_or_else(|| UnknownWord {
            what: "distribution",
            word: word.to_owned(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}

impl fmt::Display for Linkage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl fmt::Display for Distribution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
