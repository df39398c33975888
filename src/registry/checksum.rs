//! Whether an archive is the one that the lock file means.

use super::archive::{ArchiveError, Limits, broken, for_each_in_zip};
use crate::model::{Checksum, ChecksumAlgorithm};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::fmt::Write;
use std::io::Read;

/// The outcome of comparing an archive with the checksums of the lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// One of them fits.
    Verified,
    /// There is none of a kind that says anything about these bytes.
    Nothing,
    /// None fits.
    Differs {
        /// What one of the strongest kind should have been.
        expected: String,
        /// What it is.
        found: String,
    },
}

/// Compares bytes with checksums: the strongest algorithm that is there decides, and any value of it may fit
/// (a lock file lists one for each file of a Python version). MD5 decides nothing.
pub fn compare(bytes: &[u8], checksums: &[Checksum]) -> Comparison {
    let strengths = [
        ChecksumAlgorithm::Sha512,
        ChecksumAlgorithm::Sha384,
        ChecksumAlgorithm::Sha256,
        ChecksumAlgorithm::Sha1,
    ];
    for algorithm in strengths {
        let expected: Vec<_> = checksums.iter().filter(|checksum| checksum.algorithm == algorithm).collect();
        let Some(first) = expected.first() else { continue };
        let found = digest(algorithm, bytes);
        if expected.iter().any(|checksum| checksum.value.eq_ignore_ascii_case(&found)) {
            return Comparison::Verified;
        }
        return Comparison::Differs { expected: first.value.clone(), found };
    }
    Comparison::Nothing
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn digest(algorithm: ChecksumAlgorithm, bytes: &[u8]) -> String {
    match algorithm {
        ChecksumAlgorithm::Sha512 => hex::encode(Sha512::digest(bytes)),
        ChecksumAlgorithm::Sha384 => hex::encode(Sha384::digest(bytes)),
        ChecksumAlgorithm::Sha1 => hex::encode(sha1::Sha1::digest(bytes)),
        _ => sha256(bytes),
    }
}

/// Go's directory hash of a module zip, `h1:` without the prefix (`Hash1` of Go's dirhash).
///
/// # Errors
/// When the zip is broken, hostile or beyond the limits.
pub fn go_h1(zip: &[u8], limits: &Limits) -> Result<String, ArchiveError> {
    let mut files = Vec::new();
    for_each_in_zip(zip, limits, &mut |path, reader| {
        files.push((path.to_owned(), sha256_of(reader)?));
        Ok(())
    })?;
    files.sort();
    let mut lines = String::new();
    for (path, hash) in files {
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{hash}  {path}");
    }
    Ok(STANDARD.encode(Sha256::digest(lines.as_bytes())))
}

/// Go's hash of a go.mod file alone, `h1:` without the prefix (the `/go.mod` lines of go.sum).
pub fn go_mod_h1(text: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(format!("{}  go.mod\n", sha256(text)).as_bytes()))
}

fn sha256_of(reader: &mut dyn Read) -> Result<String, ArchiveError> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let count = reader.read(&mut chunk).map_err(|error| broken(&error))?;
        if count == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&chunk[..count]);
    }
}

/// Reads npm's `integrity` (Subresource Integrity): `sha512-<base64> sha1-<base64>`; unknown kinds are left out.
pub fn from_integrity(text: &str) -> Vec<Checksum> {
    text.split_ascii_whitespace().filter_map(one_integrity).collect()
}

fn one_integrity(part: &str) -> Option<Checksum> {
    let (name, rest) = part.split_once('-')?;
    let algorithm = match name {
        "sha512" => ChecksumAlgorithm::Sha512,
        "sha384" => ChecksumAlgorithm::Sha384,
        "sha256" => ChecksumAlgorithm::Sha256,
        "sha1" => ChecksumAlgorithm::Sha1,
        _ => return None,
    };
    let encoded = rest.split('?').next().unwrap_or(rest);
    let value = hex::encode(STANDARD.decode(encoded).ok()?);
    Some(Checksum { algorithm, value })
}

#[cfg(test)]
mod tests {
    use super::{Comparison, compare, from_integrity, sha256};
    use crate::model::{Checksum, ChecksumAlgorithm};

    fn sha(algorithm: ChecksumAlgorithm, value: &str) -> Checksum {
        Checksum { algorithm, value: value.to_owned() }
    }

    #[test]
    fn the_strongest_checksum_decides() {
        let good = sha(ChecksumAlgorithm::Sha256, &sha256(b"archive"));
        let bad = sha(ChecksumAlgorithm::Sha512, "00");
        assert_eq!(compare(b"archive", std::slice::from_ref(&good)), Comparison::Verified);
        assert!(matches!(compare(b"archive", &[good.clone(), bad]), Comparison::Differs { .. }));
        let other = sha(ChecksumAlgorithm::Sha256, "11");
        assert_eq!(compare(b"archive", &[other, good]), Comparison::Verified);
        assert_eq!(compare(b"archive", &[sha(ChecksumAlgorithm::Md5, "11")]), Comparison::Nothing);
    }

    #[test]
    fn integrity_lists_are_read() {
        // SHA-1 and SHA-256 of nothing.
        let found = from_integrity(
            "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= sha9-xx sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=?x",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(compare(b"", &found), Comparison::Verified);
        assert!(from_integrity("nonsense sha512-***").is_empty());
    }
}
