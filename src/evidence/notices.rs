//! What must be handed on with a work: the licenses that were taken, their texts, the copyright lines and the
//! NOTICE files of every package it conveys.

use super::declared::understand_all;
use super::detected::Classified;
use super::files::{self, LicenseFile};
use super::likeness::same;
use super::{EvidenceOptions, FactSource, Learned, inner_directories};
use crate::licenses::detection::{copyright_lines, decode};
use crate::model::{
    ConclusionSource, DependencyGraph, DetectedKind, ExceptionName, Expression, LicenseName, NodeIndex,
    NoticeText, Notices, PackageNotice, Term,
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Collects the notices of the packages that a work conveys, each with the arms that were taken of its license.
pub fn collect(
    graph: &DependencyGraph,
    learned: &Learned,
    conveyed: &[(NodeIndex, Expression)],
    options: &EvidenceOptions,
    source: &dyn FactSource,
) -> Notices {
    let files: Vec<_> =
        conveyed.par_iter().map(|(node, _)| read(graph, learned, *node, options, source)).collect();
    let classified = Classified::of(files.iter().flat_map(|(files, _)| files));
    let mut book = Book::default();
    for ((node, taken), (files, problem)) in conveyed.iter().zip(&files) {
        let package = graph.package(*node);
        let mut notice = PackageNotice {
            purl: package.purl.clone(),
            label: package.label(),
            license: taken.to_string(),
            copyrights: copyrights(files),
            texts: Vec::new(),
        };
        if let Some(problem) = problem {
            book.missing.push(format!("{}: {problem}", notice.label));
        }
        for term in taken.terms() {
            book.add_term(term, files, &classified, &mut notice);
        }
        book.add_notices(files, &classified, &mut notice);
        notice.texts.sort_unstable();
        notice.texts.dedup();
        book.packages.push(notice);
    }
    book.finish()
}

type Read = (Vec<LicenseFile>, Option<String>);

fn read(
    graph: &DependencyGraph,
    learned: &Learned,
    node: NodeIndex,
    options: &EvidenceOptions,
    source: &dyn FactSource,
) -> Read {
    let package = graph.package(node);
    let named = understand_all(&learned.fact(node).declared, package.ecosystem).files;
    let inner = inner_directories(package);
    let place = match &package.files {
        Some(place) => Ok(Some(place.clone())),
        None => source
            .files(package)
            .map(|found| found.map(|place| files::as_on_disk(place, &named, inner.as_ref()))),
    };
    match place {
        Ok(Some(place)) => {
            let search = files::Search {
                named: &named,
                inner: inner.as_ref(),
                root: &options.root,
                label: &package.label(),
                look_in_readme: learned.fact(node).concluded.source == ConclusionSource::Detected,
            };
            let read = files::read(&place, search);
            let problem = read.problems.into_iter().map(|problem| problem.message).next();
            (read.files.into_iter().filter(LicenseFile::binds).collect(), problem)
        }
        Ok(None) => {
            (Vec::new(), Some("its files are not at hand, so its copyright lines are missing".to_owned()))
        }
        Err(message) => (Vec::new(), Some(message)),
    }
}

/// Where a text comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextSource {
    /// The package's own files.
    Package,
    /// The SPDX list.
    List,
}

#[derive(Default)]
struct Book {
    packages: Vec<PackageNotice>,
    texts: BTreeMap<(String, String), (usize, TextSource)>,
    missing: Vec<String>,
}

impl Book {
    fn text(&mut self, title: &str, text: &str, source: TextSource) -> usize {
        let key = (title.to_owned(), text.trim_end().to_owned());
        let next = self.texts.len();
        self.texts.entry(key).or_insert((next, source)).0
    }

    /// The package's own text of a license, else that of the list.
    fn add_term(
        &mut self,
        term: &Term,
        files: &[LicenseFile],
        classified: &Classified,
        notice: &mut PackageNotice,
    ) {
        let title = Expression::Term(term.clone()).to_string();
        let mut own = false;
        for file in files {
            let holds = classified.seen(file).iter().any(|seen| {
                seen.license.kind == DetectedKind::Text
                    && seen.candidates.iter().flat_map(Expression::terms).any(|found| same(term, found))
            });
            if let Some(text) = holds.then(|| decode(&file.content)).flatten() {
                notice.texts.push(self.text(&title, &text, TextSource::Package));
                own = true;
            }
        }
        if own {
            return;
        }
        match list_text(term) {
            Some(text) => {
                let position = self.text(&title, &text, TextSource::List);
                notice.texts.push(position);
            }
            None => self.missing.push(format!("{}: no text of {title} is at hand", notice.label)),
        }
    }

    /// NOTICE files, and license files that nobody knows: they may say what must be handed on.
    fn add_notices(&mut self, files: &[LicenseFile], classified: &Classified, notice: &mut PackageNotice) {
        for file in files {
            let name = file.name.rsplit('/').next().unwrap_or(&file.name);
            let is_notice = name.to_ascii_lowercase().starts_with("notice");
            let unknown = classified
                .seen(file)
                .iter()
                .any(|seen| matches!(seen.license.kind, DetectedKind::Unknown | DetectedKind::Rider));
            if let Some(text) = (is_notice || unknown).then(|| decode(&file.content)).flatten() {
                let title = format!("{} of {}", file.name, notice.label);
                notice.texts.push(self.text(&title, &text, TextSource::Package));
            }
        }
    }

    /// Texts in the order of their titles, packages in the order of their labels.
    fn finish(mut self) -> Notices {
        let mut order = vec![0; self.texts.len()];
        let mut texts = Vec::with_capacity(self.texts.len());
        for (position, ((title, text), (number, source))) in self.texts.into_iter().enumerate() {
            order[number] = position;
            texts.push(NoticeText { title, text, from_list: source == TextSource::List });
        }
        for notice in &mut self.packages {
            notice.texts.iter_mut().for_each(|text| *text = order[*text]);
            notice.texts.sort_unstable();
        }
        self.packages.sort_by(|left, right| (&left.label, &left.purl).cmp(&(&right.label, &right.purl)));
        self.missing.sort();
        self.missing.dedup();
        Notices { packages: self.packages, texts, missing: self.missing }
    }
}

fn list_text(term: &Term) -> Option<String> {
    let LicenseName::Known(id) = &term.license else { return None };
    let mut text = spdx::license_id(id.name())?.text().to_owned();
    match &term.exception {
        Some(ExceptionName::Known(exception)) => {
            text.push_str("\n\n");
            text.push_str(spdx::exception_id(exception.name())?.text());
            Some(text)
        }
        Some(ExceptionName::Custom(_)) => None,
        None => Some(text),
    }
}

/// Copyright lines without those that only show how to write one, or that name the author of the license.
fn copyrights(files: &[LicenseFile]) -> Vec<String> {
    const NOT_THE_WORK: [&str; 9] = [
        "<year>",
        "[yyyy]",
        "{yyyy}",
        "<name of",
        "[year]",
        "yyyy",
        "<copyright",
        "Free Software Foundation, Inc.",
        "Sam Hocevar",
    ];
    let mut found: Vec<String> = Vec::new();
    for file in files {
        let Some(text) = decode(&file.content) else { continue };
        for line in copyright_lines(&text) {
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            let placeholder = NOT_THE_WORK.iter().any(|sign| line.contains(sign));
            if !placeholder && line.len() <= 300 && !found.contains(&line) {
                found.push(line);
            }
        }
    }
    found
}
