//! What the whole program takes: from its start to its end, as a shell sees it.

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROWS: usize = 1_000_000;

const LICENSES: [&str; 24] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unlicense",
    "CC0-1.0",
    "0BSD",
    "BSL-1.0",
    "Unicode-3.0",
    "PSF-2.0",
    "MPL-1.1",
    "MPL-2.0",
    "EPL-2.0",
    "CDDL-1.0",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0-or-later",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-2.0-or-later WITH Classpath-exception-2.0",
    "AGPL-3.0-or-later",
];

fn main() {
    divan::main();
}

fn licgraph() -> Command {
    Command::new(env!("CARGO_BIN_EXE_licgraph"))
}

/// The shortest useful run.
#[divan::bench(sample_count = 100, sample_size = 1)]
fn start_up(bencher: divan::Bencher<'_, '_>) {
    bencher.bench_local(|| licgraph().args(["license", "MIT"]).stdout(Stdio::null()).status());
}

/// A table of a million questions; the argument is the number of licenses in each dependency's expression, and so how
/// many of the questions are distinct: some 14 thousand of one license, 515 thousand of
/// two, 985 thousand of three.
#[divan::bench(args = [1, 2, 3], sample_count = 5, sample_size = 1)]
fn a_million_questions(bencher: divan::Bencher<'_, '_>, terms: usize) {
    let table = table(terms);
    bencher.bench_local(|| {
        let questions = File::open(&table).expect("the table that was just written");
        licgraph().args(["explain", "--batch"]).stdin(questions).stdout(Stdio::null()).status()
    });
}

fn table(terms: usize) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("questions-{terms}.csv"));
    let mut dice = Dice(29);
    let mut text = String::from("outbound,inbound,linkage,distribution\n");
    for _ in 0..ROWS {
        text.push_str(dice.pick(&LICENSES));
        for term in 0..terms {
            text.push_str(if term == 0 { "," } else { dice.pick(&[" OR ", " AND "]) });
            text.push_str(dice.pick(&LICENSES));
        }
        let linkage = dice.pick(&["merge", "static", "dynamic", "process", "build", "dev"]);
        let distribution = dice.pick(&["binary", "source", "network", "internal"]);
        let _ = writeln!(text, ",{linkage},{distribution}");
    }
    std::fs::write(&path, text).expect("room for the table");
    path
}

/// Numbers that look random and are the same in every run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        choices[(self.0 >> 33) as usize % choices.len()]
    }
}
