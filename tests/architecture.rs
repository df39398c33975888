//! The direction of the arrows: which room under `src/`, a folder or a file, imports which. docs/src/architecture.md
//! says what each of them holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each room uses beside itself; only rooms that stand above it.
const ALLOWED: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("licenses", &["model"]),
    ("ecosystems", &["model"]),
    ("registry", &["model"]),
    ("evidence", &["model", "licenses", "registry"]),
    ("compatibility", &["model", "licenses"]),
    ("holders", &["model", "licenses"]),
    ("practices", &["model", "licenses"]),
    ("audit", &["model", "licenses", "ecosystems", "registry", "evidence", "compatibility", "holders"]),
    ("policy", &["model", "licenses", "compatibility", "audit"]),
    ("diff", &["model", "audit"]),
    ("report", &["model", "licenses", "audit"]),
    ("sbom", &["model", "licenses", "ecosystems", "report"]),
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
            "audit",
            "policy",
            "diff",
            "report",
            "sbom",
        ],
    ),
];

#[test]
fn every_import_follows_the_table() {
    let wrong: Vec<_> = arrows()
        .into_iter()
        .filter(|arrow| !allowed(&arrow.from).contains(&arrow.to.as_str()))
        .map(|arrow| format!("{}: {} uses {}", arrow.place, arrow.from, arrow.to))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_arrow_of_the_table_is_used() {
    let used: BTreeSet<(String, String)> = arrows().into_iter().map(|arrow| (arrow.from, arrow.to)).collect();
    for (from, targets) in ALLOWED {
        for to in targets {
            assert!(used.contains(&(from.to_owned(), (*to).to_owned())), "{from} does not use {to}");
        }
    }
}

#[test]
fn no_room_uses_one_below_it() {
    let mut above = BTreeSet::new();
    for (room, targets) in ALLOWED {
        for target in targets {
            assert!(above.contains(target), "{room} uses {target}, which does not stand above it");
        }
        above.insert(room);
    }
}

#[test]
fn every_room_is_in_the_table() {
    for entry in fs::read_dir(source()).expect("src").filter_map(Result::ok) {
        let name = PathBuf::from(entry.file_name());
        let Some(room) = room_of(&name.join("mod.rs")).filter(|_| entry.path().is_dir()).or(room_of(&name))
        else {
            continue;
        };
        assert!(ALLOWED.iter().any(|(known, _)| *known == room), "src/{room} is in no row of the table");
    }
}

/// A use of one room by another.
struct Arrow {
    from: String,
    to: String,
    place: String,
}

fn arrows() -> Vec<Arrow> {
    let source = source();
    let mut files = Vec::new();
    collect(&source, &mut files);
    assert!(files.len() > 50, "only {} files seen", files.len());
    let mut found = Vec::new();
    for file in &files {
        let inside = file.strip_prefix(&source).expect("below src");
        let Some(room) = room_of(inside) else { continue };
        let text = fs::read_to_string(file).expect("source file");
        for (number, line) in text.lines().enumerate() {
            let place = format!("src/{}:{}", inside.display(), number + 1);
            let others = imports(line).into_iter().filter(|target| *target != room);
            found.extend(others.map(|to| Arrow { from: room.clone(), to, place: place.clone() }));
        }
    }
    found
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn allowed(room: &str) -> &'static [&'static str] {
    ALLOWED.iter().find(|(name, _)| *name == room).map_or(&[], |(_, allowed)| allowed)
}

/// The folder, or the file that is a room of its own; none for the two files that put the house together.
fn room_of(inside: &Path) -> Option<String> {
    let first = Path::new(inside.components().next()?.as_os_str());
    let room = first.file_stem()?.to_string_lossy().into_owned();
    (!["lib", "main"].contains(&room.as_str())).then_some(room)
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
