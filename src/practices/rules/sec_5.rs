//! SEC-5: regular security assessments, such as fuzzing.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::place;
use crate::practices::rule::{Context, Outcome, Rule, Template, seen};
use crate::practices::text::{dates, mentions, word_count};
use crate::practices::tree::Tree;
use crate::practices::workflows::{Step, Workflow};

/// The rule.
pub const RULE: Rule = Rule {
    id: "SEC-5",
    recommendation: "The security of the software is assessed regularly, for example by fuzzing.",
    verb: Verb::Should,
    fix: "Run a static analysis, an advisory check or a fuzzer in a scheduled job whose failure counts.",
    template: Some(Template {
        file: ".github/workflows/security.yml",
        text: include_str!("../../../data/practices/security.yml"),
    }),
    check,
};

/// Actions and templates that assess, as a part of their name.
const ACTIONS: &[&str] = &[
    "github/codeql-action/analyze",
    "clusterfuzzlite/actions/run_fuzzers",
    "oss-fuzz/infra/cifuzz/actions/run_fuzzers",
    "semgrep/semgrep-action",
    "returntocorp/semgrep-action",
    "rustsec/audit-check",
    "actions-rust-lang/audit",
    "securego/gosec",
    "golang/govulncheck-action",
    "google/osv-scanner-action",
    "aquasecurity/trivy-action",
    "anchore/scan-action",
    "zizmorcore/zizmor-action",
    "pypa/gh-action-pip-audit",
    "snyk/actions",
    "sonarsource/",
    "pycqa/bandit-action",
    "security/sast.gitlab-ci.yml",
    "jobs/sast",
    "security/dependency-scanning",
    "coverage-fuzzing.gitlab-ci.yml",
    "security/dast",
];
/// Commands that assess, as the words they begin with.
const COMMANDS: &[&str] = &[
    "cargo fuzz run",
    "cargo +nightly fuzz run",
    "cargo audit",
    "cargo deny check advisories",
    "cargo deny check bans advisories",
    "semgrep ci",
    "semgrep scan",
    "semgrep --config",
    "bandit -r",
    "bandit ",
    "zizmor ",
    "gosec ",
    "govulncheck ",
    "pip-audit",
    "npm audit",
    "pnpm audit",
    "yarn audit",
    "yarn npm audit",
    "osv-scanner",
    "trivy ",
    "grype ",
    "codeql database analyze",
    "brakeman",
    "afl-fuzz",
    "honggfuzz",
    "cargo afl fuzz",
    "cargo hfuzz run",
    "go test -fuzz",
    "flawfinder ",
    "scan-build ",
    "infer run",
    "safety check",
];

fn check(context: &Context) -> Outcome {
    let mut live = Vec::new();
    let mut doubtful = Vec::new();
    for workflow in context.tree.workflows() {
        for step in &workflow.steps {
            let Some(tool) = assessment(step) else { continue };
            match objection(context, workflow, step) {
                None => live.push(seen(format!("runs {tool}"), workflow.place(step))),
                Some(reason) => {
                    doubtful.push(seen(format!("{tool} does not count: {reason}"), workflow.place(step)))
                }
            }
        }
    }
    judge(context, live, doubtful)
}

fn judge(context: &Context, live: Vec<PracticeEvidence>, doubtful: Vec<PracticeEvidence>) -> Outcome {
    if !live.is_empty() && !is_stale(context) {
        return Outcome::pass(0.8, "A job assesses the security regularly.").with(live).with(doubtful);
    }
    if !live.is_empty() {
        return Outcome::review(
            0.5,
            "A job is set up, but nothing was committed for a year; forges stop schedules then.",
        )
        .with(live);
    }
    if let Some(report) = report(context) {
        return report.with(doubtful);
    }
    if let Some(workflow) = context.tree.workflows().iter().find(|workflow| workflow.unreadable.is_some()) {
        let reason = workflow.unreadable.clone().unwrap_or_default();
        return Outcome::unknown("A file of the continuous integration could not be read.")
            .seen(reason, workflow.path.clone());
    }
    if context
        .tree
        .workflows()
        .iter()
        .flat_map(|workflow| &workflow.steps)
        .any(|step| may_be_limited(context, step))
    {
        return Outcome::review(0.4, "A job is limited to a repository that may or may not be this one.")
            .with(doubtful);
    }
    let targets = fuzz_targets(context.tree);
    if !targets.is_empty() {
        return Outcome::review(0.5, "There are fuzz targets, but no job that runs them was found.")
            .with(targets.iter().map(|path| seen("a fuzz target", path.clone())))
            .with(doubtful);
    }
    if let Some(file) = context.tree.files().iter().find(|file| file.name() == "Jenkinsfile") {
        return Outcome::review(
            0.3,
            "The continuous integration is a program (Jenkinsfile) that was not read.",
        )
        .seen("not read", file.path.clone());
    }
    Outcome::fail(0.7, "No job that assesses the security was found.").with(doubtful)
}

/// The tool a step runs.
fn assessment(step: &Step) -> Option<String> {
    let uses = step.uses.to_lowercase();
    if let Some(action) = ACTIONS.iter().find(|action| uses.contains(**action)) {
        return Some((*action).to_owned());
    }
    let command = step.commands.iter().find(|command| COMMANDS.iter().any(|known| runs(command, known)))?;
    Some(format!("`{command}`"))
}

/// Whether a command line runs a tool, at its start or after `&&`, `;` or a runner.
fn runs(line: &str, tool: &str) -> bool {
    line.split("&&").flat_map(|part| part.split(';')).any(|part| {
        let part = part.trim();
        let bare =
            ["npx ", "uvx ", "uv run ", "poetry run ", "python -m ", "python3 -m ", "sudo ", "pipx run "]
                .iter()
                .fold(part, |rest, runner| rest.strip_prefix(runner).unwrap_or(rest));
        format!("{bare} ").starts_with(tool)
    })
}

fn objection(context: &Context, workflow: &Workflow, step: &Step) -> Option<String> {
    if let Some(idle) = &step.idle {
        return Some(idle.clone());
    }
    if !workflow.runs_regularly() {
        return Some("it runs neither on a schedule nor on changes".to_owned());
    }
    if let Some(repository) = &step.only_in {
        let here = place::addresses(context);
        let end = format!("/{repository}");
        if !here.iter().any(|address| address.url.trim_end_matches(".git").ends_with(&end)) {
            return Some(format!("it only runs in {repository}"));
        }
    }
    missing_target(context.tree, step)
}

/// An assessment limited to a repository, where nothing says whether that is this one.
fn may_be_limited(context: &Context, step: &Step) -> bool {
    step.only_in.is_some()
        && assessment(step).is_some()
        && step.idle.is_none()
        && place::addresses(context).is_empty()
}

/// A fuzzer with nothing to fuzz.
fn missing_target(tree: &Tree, step: &Step) -> Option<String> {
    let fuzzes = step.commands.iter().any(|command| command.contains("fuzz run"));
    if fuzzes && fuzz_targets(tree).is_empty() {
        return Some("there is no fuzz target".to_owned());
    }
    let lite = step.uses.contains("clusterfuzzlite");
    let built = tree.files().iter().any(|file| file.path.starts_with(".clusterfuzzlite/") && file.size > 40);
    (lite && !built).then(|| "there is no build for it in .clusterfuzzlite".to_owned())
}

/// Fuzz targets that call the code: the entry point and a body, not only the name of the library.
fn fuzz_targets(tree: &Tree) -> Vec<String> {
    let candidates = tree.files().iter().filter(|file| {
        file.lies_in(&["fuzz", "fuzz_targets", "fuzzing", "fuzzers"])
            || file.name().to_lowercase().contains("fuzz")
    });
    candidates
        .filter(|file| matches!(file.extension().as_str(), "rs" | "go" | "c" | "cc" | "cpp" | "py" | "java"))
        .filter(|file| {
            let text = tree.text(file).unwrap_or("");
            let entry = [
                "fuzz_target!(",
                "LLVMFuzzerTestOneInput(",
                "func Fuzz",
                "atheris.Setup(",
                "fuzzerTestOneInput(",
            ];
            entry.iter().any(|mark| text.contains(mark)) && text.trim().len() >= 60
        })
        .map(|file| file.path.clone())
        .collect()
}

/// Nothing committed for a year before the review.
fn is_stale(context: &Context) -> bool {
    let last = context.tree.history().git().and_then(|git| git.last());
    matches!((context.inputs.now, last), (Some(now), Some(last)) if now.as_second() - last.as_second() > 365 * 86_400)
}

/// A dated report of an assessment.
fn report(context: &Context) -> Option<Outcome> {
    let named = |path: &str| {
        let lower = path.to_lowercase();
        (lower.contains("audit")
            || lower.contains("pentest")
            || lower.contains("penetration")
            || lower.contains("assessment"))
            && (lower.contains("security") || lower.contains("report") || lower.contains("pentest"))
    };
    let document = context
        .tree
        .documents()
        .into_iter()
        .find(|document| named(&document.path) && word_count(document.text) >= 80)?;
    let (line, date) = dates(document.text).into_iter().max_by_key(|(_, date)| *date)?;
    let about = mentions(document.text, &["finding", "vulnerab", "severity"]);
    about.then(|| Outcome::review(0.5, format!("A report of an assessment of {date} was found; whether it is repeated, a person has to judge.")).seen("a dated report", document.place(line)))
}
