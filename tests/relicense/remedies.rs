//! Ways out of findings: each kind where it fits, none that the law does not allow, easiest first.

use super::copied;
use licgraph::audit::{AuditReport, AuditRequest, audit};
use licgraph::evidence::{EvidenceOptions, Offline};
use licgraph::licenses::parse;
use licgraph::model::{Remedy, RemedyKind};

fn report(case: &str, license: Option<&str>) -> AuditReport {
    let project = copied(case);
    let mut request = AuditRequest::new(project.path().to_owned());
    request.license = license.map(|text| parse(text).unwrap());
    audit(&request, &EvidenceOptions::default(), &Offline::new()).unwrap()
}

fn remedies(report: &AuditReport, package: &str) -> Vec<Remedy> {
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.package_label.as_deref() == Some(package))
        .unwrap_or_else(|| panic!("no finding about {package}: {:?}", report.findings));
    assert!(finding.remedies.is_sorted_by_key(|remedy| remedy.kind), "{:?}", finding.remedies);
    finding.remedies.clone()
}

fn steps(remedies: &[Remedy], kind: RemedyKind) -> Vec<&str> {
    remedies.iter().filter(|remedy| remedy.kind == kind).map(|remedy| remedy.step.as_str()).collect()
}

#[test]
fn a_curated_replacement_and_an_older_version() {
    let found = remedies(&report("remedies", None), "ua-parser-js 2.0.3");
    assert_eq!(
        steps(&found, RemedyKind::OtherVersion),
        ["Use a version <2 of ua-parser-js, which is under MIT."]
    );
    assert!(steps(&found, RemedyKind::Replace)[0].starts_with("Use bowser (MIT) instead: "), "{found:?}");
    assert_eq!(steps(&found, RemedyKind::ChangeLinkage).len(), 1);
    assert_eq!(steps(&found, RemedyKind::AskUpstream).len(), 1);
}

#[test]
fn another_version_in_the_same_graph() {
    let found = remedies(&report("remedies", None), "shape 2.0.0");
    assert_eq!(steps(&found, RemedyKind::OtherVersion), ["Use version 1.4.0 of shape, which is under MIT."]);
    assert!(steps(&found, RemedyKind::Replace).is_empty());
}

#[test]
fn nothing_is_offered_that_would_not_fit() {
    // Under the GPL 2 the AGPL does not fit, nor does the GPL 3; MIT still does.
    let under_gpl2 = report("remedies", Some("GPL-2.0-only"));
    assert_eq!(steps(&remedies(&under_gpl2, "shape 2.0.0"), RemedyKind::OtherVersion).len(), 1);
    // A license of unknown terms: nobody can say whether anything fits it.
    let unknown = report("remedies", Some("LicenseRef-ours"));
    let found = remedies(&unknown, "shape 2.0.0");
    assert!(steps(&found, RemedyKind::OtherVersion).is_empty(), "{found:?}");
    assert!(steps(&found, RemedyKind::Relicense).is_empty(), "{found:?}");
}

#[test]
fn a_choice_with_a_license_to_buy() {
    let found = remedies(&report("remedies", None), "either 1.0.0");
    assert_eq!(
        steps(&found, RemedyKind::OtherArm),
        ["Take it under LicenseRef-Either-Commercial, if you have or buy that license."]
    );
}

#[test]
fn the_whole_work_decides_where_the_project_could_move() {
    let found = remedies(&report("blocked", None), "gpl-core 1.2.0");
    assert_eq!(
        steps(&found, RemedyKind::Relicense),
        [
            "Convey the project under GPL-3.0-only or AGPL-3.0-only, to which today's license lets everybody's code move."
        ]
    );
    let found = remedies(&report("blocked", Some("EPL-1.0")), "gpl-core 1.2.0");
    assert_eq!(
        steps(&found, RemedyKind::Relicense),
        [
            "Convey the project under GPL-3.0-only or AGPL-3.0-only, if everyone who holds copyright in it agrees."
        ]
    );
}

#[test]
fn a_choice_of_the_project_is_narrowed() {
    let found = remedies(&report("blocked", Some("GPL-2.0-or-later")), "plain 1.0.1");
    assert_eq!(
        steps(&found, RemedyKind::NarrowOutbound),
        ["Convey the project under GPL-3.0-or-later alone."]
    );
}
