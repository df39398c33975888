//! The few fields of manifests that rules need: name, version, addresses, names of direct dependencies.

use super::tree::{Document, Tree};
use serde_json::Value;

/// A statement of a file about the project, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it says.
    pub value: String,
    /// File and line.
    pub place: String,
}

/// What the root manifests say together.
#[derive(Debug, Default)]
pub struct Manifests {
    /// Names.
    pub names: Vec<Claim>,
    /// Versions.
    pub versions: Vec<Claim>,
    /// Repository addresses.
    pub repositories: Vec<Claim>,
    /// Issue trackers.
    pub trackers: Vec<Claim>,
    /// Home pages.
    pub homepages: Vec<Claim>,
    /// Documentation addresses.
    pub documentation: Vec<Claim>,
    /// Direct dependencies by name, in lower case.
    pub dependencies: Vec<Claim>,
    /// Manifests that could not be read.
    pub unreadable: Vec<String>,
}

impl Manifests {
    /// Reads Cargo.toml, package.json, pyproject.toml and go.mod of the root.
    pub fn read(tree: &Tree) -> Self {
        let mut manifests = Self::default();
        for name in ["Cargo.toml", "pyproject.toml"] {
            let Some(document) = tree.document(name) else { continue };
            match toml::from_str::<Value>(document.text) {
                Ok(value) => manifests.read_toml(&document, &value),
                Err(error) => manifests.unreadable.push(format!("{name}: {}", error.message())),
            }
        }
        if let Some(document) = tree.document("package.json") {
            match serde_json::from_str::<Value>(document.text) {
                Ok(value) => manifests.read_package_json(&document, &value),
                Err(error) => manifests.unreadable.push(format!("package.json: {error}")),
            }
        }
        if let Some(document) = tree.document("go.mod") {
            manifests.read_go_mod(&document);
        }
        for document in tree.document("requirements.txt").iter() {
            manifests.read_requirements(document);
        }
        manifests
    }

    /// The dependency of one of these names (lower case), if any.
    pub fn dependency(&self, names: &[&str]) -> Option<&Claim> {
        self.dependencies.iter().find(|claim| names.contains(&claim.value.as_str()))
    }

    fn read_toml(&mut self, document: &Document, value: &Value) {
        let tables = ["/package", "/workspace/package", "/project", "/tool/poetry"];
        for table in tables.iter().filter_map(|pointer| value.pointer(pointer)) {
            take(&mut self.names, document, table.get("name"));
            take(&mut self.versions, document, table.get("version"));
            take(&mut self.repositories, document, table.get("repository"));
            take(&mut self.homepages, document, table.get("homepage"));
            take(&mut self.documentation, document, table.get("documentation"));
            self.read_urls(document, table.get("urls"));
        }
        for pointer in ["/dependencies", "/workspace/dependencies", "/tool/poetry/dependencies"] {
            for name in
                value.pointer(pointer).and_then(Value::as_object).into_iter().flat_map(|table| table.keys())
            {
                self.depend(document, name);
            }
        }
        for requirement in
            value.pointer("/project/dependencies").and_then(Value::as_array).into_iter().flatten()
        {
            self.depend(document, requirement.as_str().unwrap_or(""));
        }
    }

    fn read_urls(&mut self, document: &Document, urls: Option<&Value>) {
        for (label, url) in urls.and_then(Value::as_object).into_iter().flatten() {
            let list = match label.to_lowercase().replace(['-', '_', ' '], "").as_str() {
                "repository" | "source" | "sourcecode" | "code" => &mut self.repositories,
                "issues" | "issuetracker" | "tracker" | "bugtracker" | "bugs" => &mut self.trackers,
                "documentation" | "docs" => &mut self.documentation,
                _ => &mut self.homepages,
            };
            take(list, document, Some(url));
        }
    }

    fn read_package_json(&mut self, document: &Document, value: &Value) {
        take(&mut self.names, document, value.get("name"));
        take(&mut self.versions, document, value.get("version"));
        take(&mut self.homepages, document, value.get("homepage"));
        for (list, field) in [(&mut self.repositories, "repository"), (&mut self.trackers, "bugs")] {
            let field = value.get(field);
            take(list, document, field);
            take(list, document, field.and_then(|field| field.get("url")));
        }
        for table in ["dependencies", "optionalDependencies", "peerDependencies"] {
            for name in value.get(table).and_then(Value::as_object).into_iter().flat_map(|table| table.keys())
            {
                self.depend(document, name);
            }
        }
    }

    fn read_go_mod(&mut self, document: &Document) {
        for (at, line) in document.text.lines().enumerate() {
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("module"), Some(path)) => {
                    self.names.push(Claim { value: path.to_owned(), place: document.place(at + 1) });
                }
                (Some("require"), Some(path)) if path != "(" => self.depend(document, path),
                (Some(path), Some(version)) if path.contains('.') && version.starts_with('v') => {
                    self.depend(document, path);
                }
                _ => {}
            }
        }
    }

    fn read_requirements(&mut self, document: &Document) {
        for line in document.text.lines().filter(|line| !line.trim_start().starts_with(['#', '-'])) {
            self.depend(document, line);
        }
    }

    fn depend(&mut self, document: &Document, requirement: &str) {
        let end = requirement.find(|letter: char| !(letter.is_alphanumeric() || "-_./@".contains(letter)));
        let name = requirement[..end.unwrap_or(requirement.len())].to_lowercase();
        if !name.is_empty() {
            let place = document.place(line_with(document.text, requirement));
            self.dependencies.push(Claim { value: name, place });
        }
    }
}

fn take(list: &mut Vec<Claim>, document: &Document, value: Option<&Value>) {
    if let Some(text) = value.and_then(Value::as_str).filter(|text| !text.trim().is_empty()) {
        list.push(claim(document, text));
    }
}

/// A statement with the line it stands on.
pub fn claim(document: &Document, value: &str) -> Claim {
    Claim { value: value.trim().to_owned(), place: document.place(line_with(document.text, value)) }
}

/// The first line that holds a text, from 1.
pub fn line_with(text: &str, wanted: &str) -> usize {
    let first = wanted.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    if first.is_empty() {
        return 1;
    }
    text.lines().position(|line| line.contains(first)).map_or(1, |at| at + 1)
}
