//! Requirements as PEP 508 writes them, read so leniently that no dependency is ever dropped.
//!
//! The name decides which package is meant, so only a line without a name is refused. Version specifiers and
//! markers are kept verbatim; [`Requirement::complaints`] says what is wrong with them.

use super::{marker, version};

/// A requirement: which package, which extras of it, and under which condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Requirement {
    /// The name as written.
    pub name: String,
    /// Normalised names of the extras asked for.
    pub extras: Vec<String>,
    /// The version specifier, verbatim without surrounding space or parentheses.
    pub specifier: Option<String>,
    /// The address after `@`.
    pub address: Option<String>,
    /// The marker after `;`, verbatim.
    pub marker: Option<String>,
}

/// A name as PEP 503 compares it.
pub(super) fn normalise(name: &str) -> String {
    let mut result = String::with_capacity(name.len());
    let mut separated = false;
    for letter in name.trim().chars() {
        if matches!(letter, '-' | '_' | '.') {
            separated = true;
            continue;
        }
        if separated {
            result.push('-');
            separated = false;
        }
        result.extend(letter.to_lowercase());
    }
    if separated {
        result.push('-');
    }
    result
}

/// Whether a text is a distribution name (PEP 508): no path, no address, no control characters.
pub(super) fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    is_edge(bytes.first())
        && is_edge(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
}

/// The extras that a marker compares with, normalised.
pub(super) fn extras_named(marker: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = marker.unwrap_or("");
    while let Some(at) = rest.find("extra") {
        rest = rest[at + "extra".len()..].trim_start();
        if let Some(value) = rest.strip_prefix("==") {
            found.extend(value.split(['\'', '"']).nth(1).map(normalise));
        }
    }
    found
}

impl Requirement {
    /// A requirement of which only the name is known.
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The name as PEP 503 compares it.
    pub(super) fn key(&self) -> String {
        normalise(&self.name)
    }

    /// Reads a requirement.
    ///
    /// # Errors
    /// A sentence fragment, when the text does not start with a name.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let end = text
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || "._-".contains(letter)))
            .unwrap_or(text.len());
        let name = text[..end].trim_end_matches(['.', '-', '_']);
        if !is_name(name) {
            return Err(format!("`{}` does not start with a package name", shorten(text)));
        }
        let mut requirement = Self::named(name);
        let mut rest = text[name.len()..].trim_start();
        if let Some(inside) = rest.strip_prefix('[') {
            let close = inside.find(']').unwrap_or(inside.len());
            requirement.extras =
                inside[..close].split(',').map(normalise).filter(|extra| !extra.is_empty()).collect();
            rest = inside.get(close + 1..).unwrap_or("").trim_start();
        }
        if let Some(address) = rest.strip_prefix('@') {
            let (address, marker) = split_address(address.trim_start());
            requirement.address = Some(address.to_owned());
            requirement.marker = marker;
        } else {
            let (specifier, marker) = match rest.split_once(';') {
                Some((specifier, marker)) => (specifier, non_empty(marker)),
                None => (rest, None),
            };
            requirement.marker = marker;
            let specifier = specifier.trim();
            let inner =
                specifier.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(specifier);
            requirement.specifier = non_empty(inner);
        }
        Ok(requirement)
    }

    /// What PEP 440 and PEP 508 would refuse in it, as sentence fragments.
    pub(super) fn complaints(&self) -> Vec<String> {
        let mut found = Vec::new();
        if let Some(specifier) = &self.specifier
            && let Err(reason) = version::check_specifier(specifier)
        {
            found.push(format!("the version specifier `{}` is not valid: {reason}", shorten(specifier)));
        }
        if let Some(text) = &self.marker
            && let Err(reason) = marker::Marker::parse(text)
        {
            found.push(format!("the marker `{}` is not valid: {reason}", shorten(text)));
        }
        found
    }

    /// The version that `==` or `===` pins it to.
    pub(super) fn pinned(&self) -> Option<&str> {
        version::pinned(self.specifier.as_deref()?)
    }

    /// The requirement as an edge shows it: the specifier or the address.
    pub(super) fn shown(&self) -> Option<String> {
        match &self.address {
            Some(address) => Some(super::text::without_credentials(address)),
            None => self.specifier.clone(),
        }
    }
}

/// The address ends at ` ;` (PEP 508 wants the space, since `;` may stand in an address).
fn split_address(text: &str) -> (&str, Option<String>) {
    let separator = text.find(" ;").or_else(|| text.find("\t;"));
    match separator {
        Some(at) => (text[..at].trim(), non_empty(&text[at + 2..])),
        None => (text.trim(), None),
    }
}

fn non_empty(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A piece of input fit for a message: one line, no control characters, not endless.
pub(super) fn shorten(text: &str) -> String {
    let mut shown: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(120).collect();
    if text.chars().count() > 120 {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Requirement, normalise};

    #[test]
    fn names_compare_as_pep_503_says() {
        for name in ["Zope.Interface", "zope_interface", "ZOPE--interface", "zope-._interface"] {
            assert_eq!(normalise(name), "zope-interface");
        }
    }

    #[test]
    fn requirements_come_apart() {
        let cases = [
            ("requests", "requests||||"),
            (
                " Requests [socks, Use_Chardet] >= 2.8.1, == 2.8.* ; python_version < '2.7'",
                "Requests|socks,use-chardet|>= 2.8.1, == 2.8.*||python_version < '2.7'",
            ),
            ("name (>=1,<2)", "name||>=1,<2||"),
            (
                "pip @ https://h.example/a;b.whl ; os_name == 'nt'",
                "pip|||https://h.example/a;b.whl|os_name == 'nt'",
            ),
            ("pip@git+https://h.example/r.git@v1", "pip|||git+https://h.example/r.git@v1|"),
            ("a[", "a||||"),
            ("a ;", "a||||"),
            ("pytz 2004d", "pytz||2004d||"),
        ];
        for (text, expected) in cases {
            let read = Requirement::parse(text).expect(text);
            let shown = format!(
                "{}|{}|{}|{}|{}",
                read.name,
                read.extras.join(","),
                read.specifier.unwrap_or_default(),
                read.address.unwrap_or_default(),
                read.marker.unwrap_or_default()
            );
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn what_has_no_name_is_refused() {
        for text in ["", "../../etc/passwd", "==1.0", "[a]", "\u{0}", ".hidden", "@ https://h.example"] {
            assert!(Requirement::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bad_parts_are_named_and_the_package_is_kept() {
        let read = Requirement::parse("a >=1.0.*; python_version << '3'").expect("kept");
        assert_eq!(read.complaints().len(), 2);
        assert!(Requirement::parse("a>=1; sys_platform == 'linux'").expect("kept").complaints().is_empty());
    }
}
