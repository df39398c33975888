//! The packages as a table (RFC 4180), for spreadsheets.

use super::{RenderError, view, words};
use crate::audit::{AuditReport, PackageReport};
use crate::model::Scope;
use std::borrow::Cow;
use std::collections::BTreeMap;

const COLUMNS: [&str; 18] = [
    "purl",
    "name",
    "version",
    "ecosystem",
    "project",
    "direct",
    "scopes",
    "linkage",
    "declared",
    "concluded",
    "concluded_from",
    "chosen",
    "category",
    "verdict",
    "reason",
    "rules",
    "path",
    "location",
];

/// One row a package.
pub(super) fn render(report: &AuditReport) -> Result<Vec<u8>, RenderError> {
    let mut rules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in view::counting(report) {
        if let Some(purl) = &finding.package {
            let names = rules.entry(purl.as_str()).or_default();
            if !names.contains(&finding.rule.name()) {
                names.push(finding.rule.name());
            }
        }
    }
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for package in &report.packages {
        let broken = rules.get(package.purl.as_str()).map(|names| names.join(" ")).unwrap_or_default();
        let fields = row(package, broken);
        writer.write_record(fields.iter().map(|field| inert(field).into_owned()))?;
    }
    writer.into_inner().map_err(|error| RenderError::Write(error.into_error()))
}

fn row(package: &PackageReport, rules: String) -> [String; 18] {
    let license = &package.license;
    let scopes: Vec<_> = package.scopes.iter().copied().map(Scope::name).collect();
    [
        package.purl.to_string(),
        package.name.clone(),
        package.version.clone().unwrap_or_default(),
        package.ecosystem.clone(),
        yes_no(package.project),
        yes_no(package.direct),
        scopes.join(" "),
        package.linkage.name().to_owned(),
        license.declared.clone().unwrap_or_default(),
        license.concluded.clone(),
        words::conclusion_name(license.source).to_owned(),
        license.chosen.clone().unwrap_or_default(),
        license.category.clone().unwrap_or_default(),
        package.verdict.name().to_owned(),
        package.reason.clone(),
        rules,
        package.paths.first().map(|path| path.join(" > ")).unwrap_or_default(),
        package.location.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}

fn yes_no(value: bool) -> String {
    if value { "yes".to_owned() } else { "no".to_owned() }
}

/// A spreadsheet runs a cell that starts like a formula; an apostrophe makes it text.
fn inert(field: &str) -> Cow<'_, str> {
    let starts_formula = field
        .trim_start()
        .starts_with(['=', '+', '-', '@', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    if starts_formula { Cow::Owned(format!("'{field}")) } else { Cow::Borrowed(field) }
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn formulas_become_text() {
        for (field, expected) in [
            ("=cmd()", "'=cmd()"),
            ("  +1", "'  +1"),
            ("@scope/name", "'@scope/name"),
            ("-2", "'-2"),
            ("MIT", "MIT"),
            ("", ""),
        ] {
            assert_eq!(inert(field), expected);
        }
    }
}
