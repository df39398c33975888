//! Whether newer versions of what a project uses changed their license: known before the upgrade.

use crate::audit::AuditReport;
use crate::model::{Ecosystem, Purl};

/// Somebody who knows newer versions: a registry client.
pub trait NewerVersions {
    /// The newest version of a package with the license it declares, as an SPDX expression or as it is written;
    /// none where the registry does not know the package or names no newer version.
    ///
    /// # Errors
    /// What went wrong, as a sentence for the document.
    fn newest(
        &self,
        ecosystem: Ecosystem,
        name: &str,
        version: Option<&str>,
    ) -> Result<Option<Newest>, String>;
}

/// The newest version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newest {
    /// The version.
    pub version: String,
    /// What it declares; none if it is silent.
    pub license: Option<String>,
}

/// A direct dependency whose newest version declares another license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamChange {
    /// The package as it is used.
    pub purl: Purl,
    /// The license that the audit used.
    pub license: String,
    /// The newest version.
    pub newest: Newest,
}

/// What the look at newer versions gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upstream {
    /// How many direct dependencies were asked about.
    pub asked: usize,
    /// Those whose newest version declares another license.
    pub changes: Vec<UpstreamChange>,
    /// What could not be asked.
    pub problems: Vec<String>,
}

/// Asks about every direct dependency of a report. `same` tells whether two licenses mean the same.
pub fn look(report: &AuditReport, source: &dyn NewerVersions, same: &dyn Fn(&str, &str) -> bool) -> Upstream {
    let mut found = Upstream::default();
    for package in report.packages.iter().filter(|package| package.direct && !package.project) {
        let ecosystem = ecosystem_of(&package.purl);
        found.asked += 1;
        match source.newest(ecosystem, &package.name, package.version.as_deref()) {
            Ok(Some(newest)) => {
                let used = &package.license.concluded;
                let differs = newest.license.as_deref().is_none_or(|license| !same(used, license));
                if differs && package.version.as_deref() != Some(newest.version.as_str()) {
                    found.changes.push(UpstreamChange {
                        purl: package.purl.clone(),
                        license: used.clone(),
                        newest,
                    });
                }
            }
            Ok(None) => {}
            Err(problem) => found.problems.push(format!("{}: {problem}", package.purl)),
        }
    }
    found.changes.sort_by(|left, right| left.purl.cmp(&right.purl));
    found.problems.sort();
    found
}

fn ecosystem_of(purl: &Purl) -> Ecosystem {
    let kind = purl.as_str().trim_start_matches("pkg:").split('/').next().unwrap_or_default();
    Ecosystem::from_purl_type(kind)
}
