//! Names that people write instead of SPDX ids, compiled in from `data/aliases.toml`.

use super::parse;
use crate::model::Expression;

/// The place where a name stands; it can decide what the name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Context {
    /// Anywhere.
    Any,
    /// Cargo's `license` field.
    Cargo,
    /// npm's `license` field.
    Npm,
    /// A Python trove classifier.
    PythonClassifier,
    /// An address.
    Address,
}

/// What a name may stand for.
#[derive(Debug)]
pub struct Alias {
    /// The name in lower case, white space folded.
    pub name: &'static str,
    /// Where it has this meaning.
    pub context: Context,
    /// Whether it has one meaning only.
    pub certain: bool,
    candidates: &'static [&'static str],
    /// What a person should know about it.
    pub note: Option<&'static str>,
}

include!(concat!(env!("OUT_DIR"), "/aliases.rs"));

impl Alias {
    /// The expressions it may stand for; none if it tells nothing.
    pub fn candidates(&self) -> Vec<Expression> {
        self.candidates.iter().filter_map(|text| parse(text).ok()).collect()
    }
}

/// Every name, sorted.
pub fn all() -> &'static [Alias] {
    ALIASES
}

/// The meaning of a name in a place: an entry for that place first, else one for any.
pub fn find(name: &str, context: Context) -> Option<&'static Alias> {
    let folded = name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let search = |context: Context| {
        ALIASES.binary_search_by(|alias| (alias.name, alias.context).cmp(&(folded.as_str(), context))).ok()
    };
    search(context).or_else(|| search(Context::Any)).map(|position| &ALIASES[position])
}

/// The meaning of an address, whatever its scheme and trailing slash.
pub fn find_address(address: &str) -> Option<&'static Alias> {
    let address = address.trim();
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    let bare = bare.split(['#', '?']).next().unwrap_or(bare).trim_end_matches('/');
    find(bare, Context::Address)
        .or_else(|| bare.strip_prefix("www.").and_then(|bare| find(bare, Context::Address)))
}

#[cfg(test)]
mod tests {
    use super::{Context, all, find, find_address};
    use crate::licenses::parse;

    #[test]
    fn the_table_is_sorted_and_every_candidate_is_an_expression() {
        assert!(all().is_sorted_by(|a, b| (a.name, a.context) < (b.name, b.context)));
        for alias in all() {
            for text in alias.candidates {
                assert!(parse(text).is_ok(), "{}: {text}", alias.name);
            }
        }
    }

    #[test]
    fn case_space_scheme_and_slash_do_not_matter() {
        assert!(find("  apache   2.0 ", Context::Any).is_some_and(|alias| alias.certain));
        assert!(find("BSD", Context::Npm).is_some_and(|alias| !alias.certain));
        assert!(
            find_address("https://www.apache.org/licenses/LICENSE-2.0/").is_some_and(|alias| alias.certain)
        );
        assert!(find("surely no license", Context::Any).is_none());
    }
}
