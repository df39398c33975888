//! SCM-2: anybody can read the repository.

use crate::model::Verb;
use crate::practices::place::{self, RepositoryAddress};
use crate::practices::probe::Session;
use crate::practices::probe::smart_http::{Readable, readable};
use crate::practices::rule::{Context, Outcome, Rule, seen};

/// The rule.
pub const RULE: Rule = Rule {
    id: "SCM-2",
    recommendation: "The repository is publicly accessible.",
    verb: Verb::Must,
    fix: "Let anybody clone the repository over https without an account, and name that address in the manifest.",
    template: None,
    check,
};

fn check(context: &Context) -> Outcome {
    let named = place::addresses(context);
    let evidence = named.iter().map(|address| seen(format!("claims {}", address.url), address.place.clone()));
    let outcome = match (context.online, named.first()) {
        (None, _) => Outcome::unknown("Only the network can tell; the audit is offline."),
        (Some(_), None) => Outcome::unknown("No remote and no file names the address of the repository."),
        (Some(session), Some(_)) => ask(session, &named),
    };
    outcome.with(evidence)
}

/// The first address decides, unless it could not be asked and another one is public.
fn ask(session: &Session, named: &[RepositoryAddress]) -> Outcome {
    let mut first: Option<Outcome> = None;
    for address in named {
        let outcome = judge(session, address);
        if outcome.state == crate::model::PracticeState::Pass {
            return outcome;
        }
        first.get_or_insert(outcome);
    }
    first.unwrap_or_else(|| Outcome::unknown("No address to ask."))
}

fn judge(session: &Session, address: &RepositoryAddress) -> Outcome {
    let evidence = |text: &str, url: &str| [session.evidence(text, url)];
    match readable(session, &address.url) {
        Readable::Public { address: found, empty } => {
            let moved = found.trim_end_matches(".git") != address.url.trim_end_matches(".git");
            let note = if moved {
                format!(" It has moved to {found}; name the new address.")
            } else {
                String::new()
            };
            if empty {
                return Outcome::fail(0.9, "Anybody can read the repository, but it is empty.")
                    .with(evidence("no branch, no tag", &found));
            }
            Outcome::pass(0.95, format!("An anonymous reader is given the references.{note}"))
                .with(evidence("references read without credentials", &found))
        }
        Readable::Internal(found) => Outcome::review(
            0.7,
            "The repository answers from here, but its host is not one of the public Internet.",
        )
        .with(evidence("references read without credentials", &found)),
        Readable::Hidden(reason) if address.canonical => Outcome::fail(0.9, format!("Not public: {reason}."))
            .with(evidence("asked without credentials", &address.url)),
        Readable::Hidden(reason) => Outcome::unknown(format!(
            "Not shown to be public: {reason}; but only a git remote names this address."
        ))
        .with(evidence("asked without credentials", &address.url)),
        Readable::Unknown(reason) => session.unknown(&format!("Could not look: {reason}."), &address.url),
    }
}
