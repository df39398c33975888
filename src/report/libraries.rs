//! Shared libraries that wheels carry: how they are called, and what the license files say beside the license.

use crate::audit::PackageReport;
use crate::licenses::{Category, catalogue};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What a shared library is called: `libpng16-1d1ba958.so.16.58.0` is libpng16.
///
/// auditwheel and delvewheel put a part of the file's hash into its name.
fn library_name(file: &str) -> String {
    let end = [".so", ".dylib", ".dll"].iter().filter_map(|end| file.find(end)).min().unwrap_or(file.len());
    let mut name = &file[..end];
    while let Some((rest, last)) = name.rsplit_once('-') {
        let is_hash = last.len() >= 6 && last.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash || rest.is_empty() {
            break;
        }
        name = rest;
    }
    name.trim_end_matches(['_', '-', '.']).to_owned()
}

/// The names of a package's libraries, each once.
pub fn names(package: &PackageReport) -> Vec<String> {
    let names: BTreeSet<String> = package.bundles.iter().map(|file| library_name(file)).collect();
    names.into_iter().collect()
}

/// Licenses that the package's files name and its own license does not, what asks for most first.
pub fn named_beside(package: &PackageReport) -> Vec<String> {
    let concluded: BTreeSet<&str> =
        package.license.concluded.split([' ', '(', ')']).filter(|word| !word.is_empty()).collect();
    let found: BTreeSet<(Reverse<Option<Category>>, String)> = package
        .license
        .detected
        .iter()
        .filter(|seen| !seen.candidates.iter().any(|one| concluded.contains(one.as_str())))
        .filter_map(|seen| seen.candidates.first())
        .map(|id| (Reverse(catalogue::find_license(id).map(|id| catalogue::record(id).category)), id.clone()))
        .collect();
    found.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::library_name;

    #[test]
    fn hashes_and_versions_are_not_part_of_a_name() {
        for (file, name) in [
            ("libgfortran-040039e1-0352e75f.so.5.0.0", "libgfortran"),
            ("libscipy_openblas64_-32a4b2a6.so", "libscipy_openblas64"),
            ("libpng16-1d1ba958.so.16.58.0", "libpng16"),
            ("liblber-2f335fb0.so.2.0.200", "liblber"),
            ("libgssapi_krb5-497db0c6.so.2.2", "libgssapi_krb5"),
            ("libpng.16.dylib", "libpng.16"),
            ("msvcp140-a4c2229bdc2a2a630acdc095b4d86008.dll", "msvcp140"),
            ("libavif-headers.so", "libavif-headers"),
        ] {
            assert_eq!(library_name(file), name, "{file}");
        }
    }
}
