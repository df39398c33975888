//! Eggs, which setuptools installed before wheels: directories, zip files, and links to a development tree.

use super::distribution::{self, Distribution};
use super::manifest::clean;
use super::requirement::normalise;
use super::text::read_limited;
use crate::ecosystems::ReadContext;
use crate::model::{Problem, SourceSpan};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A zipped member is not read beyond this size, in bytes.
const MEMBER_LIMIT: u64 = 4 * 1024 * 1024;
/// A link holds two lines.
const LINK_LIMIT: u64 = 64 * 1024;

/// Whether an entry of site-packages is of the egg kind.
pub(super) fn is_egg(name: &str) -> bool {
    !name.starts_with('~') && (name.ends_with(".egg") || name.ends_with(".egg-link"))
}

/// Reads an egg, or the development tree that a link leads to.
pub(super) fn read(entry: &Path, context: &ReadContext) -> Distribution {
    if entry.extension().is_some_and(|end| end == "egg-link") {
        return match link(entry, context) {
            Ok((egg_info, directory)) => {
                Distribution { editable: Some(directory), ..distribution::read(&egg_info, context) }
            }
            Err(reason) => unread(entry, context, &reason),
        };
    }
    if entry.is_dir() {
        return distribution::read(&entry.join("EGG-INFO"), context);
    }
    match zipped(entry) {
        Ok((metadata, requires)) => distribution::read_zipped(entry, &metadata, &requires, context),
        Err(reason) => unread(entry, context, &reason),
    }
}

fn unread(entry: &Path, context: &ReadContext, reason: &str) -> Distribution {
    let message = format!("is an egg that cannot be read: {reason}; reinstall the package with pip");
    let place = SourceSpan::file(context.relative(entry));
    Distribution { known: None, problems: vec![Problem::incomplete(Some(place), message)], editable: None }
}

/// PKG-INFO and requires.txt of a zip file; the latter may be absent.
fn zipped(path: &Path) -> Result<(Vec<u8>, String), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| error.to_string())?;
    let mut member = |name: &str| {
        let entry = archive.by_name(name).map_err(|error| format!("{name}: {error}"))?;
        let mut bytes = Vec::new();
        entry.take(MEMBER_LIMIT).read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
        Ok::<_, String>(bytes)
    };
    let metadata = member("EGG-INFO/PKG-INFO")?;
    let requires = member("EGG-INFO/requires.txt").unwrap_or_default();
    Ok((metadata, String::from_utf8_lossy(&requires).into_owned()))
}

/// The egg-info and the directory that a link leads to.
fn link(path: &Path, context: &ReadContext) -> Result<(PathBuf, PathBuf), String> {
    let text = String::from_utf8_lossy(&read_limited(path, LINK_LIMIT)?).into_owned();
    let directory = PathBuf::from(text.lines().next().unwrap_or("").trim());
    let inside = clean(&directory).starts_with(clean(&context.root));
    // An environment that lies in the audited tree must not carry foreign files into a report.
    if !inside && context.python.environment.is_none() {
        return Err("it leads out of the audited directory; name the environment with `--env`".to_owned());
    }
    let wanted = normalise(path.file_stem().and_then(|stem| stem.to_str()).unwrap_or(""));
    let entries = std::fs::read_dir(&directory).map_err(|error| format!("where it leads to: {error}"))?;
    let is_meant = |path: &PathBuf| {
        path.extension().is_some_and(|end| end == "egg-info")
            && path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| normalise(stem) == wanted)
    };
    let egg_info = entries.filter_map(Result::ok).map(|entry| entry.path()).find(is_meant);
    Ok((egg_info.ok_or("there is no egg-info where it leads to")?, directory))
}
