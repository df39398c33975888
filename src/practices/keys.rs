//! OpenPGP keys as keys, and fingerprints in prose.

use jiff::Timestamp;

/// What a certificate says, by its own valid self-signatures.
#[derive(Clone, Debug)]
pub struct Key {
    /// Fingerprint in upper-case hexadecimal.
    pub fingerprint: String,
    /// Algorithm of the primary key, with its size where that matters.
    pub algorithm: String,
    /// When it was made.
    pub created: Timestamp,
    /// When the primary key expires.
    pub expires: Option<Timestamp>,
    /// Whether any key of the certificate may encrypt, and until when (none: for good).
    pub encryption: Option<Option<Timestamp>>,
    /// Mail addresses of its user ids, in lower case.
    pub mails: Vec<String>,
    /// What makes it unusable whatever the date: revoked, too weak, bound by a broken hash.
    pub defects: Vec<String>,
}

/// Why there are no keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// This build of the program cannot read keys.
    #[error("this build has no OpenPGP reader (feature `openpgp`)")]
    NotBuiltIn,
    /// The data is not an OpenPGP certificate.
    #[cfg(feature = "openpgp")]
    #[error("not an OpenPGP public key: {0}")]
    Malformed(String),
}

impl Key {
    /// Why the key cannot be used on a date; empty if it can. Without a date only what holds for ever counts.
    pub fn faults(&self, now: Option<Timestamp>) -> Vec<String> {
        let mut faults = self.defects.clone();
        let past = |time: Timestamp| now.is_some_and(|now| time <= now);
        if let Some(time) = self.expires.filter(|time| past(*time)) {
            faults.push(format!("it expired on {}", day(time)));
        }
        match self.encryption {
            None => faults.push("nothing in it can encrypt".to_owned()),
            Some(Some(time)) if past(time) => {
                faults.push(format!("its encryption key expired on {}", day(time)));
            }
            Some(_) => {}
        }
        faults
    }

    /// The first date on which something it needs expires.
    pub fn first_expiry(&self) -> Option<Timestamp> {
        self.expires.into_iter().chain(self.encryption.flatten()).min()
    }
}

/// The day of a time, in UTC.
pub fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// Armoured public key blocks of a text, each with the line it begins in, from 1.
pub fn armoured_blocks(text: &str) -> Vec<(usize, &str)> {
    const BEGIN: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
    const END: &str = "-----END PGP PUBLIC KEY BLOCK-----";
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(BEGIN).map(|at| from + at) {
        let Some(end) = text[start..].find(END).map(|at| start + at + END.len()) else { break };
        found.push((text[..start].matches('\n').count() + 1, &text[start..end]));
        from = end;
    }
    found
}

/// Fingerprints in prose with the line each begins in, from 1: 40 or 64 hexadecimal digits in any grouping, with
/// a word about OpenPGP within two lines, on one line or broken over two, and no sign of being a checksum or a
/// commit.
pub fn fingerprints(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found: Vec<(usize, String)> = Vec::new();
    for at in 0..lines.len() {
        let context = lines[at.saturating_sub(2)..(at + 3).min(lines.len())].join(" ").to_lowercase();
        let about = [
            "pgp",
            "gpg",
            "gnupg",
            "fingerprint",
            "public key",
            "key id",
            "encryption key",
            "schlüssel",
            "clé",
        ];
        let checksum = ["sha1", "sha-1", "sha256", "sha-256", "checksum", "commit", "md5", "digest"];
        let line = lines[at].to_lowercase();
        if !about.iter().any(|word| context.contains(word)) || checksum.iter().any(|word| line.contains(word))
        {
            continue;
        }
        let next = lines.get(at + 1).copied().unwrap_or("");
        let here = runs(lines[at]);
        let both = if here.is_empty() && runs(next).is_empty() {
            runs(&format!("{} {}", lines[at], next))
        } else {
            Vec::new()
        };
        for digits in here.into_iter().chain(both) {
            if !found.iter().any(|(_, known)| *known == digits) {
                found.push((at + 1, digits));
            }
        }
    }
    found
}

/// Runs of hexadecimal groups that add up to a fingerprint.
fn runs(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut run = String::new();
    let mut groups = 0;
    let plain = line
        .replace("0x", " ")
        .replace(['\u{a0}', ':', '`', '*', '|', '>', '<', '(', ')', ',', '"', '_'], " ");
    // A dot or a slash glued to the digits makes them part of a path or an address.
    for word in plain.split_whitespace().chain(std::iter::once("")) {
        let word = word.trim_end_matches(['.', ';']);
        let hex = !word.is_empty() && word.chars().all(|letter| letter.is_ascii_hexdigit());
        if hex && matches!(word.len(), 2 | 4 | 5 | 8 | 10 | 16 | 20 | 32 | 40 | 64) {
            run.push_str(&word.to_ascii_uppercase());
            groups += 1;
            continue;
        }
        if matches!(run.len(), 40 | 64) && (groups > 1 || run.chars().any(|letter| letter.is_ascii_digit())) {
            found.push(run.clone());
        }
        run.clear();
        groups = 0;
    }
    found
}

/// Reads every certificate of an armoured block or of binary data.
///
/// # Errors
/// If the data is not a public key, or the build has no reader.
#[cfg(not(feature = "openpgp"))]
pub fn parse(_data: &[u8]) -> Result<Vec<Key>, KeyError> {
    Err(KeyError::NotBuiltIn)
}

/// Whether a cleartext signature was made by one of the certificates; none if this build cannot tell.
#[cfg(not(feature = "openpgp"))]
pub fn verify_cleartext(_text: &str, _keys: &[u8]) -> Option<bool> {
    None
}

#[cfg(feature = "openpgp")]
pub use super::certificate::{parse, verify_cleartext};
