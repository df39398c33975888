//! The program as its users run it, with an empty module cache and a module proxy in a directory.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn check(home: &Path, more: &[&str]) -> (serde_json::Value, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_licgraph"))
        .args(["check", "--no-policy", "--license", "MIT", "--format", "json"])
        .args(more)
        .arg(home.join("project"))
        .env_clear()
        .env("HOME", home)
        .env("GOENV", "off")
        .env("GOMODCACHE", home.join("modules"))
        .env("GOPROXY", format!("file://{},off", home.join("proxy").display()))
        .env("LICGRAPH_CACHE", home.join("facts"))
        .output()
        .unwrap();
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code())
}

#[test]
fn what_is_not_at_hand_comes_from_the_proxy_and_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let home = directory.path();
    put(&home.join("project/go.mod"), "module example.com/app\n\nrequire example.com/one v1.0.0\n");
    put(&home.join("project/main.go"), "package main\n\nimport _ \"example.com/one\"\n");
    let license = |id: &str| spdx::license_id(id).unwrap().text();
    for (name, requires, id) in [("one", "require example.com/two v1.0.0\n", "ISC"), ("two", "", "0BSD")] {
        let folder = home.join(format!("proxy/example.com/{name}/@v"));
        put(&folder.join("v1.0.0.mod"), &format!("module example.com/{name}\n{requires}"));
        let mut zip = zip::ZipWriter::new(File::create(folder.join("v1.0.0.zip")).unwrap());
        let entry = format!("example.com/{name}@v1.0.0/LICENSE");
        zip.start_file(entry, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(license(id).as_bytes()).unwrap();
        zip.finish().unwrap();
    }
    let concluded = |report: &serde_json::Value| {
        let packages = report["packages"].as_array().unwrap().iter();
        let line = |package: &serde_json::Value| {
            format!(
                "{} {}",
                package["name"].as_str().unwrap(),
                package["license"]["concluded"].as_str().unwrap()
            )
        };
        packages
            .map(line)
            .filter(|line| line.starts_with("example.com/") && !line.contains("/app "))
            .collect::<Vec<_>>()
    };
    let (report, code) = check(home, &["--offline"]);
    assert_eq!(concluded(&report), ["example.com/one NOASSERTION"]);
    assert!(report["problems"].to_string().contains("go.mod files that are not in the module cache (1)"));
    assert_eq!(code, Some(1));
    // Twice: from the proxy, then from what was kept of it.
    for offline in [&[][..], &["--offline"]] {
        let (report, code) = check(home, offline);
        assert_eq!(concluded(&report), ["example.com/one ISC", "example.com/two 0BSD"]);
        assert!(
            !report["problems"].to_string().contains("go.mod files that are not"),
            "{}",
            report["problems"]
        );
        // What the modules import is not known without their files.
        assert_eq!(code, Some(3));
    }
}
