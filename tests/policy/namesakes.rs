//! What the report says of single packages and projects: namesakes told apart, the arm taken of a choice.

use crate::work::Project;
use std::collections::BTreeSet;

#[test]
fn projects_of_one_name_are_told_apart_by_where_they_lie() {
    let project = Project::of("namesakes");
    let (_, report) = project.report(&[]);
    let seen: Vec<String> = report["projects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {} {}", one["name"], one["license"], one["verdict"]).replace('"', ""))
        .collect();
    assert_eq!(
        seen,
        [
            "app [app] MIT compatible",
            "app [app/src/app] MIT unknown",
            "web [x/web] MIT compatible",
            "web [y/web] ISC incompatible",
        ],
        "each with its own license and its own dependencies"
    );
    let purls: BTreeSet<String> =
        report["projects"].as_array().unwrap().iter().map(|one| one["purl"].to_string()).collect();
    assert_eq!(purls.len(), 4, "{purls:?}");
    let finding = |package: &str| {
        let findings = report["findings"].as_array().unwrap().iter();
        let found = findings.filter(|one| one["package"].to_string().contains(package)).collect::<Vec<_>>();
        assert_eq!(found.len(), 1, "{package}");
        (found[0]["project"].clone(), found[0]["location"]["file"].clone())
    };
    assert_eq!(finding("part-y"), ("web [y/web]".into(), "y/web/package.json".into()));
    assert_eq!(finding("left-over"), ("app [app/src/app]".into(), "app/src/app/requirements.txt".into()));
}

#[test]
fn a_place_is_named_from_the_root_however_the_root_is_written() {
    let project = Project::of("namesakes");
    let report = project.run(&["check", "./", "--offline", "--format", "json"]).json();
    let files: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["location"]["file"].as_str().unwrap().to_owned())
        .collect();
    assert!(files.contains(&"app/src/app/requirements.txt".to_owned()), "{files:?}");
}

const LOCK: &str = r#"{
  "name": "whole", "version": "1.0.0", "lockfileVersion": 3,
  "packages": {
    "": { "name": "whole", "version": "1.0.0", "license": "MIT", "dependencies": { "choice": "1", "moving": "1" } },
    "node_modules/choice": { "version": "1.0.0", "license": "Apache-2.0 OR GPL-2.0-only", "resolved": "https://registry.example/choice-1.0.0.tgz" },
    "node_modules/moving": { "version": "1.0.0", "license": "LICENSE", "resolved": "https://registry.example/moving-1.0.0.tgz" }
  }
}"#;

/// The arm that fits the project by itself need not fit the license that the whole has to move to.
#[test]
fn the_arm_is_taken_for_the_license_that_the_whole_moves_to() {
    let project = Project::new();
    project.write(
        "package.json",
        r#"{ "name": "whole", "version": "1.0.0", "license": "MIT", "dependencies": { "choice": "1", "moving": "1" } }"#,
    );
    for (moving, chosen) in [("BSD-3-Clause", "Apache-2.0"), ("GPL-2.0-only", "GPL-2.0-only")] {
        project.write("package-lock.json", &LOCK.replace("\"LICENSE\"", &format!("{moving:?}")));
        let (_, report) = project.report(&["--distribution", "source"]);
        let packages = report["packages"].as_array().unwrap();
        let choice = packages.iter().find(|one| one["name"] == "choice").unwrap();
        assert_eq!(
            choice["license"]["chosen"], chosen,
            "beside {moving}: {}",
            report["projects"][0]["reason"]
        );
    }
}
