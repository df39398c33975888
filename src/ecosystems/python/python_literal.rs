//! Python source as far as literals need it: strings, lists, dictionaries and names. It accepts any text.

/// A token of Python source.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A string whose value is fixed; `None` for an f-string or bytes.
    Text { value: Option<String>, offset: usize },
    /// An identifier or keyword.
    Name { text: String, line_start: bool, offset: usize },
    /// Any other character; numbers give `0`.
    Symbol { text: char, offset: usize },
}

impl Token {
    fn offset(&self) -> usize {
        match self {
            Self::Text { offset, .. } | Self::Name { offset, .. } | Self::Symbol { offset, .. } => *offset,
        }
    }
}

/// Cuts source into tokens; comments and white space are dropped.
pub(super) struct Scanner<'a> {
    source: &'a str,
    position: usize,
}

impl<'a> Scanner<'a> {
    /// For a source text.
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, position: 0 }
    }

    /// All tokens.
    pub(super) fn tokens(mut self) -> Vec<Token> {
        let mut found = Vec::new();
        while let Some(letter) = self.source[self.position..].chars().next() {
            let offset = self.position;
            if letter.is_whitespace() || letter == '\\' {
                self.position += letter.len_utf8();
            } else if letter == '#' {
                self.position += self.source[offset..].find('\n').unwrap_or(self.source.len() - offset);
            } else if letter == '_' || letter.is_alphabetic() {
                found.push(self.word(offset));
            } else if letter == '\'' || letter == '"' {
                let value = self.string(letter, Backslash::Escapes);
                found.push(Token::Text { value, offset });
            } else if letter.is_ascii_digit() {
                let rest = &self.source[offset..];
                let end = rest.find(|letter: char| !(letter.is_alphanumeric() || "._".contains(letter)));
                self.position += end.unwrap_or(rest.len());
                found.push(Token::Symbol { text: '0', offset });
            } else {
                self.position += letter.len_utf8();
                found.push(Token::Symbol { text: letter, offset });
            }
        }
        found
    }

    fn word(&mut self, offset: usize) -> Token {
        let rest = &self.source[offset..];
        let end =
            rest.find(|letter: char| !(letter == '_' || letter.is_alphanumeric())).unwrap_or(rest.len());
        let word = &rest[..end];
        self.position += end;
        let prefix = word.to_ascii_lowercase();
        if let Some(quote @ ('\'' | '"')) = self.source[self.position..].chars().next()
            && ["r", "u", "b", "f", "br", "rb", "fr", "rf", "t"].contains(&prefix.as_str())
        {
            let is_fixed = !prefix.contains(['f', 'b', 't']);
            let backslash = if prefix.contains('r') { Backslash::Stands } else { Backslash::Escapes };
            let value = self.string(quote, backslash).filter(|_| is_fixed);
            return Token::Text { value, offset };
        }
        let line_start = offset == 0 || self.source[..offset].ends_with('\n');
        Token::Name { text: word.to_owned(), line_start, offset }
    }

    /// The string that begins here; an unclosed one runs to the end of its line, or of the file if tripled.
    fn string(&mut self, quote: char, backslash: Backslash) -> Option<String> {
        let rest = &self.source[self.position..];
        let triple: String = std::iter::repeat_n(quote, 3).collect();
        let is_triple = rest.starts_with(&triple);
        let opening = if is_triple { 3 } else { 1 };
        let mut value = String::new();
        let mut letters = rest[opening..].char_indices();
        while let Some((at, letter)) = letters.next() {
            let here = &rest[opening + at..];
            if (is_triple && here.starts_with(&triple)) || (!is_triple && letter == quote) {
                self.position += opening + at + opening;
                return Some(value);
            }
            if letter == '\n' && !is_triple {
                self.position += opening + at;
                return None;
            }
            if letter == '\\'
                && let Some((_, escaped)) = letters.next()
            {
                push_escape(&mut value, escaped, backslash);
            } else {
                value.push(letter);
            }
        }
        self.position = self.source.len();
        None
    }
}

/// What a backslash in a string does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Backslash {
    /// It gives the next letter another meaning.
    Escapes,
    /// It is a letter like others, as in `r"..."`.
    Stands,
}

fn push_escape(value: &mut String, escaped: char, backslash: Backslash) {
    match escaped {
        _ if backslash == Backslash::Stands => value.extend(['\\', escaped]),
        'n' => value.push('\n'),
        't' => value.push('\t'),
        '\n' | '\r' => {}
        '\'' | '"' | '\\' => value.push(escaped),
        other => value.extend(['\\', other]),
    }
}

/// A value that can be known without running anything.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    /// A string; adjacent strings are one.
    Text(String),
    /// A list, tuple or set, with the offset of each member.
    List(Vec<(usize, Literal)>),
    /// A dictionary with string keys: key, its offset, value.
    Table(Vec<(String, usize, Literal)>),
    /// A name that may have been assigned before.
    Name(String),
    /// Anything else.
    Computed,
}

impl Literal {
    /// Reads the expression at an index: its value, and the index of the comma or bracket that ends it.
    ///
    /// An expression is literal only if nothing follows the literal in it: `[…] + more` is computed.
    pub(super) fn read(tokens: &[Token], start: usize) -> (Self, usize) {
        read_value(tokens, start, 0)
    }

    /// The string it is.
    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Literals nested deeper than this are computed.
const DEPTH_LIMIT: usize = 8;

fn read_value(tokens: &[Token], start: usize, depth: usize) -> (Literal, usize) {
    let (value, next) = match tokens.get(start) {
        Some(Token::Text { .. }) => read_text(tokens, start),
        Some(Token::Name { text, .. }) if is_collection_call(tokens, start, text) && depth < DEPTH_LIMIT => {
            let (inner, next) = read_value(tokens, start + 2, depth + 1);
            let is_closed = matches!(tokens.get(next), Some(Token::Symbol { text: ')', .. }));
            match inner {
                Literal::List(_) if is_closed => (inner, next + 1),
                _ => (Literal::Computed, start + 1),
            }
        }
        Some(Token::Name { text, .. }) => (Literal::Name(text.clone()), start + 1),
        Some(Token::Symbol { text: '[' | '(', .. }) if depth < DEPTH_LIMIT => read_list(tokens, start, depth),
        Some(Token::Symbol { text: '{', .. }) if depth < DEPTH_LIMIT => read_table(tokens, start, depth),
        _ => (Literal::Computed, start),
    };
    match tokens.get(next) {
        Some(Token::Symbol { text: ',' | ')' | ']' | '}' | ':', .. }) => (value, next),
        // Outside brackets a statement ends at the next line's first name.
        Some(Token::Name { line_start: true, .. }) | None if depth == 0 => (value, next),
        _ => (Literal::Computed, skip(tokens, next)),
    }
}

/// `frozenset([…])` and its kind hold what the list in them holds.
fn is_collection_call(tokens: &[Token], start: usize, name: &str) -> bool {
    ["frozenset", "set", "list", "tuple", "sorted"].contains(&name)
        && matches!(tokens.get(start + 1), Some(Token::Symbol { text: '(', .. }))
}

fn read_text(tokens: &[Token], start: usize) -> (Literal, usize) {
    let mut whole = Some(String::new());
    let mut next = start;
    while let Some(Token::Text { value, .. }) = tokens.get(next) {
        whole = match (whole, value) {
            (Some(known), Some(more)) => Some(known + more),
            _ => None,
        };
        next += 1;
    }
    (whole.map_or(Literal::Computed, Literal::Text), next)
}

fn read_list(tokens: &[Token], start: usize, depth: usize) -> (Literal, usize) {
    let mut items = Vec::new();
    let mut next = start + 1;
    loop {
        match tokens.get(next) {
            None => return (Literal::Computed, next),
            Some(Token::Symbol { text: ']' | ')', .. }) => return (Literal::List(items), next + 1),
            Some(Token::Symbol { text: ',', .. }) => next += 1,
            Some(token) => {
                let (value, after) = read_value(tokens, next, depth + 1);
                items.push((token.offset(), value));
                if after <= next || !ends_member(tokens.get(after)) {
                    return (Literal::Computed, skip(tokens, after.max(next + 1)));
                }
                next = after;
            }
        }
    }
}

fn ends_member(token: Option<&Token>) -> bool {
    matches!(token, Some(Token::Symbol { text: ',' | ']' | ')' | '}', .. }))
}

fn read_table(tokens: &[Token], start: usize, depth: usize) -> (Literal, usize) {
    let mut entries = Vec::new();
    let mut next = start + 1;
    loop {
        match tokens.get(next) {
            Some(Token::Symbol { text: '}', .. }) => return (Literal::Table(entries), next + 1),
            Some(Token::Symbol { text: ',', .. }) => next += 1,
            Some(Token::Text { offset, .. }) => {
                let (key, colon) = read_text(tokens, next);
                let is_pair = matches!(tokens.get(colon), Some(Token::Symbol { text: ':', .. }));
                let (Literal::Text(key), true) = (key, is_pair) else {
                    return (Literal::Computed, skip_from_inside(tokens, next));
                };
                let (value, after) = read_value(tokens, colon + 1, depth + 1);
                entries.push((key, *offset, value));
                next = after;
            }
            _ => return (Literal::Computed, skip_from_inside(tokens, next)),
        }
    }
}

/// The index of the comma or closing bracket that ends the expression an index lies in.
fn skip(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0usize;
    let mut index = start;
    while let Some(token) = tokens.get(index) {
        match token {
            Token::Symbol { text: '(' | '[' | '{', .. } => depth += 1,
            Token::Symbol { text: ')' | ']' | '}', .. } if depth == 0 => return index,
            Token::Symbol { text: ')' | ']' | '}', .. } => depth -= 1,
            Token::Symbol { text: ',', .. } if depth == 0 => return index,
            _ => {}
        }
        index += 1;
    }
    index
}

/// Past the bracket that closes the dictionary an index lies in.
fn skip_from_inside(tokens: &[Token], start: usize) -> usize {
    let mut index = skip(tokens, start);
    while matches!(tokens.get(index), Some(Token::Symbol { text: ',', .. })) {
        index = skip(tokens, index + 1);
    }
    (index + 1).min(tokens.len())
}
