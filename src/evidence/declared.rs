//! All license statements of a package as one.

use crate::licenses::normalise::{Understood, understand};
use crate::model::{DeclaredLicense, Ecosystem, Expression, LicenseSource, LicenseStatement};

/// What the metadata of a package says, taken together.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// What it may stand for: one if certain, none if it says nothing.
    pub candidates: Vec<Expression>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// Whole license texts that stood in the metadata.
    pub texts: Vec<String>,
    /// Files that the metadata names.
    pub files: Vec<String>,
}

impl Declared {
    /// The one meaning, if there is one.
    pub fn certain(&self) -> Option<&Expression> {
        match self.candidates.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// Understands the statements and takes them together: an expression goes before free text, that before
/// classifiers; a later one only narrows what an earlier one leaves open.
pub fn understand_all(statements: &[DeclaredLicense], ecosystem: Ecosystem) -> Declared {
    let mut declared = Declared::default();
    let mut parts: Vec<(u8, LicenseSource, Vec<Expression>)> = Vec::new();
    let mut classifiers: Vec<Vec<Expression>> = Vec::new();
    for statement in statements {
        let understood = understand(statement, ecosystem);
        let Understood { candidates, notes, text, file, invalid } = understood;
        declared.notes.extend(invalid);
        declared.notes.extend(notes);
        declared.texts.extend(text);
        declared.files.extend(file);
        if candidates.is_empty() {
            continue;
        }
        match statement.statement {
            LicenseStatement::Classifier(_) => classifiers.push(candidates),
            LicenseStatement::FreeText(_) | LicenseStatement::Address(_) => {
                parts.push((1, statement.source, candidates));
            }
            _ => parts.push((0, statement.source, candidates)),
        }
    }
    if let Some(together) = together(classifiers, &mut declared.notes) {
        parts.push((2, LicenseSource::Manifest, together));
    }
    parts.sort_by_key(|(rank, source, _)| (*rank, source_rank(*source)));
    let mut parts = parts.into_iter();
    let Some((_, _, mut candidates)) = parts.next() else { return declared };
    for (_, _, other) in parts {
        let common: Vec<_> = candidates.iter().filter(|one| other.contains(one)).cloned().collect();
        if common.is_empty() {
            let names =
                |set: &[Expression]| set.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            if !names_overlap(&candidates, &other) {
                declared.notes.push(format!(
                    "the metadata also says {}; {} was taken",
                    names(&other),
                    names(&candidates)
                ));
            }
        } else {
            candidates = common;
        }
    }
    declared.candidates = candidates;
    declared.notes.dedup();
    declared
}

/// What the user says first, then the package itself, then what others say about it.
fn source_rank(source: LicenseSource) -> u8 {
    match source {
        LicenseSource::User => 0,
        LicenseSource::Manifest => 1,
        LicenseSource::LockFile => 2,
        LicenseSource::Registry => 3,
        LicenseSource::Sbom => 4,
    }
}

/// Whether every license of one side is named by the other: a classifier list repeats the arms of an expression.
fn names_overlap(left: &[Expression], right: &[Expression]) -> bool {
    right
        .iter()
        .any(|right| left.iter().any(|left| right.terms().iter().all(|term| left.terms().contains(term))))
}

/// Several classifiers are a choice; two that can mean the same are one statement.
fn together(mut sets: Vec<Vec<Expression>>, notes: &mut Vec<String>) -> Option<Vec<Expression>> {
    let mut merged: Vec<Vec<Expression>> = Vec::new();
    sets.sort_by_key(Vec::len);
    for set in sets {
        match merged.iter_mut().find(|known| known.iter().any(|one| set.contains(one))) {
            Some(known) => known.retain(|one| set.contains(one)),
            None => merged.push(set),
        }
    }
    if merged.len() > 1 {
        notes.push("several license classifiers; they are read as a choice".to_owned());
    }
    let mut merged = merged.into_iter();
    let mut combined = merged.next()?;
    for set in merged {
        combined = combined
            .iter()
            .flat_map(|one| set.iter().map(|other| Expression::any_of(vec![one.clone(), other.clone()])))
            .take(64)
            .collect();
    }
    Some(combined)
}

#[cfg(test)]
mod tests {
    use super::understand_all;
    use crate::model::{DeclaredLicense, Ecosystem, LicenseSource, LicenseStatement};

    fn declared(statements: &[LicenseStatement]) -> String {
        let list: Vec<_> = statements
            .iter()
            .map(|statement| DeclaredLicense {
                statement: statement.clone(),
                source: LicenseSource::Manifest,
                location: None,
            })
            .collect();
        let all = understand_all(&list, Ecosystem::Python);
        all.candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    }

    fn classifier(line: &str) -> LicenseStatement {
        LicenseStatement::Classifier(format!("License :: OSI Approved :: {line}"))
    }

    fn text(text: &str) -> LicenseStatement {
        LicenseStatement::FreeText(text.to_owned())
    }

    #[test]
    fn statements_narrow_each_other() {
        assert_eq!(
            declared(&[text("BSD"), LicenseStatement::Expression("BSD-3-Clause".into())]),
            "BSD-3-Clause"
        );
        assert_eq!(declared(&[text("BSD-3-Clause"), classifier("BSD License")]), "BSD-3-Clause");
        assert_eq!(
            declared(&[
                classifier("GNU General Public License v3 (GPLv3)"),
                classifier("GNU General Public License v3 or later (GPLv3+)")
            ]),
            "GPL-3.0-or-later"
        );
        assert_eq!(declared(&[classifier("MIT License"), text("")]), "MIT");
    }

    #[test]
    fn several_classifiers_are_a_choice() {
        let both = declared(&[classifier("MIT License"), classifier("ISC License (ISCL)")]);
        assert_eq!(both, "MIT OR ISC");
        let proprietary = LicenseStatement::Classifier("License :: Other/Proprietary License".to_owned());
        assert_eq!(declared(&[classifier("MIT License"), proprietary]), "MIT");
    }
}
