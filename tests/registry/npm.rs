//! npm registries.

use crate::server::{Reply, Server};
use crate::user::{TEXT, User, sha256, tar_gz};
use licgraph::evidence::{EvidenceOptions, RegistrySource};
use licgraph::model::{DependencyGraph, Ecosystem, LicenseStatement, Origin, Package, SourceSpan};
use licgraph::registry::archive::ArchiveError;
use licgraph::registry::fetch::FetchError;
use licgraph::registry::{FactsError, Need};

fn package(name: &str, origin: Origin) -> Package {
    let mut package = Package::new(Ecosystem::Npm, name, Some("1.0.0"), origin);
    package.location = Some(SourceSpan::line("package-lock.json", 3));
    package
}

fn tarball() -> Vec<u8> {
    tar_gz(&[
        ("package/package.json", br#"{"license": "MIT"}"#),
        ("package/LICENSE", TEXT.as_bytes()),
        ("package/index.js", b"code"),
    ])
}

/// A registry with one package, behind a token where one is given.
fn registry(token: Option<&'static str>) -> Server {
    let server = Server::stranger();
    let url = server.url();
    server.answers(move |asked| {
        if token.is_some() && asked.authorization.as_deref() != token {
            return Reply::status(401);
        }
        if asked.path.ends_with(".tgz") {
            return Reply::ok(tarball());
        }
        let name = asked.path.trim_start_matches('/').trim_end_matches("/1.0.0");
        let document = format!(
            r#"{{"license": "MIT", "description": "d", "dist": {{"tarball": "{url}/{name}/-/x-1.0.0.tgz"}}}}"#
        );
        Reply::typed("application/json", document)
    });
    server
}

#[test]
fn a_private_scope_is_asked_with_its_token_and_nobody_else_is() {
    let private = registry(Some("Bearer t0ken"));
    let public = Server::stranger();
    let npmrc = format!(
        "registry={}\n@corp:registry={}\n//{}/:_authToken=${{TOKEN}}\n",
        public.url(),
        private.url(),
        private.host()
    );
    let user = User::new().home_file(".npmrc", &npmrc).variable("TOKEN", "t0ken");
    let facts = user.facts();
    let found = facts.facts(&package("@corp/secret", Origin::Registry(None)), Need::Texts).unwrap();
    assert_eq!(found.declared[0].statement, LicenseStatement::Expression("MIT".to_owned()));
    let files = found.files.as_ref().unwrap();
    assert_eq!(
        (files.len(), files[0].path.as_str(), files[0].bytes.as_slice()),
        (1, "LICENSE", TEXT.as_bytes())
    );
    assert_eq!(private.paths(), ["/@corp%2fsecret/1.0.0", "/@corp%2fsecret/-/x-1.0.0.tgz"]);
    assert!(public.asked().is_empty());
    assert!(!format!("{found:?}").contains("t0ken"));
}

#[test]
fn without_the_token_access_is_refused_and_said() {
    let private = registry(Some("Bearer t0ken"));
    let user = User::new().home_file(".npmrc", &format!("registry={}", private.url()));
    let error = user.facts().facts(&package("a", Origin::Registry(None)), Need::Declared).unwrap_err();
    assert!(matches!(error, FactsError::Fetch(FetchError::Denied { status: 401, authenticated: false, .. })));
    assert!(error.to_string().contains("no credentials for that host"), "{error}");
}

/// In the report the problem names its package, once.
#[test]
fn a_refusal_is_reported_with_the_package() {
    let private = registry(Some("Bearer t0ken"));
    let user = User::new().home_file(".npmrc", &format!("registry={}", private.url()));
    let mut graph = DependencyGraph::new();
    let node = graph.add_package(package("a", Origin::Registry(None)));
    let source = RegistrySource::new(user.facts());
    let learned = licgraph::evidence::learn(&graph, &EvidenceOptions::default(), &source);
    let messages: Vec<_> = learned.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert!(!messages.is_empty());
    assert!(messages.iter().all(|message| message.matches("a 1.0.0: ").count() == 1), "{messages:?}");
    assert!(learned.partly_read.contains(&node));
}

#[test]
fn the_tree_cannot_name_a_registry_for_a_scope_nor_does_the_name_go_elsewhere() {
    let named_by_tree = registry(None);
    let public = Server::stranger();
    let npmrc = format!("registry={}\n//{}/:_authToken=t0ken\n", public.url(), public.host());
    let url = named_by_tree.url();
    for (file, text) in [
        (".npmrc", format!("@corp:registry={url}\n")),
        (".yarnrc.yml", format!("npmScopes:\n  corp:\n    npmRegistryServer: {url}\n")),
        (".yarnrc", format!("\"@corp:registry\" \"{url}\"\n")),
        ("bunfig.toml", format!("[install.scopes]\n\"@corp\" = '{url}'\n")),
        ("pnpm-workspace.yaml", format!("registries:\n  '@corp': {url}\n")),
    ] {
        let user = User::new().home_file(".npmrc", &npmrc).project_file(file, &text);
        let secret = package("@corp/secret", Origin::Registry(None));
        let error = user.facts().facts(&secret, Need::Declared).unwrap_err();
        let registry = format!("{url}/");
        assert_eq!(error, FactsError::NamedByTreeOnly { file: file.to_owned(), registry });
    }
    assert!(public.asked().is_empty() && named_by_tree.asked().is_empty());
}

#[test]
fn settings_that_npm_hands_down_from_the_project_are_not_the_user_s() {
    let (named_by_tree, own) = (registry(None), registry(None));
    let user = User::new()
        .home_file(".npmrc", &format!("registry={}\n", own.url()))
        .variable("npm_lifecycle_event", "audit")
        .variable("npm_config_registry", &named_by_tree.url());
    assert!(user.facts().facts(&package("a", Origin::Registry(None)), Need::Declared).is_ok());
    assert_eq!((own.asked().len(), named_by_tree.asked().len()), (1, 0));
}

#[test]
fn a_user_file_inside_the_tree_lends_no_token() {
    let server = registry(None);
    let npmrc = format!("registry={}\n//{}/:_authToken=t0ken\n", server.url(), server.host());
    let user = User::new().project_file("ci/npmrc", &npmrc);
    let file = user.project.path().join("ci/npmrc").display().to_string();
    let user = user.variable("NPM_CONFIG_USERCONFIG", &file);
    assert!(user.facts().facts(&package("a", Origin::Registry(None)), Need::Declared).is_err());
    assert!(server.asked().is_empty());
}

#[test]
fn a_registry_of_the_tree_that_the_user_knows_is_asked() {
    let corp = registry(None);
    let public = Server::stranger();
    let user = User::new()
        .home_file(".npmrc", &format!("registry={}\n@other:registry={}\n", public.url(), corp.url()))
        .project_file(".npmrc", &format!("@corp:registry={}\n", corp.url()));
    assert!(user.facts().facts(&package("@corp/a", Origin::Registry(None)), Need::Declared).is_ok());
    assert_eq!((corp.asked().len(), public.asked().len()), (1, 0));
}

#[test]
fn a_lock_entry_names_its_host_and_gets_no_token_of_another() {
    let own = Server::stranger();
    let locked = registry(None);
    let npmrc = format!("registry={}\n//{}/:_authToken=t0ken\n", own.url(), own.host());
    let user = User::new().home_file(".npmrc", &npmrc);
    let address = format!("{}/a/-/a-1.0.0.tgz", locked.url());
    assert!(user.facts().facts(&package("a", Origin::Registry(Some(address))), Need::Declared).is_ok());
    assert!(own.asked().is_empty());
    assert!(locked.asked().iter().all(|asked| asked.authorization.is_none()));
}

#[test]
fn an_archive_on_another_host_is_left_when_the_registry_wants_a_token() {
    let elsewhere = Server::start(|_| Reply::ok(tarball()));
    let target = elsewhere.url();
    let private = Server::start(move |_| {
        Reply::ok(format!(r#"{{"license": "MIT", "dist": {{"tarball": "{target}/secret.tgz"}}}}"#))
    });
    let npmrc = format!("registry={}\n//{}/:_authToken=t0ken\n", private.url(), private.host());
    let user = User::new().home_file(".npmrc", &npmrc);
    let error = user.facts().facts(&package("secret", Origin::Registry(None)), Need::Texts).unwrap_err();
    assert!(matches!(error, FactsError::Elsewhere { .. }), "{error}");
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn a_registry_without_version_documents_gives_the_whole_package() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/a" => Reply::ok(r#"{"versions": {"1.0.0": {"license": "ISC"}}}"#),
        _ => Reply::status(405),
    });
    let user = User::new().variable("npm_config_registry", &server.url());
    let found = user.facts().facts(&package("a", Origin::Registry(None)), Need::Declared).unwrap();
    assert_eq!(found.declared[0].statement, LicenseStatement::Expression("ISC".to_owned()));
}

#[test]
fn a_wrong_checksum_is_not_used() {
    let server = registry(None);
    let mut package = package("a", Origin::Registry(Some(format!("{}/a/-/a-1.0.0.tgz", server.url()))));
    package.checksums = vec![sha256(b"another archive")];
    let user = User::new();
    let error = user.facts().facts(&package, Need::Texts).unwrap_err();
    assert!(matches!(error, FactsError::Checksum { .. }), "{error}");
    assert_eq!(user.cache().show().entries.len(), 0, "nothing of it is kept");
    package.checksums = vec![sha256(&tarball())];
    assert!(user.facts().facts(&package, Need::Texts).unwrap().verified);
}

#[test]
fn hostile_archives_are_refused() {
    let zeros = vec![0; 20 << 20];
    let bomb = tar_gz(&[("package/package.json", b"{}"), ("package/zeros", &zeros)]);
    let climbing = tar_gz(&[("package/package.json", b"{}"), ("package/../../LICENSE", b"x")]);
    let broken = b"\x1f\x8bnot gzip".to_vec();
    for (archive, kind) in [(bomb, "bomb"), (climbing, "path"), (broken, "broken")] {
        let server = Server::start(move |_| Reply::ok(archive.clone()));
        let origin = Origin::Archive(format!("{}/a.tgz", server.url()));
        let error = User::new().facts().facts(&package("a", origin), Need::Texts).unwrap_err();
        let FactsError::Archive { error, .. } = error else { panic!("{kind}: {error}") };
        match kind {
            "bomb" => assert_eq!(error, ArchiveError::Ratio(200)),
            "path" => assert!(matches!(error, ArchiveError::Path(_)), "{error}"),
            _ => assert!(matches!(error, ArchiveError::Broken(_)), "{error}"),
        }
    }
}

#[test]
fn documents_that_are_no_documents_are_said_so() {
    for body in ["<html>", "", "[1]", r#"{"license": 7}"#] {
        let server = Server::start(move |_| Reply::ok(body));
        let user = User::new().variable("npm_config_registry", &server.url());
        match user.facts().facts(&package("a", Origin::Registry(None)), Need::Declared) {
            Ok(found) => assert!(found.declared.is_empty(), "{body}"),
            Err(error) => assert!(matches!(error, FactsError::Unreadable { .. }), "{body}: {error}"),
        }
    }
}

#[test]
fn without_a_client_nobody_is_asked() {
    let error = User::new().facts().facts(&package("a", Origin::Registry(None)), Need::Declared).unwrap_err();
    assert!(matches!(error, FactsError::NotConfigured { .. }), "{error}");
}

/// A lock file may name the host that npm is built with, while the user has a mirror.
#[cfg(unix)]
#[test]
fn the_user_s_mirror_takes_the_place_of_the_built_in_registry() {
    use std::os::unix::fs::PermissionsExt;
    let built_in = Server::stranger();
    let mirror = registry(None);
    let user = User::new().home_file(
        "bin/npm",
        &format!(
            "#!/bin/sh\ncase \"$*\" in *--userconfig*) echo {}/;; *) echo {}/;; esac\n",
            built_in.url(),
            mirror.url()
        ),
    );
    let program = user.home.path().join("bin/npm");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let user = user.variable("PATH", &path);
    let locked = Origin::Registry(Some(format!("{}/a/-/a-1.0.0.tgz", built_in.url())));
    assert!(user.facts().facts(&package("a", locked), Need::Declared).is_ok());
    assert_eq!((built_in.asked().len(), mirror.paths()), (0, vec!["/a/1.0.0".to_owned()]));
}
