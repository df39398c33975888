//! pyproject.toml: PEP 621 and PEP 639 metadata, dynamic fields, PEP 735 groups, the build system, the tables
//! of Poetry, PDM and uv.

use super::developers::is_for_running;
use super::manifest::{Declared, Manifest, origin_of};
use super::poetry_manifest;
use super::requirement::normalise;
use super::text::Document;
use super::tree::{Node, Value};
use crate::ecosystems::ReadContext;
use crate::model::{Files, LicenseStatement, Problem, SourceSpan};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What pyproject.toml says beyond a [`Manifest`].
#[derive(Debug, Default)]
pub(super) struct Pyproject {
    /// The project.
    pub manifest: Manifest,
    /// The license files it names, for the caller to look up; globs as written.
    pub license_globs: Vec<(String, SourceSpan)>,
    /// Files from which setuptools takes the dependencies (`dynamic`), with the extra or none.
    pub dependency_files: Vec<(PathBuf, Option<String>, SourceSpan)>,
    /// Names of the packages that uv is told to lock otherwise than asked for.
    pub overridden: Vec<String>,
}

/// Reads the tables of a pyproject.toml.
pub(super) fn read(
    tree: &Node,
    document: &Document,
    directory: &Path,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Pyproject {
    let manifest = Manifest::of_file(&document.name);
    let mut reader = Reader {
        document,
        directory,
        context,
        problems,
        found: Pyproject { manifest, ..Pyproject::default() },
    };
    if let Some(project) = tree.get("project") {
        reader.found.manifest.describes_project = true;
        reader.project(project);
        reader.dynamic(project, tree);
    }
    if let Some(poetry) = tree.at(&["tool", "poetry"]) {
        poetry_manifest::read(
            poetry,
            document,
            directory,
            context,
            &mut reader.found.manifest,
            reader.problems,
        );
    }
    if let Some(flit) = tree.at(&["tool", "flit", "metadata"]) {
        reader.flit(flit);
    }
    reader.groups(tree);
    reader.build_system(tree);
    reader.sources(tree);
    reader.found
}

struct Reader<'a> {
    document: &'a Document,
    directory: &'a Path,
    context: &'a ReadContext,
    problems: &'a mut Vec<Problem>,
    found: Pyproject,
}

impl Reader<'_> {
    fn project(&mut self, project: &Node) {
        let manifest = &mut self.found.manifest;
        manifest.name = project.text("name").map(str::to_owned);
        manifest.version = project.text("version").map(str::to_owned);
        manifest.details.description = project.text("description").map(str::to_owned);
        manifest.details.authors = project
            .list("authors")
            .iter()
            .filter_map(|author| author.text("name").map(str::to_owned))
            .collect();
        self.addresses(project);
        self.license(project);
        for classifier in project.list("classifiers") {
            if let Some(text) = classifier.as_text() {
                self.found.manifest.add_classifier(text, self.document.span(classifier.offset));
            }
        }
        self.requirements(project.list("dependencies"), |declared| declared);
        if let Some(extras) = project.get("optional-dependencies") {
            for (extra, _, list) in extras.entries() {
                self.requirements(list.items(), |declared| declared.for_extra(extra));
            }
        }
    }

    fn addresses(&mut self, project: &Node) {
        let Some(urls) = project.get("urls") else { return };
        let find = |wanted: &[&str]| {
            urls.entries()
                .iter()
                .find(|(label, _, _)| wanted.contains(&normalise(label).replace(' ', "").as_str()))
                .and_then(|(_, _, value)| value.as_text().map(str::to_owned))
        };
        self.found.manifest.details.homepage = find(&["homepage"]);
        self.found.manifest.details.repository = find(&["repository", "source", "sourcecode", "github"]);
    }

    /// `license` is an expression (PEP 639) or a table with `text` or `file` (PEP 621).
    fn license(&mut self, project: &Node) {
        let place = project.place_of("license", self.document);
        if let Some(node) = project.get("license") {
            match &node.value {
                Value::Text(text) => {
                    self.found.manifest.add_license(LicenseStatement::Expression(text.clone()), place);
                }
                Value::Table(..) => {
                    if let Some(text) = node.text("text") {
                        self.found.manifest.add_license(LicenseStatement::FreeText(text.to_owned()), place);
                    } else if let Some(file) = node.text("file") {
                        self.found.license_globs.push((file.to_owned(), place));
                    }
                }
                _ => {
                    let message = "`license` is neither a string nor a table with `text` or `file`";
                    self.problems.push(Problem::fact_missing(Some(place), message));
                }
            }
        }
        for glob in project.list("license-files") {
            if let Some(text) = glob.as_text() {
                self.found.license_globs.push((text.to_owned(), self.document.span(glob.offset)));
            }
        }
        // An early draft of PEP 639 had a table here; setuptools and hatchling still accept it.
        for key in ["paths", "globs"] {
            for glob in project.at(&["license-files", key]).map_or(&[][..], Node::items) {
                if let Some(text) = glob.as_text() {
                    self.found.license_globs.push((text.to_owned(), self.document.span(glob.offset)));
                }
            }
        }
    }

    fn requirements(&mut self, items: &[Node], finish: impl Fn(Declared) -> Declared) {
        for item in items {
            let place = self.document.span(item.offset);
            let Some(text) = item.as_text() else {
                let message = "a requirement here is not a string; it was passed over";
                self.problems.push(Problem::incomplete(Some(place), message));
                continue;
            };
            if let Some(requirement) = Manifest::requirement(text, &place, self.problems) {
                let mut declared = Declared::new(requirement, place);
                if let Some(address) = &declared.requirement.address {
                    declared.origin = Some(origin_of(address, self.directory, self.context));
                }
                self.found.manifest.declared.push(finish(declared));
            }
        }
    }

    /// Fields in `dynamic` come from the build backend. setuptools can name plain files for them.
    fn dynamic(&mut self, project: &Node, tree: &Node) {
        let dynamic = project.texts("dynamic");
        if !dynamic.iter().any(|field| ["dependencies", "optional-dependencies"].contains(field)) {
            return;
        }
        let place = project.place_of("dynamic", self.document);
        let setuptools = tree.at(&["tool", "setuptools", "dynamic"]);
        let mut explained = false;
        if let Some(dependencies) = setuptools.and_then(|table| table.get("dependencies")) {
            explained |= self.dependency_files(dependencies, None);
        }
        if let Some(extras) = setuptools.and_then(|table| table.get("optional-dependencies")) {
            for (extra, _, table) in extras.entries() {
                explained |= self.dependency_files(table, Some(extra));
            }
        }
        if !explained && tree.at(&["tool", "poetry", "dependencies"]).is_none() {
            let message = "the dependencies are computed when the project is built, which an audit does not do; \
                install the project into a virtual environment or lock it";
            self.found.manifest.dynamic.push(Problem::incomplete(Some(place), message));
        }
    }

    fn dependency_files(&mut self, table: &Node, extra: Option<&str>) -> bool {
        let Some(files) = table.get("file") else { return false };
        let names: Vec<&str> = match files.as_text() {
            Some(name) => vec![name],
            None => files.items().iter().filter_map(Node::as_text).collect(),
        };
        let place = self.document.span(files.offset);
        for name in names {
            let path = self.directory.join(name);
            self.found.dependency_files.push((path, extra.map(str::to_owned), place.clone()));
        }
        true
    }

    fn flit(&mut self, metadata: &Node) {
        let manifest = &mut self.found.manifest;
        manifest.describes_project = true;
        manifest.name = manifest.name.take().or_else(|| metadata.text("module").map(str::to_owned));
        if let Some(text) = metadata.text("license") {
            let place = metadata.place_of("license", self.document);
            manifest.add_license(LicenseStatement::FreeText(text.to_owned()), place);
        }
        for classifier in metadata.list("classifiers") {
            if let Some(text) = classifier.as_text() {
                manifest.add_classifier(text, self.document.span(classifier.offset));
            }
        }
        self.requirements(metadata.list("requires"), |declared| declared);
        if let Some(extras) = metadata.get("requires-extra") {
            for (extra, _, list) in extras.entries() {
                self.requirements(list.items(), |declared| declared.for_extra(extra));
            }
        }
    }

    /// PEP 735 groups, with `{include-group = …}`, and the older development tables of PDM and uv.
    fn groups(&mut self, tree: &Node) {
        if let Some(groups) = tree.get("dependency-groups") {
            let running = running_groups(groups);
            for (name, _, list) in groups.entries() {
                for item in list.items() {
                    self.group_item(item, groups, running.contains(&normalise(name)));
                }
            }
        }
        if let Some(groups) = tree.at(&["tool", "pdm", "dev-dependencies"]) {
            for (_, _, list) in groups.entries() {
                let plain: Vec<Node> =
                    list.items().iter().filter(|item| !is_editable(item)).cloned().collect();
                self.requirements(&plain, Declared::for_development);
            }
        }
        if let Some(list) = tree.at(&["tool", "uv", "dev-dependencies"]) {
            self.requirements(list.items(), Declared::for_development);
        }
        if let Some(environments) = tree.at(&["tool", "hatch", "envs"]) {
            for (_, _, environment) in environments.entries() {
                for key in ["dependencies", "extra-dependencies"] {
                    self.requirements(environment.list(key), Declared::for_development);
                }
            }
        }
    }

    fn group_item(&mut self, item: &Node, groups: &Node, runs: bool) {
        let Some(included) = item.text("include-group") else {
            if item.as_text().is_some() {
                self.requirements(std::slice::from_ref(item), |declared| declared.for_group(runs));
            } else {
                let message = "a group member here is neither a requirement nor `{include-group = …}`";
                self.problems.push(Problem::incomplete(Some(self.document.span(item.offset)), message));
            }
            return;
        };
        // Every group is read in its own right, so an include adds nothing; but it has to lead somewhere.
        let exists = groups.entries().iter().any(|(name, _, _)| normalise(name) == normalise(included));
        if !exists {
            let message = format!("includes the group `{included}`, which does not exist");
            self.problems.push(Problem::incomplete(Some(self.document.span(item.offset)), message));
        }
    }

    fn build_system(&mut self, tree: &Node) {
        if let Some(system) = tree.get("build-system") {
            self.requirements(system.list("requires"), Declared::for_build);
        }
    }

    /// uv's sources say where a name comes from; its overrides may contradict the manifest on purpose.
    fn sources(&mut self, tree: &Node) {
        let Some(uv) = tree.at(&["tool", "uv"]) else { return };
        self.found.overridden = uv
            .texts("override-dependencies")
            .into_iter()
            .filter_map(|text| super::requirement::Requirement::parse(text).ok())
            .map(|requirement| requirement.key())
            .collect();
        let Some(sources) = uv.get("sources") else { return };
        for (name, _, source) in sources.entries() {
            let address = match (source.text("git"), source.text("url"), source.text("path")) {
                (Some(git), _, _) => format!("git+{git}"),
                (_, Some(address), _) | (_, _, Some(address)) => address.to_owned(),
                _ => continue,
            };
            let origin = origin_of(&address, self.directory, self.context);
            for declared in &mut self.found.manifest.declared {
                if declared.requirement.key() == normalise(name) && declared.origin.is_none() {
                    declared.origin = Some(origin.clone());
                }
            }
        }
    }
}

/// The groups that the deployed program is installed with by their names, and what they include.
fn running_groups(groups: &Node) -> BTreeSet<String> {
    let entries = groups.entries();
    let named = entries.iter().map(|(name, _, _)| normalise(name)).filter(|name| is_for_running(name));
    let mut waiting: Vec<String> = named.collect();
    let mut found = BTreeSet::new();
    while let Some(group) = waiting.pop() {
        if !found.insert(group.clone()) {
            continue;
        }
        for (_, _, list) in entries.iter().filter(|(name, _, _)| normalise(name) == group) {
            waiting.extend(list.items().iter().filter_map(|item| item.text("include-group")).map(normalise));
        }
    }
    found
}

fn is_editable(item: &Node) -> bool {
    item.as_text().is_some_and(|text| text.starts_with("-e"))
}

/// The files that a project's license globs name; a glob never leaves the project.
pub(super) fn license_files(
    globs: &[(String, SourceSpan)],
    directory: &Path,
    manifest: &mut Manifest,
    problems: &mut Vec<Problem>,
) -> Option<Files> {
    let mut files = Vec::new();
    for (glob, place) in globs {
        if glob.contains("..") || Path::new(glob).is_absolute() {
            let message = format!("the license file `{glob}` lies outside the project and was not read");
            problems.push(Problem::fact_missing(Some(place.clone()), message));
            continue;
        }
        manifest.add_license(LicenseStatement::File(glob.clone()), place.clone());
        let found = matching_files(glob, directory);
        if found.is_empty() {
            let message = format!("no file matches the license file `{glob}`");
            problems.push(Problem::fact_missing(Some(place.clone()), message));
        }
        files.extend(found);
    }
    files.sort();
    files.dedup();
    (!files.is_empty()).then(|| Files::Listed { base: directory.to_owned(), files })
}

fn matching_files(glob: &str, directory: &Path) -> Vec<PathBuf> {
    let plain = directory.join(glob);
    if plain.is_file() {
        return vec![plain];
    }
    let (folder, pattern) = glob.rsplit_once('/').unwrap_or(("", glob));
    let Ok(pattern) = globset::Glob::new(pattern) else { return Vec::new() };
    let matcher = pattern.compile_matcher();
    let Ok(entries) = std::fs::read_dir(directory.join(folder.trim_end_matches(['*', '/']))) else {
        return Vec::new();
    };
    entries
        .filter_map(Result::ok)
        .filter(|entry| matcher.is_match(Path::new(&entry.file_name())))
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect()
}
