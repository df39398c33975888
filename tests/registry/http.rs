//! Statuses, waits, limits and redirects, with any ecosystem's documents.

use crate::server::{Reply, Server};
use crate::user::{User, quick};
use licgraph::registry::fetch::{Fetch, FetchError, Request, Response};
use licgraph::registry::http::HttpOptions;
use licgraph::registry::site::{Credential, Site};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use url::Url;

const LIMIT: u64 = 1 << 20;

fn get(user: &User, options: HttpOptions, url: &str) -> Result<Response, FetchError> {
    user.http(options).get(&Request::new(Url::parse(url).unwrap(), LIMIT))
}

/// Answers with each reply in turn, then with the last for ever.
fn in_turn(replies: Vec<fn() -> Reply>) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |_| {
        let turn = count.fetch_add(1, Ordering::Relaxed).min(replies.len() - 1);
        replies[turn]()
    })
}

#[test]
fn a_document_is_read_and_counted() {
    let server = Server::start(|_| Reply::typed("Application/JSON; charset=utf-8", "{}"));
    let fetch = User::new().http(quick());
    let response = fetch.get(&Request::new(Url::parse(&server.url()).unwrap(), LIMIT)).unwrap();
    assert_eq!(
        (response.body.as_slice(), response.content_type.as_str()),
        (b"{}".as_slice(), "application/json")
    );
    assert_eq!(server.asked()[0].user_agent, concat!("licgraph/", env!("CARGO_PKG_VERSION")));
    assert_eq!(fetch.requests().into_iter().collect::<Vec<_>>(), [(server.host(), 1)]);
}

#[test]
fn retry_after_is_waited_for() {
    let server = in_turn(vec![|| Reply::status(429).with("Retry-After", "7"), || Reply::ok("x")]);
    let user = User::new();
    assert!(get(&user, quick(), &server.url()).is_ok());
    assert_eq!(user.waits(), [Duration::from_secs(7)]);
}

#[test]
fn a_server_that_asks_for_too_long_a_wait_is_left() {
    let server = Server::start(|_| Reply::status(429).with("Retry-After", "86400"));
    let user = User::new();
    let error = get(&user, quick(), &server.url()).unwrap_err();
    assert!(matches!(error, FetchError::Status { status: 429, attempts: 1, .. }), "{error}");
    assert!(user.waits().is_empty());
}

#[test]
fn failures_of_the_server_are_tried_again_with_growing_waits() {
    let server = in_turn(vec![|| Reply::status(500), || Reply::status(503), || Reply::ok("x")]);
    let user = User::new();
    assert_eq!(get(&user, quick(), &server.url()).unwrap().body, b"x");
    assert_eq!(user.waits(), [Duration::from_millis(500), Duration::from_secs(1)]);
}

#[test]
fn after_the_last_attempt_the_status_is_told() {
    let server = Server::start(|_| Reply::status(502));
    let user = User::new();
    let error = get(&user, quick(), &server.url()).unwrap_err();
    assert!(matches!(error, FetchError::Status { status: 502, attempts: 4, .. }), "{error}");
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn refusals_and_absence_are_not_tried_again() {
    for status in [401, 403, 404, 410] {
        let server = Server::start(move |_| Reply::status(status));
        let error = get(&User::new(), quick(), &server.url()).unwrap_err();
        match status {
            401 | 403 => assert!(matches!(error, FetchError::Denied { authenticated: false, .. }), "{error}"),
            _ => assert!(matches!(error, FetchError::NotFound { .. }), "{error}"),
        }
        assert_eq!(server.asked().len(), 1);
    }
}

#[test]
fn a_slow_body_and_a_silent_server_end_in_time() {
    let options = || HttpOptions {
        patience: Duration::from_millis(300),
        deadline: Duration::from_millis(600),
        ..quick()
    };
    let drip = Server::start(|_| Reply::Drip { every: Duration::from_millis(20) });
    let silent = Server::start(|_| Reply::Silence(Duration::from_secs(5)));
    for server in [&drip, &silent] {
        let started = Instant::now();
        let error = get(&User::new(), options(), &server.url()).unwrap_err();
        assert!(matches!(error, FetchError::Timeout { .. }), "{error}");
        assert!(started.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn two_gigabytes_are_not_taken() {
    for promised in [Some(2 << 30), None] {
        let server = Server::start(move |_| Reply::Endless { promised });
        let error = get(&User::new(), quick(), &server.url()).unwrap_err();
        assert!(matches!(error, FetchError::TooLarge { limit: LIMIT, .. }), "{error}");
        // What was sent beyond the limit lies in socket buffers.
        assert!(server.sent() < 32 * LIMIT, "{} bytes were taken", server.sent());
    }
}

#[test]
fn a_compressed_body_counts_as_what_it_unpacks_to() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&vec![0; 4 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!((bomb.len() as u64) < LIMIT);
    let server = Server::start(move |_| Reply::ok(bomb.clone()).with("Content-Encoding", "gzip"));
    let error = get(&User::new(), quick(), &server.url()).unwrap_err();
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error}");
}

#[test]
fn redirects_are_followed_but_a_secret_stays_at_home() {
    let stranger = Server::start(|_| Reply::ok("from elsewhere"));
    let target = stranger.url();
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/away" => Reply::redirect(&format!("{target}/file")),
        "/near" => Reply::redirect("/here"),
        "/round" => Reply::redirect("/round"),
        "/file" => Reply::redirect("file:///etc/hostname"),
        _ => Reply::ok("from here"),
    });
    let fetch = User::new().http(quick());
    let request = |path: &str| Request::new(Url::parse(&format!("{}{path}", server.url())).unwrap(), LIMIT);
    assert_eq!(fetch.get(&request("/away")).unwrap().body, b"from elsewhere");
    let site = Site::of(&Url::parse(&server.url()).unwrap()).unwrap();
    let secret = || Some(Credential::bearer(site.clone(), "s3cret"));
    assert_eq!(fetch.get(&request("/near").with_credential(secret())).unwrap().body, b"from here");
    let before = stranger.asked().len();
    let error = fetch.get(&request("/away").with_credential(secret())).unwrap_err();
    assert!(matches!(error, FetchError::Redirect { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cret"));
    assert_eq!(stranger.asked().len(), before, "the stranger was not asked");
    for path in ["/round", "/file"] {
        assert!(matches!(fetch.get(&request(path)), Err(FetchError::Redirect { .. })), "{path}");
    }
}

#[test]
fn a_secret_for_one_host_is_not_sent_to_another() {
    let stranger = Server::start(|_| Reply::ok("x"));
    let site = Site::of(&Url::parse("http://127.0.0.1:1/").unwrap()).unwrap();
    let address = Url::parse(&stranger.url().replace("http://", "http://me:pw@")).unwrap();
    let request = Request::new(address, LIMIT).with_credential(Some(Credential::bearer(site, "s3cret")));
    assert!(User::new().http(quick()).get(&request).is_ok());
    assert_eq!(stranger.asked()[0].authorization, None);
}

#[test]
fn a_host_that_keeps_failing_is_given_up() {
    let server = Server::start(|_| Reply::status(500));
    let fetch = User::new().http(HttpOptions { attempts: 1, failures: 3, ..quick() });
    let request = Request::new(Url::parse(&server.url()).unwrap(), LIMIT);
    for _ in 0..3 {
        assert!(matches!(fetch.get(&request), Err(FetchError::Status { .. })));
    }
    assert!(matches!(fetch.get(&request), Err(FetchError::GivenUp { .. })));
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn no_more_requests_run_at_once_than_a_host_is_given() {
    let running = std::sync::Arc::new(AtomicUsize::new(0));
    let most = std::sync::Arc::new(AtomicUsize::new(0));
    let (now, peak) = (running.clone(), most.clone());
    let server = Server::start(move |_| {
        peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(30));
        now.fetch_sub(1, Ordering::SeqCst);
        Reply::ok("x")
    });
    let fetch = User::new().http(HttpOptions { per_host: 2, ..quick() });
    let request = Request::new(Url::parse(&server.url()).unwrap(), LIMIT);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| fetch.get(&request).unwrap());
        }
    });
    assert_eq!(fetch.requests()[&server.host()], 8);
    assert!(most.load(Ordering::SeqCst) <= 2);
}
