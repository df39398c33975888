//! REL-1: releases, versions and a changelog.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::git::{Git, History, TagFacts};
use crate::practices::rule::{Context, Outcome, Rule, Template, remark, seen};
use crate::practices::text::{dates, mentions, word_count};
use crate::practices::tree::Tree;
use jiff::civil::Date;

/// The rule.
pub const RULE: Rule = Rule {
    id: "REL-1",
    recommendation: "The evolution of the software can be tracked: releases, versions, a changelog.",
    verb: Verb::Helps,
    fix: "Tag every release with its version, sign the tag, and describe the changes in CHANGELOG.md under that version and date.",
    template: Some(Template {
        file: "CHANGELOG.md",
        text: include_str!("../../../data/practices/CHANGELOG.md"),
    }),
    check,
};

/// A changelog with its newest date.
struct Changelog {
    place: String,
    newest: Option<(usize, Date)>,
    automatic: bool,
}

fn check(context: &Context) -> Outcome {
    let changelog = changelog(context.tree);
    match context.tree.history() {
        History::Git(git) => judge(context, git, changelog.as_ref()),
        _ => {
            let place = changelog.map(|changelog| seen("a changelog", changelog.place));
            Outcome::unknown("Tags cannot be seen without the git history.").with(place)
        }
    }
}

fn judge(context: &Context, git: &Git, changelog: Option<&Changelog>) -> Outcome {
    let releases: Vec<&TagFacts> = git.tags.iter().filter(|tag| version_of(&tag.name).is_some()).collect();
    let mut evidence = vec![remark(format!(
        "{} version tags, {} annotated, {} signed (signatures are not verified)",
        releases.len(),
        releases.iter().filter(|tag| tag.annotated).count(),
        releases.iter().filter(|tag| tag.signed).count()
    ))];
    evidence.extend(
        releases.last().map(|tag| seen(format!("last tag {}", tag.name), format!("commit {}", tag.commit))),
    );
    evidence.extend(changelog.map(|changelog| seen("a changelog", changelog.place.clone())));
    decide(git, &releases, changelog).with(evidence).with(version_notes(context, &releases))
}

fn decide(git: &Git, releases: &[&TagFacts], changelog: Option<&Changelog>) -> Outcome {
    let Some(last) = releases.last() else {
        return match changelog {
            _ if git.shallow => Outcome::unknown("The clone is shallow, so tags may be missing."),
            Some(_) => Outcome::review(
                0.4,
                "There is a changelog, but no version tag: perhaps a rolling release, perhaps tags were not fetched.",
            ),
            None => Outcome::fail(0.7, "There is no version tag and no changelog."),
        };
    };
    let repeated = releases.windows(2).find(|pair| pair[0].tree == pair[1].tree);
    match changelog {
        None => {
            let notes = releases.iter().filter(|tag| tag.annotated).count();
            if notes > 0 {
                Outcome::review(0.5, "There are version tags with messages, but no changelog.")
            } else {
                Outcome::fail(0.6, "There are version tags, but nothing says what changed.")
            }
        }
        Some(changelog) if changelog.automatic => {
            Outcome::review(0.5, "The changelog only lists merged changes by title.")
        }
        Some(Changelog { newest: None, .. }) => Outcome::review(0.4, "The changelog has no dates."),
        Some(Changelog { newest: Some((_, date)), .. }) => {
            let released = last.time.to_zoned(jiff::tz::TimeZone::UTC).date();
            let behind = (released - *date).total((jiff::Unit::Day, released)).unwrap_or(f64::MAX);
            if behind > 180.0 {
                Outcome::fail(0.7, format!("The changelog ends on {date}, long before the last release."))
            } else if let Some(pair) = repeated {
                Outcome::review(
                    0.5,
                    format!("The tags {} and {} have the same content.", pair[0].name, pair[1].name),
                )
            } else {
                Outcome::pass(0.8, format!("{} version tags and a changelog up to {date}.", releases.len()))
            }
        }
    }
}

/// What does not fit: a manifest behind its last tag, versions out of order.
fn version_notes(context: &Context, releases: &[&TagFacts]) -> Vec<PracticeEvidence> {
    let mut notes = Vec::new();
    let versions: Vec<(Vec<u64>, &str)> =
        releases.iter().filter_map(|tag| Some((version_of(&tag.name)?, tag.name.as_str()))).collect();
    if let (Some((last, name)), Some(claim)) = (versions.last(), context.tree.manifests().versions.first())
        && version_of(&claim.value).is_some_and(|manifest| manifest < *last)
    {
        notes.push(seen(
            format!("the manifest says {}, the last tag {name}", claim.value),
            claim.place.clone(),
        ));
    }
    notes
}

/// The numbers of a tag like `v1.2.3`, `name-1.2` or `2026.02.19`.
fn version_of(tag: &str) -> Option<Vec<u64>> {
    let last = tag.rsplit('/').next()?;
    let start = last.find(|letter: char| letter.is_ascii_digit())?;
    let before = &last[..start];
    let fits =
        before.is_empty() || before.ends_with(['v', 'V', '-', '_']) || before.eq_ignore_ascii_case("release");
    let number = last[start..].split(['-', '+']).next()?;
    let parts: Option<Vec<u64>> = number.split('.').map(|part| part.parse().ok()).collect();
    parts.filter(|parts| fits && parts.len() >= 2)
}

fn changelog(tree: &Tree) -> Option<Changelog> {
    let documents = tree.community(&["CHANGELOG", "CHANGES", "HISTORY", "NEWS", "RELEASES", "RELEASE_NOTES"]);
    let document = documents.into_iter().find(|document| word_count(document.text) >= 15)?;
    let newest = dates(document.text).into_iter().max_by_key(|(_, date)| *date);
    let entries: Vec<&str> =
        document.text.lines().map(str::trim).filter(|line| line.starts_with(['*', '-'])).collect();
    let automatic = |line: &&&str| {
        mentions(line, &[" by @", "full changelog"]) && mentions(line, &["#", "/pull/", "compare"])
    };
    Some(Changelog {
        place: document.place(newest.map_or(1, |(line, _)| line)),
        newest,
        automatic: !entries.is_empty() && entries.iter().filter(automatic).count() == entries.len(),
    })
}
