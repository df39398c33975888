//! Go module proxies: `.mod` files and module zips with their license files.

mod newer;
mod settings;

use super::ARCHIVE_LIMIT;
use super::archive::{Limits, is_license_file, read_zip};
use super::checksum::go_h1;
use super::fetch::{Fetch, FetchError, Request};
use super::neutral::Clients;
use super::package_facts::{FactsError, LicenseFile, PackageFacts};
use super::site::{below, segment, shown};
use crate::model::{ChecksumAlgorithm, Ecosystem, Origin, Package};
use settings::{GoSettings, Proxy};
use std::io::Read;
use std::path::Path;

/// The go command reads no larger go.mod, in bytes (Go modules reference, "Module proxies").
const MOD_FILE_LIMIT: u64 = 16 << 20;
const HINT: &str = "install go, or set GOPROXY";

/// The proxies of a user's go.
pub(crate) struct Go {
    settings: GoSettings,
}

impl Go {
    pub(crate) fn new(clients: &Clients) -> Self {
        Self { settings: GoSettings::of_user(clients) }
    }

    /// The registry's address, for a cache key.
    pub(crate) fn destination(&self, package: &Package) -> Result<String, FactsError> {
        self.check(package)?;
        Ok(self.proxies_shown())
    }

    /// The proxies in order, without secrets.
    pub(crate) fn proxies_shown(&self) -> String {
        let proxies = self.settings.proxies().into_iter().map(|step| match step.proxy {
            Proxy::Remote(address) => shown(&address),
            other => format!("{other:?}"),
        });
        proxies.collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn facts(&self, package: &Package, fetch: &dyn Fetch) -> Result<PackageFacts, FactsError> {
        self.check(package)?;
        let version = package.version.as_deref().ok_or(FactsError::NoVersion)?;
        let (address, body) = self.document(&package.name, &file_of(version, "zip"), ARCHIVE_LIMIT, fetch)?;
        let archive_error = |error| FactsError::Archive { address: address.clone(), error };
        let mut verified = false;
        let mut locked =
            package.checksums.iter().filter(|checksum| checksum.algorithm == ChecksumAlgorithm::GoH1);
        if let Some(expected) = locked.next() {
            let found = go_h1(&body, &Limits::default()).map_err(archive_error)?;
            let matches = |value: &str| value.strip_prefix("h1:").unwrap_or(value) == found;
            if !matches(&expected.value) && !locked.any(|checksum| matches(&checksum.value)) {
                let expected = expected.value.clone();
                return Err(FactsError::Checksum { address, expected, found });
            }
            verified = true;
        }
        let prefix = format!("{}@{version}/", package.name);
        let inside = |path: &str| path.strip_prefix(&prefix).map(str::to_owned);
        let wanted = |path: &str| inside(path).is_some_and(|path| is_license_file(&path));
        let entries = read_zip(&body, &Limits::default(), &wanted).map_err(archive_error)?;
        let files = entries
            .into_iter()
            .filter_map(|entry| Some(LicenseFile { path: inside(&entry.path)?, bytes: entry.bytes }));
        Ok(PackageFacts {
            files: Some(files.collect()),
            verified,
            documents: vec![address],
            ..PackageFacts::default()
        })
    }

    /// The address and the `go.mod` of a module version.
    pub(crate) fn module_file(
        &self,
        module: &str,
        version: &str,
        fetch: &dyn Fetch,
    ) -> Result<(String, Vec<u8>), FactsError> {
        self.check_private(module)?;
        let (address, body) = self.document(module, &file_of(version, "mod"), MOD_FILE_LIMIT, fetch)?;
        if !std::str::from_utf8(&body).is_ok_and(names_a_module) {
            let reason = "it is no go.mod file: it has no `module` line".to_owned();
            return Err(FactsError::Unreadable { address, reason });
        }
        Ok((address, body))
    }

    fn check(&self, package: &Package) -> Result<(), FactsError> {
        match package.origin {
            Origin::Registry(_) | Origin::Unknown => self.check_private(&package.name),
            _ => Err(FactsError::NotFromRegistry),
        }
    }

    fn check_private(&self, module: &str) -> Result<(), FactsError> {
        match self.settings.kept_private(module) {
            Some(setting) => Err(FactsError::KeptPrivate { setting }),
            None => Ok(()),
        }
    }

    /// Asks the proxies in order, by go's rules for what passes the question on.
    fn document(
        &self,
        module: &str,
        file: &str,
        limit: u64,
        fetch: &dyn Fetch,
    ) -> Result<(String, Vec<u8>), FactsError> {
        let path = proxy_path(module, file);
        let mut last = FactsError::NotConfigured { ecosystem: Ecosystem::Go, hint: HINT };
        for step in self.settings.proxies() {
            let error = match &step.proxy {
                Proxy::Remote(address) => {
                    let (base, secret) = Proxy::split(address);
                    let address = below(&base, &path);
                    let credential = secret.or_else(|| self.settings.netrc.credential(&address));
                    let request = Request::new(address.clone(), limit).with_credential(credential);
                    match fetch.get(&request) {
                        Ok(response) => return Ok((shown(&address), response.body)),
                        Err(error) => FactsError::from(error),
                    }
                }
                Proxy::Directory(folder) => match read_local(&folder.join(&path), limit) {
                    Ok(body) => return Ok((format!("file proxy: {path}"), body)),
                    Err(error) => error.into(),
                },
                Proxy::Off => {
                    let setting = format!("GOPROXY={}", self.settings.proxy_text().unwrap_or_default());
                    return Err(if matches!(last, FactsError::NotConfigured { .. }) {
                        FactsError::KeptPrivate { setting: without_secrets(&setting) }
                    } else {
                        last
                    });
                }
                // Repositories are not cloned: what they hold is not what a checksum speaks of.
                Proxy::Direct => {
                    return Err(if matches!(last, FactsError::NotConfigured { .. }) {
                        FactsError::KeptPrivate { setting: "GOPROXY=direct".to_owned() }
                    } else {
                        last
                    });
                }
                Proxy::Unknown(text) => FactsError::Unreadable {
                    address: "GOPROXY".to_owned(),
                    reason: format!("`{text}` is no address of a proxy"),
                },
            };
            let is_missing = matches!(error, FactsError::Fetch(FetchError::NotFound { .. }));
            last = error;
            if !is_missing && !step.passes_any_error {
                break;
            }
        }
        Err(last)
    }
}

/// Whether a text has the line that every go.mod has (Go modules reference, "module directive").
fn names_a_module(text: &str) -> bool {
    let rest = |line: &'_ str| {
        line.trim().strip_prefix("module").map(|rest| rest.starts_with([' ', '\t', '(', '"']))
    };
    text.lines().any(|line| rest(line).unwrap_or(false))
}

/// `<module>/<file>` with upper-case letters as `!` and lower case (Go Modules Reference, "Module proxies").
fn proxy_path(module: &str, file: &str) -> String {
    let module: Vec<_> = module.split('/').map(|element| segment(&escape(element))).collect();
    format!("{}/{file}", module.join("/"))
}

/// A file of a version: `info`, `mod` or `zip`.
fn file_of(version: &str, kind: &str) -> String {
    format!("@v/{}.{kind}", segment(&escape(version)))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(character.to_ascii_lowercase());
    }
    escaped
}

fn read_local(path: &Path, limit: u64) -> Result<Vec<u8>, FetchError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut body = Vec::new();
    let file = std::fs::File::open(path)
        .map_err(|_| FetchError::NotFound { address: format!("{name} in the file proxy"), status: 404 })?;
    file.take(limit + 1)
        .read_to_end(&mut body)
        .map_err(|error| FetchError::Network { address: name.clone(), reason: error.to_string() })?;
    if body.len() as u64 > limit {
        return Err(FetchError::TooLarge { address: name, limit });
    }
    Ok(body)
}

/// A proxy list as it may be shown.
fn without_secrets(text: &str) -> String {
    let mut shown = String::new();
    for part in text.split_inclusive([',', '|']) {
        match (part.find("://"), part.rfind('@')) {
            (Some(scheme), Some(at)) if at > scheme => {
                shown.push_str(&part[..scheme + 3]);
                shown.push_str(&part[at + 1..]);
            }
            _ => shown.push_str(part),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{file_of, proxy_path, without_secrets};

    #[test]
    fn upper_case_is_escaped() {
        assert_eq!(
            proxy_path("example.com/Azure/x/v2", &file_of("v2.0.0-RC1+incompatible", "zip")),
            "example.com/!azure/x/v2/@v/v2.0.0-!r!c1+incompatible.zip"
        );
        assert_eq!(
            proxy_path("example.com/../x", &file_of("..", "mod")),
            "example.com/%252E%252E/x/@v/%252E%252E.mod"
        );
    }

    #[test]
    fn proxy_lists_are_shown_without_secrets() {
        assert_eq!(
            without_secrets("GOPROXY=https://me:pw@registry.example,off"),
            "GOPROXY=https://registry.example,off"
        );
    }
}
