//! The elements of SPDX 3 of which a large document has many, or that are large, as they are written.

use super::spdx3::CREATION;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// `software_Package`.
#[derive(Serialize)]
pub(super) struct Package<'a> {
    #[serde(rename = "type")]
    pub(super) class: &'static str,
    #[serde(rename = "spdxId")]
    pub(super) id: &'a str,
    #[serde(rename = "creationInfo")]
    pub(super) creation: &'static str,
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    #[serde(rename = "software_packageVersion", skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<&'a str>,
    #[serde(rename = "software_packageUrl", skip_serializing_if = "Option::is_none")]
    pub(super) purl: Option<&'a str>,
    #[serde(rename = "software_primaryPurpose", skip_serializing_if = "Option::is_none")]
    pub(super) purpose: Option<&'static str>,
    #[serde(rename = "software_downloadLocation", skip_serializing_if = "Option::is_none")]
    pub(super) download_location: Option<&'a str>,
    #[serde(rename = "software_homePage", skip_serializing_if = "Option::is_none")]
    pub(super) home_page: Option<&'a str>,
    #[serde(rename = "software_copyrightText", skip_serializing_if = "Option::is_none")]
    pub(super) copyright: Option<&'a str>,
    #[serde(rename = "software_attributionText", skip_serializing_if = "Vec::is_empty")]
    pub(super) attribution: Vec<String>,
    #[serde(rename = "verifiedUsing", skip_serializing_if = "Vec::is_empty")]
    pub(super) hashes: Vec<Value>,
    #[serde(rename = "externalRef", skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extension: Option<Value>,
}

/// `Relationship` and `LifecycleScopedRelationship`.
#[derive(Serialize)]
pub(super) struct Relationship<'a> {
    #[serde(rename = "type")]
    pub(super) class: &'static str,
    #[serde(rename = "spdxId")]
    id: &'a str,
    #[serde(rename = "creationInfo")]
    creation: &'static str,
    #[serde(rename = "relationshipType")]
    kind: &'a str,
    from: &'a str,
    to: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) completeness: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<&'a str>,
}

impl<'a> Relationship<'a> {
    /// One without scope and completeness.
    pub(super) fn new(id: &'a str, kind: &'a str, from: &'a str, to: Vec<&'a str>) -> Self {
        let class = "Relationship";
        Self { class, id, creation: CREATION, kind, from, to, completeness: None, scope: None }
    }
}

/// `software_Sbom` and `SpdxDocument`, which name every element.
#[derive(Serialize)]
pub(super) struct Closing<'a> {
    #[serde(rename = "type")]
    class: &'static str,
    #[serde(rename = "spdxId")]
    id: &'a str,
    #[serde(rename = "creationInfo")]
    creation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(rename = "software_sbomType", skip_serializing_if = "Option::is_none")]
    pub(super) sbom_type: Option<[&'static str; 1]>,
    #[serde(rename = "profileConformance", skip_serializing_if = "Option::is_none")]
    pub(super) profiles: Option<[&'static str; 4]>,
    #[serde(rename = "rootElement", skip_serializing_if = "Vec::is_empty")]
    pub(super) roots: Vec<&'a str>,
    #[serde(rename = "element")]
    pub(super) elements: Elements<'a>,
    #[serde(rename = "dataLicense", skip_serializing_if = "Option::is_none")]
    pub(super) data_license: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extension: Option<Value>,
}

impl<'a> Closing<'a> {
    /// One that names the elements and nothing else.
    pub(super) fn new(class: &'static str, id: &'a str, elements: &'a [String]) -> Self {
        Self {
            class,
            id,
            creation: CREATION,
            name: None,
            sbom_type: None,
            profiles: None,
            roots: Vec::new(),
            elements: Elements { ids: elements, last: None },
            data_license: None,
            extension: None,
        }
    }
}

/// The ids of elements, and one more behind them.
pub(super) struct Elements<'a> {
    ids: &'a [String],
    pub(super) last: Option<&'a str>,
}

impl Serialize for Elements<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.ids.len() + usize::from(self.last.is_some())))?;
        for id in self.ids {
            list.serialize_element(id)?;
        }
        if let Some(last) = self.last {
            list.serialize_element(last)?;
        }
        list.end()
    }
}
