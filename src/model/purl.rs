//! Package URLs, the name of a package everywhere in licgraph (ECMA-427, purl).

use globset::GlobMatcher;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A world of packages with its own manifests, registry and habits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ecosystem {
    /// Rust crates.
    Cargo,
    /// JavaScript packages, whatever client installs them.
    Npm,
    /// Python distributions, whatever client installs them.
    Python,
    /// Go modules.
    Go,
    /// Any other, known only from an SBOM.
    Other,
}

impl Ecosystem {
    /// Every ecosystem.
    pub const ALL: [Self; 5] = [Self::Cargo, Self::Npm, Self::Python, Self::Go, Self::Other];

    /// The purl type: `cargo`, `npm`, `pypi`, `golang`; `generic` for the rest.
    pub fn purl_type(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Python => "pypi",
            Self::Go => "golang",
            Self::Other => "generic",
        }
    }

    /// The ecosystem of a purl type; [`Ecosystem::Other`] for one without a reader.
    pub fn from_purl_type(purl_type: &str) -> Self {
        match purl_type {
            "cargo" => Self::Cargo,
            "npm" => Self::Npm,
            "pypi" => Self::Python,
            "golang" => Self::Go,
            _ => Self::Other,
        }
    }

    /// The word used for it in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Python => "python",
            Self::Go => "go",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A package URL in canonical spelling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Purl(String);

/// A purl that cannot be made or read.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not a package URL: {reason}")]
pub struct PurlError {
    text: String,
    reason: String,
}

impl Purl {
    /// The purl of a package as its ecosystem names it (`@scope/name` for npm, the module path for Go).
    ///
    /// Go paths keep their case, which the module system distinguishes although the purl text folds it.
    pub fn new(ecosystem: Ecosystem, name: &str, version: Option<&str>) -> Self {
        Self::with_qualifiers(ecosystem, name, version, &[])
    }

    /// Like [`Purl::new`], with qualifiers such as `vcs_url`, sorted by key.
    pub fn with_qualifiers(
        ecosystem: Ecosystem,
        name: &str,
        version: Option<&str>,
        qualifiers: &[(&str, &str)],
    ) -> Self {
        let mut text = format!("pkg:{}/", ecosystem.purl_type());
        let spelled = match ecosystem {
            Ecosystem::Python => folded_name(name),
            _ => name.to_owned(),
        };
        let mut parts = spelled.split('/').filter(|part| !part.is_empty()).peekable();
        while let Some(part) = parts.next() {
            percent_encode(part, &mut text);
            if parts.peek().is_some() {
                text.push('/');
            }
        }
        if let Some(version) = version.filter(|version| !version.is_empty()) {
            text.push('@');
            percent_encode(version, &mut text);
        }
        let mut sorted = qualifiers.to_vec();
        sorted.sort_unstable();
        for (position, (key, value)) in sorted.iter().enumerate() {
            text.push(if position == 0 { '?' } else { '&' });
            text.push_str(key);
            text.push('=');
            percent_encode(value, &mut text);
        }
        Self(text)
    }

    /// The purl of a project beside another one of the same name and version: with its manifest as a qualifier.
    pub fn of_manifest(&self, manifest: &str) -> Self {
        let mut text = self.0.clone();
        text.push(if text.contains('?') { '&' } else { '?' });
        text.push_str("manifest=");
        percent_encode(manifest, &mut text);
        Self(text)
    }

    /// Reads a purl that somebody else wrote.
    ///
    /// # Errors
    /// When the text is not a package URL.
    pub fn parse(text: &str) -> Result<Self, PurlError> {
        match text.parse::<packageurl::PackageUrl<'_>>() {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(error) => Err(PurlError { text: text.to_owned(), reason: error.to_string() }),
        }
    }

    /// The text, starting with `pkg:`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The purl without version, qualifiers and subpath: the same package in any version.
    pub fn without_version(&self) -> &str {
        let end = self.0.find(['?', '#']).unwrap_or(self.0.len());
        let path = &self.0[..end];
        match path.rfind('@') {
            Some(at) if at > path.rfind('/').unwrap_or(0) + 1 => &path[..at],
            _ => path,
        }
    }

    /// Whether a pattern of a policy means this package, which its manifest calls `name`.
    ///
    /// A pattern is a name or a purl, which may leave out the version and the qualifiers. The name of a Python
    /// package means it in every spelling that the index takes for the same.
    pub fn is_meant_by(&self, pattern: &GlobMatcher, name: Option<&str>) -> bool {
        let plain = self.0.split(['?', '#']).next().unwrap_or_default();
        if [self.as_str(), plain, self.without_version()]
            .into_iter()
            .chain(name)
            .any(|one| pattern.is_match(one))
        {
            return true;
        }
        let project = self.without_version().strip_prefix("pkg:pypi/");
        project
            .is_some_and(|project| pattern.is_match(project) || folded_name(pattern.glob().glob()) == project)
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A name without the differences that Python's index does not see: case, and which of `-`, `_` and `.` it has.
pub fn folded_name(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

/// Percent-encodes everything but what ECMA-427 leaves as it is; a colon stays.
fn percent_encode(part: &str, into: &mut String) {
    for byte in part.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => {
                into.push(char::from(byte));
            }
            other => {
                into.push('%');
                into.push_str(&hex::encode_upper([other]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ecosystem, Purl};

    #[test]
    fn purls_follow_the_type_rules() {
        let cases = [
            (Ecosystem::Npm, "@babel/core", "7.0.0", "pkg:npm/%40babel/core@7.0.0"),
            (Ecosystem::Python, "Zope.Interface", "5", "pkg:pypi/zope-interface@5"),
            (Ecosystem::Cargo, "serde", "1.0.0+x", "pkg:cargo/serde@1.0.0%2Bx"),
            (Ecosystem::Go, "example.com/Upper/v2", "v2.0.0", "pkg:golang/example.com/Upper/v2@v2.0.0"),
        ];
        for (ecosystem, name, version, expected) in cases {
            let purl = Purl::new(ecosystem, name, Some(version));
            assert_eq!(purl.as_str(), expected);
            assert!(Purl::parse(purl.as_str()).is_ok());
        }
    }

    #[test]
    fn the_version_can_be_left_out() {
        let purl = Purl::new(Ecosystem::Npm, "@babel/core", Some("7.0.0"));
        assert_eq!(purl.without_version(), "pkg:npm/%40babel/core");
        let bare = Purl::new(Ecosystem::Npm, "@babel/core", None);
        assert_eq!(bare.without_version(), "pkg:npm/%40babel/core");
    }

    #[test]
    fn a_pattern_means_a_package_by_name_or_purl_in_its_spellings() {
        let means = |pattern: &str, purl: &Purl, name: &str| {
            let pattern = globset::Glob::new(pattern).expect(pattern).compile_matcher();
            purl.is_meant_by(&pattern, Some(name))
        };
        let python = Purl::new(Ecosystem::Python, "Zope.Interface", Some("5.0"));
        for pattern in [
            "Zope.Interface",
            "zope-interface",
            "zope_interface",
            "pkg:pypi/zope-interface",
            "pkg:pypi/*",
            "zope-*",
        ] {
            assert!(means(pattern, &python, "Zope.Interface"), "{pattern}");
        }
        let source = [("repository_url", "https://registry.example/index")];
        let cargo = Purl::with_qualifiers(Ecosystem::Cargo, "inner", Some("1.0.0"), &source);
        for pattern in ["inner", "pkg:cargo/inner", "pkg:cargo/inner@1.0.0", cargo.as_str()] {
            assert!(means(pattern, &cargo, "inner"), "{pattern}");
        }
        for pattern in ["Inner", "pkg:cargo/inner@1.0", "pkg:npm/inner", "interface", "inner@1.0.0"] {
            assert!(
                !means(pattern, &cargo, "inner") && !means(pattern, &python, "Zope.Interface"),
                "{pattern}"
            );
        }
    }

    #[test]
    fn text_that_is_no_purl_is_refused() {
        assert!(Purl::parse("serde@1").is_err());
    }
}
