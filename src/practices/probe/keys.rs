//! Fetching an OpenPGP key from where the project says it is.

use super::Session;
use crate::practices::keys::{Key, KeyError, armoured_blocks, parse};
use sha1::{Digest, Sha1};

/// Fetches and reads the keys at an address.
///
/// # Errors
/// Why there is no key to judge.
pub fn fetch(session: &Session, url: &str) -> Result<Vec<Key>, String> {
    let reply = session.get(url, "application/pgp-keys, text/plain, */*")?;
    if reply.answer.status != 200 {
        return Err(format!("{url} answers with {}", reply.answer.status));
    }
    if reply.answer.truncated {
        return Err(format!("{url} is too large for a key"));
    }
    let text = String::from_utf8_lossy(&reply.answer.body);
    let blocks = armoured_blocks(&text);
    let data = blocks.first().map_or(reply.answer.body.as_slice(), |(_, block)| block.as_bytes());
    parse(data).map_err(|error: KeyError| format!("{url}: {error}"))
}

/// Where the domain of a mail address keeps the key (Web Key Directory, advanced method first).
pub fn directory_addresses(mail: &str) -> Vec<String> {
    let Some((local, domain)) = mail.split_once('@') else { return Vec::new() };
    let name = z_base_32(&Sha1::digest(local.to_lowercase().as_bytes()));
    vec![
        format!("https://openpgpkey.{domain}/.well-known/openpgpkey/{domain}/hu/{name}?l={local}"),
        format!("https://{domain}/.well-known/openpgpkey/hu/{name}?l={local}"),
    ]
}

/// z-base-32 of whole bytes (RFC 6189 s.5.1.6).
fn z_base_32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| (byte >> (7 - at % 8)) & 1);
    (0..(bytes.len() * 8).div_ceil(5))
        .map(|group| (0..5).fold(0, |value, offset| (value << 1) | bit(group * 5 + offset)))
        .map(|value| char::from(LETTERS[usize::from(value)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_name_is_the_one_of_the_draft() {
        // draft-koch-openpgp-webkey-service, section 3.1.
        let addresses = directory_addresses("Joe.Doe@example.org");
        assert!(addresses[1].contains("/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?"), "{addresses:?}");
    }
}
