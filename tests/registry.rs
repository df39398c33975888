//! Registries as the user's clients are set up for them, against servers on this machine.

#![allow(clippy::unwrap_used)]

#[path = "registry/cache.rs"]
mod cache;
#[path = "registry/cargo.rs"]
mod cargo;
#[path = "registry/go.rs"]
mod go;
#[path = "registry/go_mod.rs"]
mod go_mod;
#[path = "registry/http.rs"]
mod http;
#[path = "registry/kinds.rs"]
mod kinds;
#[path = "registry/newer.rs"]
mod newer;
#[path = "registry/npm.rs"]
mod npm;
#[path = "registry/online.rs"]
mod online;
#[path = "registry/python.rs"]
mod python;
#[path = "registry/review.rs"]
mod review;
#[path = "registry/server.rs"]
mod server;
#[path = "registry/user.rs"]
mod user;
