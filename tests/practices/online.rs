//! Every probe against a server on loopback: what it reads, each fault, and that no credential leaves.

use crate::server::{Loopback, Page, Server, git_backend, references};
use crate::support::{commit, git, result, today, write};
use licgraph::model::{PracticeResult, PracticeState};
use licgraph::practices::{ForgeToken, Online, PracticeInputs, Probe, review};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

pub const MANIFEST: &str =
    "[package]\nname = \"tool\"\nversion = \"1.0.0\"\nrepository = \"https://forge.alt/team/tool\"\n";

pub fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Cargo.toml", MANIFEST);
    folder
}

pub fn online<'a>(probe: &'a dyn Probe) -> PracticeInputs<'a> {
    let online = Some(Online { probe, token: None, cna_list: None });
    PracticeInputs { now: Some(today()), online, ..PracticeInputs::default() }
}

pub fn ask(root: &Path, hosts: &[(&str, &Server)], id: &str) -> PracticeResult {
    let probe = Loopback::new(hosts);
    result(&review(root, &online(&probe)), id)
}

fn public(page: Page) -> PracticeResult {
    let server = Server::start(
        move |target| {
            if target.contains("/info/refs") { page.clone() } else { Page::status(404) }
        },
    );
    ask(project().path(), &[("forge.alt", &server)], "SCM-2")
}

#[test]
fn references_shown_to_anybody_are_public() {
    let found = public(references(true));
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    let evidence = &found.evidence[0];
    assert_eq!(evidence.place.as_deref(), Some("https://forge.alt/team/tool"));
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
        ("a redirect to plain http", Page::status(302).with("Location", "http://forge.alt/x"), Unknown),
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
    write(folder.path(), "Cargo.toml", &MANIFEST.replace("https://forge.alt/team/tool", &address));
    let found = ask(folder.path(), &[], "SCM-2");
    assert_eq!(found.state, PracticeState::Unknown, "{}", found.reason);
}

#[test]
fn a_host_that_does_not_answer_is_unknown() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let address = format!("https://127.0.0.1:{port}/team/tool");
    write(folder.path(), "Cargo.toml", &MANIFEST.replace("https://forge.alt/team/tool", &address));
    assert_eq!(ask(folder.path(), &[], "SCM-2").state, PracticeState::Unknown);
}

#[test]
fn a_move_is_followed_and_said() {
    let new = Server::start(|_| references(true));
    let old = Server::start(|target| Page::status(301).with("Location", &format!("https://new.alt{target}")));
    let found = ask(project().path(), &[("forge.alt", &old), ("new.alt", &new)], "SCM-2");
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    assert!(found.reason.contains("moved to https://new.alt/team/tool"), "{}", found.reason);
}

#[test]
fn an_internal_host_is_not_public() {
    let server = Server::start(|_| references(true));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Cargo.toml", &MANIFEST.replace("forge.alt", "git.corp.internal"));
    let found = ask(folder.path(), &[("git.corp.internal", &server)], "SCM-2");
    assert_eq!(found.state, PracticeState::Review, "{}", found.reason);
}

#[test]
fn only_a_named_repository_can_fail_to_be_public() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "1");
    commit(folder.path(), "First", "2026-01-01T00:00:00Z");
    git(folder.path(), "2026-01-01T00:00:00Z", &["remote", "add", "origin", "git@forge.alt:team/tool.git"]);
    let server = Server::start(|_| Page::status(404));
    let found = ask(folder.path(), &[("forge.alt", &server)], "SCM-2");
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
            "machine forge.alt login u password {secret}\nmachine 127.0.0.1 login u password {secret}\n"
        ),
    );
    let hostile = format!(
        "[http]\n\textraHeader = Authorization: Basic {secret}\n[credential]\n\thelper = \"!echo username=u; echo password={secret}\"\n[url \"https://stolen.alt/{secret}/\"]\n\tinsteadOf = https://forge.alt/\n"
    );
    write(home.path(), ".gitconfig", &hostile);
    write(home.path(), ".git-credentials", &format!("https://u:{secret}@forge.alt\n"));
    let folder = project();
    write(folder.path(), "a", "1");
    commit(folder.path(), "First", "2026-01-01T00:00:00Z");
    let remote = format!("https://u:{secret}@forge.alt/team/tool.git");
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
        std::env::var("HOSTILE_PORTS").unwrap().split(' ').map(|port| port.parse::<u16>().unwrap()).collect();
    let server = |port: u16| Server { port, requests: std::sync::Arc::default() };
    let probe = Loopback::new(&[("forge.alt", &server(ports[0])), ("stolen.alt", &server(ports[1]))]);
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
            .with("Location", "https://other.alt/team/tool/info/refs?service=git-upload-pack"),
        _ => Page::status(404),
    });
    let probe = Loopback::new(&[("forge.alt", &forge), ("other.alt", &other)]);
    let token = Some(ForgeToken { host: "forge.alt".to_owned(), value: value.to_owned() });
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
        let found = ask(project.path(), &[("forge.alt", &server)], "SCM-2");
        assert_eq!(found.state, expected, "{name}: {}", found.reason);
    }
}
