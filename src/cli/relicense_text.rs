//! The answer of `licgraph relicense` for people.

use crate::audit::{
    BlockedTarget, Blocker, DependencyHalf, OwnHalf, PossibleGroup, PossibleTarget, ProjectRelicense,
    RelicenseReport, Replacement,
};
use crate::compatibility::OwnAnswer;
use crate::holders::{HolderCount, OwnHolders, Person};
use crate::licenses::catalogue;
use crate::model::Verdict;

/// As many packages are shown of a long list; JSON has all.
const SHOWN: usize = 10;

/// The whole answer.
pub fn render(report: &RelicenseReport, width: usize) -> String {
    let mut page = Page { text: String::new(), width };
    page.holders(&report.holders);
    for project in &report.projects {
        page.blank();
        page.project(report, project);
    }
    if !report.problems.is_empty() {
        page.blank();
        page.line(0, "Not read:");
        for problem in &report.problems {
            let place = problem.location.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
            page.wrapped(2, &format!("{place}{}", problem.message));
        }
    }
    page.text
}

struct Page {
    text: String,
    width: usize,
}

impl Page {
    fn line(&mut self, indent: usize, text: &str) {
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Words over as many lines as it takes, the following ones further in.
    fn wrapped(&mut self, indent: usize, text: &str) {
        let mut line = String::new();
        let mut at = indent;
        for word in text.split_whitespace() {
            let used = at + line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && used > self.width {
                self.line(at, &line);
                line.clear();
                at = indent + 2;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            self.line(at, &line);
        }
    }

    fn holders(&mut self, holders: &OwnHolders) {
        let count = match holders.count {
            HolderCount::Sole => "one holder",
            HolderCount::Several => "several holders",
            HolderCount::Unknown => "holders not known",
        };
        self.wrapped(0, &format!("Our own code: {count}. {}", holders.reason));
        if let Some(history) = &holders.history {
            self.people(&format!("authors ({})", history.authors.len()), &history.authors);
            self.people("committed for others", &history.committers);
            self.people("programs", &history.bots);
            if history.signed_off > 0 {
                let text = format!("signed off: {} of {} commits", history.signed_off, history.commits);
                self.line(2, &text);
            }
        }
        self.names("named in notices", &holders.tree.holders);
        self.names("named as authors", &holders.tree.listed);
        self.names("asks contributors for an agreement or a sign-off", &holders.tree.agreements);
        for group in &holders.tree.other_licenses {
            let more = if group.count > 3 { ", ..." } else { "" };
            let files: Vec<&str> = group.files.iter().take(3).map(String::as_str).collect();
            self.wrapped(
                2,
                &format!("under {} ({}): {}{more}", group.license, group.count, files.join(", ")),
            );
        }
    }

    fn people(&mut self, title: &str, people: &[Person]) {
        let names: Vec<String> =
            people.iter().map(|person| format!("{} ({})", person.name, person.commits)).collect();
        self.names(title, &names);
    }

    fn names(&mut self, title: &str, names: &[String]) {
        if names.is_empty() {
            return;
        }
        let more =
            if names.len() > SHOWN { format!(" and {} more", names.len() - SHOWN) } else { String::new() };
        let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
        self.wrapped(2, &format!("{title}: {}{more}", shown.join(", ")));
    }

    fn project(&mut self, report: &RelicenseReport, project: &ProjectRelicense) {
        let license = project.license.as_deref().unwrap_or("no license stated");
        let title = format!("{} ({license}), {}", project.name, project.manifest);
        match (&report.target, &project.answer) {
            (Some(target), Some(answer)) => {
                self.wrapped(0, &format!("{title}: to {target}?"));
                self.dependencies(&answer.dependencies);
                self.own_code(&answer.own_code);
            }
            _ => {
                self.wrapped(0, &title);
                self.possible(&project.possible);
                self.blocked(&project.blocked);
            }
        }
    }

    fn dependencies(&mut self, half: &DependencyHalf) {
        let word = match half.verdict {
            Verdict::Compatible => "yes",
            Verdict::Conditional => "conditional",
            Verdict::Unknown => "unknown",
            Verdict::Incompatible => "no",
        };
        self.wrapped(2, &format!("dependencies: {word}. {}", half.reason));
        for condition in &half.conditions {
            self.wrapped(4, &format!("condition: {condition}"));
        }
        self.blockers("does not fit", &half.blockers);
        self.blockers("not known", &half.unknown);
        self.blockers("not together", &half.conflict);
        match &half.replace {
            Some(set) if !set.is_empty() => {
                let what =
                    if set.len() == 1 { "replacing this one is enough" } else { "replacing these is enough" };
                self.wrapped(4, &format!("{what}: {}", labels(set)));
            }
            None if !half.verdict.is_allowed() => self.line(4, "no replacement of a dependency opens it"),
            _ => {}
        }
    }

    fn blockers(&mut self, title: &str, blockers: &[Blocker]) {
        for blocker in blockers.iter().take(SHOWN) {
            let path = blocker.path.join(" > ");
            self.wrapped(
                4,
                &format!("{title}: {} ({}, {}): {path}", blocker.label, blocker.license, blocker.linkage),
            );
            self.wrapped(6, &blocker.reason);
        }
        if blockers.len() > SHOWN {
            self.line(4, &format!("{title}: {} more", blockers.len() - SHOWN));
        }
    }

    fn own_code(&mut self, half: &OwnHalf) {
        self.wrapped(2, &format!("own code: {}. {}", half.answer.name(), half.reason));
        if !half.authority.is_empty() {
            self.wrapped(4, &format!("authority: {}", half.authority.join("; ")));
        }
        for group in &half.files {
            self.wrapped(
                4,
                &format!(
                    "files under {} ({}): {}. {}",
                    group.license,
                    group.count,
                    group.answer.name(),
                    group.reason
                ),
            );
        }
    }

    fn possible(&mut self, groups: &[PossibleGroup]) {
        self.line(2, "the dependencies allow (`*`: if a condition is met):");
        let allowed = groups.iter().flat_map(|group| &group.licenses);
        let well_known: Vec<String> = catalogue::popular()
            .filter_map(|id| allowed.clone().find(|target| target.license == id.name()))
            .map(marked)
            .collect();
        if !well_known.is_empty() {
            self.wrapped(4, &format!("well-known ones ({}): {}", well_known.len(), well_known.join(", ")));
        }
        for group in groups {
            for (answer, how) in [
                (OwnAnswer::Yes, "our own code may move"),
                (OwnAnswer::Ask, "find out about our own code"),
                (OwnAnswer::No, "if all holders agree"),
            ] {
                let licenses: Vec<String> =
                    group.licenses.iter().filter(|target| target.own_code == answer).map(marked).collect();
                if !licenses.is_empty() {
                    let title = format!("{}, {how} ({})", group.category, licenses.len());
                    self.wrapped(4, &format!("{title}: {}", licenses.join(", ")));
                }
            }
        }
        if groups.is_empty() {
            self.line(4, "none");
        }
    }

    fn blocked(&mut self, targets: &[BlockedTarget]) {
        if targets.is_empty() {
            return;
        }
        self.line(2, "in the way of well-known licenses:");
        let mut answers: Vec<(Vec<&str>, String)> = Vec::new();
        for target in targets {
            let text = blocking(target);
            match answers.iter_mut().find(|(_, known)| *known == text) {
                Some((licenses, _)) => licenses.push(&target.license),
                None => answers.push((vec![&target.license], text)),
            }
        }
        for (licenses, text) in answers {
            self.wrapped(4, &format!("{} {text}", licenses.join(", ")));
        }
    }
}

/// What stands in the way of a license, in one line.
fn blocking(target: &BlockedTarget) -> String {
    let more = target.blockers.saturating_sub(target.nearest.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let replace = match &target.replace {
        Some(set) if !set.is_empty() => format!("; replace {}", labels(set)),
        _ => String::new(),
    };
    format!("({}): {}{more}{replace}", target.dependencies, target.nearest.join(", "))
}

fn marked(target: &PossibleTarget) -> String {
    let mark = if target.dependencies == Verdict::Conditional { "*" } else { "" };
    format!("{}{mark}", target.license)
}

fn labels(set: &[Replacement]) -> String {
    let shown: Vec<&str> = set.iter().take(SHOWN).map(|one| one.label.as_str()).collect();
    let more = if set.len() > SHOWN { format!(" and {} more", set.len() - SHOWN) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
