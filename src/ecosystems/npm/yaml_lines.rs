//! The part of YAML that pnpm writes, read line by line.
//!
//! Supported: block mappings, block sequences of scalars, flow collections on one line, plain, single-quoted and
//! (without escapes) double-quoted scalars on one line, `|` and `>` with `-` or nothing, comments on lines of their
//! own. Everything else (anchors, tags, several documents, tabs, text over several lines, double keys, `null`) is
//! no error but gives nothing: then a full YAML reader has to look. What is given is what that reader would give;
//! the tests hold the two together.

use std::borrow::Cow;

/// YAML ends the search for the colon of a key after 1,024 characters.
const LONGEST_KEY: usize = 1000;

/// Collections may lie inside one another this deep.
const MAX_DEPTH: usize = 16;

/// A YAML node.
#[derive(Debug, PartialEq)]
pub(super) enum Node<'a> {
    Scalar(Scalar<'a>),
    List(Vec<Node<'a>>),
    Map(Vec<(Scalar<'a>, Node<'a>)>),
}

/// A scalar. Only a plain one can be something else than a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scalar<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) is_plain: bool,
}

/// The document, unless it uses more of YAML than is read here.
pub(super) fn parse(text: &str) -> Option<Node<'_>> {
    if !text.bytes().all(is_usual_byte) || (!text.is_ascii() && !text.chars().all(is_usual)) {
        return None;
    }
    let bytes = text.as_bytes();
    if bytes.last() != Some(&b'\n') || memchr::memchr_iter(b'\r', bytes).any(|at| bytes[at + 1] != b'\n') {
        return None;
    }
    let mut lines = Lines { lines: text.lines().collect(), next: 0 };
    let (indent, content) = lines.peek()?;
    if indent != 0 || content.starts_with("- ") {
        return None;
    }
    let root = block(&mut lines, 0, 0)?;
    lines.peek().is_none().then_some(root)
}

fn is_usual_byte(byte: u8) -> bool {
    byte >= b' ' && byte != 0x7F || byte == b'\n' || byte == b'\r'
}

/// Not among the line ends and invisible characters that YAML treats in ways of its own.
fn is_usual(character: char) -> bool {
    !matches!(character, '\u{80}'..='\u{9F}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

struct Lines<'a> {
    lines: Vec<&'a str>,
    next: usize,
}

impl<'a> Lines<'a> {
    /// Indentation and content of the next line that is neither blank nor a comment.
    fn peek(&mut self) -> Option<(usize, &'a str)> {
        loop {
            let line = *self.lines.get(self.next)?;
            let content = line.trim_start_matches(' ');
            if !content.is_empty() && !content.starts_with('#') {
                return Some((line.len() - content.len(), content.trim_end_matches(' ')));
            }
            self.next += 1;
        }
    }
}

fn is_item(content: &str) -> bool {
    content == "-" || content.starts_with("- ")
}

fn block<'a>(lines: &mut Lines<'a>, indent: usize, depth: usize) -> Option<Node<'a>> {
    if depth > MAX_DEPTH {
        return None;
    }
    match lines.peek()? {
        (_, content) if is_item(content) => list(lines, indent),
        _ => map(lines, indent, depth),
    }
}

fn list<'a>(lines: &mut Lines<'a>, indent: usize) -> Option<Node<'a>> {
    let mut items = Vec::new();
    while let Some((at, content)) = lines.peek() {
        if at != indent || !is_item(content) {
            break;
        }
        lines.next += 1;
        let (scalar, rest) = scalar(content.strip_prefix("- ")?.trim_start_matches(' '), Within::Block)?;
        if !rest.is_empty() || continues(lines, indent) {
            return None;
        }
        items.push(Node::Scalar(scalar));
    }
    Some(Node::List(items))
}

fn map<'a>(lines: &mut Lines<'a>, indent: usize, depth: usize) -> Option<Node<'a>> {
    let mut entries = Vec::new();
    while let Some((at, content)) = lines.peek() {
        if at < indent {
            break;
        }
        if at > indent || is_item(content) || (indent == 0 && starts_document(content)) {
            return None;
        }
        let (key, rest) = scalar(content, Within::Block)?;
        let value = rest.strip_prefix(':')?;
        if !is_usual_key(&key) {
            return None;
        }
        lines.next += 1;
        let node = match value.trim_start_matches(' ') {
            "" => nested(lines, indent, depth)?,
            _ if !value.starts_with(' ') => return None,
            sign @ ("|" | "|-" | ">" | ">-") => long_text(lines, indent, sign)?,
            inline => {
                let (node, rest) = flow(inline, Within::Block, depth)?;
                if !rest.is_empty() || continues(lines, indent) {
                    return None;
                }
                node
            }
        };
        entries.push((key, node));
    }
    has_no_double(&entries).then_some(Node::Map(entries))
}

fn is_usual_key(key: &Scalar<'_>) -> bool {
    key.text.len() <= LONGEST_KEY && (!key.is_plain || is_surely_text(&key.text))
}

fn starts_document(content: &str) -> bool {
    content.starts_with("---") || content.starts_with("...") || content.starts_with('%')
}

/// What stands under a key without a value. A list may stand at the key's own indentation.
fn nested<'a>(lines: &mut Lines<'a>, indent: usize, depth: usize) -> Option<Node<'a>> {
    let (at, content) = lines.peek()?;
    if at > indent || (at == indent && is_item(content)) { block(lines, at, depth + 1) } else { None }
}

/// Whether the next line belongs to the scalar before it.
fn continues(lines: &mut Lines<'_>, indent: usize) -> bool {
    lines.peek().is_some_and(|(at, _)| at > indent)
}

fn has_no_double(entries: &[(Scalar<'_>, Node<'_>)]) -> bool {
    if entries.is_sorted_by(|(one, _), (other, _)| one.text < other.text) {
        return true;
    }
    let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.text.as_ref()).collect();
    keys.sort_unstable();
    keys.is_sorted_by(|one, other| one < other)
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// A block collection, where the line ends it.
    Block,
    /// A flow collection, where a comma or bracket does.
    Flow,
}

/// A value on one line, and the rest of the line.
fn flow(text: &str, within: Within, depth: usize) -> Option<(Node<'_>, &str)> {
    if depth > MAX_DEPTH {
        return None;
    }
    if let Some(rest) = text.strip_prefix('{') {
        return flow_map(rest, depth);
    }
    if let Some(rest) = text.strip_prefix('[') {
        return flow_list(rest, depth);
    }
    let (scalar, rest) = scalar(text, within)?;
    Some((Node::Scalar(scalar), rest))
}

fn flow_map(text: &str, depth: usize) -> Option<(Node<'_>, &str)> {
    let mut entries = Vec::new();
    let mut rest = text.trim_start_matches(' ');
    while !rest.starts_with('}') {
        let (key, after) = scalar(rest, Within::Flow)?;
        if !is_usual_key(&key) {
            return None;
        }
        let after = after.strip_prefix(": ")?.trim_start_matches(' ');
        let (value, after) = flow(after, Within::Flow, depth + 1)?;
        entries.push((key, value));
        rest = next_in_flow(after, '}')?;
    }
    has_no_double(&entries).then_some((Node::Map(entries), rest.strip_prefix('}')?))
}

fn flow_list(text: &str, depth: usize) -> Option<(Node<'_>, &str)> {
    let mut items = Vec::new();
    let mut rest = text.trim_start_matches(' ');
    while !rest.starts_with(']') {
        let (item, after) = flow(rest, Within::Flow, depth + 1)?;
        items.push(item);
        rest = next_in_flow(after, ']')?;
    }
    Some((Node::List(items), rest.strip_prefix(']')?))
}

/// From behind a value to the next one or the end of its collection.
fn next_in_flow(rest: &str, end: char) -> Option<&str> {
    let rest = rest.trim_start_matches(' ');
    match rest.strip_prefix(',') {
        Some(more) => {
            Some(more.trim_start_matches(' ')).filter(|more| !more.is_empty() && !more.starts_with(end))
        }
        None => rest.starts_with(end).then_some(rest),
    }
}

/// A scalar and what follows it, from a `:` that ends a key or, in a flow collection, from its sign.
fn scalar(text: &str, within: Within) -> Option<(Scalar<'_>, &str)> {
    match text.as_bytes().first()? {
        b'\'' => single_quoted(&text[1..]),
        b'"' => {
            let end = text[1..].find(['"', '\\']).map(|at| at + 1)?;
            let inner = text[1..end].into();
            let rest = text[end..].strip_prefix('"')?;
            Some((Scalar { text: inner, is_plain: false }, rest))
        }
        _ => plain(text, within),
    }
}

/// A quote is doubled inside.
fn single_quoted(text: &str) -> Option<(Scalar<'_>, &str)> {
    let mut from = 0;
    loop {
        let end = from + text[from..].find('\'')?;
        let rest = &text[end + 1..];
        if rest.starts_with('\'') {
            from = end + 2;
            continue;
        }
        let inner = &text[..end];
        let text = if inner.contains('\'') { inner.replace("''", "'").into() } else { inner.into() };
        return Some((Scalar { text, is_plain: false }, rest));
    }
}

fn plain(text: &str, within: Within) -> Option<(Scalar<'_>, &str)> {
    let bytes = text.as_bytes();
    let is_start =
        |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80 || b"/_.^~<=+($;\\".contains(&byte);
    if !is_start(*bytes.first()?) {
        return None;
    }
    let in_flow = within == Within::Flow;
    let mut end = bytes.len();
    for (at, byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1);
        match byte {
            b':' if next.is_none_or(|next| *next == b' ') => {
                end = at;
                break;
            }
            b'#' if bytes[at - 1] == b' ' => return None,
            b':' if in_flow && next.is_some_and(|next| b",[]{}".contains(next)) => return None,
            b'[' | b'{' if in_flow => return None,
            b',' | b']' | b'}' if in_flow => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let inner = text[..end].trim_end_matches(' ');
    // A space before the colon of a key is allowed and never written.
    if is_null(inner) || (inner.len() < end && text[end..].starts_with(':')) {
        return None;
    }
    Some((Scalar { text: inner.into(), is_plain: true }, &text[end..]))
}

fn is_null(text: &str) -> bool {
    text == "~" || text == "<<" || text == "=" || text.eq_ignore_ascii_case("null")
}

/// Whether no version of YAML takes a plain scalar for a number, a truth value or nothing.
pub(super) fn is_surely_text(text: &str) -> bool {
    const WORDS: [&str; 10] = ["true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    }
    // Numbers and times know some letters: 0x1f, 0o7, 1e5, 2001-12-14T21:59:43Z.
    let is_beyond_numbers =
        |c: char| matches!(c.to_ascii_lowercase(), 'g'..='n' | 'p'..='s' | 'u'..='w' | 'y');
    text == "."
        || text.contains(['/', '@', '('])
        || text.bytes().filter(|byte| *byte == b'.').count() > 1
        || (text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(is_beyond_numbers))
}

/// The lines of `|` as they are, of `>` joined; without their indentation.
fn long_text<'a>(lines: &mut Lines<'a>, indent: usize, sign: &str) -> Option<Node<'a>> {
    let first = *lines.lines.get(lines.next)?;
    let deep = first.len() - first.trim_start_matches(' ').len();
    if deep <= indent || deep == first.len() {
        return None;
    }
    let mut text = String::new();
    // Line ends that stand before the next line with content.
    let mut ends = 0;
    while let Some(line) = lines.lines.get(lines.next) {
        let is_blank = line.trim_start_matches(' ').is_empty();
        if !is_blank && !line.starts_with(&first[..deep]) {
            break;
        }
        if is_blank {
            // Spaces beyond the indentation would be content.
            if line.len() > deep {
                return None;
            }
            ends += 1;
        } else {
            let content = &line[deep..];
            if content.starts_with(' ') {
                return None;
            }
            match (text.is_empty(), sign.starts_with('>'), ends) {
                (true, ..) => {}
                (false, true, 1) => text.push(' '),
                (false, true, _) => text.extend(std::iter::repeat_n('\n', ends - 1)),
                (false, false, _) => text.extend(std::iter::repeat_n('\n', ends)),
            }
            text.push_str(content);
            ends = 1;
        }
        lines.next += 1;
    }
    // A line between the two indentations is an error, or a comment.
    if lines
        .lines
        .get(lines.next)
        .is_some_and(|line| line.len() - line.trim_start_matches(' ').len() > indent)
    {
        return None;
    }
    if !sign.ends_with('-') {
        text.push('\n');
    }
    Some(Node::Scalar(Scalar { text: text.into(), is_plain: false }))
}
