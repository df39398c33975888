//! Two states side by side.

use super::changes::{
    Changes, FindingChange, FindingMove, LicenseChange, Listed, ProjectChange, Update, VerdictMove,
};
use super::snapshot::{Snapshot, SnapshotFinding, SnapshotPackage, SnapshotProject};
use std::collections::{BTreeMap, BTreeSet};

/// What changed from `old` to `new`.
///
/// A package is the same package under another version; where several versions are there, equal versions are paired
/// first and the rest in order.
pub fn compare(old: &Snapshot, new: &Snapshot) -> Changes {
    let mut changes = Changes { projects: projects(&old.projects, &new.projects), ..Changes::default() };
    let (before, after) = (by_package(&old.packages), by_package(&new.packages));
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    for name in names {
        let old_versions = before.get(name).map_or(&[][..], Vec::as_slice);
        let new_versions = after.get(name).map_or(&[][..], Vec::as_slice);
        pair(name, old_versions, new_versions, &mut changes);
    }
    explain_moves(old, new, &mut changes);
    changes.findings = findings(&old.findings, &new.findings);
    changes
}

fn by_package(packages: &[SnapshotPackage]) -> BTreeMap<&str, Vec<&SnapshotPackage>> {
    let mut found: BTreeMap<&str, Vec<&SnapshotPackage>> = BTreeMap::new();
    for package in packages {
        found.entry(package.purl.without_version()).or_default().push(package);
    }
    for versions in found.values_mut() {
        versions.sort_by(|left, right| left.purl.cmp(&right.purl));
    }
    found
}

fn pair(name: &str, old: &[&SnapshotPackage], new: &[&SnapshotPackage], changes: &mut Changes) {
    let left: Vec<_> = old.iter().filter(|one| same(one, new).is_none()).collect();
    let came: Vec<_> = new.iter().filter(|one| same(one, old).is_none()).collect();
    for before in old {
        if let Some(after) = same(before, new) {
            changed(name, before, after, changes);
        }
    }
    for (before, after) in left.iter().zip(&came) {
        changes.updated.push(Update {
            package: name.to_owned(),
            old_version: before.version.clone(),
            new_version: after.version.clone(),
        });
        changed(name, before, after, changes);
    }
    let paired = left.len().min(came.len());
    changes.removed.extend(left[paired..].iter().map(|package| Listed::of(package)));
    changes.added.extend(came[paired..].iter().map(|package| Listed::of(package)));
}

fn same<'a>(one: &SnapshotPackage, others: &[&'a SnapshotPackage]) -> Option<&'a SnapshotPackage> {
    others.iter().find(|other| other.purl == one.purl).copied()
}

fn changed(name: &str, old: &SnapshotPackage, new: &SnapshotPackage, changes: &mut Changes) {
    let mut because = Vec::new();
    if old.license != new.license {
        because.push(format!("its license changed from {} to {}", old.license, new.license));
        changes.license_changed.push(LicenseChange {
            package: name.to_owned(),
            old_version: old.version.clone(),
            new_version: new.version.clone(),
            old_license: old.license.clone(),
            new_license: new.license.clone(),
            verdict: new.verdict,
        });
    }
    if old.linkage != new.linkage {
        because.push(format!("it is joined {} instead of {}", new.linkage, old.linkage));
    }
    if old.verdict != new.verdict {
        changes.verdict_moved.push(VerdictMove {
            purl: new.purl.to_string(),
            old: old.verdict,
            new: new.verdict,
            because,
            reason: new.reason.clone(),
        });
    }
}

/// A verdict can also move because of what stands around the package.
fn explain_moves(old: &Snapshot, new: &Snapshot, changes: &mut Changes) {
    let relicensed: Vec<String> = changes
        .projects
        .iter()
        .filter(|project| project.old_license != project.new_license && project.old_verdict.is_some())
        .map(|project| {
            let word = |license: &Option<String>| license.clone().unwrap_or_else(|| "no license".to_owned());
            format!(
                "the license of {} changed from {} to {}",
                project.name,
                word(&project.old_license),
                word(&project.new_license)
            )
        })
        .collect();
    let same_packages = old.packages.len() == new.packages.len() && changes.added.is_empty();
    for moved in changes.verdict_moved.iter_mut().filter(|moved| moved.because.is_empty()) {
        moved.because.clone_from(&relicensed);
        if moved.because.is_empty() {
            let around = if same_packages {
                "what is known about licenses changed"
            } else {
                "other packages of the work changed"
            };
            moved.because.push(around.to_owned());
        }
    }
}

fn projects(old: &[SnapshotProject], new: &[SnapshotProject]) -> Vec<ProjectChange> {
    let key = |project: &SnapshotProject| (project.manifest.clone(), project.name.clone());
    let before: BTreeMap<_, _> = old.iter().map(|project| (key(project), project)).collect();
    let after: BTreeMap<_, _> = new.iter().map(|project| (key(project), project)).collect();
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .filter_map(|key| {
            let (old, new) = (before.get(key), after.get(key));
            let change = ProjectChange {
                name: key.1.clone(),
                manifest: key.0.clone(),
                old_license: old.and_then(|project| project.license.clone()),
                new_license: new.and_then(|project| project.license.clone()),
                old_verdict: old.map(|project| project.verdict),
                new_verdict: new.map(|project| project.verdict),
            };
            let moved = change.old_license != change.new_license || change.old_verdict != change.new_verdict;
            moved.then_some(change)
        })
        .collect()
}

fn findings(old: &[SnapshotFinding], new: &[SnapshotFinding]) -> Vec<FindingChange> {
    let key = |finding: &SnapshotFinding| (finding.id.clone(), finding.package.clone());
    let before: BTreeMap<_, _> = old.iter().map(|finding| (key(finding), finding)).collect();
    let by_id: BTreeMap<&str, &SnapshotFinding> =
        old.iter().map(|finding| (finding.id.as_str(), finding)).collect();
    let ids: BTreeSet<&str> = new.iter().map(|finding| finding.id.as_str()).collect();
    let mut found = Vec::new();
    for finding in new {
        // The same fingerprint under another version is the same finding.
        let known = before.get(&key(finding)).copied().or_else(|| by_id.get(finding.id.as_str()).copied());
        let change = match known {
            None => FindingMove::New,
            Some(known) if known.suppressed && !finding.suppressed => FindingMove::CountsAgain,
            Some(known) if !known.suppressed && finding.suppressed => FindingMove::Suppressed,
            Some(_) => continue,
        };
        found.push(FindingChange { change, finding: finding.clone() });
    }
    for finding in old.iter().filter(|finding| !ids.contains(finding.id.as_str())) {
        found.push(FindingChange { change: FindingMove::Resolved, finding: finding.clone() });
    }
    found
}
