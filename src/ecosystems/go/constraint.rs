//! Build constraints: on which platforms, and under which tags of the user's own, a file is built.
//!
//! Understood: `//go:build` expressions, old `// +build` lines, `_GOOS`, `_GOARCH` and `_GOOS_GOARCH` in file
//! names (go/build, "Build constraints").

use super::platforms::PlatformSet;
use std::collections::BTreeSet;

/// Deeper nesting than any real constraint has; deeper ones count as always built.
const DEEPEST: usize = 64;

/// More words than any real constraint has.
const MOST_TOKENS: usize = 4 * DEEPEST;

/// Tags by which tools' imports are kept in go.mod; nothing is ever built with them.
const TOOL_TAGS: [&str; 2] = ["tools", "tool"];

/// How tags that name neither platform nor Go release are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Custom {
    /// Not set, as in a plain `go build`.
    Unset,
    /// Set or not, whatever lets the file be built.
    Either,
    /// Only the tags of tools files are set.
    Tools,
}

/// Where a file is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// By a plain `go build`.
    pub plain: PlatformSet,
    /// With some setting of the user's own tags; holds `plain`.
    pub tagged: PlatformSet,
    /// Whether the file is built only with a `tools` tag.
    pub tools: bool,
    /// The user's own tags it mentions.
    pub tags: BTreeSet<String>,
}

/// Where a file is built, from its name and its constraint.
pub fn built(file_name: &str, constraint: Option<&Constraint>, go_minor: u32) -> Built {
    let by_name = platforms_of_name(file_name);
    let Some(constraint) = constraint else {
        return Built { plain: by_name, tagged: by_name, ..Built::default() };
    };
    let plain = by_name & constraint.truth(Custom::Unset, go_minor).holds;
    let mut tags = BTreeSet::new();
    constraint.collect_tags(&mut tags);
    if tags.is_empty() {
        return Built { plain, tagged: plain, ..Built::default() };
    }
    let tagged = by_name & constraint.truth(Custom::Either, go_minor).holds;
    let as_tools = by_name & constraint.truth(Custom::Tools, go_minor).holds;
    let tools = plain.is_empty() && tagged.is_empty() && !as_tools.is_empty();
    let tagged = if tools { as_tools } else { tagged };
    Built { plain, tagged, tools, tags }
}

/// The platforms that a file name restricts its file to.
fn platforms_of_name(file_name: &str) -> PlatformSet {
    let stem = file_name.split('.').next().unwrap_or(file_name);
    let Some(first) = stem.find('_') else { return PlatformSet::ALL };
    let mut parts: Vec<_> = stem[first + 1..].split('_').collect();
    if parts.last() == Some(&"test") {
        parts.pop();
    }
    // `unix` is a tag but no suffix.
    let named = |part: &str| PlatformSet::of_tag(part).filter(|_| part != "unix");
    let Some(last) = parts.pop().and_then(named) else { return PlatformSet::ALL };
    match parts.pop().and_then(named) {
        Some(before) if !(before & last).is_empty() => before & last,
        _ => last,
    }
}

/// A build constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// A tag is set.
    Tag(String),
    /// Negation.
    Not(Box<Constraint>),
    /// Both.
    And(Box<Constraint>, Box<Constraint>),
    /// Either.
    Or(Box<Constraint>, Box<Constraint>),
}

/// Where a constraint can hold and where it can fail; both where a tag may be set or not.
#[derive(Clone, Copy)]
struct Truth {
    holds: PlatformSet,
    fails: PlatformSet,
}

impl Truth {
    const YES: Self = Self { holds: PlatformSet::ALL, fails: PlatformSet::NONE };
    const NO: Self = Self { holds: PlatformSet::NONE, fails: PlatformSet::ALL };
    const MAYBE: Self = Self { holds: PlatformSet::ALL, fails: PlatformSet::ALL };
}

impl Constraint {
    /// Reads the expression of a `//go:build` line. `None` if it is broken.
    pub fn parse(expression: &str) -> Option<Self> {
        let mut parser = Parser { tokens: tokens(expression)?, position: 0 };
        let constraint = parser.either(0)?;
        (parser.position == parser.tokens.len()).then_some(constraint)
    }

    /// Reads old `// +build` lines, the text after `+build` of each.
    pub fn parse_old<'a>(lines: impl Iterator<Item = &'a str> + Clone) -> Option<Self> {
        let terms = lines.clone().flat_map(|line| line.split([' ', '\t', ','])).count();
        if terms > MOST_TOKENS {
            return None;
        }
        let line = |line: &str| {
            let options = line.split_whitespace().filter_map(|option| {
                let terms = option.split(',').map(|term| match term.strip_prefix('!') {
                    Some(tag) => Self::Not(Box::new(Self::Tag(tag.to_owned()))),
                    None => Self::Tag(term.to_owned()),
                });
                terms.reduce(|left, right| Self::And(Box::new(left), Box::new(right)))
            });
            options.reduce(|left, right| Self::Or(Box::new(left), Box::new(right)))
        };
        lines.filter_map(line).reduce(|left, right| Self::And(Box::new(left), Box::new(right)))
    }

    fn truth(&self, custom: Custom, go_minor: u32) -> Truth {
        match self {
            Self::Tag(tag) => truth_of_tag(tag, custom, go_minor),
            Self::Not(inner) => {
                let inner = inner.truth(custom, go_minor);
                Truth { holds: inner.fails, fails: inner.holds }
            }
            Self::And(left, right) => {
                let (left, right) = (left.truth(custom, go_minor), right.truth(custom, go_minor));
                Truth { holds: left.holds & right.holds, fails: left.fails | right.fails }
            }
            Self::Or(left, right) => {
                let (left, right) = (left.truth(custom, go_minor), right.truth(custom, go_minor));
                Truth { holds: left.holds | right.holds, fails: left.fails & right.fails }
            }
        }
    }

    fn collect_tags(&self, into: &mut BTreeSet<String>) {
        match self {
            Self::Tag(tag) => {
                if is_custom(tag) {
                    into.insert(tag.clone());
                }
            }
            Self::Not(inner) => inner.collect_tags(into),
            Self::And(left, right) | Self::Or(left, right) => {
                left.collect_tags(into);
                right.collect_tags(into);
            }
        }
    }
}

fn is_custom(tag: &str) -> bool {
    let built_in = matches!(tag, "cgo" | "gc" | "gccgo" | "ignore") || go_release(tag).is_some();
    !built_in && PlatformSet::of_tag(tag).is_none()
}

fn go_release(tag: &str) -> Option<u32> {
    tag.strip_prefix("go1.")?.parse().ok()
}

fn truth_of_tag(tag: &str, custom: Custom, go_minor: u32) -> Truth {
    if let Some(platforms) = PlatformSet::of_tag(tag) {
        return Truth { holds: platforms, fails: !platforms };
    }
    if let Some(release) = go_release(tag) {
        // The project may be built with a later release than it asks for.
        return if release <= go_minor { Truth::YES } else { Truth::MAYBE };
    }
    match tag {
        "cgo" => Truth { holds: PlatformSet::CGO, fails: !PlatformSet::CGO },
        "gc" => Truth::YES,
        // By custom `ignore` keeps a file out of every build.
        "gccgo" | "ignore" => Truth::NO,
        _ => match (custom, TOOL_TAGS.contains(&tag)) {
            (Custom::Unset, _) | (Custom::Either, true) | (Custom::Tools, false) => Truth::NO,
            (Custom::Either, false) => Truth::MAYBE,
            (Custom::Tools, true) => Truth::YES,
        },
    }
}

fn tokens(expression: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = expression.trim();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' | '!' => 1,
            '&' if rest.starts_with("&&") => 2,
            '|' if rest.starts_with("||") => 2,
            _ => {
                let is_tag = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
                let length = rest.find(|letter| !is_tag(letter)).unwrap_or(rest.len());
                if length == 0 {
                    return None;
                }
                length
            }
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    Some(found)
}

struct Parser<'a> {
    tokens: Vec<&'a str>,
    position: usize,
}

impl Parser<'_> {
    fn accept(&mut self, token: &str) -> bool {
        let there = self.tokens.get(self.position) == Some(&token);
        self.position += usize::from(there);
        there
    }

    fn either(&mut self, depth: usize) -> Option<Constraint> {
        let mut left = self.both(depth)?;
        while self.accept("||") {
            left = Constraint::Or(Box::new(left), Box::new(self.both(depth)?));
        }
        Some(left)
    }

    fn both(&mut self, depth: usize) -> Option<Constraint> {
        let mut left = self.term(depth)?;
        while self.accept("&&") {
            left = Constraint::And(Box::new(left), Box::new(self.term(depth)?));
        }
        Some(left)
    }

    fn term(&mut self, depth: usize) -> Option<Constraint> {
        if depth > DEEPEST || self.position > MOST_TOKENS {
            return None;
        }
        if self.accept("!") {
            return Some(Constraint::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.accept("(") {
            let inner = self.either(depth + 1)?;
            return self.accept(")").then_some(inner);
        }
        let tag = self.tokens.get(self.position)?;
        if matches!(*tag, ")" | "&&" | "||") {
            return None;
        }
        self.position += 1;
        Some(Constraint::Tag((*tag).to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(name: &str, expression: &str) -> Option<String> {
        let constraint = Constraint::parse(expression).unwrap();
        let built = built(name, Some(&constraint), 22);
        if built.plain.is_empty() { Some("never".to_owned()) } else { built.plain.condition() }
    }

    #[test]
    fn expressions_become_platforms() {
        assert_eq!(plain("a.go", "linux && !android").as_deref(), Some("linux"));
        assert_eq!(plain("a.go", "!(windows || plan9)").as_deref(), Some("!plan9 && !windows"));
        assert_eq!(plain("a.go", "go1.18 && !go1.10").as_deref(), Some("never"));
        assert_eq!(plain("a.go", "go1.99"), None);
        assert_eq!(plain("a.go", "!go1.99"), None);
        assert_eq!(plain("a.go", "ignore").as_deref(), Some("never"));
        assert_eq!(plain("a_windows.go", "amd64").as_deref(), Some("(windows && amd64)"));
        assert_eq!(plain("a.go", "integration").as_deref(), Some("never"));
        assert_eq!(plain("a.go", "!integration"), None);
    }

    #[test]
    fn file_names_restrict_platforms() {
        let cases = [
            ("windows.go", None),
            ("a_windows.go", Some("windows")),
            ("a_windows_test.go", Some("windows")),
            ("a_linux_arm64.go", Some("(android && arm64) || (linux && arm64)")),
            ("a_unix.go", None),
            ("a_windows.pb.go", Some("windows")),
            ("a_windows_x.go", None),
            ("_windows.go", Some("windows")),
        ];
        for (name, expected) in cases {
            assert_eq!(platforms_of_name(name).condition().as_deref(), expected, "{name}");
        }
        assert!(platforms_of_name("a_nacl.go").is_empty());
    }

    #[test]
    fn tags_of_the_user_are_told_apart_from_tools_tags() {
        let of = |expression: &str| built("a.go", Constraint::parse(expression).as_ref(), 22);
        let extended = of("extended && linux");
        assert!(extended.plain.is_empty() && !extended.tagged.is_empty() && !extended.tools);
        assert!(extended.tags.contains("extended"));
        let tools = of("tools");
        assert!(tools.tools && tools.plain.is_empty());
        assert!(of("ignore").tagged.is_empty());
        assert!(of("ignore && other").tagged.is_empty());
    }

    #[test]
    fn old_lines_are_understood() {
        let old = Constraint::parse_old(["linux,amd64 windows", "!cgo"].into_iter());
        assert_eq!(old, Constraint::parse("((linux && amd64) || windows) && !cgo"));
    }

    #[test]
    fn broken_expressions_are_refused() {
        for text in [
            "",
            "(",
            "a &&",
            "a b",
            "a & b",
            "!",
            "a)",
            "a || || b",
            &"(".repeat(100_000),
            &"!".repeat(100_000),
        ] {
            assert_eq!(Constraint::parse(text), None, "{}", &text[..text.len().min(20)]);
        }
        let long = vec!["a"; 100_000].join(" || ");
        assert_eq!(Constraint::parse(&long), None);
        assert_eq!(Constraint::parse_old(["a ".repeat(100_000).as_str()].into_iter()), None);
    }
}
