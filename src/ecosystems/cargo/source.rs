//! Where a locked package comes from, as the `source` of a lock file says it.

use crate::model::{Ecosystem, Origin, Purl};

/// A parsed `source`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// No source: a member or a path dependency.
    Local,
    /// A registry.
    Registry {
        /// The source verbatim.
        verbatim: String,
        /// The address without its kind.
        address: String,
        /// Whether it is the one that cargo takes where nothing else is said.
        default: bool,
    },
    /// A git repository.
    Git {
        /// The source verbatim.
        verbatim: String,
        /// The address without kind, query and revision.
        address: String,
        /// The full revision.
        revision: String,
    },
    /// Only a manifest names the package; where it says it comes from.
    Unlocked(Origin),
    /// Anything else.
    Other(String),
}

impl Source {
    /// Reads the text of a lock file's `source` field.
    pub(super) fn parse(source: Option<&str>) -> Self {
        let Some(text) = source else {
            return Self::Local;
        };
        let verbatim = text.to_owned();
        match text.split_once('+') {
            Some(("git", rest)) => {
                let (address, revision) = rest.rsplit_once('#').unwrap_or((rest, ""));
                let address = address.split('?').next().unwrap_or(address).to_owned();
                Self::Git { verbatim, address, revision: revision.to_owned() }
            }
            Some(("registry" | "sparse", address)) => {
                let parsed = text.parse::<cargo_lock::package::SourceId>();
                let default = parsed.is_ok_and(|source| source.is_default_registry());
                Self::Registry { verbatim, address: address.to_owned(), default }
            }
            _ => Self::Other(verbatim),
        }
    }

    /// How the report names the origin; a local package is a path relative to the audited root.
    pub(super) fn origin(&self) -> Origin {
        match self {
            Self::Local => Origin::Unknown,
            Self::Registry { verbatim, .. } => Origin::Registry(Some(verbatim.clone())),
            Self::Git { verbatim, .. } => Origin::Git(verbatim.clone()),
            Self::Unlocked(origin) => origin.clone(),
            Self::Other(verbatim) => Origin::Archive(verbatim.clone()),
        }
    }

    /// The purl: bare for the default registry and local packages, else qualified with the repository, so that
    /// a private package is never taken for a public one of the same name.
    pub(super) fn purl(&self, name: &str, version: Option<&str>) -> Purl {
        match self {
            Self::Registry { address, default: false, .. } => {
                Purl::with_qualifiers(Ecosystem::Cargo, name, version, &[("repository_url", address)])
            }
            Self::Git { address, revision, .. } => {
                let place = format!("git+{address}@{revision}");
                Purl::with_qualifiers(Ecosystem::Cargo, name, version, &[("vcs_url", &place)])
            }
            _ => Purl::new(Ecosystem::Cargo, name, version),
        }
    }

    /// The host of the address, if it has one.
    pub(super) fn host(&self) -> Option<&str> {
        let (Self::Registry { address, .. } | Self::Git { address, .. }) = self else {
            return None;
        };
        let rest = address.split_once("://")?.1;
        let authority = rest.split('/').next()?;
        let host = authority.rsplit('@').next()?;
        host.split(':').next().filter(|host| !host.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn the_default_registry_has_a_bare_purl() {
        let text = cargo_lock::package::SourceId::default().to_string();
        let purl = Source::parse(Some(&text)).purl("serde", Some("1.0.0"));
        assert_eq!(purl.as_str(), "pkg:cargo/serde@1.0.0");
    }

    #[test]
    fn other_sources_are_part_of_the_purl() {
        let registry = Source::parse(Some("sparse+https://user@registry.example:8080/index/"));
        assert_eq!(registry.host(), Some("registry.example"));
        assert!(registry.purl("a", Some("1.0.0")).as_str().contains("?repository_url=https:"));
        let git = Source::parse(Some("git+https://git.example/a.git?branch=main#0123456789"));
        assert_eq!(
            git.purl("a", Some("1.0.0")).as_str(),
            "pkg:cargo/a@1.0.0?vcs_url=git%2Bhttps:%2F%2Fgit.example%2Fa.git%400123456789"
        );
    }
}
