//! `licgraph review` and `licgraph diff` of two versions, against registries on this machine.

use crate::server::{Reply, Server};
use crate::user::{User, tar_gz, zip};
use std::process::Command;

/// How a run ended, and what it wrote.
struct Outcome {
    code: Option<i32>,
    out: String,
    err: String,
}

/// The program in the user's project, with the user's environment and no other.
fn run(user: &User, arguments: &[&str]) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_licgraph"));
    command.args(arguments).current_dir(user.project.path()).env_clear();
    command.envs(user.environment().pairs()).env("SOURCE_DATE_EPOCH", "1795305600");
    command.env("LICGRAPH_CACHE", user.cache.path());
    let output = command.output().unwrap();
    Outcome {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The part of a review about newer versions, with the ports taken out.
fn upstream(outcome: &Outcome) -> String {
    let start = outcome.out.find("## Newer versions").unwrap_or_else(|| panic!("{}", outcome.err));
    let end = outcome.out[start + 3..].find("\n## ").unwrap() + start + 3;
    let mut shown = String::new();
    for part in outcome.out[start..end].split_inclusive("127.0.0.1:") {
        shown.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    }
    shown
}

/// What the registries of these tests have: name, license below version 2 (of a module: below 1), license from there.
const PACKAGES: [(&str, &str, &str); 3] = [
    ("ledger", "MIT", "BUSL-1.1"),
    ("steady", "MIT", "MIT"),
    ("opening", "GPL-3.0-only", "MIT OR Apache-2.0"),
];

fn license_of(name: &str, version: &str) -> Option<&'static str> {
    let (_, old, new) = PACKAGES.into_iter().find(|(known, ..)| *known == name)?;
    Some(if version.starts_with('1') { old } else { new })
}

fn npm_registry() -> Server {
    Server::start(|asked| {
        let mut parts = asked.path.trim_start_matches('/').splitn(2, '/');
        let (name, version) = (parts.next().unwrap(), parts.next().unwrap_or_default());
        let version = if version == "latest" { "2.0.0" } else { version };
        match license_of(name, version) {
            Some(license) if !version.is_empty() => Reply::typed(
                "application/json",
                format!(r#"{{"name": "{name}", "version": "{version}", "license": "{license}"}}"#),
            ),
            _ => Reply::status(404),
        }
    })
}

/// A project that uses all of them, one that the registry does not have, and one of a private scope.
fn npm_user(public: &Server, private: &Server) -> User {
    let names = ["ledger", "steady", "opening", "gone", "@corp/secret"];
    let needs: Vec<_> = names.iter().map(|name| format!(r#""{name}": "^1.0.0""#)).collect();
    let entries: Vec<_> = names
        .iter()
        .map(|name| {
            let base = if name.starts_with('@') { private.url() } else { public.url() };
            let file = name.rsplit('/').next().unwrap();
            let license = license_of(name, "1.0.0").unwrap_or("ISC");
            format!(
                r#""node_modules/{name}": {{"version": "1.0.0", "resolved": "{base}/{name}/-/{file}-1.0.0.tgz", "license": "{license}"}}"#
            )
        })
        .collect();
    let manifest = format!(
        r#"{{"name": "shop", "version": "1.0.0", "license": "MIT", "dependencies": {{{}}}}}"#,
        needs.join(",")
    );
    let lock = format!(
        r#"{{"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {{"": {manifest}, {}}}}}"#,
        entries.join(",")
    );
    let npmrc = format!("registry={}\n@corp:registry={}\n", public.url(), private.url());
    User::new()
        .home_file(".npmrc", &npmrc)
        .project_file("package.json", &manifest)
        .project_file("package-lock.json", &lock)
}

#[test]
fn relicensed_npm_packages_are_announced_before_the_upgrade() {
    let public = npm_registry();
    let private = Server::start(|_| Reply::typed("application/json", r#"{"version": "1.0.0"}"#));
    let user = npm_user(&public, &private);
    let review = run(&user, &["review"]);
    insta::assert_snapshot!(upstream(&review));
    assert_eq!(review.code, Some(1), "{}", review.err);
    assert!(public.paths().iter().all(|path| !path.contains("secret")), "{:?}", public.paths());
    assert_eq!(private.paths(), ["/@corp%2fsecret/latest"]);

    let warned = run(&user, &["review", "--fail-on", "incompatible", "--license", "GPL-3.0-only"]);
    assert_eq!(warned.code, Some(0), "a newer release alone is a warning: {}", warned.out);
    let failed = run(&user, &["review", "--fail-on", "conditional", "--license", "GPL-3.0-only"]);
    assert_eq!(failed.code, Some(1));
}

#[test]
fn an_offline_review_asks_nobody_and_says_so() {
    let public = npm_registry();
    let user = npm_user(&public, &public);
    let review = run(&user, &["review", "--offline"]);
    assert!(upstream(&review).contains("Not looked at: this run is offline."), "{}", review.out);
    assert!(public.asked().is_empty());
}

fn crate_file(name: &str, version: &str) -> Option<Vec<u8>> {
    let license = license_of(name, version)?;
    let manifest = format!("[package]\nname='{name}'\nversion='{version}'\nlicense='{license}'\n");
    Some(tar_gz(&[(&format!("{name}-{version}/Cargo.toml"), manifest.as_bytes())]))
}

fn cargo_registry() -> Server {
    let server = Server::stranger();
    let url = server.url();
    server.answers(move |asked| {
        let parts: Vec<_> = asked.path.trim_start_matches('/').split('/').collect();
        match parts.as_slice() {
            ["index", "config.json"] => Reply::ok(format!(r#"{{"dl": "{url}/dl"}}"#)),
            ["index", _, _, name] if license_of(name, "1").is_some() => {
                let lines =
                    ["1.0.0", "2.0.0"].map(|version| format!(r#"{{"name":"{name}","vers":"{version}"}}"#));
                Reply::ok(lines.join("\n"))
            }
            ["dl", name, version, _] => crate_file(name, version).map_or(Reply::status(404), Reply::ok),
            _ => Reply::status(404),
        }
    });
    server
}

#[test]
fn relicensed_crates_are_announced_before_the_upgrade() {
    let public = cargo_registry();
    let private = Server::start(|_| Reply::status(403));
    let index = |server: &Server| format!("sparse+{}/index/", server.url());
    let mut manifest =
        "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n[dependencies]\n".to_owned();
    let mut lock = "version = 4\n".to_owned();
    let names = ["gone", "ledger", "opening", "secret", "steady"];
    for name in names {
        let (registry, server) = if name == "secret" { ("corp", &private) } else { ("public", &public) };
        manifest.push_str(&format!("{name} = {{ version = \"1\", registry = \"{registry}\" }}\n"));
        let source = index(server);
        lock.push_str(&format!(
            "[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n"
        ));
    }
    let needs = names.map(|name| format!("\"{name}\"")).join(", ");
    lock.push_str(&format!("[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [{needs}]\n"));
    let config = format!(
        "[registries.public]\nindex = '{}'\n[registries.corp]\nindex = '{}'\n",
        index(&public),
        index(&private)
    );
    let user = User::new()
        .home_file("cargo/config.toml", &config)
        .project_file("Cargo.toml", &manifest)
        .project_file("src/lib.rs", "")
        .project_file("Cargo.lock", &lock);
    let review = run(&user, &["review"]);
    insta::assert_snapshot!(upstream(&review));
    assert!(public.paths().iter().all(|path| !path.contains("secret")), "{:?}", public.paths());
}

fn python_index() -> Server {
    Server::start(|asked| {
        let parts: Vec<_> = asked.path.trim_matches('/').split('/').collect();
        match parts.as_slice() {
            ["simple", name] if license_of(name, "1").is_some() => {
                let file = |version| {
                    format!(
                        r#"{{"filename": "{name}-{version}-py3-none-any.whl", "url": "/files/{name}/{version}/{name}-{version}-py3-none-any.whl", "core-metadata": true}}"#
                    )
                };
                let files = [file("1.0.0"), file("2.0.0")].join(",");
                Reply::typed("application/vnd.pypi.simple.v1+json", format!(r#"{{"files": [{files}]}}"#))
            }
            ["files", name, version, file] if file.ends_with(".metadata") => {
                let license = license_of(name, version).unwrap();
                Reply::ok(format!(
                    "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nLicense-Expression: {license}\n\n"
                ))
            }
            _ => Reply::status(404),
        }
    })
}

#[test]
fn relicensed_python_packages_are_announced_before_the_upgrade() {
    let public = python_index();
    let private = Server::start(|_| Reply::status(404));
    let user = User::new()
        .variable("PIP_INDEX_URL", &format!("{}/simple", public.url()))
        .project_file("pyproject.toml", "[project]\nname = \"shop\"\nversion = \"1\"\nlicense = \"MIT\"\n")
        .project_file("requirements.txt", "ledger==1.0.0\nsteady==1.0.0\nopening==1.0.0\ngone==1.0.0\n")
        .project_file(
            "inner/requirements.txt",
            &format!("--index-url {}/simple\nsecret==1.0.0\n", private.url()),
        );
    let review = run(&user, &["review"]);
    insta::assert_snapshot!(upstream(&review));
    assert!(public.paths().iter().all(|path| !path.contains("secret")), "{:?}", public.paths());
    assert!(private.asked().is_empty(), "only the tree names it");
}

fn module_zip(name: &str, version: &str) -> Option<Vec<u8>> {
    let license = license_of(name, if version == "v0.9.0" { "1" } else { "2" })?;
    let id = license.split(' ').next().and_then(spdx::license_id).unwrap();
    let root = format!("code.example/{name}@{version}");
    let license = (format!("{root}/LICENSE"), id.text());
    // What a reader of the module cache passes over counts no more where the module comes from a proxy.
    let inner = (format!("{root}/internal/copied/LICENSE"), spdx::license_id("GPL-3.0-only").unwrap().text());
    let patents =
        (format!("{root}/PATENTS"), "Additional IP Rights Grant (Patents)\n\nA license is granted to you.\n");
    let all = [(format!("{root}/go.mod"), "module x\n"), license, inner, patents];
    let files: Vec<(&str, &[u8])> = all.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    Some(zip(&files))
}

fn go_proxy() -> Server {
    Server::start(|asked| {
        let parts: Vec<_> = asked.path.trim_start_matches('/').split('/').collect();
        let ["code.example", name, "@v", file] = parts.as_slice() else { return Reply::status(404) };
        let found = match file.rsplit_once('.') {
            _ if license_of(name, "1").is_none() => None,
            Some((version, "zip")) => module_zip(name, version),
            Some((_, "mod")) => Some(format!("module code.example/{name}\n").into_bytes()),
            // A release of a module path without a major version suffix stays below 2.
            None if *file == "list" => Some(b"v0.9.0\nv1.0.0\n".to_vec()),
            _ => None,
        };
        found.map_or(Reply::status(404), Reply::ok)
    })
}

#[test]
fn relicensed_modules_are_announced_before_the_upgrade() {
    let public = go_proxy();
    let requires = ["ledger", "steady", "opening", "gone", "corp/secret"]
        .map(|name| format!("require code.example/{name} v0.9.0\n"))
        .concat();
    let user = User::new()
        .variable("GOPROXY", &public.url())
        .variable("GOPRIVATE", "code.example/corp")
        .variable("GONOSUMDB", "*")
        .project_file("go.mod", &format!("module code.example/shop\n\ngo 1.16\n\n{requires}"))
        .project_file(
            "main.go",
            "package main\n\nimport (\n\t_ \"code.example/ledger\"\n\t_ \"code.example/opening\"\n)\n\nfunc main() {}\n",
        )
        .project_file("LICENSE", spdx::license_id("MIT").unwrap().text());
    let review = run(&user, &["review"]);
    insta::assert_snapshot!(upstream(&review));
    assert!(public.paths().iter().all(|path| !path.contains("secret")), "{:?}", public.paths());
}

#[test]
fn two_versions_of_a_package_are_compared() {
    let npm = npm_registry();
    let python = python_index();
    let go = go_proxy();
    let cargo = cargo_registry();
    let index = format!("{}/index/", cargo.url());
    let user = User::new()
        .home_file("cargo/config.toml", &format!("[registries.own]\nindex = 'sparse+{index}'\n"))
        .home_file(".npmrc", &format!("registry={}\n", npm.url()))
        .variable("PIP_INDEX_URL", &format!("{}/simple", python.url()))
        .variable("GOPROXY", &go.url());
    let at_index = |version| format!("pkg:cargo/ledger@{version}?repository_url={index}");
    for (old, new) in [
        ("pkg:npm/ledger@1.0.0", "pkg:npm/ledger@2.0.0"),
        ("pkg:pypi/ledger@1.0.0", "pkg:pypi/ledger@2.0.0"),
        ("pkg:golang/code.example/ledger@v0.9.0", "pkg:golang/code.example/ledger@v1.0.0"),
        (&at_index("1.0.0"), &at_index("2.0.0")),
    ] {
        let diff = run(&user, &["diff", old, new, "--license", "MIT"]);
        assert!(diff.out.contains(": MIT -> BUSL-1.1 (incompatible)"), "{old}: {} {}", diff.out, diff.err);
        assert!(diff.out.contains("new: incompatible-dependency"), "{old}: {}", diff.out);
        assert_eq!(diff.code, Some(1), "{old}");
        let back = run(&user, &["diff", new, old, "--license", "MIT"]);
        assert_eq!(back.code, Some(0), "{old}: {}", back.out);
    }
}

#[test]
fn a_version_that_cannot_be_read_is_no_comparison() {
    let npm = npm_registry();
    let user = User::new().home_file(".npmrc", &format!("registry={}\n", npm.url()));
    for (arguments, said) in [
        (["diff", "pkg:npm/gone@1.0.0", "pkg:npm/gone@2.0.0"].as_slice(), "does not exist (status 404)"),
        (&["diff", "pkg:npm/ledger@1.0.0", "pkg:npm/ledger@2.0.0", "--offline"], "this run is offline"),
        (&["diff", "pkg:other/x@1.0.0", "pkg:other/x@2.0.0"], "no license is known"),
    ] {
        let diff = run(&user, arguments);
        assert!(diff.err.contains(said), "{} {}", diff.out, diff.err);
        assert_eq!(diff.code, Some(3), "{}", diff.out);
    }
    for arguments in [
        ["diff", "pkg:npm/ledger@1.0.0", "pkg:npm/steady@2.0.0"],
        ["diff", "pkg:npm/ledger", "pkg:npm/ledger@2.0.0"],
        ["diff", "pkg:npm", "pkg:npm/ledger@2.0.0"],
    ] {
        assert_eq!(run(&user, &arguments).code, Some(2), "{arguments:?}");
    }
}
