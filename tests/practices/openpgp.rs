//! Keys made for the test, good and bad in one way each.

use crate::support::{result, today, write};
use licgraph::model::{PracticeResult, PracticeState};
use licgraph::practices::{PracticeInputs, review};
use pgp::composed::{
    ArmorOptions, CleartextSignedMessage, EncryptionCaps, KeyType, SecretKeyParamsBuilder, SignedPublicKey,
    SignedSecretKey, SubkeyParamsBuilder,
};
use pgp::crypto::ecc_curve::ECCCurve;
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{SignatureConfig, SignatureType, Subpacket, SubpacketData};
use pgp::types::{Duration, KeyDetails, Password, Tag, Timestamp};
use rand::SeedableRng;
use rand::rngs::StdRng;

pub const MAIL: &str = "security@tool.alt";
/// 2026-01-01.
const MADE: u32 = 1_767_225_600;
const DAY: u32 = 86_400;

fn random() -> StdRng {
    StdRng::seed_from_u64(7)
}

pub fn secret(mail: &str, primary: KeyType, encrypts: bool) -> SignedSecretKey {
    let made = Timestamp::from_secs(MADE);
    let mut params = SecretKeyParamsBuilder::default();
    params
        .key_type(primary)
        .can_certify(true)
        .can_sign(true)
        .can_encrypt(EncryptionCaps::None)
        .created_at(made)
        .primary_user_id(format!("Security team <{mail}>"));
    if encrypts {
        let mut subkey = SubkeyParamsBuilder::default();
        subkey
            .key_type(KeyType::ECDH(ECCCurve::Curve25519Legacy))
            .can_encrypt(EncryptionCaps::All)
            .created_at(made);
        params.subkeys(vec![subkey.build().unwrap()]);
    }
    params.build().unwrap().generate(random()).unwrap()
}

pub fn armour(key: &SignedPublicKey) -> String {
    key.to_armored_string(ArmorOptions::default()).unwrap()
}

pub fn public(secret: &SignedSecretKey) -> SignedPublicKey {
    SignedPublicKey::from(secret.clone())
}

fn good() -> SignedSecretKey {
    secret(MAIL, KeyType::Ed25519Legacy, true)
}

/// The user id bound anew, with another hash or a lifetime.
fn rebound(secret: &SignedSecretKey, hash: HashAlgorithm, lifetime: Option<u32>) -> SignedPublicKey {
    let mut public = public(secret);
    let mut config = SignatureConfig::v4(SignatureType::CertPositive, secret.algorithm(), hash);
    let mut packets = vec![
        SubpacketData::SignatureCreationTime(Timestamp::from_secs(MADE + 1)),
        SubpacketData::IssuerFingerprint(secret.fingerprint()),
    ];
    packets.extend(lifetime.map(|seconds| SubpacketData::KeyExpirationTime(Duration::from_secs(seconds))));
    config.hashed_subpackets = packets.into_iter().map(|data| Subpacket::regular(data).unwrap()).collect();
    let user = &mut public.details.users[0];
    let signature = config
        .sign_certification(
            &secret.primary_key,
            &public.primary_key,
            &Password::empty(),
            Tag::UserId,
            &user.id,
        )
        .unwrap();
    user.signatures = vec![signature];
    public
}

fn revoked(secret: &SignedSecretKey) -> SignedPublicKey {
    let mut public = public(secret);
    let mut config =
        SignatureConfig::v4(SignatureType::KeyRevocation, secret.algorithm(), HashAlgorithm::Sha256);
    config.hashed_subpackets = vec![
        Subpacket::regular(SubpacketData::SignatureCreationTime(Timestamp::from_secs(MADE + 1))).unwrap(),
        Subpacket::regular(SubpacketData::IssuerFingerprint(secret.fingerprint())).unwrap(),
    ];
    let signature = config.sign_key(&secret.primary_key, &Password::empty(), &public.primary_key).unwrap();
    public.details.revocation_signatures.push(signature);
    public
}

fn judged(files: &[(&str, &str)]) -> PracticeResult {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "SECURITY.md", &format!("# Security\n\nReport vulnerabilities to {MAIL}.\n"));
    files.iter().for_each(|(path, text)| write(folder.path(), path, text));
    let inputs = PracticeInputs { now: Some(today()), ..PracticeInputs::default() };
    result(&review(folder.path(), &inputs), "SEC-2")
}

fn of_key(key: &SignedPublicKey) -> PracticeResult {
    judged(&[("security.asc", &armour(key))])
}

fn spaced(key: &SignedPublicKey) -> String {
    let digits = hex::encode_upper(key.fingerprint().as_bytes());
    digits
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_good_key_of_the_contact_passes_and_is_described() {
    let key = public(&good());
    let found = of_key(&key);
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    let statement = &found.evidence[0].statement;
    assert!(statement.contains(&hex::encode_upper(key.fingerprint().as_bytes())), "{statement}");
    assert!(statement.contains("made 2026-01-01") && statement.contains(MAIL), "{statement}");
    assert_eq!(found.evidence[0].place.as_deref(), Some("security.asc:1"));
}

#[test]
fn a_bad_key_fails_with_its_fault() {
    let cases = [
        (rebound(&good(), HashAlgorithm::Sha256, Some(30 * DAY)), "it expired on 2026-01-31"),
        (revoked(&good()), "it is revoked"),
        (public(&secret(MAIL, KeyType::Ed25519Legacy, false)), "nothing in it can encrypt"),
        (rebound(&secret(MAIL, KeyType::Rsa(2048), true), HashAlgorithm::Sha1, None), "broken hash"),
    ];
    for (key, fault) in cases {
        let found = of_key(&key);
        assert_eq!(found.state, PracticeState::Fail, "{fault}: {}", found.reason);
        assert!(found.reason.contains(fault), "{fault}: {}", found.reason);
    }
}

#[test]
fn a_key_near_its_end_passes_with_a_warning() {
    let found = of_key(&rebound(&good(), HashAlgorithm::Sha256, Some(200 * DAY)));
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    assert!(found.reason.contains("less than 90 days"), "{}", found.reason);
}

#[test]
fn without_a_date_a_key_that_may_have_expired_does_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "SECURITY.md", &format!("# Security\n\nReport vulnerabilities to {MAIL}.\n"));
    write(folder.path(), "security.asc", &armour(&rebound(&good(), HashAlgorithm::Sha256, Some(30 * DAY))));
    let found = result(&review(folder.path(), &PracticeInputs::default()), "SEC-2");
    assert_eq!(found.state, PracticeState::Review, "{}", found.reason);
}

#[test]
fn the_key_that_signs_releases_is_not_the_contacts() {
    let other = armour(&public(&secret("release@tool.alt", KeyType::Ed25519Legacy, true)));
    assert_eq!(judged(&[("KEYS", &other)]).state, PracticeState::Fail);
    let beside = format!("# Security\n\nReport vulnerabilities to {MAIL}.\n\n{other}\n");
    assert_eq!(judged(&[("SECURITY.md", &beside)]).state, PracticeState::Review);
}

#[test]
fn a_fingerprint_is_judged_by_its_key_where_the_key_is_there() {
    let secret = good();
    let text =
        format!("# Security\n\nReport vulnerabilities to {MAIL}, GnuPG key\n{}\n", spaced(&public(&secret)));
    let found = judged(&[("SECURITY.md", &text), ("KEYS", &armour(&public(&secret)))]);
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    let expired = rebound(&secret, HashAlgorithm::Sha256, Some(30 * DAY));
    let found = judged(&[("SECURITY.md", &text), ("KEYS", &armour(&expired))]);
    assert_eq!(found.state, PracticeState::Fail, "{}", found.reason);
}

#[test]
fn a_key_in_test_data_or_vendored_code_is_nobodys() {
    let key = armour(&public(&good()));
    for path in ["tests/data/security.asc", "vendor/lib/KEYS", "fixtures/KEYS"] {
        assert_eq!(judged(&[(path, &key)]).state, PracticeState::Fail, "{path}");
    }
}

#[test]
fn a_signed_security_txt_is_verified_by_the_keys_of_the_repository() {
    let secret = good();
    let text = format!("Contact: mailto:{MAIL}\nExpires: 2027-01-01T00:00:00Z\n");
    let signed =
        CleartextSignedMessage::sign(random(), &text, &secret.primary_key, &Password::empty()).unwrap();
    let signed = signed.to_armored_string(ArmorOptions::default()).unwrap();
    let contact = |file: &str, key: &str| {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), ".well-known/security.txt", file);
        write(folder.path(), "KEYS", key);
        let inputs = PracticeInputs { now: Some(today()), ..PracticeInputs::default() };
        result(&review(folder.path(), &inputs), "SEC-1")
    };
    let key = armour(&public(&secret));
    let found = contact(&signed, &key);
    assert_eq!(found.state, PracticeState::Pass, "{}", found.reason);
    let changed = signed.replace(MAIL, "thief@tool.alt");
    let found = contact(&changed, &key);
    assert_eq!(found.state, PracticeState::Review, "{}", found.reason);
    assert!(found.reason.contains("not made by any key"), "{}", found.reason);
}

#[test]
fn cut_keys_are_never_good() {
    let key = armour(&public(&good()));
    for length in (0..key.len()).step_by(17) {
        let cut = format!("{}\n-----END PGP PUBLIC KEY BLOCK-----\n", &key[..length]);
        let found = judged(&[("security.asc", &cut)]);
        assert_ne!(found.state, PracticeState::Pass, "{length}");
    }
}
