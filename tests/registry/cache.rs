//! The cache, and a run without a network.

use crate::server::{Reply, Server};
use crate::user::{User, sha256};
use licgraph::model::{Ecosystem, Files, LicenseStatement, Origin, Package};
use licgraph::registry::cache::{Cache, CacheKey};
use licgraph::registry::exchange::{Imported, export, import};
use licgraph::registry::fetch::FetchError;
use licgraph::registry::{FactsError, LicenseFile, Need, PackageFacts};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

fn registry() -> Server {
    Server::start(|_| Reply::ok(r#"{"license": "MIT"}"#))
}

fn package(name: &str) -> Package {
    let mut package = Package::new(Ecosystem::Npm, name, Some("1.0.0"), Origin::Registry(None));
    package.checksums = vec![sha256(name.as_bytes())];
    package
}

fn key(identity: &str) -> CacheKey {
    CacheKey { ecosystem: Ecosystem::Npm, identity: identity.to_owned(), need: Need::Texts }
}

fn facts(text: &str) -> PackageFacts {
    let file = LicenseFile { path: "LICENSE".to_owned(), bytes: text.as_bytes().to_vec() };
    PackageFacts { files: Some(vec![file]), ..PackageFacts::default() }
}

fn entries(cache: &Cache) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![cache.directory().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

#[test]
fn what_was_asked_once_is_not_asked_again() {
    let server = registry();
    let user = User::new().variable("npm_config_registry", &server.url());
    let first = user.facts().facts(&package("a"), Need::Declared).unwrap();
    let again = user.facts();
    assert_eq!(again.facts(&package("a"), Need::Declared).unwrap(), first);
    assert_eq!((server.asked().len(), again.cache_hits(), again.requests().len()), (1, 1, 0));
}

#[test]
fn offline_opens_no_socket_and_says_so() {
    let server = registry();
    let user = User::new().variable("npm_config_registry", &server.url()).variable("GOPROXY", &server.url());
    let user = user.variable("PIP_INDEX_URL", &server.url());
    let offline = user.offline();
    for ecosystem in [Ecosystem::Npm, Ecosystem::Python, Ecosystem::Go] {
        let package = Package::new(ecosystem, "a", Some("1.0.0"), Origin::Registry(None));
        let error = offline.facts(&package, Need::Texts).unwrap_err();
        assert_eq!(error, FactsError::Fetch(FetchError::Offline));
    }
    let mut krate = Package::new(
        Ecosystem::Cargo,
        "a",
        Some("1.0.0"),
        Origin::Registry(Some(format!("sparse+{}/", server.url()))),
    );
    krate.checksums = vec![sha256(b"a")];
    assert_eq!(offline.facts(&krate, Need::Texts).unwrap_err(), FactsError::Fetch(FetchError::Offline));
    assert!(server.asked().is_empty() && offline.requests().is_empty());
    assert_eq!(offline.not_asked(), 4);
    user.facts().facts(&package("a"), Need::Declared).unwrap();
    assert!(user.offline().facts(&package("a"), Need::Declared).is_ok(), "the cache answers offline");
}

#[test]
fn a_failure_is_not_kept() {
    let server = Server::start(|_| Reply::status(404));
    let user = User::new().variable("npm_config_registry", &server.url());
    assert!(user.facts().facts(&package("a"), Need::Declared).is_err());
    server.answers(|_| Reply::ok(r#"{"license": "ISC"}"#));
    assert!(user.facts().facts(&package("a"), Need::Declared).is_ok());
}

#[test]
fn many_packages_are_asked_at_once_and_each_of_them_once() {
    let server = registry();
    let user = User::new().variable("npm_config_registry", &server.url());
    let packages: Vec<_> = (0..60).map(|number| package(&format!("p{number}"))).collect();
    let facts = user.facts();
    let ask = |package: &Package| {
        let found = facts.facts(package, Need::Declared).unwrap();
        assert_eq!(found.declared[0].statement, LicenseStatement::Expression("MIT".to_owned()));
    };
    std::thread::scope(|scope| {
        for part in packages.chunks(10) {
            scope.spawn(move || part.iter().for_each(ask));
        }
    });
    packages.iter().for_each(ask);
    assert_eq!((server.asked().len(), facts.requests()[&server.host()]), (60, 60));
}

#[test]
fn a_liar_named_by_one_lock_file_does_not_answer_for_others() {
    let liar = Server::start(|_| Reply::ok(r#"{"license": "MIT"}"#));
    let honest = Server::start(|_| Reply::ok(r#"{"license": "GPL-3.0-only"}"#));
    let user = User::new();
    let from = |server: &Server| {
        let mut package = package("a");
        package.origin = Origin::Registry(Some(format!("{}/a/-/a-1.0.0.tgz", server.url())));
        user.facts().facts(&package, Need::Declared).unwrap().declared[0].statement.clone()
    };
    assert_eq!(from(&liar), LicenseStatement::Expression("MIT".to_owned()));
    assert_eq!(from(&honest), LicenseStatement::Expression("GPL-3.0-only".to_owned()));
}

#[test]
fn a_broken_entry_is_ignored_and_replaced() {
    let server = registry();
    let user = User::new().variable("npm_config_registry", &server.url());
    user.facts().facts(&package("a"), Need::Declared).unwrap();
    let entry = entries(&user.cache()).remove(0);
    let whole = std::fs::read(&entry).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for broken in [&whole[..whole.len() / 2], b"", b"\xff\xfe", &flipped] {
        std::fs::write(&entry, broken).unwrap();
        assert!(user.facts().facts(&package("a"), Need::Declared).is_ok());
        assert_eq!(std::fs::read(&entry).unwrap(), whole, "replaced");
    }
    assert_eq!(server.asked().len(), 5);
}

#[test]
fn parallel_writers_and_readers_see_whole_entries() {
    let user = User::new();
    let long = "x".repeat(200_000);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let cache = user.cache();
                for _ in 0..20 {
                    cache.store(&key("a"), &facts(&long)).unwrap();
                    assert_eq!(cache.load(&key("a")), Some(facts(&long)));
                }
            });
        }
    });
    assert_eq!(entries(&user.cache()).len(), 1, "nothing else is left behind");
}

#[test]
fn texts_answer_for_what_is_declared_but_not_the_other_way() {
    let user = User::new();
    let declared = CacheKey { need: Need::Declared, ..key("a") };
    user.cache().store(&declared, &facts("x")).unwrap();
    assert_eq!(user.cache().load(&key("a")), None);
    user.cache().store(&key("b"), &facts("x")).unwrap();
    assert!(user.cache().load(&CacheKey { need: Need::Declared, ..key("b") }).is_some());
}

#[test]
fn the_cache_is_counted_and_pruned() {
    let user = User::new();
    let cache = user.cache();
    cache.store(&key("a"), &facts("a")).unwrap();
    let entry = entries(&cache).remove(0);
    let folder = entry.parent().unwrap();
    std::fs::write(folder.join("broken.json"), "x").unwrap();
    std::fs::write(folder.join(".tmp-killed"), "x").unwrap();
    std::fs::create_dir_all(cache.directory().join("v0")).unwrap();
    std::fs::write(cache.directory().join("v0/old"), "x").unwrap();
    std::fs::write(cache.directory().join("notes.txt"), "not ours").unwrap();
    let summary = cache.show();
    assert_eq!((summary.entries[&Ecosystem::Npm], summary.broken), (1, 3));
    let now = SystemTime::now();
    assert_eq!(cache.prune(None, now).unwrap().files, 2, "a writer at work is left alone");
    assert_eq!(cache.prune(None, now + Duration::from_secs(7200)).unwrap().files, 1);
    assert!(cache.load(&key("a")).is_some());
    assert_eq!(cache.prune(Some(Duration::from_secs(60)), now + Duration::from_secs(120)).unwrap().files, 1);
    assert_eq!(entries(&cache), [cache.directory().join("notes.txt")], "nothing of anybody else is touched");
}

#[test]
fn a_cache_travels_in_one_file() {
    let (from, to) = (User::new(), User::new());
    for name in ["a", "b"] {
        from.cache().store(&key(name), &facts(name)).unwrap();
    }
    let mut file = Vec::new();
    assert_eq!(export(&from.cache(), &mut file).unwrap(), 2);
    let mut again = Vec::new();
    export(&from.cache(), &mut again).unwrap();
    assert_eq!(file, again, "the same cache gives the same bytes");
    let imported = import(&to.cache(), file.as_slice()).unwrap();
    assert_eq!(imported, Imported { added: 2, known: 0, refused: 0 });
    assert_eq!(to.cache().load(&key("b")), Some(facts("b")));
    assert_eq!(import(&to.cache(), file.as_slice()).unwrap(), Imported { added: 0, known: 2, refused: 0 });
}

#[test]
fn a_hostile_file_writes_nothing_outside_the_cache() {
    let (from, to) = (User::new(), User::new());
    from.cache().store(&key("a"), &facts("a")).unwrap();
    let entry = std::fs::read(&entries(&from.cache())[0]).unwrap();
    let outside = to.home.path().join("outside");
    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |name: &str, kind: tar::EntryType, size: u64, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_cksum();
        builder.append(&header, bytes).unwrap();
    };
    add("../../escape", tar::EntryType::Regular, 4, b"text");
    add(&outside.display().to_string(), tar::EntryType::Regular, entry.len() as u64, &entry);
    add("v2/link", tar::EntryType::Symlink, 0, b"");
    let file = builder.into_inner().unwrap();
    let imported = import(&to.cache(), file.as_slice()).unwrap();
    assert_eq!(imported, Imported { added: 1, known: 0, refused: 2 });
    assert!(!outside.exists());
    assert_eq!(entries(&to.cache()).len(), 1, "an entry's place follows from what it holds");
    assert!(import(&to.cache(), &file[..700]).is_err(), "a file that ends early is said so");
}

#[test]
fn imported_facts_cannot_lay_files_out_elsewhere() {
    let user = User::new();
    let mut package = Package::new(Ecosystem::Npm, "a", Some("1.0.0"), Origin::Registry(None));
    package.checksums = vec![sha256(b"a")];
    // The key of facts that were read from the archive with this checksum.
    let identity = format!("{}\nSha256:{}", package.purl, package.checksums[0].value);
    let good = LicenseFile { path: "docs/LICENSE".to_owned(), bytes: b"good".to_vec() };
    let bad = |path: &str| LicenseFile { path: path.to_owned(), bytes: b"bad".to_vec() };
    let files = Some(vec![bad("../evil"), bad("/evil"), good]);
    user.cache().store(&key(&identity), &PackageFacts { files, ..PackageFacts::default() }).unwrap();
    let facts = user.offline();
    let Some(Files::Listed { base, files }) = facts.license_files(&package).unwrap() else {
        panic!("no files")
    };
    assert_eq!(files, [base.join("docs/LICENSE")]);
    assert_eq!(std::fs::read(&files[0]).unwrap(), b"good");
    drop(facts);
    assert!(!base.exists(), "what was laid out is removed");
}

#[test]
fn a_cache_that_cannot_be_written_is_said_so() {
    let server = registry();
    let user = User::new().variable("npm_config_registry", &server.url());
    std::fs::write(user.cache.path().join("v2"), "a file where a directory should be").unwrap();
    let facts = user.facts();
    assert!(facts.facts(&package("a"), Need::Declared).is_ok());
    assert_eq!(facts.problems().len(), 1);
}
