//! What the user's cargo is set up for: `config.toml` and `credentials.toml` in the cargo home, the environment.

use crate::model::UserEnvironment;
use crate::registry::neutral::Clients;
use crate::registry::site::{Credential, Site, as_directory, split_user_info};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::{Table, Value};
use url::Url;

/// The table name by which cargo's configuration calls its default registry.
const DEFAULT: &str = "crates-io";

/// Where a registry's index is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A sparse index: `config.json` is asked of this address.
    Sparse(Url),
    /// A git index, which only cargo itself reads.
    Git(String),
    /// A directory on this machine.
    Local(PathBuf),
}

/// The registries of a user.
pub(crate) struct CargoSettings {
    home: Option<PathBuf>,
    /// Index addresses, as lock files write them, by registry name.
    registries: BTreeMap<String, String>,
    tokens: BTreeMap<String, String>,
    config: Table,
}

impl CargoSettings {
    pub(crate) fn of_user(clients: &Clients) -> Self {
        let environment = clients.environment();
        let home = environment.directory("CARGO_HOME", ".cargo");
        let read = |names: [&str; 2]| {
            let home = home.as_deref()?;
            // In a checkout that is its own cargo home, its configuration is not the user's.
            let path = names.iter().map(|name| home.join(name)).find(|path| path.is_file())?;
            if clients.is_audited(&path) {
                return None;
            }
            std::fs::read_to_string(path).ok()?.parse::<Table>().ok()
        };
        let config = read(["config.toml", "config"]).unwrap_or_default();
        let credentials = read(["credentials.toml", "credentials"]).unwrap_or_default();
        let mut settings = Self { home, registries: BTreeMap::new(), tokens: BTreeMap::new(), config };
        for (name, entry) in tables(&settings.config, "registries") {
            settings.registries.extend(text(entry, "index").map(|index| (name.clone(), index)));
        }
        for table in [&settings.config, &credentials] {
            for (name, entry) in tables(table, "registries") {
                settings.tokens.extend(text(entry, "token").map(|token| (name, token)));
            }
            let own = table.get("registry").and_then(|entry| text(entry, "token"));
            settings.tokens.extend(own.map(|token| (DEFAULT.to_owned(), token)));
        }
        settings.add_environment(environment);
        settings
    }

    /// `CARGO_REGISTRIES_<NAME>_INDEX` and `_TOKEN`.
    fn add_environment(&mut self, environment: &UserEnvironment) {
        for (variable, value) in environment.pairs().filter(|(_, value)| !value.is_empty()) {
            let Some(rest) = variable.strip_prefix("CARGO_REGISTRIES_") else { continue };
            let known = self.registries.keys().cloned().collect::<Vec<_>>();
            let name = |upper: &str| {
                let spelled = |name: &&String| name.to_uppercase().replace('-', "_") == upper;
                known.iter().find(spelled).cloned().unwrap_or_else(|| upper.to_lowercase())
            };
            if let Some(upper) = rest.strip_suffix("_INDEX") {
                self.registries.insert(name(upper), value.to_owned());
            } else if let Some(upper) = rest.strip_suffix("_TOKEN") {
                self.tokens.insert(name(upper), value.to_owned());
            }
        }
        if let Some(token) = environment.variable("CARGO_REGISTRY_TOKEN") {
            self.tokens.insert(DEFAULT.to_owned(), token.to_owned());
        }
    }

    /// What takes the place of a source, by `[source]` tables with `replace-with`.
    pub(crate) fn replacement(&self, locked: &str, is_default: bool) -> Option<Source> {
        let sources = tables(&self.config, "source");
        let by_name = |name: &str| sources.iter().find(|(known, _)| known == name).map(|(_, entry)| *entry);
        let stated = |entry: &&Value| text(entry, "registry").is_some_and(|index| same_index(&index, locked));
        let start = if is_default { by_name(DEFAULT) } else { None };
        let start = start.or_else(|| sources.iter().map(|(_, entry)| *entry).find(stated))?;
        let mut name = text(start, "replace-with")?;
        // A chain longer than the list of sources is a loop.
        for _ in 0..=sources.len() {
            let entry = by_name(&name);
            if let Some(next) = entry.and_then(|entry| text(entry, "replace-with")) {
                name = next;
                continue;
            }
            let local =
                entry.and_then(|entry| text(entry, "directory").or_else(|| text(entry, "local-registry")));
            if let Some(path) = local {
                return Some(Source::Local(PathBuf::from(path)));
            }
            let index = entry
                .and_then(|entry| text(entry, "registry"))
                .or_else(|| self.registries.get(&name).cloned())?;
            return Some(source(&index));
        }
        None
    }

    /// Whether the user's settings name this site as a registry.
    pub(crate) fn names(&self, site: &Site) -> bool {
        let stated =
            tables(&self.config, "source").into_iter().filter_map(|(_, entry)| text(entry, "registry"));
        let mut indexes = self.registries.values().cloned().chain(stated);
        indexes.any(|index| match source(&index) {
            Source::Sparse(address) => Site::of(&address).as_ref() == Some(site),
            Source::Git(address) => {
                Url::parse(&address).ok().and_then(|address| Site::of(&address)).as_ref() == Some(site)
            }
            Source::Local(_) => false,
        })
    }

    /// The user's token for the registry of an index.
    pub(crate) fn credential(&self, index: &Url) -> Option<Credential> {
        let site = Site::of(index)?;
        let mirror = tables(&self.config, "source").into_iter().find_map(|(name, entry)| {
            text(entry, "registry").filter(|stated| same_index(stated, index.as_str())).map(|_| name)
        });
        let registry = self.registries.iter().find(|(_, stated)| same_index(stated, index.as_str()));
        let name = registry.map(|(name, _)| name.clone()).or(mirror)?;
        let is_safe = site.is_encrypted() || self.names(&site);
        self.tokens.get(&name).filter(|_| is_safe).map(|token| Credential::verbatim(site, token))
    }

    /// Index directories of the cargo home that have a `config.json`, without those of registries that are named.
    pub(crate) fn unnamed_index_directories(&self) -> Vec<PathBuf> {
        let Some(folder) = self.home.as_ref().map(|home| home.join("registry/index")) else {
            return Vec::new();
        };
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let mut found: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.join("config.json").is_file())
            .filter(|path| !self.names_directory(path))
            .collect();
        found.sort();
        found
    }

    /// Cargo calls the directory `<host>-<hash>`.
    fn names_directory(&self, path: &Path) -> bool {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.registries.values().any(|index| {
            let host = Url::parse(bare(index)).ok().and_then(|address| address.host_str().map(str::to_owned));
            host.is_some_and(|host| name.starts_with(&format!("{host}-")))
        })
    }
}

/// The source that cargo writes for its default registry, as cargo itself says.
pub(crate) fn default_source(clients: &Clients) -> Option<String> {
    let manifest = "[package]\nname = \"neutral\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[lib]\npath = \"lib.rs\"\n\
                    [dependencies]\nany = \"1\"\n[workspace]\n";
    let files = [("Cargo.toml", manifest), ("lib.rs", "")];
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let answer: serde_json::Value = serde_json::from_str(&clients.ask("cargo", &arguments, &files)?).ok()?;
    answer.pointer("/packages/0/dependencies/0/source")?.as_str().map(str::to_owned)
}

/// Reads `sparse+https://…`, `registry+https://…`, or an address.
pub(crate) fn source(index: &str) -> Source {
    if let Some(address) = index.trim_start_matches("registry+").strip_prefix("sparse+")
        && let Ok(address) = Url::parse(address)
    {
        return Source::Sparse(as_directory(split_user_info(address).0));
    }
    let address = bare(index);
    match Url::parse(address)
        .ok()
        .filter(|address| address.scheme() == "file")
        .map(|address| address.to_file_path())
    {
        Some(Ok(path)) => Source::Local(path),
        _ => Source::Git(address.to_owned()),
    }
}

/// Whether two spellings mean the same index.
pub(crate) fn same_index(left: &str, right: &str) -> bool {
    bare(left).trim_end_matches('/') == bare(right).trim_end_matches('/')
}

fn bare(index: &str) -> &str {
    index.trim_start_matches("registry+").trim_start_matches("sparse+")
}

fn tables<'a>(table: &'a Table, key: &str) -> Vec<(String, &'a Value)> {
    let found = table.get(key).and_then(Value::as_table);
    found.map(|found| found.iter().map(|(name, entry)| (name.clone(), entry)).collect()).unwrap_or_default()
}

fn text(entry: &Value, key: &str) -> Option<String> {
    entry.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// What a `config.toml` of the tree puts in place of the default registry, or of another source.
pub(crate) fn tree_replacement(text_of_config: &str, locked: &str, is_default: bool) -> Option<Source> {
    let config = text_of_config.parse::<Table>().ok()?;
    let mut settings =
        CargoSettings { home: None, registries: BTreeMap::new(), tokens: BTreeMap::new(), config };
    for (name, entry) in tables(&settings.config, "registries") {
        settings.registries.extend(text(entry, "index").map(|index| (name, index)));
    }
    settings.replacement(locked, is_default)
}

#[cfg(test)]
mod tests {
    use super::{CargoSettings, Source, source};
    use crate::model::UserEnvironment;
    use crate::registry::neutral::Clients;
    use crate::registry::site::Site;
    use std::path::Path;
    use url::Url;

    fn settings(config: &str, credentials: &str, variables: &[(&str, &str)]) -> CargoSettings {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("config.toml"), config).unwrap();
        std::fs::write(home.path().join("credentials.toml"), credentials).unwrap();
        let mut pairs = vec![("CARGO_HOME".to_owned(), home.path().display().to_string())];
        pairs.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        CargoSettings::of_user(&Clients::new(UserEnvironment::from_pairs(pairs), Path::new("/nowhere")))
    }

    #[test]
    fn replacements_are_followed_to_their_end() {
        let config = "[source.crates-io]\nreplace-with='a'\n[source.a]\nreplace-with='b'\n\
                      [source.b]\nregistry='sparse+https://registry.example/index/'\n";
        let found = settings(config, "", &[]).replacement("registry+https://default.example/index", true);
        assert_eq!(found, Some(source("sparse+https://registry.example/index/")));
        let circle = "[source.crates-io]\nreplace-with='a'\n[source.a]\nreplace-with='crates-io'\n";
        assert_eq!(settings(circle, "", &[]).replacement("x", true), None);
        let vendored = "[source.crates-io]\nreplace-with='v'\n[source.v]\ndirectory='vendor'\n";
        assert_eq!(settings(vendored, "", &[]).replacement("x", true), Some(Source::Local("vendor".into())));
    }

    #[test]
    fn a_token_goes_with_the_index_of_its_registry() {
        let config = "[registries.corp-one]\nindex='sparse+https://registry.example/index/'\n";
        let settings = settings(config, "", &[("CARGO_REGISTRIES_CORP_ONE_TOKEN", "t0ken")]);
        let own = Url::parse("https://registry.example/index/").unwrap();
        let credential = settings.credential(&own).unwrap();
        assert_eq!(credential.header_for(&Site::of(&own).unwrap()), Some("t0ken"));
        assert!(settings.credential(&Url::parse("https://registry.example/other/").unwrap()).is_none());
    }
}
