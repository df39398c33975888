//! The packages of a main module: what `./...` stands for.

use super::mod_file::{Located, ModFile};
use std::fs;
use std::path::Path;

/// Directories of a module below its root, relative, with `/`, sorted; the empty text is the root.
///
/// As the go command does it, directories whose names begin with `_` or `.`, `testdata`, `vendor`, nested
/// modules and what `ignore` names are passed over, and symbolic links are not followed.
pub fn directories(root: &Path, file: &ModFile) -> (Vec<String>, Vec<String>) {
    let mut found = Vec::new();
    let mut unreadable = Vec::new();
    let mut queue = vec![String::new()];
    while let Some(directory) = queue.pop() {
        match fs::read_dir(root.join(&directory)) {
            Ok(entries) => {
                for entry in entries.flatten() {
                    let Ok(name) = entry.file_name().into_string() else { continue };
                    if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                        continue;
                    }
                    let child =
                        if directory.is_empty() { name.clone() } else { format!("{directory}/{name}") };
                    let foreign = name.starts_with(['_', '.']) || name == "testdata" || name == "vendor";
                    let nested = || root.join(&child).join("go.mod").is_file();
                    if !foreign && !is_ignored(&child, &file.ignore) && !nested() {
                        queue.push(child);
                    }
                }
                found.push(directory);
            }
            Err(error) => unreadable.push(format!("{directory}: {error}")),
        }
    }
    found.sort_unstable();
    unreadable.sort_unstable();
    (found, unreadable)
}

/// `./x` ignores `x` below the root, `x` every directory of that name (Go modules reference, "ignore directive").
fn is_ignored(directory: &str, ignore: &[Located<String>]) -> bool {
    ignore.iter().any(|one| match one.value.strip_prefix("./") {
        Some(rooted) => directory == rooted.trim_end_matches('/'),
        None => {
            let name = one.value.trim_end_matches('/');
            directory == name || directory.ends_with(&format!("/{name}"))
        }
    })
}
