//! The newest release of a package: which one counts, who is asked, and who is not.

use crate::server::{Reply, Server};
use crate::user::{User, sha256, tar_gz, zip};
use licgraph::model::{Ecosystem, LicenseStatement, Origin, Package, SourceSpan};
use licgraph::registry::fetch::{Fetch, FetchError, Request, Response};
use licgraph::registry::{FactsError, Need, RegistryFacts};
use std::collections::BTreeMap;

const JSON: &str = "application/vnd.pypi.simple.v1+json";

fn used(ecosystem: Ecosystem, name: &str, version: &str, origin: Origin) -> Package {
    let mut package = Package::new(ecosystem, name, Some(version), origin);
    package.location = Some(SourceSpan::line("lock", 3));
    package
}

/// The newest release's version, and what it declares.
fn newest(facts: &RegistryFacts, package: &Package) -> Option<(String, Vec<LicenseStatement>)> {
    let release = facts.newer(package).unwrap()?;
    let declared = &facts.facts(&release, Need::Declared).unwrap().declared;
    let statements = declared.iter().map(|declared| declared.statement.clone()).collect();
    Some((release.version?, statements))
}

fn expression(text: &str) -> Vec<LicenseStatement> {
    vec![LicenseStatement::Expression(text.to_owned())]
}

fn npm_document(version: &str, license: &str, more: &str) -> String {
    format!(r#"{{"name": "a", "version": "{version}", "license": "{license}"{more}}}"#)
}

#[test]
fn one_small_answer_is_enough_for_npm() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/a/latest" => Reply::typed("application/json", npm_document("2.0.0", "BUSL-1.1", "")),
        _ => Reply::status(404),
    });
    let user = User::new().home_file(".npmrc", &format!("registry={}", server.url()));
    let facts = user.facts();
    let package = used(Ecosystem::Npm, "a", "1.0.0", Origin::Registry(None));
    assert_eq!(newest(&facts, &package), Some(("2.0.0".to_owned(), expression("BUSL-1.1"))));
    assert_eq!(server.paths(), ["/a/latest"]);
    let package = used(Ecosystem::Npm, "a", "2.0.0", Origin::Registry(None));
    assert_eq!(newest(&facts, &package), None);
}

#[test]
fn pre_releases_and_deprecated_versions_of_npm_do_not_count() {
    let old = npm_document("1.4.0", "ISC", "");
    let deprecated = npm_document("1.5.0", "MIT", r#", "deprecated": "broken""#);
    let next = npm_document("2.0.0-rc.1", "MIT", "");
    let whole = format!(
        r#"{{"dist-tags": {{"latest": "1.5.0"}}, "versions": {{"1.4.0": {old}, "1.5.0": {deprecated}, "2.0.0-rc.1": {next}}}}}"#
    );
    // A registry that knows whole packages only.
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/a" => Reply::typed("application/json", whole.clone()),
        _ => Reply::status(404),
    });
    let user = User::new().home_file(".npmrc", &format!("registry={}", server.url()));
    let facts = user.facts();
    let of = |version| newest(&facts, &used(Ecosystem::Npm, "a", version, Origin::Registry(None)));
    assert_eq!(of("1.0.0"), Some(("1.4.0".to_owned(), expression("ISC"))));
    assert_eq!(of("1.4.0"), None);
    assert_eq!(of("2.0.0-rc.0"), None, "nobody is sent back");
}

#[test]
fn a_private_scope_is_asked_of_its_own_registry_only() {
    let private = Server::start(|asked| match asked.path.as_str() {
        "/@corp%2fsecret/latest" if asked.authorization.as_deref() == Some("Bearer t0ken") => {
            Reply::typed("application/json", npm_document("2.0.0", "UNLICENSED", ""))
        }
        _ => Reply::status(401),
    });
    let public = Server::stranger();
    let npmrc = format!(
        "registry={}\n@corp:registry={}\n//{}/:_authToken=t0ken\n",
        public.url(),
        private.url(),
        private.host()
    );
    let facts = User::new().home_file(".npmrc", &npmrc);
    let package = used(Ecosystem::Npm, "@corp/secret", "1.0.0", Origin::Registry(None));
    assert_eq!(newest(&facts.facts(), &package).unwrap().1, [LicenseStatement::Unlicensed]);
    assert!(public.asked().is_empty());

    let held_back = User::new()
        .home_file(".npmrc", &format!("registry={}", public.url()))
        .project_file(".npmrc", &format!("@corp:registry={}", private.url()));
    let error = held_back.facts().newer(&package).unwrap_err();
    assert!(matches!(error, FactsError::NamedByTreeOnly { .. }), "{error}");
    assert!(public.asked().is_empty());
    assert_eq!(private.asked().len(), 1);
}

#[test]
fn archives_and_repositories_have_no_newest_release() {
    let server = Server::stranger();
    let user = User::new().home_file(".npmrc", &format!("registry={}", server.url()));
    for origin in [
        Origin::Archive(format!("{}/a-1.0.0.tgz", server.url())),
        Origin::Git("git+ssh://code.example/a#1".to_owned()),
        Origin::Path("a".to_owned()),
    ] {
        let error = user.facts().newer(&used(Ecosystem::Npm, "a", "1.0.0", origin)).unwrap_err();
        assert_eq!(error, FactsError::NotFromRegistry);
    }
    assert!(server.asked().is_empty());
}

#[test]
fn offline_nobody_is_asked() {
    let user = User::new().home_file(".npmrc", "registry=http://registry.example/");
    for ecosystem in [Ecosystem::Npm, Ecosystem::Cargo, Ecosystem::Python, Ecosystem::Go] {
        let error = user.offline().newer(&used(ecosystem, "a", "1.0.0", Origin::Registry(None)));
        assert_eq!(error.unwrap_err(), FactsError::Fetch(FetchError::Offline));
    }
}

fn crate_file(version: &str, license: &str) -> Vec<u8> {
    let manifest = format!("[package]\nname='secret'\nversion='{version}'\nlicense='{license}'\n");
    tar_gz(&[(&format!("secret-{version}/Cargo.toml"), manifest.as_bytes())])
}

fn index_lines() -> String {
    let line = |version: &str, checksum: &str, yanked: bool| {
        format!(
            r#"{{"name":"secret","vers":"{version}","deps":[],"cksum":"{checksum}","features":{{}},"yanked":{yanked}}}"#
        )
    };
    let newest = sha256(&crate_file("1.10.0", "BUSL-1.1")).value;
    [
        line("1.0.0", "00", false),
        line("1.10.0", &newest, false),
        line("1.9.0", "00", false),
        line("1.11.0", "00", true),
        line("2.0.0-beta.1", "00", false),
    ]
    .join("\n")
}

#[test]
fn yanked_crates_do_not_count_and_the_archive_is_checked_against_the_index() {
    let server = Server::stranger();
    let url = server.url();
    server.answers(move |asked| match asked.path.as_str() {
        "/index/config.json" => Reply::ok(format!(r#"{{"dl": "{url}/dl"}}"#)),
        "/index/se/cr/secret" => Reply::ok(index_lines()),
        "/dl/secret/1.10.0/download" => Reply::ok(crate_file("1.10.0", "BUSL-1.1")),
        _ => Reply::status(404),
    });
    let index = format!("sparse+{}/index/", server.url());
    let user = User::new().home_file("cargo/config.toml", &format!("[registries.corp]\nindex = '{index}'\n"));
    let facts = user.facts();
    let package = used(Ecosystem::Cargo, "secret", "1.0.0", Origin::Registry(Some(index.clone())));
    assert_eq!(newest(&facts, &package), Some(("1.10.0".to_owned(), expression("BUSL-1.1"))));
    let release = facts.newer(&package).unwrap().unwrap();
    assert!(facts.facts(&release, Need::Declared).unwrap().verified);
    let unknown = used(Ecosystem::Cargo, "gone", "1.0.0", Origin::Registry(Some(index)));
    let error = facts.newer(&unknown).unwrap_err();
    assert!(matches!(error, FactsError::Fetch(FetchError::NotFound { status: 404, .. })), "{error}");
}

/// Gives what it is told for an address.
struct Told(BTreeMap<&'static str, String>);

impl Fetch for Told {
    fn get(&self, request: &Request) -> Result<Response, FetchError> {
        let address = request.address.clone();
        match self.0.get(address.as_str()) {
            Some(body) => {
                Ok(Response { address, content_type: String::new(), body: body.clone().into_bytes() })
            }
            None => Err(FetchError::NotFound { address: address.to_string(), status: 404 }),
        }
    }

    fn requests(&self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }
}

/// The cargo home names the default registry by a directory; a host of that name with another configuration is
/// somebody else.
#[test]
fn the_default_sparse_index_is_found_by_the_cargo_home_and_checked() {
    let user = User::new().home_file(
        "cargo/registry/index/index.registry.example-0123456789abcdef/config.json",
        r#"{"dl": "https://dl.registry.example/crates"}"#,
    );
    let package = used(Ecosystem::Cargo, "secret", "1.0.0", Origin::Unknown);
    let answers = |dl: &str| {
        BTreeMap::from([
            ("https://index.registry.example/config.json", format!(r#"{{"dl": "{dl}"}}"#)),
            ("https://index.registry.example/se/cr/secret", index_lines()),
        ])
    };
    let facts = user.facts_over(Box::new(Told(answers("https://dl.registry.example/crates"))));
    assert_eq!(facts.newer(&package).unwrap().unwrap().version.as_deref(), Some("1.10.0"));
    let facts = user.facts_over(Box::new(Told(answers("https://elsewhere.example/crates"))));
    assert!(matches!(facts.newer(&package).unwrap_err(), FactsError::NotConfigured { .. }));
}

#[test]
fn an_index_line_that_is_no_json_is_said() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/index/config.json" => Reply::ok(r#"{"dl": "https://dl.registry.example"}"#),
        _ => Reply::ok("{\"vers\":\"1.0.0\"}\nnot json\n"),
    });
    let index = format!("sparse+{}/index/", server.url());
    let package = used(Ecosystem::Cargo, "secret", "1.0.0", Origin::Registry(Some(index)));
    let error = User::new().facts().newer(&package).unwrap_err();
    assert!(matches!(error, FactsError::Unreadable { .. }), "{error}");
}

fn metadata(version: &str, license: &str) -> String {
    format!("Metadata-Version: 2.4\nName: a-b\nVersion: {version}\nLicense-Expression: {license}\n\n")
}

#[test]
fn withdrawn_files_and_pre_releases_of_an_index_do_not_count() {
    let json = r#"{"files": [
        {"filename": "a_b-1.0-py3-none-any.whl", "url": "/files/a_b-1.0-py3-none-any.whl", "core-metadata": true},
        {"filename": "a_b-1.10-py3-none-any.whl", "url": "/files/a_b-1.10-py3-none-any.whl", "core-metadata": true, "yanked": false},
        {"filename": "a_b-1.9-py3-none-any.whl", "url": "/files/a_b-1.9-py3-none-any.whl", "core-metadata": true},
        {"filename": "a_b-2.0-py3-none-any.whl", "url": "/files/a_b-2.0-py3-none-any.whl", "core-metadata": true, "yanked": "broken"},
        {"filename": "a_b-3.0rc1-py3-none-any.whl", "url": "/files/a_b-3.0rc1-py3-none-any.whl", "core-metadata": true}]}"#;
    let html = r#"<a href="/files/a_b-1.10-py3-none-any.whl" data-core-metadata="true">a_b-1.10-py3-none-any.whl</a>
        <a href="/files/a_b-2.0-py3-none-any.whl" data-yanked="" data-core-metadata="true">a_b-2.0-py3-none-any.whl</a>"#;
    for (kind, page) in [(JSON, json), ("text/html", html)] {
        let server = Server::start(move |asked| match asked.path.as_str() {
            "/simple/a-b/" => Reply::typed(kind, page),
            "/files/a_b-1.10-py3-none-any.whl.metadata" => Reply::ok(metadata("1.10", "BUSL-1.1")),
            _ => Reply::status(404),
        });
        let user = User::new().variable("PIP_INDEX_URL", &format!("{}/simple", server.url()));
        let facts = user.facts();
        let package = used(Ecosystem::Python, "A_b", "1.0", Origin::Registry(None));
        assert_eq!(newest(&facts, &package), Some(("1.10".to_owned(), expression("BUSL-1.1"))), "{kind}");
        assert_eq!(server.asked().len(), 2, "{kind}");
        let newest_in_use = used(Ecosystem::Python, "a-b", "1.10.0", Origin::Registry(None));
        assert_eq!(newest(&facts, &newest_in_use), None);
    }
}

#[test]
fn no_index_means_that_nobody_is_asked() {
    let server = Server::stranger();
    let user = User::new()
        .variable("PIP_INDEX_URL", &format!("{}/simple", server.url()))
        .variable("PIP_NO_INDEX", "1");
    let error = user.facts().newer(&used(Ecosystem::Python, "a", "1.0", Origin::Registry(None))).unwrap_err();
    assert!(matches!(error, FactsError::KeptPrivate { .. }), "{error}");
    assert!(server.asked().is_empty());
}

const MODULE: &str = "code.example/Me/mod";

fn proxy(list: &'static str, module_file: &'static str) -> Server {
    Server::start(move |asked| match asked.path.strip_prefix("/code.example/!me/mod/") {
        Some("@v/list") => Reply::ok(list),
        Some("@latest") => Reply::ok(r#"{"Version": "v0.0.0-20260301000000-abcdefabcdef"}"#),
        Some(path) if path.ends_with(".mod") => Reply::ok(module_file),
        Some(path) if path.ends_with(".zip") => {
            let version = path.trim_start_matches("@v/").trim_end_matches(".zip");
            let name = format!("code.example/Me/mod@{version}/LICENSE");
            Reply::ok(zip(&[(&name, b"terms of the new version")]))
        }
        _ => Reply::status(404),
    })
}

fn newest_module(server: &Server, version: &str) -> Option<String> {
    let user = User::new().variable("GOPROXY", &server.url());
    let package = used(Ecosystem::Go, MODULE, version, Origin::Registry(None));
    user.facts().newer(&package).unwrap()?.version
}

#[test]
fn retracted_versions_and_pre_releases_of_a_module_do_not_count() {
    let server =
        proxy("v1.0.0\nv1.10.0\nv1.9.0\nv1.11.0\nv1.12.0-rc.1\n", "module x\nretract [v1.10.1, v1.11.0]\n");
    assert_eq!(newest_module(&server, "v1.0.0").as_deref(), Some("v1.10.0"));
    assert_eq!(server.paths(), ["/code.example/!me/mod/@v/list", "/code.example/!me/mod/@v/v1.11.0.mod"]);
    assert_eq!(newest_module(&server, "v1.10.0"), None);
}

#[test]
fn a_module_without_tags_has_its_latest_commit() {
    let server = proxy("", "module x\n");
    let latest = "v0.0.0-20260301000000-abcdefabcdef";
    assert_eq!(newest_module(&server, "v0.0.0-20250101000000-abcdefabcdef").as_deref(), Some(latest));
    assert_eq!(newest_module(&server, latest), None);
}

#[test]
fn a_private_module_s_newest_release_is_asked_of_nobody() {
    let server = proxy("v1.1.0\n", "module x\n");
    let user = User::new().variable("GOPROXY", &server.url()).variable("GOPRIVATE", "code.example/Me");
    let error = user.facts().newer(&used(Ecosystem::Go, MODULE, "v1.0.0", Origin::Registry(None)));
    assert!(matches!(error.unwrap_err(), FactsError::KeptPrivate { .. }));
    assert!(server.asked().is_empty());
}
