//! The line language that go.mod and go.work share: directives, blocks in parentheses, `//` comments.
//!
//! Source: the Go modules reference, "go.mod files, Lexical elements".

/// One directive line; lines of a block carry the block's verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive<'a> {
    /// `require`, `replace`, ...
    pub(super) verb: &'a str,
    /// What follows the verb, quotes removed.
    pub(super) words: Vec<&'a str>,
    /// The comment at the end of the line, without `//`.
    pub(super) comment: &'a str,
    /// The line, from 1.
    pub(super) line: u32,
}

/// A line that is no directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BrokenLine {
    /// The line, from 1.
    pub(super) line: u32,
    /// What is wrong.
    pub(super) reason: String,
}

/// All directives of a file, and the lines that could not be read.
pub(super) fn directives(text: &str) -> (Vec<Directive<'_>>, Vec<BrokenLine>) {
    let mut found = Vec::new();
    let mut broken = Vec::new();
    let mut block: Option<(&str, u32)> = None;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1..).zip(text.lines()) {
        let (words, comment) = match split_words(line) {
            Ok(parts) => parts,
            Err(reason) => {
                broken.push(BrokenLine { line: number, reason });
                continue;
            }
        };
        let Some((&first, rest)) = words.split_first() else { continue };
        match (block, first) {
            (Some(_), ")") => block = None,
            (Some((verb, _)), _) => found.push(Directive { verb, words, comment, line: number }),
            (None, ")") => {
                broken.push(BrokenLine { line: number, reason: "`)` closes no block".to_owned() });
            }
            (None, verb) if rest == ["("] => block = Some((verb, number)),
            (None, verb) if rest == ["(", ")"] => {
                tracing::trace!(verb, "empty block");
            }
            (None, verb) => {
                found.push(Directive { verb, words: rest.to_vec(), comment, line: number });
            }
        }
    }
    if let Some((verb, line)) = block {
        broken.push(BrokenLine { line, reason: format!("the block of `{verb}` is never closed") });
    }
    (found, broken)
}

/// The words of a line and its comment. `(`, `)`, `[`, `]` and `,` are words of their own, `=>` is one by its spaces.
fn split_words(line: &str) -> Result<(Vec<&str>, &str), String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => return Ok((words, rest[2..].trim())),
            '"' | '`' => {
                let Some(end) = rest[1..].find(first) else {
                    return Err(format!("a string that starts with {first} is never closed"));
                };
                let word = &rest[1..=end];
                if first == '"' && word.contains('\\') {
                    return Err("escapes in strings are not understood".to_owned());
                }
                words.push(word);
                rest = rest[end + 2..].trim_start();
                continue;
            }
            '(' | ')' | '[' | ']' | ',' => 1,
            _ => word_length(rest),
        };
        words.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    Ok((words, ""))
}

fn word_length(rest: &str) -> usize {
    let mut slashes = 0;
    for (at, letter) in rest.char_indices() {
        if letter.is_whitespace() || "()[],\"`".contains(letter) {
            return at;
        }
        slashes = if letter == '/' { slashes + 1 } else { 0 };
        if slashes == 2 {
            return at - 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_strings_and_comments_are_told_apart() {
        let text = "module \"example.com/a\" // the module\r\nrequire (\r\n\texample.com/b v1.0.0 // indirect\r\n\
                    )\nretract [v1.0.0, v1.1.0]//why\n\n// alone\nreplace a => ../a";
        let (found, broken) = directives(text);
        assert!(broken.is_empty(), "{broken:?}");
        let seen: Vec<_> =
            found.iter().map(|one| (one.verb, one.words.join(" "), one.comment, one.line)).collect();
        assert_eq!(
            seen,
            [
                ("module", "example.com/a".to_owned(), "the module", 1),
                ("require", "example.com/b v1.0.0".to_owned(), "indirect", 3),
                ("retract", "[ v1.0.0 , v1.1.0 ]".to_owned(), "why", 5),
                ("replace", "a => ../a".to_owned(), "", 8),
            ]
        );
    }

    #[test]
    fn broken_lines_are_named() {
        let (found, broken) = directives(")\nmodule \"x\nrequire (\n a v1.0.0");
        assert_eq!(found.len(), 1);
        let lines: Vec<_> = broken.iter().map(|one| one.line).collect();
        assert_eq!(lines, [1, 2, 3]);
    }
}
