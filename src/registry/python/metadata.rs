//! Core metadata of a Python distribution: `METADATA`, `PKG-INFO`.

use crate::model::LicenseStatement;
use crate::registry::package_facts::{FactsError, PackageFacts, declared, present};
use mailparse::MailHeaderMap;

/// Adds what the headers say. The description below them is not looked at.
///
/// `built` for the metadata of a wheel, which is final; that of a source archive may leave open what it needs.
pub(super) fn read_into(
    bytes: &[u8],
    address: &str,
    built: bool,
    facts: &mut PackageFacts,
) -> Result<(), FactsError> {
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
    if facts.requires.is_none() {
        let needs = all("Requires-Dist");
        let is_dynamic = all("Dynamic").iter().any(|field| field.eq_ignore_ascii_case("requires-dist"));
        // Before version 2.2 (PEP 643) a source archive that names nothing has said nothing.
        let old = text("Metadata-Version")
            .is_none_or(|version| version.starts_with("1.") || matches!(version.as_str(), "2.0" | "2.1"));
        let is_open = is_dynamic || (needs.is_empty() && old);
        facts.requires = (built || !is_open).then_some(needs);
    }
    facts.details.description = text("Summary");
    facts.details.homepage = text("Home-page").or_else(|| link(&all("Project-URL"), &["homepage", "home"]));
    facts.details.repository =
        link(&all("Project-URL"), &["repository", "source", "source code", "code", "github"]);
    facts.details.authors = text("Author").or_else(|| text("Author-email")).into_iter().collect();
    Ok(())
}

/// The lines of an egg's requires.txt as `Requires-Dist` would write them; its sections are `[extra]`, `[:marker]`
/// and `[extra:marker]`.
pub(super) fn egg_requires(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut condition = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let (extra, marker) = section.split_once(':').unwrap_or((section, ""));
            let extra = (!extra.is_empty()).then(|| format!("extra == \"{extra}\""));
            let marker = (!marker.is_empty()).then(|| format!("({marker})"));
            condition = [marker, extra].into_iter().flatten().collect::<Vec<_>>().join(" and ");
        } else if condition.is_empty() {
            found.push(line.to_owned());
        } else {
            found.push(format!("{line} ; {condition}"));
        }
    }
    found
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
        read_into(text.as_bytes(), "x", true, &mut facts).unwrap();
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
    fn a_source_archive_may_leave_open_what_it_needs() {
        for (built, headers, expected) in [
            (true, "Metadata-Version: 2.1\n", Some(vec![])),
            (false, "Metadata-Version: 2.1\n", None),
            (false, "Metadata-Version: 2.4\n", Some(vec![])),
            (false, "Metadata-Version: 2.4\nDynamic: Requires-Dist\nRequires-Dist: b>1\n", None),
            (false, "Metadata-Version: 2.1\nRequires-Dist: b>1\n", Some(vec!["b>1".to_owned()])),
        ] {
            let mut facts = PackageFacts::default();
            read_into(format!("Name: a\n{headers}").as_bytes(), "x", built, &mut facts).unwrap();
            assert_eq!(facts.requires, expected, "{headers}");
        }
        let text = "a>=1\n\n[:python_version < \"3\"]\nb\n\n[tls]\nc\n\n[tls:os_name == \"nt\"]\nd\n";
        assert_eq!(
            super::egg_requires(text),
            [
                "a>=1",
                "b ; (python_version < \"3\")",
                "c ; extra == \"tls\"",
                "d ; (os_name == \"nt\") and extra == \"tls\""
            ]
        );
    }

    #[test]
    fn broken_metadata_is_said_so() {
        assert!(read_into(b"no header here", "x", true, &mut PackageFacts::default()).is_err());
    }
}
