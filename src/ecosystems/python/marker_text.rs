//! The text of an environment marker, by the grammar of PEP 508.

use super::marker::{Marker, Operand, Operator};

/// Nested deeper than this, no marker was written by a person.
const DEPTH_LIMIT: usize = 64;

/// Parses a marker.
///
/// # Errors
/// A sentence fragment.
pub(super) fn parse(text: &str) -> Result<Marker, String> {
    let tokens = tokenise(text)?;
    let mut parser = Parser { tokens: &tokens, position: 0 };
    let marker = parser.any(0)?;
    match parser.next() {
        None => Ok(marker),
        Some(token) => Err(format!("unexpected {}", token.shown())),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Literal(String),
    Operator(&'static str),
    Open,
    Close,
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Literal(text) => format!("\"{}\"", super::requirement::shorten(text)),
            Self::Operator(symbol) => format!("`{symbol}`"),
            Self::Open => "`(`".to_owned(),
            Self::Close => "`)`".to_owned(),
        }
    }

    fn is_word(&self, expected: &str) -> bool {
        matches!(self, Self::Word(word) if word == expected)
    }
}

const OPERATORS: [&str; 8] = ["===", "==", "!=", "<=", ">=", "~=", "<", ">"];

fn tokenise(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '\'' | '"' => {
                let inside = &rest[1..];
                let end = inside.find(first).ok_or("a string is not closed")?;
                (Token::Literal(inside[..end].to_owned()), end + 2)
            }
            letter if letter.is_ascii_alphabetic() || letter == '_' => {
                let end = rest
                    .find(|letter: char| !(letter.is_ascii_alphanumeric() || "_.".contains(letter)))
                    .unwrap_or(rest.len());
                (Token::Word(rest[..end].to_owned()), end)
            }
            letter => {
                let symbol = OPERATORS
                    .into_iter()
                    .find(|symbol| rest.starts_with(symbol))
                    .ok_or_else(|| format!("unexpected `{}`", letter.escape_default()))?;
                (Token::Operator(symbol), symbol.len())
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    position: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.position)
    }

    fn next(&mut self) -> Option<&'a Token> {
        let token = self.peek()?;
        self.position += 1;
        Some(token)
    }

    fn skip_word(&mut self, expected: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(expected));
        self.position += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Result<Marker, String> {
        let mut members = vec![self.all(depth)?];
        while self.skip_word("or") {
            members.push(self.all(depth)?);
        }
        Ok(if members.len() == 1 { members.remove(0) } else { Marker::Or(members) })
    }

    fn all(&mut self, depth: usize) -> Result<Marker, String> {
        let mut members = vec![self.one(depth)?];
        while self.skip_word("and") {
            members.push(self.one(depth)?);
        }
        Ok(if members.len() == 1 { members.remove(0) } else { Marker::And(members) })
    }

    fn one(&mut self, depth: usize) -> Result<Marker, String> {
        if depth > DEPTH_LIMIT {
            return Err(format!("it is nested more than {DEPTH_LIMIT} deep"));
        }
        if self.peek() == Some(&Token::Open) {
            self.position += 1;
            let inside = self.any(depth + 1)?;
            return match self.next() {
                Some(Token::Close) => Ok(inside),
                _ => Err("a parenthesis is not closed".to_owned()),
            };
        }
        let left = self.operand()?;
        let operator = self.operator()?;
        let right = self.operand()?;
        Ok(Marker::Compare(left, operator, right))
    }

    fn operand(&mut self) -> Result<Operand, String> {
        match self.next() {
            Some(Token::Literal(text)) => Ok(Operand::Literal(text.clone())),
            Some(Token::Word(word)) => Ok(Operand::Variable(word.clone())),
            Some(token) => Err(format!("unexpected {}", token.shown())),
            None => Err("it ends too early".to_owned()),
        }
    }

    fn operator(&mut self) -> Result<Operator, String> {
        match self.next() {
            Some(Token::Operator(symbol)) => Ok(Operator::Version(symbol)),
            Some(token) if token.is_word("in") => Ok(Operator::In),
            Some(token) if token.is_word("not") && self.skip_word("in") => Ok(Operator::NotIn),
            Some(token) => Err(format!("unexpected {}", token.shown())),
            None => Err("it ends too early".to_owned()),
        }
    }
}
