//! Which files of a package speak of its license, by their names.

/// Whether a file name, without directories, is that of a license file.
pub fn is_license_name(name: &str) -> bool {
    const STARTS: [&str; 8] =
        ["license", "licence", "copying", "notice", "unlicense", "unlicence", "copyright", "mit-license"];
    const CODE: [&str; 25] = [
        "rs", "py", "js", "mjs", "cjs", "ts", "tsx", "json", "go", "c", "h", "cc", "cpp", "java", "toml",
        "yml", "yaml", "sh", "rb", "xml", "css", "png", "svg", "map", "db",
    ];
    let lower = name.to_ascii_lowercase();
    let code = lower.rsplit_once('.').is_some_and(|(_, end)| CODE.contains(&end));
    lower == "reuse.toml" || (!code && STARTS.iter().any(|start| lower.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::is_license_name;

    #[test]
    fn names_of_license_files() {
        for name in [
            "LICENSE",
            "License.txt",
            "LICENSE-MIT",
            "licence.md",
            "COPYING.LESSER",
            "UNLICENSE",
            "LICENSE.apache2",
            "NOTICE",
        ] {
            assert!(is_license_name(name), "{name}");
        }
        for name in ["license.rs", "LICENSES.json", "README.md", "unlicensed.js", "src"] {
            assert!(!is_license_name(name), "{name}");
        }
    }
}
