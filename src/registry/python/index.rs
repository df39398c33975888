//! A project page of a package index, as JSON (PEP 691) or HTML (PEP 503).

use crate::model::{Checksum, ChecksumAlgorithm};
use crate::registry::fetch::Response;
use crate::registry::package_facts::FactsError;
use crate::registry::site::shown;
use pep440_rs::Version;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::str::FromStr;
use url::Url;

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IndexFile {
    pub(crate) name: String,
    pub(crate) address: Url,
    /// In hexadecimal.
    pub(crate) sha256: Option<String>,
    /// In bytes, where the index says so (PEP 700).
    pub(crate) size: Option<u64>,
    /// The metadata lies beside the file (PEP 658, PEP 714).
    pub(crate) metadata: Metadata,
    /// The Pythons it is for.
    pub(crate) requires_python: Option<String>,
    /// Taken back by its authors (PEP 592).
    pub(crate) yanked: bool,
}

/// Whether the metadata lies beside the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Metadata {
    No,
    Yes,
    /// With this SHA-256.
    Hashed(String),
}

impl IndexFile {
    pub(crate) fn is_wheel(&self) -> bool {
        self.name.ends_with(".whl")
    }

    pub(crate) fn is_source(&self) -> bool {
        self.name.ends_with(".tar.gz") || self.name.ends_with(".zip")
    }

    /// Whether it belongs to this version of a project (normalised name).
    pub(crate) fn is_of(&self, project: &str, version: &str) -> bool {
        let Some(found) = self.version(project) else { return false };
        match (Version::from_str(found), Version::from_str(version)) {
            (Ok(found), Ok(wanted)) => found == wanted,
            _ => found == version,
        }
    }

    /// `name-version-tags.whl`, `name-version.tar.gz`; the name may hold hyphens in old source archives.
    pub(crate) fn version(&self, project: &str) -> Option<&str> {
        let stem = [".whl", ".tar.gz", ".zip"].iter().find_map(|suffix| self.name.strip_suffix(suffix))?;
        if self.is_wheel() {
            return stem.split('-').nth(1);
        }
        stem.match_indices('-')
            .find(|(at, _)| super::normalise(&stem[..*at]) == project)
            .map(|(at, _)| &stem[at + 1..])
    }

    /// Its checksum by the index, for comparing.
    pub(crate) fn checksums(&self) -> Vec<Checksum> {
        let checksum =
            |value: &String| Checksum { algorithm: ChecksumAlgorithm::Sha256, value: value.clone() };
        self.sha256.iter().map(checksum).collect()
    }
}

#[derive(Deserialize)]
struct RawPage {
    files: Vec<RawFile>,
}

#[derive(Deserialize)]
struct RawFile {
    filename: String,
    url: String,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
    size: Option<u64>,
    #[serde(rename = "core-metadata")]
    core_metadata: Option<serde_json::Value>,
    #[serde(rename = "dist-info-metadata")]
    dist_info_metadata: Option<serde_json::Value>,
    #[serde(rename = "requires-python")]
    requires_python: Option<String>,
    /// `true`, or the reason.
    #[serde(default)]
    yanked: serde_json::Value,
}

/// Reads a page.
pub(crate) fn read_page(response: &Response) -> Result<Vec<IndexFile>, FactsError> {
    if response.content_type.ends_with("json") {
        let page: RawPage = serde_json::from_slice(&response.body).map_err(|error| {
            FactsError::Unreadable { address: shown(&response.address), reason: error.to_string() }
        })?;
        return Ok(page.files.into_iter().filter_map(|raw| from_json(raw, &response.address)).collect());
    }
    if response.content_type == "text/html" || response.content_type.ends_with("+html") {
        return Ok(from_html(&String::from_utf8_lossy(&response.body), &response.address));
    }
    let reason = format!("`{}` is no page of a package index", response.content_type);
    Err(FactsError::Unreadable { address: shown(&response.address), reason })
}

fn from_json(raw: RawFile, page: &Url) -> Option<IndexFile> {
    let metadata = match raw.core_metadata.or(raw.dist_info_metadata) {
        Some(serde_json::Value::Bool(true)) => Metadata::Yes,
        Some(serde_json::Value::Object(hashes)) => {
            match hashes.get("sha256").and_then(|hash| hash.as_str()) {
                Some(hash) => Metadata::Hashed(hash.to_owned()),
                None => Metadata::Yes,
            }
        }
        _ => Metadata::No,
    };
    Some(IndexFile {
        name: raw.filename,
        address: page.join(&raw.url).ok()?,
        sha256: raw.hashes.get("sha256").cloned(),
        size: raw.size,
        metadata,
        requires_python: raw.requires_python,
        yanked: raw.yanked.is_string() || raw.yanked == serde_json::Value::Bool(true),
    })
}

/// Reads the anchors; everything else of the page is of no interest.
fn from_html(text: &str, page: &Url) -> Vec<IndexFile> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = find_anchor(rest) {
        let tag = &rest[start..];
        let Some(end) = tag_end(tag) else { break };
        let attributes = attributes(&tag[2..end]);
        rest = &tag[end..];
        let Some(mut address) = attributes.get("href").and_then(|href| page.join(href).ok()) else {
            continue;
        };
        let sha256 =
            address.fragment().and_then(|fragment| fragment.strip_prefix("sha256=")).map(str::to_owned);
        address.set_fragment(None);
        let shown_name = rest[1..].split('<').next().unwrap_or_default().trim();
        let of_path = || address.path_segments()?.next_back().map(str::to_owned);
        let name = if shown_name.is_empty() { of_path().unwrap_or_default() } else { unescape(shown_name) };
        let marker =
            attributes.get("data-core-metadata").or_else(|| attributes.get("data-dist-info-metadata"));
        let metadata = match marker.map(String::as_str) {
            None | Some("false") => Metadata::No,
            Some(value) => match value.strip_prefix("sha256=") {
                Some(hash) => Metadata::Hashed(hash.to_owned()),
                None => Metadata::Yes,
            },
        };
        found.push(IndexFile {
            name,
            address,
            sha256,
            size: None,
            metadata,
            requires_python: attributes.get("data-requires-python").cloned(),
            yanked: attributes.contains_key("data-yanked"),
        });
    }
    found
}

fn find_anchor(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).find(|at| {
        bytes.get(at + 1).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'a'))
            && bytes.get(at + 2).is_some_and(u8::is_ascii_whitespace)
    })
}

/// The place of the `>` that ends a tag; one inside quotes does not (`data-requires-python=">=3"`).
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn attributes(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end =
            rest.find(|character: char| character == '=' || character.is_whitespace()).unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let (inner, length) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let close = after[1..].find(quote).unwrap_or(after.len() - 1);
                    (&after[1..=close], (close + 2).min(after.len()))
                }
                _ => {
                    let close = after.find(char::is_whitespace).unwrap_or(after.len());
                    (&after[..close], close)
                }
            };
            value = inner;
            rest = after[length..].trim_start();
        } else if end == 0 {
            break;
        }
        found.insert(name, unescape(value));
    }
    found
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{Metadata, from_html, read_page};
    use crate::registry::fetch::Response;
    use url::Url;

    fn page() -> Url {
        Url::parse("https://registry.example/simple/a-b/").unwrap()
    }

    #[test]
    fn anchors_of_html_pages_are_read() {
        let html = r##"<!DOCTYPE html><abbr>no</abbr>
            <a href="../../files/a_b-1.0-py3-none-any.whl#sha256=aa" data-requires-python="&gt;=3" data-core-metadata="sha256=bb">a_b-1.0-py3-none-any.whl</a>
            <A HREF='a-b-1.0.tar.gz' data-x=">">a-b-1.0.tar.gz</A><a name=x>y</a><a href="
        "##;
        let files = from_html(html, &page());
        assert_eq!(files.len(), 2);
        assert_eq!(files[0].address.as_str(), "https://registry.example/files/a_b-1.0-py3-none-any.whl");
        assert_eq!(files[0].sha256.as_deref(), Some("aa"));
        assert_eq!(files[0].metadata, Metadata::Hashed("bb".to_owned()));
        assert_eq!(files[0].requires_python.as_deref(), Some(">=3"));
        assert!(!files[0].yanked);
        assert!(files[0].is_of("a-b", "1.0.0") && files[1].is_of("a-b", "1"));
        assert!(!files[1].is_of("a-b", "1.1") && !files[1].is_of("a", "1.0"));
    }

    #[test]
    fn pages_of_another_kind_are_refused() {
        for (kind, body) in [("text/plain", "x"), ("application/json", "{"), ("", "")] {
            let response =
                Response { address: page(), content_type: kind.to_owned(), body: body.as_bytes().to_vec() };
            assert!(read_page(&response).is_err(), "{kind}");
        }
    }
}
