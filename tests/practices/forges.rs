//! Forges, sites, keys and links on a server on loopback.

use crate::online::{MANIFEST, ask, online, project};
use crate::server::{Loopback, Page, Server, references};
use crate::support::{commit, result, write};
use licgraph::model::{PracticeResult, PracticeState};
use licgraph::practices::{Online, PracticeInputs, review};

const VERSION: &str = "/api/v1/version";

fn gitea(body: &'static str) -> PracticeResult {
    let server = Server::start(move |target| match target {
        VERSION => Page::json("{\"version\": \"1.22.0\"}"),
        "/api/v1/repos/team/tool" => Page::json(body),
        _ => Page::status(404),
    });
    ask(project().path(), &[("forge.alt", &server)], "SCM-3")
}

#[test]
fn gitea_and_forgejo_say_what_is_open() {
    let open = gitea(
        r#"{"private": false, "archived": false, "mirror": false, "has_issues": true, "has_pull_requests": true}"#,
    );
    assert_eq!(open.state, PracticeState::Pass, "{}", open.reason);
    let elsewhere = gitea(
        r#"{"archived": false, "has_issues": false, "has_pull_requests": true, "external_tracker": {"external_tracker_url": "https://bugs.alt"}}"#,
    );
    assert_eq!(elsewhere.state, PracticeState::Pass, "{}", elsewhere.reason);
    for (body, expected) in [
        (r#"{"archived": true, "has_issues": true, "has_pull_requests": true}"#, PracticeState::Fail),
        (r#"{"archived": false, "has_issues": false, "has_pull_requests": true}"#, PracticeState::Fail),
        (r#"{"archived": false, "has_issues": true, "has_pull_requests": false}"#, PracticeState::Fail),
        (
            r#"{"archived": false, "mirror": true, "has_issues": true, "has_pull_requests": true}"#,
            PracticeState::Review,
        ),
        (r#"{}"#, PracticeState::Review),
        ("not json", PracticeState::Unknown),
    ] {
        let found = gitea(body);
        assert_eq!(found.state, expected, "{body}: {}", found.reason);
    }
}

fn gitlab(project_page: &'static str, lists: u16) -> PracticeResult {
    let server = Server::start(move |target| match target {
        "/api/v4/projects/team%2Ftool" => Page::json(project_page),
        target if target.ends_with("per_page=1") => Page::new(lists, "application/json", "[]"),
        _ => Page::new(404, "text/html", "<html>"),
    });
    ask(project().path(), &[("forge.alt", &server)], "SCM-3")
}

#[test]
fn gitlab_is_asked_for_its_lists_where_it_hides_its_levels() {
    let body = r#"{"path_with_namespace": "team/tool", "archived": false}"#;
    let open = gitlab(body, 200);
    assert_eq!(open.state, PracticeState::Pass, "{}", open.reason);
    assert!(
        open.evidence.iter().any(|evidence| evidence.statement.contains("account is needed")),
        "{open:?}"
    );
    assert_eq!(gitlab(body, 401).state, PracticeState::Review);
    let closed = r#"{"path_with_namespace": "team/tool", "archived": false, "issues_access_level": "disabled", "merge_requests_access_level": "enabled"}"#;
    assert_eq!(gitlab(closed, 200).state, PracticeState::Fail);
    assert_eq!(gitlab("{}", 200).state, PracticeState::Unknown, "no forge this program knows");
}

fn github(
    pages: impl Fn(&str) -> Page + Send + Sync + 'static,
    id: &str,
    files: &[(&str, &str)],
) -> (PracticeResult, Server) {
    let api = Server::start(pages);
    let site = Server::start(|_| references(true));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Cargo.toml", &MANIFEST.replace("forge.alt", "github.com"));
    files.iter().for_each(|(path, text)| write(folder.path(), path, text));
    (ask(folder.path(), &[("github.com", &site), ("api.github.com", &api)], id), api)
}

fn repository(body: &'static str) -> PracticeState {
    let pages =
        move |target: &str| if target == "/repos/team/tool" { Page::json(body) } else { Page::status(404) };
    github(pages, "SCM-3", &[]).0.state
}

#[test]
fn github_says_what_is_open() {
    use PracticeState::{Fail, Pass, Review};
    let cases = [
        (
            r#"{"archived": false, "has_issues": true, "has_pull_requests": true, "pull_request_creation_policy": "all"}"#,
            Pass,
        ),
        (
            r#"{"archived": false, "has_issues": true, "has_pull_requests": true, "pull_request_creation_policy": "collaborators_only"}"#,
            Fail,
        ),
        (r#"{"archived": false, "has_issues": true, "has_pull_requests": false}"#, Fail),
        (r#"{"archived": true, "has_issues": true}"#, Fail),
        (r#"{"archived": false, "disabled": true, "has_issues": true}"#, Fail),
        (
            r#"{"archived": false, "has_issues": false, "has_pull_requests": true, "pull_request_creation_policy": "all"}"#,
            Fail,
        ),
        (r#"{"archived": false, "has_issues": true}"#, Review),
    ];
    for (body, expected) in cases {
        assert_eq!(repository(body), expected, "{body}");
    }
}

#[test]
fn a_used_up_limit_stops_every_later_request_to_that_host() {
    let (found, api) = github(|_| Page::status(403).with("X-RateLimit-Remaining", "0"), "SCM-3", &[]);
    assert_eq!(found.state, PracticeState::Unknown, "{}", found.reason);
    assert_eq!(api.log().len(), 1, "{:?}", api.log());
}

#[test]
fn a_fork_is_not_where_the_project_lives() {
    let api = Server::start(|target| {
        if target == "/repos/team/tool" { Page::json(r#"{"fork": true}"#) } else { Page::status(404) }
    });
    let site = Server::start(|_| references(true));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Cargo.toml", &MANIFEST.replace("forge.alt", "github.com"));
    commit(folder.path(), "First", "2026-01-01T00:00:00Z");
    commit(folder.path(), "Second", "2026-02-01T00:00:00Z");
    let found = ask(folder.path(), &[("github.com", &site), ("api.github.com", &api)], "SCM-1");
    assert_eq!(found.state, PracticeState::Review, "{}", found.reason);
}

#[test]
fn private_reports_advisories_and_discussions_are_evidence() {
    let pages = |target: &str| match target {
        "/repos/team/tool" => Page::json(r#"{"has_discussions": true, "archived": false}"#),
        "/repos/team/tool/private-vulnerability-reporting" => Page::json(r#"{"enabled": true}"#),
        "/repos/team/tool/security-advisories" => Page::json(
            r#"[{"cve_id": "CVE-2026-0001", "published_at": "2026-02-01T00:00:00Z"}, {"cve_id": "CVE-2026-0002", "published_at": null}]"#,
        ),
        _ => Page::status(404),
    };
    assert_eq!(github(pages, "SEC-1", &[]).0.state, PracticeState::Pass);
    assert_eq!(github(pages, "COM-2", &[]).0.state, PracticeState::Pass);
    let told = github(pages, "SEC-7", &[]).0;
    assert_eq!(told.state, PracticeState::Pass);
    assert!(
        told.evidence[0].statement.contains("CVE-2026-0001") && !told.evidence[0].statement.contains("0002"),
        "{told:?}"
    );
    let policy =
        "# Security\n\nReport vulnerabilities to security@tool.alt. We release a fix within 90 days.\n";
    assert_eq!(github(pages, "SEC-3", &[("SECURITY.md", policy)]).0.state, PracticeState::Pass);
    assert_eq!(github(|_| Page::status(404), "SEC-1", &[]).0.state, PracticeState::Fail);
}

fn site(page: Page) -> PracticeResult {
    let server =
        Server::start(
            move |target| {
                if target == "/.well-known/security.txt" { page.clone() } else { Page::status(404) }
            },
        );
    let probe = Loopback::new(&[("tool.alt", &server)]);
    let folder = tempfile::tempdir().unwrap();
    let inputs = PracticeInputs { site: Some("https://tool.alt/".to_owned()), ..online(&probe) };
    result(&review(folder.path(), &inputs), "SEC-1")
}

#[test]
fn the_security_txt_of_the_site() {
    use PracticeState::{Fail, Pass, Review};
    let text = "Contact: mailto:security@tool.alt\nExpires: 2026-12-31T00:00:00z\n";
    let plain = |text: &str| Page::new(200, "text/plain; charset=utf-8", text);
    let found = site(plain(text));
    assert_eq!(found.state, Pass, "{}", found.reason);
    let cases = [
        ("expired", plain(&text.replace("2026-12", "2025-12")), Review),
        ("two expiries", plain(&format!("{text}Expires: 2026-12-31T00:00:00Z\n")), Review),
        ("no expiry", plain("Contact: mailto:security@tool.alt\n"), Review),
        ("a contact that is no address", plain(&text.replace("mailto:", "")), Review),
        ("a template", plain("Contact: {{ contact }}\nExpires: {{ expires }}\n"), Fail),
        ("a page for everything", Page::new(200, "text/html", text), Fail),
        ("none", Page::status(404), Fail),
        ("a failure of the server, where the tree has nothing either", Page::status(500), Fail),
    ];
    for (name, page, expected) in cases {
        let found = site(page);
        assert_eq!(found.state, expected, "{name}: {}", found.reason);
    }
}

fn linked_key(page: Page) -> PracticeResult {
    let server =
        Server::start(move |target| if target == "/key.asc" { page.clone() } else { Page::status(404) });
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "SECURITY.md",
        "# Security\n\nReport vulnerabilities to security@tool.alt. PGP key: https://tool.alt/key.asc\n",
    );
    ask(folder.path(), &[("tool.alt", &server)], "SEC-2")
}

#[cfg(feature = "openpgp")]
#[test]
fn a_linked_key_is_fetched_and_judged() {
    use crate::openpgp::{MAIL, armour, public, secret};
    use pgp::composed::KeyType;
    let key = |mail: &str, encrypts: bool| armour(&public(&secret(mail, KeyType::Ed25519Legacy, encrypts)));
    let page = |text: &str| Page::new(200, "application/pgp-keys", text);
    let found = linked_key(page(&key(MAIL, true)));
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    assert!(
        found.evidence.iter().any(|evidence| evidence.place.as_deref() == Some("https://tool.alt/key.asc")),
        "{found:?}"
    );
    assert_eq!(linked_key(page(&key(MAIL, false))).state, PracticeState::Fail);
    assert_eq!(linked_key(page(&key("release@tool.alt", true))).state, PracticeState::Review);
}

#[test]
fn a_linked_key_that_cannot_be_read_is_for_a_person() {
    for page in [
        Page::status(404),
        Page::status(500),
        Page::new(200, "text/html", "<form>log in</form>"),
        Page { body: vec![0x99; 2 * 1024 * 1024], ..Page::status(200) },
    ] {
        assert_eq!(linked_key(page).state, PracticeState::Review);
    }
}

fn talk(page: Page) -> PracticeResult {
    let server = Server::start(move |_| page.clone());
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "README.md", "# tool\n\nJoin https://discord.gg/abcdef now.\n");
    ask(folder.path(), &[("discord.gg", &server)], "COM-2")
}

#[test]
fn an_invitation_has_to_work() {
    assert_eq!(talk(Page::new(200, "text/html", "welcome")).state, PracticeState::Pass);
    assert_eq!(talk(Page::status(404)).state, PracticeState::Fail);
    assert_eq!(talk(Page::status(429)).state, PracticeState::Unknown);
}

fn policy(page: Page) -> PracticeResult {
    let server = Server::start(move |target| match target {
        "/security/disclosure" => page.clone(),
        _ => Page::new(200, "text/html", "log in"),
    });
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "SECURITY.md",
        "# Security\n\nOur disclosure policy is at https://tool.alt/security/disclosure for all projects.\n",
    );
    ask(folder.path(), &[("tool.alt", &server)], "SEC-4")
}

#[test]
fn a_linked_policy_must_be_there_and_open() {
    assert_eq!(policy(Page::new(200, "text/html", "policy")).state, PracticeState::Review);
    assert_eq!(policy(Page::status(404)).state, PracticeState::Fail);
    assert_eq!(policy(Page::status(302).with("Location", "/users/sign_in")).state, PracticeState::Fail);
    assert_eq!(policy(Page::status(500)).state, PracticeState::Review);
}

#[test]
fn the_partner_list_of_the_cve_program_is_consulted() {
    let list = Server::start(|_| {
        Page::json(
            r#"[{"shortName": "ToolTeam", "contact": [{"email": [{"emailAddr": "security@tool.alt"}]}]}]"#,
        )
    });
    let probe = Loopback::new(&[("cve.alt", &list)]);
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "SECURITY.md",
        "# Security\n\nReport vulnerabilities to security@tool.alt. We release a fix within 90 days.\n",
    );
    let online = Some(Online {
        probe: &probe,
        token: None,
        cna_list: Some("https://cve.alt/partners.json".to_owned()),
    });
    let found =
        result(&review(folder.path(), &PracticeInputs { online, ..PracticeInputs::default() }), "SEC-3");
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    assert!(found.evidence.iter().any(|evidence| evidence.statement.contains("ToolTeam")), "{found:?}");
}
