//! setup.py without running it: literal arguments of the `setup(…)` call, and literal lists assigned to a
//! name at the top of the file that the call uses. Everything else is computed when the project is built, and
//! is said to be so.

use super::manifest::{Declared, Manifest};
use super::python_literal::{Literal, Scanner, Token};
use super::text::Document;
use crate::model::{LicenseStatement, Problem};
use std::collections::HashMap;

/// Reads a setup.py.
pub(super) fn read(document: &Document, problems: &mut Vec<Problem>) -> Manifest {
    let mut manifest = Manifest { describes_project: true, ..Manifest::of_file(&document.name) };
    let tokens = Scanner::new(&document.text).tokens();
    let names = assignments(&tokens);
    manifest.mentions = requirements_files(&tokens);
    let Some(start) = call_of_setup(&tokens) else {
        let message = "has no call of `setup(…)`; what it builds is not known without running it";
        manifest.dynamic.push(Problem::incomplete(Some(document.line(1)), message));
        return manifest;
    };
    let mut reader = Reader { document, names: &names, manifest: &mut manifest, problems };
    for (keyword, offset, value) in keywords(&tokens, start) {
        reader.keyword(&keyword, offset, value);
    }
    manifest
}

struct Reader<'a> {
    document: &'a Document,
    names: &'a HashMap<String, Literal>,
    manifest: &'a mut Manifest,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn keyword(&mut self, keyword: &str, offset: usize, value: Literal) {
        let value = self.resolve(value);
        let place = self.document.span(offset);
        match keyword {
            "install_requires" | "requires" => self.list(keyword, offset, &value, &|item| item),
            "setup_requires" => self.list(keyword, offset, &value, &Declared::for_build),
            "tests_require" => self.list(keyword, offset, &value, &Declared::for_development),
            "extras_require" => self.extras(offset, &value),
            "classifiers" => {
                if let Literal::List(items) = &value {
                    for (at, item) in items {
                        if let Literal::Text(text) = item {
                            self.manifest.add_classifier(text, self.document.span(*at));
                        }
                    }
                } else {
                    self.unread(keyword, offset);
                }
            }
            "license" => match value {
                Literal::Text(text) => self.manifest.add_license(LicenseStatement::FreeText(text), place),
                _ => self.unread(keyword, offset),
            },
            "name" => self.manifest.name = value.into_text(),
            "version" => self.manifest.version = value.into_text(),
            "description" => self.manifest.details.description = value.into_text(),
            "url" => self.manifest.details.homepage = value.into_text(),
            "author" => self.manifest.details.authors.extend(value.into_text()),
            "**" => self.unread_dependencies("its keyword arguments (`**`)", offset),
            _ => {}
        }
    }

    fn resolve(&self, value: Literal) -> Literal {
        match value {
            Literal::Name(name) => self.names.get(&name).cloned().unwrap_or(Literal::Computed),
            other => other,
        }
    }

    fn list(&mut self, keyword: &str, offset: usize, value: &Literal, finish: &dyn Fn(Declared) -> Declared) {
        match value {
            Literal::List(items) => {
                for (at, item) in items {
                    match self.resolve(item.clone()) {
                        Literal::Text(text) => self.requirements(&text, *at, finish),
                        _ => self.unread_dependencies(keyword, *at),
                    }
                }
            }
            // setuptools also takes one string with a requirement a line.
            Literal::Text(text) => self.requirements(text, offset, finish),
            _ => self.unread_dependencies(keyword, offset),
        }
    }

    fn requirements(&mut self, text: &str, offset: usize, finish: &dyn Fn(Declared) -> Declared) {
        let place = self.document.span(offset);
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(requirement) = Manifest::requirement(line, &place, self.problems) {
                self.manifest.declared.push(finish(Declared::new(requirement, place.clone())));
            }
        }
    }

    /// Keys are `extra`, `:marker` or `extra:marker`.
    fn extras(&mut self, offset: usize, value: &Literal) {
        let Literal::Table(entries) = value else {
            self.unread_dependencies("extras_require", offset);
            return;
        };
        for (key, at, items) in entries {
            let (extra, marker) = key
                .split_once(':')
                .map_or((key.as_str(), None), |(extra, marker)| (extra, Some(marker.trim().to_owned())));
            let items = self.resolve(items.clone());
            let finish = |mut item: Declared| {
                item.requirement.marker =
                    super::marker::both(item.requirement.marker.as_deref(), marker.as_deref());
                if extra.is_empty() { item } else { item.for_extra(extra) }
            };
            self.list("extras_require", *at, &items, &finish);
        }
    }

    fn unread(&mut self, what: &str, offset: usize) {
        let message = format!("`{what}` is computed when setup.py runs, which an audit does not do");
        self.problems.push(Problem::fact_missing(Some(self.document.span(offset)), message));
    }

    fn unread_dependencies(&mut self, what: &str, offset: usize) {
        let message = format!(
            "`{what}` is computed when setup.py runs, which an audit does not do; \
             install the project into a virtual environment or lock it"
        );
        self.manifest.dynamic.push(Problem::incomplete(Some(self.document.span(offset)), message));
    }
}

/// Strings that name a requirements file.
fn requirements_files(tokens: &[Token]) -> Vec<String> {
    let texts = tokens.iter().filter_map(|token| match token {
        Token::Text { value: Some(text), .. } => Some(text),
        _ => None,
    });
    texts.filter(|text| text.contains("requirement") && text.len() < 200).cloned().collect()
}

/// Literal values assigned to a name at the start of a line. A name assigned or changed twice is not one value.
fn assignments(tokens: &[Token]) -> HashMap<String, Literal> {
    let mut found = HashMap::new();
    let mut changed = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let Token::Name { text, line_start, .. } = token else { continue };
        match tokens.get(index + 1) {
            Some(Token::Symbol { text: '=', .. }) if !is_symbol(tokens.get(index + 2), '=') => {
                let (value, _) = Literal::read(tokens, index + 2);
                let is_whole = !matches!(value, Literal::Computed | Literal::Name(_));
                if found.contains_key(text) || (!line_start && is_keyword_argument(tokens, index)) {
                    if found.contains_key(text) && *line_start {
                        changed.push(text.clone());
                    }
                } else if is_whole && *line_start {
                    found.insert(text.clone(), value);
                } else if *line_start {
                    changed.push(text.clone());
                }
            }
            // `name += …`, `name.append(…)`, `name.extend(…)`, `name[…] = …`
            Some(Token::Symbol { text: '+' | '.' | '[', .. }) if is_change(tokens, index) => {
                changed.push(text.clone());
            }
            _ => {}
        }
    }
    for name in changed {
        found.remove(&name);
    }
    found
}

fn is_change(tokens: &[Token], index: usize) -> bool {
    match tokens.get(index + 1) {
        Some(Token::Symbol { text: '+', .. }) => is_symbol(tokens.get(index + 2), '='),
        Some(Token::Symbol { text: '.', .. }) => matches!(tokens.get(index + 2),
            Some(Token::Name { text, .. }) if ["append", "extend", "insert", "update", "remove"].contains(&text.as_str())),
        Some(Token::Symbol { text: '[', .. }) => {
            matches!(tokens.get(index), Some(Token::Name { line_start: true, .. }))
        }
        _ => false,
    }
}

fn is_keyword_argument(tokens: &[Token], index: usize) -> bool {
    index > 0 && matches!(tokens[index - 1], Token::Symbol { text: '(' | ',', .. })
}

fn is_symbol(token: Option<&Token>, wanted: char) -> bool {
    matches!(token, Some(Token::Symbol { text, .. }) if *text == wanted)
}

/// The index after the parenthesis of `setup(` or `setuptools.setup(`; a `def setup(` is none.
fn call_of_setup(tokens: &[Token]) -> Option<usize> {
    (0..tokens.len()).find_map(|index| {
        let is_setup = matches!(&tokens[index], Token::Name { text, .. } if text == "setup");
        let is_definition =
            index > 0 && matches!(&tokens[index - 1], Token::Name { text, .. } if text == "def");
        (is_setup && !is_definition && is_symbol(tokens.get(index + 1), '(')).then_some(index + 2)
    })
}

/// Keyword, offset and value of each argument of a call.
fn keywords(tokens: &[Token], start: usize) -> Vec<(String, usize, Literal)> {
    let mut found = Vec::new();
    let mut index = start;
    let mut depth = 0usize;
    while let Some(token) = tokens.get(index) {
        match token {
            Token::Symbol { text: '(' | '[' | '{', .. } => depth += 1,
            Token::Symbol { text: ')' | ']' | '}', .. } if depth == 0 => break,
            Token::Symbol { text: ')' | ']' | '}', .. } => depth -= 1,
            Token::Symbol { text: '*', offset } if depth == 0 && is_symbol(tokens.get(index + 1), '*') => {
                found.push(("**".to_owned(), *offset, Literal::Computed));
                index += 1;
            }
            Token::Name { text, offset, .. } if depth == 0 && is_symbol(tokens.get(index + 1), '=') => {
                let (value, next) = Literal::read(tokens, index + 2);
                found.push((text.clone(), *offset, value));
                index = next;
                continue;
            }
            _ => {}
        }
        index += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::ecosystems::python::text::Document;
    use crate::model::LicenseStatement;

    fn names(text: &str) -> (Vec<String>, usize) {
        let mut problems = Vec::new();
        let manifest = read(&Document::new("setup.py", text), &mut problems);
        let names = manifest.declared.iter().map(|item| item.requirement.name.clone()).collect();
        (names, problems.len() + manifest.dynamic.len())
    }

    #[test]
    fn literal_arguments_are_read() {
        let text = "from setuptools import setup\nDEPS = ['a>=1',  # why\n  \"b\" ';python_version<\"3\"',]\n\
            setup(\n  name='x', license=\"MIT\", install_requires=DEPS,\n  extras_require={'t': ['c'], ':os_name==\"nt\"': ['d']},\n\
              classifiers=['License :: OSI Approved :: MIT License', 'Topic :: X'])\n";
        let mut problems = Vec::new();
        let manifest = read(&Document::new("setup.py", text), &mut problems);
        assert_eq!(manifest.name.as_deref(), Some("x"));
        let shown: Vec<_> = manifest
            .declared
            .iter()
            .map(|item| format!("{}:{} {:?}", item.requirement.name, item.location.line, item.condition()))
            .collect();
        assert_eq!(
            shown,
            [
                "a:2 None",
                "b:3 Some(\"python_version<\\\"3\\\"\")",
                "c:6 Some(\"extra == \\\"t\\\"\")",
                "d:6 Some(\"os_name==\\\"nt\\\"\")"
            ]
        );
        assert_eq!(manifest.licenses.len(), 2);
        assert_eq!(manifest.licenses[0].statement, LicenseStatement::FreeText("MIT".to_owned()));
        assert!(problems.is_empty());
    }

    #[test]
    fn what_is_computed_is_said() {
        let cases = [
            "setup(install_requires=open('r.txt').read().splitlines())",
            "setup(install_requires=[line for line in open('r.txt')])",
            "deps = ['a']\nif x:\n    deps.append('b')\nsetup(install_requires=deps)",
            "deps = ['a']\ndeps += ['b']\nsetup(install_requires=deps)",
            "setup(install_requires=['a'] + more)",
            "setup(**settings)",
            "print('no call')",
            "def setup(): pass",
            "setup(install_requires=",
            "setup(install_requires=['unclosed",
        ];
        for text in cases {
            assert!(names(text).1 >= 1, "{text}");
        }
        assert_eq!(names("setup(install_requires=['a', f'b{x}'])"), (vec!["a".to_owned()], 1));
        assert_eq!(names("setup(install_requires=frozenset([u'a']))"), (vec!["a".to_owned()], 0));
        assert_eq!(names("setup(install_requires=list(map(str, ['a'])))"), (Vec::new(), 1));
    }

    #[test]
    fn nested_input_ends() {
        let deep = format!("setup(install_requires={}", "[".repeat(100_000));
        assert!(names(&deep).1 >= 1);
    }
}
