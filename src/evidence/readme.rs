//! READMEs, which may hold the only license text of a package or of one of its directories.

use super::files::LicenseFile;
use std::collections::BTreeSet;

/// Whether a file name, without directories, is that of a README.
pub fn is_readme(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == "readme" || matches!(lower.strip_prefix("readme."), Some("txt" | "md" | "rst" | "markdown"))
}

/// Takes out every README that holds no license text, and those beside a license file.
pub fn drop_plain(files: &mut Vec<LicenseFile>) {
    let parts = |file: &LicenseFile| match file.name.rsplit_once('/') {
        Some((folder, name)) => (folder.to_owned(), is_readme(name)),
        None => (String::new(), is_readme(&file.name)),
    };
    let licensed: BTreeSet<String> =
        files.iter().map(parts).filter(|(_, readme)| !readme).map(|(folder, _)| folder).collect();
    files.retain(|file| {
        let (folder, readme) = parts(file);
        !readme || (!licensed.contains(&folder) && holds_license_text(&file.content))
    });
}

/// Whether a text holds words that stand in license texts and hardly anywhere else.
pub fn holds_license_text(content: &[u8]) -> bool {
    const WORDS: [&str; 4] = [
        "redistribution and use in source and binary forms",
        "permission is hereby granted, free of charge",
        "permission to use, copy, modify",
        "this is free and unencumbered software",
    ];
    let text = String::from_utf8_lossy(content).to_lowercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    WORDS.iter().any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::{drop_plain, is_readme};
    use crate::evidence::files::LicenseFile;

    #[test]
    fn readmes_are_known_by_name() {
        for (name, expected) in [
            ("README", true),
            ("ReadMe.md", true),
            ("readme.rst", true),
            ("README.js", false),
            ("READMES", false),
        ] {
            assert_eq!(is_readme(name), expected, "{name}");
        }
    }

    #[test]
    fn a_readme_stays_where_it_alone_holds_a_license_text() {
        let file = |name: &str, text: &str| LicenseFile::new(name.to_owned(), text.as_bytes().to_vec());
        let grant = "Permission is hereby granted,\n    free of charge, to any person";
        let mut files = vec![
            file("LICENSE", grant),
            file("README.md", grant),
            file("inner/README", grant),
            file("other/README", "Usage: see below."),
        ];
        drop_plain(&mut files);
        let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["LICENSE", "inner/README"]);
    }
}
