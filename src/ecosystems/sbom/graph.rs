//! From a document to a dependency graph.

use super::{Parsed, Reading};
use crate::model::sbom::{Acknowledgement, Component, Document, LicenseEntry, LicenseValue};
use crate::model::{
    Checksum, ChecksumAlgorithm, DeclaredLicense, Dependency, Ecosystem, LicenseSource, LicenseStatement,
    Linkage, NodeIndex, Origin, Package, PackageDetails, Problem, Project, Purl, Scope, SourceSpan,
};
use std::collections::{HashMap, HashSet};

/// Makes the graph; `file` is the document relative to the audited root.
pub(super) fn reading(parsed: Parsed, file: &str) -> Reading {
    let Parsed { document, problems, has_dependencies, kind, .. } = parsed;
    let mut builder =
        Builder { reading: Reading { problems, ..Reading::default() }, file, tally: Tally::default() };
    if kind.is_none() {
        return builder.reading;
    }
    builder.fill(&document, has_dependencies);
    builder.report_tally();
    builder.reading
}

/// Things that are said once for the whole document.
#[derive(Default)]
struct Tally {
    lists: Vec<String>,
    from_evidence: Vec<String>,
    unlike: Vec<String>,
    empty_words: Vec<String>,
    no_packages: Vec<String>,
    parts: Vec<String>,
}

struct Builder<'a> {
    reading: Reading,
    file: &'a str,
    tally: Tally,
}

impl Builder<'_> {
    fn fill(&mut self, document: &Document, has_dependencies: bool) {
        let roots: HashSet<usize> = document.roots.iter().copied().collect();
        let wholes = wholes(document);
        let mut nodes: Vec<Option<NodeIndex>> = Vec::with_capacity(document.components.len());
        for (position, component) in document.components.iter().enumerate() {
            let is_root = roots.contains(&position);
            if !is_root && !is_package(component) {
                self.tally.no_packages.push(component.label());
                nodes.push(None);
                continue;
            }
            let mut package = self.package(component, is_root);
            if package.declared.is_empty()
                && let Some(whole) = whole_of(component, &wholes)
            {
                let place = package.location.clone().unwrap_or_else(|| SourceSpan::file(self.file));
                package.declared = self.declared(whole, &place);
                self.tally.parts.push(component.label());
            }
            nodes.push(Some(self.reading.graph.add_package(package)));
        }
        let mut projects: Vec<NodeIndex> = document.roots.iter().filter_map(|root| nodes[*root]).collect();
        if projects.is_empty() {
            projects.push(self.stand_in());
        }
        for node in &projects {
            let manifest = self.file.to_owned();
            let project = Project { node: *node, graph_source: Some(manifest.clone()), manifest };
            self.reading.graph.add_project(project);
        }
        let mut edges: Vec<(usize, usize, Option<Scope>, Option<Linkage>)> =
            document.edges.iter().map(|edge| (edge.from, edge.to, edge.scope, edge.linkage)).collect();
        edges.sort_unstable();
        for (from, to, scope, linkage) in edges {
            if let (Some(source), Some(target)) = (nodes[from], nodes[to])
                && source != target
            {
                let dependency = self.dependency(&document.components[to], target, scope, linkage);
                self.reading.graph.add_dependency(source, target, dependency);
            }
        }
        self.adopt(document, &nodes, &projects, has_dependencies);
        if document.complete == Some(false) {
            let message = "the document says that its dependencies are incomplete".to_owned();
            self.say(Problem::incomplete, message);
        }
    }

    /// A project for a document that does not say what it is about.
    fn stand_in(&mut self) -> NodeIndex {
        let name = self.file.rsplit('/').next().unwrap_or(self.file).to_owned();
        let message = format!(
            "the document does not say which component it describes; everything in it is taken as used by a \
             project called `{name}`"
        );
        self.say(Problem::note, message);
        let mut package = Package::new(Ecosystem::Other, &name, None, Origin::Project);
        package.location = Some(SourceSpan::file(self.file));
        self.reading.graph.add_package(package)
    }

    /// What no project reaches is joined to the first one: nothing goes unjudged.
    fn adopt(
        &mut self,
        document: &Document,
        nodes: &[Option<NodeIndex>],
        projects: &[NodeIndex],
        has_dependencies: bool,
    ) {
        let mut reached: HashSet<NodeIndex> = projects.iter().copied().collect();
        let mut waiting = projects.to_vec();
        self.reach(&mut reached, &mut waiting);
        let mut adopted = Vec::new();
        // First those that nothing depends on, so that what they bring keeps its own place in the graph.
        for only_tops in [true, false] {
            for (component, node) in document.components.iter().zip(nodes) {
                let Some(node) = *node else { continue };
                let is_top = self.reading.graph.dependents(node).next().is_none();
                if reached.contains(&node) || (only_tops && !is_top) {
                    continue;
                }
                let dependency = self.dependency(
                    component,
                    node,
                    super::scope::component_scope(component),
                    linkage_property(component),
                );
                self.reading.graph.add_dependency(projects[0], node, dependency);
                adopted.push(component.label());
                reached.insert(node);
                waiting.push(node);
                self.reach(&mut reached, &mut waiting);
            }
        }
        if adopted.is_empty() {
            return;
        }
        let message = if has_dependencies {
            format!(
                "{} are not reachable from the described component; they are taken as its direct dependencies",
                listed(&adopted, "component")
            )
        } else {
            "the document says nothing about dependencies; every component is taken as a direct dependency"
                .to_owned()
        };
        self.say(Problem::note, message);
    }

    fn reach(&self, reached: &mut HashSet<NodeIndex>, waiting: &mut Vec<NodeIndex>) {
        while let Some(node) = waiting.pop() {
            for (target, _) in self.reading.graph.dependencies(node) {
                if reached.insert(target) {
                    waiting.push(target);
                }
            }
        }
    }

    fn dependency(
        &self,
        component: &Component,
        node: NodeIndex,
        scope: Option<Scope>,
        linkage: Option<Linkage>,
    ) -> Dependency {
        let scope = scope.unwrap_or(Scope::Runtime);
        let ecosystem = self.reading.graph.package(node).ecosystem;
        let usual = match (scope, ecosystem) {
            (Scope::Dev, _) => Linkage::Dev,
            (Scope::Build, _) => Linkage::Build,
            (_, Ecosystem::Cargo | Ecosystem::Go) => Linkage::Static,
            (_, Ecosystem::Npm | Ecosystem::Python | Ecosystem::Other) => Linkage::Dynamic,
        };
        let place = match component.line {
            Some(line) => SourceSpan::line(self.file, line),
            None => SourceSpan::file(self.file),
        };
        Dependency::new(scope, linkage.unwrap_or(usual)).located(place)
    }

    fn package(&mut self, component: &Component, is_root: bool) -> Package {
        let place = match component.line {
            Some(line) => SourceSpan::line(self.file, line),
            None => SourceSpan::file(self.file),
        };
        let purl = component.purl.as_deref().and_then(|text| match Purl::parse(text) {
            Ok(purl) => Some(purl),
            Err(error) => {
                self.reading.problems.push(Problem::note(Some(place.clone()), error.to_string()));
                None
            }
        });
        let ecosystem = purl.as_ref().map_or(Ecosystem::Other, |purl| ecosystem_of(purl.as_str()));
        let name = full_name(component, ecosystem, purl.as_ref());
        let origin = origin(component, ecosystem, purl.as_ref(), is_root);
        let mut package = Package::new(ecosystem, &name, component.version.as_deref(), origin);
        if let Some(purl) = purl {
            package.purl = purl;
        }
        package.declared = self.declared(component, &place);
        package.checksums = component.hashes.iter().filter_map(checksum).collect();
        package.location = Some(place);
        package.bundles = component
            .properties
            .iter()
            .filter(|property| property.name == "licgraph:bundles")
            .map(|property| property.value.clone())
            .collect();
        let address = |kind: &str| {
            component.references.iter().find(|known| known.kind == kind).map(|known| known.url.clone())
        };
        package.details = PackageDetails {
            description: component.description.clone(),
            homepage: address("website"),
            repository: address("vcs"),
            authors: component.authors.clone(),
        };
        package
    }

    /// The statements that count: a conclusion if there is one, else what is declared, else what was seen.
    fn declared(&mut self, component: &Component, place: &SourceSpan) -> Vec<DeclaredLicense> {
        let said: Vec<&LicenseEntry> =
            component.licenses.iter().filter(|entry| says_something(entry)).collect();
        if said.len() < component.licenses.len() {
            self.tally.empty_words.push(component.label());
        }
        let of_kind = |concluded: bool| -> Vec<&LicenseEntry> {
            said.iter()
                .copied()
                .filter(|entry| (entry.acknowledgement == Some(Acknowledgement::Concluded)) == concluded)
                .collect()
        };
        let (declared, concluded) = (of_kind(false), of_kind(true));
        let strings = |entries: &[&LicenseEntry]| -> Vec<String> {
            entries.iter().map(|entry| entry.value.as_str().to_owned()).collect()
        };
        if !concluded.is_empty() && !declared.is_empty() && strings(&concluded) != strings(&declared) {
            self.tally.unlike.push(component.label());
        }
        let mut counted = if concluded.is_empty() { declared } else { concluded };
        if counted.is_empty() {
            return self.seen_in_files(component, place);
        }
        // Python tools list the trove classifiers beside the license; they are their own kind of statement.
        let classifiers: Vec<&LicenseEntry> =
            counted.iter().copied().filter(|entry| is_classifier(entry)).collect();
        counted.retain(|entry| !is_classifier(entry));
        let mut names = strings(&counted);
        names.dedup();
        let main = match counted.as_slice() {
            [] => None,
            [first, ..] if names.len() == 1 => Some(statement(first)),
            _ => {
                self.tally.lists.push(component.label());
                Some(LicenseStatement::List(names))
            }
        };
        let rest =
            classifiers.iter().map(|entry| LicenseStatement::Classifier(entry.value.as_str().to_owned()));
        main.into_iter().chain(rest).map(|statement| declared_at(statement, place)).collect()
    }

    fn seen_in_files(&mut self, component: &Component, place: &SourceSpan) -> Vec<DeclaredLicense> {
        let mut seen: Vec<String> = component.observed.iter().map(|seen| seen.license.clone()).collect();
        seen.sort();
        seen.dedup();
        if seen.is_empty() {
            return Vec::new();
        }
        self.tally.from_evidence.push(component.label());
        let statement = match seen.len() {
            1 => LicenseStatement::Expression(seen.remove(0)),
            _ => LicenseStatement::List(seen),
        };
        vec![declared_at(statement, place)]
    }

    fn say(&mut self, make: fn(Option<SourceSpan>, String) -> Problem, message: String) {
        self.reading.problems.push(make(Some(SourceSpan::file(self.file)), message));
    }

    fn report_tally(&mut self) {
        let tally = std::mem::take(&mut self.tally);
        let mut say = |names: &[String], what: &str, make: fn(Option<SourceSpan>, String) -> Problem| {
            if !names.is_empty() {
                self.say(make, format!("{} {what}", listed(names, "component")));
            }
        };
        say(
            &tally.lists,
            "have several licenses with no operator between them; all of them are taken to apply (AND)",
            Problem::note,
        );
        say(
            &tally.from_evidence,
            "have no license of their own; what was seen in their files is used",
            Problem::note,
        );
        say(
            &tally.unlike,
            "have a declared and a different concluded license; the concluded one is used",
            Problem::note,
        );
        say(
            &tally.empty_words,
            "have a license entry that says nothing (UNKNOWN, NOASSERTION); it is ignored",
            Problem::fact_missing,
        );
        say(
            &tally.parts,
            "are parts of other components (their purls have a subpath) and say no license; that of the whole is used",
            Problem::note,
        );
        say(
            &tally.no_packages,
            "are files or systems without a license and a purl; they are not judged",
            Problem::note,
        );
    }
}

/// Components by their purls without a subpath, those that are no parts.
fn wholes(document: &Document) -> HashMap<&str, &Component> {
    let purls =
        document.components.iter().filter_map(|component| Some((component.purl.as_deref()?, component)));
    purls.filter(|(purl, _)| !purl.contains('#')).collect()
}

/// Generators list the targets of a package beside it: the same purl with a subpath.
fn whole_of<'d>(component: &Component, wholes: &HashMap<&str, &'d Component>) -> Option<&'d Component> {
    let (purl, _) = component.purl.as_deref()?.split_once('#')?;
    wholes.get(purl).copied()
}

/// `3 components (a 1, b 2, c 3)`.
fn listed(names: &[String], what: &str) -> String {
    const SHOWN: usize = 5;
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let more = if names.len() > SHOWN { ", ..." } else { "" };
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{} {what}{plural} ({shown}{more})", names.len())
}

/// Scanners list the files and the system they looked at beside the packages.
fn is_package(component: &Component) -> bool {
    let is_thing =
        matches!(component.kind.as_str(), "file" | "operating-system" | "device" | "cryptographic-asset");
    !is_thing || component.purl.is_some() || component.licenses.iter().any(says_something)
}

fn is_classifier(entry: &LicenseEntry) -> bool {
    matches!(&entry.value, LicenseValue::Name(name) if name.starts_with("License :: "))
}

fn declared_at(statement: LicenseStatement, place: &SourceSpan) -> DeclaredLicense {
    DeclaredLicense { statement, source: LicenseSource::Sbom, location: Some(place.clone()) }
}

/// Words that generators write where they know nothing.
fn says_something(entry: &LicenseEntry) -> bool {
    let text = entry.value.as_str().trim();
    let empty = ["", "NOASSERTION", "UNKNOWN", "UNKNOWN LICENSE", "NULL", "N/A", "UNDEFINED"];
    !empty.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn statement(entry: &LicenseEntry) -> LicenseStatement {
    match &entry.value {
        LicenseValue::Id(text) | LicenseValue::Expression(text) => LicenseStatement::Expression(text.clone()),
        LicenseValue::Name(text) | LicenseValue::Text(text) => LicenseStatement::FreeText(text.clone()),
        LicenseValue::Address(url) => LicenseStatement::Address(url.clone()),
    }
}

fn linkage_property(component: &Component) -> Option<Linkage> {
    component.property("licgraph:linkage").and_then(|word| word.parse().ok())
}

fn ecosystem_of(purl: &str) -> Ecosystem {
    let kind = purl.strip_prefix("pkg:").unwrap_or(purl).trim_start_matches('/');
    let kind = kind.split('/').next().unwrap_or(kind);
    Ecosystem::from_purl_type(&kind.to_ascii_lowercase())
}

/// The name as the ecosystem writes it: `@scope/name`, a Go module path.
fn full_name(component: &Component, ecosystem: Ecosystem, purl: Option<&Purl>) -> String {
    if ecosystem != Ecosystem::Other
        && let Some(parsed) = purl.and_then(|purl| purl.as_str().parse::<packageurl::PackageUrl<'_>>().ok())
    {
        // The parser folds the case of Go paths; the component's own name keeps it.
        let own = component.name.as_str();
        let full = match parsed.namespace() {
            Some(namespace) => format!("{namespace}/{}", parsed.name()),
            None => parsed.name().to_owned(),
        };
        return if own.eq_ignore_ascii_case(&full) { own.to_owned() } else { full };
    }
    match &component.group {
        Some(group) if !component.name.starts_with(group.as_str()) => format!("{group}/{}", component.name),
        _ => component.name.clone(),
    }
}

/// A package with a bare purl comes from wherever the user's client gets such packages.
fn origin(component: &Component, ecosystem: Ecosystem, purl: Option<&Purl>, is_root: bool) -> Origin {
    if is_root {
        return Origin::Project;
    }
    if let Some(archive) = component.references.iter().find(|known| known.kind == "distribution") {
        return Origin::Archive(archive.url.clone());
    }
    let is_bare = purl.is_some_and(|purl| !purl.as_str().contains('?'));
    if ecosystem != Ecosystem::Other && is_bare { Origin::Registry(None) } else { Origin::Unknown }
}

fn checksum((algorithm, value): &(String, String)) -> Option<Checksum> {
    let algorithm = match algorithm.to_ascii_uppercase().replace('-', "").as_str() {
        "MD5" => ChecksumAlgorithm::Md5,
        "SHA1" => ChecksumAlgorithm::Sha1,
        "SHA256" => ChecksumAlgorithm::Sha256,
        "SHA384" => ChecksumAlgorithm::Sha384,
        "SHA512" => ChecksumAlgorithm::Sha512,
        _ => return None,
    };
    let value = value.trim().to_ascii_lowercase();
    let is_hex = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then_some(Checksum { algorithm, value })
}
