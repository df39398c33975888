//! LIC-2: the compatibility with the licenses of the dependencies is reviewed regularly.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::rule::{Context, Outcome, Rule, Template, remark, seen};
use crate::practices::tree::Tree;
use crate::practices::workflows::Step;
use serde_json::Value;

/// The rule.
pub const RULE: Rule = Rule {
    id: "LIC-2",
    recommendation: "The compatibility with the licenses of the dependencies is reviewed regularly.",
    verb: Verb::Must,
    fix: "Run a license check of the dependencies in a job that starts on a schedule or when a lock file changes, and let its failure count.",
    template: Some(Template {
        file: ".github/workflows/licenses.yml",
        text: include_str!("../../../data/practices/licenses.yml"),
    }),
    check,
};

/// A written review is regular if it is not older than this many days.
const RECENT_DAYS: i64 = 365;

fn check(context: &Context) -> Outcome {
    let mut live = Vec::new();
    let mut doubtful = Vec::new();
    for workflow in context.tree.workflows() {
        for step in &workflow.steps {
            let Some((tool, defect)) = license_check(context.tree, step) else { continue };
            let irregular = (!workflow.runs_regularly())
                .then(|| "it runs neither on a schedule nor when a lock file changes".to_owned());
            match step.idle.clone().or(irregular).or(defect) {
                None => live.push(seen(format!("runs {tool}"), workflow.place(step))),
                Some(reason) => {
                    doubtful.push(seen(format!("{tool} does not count: {reason}"), workflow.place(step)))
                }
            }
        }
    }
    judge(context, live, doubtful).with(own_result(context))
}

fn judge(context: &Context, live: Vec<PracticeEvidence>, doubtful: Vec<PracticeEvidence>) -> Outcome {
    if !live.is_empty() {
        return Outcome::pass(0.85, "A job checks the licenses of the dependencies regularly.")
            .with(live)
            .with(doubtful);
    }
    if let Some(outcome) = record(context) {
        return outcome.with(doubtful);
    }
    if let Some(workflow) = context.tree.workflows().iter().find(|workflow| workflow.unreadable.is_some()) {
        let reason = workflow.unreadable.clone().unwrap_or_default();
        return Outcome::unknown("A file of the continuous integration could not be read.")
            .seen(reason, workflow.path.clone());
    }
    if let Some(file) = context.tree.files().iter().find(|file| file.name() == "Jenkinsfile") {
        return Outcome::review(
            0.3,
            "The continuous integration is a program (Jenkinsfile) that was not read.",
        )
        .seen("not read", file.path.clone());
    }
    if let Some(outcome) = by_hand(context.tree) {
        return outcome.with(doubtful);
    }
    Outcome::fail(
        0.7,
        "No job checks the licenses of the dependencies regularly, and no review is on record.",
    )
    .with(doubtful)
}

/// A check in a file from which people, or a system elsewhere, start it.
fn by_hand(tree: &Tree) -> Option<Outcome> {
    let names = [
        "Makefile",
        "makefile",
        "GNUmakefile",
        "justfile",
        "Justfile",
        "tox.ini",
        "noxfile.py",
        "Taskfile.yml",
    ];
    names.iter().filter_map(|name| tree.document(name)).find_map(|document| {
        let (at, tool) = document.text.lines().enumerate().find_map(|(at, line)| {
            let line = line.trim().trim_start_matches('@');
            command_check(tree, line).filter(|(_, defect)| defect.is_none()).map(|(tool, _)| (at, tool))
        })?;
        Some(
            Outcome::review(0.4, "A license check is set up, but no job that runs it was found.")
                .seen(tool, document.place(at + 1)),
        )
    })
}

/// What this program's own audit found now. One run is a review; only a job makes it regular.
fn own_result(context: &Context) -> Option<PracticeEvidence> {
    let facts = context.inputs.compatibility.as_ref()?;
    let date = context.inputs.today().map_or("this audit".to_owned(), |date| format!("this audit, {date}"));
    let state = if facts.complete { "complete" } else { "incomplete" };
    Some(remark(format!("{date}: {state}, {} dependencies in conflict", facts.conflicts.len())))
}

fn record(context: &Context) -> Option<Outcome> {
    let record = context.inputs.review_record.as_ref()?;
    let days =
        context.inputs.today().and_then(|today| (today - record.date).total((jiff::Unit::Day, today)).ok());
    let outcome = match days {
        _ if record.dependencies == 0 => {
            Outcome::review(0.4, "A review is on record, but lists no dependency.")
        }
        None => Outcome::review(
            0.4,
            format!(
                "A review of {} is on record; the audit was given no date to compare it with.",
                record.date
            ),
        ),
        Some(days) if days < 0.0 => {
            Outcome::review(0.3, format!("The review on record is dated {}, in the future.", record.date))
        }
        Some(days) if days as i64 <= RECENT_DAYS => Outcome::pass(
            0.7,
            format!(
                "The last review on record is of {} and lists {} dependencies.",
                record.date, record.dependencies
            ),
        ),
        Some(_) => Outcome::fail(
            0.8,
            format!("The last review on record is of {}, more than a year ago.", record.date),
        ),
    };
    Some(outcome.seen("the review on record", record.place.clone()))
}

/// The license check of dependencies that a step runs, and what makes it worthless.
fn license_check(tree: &Tree, step: &Step) -> Option<(String, Option<String>)> {
    let uses = step.uses.to_lowercase();
    let with = |name: &str| {
        step.with
            .get(name)
            .map(|value| value.as_str().map_or(value.to_string(), str::to_owned))
            .unwrap_or_default()
    };
    if uses.contains("cargo-deny-action") {
        let command = with("command");
        return covers_licenses(&command).then(|| ("cargo-deny".to_owned(), deny_defect(tree)));
    }
    if uses.contains("dependency-review-action") {
        let listed = [with("allow-licenses"), with("deny-licenses"), with("config-file")];
        let defect = listed[0].trim() == "*";
        return listed
            .iter()
            .any(|value| !value.is_empty())
            .then(|| ("dependency-review".to_owned(), defect.then(|| "its allow-list is `*`".to_owned())));
    }
    if uses.contains("ort-ci-github-action") || uses.contains("fossas/fossa-action") {
        let tests = uses.contains("ort") || with("run-tests") == "true";
        return tests.then(|| (step.uses.clone(), None));
    }
    step.commands.iter().find_map(|command| command_check(tree, command))
}

fn command_check(tree: &Tree, line: &str) -> Option<(String, Option<String>)> {
    line.split("&&").flat_map(|part| part.split(';')).find_map(|part| {
        let part = part.trim();
        let part = ["npx ", "uvx ", "uv run ", "poetry run ", "python -m ", "python3 -m ", "yarn ", "pnpm "]
            .iter()
            .fold(part, |rest, runner| rest.strip_prefix(runner).unwrap_or(rest));
        let words: Vec<&str> = part.split_whitespace().collect();
        let has = |flag: &str| words.iter().any(|word| word.starts_with(flag));
        let policy = |name: &str, wanted: bool| {
            Some((name.to_owned(), (!wanted).then(|| "it has no list of licenses to judge by".to_owned())))
        };
        match words.as_slice() {
            ["licgraph", "check", ..] | ["cargo", "licgraph", "check", ..] => {
                Some(("licgraph check".to_owned(), None))
            }
            ["cargo", "deny", rest @ ..] if rest.contains(&"check") => {
                let checks = rest
                    .iter()
                    .skip_while(|word| **word != "check")
                    .skip(1)
                    .copied()
                    .collect::<Vec<_>>()
                    .join(" ");
                covers_licenses(&checks).then(|| ("cargo deny check".to_owned(), deny_defect(tree)))
            }
            ["liccheck", ..] => policy(
                "liccheck",
                tree.files()
                    .iter()
                    .any(|file| file.name().contains("strategy") || file.path == "pyproject.toml"),
            ),
            ["license-checker" | "license-checker-rseidelsohn", ..] => {
                policy("license-checker", has("--onlyAllow") || has("--failOn"))
            }
            ["pip-licenses", ..] => policy("pip-licenses", has("--fail-on") || has("--allow-only")),
            ["go-licenses", "check", ..] => policy("go-licenses check", true),
            ["fossa", "test", ..] => policy("fossa test", true),
            ["ort", rest @ ..] if rest.contains(&"evaluate") => policy(
                "ort evaluate",
                has("--rules-file")
                    || has("-r")
                    || tree.files().iter().any(|file| file.name().ends_with(".rules.kts")),
            ),
            _ => None,
        }
    })
}

/// Whether a cargo-deny command line includes licenses: it does by default.
fn covers_licenses(checks: &str) -> bool {
    let named: Vec<&str> =
        checks.split_whitespace().filter(|word| !word.starts_with('-') && *word != "check").collect();
    named.is_empty() || named.iter().any(|word| matches!(*word, "licenses" | "license" | "all"))
}

/// cargo-deny judges by deny.toml; without a list of allowed licenses, or with one that allows all, it judges nothing.
fn deny_defect(tree: &Tree) -> Option<String> {
    let names = ["deny.toml", ".cargo/deny.toml", ".deny.toml"];
    let Some(document) = names.iter().find_map(|name| tree.document(name)) else {
        return Some("there is no deny.toml".to_owned());
    };
    let value: Value = match toml::from_str(document.text) {
        Ok(value) => value,
        Err(error) => return Some(format!("{} is not TOML: {}", document.path, error.message())),
    };
    let allowed: Vec<&str> = value
        .pointer("/licenses/allow")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if allowed.is_empty() {
        return Some(format!("{} allows no license by name", document.path));
    }
    allowed.contains(&"*").then(|| format!("{} allows every license", document.path))
}
