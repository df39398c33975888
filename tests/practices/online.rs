//! Every probe against a server on loopback: what it reads, each fault, and that no credential leaves.

use crate::server::{Loopback, Page, Server, git_backend, references};
use crate::support::{commit, git, result, today, write};
use licgraph::model::{PracticeResult, PracticeState};
use licgraph::practices::{ForgeToken, Online, PracticeInputs, Probe, review};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

const MANIFEST: &str =
    "[package]\nname = \"tool\"\nversion = \"1.0.0\"\nrepository = \"https://forge.dev/team/tool\"\n";

fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Cargo.toml", MANIFEST);
    folder
}

fn online<'a>(probe: &'a dyn Probe) -> PracticeInputs<'a> {
    let online = Some(Online { probe, token: None, cna_list: None });
    PracticeInputs { now: Some(today()), online, ..PracticeInputs::default() }
}

fn ask(root: &Path, hosts: &[(&str, &Server)], id: &str) -> PracticeResult {
    let probe = Loopback::new(hosts);
    result(&review(root, &online(&probe)), id)
}

fn public(page: Page) -> PracticeResult {
    let server = Server::start(
        move |target| {
            if target.contains("/info/refs") { page.clone() } else { Page::status(404) }
        },
    );
    ask(project().path(), &[("forge.dev", &server)], "SCM-2")
}

#[test]
fn references_shown_to_anybody_are_public() {
    let found = public(references(true));
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    let evidence = &found.evidence[0];
    assert_eq!(evidence.place.as_deref(), Some("https://forge.dev/team/tool"));
    assert_eq!(evidence.time.as_deref(), Some("2026-06-15T12:00:00Z"));
}

#[test]
fn every_fault_has_its_own_state() {
    use PracticeState::{Fail, Unknown};
    let slow = Page { delay: Duration::from_secs(3), ..references(true) };
    let huge = Page { body: vec![b'x'; 3 * 1024 * 1024], ..references(true) };
    let cases = [
        ("an empty repository", references(false), Fail),
        ("a login page", Page::new(200, "text/html; charset=utf-8", "<form>log in</form>"), Fail),
        ("401", Page::status(401).with("WWW-Authenticate", "Basic"), Fail),
        ("403", Page::status(403), Fail),
        ("404", Page::status(404), Fail),
        ("403 with a used up limit", Page::status(403).with("X-RateLimit-Remaining", "0"), Unknown),
        ("403 that asks to come back", Page::status(403).with("Retry-After", "60"), Unknown),
        ("429", Page::status(429), Unknown),
        ("500", Page::status(500), Unknown),
        ("503", Page::status(503), Unknown),
        ("418", Page::status(418), Unknown),
        ("slow", slow, Unknown),
        ("huge and not git", huge, Unknown),
        ("cut", Page::new(200, "application/x-git-upload-pack-advertisement", "001e# serv"), Unknown),
        (
            "a length that lies",
            Page::new(200, "application/x-git-upload-pack-advertisement", "ffff# service=git-upload-pack\n"),
            Unknown,
        ),
        ("a redirect to plain http", Page::status(302).with("Location", "http://forge.dev/x"), Unknown),
        (
            "a redirect to itself",
            Page::status(302).with("Location", "/team/tool/info/refs?service=git-upload-pack"),
            Unknown,
        ),
    ];
    for (name, page, expected) in cases {
        let found = public(page);
        assert_eq!(found.state, expected, "{name}: {}", found.reason);
    }
}

#[test]
fn a_huge_list_of_references_is_cut_and_still_read() {
    let mut page = references(true);
    page.body.extend(vec![b'0'; 3 * 1024 * 1024]);
    assert_eq!(public(page).state, PracticeState::Pass);
}

#[test]
fn a_host_that_does_not_speak_tls_is_unknown() {
    let server = Server::start(|_| references(true));
    let folder = tempfile::tempdir().unwrap();
    let address = format!("https://127.0.0.1:{}/team/tool", server.port);
    write(folder.path(), "Cargo.toml", &MANIFEST.replace("https://forge.dev/team/tool", &address));
    let found = ask(folder.path(), &[], "SCM-2");
    assert_eq!(found.state, PracticeState::Unknown, "{}", found.reason);
}

#[test]
fn a_host_that_does_not_answer_is_unknown() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let address = format!("https://127.0.0.1:{port}/team/tool");
    write(folder.path(), "Cargo.toml", &MANIFEST.replace("https://forge.dev/team/tool", &address));
    assert_eq!(ask(folder.path(), &[], "SCM-2").state, PracticeState::Unknown);
}

#[test]
fn a_move_is_followed_and_said() {
    let new = Server::start(|_| references(true));
    let old = Server::start(|target| Page::status(301).with("Location", &format!("https://new.dev{target}")));
    let found = ask(project().path(), &[("forge.dev", &old), ("new.dev", &new)], "SCM-2");
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    assert!(found.reason.contains("moved to https://new.dev/team/tool"), "{}", found.reason);
}

#[test]
fn an_internal_host_is_not_public() {
    let server = Server::start(|_| references(true));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Cargo.toml", &MANIFEST.replace("forge.dev", "git.corp.internal"));
    let found = ask(folder.path(), &[("git.corp.internal", &server)], "SCM-2");
    assert_eq!(found.state, PracticeState::Review, "{}", found.reason);
}

#[test]
fn only_a_named_repository_can_fail_to_be_public() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "1");
    commit(folder.path(), "First", "2026-01-01T00:00:00Z");
    git(folder.path(), "2026-01-01T00:00:00Z", &["remote", "add", "origin", "git@forge.dev:team/tool.git"]);
    let server = Server::start(|_| Page::status(404));
    let found = ask(folder.path(), &[("forge.dev", &server)], "SCM-2");
    assert_eq!(found.state, PracticeState::Unknown, "a remote only says where this clone came from");
}

/// Settings by which a git client would send secrets, in the home and in the repository itself.
#[test]
fn no_credential_is_ever_sent() {
    let secret = "s3cr3t";
    let server = Server::start(|_| Page::status(401).with("WWW-Authenticate", "Basic realm=\"x\""));
    let other = Server::start(|_| references(true));
    let home = tempfile::tempdir().unwrap();
    write(
        home.path(),
        ".netrc",
        &format!(
            "machine forge.dev login u password {secret}\nmachine 127.0.0.1 login u password {secret}\n"
        ),
    );
    let hostile = format!(
        "[http]\n\textraHeader = Authorization: Basic {secret}\n[credential]\n\thelper = \"!echo username=u; echo password={secret}\"\n[url \"https://stolen.dev/{secret}/\"]\n\tinsteadOf = https://forge.dev/\n"
    );
    write(home.path(), ".gitconfig", &hostile);
    write(home.path(), ".git-credentials", &format!("https://u:{secret}@forge.dev\n"));
    let folder = project();
    write(folder.path(), "a", "1");
    commit(folder.path(), "First", "2026-01-01T00:00:00Z");
    let remote = format!("https://u:{secret}@forge.dev/team/tool.git");
    git(folder.path(), "2026-01-01T00:00:00Z", &["remote", "add", "origin", &remote]);
    let config = std::fs::read_to_string(folder.path().join(".git/config")).unwrap();
    std::fs::write(folder.path().join(".git/config"), config + &hostile).unwrap();
    // The settings of a home are read by whom this process starts or is, so a process of its own looks.
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "online::the_hostile_home_is_looked_at_from_inside", "--ignored", "--nocapture"])
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("NETRC", home.path().join(".netrc"))
        .env("HOSTILE_REPOSITORY", folder.path())
        .env("HOSTILE_PORTS", format!("{} {}", server.port, other.port))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let log: Vec<String> = server.log().into_iter().chain(other.log()).collect();
    assert!(!server.log().is_empty(), "nothing was asked");
    assert!(other.log().is_empty(), "insteadOf was applied");
    for request in &log {
        let lower = request.to_lowercase();
        assert!(
            !lower.contains(secret) && !lower.contains("authorization") && !lower.contains("cookie"),
            "{request}"
        );
        assert!(lower.contains("user-agent: licgraph/"), "{request}");
    }
}

#[test]
#[ignore = "started by no_credential_is_ever_sent"]
fn the_hostile_home_is_looked_at_from_inside() {
    let Ok(root) = std::env::var("HOSTILE_REPOSITORY") else { return };
    let ports: Vec<u16> =
        std::env::var("HOSTILE_PORTS").unwrap().split(' ').map(|port| port.parse().unwrap()).collect();
    let server = |port: u16| Server { port, requests: std::sync::Arc::default() };
    let probe = Loopback::new(&[("forge.dev", &server(ports[0])), ("stolen.dev", &server(ports[1]))]);
    let found = review(Path::new(&root), &online(&probe));
    let shown = format!("{found:?}");
    assert!(!shown.contains("s3cr3t"), "{shown}");
    assert_eq!(result(&found, "SCM-2").state, PracticeState::Fail);
}

#[test]
fn a_token_goes_to_its_own_host_only() {
    let value = "t0k3n";
    let other = Server::start(|_| references(true));
    let forge = Server::start(|target| match target {
        target if target.contains("/info/refs") => Page::status(302)
            .with("Location", "https://other.dev/team/tool/info/refs?service=git-upload-pack"),
        _ => Page::status(404),
    });
    let probe = Loopback::new(&[("forge.dev", &forge), ("other.dev", &other)]);
    let token = Some(ForgeToken { host: "forge.dev".to_owned(), value: value.to_owned() });
    let inputs = PracticeInputs {
        online: Some(Online { probe: &probe, token, cna_list: None }),
        ..PracticeInputs::default()
    };
    review(project().path(), &inputs);
    assert!(!other.log().is_empty());
    for request in other.log() {
        assert!(!request.contains(value), "{request}");
    }
    for request in forge.log().iter().filter(|request| request.contains(value)) {
        assert!(request.contains("/api/"), "git is read without any credential: {request}");
    }
    assert!(
        forge.log().iter().any(|request| request.contains(value)),
        "the interface of the forge is asked with it"
    );
}

#[test]
fn a_real_git_server_is_read_without_an_account() {
    let root = tempfile::tempdir().unwrap();
    let source = tempfile::tempdir().unwrap();
    write(source.path(), "a", "1");
    commit(source.path(), "First", "2026-01-01T00:00:00Z");
    let date = "2026-01-01T00:00:00Z";
    let from = source.path().display().to_string();
    git(root.path(), date, &["clone", "-q", "--bare", &from, "team/tool"]);
    git(root.path(), date, &["init", "-q", "--bare", "team/empty"]);
    git(root.path(), date, &["init", "-q", "--bare", "team/closed"]);
    for open in ["tool", "empty"] {
        std::fs::write(root.path().join("team").join(open).join("git-daemon-export-ok"), "").unwrap();
    }
    let folder = root.path().to_owned();
    let server = Server::start(move |target| git_backend(&folder, target));
    for (name, expected) in [
        ("tool", PracticeState::Pass),
        ("empty", PracticeState::Fail),
        ("closed", PracticeState::Fail),
        ("absent", PracticeState::Fail),
    ] {
        let project = tempfile::tempdir().unwrap();
        write(project.path(), "Cargo.toml", &MANIFEST.replace("team/tool", &format!("team/{name}")));
        let found = ask(project.path(), &[("forge.dev", &server)], "SCM-2");
        assert_eq!(found.state, expected, "{name}: {}", found.reason);
    }
}

const VERSION: &str = "/api/v1/version";

fn gitea(body: &'static str) -> PracticeResult {
    let server = Server::start(move |target| match target {
        VERSION => Page::json("{\"version\": \"1.22.0\"}"),
        "/api/v1/repos/team/tool" => Page::json(body),
        _ => Page::status(404),
    });
    ask(project().path(), &[("forge.dev", &server)], "SCM-3")
}

#[test]
fn gitea_and_forgejo_say_what_is_open() {
    let open = gitea(
        r#"{"private": false, "archived": false, "mirror": false, "has_issues": true, "has_pull_requests": true}"#,
    );
    assert_eq!(open.state, PracticeState::Pass, "{}", open.reason);
    let elsewhere = gitea(
        r#"{"archived": false, "has_issues": false, "has_pull_requests": true, "external_tracker": {"external_tracker_url": "https://bugs.dev"}}"#,
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
    ask(project().path(), &[("forge.dev", &server)], "SCM-3")
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
    write(folder.path(), "Cargo.toml", &MANIFEST.replace("forge.dev", "github.com"));
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
    write(folder.path(), "Cargo.toml", &MANIFEST.replace("forge.dev", "github.com"));
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
        "# Security\n\nReport vulnerabilities to security@tool.dev. We release a fix within 90 days.\n";
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
    let probe = Loopback::new(&[("tool.dev", &server)]);
    let folder = tempfile::tempdir().unwrap();
    let inputs = PracticeInputs { site: Some("https://tool.dev/".to_owned()), ..online(&probe) };
    result(&review(folder.path(), &inputs), "SEC-1")
}

#[test]
fn the_security_txt_of_the_site() {
    use PracticeState::{Fail, Pass, Review};
    let text = "Contact: mailto:security@tool.dev\nExpires: 2026-12-31T00:00:00z\n";
    let plain = |text: &str| Page::new(200, "text/plain; charset=utf-8", text);
    let found = site(plain(text));
    assert_eq!(found.state, Pass, "{}", found.reason);
    let cases = [
        ("expired", plain(&text.replace("2026-12", "2025-12")), Review),
        ("two expiries", plain(&format!("{text}Expires: 2026-12-31T00:00:00Z\n")), Review),
        ("no expiry", plain("Contact: mailto:security@tool.dev\n"), Review),
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
        "# Security\n\nReport vulnerabilities to security@tool.dev. PGP key: https://tool.dev/key.asc\n",
    );
    ask(folder.path(), &[("tool.dev", &server)], "SEC-2")
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
        found.evidence.iter().any(|evidence| evidence.place.as_deref() == Some("https://tool.dev/key.asc")),
        "{found:?}"
    );
    assert_eq!(linked_key(page(&key(MAIL, false))).state, PracticeState::Fail);
    assert_eq!(linked_key(page(&key("release@tool.dev", true))).state, PracticeState::Review);
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
        "# Security\n\nOur disclosure policy is at https://tool.dev/security/disclosure for all projects.\n",
    );
    ask(folder.path(), &[("tool.dev", &server)], "SEC-4")
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
            r#"[{"shortName": "ToolTeam", "contact": [{"email": [{"emailAddr": "security@tool.dev"}]}]}]"#,
        )
    });
    let probe = Loopback::new(&[("cve.dev", &list)]);
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "SECURITY.md",
        "# Security\n\nReport vulnerabilities to security@tool.dev. We release a fix within 90 days.\n",
    );
    let online = Some(Online {
        probe: &probe,
        token: None,
        cna_list: Some("https://cve.dev/partners.json".to_owned()),
    });
    let found =
        result(&review(folder.path(), &PracticeInputs { online, ..PracticeInputs::default() }), "SEC-3");
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    assert!(found.evidence.iter().any(|evidence| evidence.statement.contains("ToolTeam")), "{found:?}");
}
