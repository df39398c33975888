//! `data/alternatives.toml`: packages with a license that people trip over, and packages that do the same job.

use crate::records::{Knowledge, Placed, place_all, read_toml};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    alternative: Vec<Spanned<RawAlternative>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAlternative {
    ecosystem: String,
    package: String,
    license: String,
    #[serde(default)]
    versions: Option<String>,
    #[serde(default)]
    other_versions: Vec<RawVersions>,
    instead: Vec<RawSubstitute>,
    checked: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVersions {
    versions: String,
    license: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSubstitute {
    package: String,
    license: String,
    note: String,
}

const ECOSYSTEMS: &[(&str, &str)] = &[
    ("cargo", "Ecosystem::Cargo"),
    ("npm", "Ecosystem::Npm"),
    ("python", "Ecosystem::Python"),
    ("go", "Ecosystem::Go"),
];

/// Reads and checks the page.
///
/// # Errors
/// Every mistake, each with file and line.
pub fn read(data: &Path, knowledge: &Knowledge) -> Result<Vec<Placed<RawAlternative>>, Vec<String>> {
    let mut errors = Vec::new();
    let path = data.join("alternatives.toml");
    let page: Option<Page> = read_toml(&path, &mut errors);
    let entries = place_all(page.map(|page| page.alternative).unwrap_or_default(), &path);
    let mut seen = BTreeMap::new();
    for entry in &entries {
        let raw = &entry.value;
        let mut mistakes = mistakes(raw, knowledge);
        let key = (raw.ecosystem.clone(), raw.package.clone(), raw.versions.clone());
        if let Some(first) = seen.insert(key, entry.place.line) {
            mistakes.push(format!("stands already in line {first}"));
        }
        errors.extend(
            mistakes.iter().map(|mistake| entry.error(&format!("`{}`: {mistake}", entry.value.package))),
        );
    }
    if errors.is_empty() { Ok(entries) } else { Err(errors) }
}

fn mistakes(raw: &RawAlternative, knowledge: &Knowledge) -> Vec<String> {
    let mut found = Vec::new();
    if variant(&raw.ecosystem).is_none() {
        found.push(format!("ecosystem `{}` is none of cargo, npm, python, go", raw.ecosystem));
    }
    if raw.package.trim().is_empty() || raw.package.contains(char::is_whitespace) {
        found.push("the package has no usable name".to_owned());
    }
    if raw.instead.is_empty() && raw.other_versions.is_empty() {
        found.push("offers nothing instead".to_owned());
    }
    if !is_day(&raw.checked) {
        found.push(format!("`{}` is no day; write YYYY-MM-DD", raw.checked));
    }
    let licenses = std::iter::once(&raw.license)
        .chain(raw.instead.iter().map(|other| &other.license))
        .chain(raw.other_versions.iter().map(|other| &other.license));
    for license in licenses {
        if let Err(reason) = check_expression(license, knowledge) {
            found.push(format!("license `{license}`: {reason}"));
        }
    }
    for versions in raw.versions.iter().chain(raw.other_versions.iter().map(|other| &other.versions)) {
        if bounds(versions).is_none() {
            found.push(format!("versions `{versions}`: write `>=1.2` or `<1.2`, separated by commas"));
        }
    }
    for other in &raw.instead {
        if other.package == raw.package {
            found.push("offers the package itself".to_owned());
        }
        if other.package.trim().is_empty() || other.note.trim().is_empty() {
            found.push("what it offers instead needs a package and a note".to_owned());
        }
    }
    found
}

/// `A OR (B AND C WITH E)` with ids of the SPDX lists, or `LicenseRef-...`.
fn check_expression(text: &str, knowledge: &Knowledge) -> Result<(), String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut open = 0_i32;
    let mut operand_wanted = true;
    let mut exception_wanted = false;
    for word in spaced.split_whitespace() {
        match word {
            "(" if operand_wanted && !exception_wanted => open += 1,
            ")" if !operand_wanted && open > 0 => open -= 1,
            "AND" | "OR" if !operand_wanted => operand_wanted = true,
            "WITH" if !operand_wanted => (operand_wanted, exception_wanted) = (true, true),
            id if exception_wanted => {
                if !knowledge.exceptions.contains_key(id) {
                    return Err(format!("`{id}` is not an exception of the SPDX list"));
                }
                (operand_wanted, exception_wanted) = (false, false);
            }
            id if operand_wanted => {
                let known = id.starts_with("LicenseRef-") || knowledge.licenses.contains_key(id);
                let deprecated = knowledge.listed.get(id).is_some_and(|entry| entry.is_deprecated_license_id);
                if !known || deprecated {
                    return Err(format!("`{id}` is not a current id of the SPDX list"));
                }
                operand_wanted = false;
            }
            other => return Err(format!("`{other}` stands in the wrong place")),
        }
    }
    if operand_wanted || open != 0 { Err("ends too early".to_owned()) } else { Ok(()) }
}

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    matches!(parts.as_slice(), [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
}

fn variant(ecosystem: &str) -> Option<&'static str> {
    ECOSYSTEMS.iter().find(|(word, _)| *word == ecosystem).map(|(_, variant)| *variant)
}

/// `>=1.2,<2` as Rust source.
fn bounds(text: &str) -> Option<String> {
    let bound = |part: &str| -> Option<String> {
        let part = part.trim();
        let (kind, version) = match part.strip_prefix(">=") {
            Some(version) => ("From", version),
            None => ("Below", part.strip_prefix('<')?),
        };
        let numbers: Option<Vec<u64>> = version.split('.').map(|number| number.parse().ok()).collect();
        Some(format!("Bound::{kind}(&{:?})", numbers?))
    };
    let bounds: Option<Vec<String>> = text.split(',').map(bound).collect();
    Some(format!("&[{}]", bounds?.join(", ")))
}

/// The generated list. Every entry was checked before.
pub fn source(entries: &[Placed<RawAlternative>]) -> String {
    let mut out = String::from("static ALTERNATIVES: &[Alternative] = &[\n");
    for entry in entries {
        let raw = &entry.value;
        let range = |text: &str| bounds(text).unwrap_or_default();
        let others: Vec<String> = raw
            .other_versions
            .iter()
            .map(|other| {
                format!("OtherVersions {{ versions: {:?}, license: {:?} }}", other.versions, other.license)
            })
            .collect();
        let instead: Vec<String> = raw
            .instead
            .iter()
            .map(|other| {
                format!(
                    "Substitute {{ package: {:?}, license: {:?}, note: {:?} }}",
                    other.package, other.license, other.note
                )
            })
            .collect();
        let _ = writeln!(
            out,
            "Alternative {{ ecosystem: {}, package: {:?}, versions: {}, other_versions: &[{}], instead: &[{}] }},",
            variant(&raw.ecosystem).unwrap_or_default(),
            raw.package,
            raw.versions.as_deref().map_or_else(|| "&[]".to_owned(), range),
            others.join(", "),
            instead.join(", "),
        );
    }
    out.push_str("];\n");
    out
}
