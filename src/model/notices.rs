//! What must be handed on with a work.

use super::Purl;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The notices of a work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notices {
    /// The packages, by name and version.
    pub packages: Vec<PackageNotice>,
    /// Every distinct text once; packages point at them by position.
    pub texts: Vec<NoticeText>,
    /// What is missing, one sentence each; empty if the notices are complete.
    pub missing: Vec<String>,
}

/// A package of the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageNotice {
    /// Its identity.
    pub purl: Purl,
    /// Name and version.
    pub label: String,
    /// The license that was taken, where there was a choice.
    pub license: String,
    /// Copyright lines of its license files.
    pub copyrights: Vec<String>,
    /// Its texts, as positions in [`Notices::texts`].
    pub texts: Vec<usize>,
}

/// A text that must be handed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeText {
    /// The license id, or the file name of a notice.
    pub title: String,
    /// The whole text.
    pub text: String,
    /// Whether the package has no text of its own and this is that of the SPDX list.
    pub from_list: bool,
}
