//! npm projects.

use super::{ReadContext, Reading};
use std::path::Path;

/// Whether a file name is a manifest or lock file of this ecosystem.
pub fn is_manifest(_file_name: &str) -> bool {
    false
}

/// Reads the project in a directory.
pub fn read(_directory: &Path, _context: &ReadContext) -> Reading {
    Reading::default()
}
