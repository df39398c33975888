//! Reads wanted files out of archives in memory; nothing is ever unpacked to disk.
//!
//! An archive from a registry is hostile until shown otherwise: entries, sizes and the ratio of compression are
//! bounded, and an archive with a path that leaves its folder is refused as a whole.

use crate::model::is_license_name;
use flate2::read::MultiGzDecoder;
use std::io::{self, Cursor, Read};

/// What an archive may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Entries, wanted or not.
    pub entries: usize,
    /// Bytes after decompression, wanted or not.
    pub total: u64,
    /// Bytes of one wanted file.
    pub entry: u64,
    /// Bytes after decompression for each compressed byte, once more than [`Limits::free`] came out.
    pub ratio: u64,
    /// Bytes that may come out at any ratio.
    pub free: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 100_000, total: 512 << 20, entry: 4 << 20, ratio: 200, free: 16 << 20 }
    }
}

/// A file read from an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the archive with `/`, without `./`.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Why an archive was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It has too many entries.
    #[error("it has more than {0} entries")]
    Entries(usize),
    /// It unpacks to too much.
    #[error("it unpacks to more than {0} bytes")]
    Total(u64),
    /// It unpacks to far more than its size: a bomb.
    #[error("it unpacks to more than {0} times its size")]
    Ratio(u64),
    /// A wanted file is too large.
    #[error("its file {path} is larger than {limit} bytes")]
    Entry {
        /// The file.
        path: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A path that leaves the archive's folder.
    #[error("its entry {0:?} leaves the folder of the archive")]
    Path(String),
    /// Not an archive, or a broken one.
    #[error("it is broken: {0}")]
    Broken(String),
}

/// Reads the wanted files of a `.tar.gz`, sorted by path.
///
/// # Errors
/// When the archive is broken, hostile or beyond the limits.
pub fn read_tar_gz(
    bytes: &[u8],
    limits: &Limits,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Vec<Entry>, ArchiveError> {
    let metered = Metered::new(MultiGzDecoder::new(bytes), bytes.len() as u64, limits);
    let mut archive = tar::Archive::new(metered);
    let mut found = Vec::new();
    for (position, entry) in archive.entries().map_err(|error| broken(&error))?.enumerate() {
        if position >= limits.entries {
            return Err(ArchiveError::Entries(limits.entries));
        }
        let entry = entry.map_err(|error| broken(&error))?;
        let raw = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let path = safe_path(&raw)?;
        if entry.header().entry_type().is_file() && wanted(&path) {
            found.push(take(path, entry, limits)?);
        }
    }
    Ok(sorted(found))
}

/// Reads the wanted files of a zip, sorted by path.
///
/// # Errors
/// When the archive is broken, hostile or beyond the limits.
pub fn read_zip(
    bytes: &[u8],
    limits: &Limits,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Vec<Entry>, ArchiveError> {
    let mut found = Vec::new();
    for_each_in_zip(bytes, limits, &mut |path, reader| {
        if wanted(path) {
            found.push(take(path.to_owned(), reader, limits)?);
        }
        Ok(())
    })?;
    Ok(sorted(found))
}

/// Shows every file of a zip to `visit`, which reads as much of it as it likes.
///
/// # Errors
/// When the archive is broken, hostile or beyond the limits, or `visit` fails.
pub fn for_each_in_zip(
    bytes: &[u8],
    limits: &Limits,
    visit: &mut dyn FnMut(&str, &mut dyn Read) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    // Counted before the directory is read, which costs memory for every entry.
    let headers = memchr::memmem::find_iter(bytes, b"PK\x01\x02").take(limits.entries + 1).count();
    if headers > limits.entries {
        return Err(ArchiveError::Entries(limits.entries));
    }
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| ArchiveError::Broken(error.to_string()))?;
    let mut meter = Meter::new(bytes.len() as u64, limits);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| ArchiveError::Broken(error.to_string()))?;
        let name = entry.name().map_err(|error| ArchiveError::Broken(error.to_string()))?;
        let path = safe_path(&name)?;
        if entry.is_file() {
            let mut counted = Counted { inner: entry, meter: &mut meter };
            visit(&path, &mut counted)?;
        }
    }
    Ok(())
}

fn take(path: String, reader: impl Read, limits: &Limits) -> Result<Entry, ArchiveError> {
    let mut bytes = Vec::new();
    reader.take(limits.entry + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
    if bytes.len() as u64 > limits.entry {
        return Err(ArchiveError::Entry { path, limit: limits.entry });
    }
    Ok(Entry { path, bytes })
}

fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|left, right| left.path.cmp(&right.path));
    entries
}

/// A relative path with `/`, or an error for one that climbs, is absolute, or hides a control character.
fn safe_path(raw: &str) -> Result<String, ArchiveError> {
    let hostile = || ArchiveError::Path(raw.chars().take(200).collect());
    let has_drive = raw.as_bytes().get(1) == Some(&b':');
    if raw.starts_with(['/', '\\']) || has_drive || raw.chars().any(char::is_control) {
        return Err(hostile());
    }
    let mut parts = Vec::new();
    for part in raw.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => return Err(hostile()),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// Counts what comes out of an archive.
struct Meter {
    out: u64,
    compressed: u64,
    limits: Limits,
}

impl Meter {
    fn new(compressed: u64, limits: &Limits) -> Self {
        Self { out: 0, compressed, limits: *limits }
    }

    fn add(&mut self, count: usize) -> io::Result<()> {
        self.out += count as u64;
        if self.out > self.limits.total {
            return Err(io::Error::other(ArchiveError::Total(self.limits.total)));
        }
        let fair = self.compressed.saturating_mul(self.limits.ratio);
        if self.out > self.limits.free && self.out > fair {
            return Err(io::Error::other(ArchiveError::Ratio(self.limits.ratio)));
        }
        Ok(())
    }
}

struct Metered<R> {
    inner: R,
    meter: Meter,
}

impl<R: Read> Metered<R> {
    fn new(inner: R, compressed: u64, limits: &Limits) -> Self {
        Self { inner, meter: Meter::new(compressed, limits) }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.meter.add(count)?;
        Ok(count)
    }
}

struct Counted<'a, R> {
    inner: R,
    meter: &'a mut Meter,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.meter.add(count)?;
        Ok(count)
    }
}

/// A limit that was met inside a decoder comes back as what it is.
pub(crate) fn broken(error: &io::Error) -> ArchiveError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(limit) = current.downcast_ref::<ArchiveError>() {
            return limit.clone();
        }
        if let Some(inner) = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            cause = Some(inner);
            continue;
        }
        cause = current.source();
    }
    ArchiveError::Broken(error.to_string())
}

/// The part of a path below the archive's single top folder, whatever that is called.
pub(crate) fn without_top_folder(path: &str) -> &str {
    path.split_once('/').map_or(path, |(_, rest)| rest)
}

/// Whether a file name is one that license texts and notices go by.
///
/// The base name counts, in any case: `LICENSE-MIT`, `COPYING.LESSER`, `NOTICE.txt`; and everything in `LICENSES/`.
pub fn is_license_file(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = folder.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    matches!(parent.as_str(), "licenses" | "licences") || is_license_name(name)
}

#[cfg(test)]
mod tests {
    use super::{is_license_file, safe_path};

    #[test]
    fn license_files_are_known_by_name() {
        for yes in [
            "LICENSE",
            "LICENSE-MIT",
            "licence.txt",
            "COPYING.LESSER",
            "sub/NOTICE",
            "LICENSES/MIT.txt",
            "MIT-LICENSE.txt",
            "x.dist-info/licenses/AUTHORS",
        ] {
            assert!(is_license_file(yes), "{yes}");
        }
        for no in ["license.rs", "src/licensee", "README.md", "lib/copying.go"] {
            let allowed = no == "src/licensee";
            assert_eq!(is_license_file(no), allowed, "{no}");
        }
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for hostile in ["../x", "a/../../x", "/etc/x", "\\x", "C:\\x", "a\\..\\x", "a\nb"] {
            assert!(safe_path(hostile).is_err(), "{hostile:?}");
        }
        assert_eq!(safe_path("./package//LICENSE").unwrap(), "package/LICENSE");
    }
}
