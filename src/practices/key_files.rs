//! The key files of a repository.

use super::keys::armoured_blocks;
use super::tree::{File, Tree};

/// Larger binary files are no keys.
const MAX_BINARY: u64 = 256 * 1024;

/// Public key data of the repository's key files, each with its place. Keys in test data are not in the tree.
pub fn key_blocks(tree: &Tree) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for file in tree.files().iter().filter(|file| holds_keys(file)) {
        let blocks = tree.text(file).map(armoured_blocks).unwrap_or_default();
        let places =
            blocks.iter().map(|(line, block)| (format!("{}:{line}", file.path), block.as_bytes().to_vec()));
        found.extend(places);
        let binary = matches!(file.extension().as_str(), "gpg" | "pgp") && file.size < MAX_BINARY;
        if blocks.is_empty() && binary {
            let data = std::fs::read(tree.root().join(&file.path));
            found.extend(data.map(|data| (file.path.clone(), data)));
        }
    }
    found
}

fn holds_keys(file: &File) -> bool {
    file.size > 0 && is_key_name(&file.path)
}

/// Whether a file is a key file by its name.
pub fn is_key_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_uppercase().replace(['-', ' '], "_");
    let ending = [".ASC", ".GPG", ".PGP"].iter().any(|end| name.ends_with(end));
    ending || name == "KEYS" || name.contains("PUBLIC_KEY")
}
