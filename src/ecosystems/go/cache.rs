//! The module cache: go.mod files, archives and unpacked modules that the go command has downloaded.
//!
//! Layout: `<cache>/cache/download/<path>/@v/<version>.{mod,info,zip}` and `<cache>/<path>@<version>/`, where
//! capitals are spelled `!a` (Go modules reference, "Module cache").

use super::version::{ModuleVersion, escape};
use crate::ecosystems::{ReadContext, UserEnvironment};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The go command reads no larger go.mod (Go modules reference, "Module proxies").
const LARGEST_MOD_FILE: u64 = 16 << 20;

/// Where the go command keeps what it downloads.
#[derive(Clone, Debug)]
pub struct ModuleCache {
    root: Option<PathBuf>,
}

/// What the cache knows of a module's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CachedFiles {
    /// Unpacked.
    Directory(PathBuf),
    /// Only the archive; its entries start with `path@version/`.
    Archive(PathBuf),
}

impl ModuleCache {
    /// Of the user's environment: GOMODCACHE, else `pkg/mod` below the first GOPATH, else below `~/go`; each
    /// from the environment or else from the file that `go env -w` writes.
    pub fn of(context: &ReadContext) -> Self {
        let settings = Settings::of(&context.environment);
        let root = settings.value("GOMODCACHE").map(PathBuf::from).or_else(|| {
            let gopath = settings.value("GOPATH").and_then(|paths| std::env::split_paths(&paths).next());
            let gopath = gopath.or_else(|| Some(context.environment.home()?.join("go")))?;
            Some(gopath.join("pkg").join("mod"))
        });
        Self { root: root.filter(|root| root.is_absolute()) }
    }

    /// The go.mod of a module: from the download directory, else from the unpacked module.
    pub fn mod_file(&self, module: &ModuleVersion) -> Option<(PathBuf, String)> {
        let downloaded = self.download(module, "mod")?;
        if let Some(text) = read_mod_file(&downloaded) {
            return Some((downloaded, text));
        }
        let unpacked = self.unpacked(module)?.join("go.mod");
        let text = read_mod_file(&unpacked)?;
        Some((unpacked, text))
    }

    /// The files of a module. A module whose unpacking was cut off counts as an archive.
    pub fn files(&self, module: &ModuleVersion) -> Option<CachedFiles> {
        let directory = self.unpacked(module)?;
        let cut_off = self.download(module, "partial")?.exists();
        if directory.is_dir() && !cut_off {
            return Some(CachedFiles::Directory(directory));
        }
        let archive = self.download(module, "zip")?;
        archive.is_file().then_some(CachedFiles::Archive(archive))
    }

    /// The `h1:` hash that the go command computed when it downloaded the module, in base64.
    pub fn hash(&self, module: &ModuleVersion) -> Option<String> {
        let text = fs::read_to_string(self.download(module, "ziphash")?).ok()?;
        text.trim().strip_prefix("h1:").map(str::to_owned)
    }

    fn download(&self, module: &ModuleVersion, extension: &str) -> Option<PathBuf> {
        let (path, version) = escaped(module)?;
        let directory = self.root.as_ref()?.join("cache").join("download").join(path).join("@v");
        Some(directory.join(format!("{version}.{extension}")))
    }

    fn unpacked(&self, module: &ModuleVersion) -> Option<PathBuf> {
        let (path, version) = escaped(module)?;
        Some(self.root.as_ref()?.join(format!("{path}@{version}")))
    }
}

fn escaped(module: &ModuleVersion) -> Option<(String, String)> {
    if module.version.contains('/') {
        return None;
    }
    Some((escape(&module.path)?, escape(&module.version)?))
}

/// Reads a go.mod file, unless it is absent, no text, or larger than the go command reads.
pub(super) fn read_mod_file(path: &Path) -> Option<String> {
    let file = File::open(path).ok()?;
    let mut text = String::new();
    let length = file.take(LARGEST_MOD_FILE + 1).read_to_string(&mut text).ok()?;
    (u64::try_from(length).ok()? <= LARGEST_MOD_FILE).then_some(text)
}

/// Environment variables over the user's `go env -w` file.
struct Settings<'a> {
    environment: &'a UserEnvironment,
    file: String,
}

impl<'a> Settings<'a> {
    fn of(environment: &'a UserEnvironment) -> Self {
        let path = match environment.variable("GOENV") {
            Some("off") => None,
            Some(path) => Some(PathBuf::from(path)),
            None => user_settings(environment),
        };
        let file = path.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        Self { environment, file }
    }

    fn value(&self, name: &str) -> Option<String> {
        let from_file = || {
            let assignment =
                |line: &'_ str| Some(line.strip_prefix(name)?.strip_prefix('=')?.trim_end().to_owned());
            self.file.lines().find_map(assignment).filter(|value| !value.is_empty())
        };
        self.environment.variable(name).map(str::to_owned).or_else(from_file)
    }
}

fn user_settings(environment: &UserEnvironment) -> Option<PathBuf> {
    let configuration = if cfg!(windows) {
        environment.variable("AppData").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        Some(environment.home()?.join("Library/Application Support"))
    } else {
        environment.directory("XDG_CONFIG_HOME", ".config")
    };
    Some(configuration?.join("go").join("env"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(pairs: &[(&str, &str)]) -> ModuleCache {
        let environment = UserEnvironment::from_pairs(pairs.iter().copied());
        ModuleCache::of(&ReadContext { environment, ..ReadContext::default() })
    }

    #[test]
    #[cfg(unix)]
    fn the_cache_is_where_the_user_says() {
        let root = |pairs: &[(&str, &str)]| cache(pairs).root;
        assert_eq!(root(&[("HOME", "/h")]), Some(PathBuf::from("/h/go/pkg/mod")));
        assert_eq!(root(&[("HOME", "/h"), ("GOPATH", "/a:/b")]), Some(PathBuf::from("/a/pkg/mod")));
        assert_eq!(root(&[("GOMODCACHE", "/c"), ("GOPATH", "/a")]), Some(PathBuf::from("/c")));
        assert_eq!(root(&[("GOMODCACHE", "relative")]), None);
        assert_eq!(root(&[]), None);
    }

    #[test]
    #[cfg(unix)]
    fn settings_written_by_the_go_command_count() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("env");
        fs::write(&file, "GOFLAGS=-x\nGOMODCACHE=/kept\n").unwrap();
        let found = cache(&[("HOME", "/h"), ("GOENV", file.to_str().unwrap())]);
        assert_eq!(found.root, Some(PathBuf::from("/kept")));
        assert_eq!(cache(&[("HOME", "/h"), ("GOENV", "off")]).root, Some(PathBuf::from("/h/go/pkg/mod")));
    }

    #[test]
    fn a_path_trick_reaches_no_file() {
        let module = ModuleVersion::new("../../etc", "v1.0.0");
        assert_eq!(cache(&[("GOMODCACHE", "/c")]).files(&module), None);
        let module = ModuleVersion::new("a", "../v1.0.0");
        assert!(cache(&[("GOMODCACHE", "/c")]).mod_file(&module).is_none());
    }
}
