//! What a lock file or an installed tree says, in one shape for all of them.

use super::license_field::printable;
use crate::model::{Checksum, LicenseStatement, Origin, Problem, Scope};
use std::collections::BTreeMap;

/// A package as one lock entry or one installed directory describes it.
#[derive(Clone, Debug)]
pub(super) struct LockedPackage {
    /// The package's own name, not an alias.
    pub(super) name: String,
    /// Its version.
    pub(super) version: Option<String>,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// The lock's own license field.
    pub(super) license: Vec<LicenseStatement>,
    /// Of its archive.
    pub(super) checksums: Vec<Checksum>,
    /// The line of the lock file; 0 when unknown.
    pub(super) line: u32,
    /// The platforms it is made for, as `os=darwin & cpu=arm64`.
    pub(super) condition: Option<String>,
    /// The directory it lies in, relative to the lock file: a member, or a `file:` dependency.
    pub(super) directory: Option<String>,
    /// Where it is installed, relative to the lock file, if the lock says so.
    pub(super) location: Option<String>,
    /// Names of packages that its archive contains and the lock does not list.
    pub(super) bundles: Vec<String>,
    /// What it depends on.
    pub(super) edges: Vec<LockedEdge>,
}

impl LockedPackage {
    pub(super) fn new(name: &str, version: Option<&str>, origin: Origin) -> Self {
        Self {
            name: name.to_owned(),
            version: version.filter(|version| !version.is_empty()).map(str::to_owned),
            origin,
            license: Vec::new(),
            checksums: Vec::new(),
            line: 0,
            condition: None,
            directory: None,
            location: None,
            bundles: Vec::new(),
            edges: Vec::new(),
        }
    }
}

/// A dependency that a package declares.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Need {
    /// The name it is used under.
    pub(super) name: String,
    /// The requirement, verbatim.
    pub(super) range: String,
    /// Why.
    pub(super) scope: Scope,
    /// Whether nothing is wrong when it is not there: optional dependencies and optional peers.
    pub(super) may_miss: bool,
    /// The line that says so; 0 when unknown.
    pub(super) line: u32,
}

/// A dependency with what the lock chose for it.
#[derive(Clone, Debug)]
pub(super) struct LockedEdge {
    /// What is asked for.
    pub(super) need: Need,
    /// The position of the chosen package; `None` when there is none.
    pub(super) target: Option<usize>,
}

/// All packages of a lock file or installed tree.
#[derive(Debug, Default)]
pub(super) struct Locked {
    /// The packages; edges point to positions here.
    pub(super) packages: Vec<LockedPackage>,
    /// The projects among them, by directory relative to the lock file; the root is the empty text.
    pub(super) members: BTreeMap<String, usize>,
    /// Whether the format has no peer dependencies, so that the installed packages have to tell them.
    pub(super) lacks_peers: bool,
    /// What could not be read.
    pub(super) problems: Vec<Problem>,
}

/// Writes platform lists the way Yarn writes conditions: `(os=linux | os=darwin) & cpu=x64`.
pub(super) fn platform_condition(os: &[String], cpu: &[String], libc: &[String]) -> Option<String> {
    let mut parts = Vec::new();
    for (key, values) in [("os", os), ("cpu", cpu), ("libc", libc)] {
        let excluded = values.iter().filter(|value| value.starts_with('!'));
        parts.extend(excluded.map(|value| format!("{key}={value}")));
        let wanted: Vec<_> = values
            .iter()
            .filter(|value| {
                !value.is_empty() && !value.starts_with('!') && *value != "any" && *value != "none"
            })
            .map(|value| format!("{key}={value}"))
            .collect();
        match wanted.as_slice() {
            [] => {}
            [one] => parts.push(one.clone()),
            several => parts.push(format!("({})", several.join(" | "))),
        }
    }
    (!parts.is_empty()).then(|| printable(&parts.join(" & ")))
}

#[cfg(test)]
mod tests {
    use super::platform_condition;

    #[test]
    fn platforms_read_like_conditions() {
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let cases = [
            ("", "", "", None),
            ("darwin", "", "", Some("os=darwin")),
            ("linux darwin", "x64", "musl", Some("(os=linux | os=darwin) & cpu=x64 & libc=musl")),
            ("!win32", "", "", Some("os=!win32")),
            ("any", "", "", None),
        ];
        for (os, cpu, libc, expected) in cases {
            let found = platform_condition(&list(os), &list(cpu), &list(libc));
            assert_eq!(found.as_deref(), expected);
        }
    }
}
