//! Continuous integration read as what it does: which steps really run, when, and whether a failure counts.

use super::claims::parse_yaml;
use super::manifest::line_with;
use super::tree::{Document, Tree};
use serde_json::{Map, Value};

/// When a workflow runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// At fixed times.
    Schedule,
    /// On a push or a proposed change; with the paths it is limited to.
    Change(Vec<String>),
    /// Only when somebody starts it, or on events that have nothing to do with time or change.
    Other,
}

/// A file of the continuous integration.
#[derive(Debug)]
pub struct Workflow {
    /// Its path.
    pub path: String,
    /// When it runs.
    pub triggers: Vec<Trigger>,
    /// What it runs, step by step.
    pub steps: Vec<Step>,
    /// Why it could not be read.
    pub unreadable: Option<String>,
}

/// A step.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Line in the file, from 1.
    pub line: usize,
    /// The action or template it uses.
    pub uses: String,
    /// The commands it runs, one a line; those whose failure is swallowed are left out.
    pub commands: Vec<String>,
    /// The parameters of the action.
    pub with: Map<String, Value>,
    /// Why it does not count: it never runs, or its failure is ignored.
    pub idle: Option<String>,
    /// The repository to which a condition limits it.
    pub only_in: Option<String>,
}

impl Workflow {
    /// Whether it runs by itself on a schedule, or on any change to a lock file.
    pub fn runs_regularly(&self) -> bool {
        self.triggers.iter().any(|trigger| match trigger {
            Trigger::Schedule => true,
            Trigger::Change(paths) => paths.is_empty() || paths.iter().any(|path| covers_lock_file(path)),
            Trigger::Other => false,
        })
    }

    /// `path:line` of a step.
    pub fn place(&self, step: &Step) -> String {
        format!("{}:{}", self.path, step.line)
    }
}

/// A path filter under which a change of a lock file still starts the job.
fn covers_lock_file(pattern: &str) -> bool {
    let lower = pattern.to_lowercase();
    let names =
        ["lock", "go.sum", "go.mod", "requirements", "cargo.toml", "package.json", "pyproject", "pom.xml"];
    lower == "**" || lower == "*" || names.iter().any(|name| lower.contains(name))
}

/// Reads every file of the continuous integration.
pub fn read(tree: &Tree) -> Vec<Workflow> {
    tree.files()
        .iter()
        .filter_map(|file| Some((reader_of(&file.path)?, tree.as_document(file)?)))
        .map(|(reader, document)| read_one(tree, &document, reader))
        .collect()
}

type Reader = fn(&Document, &Value) -> Workflow;

fn reader_of(path: &str) -> Option<Reader> {
    let yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    let actions = [".github/workflows/", ".gitea/workflows/", ".forgejo/workflows/"];
    if yaml && actions.iter().any(|folder| path.starts_with(folder)) {
        Some(read_actions)
    } else if matches!(path, ".gitlab-ci.yml" | ".gitlab-ci.yaml")
        || (yaml && path.starts_with(".gitlab/ci/"))
    {
        Some(read_gitlab)
    } else if yaml && is_other_ci(path) {
        Some(read_any)
    } else {
        None
    }
}

fn read_one(tree: &Tree, document: &Document, reader: Reader) -> Workflow {
    let mut workflow = match parse_yaml(document.text) {
        Ok(value) => reader(document, &value),
        Err(reason) => Workflow { unreadable: Some(reason), ..empty(document) },
    };
    for step in &mut workflow.steps {
        follow_make(tree, step);
    }
    workflow
}

fn is_other_ci(path: &str) -> bool {
    let folders = [".circleci/", ".woodpecker/", ".builds/"];
    let names = [".build.yml", ".woodpecker.yml", ".travis.yml", "azure-pipelines.yml", ".drone.yml"];
    folders.iter().any(|folder| path.starts_with(folder)) || names.contains(&path)
}

/// GitHub, Gitea and Forgejo Actions.
fn read_actions(document: &Document, value: &Value) -> Workflow {
    let mut workflow = empty(document);
    workflow.triggers = action_triggers(value.get("on").or_else(|| value.get("true")));
    for (_, job) in value.get("jobs").and_then(Value::as_object).into_iter().flatten() {
        let idle = idle(job);
        let only_in = limit(job);
        let mut steps: Vec<&Value> =
            job.get("steps").and_then(Value::as_array).into_iter().flatten().collect();
        if job.get("uses").is_some() {
            steps.push(job);
        }
        for raw in steps {
            let mut step =
                step(document, raw.get("uses").and_then(Value::as_str).unwrap_or(""), text(raw.get("run")));
            step.with = raw.get("with").and_then(Value::as_object).cloned().unwrap_or_default();
            step.idle = idle.clone().or_else(|| self::idle(raw));
            step.only_in = only_in.clone().or_else(|| limit(raw));
            workflow.steps.push(step);
        }
    }
    workflow
}

fn action_triggers(on: Option<&Value>) -> Vec<Trigger> {
    let event = |name: &str, body: Option<&Value>| match name {
        "schedule" => Trigger::Schedule,
        "push" | "pull_request" | "merge_group" | "pull_request_target" => {
            let only_tags =
                body.is_some_and(|body| body.get("tags").is_some() && body.get("branches").is_none());
            let paths = body.and_then(|body| body.get("paths")).map(list).unwrap_or_default();
            if only_tags { Trigger::Other } else { Trigger::Change(paths) }
        }
        _ => Trigger::Other,
    };
    match on {
        Some(Value::String(name)) => vec![event(name, None)],
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).map(|name| event(name, None)).collect()
        }
        Some(Value::Object(events)) => events.iter().map(|(name, body)| event(name, Some(body))).collect(),
        _ => Vec::new(),
    }
}

/// Why a job or step does not count.
fn idle(value: &Value) -> Option<String> {
    let truth = |field: &str| match value.get(field) {
        Some(Value::Bool(answer)) => Some(*answer),
        Some(Value::String(text)) => bare(text).parse().ok(),
        _ => None,
    };
    if truth("if") == Some(false) {
        return Some("`if: false`: it never runs".to_owned());
    }
    if truth("continue-on-error") == Some(true) {
        return Some("`continue-on-error`: its failure is ignored".to_owned());
    }
    None
}

/// The expression without `${{ }}`.
fn bare(text: &str) -> &str {
    text.trim().trim_start_matches("${{").trim_end_matches("}}").trim()
}

/// The repository that an `if: github.repository == 'owner/name'` names.
fn limit(value: &Value) -> Option<String> {
    let condition = value.get("if")?.as_str()?;
    let rest = condition
        .split_once("github.repository ==")
        .or_else(|| condition.split_once("github.repository=="))?
        .1;
    let name = rest.trim_start().strip_prefix('\'')?;
    Some(name.split('\'').next().unwrap_or("").to_owned())
}

/// GitLab CI: every top-level table with a script is a job.
fn read_gitlab(document: &Document, value: &Value) -> Workflow {
    let mut workflow = empty(document);
    workflow.triggers = vec![Trigger::Change(Vec::new())];
    for template in includes(value.get("include")) {
        workflow.steps.push(step(document, &template, String::new()));
    }
    for (name, job) in value.as_object().into_iter().flatten() {
        if name.starts_with('.') || job.get("script").is_none() {
            continue;
        }
        let mut step = step(document, "", text(job.get("script")));
        step.idle = match (job.get("allow_failure"), job.get("when").and_then(Value::as_str)) {
            (Some(Value::Bool(true)), _) => Some("`allow_failure`: its failure is ignored".to_owned()),
            (_, Some("manual" | "never")) => Some("it only runs when somebody starts it".to_owned()),
            _ => None,
        };
        workflow.steps.push(step);
    }
    workflow
}

fn includes(value: Option<&Value>) -> Vec<String> {
    let name = |entry: &Value| {
        let fields = ["template", "component", "project", "remote", "local"];
        entry
            .as_str()
            .or_else(|| fields.iter().find_map(|field| entry.get(field)?.as_str()))
            .map(str::to_owned)
    };
    match value {
        Some(Value::Array(entries)) => entries.iter().filter_map(name).collect(),
        Some(entry) => name(entry).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Any other system: whatever stands under a key that means commands.
fn read_any(document: &Document, value: &Value) -> Workflow {
    let mut workflow = empty(document);
    workflow.triggers = vec![Trigger::Change(Vec::new())];
    let mut scripts = Vec::new();
    collect(value, &mut scripts);
    workflow.steps = scripts.into_iter().map(|script| step(document, "", script)).collect();
    workflow
}

fn collect(value: &Value, into: &mut Vec<String>) {
    const KEYS: &[&str] = &["script", "run", "commands", "command", "tasks", "bash"];
    match value {
        Value::Object(table) => {
            for (key, inner) in table {
                if KEYS.contains(&key.as_str()) && !inner.is_object() {
                    into.push(text(Some(inner)));
                } else {
                    collect(inner, into);
                }
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| collect(entry, into)),
        _ => {}
    }
}

fn empty(document: &Document) -> Workflow {
    Workflow { path: document.path.clone(), triggers: Vec::new(), steps: Vec::new(), unreadable: None }
}

fn step(document: &Document, uses: &str, script: String) -> Step {
    let wanted = if uses.is_empty() { script.as_str() } else { uses };
    Step {
        line: line_with(document.text, wanted),
        uses: uses.to_owned(),
        commands: counting_commands(&script),
        ..Step::default()
    }
}

/// The commands of a script whose failure fails the job.
fn counting_commands(script: &str) -> Vec<String> {
    let joined = script.replace("\\\n", " ");
    let swallowed =
        ["|| true", "||true", "|| :", "|| exit 0", "|| echo", "; true", "; exit 0", "|| /bin/true"];
    if joined.lines().any(|line| line.trim() == "set +e") {
        return Vec::new();
    }
    joined
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with("echo "))
        .filter(|line| !swallowed.iter().any(|suffix| line.contains(suffix)))
        .map(str::to_owned)
        .collect()
}

/// Puts the recipe of a Makefile target in the place of `make target`.
fn follow_make(tree: &Tree, step: &mut Step) {
    let targets: Vec<String> = step
        .commands
        .iter()
        .filter_map(|command| command.strip_prefix("make "))
        .flat_map(|rest| rest.split_whitespace().filter(|word| !word.starts_with('-')).map(str::to_owned))
        .collect();
    let Some(makefile) = ["Makefile", "makefile", "GNUmakefile"].iter().find_map(|name| tree.document(name))
    else {
        return;
    };
    for target in targets {
        let head = format!("{target}:");
        let recipe = makefile.text.lines().skip_while(|line| !line.starts_with(&head)).skip(1);
        // A leading `-` tells make to ignore the failure.
        let lines =
            recipe.take_while(|line| line.starts_with('\t')).map(|line| line.trim().trim_start_matches('@'));
        let kept: Vec<&str> = lines.filter(|line| !line.starts_with('-')).collect();
        step.commands.extend(counting_commands(&kept.join("\n")));
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(entries)) => {
            entries.iter().map(|entry| text(Some(entry))).collect::<Vec<_>>().join("\n")
        }
        Some(Value::Object(table)) => {
            table.values().map(|entry| text(Some(entry))).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(entries) => entries.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(one) => vec![one.clone()],
        _ => Vec::new(),
    }
}
