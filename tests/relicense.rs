//! "Can I relicense to X?": both halves, against cases written from the license texts, on made repositories, and at
//! the command line.
#![allow(clippy::unwrap_used)]

#[path = "relicense/cases.rs"]
mod cases;
