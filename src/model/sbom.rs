//! An SBOM as a document: what every reader of SBOMs fills and every writer of them renders.
//!
//! It holds what CycloneDX and SPDX have in common. Words (component kinds, hash names, reference kinds) are
//! those of CycloneDX; the SPDX side translates.

use super::{Linkage, Scope};
use serde::Serialize;
use std::collections::BTreeMap;

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Document {
    /// What the document is about, in a word or two.
    pub name: String,
    /// When it was made, as RFC 3339 in UTC; none if nobody gave a time.
    pub created: Option<String>,
    /// The programs that made it: name and version.
    pub tools: Vec<(String, Option<String>)>,
    /// The person or organisation that answers for the document.
    pub author: Option<Contact>,
    /// The SPDX License List its license ids come from.
    pub license_list_version: Option<String>,
    /// What the document describes: positions in `components`.
    pub roots: Vec<usize>,
    /// Everything in it.
    pub components: Vec<Component>,
    /// What depends on what.
    pub edges: Vec<Edge>,
    /// Whether every component and edge is in it; none if the document does not say.
    pub complete: Option<bool>,
    /// Licenses of the document's own: `LicenseRef-…` and what it stands for.
    pub custom_licenses: BTreeMap<String, CustomLicense>,
    /// Remarks on components.
    pub remarks: Vec<Remark>,
    /// Facts that the formats have no field for.
    pub properties: Vec<Property>,
    /// Recommendations and what was found about them.
    pub practices: Vec<super::PracticeResult>,
}

/// A person or organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Its name.
    pub name: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its web address.
    pub url: Option<String>,
}

/// A component.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Component {
    /// Its name inside the document (`bom-ref`, `SPDXID`); unique, not empty.
    pub reference: String,
    /// `library`, `application`, `file` and the other words of CycloneDX.
    pub kind: String,
    /// The namespace before its name.
    pub group: Option<String>,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its package URL, verbatim.
    pub purl: Option<String>,
    /// One line about it.
    pub description: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Copyright notices.
    pub copyright: Option<String>,
    /// `required`, `optional` or `excluded`.
    pub scope: Option<String>,
    /// License statements.
    pub licenses: Vec<LicenseEntry>,
    /// Licenses seen in its files.
    pub observed: Vec<Observed>,
    /// Checksums of its archive: algorithm as CycloneDX writes it, value in hexadecimal.
    pub hashes: Vec<(String, String)>,
    /// Addresses.
    pub references: Vec<Reference>,
    /// Files and lines that name it.
    pub occurrences: Vec<(String, u32)>,
    /// Facts that the formats have no field for.
    pub properties: Vec<Property>,
    /// Whoever made it, where that is an organisation or person with an address.
    pub manufacturer: Option<Contact>,
    /// The line of the document it starts on, for a document that was read.
    #[serde(skip)]
    pub line: Option<u32>,
}

impl Component {
    /// The value of a property.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|property| property.name == name).map(|property| property.value.as_str())
    }

    /// `name version`, or the name alone.
    pub fn label(&self) -> String {
        super::label(&self.name, self.version.as_deref())
    }
}

/// A name with a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Property {
    /// The name, in the namespace of whoever defines it (`licgraph:verdict`).
    pub name: String,
    /// The value.
    pub value: String,
}

impl Property {
    /// A name with a value.
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.into() }
    }
}

/// Who says that a license applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Acknowledgement {
    /// The authors.
    Declared,
    /// A review.
    Concluded,
}

impl Acknowledgement {
    /// The word of CycloneDX.
    pub fn name(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Concluded => "concluded",
        }
    }
}

/// What a license statement says, in the form the document has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum LicenseValue {
    /// In a field for ids of the SPDX list.
    Id(String),
    /// In a field for free names.
    Name(String),
    /// In a field for SPDX expressions.
    Expression(String),
    /// Only an address was given.
    Address(String),
    /// Only a text was given.
    Text(String),
}

impl LicenseValue {
    /// The string, whatever its form.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Id(text)
            | Self::Name(text)
            | Self::Expression(text)
            | Self::Address(text)
            | Self::Text(text) => text,
        }
    }
}

/// A license statement of a component. Several of one kind side by side all apply.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LicenseEntry {
    /// What it says.
    pub value: LicenseValue,
    /// Who says so; none if the document does not tell.
    pub acknowledgement: Option<Acknowledgement>,
    /// The license text.
    pub text: Option<String>,
    /// The address of the license.
    pub url: Option<String>,
}

impl LicenseEntry {
    /// A statement without text and address.
    pub fn new(value: LicenseValue, acknowledgement: Option<Acknowledgement>) -> Self {
        Self { value, acknowledgement, text: None, url: None }
    }
}

/// A license seen in a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Observed {
    /// The license or expression.
    pub license: String,
    /// The file, relative to the component.
    pub file: Option<String>,
    /// First and last line, from 1.
    pub lines: Option<(u32, u32)>,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: Option<String>,
    /// Similarity to the known text in percent.
    pub percent: Option<u8>,
}

/// An address that belongs to a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// `website`, `vcs`, `distribution` and the other words of CycloneDX.
    pub kind: String,
    /// The address.
    pub url: String,
    /// Checksums of what lies there.
    pub hashes: Vec<(String, String)>,
}

/// A dependency between two components, by position.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Edge {
    /// The dependent component.
    pub from: usize,
    /// The component it depends on.
    pub to: usize,
    /// Why, if the document says.
    pub scope: Option<Scope>,
    /// How it is joined, if the document says.
    pub linkage: Option<Linkage>,
}

/// What a `LicenseRef-…` stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CustomLicense {
    /// Its name.
    pub name: Option<String>,
    /// Its text.
    pub text: Option<String>,
    /// Its address.
    pub url: Option<String>,
}

/// A sentence about a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// The component it is about; the document's root if none.
    pub component: Option<usize>,
    /// The sentence.
    pub text: String,
}
