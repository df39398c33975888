//! What every kind of manifest says about a project: who it is, under which license, what it asks for.

use super::requirement::Requirement;
use crate::ecosystems::ReadContext;
use crate::model::{
    Checksum, DeclaredLicense, Files, LicenseSource, LicenseStatement, Linkage, Origin, PackageDetails,
    Problem, Scope, SourceSpan,
};
use std::path::{Path, PathBuf};

/// A dependency that a manifest names.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// What is asked for.
    pub requirement: Requirement,
    /// Why.
    pub scope: Scope,
    /// How it is joined.
    pub linkage: Linkage,
    /// The extra of the project that asks for it, normalised.
    pub extra: Option<String>,
    /// The line that says so.
    pub location: SourceSpan,
    /// Where it comes from, if the manifest says.
    pub origin: Option<Origin>,
    /// Its archive, if it lies beside the manifest.
    pub files: Option<Files>,
    /// Checksums that the manifest names.
    pub checksums: Vec<Checksum>,
    /// Who asks for it, from the `# via` comments of a compiled requirements file.
    pub via: Vec<String>,
}

impl Declared {
    /// A plain run-time dependency.
    pub(super) fn new(requirement: Requirement, location: SourceSpan) -> Self {
        Self {
            requirement,
            scope: Scope::Runtime,
            linkage: Linkage::Dynamic,
            extra: None,
            location,
            origin: None,
            files: None,
            checksums: Vec::new(),
            via: Vec::new(),
        }
    }

    /// The same, asked for by development only.
    pub(super) fn for_development(mut self) -> Self {
        self.scope = Scope::Dev;
        self.linkage = Linkage::Dev;
        self
    }

    /// The same, asked for by the build only.
    pub(super) fn for_build(mut self) -> Self {
        self.scope = Scope::Build;
        self.linkage = Linkage::Build;
        self
    }

    /// The same, which the program can do without; no extra of the project names it.
    pub(super) fn made_optional(mut self) -> Self {
        self.scope = Scope::Optional;
        self
    }

    /// The same, asked for by an extra of the project; one for developers by its name is no part of the program.
    pub(super) fn for_extra(self, extra: &str) -> Self {
        let is_theirs = super::developers::is_for_developers(extra);
        let mut scoped = if is_theirs { self.for_development() } else { self.made_optional() };
        scoped.extra = Some(super::requirement::normalise(extra));
        scoped
    }

    /// The same, asked for by a group: a part of the program or nothing of it.
    pub(super) fn for_group(self, runs: bool) -> Self {
        if runs { self.made_optional() } else { self.for_development() }
    }

    /// Marker and extra as one condition.
    pub(super) fn condition(&self) -> Option<String> {
        let extra = self.extra.as_ref().map(|extra| format!("extra == \"{extra}\""));
        super::marker::both(self.requirement.marker.as_deref(), extra.as_deref())
    }
}

/// A manifest, whatever its notation.
#[derive(Clone, Debug, Default)]
pub(super) struct Manifest {
    /// The file, relative to the audited root.
    pub file: String,
    /// The project's name.
    pub name: Option<String>,
    /// The project's version.
    pub version: Option<String>,
    /// License statements, verbatim.
    pub licenses: Vec<DeclaredLicense>,
    /// Further metadata.
    pub details: PackageDetails,
    /// What it asks for.
    pub declared: Vec<Declared>,
    /// What is computed only when the project is built; of no weight where installed metadata tells it.
    pub dynamic: Vec<Problem>,
    /// Requirements files that a setup.py names somewhere.
    pub mentions: Vec<String>,
    /// Whether it describes a project at all, rather than only configuring tools.
    pub describes_project: bool,
}

impl Manifest {
    /// For a file.
    pub(super) fn of_file(file: &str) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }

    /// Notes a license statement.
    pub(super) fn add_license(&mut self, statement: LicenseStatement, location: SourceSpan) {
        let source = LicenseSource::Manifest;
        self.licenses.push(DeclaredLicense { statement, source, location: Some(location) });
    }

    /// Notes a classifier if it is about the license.
    pub(super) fn add_classifier(&mut self, classifier: &str, location: SourceSpan) {
        if classifier.trim_start().starts_with("License ::") {
            self.add_license(LicenseStatement::Classifier(classifier.trim().to_owned()), location);
        }
    }

    /// Reads a requirement; a bad one becomes a problem. `None` when not even its name can be read.
    pub(super) fn requirement(
        text: &str,
        location: &SourceSpan,
        problems: &mut Vec<Problem>,
    ) -> Option<Requirement> {
        match Requirement::parse(text) {
            Ok(requirement) => {
                report_complaints(&requirement, location, problems);
                Some(requirement)
            }
            Err(reason) => {
                let message = format!("the requirement cannot be read: {reason}; correct the line");
                problems.push(Problem::incomplete(Some(location.clone()), message));
                None
            }
        }
    }

    /// The run-time dependencies it names, extras included.
    pub(super) fn names_runtime_dependencies(&self) -> bool {
        self.declared.iter().any(|declared| matches!(declared.scope, Scope::Runtime | Scope::Optional))
    }
}

/// Invalid specifiers and markers are said; the dependency itself is kept.
pub(super) fn report_complaints(
    requirement: &Requirement,
    location: &SourceSpan,
    problems: &mut Vec<Problem>,
) {
    for complaint in requirement.complaints() {
        let message = format!("{}: {complaint}; the dependency is audited all the same", requirement.name);
        problems.push(Problem::fact_missing(Some(location.clone()), message));
    }
}

/// Where a `name @ address` requirement comes from.
pub(super) fn origin_of(address: &str, directory: &Path, context: &ReadContext) -> Origin {
    let shown = super::text::without_credentials(address);
    let is_version_control = ["git+", "hg+", "svn+", "bzr+"].iter().any(|scheme| address.starts_with(scheme));
    if is_version_control {
        Origin::Git(shown)
    } else if let Some(path) = address.strip_prefix("file:") {
        let path = path.trim_start_matches("//");
        path_origin(path, &clean(&directory.join(path)), context)
    } else if address.contains("://") {
        Origin::Archive(shown)
    } else {
        path_origin(address, &clean(&directory.join(address)), context)
    }
}

/// A path of this machine: relative to the audited root, or as the manifest spells it when it leads out.
pub(super) fn path_origin(spelled: &str, path: &Path, context: &ReadContext) -> Origin {
    match path.starts_with(clean(&context.root)) {
        true => Origin::Path(context.relative(path)),
        false => Origin::Path(spelled.to_owned()),
    }
}

/// A path without `.` and `..`, by its text alone.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                if !result.pop() {
                    result.push("..");
                }
            }
            other => result.push(other),
        }
    }
    result
}
