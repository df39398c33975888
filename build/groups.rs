//! Named lists of ids: `"@name"` in a pair rule stands for every id of the group.

use crate::records::{Placed, RawPair};
use std::collections::BTreeMap;

/// Groups by name, each with its ids.
pub type Groups = BTreeMap<String, Vec<String>>;

/// Puts the ids in the place of the group's name. A group that does not exist, or that no rule names, is an error.
pub fn expand(groups: &Groups, pairs: &mut [Placed<RawPair>], errors: &mut Vec<String>) {
    let mut unused: Vec<&String> = groups.keys().collect();
    for rule in pairs {
        let place = rule.place.clone();
        for list in [&mut rule.value.inbound, &mut rule.value.outbound] {
            let mut ids = Vec::new();
            for word in std::mem::take(list) {
                let Some(name) = word.strip_prefix('@') else {
                    ids.push(word);
                    continue;
                };
                match groups.get(name) {
                    Some(members) => ids.extend(members.iter().cloned()),
                    None => {
                        errors.push(place.error(&format!("names the group `@{name}`, which does not exist")))
                    }
                }
                unused.retain(|known| *known != name);
            }
            *list = ids;
        }
    }
    errors.extend(unused.into_iter().map(|name| format!("pairs.toml: no rule names the group `@{name}`")));
}
