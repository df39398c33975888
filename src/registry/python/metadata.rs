//! Core metadata of a Python distribution: `METADATA`, `PKG-INFO`.

use crate::model::LicenseStatement;
use crate::registry::package_facts::{FactsError, PackageFacts, declared, present};
use mailparse::MailHeaderMap;

/// Adds what the headers say. The description below them is not looked at.
pub(super) fn read_into(bytes: &[u8], address: &str, facts: &mut PackageFacts) -> Result<(), FactsError> {
    let (headers, _) = mailparse::parse_headers(bytes)
        .map_err(|error| FactsError::Unreadable { address: address.to_owned(), reason: error.to_string() })?;
    if headers.get_first_header("Name").is_none() {
        let reason = "it is no metadata of a distribution: it has no Name".to_owned();
        return Err(FactsError::Unreadable { address: address.to_owned(), reason });
    }
    let text = |name: &str| {
        let value = headers.get_first_header(name).map(|header| utf8(header.get_value_raw()));
        present(value.as_deref()).filter(|value| value != "UNKNOWN")
    };
    let all = |name: &str| {
        let found = headers.get_all_headers(name).into_iter().map(|header| utf8(header.get_value_raw()));
        found.filter_map(|value| present(Some(&value))).collect::<Vec<_>>()
    };
    facts
        .declared
        .extend(text("License-Expression").map(|value| declared(LicenseStatement::Expression(value))));
    facts.declared.extend(text("License").map(|value| declared(LicenseStatement::FreeText(value))));
    let classifiers = all("Classifier").into_iter().filter(|value| value.starts_with("License ::"));
    facts.declared.extend(classifiers.map(|value| declared(LicenseStatement::Classifier(value))));
    facts
        .declared
        .extend(all("License-File").into_iter().map(|value| declared(LicenseStatement::File(value))));
    facts.details.description = text("Summary");
    facts.details.homepage = text("Home-page").or_else(|| link(&all("Project-URL"), &["homepage", "home"]));
    facts.details.repository =
        link(&all("Project-URL"), &["repository", "source", "source code", "code", "github"]);
    facts.details.authors = text("Author").or_else(|| text("Author-email")).into_iter().collect();
    Ok(())
}

/// Metadata is UTF-8 whatever a mail reader would make of it; folded lines keep their breaks.
fn utf8(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).replace("\r\n", "\n")
}

/// `Label, address`.
fn link(links: &[String], labels: &[&str]) -> Option<String> {
    let parts: Vec<_> = links.iter().filter_map(|link| link.split_once(',')).collect();
    labels.iter().find_map(|wanted| {
        let (_, address) = parts.iter().find(|(label, _)| label.trim().eq_ignore_ascii_case(wanted))?;
        Some(address.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::read_into;
    use crate::model::LicenseStatement;
    use crate::registry::package_facts::PackageFacts;

    #[test]
    fn every_license_field_is_kept_apart() {
        let text = "Metadata-Version: 2.4\nName: a\nLicense: UNKNOWN\nLicense-Expression: MIT OR Apache-2.0\n\
                    Classifier: Topic :: X\nClassifier: License :: OSI Approved :: BSD License\n\
                    License-File: LICENSE.txt\nSummary: Größe\nProject-URL: Source, https://code.example/a\n\n\
                    License: GPL-3.0 in the description\n";
        let mut facts = PackageFacts::default();
        read_into(text.as_bytes(), "x", &mut facts).unwrap();
        let found: Vec<_> = facts.declared.into_iter().map(|declared| declared.statement).collect();
        assert_eq!(
            found,
            [
                LicenseStatement::Expression("MIT OR Apache-2.0".to_owned()),
                LicenseStatement::Classifier("License :: OSI Approved :: BSD License".to_owned()),
                LicenseStatement::File("LICENSE.txt".to_owned()),
            ]
        );
        assert_eq!(facts.details.description.as_deref(), Some("Größe"));
        assert_eq!(facts.details.repository.as_deref(), Some("https://code.example/a"));
    }

    #[test]
    fn broken_metadata_is_said_so() {
        assert!(read_into(b"no header here", "x", &mut PackageFacts::default()).is_err());
    }
}
