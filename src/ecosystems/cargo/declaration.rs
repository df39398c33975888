//! The dependency tables of a manifest.

use super::document::{Document, boolean, string, strings, table};
use crate::model::Problem;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Which of the three tables an entry stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// `[dependencies]`.
    Normal,
    /// `[build-dependencies]`.
    Build,
    /// `[dev-dependencies]`.
    Dev,
}

/// Where a manifest says a dependency comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DeclaredSource {
    /// The registry that needs no name.
    Registry,
    /// A registry that the user's cargo configuration names; its address, in a published manifest.
    NamedRegistry(Option<String>),
    /// A git address.
    Git(String),
    /// A directory, absolute.
    Path(PathBuf),
}

/// An entry of a dependency table.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    /// The name in the table, under which features refer to it.
    pub(super) alias: String,
    /// The package's own name.
    pub(super) package: String,
    /// The version requirement, verbatim.
    pub(super) requirement: Option<String>,
    pub(super) kind: Kind,
    /// The key of the `[target.KEY.dependencies]` table, verbatim.
    pub(super) target: Option<String>,
    pub(super) optional: bool,
    pub(super) default_features: bool,
    pub(super) features: Vec<String>,
    pub(super) source: DeclaredSource,
    /// Whether `workspace = true` stands for version and source.
    pub(super) inherited: bool,
    /// The line in its manifest.
    pub(super) line: u32,
}

/// The names of the tables; the spelling with `_` is old and still read by cargo.
const TABLES: [(&str, Kind); 5] = [
    ("dependencies", Kind::Normal),
    ("build-dependencies", Kind::Build),
    ("build_dependencies", Kind::Build),
    ("dev-dependencies", Kind::Dev),
    ("dev_dependencies", Kind::Dev),
];

/// Reads all dependency tables of a manifest that lies in `directory`.
pub(super) fn read_declarations(
    document: &Document<'_>,
    directory: &Path,
    problems: &mut Vec<Problem>,
) -> Vec<Declaration> {
    let mut reader = Reader { document, directory, problems, found: Vec::new() };
    reader.read_tables(&document.root, None);
    if let Some(targets) = document.root.get("target") {
        match targets.get_ref().as_table() {
            Some(targets) => reader.read_targets(targets),
            None => reader.complain(targets, "`target` is not a table"),
        }
    }
    reader.found.sort_by_key(|declaration| declaration.line);
    reader.found
}

/// Reads `[workspace.dependencies]`.
pub(super) fn read_workspace_dependencies(
    document: &Document<'_>,
    workspace: &DeTable<'_>,
    directory: &Path,
    problems: &mut Vec<Problem>,
) -> Vec<Declaration> {
    let mut reader = Reader { document, directory, problems, found: Vec::new() };
    reader.read_table(workspace, "dependencies", Kind::Normal, None);
    reader.found
}

struct Reader<'a, 't> {
    document: &'a Document<'t>,
    directory: &'a Path,
    problems: &'a mut Vec<Problem>,
    found: Vec<Declaration>,
}

impl Reader<'_, '_> {
    fn read_targets(&mut self, targets: &DeTable<'_>) {
        for (target, tables) in targets {
            match tables.get_ref().as_table() {
                Some(tables) => self.read_tables(tables, Some(target.get_ref())),
                None => self.complain(tables, &format!("`target.{}` is not a table", target.get_ref())),
            }
        }
    }

    fn read_tables(&mut self, parent: &DeTable<'_>, target: Option<&str>) {
        for (name, kind) in TABLES {
            self.read_table(parent, name, kind, target);
        }
    }

    fn read_table(&mut self, parent: &DeTable<'_>, name: &str, kind: Kind, target: Option<&str>) {
        let Some(value) = parent.get(name) else {
            return;
        };
        let Some(entries) = value.get_ref().as_table() else {
            self.complain(value, &format!("`{name}` is not a table of dependencies"));
            return;
        };
        for (alias, value) in entries {
            let line = self.document.line(alias);
            if let Some(mut declaration) = self.read_entry(alias.get_ref(), value) {
                declaration.kind = kind;
                declaration.target = target.map(str::to_owned);
                declaration.line = line;
                self.found.push(declaration);
            }
        }
    }

    fn read_entry(&mut self, alias: &str, value: &Spanned<DeValue<'_>>) -> Option<Declaration> {
        let mut declaration = Declaration {
            alias: alias.to_owned(),
            package: alias.to_owned(),
            requirement: None,
            kind: Kind::Normal,
            target: None,
            optional: false,
            default_features: true,
            features: Vec::new(),
            source: DeclaredSource::Registry,
            inherited: false,
            line: 0,
        };
        match value.get_ref() {
            DeValue::String(requirement) => declaration.requirement = Some(requirement.to_string()),
            DeValue::Table(entry) => self.read_entry_table(entry, &mut declaration),
            other => {
                let message = format!(
                    "dependency `{alias}` is neither a version string nor a table, but of type {}",
                    other.type_str()
                );
                self.complain(value, &message);
                return None;
            }
        }
        Some(declaration)
    }

    fn read_entry_table(&mut self, entry: &DeTable<'_>, declaration: &mut Declaration) {
        for key in ["version", "path", "git", "package"] {
            if let Some(value) = entry.get(key).filter(|value| !value.get_ref().is_str()) {
                let message =
                    format!("`{key}` of dependency `{}` is not a string; it was ignored", declaration.alias);
                self.complain(value, &message);
            }
        }
        declaration.requirement = string(entry, "version").map(str::to_owned);
        if let Some(package) = string(entry, "package") {
            package.clone_into(&mut declaration.package);
        }
        declaration.optional = boolean(entry, "optional").unwrap_or(false);
        declaration.default_features =
            boolean(entry, "default-features").or_else(|| boolean(entry, "default_features")).unwrap_or(true);
        declaration.features = strings(entry, "features");
        declaration.inherited = boolean(entry, "workspace").unwrap_or(false);
        if let Some(path) = string(entry, "path") {
            declaration.source = DeclaredSource::Path(join_normalised(self.directory, path));
        } else if let Some(address) = string(entry, "git") {
            declaration.source = DeclaredSource::Git(address.to_owned());
        } else if entry.contains_key("registry") || entry.contains_key("registry-index") {
            let address = string(entry, "registry-index").map(str::to_owned);
            declaration.source = DeclaredSource::NamedRegistry(address);
        }
    }

    fn complain<T>(&mut self, value: &Spanned<T>, message: &str) {
        let line = self.document.line(value);
        self.problems.push(Problem::incomplete(
            Some(self.document.place(line)),
            format!("{}: {message}", self.document.label),
        ));
    }
}

/// The directories that `[patch]` and `[replace]` tables put in the place of packages.
pub(super) fn patched_directories(root: &DeTable<'_>, directory: &Path) -> Vec<PathBuf> {
    let patches = table(root, "patch").into_iter().flat_map(|sources| sources.iter());
    let mut tables: Vec<&DeTable<'_>> =
        patches.filter_map(|(_, source)| source.get_ref().as_table()).collect();
    tables.extend(table(root, "replace"));
    let entries = tables.into_iter().flat_map(|entries| entries.iter());
    let paths = entries.filter_map(|(_, entry)| string(entry.get_ref().as_table()?, "path"));
    paths.map(|path| join_normalised(directory, path)).collect()
}

/// Joins a relative path, resolving `.` and `..` by name as cargo does, so that equal places have equal names.
pub(super) fn join_normalised(directory: &Path, relative: &str) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in directory.join(relative).components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                if !joined.pop() {
                    joined.push("..");
                }
            }
            other => joined.push(other),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::join_normalised;
    use std::path::Path;

    #[test]
    fn dots_are_resolved_by_name() {
        let joined = join_normalised(Path::new("/a/b/./c"), "../../d");
        assert_eq!(joined, Path::new("/a/d"));
        assert_eq!(join_normalised(Path::new("/a"), "/b"), Path::new("/b"));
    }
}
