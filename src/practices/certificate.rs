//! Reading OpenPGP certificates (RFC 9580) with rPGP.

use super::address::emails;
use super::keys::{Key, KeyError};
use jiff::Timestamp;
use pgp::composed::{CleartextSignedMessage, Deserializable, SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureType};
use pgp::ser::Serialize;
use pgp::types::{KeyDetails, PublicParams, Tag};

/// RSA and DSA keys below this many bits are too weak (BSI TR-02102-1, NIST SP 800-131A).
const MIN_BITS: u16 = 2048;

/// Reads every certificate of an armoured block or of binary data.
///
/// # Errors
/// If the data is not a public key.
pub fn parse(data: &[u8]) -> Result<Vec<Key>, KeyError> {
    Ok(certificates(data)?.iter().map(describe).collect())
}

fn certificates(data: &[u8]) -> Result<Vec<SignedPublicKey>, KeyError> {
    let malformed = |error: pgp::errors::Error| KeyError::Malformed(first_line(&error.to_string()));
    let armoured = data.trim_ascii_start().starts_with(b"-----BEGIN");
    let all: Result<Vec<_>, _> = if armoured {
        SignedPublicKey::from_armor_many(data.trim_ascii_start()).map_err(malformed)?.0.collect()
    } else {
        SignedPublicKey::from_bytes_many(data).map_err(malformed)?.collect()
    };
    let all = all.map_err(malformed)?;
    if all.is_empty() {
        return Err(KeyError::Malformed("no certificate in it".to_owned()));
    }
    Ok(all)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or("").to_owned()
}

/// Whether a cleartext signature was made by one of the certificates, or one of their signing subkeys.
pub fn verify_cleartext(text: &str, keys: &[u8]) -> Option<bool> {
    let certificates = certificates(keys).ok()?;
    let Ok((message, _)) = CleartextSignedMessage::from_string(text.trim_start()) else { return Some(false) };
    Some(certificates.iter().any(|certificate| {
        message.verify(&certificate.primary_key).is_ok()
            || certificate.public_subkeys.iter().any(|subkey| message.verify(&subkey.key).is_ok())
    }))
}

fn describe(certificate: &SignedPublicKey) -> Key {
    let primary = &certificate.primary_key;
    let mut defects = Vec::new();
    let revoked = certificate.details.revocation_signatures.iter().any(|signature| {
        // A revocation by somebody else cannot be verified here; a doubtful key is no key to publish.
        signature.verify_key(primary).is_ok() || signature.typ() == Some(SignatureType::KeyRevocation)
    });
    if revoked {
        defects.push("it is revoked".to_owned());
    }
    let (bindings, mails) = identities(certificate);
    let newest =
        bindings.iter().copied().max_by_key(|signature| signature.created().map(|time| time.as_secs()));
    match newest {
        None => defects.push("no user id is bound by a valid self-signature".to_owned()),
        Some(signature) if is_broken(signature) => {
            defects.push("its user id is bound with a broken hash (SHA-1 or MD5)".to_owned());
        }
        Some(_) => {}
    }
    let bits = bits(primary.public_params());
    if let Some(size) = bits.filter(|size| *size < MIN_BITS) {
        defects.push(format!("{size} bits are too weak"));
    }
    let expires = newest.and_then(|signature| lifetime(primary, signature));
    let primary_encrypts = newest.is_some_and(encrypts).then_some(expires);
    let subkeys = certificate.public_subkeys.iter().filter_map(|subkey| encryption_subkey(primary, subkey));
    Key {
        fingerprint: hex::encode_upper(primary.fingerprint().as_bytes()),
        algorithm: match bits {
            Some(size) => format!("{:?} {size}", primary.algorithm()),
            None => format!("{:?}", primary.algorithm()),
        },
        created: timestamp(primary.created_at().as_secs().into()),
        expires,
        encryption: primary_encrypts
            .into_iter()
            .chain(subkeys)
            .max_by_key(|expiry| expiry.unwrap_or(Timestamp::MAX)),
        mails,
        defects,
    }
}

/// Valid self-signatures over user ids that are not revoked (and over the key itself), and the mail addresses.
fn identities(certificate: &SignedPublicKey) -> (Vec<&Signature>, Vec<String>) {
    let primary = &certificate.primary_key;
    let mut bindings = Vec::new();
    let mut mails = Vec::new();
    for user in &certificate.details.users {
        let valid: Vec<&Signature> = user
            .signatures
            .iter()
            .filter(|signature| signature.verify_certification(primary, Tag::UserId, &user.id).is_ok())
            .collect();
        let created = |signature: &&Signature| signature.created().map(|time| time.as_secs());
        let newest = valid.iter().copied().max_by_key(created);
        let Some(newest) = newest.filter(|signature| signature.typ() != Some(SignatureType::CertRevocation))
        else {
            continue;
        };
        bindings.push(newest);
        mails.extend(emails(&String::from_utf8_lossy(user.id.id())));
    }
    let direct = certificate.details.direct_signatures.iter();
    bindings.extend(direct.filter(|signature| signature.verify_key(primary).is_ok()));
    mails.dedup();
    (bindings, mails)
}

fn is_broken(signature: &Signature) -> bool {
    matches!(signature.hash_alg(), Some(HashAlgorithm::Sha1 | HashAlgorithm::Md5 | HashAlgorithm::Ripemd160))
}

fn encrypts(signature: &Signature) -> bool {
    signature.key_flags().encrypt_comms() || signature.key_flags().encrypt_storage()
}

/// When a usable encryption subkey expires; none if the subkey is of no use for encryption.
fn encryption_subkey(
    primary: &pgp::packet::PublicKey,
    subkey: &SignedPublicSubKey,
) -> Option<Option<Timestamp>> {
    let valid: Vec<&Signature> = subkey
        .signatures
        .iter()
        .filter(|signature| signature.verify_subkey_binding(primary, &subkey.key).is_ok())
        .collect();
    let revoked = subkey.signatures.iter().any(|s| s.typ() == Some(SignatureType::SubkeyRevocation));
    let binding = valid
        .into_iter()
        .filter(|signature| signature.typ() == Some(SignatureType::SubkeyBinding))
        .max_by_key(|signature| signature.created().map(|time| time.as_secs()))?;
    let weak = bits(subkey.key.public_params()).is_some_and(|size| size < MIN_BITS);
    let usable = encrypts(binding) && !revoked && !weak && !is_broken(binding);
    usable.then(|| lifetime(&subkey.key, binding))
}

fn lifetime(key: &impl KeyDetails, signature: &Signature) -> Option<Timestamp> {
    let seconds = signature.key_expiration_time()?.as_secs();
    (seconds > 0).then(|| timestamp(i64::from(key.created_at().as_secs()) + i64::from(seconds)))
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// Size of the modulus, where size is what strength depends on: the first number of the key, whose length stands
/// before it (RFC 9580 s.3.2).
fn bits(parameters: &PublicParams) -> Option<u16> {
    let bytes = match parameters {
        PublicParams::RSA(parameters) => parameters.to_bytes(),
        PublicParams::DSA(parameters) => parameters.to_bytes(),
        PublicParams::Elgamal(parameters) => parameters.to_bytes(),
        _ => return None,
    };
    let bytes = bytes.ok()?;
    Some(u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bare RSA public key packet (RFC 9580 s.5.5.2.2) with a modulus of so many bits.
    fn rsa(bits: u16) -> Vec<u8> {
        let mut modulus = vec![0xff; usize::from(bits / 8)];
        modulus[1] = 0x35;
        let mut body = vec![4, 0x69, 0x55, 0xb9, 0, 1];
        body.extend(bits.to_be_bytes());
        body.extend(&modulus);
        body.extend([0, 17, 1, 0, 1]);
        let mut packet = vec![0x99];
        packet.extend((body.len() as u16).to_be_bytes());
        packet.extend(body);
        packet
    }

    #[test]
    fn a_short_modulus_is_a_defect_and_a_long_one_is_not() {
        let of = |bits| parse(&rsa(bits)).expect("a key").remove(0);
        assert!(of(1024).defects.contains(&"1024 bits are too weak".to_owned()), "{:?}", of(1024));
        assert!(!of(3072).defects.iter().any(|defect| defect.contains("too weak")), "{:?}", of(3072));
        assert!(of(3072).algorithm.ends_with("3072"), "{:?}", of(3072));
    }

    #[test]
    fn what_is_no_key_is_an_error() {
        for data in [b"".as_slice(), b"x", b"-----BEGIN PGP PUBLIC KEY BLOCK-----", &[0x99; 40], &[0xff; 40]]
        {
            assert!(parse(data).is_err(), "{data:?}");
        }
    }
}
