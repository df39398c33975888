//! Building repositories with fixed dates, and finding results.

use jiff::Timestamp;
use licgraph::model::{DetectedKind, DetectedLicense, PracticeResult};
use std::fs;
use std::path::Path;
use std::process::Command;

pub fn today() -> Timestamp {
    "2026-06-15T12:00:00Z".parse().unwrap()
}

pub fn result(results: &[PracticeResult], id: &str) -> PracticeResult {
    results.iter().find(|result| result.id == id).unwrap_or_else(|| panic!("no rule {id}")).clone()
}

pub fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A git command that knows no setting of this machine.
pub fn git(root: &Path, date: &str, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "protocol.file.allow=always",
            "-c",
            "commit.gpgSign=false",
        ])
        .args(arguments)
        .current_dir(root)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_NAME", "A")
        .env("GIT_AUTHOR_EMAIL", "a@tool.example")
        .env("GIT_COMMITTER_NAME", "A")
        .env("GIT_COMMITTER_EMAIL", "a@tool.example")
        .env("GIT_AUTHOR_DATE", date)
        .env("GIT_COMMITTER_DATE", date)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn commit(root: &Path, message: &str, date: &str) {
    if !root.join(".git").exists() {
        git(root, date, &["init", "-q"]);
    }
    git(root, date, &["add", "-A"]);
    git(root, date, &["commit", "-q", "--allow-empty", "-m", message]);
}

/// A detected license text; no candidate means that nobody knows it.
pub fn text_of(file: &str, candidates: &[&str]) -> DetectedLicense {
    DetectedLicense {
        kind: if candidates.is_empty() { DetectedKind::Unknown } else { DetectedKind::Text },
        file: file.to_owned(),
        first_line: 1,
        last_line: 20,
        candidates: candidates.iter().map(|text| (*text).to_owned()).collect(),
        confidence: 0.99,
        sha256: String::new(),
    }
}
