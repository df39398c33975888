//! PRV-2: functions and measures that improve privacy.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::rule::{Context, Outcome, Rule, seen};
use crate::practices::tree::{File, Tree};
use std::collections::BTreeMap;

/// The rule.
pub const RULE: Rule = Rule {
    id: "PRV-2",
    recommendation: "The software has functions and measures that improve privacy.",
    verb: Verb::Should,
    fix: "Offer settings for deletion after a time, for anonymising, for access, and for turning telemetry off, and document each by its name.",
    template: None,
    check,
};

/// Measures and the words that describe them.
const MEASURES: &[(&str, &[&str])] = &[
    (
        "deletion after a time",
        &["retention", "expire", "expiry", "purge", "deleted after", "delete after", "delete old"],
    ),
    (
        "anonymising",
        &[
            "anonymis",
            "anonymiz",
            "pseudonym",
            "redact",
            "mask the",
            "hash the ip",
            "truncate the ip",
            "strip metadata",
        ],
    ),
    (
        "encryption at rest",
        &[
            "encryption at rest",
            "encrypted at rest",
            "encrypt the database",
            "encrypts stored",
            "encrypt stored",
        ],
    ),
    (
        "access control",
        &["access control", "role-based", "rbac", "permission", "restrict access", "access rights"],
    ),
    ("an audit log", &["audit log", "audit trail"]),
    ("no telemetry", &["telemetry", "analytics", "phone home", "usage statistics"]),
    (
        "working offline",
        &["opens no connection", "no network access", "opens no socket", "without network", "never contacts"],
    ),
];
/// What looks like a measure and is none.
const NONE: &[&str] = &[
    "log rotation",
    "logrotate",
    "rotate logs",
    "certificate expir",
    "session cookie",
    "cache expir",
    "token expires",
    "tls",
    "https",
    "license expir",
];
const SOURCES: &[&str] = &[
    "rs", "py", "go", "js", "ts", "java", "rb", "php", "c", "cc", "cpp", "cs", "kt", "swift", "ex", "scala",
    "toml", "ini", "conf", "cfg", "yml", "yaml", "json",
];

struct Described {
    measure: &'static str,
    name: Option<String>,
    evidence: PracticeEvidence,
}

fn check(context: &Context) -> Outcome {
    let described = described(context.tree);
    let mut live: BTreeMap<&str, PracticeEvidence> = BTreeMap::new();
    let mut dead = Vec::new();
    for found in &described {
        match &found.name {
            Some(name) if occurs_in_code(context.tree, name) => {
                live.entry(found.measure).or_insert(found.evidence.clone());
            }
            Some(name) => dead.push(seen(
                format!("`{name}` does not occur in the code"),
                found.evidence.place.clone().unwrap_or_default(),
            )),
            None => {}
        }
    }
    if live.len() >= 2 {
        let names = live.keys().copied().collect::<Vec<_>>().join(", ");
        return Outcome::pass(0.7, format!("Documented and in the code: {names}.")).with(live.into_values());
    }
    if described.is_empty() {
        return Outcome::fail(0.6, "No function or measure that improves privacy is documented.");
    }
    let shown = described.into_iter().map(|found| found.evidence).take(5);
    let reason = if dead.is_empty() {
        "Measures are described, but fewer than two by the name of a setting in the code; a dependency or the deployment may provide them."
    } else {
        "Settings are described that do not occur in the code."
    };
    Outcome::review(0.4, reason).with(shown).with(dead)
}

/// Lines of the documentation that describe a measure, with the setting they name in code marks.
fn described(tree: &Tree) -> Vec<Described> {
    let mut found = Vec::new();
    for document in tree.documents() {
        let lower = document.path.to_lowercase();
        if ["changelog", "changes", "license", "conduct"].iter().any(|word| lower.contains(word)) {
            continue;
        }
        for (at, line) in document.text.lines().enumerate().filter(|(_, line)| line.len() < 1000) {
            let lower = line.to_lowercase();
            let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
            if says(NONE) {
                continue;
            }
            for (measure, _) in MEASURES.iter().filter(|(_, words)| says(words)) {
                let evidence = seen(format!("describes {measure}"), document.place(at + 1));
                found.push(Described { measure, name: setting(line), evidence });
            }
        }
    }
    found
}

/// The first thing in code marks that looks like a setting or a flag.
fn setting(line: &str) -> Option<String> {
    line.split('`').skip(1).step_by(2).find_map(|code| {
        let name = code.split(['=', ' ', ':']).next()?.trim().trim_start_matches('-');
        let shaped = name.len() >= 4
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter));
        shaped.then(|| name.to_owned())
    })
}

/// Whether the last part of a setting's name occurs in a source or configuration file, in any of its spellings.
fn occurs_in_code(tree: &Tree, name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let spellings = [last.to_owned(), last.replace('-', "_"), last.replace('_', "-")];
    let sources: Vec<&File> = tree
        .files()
        .iter()
        .filter(|file| SOURCES.contains(&file.extension().as_str()) && file.size < 256 * 1024)
        .collect();
    sources
        .into_iter()
        .filter(|file| !file.path.starts_with("docs/") && !file.path.starts_with(".github/"))
        .any(|file| {
            let text = tree.text(file).unwrap_or("");
            spellings
                .iter()
                .any(|spelling| memchr::memmem::find(text.as_bytes(), spelling.as_bytes()).is_some())
        })
}
