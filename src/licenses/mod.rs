//! The language of licenses and what is known about them.
//!
//! [`parse`] reads SPDX expressions; the [`catalogue`] holds a record for every id of the SPDX list, compiled
//! from `data/`; [`detection`] finds licenses in texts, [`normalise`] in what metadata says, [`reuse`] beside files.

pub mod aliases;
pub mod catalogue;
pub mod detection;
mod expression;
pub mod normalise;
mod record;
pub mod reuse;

pub use expression::{ExpressionError, parse};
pub use record::{
    Admits, Category, Conversion, CopyleftScope, ExceptionEffect, ExceptionRecord, GplAnswer, Grant, Judged,
    Later, LicenseRecord, OutboundLinks, PairRule, Status, Subject, UseLimit,
};
