//! License files in the directories of modules.

use crate::cases::context;
use licgraph::ecosystems::go;
use licgraph::evidence::{EvidenceOptions, FactSource, Learned, Offline, learn};
use licgraph::model::{DeclaredLicense, Files, LicenseFact, Package};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

const MODULE: &str = "example.com/dep";

/// A project that imports these packages, and a module `example.com/dep` of these files: a path with the id of a
/// license whose text it holds, or with Go source.
struct Made {
    directory: tempfile::TempDir,
}

impl Made {
    fn new(imports: &[&str]) -> Self {
        let made = Self { directory: tempfile::tempdir().unwrap() };
        let go_mod = "module example.com/app\n\ngo 1.20\n\nrequire example.com/dep v1.0.0\n";
        made.write("project/go.mod", go_mod);
        made.write("project/main.go", &source("main", imports));
        made.write("cache/cache/download/example.com/dep/@v/v1.0.0.mod", "module example.com/dep\n");
        made
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn unpacked(self, files: &[(&str, &str)]) -> Self {
        for (name, text) in files {
            self.write(&format!("cache/example.com/dep@v1.0.0/{name}"), &content(name, text));
        }
        self
    }

    fn archived(self, files: &[(&str, &str)]) -> Self {
        let path = self.directory.path().join("cache/cache/download/example.com/dep/@v/v1.0.0.zip");
        let mut zip = zip::ZipWriter::new(File::create(path).unwrap());
        for (name, text) in files {
            let entry = format!("example.com/dep@v1.0.0/{name}");
            zip.start_file(entry, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(content(name, text).as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        self
    }

    fn fact(&self, source: &dyn FactSource) -> LicenseFact {
        self.fact_of(MODULE, source)
    }

    fn learned(&self, source: &dyn FactSource) -> Learned {
        let root = self.directory.path().join("project");
        let reading = go::read(&root, &context(&root, &self.directory.path().join("cache")));
        let options = EvidenceOptions { root, ..EvidenceOptions::default() };
        learn(&reading.graph, &options, source)
    }

    fn fact_of(&self, module: &str, source: &dyn FactSource) -> LicenseFact {
        let root = self.directory.path().join("project");
        let reading = go::read(&root, &context(&root, &self.directory.path().join("cache")));
        let node = reading.graph.nodes().find(|node| reading.graph.package(*node).name == module).unwrap();
        let options = EvidenceOptions { root, ..EvidenceOptions::default() };
        learn(&reading.graph, &options, source).fact(node).clone()
    }
}

fn source(package: &str, imports: &[&str]) -> String {
    let imports: String = imports.iter().map(|import| format!("import _ {import:?}\n")).collect();
    format!("package {package}\n\n{imports}")
}

fn content(name: &str, text: &str) -> String {
    match spdx::license_id(text) {
        Some(id) if !name.ends_with(".go") => id.text().to_owned(),
        _ => text.to_owned(),
    }
}

const FILES: [(&str, &str); 9] = [
    ("LICENSE", "Apache-2.0"),
    ("dep.go", "package dep\n"),
    ("json/LICENSE", "BSD-3-Clause"),
    ("json/inner/inner.go", "package inner\n"),
    ("json/json.go", "package json\n\nimport _ \"example.com/dep/json/inner\"\n"),
    ("other/COPYING", "GPL-3.0-only"),
    ("other/other.go", "package other\n"),
    ("third_party/fork/LICENSE", "MIT"),
    ("third_party/fork/fork.go", "package fork\n"),
];

#[test]
fn the_nearest_license_file_governs_a_package_that_is_imported() {
    for made in [
        Made::new(&[MODULE, "example.com/dep/json"]).unpacked(&FILES),
        Made::new(&[MODULE, "example.com/dep/json"]).archived(&FILES),
    ] {
        let fact = made.fact(&Offline::new());
        assert_eq!(fact.concluded.expression.to_string(), "Apache-2.0 AND BSD-3-Clause");
        assert!(fact.concluded.reason.contains("in json: "), "{}", fact.concluded.reason);
        let evidence = fact.detected.iter().find(|found| found.file == "json/LICENSE").unwrap();
        assert_eq!(evidence.sha256.len(), 64);
        for unused in ["other/COPYING (GPL-3.0", "third_party/fork/LICENSE (MIT)"] {
            let noted = fact.notes.iter().any(|note| note.contains(unused) && note.contains("not used"));
            assert!(noted, "{unused}: {:?}", fact.notes);
        }
    }
}

#[test]
fn a_package_below_another_counts_with_the_nearest_text_only() {
    let fact = Made::new(&["example.com/dep/json/inner"]).unpacked(&FILES).fact(&Offline::new());
    assert_eq!(fact.concluded.expression.to_string(), "BSD-3-Clause");
    assert!(fact.notes.iter().any(|note| note.starts_with("LICENSE (Apache-2.0)")), "{:?}", fact.notes);
}

#[test]
fn third_party_code_that_is_imported_binds() {
    let fact =
        Made::new(&[MODULE, "example.com/dep/third_party/fork"]).unpacked(&FILES).fact(&Offline::new());
    assert_eq!(fact.concluded.expression.to_string(), "Apache-2.0 AND MIT");
}

#[test]
fn an_imported_package_without_any_license_file_is_not_known() {
    let files = [
        ("gofmt/LICENSE", "BSD-3-Clause"),
        ("gofmt/x.go", "package gofmt\n"),
        ("bare/x.go", "package bare\n"),
    ];
    let fact = Made::new(&["example.com/dep/gofmt"]).unpacked(&files).fact(&Offline::new());
    assert_eq!(fact.concluded.expression.to_string(), "BSD-3-Clause");
    let both = Made::new(&["example.com/dep/gofmt", "example.com/dep/bare"]).unpacked(&files);
    assert_eq!(both.fact(&Offline::new()).concluded.expression.to_string(), "NOASSERTION AND BSD-3-Clause");
}

#[test]
fn a_license_text_in_the_readme_of_a_directory_in_use_counts() {
    let readme = format!("Package inner\n\n{}", spdx::license_id("BSD-3-Clause").unwrap().text());
    let files = [
        ("LICENSE", "MIT"),
        ("README.md", &readme),
        ("dep.go", "package dep\n"),
        ("inner/README.txt", &readme),
        ("inner/x.go", "package inner\n"),
        ("plain/README", "It is under the license that the root has: redistribution and use as you like."),
        ("plain/x.go", "package plain\n"),
        ("unused/README", &readme),
        ("unused/x.go", "package unused\n"),
    ];
    let imports = [MODULE, "example.com/dep/inner", "example.com/dep/plain"];
    for made in [Made::new(&imports).unpacked(&files), Made::new(&imports).archived(&files)] {
        let fact = made.fact(&Offline::new());
        assert_eq!(fact.concluded.expression.to_string(), "MIT AND BSD-3-Clause");
        let read: Vec<_> = fact.detected.iter().map(|found| found.file.as_str()).collect();
        assert_eq!(read, ["LICENSE", "inner/README.txt"]);
    }
}

#[test]
fn a_text_that_nobody_knows_is_not_passed_over_for_the_one_at_the_root() {
    let files = [("LICENSE", "MIT"), ("sub/LICENSE", "You may look at this."), ("sub/x.go", "package sub\n")];
    let fact = Made::new(&["example.com/dep/sub"]).unpacked(&files).fact(&Offline::new());
    assert_eq!(fact.concluded.expression.to_string(), "NOASSERTION");
    assert!(fact.concluded.reason.starts_with("in sub: "), "{}", fact.concluded.reason);
}

/// Gives the license files of a module that is not in the cache.
struct Proxy(PathBuf);

impl FactSource for Proxy {
    fn declared(&self, _package: &Package) -> Result<Option<Vec<DeclaredLicense>>, String> {
        Ok(None)
    }

    fn files(&self, package: &Package) -> Result<Option<Files>, String> {
        let files = ["LICENSE", "json/LICENSE"].map(|name| self.0.join(name)).to_vec();
        Ok((package.name == MODULE).then(|| Files::Listed { base: self.0.clone(), files }))
    }
}

#[test]
fn where_nobody_knows_what_is_used_the_root_counts_and_the_rest_is_named() {
    let made = Made::new(&[MODULE]);
    for (name, text) in [("LICENSE", "Apache-2.0"), ("json/LICENSE", "BSD-3-Clause")] {
        made.write(&format!("files/{name}"), &content(name, text));
    }
    let fact = made.fact(&Proxy(made.directory.path().join("files")));
    assert_eq!(fact.concluded.expression.to_string(), "Apache-2.0");
    let named = "json/LICENSE (BSD-3-Clause) is for a part of it; which parts are used is not known";
    assert!(fact.notes.iter().any(|note| note == named), "{:?}", fact.notes);
}

#[test]
fn in_a_vendor_tree_each_module_has_its_own_license_files() {
    let made = Made::new(&[MODULE, "example.com/dep/nested"]);
    let go_mod = "module example.com/app\n\ngo 1.20\n\nrequire (\n\texample.com/dep v1.0.0\n\t\
                  example.com/dep/nested v1.0.0\n)\n";
    made.write("project/go.mod", go_mod);
    let modules = "# example.com/dep v1.0.0\n## explicit\nexample.com/dep\n# example.com/dep/nested v1.0.0\n\
                   ## explicit\nexample.com/dep/nested\n";
    made.write("project/vendor/modules.txt", modules);
    for (name, text) in [
        ("LICENSE", "MIT"),
        ("dep.go", "package dep\n"),
        ("nested/LICENSE", "ISC"),
        ("nested/x.go", "package nested\n"),
    ] {
        made.write(&format!("project/vendor/example.com/dep/{name}"), &content(name, text));
    }
    let fact = made.fact(&Offline::new());
    assert_eq!(fact.concluded.expression.to_string(), "MIT");
    assert_eq!((fact.notes.len(), fact.detected.len()), (0, 1), "{:?}", fact.notes);
    let nested = made.fact_of("example.com/dep/nested", &Offline::new());
    assert_eq!(nested.concluded.expression.to_string(), "ISC");
}

#[test]
fn test_material_and_nested_modules_are_no_part_of_a_module() {
    let files = [
        ("LICENSE", "MIT"),
        ("dep.go", "package dep\n"),
        ("testdata/LICENSE", "GPL-2.0-only"),
        ("nested/go.mod", "module example.com/dep/nested\n"),
        ("nested/LICENSE", "GPL-2.0-only"),
        (".github/LICENSE", "GPL-2.0-only"),
    ];
    let fact = Made::new(&[MODULE]).unpacked(&files).fact(&Offline::new());
    assert_eq!((fact.concluded.expression.to_string(), fact.detected.len()), ("MIT".to_owned(), 1));
    assert!(Path::new(&fact.detected[0].file).parent().is_some_and(|folder| folder.as_os_str().is_empty()));
}

#[test]
fn a_file_that_is_no_license_text_and_binds_nobody_is_only_noted() {
    let data = "x".repeat(3 << 20);
    let files = [
        ("LICENSE", "MIT"),
        ("dep.go", "package dep\n"),
        ("sub/licenses.txt", &data),
        ("sub/x.go", "package sub\n"),
    ];
    let made = Made::new(&[MODULE]).unpacked(&files);
    let learned = made.learned(&Offline::new());
    assert!(learned.problems.is_empty(), "{:?}", learned.problems);
    assert!(made.fact(&Offline::new()).notes.iter().any(|note| note.contains("sub/licenses.txt")));
    let archived = Made::new(&[MODULE]).archived(&files);
    assert!(archived.learned(&Offline::new()).problems.is_empty());
    assert_eq!(archived.fact(&Offline::new()).concluded.expression.to_string(), "MIT");
    // What could bind is missed.
    let made = Made::new(&[MODULE, "example.com/dep/sub"]).unpacked(&files);
    assert_eq!(made.learned(&Offline::new()).problems.len(), 1);
}
