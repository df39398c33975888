//! npm registries: the version document, and the tarball for texts.

mod newer;
mod other_clients;
mod settings;

use super::archive::{Limits, is_license_file, read_tar_gz, without_top_folder};
use super::checksum::from_integrity;
use super::fetch::{Fetch, FetchError, Request};
use super::neutral::Clients;
use super::package_facts::{FactsError, LicenseFile, Need, PackageFacts, declared, present};
use super::site::{Credential, Site, as_directory, below, shown, split_user_info};
use super::tree::{Tree, TreeRegistry, named};
use super::{ARCHIVE_LIMIT, DOCUMENT_LIMIT};
use crate::model::{
    DeclaredLicense, Ecosystem, LicenseStatement, Origin, Package, PackageDetails, UserEnvironment,
};
use serde_json::Value;
use settings::{NpmSettings, built_in, effective_default, scope};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use url::Url;

const HINT: &str = "install npm, or set `registry` in your user-level .npmrc";

/// The registries of a user's npm.
pub(crate) struct Npm {
    clients: Arc<Clients>,
    tree: Arc<Tree>,
    settings: NpmSettings,
}

/// Where a version is.
struct Place {
    /// The registry, where it is known.
    base: Option<Url>,
    /// The tarball as the lock file names it, on the same site as the registry.
    tarball: Option<Url>,
}

impl Npm {
    pub(crate) fn new(clients: Arc<Clients>, tree: Arc<Tree>) -> Self {
        let settings = NpmSettings::of_user(&clients);
        Self { clients, tree, settings }
    }

    /// The registry's address, for a cache key.
    pub(crate) fn destination(&self, package: &Package) -> Result<String, FactsError> {
        let place = self.place(package)?;
        Ok(place.base.or(place.tarball).map(|address| shown(&address)).unwrap_or_default())
    }

    pub(crate) fn facts(
        &self,
        package: &Package,
        need: Need,
        fetch: &dyn Fetch,
    ) -> Result<PackageFacts, FactsError> {
        let version = package.version.as_deref().ok_or(FactsError::NoVersion)?;
        let place = self.place(package)?;
        let mut facts = PackageFacts::default();
        let mut document = None;
        let locked_tarball = place.tarball.is_some() && !package.checksums.is_empty();
        if let Some(base) = place.base.as_ref().filter(|_| need == Need::Declared || !locked_tarball) {
            let (address, found) = self.version_document(base, &package.name, version, fetch)?;
            check_document(&address, &found, package)?;
            facts.declared = statements(&found);
            facts.details = details(&found);
            facts.documents.push(shown(&address));
            document = Some(found);
        }
        if need == Need::Texts || document.is_none() {
            let tarball = self.tarball(&place, document.as_ref())?;
            self.read_tarball(&tarball, document.as_ref(), package, fetch, &mut facts)?;
        }
        Ok(facts)
    }

    /// Which registry a package comes from: its lock entry, its scope, the registry setting, npm's answer.
    fn place(&self, package: &Package) -> Result<Place, FactsError> {
        let own = self.settings.configured(&package.name);
        let locked = match &package.origin {
            Origin::Registry(Some(address)) | Origin::Archive(address) => super::address_of_entry(address)?,
            Origin::Registry(None) | Origin::Unknown => {
                return Ok(Place { base: Some(self.unlocked_base(package, own)?), tarball: None });
            }
            _ => return Err(FactsError::NotFromRegistry),
        };
        if matches!(package.origin, Origin::Registry(_))
            && let Some(base) = self.replacement(&locked, own)
        {
            return Ok(Place { base: Some(base), tarball: None });
        }
        Ok(split_lock_address(&locked, &package.name, matches!(package.origin, Origin::Archive(_))))
    }

    /// The registry of a package whose lock entry names none.
    fn unlocked_base(&self, package: &Package, own: Option<Url>) -> Result<Url, FactsError> {
        let own = own.or_else(|| effective_default(&self.clients));
        let Some(in_tree) = self.tree_registry(package) else {
            return own.ok_or(FactsError::NotConfigured { ecosystem: Ecosystem::Npm, hint: HINT });
        };
        let site = Site::of(&in_tree.address);
        let is_users = site.as_ref().is_some_and(|site| self.settings.names(site))
            || (site.is_some() && own.as_ref().and_then(Site::of) == site);
        if is_users {
            return Ok(as_directory(in_tree.address));
        }
        Err(FactsError::NamedByTreeOnly { file: in_tree.file, registry: shown(&in_tree.address) })
    }

    /// The user's registry in place of the lock file's, by npm's `replace-registry-host`.
    fn replacement(&self, locked: &Url, own: Option<Url>) -> Option<Url> {
        let site = Site::of(locked)?;
        let replace = match self.settings.replace_host() {
            Some("never") => false,
            Some("always") => true,
            Some(host) if host.contains('.') => site.host() == host,
            _ => {
                let users = self.settings.names(&site);
                !users && built_in(&self.clients).and_then(|address| Site::of(&address)) == Some(site.clone())
            }
        };
        if !replace {
            return None;
        }
        own.or_else(|| effective_default(&self.clients)).filter(|own| Site::of(own).as_ref() != Some(&site))
    }

    /// What the tree's `.npmrc`, and the files of the other clients, say about the scope or the registry: the
    /// nearest file that says anything.
    fn tree_registry(&self, package: &Package) -> Option<TreeRegistry> {
        // The user's variables are not lent to the tree: they may hold secrets.
        let npmrc = |text: &str| settings::parse(text, &UserEnvironment::default());
        for directory in Tree::directories(package) {
            let file = directory.join(".npmrc");
            let values = self.tree.text(&file).map(|text| npmrc(&text));
            if let Some(found) = values.and_then(|values| registry_in(&values, &package.name, &file)) {
                return Some(found);
            }
            for (name, read) in other_clients::FILES {
                let file = directory.join(name);
                let values = self.tree.text(&file).map(|text| read(&text));
                if let Some(found) = values.and_then(|values| registry_in(&values, &package.name, &file)) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// The document of a version, or of the version that a tag such as `latest` means.
    fn version_document(
        &self,
        base: &Url,
        name: &str,
        version: &str,
        fetch: &dyn Fetch,
    ) -> Result<(Url, Value), FactsError> {
        let package = below(base, &escaped_name(name));
        let address = below(&package, &super::site::segment(version));
        let credential = self.settings.credential(&address);
        match fetch.get(&document_request(address.clone(), credential.clone())) {
            Ok(response) => Ok((address.clone(), json(&address, &response.body)?)),
            // Some registries have the whole package only.
            Err(FetchError::NotFound { .. } | FetchError::Status { status: 400..=499, .. }) => {
                let response = fetch.get(&document_request(package.clone(), credential))?;
                let whole = json(&package, &response.body)?;
                let tagged = whole.get("dist-tags").and_then(|tags| tags.get(version)?.as_str());
                let version = tagged.unwrap_or(version);
                let found = whole.get("versions").and_then(|versions| versions.get(version)).cloned();
                let missing = FetchError::NotFound { address: shown(&address), status: 404 };
                Ok((package, found.ok_or(missing)?))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn tarball(&self, place: &Place, document: Option<&Value>) -> Result<Url, FactsError> {
        let from_document =
            || document?.pointer("/dist/tarball")?.as_str().and_then(|text| Url::parse(text).ok());
        let tarball = place.tarball.clone().or_else(from_document).map(|address| split_user_info(address).0);
        let base = place.base.as_ref();
        let tarball = tarball.ok_or_else(|| FactsError::Unreadable {
            address: base.map(shown).unwrap_or_default(),
            reason: "the version has no `dist.tarball`".to_owned(),
        })?;
        if let Some(base) = base
            && Site::of(base) != Site::of(&tarball)
            && self.settings.credential(base).is_some()
        {
            return Err(FactsError::Elsewhere { registry: shown(base), host: shown(&tarball) });
        }
        Ok(tarball)
    }

    fn read_tarball(
        &self,
        address: &Url,
        document: Option<&Value>,
        package: &Package,
        fetch: &dyn Fetch,
        facts: &mut PackageFacts,
    ) -> Result<(), FactsError> {
        let request =
            Request::new(address.clone(), ARCHIVE_LIMIT).with_credential(self.settings.credential(address));
        let body = fetch.get(&request)?.body;
        facts.verified = super::verify(address, &body, &package.checksums)?;
        if !facts.verified
            && let Some(document) = document
        {
            super::verify(address, &body, &document_checksums(document))?;
        }
        let archive_error = |error| FactsError::Archive { address: shown(address), error };
        let is_manifest = |path: &str| without_top_folder(path) == "package.json";
        let manifest = read_tar_gz(&body, &Limits::default(), &is_manifest).map_err(archive_error)?;
        if let Some(entry) = manifest.first().filter(|_| document.is_none()) {
            let text = entry.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&entry.bytes);
            let found = json(address, text)?;
            facts.declared = statements(&found);
            facts.details = details(&found);
        }
        let named = super::named_files(&facts.declared);
        let wanted = |path: &str| {
            let inside = without_top_folder(path);
            is_license_file(inside) || named.iter().any(|name| name == inside)
        };
        let files = read_tar_gz(&body, &Limits::default(), &wanted).map_err(archive_error)?;
        facts.files = Some(files.into_iter().map(LicenseFile::below_top_folder).collect());
        facts.documents.push(shown(address));
        Ok(())
    }
}

fn registry_in(values: &BTreeMap<String, String>, package: &str, file: &Path) -> Option<TreeRegistry> {
    let scoped = scope(package).and_then(|scope| values.get(&format!("{scope}:registry")));
    named(file, scoped.or_else(|| values.get("registry"))?)
}

fn document_request(address: Url, credential: Option<Credential>) -> Request {
    Request::new(address, DOCUMENT_LIMIT).accepting("application/json").with_credential(credential)
}

fn json(address: &Url, bytes: &[u8]) -> Result<Value, FactsError> {
    serde_json::from_slice(bytes)
        .map_err(|error| FactsError::Unreadable { address: shown(address), reason: error.to_string() })
}

/// `@scope/name` is one segment for a registry.
fn escaped_name(name: &str) -> String {
    match name.split_once('/') {
        Some((scope, rest)) if scope.starts_with('@') => {
            format!("{}%2f{}", super::site::segment(scope), super::site::segment(rest))
        }
        _ => super::site::segment(name),
    }
}

/// `<registry>/<name>/-/<file>.tgz` holds the registry; of another address only the tarball is known.
fn split_lock_address(address: &Url, name: &str, is_archive: bool) -> Place {
    let is_file = address.path().ends_with(".tgz") || address.path().ends_with(".tar.gz");
    let mut base = address.clone();
    base.set_query(None);
    base.set_fragment(None);
    let lower = address.path().to_ascii_lowercase();
    let marks = [format!("/{name}/-/"), format!("/{}/-/", escaped_name(name))];
    let registry = marks.iter().find_map(|mark| lower.find(&mark.to_ascii_lowercase()));
    match registry {
        Some(at) if !is_archive => {
            base.set_path(&address.path()[..=at]);
            Place { base: Some(base), tarball: Some(address.clone()) }
        }
        None if !is_file && !is_archive => Place { base: Some(as_directory(base)), tarball: None },
        _ => Place { base: None, tarball: Some(address.clone()) },
    }
}

fn document_checksums(document: &Value) -> Vec<crate::model::Checksum> {
    let text = |pointer| document.pointer(pointer).and_then(Value::as_str);
    let mut found = text("/dist/integrity").map(from_integrity).unwrap_or_default();
    if let Some(value) = text("/dist/shasum") {
        let algorithm = crate::model::ChecksumAlgorithm::Sha1;
        found.push(crate::model::Checksum { algorithm, value: value.to_owned() });
    }
    found
}

/// A registry whose version has another checksum than the lock file speaks of another package.
fn check_document(address: &Url, document: &Value, package: &Package) -> Result<(), FactsError> {
    for theirs in document_checksums(document) {
        let same_kind: Vec<_> =
            package.checksums.iter().filter(|ours| ours.algorithm == theirs.algorithm).collect();
        let Some(first) = same_kind.first() else { continue };
        if same_kind.iter().any(|ours| ours.value.eq_ignore_ascii_case(&theirs.value)) {
            return Ok(());
        }
        return Err(FactsError::Checksum {
            address: shown(address),
            expected: first.value.clone(),
            found: theirs.value,
        });
    }
    Ok(())
}

/// `license` as a string, an object or an array, and the old `licenses`.
fn statements(document: &Value) -> Vec<DeclaredLicense> {
    let mut found = Vec::new();
    for key in ["license", "licenses"] {
        match document.get(key) {
            Some(Value::Array(members)) => {
                let names: Vec<_> = members.iter().filter_map(name_of).collect();
                match names.as_slice() {
                    [] => {}
                    [one] => found.push(declared(one_statement(one))),
                    _ => found.push(declared(LicenseStatement::List(names))),
                }
            }
            Some(value) => found.extend(name_of(value).map(|name| declared(one_statement(&name)))),
            None => {}
        }
    }
    found
}

fn name_of(value: &Value) -> Option<String> {
    let field = |name: &str| value.get(name).and_then(Value::as_str);
    present(value.as_str().or_else(|| field("type")).or_else(|| field("name")).or_else(|| field("url")))
}

fn one_statement(text: &str) -> LicenseStatement {
    let lower = text.to_ascii_lowercase();
    let file = lower.strip_prefix("see license in ").or_else(|| lower.strip_prefix("see licence in "));
    if let Some(file) = file {
        let name = &text[text.len() - file.len()..];
        return LicenseStatement::File(
            name.trim().trim_matches(['<', '>']).trim_start_matches("./").to_owned(),
        );
    }
    if text == "UNLICENSED" {
        return LicenseStatement::Unlicensed;
    }
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return LicenseStatement::Address(text.to_owned());
    }
    LicenseStatement::Expression(text.to_owned())
}

fn details(document: &Value) -> PackageDetails {
    let text = |pointer: &str| present(document.pointer(pointer).and_then(Value::as_str));
    let author = text("/author/name").or_else(|| text("/author"));
    PackageDetails {
        description: text("/description"),
        homepage: text("/homepage"),
        repository: text("/repository/url").or_else(|| text("/repository")),
        authors: author.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{escaped_name, split_lock_address, statements};
    use crate::model::LicenseStatement;
    use serde_json::json;
    use url::Url;

    #[test]
    fn every_form_of_license_is_read() {
        let of = |value| statements(&value).into_iter().map(|found| found.statement).collect::<Vec<_>>();
        let expression = |text: &str| vec![LicenseStatement::Expression(text.to_owned())];
        assert_eq!(of(json!({"license": "MIT"})), expression("MIT"));
        assert_eq!(of(json!({"license": {"type": "ISC", "url": "x"}})), expression("ISC"));
        assert_eq!(of(json!({"licenses": [{"type": "MIT"}]})), expression("MIT"));
        assert_eq!(
            of(json!({"licenses": [{"type": "MIT"}, "Apache-2.0"]})),
            [LicenseStatement::List(vec!["MIT".to_owned(), "Apache-2.0".to_owned()])]
        );
        assert_eq!(
            of(json!({"license": "SEE LICENSE IN ./EULA.md"})),
            [LicenseStatement::File("EULA.md".to_owned())]
        );
        assert_eq!(of(json!({"license": "UNLICENSED"})), [LicenseStatement::Unlicensed]);
        assert!(of(json!({"license": 7, "licenses": null})).is_empty());
    }

    #[test]
    fn the_registry_of_a_lock_entry_is_found() {
        let base = |address: &str, name: &str| {
            let place = split_lock_address(&Url::parse(address).unwrap(), name, false);
            place.base.map(|base| base.to_string())
        };
        assert_eq!(
            base("https://registry.example/a/-/a-1.0.0.tgz", "a").as_deref(),
            Some("https://registry.example/")
        );
        assert_eq!(
            base("https://registry.example/npm/all/@s/a/-/a-1.0.0.tgz", "@s/a").as_deref(),
            Some("https://registry.example/npm/all/")
        );
        assert_eq!(
            base("https://registry.example/@s%2fa/-/a-1.0.0.tgz", "@s/a").as_deref(),
            Some("https://registry.example/")
        );
        assert_eq!(
            base("https://registry.example/npm", "a").as_deref(),
            Some("https://registry.example/npm/")
        );
        assert_eq!(base("https://registry.example/download/a.tgz", "a"), None);
        assert_eq!(escaped_name("@s/../x"), "@s%2f..%2Fx");
    }
}
