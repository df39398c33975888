//! The whole report as JSON, and the schema that describes it.

use super::{RenderError, sanitise};
use crate::audit::{AuditReport, SCHEMA_VERSION};
use serde::Serialize;
use std::fmt::Write;

/// Pretty JSON with a final line break.
pub(super) fn render(report: &AuditReport) -> Result<Vec<u8>, RenderError> {
    Ok(pretty(report)?.into_bytes())
}

/// The JSON Schema (draft 2020-12) of [`super::Format::Json`], as published.
///
/// # Errors
/// When the schema cannot be written as JSON, which its type rules out.
pub fn json_schema() -> Result<String, RenderError> {
    let mut schema = schemars::schema_for!(AuditReport);
    schema.insert("title".to_owned(), "licgraph audit report".into());
    schema.insert("version".to_owned(), SCHEMA_VERSION.into());
    pretty(&schema)
}

/// Pretty JSON in which harmful characters are escaped; the text they stand in stays the same.
pub(super) fn pretty(value: &impl Serialize) -> Result<String, RenderError> {
    let mut text = escape(serde_json::to_string_pretty(value)?);
    text.push('\n');
    Ok(text)
}

/// Outside of strings JSON is plain ASCII, so a harmful character can only stand inside one; those of ASCII are escaped
/// already, but for DEL.
fn escape(json: String) -> String {
    let is_plain = |byte: u8| byte.is_ascii() && byte != 0x7f;
    if json.bytes().all(is_plain) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len());
    let mut copied = 0;
    for (at, character) in json.char_indices() {
        if character == '\n' || !sanitise::is_harmful(character) {
            continue;
        }
        escaped.push_str(&json[copied..at]);
        copied = at + character.len_utf8();
        let mut units = [0; 2];
        for unit in character.encode_utf16(&mut units) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped.push_str(&json[copied..]);
    escaped
}
