//! Input that is cut off, contradicts itself or wants to do harm.

use crate::text::{labels, problems, read};
use std::path::Path;
use tempfile::TempDir;

fn project(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    directory
}

fn told(directory: &Path) -> String {
    problems(&read(directory)).join("\n")
}

const ASKS_FOR_A: &str = r#"{"name": "r", "version": "1.0.0", "dependencies": {"a": "^1.0.0"}}"#;

#[test]
fn lock_files_that_cannot_be_read_leave_the_direct_dependencies_and_a_problem() {
    let cases = [
        (
            "package-lock.json",
            "{\"packages\": {\n\"node_modules/a\": {\"version\": \"1.0.0\"",
            "package-lock.json:2",
        ),
        ("npm-shrinkwrap.json", "", "npm-shrinkwrap.json:1"),
        ("yarn.lock", "# yarn lockfile v1\n\n<<<<<<< HEAD\na@^1.0.0:\n  version \"1.0.0\"\n", "yarn.lock:3"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages: [", "pnpm-lock.yaml:"),
        ("pnpm-lock.yaml", "", "pnpm-lock.yaml:1"),
        ("bun.lock", "{\"packages\": {\"a\": [\"a@1.0.0\"", "bun.lock:1"),
        ("bun.lockb", "#!/usr/bin/env bun\nbun-lockfile-format-v0\n\u{0}", "bun.lockb: a binary lock file"),
    ];
    for (name, text, expected) in cases {
        let directory = project(&[("package.json", ASKS_FOR_A), (name, text)]);
        let reading = read(directory.path());
        let told = problems(&reading).join("\n");
        assert!(told.contains(&format!("Incomplete {expected}")), "{name}: {told}");
        assert_eq!(labels(&reading.graph).into_iter().collect::<Vec<_>>(), ["a", "r 1.0.0"], "{name}");
    }
}

#[test]
fn no_lock_file_keeps_direct_dependencies_and_names_the_command() {
    let directory = project(&[("package.json", ASKS_FOR_A)]);
    let reading = read(directory.path());
    assert_eq!(labels(&reading.graph).into_iter().collect::<Vec<_>>(), ["a", "r 1.0.0"]);
    let told = problems(&reading).join("\n");
    assert!(told.starts_with("Incomplete package.json: there is no lock file"), "{told}");
    assert!(told.contains("npm install --package-lock-only"), "{told}");
    let nothing_needed = project(&[("package.json", r#"{"name": "r"}"#)]);
    assert_eq!(self::told(nothing_needed.path()), "");
}

#[test]
fn a_broken_manifest_is_told_and_the_lock_still_read() {
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {"name": "r", "dependencies": {"a": "1"}, "license": "MIT"},
        "node_modules/a": {"version": "1.0.0"}}}"#;
    let directory = project(&[("package.json", "{\"name\": \"r\",\n"), ("package-lock.json", lock)]);
    let reading = read(directory.path());
    assert!(problems(&reading)[0].starts_with("Incomplete package.json:"), "{:?}", problems(&reading));
    assert_eq!(labels(&reading.graph).into_iter().collect::<Vec<_>>(), ["a 1.0.0", "r"]);
    assert_eq!(reading.graph.projects().len(), 1);
}

#[test]
fn a_lock_that_does_not_match_its_manifest_is_incomplete() {
    let other =
        r#"{"lockfileVersion": 3, "packages": {"": {"name": "r"}, "node_modules/b": {"version": "1.0.0"}}}"#;
    let directory = project(&[("package.json", ASKS_FOR_A), ("package-lock.json", other)]);
    let told = told(directory.path());
    assert!(
        told.contains("Incomplete package.json:1: package-lock.json does not match: `a` is not in it"),
        "{told}"
    );
    assert!(told.contains("left out: b 1.0.0"), "{told}");
    let older =
        r#"{"lockfileVersion": 3, "packages": {"": {"name": "r"}, "node_modules/a": {"version": "0.9.0"}}}"#;
    let directory = project(&[("package.json", ASKS_FOR_A), ("package-lock.json", older)]);
    let told = self::told(directory.path());
    assert!(told.contains("`a` is asked for as `^1.0.0` but 0.9.0 is there"), "{told}");
    let hollow = r#"{"lockfileVersion": 3, "packages": {"": {"name": "r"},
        "node_modules/a": {"version": "1.0.0", "dependencies": {"gone": "1", "maybe": "1"},
                           "optionalDependencies": {"maybe": "1"}}}}"#;
    let directory = project(&[("package.json", ASKS_FOR_A), ("package-lock.json", hollow)]);
    let told = self::told(directory.path());
    assert!(told.contains(
        "Incomplete package-lock.json: dependencies that are named but not there: a 1.0.0 needs gone"
    ));
    assert!(told.contains("not judged: maybe"), "{told}");
}

#[test]
fn duplicate_keys_are_noted_and_the_last_counts() {
    let lock = "{\"lockfileVersion\": 3, \"packages\": {\"\": {\"name\": \"r\"},\n\"node_modules/a\": {\"version\": \"1.0.0\"},\n\"node_modules/a\": {\"version\": \"1.0.1\"}}}";
    let directory = project(&[("package.json", ASKS_FOR_A), ("package-lock.json", lock)]);
    let reading = read(directory.path());
    assert!(labels(&reading.graph).contains("a 1.0.1"));
    assert_eq!(
        problems(&reading),
        [
            "Note package-lock.json:3: the key `node_modules/a` stands twice in one object; the last one counts",
            "Note package-lock.json: packages that nothing here depends on were left out: a 1.0.0",
        ]
    );
}

#[test]
fn circles_and_names_of_the_language_are_ordinary() {
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {"name": "r"},
        "node_modules/a": {"version": "1.0.0", "dependencies": {"__proto__": "1", "constructor": "1"}},
        "node_modules/__proto__": {"version": "1.0.0", "dependencies": {"a": "1"}},
        "node_modules/constructor": {"version": "1.0.0", "dependencies": {"constructor": "1", "a": "1"}}}}"#;
    let directory = project(&[("package.json", ASKS_FOR_A), ("package-lock.json", lock)]);
    let reading = read(directory.path());
    assert_eq!(reading.graph.package_count(), 4);
    assert_eq!(reading.graph.dependency_count(), 5);
    assert_eq!(problems(&reading), Vec::<String>::new());
}

#[test]
fn control_characters_never_reach_names() {
    let manifest = r#"{"name": "r\u001b[2J", "license": "MIT", "dependencies": {"a\u0007": "1\n2"}}"#;
    let directory = project(&[("package.json", manifest)]);
    let reading = read(directory.path());
    for label in labels(&reading.graph) {
        assert!(!label.chars().any(char::is_control), "{label:?}");
    }
    assert!(labels(&reading.graph).contains("a\\u{7}"));
}

#[cfg(unix)]
#[test]
fn a_lock_file_of_half_a_gigabyte_is_refused_at_once() {
    for name in ["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"] {
        let directory = project(&[("package.json", ASKS_FOR_A)]);
        std::fs::File::create(directory.path().join(name)).unwrap().set_len(500 * 1024 * 1024).unwrap();
        let reading = read(directory.path());
        let told = problems(&reading).join("\n");
        assert!(told.contains("larger than 256 MiB") && told.contains("Incomplete"), "{name}: {told}");
        assert_eq!(labels(&reading.graph).into_iter().collect::<Vec<_>>(), ["a", "r 1.0.0"], "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_does_not_hold_the_audit() {
    let directory = project(&[("package.json", ASKS_FOR_A)]);
    let package = directory.path().join("node_modules/a");
    std::fs::create_dir_all(&package).unwrap();
    let made = std::process::Command::new("mkfifo").arg(package.join("package.json")).status();
    assert!(made.is_ok_and(|status| status.success()));
    let told = told(directory.path());
    assert!(
        told.contains("node_modules/a/package.json: the file cannot be read: it is not a regular file"),
        "{told}"
    );
}

#[test]
fn paths_out_of_the_audited_tree_are_never_followed() {
    let outer = project(&[
        ("secret/package.json", r#"{"name": "secret", "version": "9.9.9", "license": "Secret-1.0"}"#),
        (
            "root/package.json",
            r#"{"name": "r", "version": "1.0.0", "workspaces": ["../secret", "/etc", "ok/*"],
                "dependencies": {"up": "file:../secret", "absolute": "file:/etc", "link": "file:linked"}}"#,
        ),
        (
            "root/package-lock.json",
            r#"{"lockfileVersion": 3, "packages": {"": {"name": "r"},
                "../secret": {"version": "1.0.0"}, "node_modules/up": {"resolved": "../secret", "link": true}}}"#,
        ),
    ]);
    let root = outer.path().join("root");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret", root.join("linked")).unwrap();
        std::os::unix::fs::symlink(outer.path(), root.join("node_modules")).unwrap();
    }
    let reading = read(&root);
    let told = problems(&reading).join("\n");
    for path in ["../secret", "/etc", "linked"] {
        assert!(told.contains(&format!("`{path}` lies outside the audited directory")), "{path}: {told}");
    }
    assert!(told.contains("the workspace `../secret` leaves this directory"), "{told}");
    assert!(told.contains("the workspace `/etc` leaves this directory"), "{told}");
    for node in reading.graph.nodes() {
        let package = reading.graph.package(node);
        let is_root = package.name == "r";
        assert!(is_root || (package.declared.is_empty() && package.files.is_none()), "{package:?}");
    }
}

#[test]
fn a_yaml_alias_bomb_is_refused() {
    let mut text = "lockfileVersion: '9.0'\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let previous = format!("*a{}", level - 1);
        let list = vec![previous; 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    let directory = project(&[("package.json", ASKS_FOR_A), ("pnpm-lock.yaml", &text)]);
    let told = told(directory.path());
    assert!(told.contains("Incomplete pnpm-lock.yaml"), "{told}");
}

#[test]
fn one_of_several_lock_files_is_used_and_the_others_are_named() {
    let npm =
        r#"{"lockfileVersion": 3, "packages": {"": {"name": "r"}, "node_modules/a": {"version": "1.0.0"}}}"#;
    let yarn = "# yarn lockfile v1\n\n\na@^1.0.0:\n  version \"1.5.0\"\n";
    let directory = project(&[("package.json", ASKS_FOR_A), ("package-lock.json", npm), ("yarn.lock", yarn)]);
    let reading = read(directory.path());
    assert!(labels(&reading.graph).contains("a 1.0.0"));
    assert_eq!(
        problems(&reading),
        [
            "FactMissing yarn.lock: package-lock.json is used, and this lock file has what that one does not: a 1.5.0; \
          delete the one that is not in use, or name the client as `packageManager` in package.json"
        ]
    );
    // One that says the same needs no word more than that it is there.
    std::fs::write(directory.path().join("yarn.lock"), yarn.replace("1.5.0", "1.0.0")).unwrap();
    assert_eq!(
        problems(&read(directory.path())),
        ["Note yarn.lock: this lock file was not read, because package-lock.json is used"]
    );
    std::fs::write(directory.path().join("yarn.lock"), yarn).unwrap();
    let chosen = ASKS_FOR_A.replace("{\"name\"", "{\"packageManager\": \"yarn@1.22.22\", \"name\"");
    std::fs::write(directory.path().join("package.json"), chosen).unwrap();
    let reading = read(directory.path());
    assert!(labels(&reading.graph).contains("a 1.5.0"));
    assert_eq!(
        problems(&reading),
        ["Note package-lock.json: this lock file was not read, because yarn.lock is used"]
    );
}

#[test]
fn line_ends_make_no_difference() {
    for (case, lock) in [
        ("everywhere-yarn-1", "yarn.lock"),
        ("everywhere-yarn-4", "yarn.lock"),
        ("everywhere-pnpm-9", "pnpm-lock.yaml"),
        ("everywhere-npm-3", "package-lock.json"),
        ("everywhere-bun", "bun.lock"),
    ] {
        let fixture = crate::text::fixture(case);
        let mut files = vec!["package.json", "packages/app/package.json", "packages/lib/package.json", lock];
        files.extend(fixture.join("pnpm-workspace.yaml").is_file().then_some("pnpm-workspace.yaml"));
        let texts: Vec<_> = files
            .iter()
            .map(|file| (*file, std::fs::read_to_string(fixture.join(file)).unwrap().replace('\n', "\r\n")))
            .collect();
        let texts: Vec<_> = texts.iter().map(|(file, text)| (*file, text.as_str())).collect();
        let directory = project(&texts);
        assert_eq!(
            crate::text::render(&read(directory.path())),
            crate::text::render(&read(&fixture)),
            "{case}"
        );
    }
}
