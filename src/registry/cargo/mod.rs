//! Cargo registries: the `.crate` archive, which holds both the manifest and the texts.

mod newer;
mod settings;

use super::archive::{Limits, is_license_file, read_tar_gz, without_top_folder};
use super::fetch::{Fetch, Request};
use super::neutral::Clients;
use super::package_facts::{FactsError, LicenseFile, PackageFacts, declared, present};
use super::site::{Credential, Site, segment, shown, split_user_info};
use super::tree::Tree;
use super::{ARCHIVE_LIMIT, DOCUMENT_LIMIT};
use crate::model::{ChecksumAlgorithm, Ecosystem, LicenseStatement, Origin, Package, PackageDetails};
use serde::Deserialize;
use settings::{CargoSettings, Source, default_source, same_index, source, tree_replacement};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

const HINT: &str = "run `cargo fetch` once, so that the index of your registry is in the cargo home";

const LOCK_HINT: &str = "no lock file says where it comes from; make one with `cargo generate-lockfile`";

/// `config.json` of an index (The Cargo Book, "Index Format").
#[derive(Clone, Debug, Deserialize)]
struct IndexConfig {
    dl: String,
    #[serde(rename = "auth-required", default)]
    auth_required: bool,
}

/// The registries of a user's cargo.
pub(crate) struct Cargo {
    clients: Arc<Clients>,
    tree: Arc<Tree>,
    settings: CargoSettings,
    configs: Mutex<BTreeMap<Url, Result<IndexConfig, FactsError>>>,
}

/// The index that a package comes from.
enum Index {
    /// Asked for its `config.json`.
    Sparse(Url),
    /// Read from the cargo home.
    Known(IndexConfig),
}

impl Cargo {
    pub(crate) fn new(clients: Arc<Clients>, tree: Arc<Tree>) -> Self {
        let settings = CargoSettings::of_user(&clients);
        Self { clients, tree, settings, configs: Mutex::default() }
    }

    /// The registry's address, for a cache key.
    pub(crate) fn destination(&self, package: &Package) -> Result<String, FactsError> {
        Ok(match self.index(package)? {
            Index::Sparse(address) => shown(&address),
            Index::Known(config) => config.dl,
        })
    }

    pub(crate) fn facts(&self, package: &Package, fetch: &dyn Fetch) -> Result<PackageFacts, FactsError> {
        let version = package.version.as_deref().ok_or(FactsError::NoVersion)?;
        let (config, credential) = match self.index(package)? {
            Index::Known(config) => (config, None),
            Index::Sparse(address) => {
                let config = self.config(&address, fetch)?;
                let credential = self.settings.credential(&address).filter(|_| config.auth_required);
                (config, credential)
            }
        };
        let address = download_address(&config.dl, package, version)?;
        check_host(&address, credential.as_ref())?;
        let request = Request::new(address.clone(), ARCHIVE_LIMIT).with_credential(credential);
        let body = fetch.get(&request)?.body;
        let mut facts = PackageFacts {
            verified: super::verify(&address, &body, &package.checksums)?,
            documents: vec![shown(&address)],
            ..PackageFacts::default()
        };
        read_crate(&address, &body, &mut facts)?;
        Ok(facts)
    }

    /// Which index a package comes from: its lock entry, as the user's source replacement has it.
    fn index(&self, package: &Package) -> Result<Index, FactsError> {
        let locked = match &package.origin {
            Origin::Registry(Some(index)) => Some(index.as_str()),
            Origin::Unknown => None,
            // A manifest may mean a registry by a name that only its own configuration explains.
            Origin::Registry(None) => {
                return Err(FactsError::NotConfigured { ecosystem: Ecosystem::Cargo, hint: LOCK_HINT });
            }
            _ => return Err(FactsError::NotFromRegistry),
        };
        let is_sparse = locked.is_some_and(|index| matches!(source(index), Source::Sparse(_)));
        let is_default = match locked {
            None => true,
            Some(_) if is_sparse => false,
            Some(index) => default_source(&self.clients).is_some_and(|default| same_index(&default, index)),
        };
        self.hold_back(package, locked.unwrap_or_default(), is_default)?;
        match self.settings.replacement(locked.unwrap_or_default(), is_default) {
            Some(replacement) => self.reachable(replacement),
            None if is_default => self.default_index(package).map(|(_, config)| Index::Known(config)),
            None => self.reachable(source(locked.unwrap_or_default())),
        }
    }

    fn reachable(&self, source: Source) -> Result<Index, FactsError> {
        match source {
            Source::Sparse(address) => Ok(Index::Sparse(address)),
            Source::Local(path) => {
                let setting = format!("source replacement by a directory, {}", last_part(&path));
                Err(FactsError::KeptPrivate { setting })
            }
            Source::Git(_) => Err(FactsError::NotConfigured {
                ecosystem: Ecosystem::Cargo,
                hint: "its index is a git repository, which is not read; run `cargo fetch`, so that the crate is in \
                       the cargo home, or use the registry's sparse index",
            }),
        }
    }

    /// The tree's own source replacement is honoured as far as the user's configuration knows the registry.
    fn hold_back(&self, package: &Package, locked: &str, is_default: bool) -> Result<(), FactsError> {
        for directory in Tree::directories(package) {
            for name in [".cargo/config.toml", ".cargo/config"] {
                let file = directory.join(name);
                let Some(text) = self.tree.text(&file) else { continue };
                let registry = match tree_replacement(&text, locked, is_default) {
                    Some(Source::Sparse(address)) => address.to_string(),
                    Some(Source::Git(address)) => address,
                    Some(Source::Local(_)) | None => continue,
                };
                let site = Url::parse(&registry).ok().and_then(|address| Site::of(&address));
                if !site.is_some_and(|site| self.settings.names(&site)) {
                    let registry = Url::parse(&registry).map(|address| shown(&address)).unwrap_or_default();
                    return Err(FactsError::NamedByTreeOnly { file: slashed(&file), registry });
                }
            }
        }
        Ok(())
    }

    /// The default registry's settings from the cargo home, with their directory. Of several candidates, the one whose index has this
    /// crate with this checksum.
    fn default_index(&self, package: &Package) -> Result<(PathBuf, IndexConfig), FactsError> {
        let missing = FactsError::NotConfigured { ecosystem: Ecosystem::Cargo, hint: HINT };
        let mut candidates = self.settings.unnamed_index_directories();
        if candidates.len() > 1 {
            candidates.retain(|directory| has_entry(directory, package));
        }
        let [directory] = candidates.as_slice() else { return Err(missing) };
        let bytes = std::fs::read(directory.join("config.json")).map_err(|_| missing)?;
        let name = last_part(directory);
        let config = serde_json::from_slice(&bytes).map_err(|error| FactsError::Unreadable {
            address: format!("config.json of the index {name} in the cargo home"),
            reason: error.to_string(),
        })?;
        Ok((directory.clone(), config))
    }

    /// `config.json` of a sparse index, asked once.
    fn config(&self, index: &Url, fetch: &dyn Fetch) -> Result<IndexConfig, FactsError> {
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        configs.entry(index.clone()).or_insert_with(|| self.read_config(index, fetch)).clone()
    }

    fn read_config(&self, index: &Url, fetch: &dyn Fetch) -> Result<IndexConfig, FactsError> {
        let address = super::site::below(index, "config.json");
        let request =
            Request::new(address.clone(), DOCUMENT_LIMIT).with_credential(self.settings.credential(index));
        let body = fetch.get(&request)?.body;
        serde_json::from_slice(&body)
            .map_err(|error| FactsError::Unreadable { address: shown(&address), reason: error.to_string() })
    }
}

/// A package behind a token is asked of the registry's own host only.
fn check_host(address: &Url, credential: Option<&Credential>) -> Result<(), FactsError> {
    match (credential, Site::of(address)) {
        (Some(credential), site) if site.as_ref() != Some(credential.site()) => {
            Err(FactsError::Elsewhere { registry: credential.site().to_string(), host: shown(address) })
        }
        _ => Ok(()),
    }
}

/// The `dl` template with its markers, or with the usual end where it has none.
fn download_address(template: &str, package: &Package, version: &str) -> Result<Url, FactsError> {
    let name = segment(&package.name);
    let version = segment(version);
    let markers = ["{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}"];
    let text = if markers.iter().any(|marker| template.contains(marker)) {
        let sha256 =
            package.checksums.iter().find(|checksum| checksum.algorithm == ChecksumAlgorithm::Sha256);
        template
            .replace("{lowerprefix}", &prefix(&name.to_lowercase()))
            .replace("{prefix}", &prefix(&name))
            .replace("{sha256-checksum}", sha256.map(|checksum| checksum.value.as_str()).unwrap_or_default())
            .replace("{crate}", &name)
            .replace("{version}", &version)
    } else {
        format!("{}/{name}/{version}/download", template.trim_end_matches('/'))
    };
    let address = Url::parse(&text).map_err(|error| FactsError::Unreadable {
        address: "the `dl` address of the registry's config.json".to_owned(),
        reason: error.to_string(),
    })?;
    Ok(split_user_info(address).0)
}

/// `se/rd` for `serde`: where an index keeps a name (The Cargo Book, "Index Format").
fn prefix(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let part = |from: usize, to: usize| characters[from..to].iter().collect::<String>();
    match characters.len() {
        0 => String::new(),
        1 => "1".to_owned(),
        2 => "2".to_owned(),
        3 => format!("3/{}", part(0, 1)),
        _ => format!("{}/{}", part(0, 2), part(2, 4)),
    }
}

fn has_entry(index: &Path, package: &Package) -> bool {
    let lower = segment(&package.name.to_lowercase());
    let Ok(bytes) = std::fs::read(index.join(".cache").join(prefix(&lower)).join(&lower)) else {
        return false;
    };
    let mut checksums =
        package.checksums.iter().filter(|checksum| checksum.algorithm == ChecksumAlgorithm::Sha256);
    checksums.any(|checksum| memchr::memmem::find(&bytes, checksum.value.as_bytes()).is_some())
}

fn read_crate(address: &Url, body: &[u8], facts: &mut PackageFacts) -> Result<(), FactsError> {
    let archive_error = |error| FactsError::Archive { address: shown(address), error };
    let unreadable = |reason: String| FactsError::Unreadable { address: shown(address), reason };
    let is_manifest = |path: &str| without_top_folder(path) == "Cargo.toml";
    let manifest = read_tar_gz(body, &Limits::default(), &is_manifest).map_err(archive_error)?;
    let manifest = manifest.first().ok_or_else(|| unreadable("it holds no Cargo.toml".to_owned()))?;
    let table = String::from_utf8_lossy(&manifest.bytes)
        .parse::<toml::Table>()
        .map_err(|error| unreadable(format!("Cargo.toml: {}", error.message())))?;
    read_manifest(&table, facts);
    let named = super::named_files(&facts.declared);
    let wanted = |path: &str| {
        let inside = without_top_folder(path);
        is_license_file(inside) || named.iter().any(|name| name == inside)
    };
    let files = read_tar_gz(body, &Limits::default(), &wanted).map_err(archive_error)?;
    facts.files = Some(files.into_iter().map(LicenseFile::below_top_folder).collect());
    Ok(())
}

fn read_manifest(table: &toml::Table, facts: &mut PackageFacts) {
    let Some(package) = table.get("package").or_else(|| table.get("project")).and_then(toml::Value::as_table)
    else {
        return;
    };
    let text = |key: &str| present(package.get(key).and_then(toml::Value::as_str));
    facts.declared.extend(text("license").map(|license| declared(LicenseStatement::Expression(license))));
    facts.declared.extend(text("license-file").map(|file| declared(LicenseStatement::File(file))));
    let authors = package.get("authors").and_then(toml::Value::as_array).into_iter().flatten();
    facts.details = PackageDetails {
        description: text("description"),
        homepage: text("homepage"),
        repository: text("repository"),
        authors: authors.filter_map(toml::Value::as_str).map(str::to_owned).collect(),
    };
}

fn last_part(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::{download_address, prefix};
    use crate::model::{Ecosystem, Origin, Package};

    #[test]
    fn download_templates_are_filled_in() {
        let package = Package::new(Ecosystem::Cargo, "Serde_X", Some("1.0.0+a"), Origin::Unknown);
        let address = |template| download_address(template, &package, "1.0.0+a").unwrap().to_string();
        assert_eq!(
            address("https://registry.example/api/"),
            "https://registry.example/api/Serde_X/1.0.0+a/download"
        );
        assert_eq!(
            address("https://registry.example/{lowerprefix}/{crate}-{version}.crate"),
            "https://registry.example/se/rd/Serde_X-1.0.0+a.crate"
        );
        assert!(download_address("nonsense", &package, "1").is_err());
        assert_eq!([prefix("a"), prefix("ab"), prefix("abc")], ["1", "2", "3/a"]);
    }
}
