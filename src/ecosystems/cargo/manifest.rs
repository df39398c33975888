//! Cargo.toml: what the audit needs of it.

use super::declaration::{
    Declaration, join_normalised, patched_directories, read_declarations, read_workspace_dependencies,
};
use super::document::{Document, boolean, read_text, string, strings, strings_of, table};
use crate::model::{DeclaredLicense, LicenseSource, LicenseStatement, Problem, SourceSpan};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// A text field with its place.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) text: String,
    pub(super) place: SourceSpan,
}

/// The fields of `[package]` or `[workspace.package]`.
#[derive(Clone, Debug, Default)]
pub(super) struct PackageFields {
    pub(super) version: Option<Field>,
    pub(super) license: Option<Field>,
    /// Relative to the directory of the manifest that holds it.
    pub(super) license_file: Option<Field>,
    pub(super) description: Option<Field>,
    pub(super) homepage: Option<Field>,
    pub(super) repository: Option<Field>,
    pub(super) authors: Vec<String>,
    /// Whether `links` names a library.
    pub(super) links: bool,
    /// Keys that say `workspace = true`, with their lines.
    pub(super) inherited: Vec<(String, u32)>,
}

/// `[package]`.
#[derive(Clone, Debug)]
pub(super) struct PackageSection {
    pub(super) name: String,
    pub(super) place: SourceSpan,
    pub(super) fields: PackageFields,
    /// `package.workspace`, a path to the workspace root.
    pub(super) workspace: Option<String>,
}

/// `[workspace]`.
#[derive(Clone, Debug)]
pub(super) struct WorkspaceSection {
    pub(super) members: Vec<Field>,
    pub(super) exclude: Vec<String>,
    pub(super) package: PackageFields,
    pub(super) dependencies: Vec<Declaration>,
}

/// A manifest.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    /// The directory it lies in, absolute.
    pub(super) directory: PathBuf,
    /// Its name in reports.
    pub(super) label: String,
    /// None in a virtual manifest, or if the section is broken.
    pub(super) package: Option<PackageSection>,
    pub(super) workspace: Option<WorkspaceSection>,
    pub(super) declarations: Vec<Declaration>,
    /// Features by name, with the implicit ones of optional dependencies.
    pub(super) features: BTreeMap<String, Vec<String>>,
    /// Whether its library runs inside the compiler.
    pub(super) proc_macro: bool,
    /// Directories that its `[patch]` tables name.
    pub(super) patches: Vec<PathBuf>,
}

impl Manifest {
    /// Reads the manifest in a directory.
    pub(super) fn load(directory: &Path, label: String, problems: &mut Vec<Problem>) -> Option<Self> {
        let text = read_text(&directory.join("Cargo.toml"), &label, problems)?;
        Some(Self::parse(&text, directory, label, problems))
    }

    /// Reads a manifest's text; what is wrong in it becomes a problem and the rest is kept.
    pub(super) fn parse(text: &str, directory: &Path, label: String, problems: &mut Vec<Problem>) -> Self {
        let document = Document::parse(text, &label, problems);
        let root = &document.root;
        let declarations = read_declarations(&document, directory, problems);
        let package = table(root, "package").or_else(|| table(root, "project"));
        let package = package.and_then(|package| read_package(&document, package, problems));
        let workspace =
            table(root, "workspace").map(|section| read_workspace(&document, section, directory, problems));
        let features = read_features(root, &declarations);
        Self {
            directory: directory.to_owned(),
            package,
            workspace,
            features,
            proc_macro: is_proc_macro(root),
            patches: patched_directories(root, directory),
            declarations,
            label,
        }
    }

    /// The package's name; none in a virtual manifest.
    pub(super) fn name(&self) -> Option<&str> {
        self.package.as_ref().map(|package| package.name.as_str())
    }

    /// The package's version; cargo takes a missing one as `0.0.0`.
    pub(super) fn version(&self) -> &str {
        let fields = self.package.as_ref().map(|package| &package.fields);
        fields.and_then(|fields| fields.version.as_ref()).map_or("0.0.0", |version| &version.text)
    }

    /// The license statements of `license` and `license-file`, verbatim.
    pub(super) fn declared(&self) -> Vec<DeclaredLicense> {
        let Some(package) = &self.package else {
            return Vec::new();
        };
        let license = package.fields.license.as_ref();
        let license = license.map(|field| (LicenseStatement::Expression(field.text.clone()), field));
        let file = package.fields.license_file.as_ref();
        let file = file.map(|field| (LicenseStatement::File(field.text.clone()), field));
        let statements = license.into_iter().chain(file);
        statements
            .map(|(statement, field)| DeclaredLicense {
                statement,
                source: LicenseSource::Manifest,
                location: Some(field.place.clone()),
            })
            .collect()
    }

    /// Takes over what its workspace hands down: fields and dependencies that say `workspace = true`.
    pub(super) fn inherit(&mut self, root: &Self, problems: &mut Vec<Problem>) {
        let Some(workspace) = &root.workspace else {
            return;
        };
        if let Some(package) = &mut self.package {
            let file = package.fields.license_file.is_none();
            package.fields.inherit(&workspace.package, &self.label, problems);
            if let Some(field) = package.fields.license_file.as_mut().filter(|_| file) {
                field.text = relative_path(&self.directory, &root.directory, &field.text);
            }
        }
        for declaration in self.declarations.iter_mut().filter(|declaration| declaration.inherited) {
            let known = workspace.dependencies.iter().find(|known| known.alias == declaration.alias);
            match known {
                Some(known) => inherit_dependency(declaration, known),
                None => problems.push(Problem::incomplete(
                    Some(SourceSpan::line(self.label.as_str(), declaration.line)),
                    format!(
                        "dependency `{}` says `workspace = true`, but {} has no such entry in \
                         [workspace.dependencies]",
                        declaration.alias, root.label
                    ),
                )),
            }
        }
    }
}

fn inherit_dependency(declaration: &mut Declaration, known: &Declaration) {
    declaration.package.clone_from(&known.package);
    declaration.requirement.clone_from(&known.requirement);
    declaration.source = known.source.clone();
    declaration.default_features |= known.default_features;
    let own: Vec<String> = std::mem::take(&mut declaration.features);
    declaration.features = known.features.iter().cloned().chain(own).collect();
}

impl PackageFields {
    fn inherit(&mut self, workspace: &Self, label: &str, problems: &mut Vec<Problem>) {
        for (key, line) in std::mem::take(&mut self.inherited) {
            let found = match key.as_str() {
                "version" => take_over(&mut self.version, &workspace.version),
                "license" => take_over(&mut self.license, &workspace.license),
                "license-file" => take_over(&mut self.license_file, &workspace.license_file),
                "description" => take_over(&mut self.description, &workspace.description),
                "homepage" => take_over(&mut self.homepage, &workspace.homepage),
                "repository" => take_over(&mut self.repository, &workspace.repository),
                "authors" => {
                    self.authors.clone_from(&workspace.authors);
                    true
                }
                _ => true,
            };
            if !found {
                problems.push(Problem::incomplete(
                    Some(SourceSpan::line(label, line)),
                    format!("`{key}.workspace = true`, but the workspace sets no `workspace.package.{key}`"),
                ));
            }
        }
    }
}

fn take_over(own: &mut Option<Field>, workspace: &Option<Field>) -> bool {
    own.clone_from(workspace);
    workspace.is_some()
}

fn read_package(
    document: &Document<'_>,
    section: &DeTable<'_>,
    problems: &mut Vec<Problem>,
) -> Option<PackageSection> {
    let Some(name) = read_field(document, section, "name") else {
        problems.push(Problem::incomplete(
            Some(SourceSpan::file(document.label)),
            format!("{}: [package] has no `name`", document.label),
        ));
        return None;
    };
    Some(PackageSection {
        name: name.text,
        place: name.place,
        fields: read_fields(document, section),
        workspace: string(section, "workspace").map(str::to_owned),
    })
}

fn read_fields(document: &Document<'_>, section: &DeTable<'_>) -> PackageFields {
    let inherited = section.iter().filter(|(_, value)| {
        value.get_ref().as_table().is_some_and(|table| boolean(table, "workspace") == Some(true))
    });
    PackageFields {
        version: read_field(document, section, "version"),
        license: read_field(document, section, "license"),
        license_file: read_field(document, section, "license-file"),
        description: read_field(document, section, "description"),
        homepage: read_field(document, section, "homepage"),
        repository: read_field(document, section, "repository"),
        authors: strings(section, "authors"),
        links: section.get("links").is_some(),
        inherited: inherited
            .map(|(key, _)| (key.get_ref().clone().into_owned(), document.line(key)))
            .collect(),
    }
}

fn read_field(document: &Document<'_>, section: &DeTable<'_>, key: &str) -> Option<Field> {
    let value = section.get(key)?;
    let text = value.get_ref().as_str()?.to_owned();
    Some(Field { text, place: document.place(document.line(value)) })
}

fn read_workspace(
    document: &Document<'_>,
    section: &DeTable<'_>,
    directory: &Path,
    problems: &mut Vec<Problem>,
) -> WorkspaceSection {
    let members = section.get("members").and_then(|members| members.get_ref().as_array());
    let members = members.into_iter().flat_map(|members| members.iter()).filter_map(|member| {
        let text = member.get_ref().as_str()?.to_owned();
        Some(Field { text, place: document.place(document.line(member)) })
    });
    WorkspaceSection {
        members: members.collect(),
        exclude: strings(section, "exclude"),
        package: table(section, "package").map(|fields| read_fields(document, fields)).unwrap_or_default(),
        dependencies: read_workspace_dependencies(document, section, directory, problems),
    }
}

/// The features, with an implicit one for each optional dependency that no `dep:` names.
fn read_features(root: &DeTable<'_>, declarations: &[Declaration]) -> BTreeMap<String, Vec<String>> {
    let written = table(root, "features").into_iter().flat_map(|features| features.iter());
    let mut features: BTreeMap<String, Vec<String>> = written
        .map(|(name, values)| (name.get_ref().clone().into_owned(), strings_of(values.get_ref())))
        .collect();
    let named: Vec<String> = features
        .values()
        .flatten()
        .filter_map(|value| value.strip_prefix("dep:").map(str::to_owned))
        .collect();
    for declaration in declarations.iter().filter(|declaration| declaration.optional) {
        if !named.contains(&declaration.alias) {
            let implicit = vec![format!("dep:{}", declaration.alias)];
            features.entry(declaration.alias.clone()).or_insert(implicit);
        }
    }
    features
}

fn is_proc_macro(root: &DeTable<'_>) -> bool {
    let Some(library) = table(root, "lib") else {
        return false;
    };
    let flag = boolean(library, "proc-macro").or_else(|| boolean(library, "proc_macro"));
    let types = library.get("crate-type").or_else(|| library.get("crate_type"));
    let listed = types.map(|types| strings_of(types.get_ref())).unwrap_or_default();
    flag == Some(true)
        || listed.iter().any(|name| name == "proc-macro")
        || matches!(types.map(|types| types.get_ref()), Some(DeValue::String(name)) if name == "proc-macro")
}

/// A file of the directory `base`, named from the directory `from`.
fn relative_path(from: &Path, base: &Path, file: &str) -> String {
    let target = join_normalised(base, file);
    let common = from.components().zip(target.components()).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.components().count() - common);
    let down = target.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::{Manifest, relative_path};
    use std::path::Path;

    fn parse(text: &str) -> Manifest {
        Manifest::parse(text, Path::new("/p"), "Cargo.toml".to_owned(), &mut Vec::new())
    }

    #[test]
    fn implicit_features_yield_to_dep_syntax() {
        let manifest = parse(
            "[package]\nname='p'\n[dependencies]\na={version='1',optional=true}\nb={version='1',optional=true}\n\
             [features]\nx=['dep:b']\n",
        );
        let names: Vec<_> = manifest.features.keys().map(String::as_str).collect();
        assert_eq!(names, ["a", "x"]);
    }

    #[test]
    fn a_proc_macro_is_seen_in_every_spelling() {
        assert!(parse("[lib]\nproc-macro = true").proc_macro);
        assert!(parse("[lib]\nproc_macro = true").proc_macro);
        assert!(parse("[lib]\ncrate-type = ['proc-macro']").proc_macro);
        assert!(!parse("[lib]\ncrate-type = ['cdylib']").proc_macro);
    }

    #[test]
    fn an_inherited_file_is_named_from_the_member() {
        let named = relative_path(Path::new("/w/crates/a"), Path::new("/w"), "LICENSE");
        assert_eq!(named, "../../LICENSE");
    }
}
