//! licgraph: may you ship what you built?
//!
//! Reads the manifests and lock files of a project into one dependency graph, learns the license of every
//! package, and judges every edge and the whole work against the license the project chose.

#![forbid(unsafe_code)]

pub mod audit;
pub mod cli;
pub mod compatibility;
pub mod diff;
pub mod ecosystems;
pub mod evidence;
pub mod holders;
pub mod licenses;
pub mod model;
pub mod policy;
pub mod practices;
pub mod registry;
pub mod report;
pub mod sbom;
