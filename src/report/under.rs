//! Files named from the top of a repository instead of from the audited directory.

use super::sarif::span_of;
use crate::audit::AuditReport;

/// Why a directory cannot go before file names.
#[derive(Debug, thiserror::Error)]
#[error("`{directory}` is no directory inside the repository; name it relative to the top, without `..`")]
pub struct NotInside {
    directory: String,
}

/// Puts the audited directory before every file that the report names, for a reader that looks at the whole repository.
///
/// # Errors
/// When the directory is absolute or leads out of the repository.
pub fn place_under(report: &mut AuditReport, directory: &str) -> Result<(), NotInside> {
    let slashed = directory.replace('\\', "/");
    let parts: Vec<&str> = slashed.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let has_drive = parts.first().is_some_and(|part| part.len() == 2 && part.ends_with(':'));
    if slashed.starts_with('/') || has_drive || parts.contains(&"..") {
        return Err(NotInside { directory: directory.to_owned() });
    }
    if parts.is_empty() {
        return Ok(());
    }
    let prefix = parts.join("/");
    let under = |file: &mut String| *file = format!("{prefix}/{file}");
    let spans = report.findings.iter_mut().filter_map(|finding| finding.location.as_mut());
    for span in spans.chain(report.problems.iter_mut().filter_map(|problem| problem.location.as_mut())) {
        under(&mut span.file);
    }
    report.projects.iter_mut().for_each(|project| under(&mut project.manifest));
    report.summary.read.iter_mut().for_each(under);
    for evidence in report.practices.iter_mut().flat_map(|practice| &mut practice.evidence) {
        if let Some(place) = evidence.place.as_mut().filter(|place| span_of(place).is_some()) {
            under(place);
        }
    }
    Ok(())
}
