//! Hosts and the secrets that belong to them.

use base64::Engine;
use std::fmt;
use url::Url;

/// A server: scheme, host and port. A secret belongs to one site and is never sent to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    scheme: String,
    host: String,
    port: u16,
}

impl Site {
    /// The site of an `http` or `https` address; `None` for every other.
    pub fn of(address: &Url) -> Option<Self> {
        if !matches!(address.scheme(), "http" | "https") {
            return None;
        }
        Some(Self {
            scheme: address.scheme().to_owned(),
            host: address.host_str()?.to_ascii_lowercase(),
            port: address.port_or_known_default()?,
        })
    }

    /// Whether what is sent there is encrypted on the way.
    pub fn is_encrypted(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_matches(['[', ']']);
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The host without port.
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// `host`, with the port where it is not the usual one.
impl fmt::Display for Site {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.host)?;
        match (self.scheme.as_str(), self.port) {
            ("https", 443) | ("http", 80) => Ok(()),
            (_, port) => write!(formatter, ":{port}"),
        }
    }
}

/// What an `Authorization` header carries to one site. Never shown, not even by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    site: Site,
    header: String,
}

impl Credential {
    /// `Authorization: Bearer <token>`.
    pub fn bearer(site: Site, token: &str) -> Self {
        Self { site, header: format!("Bearer {token}") }
    }

    /// `Authorization: Basic <user:password>` (RFC 7617).
    pub fn basic(site: Site, user: &str, password: &str) -> Self {
        let joined = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        Self { site, header: format!("Basic {joined}") }
    }

    /// `Authorization: <value>` as the client's configuration holds it.
    pub fn verbatim(site: Site, value: &str) -> Self {
        Self { site, header: value.to_owned() }
    }

    /// The site it belongs to.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The header value, for the site it belongs to and for no other.
    pub(crate) fn header_for(&self, site: &Site) -> Option<&str> {
        (&self.site == site).then_some(self.header.as_str())
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Credential for {}", self.site)
    }
}

/// Takes user and password out of an address, so that it can be shown and compared.
///
/// Returns the bare address and, where there was one, the secret for its site.
pub fn split_user_info(mut address: Url) -> (Url, Option<Credential>) {
    let user = decoded(address.username());
    let password = address.password().map(decoded);
    if user.is_empty() && password.is_none() {
        return (address, None);
    }
    let credential = Site::of(&address)
        .map(|site| Credential::basic(site, &user, password.as_deref().unwrap_or_default()));
    // Both fail only for addresses that cannot carry user information in the first place.
    let _ = address.set_username("");
    let _ = address.set_password(None);
    (address, credential)
}

/// An address as it may be shown: without user information, query and fragment.
pub fn shown(address: &Url) -> String {
    let (mut bare, _) = split_user_info(address.clone());
    bare.set_query(None);
    bare.set_fragment(None);
    bare.to_string()
}

/// An address with a `/` at its end, so that joining appends.
pub fn as_directory(mut address: Url) -> Url {
    if !address.path().ends_with('/') {
        let path = format!("{}/", address.path());
        address.set_path(&path);
    }
    address
}

/// Appends a path whose unsafe bytes are already escaped.
pub fn below(base: &Url, path: &str) -> Url {
    let mut address = as_directory(base.clone());
    let joined = format!("{}{path}", address.path());
    address.set_path(&joined);
    address
}

/// Percent-encodes one path segment. `.` and `..` are encoded twice, since once still climbs (WHATWG URL).
pub fn segment(text: &str) -> String {
    if matches!(text, "." | "..") {
        return text.replace('.', "%252E");
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b'+' | b'!' | b'@' | b'.');
        if plain {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    encoded
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Credential, Site, below, segment, shown, split_user_info};
    use url::Url;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_secret_is_given_to_its_own_site_only() {
        let own = Site::of(&url("https://registry.example/npm/")).unwrap();
        let credential = Credential::bearer(own.clone(), "s3cret");
        assert_eq!(credential.header_for(&own), Some("Bearer s3cret"));
        for other in
            ["http://registry.example/", "https://registry.example:8443/", "https://x.registry.example/"]
        {
            assert_eq!(credential.header_for(&Site::of(&url(other)).unwrap()), None, "{other}");
        }
        assert!(!format!("{credential:?}").contains("s3cret"));
    }

    #[test]
    fn shown_addresses_hold_no_secret() {
        let address = url("https://me:p%40ss@registry.example/simple/?token=abc#x");
        assert_eq!(shown(&address), "https://registry.example/simple/");
        let (bare, credential) = split_user_info(address);
        assert_eq!(bare.username(), "");
        let site = Site::of(&bare).unwrap();
        // Base64 of `me:p@ss`.
        assert_eq!(credential.unwrap().header_for(&site), Some("Basic bWU6cEBzcw=="));
    }

    #[test]
    fn a_name_cannot_climb_out_of_its_segment() {
        let climbing = below(&url("https://registry.example/a"), &segment(".."));
        assert_eq!(climbing.as_str(), "https://registry.example/a/%252E%252E");
        assert_eq!(segment("../a b"), "..%2Fa%20b");
        let address = below(&url("https://registry.example/a"), &segment("x/../../y"));
        assert_eq!(address.as_str(), "https://registry.example/a/x%2F..%2F..%2Fy");
    }
}
