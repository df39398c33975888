//! One rich report: every shape that the writers must be able to say.

use licgraph::audit::{
    AuditReport, DependencyReport, LicenseReport, PackageReport, ProjectReport, SCHEMA_VERSION, Summary, Tool,
};
use licgraph::model::{
    Checksum, ChecksumAlgorithm, ConclusionSource, DeclaredLicense, DetectedKind, DetectedLicense,
    Distribution, EffectiveOutbound, Finding, LicenseSource, LicenseStatement, Linkage, Origin,
    PackageDetails, PracticeEvidence, PracticeResult, PracticeState, Problem, Purl, Remedy, RemedyKind,
    RuleId, Scope, Severity, SourceSpan, Verb, Verdict,
};

pub const CREATED: &str = "2026-03-04T05:06:07Z";

/// A name that breaks whoever trusts names.
pub const HOSTILE: &str = "evil</text>\"]]>&<b>\u{1}\u{202e}\n'näme' \\ {x} \u{1F980}";

pub fn purl(text: &str) -> Purl {
    Purl::parse(text).expect(text)
}

/// A package with a declared license that nobody checked.
pub fn package(purl_text: &str, name: &str, version: &str, declared: &str) -> PackageReport {
    PackageReport {
        verdicts: Default::default(),
        purl: purl(purl_text),
        name: name.to_owned(),
        version: Some(version.to_owned()),
        ecosystem: "other".to_owned(),
        project: false,
        direct: true,
        scopes: vec![Scope::Runtime],
        linkage: Linkage::Dynamic,
        license: LicenseReport {
            notes: Vec::new(),
            category: None,
            declared: Some(declared.to_owned()),
            declared_verbatim: vec![DeclaredLicense {
                statement: LicenseStatement::Expression(declared.to_owned()),
                source: LicenseSource::LockFile,
                location: None,
            }],
            detected: Vec::new(),
            concluded: declared.to_owned(),
            source: ConclusionSource::Declared,
            reason: "the metadata says so; no text was looked at".to_owned(),
            chosen: None,
        },
        verdict: Verdict::Compatible,
        reason: "permissive code may be part of any work".to_owned(),
        paths: vec![vec!["app 1.0.0".to_owned(), name.to_owned()]],
        origin: Origin::Registry(None),
        checksums: Vec::new(),
        bundles: Vec::new(),
        location: Some(SourceSpan::line("package-lock.json", 12)),
        details: PackageDetails::default(),
    }
}

fn detected(candidates: &[&str], file: &str) -> DetectedLicense {
    DetectedLicense {
        kind: DetectedKind::Text,
        file: file.to_owned(),
        first_line: 1,
        last_line: 20,
        candidates: candidates.iter().map(|text| (*text).to_owned()).collect(),
        confidence: 0.987,
        sha256: "ab".repeat(32),
    }
}

fn project(report: &mut PackageReport) {
    report.project = true;
    report.direct = false;
    report.scopes = Vec::new();
    report.origin = Origin::Project;
}

fn edge(from: &str, to: &str, scope: Scope, linkage: Linkage) -> DependencyReport {
    let verdict = Verdict::Compatible;
    DependencyReport { from: purl(from), to: purl(to), scope, linkage, condition: None, verdict }
}

fn packages() -> Vec<PackageReport> {
    let mut app = package("pkg:npm/app@1.0.0", "app", "1.0.0", "Apache-2.0");
    project(&mut app);

    // Declared and detected agree: both can be said, in 1.6 as two ids.
    let mut agreed = package("pkg:npm/%40scope/agreed@2.0.0", "@scope/agreed", "2.0.0", "MIT");
    agreed.license.source = ConclusionSource::DeclaredAndDetected;
    agreed.license.detected = vec![detected(&["MIT"], "LICENSE"), detected(&["ISC"], "lib/LICENSE.txt")];
    agreed.origin = Origin::Archive("https://registry.example/@scope/agreed/-/agreed-2.0.0.tgz".to_owned());
    agreed.checksums = vec![Checksum { algorithm: ChecksumAlgorithm::Sha512, value: "0f".repeat(64) }];
    agreed.details = PackageDetails {
        description: Some("Agrees with everybody.".to_owned()),
        homepage: Some("https://agreed.example/a b".to_owned()),
        repository: Some("git@git.example:team/agreed.git".to_owned()),
        authors: vec!["A. Author <author@agreed.example>".to_owned(), "Somebody".to_owned()],
    };

    // Two different expressions: 1.6 cannot hold both.
    let mut differs = package("pkg:cargo/differs@0.3.0", "differs", "0.3.0", "MIT OR Apache-2.0");
    differs.license.concluded = "(MIT OR Apache-2.0) AND BSD-3-Clause".to_owned();
    differs.license.source = ConclusionSource::Disagreement;
    differs.license.chosen = Some("Apache-2.0 AND BSD-3-Clause".to_owned());
    differs.license.detected = vec![detected(&["BSD-3-Clause"], "src/vendored/COPYING")];
    differs.linkage = Linkage::Static;
    differs.verdict = Verdict::Conditional;

    // A text that cannot tell only from or-later, and an exception.
    let mut text =
        package("pkg:pypi/text-only@1", "text-only", "1", "GPL-2.0-only WITH Classpath-exception-2.0");
    text.license.declared = None;
    text.license.declared_verbatim = Vec::new();
    text.license.concluded = "GPL-2.0-or-later".to_owned();
    text.license.source = ConclusionSource::Detected;
    text.license.detected = vec![detected(&["GPL-2.0-only", "GPL-2.0-or-later"], "COPYING")];
    text.verdict = Verdict::Incompatible;
    text.scopes = vec![Scope::Optional];

    // An id that is newer than the list of the CycloneDX schema.
    let mut new_id = package("pkg:npm/new-id@1.0.0", "new-id", "1.0.0", "Bugroff");
    new_id.scopes = vec![Scope::Dev];
    new_id.linkage = Linkage::Dev;

    // Free text that nobody understood; a custom reference; nothing; all rights reserved.
    let mut free = package("pkg:npm/free-text@1.0.0", "free-text", "1.0.0", "MIT");
    free.license.declared = None;
    free.license.concluded = "NOASSERTION".to_owned();
    free.license.source = ConclusionSource::Unknown;
    free.license.declared_verbatim[0].statement =
        LicenseStatement::FreeText("BSD-like, see <the> file & ask".to_owned());
    free.verdict = Verdict::Unknown;
    let mut custom = package("pkg:npm/custom@1.0.0", "custom", "1.0.0", "MIT AND LicenseRef-Acme-EULA");
    custom.license.source = ConclusionSource::Clarification;
    let mut silent =
        package("pkg:golang/git.example/Silent/v2@v2.0.0", "git.example/Silent/v2", "v2.0.0", "MIT");
    silent.license.declared = None;
    silent.license.declared_verbatim = Vec::new();
    silent.license.concluded = "NOASSERTION".to_owned();
    silent.license.source = ConclusionSource::Unknown;
    silent.checksums = vec![Checksum { algorithm: ChecksumAlgorithm::GoH1, value: "c2lsZW50".to_owned() }];
    silent.verdict = Verdict::Unknown;
    let mut reserved = package("pkg:npm/reserved@1.0.0", "reserved", "1.0.0", "MIT");
    reserved.license.declared = None;
    reserved.license.declared_verbatim[0].statement = LicenseStatement::Unlicensed;
    reserved.license.concluded = "NONE".to_owned();
    reserved.verdict = Verdict::Incompatible;

    let mut hostile = package("pkg:generic/%3Cevil%3E@1%202", HOSTILE, "1 2\t3", "0BSD");
    hostile.details.description = Some(HOSTILE.to_owned());
    hostile.details.homepage = Some("javascript:alert(\"<x>\")".to_owned());
    hostile.reason = HOSTILE.to_owned();
    hostile.bundles = vec![HOSTILE.to_owned()];
    vec![app, agreed, differs, text, new_id, free, custom, silent, reserved, hostile]
}

fn findings() -> Vec<Finding> {
    let make = |id: &str, package: Option<&str>, reason: &str| Finding {
        id: id.to_owned(),
        rule: RuleId::IncompatibleDependency,
        severity: Severity::Error,
        verdict: Some(Verdict::Incompatible),
        package: package.map(purl),
        package_label: None,
        license: None,
        project: Some("app".to_owned()),
        scope: None,
        linkage: None,
        reason: reason.to_owned(),
        authority: vec!["FSF license list".to_owned()],
        basis: None,
        conditions: Vec::new(),
        paths: Vec::new(),
        more_paths: false,
        condition: None,
        remedies: vec![Remedy { kind: RemedyKind::Replace, step: "use another package".to_owned() }],
        location: None,
        suppressed: None,
    };
    vec![
        make("0000000000000001", Some("pkg:pypi/text-only@1"), "copyleft reaches the whole work"),
        make("0000000000000002", Some("pkg:generic/%3Cevil%3E@1%202"), HOSTILE),
        make("0000000000000003", None, "two of them do not go together"),
    ]
}

fn practices() -> Vec<PracticeResult> {
    let make = |id: &str, state, place: Option<&str>| PracticeResult {
        id: id.to_owned(),
        recommendation: format!("Recommendation {id}"),
        verb: Verb::Should,
        state,
        confidence: 0.9,
        reason: "because".to_owned(),
        evidence: vec![PracticeEvidence {
            statement: "looked".to_owned(),
            place: place.map(str::to_owned),
            time: None,
        }],
        fix: "write it down".to_owned(),
    };
    vec![
        make("SEC-1", PracticeState::Pass, Some("SECURITY.md:3")),
        make("SEC-2", PracticeState::Fail, None),
        make("SEC-3", PracticeState::Unknown, None),
    ]
}

/// The report.
pub fn rich() -> AuditReport {
    let app = "pkg:npm/app@1.0.0";
    let mut packages = packages();
    packages.sort_by(|left, right| left.purl.cmp(&right.purl));
    let mut dependencies = vec![
        edge(app, "pkg:npm/%40scope/agreed@2.0.0", Scope::Runtime, Linkage::Dynamic),
        edge(app, "pkg:cargo/differs@0.3.0", Scope::Runtime, Linkage::Static),
        edge(app, "pkg:pypi/text-only@1", Scope::Optional, Linkage::Dynamic),
        edge(app, "pkg:npm/new-id@1.0.0", Scope::Dev, Linkage::Dev),
        edge(app, "pkg:npm/free-text@1.0.0", Scope::Runtime, Linkage::Dynamic),
        edge(app, "pkg:npm/custom@1.0.0", Scope::Peer, Linkage::Dynamic),
        edge(app, "pkg:npm/reserved@1.0.0", Scope::Build, Linkage::Build),
        edge(
            "pkg:npm/%40scope/agreed@2.0.0",
            "pkg:generic/%3Cevil%3E@1%202",
            Scope::Runtime,
            Linkage::Dynamic,
        ),
        edge(
            "pkg:generic/%3Cevil%3E@1%202",
            "pkg:npm/%40scope/agreed@2.0.0",
            Scope::Runtime,
            Linkage::Dynamic,
        ),
        edge(
            "pkg:cargo/differs@0.3.0",
            "pkg:golang/git.example/Silent/v2@v2.0.0",
            Scope::Runtime,
            Linkage::Static,
        ),
    ];
    dependencies.sort();
    AuditReport {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool {
            name: "licgraph".to_owned(),
            version: "0.1.0".to_owned(),
            license_list_version: "3.29.0".to_owned(),
        },
        created: Some(CREATED.to_owned()),
        distribution: Distribution::Binary,
        projects: vec![project_report(app, "app")],
        packages,
        dependencies,
        findings: findings(),
        problems: vec![Problem::note(Some(SourceSpan::line("package.json", 3)), "worth knowing")],
        obligations: Vec::new(),
        practices: practices(),
        summary: Summary { complete: true, ..Summary::default() },
    }
}

fn project_report(purl_text: &str, name: &str) -> ProjectReport {
    ProjectReport {
        name: name.to_owned(),
        version: Some("1.0.0".to_owned()),
        purl: purl(purl_text),
        ecosystem: "npm".to_owned(),
        manifest: "package.json".to_owned(),
        graph_source: Some("package-lock.json".to_owned()),
        license: Some("Apache-2.0".to_owned()),
        license_source: Some("manifest".to_owned()),
        verdict: Verdict::Incompatible,
        reason: "text-only cannot be part of it".to_owned(),
        effective_outbound: EffectiveOutbound(Some("GPL-2.0-or-later".to_owned())),
        possible_outbound: Vec::new(),
        conveyed_packages: 8,
    }
}

/// Two projects of two ecosystems in one repository.
pub fn two_projects() -> AuditReport {
    let mut report = rich();
    let mut second = package("pkg:cargo/tool@0.1.0", "tool", "0.1.0", "MIT");
    project(&mut second);
    report.packages.push(second);
    report.packages.sort_by(|left, right| left.purl.cmp(&right.purl));
    report.projects.push(project_report("pkg:cargo/tool@0.1.0", "tool"));
    report.dependencies.push(edge(
        "pkg:cargo/tool@0.1.0",
        "pkg:cargo/differs@0.3.0",
        Scope::Runtime,
        Linkage::Static,
    ));
    report.problems.push(Problem::incomplete(None, "a lock file is missing"));
    report
}

/// A report of any size.
pub fn large(packages: usize) -> AuditReport {
    let mut report = rich();
    report.findings = Vec::new();
    for number in 0..packages {
        let text = format!("pkg:npm/package-{number:05}@1.{number}.0");
        let mut each =
            package(&text, &format!("package-{number:05}"), &format!("1.{number}.0"), "MIT OR Apache-2.0");
        each.checksums = vec![Checksum { algorithm: ChecksumAlgorithm::Sha512, value: "0f".repeat(64) }];
        each.details.homepage = Some(format!("https://package-{number}.example/"));
        each.details.repository = Some(format!("git+https://git.example/team/package-{number}.git"));
        each.origin = Origin::Archive(format!(
            "https://registry.example/package-{number:05}/-/package-{number:05}-1.{number}.0.tgz"
        ));
        report.packages.push(each);
        for step in [1, 7, 64] {
            if number + step < packages {
                let target = number + step;
                let to = format!("pkg:npm/package-{target:05}@1.{target}.0");
                report.dependencies.push(edge(&text, &to, Scope::Runtime, Linkage::Dynamic));
            }
        }
    }
    report.dependencies.push(edge(
        "pkg:npm/app@1.0.0",
        "pkg:npm/package-00000@1.0.0",
        Scope::Runtime,
        Linkage::Dynamic,
    ));
    report
}
