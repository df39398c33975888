//! Versions and needs from a package index, where no lock file and no environment tells them.
//!
//! The newest version that everybody who asks can live with is taken, as pip does, in rounds: each round walks
//! from the manifest through what the chosen versions need, gathers who asks for what, and chooses anew, until
//! nothing changes. Where no version fits everybody, each asker gets the newest that fits it: markers often say
//! that they never meet. Taking back an earlier choice to make a later one fit (backtracking) is left to the
//! installers.

use super::catalogue::{Catalogue, Known, Requires};
use super::manifest::Declared;
use super::marker::Situation;
use super::requirement::{Requirement, normalise};
use super::text::list;
use super::version;
use crate::ecosystems::{PythonIndex, ReadContext};
use crate::model::{Ecosystem, Origin, Package, Problem, PythonRelease, Scope, SourceSpan};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What the packages are said to be known from.
const SOURCE: &str = "the package index";

/// What makes the choice of versions one's own.
const LOCK: &str = "uv lock";

/// Far more rounds than any graph is deep.
const ROUNDS: usize = 60;

/// The last of the phases in which versions are chosen.
const LAST_PHASE: u8 = 2;

/// A version of a package, by normalised name.
type Choice = (String, String);

fn choices(chosen: &BTreeMap<String, Vec<String>>) -> impl Iterator<Item = Choice> {
    chosen.iter().flat_map(|(key, versions)| versions.iter().map(|version| (key.clone(), version.clone())))
}

fn phase_of(scope: Scope) -> u8 {
    match scope {
        Scope::Dev | Scope::Build => LAST_PHASE,
        Scope::Optional => 1,
        _ => 0,
    }
}

/// Who is asked for, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    name: String,
    specifiers: BTreeSet<String>,
    extras: BTreeSet<String>,
    location: Option<SourceSpan>,
}

struct Resolver<'a> {
    index: &'a dyn PythonIndex,
    declared: Vec<&'a Declared>,
    limits: &'a [Requirement],
    own: &'a BTreeSet<String>,
    situation: Situation<'a>,
    /// Who asks: 0 what ships, 1 what extras add, 2 developers and the build.
    phase: u8,
    /// What an earlier phase chose: developers do not decide what ships.
    fixed: BTreeMap<String, Vec<String>>,
    releases: HashMap<String, Result<Vec<PythonRelease>, String>>,
    needs: HashMap<Choice, Result<Option<Vec<Requires>>, String>>,
}

/// Resolves what manifests ask for; `None` when no index is lent or it knows none of it.
///
/// `own` are the projects themselves, whose names nobody is asked about.
pub(super) fn resolve(
    declared: &[&Declared],
    limits: &[Requirement],
    own: &BTreeSet<String>,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Option<Catalogue> {
    let index = context.python_index.as_deref()?;
    let mut resolver = Resolver::new(index, declared, limits, own, context);
    let (chosen, shipped) = resolver.choose_all();
    resolver.report(&chosen, problems);
    let mut catalogue = Catalogue::new(SOURCE, LOCK);
    resolver.fill(&chosen, &shipped, &mut catalogue);
    (!catalogue.packages.is_empty()).then_some(catalogue)
}

/// Adds what the manifest asks for and a lock or an environment lacks.
///
/// No lock names what builds the project, and seldom is every extra installed. A lock that lacks anything else
/// is out of date, which the index cannot mend.
pub(super) fn add_lacking(
    declared: &[Declared],
    own: &BTreeSet<String>,
    is_environment: bool,
    context: &ReadContext,
    catalogue: &mut Catalogue,
    problems: &mut Vec<Problem>,
) {
    let Some(index) = context.python_index.as_deref() else { return };
    let is_lacking = |item: &&Declared| {
        (is_environment || item.scope == Scope::Build)
            && catalogue.of_name(&item.requirement.key()).is_empty()
    };
    let lacking: Vec<&Declared> = declared.iter().filter(is_lacking).collect();
    let mut resolver = Resolver::new(index, &lacking, &[], own, context);
    let (chosen, shipped) = resolver.choose_all();
    let mut found = Catalogue::default();
    resolver.fill(&chosen, &shipped, &mut found);
    found.packages.retain(|known| catalogue.of_name(&known.key).is_empty());
    let names: Vec<String> = found.packages.iter().map(|known| known.package.label()).collect();
    let keys: BTreeSet<String> = found.packages.iter().map(|known| known.key.clone()).collect();
    found.packages.into_iter().for_each(|known| catalogue.push(known));
    let is_found = |item: &&&Declared| keys.contains(&item.requirement.key());
    let Some(first) = lacking.iter().find(is_found) else { return };
    let runs = lacking.iter().filter(is_found).any(|item| item.scope == Scope::Runtime);
    let message = format!(
        "{} lacks what this file asks for; the newest fitting versions were taken from {SOURCE}: {}",
        catalogue.source,
        list(&names)
    );
    let place = Some(SourceSpan::file(first.location.file.clone()));
    problems.push(match runs {
        true => Problem::incomplete(place, format!("{message}; run `{}`", catalogue.refresh)),
        false => Problem::note(place, message),
    });
}

/// Named by an address: no index is asked.
fn is_elsewhere(requirement: &Requirement) -> bool {
    requirement.address.is_some()
}

impl<'a> Resolver<'a> {
    fn new(
        index: &'a dyn PythonIndex,
        declared: &[&'a Declared],
        limits: &'a [Requirement],
        own: &'a BTreeSet<String>,
        context: &'a ReadContext,
    ) -> Self {
        let from_index = |item: &&&'a Declared| item.origin.is_none() && !is_elsewhere(&item.requirement);
        Self {
            index,
            declared: declared.iter().filter(from_index).copied().collect(),
            limits,
            own,
            situation: Situation::of_target(&context.python),
            phase: 0,
            fixed: BTreeMap::new(),
            releases: HashMap::new(),
            needs: HashMap::new(),
        }
    }

    /// The versions of all phases, and those of what ships.
    fn choose_all(&mut self) -> (BTreeMap<String, Vec<String>>, BTreeSet<Choice>) {
        let mut shipped = BTreeSet::new();
        for phase in 0..=LAST_PHASE {
            self.phase = phase;
            self.fixed = self.choose();
            if phase < LAST_PHASE {
                shipped = choices(&self.fixed).collect();
            }
        }
        (std::mem::take(&mut self.fixed), shipped)
    }

    fn choose(&mut self) -> BTreeMap<String, Vec<String>> {
        let mut chosen = BTreeMap::new();
        for _ in 0..ROUNDS {
            let asked = self.walk(&chosen);
            self.learn_releases(&asked);
            let next: BTreeMap<String, Vec<String>> =
                asked.iter().map(|(key, asked)| (key.clone(), self.pick(key, asked))).collect();
            self.learn_needs(&asked, &next);
            if next == chosen {
                break;
            }
            chosen = next;
        }
        chosen
    }

    /// Who is asked for by the manifest and by what is chosen so far.
    fn walk(&self, chosen: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Asked> {
        let mut asked: BTreeMap<String, Asked> = BTreeMap::new();
        let mut queue: Vec<String> = Vec::new();
        for declared in self.declared.iter().filter(|item| phase_of(item.scope) <= self.phase) {
            let extras = super::requirement::extras_named(declared.requirement.marker.as_deref());
            let holds = super::marker::holds(
                declared.requirement.marker.as_deref(),
                &self.situation.with_extras(&extras),
            );
            if holds != Some(false) {
                self.ask(&declared.requirement, Some(&declared.location), &mut asked, &mut queue);
            }
        }
        while let Some(key) = queue.pop() {
            let Some(parent) = asked.get(&key).cloned() else { continue };
            let extras: Vec<String> = parent.extras.into_iter().collect();
            for choice in chosen.get(&key).into_iter().flatten() {
                let Some(Ok(Some(needs))) = self.needs.get(&(key.clone(), choice.clone())) else { continue };
                for need in needs {
                    if need.holds(&self.situation.with_extras(&extras)) != Some(false) {
                        self.ask(&need.requirement, parent.location.as_ref(), &mut asked, &mut queue);
                    }
                }
            }
        }
        asked
    }

    fn ask(
        &self,
        requirement: &Requirement,
        location: Option<&SourceSpan>,
        asked: &mut BTreeMap<String, Asked>,
        queue: &mut Vec<String>,
    ) {
        let key = requirement.key();
        if self.own.contains(&key) || is_elsewhere(requirement) {
            return;
        }
        let is_new = !asked.contains_key(&key);
        let entry = asked.entry(key.clone()).or_default();
        if is_new {
            entry.name = requirement.name.clone();
            entry.location = location.cloned();
        }
        entry.specifiers.extend(requirement.specifier.clone());
        let before = entry.extras.len();
        entry.extras.extend(requirement.extras.iter().map(|extra| normalise(extra)));
        if is_new || entry.extras.len() > before {
            queue.push(key);
        }
    }

    fn learn_releases(&mut self, asked: &BTreeMap<String, Asked>) {
        let unknown: Vec<_> = asked.iter().filter(|(key, _)| !self.releases.contains_key(*key)).collect();
        let index = self.index;
        let learned: Vec<_> = unknown
            .par_iter()
            .map(|(key, asked)| ((*key).clone(), index.releases(&package(&asked.name, None, asked))))
            .collect();
        self.releases.extend(learned);
    }

    fn learn_needs(&mut self, asked: &BTreeMap<String, Asked>, chosen: &BTreeMap<String, Vec<String>>) {
        let unknown: Vec<Choice> =
            choices(chosen).filter(|choice| !self.needs.contains_key(choice)).collect();
        let index = self.index;
        let learned: Vec<_> = unknown
            .into_par_iter()
            .map(|(key, version)| {
                let asked = &asked[&key];
                let needs = index.requires(&package(&asked.name, Some(&version), asked));
                ((key, version), needs.map(|needs| needs.map(|needs| read_needs(&needs))))
            })
            .collect();
        self.needs.extend(learned);
    }

    /// The newest version for everybody, else the newest for each.
    fn pick(&self, key: &str, asked: &Asked) -> Vec<String> {
        let Some(Ok(releases)) = self.releases.get(key) else { return Vec::new() };
        let limits = self.limits.iter().filter(|limit| limit.key() == *key);
        let limits: Vec<&str> = limits.filter_map(|limit| limit.specifier.as_deref()).collect();
        let mut specifiers: Vec<&str> = asked.specifiers.iter().map(String::as_str).collect();
        let fixed = self.fixed.get(key).cloned().unwrap_or_default();
        if !fixed.is_empty() {
            let is_met = |specifier: &str| {
                fixed.iter().any(|version| version::satisfies(specifier, version) != Some(false))
            };
            specifiers.retain(|specifier| !is_met(specifier));
            if specifiers.is_empty() {
                return fixed;
            }
        }
        let all: Vec<&str> = specifiers.iter().chain(&limits).copied().collect();
        if let Some(best) = self.newest(releases, &all) {
            let mut found = fixed;
            found.push(best);
            found.sort();
            found.dedup();
            return found;
        }
        let newest_for_one = |specifier: &&str| {
            let with_limits: Vec<&str> = limits.iter().copied().chain([*specifier]).collect();
            self.newest(releases, &with_limits)
        };
        let mut each: Vec<String> = specifiers.iter().filter_map(newest_for_one).chain(fixed).collect();
        each.sort();
        each.dedup();
        each
    }

    fn newest(&self, releases: &[PythonRelease], specifiers: &[&str]) -> Option<String> {
        let is_pinned = specifiers.iter().any(|specifier| version::pinned(specifier).is_some());
        let fits = |release: &&PythonRelease| {
            let meets = |specifier: &&str| version::satisfies(specifier, &release.version) != Some(false);
            let runs = match (&release.requires_python, self.situation.python) {
                (Some(range), Some(python)) => runs_on(range, python),
                _ => true,
            };
            (is_pinned || !release.yanked) && runs && specifiers.iter().all(meets)
        };
        let fitting: Vec<&PythonRelease> = releases.iter().filter(fits).collect();
        let asks_early = specifiers.iter().any(|specifier| version::names_pre_release(specifier));
        let finals = fitting.iter().copied().filter(|release| !version::is_pre_release(&release.version));
        let of_finals = if asks_early { None } else { newest_of(finals.collect()) };
        of_finals.or_else(|| newest_of(fitting)).map(|release| release.version.clone())
    }

    /// Adds what is known of the chosen versions, in the order of their names.
    fn fill(
        &self,
        chosen: &BTreeMap<String, Vec<String>>,
        shipped: &BTreeSet<Choice>,
        catalogue: &mut Catalogue,
    ) {
        let asked = self.walk(chosen);
        for (key, versions) in chosen {
            let Some(asked) = asked.get(key) else { continue };
            for version in versions {
                let package = package(&asked.name, Some(version), asked);
                let choice = (key.clone(), version.clone());
                let needs = self.needs.get(&choice);
                let requires = needs.and_then(|needs| needs.clone().ok().flatten()).unwrap_or_default();
                let development = !shipped.contains(&choice);
                catalogue.push(Known { key: key.clone(), package, marker: None, requires, development });
            }
        }
    }

    fn report(&self, chosen: &BTreeMap<String, Vec<String>>, problems: &mut Vec<Problem>) {
        let mut silent: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, releases) in &self.releases {
            if let Err(reason) = releases {
                silent.entry(reason.clone()).or_default().push(key.clone());
            }
        }
        let mut unbuilt = Vec::new();
        for choice in choices(chosen) {
            let label = format!("{} {}", choice.0, choice.1);
            match self.needs.get(&choice) {
                Some(Ok(None)) => unbuilt.push(label),
                Some(Err(reason)) => silent.entry(reason.clone()).or_default().push(label),
                _ => {}
            }
        }
        for (reason, mut names) in silent {
            names.sort();
            let message = format!("the package index does not tell what {} needs: {reason}", list(&names));
            problems.push(Problem::incomplete(None, message));
        }
        if !unbuilt.is_empty() {
            let message = format!(
                "what {} needs is known only when it is built; let pip resolve with `--resolve`, or lock the project",
                list(&unbuilt)
            );
            problems.push(Problem::incomplete(None, message));
        }
        let count = chosen.values().filter(|versions| !versions.is_empty()).count();
        if count > 0 {
            let message = format!(
                "no lock file and no installed environment: the newest fitting versions of {count} packages were \
                 taken from the package index, and may be others tomorrow; lock the project, or name what is \
                 installed with `--env`"
            );
            problems.push(Problem::note(None, message));
        }
    }
}

fn newest_of(releases: Vec<&PythonRelease>) -> Option<&PythonRelease> {
    releases.into_iter().max_by(|left, right| version::compare(&left.version, &right.version))
}

/// `python` without a patch level may be any of them.
fn runs_on(range: &str, python: &str) -> bool {
    let patches = if python.matches('.').count() > 1 {
        vec![python.to_owned()]
    } else {
        vec![format!("{python}.0"), format!("{python}.99")]
    };
    patches.iter().any(|python| version::satisfies(range, python) != Some(false))
}

/// The question to the index. The place tells which index may be asked.
fn package(name: &str, version: Option<&str>, asked: &Asked) -> Package {
    let mut package = Package::new(Ecosystem::Python, name, version, Origin::Registry(None));
    package.location = asked.location.clone();
    package
}

fn read_needs(lines: &[String]) -> Vec<Requires> {
    let requirements = lines.iter().filter_map(|line| Requirement::parse(line).ok());
    requirements.map(|requirement| Requires::new(requirement, None, None)).collect()
}
