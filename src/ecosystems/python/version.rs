//! Versions and version specifiers: PEP 440, and Poetry's caret, tilde, wildcard and `||`.

use pep440_rs::{Version, VersionSpecifiers};
use std::str::FromStr;

/// Whether a version meets a specifier; `None` when either cannot be understood.
///
/// A pre-release meets a specifier that includes it by order: whoever locked it asked for it.
pub(super) fn satisfies(specifier: &str, version: &str) -> Option<bool> {
    let version = Version::from_str(version).ok()?;
    let mut unknown = false;
    for branch in
        specifier.split("||").flat_map(|part| part.split('|')).filter(|part| !part.trim().is_empty())
    {
        match satisfies_all(branch, &version) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if specifier.trim().is_empty() { Some(true) } else { (!unknown).then_some(false) }
}

fn satisfies_all(branch: &str, version: &Version) -> Option<bool> {
    let mut all = true;
    for part in clauses(branch) {
        all &= clause_holds(&part, version)?;
    }
    Some(all)
}

/// Clauses are separated by commas, in Poetry's notation also by spaces.
fn clauses(branch: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in branch.replace(',', " ").split_whitespace() {
        match found.last_mut() {
            Some(last) if last.ends_with(['=', '<', '>', '~', '!', '^']) => last.push_str(word),
            _ => found.push(word.to_owned()),
        }
    }
    found
}

fn clause_holds(clause: &str, version: &Version) -> Option<bool> {
    if clause == "*" {
        return Some(true);
    }
    if let Some(base) = clause.strip_prefix('^') {
        return within(base, version, caret_limit);
    }
    if let Some(base) = clause.strip_prefix('~').filter(|base| !base.starts_with('=')) {
        return within(base, version, tilde_limit);
    }
    if let Some(text) = clause.strip_prefix("===") {
        return Some(text == version.to_string());
    }
    let specifiers = parse(clause).ok()?;
    Some(specifiers.contains(version))
}

/// A bare version (Poetry, Pipenv) means `==`, and so does a single `=`.
fn parse(clause: &str) -> Result<VersionSpecifiers, String> {
    let operator = clause.starts_with(['=', '<', '>', '~', '!']);
    let spelled = match clause.strip_prefix('=').filter(|rest| !rest.starts_with('=')) {
        Some(rest) => format!("=={rest}"),
        None if operator => clause.to_owned(),
        None => format!("=={clause}"),
    };
    VersionSpecifiers::from_str(&spelled).map_err(|error| first_line(&error.to_string()))
}

fn within(base: &str, version: &Version, limit: fn(&[u64]) -> Vec<u64>) -> Option<bool> {
    let lowest = Version::from_str(base).ok()?;
    let limit = Version::new(limit(lowest.release()));
    Some(*version >= lowest && version.only_release() < limit)
}

/// `^1.2.3` ends before `2`, `^0.2.3` before `0.3`, `^0.0.3` before `0.0.4`.
fn caret_limit(release: &[u64]) -> Vec<u64> {
    let at = release.iter().position(|part| *part != 0).unwrap_or(release.len().saturating_sub(1));
    bump(release, at)
}

/// `~1.2.3` ends before `1.3`, `~1` before `2`.
fn tilde_limit(release: &[u64]) -> Vec<u64> {
    bump(release, usize::from(release.len() > 1))
}

fn bump(release: &[u64], at: usize) -> Vec<u64> {
    let mut parts: Vec<u64> = release.iter().copied().take(at + 1).collect();
    if let Some(last) = parts.last_mut() {
        *last = last.saturating_add(1);
    }
    parts
}

/// Whether PEP 440 accepts a specifier.
///
/// # Errors
/// What it dislikes, in one line.
pub(super) fn check_specifier(specifier: &str) -> Result<(), String> {
    for part in specifier.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        if part.starts_with("===") {
            continue;
        }
        VersionSpecifiers::from_str(part).map_err(|error| first_line(&error.to_string()))?;
    }
    Ok(())
}

/// The version that a specifier of one `==` or `===` clause without wildcard pins.
pub(super) fn pinned(specifier: &str) -> Option<&str> {
    let version = specifier.trim().strip_prefix("==")?;
    let version = version.strip_prefix('=').unwrap_or(version).trim();
    let is_single = !version.is_empty() && !version.contains([',', '*', ' ', '|', '<', '>', '=']);
    is_single.then_some(version)
}

/// Whether two texts name the same version (`1.0` and `1.0.0`).
pub(super) fn same(left: &str, right: &str) -> bool {
    left == right
        || matches!((Version::from_str(left), Version::from_str(right)), (Ok(left), Ok(right)) if left == right)
}

/// Which of two versions is newer; what is no version of PEP 440 is older than all that are.
pub(super) fn compare(left: &str, right: &str) -> std::cmp::Ordering {
    Version::from_str(left).ok().cmp(&Version::from_str(right).ok())
}

/// Whether a version is none that an installer takes unasked: a pre-release, or no version of PEP 440.
pub(super) fn is_pre_release(version: &str) -> bool {
    Version::from_str(version).map_or(true, |version| version.any_prerelease())
}

/// Whether a specifier asks for pre-releases by naming one.
pub(super) fn names_pre_release(specifier: &str) -> bool {
    clauses(specifier).iter().any(|clause| {
        let version = clause.trim_start_matches(['=', '<', '>', '~', '!', '^']);
        !clause.starts_with("!=") && Version::from_str(version).is_ok_and(|version| version.any_prerelease())
    })
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or("").trim_end_matches([':', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{check_specifier, compare, is_pre_release, names_pre_release, pinned, same, satisfies};

    #[test]
    fn specifiers_hold_or_not() {
        let cases = [
            (">=2.31,<3", "2.32.1", Some(true)),
            (">=2.31, <3", "3.0", Some(false)),
            ("~=8.1", "8.9", Some(true)),
            ("^2.31", "2.99", Some(true)),
            ("^2.31", "3.0.0", Some(false)),
            ("^0.2.3", "0.3.0", Some(false)),
            ("^0.0.3", "0.0.3", Some(true)),
            ("~8.1", "8.2", Some(false)),
            ("~8", "8.2", Some(true)),
            ("*", "1", Some(true)),
            ("1.2.*", "1.2.9", Some(true)),
            ("1.2", "1.2.0", Some(true)),
            (">=1,<2 || >=3", "3.1", Some(true)),
            (">=1,<2 || >=3", "2.1", Some(false)),
            (">= 1 , != 1.5", "1.5", Some(false)),
            ("==2.13.0", "2.13.0+cpu", Some(true)),
            ("===1.0-local", "1.0", Some(false)),
            ("nonsense", "1", None),
            (">=1", "2004d", None),
        ];
        for (specifier, version, expected) in cases {
            assert_eq!(satisfies(specifier, version), expected, "{specifier} {version}");
        }
    }

    #[test]
    fn pins_are_found() {
        assert_eq!(pinned("== 6.0.2"), Some("6.0.2"));
        assert_eq!(pinned("===1.0-local"), Some("1.0-local"));
        assert_eq!(pinned("==6.*"), None);
        assert_eq!(pinned("==6,<7"), None);
        assert_eq!(pinned(">=6"), None);
        assert!(same("1.0", "1.0.0"));
        assert!(!same("2004d", "2004e"));
    }

    #[test]
    fn versions_have_an_order() {
        assert!(compare("1.10", "1.9").is_gt());
        assert!(compare("2004d", "0.1").is_lt());
        assert!(is_pre_release("2.0rc1") && is_pre_release("1.0.dev3") && is_pre_release("2004d"));
        assert!(!is_pre_release("2.0.post1"));
        assert!(names_pre_release(">=2.0b1") && !names_pre_release(">=2.0, !=3.0rc1"));
    }

    #[test]
    fn bad_specifiers_are_refused() {
        assert!(check_specifier(">=1.0.*").is_err());
        assert!(check_specifier("=>1").is_err());
        assert!(check_specifier(">=1,<2").is_ok());
    }
}
