//! The platforms that Go builds for, as a set: where a file, an import or an edge exists.
//!
//! Each platform counts twice, without and with cgo. Source: `go tool dist list` of Go 1.26.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::{BitAnd, BitOr, Not};

const PLATFORMS: [(&str, &str); 47] = [
    ("aix", "ppc64"),
    ("android", "386"),
    ("android", "amd64"),
    ("android", "arm"),
    ("android", "arm64"),
    ("darwin", "amd64"),
    ("darwin", "arm64"),
    ("dragonfly", "amd64"),
    ("freebsd", "386"),
    ("freebsd", "amd64"),
    ("freebsd", "arm"),
    ("freebsd", "arm64"),
    ("illumos", "amd64"),
    ("ios", "amd64"),
    ("ios", "arm64"),
    ("js", "wasm"),
    ("linux", "386"),
    ("linux", "amd64"),
    ("linux", "arm"),
    ("linux", "arm64"),
    ("linux", "loong64"),
    ("linux", "mips"),
    ("linux", "mips64"),
    ("linux", "mips64le"),
    ("linux", "mipsle"),
    ("linux", "ppc64"),
    ("linux", "ppc64le"),
    ("linux", "riscv64"),
    ("linux", "s390x"),
    ("netbsd", "386"),
    ("netbsd", "amd64"),
    ("netbsd", "arm"),
    ("netbsd", "arm64"),
    ("openbsd", "386"),
    ("openbsd", "amd64"),
    ("openbsd", "arm"),
    ("openbsd", "arm64"),
    ("openbsd", "ppc64"),
    ("openbsd", "riscv64"),
    ("plan9", "386"),
    ("plan9", "amd64"),
    ("plan9", "arm"),
    ("solaris", "amd64"),
    ("wasip1", "wasm"),
    ("windows", "386"),
    ("windows", "amd64"),
    ("windows", "arm64"),
];

const COUNT: usize = PLATFORMS.len();

/// Names that a file suffix or a build tag may use although no current release builds for them.
const OTHER_SYSTEMS: [&str; 3] = ["hurd", "nacl", "zos"];
const OTHER_ARCHITECTURES: [&str; 10] =
    ["amd64p32", "armbe", "arm64be", "mips64p32", "mips64p32le", "ppc", "riscv", "s390", "sparc", "sparc64"];

/// Systems on which the tag `unix` does not hold.
const NOT_UNIX: [&str; 4] = ["js", "plan9", "wasip1", "windows"];

/// A set of platforms, each without and with cgo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlatformSet(u128);

fn platforms() -> impl Iterator<Item = (&'static str, &'static str)> {
    PLATFORMS.into_iter()
}

impl PlatformSet {
    /// No platform.
    pub const NONE: Self = Self(0);
    /// Every platform.
    pub const ALL: Self = Self(((1 << COUNT) - 1) | (((1 << COUNT) - 1) << 64));
    /// Every platform, with cgo.
    pub const CGO: Self = Self(((1 << COUNT) - 1) << 64);

    fn of(matches: impl Fn(&str, &str) -> bool) -> Self {
        let mut bits = 0;
        for (position, (system, architecture)) in platforms().enumerate() {
            if matches(system, architecture) {
                bits |= 1 << position;
            }
        }
        Self(bits | (bits << 64))
    }

    /// The platforms on which a system or architecture tag holds; `None` if it names neither.
    pub fn of_tag(tag: &str) -> Option<Self> {
        if tag == "unix" {
            return Some(Self::of(|system, _| !NOT_UNIX.contains(&system)));
        }
        if OTHER_SYSTEMS.contains(&tag) || OTHER_ARCHITECTURES.contains(&tag) {
            return Some(Self::NONE);
        }
        // Android also is Linux, iOS is Darwin and illumos is Solaris (go/build, "Build constraints").
        let also = match tag {
            "linux" => "android",
            "darwin" => "ios",
            "solaris" => "illumos",
            _ => tag,
        };
        let found = Self::of(|system, architecture| system == tag || system == also || architecture == tag);
        (!found.is_empty()).then_some(found)
    }

    /// One platform without cgo, for questions such as "what is in a Linux binary".
    pub fn platform(system: &str, architecture: &str, cgo: bool) -> Self {
        let both = Self::of(|one, other| one == system && other == architecture);
        if cgo { both & Self::CGO } else { both & !Self::CGO }
    }

    /// Whether no platform is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every platform is in it.
    fn is_all(self) -> bool {
        self == Self::ALL
    }

    /// The set as a build constraint; `None` for every platform.
    pub fn condition(self) -> Option<String> {
        if self.is_all() {
            return None;
        }
        let without = self.0 & ((1 << COUNT) - 1);
        let with = self.0 >> 64;
        let cgo = match (without, with) {
            (0, _) => Some("cgo"),
            (_, 0) => Some("!cgo"),
            _ => None,
        };
        let platform = describe(without | with);
        match (platform, cgo) {
            (Some(platform), Some(cgo)) if platform.contains("||") => Some(format!("({platform}) && {cgo}")),
            (Some(platform), Some(cgo)) => Some(format!("{platform} && {cgo}")),
            (Some(platform), None) => Some(platform),
            (None, Some(cgo)) => Some(cgo.to_owned()),
            // Every platform, some of them only with cgo: nothing shorter says it.
            (None, None) => None,
        }
    }
}

/// The platforms of a bit set as a build constraint; `None` for all of them.
fn describe(bits: u128) -> Option<String> {
    let mut systems: BTreeMap<&str, (Vec<&str>, usize)> = BTreeMap::new();
    for (position, (system, architecture)) in platforms().enumerate() {
        let entry = systems.entry(system).or_default();
        entry.1 += 1;
        if bits >> position & 1 == 1 {
            entry.0.push(architecture);
        }
    }
    let whole = |(there, all): &(Vec<&str>, usize)| there.len() == *all;
    let none = |(there, _): &(Vec<&str>, usize)| there.is_empty();
    if systems.values().all(whole) {
        return None;
    }
    if let Some(architectures) = describe_architectures(bits) {
        return Some(architectures);
    }
    let is_unix = |system: &str| !NOT_UNIX.contains(&system);
    if systems.iter().all(|(system, entry)| if is_unix(system) { whole(entry) } else { none(entry) }) {
        return Some("unix".to_owned());
    }
    let absent: Vec<_> = systems.iter().filter(|(_, entry)| none(entry)).map(|(system, _)| *system).collect();
    let partial = systems.values().any(|entry| !whole(entry) && !none(entry));
    if !partial && absent.len() * 2 < systems.len() {
        return Some(absent.iter().map(|system| format!("!{system}")).collect::<Vec<_>>().join(" && "));
    }
    let mut text = String::new();
    for (system, entry) in systems.iter().filter(|(_, entry)| !none(entry)) {
        let separator = if text.is_empty() { "" } else { " || " };
        let architectures = entry.0.join(" || ");
        let _ = match (whole(entry), entry.0.len()) {
            (true, _) => write!(text, "{separator}{system}"),
            (false, 1) => write!(text, "{separator}({system} && {architectures})"),
            (false, _) => write!(text, "{separator}({system} && ({architectures}))"),
        };
    }
    Some(text)
}

/// The set as architectures alone, if every system has all or none of each.
fn describe_architectures(bits: u128) -> Option<String> {
    let mut architectures: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (position, (_, architecture)) in platforms().enumerate() {
        let entry = architectures.entry(architecture).or_default();
        entry.0 += usize::from(bits >> position & 1 == 1);
        entry.1 += 1;
    }
    // wasm is told by its systems, which say more.
    if architectures.values().any(|(there, all)| *there != 0 && there != all) {
        return None;
    }
    let (present, absent): (Vec<_>, Vec<_>) = architectures.iter().partition(|(_, (there, _))| *there > 0);
    if present.len() <= absent.len() {
        return Some(present.iter().map(|(name, _)| **name).collect::<Vec<_>>().join(" || "));
    }
    Some(absent.iter().map(|(name, _)| format!("!{name}")).collect::<Vec<_>>().join(" && "))
}

impl BitAnd for PlatformSet {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for PlatformSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Not for PlatformSet {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0) & Self::ALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(name: &str) -> PlatformSet {
        PlatformSet::of_tag(name).unwrap()
    }

    #[test]
    fn sets_read_like_build_constraints() {
        let cases = [
            (PlatformSet::ALL, None),
            (tag("windows"), Some("windows")),
            (!tag("windows"), Some("!windows")),
            (tag("windows") | tag("aix"), Some("aix || windows")),
            (tag("unix"), Some("unix")),
            (tag("linux"), Some("android || linux")),
            (tag("amd64") | tag("arm64"), Some("amd64 || arm64")),
            (
                tag("linux") & tag("amd64") & PlatformSet::CGO,
                Some("((android && amd64) || (linux && amd64)) && cgo"),
            ),
            (PlatformSet::CGO, Some("cgo")),
            (!PlatformSet::CGO, Some("!cgo")),
            (tag("windows") & !tag("386"), Some("(windows && (amd64 || arm64))")),
        ];
        for (set, expected) in cases {
            assert_eq!(set.condition().as_deref(), expected);
        }
    }

    #[test]
    fn tags_that_name_no_platform_are_told_apart() {
        assert_eq!(PlatformSet::of_tag("integration"), None);
        assert_eq!(PlatformSet::of_tag("nacl"), Some(PlatformSet::NONE));
        assert!((tag("linux") & tag("windows")).is_empty());
    }
}
