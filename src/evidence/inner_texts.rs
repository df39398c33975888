//! License texts in the directories of a package, put together with the one at its root.

use super::conclude::Concluded;
use super::detected::Seen;
use super::standing::Standing;
use crate::model::{Conclusion, ConclusionSource, DetectedKind, Expression};
use std::collections::BTreeMap;

/// All licenses that govern some part of what is used bind together.
pub fn join(parts: Vec<(&str, Concluded)>) -> Concluded {
    let mut members: Vec<Expression> = Vec::new();
    let (mut reasons, mut notes) = (Vec::new(), Vec::new());
    let mut source = ConclusionSource::Detected;
    for (directory, part) in parts {
        let Conclusion { expression, source: found, reason } = part.conclusion;
        let terms = match expression {
            Expression::And(terms) => terms,
            other => vec![other],
        };
        for term in terms {
            if !members.contains(&term) {
                members.push(term);
            }
        }
        if found == ConclusionSource::Unknown {
            source = ConclusionSource::Unknown;
        }
        let short = reason.strip_prefix("the metadata is silent; ").filter(|_| !reasons.is_empty());
        let short = short.unwrap_or(&reason);
        reasons.push(if directory.is_empty() {
            short.to_owned()
        } else {
            format!("in {directory}: {short}")
        });
        for note in part.notes {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    if reasons.len() > 1 {
        notes.push("directories of it that are used carry license files of their own: all bind".to_owned());
    }
    let conclusion =
        Conclusion { expression: Expression::all_of(members), source, reason: reasons.join("; ") };
    Concluded { conclusion, disagreement: None, notes }
}

/// What the license files say that bind nobody.
pub fn notes_on_the_rest(seen: &[Seen]) -> Vec<String> {
    let mut files: BTreeMap<(&Standing, &str), Vec<String>> = BTreeMap::new();
    for one in seen.iter().filter(|one| !matches!(one.standing, Standing::Governs(_))) {
        let names = match (one.license.kind, one.candidates.as_slice()) {
            (DetectedKind::Unknown, _) | (_, []) => "a text that is not known".to_owned(),
            (_, candidates) => candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "),
        };
        let known = files.entry((&one.standing, &one.license.file)).or_default();
        if !known.contains(&names) {
            known.push(names);
        }
    }
    let line = |((standing, file), names): ((&Standing, &str), Vec<String>)| {
        let names = names.join(", ");
        match standing {
            Standing::Unclear => {
                format!("{file} ({names}) is for a part of it; which parts are used is not known")
            }
            _ => format!("{file} ({names}) is for a part of it that is not used"),
        }
    };
    files.into_iter().map(line).collect()
}
