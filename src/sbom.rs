//! From one SBOM format to another.
//!
//! [`convert`] reads any document that `ecosystems::sbom` reads and writes it with the writers of
//! `report::sbom`. No license string is lost: what the target format has no field for is kept under a name or in
//! a property, from which the way back restores it. What else is left out is told.

pub use crate::report::sbom::{
    CycloneDxVersion, EnrichError, Missing, Profile, SbomError, SbomFormat, SbomOptions, enrich, missing,
    write,
};

use crate::ecosystems::sbom::{Parsed, parse};
use crate::licenses;
use crate::model::sbom::{Component, Document, LicenseEntry, LicenseValue};
use crate::model::{Expression, LicenseName, Problem};
use crate::report::sbom::write_document;

/// A converted document.
#[derive(Debug)]
pub struct Converted {
    /// The document in the format asked for.
    pub bytes: Vec<u8>,
    /// What could not be read, and what the target does not hold.
    pub problems: Vec<Problem>,
}

/// Why a document could not be converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// It is no SBOM that can be read.
    #[error("{name}: this is no CycloneDX and no SPDX document that can be read here")]
    NotAnSbom {
        /// The file.
        name: String,
    },
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] SbomError),
}

/// Converts a document; `name` is how problems call it.
///
/// # Errors
/// When the bytes are no SBOM, or the target cannot be written.
pub fn convert(
    bytes: &[u8],
    name: &str,
    to: SbomFormat,
    options: &SbomOptions,
) -> Result<Converted, ConvertError> {
    let Parsed { mut document, kind, left_out, mut problems, .. } = parse(bytes, name);
    if kind.is_none() {
        return Err(ConvertError::NotAnSbom { name: name.to_owned() });
    }
    if !left_out.is_empty() {
        let message = format!("the converted document does not hold these parts: {}", left_out.join(", "));
        problems.push(Problem::note(None, message));
    }
    for component in &mut document.components {
        normalise(component);
    }
    name_document(&mut document, name);
    let bytes = write_document(&document, to, options)?;
    Ok(Converted { bytes, problems })
}

/// Puts every license string into the field that fits it; the string itself stays.
fn normalise(component: &mut Component) {
    for entry in &mut component.licenses {
        entry.value = fitting(entry);
    }
    component.references.retain_mut(|reference| match crate::report::sbom::address(&reference.url) {
        Some(url) => {
            reference.url = url;
            true
        }
        None => false,
    });
}

fn fitting(entry: &LicenseEntry) -> LicenseValue {
    let text = match &entry.value {
        LicenseValue::Id(text) | LicenseValue::Expression(text) => text,
        other => return other.clone(),
    };
    match licenses::parse(text) {
        Ok(Expression::Term(term)) => match term.license {
            LicenseName::Known(id) if !term.or_later && term.exception.is_none() && id.name() == text => {
                crate::report::sbom::license_value(text)
            }
            LicenseName::NoAssertion => LicenseValue::Name(text.clone()),
            _ => LicenseValue::Expression(text.clone()),
        },
        Ok(expression) if asserts(&expression) => LicenseValue::Expression(text.clone()),
        Ok(_) | Err(_) => LicenseValue::Name(text.clone()),
    }
}

/// `NONE` and `NOASSERTION` may not stand inside a larger expression.
fn asserts(expression: &Expression) -> bool {
    !expression
        .terms()
        .iter()
        .any(|term| matches!(term.license, LicenseName::None | LicenseName::NoAssertion))
}

fn name_document(document: &mut Document, name: &str) {
    if document.name.is_empty() {
        document.name = name.rsplit('/').next().unwrap_or(name).to_owned();
    }
}
