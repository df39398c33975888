//! License files in archives: zip and wheel, `.crate` and `.tgz`. Nothing is unpacked to disk.

use super::files::{LicenseFile, MOST_FILE_BYTES, MOST_FILES, PackageFiles, is_license_name};
use crate::model::Problem;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// A compressed tar must be read through; an archive that unpacks to more is left.
const MOST_UNPACKED_BYTES: u64 = 1 << 30;
/// More entries than this are not looked at.
const MOST_ENTRIES: usize = 200_000;

/// Reads the license files of an archive.
pub fn read(path: &Path, named: &[String], label: &str) -> PackageFiles {
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
    let outcome = if zipped { zip(file, named, &mut read) } else { tar(file, named, &mut read) };
    if let Err(message) = outcome {
        read.problems.push(Problem::fact_missing(None, format!("{label}: its archive: {message}")));
    }
    read
}

fn zip(file: File, named: &[String], read: &mut PackageFiles) -> Result<(), String> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| error.to_string())?;
    let names: Vec<_> =
        archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).take(MOST_ENTRIES).collect();
    let prefix = common_prefix(names.iter().map(String::as_str));
    let wanted = names.iter().filter_map(|name| Some((name, wanted(name, &prefix, named)?)));
    for (entry, name) in wanted.take(MOST_FILES) {
        let file = archive.by_name(entry).map_err(|error| error.to_string())?;
        if file.is_file() {
            take(file, name, read)?;
        }
    }
    Ok(())
}

/// The folder that every entry of a module archive starts with (`module@version/`), which may be several deep.
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

fn tar(file: File, named: &[String], read: &mut PackageFiles) -> Result<(), String> {
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
        if let Some(name) = wanted(&path, prefix, named) {
            take(entry, name, read)?;
        }
    }
    if archive.into_inner().limit() == 0 {
        return Err(format!("unpacks to more than {} MB; the rest was not read", MOST_UNPACKED_BYTES >> 20));
    }
    Ok(())
}

/// The name to report if the entry is a license file: at the top, below `LICENSES/`, in a dist-info or egg-info directory,
/// or named by the metadata. A path that leads out of the archive is never one.
fn wanted(path: &str, prefix: &str, named: &[String]) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') || path.split('/').any(|part| part == "..") {
        return None;
    }
    let inner = path.strip_prefix(prefix).unwrap_or(path);
    let name = inner.rsplit('/').next()?;
    let folder = &inner[..inner.len() - name.len()];
    let at_top = folder.is_empty() && is_license_name(name);
    let in_info = path.split_once('/').is_some_and(|(top, rest)| {
        top.ends_with(".dist-info") && (rest.starts_with("licenses/") || is_license_name(rest))
            || top == "EGG-INFO" && is_license_name(rest)
    });
    let by_metadata = named.iter().any(|wanted| wanted.trim_start_matches("./") == inner);
    let license = at_top || in_info || folder == "LICENSES/" || by_metadata;
    (license && !name.is_empty()).then(|| inner.to_owned())
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
    use super::{common_prefix, wanted};

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
            assert_eq!(wanted(path, prefix, &named).as_deref(), name, "{path}");
        }
    }

    #[test]
    fn the_folder_of_a_module_archive() {
        let names = ["host.example/a/b@v1.0.0/LICENSE", "host.example/a/b@v1.0.0/sub/x.go"];
        assert_eq!(common_prefix(names.into_iter()), "host.example/a/b@v1.0.0/");
        assert_eq!(common_prefix(["a.py", "x.dist-info/LICENSE"].into_iter()), "");
    }
}
