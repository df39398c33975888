//! INT-1: open standards and data models are used.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::rule::{Context, Outcome, Rule, remark, seen};
use crate::practices::text::{has_word, mentions};
use crate::practices::tree::Tree;
use std::collections::BTreeMap;

/// The rule.
pub const RULE: Rule = Rule {
    id: "INT-1",
    recommendation: "Existing open standards and data models are used.",
    verb: Verb::Helps,
    fix: "Read and write an open format of the field (MISP, STIX, CSAF, CycloneDX, SPDX, SARIF, ...) and document how.",
    template: None,
    check,
};

/// Standards by name and by how they appear in paths and dependencies.
const STANDARDS: &[(&str, &[&str])] = &[
    ("MISP", &["misp", "pymisp"]),
    ("STIX", &["stix", "stix2"]),
    ("TAXII", &["taxii", "taxii2"]),
    ("CSAF", &["csaf"]),
    ("VEX", &["vex", "openvex"]),
    ("CycloneDX", &["cyclonedx"]),
    ("SPDX", &["spdx"]),
    ("SARIF", &["sarif"]),
    ("Sigma", &["sigma"]),
    ("YARA", &["yara"]),
    ("OpenIOC", &["openioc"]),
    ("IDMEF", &["idmef"]),
    ("n6", &["n6"]),
    ("IODEF", &["iodef"]),
    ("CVE JSON", &["cve_json", "cvelist"]),
    ("OSV", &["osv"]),
    ("purl", &["purl", "packageurl"]),
    ("JUnit", &["junit"]),
    ("OpenTelemetry", &["opentelemetry"]),
    ("ActivityPub", &["activitypub"]),
];
const USES: &[&str] = &[
    "import", "export", "convert", "output", "read", "write", "generate", "produce", "ingest", "feed",
    "parse", "support", "format",
];
const SOURCES: &[&str] =
    &["rs", "py", "go", "js", "ts", "java", "rb", "php", "c", "cc", "cpp", "cs", "kt", "ex", "scala"];

fn check(context: &Context) -> Outcome {
    let documented = documented(context.tree);
    let implemented = implemented(context.tree);
    let both: Vec<&&str> = documented.keys().filter(|name| implemented.contains_key(*name)).collect();
    if !both.is_empty() {
        let names = both.iter().map(|name| **name).collect::<Vec<_>>().join(", ");
        let evidence: Vec<_> =
            both.iter().flat_map(|name| [documented[**name].clone(), implemented[**name].clone()]).collect();
        return Outcome::pass(0.7, format!("Documented and in the code: {names}.")).with(evidence);
    }
    let claims = context
        .tree
        .claims()
        .standards
        .iter()
        .map(|claim| seen(format!("claims {}", claim.value), claim.place.clone()));
    let partial: Vec<_> = documented
        .into_values()
        .chain(implemented.into_values())
        .chain(claims)
        .chain(dependencies(context))
        .collect();
    if partial.is_empty() {
        return Outcome::fail(0.5, "No open standard of the field was found.")
            .with([remark("A well-known format of its own has to be judged by a person.")]);
    }
    Outcome::review(
        0.4,
        "A standard is named, or a library for one is used, but not both documented and in the code.",
    )
    .with(partial)
}

/// Lines that say a standard is read or written. Rows of a table may compare tools and do not count.
fn documented(tree: &Tree) -> BTreeMap<&'static str, PracticeEvidence> {
    let mut found = BTreeMap::new();
    for document in tree.documents() {
        for (at, line) in document.text.lines().enumerate() {
            if line.trim_start().starts_with('|') || !mentions(line, USES) {
                continue;
            }
            for (name, _) in STANDARDS.iter().filter(|(name, _)| has_word(line, &[&name.to_lowercase()])) {
                found
                    .entry(*name)
                    .or_insert_with(|| seen(format!("says that {name} is used"), document.place(at + 1)));
            }
        }
    }
    found
}

/// Source files named for a standard, with something in them.
fn implemented(tree: &Tree) -> BTreeMap<&'static str, PracticeEvidence> {
    let mut found = BTreeMap::new();
    for file in
        tree.files().iter().filter(|file| file.size > 200 && SOURCES.contains(&file.extension().as_str()))
    {
        let path = file.path.to_lowercase();
        let words: Vec<&str> = path.split(|letter: char| !letter.is_alphanumeric()).collect();
        for (name, marks) in
            STANDARDS.iter().filter(|(_, marks)| marks.iter().any(|mark| words.contains(mark)))
        {
            found.entry(*name).or_insert_with(|| {
                seen(format!("code for {name} by its file name ({})", marks[0]), file.path.clone())
            });
        }
    }
    found
}

fn dependencies(context: &Context) -> Vec<PracticeEvidence> {
    let marks: Vec<&str> = STANDARDS.iter().flat_map(|(_, marks)| marks.iter().copied()).collect();
    let claims = context.tree.manifests().dependencies.iter();
    claims
        .filter(|claim| claim.value.split(['-', '_', '/', '.']).any(|part| marks.contains(&part)))
        .map(|claim| seen(format!("depends on {}", claim.value), claim.place.clone()))
        .collect()
}
