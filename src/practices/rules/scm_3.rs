//! SCM-3: anybody can propose changes and open issues.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::place;
use crate::practices::probe::forge::{self, ForgeFacts};
use crate::practices::rule::{Context, Outcome, Rule, Template, remark, seen};
use crate::practices::text::{has_gap, line_of, mentions, word_count};
use crate::practices::tree::{Document, Tree};

/// The rule.
pub const RULE: Rule = Rule {
    id: "SCM-3",
    recommendation: "Anybody can easily propose changes and open issues.",
    verb: Verb::Must,
    fix: "Write a CONTRIBUTING file that says where issues go and how a change is proposed, and keep both open on the forge.",
    template: Some(Template {
        file: "CONTRIBUTING.md",
        text: include_str!("../../../data/practices/CONTRIBUTING.md"),
    }),
    check,
};

const CHANGES: &[&str] = &[
    "pull request",
    "merge request",
    "send-email",
    "send a patch",
    "patches to",
    "submit a patch",
    "submit patches",
    "mail a patch",
    "email patches",
    "format-patch",
];
const ISSUES: &[&str] = &[
    "open an issue",
    "open issues",
    "file an issue",
    "issue tracker",
    "bug tracker",
    "report a bug",
    "report bugs",
    "bug report",
    "bugs to",
    "create an issue",
    "raise an issue",
    "new issue",
    "bugzilla",
    "jira",
    "mailing list",
];
const CLOSED: &[&str] = &[
    "not open to contributions",
    "does not accept contributions",
    "not accepting contributions",
    "not accept pull requests",
    "no pull requests",
    "contributions are not accepted",
    "read-only mirror",
    "this is a mirror",
    "mirror of",
    "no longer maintained",
    "is archived",
    "has been archived",
    "unmaintained",
];

#[derive(Default)]
struct Found {
    changes: Vec<PracticeEvidence>,
    issues: Vec<PracticeEvidence>,
    against: Vec<PracticeEvidence>,
}

fn check(context: &Context) -> Outcome {
    let mut found = read(context.tree);
    if let Some(url) = &context.inputs.issue_tracker {
        found.issues.push(seen(format!("issues go to {url}"), "the project's policy"));
    }
    for claim in context.tree.manifests().trackers.iter().chain(&context.tree.claims().trackers) {
        found.issues.push(seen(format!("claims that issues go to {}", claim.value), claim.place.clone()));
    }
    let address = place::addresses(context).into_iter().next();
    let on_forge = address.is_some();
    match (context.online, &address) {
        (Some(session), Some(address)) => match forge::facts(session, &address.url) {
            Ok(facts) => judge_forge(&facts, found),
            Err(reason) => {
                judge_tree(found, on_forge).with([remark(format!("The forge could not be asked: {reason}."))])
            }
        },
        _ => judge_tree(found, on_forge),
    }
}

fn read(tree: &Tree) -> Found {
    let mut found = Found::default();
    let mut guides =
        tree.community(&["CONTRIBUTING", "CONTRIBUTE", "HACKING", "MAINTAINERS", "SUPPORT", "README"]);
    guides.extend(
        tree.documents().into_iter().filter(|document| document.path.to_lowercase().contains("contribut")),
    );
    for guide in &guides {
        read_guide(guide, &mut found);
    }
    for owner in [Some(tree), tree.organisation()].into_iter().flatten() {
        read_templates(owner, &mut found);
    }
    found
}

fn read_guide(guide: &Document, found: &mut Found) {
    let template = has_gap(guide.text) && !guide.path.to_lowercase().contains("readme");
    if word_count(guide.text) < 25 || template {
        return;
    }
    for (list, words, what) in [
        (&mut found.changes, CHANGES, "says how to propose a change"),
        (&mut found.issues, ISSUES, "says where issues go"),
        (&mut found.against, CLOSED, "says that contributions are not wanted or go elsewhere"),
    ] {
        if mentions(guide.text, words) {
            list.push(seen(what, guide.place(line_of(guide.text, words))));
        }
    }
}

fn read_templates(tree: &Tree, found: &mut Found) {
    for file in tree.files().iter().filter(|file| is_template(&file.path.to_lowercase())) {
        let Some(document) = tree.as_document(file) else { continue };
        let lower = document.path.to_lowercase();
        let change = lower.contains("pull_request") || lower.contains("merge_request");
        // The chooser alone, with blank issues off, opens nothing.
        let chooser = lower.ends_with("/config.yml") || lower.ends_with("/config.yaml");
        if chooser || word_count(document.text) < 10 || has_gap(document.text) {
            continue;
        }
        let list = if change { &mut found.changes } else { &mut found.issues };
        list.push(seen("a template", document.place(1)));
    }
}

fn is_template(path: &str) -> bool {
    let folder =
        [".github/", ".gitlab/", ".gitea/", ".forgejo/"].iter().any(|folder| path.starts_with(folder));
    let name = ["issue_template", "pull_request_template", "merge_request_template"]
        .iter()
        .any(|name| path.contains(name));
    folder && name
}

fn judge_tree(found: Found, on_forge: bool) -> Outcome {
    let outcome = if !found.against.is_empty() {
        Outcome::review(0.6, "A text says that contributions are not wanted here, or go elsewhere.")
    } else {
        match (found.changes.is_empty(), found.issues.is_empty()) {
            (false, false) => {
                Outcome::pass(0.7, "The texts say how to propose a change and where issues go.")
            }
            _ if on_forge => Outcome::unknown(
                "The texts do not say both how to propose a change and where issues go; whether the forge allows it anyway, only the network can tell.",
            ),
            (true, true) => Outcome::fail(0.7, "No text says how to propose a change or where issues go."),
            (true, false) => Outcome::fail(0.7, "No text says how to propose a change."),
            (false, true) => Outcome::fail(0.7, "No text says where issues go."),
        }
    };
    outcome.with(found.changes.into_iter().chain(found.issues).chain(found.against))
}

fn judge_forge(facts: &ForgeFacts, found: Found) -> Outcome {
    let tracker = facts.issues == Some(true) || facts.external_tracker.is_some();
    let declared = !found.issues.is_empty();
    let outcome = if facts.archived == Some(true) {
        Outcome::fail(0.95, "The repository is archived: nothing can be proposed or opened.")
    } else if facts.mirror == Some(true) && found.changes.is_empty() {
        Outcome::review(0.7, "The repository is a mirror; where changes go is not said.")
    } else if facts.changes == Some(false) && found.changes.is_empty() {
        Outcome::fail(0.9, format!("{} says that not everybody can propose changes.", facts.kind))
    } else if facts.issues == Some(false) && !tracker && !declared {
        Outcome::fail(0.9, format!("{} says that issues are off, and no other tracker is named.", facts.kind))
    } else if !found.against.is_empty() {
        Outcome::review(
            0.6,
            "The forge takes issues and changes, but a text says that they are not wanted or go elsewhere.",
        )
    } else if facts.archived == Some(false) && facts.changes == Some(true) && tracker {
        Outcome::pass(0.9, format!("{} takes issues and proposed changes.", facts.kind))
    } else if facts.changes != Some(true) && found.changes.is_empty() || !tracker && !declared {
        Outcome::review(
            0.5,
            format!("{} does not say whether everybody can open issues and propose changes.", facts.kind),
        )
    } else {
        Outcome::pass(0.7, "The forge and the texts together say where issues and changes go.")
    };
    let remarks = facts.remarks.iter().map(remark).collect::<Vec<_>>();
    outcome
        .with(facts.evidence.clone())
        .with(remarks)
        .with(found.changes.into_iter().chain(found.issues).chain(found.against))
}
