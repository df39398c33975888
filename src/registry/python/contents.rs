//! What is taken out of a wheel or source archive.

use super::metadata;
use crate::registry::archive::{
    ArchiveError, Entry, Limits, is_license_file, read_tar_gz, read_zip, without_top_folder,
};

/// The manifest, the egg-info and the license files of an archive.
pub(super) fn open(name: &str, bytes: &[u8]) -> Result<Vec<Entry>, ArchiveError> {
    let wanted = |path: &str| {
        is_manifest(path)
            || is_egg_info(path)
            || is_license_file(path)
            || path.contains(".dist-info/licenses/")
    };
    if name.ends_with(".tar.gz") {
        read_tar_gz(bytes, &Limits::default(), &wanted)
    } else {
        read_zip(bytes, &Limits::default(), &wanted)
    }
}

/// What setuptools noted of a source archive when it was made: `name.egg-info` at its top or below `src`.
pub(super) fn is_egg_info(path: &str) -> bool {
    let inner = without_top_folder(path);
    let inner = inner.strip_prefix("src/").unwrap_or(inner);
    inner.split_once('/').is_some_and(|(folder, file)| {
        folder.ends_with(".egg-info") && matches!(file, "PKG-INFO" | "requires.txt")
    })
}

/// What the egg-info of a source archive asks for; `None` when it has none.
pub(super) fn needs_of_egg_info(entries: &[Entry]) -> Option<Vec<String>> {
    let notes: Vec<&Entry> = entries.iter().filter(|entry| is_egg_info(&entry.path)).collect();
    let needs = notes.iter().find(|entry| entry.path.ends_with("/requires.txt"));
    let text = needs.map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned()).unwrap_or_default();
    (!notes.is_empty()).then(|| metadata::egg_requires(&text))
}

/// `METADATA` of a wheel, `PKG-INFO` at the top of a source archive.
pub(super) fn is_manifest(path: &str) -> bool {
    let is_top = |folder: &str| !folder.contains('/');
    match path.rsplit_once('/') {
        Some((folder, "METADATA")) => is_top(folder) && folder.ends_with(".dist-info"),
        Some((folder, "PKG-INFO")) => is_top(folder) && without_top_folder(path) == "PKG-INFO",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_manifest;

    #[test]
    fn only_the_archive_s_own_metadata_counts() {
        assert!(is_manifest("a-1.dist-info/METADATA") && is_manifest("a-1/PKG-INFO"));
        assert!(!is_manifest("a-1/vendor/b.egg-info/PKG-INFO") && !is_manifest("METADATA"));
    }
}
