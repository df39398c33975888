//! Which extras, categories and groups only developers ask for, by the name that projects give them.
//!
//! No tool writes this down. An extra counts as theirs when every word of its name says so (`dev`, `test-deps`,
//! `docs_and_lint`); `dev-server` does not, for a dependency too many is seen and one too few is not.

const DEVELOPERS: [&str; 36] = [
    "dev",
    "devel",
    "develop",
    "development",
    "developer",
    "developers",
    "contributing",
    "test",
    "tests",
    "testing",
    "unittest",
    "unittests",
    "check",
    "checks",
    "lint",
    "linter",
    "linters",
    "linting",
    "format",
    "formatting",
    "style",
    "quality",
    "qa",
    "doc",
    "docs",
    "documentation",
    "ci",
    "typing",
    "typecheck",
    "coverage",
    "precommit",
    "bench",
    "benchmark",
    "benchmarks",
    "benchmarking",
    "release",
];

/// Words that say nothing by themselves.
const FILLING: [&str; 9] =
    ["and", "all", "deps", "dependencies", "requirements", "requires", "extra", "extras", "tools"];

/// Whether a name says that only developers ask for it.
pub(super) fn is_for_developers(name: &str) -> bool {
    let name =
        name.to_ascii_lowercase().replace("pre-commit", "precommit").replace("pre_commit", "precommit");
    let words: Vec<&str> =
        name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_theirs = |word: &&str| DEVELOPERS.contains(word);
    words.iter().any(is_theirs) && words.iter().all(|word| is_theirs(word) || FILLING.contains(word))
}

/// Names of groups that the deployed program is installed with. Any other group is for developers, for whom groups
/// were made (PEP 735).
const RUNNING: [&str; 8] = ["app", "application", "prod", "production", "runtime", "server", "web", "worker"];

/// Whether a group says by its name that the deployed program has it.
pub(super) fn is_for_running(group: &str) -> bool {
    RUNNING.contains(&group.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::is_for_developers;

    #[test]
    fn every_word_has_to_say_it() {
        for name in
            ["dev", "Test", "docs", "dev-dependencies", "test_deps", "all-dev", "pre-commit", "docs-and-lint"]
        {
            assert!(is_for_developers(name), "{name}");
        }
        for name in
            ["dev-server", "test-client", "all", "prod", "docsearch", "pytest", "sphinx", "", "extras"]
        {
            assert!(!is_for_developers(name), "{name}");
        }
    }
}
