//! What a project decides and keeps: policy, waivers, baseline, comparison, review, CI, and the book.

#![allow(clippy::unwrap_used)]

#[cfg(unix)]
#[path = "policy/action.rs"]
mod action;
#[path = "policy/bad_input.rs"]
mod bad_input;
#[path = "policy/book.rs"]
mod book;
#[cfg(unix)]
#[path = "policy/ci.rs"]
mod ci;
#[path = "policy/diff.rs"]
mod diff;
#[cfg(unix)]
#[path = "policy/forge/mod.rs"]
mod forge;
#[cfg(unix)]
#[path = "policy/gitlab.rs"]
mod gitlab;
#[path = "policy/links.rs"]
mod links;
#[path = "policy/machines.rs"]
mod machines;
#[path = "policy/namesakes.rs"]
mod namesakes;
#[path = "policy/precedence.rs"]
mod precedence;
#[path = "policy/recorded_bytes.rs"]
mod recorded_bytes;
#[path = "policy/review.rs"]
mod review;
#[path = "policy/rules.rs"]
mod rules;
#[path = "policy/shell.rs"]
mod shell;
#[path = "policy/story.rs"]
mod story;
#[path = "policy/work.rs"]
mod work;
