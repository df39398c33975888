//! What a project decided about its licenses: `licgraph.toml`, waivers, the baseline.
//!
//! [`load`] reads the file as it is written, follows `extends`, checks every value and gives a [`Policy`].
//! [`Policy::apply_to_request`] tells the audit what to do; [`apply`] adds to a finished report what the policy
//! says about it. Precedence: command-line flag, environment, the project's file, the file it extends.

mod apply;
pub mod baseline;
mod environment;
mod error;
mod fail_level;
mod licenses;
mod load;
mod merge;
mod practice;
mod raw;
mod rules;
mod schema;
mod validate;
mod waiver;

pub use apply::{Expiring, apply, expiring, unused_clarifications};
pub use environment::{Overrides, VARIABLES, now, today};
pub use error::PolicyError;
pub use fail_level::FailLevel;
pub use load::{FILE_NAME, Loader, find, find_below, load, plain_path};
pub use practice::PracticeSetting;
pub use rules::{Decision, Rules, ScopedRules};
pub use schema::{Key, json_schema, keys};
pub use validate::{Clarified, Policy};
pub use waiver::{Waiver, WaiverTarget};
