//! What is allowed, denied, looked at; licenses of one's own; clarifications.

use crate::work::{Project, counting};

fn counts(policy: &str) -> (i32, Vec<String>) {
    let project = Project::of("story/before");
    project.write("licgraph.toml", policy);
    let (code, report) = project.report(&[]);
    (code, counting(&report))
}

const GPL: &str = "[project]\nlicense = \"GPL-3.0-only\"\n";

#[test]
fn lists_decide_beyond_compatibility() {
    let none: Vec<String> = Vec::new();
    assert_eq!(counts(GPL), (0, none.clone()), "everything fits");
    assert_eq!(
        counts(&format!("{GPL}[allow]\nlicenses = [\"GPL-3.0-only\"]\n")),
        (1, vec!["policy-denied column-text 2.1.0".to_owned()])
    );
    assert_eq!(
        counts(&format!("{GPL}[deny]\ncategories = [\"strong-copyleft\"]\n")),
        (1, vec!["policy-denied ledger-core 1.4.2".to_owned()])
    );
    assert_eq!(
        counts(&format!("{GPL}[review]\nlicenses = [\"ISC\"]\n")),
        (0, vec!["policy-review column-text 2.1.0".to_owned()]),
        "a look is a warning"
    );
    assert_eq!(
        counts(&format!("{GPL}[audit]\nfail-on = \"conditional\"\n[review]\nlicenses = [\"ISC\"]\n")).0,
        1
    );
}

#[test]
fn what_is_not_conveyed_has_rules_of_its_own() {
    let project = Project::of("story/before");
    let lock = project.read("package-lock.json").replace("\"dependencies\"", "\"devDependencies\"");
    project.write(
        "package-lock.json",
        &lock
            .replace("\"license\": \"ISC\"", "\"license\": \"ISC\", \"dev\": true")
            .replace("\"license\": \"GPL-3.0-only\"", "\"license\": \"GPL-3.0-only\", \"dev\": true"),
    );
    let manifest = project.read("package.json").replace("\"dependencies\"", "\"devDependencies\"");
    project.write("package.json", &manifest);
    project.write("licgraph.toml", "[allow]\nlicenses = [\"ISC\"]\n");
    let (code, report) = project.report(&[]);
    assert_eq!((code, counting(&report)), (1, vec!["policy-denied ledger-core 1.4.2".to_owned()]));
    project.write(
        "licgraph.toml",
        "[allow]\nlicenses = [\"ISC\"]\n[scope.dev.deny]\ncategories = [\"proprietary\"]\n",
    );
    let (code, report) = project.report(&[]);
    assert_eq!((code, counting(&report)), (0, vec![]));
}

#[test]
fn a_clarification_says_what_a_package_is_under() {
    let project = Project::of("story/before");
    project.write(
        "licgraph.toml",
        "[[clarification]]\npackage = \"ledger-core\"\nversion = \"^1.4\"\nlicense = \"Apache-2.0\"\nreason = \"Relicensed in 1.4.0\"\n",
    );
    let (code, report) = project.report(&[]);
    assert!(
        counting(&report).iter().all(|finding| finding.starts_with("license-disagreement")),
        "{report:#}"
    );
    assert_eq!(code, 0);
    let package = &report["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "ledger-core")
        .unwrap()["license"];
    assert_eq!((&package["concluded"], &package["source"]), (&"Apache-2.0".into(), &"clarification".into()));
}

#[test]
fn a_license_of_ones_own_is_judged_by_its_attributes() {
    let project = Project::of("story/before");
    let lock = project.read("package-lock.json").replace("GPL-3.0-only", "LicenseRef-Acme-Terms");
    project.write("package-lock.json", &lock);
    let (_, report) = project.report(&[]);
    assert_eq!(counting(&report), ["unknown-license ledger-core 1.4.2"]);
    project.write(
        "licgraph.toml",
        "[[license]]\nid = \"LicenseRef-Acme-Terms\"\ncategory = \"permissive\"\ngpl2 = \"yes\"\ngpl3 = \"yes\"\n",
    );
    let (code, report) = project.report(&[]);
    assert_eq!((code, counting(&report)), (0, vec![]));
    project.write(
        "licgraph.toml",
        "[deny]\ncategories = [\"permissive\"]\n[[license]]\nid = \"LicenseRef-Acme-Terms\"\ncategory = \"permissive\"\n",
    );
    assert_eq!(project.run(&["check"]).code, 1);
}

/// What the commands print is what their schemas describe, and no other document is.
#[test]
fn the_schemas_of_answers_hold_for_real_answers() {
    let project = Project::of("story/before");
    project.write("licgraph.toml", "[project]\nlicense = \"MIT\"\n");
    project.git(&["init", "-q"]);
    project.git(&["add", "-A"]);
    project.git(&["commit", "-q", "-m", "First"]);
    let report = project.run(&["check", "--format", "json"]).out;
    project.write("old.json", &report);
    project.take("story/after");
    let answers = [
        ("report", project.run(&["check", "--format", "json"])),
        ("relicense", project.run(&["relicense", "--format", "json"])),
        ("relicense", project.run(&["relicense", "--to", "Apache-2.0", "--format", "json"])),
        ("relicense", project.run(&["relicense", "--to", "GPL-3.0-only OR MIT", "--format", "json"])),
        ("diff", project.run(&["diff", "old.json", ".", "--format", "json"])),
    ];
    for (name, answer) in answers {
        let schema = project.run(&["schema", name]).json();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let instance = answer.json();
        let errors: Vec<String> = validator.iter_errors(&instance).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let keys: Vec<&String> = instance.as_object().unwrap().keys().collect();
        for key in keys {
            let known = schema["properties"][key].is_object() || schema["properties"][key] == true;
            assert!(known, "{name}: {key} is not in the schema");
        }
        let mut broken = instance.clone();
        broken.as_object_mut().unwrap().values_mut().for_each(|value| *value = serde_json::Value::from(7));
        assert!(!validator.is_valid(&broken), "{name}");
    }
}

#[test]
fn the_published_schema_is_what_the_reader_takes() {
    let schema = licgraph::policy::json_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let own = std::fs::read_to_string(crate::work::repository().join("licgraph.toml")).unwrap();
    let as_json = |text: &str| -> serde_json::Value { toml::from_str(text).unwrap() };
    assert!(validator.is_valid(&as_json(&own)));
    assert!(!validator.is_valid(&as_json("[project]\nlisence = \"MIT\"\n")));
    assert!(
        !validator.is_valid(&as_json("[[waiver]]\npackage = \"x\"\nlicense = \"MIT\"\nreason = \"r\"\n"))
    );
    let started = Project::of("story/before").run(&["init", "--stdout"]).out;
    let uncommented: String = started
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.starts_with('[') || rest.contains(" = ") => rest,
            _ => line,
        })
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(validator.is_valid(&as_json(&uncommented)), "{uncommented}");
    insta::assert_snapshot!("policy_schema", format!("{schema:#}"));
}
