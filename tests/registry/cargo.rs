//! Cargo registries.

use crate::server::{Reply, Server};
use crate::user::{TEXT, User, sha256, tar_gz};
use licgraph::model::{Ecosystem, LicenseStatement, Origin, Package, Purl, SourceSpan};
use licgraph::registry::archive::ArchiveError;
use licgraph::registry::fetch::FetchError;
use licgraph::registry::{FactsError, Need};

fn package(index: Option<String>) -> Package {
    let origin = index.map_or(Origin::Unknown, |index| Origin::Registry(Some(index)));
    let mut package = Package::new(Ecosystem::Cargo, "secret", Some("1.0.0"), origin);
    package.location = Some(SourceSpan::line("Cargo.lock", 3));
    package
}

fn archive() -> Vec<u8> {
    let manifest = b"[package]\nname='secret'\nlicense='MIT'\nlicense-file='docs/TERMS'\ndescription='d'\n";
    tar_gz(&[
        ("secret-1.0.0/Cargo.toml", manifest),
        ("secret-1.0.0/LICENSE-MIT", TEXT.as_bytes()),
        ("secret-1.0.0/docs/TERMS", b"terms"),
        ("secret-1.0.0/src/lib.rs", b""),
    ])
}

/// A sparse registry, behind a token where one is given; `crate_file` is what it gives for the crate.
fn registry(token: Option<&'static str>, crate_file: Vec<u8>) -> Server {
    let server = Server::stranger();
    let url = server.url();
    server.answers(move |asked| {
        if token.is_some() && asked.authorization.as_deref() != token {
            return Reply::status(401);
        }
        match asked.path.as_str() {
            "/index/config.json" => {
                Reply::ok(format!(r#"{{"dl": "{url}/dl/{{prefix}}", "auth-required": {}}}"#, token.is_some()))
            }
            "/dl/se/cr" => Reply::ok(crate_file.clone()),
            _ => Reply::status(404),
        }
    });
    server
}

fn sparse(server: &Server) -> String {
    format!("sparse+{}/index/", server.url())
}

fn corp(server: &Server) -> User {
    User::new().home_file("cargo/config.toml", &format!("[registries.corp]\nindex = '{}'\n", sparse(server)))
}

#[test]
fn a_private_registry_is_asked_with_its_token() {
    let private = registry(Some("t0ken"), archive());
    let user = corp(&private).home_file("cargo/credentials.toml", "[registries.corp]\ntoken = 't0ken'\n");
    let mut package = package(Some(sparse(&private)));
    package.checksums = vec![sha256(&archive())];
    let facts = user.facts();
    let found = facts.facts(&package, Need::Declared).unwrap();
    assert!(found.verified);
    let statements: Vec<_> = found.declared.iter().map(|declared| declared.statement.clone()).collect();
    let expected =
        [LicenseStatement::Expression("MIT".to_owned()), LicenseStatement::File("docs/TERMS".to_owned())];
    assert_eq!(statements, expected);
    let paths: Vec<_> = found.files.as_ref().unwrap().iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["LICENSE-MIT", "docs/TERMS"]);
    assert_eq!(private.paths(), ["/index/config.json", "/dl/se/cr"]);
}

#[test]
fn a_token_is_not_sent_where_config_json_points() {
    let elsewhere = Server::start(|_| Reply::ok(archive()));
    let target = elsewhere.url();
    let private =
        Server::start(move |_| Reply::ok(format!(r#"{{"dl": "{target}/dl", "auth-required": true}}"#)));
    let user = corp(&private).home_file("cargo/credentials.toml", "[registries.corp]\ntoken = 't0ken'\n");
    let error = user.facts().facts(&package(Some(sparse(&private))), Need::Texts).unwrap_err();
    assert!(matches!(error, FactsError::Elsewhere { .. }), "{error}");
    assert!(!error.to_string().contains("t0ken"));
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn without_a_token_access_is_refused() {
    let private = registry(Some("t0ken"), archive());
    let error = corp(&private).facts().facts(&package(Some(sparse(&private))), Need::Texts).unwrap_err();
    assert!(matches!(error, FactsError::Fetch(FetchError::Denied { .. })), "{error}");
}

#[test]
fn the_default_registry_is_read_from_the_cargo_home() {
    let server = registry(None, archive());
    let config = format!(r#"{{"dl": "{}/dl/{{prefix}}"}}"#, server.url());
    let user =
        User::new().home_file("cargo/registry/index/index.example-0123456789abcdef/config.json", &config);
    assert!(user.facts().facts(&package(None), Need::Texts).is_ok());
    assert_eq!(server.paths(), ["/dl/se/cr"]);
}

#[test]
fn of_two_unnamed_registries_the_one_that_has_the_crate_is_asked() {
    let (own, other) = (registry(None, archive()), Server::stranger());
    let config = |server: &Server| format!(r#"{{"dl": "{}/dl/{{prefix}}"}}"#, server.url());
    let mut package = package(None);
    package.checksums = vec![sha256(&archive())];
    let user = User::new()
        .home_file("cargo/registry/index/a.example-01/config.json", &config(&other))
        .home_file("cargo/registry/index/b.example-02/config.json", &config(&own));
    let error = user.facts().facts(&package, Need::Texts).unwrap_err();
    assert!(matches!(error, FactsError::NotConfigured { .. }), "{error}");
    let entry = format!("\u{3}1.0.0\u{0}{{\"cksum\":\"{}\"}}", package.checksums[0].value);
    let user = user.home_file("cargo/registry/index/b.example-02/.cache/se/cr/secret", &entry);
    assert!(user.facts().facts(&package, Need::Texts).unwrap().verified);
    assert!(other.asked().is_empty());
}

#[test]
fn a_private_crate_is_not_asked_of_the_default_registry() {
    let (private, default) = (registry(None, archive()), Server::stranger());
    let config = format!(r#"{{"dl": "{}/dl"}}"#, default.url());
    let user = User::new().home_file("cargo/registry/index/index.example-01/config.json", &config);
    assert!(user.facts().facts(&package(Some(sparse(&private))), Need::Texts).is_ok());
    // A git index is cargo's to read; the name goes nowhere.
    let error =
        user.facts().facts(&package(Some("registry+https://git.example/index".to_owned())), Need::Texts);
    assert!(matches!(error, Err(FactsError::NotConfigured { .. })));
    // Neither a manifest without a lock file nor an SBOM says that it is the default registry's.
    let mut unlocked = package(None);
    unlocked.origin = Origin::Registry(None);
    assert!(matches!(user.facts().facts(&unlocked, Need::Texts), Err(FactsError::NotConfigured { .. })));
    let mut of_sbom = package(None);
    let qualifiers = [("repository_url", "https://git.example/index")];
    of_sbom.purl = Purl::with_qualifiers(Ecosystem::Cargo, "secret", Some("1.0.0"), &qualifiers);
    assert!(matches!(user.facts().facts(&of_sbom, Need::Texts), Err(FactsError::KeptPrivate { .. })));
    assert!(default.asked().is_empty());
}

#[test]
fn the_tree_cannot_replace_the_source() {
    let (named, default) = (registry(None, archive()), Server::stranger());
    let home = format!(r#"{{"dl": "{}/dl"}}"#, default.url());
    let config =
        format!("[source.crates-io]\nreplace-with = 'm'\n[source.m]\nregistry = '{}'\n", sparse(&named));
    let user = User::new()
        .home_file("cargo/registry/index/index.example-01/config.json", &home)
        .project_file(".cargo/config.toml", &config);
    let error = user.facts().facts(&package(None), Need::Texts).unwrap_err();
    assert!(matches!(error, FactsError::NamedByTreeOnly { .. }), "{error}");
    assert!(named.asked().is_empty() && default.asked().is_empty());
    let user = user.home_file("cargo/config.toml", &config);
    assert!(
        user.facts().facts(&package(None), Need::Texts).is_ok(),
        "the user's own replacement is followed"
    );
}

#[test]
fn wrong_checksums_and_hostile_crates_are_refused() {
    let server = registry(None, archive());
    let mut locked = package(Some(sparse(&server)));
    locked.checksums = vec![sha256(b"another")];
    let error = User::new().facts().facts(&locked, Need::Texts).unwrap_err();
    assert!(matches!(error, FactsError::Checksum { .. }), "{error}");
    let zeros = vec![0; 20 << 20];
    let bomb = tar_gz(&[("secret-1.0.0/Cargo.toml", b"[package]\n"), ("secret-1.0.0/zeros", &zeros)]);
    let climbing = tar_gz(&[("secret-1.0.0/Cargo.toml", b"[package]\n"), ("../LICENSE", b"x")]);
    for (hostile, is_bomb) in [(bomb, true), (climbing, false)] {
        let server = registry(None, hostile);
        let error = User::new().facts().facts(&package(Some(sparse(&server))), Need::Texts).unwrap_err();
        let FactsError::Archive { error, .. } = error else { panic!("{error}") };
        assert_eq!(matches!(error, ArchiveError::Ratio(_)), is_bomb, "{error}");
    }
    let empty = registry(None, tar_gz(&[("secret-1.0.0/README", b"x")]));
    let error = User::new().facts().facts(&package(Some(sparse(&empty))), Need::Texts).unwrap_err();
    assert!(error.to_string().contains("no Cargo.toml"), "{error}");
}
