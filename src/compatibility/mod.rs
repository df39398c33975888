//! The law: may this dependency be part of that work, and may all of them together?
//!
//! Pure: no file, no network, no clock. [`Law`] holds the catalogue and the user's own licenses; [`judge`] answers
//! one cell; [`InboundExpression`] and [`OutboundExpression`] bring in `AND`, `OR`, or-later and `WITH`; [`solve`]
//! asks for the whole work; [`explain`] says why; [`own_code`] asks whether our own code may move to another license.

mod case;
mod cut;
mod explain;
mod ground;
mod inbound;
mod joint;
mod law;
mod limits;
mod matrix;
mod obligations;
mod outbound;
mod pair;
mod relicense;
mod remedy;

pub use case::{Added, Inbound, Outbound, Situation};
pub use cut::{CutGraph, smallest_cut};
pub use explain::{Explanation, answer, explain, explain_together};
pub use ground::{Cell, Ground};
pub use inbound::{Deciding, InboundExpression, Met};
pub use joint::{Candidacy, Joint, Part, candidacy, candidate_for, is_joined, solve};
pub use law::{Candidate, CustomLicense, CustomLicenseError, Law, PROPRIETARY, Terms};
pub use matrix::{Coverage, Matrix, coverage, matrix};
pub use obligations::triggered;
pub use outbound::{Arm, OutboundExpression};
pub use pair::judge;
pub use relicense::{Holders, OwnAnswer, OwnCode, own_code};
pub use remedy::{convey_under, for_pair, popular, popular_near};
