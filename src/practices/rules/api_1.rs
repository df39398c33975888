//! API-1: an open and documented interface.

use crate::model::{PracticeEvidence, Verb};
use crate::practices::address::host;
use crate::practices::claims::parse_yaml;
use crate::practices::place;
use crate::practices::rule::{Context, Outcome, Rule, seen};
use crate::practices::text::{mentions, sections, word_count};
use crate::practices::tree::{Document, Tree};
use serde_json::Value;

/// The rule.
pub const RULE: Rule = Rule {
    id: "API-1",
    recommendation: "The software has an open and documented interface (API).",
    verb: Verb::Should,
    fix: "Describe the interface in a file that machines can read (OpenAPI, AsyncAPI, GraphQL, protobuf) or as a reference of all commands, and keep its version that of the code.",
    template: None,
    check,
};

/// Libraries that write the description from the code.
const GENERATORS: &[&str] = &[
    "fastapi",
    "utoipa",
    "aide",
    "poem-openapi",
    "paperclip",
    "dropshot",
    "drf-spectacular",
    "drf-yasg",
    "flask-restx",
    "flasgger",
    "apispec",
    "connexion",
    "@nestjs/swagger",
    "tsoa",
    "swagger-jsdoc",
    "github.com/swaggo/swag",
    "github.com/danielgtaylor/huma/v2",
];

enum Found {
    Good(PracticeEvidence),
    Doubtful(PracticeEvidence, String),
}

fn check(context: &Context) -> Outcome {
    let mut good = Vec::new();
    let mut doubtful = Vec::new();
    for file in context.tree.files().iter().filter(|file| is_candidate(&file.path)) {
        let Some(document) = context.tree.as_document(file) else { continue };
        match describe(context, &document) {
            Some(Found::Good(evidence)) => good.push(evidence),
            Some(Found::Doubtful(evidence, reason)) => doubtful.push((evidence, reason)),
            None => {}
        }
    }
    good.extend(references(context.tree));
    if !good.is_empty() {
        return Outcome::pass(0.8, "The interface is described.").with(good);
    }
    if let Some((_, reason)) = doubtful.first() {
        return Outcome::review(0.5, reason.clone()).with(doubtful.into_iter().map(|(evidence, _)| evidence));
    }
    built_from_code(context)
        .unwrap_or_else(|| Outcome::fail(0.6, "No description of an interface was found."))
}

fn is_candidate(path: &str) -> bool {
    let lower = path.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or("");
    let described =
        ["openapi", "swagger", "asyncapi", "openrpc", "api"].iter().any(|word| name.contains(word));
    let data = name.ends_with(".json") || name.ends_with(".yml") || name.ends_with(".yaml");
    let man =
        name.len() > 2 && name.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "1" | "5" | "7" | "8"));
    (described && data)
        || name.ends_with(".graphql")
        || name.ends_with(".graphqls")
        || name.ends_with(".proto")
        || (man && lower.contains("man"))
        || lower.ends_with(".wsdl")
}

fn describe(context: &Context, document: &Document) -> Option<Found> {
    let lower = document.path.to_lowercase();
    if lower.ends_with(".json") || lower.ends_with(".yml") || lower.ends_with(".yaml") {
        let value: Value = if lower.ends_with(".json") {
            serde_json::from_str(document.text).ok()?
        } else {
            parse_yaml(document.text).ok()?
        };
        return specification(context, document, &value);
    }
    let text = document.text;
    let count = |mark: &str| text.lines().filter(|line| line.trim_start().starts_with(mark)).count();
    let operations = if lower.ends_with(".proto") {
        count("rpc ")
    } else if lower.contains(".graphql") {
        if text.contains("type Query") || text.contains("type Mutation") {
            text.lines().filter(|line| line.contains(':')).count()
        } else {
            0
        }
    } else if lower.ends_with(".wsdl") {
        text.matches("<operation").count() + text.matches(":operation").count()
    } else if text.contains(".TH ") || text.contains(".Dt ") {
        count(".TP") + count(".It") + count(".B ")
    } else {
        0
    };
    (operations > 0)
        .then(|| Found::Good(seen(format!("describes {operations} operations"), document.place(1))))
}

/// OpenAPI, Swagger 2, AsyncAPI or OpenRPC with at least one operation, of this project.
fn specification(context: &Context, document: &Document, value: &Value) -> Option<Found> {
    let kinds = ["openapi", "swagger", "asyncapi", "openrpc"];
    let kind = kinds
        .iter()
        .find(|kind| value.get(**kind).is_some_and(|version| version.is_string() || version.is_number()))?;
    let operations = operations(value);
    if operations == 0 {
        return Some(Found::Doubtful(
            seen(format!("{kind} without an operation"), document.place(1)),
            "A description of an interface has no operation.".to_owned(),
        ));
    }
    let title = value.pointer("/info/title").and_then(Value::as_str).unwrap_or("").to_owned();
    let evidence = seen(format!("{kind} `{title}` with {operations} operations"), document.place(1));
    let reason = if mentions(&title, &["petstore", "pet store", "sample api"]) {
        Some("The description is the example of a tool.".to_owned())
    } else {
        consumed(context, document, value).or_else(|| outdated(context, value))
    };
    Some(match reason {
        Some(reason) => Found::Doubtful(evidence, reason),
        None => Found::Good(evidence),
    })
}

fn operations(value: &Value) -> usize {
    let verbs = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];
    let paths = value.get("paths").and_then(Value::as_object);
    let http: usize = paths
        .into_iter()
        .flat_map(|paths| paths.values())
        .filter_map(Value::as_object)
        .map(|path| path.keys().filter(|key| verbs.contains(&key.as_str())).count())
        .sum();
    let channels = value.get("channels").and_then(Value::as_object).map_or(0, |channels| channels.len());
    let methods = value.get("methods").and_then(Value::as_array).map_or(0, Vec::len);
    http + channels + methods
}

/// A description of somebody else's interface: all its servers are elsewhere, or it lies among clients.
fn consumed(context: &Context, document: &Document, value: &Value) -> Option<String> {
    let folders = ["client", "clients", "upstream", "consumed", "sdk", "integrations"];
    if document.path.to_lowercase().split('/').any(|part| folders.contains(&part)) {
        return Some(
            "The description lies among clients, so it may be of an interface that is used, not offered."
                .to_owned(),
        );
    }
    let mut servers: Vec<&str> = value
        .get("servers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|server| server.get("url")?.as_str())
        .collect();
    servers.extend(value.get("host").and_then(Value::as_str));
    let manifests = context.tree.manifests();
    let mut own: Vec<String> =
        place::addresses(context).iter().filter_map(|address| host(&address.url)).collect();
    own.extend(
        manifests
            .homepages
            .iter()
            .chain(&manifests.documentation)
            .chain(&context.tree.claims().sites)
            .filter_map(|claim| host(&claim.value)),
    );
    let foreign = |server: &&str| {
        let address = if server.contains("://") { (*server).to_owned() } else { format!("https://{server}") };
        let absolute = server.contains("://") || !server.starts_with('/');
        host(&address).is_some_and(|host| {
            absolute
                && !server.contains('{')
                && !own.contains(&host)
                && !host.starts_with("localhost")
                && !crate::practices::address::is_internal(&host)
                && !crate::practices::address::is_placeholder(&address)
        })
    };
    (!servers.is_empty() && servers.iter().all(foreign))
        .then(|| format!("The description names only servers elsewhere ({}), so it may be of an interface that is used, not offered.", servers[0]))
}

/// Another major version than the code's.
fn outdated(context: &Context, value: &Value) -> Option<String> {
    let described = value.pointer("/info/version").and_then(Value::as_str)?;
    let code = &context.tree.manifests().versions.first()?.value;
    let major = |version: &str| version.trim_start_matches('v').split('.').next()?.parse::<u64>().ok();
    let (of_description, of_code) = (major(described)?, major(code)?);
    (of_description != of_code)
        .then(|| format!("The description is of version {described}, the code of version {code}."))
}

/// References for people: of the commands, of the interface.
fn references(tree: &Tree) -> Vec<PracticeEvidence> {
    let mut found = Vec::new();
    for document in tree.documents() {
        let name = document.path.to_lowercase();
        let stem = name.rsplit('/').next().unwrap_or("");
        let named = name.contains("api")
            || name.contains("reference/")
            || stem.starts_with("cli")
            || stem.contains("command")
            || stem.starts_with("reference");
        let marked = document.text.matches("```").count() / 2 + document.text.matches("::\n").count();
        if named && sections(document.text).len() >= 3 && marked >= 2 && word_count(document.text) >= 80 {
            found.push(seen("a reference for people", document.place(1)));
        }
    }
    found.truncate(3);
    found
}

fn built_from_code(context: &Context) -> Option<Outcome> {
    let manifests = context.tree.manifests();
    if let Some(claim) = manifests.dependency(GENERATORS) {
        return Some(
            Outcome::review(
                0.5,
                format!("{} writes the description from the code when it runs.", claim.value),
            )
            .seen("a generator", claim.place.clone()),
        );
    }
    let sphinx = context.tree.files().iter().find(|file| {
        file.path.ends_with("conf.py")
            && context
                .tree
                .text(file)
                .is_some_and(|text| text.contains("sphinx.ext.autodoc") || text.contains("autoapi"))
    });
    if let Some(file) = sphinx {
        return Some(
            Outcome::review(0.5, "The documentation of the interface is built from the code.")
                .seen("autodoc", file.path.clone()),
        );
    }
    let library = context.tree.file("src/lib.rs").and_then(|file| context.tree.as_document(file));
    if let Some(document) = library.filter(|document| document.text.matches("///").count() >= 5) {
        return Some(
            Outcome::review(0.5, "The documentation of the library's interface is built from its comments.")
                .seen("documentation comments", document.place(1)),
        );
    }
    let claim = manifests.documentation.first().or(context.tree.claims().api_documentation.first())?;
    Some(
        Outcome::review(0.4, "Documentation is said to be elsewhere.")
            .seen(format!("claims {}", claim.value), claim.place.clone()),
    )
}
