//! The composite action, run step by step by a stand-in for GitHub's runner.

use crate::forge::action::{Job, Ran, run};
use crate::work::{Project, repository};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_licgraph");
/// Characters that the forge takes of a comment.
const COMMENT_LIMIT: usize = 65_536;

/// A repository on the forge, checked out.
struct Forge {
    project: Project,
    runner: TempDir,
    github: Value,
    failing: &'static [&'static str],
}

impl Forge {
    fn push(project: Project) -> Self {
        let github = json!({
            "event_name": "push",
            "event": {},
            "repository": "someone/invoices",
            "token": "the-token",
        });
        Self { project, runner: TempDir::new().unwrap(), github, failing: &[] }
    }

    fn pull_request(project: Project, fork: bool) -> Self {
        let mut forge = Self::push(project);
        forge.github["event_name"] = json!("pull_request");
        forge.github["event"] = json!({"pull_request": {"number": 7, "head": {"repo": {"fork": fork}}}});
        forge
    }

    fn run(&self, inputs: &[(&'static str, &str)]) -> Ran {
        let mut all = BTreeMap::from([("binary", PROGRAM.to_owned())]);
        all.extend(inputs.iter().map(|(name, value)| (*name, (*value).to_owned())));
        run(&Job {
            workspace: self.project.path(),
            runner: self.runner.path(),
            inputs: all,
            github: self.github.clone(),
            programs: Some(self.programs()),
            failing: self.failing,
        })
    }

    fn programs(&self) -> PathBuf {
        self.runner.path().join("programs")
    }

    /// A stand-in for a program, which finds what it keeps beside itself.
    fn program(&self, name: &str, script: &str) {
        let file = self.programs().join(name);
        fs::create_dir_all(self.programs()).unwrap();
        fs::write(&file, format!("#!/bin/sh\nhere=${{0%/*}}\n{script}")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// `gh` where these comments of ours are there already, one id a line.
    fn gh(&self, comments: &str) {
        self.program(
            "gh",
            "[ \"$GH_TOKEN\" = the-token ] || exit 9\n\
             for word do case $word in body=@*) cp \"${word#body=@}\" \"$here/body\" ;; esac; done\n\
             case \"$*\" in *--paginate*) cat \"$here/comments\" ;; *) echo \"$*\" >> \"$here/calls\" ;; esac\n",
        );
        fs::write(self.programs().join("comments"), comments).unwrap();
    }

    fn kept(&self, name: &str) -> String {
        fs::read_to_string(self.programs().join(name)).unwrap_or_default()
    }

    /// The SARIF log that another action was given, held against its schema.
    fn uploaded(&self, ran: &Ran) -> Value {
        let given = ran.given("upload-sarif").expect("something is uploaded");
        let log: Value = serde_json::from_str(&self.project.read(&given["sarif_file"])).unwrap();
        let schema = repository().join("fixtures/schemas/sarif/sarif-schema-2.1.0.json");
        let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
        let validator =
            jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(&schema).expect("a schema");
        let wrong: Vec<_> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        log
    }
}

fn uri(log: &Value) -> &Value {
    &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
}

/// The project without the package that conflicts.
fn clean() -> Project {
    let project = Project::new();
    project.write("package.json", r#"{"name": "invoice-desk", "version": "1.0.0", "license": "MIT"}"#);
    project.write(
        "package-lock.json",
        r#"{"name": "invoice-desk", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "invoice-desk", "version": "1.0.0", "license": "MIT"}}}"#,
    );
    project
}

#[test]
fn a_clean_project_passes_and_reports() {
    let forge = Forge::push(clean());
    let ran = forge.run(&[]);
    assert!(ran.succeeded, "{ran:#?}");
    assert_eq!(ran.outputs["status"], "0");
    assert_eq!(ran.outputs["binary"], PROGRAM);
    assert_eq!(forge.uploaded(&ran)["runs"][0]["results"], json!([]));
    assert!(ran.summary.starts_with("## ✅ Ready to ship"), "{}", ran.summary);
    let kept = ran.given("actions/cache").unwrap();
    assert_eq!(kept["key"], "licgraph-Linux-hash-of-1", "the lock file names the cache");
    assert!(ran.step("Comment").is_none() && ran.step("Name the program").is_none());
    forge.project.read("licgraph-reports/licgraph.html");
}

#[test]
fn a_conflict_fails_with_an_annotation_at_its_line() {
    let forge = Forge::push(Project::of("story/before"));
    let ran = forge.run(&[]);
    assert!(!ran.succeeded);
    assert_eq!(ran.outputs["status"], "1");
    let errors = ran.annotations("error");
    assert_eq!(errors.len(), 1, "{ran:#?}");
    assert_eq!((errors[0].property("file"), errors[0].property("line")), (Some("package.json"), Some("7")));
    assert!(errors[0].message.starts_with("ledger-core 1.4.2: "), "{}", errors[0].message);
    assert_eq!(uri(&forge.uploaded(&ran)), "package.json");
    assert!(ran.summary.contains("ledger-core"));

    let told = forge.run(&[("fail", "false"), ("summary", "false"), ("sarif", "false"), ("cache", "false")]);
    assert!(told.succeeded, "findings were asked not to fail the job");
    assert_eq!((told.outputs["status"].as_str(), told.summary.as_str()), ("1", ""));
    assert!(told.uses.is_empty(), "{:?}", told.uses);
}

#[test]
fn files_are_named_from_the_top_of_the_checkout() {
    let project = Project::new();
    let app = project.path().join("my apps/invoice desk");
    crate::work::copy(&crate::work::fixture("story/before"), &app);
    let forge = Forge::push(project);
    let apart =
        forge.run(&[("path", "my apps/invoice desk"), ("reports", "out/the reports"), ("category", "desk")]);
    assert_eq!(apart.annotations("error")[0].property("file"), Some("my apps/invoice desk/package.json"));
    let log = forge.uploaded(&apart);
    assert_eq!(uri(&log), "my%20apps/invoice%20desk/package.json");
    assert_eq!(apart.given("upload-sarif").unwrap()["category"], "desk");
    assert_eq!(apart.outputs["report"], "out/the reports/licgraph.json");
    let manifest = forge.run(&[("path", "my apps/invoice desk/package.json"), ("reports", "of a file")]);
    assert_eq!(manifest.annotations("error")[0].property("file"), Some("my apps/invoice desk/package.json"));
    let whole = forge.run(&[("reports", "all")]);
    assert_eq!(whole.annotations("error")[0].property("file"), Some("my apps/invoice desk/package.json"));
}

#[test]
fn a_monorepo_is_one_run() {
    let forge = Forge::push(Project::of("monorepo"));
    let ran = forge.run(&[]);
    let log = forge.uploaded(&ran);
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(forge.project.path().join(uri).is_file(), "{uri}");
    }
    assert!(ran.summary.contains("| project | license | verdict |"), "{}", ran.summary);
}

#[test]
fn a_comment_is_written_once_and_taken_up_again() {
    let forge = Forge::pull_request(Project::of("story/before"), false);
    forge.gh("");
    let ran = forge.run(&[("comment", "true")]);
    assert!(!ran.succeeded && ran.step("Comment").unwrap().succeeded, "{ran:#?}");
    let call = forge.kept("calls");
    assert!(
        call.starts_with("api --silent --method POST repos/someone/invoices/issues/7/comments "),
        "{call}"
    );
    let body = forge.kept("body");
    assert!(body.starts_with("<!-- licgraph -->\n## ❌ Not ready to ship"), "{body}");
    assert!(!ran.steps.iter().any(|step| step.log.contains("the-token")));

    forge.gh("41\n77\n");
    forge.run(&[("comment", "true")]);
    let calls = forge.kept("calls");
    let call = calls.lines().last().unwrap();
    assert!(
        call.starts_with("api --silent --method PATCH repos/someone/invoices/issues/comments/41 "),
        "{call}"
    );
}

#[test]
fn a_fork_has_no_comment_and_no_upload_and_still_a_verdict() {
    for (case, fails) in [("story/before", true), ("monorepo", false)] {
        let project = if fails { Project::of(case) } else { clean() };
        let mut forge = Forge::pull_request(project, true);
        forge.program("gh", "echo 'Resource not accessible by integration' >&2; exit 1\n");
        forge.failing = &["upload-sarif"];
        let ran = forge.run(&[("comment", "true")]);
        assert_eq!(ran.succeeded, !fails, "{ran:#?}");
        assert_eq!(ran.annotations("warning")[0].property("title"), Some("licgraph"));
    }
    let mut own = Forge::pull_request(clean(), false);
    own.failing = &["upload-sarif"];
    let ran = own.run(&[]);
    assert!(!ran.succeeded, "where the token may write, a failed upload is a failure");
    assert!(ran.step("Result").unwrap().succeeded, "and the verdict is there all the same");
}

#[test]
fn only_what_a_change_touches() {
    let project = Project::of("story/before");
    project.git(&["init", "--quiet"]);
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "--message", "Begin"]);
    project.write("notes.md", "no manifest");
    let forge = Forge::pull_request(project, false);
    forge.gh("41");
    let untouched = forge.run(&[("arguments", "--changed-since HEAD"), ("comment", "true")]);
    assert!(untouched.succeeded && untouched.given("upload-sarif").is_none(), "{untouched:#?}");
    assert_eq!(untouched.summary, "");
    assert!(
        forge.kept("calls").contains("PATCH") && forge.kept("body").contains("nothing that an audit reads")
    );
    forge.project.write("package.json", &format!("{}\n", forge.project.read("package.json")));
    assert_eq!(forge.run(&[("arguments", "--changed-since HEAD")]).outputs["status"], "1");

    // What a shallow clone says of its base; nothing excuses an audit that did not run.
    let missing = "--changed-since 1f2e3d4c5b6a79881f2e3d4c5b6a79881f2e3d4c";
    let ran = forge.run(&[("arguments", missing), ("fail", "false")]);
    assert!(!ran.succeeded && ran.outputs["status"] == "2");
    let log = &ran.step("Audit").unwrap().log;
    assert!(log.contains("shallow") && log.contains("fetch"), "{log}");
    assert!(ran.given("upload-sarif").is_none(), "reports of an earlier run are no reports of this one");
}

#[test]
fn arguments_may_stand_on_several_lines() {
    let project = Project::of("story/before");
    project.run(&["baseline", "update"]);
    let forge = Forge::push(project);
    let ran = forge.run(&[("arguments", "--baseline licgraph-baseline.json\n--fail-on unknown\n")]);
    assert!(ran.succeeded && ran.outputs["status"] == "0", "{ran:#?}");
    let wrong = forge.run(&[("arguments", "--baseline licgraph-baseline.json\n--no-such-flag\n")]);
    assert_eq!(wrong.outputs["status"], "2", "the second line counts");
}

#[test]
fn a_program_that_is_not_there_fails_the_job_whatever_was_asked() {
    let forge = Forge::push(clean());
    let ran = forge.run(&[("binary", "/nowhere/licgraph"), ("fail", "false")]);
    assert!(!ran.succeeded && ran.given("upload-sarif").is_none(), "{ran:#?}");
    assert_eq!(ran.outputs["status"], "127");
}

#[test]
fn without_a_program_the_source_of_the_action_is_built_and_kept() {
    let forge = Forge::push(clean());
    forge.program(
        "cargo",
        &format!(
            "echo \"$*\" >> \"$here/calls\"\nwhile [ \"$1\" != --root ]; do shift; done\nmkdir -p \"$2/bin\"\n\
             ln -s '{PROGRAM}' \"$2/bin/licgraph\"\n"
        ),
    );
    let ran = forge.run(&[("binary", "")]);
    assert!(ran.succeeded, "{ran:#?}");
    let source = repository().join("ci/github/../..");
    let root = forge.runner.path().join("home/.cache/licgraph-program");
    let built = format!("install --locked --root {} --path {}\n", root.display(), source.display());
    assert_eq!(forge.kept("calls"), built);
    let key = &ran.uses[1].1["key"];
    assert_eq!(key.len(), "licgraph-program-Linux-X64-".len() + 40, "{key}");
    forge.run(&[("binary", "")]);
    assert_eq!(forge.kept("calls"), built, "what is kept is not built again");
}

#[test]
fn text_from_outside_is_no_code_and_no_command() {
    let name = "$(touch pwned)`touch pwned`\\n::add-mask::x\\n##[add-path]y";
    let project = Project::new();
    project.write(
        "package.json",
        &format!(r#"{{"name": "{name}", "license": "MIT", "dependencies": {{"{name}": "1"}}}}"#),
    );
    project.write(
        "package-lock.json",
        &format!(
            r#"{{"lockfileVersion": 3, "packages": {{"": {{"name": "{name}", "license": "MIT", "dependencies": {{"{name}": "1"}}}},
            "node_modules/{name}": {{"version": "1", "license": "GPL-3.0-only\n::error::made up"}}}}}}"#
        ),
    );
    // A file name can hold a line of its own too.
    project.write("::add-mask::x/##[set-env name=a;]b\n::warning::c/go.mod", "no module");
    let forge = Forge::pull_request(project, true);
    forge.gh("");
    let ran = forge.run(&[
        ("arguments", "--changed-since $(touch${IFS}pwned);::set-output name=a::b"),
        ("comment", "true"),
    ]);
    assert_eq!(ran.outputs["status"], "2", "{ran:#?}");
    let ran = forge.run(&[("comment", "true"), ("category", "--><img src=x>")]);
    assert!(!ran.succeeded);
    assert!(!forge.project.path().join("pwned").exists());
    let known = ["error", "warning", "notice", "group", "endgroup"];
    for command in ran.steps.iter().flat_map(|step| &step.commands) {
        assert!(known.contains(&command.name.as_str()), "{command:?}");
        assert_ne!(command.message, "made up");
        assert!(command.property("title").is_none_or(|title| title.starts_with("licgraph")), "{command:?}");
    }
}

#[test]
fn thousands_of_findings_stay_within_what_the_forge_takes() {
    const COUNT: usize = 2_000;
    let project = Project::new();
    let names: Vec<String> =
        (0..COUNT).map(|number| format!("a-package-of-a-long-name-{number:04}")).collect();
    let wanted: serde_json::Map<_, _> = names.iter().map(|name| (name.clone(), json!("1.0.0"))).collect();
    let root = json!({"name": "all", "version": "1.0.0", "license": "MIT", "dependencies": wanted});
    let mut packages = serde_json::Map::from_iter([(String::new(), root.clone())]);
    for (number, name) in names.iter().enumerate() {
        let license = ["GPL-3.0-only", "NOASSERTION", "no license 'at' all", "EUPL-1.2"][number % 4];
        packages.insert(format!("node_modules/{name}"), json!({"version": "1.0.0", "license": license}));
    }
    project.write("package.json", &serde_json::to_string_pretty(&root).unwrap());
    let lock = json!({"name": "all", "lockfileVersion": 3, "packages": packages});
    project.write("package-lock.json", &lock.to_string());
    let forge = Forge::pull_request(project, false);
    forge.gh("");
    let ran = forge.run(&[("comment", "true")]);
    assert!(!ran.succeeded);
    for level in ["error", "warning", "notice"] {
        assert!(ran.annotations(level).len() <= 10, "{level}: {}", ran.annotations(level).len());
    }
    assert_eq!(ran.annotations("error").len(), 10);
    let log = &ran.step("Audit").unwrap().log;
    assert!(log.contains("more without annotation"), "the log has the rest");
    assert!(names.iter().step_by(4).all(|name| log.contains(name)), "every conflict is in the log");
    assert!(forge.kept("body").chars().count() < COMMENT_LIMIT, "{}", forge.kept("body").len());
    assert!(ran.summary.len() < 1 << 20);
    assert!(forge.uploaded(&ran)["runs"][0]["results"].as_array().unwrap().len() >= COUNT / 4);
}
