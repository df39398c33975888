//! The user's own licenses, for commands that audit nothing: what licgraph.toml states of them.

use super::auditing::variable;
use super::input::Failure;
use crate::compatibility::{CustomLicense, Law};
use crate::policy::{self, Loader};
use clap::Args;
use std::path::{Path, PathBuf};

/// Where the terms of the user's own licenses are stated.
#[derive(Clone, Debug, Default, Args)]
pub struct StatedTerms {
    /// The policy that states the terms of your own licenses, instead of the licgraph.toml of the working directory.
    #[arg(long, value_name = "FILE", env = "LICGRAPH_POLICY")]
    policy: Option<PathBuf>,
    /// A policy below that one, which may lie anywhere.
    #[arg(long, value_name = "FILE")]
    shared_policy: Option<PathBuf>,
    /// Read no policy.
    #[arg(long, conflicts_with_all = ["policy", "shared_policy"])]
    no_policy: bool,
}

impl StatedTerms {
    /// The user's own licenses.
    pub fn licenses(&self) -> Result<Vec<CustomLicense>, Failure> {
        if self.no_policy {
            return Ok(Vec::new());
        }
        let found = self.policy.clone().or_else(|| policy::find(Path::new(".")));
        let loader = Loader { shared: self.shared_policy.clone(), tree: None };
        let policy =
            loader.load(found.as_deref(), &variable).map_err(|error| Failure::Use(error.to_string()))?;
        Ok(policy.licenses)
    }

    /// The catalogue with the user's own licenses.
    pub fn law(&self) -> Result<Law, Failure> {
        Law::with_custom(self.licenses()?).map_err(|error| Failure::Use(error.to_string()))
    }
}
