//! One report that holds a bit of everything: three ecosystems, every kind of answer, hostile names.

use crate::build::{declared, edge, finding, loose, outbound, package, project};
use crate::rich_rest::{obligations, practices, problems};
use licgraph::audit::{AuditReport, DependencyReport, PackageReport, SCHEMA_VERSION, Summary, Tool};
use licgraph::model::{
    Basis, Checksum, ChecksumAlgorithm, ConclusionSource, DeclaredLicense, DetectedKind, DetectedLicense,
    Distribution, Ecosystem, EffectiveOutbound, Finding, LicenseSource, LicenseStatement, Linkage, Origin,
    Remedy, RemedyKind, RuleId, Scope, Severity, SourceSpan, Suppression, SuppressionKind, Verdict,
};
use std::collections::BTreeMap;

/// The manifest that the findings point into.
pub const CARGO_TOML: &str = "\
[package]
name = \"shop\"
version = \"2.1.0\"
license = \"MIT\"

[dependencies]
serde = { version = \"1\", features = [\"derive\"] }
rustyline-lite = \"9\"
legacy-crypto = \"1.2\"
http-mesh = \"0.8\"
";

const SCRIPT: &str = "<script>alert('owned')</script>";
/// A name that would turn a terminal red and give it a title.
pub const ESCAPES: &str = "red\u{1b}[31m\u{1b}]0;title\u{7}";
const REVERSED: &str = "safe\u{202e}txt.exe";
const FORMULA: &str = "=cmd|' /C calc'!A0";

/// The report.
pub fn report() -> AuditReport {
    let mut packages = packages();
    let mut projects = vec![
        project(Ecosystem::Cargo, "shop", "Cargo.toml", Some("MIT")),
        project(Ecosystem::Python, "tools", "tools/pyproject.toml", None),
        project(Ecosystem::Npm, "@acme/web", "web/package.json", Some("Apache-2.0")),
    ];
    judge_projects(&mut projects, &packages);
    for project in &projects {
        packages.insert(0, root(project));
    }
    packages.sort_by(|left, right| left.purl.cmp(&right.purl));
    let findings = findings(&packages, &projects);
    let dependencies = dependencies(&packages);
    AuditReport {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool {
            name: "licgraph".to_owned(),
            version: "0.1.0".to_owned(),
            license_list_version: "3.29.0".to_owned(),
        },
        created: Some("2026-02-03T04:05:06Z".to_owned()),
        distribution: Distribution::Binary,
        summary: summary(&packages, &findings, &dependencies),
        projects,
        packages,
        dependencies,
        findings,
        problems: problems(),
        obligations: obligations(),
        practices: practices(),
    }
}

fn packages() -> Vec<PackageReport> {
    let cargo = |name: &str, version: &str, license: &str, path: &[&str]| {
        placed(package(Ecosystem::Cargo, name, version, license), "shop 2.1.0", path)
    };
    let npm = |name: &str, version: &str, license: &str, path: &[&str]| {
        placed(package(Ecosystem::Npm, name, version, license), "@acme/web 2.1.0", path)
    };
    let python = |name: &str, version: &str, license: &str, path: &[&str]| {
        placed(package(Ecosystem::Python, name, version, license), "tools 2.1.0", path)
    };
    let mut all = vec![
        cargo("serde", "1.0.228", "MIT OR Apache-2.0", &[]),
        cargo("unicode-ident", "1.0.18", "(MIT OR Apache-2.0) AND Unicode-3.0", &["serde 1.0.228"]),
        cargo("rustyline-lite", "9.1.0", "MIT", &[]),
        gpl(cargo("readline-sys", "0.3.1", "GPL-3.0-only", &["rustyline-lite 9.1.0"])),
        judged(
            cargo("legacy-crypto", "1.2.0", "GPL-2.0-only", &[]),
            Verdict::Incompatible,
            "GPL-2.0-only reaches the whole program, and MIT does not offer those terms.",
        ),
        cargo("http-mesh", "0.8.0", "Apache-2.0", &[]),
        cargo("winreg-helper", "0.2.0", "MPL-2.0", &["http-mesh 0.8.0"]),
        npm("@babel/core", "7.28.0", "MIT", &[]),
        npm(SCRIPT, "1.0.0", "MIT", &["@babel/core 7.28.0"]),
        npm(ESCAPES, "0.0.1", "ISC", &["@babel/core 7.28.0"]),
        judged(
            npm("left-margin", "1.3.0", "NONE", &["@babel/core 7.28.0"]),
            Verdict::Incompatible,
            "left-margin grants no license: all rights are reserved.",
        ),
        judged(
            npm("sass-native", "4.1.0", "LGPL-2.1-or-later", &["@babel/core 7.28.0"]),
            Verdict::Conditional,
            "Bundled into one file the library must stay replaceable.",
        ),
        judged(
            npm("chart-kit", "3.0.0", "BUSL-1.1", &[]),
            Verdict::Incompatible,
            "BUSL-1.1 reserves production use, and Apache-2.0 does not.",
        ),
        python(REVERSED, "1.0", "BSD-3-Clause", &[]),
        python(FORMULA, "2.0", "MIT", &[]),
        disagreeing(python("form-parser", "5.2", "MIT AND AGPL-3.0-only", &[])),
    ];
    for number in 0..12 {
        let name = format!("internal-{number:02}");
        all.push(judged(
            python(&name, "0.1", "NOASSERTION", &["form-parser 5.2"]),
            Verdict::Unknown,
            &format!("Nothing says which license {name} has."),
        ));
    }
    all
}

fn placed(mut package: PackageReport, root: &str, path: &[&str]) -> PackageReport {
    let label = format!("{} {}", package.name, package.version.as_deref().unwrap_or_default());
    let steps = [root].into_iter().chain(path.iter().copied()).chain([label.as_str()]);
    package.paths = vec![steps.map(str::to_owned).collect()];
    package.direct = path.is_empty();
    let (purl, file) = match package.ecosystem.as_str() {
        "cargo" => ("pkg:cargo/shop@2.1.0", "Cargo.toml"),
        "npm" => ("pkg:npm/%40acme/web@2.1.0", "web/package-lock.json"),
        _ => ("pkg:pypi/tools@2.1.0", "tools/uv.lock"),
    };
    package.verdicts = BTreeMap::from([(purl.to_owned(), package.verdict)]);
    package.location = Some(match package.name.as_str() {
        "readline-sys" => SourceSpan { file: file.to_owned(), line: 8, column: 1 },
        "legacy-crypto" => SourceSpan { file: file.to_owned(), line: 9, column: 1 },
        _ => SourceSpan::line(file, 21),
    });
    package
}

fn judged(mut package: PackageReport, verdict: Verdict, reason: &str) -> PackageReport {
    package.verdict = verdict;
    package.reason = reason.to_owned();
    package.verdicts.values_mut().for_each(|known| *known = verdict);
    package
}

fn gpl(package: PackageReport) -> PackageReport {
    let mut package = judged(
        package,
        Verdict::Incompatible,
        "GPL-3.0-only reaches the whole program, and MIT does not offer those terms.",
    );
    package.license.source = ConclusionSource::DeclaredAndDetected;
    package.license.detected = vec![detected("COPYING", &["GPL-3.0-only", "GPL-3.0-or-later"], 0.99)];
    package.checksums = vec![Checksum { algorithm: ChecksumAlgorithm::Sha256, value: "9f".repeat(32) }];
    package.details.description = Some("Bindings to a line editor".to_owned());
    package.details.repository = Some("https://code.example/readline-sys".to_owned());
    package.bundles = vec!["readline 8.2 (C sources)".to_owned()];
    package
}

fn disagreeing(package: PackageReport) -> PackageReport {
    let mut package = judged(
        package,
        Verdict::Unknown,
        "The metadata says MIT, the license text is that of the AGPL, and the project states no license.",
    );
    package.license = declared("MIT AND AGPL-3.0-only");
    package.license.declared = Some("MIT".to_owned());
    package.license.declared_verbatim = vec![
        DeclaredLicense {
            statement: LicenseStatement::Classifier("License :: OSI Approved :: MIT License".to_owned()),
            source: LicenseSource::Manifest,
            location: Some(SourceSpan::line("METADATA", 12)),
        },
        DeclaredLicense {
            statement: LicenseStatement::FreeText("MIT <b>bold</b>\u{1b}[2J\nsecond line".to_owned()),
            source: LicenseSource::Registry,
            location: None,
        },
    ];
    package.license.detected = vec![detected("LICENSE", &["AGPL-3.0-only", "AGPL-3.0-or-later"], 0.97)];
    package.license.source = ConclusionSource::Disagreement;
    package
}

fn detected(file: &str, candidates: &[&str], confidence: f32) -> DetectedLicense {
    DetectedLicense {
        kind: DetectedKind::Text,
        file: file.to_owned(),
        first_line: 1,
        last_line: 674,
        candidates: candidates.iter().map(|name| (*name).to_owned()).collect(),
        confidence,
        sha256: "0a".repeat(32),
    }
}

fn root(project: &licgraph::audit::ProjectReport) -> PackageReport {
    let ecosystem = match project.ecosystem.as_str() {
        "cargo" => Ecosystem::Cargo,
        "npm" => Ecosystem::Npm,
        _ => Ecosystem::Python,
    };
    let license = project.license.as_deref().unwrap_or("NOASSERTION");
    let mut package = package(ecosystem, &project.name, "2.1.0", license);
    package.project = true;
    package.verdict = project.verdict;
    package.reason = project.reason.clone();
    package.origin = Origin::Project;
    package
}

fn judge_projects(projects: &mut [licgraph::audit::ProjectReport], packages: &[PackageReport]) {
    let purl = |name: &str| &packages.iter().find(|package| package.name == name).expect("known").purl;
    projects[0].verdict = Verdict::Incompatible;
    projects[0].reason = "Code under the GPL reaches the whole program.".to_owned();
    projects[0].graph_source = Some("Cargo.lock".to_owned());
    projects[0].effective_outbound = EffectiveOutbound(None);
    projects[0].conveyed_packages = 7;
    projects[0].possible_outbound = vec![
        outbound("Apache-2.0", Verdict::Incompatible, &[purl("readline-sys"), purl("legacy-crypto")]),
        outbound("GPL-2.0-only", Verdict::Incompatible, &[purl("readline-sys"), purl("http-mesh")]),
        outbound("GPL-3.0-or-later", Verdict::Incompatible, &[purl("legacy-crypto")]),
        outbound("MIT", Verdict::Incompatible, &[purl("readline-sys"), purl("legacy-crypto")]),
    ];
    projects[1].verdict = Verdict::Unknown;
    projects[1].reason = "The project does not say under which license it is.".to_owned();
    projects[1].effective_outbound = EffectiveOutbound(None);
    projects[1].conveyed_packages = 15;
    projects[2].verdict = Verdict::Incompatible;
    projects[2].reason = "One package grants no license, one reserves production use.".to_owned();
    projects[2].effective_outbound = EffectiveOutbound(None);
    projects[2].conveyed_packages = 6;
    projects[2].possible_outbound = vec![
        outbound("AGPL-3.0-or-later", Verdict::Incompatible, &[purl("left-margin"), purl("chart-kit")]),
        outbound("Apache-2.0", Verdict::Incompatible, &[purl("left-margin"), purl("chart-kit")]),
    ];
}

fn findings(packages: &[PackageReport], projects: &[licgraph::audit::ProjectReport]) -> Vec<Finding> {
    let by_name = |name: &str| packages.iter().find(|package| package.name == name).expect("known");
    let (shop, tools, web) = (&projects[0], &projects[1], &projects[2]);
    let error = |rule, name: &str, project| finding(rule, Severity::Error, by_name(name), project);
    let warning = |rule, name: &str, project| finding(rule, Severity::Warning, by_name(name), project);
    let mut all = Vec::new();

    let mut gpl = error(RuleId::IncompatibleDependency, "readline-sys", shop);
    gpl.authority = vec!["GPL-3.0 s.5(c)".to_owned(), "FSF license list #GNUGPLv3".to_owned()];
    gpl.basis = Some(Basis::Clause);
    gpl.condition = Some("cfg(unix)".to_owned());
    gpl.more_paths = true;
    gpl.remedies = vec![
        remedy(
            RemedyKind::Replace,
            "Use rustyline-lite without its feature `readline`, or another line editor.",
        ),
        remedy(RemedyKind::ChangeLinkage, "Run the line editor as a separate program."),
        remedy(RemedyKind::Relicense, "Convey shop under GPL-3.0-only."),
        remedy(RemedyKind::AskUpstream, "Ask the authors of readline-sys for a linking exception."),
    ];
    all.push(gpl);

    let mut legacy = error(RuleId::IncompatibleDependency, "legacy-crypto", shop);
    legacy.authority = vec!["GPL-2.0 s.2(b)".to_owned()];
    legacy.basis = Some(Basis::Clause);
    legacy.remedies = vec![remedy(RemedyKind::OtherVersion, "Use legacy-crypto 2.0, which is MIT.")];
    all.push(legacy);

    all.push(error(RuleId::IncompatibleDependency, "chart-kit", web));

    let mut joint = loose(
        RuleId::JointConflict,
        Severity::Error,
        "GPL-2.0-only and Apache-2.0 cannot be conveyed together: the patent terms are a further restriction.",
        Some(SourceSpan { file: "Cargo.toml".to_owned(), line: 10, column: 1 }),
    );
    joint.verdict = Some(Verdict::Incompatible);
    joint.project = Some("shop".to_owned());
    joint.authority = vec!["FSF license list #apache2".to_owned(), "GPL-2.0 s.6".to_owned()];
    joint.basis = Some(Basis::PairRule);
    joint.paths = vec![by_name("legacy-crypto").paths[0].clone(), by_name("http-mesh").paths[0].clone()];
    joint.remedies = vec![remedy(RemedyKind::Replace, "Replace legacy-crypto or http-mesh.")];
    all.push(joint);

    let mut nothing = error(RuleId::NoLicense, "left-margin", web);
    nothing.remedies = vec![remedy(RemedyKind::AskUpstream, "Ask its authors for a license.")];
    all.push(nothing);

    for number in 0..12 {
        let name = format!("internal-{number:02}");
        let mut unknown = error(RuleId::UnknownLicense, &name, tools);
        unknown.remedies =
            vec![remedy(RemedyKind::Clarify, "Find out the license and record it as a clarification.")];
        all.push(unknown);
    }

    let mut missing = loose(
        RuleId::ProjectLicenseMissing,
        Severity::Error,
        "tools/pyproject.toml states no license, so nothing can be judged against it.",
        Some(SourceSpan::file("tools/pyproject.toml")),
    );
    missing.project = Some("tools".to_owned());
    missing.remedies = vec![remedy(RemedyKind::Clarify, "Add `license = \"...\"` to `[project]`.")];
    all.push(missing);

    let mut conditional = warning(RuleId::ConditionalDependency, "sass-native", web);
    conditional.conditions = vec!["Ship it as a file of its own that users can replace.".to_owned()];
    conditional.authority = vec!["LGPL-2.1 s.6".to_owned()];
    conditional.basis = Some(Basis::Clause);
    all.push(conditional);

    let mut script = warning(RuleId::PolicyReview, SCRIPT, web);
    script.verdict = None;
    script.reason = format!("The policy asks to look at {SCRIPT}; ask @security, see #42.");
    all.push(script);

    let mut disagreement = warning(RuleId::LicenseDisagreement, "form-parser", tools);
    disagreement.reason = "The metadata says MIT, LICENSE is the text of the AGPL.".to_owned();
    all.push(disagreement);

    let mut escapes = finding(RuleId::UpstreamConflict, Severity::Note, by_name(ESCAPES), web);
    escapes.reason = format!("{REVERSED} cannot be part of {ESCAPES} under ISC.");
    all.push(escapes);

    let mut waived = finding(RuleId::PolicyDenied, Severity::Error, by_name("winreg-helper"), shop);
    waived.reason = "The policy does not allow MPL-2.0.".to_owned();
    waived.suppressed = Some(Suppression {
        kind: SuppressionKind::Waiver,
        reason: "used on Windows only, unchanged".to_owned(),
        author: Some("legal".to_owned()),
        until: Some("2026-12-31".to_owned()),
        ticket: Some("LEGAL-7".to_owned()),
    });
    all.push(waived);

    all.push(loose(
        RuleId::WaiverUnused,
        Severity::Note,
        "The waiver for pkg:cargo/gone matches nothing.",
        Some(SourceSpan { file: "licgraph.toml".to_owned(), line: 3, column: 1 }),
    ));
    all.sort_by_key(|finding| (finding.severity, finding.rule));
    all
}

fn remedy(kind: RemedyKind, step: &str) -> Remedy {
    Remedy { kind, step: step.to_owned() }
}

/// An edge for each last step of a path.
fn dependencies(packages: &[PackageReport]) -> Vec<DependencyReport> {
    let labelled = |label: &str| {
        let mut all = packages.iter();
        all.find(|package| format!("{} {}", package.name, package.version.as_deref().unwrap_or("")) == label)
    };
    let mut edges: Vec<_> = packages
        .iter()
        .filter_map(|package| {
            let path = package.paths.first()?;
            let user = labelled(&path[path.len() - 2])?;
            let mut dependency = edge(&user.purl, &package.purl);
            dependency.linkage = package.linkage;
            if package.name == "readline-sys" {
                dependency.verdict = Verdict::Incompatible;
                dependency.condition = Some("cfg(unix)".to_owned());
                dependency.scope = Scope::Optional;
            }
            Some(dependency)
        })
        .collect();
    let purl = |name: &str| packages.iter().find(|package| package.name == name).expect("known").purl.clone();
    let mut second = edge(&purl("http-mesh"), &purl("readline-sys"));
    second.verdict = Verdict::Conditional;
    second.linkage = Linkage::Build;
    second.scope = Scope::Build;
    edges.push(second);
    edges.push(edge(&purl("unicode-ident"), &purl("serde")));
    edges.sort();
    edges
}

fn summary(packages: &[PackageReport], findings: &[Finding], dependencies: &[DependencyReport]) -> Summary {
    let mut verdicts = BTreeMap::new();
    for package in packages.iter().filter(|package| !package.project) {
        *verdicts.entry(package.verdict.name().to_owned()).or_insert(0) += 1;
    }
    let mut severities = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.suppressed.is_none()) {
        *severities.entry(finding.severity.name().to_owned()).or_insert(0) += 1;
    }
    Summary {
        complete: false,
        packages: packages.iter().filter(|package| !package.project).count(),
        dependencies: dependencies.len(),
        verdicts,
        findings: severities,
        suppressed: findings.iter().filter(|finding| finding.suppressed.is_some()).count(),
        read: ["Cargo.lock", "Cargo.toml", "tools/uv.lock", "web/package-lock.json"]
            .map(str::to_owned)
            .to_vec(),
        not_read: vec!["docs/Gemfile: no reader for this manifest".to_owned()],
        fetched: BTreeMap::from([("registry.example".to_owned(), 3)]),
        not_fetched: 2,
    }
}

/// A report in which nothing is wrong.
pub fn passing() -> AuditReport {
    let mut report = report();
    report.projects.retain(|project| project.name == "shop");
    report.packages.retain(|package| {
        package.ecosystem == "cargo" && (package.project || package.verdict == Verdict::Compatible)
    });
    report.packages.retain(|package| package.name != "winreg-helper");
    let known: Vec<_> = report.packages.iter().map(|package| package.purl.clone()).collect();
    report.dependencies.retain(|edge| known.contains(&edge.from) && known.contains(&edge.to));
    for package in &mut report.packages {
        package.verdict = Verdict::Compatible;
    }
    let shop = &mut report.projects[0];
    shop.verdict = Verdict::Compatible;
    shop.reason = "Every dependency can be part of it.".to_owned();
    shop.effective_outbound = EffectiveOutbound(Some("MIT".to_owned()));
    shop.possible_outbound = vec![outbound("MIT", Verdict::Compatible, &[])];
    shop.conveyed_packages = 4;
    report.findings.clear();
    report.obligations.truncate(2);
    report.problems.clear();
    report.practices.clear();
    report.summary = Summary {
        complete: true,
        packages: known.len() - 1,
        dependencies: report.dependencies.len(),
        read: vec!["Cargo.lock".to_owned(), "Cargo.toml".to_owned()],
        ..Summary::default()
    };
    report
}
