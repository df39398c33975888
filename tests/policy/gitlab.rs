//! The GitLab template: which pipelines start which job, what its scripts do, and the reports that it hands over.

use crate::work::{Outcome, Project, outcome, repository};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Variables = &'static [(&'static str, &'static str)];

/// A kind of pipeline: its source, its variables, and whether the check and the review run.
const PIPELINES: [(&str, Variables, bool, bool); 6] = [
    ("push", &[("CI_COMMIT_BRANCH", "main")], true, false),
    ("push", &[("CI_COMMIT_BRANCH", "topic"), ("CI_OPEN_MERGE_REQUESTS", "group/project!1")], false, false),
    ("merge_request_event", &[("CI_OPEN_MERGE_REQUESTS", "group/project!1")], true, false),
    ("push", &[("CI_COMMIT_TAG", "v1")], true, false),
    ("schedule", &[("CI_COMMIT_BRANCH", "main")], false, true),
    ("web", &[("CI_COMMIT_BRANCH", "main")], true, false),
];

/// A job with what it extends.
fn job(name: &str) -> Value {
    let path = repository().join("ci/gitlab/licgraph.gitlab-ci.yml");
    let all: Value = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut job = all[all[name]["extends"].as_str().unwrap()].clone();
    for (key, value) in all[name].as_object().unwrap() {
        job[key] = value.clone();
    }
    job
}

/// The first rule that holds decides; without one the job is left out.
fn starts(job: &Value, variables: &BTreeMap<&str, &str>) -> bool {
    let rules = job["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["if"].as_str().is_none_or(|text| holds(text, variables)));
    rule.is_some_and(|rule| rule["when"] != "never")
}

fn holds(condition: &str, variables: &BTreeMap<&str, &str>) -> bool {
    condition.split(" && ").all(|term| {
        let (name, wanted) =
            term.split_once(" == ").map_or((term, None), |(name, value)| (name, Some(value)));
        let value = variables.get(name.strip_prefix('$').unwrap()).copied();
        match wanted {
            Some(wanted) => value == wanted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')),
            None => value.is_some_and(|value| !value.is_empty()),
        }
    })
}

/// Runs the script of a job as the runner does: one shell that ends at the first failure.
fn run(project: &Project, job: &Value, variables: &[(&str, &str)]) -> Outcome {
    let programs = project.path().join(".programs");
    std::fs::create_dir_all(&programs).unwrap();
    for (name, target) in [
        ("licgraph", env!("CARGO_BIN_EXE_licgraph").into()),
        ("licgraph-ci", repository().join("ci/shell/licgraph-ci.sh")),
    ] {
        if !programs.join(name).exists() {
            std::os::unix::fs::symlink(target, programs.join(name)).unwrap();
        }
    }
    let lines: Vec<&str> =
        job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let mut command = project.command("sh");
    command
        .args(["-e", "-c", &lines.join("\n")])
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .env("LICGRAPH_ARGUMENTS", "")
        .env("LICGRAPH_OFFLINE", "1")
        .env("GITLAB_CI", "true")
        .env("CI_PROJECT_DIR", project.path())
        .env("XDG_CACHE_HOME", project.path().join(".cache"))
        .envs(variables.iter().copied());
    outcome(&mut command)
}

#[test]
fn every_pipeline_starts_one_job_at_most() {
    for (source, variables, checks, reviews) in PIPELINES {
        let mut all: BTreeMap<&str, &str> = variables.iter().copied().collect();
        all.insert("CI_PIPELINE_SOURCE", source);
        assert_eq!(starts(&job("licgraph"), &all), checks, "{all:?}");
        assert_eq!(starts(&job("licgraph-review"), &all), reviews, "{all:?}");
    }
}

#[test]
fn the_job_hands_over_the_reports_that_the_forge_reads() {
    let project = Project::of("story/before");
    let again = project.path().join("services/again");
    crate::work::copy(&crate::work::fixture("story/before"), &again);
    let check = job("licgraph");
    let failed = run(&project, &check, &[]);
    assert_eq!(failed.code, 1, "{failed:?}");
    let reports = &check["artifacts"]["reports"];
    let quality: Value =
        serde_json::from_str(&project.read(reports["codequality"].as_str().unwrap())).unwrap();
    let mut fingerprints = BTreeSet::new();
    for entry in quality.as_array().unwrap() {
        assert!(!entry["description"].as_str().unwrap().is_empty() && entry["check_name"].is_string());
        let severity = entry["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{severity}");
        let path = entry["location"]["path"].as_str().unwrap();
        assert!(project.path().join(path).is_file(), "{path}");
        assert!(entry["location"]["lines"]["begin"].as_u64().unwrap() > 0);
        assert!(
            fingerprints.insert(entry["fingerprint"].as_str().unwrap()),
            "the forge shows one of a fingerprint"
        );
    }
    assert_eq!(fingerprints.len(), 2);
    let junit = project.read(reports["junit"].as_str().unwrap());
    assert!(junit.contains("<testsuites") && junit.contains("<failure"), "{junit}");
    let kept = check["artifacts"]["paths"][0].as_str().unwrap();
    assert!(reports.as_object().unwrap().values().all(|file| file.as_str().unwrap().starts_with(kept)));

    project.run(&["baseline", "update"]);
    let known = run(&project, &check, &[("LICGRAPH_ARGUMENTS", "--baseline licgraph-baseline.json")]);
    assert_eq!(known.code, 0, "{known:?}");
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let origin = Project::of("story/before");
    origin.git(&["init", "--quiet"]);
    for step in 0..3 {
        origin.write("notes.md", &format!("step {step}"));
        origin.git(&["add", "."]);
        origin.git(&["commit", "--quiet", "--message", "A step"]);
    }
    let address = format!("file://{}", origin.path().display());
    let clone = Project::new();
    clone.git(&["clone", "--quiet", "--depth", "2", &address, "."]);
    let base = origin.git_says(&["rev-parse", "HEAD~2"]);
    let near = run(&clone, &job("licgraph"), &[("LICGRAPH_ARGUMENTS", "--changed-since HEAD~1")]);
    assert_eq!(near.code, 0, "{near:?}");
    for revision in [base.as_str(), "HEAD~2", "origin/none"] {
        let arguments = format!("--changed-since {revision}");
        let far = run(&clone, &job("licgraph"), &[("LICGRAPH_ARGUMENTS", &arguments)]);
        assert_eq!(far.code, 2, "{far:?}");
        assert!(far.err.contains(revision) && far.err.contains("shallow clone"), "{}", far.err);
    }
    let compared = clone.run(&["diff", &format!("{base}..HEAD")]);
    assert_eq!(compared.code, 2);
    assert!(compared.err.contains("shallow clone"), "{}", compared.err);
}

#[test]
fn the_scheduled_review_writes_its_document() {
    let project = Project::of("story/before");
    let review = job("licgraph-review");
    assert_eq!(run(&project, &review, &[]).code, 1);
    let document = review["artifacts"]["paths"][0].as_str().unwrap();
    assert!(project.read(document).contains("## Findings that count"));
}
