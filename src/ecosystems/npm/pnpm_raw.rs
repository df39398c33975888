//! pnpm-lock.yaml and pnpm-workspace.yaml as written.

use super::text_file::TextFile;
use super::yaml_lines;
use crate::model::Problem;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// The lock file. Packages are boxed because moving them about in a map costs more than reading them.
#[derive(Debug, Default)]
pub(super) struct RawLock {
    pub(super) importers: BTreeMap<String, RawImporter>,
    /// The dependencies at the top of a lock of one project.
    pub(super) root: RawImporter,
    pub(super) packages: BTreeMap<String, Box<RawPackage>>,
    pub(super) snapshots: BTreeMap<String, Box<RawPackage>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RawDocument {
    importers: BTreeMap<String, RawImporter>,
    specifiers: BTreeMap<String, String>,
    dependencies: BTreeMap<String, RawReference>,
    dev_dependencies: BTreeMap<String, RawReference>,
    optional_dependencies: BTreeMap<String, RawReference>,
    packages: BTreeMap<String, Box<RawPackage>>,
    snapshots: BTreeMap<String, Box<RawPackage>>,
    lockfile_version: Option<Word>,
}

/// One project of the workspace.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RawImporter {
    pub(super) specifiers: BTreeMap<String, String>,
    pub(super) dependencies: BTreeMap<String, RawReference>,
    pub(super) dev_dependencies: BTreeMap<String, RawReference>,
    pub(super) optional_dependencies: BTreeMap<String, RawReference>,
}

/// What a requirement was resolved to; before version 6 the text alone.
#[derive(Debug, Default)]
pub(super) struct RawReference {
    pub(super) specifier: Option<String>,
    pub(super) version: String,
}

/// An entry of `packages` or `snapshots`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RawPackage {
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) resolution: RawResolution,
    pub(super) dependencies: BTreeMap<String, String>,
    pub(super) optional_dependencies: BTreeMap<String, String>,
    pub(super) peer_dependencies: BTreeMap<String, String>,
    pub(super) peer_dependencies_meta: BTreeMap<String, RawMeta>,
    pub(super) bundled_dependencies: Texts,
    pub(super) os: Texts,
    pub(super) cpu: Texts,
    pub(super) libc: Texts,
}

/// Where a package comes from.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawResolution {
    pub(super) integrity: Option<String>,
    pub(super) tarball: Option<String>,
    pub(super) directory: Option<String>,
    pub(super) repo: Option<String>,
    pub(super) commit: Option<String>,
}

/// An entry of `peerDependenciesMeta`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawMeta {
    pub(super) optional: bool,
}

/// A text or a list of texts.
#[derive(Debug, Default)]
pub(super) struct Texts(pub(super) Vec<String>);

/// Any scalar, as text.
#[derive(Debug)]
pub(super) struct Word;

/// pnpm-workspace.yaml.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawWorkspace {
    pub(super) packages: Texts,
    pub(super) overrides: BTreeMap<String, String>,
}

/// Reads a lock file. Of several documents (pnpm 10 may put one about itself before) the last is the lock.
///
/// # Errors
/// When the text is not YAML, or not of this shape.
pub(super) fn read(file: &TextFile) -> Result<RawLock, Problem> {
    let document = match read_lines(&file.text) {
        Some(document) => Some(document),
        None => read_yaml(&file.text).map_err(|error| yaml_problem(file, &error))?,
    };
    let Some(document) = document.filter(|document| document.lockfile_version.is_some()) else {
        return Err(Problem::incomplete(
            Some(file.line(1)),
            "the file has no `lockfileVersion`: it is no pnpm lock file, or it is cut off",
        ));
    };
    Ok(RawLock {
        importers: document.importers,
        root: RawImporter {
            specifiers: document.specifiers,
            dependencies: document.dependencies,
            dev_dependencies: document.dev_dependencies,
            optional_dependencies: document.optional_dependencies,
        },
        packages: document.packages,
        snapshots: document.snapshots,
    })
}

/// A document as pnpm writes it, in a tenth of the time that all of YAML takes; nothing if there is more in it.
pub(super) fn read_lines(text: &str) -> Option<RawDocument> {
    RawDocument::deserialize(yaml_lines::parse(text)?).ok()
}

pub(super) fn read_yaml(text: &str) -> Result<Option<RawDocument>, serde_saphyr::Error> {
    let documents: Vec<RawDocument> = serde_saphyr::from_multiple_with_options(text, options())?;
    Ok(documents.into_iter().next_back())
}

/// Reads pnpm-workspace.yaml.
///
/// # Errors
/// When the text is not YAML, or not of this shape.
pub(super) fn read_workspace(file: &TextFile) -> Result<RawWorkspace, Problem> {
    if file.text.trim().is_empty() {
        return Ok(RawWorkspace::default());
    }
    serde_saphyr::from_str_with_options(&file.text, options()).map_err(|error| yaml_problem(file, &error))
}

/// Room for the largest lock file that is read at all; aliases, which pnpm never writes, stay few.
pub(super) fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 60_000_000,
            max_nodes: 30_000_000,
            max_total_scalar_bytes: 512 * 1024 * 1024,
            max_aliases: 100,
            max_anchors: 100,
            max_documents: 4,
        },
    }
}

fn yaml_problem(file: &TextFile, error: &serde_saphyr::Error) -> Problem {
    let line = error.location().and_then(|place| u32::try_from(place.line()).ok()).unwrap_or(0);
    let text = error.to_string();
    let message = text.lines().next().unwrap_or_default();
    Problem::incomplete(Some(file.line(line)), format!("the file is not valid and was not read: {message}"))
}

impl<'de> Deserialize<'de> for RawReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReferenceVisitor)
    }
}

struct ReferenceVisitor;

impl<'de> Visitor<'de> for ReferenceVisitor {
    type Value = RawReference;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a version, or a table of specifier and version")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(RawReference { specifier: None, version: text.to_owned() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut reference = RawReference::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "specifier" => reference.specifier = Some(map.next_value()?),
                "version" => reference.version = map.next_value()?,
                _ => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        Ok(reference)
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsVisitor)
    }
}

struct TextsVisitor;

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Texts;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of texts")
    }

    /// `bundledDependencies: true` names nothing.
    fn visit_bool<E>(self, _all: bool) -> Result<Self::Value, E> {
        Ok(Texts::default())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Texts::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Texts(vec![text.to_owned()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = list.next_element::<String>()? {
            texts.push(text);
        }
        Ok(Texts(texts))
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|_| Self)
    }
}
