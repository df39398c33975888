//! Flag, environment, the project's file, the file it extends; and which file is found.

use crate::work::Project;

fn license_of(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut all = vec!["check", "--format", "json", "--fail-on", "never"];
    all.extend(arguments);
    let outcome = project.run_with(&all, variables);
    outcome.json()["projects"][0]["license"].as_str().unwrap().to_owned()
}

#[test]
fn the_nearest_word_wins() {
    let project = Project::of("story/before");
    assert_eq!(license_of(&project, &[], &[]), "MIT", "what the manifest says");
    project.write("licgraph.toml", "extends = \"base.toml\"\n");
    project.write("base.toml", "[project]\nlicense = \"ISC\"\n[audit]\nfail-on = \"never\"\n");
    assert_eq!(license_of(&project, &[], &[]), "ISC", "the extended file");
    project.write("licgraph.toml", "extends = \"base.toml\"\n[project]\nlicense = \"Zlib\"\n");
    assert_eq!(license_of(&project, &[], &[]), "Zlib", "the project's file");
    let variable = [("LICGRAPH_LICENSE", "0BSD")];
    assert_eq!(license_of(&project, &[], &variable), "0BSD", "the environment");
    assert_eq!(license_of(&project, &["--license", "BSL-1.0"], &variable), "BSL-1.0", "the flag");
    assert_eq!(project.run(&["check"]).code, 0, "what the file leaves open comes from the extended one");
    assert_eq!(project.run_with(&["check"], &[("LICGRAPH_FAIL_ON", "unknown")]).code, 1);
    assert_eq!(project.run_with(&["check", "--fail-on", "never"], &[("LICGRAPH_FAIL_ON", "note")]).code, 0);
    let wrong = project.run_with(&["check"], &[("LICGRAPH_DISTRIBUTION", "boxes")]);
    assert_eq!(wrong.code, 2);
}

#[test]
fn a_flag_about_linkage_wins_over_the_policy() {
    let project = Project::of("story/before");
    project.write("licgraph.toml", "[[linkage.package]]\npackage = \"ledger-core\"\nlinkage = \"process\"\n");
    assert_eq!(project.run(&["check"]).code, 0, "a separate program is no part of the work");
    assert_eq!(project.run(&["check", "--linkage", "ledger-core=static"]).code, 1);
    assert_eq!(project.run(&["check", "--no-policy"]).code, 1);
}

#[test]
fn the_policy_of_the_repository_holds_below_its_top() {
    let project = Project::of("monorepo");
    project.git(&["init", "-q"]);
    project.write("licgraph.toml", "[project]\nlicense = \"Zlib\"\n");
    let outcome = project.run(&["check", "web", "--format", "json", "--fail-on", "never"]);
    assert_eq!(outcome.json()["projects"][0]["license"], "Zlib");
    // Without a repository around it, a directory above is somebody else's.
    let alone = Project::of("monorepo");
    alone.write("licgraph.toml", "[project]\nlicense = \"Zlib\"\n");
    let outcome = alone.run(&["check", "web", "--format", "json", "--fail-on", "never"]);
    assert_eq!(outcome.json()["projects"][0]["license"], "MIT");
}

#[test]
fn roots_and_excluded_paths_say_what_is_audited() {
    let project = Project::of("monorepo");
    let names = |policy: &str| -> Vec<String> {
        project.write("licgraph.toml", policy);
        let (_, report) = project.report(&["--fail-on", "never"]);
        report["projects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(""), ["server", "web"]);
    assert_eq!(names("[audit]\nroots = [\"web\"]\n"), ["web"]);
    assert_eq!(names("[audit]\nexclude = [\"we*\"]\n"), ["server"]);
    project.write("licgraph.toml", "[audit]\nexclude = [\"web\"]\n");
    let (_, report) = project.report(&["--fail-on", "never"]);
    let left_out = report["summary"]["not_read"].to_string();
    assert!(left_out.contains("web: npm project, left out as asked"), "{left_out}");
}
