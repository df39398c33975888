//! `licgraph practices`: the other recommendations.

use super::audit_options::AuditOptions;
use super::auditing::{self, Audited, PolicyOptions, load_policy, plain_options, variable};
use super::exit::ExitStatus;
use super::input::Failure;
use super::output;
use crate::audit::AuditReport;
use crate::diff::read_snapshot;
use crate::model::{Finding, PracticeResult, PracticeState, RuleId, Verb};
use crate::policy::{self, Policy, PracticeSetting};
use crate::practices::{
    CompatibilityFacts, Conflict, ConflictDecision, DecisionKind, ForgeToken, HttpProbe, LicenseFacts,
    Online, PracticeDecision, PracticeInputs, ReviewRecord, review,
};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Check open-source practices: what a project says and does, with the evidence for each answer.
#[derive(Debug, Args)]
#[command(
    after_help = "Offline by default: what only a server can tell is `unknown`, never `fail`. There is no total \
score. What is waived or has no object here is said in licgraph.toml.\n\nExit status 1: a practice that the guide \
says must be there is not.\n\nExamples:\n  licgraph practices\n  licgraph practices --online --format json"
)]
pub struct PracticesArguments {
    /// The repository.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Ask the forge, the site and the key server too, anonymously.
    #[arg(long)]
    online: bool,
    /// A checkout of the organisation's `.github` or `.gitlab-profile` repository.
    #[arg(long, value_name = "DIR")]
    organisation: Option<PathBuf>,
    /// The address of the canonical repository.
    #[arg(long, value_name = "URL")]
    repository: Option<String>,
    /// The project's own site, for its security.txt.
    #[arg(long, value_name = "URL")]
    site: Option<String>,
    /// The only host that LICGRAPH_FORGE_TOKEN is sent to.
    #[arg(long, value_name = "HOST")]
    token_host: Option<String>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Runs the command.
pub fn run(arguments: &PracticesArguments) -> Result<ExitStatus, Failure> {
    if !arguments.path.is_dir() {
        return Err(Failure::Use(format!(
            "{} is not a directory; name a repository",
            arguments.path.display()
        )));
    }
    let probe = arguments
        .online
        .then(|| HttpProbe::new(Duration::from_secs(20)))
        .transpose()
        .map_err(|failure| Failure::Use(format!("cannot ask online: {}", failure.0)))?;
    let token = arguments.token_host.clone().and_then(|host| {
        let value = std::env::var("LICGRAPH_FORGE_TOKEN").ok().filter(|value| !value.is_empty())?;
        Some(ForgeToken { host, value })
    });
    let options = AuditOptions { offline: true, ..plain_options(&arguments.path) };
    let policy = load_policy(&options, &PolicyOptions::default(), None)?;
    let now = policy::now(&variable).map_err(|error| Failure::Use(error.to_string()))?;
    // The license rules rest on the audit; a tree without a project still has the other practices.
    let audited = auditing::run(&options, &PolicyOptions::default()).ok();
    let inputs = PracticeInputs {
        now: Some(now),
        decisions: decisions(&policy),
        review_record: review_record(&arguments.path, &policy),
        license: audited.as_ref().map(|audited| license_facts(&audited.report)),
        compatibility: audited.as_ref().map(|audited| compatibility_facts(&audited.report)),
        organisation: arguments.organisation.clone(),
        repository: arguments.repository.clone(),
        site: arguments.site.clone(),
        online: probe.as_ref().map(|probe| Online { probe, token, cna_list: None }),
        ..PracticeInputs::default()
    };
    let results = review(&arguments.path, &inputs);
    let text = match arguments.format {
        Format::Json => serde_json::to_string_pretty(&results)
            .map(|text| text + "\n")
            .map_err(|error| Failure::Use(format!("the results cannot be written as JSON: {error}")))?,
        Format::Text => sentences(&results),
    };
    output::write(text.as_bytes(), None)?;
    let failed =
        results.iter().any(|result| result.verb == Verb::Must && result.state == PracticeState::Fail);
    Ok(if failed { ExitStatus::Findings } else { ExitStatus::Clean })
}

/// The practices as a section of an audit's report; nothing is asked online.
pub fn section(audited: &Audited) -> Result<Vec<PracticeResult>, Failure> {
    let inputs = PracticeInputs {
        now: Some(policy::now(&variable).map_err(|error| Failure::Use(error.to_string()))?),
        decisions: decisions(&audited.policy),
        review_record: review_record(&audited.root, &audited.policy),
        license: Some(license_facts(&audited.report)),
        compatibility: Some(compatibility_facts(&audited.report)),
        ..PracticeInputs::default()
    };
    Ok(review(&audited.root, &inputs))
}

/// What the audit saw of the projects' own licenses.
fn license_facts(report: &AuditReport) -> LicenseFacts {
    let expressions = report
        .projects
        .iter()
        .filter_map(|project| Some((project.license.clone()?, project.manifest.clone())))
        .collect();
    let own = report.packages.iter().filter(|package| package.project);
    LicenseFacts { expressions, detected: own.flat_map(|package| package.license.detected.clone()).collect() }
}

/// Which dependencies are in conflict, and what the policy decided about each.
fn compatibility_facts(report: &AuditReport) -> CompatibilityFacts {
    let conflict = |finding: &&Finding| {
        matches!(finding.rule, RuleId::IncompatibleDependency | RuleId::JointConflict | RuleId::NoLicense)
    };
    let conflicts = report.findings.iter().filter(conflict).map(|finding| Conflict {
        package: finding.package_label.clone().unwrap_or_else(|| finding.reason.clone()),
        decision: finding.suppressed.as_ref().map(|suppressed| ConflictDecision {
            place: policy::FILE_NAME.to_owned(),
            reason: suppressed.reason.clone(),
            expires: suppressed.until.as_deref().and_then(|day| day.parse().ok()),
        }),
    });
    CompatibilityFacts { complete: report.summary.complete, conflicts: conflicts.collect() }
}

/// What the policy decided about single rules.
fn decisions(policy: &Policy) -> Vec<PracticeDecision> {
    let of = |setting: &PracticeSetting| PracticeDecision {
        rule: setting.id.clone(),
        kind: match setting.state {
            PracticeState::Waived => DecisionKind::Waived,
            _ => DecisionKind::NotApplicable,
        },
        reason: setting.reason.clone(),
        expires: setting.expires,
        place: Some(setting.location.to_string()),
    };
    policy.practices.iter().map(of).collect()
}

/// The last accepted license review, where the repository keeps one that can be read.
fn review_record(path: &Path, policy: &Policy) -> Option<ReviewRecord> {
    let directory = super::review::record_directory(path, policy);
    let record = read_snapshot(&directory.join(super::review::RECORD)).ok()?;
    let date: jiff::civil::Date = record.created.as_deref()?.parse().ok()?;
    let place = directory.strip_prefix(path).unwrap_or(&directory).join(format!("{date}.md"));
    Some(ReviewRecord {
        place: place.to_string_lossy().replace('\\', "/"),
        date,
        dependencies: record.packages.len(),
    })
}

fn sentences(results: &[PracticeResult]) -> String {
    let mut text = String::new();
    for result in results {
        let _ = writeln!(text, "{:<7}{:<15}{}", result.id, state(result.state), result.recommendation);
        let _ = writeln!(text, "       {}", result.reason);
        for evidence in &result.evidence {
            let place = evidence.place.as_deref().map(|place| format!(" ({place})")).unwrap_or_default();
            let _ = writeln!(text, "       - {}{place}", evidence.statement);
        }
        if result.state == PracticeState::Fail {
            let fix = result.fix.lines().next().unwrap_or_default();
            let _ = writeln!(text, "       fix: {fix}");
        }
    }
    let mut counts: BTreeMap<(Verb, &str), usize> = BTreeMap::new();
    for result in results {
        *counts.entry((result.verb, state(result.state))).or_default() += 1;
    }
    for ((verb, state), count) in counts {
        let _ = writeln!(text, "{:<8}{state:<15}{count:>3}", verb_name(verb));
    }
    text
}

fn state(state: PracticeState) -> &'static str {
    match state {
        PracticeState::Pass => "pass",
        PracticeState::Fail => "fail",
        PracticeState::Review => "review",
        PracticeState::Unknown => "unknown",
        PracticeState::NotApplicable => "not applicable",
        PracticeState::Waived => "waived",
    }
}

fn verb_name(verb: Verb) -> &'static str {
    match verb {
        Verb::Must => "must",
        Verb::Should => "should",
        Verb::May => "may",
        Verb::Helps => "helps",
    }
}
