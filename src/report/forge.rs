//! Findings in the syntax a forge reads: annotations in GitHub's log, GitLab's code quality report.

use super::sanitise::{inert, shorten};
use super::{RenderError, view, words};
use crate::audit::AuditReport;
use crate::model::{Finding, Problem, Severity, SourceSpan};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Annotations of one level that GitHub shows of a step; it drops those after them.
const ANNOTATIONS_SHOWN: usize = 10;
/// Characters of a message.
const MESSAGE_LIMIT: usize = 2_000;
/// The rule of what could not be read.
const NOT_READ: &str = "not-read";

/// Whose syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forge {
    /// Workflow commands on standard output: `::error file=...`.
    Github,
    /// A code quality report.
    Gitlab,
}

/// The findings that count and what could not be read, most serious first.
///
/// # Errors
/// When the report cannot be expressed, which its types rule out.
pub fn render_for(report: &AuditReport, forge: Forge) -> Result<Vec<u8>, RenderError> {
    let report = &inert(report)?;
    let findings = view::counting(report).map(|finding| Entry::of_finding(report, finding));
    let entries: Vec<Entry> = findings.chain(report.problems.iter().map(Entry::of_problem)).collect();
    Ok(match forge {
        Forge::Github => github(&entries).into_bytes(),
        Forge::Gitlab => gitlab(&entries, view::any_file(report))?.into_bytes(),
    })
}

/// What both forges are told.
struct Entry {
    severity: Severity,
    place: Option<SourceSpan>,
    rule: &'static str,
    message: String,
    /// The same in every run, for the same thing.
    identity: String,
}

impl Entry {
    fn of_finding(report: &AuditReport, finding: &Finding) -> Self {
        let about = finding.package_label.as_deref().unwrap_or("the whole work");
        let way_out = finding.remedies.first().map(|remedy| format!(" {}", remedy.step)).unwrap_or_default();
        Self {
            severity: finding.severity,
            place: view::place(report, finding),
            rule: finding.rule.name(),
            message: format!("{about}: {}{way_out}", finding.reason),
            identity: finding.id.clone(),
        }
    }

    fn of_problem(problem: &Problem) -> Self {
        Self {
            severity: Severity::Warning,
            place: problem.location.clone(),
            rule: NOT_READ,
            message: problem.message.clone(),
            identity: problem.message.clone(),
        }
    }
}

/// Commands for as many as are shown, and the rest as plain lines of a folded group.
fn github(entries: &[Entry]) -> String {
    let mut commands = String::new();
    let mut rest = Vec::new();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        let count = shown.entry(github_level(entry.severity)).or_default();
        *count += 1;
        if *count <= ANNOTATIONS_SHOWN {
            commands.push_str(&github_command(entry));
        } else {
            rest.push(entry);
        }
    }
    if !rest.is_empty() {
        commands.push_str(&format!(
            "::group::licgraph: {} more without annotation\n",
            words::thousands(rest.len())
        ));
        rest.iter().for_each(|entry| commands.push_str(&plain_line(entry)));
        commands.push_str("::endgroup::\n");
    }
    commands
}

fn github_level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// One workflow command. Text from outside can neither end the line nor start a command of its own.
fn github_command(entry: &Entry) -> String {
    let mut properties = Vec::new();
    if let Some(place) = &entry.place {
        properties.push(format!("file={}", property(&place.file)));
        if place.line > 0 {
            properties.push(format!("line={}", place.line));
        }
    }
    properties.push(format!("title={}", property(&format!("licgraph: {}", entry.rule))));
    let message = shorten(&entry.message, MESSAGE_LIMIT);
    format!("::{} {}::{}\n", github_level(entry.severity), properties.join(","), data(&message))
}

/// A line that is no command: it starts with a word, and the older form `##[command]` counts anywhere in a line.
fn plain_line(entry: &Entry) -> String {
    let place = entry.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
    let message = shorten(&entry.message, MESSAGE_LIMIT);
    let line = format!("{}: {place}{}: {message}", entry.severity.name(), entry.rule);
    format!("{}\n", line.replace("##[", "# #["))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// An entry needs a file: what has none is shown in `any`.
fn gitlab(entries: &[Entry], any: Option<SourceSpan>) -> Result<String, serde_json::Error> {
    let mut times: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut list = Vec::new();
    for entry in entries {
        let place = entry.place.as_ref().or(any.as_ref());
        let path = place.map_or_else(|| ".".to_owned(), |place| place.file.clone());
        let nth = times.entry((entry.identity.clone(), path.clone())).or_default();
        let severity = match entry.severity {
            Severity::Error => "critical",
            Severity::Warning if entry.rule == NOT_READ => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        };
        list.push(json!({
            "description": shorten(&entry.message, MESSAGE_LIMIT),
            "check_name": entry.rule,
            "fingerprint": fingerprint(&entry.identity, &path, *nth),
            "severity": severity,
            "location": {
                "path": path,
                "lines": { "begin": place.map_or(1, |place| place.line.max(1)) },
            },
        }));
        *nth += 1;
    }
    Ok(format!("{}\n", serde_json::to_string_pretty(&Value::Array(list))?))
}

/// Two projects of a name may have the same finding: the file tells them apart, and no line, which moves.
fn fingerprint(identity: &str, path: &str, nth: usize) -> String {
    let mut hash = Sha256::new();
    for part in [identity, path, &nth.to_string()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::{ANNOTATIONS_SHOWN, Entry, github, github_command, gitlab};
    use crate::model::{Severity, SourceSpan};

    fn entry(file: &str, message: &str) -> Entry {
        Entry {
            severity: Severity::Error,
            place: Some(SourceSpan::line(file, 3)),
            rule: "rule",
            message: message.to_owned(),
            identity: "one".to_owned(),
        }
    }

    #[test]
    fn text_from_outside_starts_no_command() {
        let line = github_command(&entry("a,b:c%", "100%\n::set-output name=x::y\r"));
        let expected =
            "::error file=a%2Cb%3Ac%25,line=3,title=licgraph%3A rule::100%25%0A::set-output name=x::y%0D\n";
        assert_eq!(line, expected);
        let many: Vec<_> = (0..ANNOTATIONS_SHOWN + 2).map(|_| entry("f", "::x ##[add-mask]y")).collect();
        let log = github(&many);
        let rest: Vec<_> = log.lines().skip(ANNOTATIONS_SHOWN).collect();
        let line = "error: f:3: rule: ::x # #[add-mask]y";
        assert_eq!(rest, ["::group::licgraph: 2 more without annotation", line, line, "::endgroup::"]);
    }

    #[test]
    fn every_fingerprint_occurs_once() {
        let text = gitlab(&[entry("a", "x"), entry("b", "x"), entry("a", "x")], None).expect("JSON");
        let list: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let prints: std::collections::BTreeSet<_> =
            list.as_array().expect("a list").iter().map(|entry| entry["fingerprint"].to_string()).collect();
        assert_eq!(prints.len(), 3);
    }
}
