//! The Go standard library: part of every Go program.

use super::workspace::Workspace;
use crate::model::{DeclaredLicense, Ecosystem, LicenseSource, LicenseStatement, Origin, Package};

/// The license of the Go distribution, from the LICENSE file at its root.
const LICENSE: &str = "BSD-3-Clause";

/// The standard library of a Go release, `1.22.5` or `go1.22.5`.
pub fn of_release(release: Option<&str>) -> Package {
    let version = release.map(|release| release.trim_start_matches("go"));
    let mut package = Package::new(Ecosystem::Go, "stdlib", version, Origin::StandardLibrary);
    package.declared.push(DeclaredLicense {
        statement: LicenseStatement::Expression(LICENSE.to_owned()),
        source: LicenseSource::Manifest,
        location: None,
    });
    package
}

/// The standard library of the release that go.mod or go.work asks for: the toolchain, else the language version.
pub fn of_workspace(workspace: &Workspace) -> Package {
    let toolchain = workspace.toolchain.as_ref().filter(|toolchain| toolchain.value.starts_with("go1"));
    let release = toolchain.or(workspace.go.as_ref());
    of_release(release.map(|release| release.value.as_str()))
}
