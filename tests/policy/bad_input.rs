//! A policy that cannot be understood stops the run (exit code 2), with the place and what to write instead.

use crate::work::{Project, counting};

/// Runs `check` under a policy that must be refused.
fn refused(policy: &str) -> String {
    let project = Project::of("story/before");
    project.write("licgraph.toml", policy);
    let outcome = project.run(&["check"]);
    assert_eq!(outcome.code, 2, "{policy}: {outcome:?}");
    assert!(outcome.out.is_empty());
    outcome.err
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let cases = [
        (
            "[project]\nlisence = \"MIT\"\n",
            "licgraph.toml:2:1: unknown key `lisence`; did you mean `license`?",
        ),
        (
            "[proyect]\nlicense = \"MIT\"\n",
            "licgraph.toml:1:2: unknown key `proyect`; did you mean `project`?",
        ),
        ("[project]\ndistribution = \"binry\"\n", "2:16: unknown word `binry`; did you mean `binary`?"),
        ("[audit]\nwithout-dev = \"yes\"\n", "2:15: invalid type: string \"yes\", expected a boolean"),
        (
            "[audit]\nfail-on = \"conditonal\"\n",
            "2:11: unknown fail level `conditonal`; did you mean `conditional`?",
        ),
        ("[project]\nlicense = \"MIT AND\"\n", "2:11: `MIT AND` is not a license expression"),
        (
            "[allow]\ncategories = [\"permisive\"]\n",
            "2:15: unknown category `permisive`; did you mean `permissive`?",
        ),
        ("[deny]\nosi = [\"maybe\"]\n", "2:8: unknown status `maybe`; use one of yes, no, silent"),
        ("[deny]\nlicenses = [\"MIT OR ISC\"]\n", "2:13: `MIT OR ISC` names several licenses"),
        ("[audit]\nexclude = [\"a{b\"]\n", "2:12: is not a glob"),
        ("[audit]\nbaseline = \"../elsewhere.json\"\n", "2:12: `../elsewhere.json` must be a path below"),
        ("[project\nlicense = \"MIT\"\n", "licgraph.toml:1:"),
        (
            "[[waiver]]\npackage = \"x\"\nlicense = \"MIT\"\nreason = \"r\"\nexpires = \"2026-13-01\"\n",
            "5:11: `2026-13-01` is not a date; write it as YYYY-MM-DD",
        ),
        (
            "[[waiver]]\npackage = \"x\"\nlicense = \"MIT\"\nreason = \"r\"\nexpires = 2026-02-30\n",
            "licgraph.toml:5:",
        ),
        ("[[waiver]]\npackage = \"x\"\nlicense = \"MIT\"\nreason = \"r\"\n", "missing field `expires`"),
        (
            "[[waiver]]\npackage = \"x\"\nlicense = \"MIT\"\nreason = \" \"\nexpires = \"2027-01-01\"\n",
            "4:10: the reason is empty",
        ),
        (
            "[[waiver]]\npackage = \"x\"\nreason = \"r\"\nexpires = \"2027-01-01\"\n",
            "2:11: a waiver for a package needs the `license` that was accepted",
        ),
        (
            "[[waiver]]\nfinding = \"12\"\nreason = \"r\"\nexpires = \"2027-01-01\"\n",
            "2:11: must be 16 hexadecimal digits",
        ),
        (
            "[[waiver]]\nreason = \"r\"\nexpires = \"2027-01-01\"\n",
            "a waiver needs `finding`, or `package` and `license`",
        ),
        (
            "[[clarification]]\npackage = \"x\"\nlicense = \"MIT\"\nreason = \"r\"\n[[clarification]]\npackage = \"x\"\nlicense = \"ISC\"\nreason = \"r\"\n",
            "6:11: two clarifications contradict each other: `x` is ISC here and MIT at licgraph.toml:2:11",
        ),
        (
            "[[clarification]]\npackage = \"x*\"\nlicense = \"MIT\"\nreason = \"r\"\n[[clarification]]\npackage = \"xy\"\nlicense = \"ISC\"\nreason = \"r\"\n",
            "two clarifications contradict each other",
        ),
        (
            "[[license]]\nid = \"LicenseRef-A\"\ncategory = \"permissive\"\ncopyleft-scope = \"work\"\n",
            "2:6: `LicenseRef-A`: a copyleft category and a copyleft scope go together",
        ),
        ("[[license]]\nid = \"Acme\"\ncategory = \"permissive\"\n", "2:6:"),
        (
            "[[license]]\nid = \"LicenseRef-A\"\ncategory = \"permissive\"\n[[license]]\nid = \"LicenseRef-A\"\ncategory = \"permissive\"\n",
            "5:6: `LicenseRef-A`: is defined twice",
        ),
        (
            "[[practice]]\nid = \"SEC-2\"\nstate = \"waived\"\nreason = \"r\"\n",
            "3:9: a waived practice needs `expires`",
        ),
    ];
    for (policy, expected) in cases {
        let message = refused(policy);
        assert!(message.contains(expected), "{policy}\nexpected {expected}\ngot {message}");
    }
}

#[test]
fn a_policy_that_is_no_text_is_refused() {
    let project = Project::of("story/before");
    std::fs::write(project.path().join("licgraph.toml"), [0xff, 0xfe, 0x00]).unwrap();
    let outcome = project.run(&["check"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.err.contains("it is not UTF-8 text"), "{}", outcome.err);
    let missing = project.run(&["check", "--policy", "nowhere.toml"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("cannot read the policy nowhere.toml"), "{}", missing.err);
}

#[test]
fn extends_neither_circles_nor_leaves_the_tree() {
    let project = Project::of("story/before");
    project.write("licgraph.toml", "extends = \"shared/a.toml\"\n");
    project.write("shared/a.toml", "extends = \"b.toml\"\n");
    project.write("shared/b.toml", "extends = \"../licgraph.toml\"\n");
    let circle = project.run(&["check"]);
    assert_eq!(circle.code, 2);
    assert!(
        circle.err.contains(
            "shared/b.toml:1:11: `extends` goes in a circle: licgraph.toml -> shared/a.toml -> shared/b.toml -> licgraph.toml"
        ),
        "{}",
        circle.err
    );
    project.write("licgraph.toml", "extends = \"licgraph.toml\"\n");
    assert!(project.run(&["check"]).err.contains("goes in a circle"));

    let outside = Project::new();
    outside.write("shared.toml", "[project]\nlicense = \"GPL-3.0-only\"\n");
    let path = outside.path().join("shared.toml");
    for written in ["../shared.toml", path.to_str().unwrap()] {
        project.write("licgraph.toml", &format!("extends = \"{written}\"\n"));
        let outcome = project.run(&["check"]);
        assert_eq!(outcome.code, 2);
        assert!(outcome.err.contains("`extends` leads out of the tree"), "{}", outcome.err);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&path, project.path().join("link.toml")).unwrap();
        project.write("licgraph.toml", "extends = \"link.toml\"\n");
        assert!(project.run(&["check"]).err.contains("`extends` leads out of the tree"));
    }
    // Named by the user it may lie anywhere.
    project.write("licgraph.toml", "");
    let shared = project.run(&["check", "--shared-policy", path.to_str().unwrap()]);
    assert_eq!(shared.code, 0, "{shared:?}");
}

#[test]
fn a_waiver_or_clarification_that_matches_nothing_is_a_warning() {
    let project = Project::of("story/before");
    project.write(
        "licgraph.toml",
        "[[clarification]]\npackage = \"nothing-*\"\nlicense = \"MIT\"\nreason = \"r\"\n\
         [[waiver]]\npackage = \"gone\"\nlicense = \"MIT\"\nreason = \"r\"\nexpires = \"2020-01-01\"\n",
    );
    let (code, report) = project.report(&[]);
    assert_eq!(code, 1);
    let unused = counting(&report).iter().filter(|finding| *finding == "waiver-unused -").count();
    assert_eq!(unused, 2);
    let place = &report["findings"].as_array().unwrap().last().unwrap()["location"];
    assert_eq!(place["file"], "licgraph.toml");
    assert_eq!(project.run(&["check", "--fail-on", "never"]).code, 0);
}

#[test]
fn a_baseline_of_another_shape_or_version_is_refused() {
    let project = Project::of("story/before");
    for (text, expected) in [
        ("{\"version\": 2, \"findings\": []}", "is a baseline of version 2, this program reads version 1"),
        ("{\"version\": 1, \"findings\": [], \"more\": 1}", "not a baseline: unknown field `more`"),
        ("[]", "not a baseline"),
        ("{", "known.json:1:1: not a baseline"),
    ] {
        project.write("known.json", text);
        let outcome = project.run(&["check", "--baseline", "known.json"]);
        assert_eq!(outcome.code, 2, "{text}");
        assert!(outcome.err.contains(expected), "{text}: {}", outcome.err);
        let update = project.run(&["baseline", "update", "--baseline", "known.json"]);
        assert_eq!(update.code, 2, "nothing that cannot be read is written over");
        assert_eq!(project.read("known.json"), text);
    }
    let missing = project.run(&["check", "--baseline", "none.json"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("make one with `licgraph baseline update`"), "{}", missing.err);
}

#[test]
fn a_clock_that_is_no_number_is_refused() {
    let mut project = Project::of("story/before");
    project.at("yesterday");
    let outcome = project.run(&["check"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.err.contains("SOURCE_DATE_EPOCH"), "{}", outcome.err);
}

#[test]
fn a_policy_cut_off_anywhere_is_read_or_refused() {
    let project = Project::new();
    let whole = std::fs::read_to_string(crate::work::repository().join("licgraph.toml")).unwrap();
    let file = project.path().join("licgraph.toml");
    let (mut read, mut refused) = (0, 0);
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        std::fs::write(&file, &whole[..end]).unwrap();
        match licgraph::policy::load(&file, &|_| None) {
            Ok(_) => read += 1,
            Err(error) => {
                refused += 1;
                assert!(error.to_string().starts_with("licgraph.toml:"), "{error}");
            }
        }
    }
    assert!(read > 10 && refused > 10, "{read} {refused}");
}
