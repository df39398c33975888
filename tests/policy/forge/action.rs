//! Runs a composite action as GitHub's runner does: inputs, conditions, environment and the files by which a step
//! speaks. Steps of other actions are recorded with what they are given.

use super::expression::{Scope, fill, holds};
use super::log::{Command as LogCommand, commands};
use crate::work::{TODAY, repository};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the runner takes of a step's summary.
const SUMMARY_LIMIT: u64 = 1 << 20;

/// A job with one step: the action.
pub struct Job<'a> {
    pub workspace: &'a Path,
    /// The runner's own directory: home, scripts, files of the steps.
    pub runner: &'a Path,
    pub inputs: BTreeMap<&'a str, String>,
    pub github: Value,
    /// Goes before the path: stand-ins for other programs.
    pub programs: Option<PathBuf>,
    /// Other actions that fail, by a part of their name.
    pub failing: &'a [&'a str],
}

/// A step that ran.
#[derive(Debug)]
pub struct Step {
    pub name: String,
    pub succeeded: bool,
    pub log: String,
    pub commands: Vec<LogCommand>,
}

/// How the job went.
#[derive(Debug)]
pub struct Ran {
    pub succeeded: bool,
    pub steps: Vec<Step>,
    /// Other actions, with their `with`.
    pub uses: Vec<(String, BTreeMap<String, String>)>,
    pub outputs: BTreeMap<String, String>,
    pub summary: String,
}

impl Ran {
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// What another action was given, if it was started.
    pub fn given(&self, action: &str) -> Option<&BTreeMap<String, String>> {
        self.uses.iter().find(|(name, _)| name.contains(action)).map(|(_, with)| with)
    }

    /// Annotations of a level, over all steps.
    pub fn annotations(&self, level: &str) -> Vec<&LogCommand> {
        self.steps.iter().flat_map(|step| &step.commands).filter(|command| command.name == level).collect()
    }
}

/// Runs the action of this repository.
pub fn run(job: &Job<'_>) -> Ran {
    let text = fs::read_to_string(repository().join("ci/github/action.yml")).unwrap();
    let action: Value = serde_saphyr::from_str(&text).unwrap();
    let mut inputs = Map::new();
    for (name, input) in action["inputs"].as_object().unwrap() {
        inputs.insert(name.clone(), input["default"].clone());
    }
    for (name, value) in &job.inputs {
        assert!(inputs.insert((*name).to_owned(), json!(value)).is_some(), "the action has no input {name}");
    }
    let contexts = json!({
        "inputs": inputs,
        "steps": {},
        "github": job.github,
        "runner": {"os": "Linux", "arch": "X64"},
    });
    let mut scope = Scope { contexts, failed: false, workspace: job.workspace.to_owned() };
    let mut ran = Ran {
        succeeded: true,
        steps: Vec::new(),
        uses: Vec::new(),
        outputs: BTreeMap::new(),
        summary: String::new(),
    };
    for (number, step) in action["runs"]["steps"].as_array().unwrap().iter().enumerate() {
        if !holds(step["if"].as_str(), &scope) {
            continue;
        }
        let succeeded = match step["uses"].as_str() {
            Some(uses) => other_action(uses, step, job, &scope, &mut ran),
            None => script(number, step, job, &mut scope, &mut ran),
        };
        let tolerated = step["continue-on-error"] == json!(true)
            || step["continue-on-error"].as_str().is_some_and(|text| fill(text, &scope) == "true");
        if !succeeded && !tolerated {
            scope.failed = true;
        }
    }
    ran.succeeded = !scope.failed;
    for (name, output) in action["outputs"].as_object().unwrap() {
        ran.outputs.insert(name.clone(), fill(output["value"].as_str().unwrap(), &scope));
    }
    ran
}

fn texts(map: &Value, scope: &Scope) -> BTreeMap<String, String> {
    let entries = map.as_object().into_iter().flatten();
    entries.map(|(name, value)| (name.clone(), fill(value.as_str().unwrap(), scope))).collect()
}

fn other_action(uses: &str, step: &Value, job: &Job<'_>, scope: &Scope, ran: &mut Ran) -> bool {
    assert!(uses.contains('@'), "{uses} names no version");
    ran.uses.push((uses.to_owned(), texts(&step["with"], scope)));
    !job.failing.iter().any(|part| uses.contains(part))
}

fn script(number: usize, step: &Value, job: &Job<'_>, scope: &mut Scope, ran: &mut Ran) -> bool {
    assert_eq!(step["shell"], "bash", "a script of an action has to name its shell");
    let own = job.runner.join(format!("step-{number}"));
    let home = job.runner.join("home");
    fs::create_dir_all(&own).unwrap();
    fs::create_dir_all(&home).unwrap();
    for name in ["output", "summary", "env", "path"] {
        fs::write(own.join(name), "").unwrap();
    }
    fs::write(own.join("script.sh"), fill(step["run"].as_str().unwrap(), scope)).unwrap();
    let mut path = std::env::var("PATH").unwrap();
    if let Some(programs) = &job.programs {
        path = format!("{}:{path}", programs.display());
    }
    // One stream, as in the log.
    let mut command = Command::new("bash");
    let outcome = command
        .args(["-c", r#"exec 2>&1; bash --noprofile --norc -eo pipefail "$0""#])
        .arg(own.join("script.sh"))
        .current_dir(job.workspace)
        .env_clear()
        .env("PATH", path)
        .env("HOME", home)
        .env("LANG", "C.UTF-8")
        .env("SOURCE_DATE_EPOCH", TODAY)
        .env("LICGRAPH_OFFLINE", "1")
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", job.workspace)
        .env("GITHUB_ACTION_PATH", repository().join("ci/github"))
        .env("GITHUB_OUTPUT", own.join("output"))
        .env("GITHUB_STEP_SUMMARY", own.join("summary"))
        .env("GITHUB_ENV", own.join("env"))
        .env("GITHUB_PATH", own.join("path"))
        .envs(texts(&step["env"], scope))
        .output()
        .unwrap();
    for name in ["env", "path"] {
        assert_eq!(fs::read_to_string(own.join(name)).unwrap(), "", "no step of the action writes to {name}");
    }
    let summary = own.join("summary");
    assert!(fs::metadata(&summary).unwrap().len() <= SUMMARY_LIMIT, "the runner refuses such a summary");
    ran.summary.push_str(&fs::read_to_string(summary).unwrap());
    if let Some(id) = step["id"].as_str() {
        scope.contexts["steps"][id] = json!({"outputs": outputs(&own.join("output"))});
    }
    let log = String::from_utf8(outcome.stdout).expect("the log is UTF-8");
    ran.steps.push(Step {
        name: step["name"].as_str().unwrap().to_owned(),
        succeeded: outcome.status.success(),
        commands: commands(&log),
        log,
    });
    outcome.status.success()
}

fn outputs(file: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(file).unwrap();
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("no output: {line}"));
        assert!(!name.contains("<<"), "several lines are not read here: {line}");
        (name.to_owned(), value.to_owned())
    };
    text.lines().map(pair).collect()
}
