//! The license fields of a package.json or a lock entry, verbatim.

use super::json::Json;
use crate::model::LicenseStatement;
use std::path::{Component, Path};

/// What the `license` and the old `licenses` field of an object say; a second list tells what is wrong.
pub(super) fn statements(package: &Json<'_>) -> (Vec<LicenseStatement>, Vec<String>) {
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    match package.get("license") {
        Some(Json::Text(text)) => found.extend(from_text(text, &mut wrong)),
        Some(other) => from_other("license", other, &mut found, &mut wrong),
        None => {}
    }
    match package.get("licenses") {
        Some(Json::Text(text)) if !text.trim().is_empty() => {
            found.push(LicenseStatement::FreeText(text.to_string()));
        }
        Some(other) => from_other("licenses", other, &mut found, &mut wrong),
        None => {}
    }
    (found, wrong)
}

/// A `license` string. The forms beside an expression are those of npm's package.json manual.
fn from_text(text: &str, wrong: &mut Vec<String>) -> Option<LicenseStatement> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    if matches!(trimmed, "UNLICENSED" | "UNLICENCED") {
        return Some(LicenseStatement::Unlicensed);
    }
    let file = ["SEE LICENSE IN ", "SEE LICENCE IN "].iter().find_map(|words| {
        trimmed.get(..words.len())?.eq_ignore_ascii_case(words).then(|| &trimmed[words.len()..])
    });
    match file.map(str::trim) {
        Some(file) if stays_inside(file) => Some(LicenseStatement::File(file.to_owned())),
        Some(file) => {
            wrong.push(format!(
                "the license file `{}` is not in the package and is not read",
                printable(file)
            ));
            Some(LicenseStatement::FreeText(text.to_owned()))
        }
        None => Some(LicenseStatement::Expression(text.to_owned())),
    }
}

/// Whether a relative path cannot leave the directory it starts from.
pub(super) fn stays_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', '\0'])
        && path.get(1..2) != Some(":")
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Text without control characters, for messages and names.
pub(super) fn printable(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            clean.extend(character.escape_default());
        } else {
            clean.push(character);
        }
    }
    clean
}

fn from_other(field: &str, value: &Json<'_>, found: &mut Vec<LicenseStatement>, wrong: &mut Vec<String>) {
    match value {
        Json::Object(_) => {
            found.extend(name_in(value).map(LicenseStatement::FreeText));
            found.extend(address_in(value).map(LicenseStatement::Address));
        }
        Json::List(elements) => {
            let names: Vec<String> = elements.iter().filter_map(name_in).collect();
            if !names.is_empty() {
                found.push(LicenseStatement::List(names));
            }
            found.extend(elements.iter().filter_map(address_in).map(LicenseStatement::Address));
        }
        Json::Null | Json::Text(_) => {}
        Json::Bool(_) | Json::Number(_) => {
            wrong.push(format!("`{field}` is neither text nor an object nor a list"));
        }
    }
}

fn name_in(value: &Json<'_>) -> Option<String> {
    let text = match value {
        Json::Text(text) => Some(text.as_ref()),
        _ => value.text_of("type").or_else(|| value.text_of("name")),
    };
    text.filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn address_in(value: &Json<'_>) -> Option<String> {
    value.text_of("url").filter(|url| !url.trim().is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{Json, printable, statements, stays_inside};

    fn read(text: &str) -> String {
        let json = Json::parse(text).expect("JSON");
        let (found, wrong) = statements(&json);
        format!("{found:?} {wrong:?}")
    }

    #[test]
    fn every_form_of_the_license_field_is_kept_verbatim() {
        let cases = [
            (r#"{"license": "(MIT OR X)"}"#, r#"[Expression("(MIT OR X)")] []"#),
            (r#"{"license": " LGPL-3.0+"}"#, r#"[Expression(" LGPL-3.0+")] []"#),
            (r#"{"license": "UNLICENSED"}"#, "[Unlicensed] []"),
            (r#"{"license": "SEE LICENSE IN a/b.txt"}"#, r#"[File("a/b.txt")] []"#),
            (r#"{"license": "see licence in X"}"#, r#"[File("X")] []"#),
            (
                r#"{"license": {"type": "MIT", "url": "http://l"}}"#,
                r#"[FreeText("MIT"), Address("http://l")] []"#,
            ),
            (r#"{"license": ["MIT", "ISC"]}"#, r#"[List(["MIT", "ISC"])] []"#),
            (
                r#"{"licenses": [{"type": "MIT", "url": "u"}, {"url": "v"}]}"#,
                r#"[List(["MIT"]), Address("u"), Address("v")] []"#,
            ),
            (r#"{"licenses": "BSD"}"#, r#"[FreeText("BSD")] []"#),
            (r#"{"license": "MIT", "licenses": []}"#, r#"[Expression("MIT")] []"#),
            (r#"{"license": ""}"#, "[] []"),
            (r#"{"license": null}"#, "[] []"),
            ("{}", "[] []"),
            (r#"{"license": 3}"#, r#"[] ["`license` is neither text nor an object nor a list"]"#),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_license_file_outside_the_package_is_never_a_file() {
        for path in ["../LICENSE", "/etc/passwd", "a/../../b", "C:/x", "..\\x", ""] {
            assert!(!stays_inside(path), "{path}");
        }
        let answer = read(r#"{"license": "SEE LICENSE IN ../../secret\u001b[2J"}"#);
        assert!(answer.starts_with("[FreeText("), "{answer}");
        assert!(answer.contains("is not in the package"), "{answer}");
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(printable("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\\n");
    }
}
