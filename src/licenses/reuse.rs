//! The license and the holders of a single file as REUSE 3.3 writes them: in its header, in a `.license` file beside
//! it, and in `REUSE.toml` files above it.

use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;

/// The lines of a file that may hold its header.
const HEADER_LINES: usize = 40;

/// What is said of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// License expressions, verbatim; all of them hold.
    pub licenses: Vec<String>,
    /// Copyright notices, verbatim without the tag.
    pub copyright: Vec<String>,
}

impl Statement {
    /// The licenses as one expression; none if nothing is said.
    pub fn license(&self) -> Option<String> {
        match self.licenses.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            several => {
                let bracketed =
                    |one: &String| if one.contains(' ') { format!("({one})") } else { one.clone() };
                Some(several.iter().map(bracketed).collect::<Vec<_>>().join(" AND "))
            }
        }
    }

    fn add(&mut self, other: &Self) {
        add_new(&mut self.licenses, &other.licenses);
        add_new(&mut self.copyright, &other.copyright);
    }
}

fn add_new(known: &mut Vec<String>, further: &[String]) {
    for one in further {
        if !known.contains(one) {
            known.push(one.clone());
        }
    }
}

/// Reads the header of a file. A tag counts where nothing but comment signs stands before it.
pub fn header(text: &str) -> Statement {
    let mut found = Statement::default();
    for line in text.lines().take(HEADER_LINES) {
        let line = line.trim_start_matches('\u{feff}').trim_start_matches(is_comment_sign);
        let (rest, list) = match line.strip_prefix("SPDX-License-Identifier:") {
            Some(rest) => (rest, &mut found.licenses),
            None => match line.strip_prefix("SPDX-FileCopyrightText:") {
                Some(rest) => (rest, &mut found.copyright),
                None => continue,
            },
        };
        let said = end_of_comment(rest);
        if !said.is_empty() {
            add_new(list, &[said.to_owned()]);
        }
    }
    found
}

/// Whether a sign may stand before a tag.
pub fn is_comment_sign(sign: char) -> bool {
    sign.is_whitespace() || "/*#;-<!%\"'.({@".contains(sign)
}

fn end_of_comment(text: &str) -> &str {
    let text = ["*/", "-->", "#}", "%>", "*)", "--}}"]
        .iter()
        .fold(text.trim(), |text, end| text.trim_end_matches(end).trim());
    text.trim_end_matches(['"', '\''])
}

/// The name of the file that speaks for another one.
pub fn sidecar(path: &str) -> String {
    format!("{path}.license")
}

/// How an annotation goes together with what a file says itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Precedence {
    /// What the file does not say itself is taken from the nearest annotation.
    #[default]
    Closest,
    /// Both hold.
    Aggregate,
    /// Only the annotation holds.
    Override,
}

/// A `REUSE.toml`.
#[derive(Debug)]
pub struct ReuseToml {
    /// Its directory, relative to the tree, with `/` at its end; empty at the top.
    directory: String,
    annotations: Vec<Annotation>,
}

#[derive(Debug)]
struct Annotation {
    line: u32,
    paths: Vec<String>,
    precedence: Precedence,
    statement: Statement,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    annotations: Vec<Spanned<RawAnnotation>>,
}

#[derive(Deserialize)]
struct RawAnnotation {
    path: Texts,
    #[serde(default)]
    precedence: Precedence,
    #[serde(default, rename = "SPDX-License-Identifier")]
    license: Texts,
    #[serde(default, rename = "SPDX-FileCopyrightText")]
    copyright: Texts,
}

/// One text or a list of them, as every key allows.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Several(Vec<String>),
}

impl Default for Texts {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Texts {
    fn list(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Several(texts) => texts,
        }
    }
}

impl ReuseToml {
    /// Reads the file; `directory` is where it lies, relative to the tree, with `/`.
    ///
    /// # Errors
    /// What the parser says of a file that is not TOML or not of this form.
    pub fn read(directory: &str, text: &str) -> Result<Self, String> {
        let page: Page = toml::from_str(text)
            .map_err(|error| error.message().lines().next().unwrap_or_default().to_owned())?;
        let directory = match directory.trim_matches('/') {
            "" => String::new(),
            inner => format!("{inner}/"),
        };
        let annotations = page.annotations.into_iter().map(|one| Annotation::new(text, one)).collect();
        Ok(Self { directory, annotations })
    }

    /// The annotation of a file: the last one that names it.
    fn of(&self, path: &str) -> Option<&Annotation> {
        let inner = path.strip_prefix(&self.directory)?;
        self.annotations.iter().rev().find(|one| one.paths.iter().any(|pattern| matches(pattern, inner)))
    }

    /// The statements of all annotations, each with its line.
    pub fn statements(&self) -> impl Iterator<Item = (u32, &Statement)> {
        self.annotations.iter().map(|one| (one.line, &one.statement))
    }
}

impl Annotation {
    fn new(text: &str, raw: Spanned<RawAnnotation>) -> Self {
        let line = line_of(text, &raw.span());
        let raw = raw.into_inner();
        Self {
            line,
            paths: raw.path.list(),
            precedence: raw.precedence,
            statement: Statement { licenses: raw.license.list(), copyright: raw.copyright.list() },
        }
    }
}

fn line_of(text: &str, span: &Range<usize>) -> u32 {
    let before = text.get(..span.start).unwrap_or(text);
    u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX)
}

/// What holds for a file (REUSE 3.3, section "REUSE.toml"). `own` is what its `.license` file says or, without one,
/// its header; `tomls` are those of the tree, in any order.
pub fn of_file(tomls: &[ReuseToml], path: &str, own: Statement) -> Statement {
    let mut above: Vec<&ReuseToml> = tomls.iter().filter(|toml| path.starts_with(&toml.directory)).collect();
    above.sort_by_key(|toml| toml.directory.len());
    let found: Vec<&Annotation> = above.iter().filter_map(|toml| toml.of(path)).collect();
    let overriding = found.iter().position(|one| one.precedence == Precedence::Override);
    let (mut holds, counting) = match overriding {
        // The uppermost one that overrides silences the file and everything below.
        Some(position) => (found[position].statement.clone(), &found[..position]),
        None => (own, found.as_slice()),
    };
    if overriding.is_none() {
        for one in counting.iter().rev().filter(|one| one.precedence == Precedence::Closest) {
            if holds.licenses.is_empty() {
                holds.licenses.clone_from(&one.statement.licenses);
            }
            if holds.copyright.is_empty() {
                holds.copyright.clone_from(&one.statement.copyright);
            }
        }
    }
    for one in counting.iter().filter(|one| one.precedence == Precedence::Aggregate) {
        holds.add(&one.statement);
    }
    holds
}

/// `*` stands for anything but `/`, `**` for anything, a backslash takes the next sign as it is.
fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let path: Vec<char> = path.chars().collect();
    // `reached[n]`: the pattern so far matches the first n signs of the path.
    let mut reached = vec![false; path.len() + 1];
    reached[0] = true;
    let mut at = 0;
    while at < pattern.len() {
        let stars = pattern[at..].iter().take_while(|sign| **sign == '*').count();
        if stars > 0 {
            for position in 0..path.len() {
                let crosses = stars > 1 || path[position] != '/';
                reached[position + 1] |= reached[position] && crosses;
            }
            at += stars;
            continue;
        }
        at += usize::from(pattern[at] == '\\' && at + 1 < pattern.len());
        for position in (0..path.len()).rev() {
            reached[position + 1] = reached[position] && path[position] == pattern[at];
        }
        reached[0] = false;
        at += 1;
    }
    reached[path.len()]
}

#[cfg(test)]
mod tests {
    use super::{ReuseToml, Statement, header, matches, of_file};

    fn statement(licenses: &[&str], copyright: &[&str]) -> Statement {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Statement { licenses: owned(licenses), copyright: owned(copyright) }
    }

    fn toml(directory: &str, annotations: &[(&str, &str, &str, &str)]) -> ReuseToml {
        let text: Vec<String> = annotations
            .iter()
            .map(|(path, precedence, license, holder)| {
                let license = if license.is_empty() {
                    String::new()
                } else {
                    format!("SPDX-License-Identifier = {license:?}\n")
                };
                format!(
                    "[[annotations]]\npath = {path:?}\nprecedence = {precedence:?}\n\
                     SPDX-FileCopyrightText = {holder:?}\n{license}"
                )
            })
            .collect();
        ReuseToml::read(directory, &format!("version = 1\n{}", text.join("\n"))).expect("is TOML")
    }

    #[test]
    fn headers_in_any_comment_and_nowhere_else() {
        let text = "#!/bin/sh\n# SPDX-FileCopyrightText: 2020-2023 Ada Example <ada@home.example>\n#\n/* SPDX-License-Identifier: GPL-2.0-or-later */\n";
        let expected = statement(&["GPL-2.0-or-later"], &["2020-2023 Ada Example <ada@home.example>"]);
        assert_eq!(header(text), expected);
        assert_eq!(header("<!-- SPDX-License-Identifier: MIT -->").license().as_deref(), Some("MIT"));
        assert_eq!(header("let tag = \"SPDX-License-Identifier: GPL-3.0-only\";"), Statement::default());
        let two = "// SPDX-License-Identifier: MIT\n// SPDX-License-Identifier: ISC OR 0BSD\n";
        assert_eq!(header(two).license().as_deref(), Some("MIT AND (ISC OR 0BSD)"));
    }

    #[test]
    fn patterns() {
        for (pattern, path, expected) in [
            ("*.png", "a.png", true),
            ("*.png", "dir/a.png", false),
            ("**/*.png", "dir/sub/a.png", true),
            ("**", "dir/.hidden/a", true),
            ("src/**", "src/a/b.rs", true),
            ("src/**", "srcs/a.rs", false),
            ("src/*", "src/a/b.rs", false),
            ("a?.rs", "ab.rs", false),
            ("a\\*.rs", "a*.rs", true),
            ("a\\*.rs", "ab.rs", false),
            ("\u{e4}*", "\u{e4}\u{f6}", true),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn the_last_annotation_that_names_a_file_counts() {
        let tomls = [toml("", &[("**", "closest", "MIT", "Ada"), ("docs/**", "closest", "CC-BY-4.0", "Bo")])];
        assert_eq!(of_file(&tomls, "docs/a.md", Statement::default()), statement(&["CC-BY-4.0"], &["Bo"]));
        assert_eq!(of_file(&tomls, "src/a.rs", Statement::default()), statement(&["MIT"], &["Ada"]));
    }

    #[test]
    fn closest_fills_in_what_the_file_does_not_say() {
        let tomls = [toml("", &[("**", "closest", "MIT", "Ada")])];
        let own = statement(&["ISC"], &["Bo"]);
        assert_eq!(of_file(&tomls, "a", own.clone()), own);
        assert_eq!(of_file(&tomls, "a", statement(&["ISC"], &[])), statement(&["ISC"], &["Ada"]));
        assert_eq!(of_file(&tomls, "a", statement(&[], &["Bo"])), statement(&["MIT"], &["Bo"]));
    }

    #[test]
    fn aggregate_adds_and_override_silences() {
        let own = statement(&["ISC"], &["Bo"]);
        let adding = [toml("", &[("**", "aggregate", "MIT", "Ada")])];
        assert_eq!(of_file(&adding, "a", own.clone()), statement(&["ISC", "MIT"], &["Bo", "Ada"]));
        let silencing = [toml("", &[("**", "override", "MIT", "Ada")])];
        assert_eq!(of_file(&silencing, "a", own), statement(&["MIT"], &["Ada"]));
    }

    #[test]
    fn of_several_files_the_nearest_fills_in_and_the_uppermost_overrides() {
        let top = || toml("", &[("**", "closest", "MIT", "Ada")]);
        let below = || toml("sub", &[("*", "closest", "", "Bo")]);
        // The nearer one has no license: that of the one above is taken.
        for tomls in [[top(), below()], [below(), top()]] {
            assert_eq!(of_file(&tomls, "sub/a", Statement::default()), statement(&["MIT"], &["Bo"]));
        }
        let overriding =
            [toml("", &[("**", "override", "MIT", "Ada")]), toml("sub", &[("*", "override", "ISC", "Bo")])];
        assert_eq!(of_file(&overriding, "sub/a", Statement::default()), statement(&["MIT"], &["Ada"]));
        let added =
            [toml("", &[("**", "aggregate", "MIT", "Ada")]), toml("sub", &[("*", "override", "ISC", "Bo")])];
        assert_eq!(
            of_file(&added, "sub/a", Statement::default()),
            statement(&["ISC", "MIT"], &["Bo", "Ada"])
        );
        assert_eq!(of_file(&added, "subway/a", Statement::default()), statement(&["MIT"], &["Ada"]));
    }

    #[test]
    fn what_is_no_reuse_file_is_said_so() {
        for text in [
            "[[annotations",
            "[[annotations]]\npath = 7\n",
            "[[annotations]]\nprecedence = \"x\"\npath = \"a\"\n",
            "[[annotations]]\nSPDX-License-Identifier = \"MIT\"\n",
        ] {
            assert!(ReuseToml::read("", text).is_err(), "{text}");
        }
        let read = ReuseToml::read("", "version = 1\n\n[[annotations]]\npath = [\"a\", \"b\"]\nSPDX-License-Identifier = [\"MIT\", \"ISC\"]\n").expect("is TOML");
        assert_eq!(read.statements().collect::<Vec<_>>(), [(3, &statement(&["MIT", "ISC"], &[]))]);
    }
}
