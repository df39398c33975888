//! What license each package carries: declared, detected, concluded.
//!
//! [`learn`] reads what lies on this machine, asks a [`FactSource`] only for what is missing, and gives a
//! [`LicenseFact`] for every package. Judging is not its business.

mod archive;
mod clarification;
mod conclude;
mod declared;
mod detected;
mod files;
mod inner;
mod inner_texts;
mod likeness;
pub mod notices;
mod readme;
mod registry_source;
mod reuse;
mod source;
mod standing;

use crate::model::{
    Conclusion, ConclusionSource, DeclaredLicense, DependencyGraph, Ecosystem, InnerDirectories, LicenseFact,
    NodeIndex, Origin, Package, Problem,
};
use conclude::{Looked, conclude};
use declared::{Declared, understand_all};
use detected::{Classified, Seen};
use files::{LicenseFile, PackageFiles};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::PathBuf;

pub use clarification::{Clarification, VersionRange};
pub use registry_source::RegistrySource;
pub use source::{FactSource, Offline};

/// When license files are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// Those of every package whose files lie on this machine.
    #[default]
    All,
    /// Only those of packages whose metadata does not settle the license.
    WhenNeeded,
    /// None.
    Never,
}

/// What [`learn`] is told.
#[derive(Clone, Debug, Default)]
pub struct EvidenceOptions {
    /// The audited tree; links of packages may lead into it and nowhere else.
    pub root: PathBuf,
    /// When license files are read.
    pub verify: Verify,
    /// What the user says, first match wins.
    pub clarifications: Vec<Clarification>,
}

/// What was learned.
#[derive(Debug, Default)]
pub struct Learned {
    /// A fact for every package, by node index.
    pub facts: Vec<LicenseFact>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// The packages that the problems are about.
    pub partly_read: BTreeSet<NodeIndex>,
    /// License files that were read.
    pub files_read: usize,
    /// Distinct texts among them.
    pub texts_read: usize,
    /// Packages that declare a license and whose files were not compared with it.
    pub not_verified: usize,
    /// Clarifications, by position, that cover no package or have lapsed for all they cover.
    pub unused_clarifications: Vec<usize>,
}

impl Learned {
    /// The fact of a package.
    ///
    /// # Panics
    /// When the node is not one of the graph that was learned.
    pub fn fact(&self, node: NodeIndex) -> &LicenseFact {
        &self.facts[node.index()]
    }
}

/// What was gathered about one package before anything is concluded.
struct Gathered {
    statements: Vec<DeclaredLicense>,
    declared: Declared,
    files: Vec<LicenseFile>,
    looked: Looked,
    governing: BTreeSet<String>,
    notes: Vec<String>,
    problems: Vec<Problem>,
}

/// Learns the license of every package of a graph.
pub fn learn(graph: &DependencyGraph, options: &EvidenceOptions, source: &dyn FactSource) -> Learned {
    let nodes: Vec<_> = graph.nodes().collect();
    let gathered: Vec<_> =
        nodes.par_iter().map(|node| gather(graph.package(*node), options, source)).collect();
    let texts = Classified::of(gathered.iter().flat_map(|one| &one.files));
    let mut learned = Learned {
        files_read: gathered.iter().map(|one| one.files.len()).sum(),
        texts_read: texts.len(),
        ..Learned::default()
    };
    let mut used = vec![false; options.clarifications.len()];
    for (node, one) in nodes.iter().zip(gathered) {
        let package = graph.package(*node);
        let declared_unchecked = one.looked != Looked::Read && !one.declared.candidates.is_empty();
        learned.not_verified += usize::from(declared_unchecked);
        if !one.problems.is_empty() {
            learned.partly_read.insert(*node);
        }
        learned.problems.extend(one.problems.iter().cloned().map(|mut problem| {
            problem.location = problem.location.or_else(|| package.location.clone());
            problem
        }));
        let mut fact = fact(&one, &texts);
        clarify(package, &one, options, &mut fact, &mut used);
        learned.facts.push(fact);
    }
    learned.problems.sort();
    learned.problems.dedup();
    learned.unused_clarifications =
        used.iter().enumerate().filter(|(_, used)| !**used).map(|(position, _)| position).collect();
    learned
}

fn gather(package: &Package, options: &EvidenceOptions, source: &dyn FactSource) -> Gathered {
    let mut problems = Vec::new();
    let mut statements = package.declared.clone();
    if statements.is_empty() {
        match source.declared(package) {
            Ok(found) => statements = found.unwrap_or_default(),
            Err(message) => problems.push(missing(package, &message)),
        }
    }
    let declared = understand_all(&statements, package.ecosystem);
    let pinned = options.clarifications.iter().any(|one| one.sha256.is_some() && one.covers(package));
    let open = declared.certain().is_none() || pinned;
    let wanted = match options.verify {
        Verify::All => true,
        Verify::WhenNeeded => open,
        Verify::Never => pinned,
    };
    let mut place = package.files.clone();
    if place.is_none() && open && wanted {
        match source.files(package) {
            Ok(found) => {
                let inner = inner_directories(package);
                place = found.map(|place| files::as_on_disk(place, &declared.files, inner.as_ref()));
            }
            Err(message) => problems.push(missing(package, &message)),
        }
    }
    let (read, looked) = match place {
        Some(place) if wanted => {
            let inner = inner_directories(package);
            let search = files::Search {
                named: &declared.files,
                inner: inner.as_ref(),
                root: &options.root,
                label: &package.label(),
                look_in_readme: open,
            };
            (files::read(&place, search), Looked::Read)
        }
        Some(_) => (PackageFiles::of_nothing(), Looked::Left),
        None => (PackageFiles::of_nothing(), Looked::Absent),
    };
    problems.extend(read.problems);
    let mut files = read.files;
    for text in &declared.texts {
        files.push(LicenseFile::new("(license text in the metadata)".to_owned(), text.clone().into_bytes()));
    }
    let looked = if looked == Looked::Absent && !files.is_empty() { Looked::Read } else { looked };
    Gathered { statements, declared, files, looked, governing: read.governing, notes: read.notes, problems }
}

/// What is known of the directories of a package that may carry license files of their own: those of a Go module.
fn inner_directories(package: &Package) -> Option<InnerDirectories> {
    let is_module = package.ecosystem == Ecosystem::Go
        && !matches!(package.origin, Origin::Project | Origin::StandardLibrary);
    package.inner.clone().or_else(|| is_module.then(InnerDirectories::default))
}

fn missing(package: &Package, message: &str) -> Problem {
    Problem::fact_missing(package.location.clone(), format!("{}: {message}", package.label()))
}

fn fact(gathered: &Gathered, texts: &Classified) -> LicenseFact {
    let seen: Vec<Seen> = gathered.files.iter().flat_map(|file| texts.seen(file)).collect();
    let concluded = conclude(&gathered.declared, &seen, &gathered.governing, gathered.looked);
    let mut notes = gathered.declared.notes.clone();
    notes.extend(gathered.notes.iter().cloned());
    notes.extend(concluded.notes);
    LicenseFact {
        declared: gathered.statements.clone(),
        normalised: gathered.declared.certain().cloned(),
        detected: seen.into_iter().map(|seen| seen.license).collect(),
        concluded: concluded.conclusion,
        disagreement: concluded.disagreement,
        notes,
    }
}

/// Puts the user's word in place of the conclusion, unless the text it was read from has changed.
fn clarify(
    package: &Package,
    gathered: &Gathered,
    options: &EvidenceOptions,
    fact: &mut LicenseFact,
    used: &mut [bool],
) {
    for (position, clarification) in options.clarifications.iter().enumerate() {
        if !clarification.covers(package) {
            continue;
        }
        if let Some(wanted) = &clarification.sha256 {
            let known = gathered.files.iter().any(|file| file.sha256.eq_ignore_ascii_case(wanted));
            if !known && gathered.looked == Looked::Read {
                fact.notes.push(format!(
                    "the clarification `{}` has lapsed: no license file has the hash it was read from",
                    clarification.expression
                ));
                continue;
            }
            if !known {
                fact.notes.push("the text that the clarification was read from is not at hand".to_owned());
            }
        }
        used[position] = true;
        fact.concluded = Conclusion {
            expression: clarification.expression.clone(),
            source: ConclusionSource::Clarification,
            reason: clarification.reason.clone(),
        };
        fact.disagreement = None;
        return;
    }
}
