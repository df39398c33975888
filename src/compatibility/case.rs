//! What is asked of one cell: the dependency's side, the project's side, and the situation.

use super::law::{Candidate, Terms};
use crate::licenses::ExceptionRecord;
use crate::model::{Distribution, Linkage};

/// How a dependency is joined to the work, and how the work reaches people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Situation {
    /// How it is joined.
    pub linkage: Linkage,
    /// How the work reaches people.
    pub distribution: Distribution,
}

impl Situation {
    /// The default: part of a binary that is conveyed.
    pub const LINKED_BINARY: Self = Self { linkage: Linkage::Static, distribution: Distribution::Binary };

    /// A situation.
    pub const fn new(linkage: Linkage, distribution: Distribution) -> Self {
        Self { linkage, distribution }
    }
}

/// What follows `WITH`, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub enum Added {
    /// Nothing.
    #[default]
    Nothing,
    /// An exception of the SPDX list.
    Listed(&'static ExceptionRecord),
    /// Terms of somebody's own.
    Custom,
}

impl Added {
    /// Whether both are nothing, or the same listed exception.
    pub(super) fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Nothing, Self::Nothing) => true,
            (Self::Listed(left), Self::Listed(right)) => left.id == right.id,
            _ => false,
        }
    }
}

/// A dependency's license, one version of it.
#[derive(Clone, Copy, Debug)]
pub enum Inbound {
    /// Known terms.
    Terms {
        /// The license.
        terms: Terms,
        /// A version not yet published.
        future: bool,
        /// Its exception.
        added: Added,
    },
    /// A license of somebody's own that nobody defined.
    Custom,
    /// No license.
    NoLicense,
    /// Nobody says.
    NotAsserted,
}

/// What the whole work would be conveyed under, one version of it.
#[derive(Clone, Copy, Debug)]
pub enum Outbound {
    /// A candidate.
    Candidate {
        /// The license.
        candidate: Candidate,
        /// The project's own exception.
        added: Added,
    },
    /// A license of somebody's own that nobody defined, or nobody says.
    Unknown,
}
