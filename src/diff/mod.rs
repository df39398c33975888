//! What changed between two audits: what came in, what left, which licenses changed, which verdicts moved and why.
//!
//! [`Snapshot`] is the part of a report that changes are looked for in; [`compare`] gives [`Changes`];
//! [`revision`] brings the tree of a git revision without touching the work tree; [`upstream`] asks whether newer
//! versions changed their license.

mod changes;
mod compare;
mod error;
mod markdown;
pub mod revision;
mod snapshot;
mod text;
pub mod upstream;

pub use changes::{
    Changes, FindingChange, FindingMove, LicenseChange, Listed, ProjectChange, Update, VerdictMove,
};
pub use compare::compare;
pub use error::DiffError;
pub use markdown::{escape, markdown};
pub use snapshot::{
    SNAPSHOT_VERSION, Snapshot, SnapshotFinding, SnapshotPackage, SnapshotProject, read_snapshot,
};
pub use text::text;
