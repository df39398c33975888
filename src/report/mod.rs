//! Results as bytes, one file a format.

pub mod notices;
