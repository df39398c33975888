//! Help, suggestions, completions, manual pages, `init`.

use crate::work::Project;

#[test]
fn notices_that_lack_something_say_so_beside_the_file() {
    let project = Project::of("story/before");
    let written = project.run(&["notices", "--output", "NOTICES"]);
    assert_eq!(written.code, 3, "{written:?}");
    assert!(written.err.contains("the notices are incomplete"), "{}", written.err);
    assert!(written.err.contains("2 missing"), "{}", written.err);
    assert!(project.read("NOTICES").contains("incomplete"));
}

#[test]
fn a_mistyped_command_is_answered_with_the_right_one() {
    for (typed, meant) in
        [("chekc", "check"), ("reviw", "review"), ("baselin", "baseline"), ("explian", "explain")]
    {
        let outcome = Project::new().run(&[typed]);
        assert_eq!(outcome.code, 2);
        assert!(outcome.err.contains(&format!("'{meant}'")), "{typed}: {}", outcome.err);
    }
}

#[test]
fn every_command_has_an_example() {
    let mut command = licgraph::cli::reference::command();
    command.build();
    let mut without = Vec::new();
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let after = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
        let example = format!("licgraph {}", sub.get_name());
        if !after.contains(&example) {
            without.push(example);
        }
    }
    assert!(without.is_empty(), "--help shows no example: {without:?}");
}

#[test]
fn completions_and_manual_pages_are_made() {
    let project = Project::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let outcome = project.run(&["completions", shell]);
        assert_eq!(outcome.code, 0);
        assert!(outcome.out.contains("baseline"), "{shell}");
    }
    let page = project.run(&["man"]);
    assert!(page.out.contains(".TH licgraph 1"), "{}", page.out);
    assert_eq!(project.run(&["man", "--output-directory", "man"]).code, 0);
    let names: Vec<_> = std::fs::read_dir(project.path().join("man"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.contains(&"licgraph-review.1".to_owned()), "{names:?}");
    assert!(project.read("man/licgraph-review.1").contains("licgraph\\-review"));
}

#[test]
fn init_writes_a_policy_that_is_read_and_keeps_the_one_that_is_there() {
    let project = Project::of("story/before");
    let before = project.run(&["check", "--format", "json"]).json();
    let outcome = project.run(&["init"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.out.contains("1 finding counts today"), "{}", outcome.out);
    insta::assert_snapshot!("init", project.read("licgraph.toml"));
    let after = project.run(&["check", "--format", "json"]).json();
    assert_eq!(before["findings"], after["findings"], "the file to start from decides nothing");
    let again = project.run(&["init"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("--force writes over it"), "{}", again.err);
    assert_eq!(project.run(&["init", "--force"]).code, 0);
}
