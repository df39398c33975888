//! Text detection on the texts of the SPDX list: `cargo bench --bench detection`.

use licgraph::licenses::detection::{Depth, detect};

fn main() {
    divan::main();
}

fn text(id: &str) -> &'static str {
    spdx::license_id(id).map(|id| id.text()).unwrap_or_default()
}

/// As most packages carry it: the list text with the holder filled in.
#[divan::bench(args = ["MIT", "Apache-2.0", "GPL-3.0-only"])]
fn verbatim(bencher: divan::Bencher, id: &str) {
    let whole = text(id).replace("<year> <copyright holders>", "2024 Example");
    bencher.bench(|| detect(&whole, Depth::LicenseFile));
}

/// A word changed near the end, so that the text must be compared with all that resemble it.
#[divan::bench(args = ["MIT", "Apache-2.0", "GPL-3.0-only"])]
fn changed(bencher: divan::Bencher, id: &str) {
    let mut whole = text(id).trim_end().to_owned();
    let last = whole.rfind(' ').unwrap_or(0);
    whole.truncate(last);
    bencher.bench(|| detect(&whole, Depth::LicenseFile));
}

/// Every text of the list, one after the other.
#[divan::bench(sample_count = 10)]
fn whole_list() -> usize {
    let list = licgraph::licenses::catalogue::licenses();
    list.iter().map(|record| detect(text(record.id), Depth::LicenseFile).len()).sum()
}
