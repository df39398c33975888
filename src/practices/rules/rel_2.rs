//! REL-2: commit messages explain the changes. A number is reported, not a verdict.

use crate::model::Verb;
use crate::practices::git::CommitFacts;
use crate::practices::rule::{Context, Outcome, Rule, seen};

/// The rule.
pub const RULE: Rule = Rule {
    id: "REL-2",
    recommendation: "Commit messages explain the changes.",
    verb: Verb::Helps,
    fix: "Write in each message what changes and why.",
    template: None,
    check,
};

const EMPTY: &[&str] = &[
    "wip",
    "fix",
    "fixes",
    "fixed",
    "update",
    "updates",
    "updated",
    "changes",
    "minor",
    "test",
    "tmp",
    "temp",
    "cleanup",
    "typo",
    "commit",
    "stuff",
    "misc",
    "initial commit",
    "first commit",
];

fn check(context: &Context) -> Outcome {
    let Some(git) = context.tree.history().git() else {
        return Outcome::unknown("Commit messages cannot be seen without the git history.");
    };
    let counted: Vec<&CommitFacts> =
        git.commits.iter().filter(|commit| !commit.merge && !is_bot(&commit.author)).collect();
    if counted.is_empty() {
        return Outcome::unknown("There is no commit by a person to look at.");
    }
    let poor: Vec<&&CommitFacts> = counted.iter().filter(|commit| !explains(commit)).collect();
    let share = 100 * (counted.len() - poor.len()) / counted.len();
    let cut = if git.shallow { " The clone is shallow." } else { "" };
    Outcome::review(0.5, format!("{share} % of {} commit messages say more than a word; whether they explain, a person has to judge.{cut}", counted.len()))
        .with(poor.iter().take(3).map(|commit| seen(format!("`{}`", commit.summary), format!("commit {}", commit.id))))
}

fn explains(commit: &CommitFacts) -> bool {
    let summary = commit.summary.to_lowercase();
    let bare = summary.trim_matches(|letter: char| !letter.is_alphanumeric());
    commit.length > 10 && !EMPTY.contains(&bare)
}

fn is_bot(author: &str) -> bool {
    let lower = author.to_lowercase();
    lower.contains("[bot]")
        || lower.contains("bot@")
        || lower.starts_with("noreply@")
        || lower.contains("dependabot")
        || lower.contains("renovate")
}
