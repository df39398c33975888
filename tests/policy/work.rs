//! A project in a directory of its own, and the program run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// 2026-11-22, in seconds.
pub const TODAY: &str = "1795305600";

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A fixture of this area.
pub fn fixture(case: &str) -> PathBuf {
    repository().join("fixtures/policy").join(case)
}

/// How a run ended, and what it wrote.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Outcome {
    /// The standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A project in a directory of its own.
pub struct Project {
    directory: TempDir,
    epoch: String,
}

impl Project {
    /// Empty.
    pub fn new() -> Self {
        Self { directory: TempDir::new().unwrap(), epoch: TODAY.to_owned() }
    }

    /// A copy of a fixture.
    pub fn of(case: &str) -> Self {
        let project = Self::new();
        project.take(case);
        project
    }

    /// Copies a fixture over what is there.
    pub fn take(&self, case: &str) {
        copy(&fixture(case), self.path());
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let file = self.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Moves the clock.
    pub fn at(&mut self, seconds: &str) {
        seconds.clone_into(&mut self.epoch);
    }

    /// A command in the project, with nothing of the user's environment that the program reads.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).env("SOURCE_DATE_EPOCH", &self.epoch).env("NO_COLOR", "1");
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LICGRAPH_")) {
            command.env_remove(name);
        }
        command
    }

    /// Runs the program, offline where it could ask.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with(arguments, &[])
    }

    /// Runs the program with variables.
    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let mut command = self.command(env!("CARGO_BIN_EXE_licgraph"));
        command.args(arguments).env("LICGRAPH_OFFLINE", "1").envs(variables.iter().copied());
        outcome(&mut command)
    }

    /// The report of `check`, whatever its exit code.
    pub fn report(&self, arguments: &[&str]) -> (i32, serde_json::Value) {
        let mut all = vec!["check", "--format", "json"];
        all.extend(arguments);
        let outcome = self.run(&all);
        (outcome.code, outcome.json())
    }

    /// Runs git without the user's configuration.
    pub fn git(&self, arguments: &[&str]) {
        self.git_says(arguments);
    }

    /// Runs git without the user's configuration, and gives back what it wrote.
    pub fn git_says(&self, arguments: &[&str]) -> String {
        let mut command = self.command("git");
        command
            .args([
                "-c",
                "user.name=Test",
                "-c",
                "user.email=test@example.invalid",
                "-c",
                "init.defaultBranch=main",
            ])
            .args(arguments)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        let done = outcome(&mut command);
        assert_eq!(done.code, 0, "{done:?}");
        done.out.trim().to_owned()
    }
}

pub fn outcome(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    Outcome {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The findings of a report that count, as `rule package`.
pub fn counting(report: &serde_json::Value) -> Vec<String> {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["suppressed"].is_null())
        .map(|finding| {
            let package = finding["package_label"].as_str().unwrap_or("-");
            format!("{} {package}", finding["rule"].as_str().unwrap())
        })
        .collect()
}

/// Copies a directory.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
