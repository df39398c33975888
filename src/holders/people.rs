//! People, programs, and which names are one person.

use serde::Serialize;
use std::collections::BTreeMap;

/// Somebody whom git history names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Person {
    /// The name, after `.mailmap`.
    pub name: String,
    /// The commits that name them.
    pub commits: usize,
}

/// Programs that commit under a name without `bot` in it.
const PROGRAMS: [&str; 6] =
    ["dependabot", "renovate", "github-actions", "greenkeeper", "web-flow", "semantic-release"];

/// Whether a name and address are those of a program.
pub fn is_bot(name: &str, email: &str) -> bool {
    let (name, email) = (name.trim().to_lowercase(), email.to_lowercase());
    let named = ["[bot]", "-bot", " bot", "_bot"].iter().any(|end| name.ends_with(end)) || name == "bot";
    named
        || email.contains("[bot]@")
        || PROGRAMS.contains(&name.as_str())
        // The committer of changes made in a web interface.
        || (name == "github" && email.starts_with("noreply@"))
        || (name == "gitlab" && email.starts_with("noreply@"))
}

/// A name for comparison: case, dots and spacing do not tell people apart.
pub fn key(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| c.is_whitespace() || c == '.' || c == ',')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// Counts people; the same address or the same full name is one person.
#[derive(Debug, Default)]
pub struct Crowd {
    /// Members by address.
    by_email: BTreeMap<String, usize>,
    /// Members by full name.
    by_name: BTreeMap<String, usize>,
    /// Names seen with their counts, and who they were joined to.
    members: Vec<(BTreeMap<String, usize>, Option<usize>)>,
}

impl Crowd {
    /// Counts one commit of somebody.
    pub fn add(&mut self, name: &str, email: &str) {
        let email = email.trim().to_lowercase();
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let name_key = key(&name);
        let shown = if name.is_empty() { email.clone() } else { name };
        // A single word (`root`, `user`) is no full name.
        let full_name = name_key.contains(' ');
        let by_email = self.by_email.get(&email).copied().filter(|_| !email.is_empty());
        let by_name = self.by_name.get(&name_key).copied().filter(|_| full_name);
        let member = match (by_email, by_name) {
            (Some(left), Some(right)) => self.join(left, right),
            (Some(known), None) | (None, Some(known)) => self.leader(known),
            (None, None) => {
                self.members.push((BTreeMap::new(), None));
                self.members.len() - 1
            }
        };
        *self.members[member].0.entry(shown).or_default() += 1;
        if !email.is_empty() {
            self.by_email.insert(email, member);
        }
        if full_name {
            self.by_name.insert(name_key, member);
        }
    }

    fn leader(&self, mut member: usize) -> usize {
        while let Some(next) = self.members[member].1 {
            member = next;
        }
        member
    }

    fn join(&mut self, left: usize, right: usize) -> usize {
        let (left, right) = (self.leader(left), self.leader(right));
        if left != right {
            let names = std::mem::take(&mut self.members[right].0);
            for (name, count) in names {
                *self.members[left].0.entry(name).or_default() += count;
            }
            self.members[right].1 = Some(left);
        }
        left
    }

    /// Everybody, most commits first, under the name they used most.
    pub fn people(&self) -> Vec<Person> {
        let mut people: Vec<Person> = self
            .members
            .iter()
            .filter(|(_, joined)| joined.is_none())
            .filter_map(|(names, _)| {
                let name = names.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(*name)))?.0;
                Some(Person { name: name.clone(), commits: names.values().sum() })
            })
            .collect();
        people
            .sort_by(|left, right| right.commits.cmp(&left.commits).then_with(|| left.name.cmp(&right.name)));
        people
    }
}

#[cfg(test)]
mod tests {
    use super::{Crowd, is_bot, key};

    #[test]
    fn one_address_or_one_full_name_is_one_person() {
        let mut crowd = Crowd::default();
        crowd.add("Ada Example", "ada@home.example");
        crowd.add("ada", "ada@work.example");
        crowd.add("root", "root@one.example");
        crowd.add("root", "root@two.example");
        crowd.add("Ada  Example", "ada@work.example");
        let people = crowd.people();
        assert_eq!(people.len(), 3, "{people:?}");
        assert_eq!((people[0].name.as_str(), people[0].commits), ("Ada Example", 3));
    }

    #[test]
    fn programs_are_not_people() {
        assert!(is_bot("dependabot[bot]", "support@bots.example"));
        assert!(is_bot("Renovate Bot", "bot@renovate.example"));
        assert!(is_bot("GitHub", "noreply@hub.example"));
        assert!(!is_bot("Ann Abbot", "ann@abbot.example"));
        assert!(!is_bot("", ""));
    }

    #[test]
    fn names_compare_without_case_and_dots() {
        assert_eq!(key("Example, Inc."), key("example inc"));
    }
}
