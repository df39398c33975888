//! Go projects, from files to a dependency graph.

#![allow(clippy::unwrap_used)]

#[path = "go/binaries.rs"]
mod binaries;
#[path = "go/cases.rs"]
mod cases;
#[path = "go/licenses.rs"]
mod licenses;
#[path = "go/live.rs"]
mod live;
#[path = "go/made.rs"]
mod made;
#[cfg(unix)]
#[path = "go/program.rs"]
mod program;
#[path = "go/recorded.rs"]
mod recorded;
#[path = "go/render.rs"]
mod render;
