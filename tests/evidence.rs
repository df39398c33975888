//! License evidence: texts, names, conclusions and notices.

#![allow(clippy::unwrap_used)]

#[path = "evidence/accuracy.rs"]
mod accuracy;
#[path = "evidence/conclusions.rs"]
mod conclusions;
#[path = "evidence/hostile.rs"]
mod hostile;
#[path = "evidence/notices.rs"]
mod notices;
#[path = "evidence/support.rs"]
mod support;
#[path = "evidence/traps.rs"]
mod traps;
