//! COM-2: a chat or a mailing list.

use crate::model::{PracticeState, Verb};
use crate::practices::address::{emails, is_placeholder, urls};
use crate::practices::place;
use crate::practices::probe::forge;
use crate::practices::probe::links::{Link, follow};
use crate::practices::rule::{Context, Outcome, Rule, seen};
use crate::practices::text::mentions;

/// The rule.
pub const RULE: Rule = Rule {
    id: "COM-2",
    recommendation: "Users and developers can talk in a chat or on a mailing list.",
    verb: Verb::Helps,
    fix: "Open a public chat room, a mailing list or a forum, and link it from the README.",
    template: None,
    check,
};

/// Places to talk that stay where they are.
const LASTING: &[&str] = &[
    "matrix.to/#/",
    "element.io/#/room",
    "zulipchat.com",
    "mattermost",
    "lists.",
    "/mailman",
    "groups.google.com",
    "groups.io",
    "lists.sr.ht",
    "discourse",
    "forum",
    "/discussions",
    "irc://",
    "ircs://",
    "web.libera.chat",
    "webchat.oftc.net",
    "xmpp:",
    "freelists.org",
    "listserv",
];
/// Invitations that expire, and services where most rooms are empty.
const FLEETING: &[&str] = &[
    "discord.gg",
    "discord.com/invite",
    "join.slack.com",
    "slack.com",
    "gitter.im",
    "t.me/",
    "chat.whatsapp.com",
];

struct Found {
    address: String,
    place: String,
    lasting: bool,
}

fn check(context: &Context) -> Outcome {
    let found = talk(context);
    let evidence: Vec<_> =
        found.iter().map(|found| seen(format!("names {}", found.address), found.place.clone())).collect();
    if let Some(outcome) = discussions(context) {
        return outcome.with(evidence);
    }
    let outcome = match context.online {
        Some(session) if !found.is_empty() => {
            let links = found.iter().filter(|found| found.address.starts_with("https://"));
            let states: Vec<(String, Link)> =
                links.map(|found| (found.address.clone(), follow(session, &found.address))).collect();
            let seen = states
                .iter()
                .map(|(url, link)| session.evidence(format!("{link:?}"), url))
                .collect::<Vec<_>>();
            judge_links(&states, &found).with(seen)
        }
        _ => judge(&found),
    };
    outcome.with(evidence)
}

/// Discussions of the forge, which need no link to be found.
fn discussions(context: &Context) -> Option<Outcome> {
    let address = place::addresses(context).into_iter().next()?;
    let facts = forge::facts(context.online?, &address.url).ok()?;
    let open = facts.discussions == Some(true) && facts.archived != Some(true);
    open.then(|| Outcome::pass(0.8, "The forge has discussions.").with(facts.evidence))
}

fn judge(found: &[Found]) -> Outcome {
    if let Some(first) = found.iter().find(|found| found.lasting) {
        return Outcome::pass(0.6, format!("{} is named as a place to talk.", first.address));
    }
    match found.first() {
        Some(first) => Outcome::review(
            0.5,
            format!(
                "{} is named; whether the invitation still works, only the network can tell.",
                first.address
            ),
        ),
        None => Outcome::fail(0.6, "No chat, mailing list or forum is named."),
    }
}

fn judge_links(states: &[(String, Link)], found: &[Found]) -> Outcome {
    if let Some((url, _)) = states.iter().find(|(_, link)| *link == Link::Alive) {
        return Outcome::pass(0.8, format!("{url} answers."));
    }
    let offline = judge(
        &found
            .iter()
            .filter(|found| !states.iter().any(|(url, _)| *url == found.address))
            .map(|found| Found {
                address: found.address.clone(),
                place: found.place.clone(),
                lasting: found.lasting,
            })
            .collect::<Vec<_>>(),
    );
    if offline.state == PracticeState::Pass {
        return offline;
    }
    let dead = states.iter().filter(|(_, link)| matches!(link, Link::Dead(_) | Link::Login)).count();
    if !states.is_empty() && dead == states.len() {
        return Outcome::fail(0.8, "Every place to talk that is named is gone or asks for a login.");
    }
    Outcome::unknown("The places to talk that are named could not be reached.")
}

/// Places to talk in the texts that users read first.
fn talk(context: &Context) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let names = ["README", "SUPPORT", "CONTRIBUTING", "COMMUNITY", "MAINTAINERS", "GOVERNANCE", "PUBLICCODE"];
    let mut documents = context.tree.community(&names);
    documents.extend(
        context
            .tree
            .documents()
            .into_iter()
            .filter(|document| mentions(&document.path, &["support", "community", "contact", "docs/index"])),
    );
    for document in &documents {
        for (at, line) in document.text.lines().enumerate() {
            let mut add = |address: String, lasting: bool| {
                if !found.iter().any(|known| known.address == address) {
                    found.push(Found { address, place: document.place(at + 1), lasting });
                }
            };
            for url in urls(line).into_iter().filter(|url| !is_placeholder(url) && !is_image(url)) {
                let lower = url.to_lowercase();
                let fleeting = FLEETING.iter().any(|place| lower.contains(place));
                if fleeting || LASTING.iter().any(|place| lower.contains(place)) {
                    add(url, !fleeting);
                }
            }
            if mentions(line, &["mailing list", "mailing-list"]) {
                for mail in emails(line).into_iter().filter(|mail| !is_placeholder(mail)) {
                    add(mail, true);
                }
            }
            if let Some(channel) = irc_channel(line) {
                add(channel, true);
            }
        }
    }
    found
}

fn is_image(url: &str) -> bool {
    let lower = url.to_lowercase();
    lower.ends_with(".svg")
        || lower.ends_with(".png")
        || lower.contains("shields.io")
        || lower.contains("badges.gitter")
}

/// `#channel` on a named network.
fn irc_channel(line: &str) -> Option<String> {
    if !mentions(line, &["libera", "oftc", "irc"]) {
        return None;
    }
    let channel = line
        .split_whitespace()
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '#'))
        .find(|word| word.len() > 2 && word.starts_with('#') && !word.starts_with("##"))?;
    mentions(line, &["libera", "oftc", "irc.", "efnet"]).then(|| channel.to_owned())
}
