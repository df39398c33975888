//! Go module proxies.

use crate::server::{Reply, Server};
use crate::user::{TEXT, User, zip};
use licgraph::model::{Checksum, ChecksumAlgorithm, Ecosystem, Origin, Package};
use licgraph::registry::archive::{ArchiveError, Limits};
use licgraph::registry::checksum::go_h1;
use licgraph::registry::fetch::FetchError;
use licgraph::registry::{FactsError, Need};

const MODULE: &str = "code.example/Me/mod";
const ZIP: &str = "/code.example/!me/mod/@v/v1.0.0.zip";

fn package() -> Package {
    Package::new(Ecosystem::Go, MODULE, Some("v1.0.0"), Origin::Registry(None))
}

fn module() -> Vec<u8> {
    zip(&[
        ("code.example/Me/mod@v1.0.0/go.mod", b"module code.example/Me/mod\n"),
        ("code.example/Me/mod@v1.0.0/LICENSE", TEXT.as_bytes()),
        ("code.example/Me/mod@v1.0.0/sub/COPYING", b"other"),
        ("code.example/Me/mod@v1.0.0/license.go", b"package mod"),
    ])
}

fn proxy() -> Server {
    Server::start(|asked| match asked.path.as_str() {
        ZIP => Reply::ok(module()),
        "/code.example/!me/mod/@v/v1.0.0.mod" => Reply::ok("module code.example/Me/mod\n"),
        _ => Reply::status(404),
    })
}

fn h1(value: &str) -> Checksum {
    Checksum { algorithm: ChecksumAlgorithm::GoH1, value: value.to_owned() }
}

#[test]
fn license_files_come_from_the_module_zip() {
    let server = proxy();
    let user = User::new().variable("GOPROXY", &server.url());
    let mut package = package();
    package.checksums = vec![h1(&go_h1(&module(), &Limits::default()).unwrap())];
    let facts = user.facts();
    let found = facts.facts(&package, Need::Texts).unwrap();
    assert!(found.verified && found.declared.is_empty());
    let paths: Vec<_> = found.files.as_ref().unwrap().iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["LICENSE", "sub/COPYING"]);
    assert_eq!(facts.go_module_file(MODULE, "v1.0.0", None).unwrap(), "module code.example/Me/mod\n");
    assert!(facts.facts(&package, Need::Declared).unwrap().declared.is_empty());
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn private_modules_are_asked_of_nobody() {
    let server = proxy();
    for variable in ["GOPRIVATE", "GONOPROXY"] {
        let user = User::new()
            .variable("GOPROXY", &server.url())
            .variable(variable, "other.example,code.example/Me");
        let error = user.facts().facts(&package(), Need::Texts).unwrap_err();
        assert!(matches!(error, FactsError::KeptPrivate { .. }), "{error}");
        assert!(user.facts().go_module_file(MODULE, "v1.0.0", None).is_err());
    }
    for list in ["off", "direct"] {
        let error = User::new().variable("GOPROXY", list).facts().facts(&package(), Need::Texts).unwrap_err();
        assert!(matches!(error, FactsError::KeptPrivate { .. }), "{error}");
    }
    assert!(server.asked().is_empty());
}

#[test]
fn a_comma_passes_on_what_is_missing_and_a_bar_any_error() {
    for (status, separator, passes) in [
        (404, ",", true),
        (410, ",", true),
        (403, ",", false),
        (500, ",", false),
        (403, "|", true),
        (500, "|", true),
    ] {
        let first = Server::start(move |_| Reply::status(status));
        let second = proxy();
        let list = format!("{}{separator}{}", first.url(), second.url());
        let outcome = User::new().variable("GOPROXY", &list).facts().facts(&package(), Need::Texts);
        assert_eq!(outcome.is_ok(), passes, "{status}{separator}");
        assert_eq!(second.asked().is_empty(), !passes, "{status}{separator}");
    }
}

#[test]
fn a_directory_is_a_proxy() {
    let user = User::new();
    let folder = user.home.path().join("proxy");
    let file = folder.join(&ZIP[1..]);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, module()).unwrap();
    let stranger = Server::stranger();
    let user = user.variable("GOPROXY", &format!("file://{},{}", folder.display(), stranger.url()));
    assert_eq!(user.facts().facts(&package(), Need::Texts).unwrap().files.as_ref().unwrap().len(), 2);
    assert!(stranger.asked().is_empty());
}

#[test]
fn passwords_come_from_the_proxy_address_or_netrc() {
    let server = Server::start(|asked| match asked.authorization.as_deref() {
        Some("Basic bWU6czNjcmV0") => Reply::ok(module()),
        _ => Reply::status(401),
    });
    let netrc = User::new()
        .variable("GOPROXY", &server.url())
        .home_file(".netrc", "machine 127.0.0.1 login me password s3cret");
    assert!(netrc.facts().facts(&package(), Need::Texts).is_ok());
    let in_address = User::new().variable("GOPROXY", &server.url().replace("http://", "http://me:s3cret@"));
    let found = in_address.facts().facts(&package(), Need::Texts).unwrap();
    assert!(!format!("{found:?}").contains("s3cret"));
    let error =
        User::new().variable("GOPROXY", &server.url()).facts().facts(&package(), Need::Texts).unwrap_err();
    assert!(matches!(error, FactsError::Fetch(FetchError::Denied { .. })), "{error}");
}

#[test]
fn the_user_s_go_file_is_read() {
    let server = proxy();
    let user = User::new().home_file("go.env", &format!("# notes\nGOPROXY={}\n", server.url()));
    let file = user.home.path().join("go.env").display().to_string();
    assert!(user.variable("GOENV", &file).facts().facts(&package(), Need::Texts).is_ok());
}

#[test]
fn wrong_hashes_and_hostile_zips_are_refused() {
    let server = proxy();
    let mut locked = package();
    locked.checksums = vec![h1("AAAA")];
    let error =
        User::new().variable("GOPROXY", &server.url()).facts().facts(&locked, Need::Texts).unwrap_err();
    assert!(matches!(error, FactsError::Checksum { .. }), "{error}");
    let zeros = vec![0; 20 << 20];
    let bomb = zip(&[("code.example/Me/mod@v1.0.0/zeros", &zeros)]);
    let climbing = zip(&[("code.example/Me/mod@v1.0.0/../../LICENSE", b"x")]);
    for (hostile, is_bomb) in [(bomb, true), (climbing, false)] {
        let server = Server::start(move |_| Reply::ok(hostile.clone()));
        let user = User::new().variable("GOPROXY", &server.url());
        let error = user.facts().facts(&locked, Need::Texts).unwrap_err();
        let FactsError::Archive { error, .. } = error else { panic!("{error}") };
        assert_eq!(matches!(error, ArchiveError::Ratio(_)), is_bomb, "{error}");
    }
    let page = Server::start(|_| Reply::typed("text/html", "<html>"));
    let user = User::new().variable("GOPROXY", &page.url());
    assert!(matches!(user.facts().facts(&package(), Need::Texts), Err(FactsError::Archive { .. })));
}
