//! The direction of the arrows: which folder under `src/` may import which. docs/src/architecture.md says what
//! each of them holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may use beside itself.
const ALLOWED: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("licenses", &["model"]),
    ("ecosystems", &["model"]),
    ("registry", &["model"]),
    ("evidence", &["model", "licenses", "registry"]),
    ("compatibility", &["model", "licenses"]),
    ("holders", &["model", "licenses"]),
    ("practices", &["model", "licenses", "compatibility"]),
    ("policy", &["model", "licenses", "compatibility", "audit"]),
    (
        "audit",
        &[
            "model",
            "licenses",
            "ecosystems",
            "registry",
            "evidence",
            "compatibility",
            "practices",
            "policy",
            "holders",
        ],
    ),
    ("diff", &["model", "audit"]),
    ("report", &["model", "audit", "licenses"]),
    ("sbom", &["model", "audit", "licenses"]),
    (
        "cli",
        &[
            "model",
            "licenses",
            "ecosystems",
            "registry",
            "evidence",
            "compatibility",
            "holders",
            "practices",
            "policy",
            "audit",
            "diff",
            "report",
            "sbom",
        ],
    ),
];

#[test]
fn every_import_follows_the_table() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&source, &mut files);
    assert!(files.len() > 50, "only {} files seen", files.len());
    let mut wrong = Vec::new();
    for file in &files {
        let inside = file.strip_prefix(&source).expect("below src");
        let Some(room) = room_of(inside) else { continue };
        let text = fs::read_to_string(file).expect("source file");
        for (number, line) in text.lines().enumerate() {
            for target in imports(line) {
                if target != room && !allowed(&room).contains(&target.as_str()) {
                    wrong.push(format!("src/{}:{}: {room} uses {target}", inside.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_is_in_the_table() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rooms: BTreeMap<&str, _> = ALLOWED.into_iter().collect();
    for entry in fs::read_dir(source).expect("src").filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(
            !entry.path().is_dir() || rooms.contains_key(name.as_str()),
            "src/{name} is in no row of the table"
        );
    }
}

fn allowed(room: &str) -> &'static [&'static str] {
    ALLOWED.iter().find(|(name, _)| *name == room).map_or(&[], |(_, allowed)| allowed)
}

fn room_of(inside: &Path) -> Option<String> {
    let mut parts = inside.components();
    let first = parts.next()?.as_os_str().to_string_lossy().into_owned();
    parts.next().map(|_| first)
}

/// Every `crate::X` in a line of code, whether in a `use` or in a path.
fn imports(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices("crate::")
        .map(|(at, found)| {
            code[at + found.len()..]
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect()
        })
        .filter(|name: &String| !name.is_empty())
        .collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}
