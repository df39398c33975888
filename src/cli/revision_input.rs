//! Which files of a revision an audit reads.

use crate::ecosystems;
use crate::model::is_license_name;
use crate::policy;

/// Files that readers look at beside manifests and lock files.
const BESIDE: [&str; 12] = [
    policy::FILE_NAME,
    "config.toml",
    "go.work",
    "go.sum",
    "modules.txt",
    "setup.cfg",
    "setup.py",
    "PKG-INFO",
    "METADATA",
    "REUSE.toml",
    ".yarnrc.yml",
    "pnpm-workspace.yaml",
];

/// Endings of files that readers look at: included requirement files, Go's imports, shared policies,
/// what REUSE says beside a file.
const ENDINGS: [&str; 6] = [".go", ".txt", ".in", ".toml", ".lock", ".license"];

/// Whether a file of a revision matters to an audit.
pub fn matters(file_name: &str) -> bool {
    let lower = file_name.to_ascii_lowercase();
    ecosystems::recognise(file_name).is_some()
        || BESIDE.contains(&file_name)
        || ENDINGS.iter().any(|ending| lower.ends_with(ending))
        || is_license_name(file_name)
        || lower.contains("lock")
        || lower.ends_with("baseline.json")
}

#[cfg(test)]
mod tests {
    use super::matters;

    #[test]
    fn what_readers_look_at_matters_and_code_does_not() {
        for name in [
            "Cargo.toml",
            "Cargo.lock",
            "package-lock.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "go.mod",
            "go.sum",
            "main.go",
            "requirements.txt",
            "pyproject.toml",
            "LICENSE-MIT",
            "COPYING",
            "COPYRIGHT",
            "mit-license.md",
            "logo.png.license",
            "licgraph.toml",
        ] {
            assert!(matters(name), "{name}");
        }
        for name in ["main.rs", "index.js", "licenses.js", "README.md", "logo.png"] {
            assert!(!matters(name), "{name}");
        }
    }
}
