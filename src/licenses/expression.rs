//! Reading SPDX license expressions (SPDX 3.0.1 Annex B).
//!
//! Ids match without regard to case and come out in list spelling; operators are accepted in lower case too, as
//! SPDX 3 allows. Nothing is guessed: an unknown id is an error that names the nearest known one.
//! `spdx::Expression` is not used for this: it matches ids by case, takes `NOASSERTION` for a license and
//! invents ids (measured with 0.13).

use super::aliases;
use super::catalogue;
use crate::model::{ExceptionName, Expression, LicenseName, Term};

/// Parentheses may be nested this deep; no honest expression comes near, and recursion stays bounded.
const MAX_DEPTH: usize = 256;

/// Why a text is not a license expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} (at character {at} of the license expression)")]
pub struct ExpressionError {
    /// Byte offset where reading stopped.
    pub at: usize,
    /// Length in bytes of the part that is wrong; 0 at the end.
    pub length: usize,
    /// What is wrong, and what to write instead where that is known.
    pub reason: String,
}

/// Reads an expression.
///
/// # Errors
/// When the text is empty, does not follow the grammar, or names an id that the SPDX list does not have.
pub fn parse(text: &str) -> Result<Expression, ExpressionError> {
    let mut parser = Parser { text, at: 0 };
    let expression = parser.alternatives(0)?;
    match parser.peek() {
        None => Ok(expression),
        Some((at, ")")) => Err(error(at, 1, "a closing parenthesis without an opening one")),
        Some((at, word)) => {
            Err(error(at, word.len(), &format!("`{word}` follows where AND, OR or WITH is expected")))
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    /// `a OR b OR c`
    fn alternatives(&mut self, depth: usize) -> Result<Expression, ExpressionError> {
        let first = self.conjunction(depth)?;
        if !self.next_is("OR") {
            return Ok(first);
        }
        let mut members = vec![first];
        while self.take_operator("OR") {
            members.push(self.conjunction(depth)?);
        }
        Ok(Expression::any_of(members))
    }

    /// `a AND b AND c`
    fn conjunction(&mut self, depth: usize) -> Result<Expression, ExpressionError> {
        let first = self.operand(depth)?;
        if !self.next_is("AND") {
            return Ok(first);
        }
        let mut members = vec![first];
        while self.take_operator("AND") {
            members.push(self.operand(depth)?);
        }
        Ok(Expression::all_of(members))
    }

    /// A parenthesis or a license with its exception.
    fn operand(&mut self, depth: usize) -> Result<Expression, ExpressionError> {
        match self.peek() {
            Some((at, "(")) => {
                if depth >= MAX_DEPTH {
                    return Err(error(at, 1, "parentheses are nested deeper than 256 levels"));
                }
                self.at = at + 1;
                let inner = self.alternatives(depth + 1)?;
                match self.peek() {
                    Some((close, ")")) => {
                        self.at = close + 1;
                        Ok(inner)
                    }
                    _ => Err(error(at, 1, "this parenthesis is not closed")),
                }
            }
            Some((at, word)) if word == ")" || is_operator(word) => {
                Err(error(at, word.len(), &format!("a license id is expected before `{word}`")))
            }
            Some((at, word)) => {
                self.at = at + word.len();
                self.term(at, word)
            }
            None if self.text.trim().is_empty() => Err(error(0, 0, "the license expression is empty")),
            None => Err(error(self.text.len(), 0, "a license id is expected at the end")),
        }
    }

    fn term(&mut self, at: usize, word: &str) -> Result<Expression, ExpressionError> {
        let (license, or_later) = license_name(at, word)?;
        if !self.take_operator("WITH") {
            return Ok(Expression::Term(Term { license, or_later, exception: None }));
        }
        let Some((exception_at, exception_word)) = self.peek() else {
            return Err(error(self.text.len(), 0, "an exception id is expected after WITH"));
        };
        self.at = exception_at + exception_word.len();
        let exception = exception_name(exception_at, exception_word)?;
        if matches!(license, LicenseName::None | LicenseName::NoAssertion) {
            return Err(error(at, word.len(), &format!("`{word}` cannot have an exception")));
        }
        Ok(Expression::Term(Term { license, or_later, exception: Some(exception) }))
    }

    /// The next token and its offset, without taking it.
    fn peek(&self) -> Option<(usize, &'a str)> {
        let rest = &self.text[self.at..];
        let start = self.at + (rest.len() - rest.trim_start().len());
        let rest = &self.text[start..];
        match rest.bytes().next()? {
            b'(' | b')' => Some((start, &rest[..1])),
            _ => {
                let end =
                    rest.find(|c: char| c.is_whitespace() || c == '(' || c == ')').unwrap_or(rest.len());
                Some((start, &rest[..end]))
            }
        }
    }

    fn next_is(&self, operator: &str) -> bool {
        self.peek().is_some_and(|(_, word)| word.eq_ignore_ascii_case(operator))
    }

    fn take_operator(&mut self, operator: &str) -> bool {
        match self.peek() {
            Some((at, word)) if word.eq_ignore_ascii_case(operator) => {
                self.at = at + word.len();
                true
            }
            _ => false,
        }
    }
}

fn is_operator(word: &str) -> bool {
    ["AND", "OR", "WITH"].iter().any(|operator| word.eq_ignore_ascii_case(operator))
}

fn license_name(at: usize, word: &str) -> Result<(LicenseName, bool), ExpressionError> {
    match word {
        "NONE" => return Ok((LicenseName::None, false)),
        "NOASSERTION" => return Ok((LicenseName::NoAssertion, false)),
        _ => {}
    }
    // Deprecated ids such as `GPL-2.0+` hold the plus themselves.
    if let Some(id) = catalogue::find_license(word) {
        return Ok((LicenseName::Known(id), false));
    }
    if is_custom(word, "LicenseRef-") {
        return Ok((LicenseName::Custom(word.to_owned()), false));
    }
    if let Some(id) = word.strip_suffix('+').and_then(catalogue::find_license) {
        return Ok((LicenseName::Known(id), true));
    }
    if let Some(exception) = catalogue::find_exception(word) {
        let reason = format!("`{}` is an exception; it stands after WITH", exception.name());
        return Err(error(at, word.len(), &reason));
    }
    Err(unknown(at, word, "license", meant(word).as_deref()))
}

/// What somebody who writes this name may mean: what people use it for, else the id that is spelled most alike.
fn meant(word: &str) -> Option<String> {
    let known =
        aliases::find(word, aliases::Context::Any).map(aliases::Alias::candidates).unwrap_or_default();
    if !known.is_empty() {
        let shown: Vec<String> = known.iter().map(|candidate| format!("`{candidate}`")).collect();
        return Some(shown.join(" or "));
    }
    catalogue::nearest_license(word.trim_end_matches('+')).map(|near| format!("`{near}`"))
}

fn exception_name(at: usize, word: &str) -> Result<ExceptionName, ExpressionError> {
    if let Some(id) = catalogue::find_exception(word) {
        return Ok(ExceptionName::Known(id));
    }
    if is_custom(word, "AdditionRef-") {
        return Ok(ExceptionName::Custom(word.to_owned()));
    }
    if catalogue::find_license(word).is_some() {
        return Err(error(at, word.len(), &format!("`{word}` is a license; an exception stands after WITH")));
    }
    let near = catalogue::nearest_exception(word).map(|near| format!("`{near}`"));
    Err(unknown(at, word, "exception", near.as_deref()))
}

/// `LicenseRef-x`, `DocumentRef-y:LicenseRef-x` and the same for `AdditionRef-`.
fn is_custom(word: &str, prefix: &str) -> bool {
    let own = match word.strip_prefix("DocumentRef-").and_then(|rest| rest.split_once(':')) {
        Some((_, own)) => own,
        None => word,
    };
    own.strip_prefix(prefix).is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    })
}

fn unknown(at: usize, word: &str, what: &str, hint: Option<&str>) -> ExpressionError {
    let shown: String = word.chars().take(64).collect();
    let reason = match hint {
        Some(near) => format!("`{shown}` is not an SPDX {what} id; did you mean {near}?"),
        None => format!("`{shown}` is not an SPDX {what} id; write `LicenseRef-…` for terms of your own"),
    };
    error(at, word.len(), &reason)
}

fn error(at: usize, length: usize, reason: &str) -> ExpressionError {
    ExpressionError { at, length, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    fn written(text: &str) -> String {
        parse(text).expect(text).to_string()
    }

    #[test]
    fn precedence_case_and_parentheses() {
        assert_eq!(written("mit or apache-2.0 and isc"), "MIT OR Apache-2.0 AND ISC");
        assert_eq!(written("((MIT) OR (Apache-2.0))"), "MIT OR Apache-2.0");
        assert_eq!(written("(MIT OR ISC) AND Zlib"), "(MIT OR ISC) AND Zlib");
        assert_eq!(
            written("GPL-2.0-or-later with classpath-exception-2.0"),
            "GPL-2.0-or-later WITH Classpath-exception-2.0"
        );
        assert_eq!(written("Apache-1.1+"), "Apache-1.1+");
        assert_eq!(
            written("DocumentRef-x:LicenseRef-y OR NOASSERTION"),
            "DocumentRef-x:LicenseRef-y OR NOASSERTION"
        );
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let cases = [
            ("", "empty"),
            ("   ", "empty"),
            ("MIT OR", "expected at the end"),
            ("(MIT", "not closed"),
            ("MIT)", "without an opening"),
            ("MIT Apache-2.0", "follows where AND"),
            ("AND MIT", "expected before `AND`"),
            ("Apache-2", "did you mean `Apache-2.0`?"),
            ("Apach-2.0", "did you mean `Apache-2.0`?"),
            ("GPL3", "did you mean `GPL-3.0-only` or `GPL-3.0-or-later`?"),
            ("MIT AND LGPL", "`LGPL-3.0-or-later`?"),
            ("MTI", "did you mean `MIT`?"),
            ("plotcore", "write `LicenseRef-…`"),
            ("Classpath-exception-2.0", "is an exception"),
            ("GPL-2.0-only WITH MIT", "is a license"),
            ("NONE WITH LLVM-exception", "cannot have an exception"),
            ("LicenseRef-", "not an SPDX license id"),
        ];
        for (text, part) in cases {
            let error = parse(text).expect_err(text);
            assert!(error.to_string().contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn hostile_sizes_are_bounded() {
        let deep = format!("{}MIT{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(parse(&deep).expect_err("too deep").to_string().contains("deeper than 256"));
        let wide = vec!["MIT"; 100_000].join(" OR ");
        assert_eq!(parse(&wide).expect("wide").terms().len(), 100_000);
    }

    proptest! {
        #[test]
        fn any_text_is_answered_without_panic(text in ".{0,200}") {
            let _ = parse(&text);
        }

        #[test]
        fn what_is_written_reads_back(text in "(MIT|ISC|Zlib)( (AND|OR) (MIT|GPL-2\\.0-only|0BSD|\\(ISC OR Zlib\\)|\\(MIT AND X11\\))){0,6}") {
            let once = parse(&text).expect("generated by the grammar");
            prop_assert_eq!(parse(&once.to_string()).expect("written"), once);
        }
    }
}
