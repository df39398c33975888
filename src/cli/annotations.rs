//! Findings in the syntax a forge reads: annotations in GitHub's log, GitLab's code quality report.

use crate::audit::AuditReport;
use crate::model::{Finding, Problem, Severity};
use serde_json::{Value, json};

/// Whose syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forge {
    /// Workflow commands on standard output: `::error file=...`.
    Github,
    /// A code quality report.
    Gitlab,
}

/// The findings that count and what could not be read.
pub fn render(report: &AuditReport, forge: Forge) -> String {
    let counting = report.findings.iter().filter(|finding| finding.suppressed.is_none());
    match forge {
        Forge::Github => {
            counting.map(github_finding).chain(report.problems.iter().map(github_problem)).collect()
        }
        Forge::Gitlab => {
            let entries: Vec<Value> =
                counting.map(gitlab_finding).chain(report.problems.iter().map(gitlab_problem)).collect();
            format!("{:#}\n", Value::Array(entries))
        }
    }
}

fn message(finding: &Finding) -> String {
    let about = finding.package_label.as_deref().unwrap_or("the whole work");
    let way_out = finding.remedies.first().map(|remedy| format!(" {}", remedy.step)).unwrap_or_default();
    format!("{about}: {}{way_out}", finding.reason)
}

fn github_finding(finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let place = finding.location.as_ref().map(|span| (span.file.as_str(), span.line));
    github_line(level, place, finding.rule.name(), &message(finding))
}

fn github_problem(problem: &Problem) -> String {
    let place = problem.location.as_ref().map(|span| (span.file.as_str(), span.line));
    github_line("warning", place, "not-read", &problem.message)
}

/// One workflow command. Text from outside can neither end the line nor start a command of its own.
fn github_line(level: &str, place: Option<(&str, u32)>, title: &str, message: &str) -> String {
    let mut properties = Vec::new();
    if let Some((file, line)) = place {
        properties.push(format!("file={}", property(file)));
        if line > 0 {
            properties.push(format!("line={line}"));
        }
    }
    properties.push(format!("title={}", property(&format!("licgraph: {title}"))));
    format!("::{level} {}::{}\n", properties.join(","), data(message))
}

fn data(text: &str) -> String {
    let safe: String =
        text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\r')).collect();
    safe.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn gitlab_finding(finding: &Finding) -> Value {
    let severity = match finding.severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    let place = finding.location.as_ref().map(|span| (span.file.clone(), span.line.max(1)));
    let (path, line) = place.unwrap_or_else(|| (".".to_owned(), 1));
    json!({
        "description": message(finding),
        "check_name": finding.rule.name(),
        "fingerprint": finding.id,
        "severity": severity,
        "location": { "path": path, "lines": { "begin": line } },
    })
}

fn gitlab_problem(problem: &Problem) -> Value {
    let place = problem.location.as_ref().map(|span| (span.file.clone(), span.line.max(1)));
    let (path, line) = place.unwrap_or_else(|| (".".to_owned(), 1));
    json!({
        "description": problem.message,
        "check_name": "not-read",
        "fingerprint": format!("{path}:{line}:{}", problem.message),
        "severity": "major",
        "location": { "path": path, "lines": { "begin": line } },
    })
}

#[cfg(test)]
mod tests {
    use super::github_line;

    #[test]
    fn text_from_outside_starts_no_command() {
        let line =
            github_line("error", Some(("a,b:c", 3)), "rule", "100%\n::set-output name=x::y\r\u{1b}[2J");
        assert_eq!(line.matches('\n').count(), 1);
        assert!(
            line.starts_with("::error file=a%2Cb%3Ac,line=3,title=licgraph%3A rule::100%25%0A::set-output")
        );
        assert!(!line.contains('\u{1b}'));
    }
}
