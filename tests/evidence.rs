//! License evidence: texts, names, conclusions and notices.

#![allow(clippy::unwrap_used)]

#[path = "evidence/accuracy.rs"]
mod accuracy;
