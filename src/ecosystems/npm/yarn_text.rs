//! The text form of yarn.lock, of Yarn 1 and of Yarn 2 and later (there it is a small part of YAML).
//!
//! ```text
//! key, key:                an entry and what it answers
//!   version "1.0.0"        a field; `version: 1.0.0` in later versions
//!   dependencies:          a table
//!     name "^1.0.0"        a row
//!     name:                a row that is a table itself
//!       optional: true
//! ```
//! Places of every line are kept, and any line that does not fit is told to the caller.

/// A yarn.lock as written.
#[derive(Debug, Default)]
pub(super) struct YarnText<'a> {
    pub(super) entries: Vec<YarnEntry<'a>>,
    /// Whether it is of Yarn 2 or later.
    pub(super) is_berry: bool,
    /// The first line that could not be understood, from 1.
    pub(super) broken_line: Option<u32>,
}

/// One entry.
#[derive(Debug, Default)]
pub(super) struct YarnEntry<'a> {
    pub(super) line: u32,
    /// `name@range`, each.
    pub(super) keys: Vec<&'a str>,
    pub(super) fields: Vec<(&'a str, &'a str)>,
    pub(super) rows: Vec<YarnRow<'a>>,
}

/// A row of a table.
#[derive(Debug)]
pub(super) struct YarnRow<'a> {
    pub(super) table: &'a str,
    pub(super) name: &'a str,
    /// Empty for a row that is a table itself.
    pub(super) value: &'a str,
    /// Whether `optional: true` stands below it.
    pub(super) optional: bool,
    pub(super) line: u32,
}

impl<'a> YarnEntry<'a> {
    /// A field's value.
    pub(super) fn field(&self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// The rows of a table.
    pub(super) fn table(&self, name: &str) -> impl Iterator<Item = &YarnRow<'a>> {
        self.rows.iter().filter(move |row| row.table == name)
    }
}

/// Reads the text. Nothing is lost silently: see [`YarnText::broken_line`].
pub(super) fn parse(text: &str) -> YarnText<'_> {
    let mut yarn = YarnText::default();
    let mut table = "";
    for (position, line) in text.lines().enumerate() {
        let number = u32::try_from(position + 1).unwrap_or(u32::MAX);
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        let content = content.trim_end();
        if content.is_empty() || content.starts_with('#') || (indent == 0 && content == ":") {
            continue;
        }
        let understood = match indent {
            0 => {
                table = "";
                start_entry(&mut yarn, content, number)
            }
            2 => add_field(yarn.entries.last_mut(), content, &mut table),
            4 => add_row(yarn.entries.last_mut(), content, table, number),
            6 => mark_row(yarn.entries.last_mut(), content),
            _ => None,
        };
        if understood.is_none() && yarn.broken_line.is_none() {
            yarn.broken_line = Some(number);
        }
    }
    let metadata = yarn.entries.iter().position(|entry| entry.keys == ["__metadata"]);
    if let Some(metadata) = metadata {
        yarn.is_berry = true;
        yarn.entries.remove(metadata);
    }
    yarn
}

fn start_entry<'a>(yarn: &mut YarnText<'a>, content: &'a str, line: u32) -> Option<()> {
    // YAML writes keys of more than 1,024 characters as `? key` and a lone colon below.
    let (mut rest, is_long) = match content.strip_prefix("? ") {
        Some(rest) => (rest, true),
        None => (content, false),
    };
    let mut entry = YarnEntry { line, ..YarnEntry::default() };
    loop {
        let (key, after) = if let Some(quoted) = rest.strip_prefix('"') {
            quoted.split_once('"')?
        } else {
            let end =
                rest.find(',').unwrap_or(if is_long { rest.len() } else { rest.strip_suffix(':')?.len() });
            rest.split_at(end)
        };
        entry.keys.extend(key.split(", ").map(str::trim).filter(|key| !key.is_empty()));
        match after.trim_start().strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None if after == ":" || (is_long && after.is_empty()) => break,
            None => return None,
        }
    }
    yarn.entries.push(entry);
    Some(())
}

fn add_field<'a>(entry: Option<&mut YarnEntry<'a>>, content: &'a str, table: &mut &'a str) -> Option<()> {
    let (name, value) = split_line(content)?;
    let entry = entry?;
    if value.is_empty() && content.ends_with(':') {
        *table = name;
    } else {
        *table = "";
        entry.fields.push((name, value));
    }
    Some(())
}

fn add_row<'a>(entry: Option<&mut YarnEntry<'a>>, content: &'a str, table: &'a str, line: u32) -> Option<()> {
    let (name, value) = split_line(content)?;
    entry?.rows.push(YarnRow { table, name, value, optional: false, line });
    (!table.is_empty()).then_some(())
}

fn mark_row(entry: Option<&mut YarnEntry<'_>>, content: &str) -> Option<()> {
    let (name, value) = split_line(content)?;
    let row = entry?.rows.last_mut()?;
    row.optional |= name == "optional" && value == "true";
    Some(())
}

/// `name value`, `name: value`, `"name" "value"`, `name:` in its two parts without quotes.
fn split_line(content: &str) -> Option<(&str, &str)> {
    let (name, rest) = match content.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => {
            let end = content.find(": ").or_else(|| content.ends_with(':').then(|| content.len() - 1));
            let space = content.find(' ');
            let end = match (end, space) {
                (Some(colon), Some(space)) => colon.min(space),
                (Some(end), None) | (None, Some(end)) => end,
                (None, None) => return None,
            };
            content.split_at(end)
        }
    };
    let value = rest.strip_prefix(':').unwrap_or(rest).trim();
    let value = value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(value);
    (!name.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let old = parse(
            "# yarn lockfile v1\r\n\r\n\"@a/b@^1\", \"@a/b@~1.2\":\r\n  version \"1.2.3\"\r\n  dependencies:\r\n    \"@c/d\" \">= 1, < 2\"\r\n    e \"npm:f@1\"\r\n",
        );
        assert!(!old.is_berry);
        assert_eq!(old.broken_line, None);
        assert_eq!(old.entries[0].keys, ["@a/b@^1", "@a/b@~1.2"]);
        assert_eq!(old.entries[0].line, 3);
        assert_eq!(old.entries[0].field("version"), Some("1.2.3"));
        let rows: Vec<_> =
            old.entries[0].table("dependencies").map(|row| (row.name, row.value, row.line)).collect();
        assert_eq!(rows, [("@c/d", ">= 1, < 2", 6), ("e", "npm:f@1", 7)]);

        let new = parse(
            "__metadata:\n  version: 8\n\n\"a@npm:^1, a@npm:1.0\":\n  version: 1.0.0\n  conditions: os=darwin & cpu=x64\n  peerDependenciesMeta:\n    p:\n      optional: true\n",
        );
        assert!(new.is_berry);
        assert_eq!(new.entries[0].keys, ["a@npm:^1", "a@npm:1.0"]);
        assert_eq!(new.entries[0].field("conditions"), Some("os=darwin & cpu=x64"));
        assert!(new.entries[0].rows[0].optional);
    }

    #[test]
    fn long_keys_and_broken_lines() {
        let text = parse("? \"a@npm:1, a@npm:2\"\n:\n  version: 1.0.0\n");
        assert_eq!(text.broken_line, None);
        assert_eq!(text.entries[0].keys.len(), 2);
        for (broken, line) in [
            ("<<<<<<< HEAD\na@1:\n", 1),
            ("a@1:\n  version \"1\"\n     x y\n", 3),
            ("\"a@1", 1),
            ("  version \"1\"\n", 1),
            ("a@1:\n    stray row\n", 2),
        ] {
            assert_eq!(parse(broken).broken_line, Some(line), "{broken}");
        }
    }
}
