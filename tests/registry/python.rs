//! Python package indexes.

use crate::server::{Reply, Server};
use crate::user::{TEXT, User, sha256, tar_gz, zip};
use licgraph::model::{Ecosystem, LicenseStatement, Origin, Package, SourceSpan};
use licgraph::registry::archive::ArchiveError;
use licgraph::registry::fetch::FetchError;
use licgraph::registry::{FactsError, Need};

const METADATA: &str = "Metadata-Version: 2.4\nName: a-b\nVersion: 1.0\nLicense-Expression: MIT\nLicense-File: LICENSE\n\nLong text\n";
const JSON: &str = "application/vnd.pypi.simple.v1+json";

fn package(origin: Origin) -> Package {
    let mut package = Package::new(Ecosystem::Python, "A_b", Some("1.0"), origin);
    package.location = Some(SourceSpan::line("requirements.txt", 2));
    package
}

fn wheel(with_license: bool) -> Vec<u8> {
    let mut files: Vec<(&str, &[u8])> =
        vec![("a_b/__init__.py", b"code"), ("a_b-1.0.dist-info/METADATA", METADATA.as_bytes())];
    if with_license {
        files.push(("a_b-1.0.dist-info/licenses/LICENSE", TEXT.as_bytes()));
    }
    zip(&files)
}

fn source() -> Vec<u8> {
    tar_gz(&[("a-b-1.0/PKG-INFO", METADATA.as_bytes()), ("a-b-1.0/COPYING", TEXT.as_bytes())])
}

/// An index with metadata beside the wheel, behind a password where one is given.
fn index(authorization: Option<&'static str>, wheel: Vec<u8>) -> Server {
    Server::start(move |asked| {
        if authorization.is_some() && asked.authorization.as_deref() != authorization {
            return Reply::status(401);
        }
        match asked.path.as_str() {
            "/simple/a-b/" => Reply::typed(
                JSON,
                format!(
                    r#"{{"files": [
                    {{"filename": "a_b-1.0-py3-none-any.whl", "url": "/files/a_b-1.0-py3-none-any.whl", "core-metadata": true, "hashes": {{"sha256": "{}"}}}},
                    {{"filename": "a-b-1.0.tar.gz", "url": "/files/a-b-1.0.tar.gz", "hashes": {{"sha256": "{}"}}}},
                    {{"filename": "a_b-2.0-py3-none-any.whl", "url": "/files/a_b-2.0-py3-none-any.whl", "hashes": {{}}}}]}}"#,
                    sha256(&wheel).value,
                    sha256(&source()).value
                ),
            ),
            "/files/a_b-1.0-py3-none-any.whl.metadata" => Reply::ok(METADATA),
            "/files/a_b-1.0-py3-none-any.whl" => Reply::ok(wheel.clone()),
            "/files/a-b-1.0.tar.gz" => Reply::ok(source()),
            _ => Reply::status(404),
        }
    })
}

fn simple(server: &Server) -> String {
    format!("{}/simple", server.url())
}

#[test]
fn metadata_beside_the_wheel_is_enough_for_what_is_declared() {
    let server = index(None, wheel(true));
    let user = User::new().variable("PIP_INDEX_URL", &simple(&server));
    let found = user.facts().facts(&package(Origin::Registry(None)), Need::Declared).unwrap();
    assert_eq!(found.declared[0].statement, LicenseStatement::Expression("MIT".to_owned()));
    assert_eq!(found.declared[1].statement, LicenseStatement::File("LICENSE".to_owned()));
    assert_eq!(server.paths(), ["/simple/a-b/", "/files/a_b-1.0-py3-none-any.whl.metadata"]);
}

#[test]
fn a_page_tells_the_versions_and_is_read_once() {
    let page = r#"{"files": [
        {"filename": "a_b-1.0-py3-none-any.whl", "url": "/files/a_b-1.0-py3-none-any.whl", "core-metadata": true, "hashes": {}, "requires-python": ">=3.8"},
        {"filename": "a_b-1.1.tar.gz", "url": "/files/a_b-1.1.tar.gz", "hashes": {}, "yanked": "wrong"},
        {"filename": "a_b-1.1.exe", "url": "/files/a_b-1.1.exe", "hashes": {}}]}"#;
    let metadata =
        "Metadata-Version: 2.1\nName: a-b\nVersion: 1.0\nRequires-Dist: c>=1 ; extra == 'x'\n\nText\n";
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/simple/a-b/" => Reply::typed(JSON, page.to_owned()),
        "/files/a_b-1.0-py3-none-any.whl.metadata" => Reply::ok(metadata),
        _ => Reply::status(404),
    });
    let user = User::new().variable("PIP_INDEX_URL", &simple(&server));
    let facts = user.facts();
    let package = package(Origin::Registry(None));
    let found = facts.python_releases(&package).unwrap();
    let shown: Vec<_> = found
        .iter()
        .map(|release| (release.version.as_str(), release.requires_python.as_deref(), release.yanked))
        .collect();
    assert_eq!(shown, [("1.0", Some(">=3.8"), false), ("1.1", None, true)]);
    let needs = facts.facts(&package, Need::Declared).unwrap().requires.clone();
    assert_eq!(needs, Some(vec!["c>=1 ; extra == 'x'".to_owned()]));
    assert_eq!(server.paths(), ["/simple/a-b/", "/files/a_b-1.0-py3-none-any.whl.metadata"]);
}

#[test]
fn an_old_source_archive_tells_its_needs_by_its_egg_info() {
    let head = "Metadata-Version: 1.2\nName: a-b\nVersion: 1.0\n";
    let archive = |egg: bool| {
        let mut files: Vec<(&str, &[u8])> = vec![("a-b-1.0/PKG-INFO", head.as_bytes())];
        if egg {
            files.push(("a-b-1.0/a_b.egg-info/PKG-INFO", head.as_bytes()));
            files.push(("a-b-1.0/a_b.egg-info/requires.txt", b"c>=1\n\n[x]\nd\n"));
        }
        tar_gz(&files)
    };
    for (egg, expected) in
        [(true, Some(vec!["c>=1".to_owned(), "d ; extra == \"x\"".to_owned()])), (false, None)]
    {
        let body = archive(egg);
        let server = Server::start(move |asked| {
            match asked.path.as_str() {
            "/simple/a-b/" => Reply::typed(
                JSON,
                r#"{"files": [{"filename": "a-b-1.0.tar.gz", "url": "/files/a-b-1.0.tar.gz", "hashes": {}}]}"#.to_owned(),
            ),
            "/files/a-b-1.0.tar.gz" => Reply::ok(body.clone()),
            _ => Reply::status(404),
        }
        });
        let user = User::new().variable("PIP_INDEX_URL", &simple(&server));
        let found = user.facts().facts(&package(Origin::Registry(None)), Need::Declared).unwrap();
        assert_eq!(found.requires, expected);
        // Notes of setuptools are no license files.
        assert_eq!(found.files.as_ref().map(Vec::len), Some(0));
    }
}

#[test]
fn texts_come_from_the_wheel_or_else_from_the_source() {
    for (with_license, expected) in [(true, "a_b-1.0.dist-info/licenses/LICENSE"), (false, "COPYING")] {
        let server = index(None, wheel(with_license));
        let user = User::new().variable("PIP_INDEX_URL", &simple(&server));
        let found = user.facts().facts(&package(Origin::Registry(None)), Need::Texts).unwrap();
        let files = found.files.as_ref().unwrap();
        assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), [expected]);
        assert_eq!(files[0].bytes, TEXT.as_bytes());
    }
}

#[test]
fn a_private_index_is_asked_with_its_password_and_before_the_public_one() {
    // Base64 of `me:s3cret`.
    let private = index(Some("Basic bWU6czNjcmV0"), wheel(true));
    let public = Server::stranger();
    let extra = simple(&private).replace("http://", "http://me:s3cret@");
    let user =
        User::new().variable("PIP_INDEX_URL", &simple(&public)).variable("PIP_EXTRA_INDEX_URL", &extra);
    let found = user.facts().facts(&package(Origin::Registry(None)), Need::Declared).unwrap();
    assert!(public.asked().is_empty());
    assert!(!format!("{found:?}").contains("s3cret"));
}

#[test]
fn a_private_index_that_fails_does_not_pass_the_name_on() {
    for status in [401, 500] {
        let private = Server::start(move |_| Reply::status(status));
        let public = Server::stranger();
        let user = User::new()
            .variable("PIP_INDEX_URL", &simple(&public))
            .variable("PIP_EXTRA_INDEX_URL", &simple(&private));
        assert!(user.facts().facts(&package(Origin::Registry(None)), Need::Declared).is_err());
        assert!(public.asked().is_empty(), "{status}");
    }
}

#[test]
fn netrc_passwords_go_to_their_machine() {
    let server = index(Some("Basic bWU6czNjcmV0"), wheel(true));
    let user = User::new()
        .home_file(".netrc", "machine 127.0.0.1 login me password s3cret\n")
        .variable("PIP_INDEX_URL", &simple(&server));
    assert!(user.facts().facts(&package(Origin::Registry(None)), Need::Texts).is_ok());
}

#[test]
fn an_index_of_the_tree_holds_back() {
    let named = index(None, wheel(true));
    let public = Server::stranger();
    for (file, text) in [
        ("requirements.txt", format!("--extra-index-url {}\nA_b==1.0\n", simple(&named))),
        ("dev.in", format!("--index-url={}\n-r requirements.txt\n", simple(&named))),
        ("pyproject.toml", format!("[[tool.uv.index]]\nurl = '{}'\n", simple(&named))),
    ] {
        let user = User::new().variable("PIP_INDEX_URL", &simple(&public)).project_file(file, &text);
        let error = user.facts().facts(&package(Origin::Registry(None)), Need::Declared).unwrap_err();
        assert!(
            matches!(&error, FactsError::NamedByTreeOnly { file: named, .. } if named == file),
            "{error}"
        );
    }
    assert!(public.asked().is_empty() && named.asked().is_empty());
}

#[test]
fn the_index_of_a_lock_entry_is_the_one_that_is_asked() {
    let locked = index(None, wheel(true));
    let public = Server::stranger();
    let user = User::new().variable("PIP_INDEX_URL", &simple(&public));
    assert!(user.facts().facts(&package(Origin::Registry(Some(simple(&locked)))), Need::Declared).is_ok());
    assert!(public.asked().is_empty());
}

#[test]
fn pages_in_html_are_read() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/simple/a-b/" => {
            Reply::typed("text/html; charset=utf-8", r#"<a href="../../a-b-1.0.tar.gz">a-b-1.0.tar.gz</a>"#)
        }
        "/a-b-1.0.tar.gz" => Reply::ok(source()),
        _ => Reply::status(404),
    });
    let user = User::new().variable("PIP_INDEX_URL", &simple(&server));
    let found = user.facts().facts(&package(Origin::Registry(None)), Need::Declared).unwrap();
    assert_eq!(found.declared.len(), 2);
}

#[test]
fn files_that_the_lock_does_not_mean_are_not_used() {
    let server = index(None, wheel(true));
    let user = User::new().variable("PIP_INDEX_URL", &simple(&server));
    let mut package = package(Origin::Registry(None));
    package.checksums = vec![sha256(b"another")];
    let error = user.facts().facts(&package, Need::Declared).unwrap_err();
    assert!(matches!(error, FactsError::Checksum { .. }), "{error}");
    package.checksums = vec![sha256(b"another"), sha256(&source())];
    let found = user.facts().facts(&package, Need::Texts).unwrap();
    assert_eq!(found.files.as_ref().unwrap()[0].path, "COPYING");
    assert!(found.verified);
}

#[test]
fn metadata_that_the_index_does_not_mean_is_not_used() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/simple/a-b/" => Reply::typed(
            JSON,
            r#"{"files": [{"filename": "a_b-1.0-py3-none-any.whl", "url": "/w.whl", "hashes": {}, "core-metadata": {"sha256": "00"}}]}"#,
        ),
        _ => Reply::ok(METADATA),
    });
    let user = User::new().variable("PIP_INDEX_URL", &simple(&server));
    let error = user.facts().facts(&package(Origin::Registry(None)), Need::Declared).unwrap_err();
    assert!(matches!(error, FactsError::Checksum { .. }), "{error}");
}

#[test]
fn hostile_wheels_are_refused() {
    let zeros = vec![0; 8 << 20];
    let bomb =
        zip(&[("a_b-1.0.dist-info/METADATA", METADATA.as_bytes()), ("a_b-1.0.dist-info/LICENSE", &zeros)]);
    let climbing = zip(&[("a_b-1.0.dist-info/METADATA", METADATA.as_bytes()), ("../LICENSE", b"x")]);
    for (archive, is_bomb) in [(bomb, true), (climbing, false)] {
        let server = index(None, archive);
        let user = User::new().variable("PIP_INDEX_URL", &simple(&server));
        let error = user.facts().facts(&package(Origin::Registry(None)), Need::Texts).unwrap_err();
        let FactsError::Archive { error, .. } = error else { panic!("{error}") };
        assert_eq!(matches!(error, ArchiveError::Entry { .. }), is_bomb, "{error}");
        assert_eq!(matches!(error, ArchiveError::Path(_)), !is_bomb, "{error}");
    }
}

#[test]
fn a_version_that_is_not_there_is_said_so() {
    let server = index(None, wheel(true));
    let user = User::new().variable("PIP_INDEX_URL", &simple(&server));
    let mut package = package(Origin::Registry(None));
    package.version = Some("9.9".to_owned());
    let error = user.facts().facts(&package, Need::Declared).unwrap_err();
    assert!(error.to_string().contains("no file of version 9.9"), "{error}");
    package.name = "missing".to_owned();
    let error = user.facts().facts(&package, Need::Declared).unwrap_err();
    assert!(matches!(error, FactsError::Fetch(FetchError::NotFound { .. })), "{error}");
}

#[test]
fn no_index_asks_nobody() {
    let server = index(None, wheel(true));
    let user = User::new().variable("PIP_INDEX_URL", &simple(&server)).variable("PIP_NO_INDEX", "1");
    let error = user.facts().facts(&package(Origin::Registry(None)), Need::Declared).unwrap_err();
    assert!(matches!(error, FactsError::KeptPrivate { .. }), "{error}");
    assert!(server.asked().is_empty());
}

#[test]
fn a_lock_entry_that_names_no_server_is_asked_of_nobody() {
    let public = Server::stranger();
    let user = User::new()
        .variable("PIP_INDEX_URL", &simple(&public))
        .variable("npm_config_registry", &public.url());
    for place in ["../wheels", "/srv/wheels", "corp", "file:///srv/wheels"] {
        let origin = Origin::Registry(Some(place.to_owned()));
        let error = user.facts().facts(&package(origin.clone()), Need::Declared).unwrap_err();
        assert_eq!(error, FactsError::NotFromRegistry, "{place}");
        let of_npm = Package::new(Ecosystem::Npm, "secret", Some("1.0.0"), origin);
        assert_eq!(user.facts().facts(&of_npm, Need::Declared).unwrap_err(), FactsError::NotFromRegistry);
    }
    assert!(public.asked().is_empty());
}
