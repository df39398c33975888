//! The recipes for CI, run with the built program as far as no forge is needed.

use crate::work::{Outcome, Project, outcome, repository};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
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

    assert_eq!(
        project.read("licgraph-reports/licgraph.xml").matches("<testsuites").count(),
        1,
        "one test report"
    );
    project.run(&["baseline", "update"]);
    assert_eq!(script(&project, &["--baseline", "licgraph-baseline.json"], &[]).code, 0);
    assert_eq!(script(&project, &["--no-such-flag"], &[]).code, 2);
    assert_eq!(script(&project, &[], &[("LICGRAPH_FORMS", "sculpture")]).code, 2);
}

/// Where a program is, if this machine has it.
fn program(name: &str) -> Option<String> {
    let found = outcome(Command::new("sh").args(["-c", "command -v \"$0\"", name]));
    (found.code == 0).then(|| found.out.trim().to_owned())
}

#[test]
fn the_shell_recipe_runs_in_every_shell_at_every_place() {
    let project = Project::of("story/before");
    let odd = project.path().join("a b/it's 'quoted' $HOME;");
    std::fs::create_dir_all(odd.parent().unwrap()).unwrap();
    crate::work::copy(&crate::work::fixture("story/before"), &odd);
    let copied = project.path().join("a b/licgraph ci.sh");
    std::fs::copy(repository().join("ci/shell/licgraph-ci.sh"), &copied).unwrap();
    let linked = project.path().join("a b/the program");
    std::os::unix::fs::symlink(PROGRAM, &linked).unwrap();
    let tools = project.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    for tool in ["mkdir", "rm", "od", "tr", "dirname"] {
        std::os::unix::fs::symlink(program(tool).unwrap(), tools.join(tool)).unwrap();
    }
    let shells = [vec!["sh"], vec!["dash"], vec!["bash", "--posix"], vec!["bash"], vec!["busybox", "sh"]];
    let mut ran = 0;
    for shell in shells {
        let Some(found) = program(shell[0]) else { continue };
        ran += 1;
        for (path, reports, log) in [
            ("a b/it's 'quoted' $HOME;", "re ports", "terminal"),
            (odd.to_str().unwrap(), "-reports", "github"),
            (".", "out", "none"),
        ] {
            let mut command = project.command(&found);
            // Nothing is set, and there are only the tools that the recipe calls: no git, no home, no language.
            command
                .args(&shell[1..])
                .arg(&copied)
                .env_clear()
                .env("PATH", &tools)
                .env("LICGRAPH", &linked)
                .env("LICGRAPH_OFFLINE", "1")
                .env("LICGRAPH_PATH", path)
                .env("LICGRAPH_REPORTS", reports)
                .env("LICGRAPH_LOG", log);
            let done = outcome(&mut command);
            assert_eq!(done.code, 1, "{shell:?} {path}: {done:?}");
            let quality = project.read(&format!("{reports}/gl-code-quality-report.json"));
            let quality: Value = serde_json::from_str(&quality).unwrap();
            let first = &quality[0]["location"]["path"];
            assert_eq!(first, "a b/it's 'quoted' $HOME;/package.json", "{shell:?} {path}");
        }
    }
    assert!(ran >= 2, "two shells at least");
}

#[test]
fn the_shell_recipe_leaves_nothing_of_an_earlier_run_and_passes_on_every_failure() {
    let project = Project::of("story/before");
    assert_eq!(script(&project, &[], &[]).code, 1);
    let wrong = script(&project, &["--changed-since", "main"], &[]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("not in a git repository"), "{}", wrong.err);
    let left = std::fs::read_dir(project.path().join("licgraph-reports")).unwrap().count();
    assert_eq!(left, 0, "reports of the run before");
    assert_eq!(script(&project, &[], &[("LICGRAPH", "/nowhere/licgraph")]).code, 127);
    assert_eq!(script(&project, &[], &[("LICGRAPH_PATH", "nowhere")]).code, 2);
    assert_eq!(script(&project, &[], &[("LICGRAPH_UNDER", "../above")]).code, 2);
    let quiet = script(&project, &[], &[("LICGRAPH_LOG", "none"), ("LICGRAPH_FORMS", "csv json")]);
    assert_eq!((quiet.code, quiet.out.as_str()), (1, ""));
    assert!(project.read("licgraph-reports/licgraph.csv").contains("ledger-core"));
    let detached = Project::of("story/before");
    detached.git(&["init", "--quiet"]);
    detached.git(&["add", "."]);
    detached.git(&["commit", "--quiet", "--message", "Begin"]);
    detached.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(script(&detached, &["--changed-since", "HEAD"], &[]).code, 0);
    assert_eq!(script(&detached, &[], &[]).code, 1);
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

#[test]
fn the_workflows_ask_for_little_and_give_the_action_what_it_knows() {
    let action = yaml("ci/github/action.yml");
    for path in ["ci/github/example-workflow.yml", ".github/workflows/licenses.yml"] {
        let workflow = yaml(path);
        assert_eq!(workflow["permissions"], serde_json::json!({"contents": "read"}), "{path}");
        // A day of the month and a day of the week together mean either of them.
        let cron = workflow["on"]["schedule"][0]["cron"].as_str().unwrap();
        assert!(cron.ends_with(" 1 * *"), "{path}: {cron}");
        let mut scripts = String::new();
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            let writes =
                job["permissions"].as_object().into_iter().flatten().filter(|(_, may)| *may == "write");
            for (what, _) in writes {
                assert!(name == "check" && what != "contents", "{path}: {name} writes {what}");
            }
            for step in job["steps"].as_array().unwrap() {
                let uses = step["uses"].as_str().unwrap_or_default();
                if uses.starts_with("actions/checkout@") {
                    assert_eq!(step["with"]["persist-credentials"], false, "{path}: {name}");
                }
                for input in step["with"].as_object().into_iter().flat_map(|with| with.keys()) {
                    let is_ours = uses.contains("ci/github");
                    assert!(!is_ours || action["inputs"][input].is_object(), "{path}: no input {input}");
                }
                let script = step["run"].as_str().unwrap_or_default();
                assert!(!script.contains("${{"), "{path}: text from outside is no code: {script}");
                assert_eq!(
                    outcome(Command::new("bash").args(["-n", "-c", script])).code,
                    0,
                    "{path}: {script}"
                );
                scripts.push_str(script);
            }
        }
        assert!(scripts.contains("\"$LICGRAPH\" review --output license-review.md"), "{path}: {scripts}");
    }
    let review = Project::of("story/before").run(&["review", "--output", "license-review.md"]);
    assert_eq!(review.code, 1, "{review:?}");
}

#[test]
fn the_container_copies_what_is_there_and_runs_on_what_it_was_built_on() {
    let read = |path: &str| std::fs::read_to_string(repository().join(path)).unwrap();
    let container = read("ci/container/Containerfile");
    let ignored = read(".dockerignore");
    let ignored: Vec<&str> = ignored.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(ignored.contains(&"target"), "a build directory makes gigabytes of context");
    for line in container.lines().filter(|line| line.starts_with("COPY") && !line.contains("--from")) {
        let source = line.split_whitespace().filter(|word| !word.starts_with("--")).nth(1).unwrap();
        assert!(repository().join(source).exists(), "{line}");
        assert!(
            !ignored.iter().any(|left| source == *left || source.starts_with(&format!("{left}/"))),
            "{line}"
        );
    }
    for needed in ["src", "build", "data", "benches", "Cargo.toml", "Cargo.lock", "licgraph.toml"] {
        assert!(repository().join(needed).exists() && !ignored.contains(&needed), "{needed}");
    }
    assert!(container.contains("USER licgraph"));
    let bases: Vec<&str> = container.lines().filter_map(|line| line.strip_prefix("FROM ")).collect();
    let [build, run] = bases.as_slice() else { panic!("{bases:?}") };
    let manifest = read("Cargo.toml");
    let minimum = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    let release = run.strip_prefix("debian:").and_then(|rest| rest.strip_suffix("-slim")).unwrap();
    assert_ne!(release, "stable", "a name that moves on outgrows the C library of the build");
    assert_eq!(*build, format!("rust:{}-slim-{release} AS build", minimum.trim_matches('"')));
}

#[test]
fn the_hook_runs_and_knows_every_manifest() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks[0];
    let project = Project::of("story/before");
    let arguments: Vec<&str> = hook["entry"].as_str().unwrap().split(' ').skip(1).collect();
    assert_eq!(project.run(&arguments).code, 1);
    let installed = &hooks[1];
    assert_eq!(installed["language"], "system");
    for key in ["entry", "files", "pass_filenames"] {
        assert_eq!(installed[key], hook[key], "{key}");
    }
}

/// The files of the fixtures, the file names that a reader may not have met there, and some of no interest.
fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    let mut open = vec![repository().join("fixtures")];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                paths.push(entry.to_str().unwrap().to_owned());
            }
        }
    }
    let names = "Cargo.toml Cargo.lock package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml \
        pnpm-workspace.yaml bun.lock bun.lockb pyproject.toml setup.py setup.cfg Pipfile Pipfile.lock poetry.lock uv.lock \
        pdm.lock pylock.toml pylock.prod.toml requirements requirements.txt Requirements-Dev.TXT dev_requirements.in \
        requirements.pip requirements.lock requirement.txt pip-requires requires.txt go.mod go.work \
        main.rs package.jsonc my-package.json Cargo.toml.orig requirements.md requirements.yml go.modern xgo.mod \
        setup.pyc pylock.a.b.toml notrequirements";
    paths.extend(names.split_whitespace().flat_map(|name| [name.to_owned(), format!("a b/{name}")]));
    paths
}

#[test]
fn the_hook_is_started_by_every_file_that_a_reader_knows_and_by_few_others() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let pattern = hooks[0]["files"].as_str().unwrap().strip_prefix("(?i)").unwrap();
    let paths = paths();
    let input = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(input.path(), paths.join("\n")).unwrap();
    let matching = outcome(Command::new("grep").args(["-Ei", pattern]).arg(input.path()));
    assert_eq!(matching.code, 0, "{}", matching.err);
    let matching: BTreeSet<&str> = matching.out.lines().collect();
    let beside = ["go.sum", "licgraph.toml", "licgraph-baseline.json"];
    let (mut known, mut others) = (0, 0);
    for path in &paths {
        let name = path.rsplit('/').next().unwrap();
        let is_known = licgraph::ecosystems::project_of(Path::new(path)).is_some();
        let is_wanted = is_known
            || beside.contains(&name)
            || ["license", "licence", "copying"].iter().any(|word| name.to_lowercase().starts_with(word));
        // Lists in a folder of requirements are told from others by what lies beside them, which a name does not say.
        let is_list = path.to_lowercase().contains("require") || name.to_lowercase().contains("constraint");
        assert!(!is_known || matching.contains(path.as_str()), "{path} does not start the hook");
        assert!(is_wanted || is_list || !matching.contains(path.as_str()), "{path} starts the hook");
        known += usize::from(is_known);
        others += usize::from(!is_known);
    }
    assert!(known > 300 && others > 200, "{known} {others}");
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
