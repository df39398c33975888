//! Two machines give the same bytes: digests of every form in which something is printed, recorded once and held by
//! every machine that runs the tests, whatever its processor, byte order, word size and system.

use crate::work::{TODAY, repository};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// One project or more of every ecosystem, below `fixtures`.
pub const PROJECTS: [&str; 10] = [
    "cargo/registries",
    "cargo/workspace",
    "go/build-list",
    "go/imports",
    "npm/everywhere-yarn-4",
    "npm/installed-pnpm",
    "policy/monorepo",
    "policy/story/after",
    "python/pip-environment",
    "python/uv-workspace",
];
/// Installed by links, which a system may refuse to make.
const WITH_LINKS: &str = "npm/installed-pnpm";
const RECORD: &str = "fixtures/policy/recorded-bytes.txt";

/// Every form in which something is printed about a project.
pub fn forms() -> Vec<Vec<&'static str>> {
    let mut forms: Vec<Vec<&str>> = Vec::new();
    for form in ["terminal", "json", "sarif", "junit", "markdown", "csv", "html"] {
        forms.push(vec!["check", "--format", form]);
    }
    for form in [
        "cyclonedx-json",
        "cyclonedx-json-1.5",
        "cyclonedx-json-1.7",
        "cyclonedx-xml",
        "cyclonedx-xml-1.5",
        "cyclonedx-xml-1.7",
        "spdx-json",
        "spdx-tag-value",
        "spdx3-json",
    ] {
        forms.push(vec!["sbom", "--format", form, "--license-texts", "--practices"]);
    }
    forms.push(vec!["sbom", "--profile", "bsi"]);
    for form in ["text", "markdown", "html", "json"] {
        forms.push(vec!["notices", "--format", form]);
    }
    for form in ["dot", "graphml", "mermaid"] {
        forms.push(vec!["graph", "--format", form]);
    }
    forms.extend([vec!["tree"], vec!["relicense"], vec!["relicense", "--format", "json"]]);
    forms.extend([vec!["practices"], vec!["practices", "--format", "json"], vec!["init", "--stdout"]]);
    forms
}

/// Copies a directory with its links, writing files in the order of their names or the other way round.
pub fn copy(from: &Path, to: &Path, backwards: bool) {
    fs::create_dir_all(to).unwrap();
    let mut entries: Vec<_> = fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    if backwards {
        entries.reverse();
    }
    for entry in entries {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_symlink() {
            link(&fs::read_link(&entry).unwrap(), &target);
        } else if entry.is_dir() {
            copy(&entry, &target, backwards);
        } else {
            fs::copy(entry, target).unwrap();
        }
    }
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) {
    std::os::unix::fs::symlink(to, at).unwrap();
}

#[cfg(not(unix))]
fn link(to: &Path, at: &Path) {
    panic!("{} -> {}: links are for systems that make them", at.display(), to.display());
}

#[test]
fn every_machine_gives_the_recorded_bytes() {
    let record = repository().join(RECORD);
    if std::env::var_os("LICGRAPH_UPDATE").is_some() {
        let lines = PROJECTS.map(|project| format!("{}  {project}\n", digest(&printed(project))));
        return fs::write(record, lines.concat()).unwrap();
    }
    let recorded = fs::read_to_string(record).unwrap();
    let mut compared = 0;
    for project in PROJECTS.into_iter().filter(|project| cfg!(unix) || *project != WITH_LINKS) {
        let printed = printed(project);
        let line = format!("{}  {project}", digest(&printed));
        let forms: String = printed.iter().fold(String::new(), |mut text, (form, bytes)| {
            let _ = writeln!(text, "{} {form}", hex::encode(Sha256::digest(bytes)));
            text
        });
        assert!(
            recorded.lines().any(|known| known == line),
            "{line} is not what {RECORD} says. After a change of what is printed, run the test with LICGRAPH_UPDATE=1; \
             without one, this machine prints something else than another:\n{forms}"
        );
        compared += 1;
    }
    assert!(compared >= PROJECTS.len() - 1);
}

/// What each form prints about a project, with nothing of the machine but a directory of its own.
fn printed(project: &str) -> Vec<(String, Vec<u8>)> {
    let root = TempDir::new().unwrap();
    let home = root.path().join("home");
    fs::create_dir(&home).unwrap();
    let fixture = root.path().join("fixture");
    copy(&repository().join("fixtures").join(project), &fixture, false);
    let inner = fixture.join("project");
    let directory = if inner.is_dir() { inner } else { fixture.clone() };
    let run = |form: Vec<&'static str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_licgraph"));
        command.args(&form).current_dir(&directory).env_clear();
        // Without it Windows starts no program.
        command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        command.env("LICGRAPH_OFFLINE", "1").env("SOURCE_DATE_EPOCH", TODAY).env("HOME", &home);
        command.env("CARGO_HOME", fixture.join("home")).env("GOMODCACHE", fixture.join("cache"));
        (form.join(" "), command.output().unwrap().stdout)
    };
    forms().into_iter().map(run).collect()
}

fn digest(printed: &[(String, Vec<u8>)]) -> String {
    let mut digest = Sha256::new();
    for (form, bytes) in printed {
        digest.update(form);
        digest.update(bytes.len().to_string());
        digest.update(bytes);
    }
    hex::encode(digest.finalize())
}
