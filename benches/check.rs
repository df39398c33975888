//! A whole audit without its process: this repository's own lock file and crate sources, from files to report.
//! `cargo fetch` first; figures of the whole process are in benches/README.md.

use licgraph::audit::{AuditRequest, audit};
use licgraph::ecosystems::{ReadContext, cargo};
use licgraph::evidence::{EvidenceOptions, Offline, Verify};
use std::path::{Path, PathBuf};

fn main() {
    divan::main();
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Lock file, manifests and the edges between some 570 packages.
#[divan::bench]
fn read_the_lock_file(bencher: divan::Bencher<'_, '_>) {
    let root = repository();
    let context = ReadContext::new(&root);
    bencher.bench(|| divan::black_box(cargo::read(&root, &context)));
}

/// The same with licenses learned and everything judged; every license text read, or only where it is needed.
#[divan::bench(args = [Verify::All, Verify::WhenNeeded])]
fn audit_the_lock_file(bencher: divan::Bencher<'_, '_>, verify: Verify) {
    let request = AuditRequest::new(repository().join("Cargo.lock"));
    let options = EvidenceOptions { root: repository(), verify, ..EvidenceOptions::default() };
    bencher.bench(|| divan::black_box(audit(&request, &options, &Offline::new()).is_ok()));
}
