//! Compiled programs.

use crate::cases::{context, fixtures};
use crate::render::render;
use licgraph::ecosystems::go;
use std::fs;
use std::path::Path;

const MODULES: &str = "path\texample.com/app/cmd/app
mod\texample.com/app\t(devel)\t
dep\texample.com/Upper\tv0.0.0-20240102030405-abcdefabcdef\th1:VXBwZXI=
dep\texample.com/here\tv1.0.0
=>\t./somewhere\t(devel)\t
dep\texample.com/old\tv2.1.0+incompatible
=>\texample.com/old-fork\tv2.2.0+incompatible\th1:Zm9yaw==
build\t-buildmode=exe
surprise
";

fn program(magic: &[u8]) -> Vec<u8> {
    let mut bytes = magic.to_vec();
    bytes.resize(4096, 0);
    bytes.extend(b"\xff Go buildinf:\x08\x02");
    bytes.extend([0; 16]);
    for text in [b"go1.22.5".to_vec(), [&[1; 16], MODULES.as_bytes(), &[2; 16]].concat()] {
        let mut length = text.len();
        while length >= 0x80 {
            bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        bytes.push(u8::try_from(length).unwrap());
        bytes.extend(text);
    }
    bytes
}

#[test]
fn the_modules_of_a_program_are_its_dependencies() {
    let directory = tempfile::tempdir().unwrap();
    for magic in [&b"\x7fELF"[..], b"MZ", b"\xcf\xfa\xed\xfe"] {
        let path = directory.path().join("app");
        fs::write(&path, program(magic)).unwrap();
        assert!(go::is_go_binary(&path));
        let cache = fixtures().join("build-list").join("cache");
        let reading = go::read_binary(&path, &context(directory.path(), &cache));
        insta::assert_snapshot!("binary", render(&reading));
    }
}

#[test]
fn the_directories_that_a_program_holds_code_of_are_known() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app");
    let mut bytes = program(b"\x7fELF");
    bytes.extend(b"\0/go/pkg/mod/example.com/!upper@v0.0.0-20240102030405-abcdefabcdef/Sub/sub.go\0");
    fs::write(&path, bytes).unwrap();
    let reading = go::read_binary(&path, &context(directory.path(), directory.path()));
    let used = |name: &str| {
        let node = reading.graph.nodes().find(|node| reading.graph.package(*node).name == name).unwrap();
        reading.graph.package(node).inner.clone().unwrap().used
    };
    assert_eq!(used("example.com/Upper"), Some(["Sub".to_owned()].into()));
    assert_eq!(used("example.com/old-fork"), None);
}

#[test]
fn other_files_are_no_go_programs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    for bytes in [&b""[..], b"\x7fELF", b"#!/bin/sh\n", &program(b"text")] {
        fs::write(&path, bytes).unwrap();
        assert!(!go::is_go_binary(&path));
    }
    assert!(!go::is_go_binary(Path::new("no such file")));
    fs::write(&path, b"\x7fELF").unwrap();
    let reading = go::read_binary(&path, &context(directory.path(), directory.path()));
    assert!(reading.problems[0].message.contains("no Go build information"));
    let absent =
        go::read_binary(&directory.path().join("absent"), &context(directory.path(), directory.path()));
    assert!(absent.problems[0].message.contains("cannot be read"));
}

#[test]
fn the_programs_of_a_universal_file_are_taken_together() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app");
    let part = program(b"\xcf\xfa\xed\xfe");
    let bytes = universal(&[&part, &part]);
    fs::write(&path, &bytes).unwrap();
    assert!(go::is_go_binary(&path));
    let cache = fixtures().join("build-list").join("cache");
    let reading = go::read_binary(&path, &context(directory.path(), &cache));
    insta::assert_snapshot!("binary", render(&reading));
    // One part is for nobody here: it is said, and the other is read.
    fs::write(&path, universal(&[&part, b"\xcf\xfa\xed\xfe and no more"])).unwrap();
    let reading = go::read_binary(&path, &context(directory.path(), &cache));
    assert!(reading.problems.iter().any(|problem| problem.message.starts_with("1 of the programs")));
    assert!(reading.graph.package_count() > 3);
}

fn universal(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"\xca\xfe\xba\xbe".to_vec();
    bytes.extend(u32::try_from(parts.len()).unwrap().to_be_bytes());
    let mut offset = 4096;
    for part in parts {
        bytes.extend([0; 8]);
        for number in [offset, part.len(), 12] {
            bytes.extend(u32::try_from(number).unwrap().to_be_bytes());
        }
        offset += part.len();
    }
    bytes.resize(4096, 0);
    parts.iter().for_each(|part| bytes.extend(*part));
    bytes
}
