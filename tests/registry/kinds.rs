//! The same troubles for a private package of every kind of registry, each beside a public registry of the same user,
//! which must never hear the name.

use crate::server::{Asked, Reply, Server};
use crate::user::{TEXT, User, quick, sha256, tar_gz, zip};
use licgraph::model::{Checksum, ChecksumAlgorithm, Ecosystem, Origin, Package};
use licgraph::registry::archive::{ArchiveError, Limits};
use licgraph::registry::checksum::go_h1;
use licgraph::registry::fetch::FetchError;
use licgraph::registry::http::HttpOptions;
use licgraph::registry::{FactsError, Need};
use std::collections::HashSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const KINDS: [Ecosystem; 4] = [Ecosystem::Cargo, Ecosystem::Npm, Ecosystem::Python, Ecosystem::Go];
/// Base64 of `me:s3cret`.
const BASIC: &str = "Basic bWU6czNjcmV0";

/// The archive of the package, with its metadata and one license file and, if asked for, something hostile.
fn archive(kind: Ecosystem, hostile: &[(&str, &[u8])]) -> Vec<u8> {
    let metadata = b"Metadata-Version: 2.4\nName: secret\nVersion: 1.0.0\nLicense-Expression: MIT\n\n";
    let (manifest, license, content): (_, _, &[u8]) = match kind {
        Ecosystem::Cargo => {
            ("secret-1.0.0/Cargo.toml", "secret-1.0.0/LICENSE", b"[package]\nname='secret'\nlicense='MIT'\n")
        }
        Ecosystem::Npm => ("package/package.json", "package/LICENSE", br#"{"license": "MIT"}"#),
        Ecosystem::Python => {
            ("secret-1.0.0.dist-info/METADATA", "secret-1.0.0.dist-info/licenses/LICENSE", metadata)
        }
        _ => (
            "code.example/secret@v1.0.0/go.mod",
            "code.example/secret@v1.0.0/LICENSE",
            b"module code.example/secret\n",
        ),
    };
    let mut files = vec![(manifest, content), (license, TEXT.as_bytes())];
    files.extend(hostile);
    match kind {
        Ecosystem::Cargo | Ecosystem::Npm => tar_gz(&files),
        _ => zip(&files),
    }
}

/// Where the files of an archive lie in it.
fn root(kind: Ecosystem) -> &'static str {
    match kind {
        Ecosystem::Cargo => "secret-1.0.0",
        Ecosystem::Npm => "package",
        Ecosystem::Python => "secret-1.0.0.dist-info",
        _ => "code.example/secret@v1.0.0",
    }
}

/// Whether this is the address of the archive, not of a document about it.
fn is_archive(asked: &Asked) -> bool {
    [".crate", ".tgz", ".whl", ".zip"].iter().any(|end| asked.path.ends_with(end))
}

/// What the private registry at `url` answers when nothing is wrong.
fn answer(kind: Ecosystem, url: &str, archive: &[u8], asked: &Asked) -> Reply {
    if is_archive(asked) {
        return Reply::ok(archive.to_vec());
    }
    match (kind, asked.path.as_str()) {
        (Ecosystem::Cargo, "/index/config.json") => {
            Reply::ok(format!(r#"{{"dl": "{url}/dl/{{crate}}.crate", "auth-required": true}}"#))
        }
        (Ecosystem::Npm, "/@corp%2fsecret/1.0.0") => Reply::typed(
            "application/json",
            format!(r#"{{"license": "MIT", "dist": {{"tarball": "{url}/secret-1.0.0.tgz"}}}}"#),
        ),
        (Ecosystem::Python, "/simple/secret/") => Reply::typed(
            "application/vnd.pypi.simple.v1+json",
            r#"{"files": [{"filename": "secret-1.0.0-py3-none-any.whl", "url": "/files/secret-1.0.0-py3-none-any.whl", "hashes": {}}]}"#,
        ),
        _ => Reply::status(404),
    }
}

/// A private registry and a public one, and the user whose clients know both.
struct Scene {
    kind: Ecosystem,
    private: Server,
    public: Server,
    user: User,
    package: Package,
}

impl Scene {
    fn new(kind: Ecosystem) -> Self {
        let (private, public) = (Server::stranger(), Server::stranger());
        let with_password = private.url().replace("http://", "http://me:s3cret@");
        let (name, version, origin, user) = match kind {
            Ecosystem::Cargo => {
                let index = format!("sparse+{}/index/", private.url());
                let user = User::new()
                    .home_file("cargo/config.toml", &format!("[registries.corp]\nindex = '{index}'\n"))
                    .home_file("cargo/credentials.toml", &format!("[registries.corp]\ntoken = '{BASIC}'\n"))
                    .home_file(
                        "cargo/registry/index/index.example-01/config.json",
                        &format!(r#"{{"dl": "{}/dl"}}"#, public.url()),
                    );
                ("secret", "1.0.0", Origin::Registry(Some(index)), user)
            }
            Ecosystem::Npm => {
                let npmrc = format!(
                    "registry={}\n@corp:registry={}\n//{}/:_auth=bWU6czNjcmV0\n",
                    public.url(),
                    private.url(),
                    private.host()
                );
                let user = User::new().home_file(".npmrc", &npmrc);
                ("@corp/secret", "1.0.0", Origin::Registry(None), user)
            }
            Ecosystem::Python => {
                let user = User::new()
                    .variable("PIP_INDEX_URL", &format!("{}/simple", public.url()))
                    .variable("PIP_EXTRA_INDEX_URL", &format!("{with_password}/simple"));
                ("secret", "1.0.0", Origin::Registry(None), user)
            }
            _ => {
                let list = format!("{with_password},{}", public.url());
                let user = User::new().variable("GOPROXY", &list);
                ("code.example/secret", "v1.0.0", Origin::Registry(None), user)
            }
        };
        Self { kind, private, public, user, package: Package::new(kind, name, Some(version), origin) }
    }

    /// Sets the answers: `trouble` first, and where it has none, what is right. Without the password: 401.
    fn answers(&self, archive: Vec<u8>, trouble: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static) {
        let (kind, url) = (self.kind, self.private.url());
        self.private.answers(move |asked| match asked.authorization.as_deref() {
            Some(BASIC) => trouble(asked).unwrap_or_else(|| answer(kind, &url, &archive, asked)),
            _ => Reply::status(401),
        });
    }

    fn ask(&self, options: HttpOptions) -> Result<usize, FactsError> {
        let facts = self.user.facts_over(Box::new(self.user.http(options)));
        let found = facts.facts(&self.package, Need::Texts)?;
        Ok(found.files.as_ref().map_or(0, Vec::len))
    }

    /// What comes of it; the public registry must not have heard of it, and the password stands in no message.
    fn outcome(&self) -> Result<usize, FactsError> {
        let outcome = self.ask(quick());
        assert!(self.public.asked().is_empty(), "{}: {:?}", self.kind, self.public.paths());
        let said = outcome.as_ref().err().map(ToString::to_string).unwrap_or_default();
        assert!(!said.contains("s3cret") && !said.contains(BASIC), "{said}");
        outcome
    }

    fn refused(&self) -> FactsError {
        self.outcome().expect_err(self.kind.name())
    }
}

/// A trouble that befalls the first request for every address.
fn at_first(reply: impl Fn() -> Reply + Send + Sync + 'static) -> impl Fn(&Asked) -> Option<Reply> {
    let seen: Mutex<HashSet<String>> = Mutex::default();
    move |asked| seen.lock().unwrap().insert(asked.path.clone()).then(&reply)
}

#[test]
fn with_the_password_the_package_is_found() {
    for kind in KINDS {
        let scene = Scene::new(kind);
        scene.answers(archive(kind, &[]), |_| None);
        assert_eq!(scene.outcome(), Ok(1), "{kind}");
        assert!(scene.private.asked().iter().all(|asked| asked.authorization.is_some()), "{kind}");
    }
}

#[test]
fn refusals_401_and_403() {
    for kind in KINDS {
        for status in [401, 403] {
            let scene = Scene::new(kind);
            scene.answers(archive(kind, &[]), move |_| Some(Reply::status(status)));
            let error = scene.refused();
            let FactsError::Fetch(FetchError::Denied { status: told, .. }) = error else {
                panic!("{kind}: {error}")
            };
            assert_eq!(told, status);
            assert_eq!(scene.private.asked().len(), 1, "{kind}: asked once");
        }
    }
}

/// What an extra index and the first of several proxies do not have is asked of the next, as pip and go do.
#[test]
fn absence_404() {
    for kind in KINDS {
        let scene = Scene::new(kind);
        scene.answers(archive(kind, &[]), |_| Some(Reply::status(404)));
        let passes_on = matches!(kind, Ecosystem::Python | Ecosystem::Go);
        let error = if passes_on { scene.ask(quick()).expect_err(kind.name()) } else { scene.refused() };
        assert!(matches!(error, FactsError::Fetch(FetchError::NotFound { .. })), "{kind}: {error}");
        assert!(scene.user.waits().is_empty(), "{kind}: absence is final");
    }
}

#[test]
fn too_many_requests_429_with_retry_after() {
    for kind in KINDS {
        let scene = Scene::new(kind);
        scene.answers(archive(kind, &[]), at_first(|| Reply::status(429).with("Retry-After", "7")));
        assert_eq!(scene.outcome(), Ok(1), "{kind}");
        let waits = scene.user.waits();
        assert!(
            !waits.is_empty() && waits.iter().all(|wait| *wait == Duration::from_secs(7)),
            "{kind}: {waits:?}"
        );
    }
}

#[test]
fn a_failure_500_then_200() {
    for kind in KINDS {
        let scene = Scene::new(kind);
        scene.answers(archive(kind, &[]), at_first(|| Reply::status(500)));
        assert_eq!(scene.outcome(), Ok(1), "{kind}");
        assert!(!scene.user.waits().is_empty(), "{kind}");
    }
}

#[test]
fn a_slow_body() {
    for kind in KINDS {
        let scene = Scene::new(kind);
        scene.answers(archive(kind, &[]), |asked| {
            is_archive(asked).then(|| Reply::Drip { every: Duration::from_millis(20) })
        });
        let started = Instant::now();
        let options = HttpOptions {
            patience: Duration::from_millis(400),
            deadline: Duration::from_millis(800),
            ..quick()
        };
        let error = scene.ask(options).expect_err(kind.name());
        assert!(matches!(error, FactsError::Fetch(FetchError::Timeout { .. })), "{kind}: {error}");
        assert!(started.elapsed() < Duration::from_secs(5), "{kind}");
        assert!(scene.public.asked().is_empty(), "{kind}");
    }
}

#[test]
fn a_body_of_two_gigabytes() {
    for kind in KINDS {
        let scene = Scene::new(kind);
        scene.answers(archive(kind, &[]), |asked| {
            is_archive(asked).then_some(Reply::Endless { promised: Some(2 << 30) })
        });
        let error = scene.refused();
        assert!(matches!(error, FactsError::Fetch(FetchError::TooLarge { .. })), "{kind}: {error}");
        assert!(scene.private.sent() < 64 << 20, "{kind}: {} bytes were taken", scene.private.sent());
    }
}

#[test]
fn a_wrong_checksum() {
    for kind in KINDS {
        let mut scene = Scene::new(kind);
        scene.answers(archive(kind, &[]), |_| None);
        let other = archive(kind, &[(&format!("{}/LICENSE-2", root(kind)), b"another")]);
        let of = |bytes: &[u8]| match kind {
            Ecosystem::Go => {
                let value = go_h1(bytes, &Limits::default()).unwrap();
                Checksum { algorithm: ChecksumAlgorithm::GoH1, value }
            }
            _ => sha256(bytes),
        };
        scene.package.checksums = vec![of(&other)];
        let error = scene.refused();
        assert!(matches!(error, FactsError::Checksum { .. }), "{kind}: {error}");
        scene.package.checksums = vec![of(&archive(kind, &[]))];
        assert_eq!(scene.outcome(), Ok(1), "{kind}");
    }
}

#[test]
fn a_zip_bomb() {
    let zeros = vec![0; 40 << 20];
    for kind in KINDS {
        let scene = Scene::new(kind);
        scene.answers(archive(kind, &[(&format!("{}/LICENSE-2", root(kind)), &zeros)]), |_| None);
        let error = scene.refused();
        let FactsError::Archive { error, .. } = error else { panic!("{kind}: {error}") };
        assert!(matches!(error, ArchiveError::Ratio(_) | ArchiveError::Entry { .. }), "{kind}: {error}");
    }
}

#[test]
fn a_path_that_leads_out_of_the_archive() {
    for kind in KINDS {
        let scene = Scene::new(kind);
        scene.answers(archive(kind, &[("../LICENSE", b"x")]), |_| None);
        let error = scene.refused();
        let FactsError::Archive { error, .. } = error else { panic!("{kind}: {error}") };
        assert!(matches!(error, ArchiveError::Path(_)), "{kind}: {error}");
    }
}
