//! Restrictions written beside license texts, as Rust source.

use crate::records::{place_all, read_toml};
use serde::Deserialize;
use std::fmt::Write;
use std::path::Path;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    rider: Vec<Spanned<RawRider>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRider {
    license: String,
    phrases: Vec<String>,
    #[serde(default)]
    before_third_party: bool,
    #[serde(rename = "why")]
    _why: String,
}

/// The source of the table.
pub fn source(data: &Path) -> Result<String, Vec<String>> {
    let path = data.join("riders.toml");
    let mut errors = Vec::new();
    let Some(page) = read_toml::<Page>(&path, &mut errors) else { return Err(errors) };
    let mut source = String::from("static KINDS: &[Kind] = &[\n");
    for rider in place_all(page.rider, &path) {
        let raw = &rider.value;
        if !raw.license.starts_with("LicenseRef-") {
            errors.push(rider.error(&format!("`{}` is not written LicenseRef-…", raw.license)));
        }
        if raw.phrases.is_empty() {
            errors.push(rider.error("no phrase"));
        }
        let _ = writeln!(
            source,
            "    Kind {{ license: {:?}, phrases: &{:?}, before_third_party: {} }},",
            raw.license, raw.phrases, raw.before_third_party
        );
    }
    source.push_str("];\n");
    if errors.is_empty() { Ok(source) } else { Err(errors) }
}
