//! go.mod files that are not in the module cache: a build list made over proxies on this machine.

use crate::server::{Reply, Server};
use crate::user::{User, quick};
use licgraph::audit::ProxiedModFiles;
use licgraph::ecosystems::{ReadContext, Reading, go};
use licgraph::model::Consequence;
use licgraph::registry::checksum::go_mod_h1;
use licgraph::registry::fetch::FetchError;
use licgraph::registry::http::HttpOptions;
use licgraph::registry::{FactsError, RegistryFacts};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const FIRST: &str = "module code.example/Me/first\n\nrequire code.example/second v1.2.0\n";
const SECOND: &str = "module code.example/second\n\nrequire code.example/third v0.3.0\n";
const THIRD: &str = "module code.example/third\n";
const FIRST_PATH: &str = "/code.example/!me/first/@v/v1.0.0.mod";

fn text_of(path: &str) -> Option<&'static str> {
    match path {
        FIRST_PATH => Some(FIRST),
        "/code.example/second/@v/v1.2.0.mod" => Some(SECOND),
        "/code.example/third/@v/v0.3.0.mod" => Some(THIRD),
        _ => None,
    }
}

fn proxy() -> Server {
    Server::start(|asked| text_of(&asked.path).map_or(Reply::status(404), Reply::ok))
}

/// A project that requires the first module, of a user with an empty module cache.
fn user(proxies: &str) -> User {
    let go_mod = "module code.example/app\n\nrequire code.example/Me/first v1.0.0\n";
    let user = User::new().project_file("go.mod", go_mod).variable("GOENV", "off");
    let cache = user.home.path().join("modules").display().to_string();
    user.variable("GOMODCACHE", &cache).variable("GOPROXY", proxies)
}

fn read(user: &User, facts: RegistryFacts) -> Reading {
    let context = ReadContext {
        root: user.project.path().to_owned(),
        environment: user.environment(),
        go_mod_files: Some(Arc::new(ProxiedModFiles::new(Arc::new(facts)))),
        ..ReadContext::default()
    };
    go::read(user.project.path(), &context)
}

fn modules(reading: &Reading) -> Vec<String> {
    let graph = &reading.graph;
    let mut found: Vec<_> = graph.nodes().map(|node| graph.package(node).label()).collect();
    found.retain(|label| label.starts_with("code.example/") && label != "code.example/app");
    found.sort();
    found
}

const ALL: [&str; 3] =
    ["code.example/Me/first v1.0.0", "code.example/second v1.2.0", "code.example/third v0.3.0"];

/// What the report says of go.mod files that are missing.
fn missing(reading: &Reading) -> Option<String> {
    let about = reading.problems.iter().find(|problem| problem.message.contains("go.mod files that are not"));
    about.map(|problem| {
        assert_eq!(problem.consequence, Consequence::Incomplete);
        assert!(problem.message.contains("run `go mod download"), "{}", problem.message);
        problem.message.clone()
    })
}

#[test]
fn the_graph_is_followed_to_its_end_and_kept() {
    let server = proxy();
    let user = user(&server.url());
    let reading = read(&user, user.facts());
    assert_eq!(modules(&reading), ALL);
    assert_eq!(missing(&reading), None);
    assert_eq!(server.asked().len(), 3);
    // What never changes is asked for once, and then known without a network too.
    for facts in [user.facts(), user.offline()] {
        assert_eq!(modules(&read(&user, facts)), ALL);
    }
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn without_a_network_the_missing_files_are_named_with_the_command_that_fetches_them() {
    let server = proxy();
    let user = user(&server.url());
    let reading = read(&user, user.offline());
    assert_eq!(modules(&reading), ALL[..1]);
    assert!(missing(&reading).unwrap().contains("code.example/Me/first@v1.0.0"));
    assert!(server.asked().is_empty());
}

#[test]
fn a_directory_is_a_proxy() {
    let user = User::new();
    let folder = user.home.path().join("proxy");
    for path in [FIRST_PATH, "/code.example/second/@v/v1.2.0.mod", "/code.example/third/@v/v0.3.0.mod"] {
        let file = folder.join(&path[1..]);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text_of(path).unwrap()).unwrap();
    }
    let user = self::user(&format!("file://{},off", folder.display()));
    assert_eq!(modules(&read(&user, user.facts())), ALL);
}

#[test]
fn what_go_sum_means_is_taken_and_nothing_else() {
    let server = proxy();
    let right = go_mod_h1(FIRST.as_bytes());
    let line = |hash: &str| format!("code.example/Me/first v1.0.0/go.mod h1:{hash}\n");
    let user = user(&server.url()).project_file("go.sum", &line(&right));
    assert_eq!(modules(&read(&user, user.facts())), ALL);
    let other = self::user(&server.url()).project_file("go.sum", &line("AAAA"));
    let reading = read(&other, other.facts());
    assert_eq!(modules(&reading), ALL[..1]);
    let message = missing(&reading).unwrap();
    assert!(message.contains("expected checksum h1:AAAA") && message.contains(&right), "{message}");
    // What was kept without a hash is not taken either once go.sum has another one.
    let changed = self::user(&server.url());
    assert_eq!(modules(&read(&changed, changed.facts())), ALL);
    let changed = changed.project_file("go.sum", &line("AAAA"));
    assert_eq!(modules(&read(&changed, changed.offline())), ALL[..1]);
}

#[test]
fn the_hash_is_that_of_the_go_command() {
    // From the go.sum of a project that requires this module.
    let text = "module github.com/google/uuid\n";
    assert_eq!(go_mod_h1(text.as_bytes()), "TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=");
}

#[test]
fn an_answer_that_is_no_go_mod_is_said() {
    for (status, says) in [(404, "status 404"), (410, "status 410"), (403, "refuses access")] {
        let server = Server::start(move |_| Reply::status(status));
        let user = user(&server.url());
        let reading = read(&user, user.facts());
        assert_eq!(modules(&reading), ALL[..1]);
        let message = missing(&reading).unwrap();
        assert!(message.contains(says) && message.contains("in vain"), "{message}");
    }
    for body in ["<html><body>Sign in</body></html>", "", "modules\n", "\u{feff}"] {
        let server = Server::start(move |_| Reply::typed("text/html", body));
        let user = user(&server.url());
        let message = missing(&read(&user, user.facts())).unwrap();
        assert!(message.contains("no go.mod file"), "{message}");
        assert_eq!(user.cache().show().entries.len(), 0, "nothing of it is kept");
    }
}

#[test]
fn a_proxy_that_fails_once_is_asked_again() {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |asked| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::status(500),
        _ => text_of(&asked.path).map_or(Reply::status(404), Reply::ok),
    });
    let user = user(&server.url());
    assert_eq!(modules(&read(&user, user.facts())), ALL);
    assert_eq!(user.waits().len(), 1);
}

#[test]
fn a_comma_passes_on_what_is_missing_and_a_bar_any_error() {
    for (status, separator, passes) in
        [(404, ",", true), (410, ",", true), (500, ",", false), (404, "|", true), (500, "|", true)]
    {
        let (first, second) = (Server::start(move |_| Reply::status(status)), proxy());
        let user = user(&format!("{}{separator}{}", first.url(), second.url()));
        let complete = modules(&read(&user, user.facts())) == ALL;
        assert_eq!(complete, passes, "{status}{separator}");
        assert_eq!(second.asked().is_empty(), !passes, "{status}{separator}");
    }
}

#[test]
fn a_proxy_that_never_answers_is_left_after_its_time() {
    let server = Server::start(|_| Reply::Silence(Duration::from_secs(5)));
    let user = user(&server.url());
    let short = HttpOptions {
        patience: Duration::from_millis(200),
        deadline: Duration::from_millis(400),
        attempts: 1,
        ..quick()
    };
    let facts = user.facts_over(Box::new(user.http(short)));
    let message = missing(&read(&user, facts)).unwrap();
    assert!(message.contains("does not answer in time"), "{message}");
}

#[test]
fn private_modules_are_asked_of_nobody() {
    let server = proxy();
    for (variable, value) in [("GOPRIVATE", "code.example/Me"), ("GONOPROXY", "code.example")] {
        let user = user(&server.url()).variable(variable, value);
        let message = missing(&read(&user, user.facts())).unwrap();
        assert!(message.contains(variable), "{message}");
    }
    for list in ["off", "direct"] {
        let user = user(list);
        let message = missing(&read(&user, user.facts())).unwrap();
        assert!(message.contains(&format!("GOPROXY={list}")), "{message}");
    }
    assert!(server.asked().is_empty());
}

#[test]
fn a_password_goes_to_its_own_proxy() {
    let server = Server::start(|asked| match asked.authorization.as_deref() {
        Some("Basic bWU6czNjcmV0") => text_of(&asked.path).map_or(Reply::status(404), Reply::ok),
        _ => Reply::status(401),
    });
    let user = user(&server.url()).home_file(".netrc", "machine 127.0.0.1 login me password s3cret");
    assert_eq!(modules(&read(&user, user.facts())), ALL);
    let nobody = self::user(&server.url());
    let message = missing(&read(&nobody, nobody.facts())).unwrap();
    assert!(message.contains("refuses access") && !message.contains("s3cret"), "{message}");
}

#[test]
fn a_question_is_put_once() {
    let server = proxy();
    let user = user(&server.url());
    let facts = user.facts();
    assert!(facts.go_module_file("code.example/nothing", "v1.0.0", None).is_err());
    let again = facts.go_module_file("code.example/nothing", "v1.0.0", None).unwrap_err();
    assert!(matches!(again, FactsError::Fetch(FetchError::NotFound { .. })), "{again}");
    assert_eq!(server.asked().len(), 1);
}
