//! INT-2: connectors to other tools.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::address::urls;
use crate::practices::rule::{Context, Outcome, Rule, seen};
use crate::practices::text::{has_word, mentions};
use crate::practices::tree::{File, Tree};

/// The rule.
pub const RULE: Rule = Rule {
    id: "INT-2",
    recommendation: "Connectors integrate the software with other tools.",
    verb: Verb::Helps,
    fix: "Offer a module, plugin or connector for a tool the users already have, and link it from the README.",
    template: None,
    check,
};

const FOLDERS: &[&str] = &[
    "connectors",
    "connector",
    "integrations",
    "modules",
    "plugins",
    "expansion",
    "analyzers",
    "responders",
    "bots",
    "exporters",
    "importers",
];
/// Tools of the field, and tools that developers connect to.
const TOOLS: &[&str] = &[
    "misp",
    "thehive",
    "cortex",
    "intelmq",
    "opencti",
    "splunk",
    "elastic",
    "kibana",
    "wazuh",
    "graylog",
    "suricata",
    "zeek",
    "maltego",
    "rtir",
    "otrs",
    "zammad",
    "jira",
    "slack",
    "mattermost",
    "matrix",
    "gitlab",
    "github",
    "jenkins",
    "dependency-track",
    "dependencytrack",
    "defectdojo",
    "sonarqube",
    "vscode",
    "pre-commit",
    "pre_commit",
    "n6",
    "yeti",
    "timesketch",
    "velociraptor",
];
const CLIENTS: &[&str] = &[
    "pymisp",
    "thehive4py",
    "intelmq",
    "pycti",
    "cortex4py",
    "cortexutils",
    "splunk-sdk",
    "elasticsearch",
    "python-gitlab",
    "jira",
    "slack-sdk",
];
const SOURCES: &[&str] =
    &["rs", "py", "go", "js", "ts", "java", "rb", "php", "c", "cpp", "cs", "kt", "sh", "lua"];

fn check(context: &Context) -> Outcome {
    let (live, dead) = connectors(context.tree);
    if !live.is_empty() {
        return Outcome::pass(0.7, "There are connectors to other tools.").with(live).with(dead);
    }
    if !dead.is_empty() {
        return Outcome::review(0.5, "The connectors that were found are empty or given up.").with(dead);
    }
    if let Some(claim) = context.tree.manifests().dependency(CLIENTS) {
        return Outcome::review(
            0.4,
            "A client library of another tool is used; whether as a connector, a person has to judge.",
        )
        .seen(format!("depends on {}", claim.value), claim.place.clone());
    }
    linked(context.tree).unwrap_or_else(|| Outcome::fail(0.5, "No connector to another tool was found."))
}

/// Sources in a folder for connectors that name another tool.
fn connectors(tree: &Tree) -> (Vec<PracticeEvidence>, Vec<PracticeEvidence>) {
    let mut live = Vec::new();
    let mut dead = Vec::new();
    for file in tree
        .files()
        .iter()
        .filter(|file| file.lies_in(FOLDERS) && SOURCES.contains(&file.extension().as_str()))
    {
        let lower = file.path.to_lowercase();
        let Some(tool) =
            TOOLS.iter().find(|tool| has_word(&lower.replace(['_', '/'], " "), &[&tool.replace('_', " ")]))
        else {
            continue;
        };
        let list = if works(tree, file) { &mut live } else { &mut dead };
        list.push(seen(format!("a connector to {tool}"), file.path.clone()));
    }
    live.truncate(5);
    dead.truncate(5);
    (live, dead)
}

/// Some lines of code, and no word that it was given up.
fn works(tree: &Tree, file: &File) -> bool {
    let text = tree.text(file).unwrap_or("");
    let head: String = text.lines().take(15).collect::<Vec<_>>().join("\n");
    let code = text
        .lines()
        .map(str::trim)
        .filter(|line| {
            line.len() > 3
                && !["#", "//", "/*", "*", "\"\"\"", "--"].iter().any(|mark| line.starts_with(mark))
        })
        .count();
    code >= 5
        && !mentions(&head, &["deprecated", "no longer works", "not maintained", "unmaintained", "obsolete"])
}

/// A connector that lives in the other project.
fn linked(tree: &Tree) -> Option<Outcome> {
    tree.readmes().iter().find_map(|document| {
        let (at, line) = document.text.lines().enumerate().find(|(_, line)| {
            mentions(line, &["connector", "integration", "plugin", "module", "expansion", "analyzer"])
                && mentions(line, TOOLS)
                && !urls(line).is_empty()
        })?;
        Some(
            Outcome::review(0.4, "A connector in another project is linked.")
                .seen(line.trim(), document.place(at + 1)),
        )
    })
}
