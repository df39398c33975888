//! The recipes for CI, run with the built program as far as no forge is needed.

use crate::work::{Outcome, Project, outcome, repository};
use serde_json::Value;
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_licgraph");

fn yaml(path: &str) -> Value {
    let text = std::fs::read_to_string(repository().join(path)).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn script(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut command = project.command("sh");
    command
        .arg(repository().join("ci/shell/licgraph-ci.sh"))
        .args(arguments)
        .env("LICGRAPH", PROGRAM)
        .env("LICGRAPH_OFFLINE", "1")
        .envs(variables.iter().copied());
    outcome(&mut command)
}

#[test]
fn the_shell_recipe_leaves_every_form_and_the_right_status() {
    let project = Project::of("story/before");
    let failed = script(&project, &[], &[]);
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(failed.out.contains("ledger-core"), "the log shows the findings");
    for name in [
        "licgraph.json",
        "licgraph.sarif",
        "licgraph.md",
        "licgraph.xml",
        "licgraph.html",
        "gl-code-quality-report.json",
    ] {
        assert!(!project.read(&format!("licgraph-reports/{name}")).is_empty(), "{name}");
    }
    let quality: Value =
        serde_json::from_str(&project.read("licgraph-reports/gl-code-quality-report.json")).unwrap();
    assert_eq!(quality[0]["check_name"], "incompatible-dependency");
    assert_eq!(quality[0]["location"]["path"], "package.json");
    assert_eq!(quality[0]["severity"], "critical");

    project.run(&["baseline", "update"]);
    assert_eq!(script(&project, &["--baseline", "licgraph-baseline.json"], &[]).code, 0);
    assert_eq!(script(&project, &["--no-such-flag"], &[]).code, 2);
    assert_eq!(script(&project, &[], &[("LICGRAPH_FORMS", "sculpture")]).code, 2);
}

#[test]
fn every_script_of_the_action_is_well_formed_and_takes_nothing_from_outside_as_code() {
    let action = yaml("ci/github/action.yml");
    let steps = action["runs"]["steps"].as_array().unwrap();
    let scripts: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    assert!(scripts.len() >= 5);
    for text in scripts {
        assert!(!text.contains("${{"), "an input must come in by the environment: {text}");
        let checked = outcome(Command::new("bash").args(["-n", "-c", text]));
        assert_eq!(checked.code, 0, "{text}: {}", checked.err);
    }
    let inputs = action["inputs"].as_object().unwrap();
    let text = std::fs::read_to_string(repository().join("ci/github/action.yml")).unwrap();
    for name in inputs.keys() {
        assert!(text.contains(&format!("inputs.{name}")), "input {name} is not used");
    }
}

fn step(name: &str) -> String {
    let action = yaml("ci/github/action.yml");
    let steps = action["runs"]["steps"].as_array().unwrap();
    let found = steps.iter().find(|step| step["name"] == name).unwrap();
    found["run"].as_str().unwrap().to_owned()
}

#[test]
fn the_action_audits_annotates_summarises_and_fails() {
    let project = Project::of("story/before");
    let run = |text: &str, variables: &[(&str, &str)]| {
        let mut command = project.command("bash");
        command
            .args(["-c", text])
            .env("GITHUB_ACTION_PATH", repository().join("ci/github"))
            .env("GITHUB_OUTPUT", project.path().join("output"))
            .env("GITHUB_STEP_SUMMARY", project.path().join("summary.md"))
            .envs(variables.iter().copied());
        outcome(&mut command)
    };
    let installed = run(&step("Install"), &[("BINARY", PROGRAM), ("VERSION", "")]);
    assert_eq!(installed.code, 0, "{installed:?}");
    let audited = run(
        &step("Audit"),
        &[
            ("LICGRAPH", PROGRAM),
            ("LICGRAPH_PATH", "."),
            ("LICGRAPH_REPORTS", "reports"),
            ("LICGRAPH_FORMS", "sarif markdown html"),
            ("LICGRAPH_LOG", "github"),
            ("ARGUMENTS", "--offline --fail-on unknown"),
        ],
    );
    assert_eq!(audited.code, 0, "{audited:?}");
    assert!(
        audited.out.contains(
            "::error file=package.json,line=7,title=licgraph%3A incompatible-dependency::ledger-core 1.4.2"
        ),
        "{}",
        audited.out
    );
    let written = project.read("output");
    assert!(written.contains(&format!("binary={PROGRAM}")) && written.contains("status=1"), "{written}");
    assert_eq!(run(&step("Job summary"), &[("REPORT", "reports/licgraph.md")]).code, 0);
    assert_eq!(project.read("summary.md"), project.read("reports/licgraph.md"));
    assert_eq!(run(&step("Result"), &[("STATUS", "1"), ("FAIL", "true")]).code, 1);
    assert_eq!(run(&step("Result"), &[("STATUS", "1"), ("FAIL", "false")]).code, 0);
    assert_eq!(run(&step("Result"), &[("STATUS", "2"), ("FAIL", "false")]).code, 2);
}

#[test]
fn the_other_recipes_name_commands_and_files_that_exist() {
    let gitlab = yaml("ci/gitlab/licgraph.gitlab-ci.yml");
    assert_eq!(
        gitlab["licgraph"]["artifacts"]["reports"]["codequality"],
        "licgraph-reports/gl-code-quality-report.json"
    );
    assert_eq!(gitlab["licgraph-review"]["script"][0], "licgraph review --output license-review.md");
    let workflow = yaml("ci/github/example-workflow.yml");
    assert!(
        workflow["jobs"]["review"]["steps"]
            .to_string()
            .contains("licgraph review --output license-review.md")
    );
    let own = yaml(".github/workflows/licenses.yml");
    assert!(
        own["jobs"]["review"]["steps"].to_string().contains("licgraph review --output license-review.md")
    );
    assert!(own["on"]["schedule"][0]["cron"].is_string(), "the review is scheduled");
    let inputs = yaml("ci/github/action.yml");
    for step in own["jobs"]["check"]["steps"].as_array().unwrap() {
        for name in step["with"].as_object().into_iter().flat_map(|with| with.keys()) {
            let known = step["uses"] != "./ci/github" || inputs["inputs"][name].is_object();
            assert!(known, "the action has no input {name}");
        }
    }
    let review = Project::of("story/before").run(&["review", "--output", "license-review.md"]);
    assert_eq!(review.code, 1, "{review:?}");
    let container = std::fs::read_to_string(repository().join("ci/container/Containerfile")).unwrap();
    for line in container.lines().filter(|line| line.starts_with("COPY") && !line.contains("--from")) {
        let source = line.split_whitespace().filter(|word| !word.starts_with("--")).nth(1).unwrap();
        assert!(repository().join(source).exists(), "{line}");
    }
    assert!(container.contains("USER licgraph"));
    // What builders leave out by the file beside it: a build directory makes gigabytes of context.
    let ignored =
        std::fs::read_to_string(repository().join("ci/container/Containerfile.dockerignore")).unwrap();
    assert!(ignored.lines().any(|line| line == "target"));
    let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let minimum = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    assert!(container.contains(&format!("FROM rust:{}-slim", minimum.trim_matches('"'))), "{minimum}");
}

#[test]
fn the_hook_runs_and_knows_every_manifest() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks[0];
    let project = Project::of("story/before");
    let arguments: Vec<&str> = hook["entry"].as_str().unwrap().split(' ').skip(1).collect();
    assert_eq!(project.run(&arguments).code, 1);
    let files = hook["files"].as_str().unwrap();
    for name in [
        "Cargo.lock",
        "web/package-lock.json",
        "go.mod",
        "requirements-dev.txt",
        "licgraph.toml",
        "a/pylock.toml",
    ] {
        let checked = outcome(Command::new("sh").args([
            "-c",
            "printf '%s' \"$1\" | grep -Eq \"$2\"",
            "-",
            name,
            files,
        ]));
        assert_eq!(checked.code, 0, "{name}");
    }
}

#[test]
fn a_stored_report_that_is_none_is_refused() {
    let project = Project::new();
    project.write("report.json", "{}");
    let outcome = project.run(&["render", "report.json", "--format", "github"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.err.contains("is no report"), "{}", outcome.err);
    assert_eq!(project.run(&["render", "report.json", "--format", "gitlub"]).code, 2);
}
