//! The newest release of a crate, by its line in a sparse index.

use super::{Cargo, HINT, Index, last_part, prefix};
use crate::model::{Checksum, ChecksumAlgorithm, Ecosystem, Origin, Package};
use crate::registry::DOCUMENT_LIMIT;
use crate::registry::fetch::{Fetch, Request};
use crate::registry::newer::{Newer, latest_release, semantic};
use crate::registry::package_facts::FactsError;
use crate::registry::site::{below, segment, shown};
use serde::Deserialize;
use url::Url;

const GIT_HINT: &str =
    "its index is a git repository, which is not read; cargo uses the sparse index since 1.70";

/// A version in an index (The Cargo Book, "Index Format").
#[derive(Deserialize)]
struct Entry {
    vers: String,
    cksum: Option<String>,
    #[serde(default)]
    yanked: bool,
}

impl Cargo {
    /// The newest release, if it is later than the one in use. Yanked versions are passed over.
    pub(crate) fn newer(&self, package: &Package, fetch: &dyn Fetch) -> Result<Option<Newer>, FactsError> {
        let used = package.version.as_deref().and_then(semantic).ok_or(FactsError::NoVersion)?;
        let index = match self.index(package)? {
            Index::Sparse(address) => address,
            Index::Known(_) => self.default_sparse_index(package, fetch)?,
        };
        let config = self.config(&index, fetch)?;
        let lower = package.name.to_lowercase();
        let address = below(&index, &format!("{}/{}", prefix(&segment(&lower)), segment(&lower)));
        let credential = self.settings.credential(&index).filter(|_| config.auth_required);
        let request = Request::new(address.clone(), DOCUMENT_LIMIT).with_credential(credential);
        let entries = read(&address, &fetch.get(&request)?.body)?;
        let usable = entries.iter().filter(|entry| !entry.yanked);
        let newest = latest_release(usable.map(|entry| entry.vers.as_str()), &used);
        Ok(newest.and_then(|version| {
            let entry = entries.iter().find(|entry| entry.vers == version)?;
            let checksum =
                |value: &String| Checksum { algorithm: ChecksumAlgorithm::Sha256, value: value.clone() };
            Some(Newer {
                version: entry.vers.clone(),
                origin: Origin::Registry(Some(format!("sparse+{index}"))),
                checksums: entry.cksum.iter().map(checksum).collect(),
                facts: None,
            })
        }))
    }

    /// The address of the default registry's sparse index. The cargo home names only its host, in the name of a
    /// directory; the host is believed once its `config.json` is the one that lies there.
    fn default_sparse_index(&self, package: &Package, fetch: &dyn Fetch) -> Result<Url, FactsError> {
        let unknown = |hint| FactsError::NotConfigured { ecosystem: Ecosystem::Cargo, hint };
        let (directory, known) = self.default_index(package)?;
        if directory.join(".git").exists() || directory.join("HEAD").exists() {
            return Err(unknown(GIT_HINT));
        }
        let name = last_part(&directory);
        let host = name.rsplit_once('-').map_or("", |(host, _)| host);
        let address = Url::parse(&format!("https://{host}/")).map_err(|_| unknown(HINT))?;
        let found = self.config(&address, fetch)?;
        if found.dl == known.dl { Ok(address) } else { Err(unknown(HINT)) }
    }
}

/// One JSON object a line.
fn read(address: &Url, body: &[u8]) -> Result<Vec<Entry>, FactsError> {
    body.split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .map(|line| {
            serde_json::from_slice(line).map_err(|error| FactsError::Unreadable {
                address: shown(address),
                reason: error.to_string(),
            })
        })
        .collect()
}
