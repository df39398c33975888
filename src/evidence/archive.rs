//! License files in archives: zip and wheel, `.crate` and `.tgz`. Nothing is unpacked to disk.

use super::files::{LicenseFile, MOST_FILE_BYTES, MOST_FILES, PackageFiles};
use super::inner;
use super::standing::is_beside;
use crate::model::{InnerDirectories, Problem, is_license_name};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// A compressed tar must be read through; an archive that unpacks to more is left.
const MOST_UNPACKED_BYTES: u64 = 1 << 30;
/// More entries than this are not looked at.
const MOST_ENTRIES: usize = 200_000;

/// Reads the license files of an archive.
///
/// With `inner` those of every directory of a zip, as the go command counts directories.
pub fn read(path: &Path, named: &[String], inner: Option<&InnerDirectories>, label: &str) -> PackageFiles {
    let mut read = PackageFiles::default();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => {
            read.problems.push(Problem::fact_missing(None, format!("{label}: its archive: {error}")));
            return read;
        }
    };
    let zipped = path
        .extension()
        .is_some_and(|end| ["zip", "whl", "egg"].iter().any(|known| end.eq_ignore_ascii_case(known)));
    let wanted = Wanted { named, inner };
    let outcome = if zipped { zip(file, &wanted, &mut read) } else { tar(file, &wanted, &mut read) };
    if let Err(message) = outcome {
        read.problems.push(Problem::fact_missing(None, format!("{label}: its archive: {message}")));
    }
    read
}

fn zip(file: File, wanted: &Wanted<'_>, read: &mut PackageFiles) -> Result<(), String> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| error.to_string())?;
    let names: Vec<_> =
        archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).take(MOST_ENTRIES).collect();
    let of_module = wanted.inner.and_then(|_| module_prefix(names.first()?));
    let prefix = of_module.unwrap_or_else(|| common_prefix(names.iter().map(String::as_str)));
    let mut licenses: Vec<_> =
        names.iter().filter_map(|name| Some((name, wanted.name(name, &prefix)?))).collect();
    licenses.sort_by_key(|(_, name)| name.matches('/').count());
    if licenses.len() > MOST_FILES {
        let message = format!("only the first {MOST_FILES} of {} license files were read", licenses.len());
        read.problems.push(Problem::fact_missing(None, message));
    }
    for (entry, name) in licenses.into_iter().take(MOST_FILES) {
        let file = archive.by_name(entry).map_err(|error| error.to_string())?;
        if file.is_file() {
            let beside = wanted.inner.is_some_and(|inner| is_beside(&name, inner));
            match take(file, name, read) {
                // What binds nobody and cannot be read is no gap in what is known.
                Err(message) if beside => read.notes.push(message),
                outcome => outcome?,
            }
        }
    }
    Ok(())
}

/// `module@version/`, which every entry of a module archive starts with (Go modules reference, "Module zip files").
fn module_prefix(name: &str) -> Option<String> {
    let version = name.find('@')?;
    let end = version + name[version..].find('/')?;
    Some(name[..=end].to_owned())
}

/// The folder that every entry starts with, which may be several deep.
fn common_prefix<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut prefix: Option<&str> = None;
    for name in names {
        let folder = name.rfind('/').map_or("", |at| &name[..=at]);
        prefix = Some(match prefix {
            None => folder,
            Some(known) => {
                let same =
                    known.bytes().zip(folder.bytes()).take_while(|(left, right)| left == right).count();
                let cut =
                    known.as_bytes()[..same].iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
                &known[..cut]
            }
        });
    }
    prefix.unwrap_or_default().to_owned()
}

fn tar(file: File, wanted: &Wanted<'_>, read: &mut PackageFiles) -> Result<(), String> {
    let unpacked = flate2::read::MultiGzDecoder::new(BufReader::new(file)).take(MOST_UNPACKED_BYTES);
    let mut archive = tar::Archive::new(unpacked);
    for (count, entry) in archive.entries().map_err(|error| error.to_string())?.enumerate() {
        let entry = entry.map_err(|error| error.to_string())?;
        if count >= MOST_ENTRIES || read.files.len() >= MOST_FILES {
            return Err(format!("more than {count} entries; the rest was not looked at"));
        }
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let prefix = path.find('/').map_or("", |at| &path[..=at]);
        if let Some(name) = wanted.name(&path, prefix) {
            take(entry, name, read)?;
        }
    }
    if archive.into_inner().limit() == 0 {
        return Err(format!("unpacks to more than {} MB; the rest was not read", MOST_UNPACKED_BYTES >> 20));
    }
    Ok(())
}

/// Whether an entry of an archive is a license file of a package that says nothing of its directories.
pub fn is_license_file(path: &str, named: &[String]) -> bool {
    Wanted { named, inner: None }.name(path, "").is_some()
}

/// Which entries are license files.
struct Wanted<'a> {
    named: &'a [String],
    inner: Option<&'a InnerDirectories>,
}

impl Wanted<'_> {
    /// The name to report if the entry is a license file: at the top, below `LICENSES/`, in a dist-info or egg-info
    /// directory,
    /// named by the metadata, or in a directory that may carry its own. A path that leads out of the archive is
    /// never one.
    fn name(&self, path: &str, prefix: &str) -> Option<String> {
        if path.starts_with('/') || path.contains('\\') || path.split('/').any(|part| part == "..") {
            return None;
        }
        let inside = path.strip_prefix(prefix).unwrap_or(path);
        let name = inside.rsplit('/').next()?;
        let folder = &inside[..inside.len() - name.len()];
        let in_info = path.split_once('/').is_some_and(|(top, rest)| {
            top.ends_with(".dist-info") && (rest.starts_with("licenses/") || is_license_name(rest))
                || top == "EGG-INFO" && is_license_name(rest)
        });
        let by_metadata = self.named.iter().any(|wanted| wanted.trim_start_matches("./") == inside);
        let license = (folder.is_empty() && is_license_name(name))
            || in_info
            || folder == "LICENSES/"
            || by_metadata
            || self
                .inner
                .is_some_and(|inner| inner::takes(inner, inside) || inner::takes_readme(inner, inside));
        (license && !name.is_empty()).then(|| inside.to_owned())
    }
}

fn take(entry: impl Read, name: String, read: &mut PackageFiles) -> Result<(), String> {
    let mut content = Vec::new();
    entry.take(MOST_FILE_BYTES + 1).read_to_end(&mut content).map_err(|error| format!("{name}: {error}"))?;
    if content.len() as u64 > MOST_FILE_BYTES {
        return Err(format!("{name} is too large for a license text; it was not read"));
    }
    read.files.push(LicenseFile::new(name, content));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Wanted, common_prefix, module_prefix};
    use crate::model::InnerDirectories;
    use std::collections::BTreeSet;

    #[test]
    fn what_counts_as_a_license_file() {
        let named = ["docs/EULA.md".to_owned()];
        for (path, prefix, name) in [
            ("x-1.0/LICENSE", "x-1.0/", Some("LICENSE")),
            ("x-1.0/LICENSES/MIT.txt", "x-1.0/", Some("LICENSES/MIT.txt")),
            ("x-1.0/docs/EULA.md", "x-1.0/", Some("docs/EULA.md")),
            ("x-1.0/vendor/y/LICENSE", "x-1.0/", None),
            ("x-1.0/../LICENSE", "x-1.0/", None),
            ("/LICENSE", "", None),
            ("x-1.0.dist-info/licenses/LICENSE", "", Some("x-1.0.dist-info/licenses/LICENSE")),
            ("x-1.0.dist-info/LICENSE.txt", "", Some("x-1.0.dist-info/LICENSE.txt")),
            ("EGG-INFO/COPYING", "", Some("EGG-INFO/COPYING")),
            ("x/data/LICENSE", "", None),
        ] {
            let wanted = Wanted { named: &named, inner: None };
            assert_eq!(wanted.name(path, prefix).as_deref(), name, "{path}");
        }
    }

    #[test]
    fn a_module_may_carry_license_files_in_its_directories() {
        let name = |inner: &InnerDirectories, path| {
            Wanted { named: &[], inner: Some(inner) }.name(path, "m@v1.0.0/")
        };
        let used = |used: &[&str]| Some(used.iter().map(|one| (*one).to_owned()).collect());
        let foreign = BTreeSet::from(["nested".to_owned()]);
        let inner = InnerDirectories { used: used(&["json"]), foreign };
        for (path, found) in [
            ("m@v1.0.0/LICENSE", Some("LICENSE")),
            ("m@v1.0.0/json/LICENSE", Some("json/LICENSE")),
            ("m@v1.0.0/a/third_party/b/COPYING", Some("a/third_party/b/COPYING")),
            ("m@v1.0.0/a/testdata/LICENSE", None),
            ("m@v1.0.0/.hidden/LICENSE", None),
            ("m@v1.0.0/nested/x/LICENSE", None),
            ("m@v1.0.0/json/license.go", None),
        ] {
            assert_eq!(name(&inner, path).as_deref(), found, "{path}");
        }
        let unused = InnerDirectories { used: used(&[]), ..InnerDirectories::default() };
        assert_eq!(name(&unused, "m@v1.0.0/json/LICENSE"), None);
    }

    #[test]
    fn the_folder_of_a_module_archive() {
        assert_eq!(module_prefix("a.example/b@v1.0.0/c/d.go").as_deref(), Some("a.example/b@v1.0.0/"));
        assert_eq!(module_prefix("a.example/b"), None);
        let names = ["host.example/a/b@v1.0.0/LICENSE", "host.example/a/b@v1.0.0/sub/x.go"];
        assert_eq!(common_prefix(names.into_iter()), "host.example/a/b@v1.0.0/");
        assert_eq!(common_prefix(["a.py", "x.dist-info/LICENSE"].into_iter()), "");
    }
}
