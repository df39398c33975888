//! Input made to hurt: it is reported, and nothing else happens.

use crate::support::{expression, learn_one, text};
use flate2::Compression;
use flate2::write::GzEncoder;
use licgraph::licenses::detection::{Depth, decode, detect};
use licgraph::model::Files;
use proptest::prelude::*;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

fn tgz(path: &Path, entries: &[(&str, &[u8])]) {
    let mut builder = tar::Builder::new(GzEncoder::new(File::create(path).unwrap(), Compression::fast()));
    for (name, content) in entries {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap();
}

fn zip_file(path: &Path, entries: &[(&str, &[u8])]) {
    let mut writer = zip::ZipWriter::new(File::create(path).unwrap());
    for (name, content) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn archives_are_read_in_place() {
    let directory = tempfile::tempdir().unwrap();
    let mit = text("MIT").as_bytes();
    let krate = directory.path().join("x-1.0.0.crate");
    tgz(&krate, &[("x-1.0.0/LICENSE", mit), ("x-1.0.0/vendor/y/LICENSE", text("GPL-3.0-only").as_bytes())]);
    let wheel = directory.path().join("x-1.0.0-py3-none-any.whl");
    zip_file(&wheel, &[("x/__init__.py", b""), ("x-1.0.0.dist-info/licenses/LICENSE", mit)]);
    let module = directory.path().join("v1.0.0.zip");
    zip_file(&module, &[("host.example/a/x@v1.0.0/LICENSE", mit), ("host.example/a/x@v1.0.0/sub/a.go", b"")]);
    for archive in [krate, wheel, module] {
        let (fact, learned) = learn_one(&[], Some(Files::Archive(archive.clone())));
        assert_eq!(fact.concluded.expression.to_string(), "MIT", "{}", archive.display());
        assert!(learned.problems.is_empty(), "{:?}", learned.problems);
    }
}

#[test]
fn entries_that_lead_out_are_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let archive = directory.path().join("x.tgz");
    tgz(&archive, &[("../LICENSE", text("MIT").as_bytes()), ("/LICENSE", text("MIT").as_bytes())]);
    let (fact, _) = learn_one(&[], Some(Files::Archive(archive)));
    assert!(fact.detected.is_empty());
    assert!(!directory.path().parent().unwrap().join("LICENSE").exists());
}

#[test]
fn bombs_and_broken_archives_are_problems() {
    let directory = tempfile::tempdir().unwrap();
    let bomb = directory.path().join("bomb.tgz");
    tgz(&bomb, &[("x/LICENSE", &vec![b'a'; 40 << 20])]);
    let zip_bomb = directory.path().join("bomb.zip");
    zip_file(&zip_bomb, &[("LICENSE", &vec![b'a'; 40 << 20])]);
    let broken = directory.path().join("broken.crate");
    fs::write(&broken, b"\x1f\x8bnot a gzip file").unwrap();
    let no_zip = directory.path().join("broken.whl");
    fs::write(&no_zip, b"PK\x03\x04nothing").unwrap();
    for archive in [bomb, zip_bomb, broken, no_zip, directory.path().join("absent.zip")] {
        let (fact, learned) = learn_one(&[], Some(Files::Archive(archive.clone())));
        assert_eq!(learned.problems.len(), 1, "{}: {:?}", archive.display(), learned.problems);
        assert_eq!(fact.concluded.expression.to_string(), "NOASSERTION");
    }
}

#[test]
fn a_huge_license_file_is_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let file = File::create(directory.path().join("LICENSE")).unwrap();
    file.set_len(100 << 20).unwrap();
    let (_, learned) = learn_one(&[], Some(Files::Directory(directory.path().to_owned())));
    assert!(learned.problems[0].message.contains("too much"), "{:?}", learned.problems);
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_outside() {
    let directory = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), text("MIT")).unwrap();
    fs::create_dir(directory.path().join("inner")).unwrap();
    fs::write(directory.path().join("inner/real"), text("ISC")).unwrap();
    let link =
        |target: &Path, name: &str| std::os::unix::fs::symlink(target, directory.path().join(name)).unwrap();
    link(&outside.path().join("secret"), "LICENSE");
    link(Path::new("LICENCE"), "LICENCE");
    link(Path::new("inner/real"), "COPYING");
    let (fact, learned) = learn_one(&[], Some(Files::Directory(directory.path().to_owned())));
    let files: Vec<_> = fact.detected.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(files, ["COPYING"]);
    assert_eq!(learned.problems.len(), 2, "{:?}", learned.problems);
}

#[test]
fn files_that_are_not_utf8() {
    let directory = tempfile::tempdir().unwrap();
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text("MIT").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    fs::write(directory.path().join("LICENSE"), utf16).unwrap();
    let files = Some(Files::Directory(directory.path().to_owned()));
    let (fact, _) = learn_one(&[expression("MIT")], files.clone());
    assert_eq!(fact.detected[0].candidates, ["MIT"]);
    let latin = [b"Copyright 2020 Jos\xe9\n\n".as_slice(), text("MIT").as_bytes()].concat();
    fs::write(directory.path().join("LICENSE"), latin).unwrap();
    assert_eq!(learn_one(&[], files.clone()).0.detected[0].candidates, ["MIT"]);
    fs::write(directory.path().join("LICENSE"), b"\x7fELF\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a")
        .unwrap();
    assert_eq!(learn_one(&[], files).0.concluded.expression.to_string(), "NOASSERTION");
}

#[test]
fn repetition_does_not_blow_up() {
    for piece in
        ["license ", "permission is hereby granted ", "<p", "<script>", "&", "gnu general public license "]
    {
        let whole = piece.repeat(200_000 / piece.len());
        let started = std::time::Instant::now();
        let _ = detect(&whole, Depth::LicenseFile);
        assert!(started.elapsed().as_secs() < 30, "{piece}: {:?}", started.elapsed());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Some(text) = decode(&bytes) {
            let _ = detect(&text, Depth::LicenseFile);
        }
    }

    #[test]
    fn any_cut_of_a_text_is_answered_without_panic(from in 0_usize..4000, length in 0_usize..4000) {
        let whole = text("GPL-2.0-only");
        let piece = whole.get(from..(from + length).min(whole.len())).unwrap_or("");
        let _ = detect(piece, Depth::LicenseFile);
    }
}
