//! Where SARIF results are: the line of a manifest, the package, the path to it.

use super::super::view;
use super::model::{ArtifactLocation, Location, LogicalLocation, PhysicalLocation, Region, Text};
use crate::audit::AuditReport;
use crate::model::{Finding, PracticeResult, SourceSpan};

/// The name of the audited directory in addresses.
pub(super) const BASE: &str = "%SRCROOT%";
/// Related locations of one result that a consumer shows.
const RELATED: usize = 100;

/// Where a finding is shown.
pub(super) fn of_finding(report: &AuditReport, finding: &Finding) -> Vec<Location> {
    let span = view::place(report, finding);
    let package = finding.package.as_ref().map(|purl| LogicalLocation {
        name: finding.package_label.clone().unwrap_or_else(|| purl.to_string()),
        fully_qualified_name: Some(purl.to_string()),
        kind: "package",
    });
    if span.is_none() && package.is_none() {
        return Vec::new();
    }
    vec![Location {
        physical_location: span.as_ref().map(physical),
        logical_locations: package.into_iter().collect(),
        ..Location::default()
    }]
}

/// The file that a practice was judged by, where evidence names one; else any file of the audit.
pub(super) fn of_practice(report: &AuditReport, practice: &PracticeResult) -> Vec<Location> {
    let span = practice.evidence.iter().find_map(|evidence| span_of(evidence.place.as_deref()?));
    let span = span.or_else(|| view::any_file(report));
    span.iter()
        .map(|span| Location { physical_location: Some(physical(span)), ..Location::default() })
        .collect()
}

/// The steps of the paths, in order.
pub(super) fn of_paths(finding: &Finding) -> Vec<Location> {
    let steps = finding
        .paths
        .iter()
        .flat_map(|path| path.iter().enumerate().map(|(position, step)| (step, position, path.len())));
    steps
        .take(RELATED)
        .enumerate()
        .map(|(id, (step, position, length))| Location {
            id: Some(id),
            logical_locations: vec![LogicalLocation {
                name: step.clone(),
                fully_qualified_name: None,
                kind: "package",
            }],
            message: Some(Text { text: format!("Step {} of {length}: {step}", position + 1) }),
            ..Location::default()
        })
        .collect()
}

/// A file with its line.
pub(super) fn physical(span: &SourceSpan) -> PhysicalLocation {
    PhysicalLocation {
        artifact_location: ArtifactLocation { uri: percent_encode(&span.file), uri_base_id: BASE },
        region: Some(Region {
            start_line: span.line.max(1),
            start_column: (span.line > 0 && span.column > 0).then_some(span.column),
        }),
    }
}

/// `SECURITY.md:12` or `SECURITY.md`; an address or a commit is no file.
pub(in crate::report) fn span_of(place: &str) -> Option<SourceSpan> {
    if place.contains("://") || place.contains(' ') || !place.contains('.') {
        return None;
    }
    match place.rsplit_once(':') {
        Some((file, line)) => line.parse().ok().map(|line| SourceSpan::line(file, line)),
        None => Some(SourceSpan::file(place)),
    }
}

/// A relative address (RFC 3986): all but unreserved characters and `/` are encoded.
fn percent_encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            other => {
                encoded.push('%');
                encoded.push_str(&hex::encode_upper([other]));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{percent_encode, span_of};

    #[test]
    fn paths_become_relative_addresses() {
        assert_eq!(percent_encode("a b/c:d#ü.toml"), "a%20b/c%3Ad%23%C3%BC.toml");
        assert_eq!(percent_encode("//host/x"), "host/x");
    }

    #[test]
    fn only_files_are_places() {
        assert_eq!(span_of("SECURITY.md:12").map(|span| span.to_string()), Some("SECURITY.md:12".to_owned()));
        assert!(span_of("https://code.example/x.md").is_none());
        assert!(span_of("4be1c0d").is_none());
    }
}
