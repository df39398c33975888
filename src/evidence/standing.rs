//! Which license files of a package speak for the code that is used, where its directories carry files of their own.
//!
//! For every directory in use the nearest directory with a license file, itself or above it, counts. A license file
//! elsewhere in the package is evidence, but binds nobody.

use super::files::LicenseFile;
use crate::licenses::detection::Depth;
use crate::model::InnerDirectories;
use std::collections::BTreeSet;

/// What a license file counts for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It speaks for what is used in and below this directory; the empty text is the package's root.
    Governs(String),
    /// It lies where nothing is used.
    Unused,
    /// It lies below the root, and nobody knows what is used.
    Unclear,
}

impl Default for Standing {
    fn default() -> Self {
        Self::Governs(String::new())
    }
}

/// Gives every file its standing.
///
/// Returns the directories that count: those with files that govern, and the root if something in use has no
/// license file above it.
pub fn assign(files: &mut [LicenseFile], inner: &InnerDirectories) -> BTreeSet<String> {
    let own = |file: &&LicenseFile| {
        file.depth() == Depth::LicenseFile && !file.named_for_others() && !file.documentation()
    };
    let holders: BTreeSet<String> =
        files.iter().filter(own).map(|file| directory(&file.name).to_owned()).collect();
    let mut governing = BTreeSet::new();
    let mut passed = BTreeSet::from([String::new()]);
    for used in inner.used.iter().flatten() {
        passed.extend(upwards(used).map(str::to_owned));
        let nearest = upwards(used).find(|directory| holders.contains(*directory));
        governing.insert(nearest.unwrap_or_default().to_owned());
    }
    if inner.used.as_ref().is_none_or(BTreeSet::is_empty) {
        governing.insert(String::new());
    }
    for file in files {
        let place = directory(&file.name);
        // A notice beside or above the code is about it, whichever text governs.
        let is_notice = file.depth() == Depth::Mention && passed.contains(place);
        let above = || upwards(place).find(|directory| governing.contains(*directory)).unwrap_or_default();
        file.standing = if governing.contains(place) || is_notice {
            Standing::Governs(above().to_owned())
        } else if inner.used.is_none() {
            Standing::Unclear
        } else {
            Standing::Unused
        };
    }
    governing
}

/// Whether it is known that nothing in or below the file's directory is used.
pub fn is_beside(name: &str, inner: &InnerDirectories) -> bool {
    let place = directory(name);
    let speaks_for = |used: &String| upwards(used).any(|above| above == place);
    inner.used.as_ref().is_some_and(|used| !place.is_empty() && !used.iter().any(speaks_for))
}

/// A directory and those above it, up to the root.
pub fn upwards(directory: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(directory);
    std::iter::from_fn(move || {
        let current = next?;
        next = (!current.is_empty()).then(|| current.rsplit_once('/').map_or("", |(above, _)| above));
        Some(current)
    })
}

/// The directory that a file speaks for: that of `LICENSES/MIT.txt` is the root.
fn directory(name: &str) -> &str {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    if folder == "LICENSES" { "" } else { folder.strip_suffix("/LICENSES").unwrap_or(folder) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standings(names: &[&str], used: Option<&[&str]>) -> (Vec<Standing>, Vec<String>) {
        let mut files: Vec<_> =
            names.iter().map(|name| LicenseFile::new((*name).to_owned(), Vec::new())).collect();
        let used = used.map(|used| used.iter().map(|one| (*one).to_owned()).collect());
        let governing = assign(&mut files, &InnerDirectories { used, ..InnerDirectories::default() });
        (files.into_iter().map(|file| file.standing).collect(), governing.into_iter().collect())
    }

    fn governs(directory: &str) -> Standing {
        Standing::Governs(directory.to_owned())
    }

    #[test]
    fn the_nearest_license_file_governs() {
        let names = ["LICENSE", "NOTICE", "cipher/NOTICE", "json/LICENSE", "other/LICENSE"];
        let (found, governing) = standings(&names, Some(&["cipher", "json/deep", "json"]));
        assert_eq!(found, [governs(""), governs(""), governs(""), governs("json"), Standing::Unused]);
        assert_eq!(governing, ["", "json"]);
        let (found, governing) = standings(&names, Some(&["json"]));
        let unused = Standing::Unused;
        assert_eq!(found, [unused.clone(), governs(""), unused.clone(), governs("json"), unused]);
        assert_eq!(governing, ["json"]);
    }

    #[test]
    fn code_below_no_license_file_counts_with_the_root() {
        let (found, governing) = standings(&["gofmt/LICENSE"], Some(&["gofmt", "bare"]));
        assert_eq!((found, governing), (vec![governs("gofmt")], vec![String::new(), "gofmt".to_owned()]));
    }

    #[test]
    fn without_knowledge_of_use_the_root_governs() {
        let names = ["LICENSE", "LICENSES/MIT.txt", "json/LICENSE"];
        assert_eq!(standings(&names, None).0, [governs(""), governs(""), Standing::Unclear]);
        assert_eq!(standings(&names, Some(&[])).0, [governs(""), governs(""), Standing::Unused]);
    }

    #[test]
    fn a_file_for_other_people_s_code_does_not_take_the_place_of_the_license() {
        let (found, _) = standings(
            &["LICENSE", "x/THIRD-PARTY-LICENSES", "third_party/y/LICENSE"],
            Some(&["x", "third_party/y"]),
        );
        assert_eq!(found, [governs(""), Standing::Unused, governs("third_party/y")]);
    }
}
