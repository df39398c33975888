//! One page that opens offline: templates from `data/report/`, filled in; styles and script inline.
//!
//! The page asks nobody for anything: its content security policy allows exactly its own style sheet and script,
//! by their hashes, which are computed when the page is made.

mod findings;
mod page;
mod picture;
mod rows;

use super::RenderError;
use crate::audit::AuditReport;
use base64::Engine;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use sha2::{Digest, Sha256};

const TEMPLATE: &str = include_str!("../../../data/report/page.html");
const FINDING: &str = include_str!("../../../data/report/finding.html");
const STYLE: &str = include_str!("../../../data/report/style.css");
const SCRIPT: &str = include_str!("../../../data/report/script.js");

/// The page.
pub(super) fn render(report: &AuditReport) -> Result<String, RenderError> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_template("page.html", TEMPLATE)?;
    environment.add_template("finding.html", FINDING)?;
    let template = environment.get_template("page.html")?;
    let page = template.render(context! {
        page => Value::from(Serde(page::of(report))),
        rows => rows::json(report)?,
        style => STYLE,
        script => SCRIPT,
        policy => policy(),
    })?;
    Ok(page)
}

/// Nothing is allowed but the two inline blocks.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn hash(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()))
}
