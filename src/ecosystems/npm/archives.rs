//! Yarn's zip archives: with Plug'n'Play there is no node_modules, the packages lie in a cache.

use super::json::Json;
use super::license_field::statements;
use super::locked::LockedPackage;
use crate::ecosystems::ReadContext;
use crate::model::{DeclaredLicense, LicenseSource, SourceSpan};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// No package.json is as large as this; a larger one is a trap.
const LARGEST_MANIFEST: u64 = 4 * 1024 * 1024;

/// The archives in the project's cache and in the user's, by file name.
#[derive(Debug, Default)]
pub(super) struct Archives {
    files: Vec<(String, PathBuf)>,
}

impl Archives {
    /// Lists `.yarn/cache` of the project, then the cache of the user's Yarn.
    pub(super) fn list(root: &Path, context: &ReadContext) -> Self {
        let mut directories = vec![root.join(".yarn").join("cache")];
        let global = context.environment.directory("YARN_GLOBAL_FOLDER", ".yarn/berry");
        directories.extend(global.map(|folder| folder.join("cache")));
        let mut files = Vec::new();
        for directory in directories {
            let Ok(entries) = std::fs::read_dir(directory) else { continue };
            let paths = entries.flatten().map(|entry| entry.path());
            files.extend(paths.filter_map(|path| {
                let name = path.file_name()?.to_str()?.to_owned();
                name.ends_with(".zip").then_some((name, path))
            }));
        }
        files.sort();
        Self { files }
    }

    /// The archive of a registry package: Yarn names it `@scope-name-npm-1.0.0-<hash>-<checksum>.zip`.
    pub(super) fn find(&self, package: &LockedPackage) -> Option<&Path> {
        let version = package.version.as_deref()?;
        let start = format!("{}-npm-{version}-", package.name.replace('/', "-"));
        let first = self.files.partition_point(|(name, _)| name.as_str() < start.as_str());
        let mut candidates = self.files[first..].iter().take_while(|(name, _)| name.starts_with(&start));
        // `1.0.0-` is also the start of `1.0.0-beta-…`; a hash has ten hexadecimal digits.
        let path = candidates.find(|(name, _)| {
            let hash = name[start.len()..].split('-').next().unwrap_or_default();
            hash.len() == 10 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        path.map(|(_, path)| path.as_path())
    }
}

/// The license that the package.json in an archive declares; nothing if the archive cannot be read.
pub(super) fn declared(archive: &Path, name: &str, context: &ReadContext) -> Option<Vec<DeclaredLicense>> {
    let mut zip = zip::ZipArchive::new(File::open(archive).ok()?).ok()?;
    let entry = zip.by_name(&format!("node_modules/{name}/package.json")).ok()?;
    let mut text = String::new();
    entry.take(LARGEST_MANIFEST).read_to_string(&mut text).ok()?;
    let json = Json::parse(&text).ok()?;
    let location = Some(SourceSpan::file(context.relative(archive)));
    let declare = |statement| DeclaredLicense {
        statement,
        source: LicenseSource::Manifest,
        location: location.clone(),
    };
    Some(statements(&json).0.into_iter().map(declare).collect())
}
