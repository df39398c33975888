//! Module paths and versions: how Go orders them and how the module cache spells them.

use std::cmp::Ordering;
use std::fmt;

/// A module at a version. The version is empty for a main module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleVersion {
    /// The module path.
    pub path: String,
    /// The version with its leading `v`.
    pub version: String,
}

impl ModuleVersion {
    /// A path at a version.
    pub fn new(path: impl Into<String>, version: impl Into<String>) -> Self {
        Self { path: path.into(), version: version.into() }
    }
}

impl fmt::Display for ModuleVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.version.as_str() {
            "" => formatter.write_str(&self.path),
            version => write!(formatter, "{}@{version}", self.path),
        }
    }
}

/// Orders two versions as minimal version selection does: semantic versioning without build metadata.
///
/// The empty version of a main module is above every other; text that is no version is below every version.
pub fn compare(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    match (left.is_empty(), right.is_empty()) {
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        _ => {}
    }
    match (Parsed::of(left), Parsed::of(right)) {
        (Some(left), Some(right)) => left.compare(&right),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => left.cmp(right),
    }
}

/// Whether a go.mod may name this version as it stands: `vX.Y.Z`, with pre-release and `+incompatible`.
///
/// A branch name, a commit or a shortened version is something that only the go command can look up.
pub fn is_canonical(version: &str) -> bool {
    Parsed::of(version).is_some()
}

struct Parsed<'a> {
    core: [&'a str; 3],
    pre_release: &'a str,
}

impl<'a> Parsed<'a> {
    fn of(version: &'a str) -> Option<Self> {
        let rest = version.strip_prefix('v')?;
        let (rest, build) = rest.split_once('+').unwrap_or((rest, "x"));
        let (core, pre_release) = match rest.split_once('-') {
            Some((core, pre_release)) if !pre_release.is_empty() => (core, pre_release),
            Some(_) => return None,
            None => (rest, ""),
        };
        let mut numbers = core.split('.');
        let core = [numbers.next()?, numbers.next()?, numbers.next()?];
        let plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        };
        let sound = numbers.next().is_none()
            && core.iter().all(|number| is_number(number))
            && plain(build)
            && (pre_release.is_empty() || plain(pre_release));
        sound.then_some(Self { core, pre_release })
    }

    fn compare(&self, other: &Self) -> Ordering {
        for (left, right) in self.core.iter().zip(other.core) {
            let order = compare_numbers(left, right);
            if order != Ordering::Equal {
                return order;
            }
        }
        compare_pre_release(self.pre_release, other.pre_release)
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Numbers of any length, so by length first.
fn compare_numbers(left: &str, right: &str) -> Ordering {
    let left = left.trim_start_matches('0');
    let right = right.trim_start_matches('0');
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

fn compare_pre_release(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let mut left = left.split('.');
    let mut right = right.split('.');
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => match (is_number(left), is_number(right)) {
                (true, true) => compare_numbers(left, right),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => left.cmp(right),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Whether a text may be a module or import path: slash-separated elements of letters, digits and `-._~`,
/// none of which could leave the directory that the path is joined to.
pub fn is_safe_path(path: &str) -> bool {
    path.split('/').all(|element| {
        !element.is_empty()
            && !element.starts_with('.')
            && !element.ends_with('.')
            && element.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+".contains(&byte))
    })
}

/// A module path or version as the module cache spells it: `!a` for `A`. `None` if it is not safe to join.
pub fn escape(text: &str) -> Option<String> {
    if !is_safe_path(text) {
        return None;
    }
    let mut escaped = String::with_capacity(text.len() + 4);
    for letter in text.chars() {
        if letter.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(letter.to_ascii_lowercase());
    }
    Some(escaped)
}

/// The minor release of a Go version such as `1.22`, `1.22.5`, `1.21rc2` or `go1.22.5`.
pub fn go_minor(version: &str) -> Option<u32> {
    let rest = version.trim_start_matches("go").strip_prefix("1.")?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_go_orders_them() {
        let ascending = [
            "master",
            "v0.0.0-20190101000000-abcdefabcdef",
            "v0.0.0-20200101000000-000000000000",
            "v0.1.0",
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-rc.2",
            "v1.0.0-rc.11",
            "v1.0.0",
            "v1.0.1-0.20200101000000-abcdefabcdef",
            "v1.9.0",
            "v1.10.0",
            "v2.0.0+incompatible",
            "",
        ];
        for (position, left) in ascending.iter().enumerate() {
            for (other, right) in ascending.iter().enumerate() {
                assert_eq!(compare(left, right), position.cmp(&other), "{left} and {right}");
            }
        }
        assert_eq!(compare("v2.0.0+incompatible", "v2.0.0"), Ordering::Equal);
    }

    #[test]
    fn the_cache_spells_capitals_with_an_exclamation_mark() {
        assert_eq!(escape("github.com/BurntSushi/toml").as_deref(), Some("github.com/!burnt!sushi/toml"));
        for trick in ["../x", "a/../b", "/etc", "a//b", "a\\b", "a/.hidden", "a!b", "a/b.", "", "a\0b"] {
            assert_eq!(escape(trick), None, "{trick}");
        }
    }

    #[test]
    fn only_full_versions_are_canonical() {
        for version in ["v1.2.3", "v0.0.0-20190101000000-abcdefabcdef", "v2.0.0+incompatible", "v1.2.3-rc.1"]
        {
            assert!(is_canonical(version), "{version}");
        }
        for version in ["master", "v1", "v1.2", "1.2.3", "v1.2.3-", "v1.2.3+", "v1.2.3.4", "v1.-2.3"] {
            assert!(!is_canonical(version), "{version}");
        }
    }

    #[test]
    fn go_versions_have_a_minor() {
        assert_eq!(go_minor("1.22.5"), Some(22));
        assert_eq!(go_minor("go1.21rc2"), Some(21));
        assert_eq!(go_minor("2.0"), None);
    }
}
