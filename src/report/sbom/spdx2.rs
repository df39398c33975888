//! SPDX 2.3.

use super::spdx_licenses::{self as names, CustomLicenses, element_ids, license_texts, property_lines};
use super::spdx2_model::{
    Annotation, Checksum, CreationInfo, ExternalRef, ExtractedLicense, Package, Relationship, SpdxDocument,
};
use super::text::address;
use super::{SbomError, SbomOptions, spdx2_tag_value};
use crate::model::sbom::{Component, CustomLicense, Document, Edge};
use crate::model::{Linkage, Scope};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What stands where a license text must and none is known; the reader knows it again.
pub(crate) const NO_TEXT: &str = "The text of this license is not known.";

/// As JSON.
pub(super) fn json(document: &Document, options: &SbomOptions, identity: Uuid) -> Result<Vec<u8>, SbomError> {
    let mut bytes = serde_json::to_vec_pretty(&build(document, options, identity))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// As tag-value.
pub(super) fn tag_value(
    document: &Document,
    options: &SbomOptions,
    identity: Uuid,
) -> Result<Vec<u8>, SbomError> {
    Ok(spdx2_tag_value::write(&build(document, options, identity)).into_bytes())
}

fn build(document: &Document, options: &SbomOptions, identity: Uuid) -> SpdxDocument {
    let ids = element_ids(document);
    let mut custom = CustomLicenses::default();
    let mut remarks: HashMap<Option<usize>, Vec<&str>> = HashMap::new();
    for remark in &document.remarks {
        remarks.entry(remark.component).or_default().push(&remark.text);
    }
    let context = Context { document, options, date: names::created(document), remarks };
    let packages =
        (0..ids.len()).map(|position| context.package(position, &ids[position], &mut custom)).collect();
    SpdxDocument {
        spdx_version: "SPDX-2.3",
        data_license: "CC0-1.0",
        id: "SPDXRef-DOCUMENT",
        name: super::text::one_line(&document.name),
        document_namespace: namespace(identity),
        creation_info: creation_info(document),
        comment: completeness(document),
        packages,
        has_extracted_licensing_infos: custom.found.into_iter().map(extracted).collect(),
        relationships: relationships(document, &ids),
        annotations: context
            .annotation(property_lines(&document.properties))
            .into_iter()
            .chain(context.remarks(None))
            .collect(),
    }
}

/// A name that resolves nowhere, as SPDX 2.3 section 6.5 suggests for those without an address of their own.
pub(super) fn namespace(identity: Uuid) -> String {
    format!("https://spdx.org/spdxdocs/licgraph-{identity}")
}

fn creation_info(document: &Document) -> CreationInfo {
    let mut creators: Vec<String> = document
        .tools
        .iter()
        .map(|(name, version)| match version {
            Some(version) => format!("Tool: {name}-{version}"),
            None => format!("Tool: {name}"),
        })
        .collect();
    if let Some(author) = &document.author {
        let name = author.name.as_deref().or(author.url.as_deref()).unwrap_or("anonymous");
        let mail = author.email.as_deref().map(|mail| format!(" ({mail})")).unwrap_or_default();
        creators.push(format!("Organization: {name}{mail}"));
    }
    if creators.is_empty() {
        creators.push("Organization: anonymous".to_owned());
    }
    let no_time = document.created.is_none();
    CreationInfo {
        created: names::created(document),
        creators,
        license_list_version: document.license_list_version.as_deref().map(major_minor),
        comment: no_time.then_some("No time was given; SPDX demands one."),
    }
}

/// SPDX 2.3 section 6.7 knows `3.29`, not `3.29.0`.
fn major_minor(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

fn completeness(document: &Document) -> Option<String> {
    let word = if document.complete? { "complete" } else { "incomplete" };
    Some(format!("The dependency relationships in this document are {word}."))
}

struct Context<'a> {
    document: &'a Document,
    options: &'a SbomOptions,
    date: String,
    remarks: HashMap<Option<usize>, Vec<&'a str>>,
}

impl Context<'_> {
    fn package(&self, position: usize, id: &str, custom: &mut CustomLicenses) -> Package {
        let component = &self.document.components[position];
        let stated = custom.state(component, self.document);
        let annotations = self
            .annotation(property_lines(&names::properties(component)))
            .into_iter()
            .chain(self.remarks(Some(position)))
            .collect();
        let find = |kind: &str| component.references.iter().find(|known| known.kind == kind);
        Package {
            id: id.to_owned(),
            name: super::text::one_line(&component.name),
            version_info: component.version.clone(),
            primary_package_purpose: purpose(&component.kind),
            download_location: find("distribution").map_or("NOASSERTION", |known| &known.url).to_owned(),
            files_analyzed: false,
            checksums: component.hashes.iter().filter_map(checksum).collect(),
            homepage: find("website").map(|known| known.url.clone()),
            attribution_texts: license_texts(&stated, self.options),
            license_concluded: stated.concluded,
            license_declared: stated.declared,
            copyright_text: component.copyright.clone(),
            description: component.description.clone(),
            external_refs: external_refs(component),
            annotations,
        }
    }

    fn remarks(&self, component: Option<usize>) -> Vec<Annotation> {
        let about = self.remarks.get(&component).into_iter().flatten();
        about.filter_map(|remark| self.annotation((*remark).to_owned())).collect()
    }

    fn annotation(&self, comment: String) -> Option<Annotation> {
        if comment.is_empty() {
            return None;
        }
        let annotator = match self.document.tools.first() {
            Some((name, Some(version))) => format!("Tool: {name}-{version}"),
            Some((name, None)) => format!("Tool: {name}"),
            None => "Organization: anonymous".to_owned(),
        };
        Some(Annotation { annotation_date: self.date.clone(), annotation_type: "OTHER", annotator, comment })
    }
}

/// The words of SPDX 2.3 section 7.24.
fn purpose(kind: &str) -> Option<&'static str> {
    match kind {
        "application" => Some("APPLICATION"),
        "framework" => Some("FRAMEWORK"),
        "library" => Some("LIBRARY"),
        "container" => Some("CONTAINER"),
        "operating-system" => Some("OPERATING-SYSTEM"),
        "device" => Some("DEVICE"),
        "firmware" => Some("FIRMWARE"),
        "file" => Some("FILE"),
        _ => None,
    }
}

fn checksum((algorithm, value): &(String, String)) -> Option<Checksum> {
    let algorithm = match algorithm.as_str() {
        "MD5" | "BLAKE2b-256" | "BLAKE2b-384" | "BLAKE2b-512" | "BLAKE3" | "SHA3-256" | "SHA3-384"
        | "SHA3-512" => algorithm.clone(),
        "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512" => algorithm.replace('-', ""),
        _ => return None,
    };
    Some(Checksum { algorithm, checksum_value: value.clone() })
}

fn external_refs(component: &Component) -> Vec<ExternalRef> {
    let purl = component.purl.iter().map(|purl| ExternalRef {
        reference_category: "PACKAGE-MANAGER",
        reference_type: "purl",
        reference_locator: purl.clone(),
        comment: None,
    });
    let rest = component
        .references
        .iter()
        .filter(|known| known.kind != "website" && known.kind != "distribution")
        .filter_map(|known| {
            Some(ExternalRef {
                reference_category: "OTHER",
                reference_type: "address",
                reference_locator: address(&known.url)?,
                comment: Some(known.kind.clone()),
            })
        });
    purl.chain(rest).collect()
}

fn extracted((license_id, known): (String, CustomLicense)) -> ExtractedLicense {
    ExtractedLicense {
        license_id,
        extracted_text: known.text.unwrap_or_else(|| NO_TEXT.to_owned()),
        name: known.name,
        see_alsos: known.url.into_iter().collect(),
    }
}

fn relationships(document: &Document, ids: &[String]) -> Vec<Relationship> {
    let relate = |from: &str, relationship_type, to: &str| Relationship {
        spdx_element_id: from.to_owned(),
        relationship_type,
        related_spdx_element: to.to_owned(),
    };
    let mut found: Vec<Relationship> =
        document.roots.iter().map(|root| relate("SPDXRef-DOCUMENT", "DESCRIBES", &ids[*root])).collect();
    let mut written = BTreeSet::new();
    for edge in &document.edges {
        let (from, to) = (&ids[edge.from], &ids[edge.to]);
        let (kind, turned) = dependency_word(edge);
        if written.insert((edge.from, edge.to, kind)) {
            found.push(if turned { relate(to, kind, from) } else { relate(from, kind, to) });
        }
        let link = match edge.linkage {
            Some(Linkage::Static | Linkage::Merge) => "STATIC_LINK",
            Some(Linkage::Dynamic) => "DYNAMIC_LINK",
            _ => continue,
        };
        if written.insert((edge.from, edge.to, link)) {
            found.push(relate(from, link, to));
        }
    }
    found
}

/// The relationship of SPDX 2.3 section 11.1, and whether it runs from the dependency to the dependent.
fn dependency_word(edge: &Edge) -> (&'static str, bool) {
    match edge.scope {
        Some(Scope::Optional) => ("OPTIONAL_DEPENDENCY_OF", true),
        Some(Scope::Peer) => ("PROVIDED_DEPENDENCY_OF", true),
        Some(Scope::Build) => ("BUILD_DEPENDENCY_OF", true),
        Some(Scope::Dev) => ("DEV_DEPENDENCY_OF", true),
        Some(Scope::Runtime) | None => ("DEPENDS_ON", false),
    }
}
