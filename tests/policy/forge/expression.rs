//! The expressions of GitHub's workflow files, as far as the action uses them: contexts, `==`, `!=`, `!`, `&&`, `||`,
//! brackets, and the functions `always`, `success`, `failure`, `hashFiles`, `format`.

use globset::{GlobBuilder, GlobSetBuilder};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What an expression can see.
pub struct Scope {
    /// `inputs`, `steps`, `github`, `runner`.
    pub contexts: Value,
    /// Whether a step failed before.
    pub failed: bool,
    /// Where `hashFiles` looks.
    pub workspace: PathBuf,
}

/// Replaces every `${{ }}` of a text.
pub fn fill(text: &str, scope: &Scope) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (inside, after) = after.split_once("}}").unwrap_or_else(|| panic!("open expression: {text}"));
        filled.push_str(before);
        filled.push_str(&shown(&evaluate(inside, scope)));
        rest = after;
    }
    filled + rest
}

/// Whether a step with this `if` runs. Without a word on the state of the job it runs only if nothing failed.
pub fn holds(condition: Option<&str>, scope: &Scope) -> bool {
    let condition = condition.unwrap_or("success()").trim();
    let inside = condition.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(condition);
    let speaks_of_state = ["always()", "failure()", "success()"].iter().any(|word| inside.contains(word));
    truth(&evaluate(inside, scope)) && (speaks_of_state || !scope.failed)
}

/// The value of an expression.
pub fn evaluate(text: &str, scope: &Scope) -> Value {
    let mut reader = Reader { rest: text.trim(), scope };
    let value = reader.either();
    assert!(reader.rest.is_empty(), "`{}` is left of `{text}`", reader.rest);
    value
}

/// A value in a text: nothing for null.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Only null, false, 0 and the empty text are false: `'false'` is true.
fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Number(number) => number.as_f64().unwrap_or(f64::NAN),
        Value::String(text) if text.is_empty() => 0.0,
        Value::String(text) => text.parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left.eq_ignore_ascii_case(right),
        _ => (number(left) - number(right)).abs() < f64::EPSILON,
    }
}

struct Reader<'a> {
    rest: &'a str,
    scope: &'a Scope,
}

impl<'a> Reader<'a> {
    fn take(&mut self, token: &str) -> bool {
        let found = self.rest.strip_prefix(token);
        if let Some(rest) = found {
            self.rest = rest.trim_start();
        }
        found.is_some()
    }

    fn either(&mut self) -> Value {
        let mut value = self.both();
        while self.take("||") {
            let other = self.both();
            value = if truth(&value) { value } else { other };
        }
        value
    }

    fn both(&mut self) -> Value {
        let mut value = self.compared();
        while self.take("&&") {
            let other = self.compared();
            value = if truth(&value) { other } else { value };
        }
        value
    }

    fn compared(&mut self) -> Value {
        let value = self.single();
        if self.take("==") {
            return Value::Bool(equal(&value, &self.single()));
        }
        if self.take("!=") {
            return Value::Bool(!equal(&value, &self.single()));
        }
        value
    }

    fn single(&mut self) -> Value {
        if self.take("!") {
            return Value::Bool(!truth(&self.single()));
        }
        if self.take("(") {
            let value = self.either();
            assert!(self.take(")"), "a bracket is open before `{}`", self.rest);
            return value;
        }
        if self.rest.starts_with('\'') {
            return Value::String(self.text());
        }
        let end = self
            .rest
            .find(|letter: char| !letter.is_ascii_alphanumeric() && !"_-.".contains(letter))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        assert!(!word.is_empty(), "nothing that can be read: `{rest}`");
        self.rest = rest.trim_start();
        if self.take("(") {
            return self.call(word);
        }
        match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => word.parse::<f64>().map_or_else(|_| self.context(word), Value::from),
        }
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        let mut letters = self.rest[1..].char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\'' if letters.peek().is_some_and(|(_, next)| *next == '\'') => {
                    letters.next();
                    text.push('\'');
                }
                '\'' => {
                    self.rest = self.rest[at + 2..].trim_start();
                    return text;
                }
                other => text.push(other),
            }
        }
        panic!("a text is open: {}", self.rest)
    }

    /// What a context does not have is null; a context that does not exist is an error.
    fn context(&self, path: &str) -> Value {
        let mut parts = path.split('.');
        let name = parts.next().unwrap_or_default();
        let context = self.scope.contexts.get(name);
        let mut value = context.unwrap_or_else(|| panic!("there is no context `{name}` in an action"));
        for part in parts {
            value = value.get(part).unwrap_or(&Value::Null);
        }
        value.clone()
    }

    fn call(&mut self, name: &str) -> Value {
        let mut arguments = Vec::new();
        while !self.take(")") {
            arguments.push(self.either());
            self.take(",");
        }
        let texts: Vec<String> = arguments.iter().map(shown).collect();
        match name {
            "always" => Value::Bool(true),
            "success" => Value::Bool(!self.scope.failed),
            "failure" => Value::Bool(self.scope.failed),
            "format" => Value::String(
                (1..texts.len())
                    .fold(texts[0].clone(), |text, at| text.replace(&format!("{{{}}}", at - 1), &texts[at])),
            ),
            "hashFiles" => Value::String(hash_files(&self.scope.workspace, &texts)),
            _ => panic!("there is no function `{name}`"),
        }
    }
}

/// Empty when no file of the workspace matches.
fn hash_files(workspace: &Path, patterns: &[String]) -> String {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(GlobBuilder::new(pattern).literal_separator(true).build().unwrap());
    }
    let set = set.build().unwrap();
    let mut files = Vec::new();
    collect(workspace, workspace, &mut files);
    files.sort();
    let matching: Vec<_> = files.iter().filter(|file| set.is_match(file)).collect();
    if matching.is_empty() { String::new() } else { format!("hash-of-{}", matching.len()) }
}

fn collect(top: &Path, directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(top, &path, files);
        } else {
            files.push(path.strip_prefix(top).unwrap().to_owned());
        }
    }
}

#[test]
fn expressions_have_the_values_that_the_forge_gives_them() {
    let workspace = tempfile::tempdir().unwrap();
    std::fs::create_dir(workspace.path().join("a")).unwrap();
    std::fs::write(workspace.path().join("a/Cargo.lock"), "").unwrap();
    let contexts = serde_json::json!({"inputs": {"no": "false", "name": "it's"}, "github": {"event": {}}});
    let scope = Scope { contexts, failed: true, workspace: workspace.path().to_owned() };
    for (text, value) in [
        ("inputs.no == 'FALSE' && inputs.name != ''", "true"),
        ("inputs.none || 'other'", "other"),
        ("github.event.pull_request.head.repo.fork == true", "false"),
        ("inputs.name == 'it''s'", "true"),
        ("!(failure() && success())", "true"),
        ("format('{0}/x', inputs.name)", "it's/x"),
        ("hashFiles('**/Cargo.lock')", "hash-of-1"),
        ("hashFiles('*.lock', '**/go.sum')", ""),
    ] {
        assert_eq!(shown(&evaluate(text, &scope)), value, "{text}");
    }
    assert!(!holds(Some("inputs.no"), &scope) && holds(Some("always() && inputs.no"), &scope));
    assert!(!holds(None, &scope));
    assert_eq!(fill("a ${{ inputs.name }} ${{ inputs.none }}b", &scope), "a it's b");
}
