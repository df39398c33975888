//! The files of `data/` as they are written.

use crate::groups::{self, Groups};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use toml::Spanned;

/// Where a record stands, for messages.
#[derive(Clone, Debug)]
pub struct Place {
    pub file: String,
    pub line: usize,
}

/// A record with its place.
pub struct Placed<T> {
    pub value: T,
    pub place: Place,
}

impl Place {
    /// A message that starts with the file and line.
    pub fn error(&self, message: &str) -> String {
        format!("{}:{}: {message}", self.file, self.line)
    }
}

impl<T> Placed<T> {
    /// A message that starts with the record's file and line.
    pub fn error(&self, message: &str) -> String {
        self.place.error(message)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(rename = "title")]
    _title: String,
    #[serde(rename = "about")]
    _about: String,
    #[serde(default)]
    license: Vec<Spanned<RawLicense>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawLicense {
    pub id: String,
    pub category: String,
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default)]
    pub scope: Option<String>,
    #[serde(default)]
    pub network: bool,
    #[serde(default)]
    pub internal: bool,
    pub gpl2: String,
    pub gpl3: String,
    #[serde(default)]
    pub gpl_authority: Option<String>,
    #[serde(default)]
    pub admits: Option<String>,
    #[serde(default)]
    pub closed: bool,
    #[serde(default)]
    pub restrictions: Vec<String>,
    #[serde(default)]
    pub use_limits: Vec<String>,
    #[serde(default)]
    pub family: Option<String>,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub grant: Option<String>,
    #[serde(default)]
    pub later: Option<String>,
    #[serde(default)]
    pub later_clause: Option<String>,
    #[serde(default)]
    pub converts: Vec<RawConversion>,
    #[serde(default)]
    pub obligations: Vec<String>,
    #[serde(default)]
    pub fsf: Option<String>,
    pub judged: String,
    #[serde(default)]
    pub authority: Vec<String>,
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawConversion {
    pub to: Vec<String>,
    pub clause: String,
    #[serde(default)]
    pub whole: bool,
    #[serde(default)]
    pub needs_target: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExceptionPage {
    exception: Vec<Spanned<RawException>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawException {
    pub id: String,
    pub effect: String,
    #[serde(default)]
    pub linkage: Vec<String>,
    #[serde(default)]
    pub outbound_links: Option<String>,
    #[serde(default)]
    pub names: Vec<String>,
    #[serde(default)]
    pub bases: Vec<String>,
    #[serde(default)]
    pub restricts: bool,
    #[serde(default)]
    pub condition: Option<String>,
    pub clause: String,
    #[serde(default)]
    pub note: Option<String>,
    pub judged: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PairPage {
    #[serde(default)]
    groups: Groups,
    #[serde(default)]
    pair: Vec<Spanned<RawPair>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPair {
    pub inbound: Vec<String>,
    pub outbound: Vec<String>,
    #[serde(default)]
    pub linkage: Vec<String>,
    #[serde(default)]
    pub distribution: Vec<String>,
    pub verdict: String,
    pub reason: String,
    pub authority: String,
    #[serde(default)]
    pub condition: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeprecatedPage {
    deprecated: Vec<Spanned<RawDeprecated>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawDeprecated {
    pub id: String,
    #[serde(rename = "use")]
    pub replacement: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PopularPage {
    licenses: Vec<String>,
}

/// An entry of the SPDX license list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedLicense {
    pub license_id: String,
    pub name: String,
    pub is_deprecated_license_id: bool,
    #[serde(default)]
    pub is_osi_approved: bool,
    #[serde(default)]
    pub is_fsf_libre: Option<bool>,
}

/// An entry of the SPDX exception list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedException {
    pub license_exception_id: String,
    pub name: String,
    pub is_deprecated_license_id: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LicenseList {
    license_list_version: String,
    licenses: Vec<ListedLicense>,
}

#[derive(Deserialize)]
struct ExceptionList {
    exceptions: Vec<ListedException>,
}

#[derive(Deserialize)]
struct FsfList {
    licenses: BTreeMap<String, FsfEntry>,
}

#[derive(Deserialize)]
struct FsfEntry {
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    identifiers: FsfIdentifiers,
}

#[derive(Deserialize, Default)]
struct FsfIdentifiers {
    #[serde(default)]
    spdx: Vec<String>,
}

/// Everything in `data/` that the engine needs.
pub struct Knowledge {
    pub list_version: String,
    pub licenses: BTreeMap<String, Placed<RawLicense>>,
    pub listed: BTreeMap<String, ListedLicense>,
    pub exceptions: BTreeMap<String, Placed<RawException>>,
    pub listed_exceptions: BTreeMap<String, ListedException>,
    pub pairs: Vec<Placed<RawPair>>,
    pub deprecated: Vec<Placed<RawDeprecated>>,
    pub popular: Vec<String>,
    pub fsf_libre: BTreeSet<String>,
    pub fsf_non_free: BTreeSet<String>,
}

impl Knowledge {
    /// Reads all files; a file that cannot be read ends the build with every message so far.
    pub fn read(data: &Path) -> Result<Self, Vec<String>> {
        let mut errors = Vec::new();
        let licenses = read_pages(&data.join("licenses"), &mut errors);
        let page: Option<ExceptionPage> = read_toml(&data.join("exceptions.toml"), &mut errors);
        let exceptions = keep_once(
            page.map(|page| page.exception).unwrap_or_default(),
            &data.join("exceptions.toml"),
            |raw| raw.id.clone(),
            &mut errors,
        );
        let pairs = read_pairs(&data.join("pairs.toml"), &mut errors);
        let deprecated: Option<DeprecatedPage> = read_toml(&data.join("deprecated.toml"), &mut errors);
        let popular: Option<PopularPage> = read_toml(&data.join("popular.toml"), &mut errors);
        let lists = data.join("lists");
        let list: Option<LicenseList> = read_json(&lists.join("spdx-licenses.json"), &mut errors);
        let exception_list: Option<ExceptionList> =
            read_json(&lists.join("spdx-exceptions.json"), &mut errors);
        let fsf: Option<FsfList> = read_json(&lists.join("fsf-licenses.json"), &mut errors);
        let (Some(list), Some(exception_list), Some(fsf)) = (list, exception_list, fsf) else {
            return Err(errors);
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            list_version: list.license_list_version,
            licenses,
            listed: list.licenses.into_iter().map(|entry| (entry.license_id.clone(), entry)).collect(),
            exceptions,
            listed_exceptions: exception_list
                .exceptions
                .into_iter()
                .map(|entry| (entry.license_exception_id.clone(), entry))
                .collect(),
            pairs,
            deprecated: place_all(
                deprecated.map(|page| page.deprecated).unwrap_or_default(),
                &data.join("deprecated.toml"),
            ),
            popular: popular.map(|page| page.licenses).unwrap_or_default(),
            fsf_libre: tagged(&fsf, "libre"),
            fsf_non_free: tagged(&fsf, "non-free"),
        })
    }
}

fn read_pages(directory: &Path, errors: &mut Vec<String>) -> BTreeMap<String, Placed<RawLicense>> {
    let mut pages: Vec<_> = match fs::read_dir(directory) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => {
            errors.push(format!("{}: {error}", directory.display()));
            Vec::new()
        }
    };
    pages.sort();
    let mut records = BTreeMap::new();
    for path in pages.iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
        let Some(page) = read_toml::<Page>(path, errors) else { continue };
        for (id, record) in keep_once(page.license, path, |raw| raw.id.clone(), errors) {
            if let Some(first) = records.insert(id.clone(), record) {
                errors.push(first.error(&format!("`{id}` has a second record in {}", path.display())));
            }
        }
    }
    records
}

fn read_pairs(path: &Path, errors: &mut Vec<String>) -> Vec<Placed<RawPair>> {
    let Some(page) = read_toml::<PairPage>(path, errors) else { return Vec::new() };
    let mut pairs = place_all(page.pair, path);
    groups::expand(&page.groups, &mut pairs, errors);
    pairs
}

fn keep_once<T>(
    values: Vec<Spanned<T>>,
    path: &Path,
    key: impl Fn(&T) -> String,
    errors: &mut Vec<String>,
) -> BTreeMap<String, Placed<T>> {
    let mut kept = BTreeMap::new();
    for record in place_all(values, path) {
        let id = key(&record.value);
        if let Some(first) = kept.insert(id.clone(), record) {
            errors.push(first.error(&format!("`{id}` stands twice on this page")));
        }
    }
    kept
}

/// Records with file and line.
pub fn place_all<T>(values: Vec<Spanned<T>>, path: &Path) -> Vec<Placed<T>> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let place = |start: usize| Place {
        file: file.clone(),
        line: text.as_bytes()[..start.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1,
    };
    values
        .into_iter()
        .map(|spanned| Placed { place: place(spanned.span().start), value: spanned.into_inner() })
        .collect()
}

/// Reads a TOML page; what is wrong with it joins the errors.
pub fn read_toml<T: DeserializeOwned>(path: &Path, errors: &mut Vec<String>) -> Option<T> {
    let text = read_text(path, errors)?;
    toml::from_str(&text).map_err(|error| errors.push(format!("{}: {error}", path.display()))).ok()
}

fn read_json<T: DeserializeOwned>(path: &Path, errors: &mut Vec<String>) -> Option<T> {
    let text = read_text(path, errors)?;
    serde_json::from_str(&text).map_err(|error| errors.push(format!("{}: {error}", path.display()))).ok()
}

fn read_text(path: &Path, errors: &mut Vec<String>) -> Option<String> {
    fs::read_to_string(path).map_err(|error| errors.push(format!("{}: {error}", path.display()))).ok()
}

fn tagged(list: &FsfList, tag: &str) -> BTreeSet<String> {
    list.licenses
        .values()
        .filter(|entry| entry.tags.iter().any(|known| known == tag))
        .flat_map(|entry| entry.identifiers.spdx.iter().cloned())
        .collect()
}
