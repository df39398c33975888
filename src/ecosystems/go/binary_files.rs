//! Which directories of its modules a compiled program holds code of.
//!
//! The table that turns addresses into lines names every source file with code in the program, stripped or not, as
//! `module@version/directory/file.go`, with a directory of the builder's machine before it unless it was built with
//! `-trimpath`. Built from a vendor tree or obfuscated, the names are others, and nothing is known.

use super::version::{ModuleVersion, escape};
use memchr::{memchr, memmem};
use std::collections::{BTreeSet, HashMap};

/// No name of a file behind its module is longer, in bytes.
const LONGEST: usize = 1024;

/// The directories of each module that is named at all, relative with `/`, the empty text for its root.
pub(super) fn used_directories<'a>(
    bytes: &[u8],
    modules: impl Iterator<Item = &'a ModuleVersion>,
) -> HashMap<ModuleVersion, BTreeSet<String>> {
    let mut known: HashMap<String, Vec<(String, &ModuleVersion)>> = HashMap::new();
    for module in modules {
        // `-trimpath` writes module and version as they are, the module cache with capitals escaped.
        known.entry(module.version.clone()).or_default().push((module.path.clone(), module));
        let escaped = escape(&module.path).zip(escape(&module.version));
        if let Some((path, version)) = escaped.filter(|(path, _)| *path != module.path) {
            known.entry(version).or_default().push((path, module));
        }
    }
    let mut found: HashMap<ModuleVersion, BTreeSet<String>> = HashMap::new();
    for at in memmem::find_iter(bytes, b"@v") {
        let rest = &bytes[at + 1..bytes.len().min(at + 1 + LONGEST)];
        let Some((version, directory)) = source_file(rest) else { continue };
        let same = known.get(version).into_iter().flatten();
        for (_, module) in same.filter(|(path, _)| ends_with_path(&bytes[..at], path)) {
            found.entry((*module).clone()).or_default().insert(directory.to_owned());
        }
    }
    found
}

/// `v1.0.0/sub/file.go` up to a byte that no name has: the version and the directory.
fn source_file(rest: &[u8]) -> Option<(&str, &str)> {
    let end = rest.iter().position(|byte| *byte < b' ').unwrap_or(rest.len());
    let name = std::str::from_utf8(&rest[..end]).ok()?;
    let slash = memchr(b'/', name.as_bytes())?;
    let (version, file) = (&name[..slash], &name[slash + 1..]);
    let is_source = file.ends_with(".go") || file.ends_with(".s");
    let climbs = file.split('/').any(|part| matches!(part, "" | "." | ".."));
    (is_source && !climbs).then(|| (version, file.rsplit_once('/').map_or("", |(directory, _)| directory)))
}

/// Whether the bytes end with a module path that begins there or behind a `/`.
fn ends_with_path(bytes: &[u8], path: &str) -> bool {
    let before = bytes.strip_suffix(path.as_bytes()).map(|before| before.last().copied());
    before.is_some_and(|last| last.is_none_or(|last| last == b'/' || last < b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directories(bytes: &[u8], path: &str) -> Option<Vec<String>> {
        let modules = [
            ModuleVersion::new("example.com/Dep", "v1.0.0"),
            ModuleVersion::new("example.com/old", "v2.0.0+incompatible"),
        ];
        let found = used_directories(bytes, modules.iter());
        let module = found.into_iter().find(|(module, _)| module.path == path);
        module.map(|(_, directories)| directories.into_iter().collect())
    }

    #[test]
    fn the_table_of_files_names_the_directories() {
        let table =
            b"\0example.com/Dep@v1.0.0/dep.go\0/home/me/go/pkg/mod/example.com/!dep@v1.0.0/json/deep/x.go\0\
                      /mod/example.com/old@v2.0.0+incompatible/asm_amd64.s\0";
        assert_eq!(directories(table, "example.com/Dep").unwrap(), ["", "json/deep"]);
        assert_eq!(directories(table, "example.com/old").unwrap(), [""]);
    }

    #[test]
    fn other_texts_name_nothing() {
        for text in [
            &b"\0other.example.com/!dep@v1.0.0/dep.go\0"[..],
            b"\0example.com/!dep@v1.0.1/dep.go\0",
            b"\0example.com/!dep@v1.0.0/../../x.go\0",
            b"\0example.com/!dep@v1.0.0/LICENSE\0",
            b"\0example.com/!dep@v1.0.0",
            b"@v",
            b"@v/\xff\xfe.go",
            b"",
        ] {
            assert_eq!(directories(text, "example.com/Dep"), None, "{}", String::from_utf8_lossy(text));
        }
    }
}
