//! Two machines that differ in all that one machine can vary give the same bytes: other directories, another home and cargo home, another time zone, language,
//! user, file mode mask and number of threads, files written in another order.

#![cfg(unix)]

use crate::recorded_bytes::{PROJECTS, copy, forms};
use crate::work::{Outcome, outcome, repository};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

struct Machine {
    root: TempDir,
    /// Below the root; the fixture is copied there.
    place: &'static str,
    umask: &'static str,
    /// Whether files are written in descending order of their names.
    backwards: bool,
    variables: &'static [(&'static str, &'static str)],
}

fn machines() -> [Machine; 2] {
    let first = Machine {
        root: TempDir::new().unwrap(),
        place: "w",
        umask: "022",
        backwards: false,
        variables: &[("TZ", "UTC"), ("LANG", "C"), ("USER", "ann"), ("RAYON_NUM_THREADS", "1")],
    };
    let second = Machine {
        root: TempDir::new().unwrap(),
        place: "Größe of a path/deeper/and deeper",
        umask: "077",
        backwards: true,
        variables: &[
            ("TZ", "Asia/Tokyo"),
            ("LANG", "tr_TR.UTF-8"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("USER", "bob"),
            ("LOGNAME", "bob"),
            ("HOSTNAME", "elsewhere"),
            ("TERM", "xterm-256color"),
            ("RAYON_NUM_THREADS", "8"),
        ],
    };
    [first, second]
}

impl Machine {
    fn take(&self, fixture: &Path) -> PathBuf {
        let target = self.root.path().join(self.place).join(fixture.file_name().unwrap());
        copy(fixture, &target, self.backwards);
        target
    }

    fn run(&self, fixture: &Path, arguments: &[&str]) -> Outcome {
        let inner = fixture.join("project");
        let project = if inner.is_dir() { inner } else { fixture.to_owned() };
        let home = self.root.path().join(self.place).join("home");
        fs::create_dir_all(&home).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("umask {}; exec \"$0\" \"$@\"", self.umask)]);
        command.arg(env!("CARGO_BIN_EXE_licgraph")).args(arguments).current_dir(project).env_clear();
        command.env("PATH", "/usr/bin:/bin").env("LICGRAPH_OFFLINE", "1").env("HOME", &home);
        command.env("CARGO_HOME", fixture.join("home")).env("GOMODCACHE", fixture.join("cache"));
        command.envs(self.variables.iter().copied());
        outcome(&mut command)
    }
}

#[test]
fn two_machines_give_the_same_bytes() {
    let machines = machines();
    for fixture in PROJECTS {
        let fixture = repository().join("fixtures").join(fixture);
        let places = [machines[0].take(&fixture), machines[1].take(&fixture)];
        for form in forms() {
            let [first, second] = [0, 1].map(|at| machines[at].run(&places[at], &form));
            assert!(!first.out.is_empty(), "{form:?} in {}: {}", fixture.display(), first.err);
            let differing = first.out.lines().zip(second.out.lines()).find(|(left, right)| left != right);
            assert_eq!(differing, None, "{form:?} in {}", fixture.display());
            assert!(first.out == second.out, "{form:?} in {}", fixture.display());
            assert_eq!((first.code, first.err), (second.code, second.err), "{form:?}");
            let root = machines[0].root.path().display().to_string();
            assert!(!first.out.contains(&root), "{form:?} names a directory of the machine");
        }
    }
}

/// The one thing that a document may take from the machine is the day, and that can be set.
#[test]
fn a_review_differs_by_its_day_only() {
    let machines = machines();
    let fixture = repository().join("fixtures/policy/story/after");
    let run = |machine: &Machine, epoch: &str| {
        let place = machine.take(&fixture);
        let script =
            format!("umask {}; SOURCE_DATE_EPOCH={epoch} exec \"$0\" review --offline", machine.umask);
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_licgraph")]).current_dir(place).env_clear();
        command.envs(machine.variables.iter().copied());
        outcome(&mut command).out
    };
    // 2026-11-22 by UTC, and the next day already in Tokyo.
    let late = "1795388400";
    assert_eq!(run(&machines[0], late), run(&machines[1], late));
    let next_day = run(&machines[0], "1795392000").replace("2026-11-23", "2026-11-22");
    assert_eq!(next_day, run(&machines[0], "1795388399"));
}
