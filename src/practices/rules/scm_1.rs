//! SCM-1: there is a repository with a history.

use crate::model::{PracticeState, Verb};
use crate::practices::git::{Git, History};
use crate::practices::place;
use crate::practices::probe::forge;
use crate::practices::rule::{Context, Outcome, Rule, seen};

/// The rule.
pub const RULE: Rule = Rule {
    id: "SCM-1",
    recommendation: "The code lives in at least one open source code repository.",
    verb: Verb::Must,
    fix: "Develop in a version control repository from the first day, publish it with its history, and name its address in the manifest or in publiccode.yml.",
    template: None,
    check,
};

fn check(context: &Context) -> Outcome {
    let named = place::addresses(context);
    let evidence = named.iter().map(|address| seen(format!("names {}", address.url), address.place.clone()));
    let outcome = match context.tree.history() {
        History::Git(git) => judge(git),
        History::Other(system) => Outcome::review(
            0.5,
            format!("The history is kept in {system}, which this program does not read."),
        ),
        History::Unreadable(reason) => {
            Outcome::unknown(format!("The git repository could not be read: {reason}."))
        }
        History::Absent if named.is_empty() => Outcome::unknown(
            "There is no version control data here, as in an exported tree or a folder of a larger repository, and no file names a repository.",
        ),
        History::Absent => Outcome::review(
            0.4,
            "There is no version control data here; that a file names a repository is a claim.",
        ),
    };
    origin(context, outcome).with(evidence)
}

/// A fork or a mirror has the history, but is not where the project lives.
fn origin(context: &Context, outcome: Outcome) -> Outcome {
    let (Some(session), Some(address)) = (context.online, place::addresses(context).into_iter().next())
    else {
        return outcome;
    };
    let Ok(facts) = forge::facts(session, &address.url) else { return outcome };
    let copy = match (facts.fork, facts.mirror) {
        (Some(true), _) => "a fork",
        (_, Some(true)) => "a mirror",
        _ => return outcome,
    };
    if outcome.state != PracticeState::Pass {
        return outcome;
    }
    Outcome::review(0.6, format!("The forge says that this is {copy} of another repository."))
        .with(facts.evidence)
        .with(outcome.evidence)
}

fn judge(git: &Git) -> Outcome {
    let count = git.commits.len();
    let days = git.span_days();
    let Some(last) = git.commits.first() else {
        return Outcome::fail(0.9, "The git repository has no commit.");
    };
    let seen = format!("{count}{} commits over {days} days", if git.more { " and more" } else { "" });
    let outcome = if git.submodule {
        Outcome::review(0.5, "This is checked out as a submodule of another repository.")
    } else if count > 1 && days >= 1 {
        Outcome::pass(0.9, format!("A git repository with {seen}."))
    } else if git.shallow {
        Outcome::unknown("The clone is shallow, so the history cannot be seen.")
    } else {
        Outcome::review(
            0.6,
            format!("A git repository with {seen}: a new project, or a copy without its history."),
        )
    };
    outcome.seen(seen, format!("commit {}", last.id))
}
