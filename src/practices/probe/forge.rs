//! What a forge says of a repository, in one shape for GitHub, GitLab, and Gitea or Forgejo.

use super::{Reply, Session};
use crate::model::PracticeEvidence;
use serde_json::Value;

/// What is known; none where the forge did not say.
#[derive(Clone, Debug, Default)]
pub struct ForgeFacts {
    /// Which kind of forge answered.
    pub kind: &'static str,
    /// No longer changed.
    pub archived: Option<bool>,
    /// A copy of another repository to work in.
    pub fork: Option<bool>,
    /// A mirror of another repository.
    pub mirror: Option<bool>,
    /// Whether issues can be opened.
    pub issues: Option<bool>,
    /// Whether changes can be proposed.
    pub changes: Option<bool>,
    /// Whether there are discussions.
    pub discussions: Option<bool>,
    /// An issue tracker elsewhere.
    pub external_tracker: Option<String>,
    /// What a reader should know beside.
    pub remarks: Vec<String>,
    /// The addresses that were read.
    pub evidence: Vec<PracticeEvidence>,
}

/// Asks the forge of a repository.
///
/// # Errors
/// Why nothing is known.
pub fn facts(session: &Session, repository: &str) -> Result<ForgeFacts, String> {
    let place =
        Place::of(repository).ok_or_else(|| format!("`{repository}` names no repository on a forge"))?;
    if place.host == "github.com" {
        return github(session, &place);
    }
    match session.get_interface(&format!("https://{}/api/v1/version", place.host)) {
        Ok(reply) if reply.answer.status == 200 && names_version(&reply) => gitea(session, &place),
        Ok(_) => gitlab(session, &place),
        Err(reason) => Err(reason),
    }
}

/// Where a repository is.
pub struct Place {
    /// The forge, with port.
    pub host: String,
    /// `owner/name`, or a longer path on GitLab.
    pub path: String,
}

impl Place {
    /// From its https address.
    pub fn of(repository: &str) -> Option<Self> {
        let rest = repository.strip_prefix("https://")?;
        let (host, path) = rest.split_once('/')?;
        let path = path.trim_end_matches('/').trim_end_matches(".git");
        path.contains('/').then(|| Self { host: host.to_owned(), path: path.to_owned() })
    }
}

fn names_version(reply: &Reply) -> bool {
    reply.answer.json().is_some_and(|value| value.get("version").is_some_and(Value::is_string))
}

fn object(session: &Session, url: &str) -> Result<Value, String> {
    let reply = session.get_interface(url)?;
    match (reply.answer.status, reply.answer.json()) {
        (200, Some(value)) if value.is_object() => Ok(value),
        (200, _) => Err(format!("{url} answers with something that is not JSON")),
        (status, _) => Err(format!("{url} answers with {status}")),
    }
}

fn flag(value: &Value, field: &str) -> Option<bool> {
    value.get(field).and_then(Value::as_bool)
}

fn github(session: &Session, place: &Place) -> Result<ForgeFacts, String> {
    let url = format!("https://api.github.com/repos/{}", place.path);
    let value = object(session, &url)?;
    let policy = value.get("pull_request_creation_policy").and_then(Value::as_str);
    let changes = match (flag(&value, "has_pull_requests"), policy) {
        (Some(false), _) | (_, Some("collaborators_only")) => Some(false),
        (Some(true), Some("all")) => Some(true),
        _ => None,
    };
    Ok(ForgeFacts {
        kind: "GitHub",
        archived: flag(&value, "archived").map(|archived| archived || flag(&value, "disabled") == Some(true)),
        fork: flag(&value, "fork"),
        mirror: value.get("mirror_url").map(|mirror| mirror.is_string()),
        issues: flag(&value, "has_issues"),
        changes,
        discussions: flag(&value, "has_discussions"),
        external_tracker: None,
        remarks: vec!["Interaction limits and the limit of open pull requests cannot be read.".to_owned()],
        evidence: vec![session.evidence("what the forge says of the repository", &url)],
    })
}

fn gitea(session: &Session, place: &Place) -> Result<ForgeFacts, String> {
    let url = format!("https://{}/api/v1/repos/{}", place.host, place.path);
    let value = object(session, &url)?;
    let external = value.pointer("/external_tracker/external_tracker_url").and_then(Value::as_str);
    Ok(ForgeFacts {
        kind: "Gitea or Forgejo",
        archived: flag(&value, "archived"),
        fork: flag(&value, "fork"),
        mirror: flag(&value, "mirror"),
        issues: flag(&value, "has_issues"),
        changes: flag(&value, "has_pull_requests"),
        discussions: None,
        external_tracker: external.filter(|url| !url.is_empty()).map(str::to_owned),
        remarks: Vec::new(),
        evidence: vec![session.evidence("what the forge says of the repository", &url)],
    })
}

fn gitlab(session: &Session, place: &Place) -> Result<ForgeFacts, String> {
    let url = format!("https://{}/api/v4/projects/{}", place.host, place.path.replace('/', "%2F"));
    let value = object(session, &url)?;
    if value.get("path_with_namespace").is_none() {
        return Err(format!("{} is no forge this program knows", place.host));
    }
    Ok(ForgeFacts {
        kind: "GitLab",
        archived: flag(&value, "archived"),
        fork: Some(value.get("forked_from_project").is_some()),
        mirror: flag(&value, "mirror"),
        issues: access(session, &value, "issues_access_level", &format!("{url}/issues?per_page=1")),
        changes: access(
            session,
            &value,
            "merge_requests_access_level",
            &format!("{url}/merge_requests?per_page=1"),
        ),
        discussions: None,
        external_tracker: None,
        remarks: vec!["An account is needed to open an issue or propose a change.".to_owned()],
        evidence: vec![session.evidence("what the forge says of the repository", &url)],
    })
}

/// The access level, or, since an anonymous answer leaves it out, whether the list can be read.
fn access(session: &Session, value: &Value, field: &str, list: &str) -> Option<bool> {
    match value.get(field).and_then(Value::as_str) {
        Some("enabled") => Some(true),
        Some("disabled" | "private") => Some(false),
        _ => {
            let reply = session.get_interface(list).ok()?;
            (reply.answer.status == 200 && reply.answer.json().is_some_and(|list| list.is_array()))
                .then_some(true)
        }
    }
}

/// Whether GitHub takes private vulnerability reports for a repository. None: it did not say.
pub fn private_reports(session: &Session, repository: &str) -> Option<(bool, PracticeEvidence)> {
    let place = Place::of(repository).filter(|place| place.host == "github.com")?;
    let url = format!("https://api.github.com/repos/{}/private-vulnerability-reporting", place.path);
    let enabled = object(session, &url).ok()?.get("enabled")?.as_bool()?;
    Some((enabled, session.evidence("whether private vulnerability reports are enabled", &url)))
}

/// The published advisories of a repository on GitHub: their ids, with the CVE id where there is one.
pub fn advisories(session: &Session, repository: &str) -> Option<(Vec<String>, PracticeEvidence)> {
    let place = Place::of(repository).filter(|place| place.host == "github.com")?;
    let url = format!("https://api.github.com/repos/{}/security-advisories", place.path);
    let reply = session.get_interface(&url).ok().filter(|reply| reply.answer.status == 200)?;
    let value = reply.answer.json()?;
    let name = |advisory: &Value| {
        let id = |field: &str| advisory.get(field)?.as_str().map(str::to_owned);
        advisory.get("published_at").filter(|time| time.is_string())?;
        id("cve_id").or_else(|| id("ghsa_id"))
    };
    let names: Vec<String> = value.as_array()?.iter().filter_map(name).collect();
    Some((names, session.evidence("the published advisories", &url)))
}
