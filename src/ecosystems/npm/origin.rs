//! Where a package comes from and its checksums, as the lock files of every client write them.

use super::license_field::printable;
use crate::model::{Checksum, ChecksumAlgorithm, Origin};
use base64::Engine;

/// The origin that a resolved address (or a version that is an address) states.
///
/// The archive of a registry package lies below `/-/` (npm, Yarn, pnpm) or `/download/`; any other archive
/// address was asked for by address.
pub(super) fn from_address(address: &str) -> Origin {
    let address = printable(&without_credentials(address));
    if is_git(&address) {
        return Origin::Git(address);
    }
    if let Some(path) = local_path(&address) {
        return if is_archive(path) { Origin::Archive(address) } else { Origin::Path(path.to_owned()) };
    }
    if !address.contains("://") {
        return Origin::Registry(None);
    }
    match registry_base(&address) {
        Some(base) => Origin::Registry(Some(base)),
        None => Origin::Archive(address.split('#').next().unwrap_or_default().to_owned()),
    }
}

/// Whether a requirement or resolution names something else than a registry package.
pub(super) fn is_address(text: &str) -> bool {
    text.contains("://") || local_path(text).is_some() || is_git(text)
}

/// Whether an address leads to a git repository.
fn is_git(address: &str) -> bool {
    let hosts = ["git+", "git://", "git@", "github:", "gitlab:", "bitbucket:", "gist:"];
    hosts.iter().any(|start| address.starts_with(start))
        || address.split('#').next().is_some_and(|path| path.contains("://") && path.ends_with(".git"))
}

/// The path of `file:`, `link:`, `portal:` and `workspace:` addresses.
pub(super) fn local_path(address: &str) -> Option<&str> {
    let path = ["file:", "link:", "portal:"].iter().find_map(|start| address.strip_prefix(start))?;
    Some(path.split(['#', ':']).next().unwrap_or(path))
}

/// Whether a path ends like a package archive.
pub(super) fn is_archive(path: &str) -> bool {
    [".tgz", ".tar.gz", ".tar"].iter().any(|end| path.ends_with(end))
}

/// User names and passwords have no place in a report; `git@` is no secret.
pub(super) fn without_credentials(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) if &rest[..at] != "git" => format!("{scheme}://{}", &rest[at + 1..]),
        _ => address.to_owned(),
    }
}

/// `https://host/base/` of `https://host/base/@scope/name/-/name-1.0.0.tgz`.
fn registry_base(address: &str) -> Option<String> {
    let path = address.split(['#', '?']).next().unwrap_or(address);
    let marker = path.find("/-/").or_else(|| path.find("/download/"))?;
    let before = &path[..marker];
    let host_end = before.find("://").map_or(0, |at| at + 3);
    if path[marker..].starts_with("/download/") {
        return Some(format!("{before}/"));
    }
    let name_start = before[host_end..].rfind('/').map(|at| host_end + at)?;
    let start = match before[..name_start].rfind('/') {
        Some(scope) if scope >= host_end && before[scope..].starts_with("/@") => scope,
        _ => name_start,
    };
    Some(format!("{}/", &before[..start]))
}

/// The checksums of a Subresource Integrity text (`sha512-<base64> sha1-<base64>`); others are left out.
pub(super) fn integrity(text: &str) -> Vec<Checksum> {
    text.split_whitespace().filter_map(one_integrity).collect()
}

fn one_integrity(text: &str) -> Option<Checksum> {
    let (name, value) = text.split_once('-')?;
    let algorithm = match name {
        "md5" => ChecksumAlgorithm::Md5,
        "sha1" => ChecksumAlgorithm::Sha1,
        "sha256" => ChecksumAlgorithm::Sha256,
        "sha384" => ChecksumAlgorithm::Sha384,
        "sha512" => ChecksumAlgorithm::Sha512,
        _ => return None,
    };
    let value = value.split('?').next().unwrap_or(value);
    let bytes = base64::engine::general_purpose::STANDARD.decode(value).ok()?;
    Some(Checksum { algorithm, value: hex::encode(bytes) })
}

/// The SHA-1 that Yarn 1 writes behind `#` of an archive address.
pub(super) fn sha1_fragment(address: &str) -> Option<Checksum> {
    let (_, value) = address.rsplit_once('#')?;
    let is_sha1 = value.len() == 40 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_sha1.then(|| Checksum { algorithm: ChecksumAlgorithm::Sha1, value: value.to_ascii_lowercase() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_origins() {
        let registry = |base: &str| Origin::Registry(Some(base.to_owned()));
        let cases = [
            ("https://registry.example/ms/-/ms-2.0.0.tgz#abc", registry("https://registry.example/")),
            ("https://registry.example/@a/b/-/b-1.tgz", registry("https://registry.example/")),
            ("https://u:p@host.example/api/npm/x/-/x-1.tgz", registry("https://host.example/api/npm/")),
            ("https://host.example/a/b.tgz", Origin::Archive("https://host.example/a/b.tgz".to_owned())),
            (
                "git+ssh://git@host.example/a/b.git#1f",
                Origin::Git("git+ssh://git@host.example/a/b.git#1f".to_owned()),
            ),
            ("github:a/b", Origin::Git("github:a/b".to_owned())),
            ("git+https://t0ken@host.example/a#1", Origin::Git("git+https://host.example/a#1".to_owned())),
            ("file:../x", Origin::Path("../x".to_owned())),
            ("file:x.tgz", Origin::Archive("file:x.tgz".to_owned())),
            ("1.0.0", Origin::Registry(None)),
        ];
        for (address, expected) in cases {
            assert_eq!(from_address(address), expected, "{address}");
        }
    }

    #[test]
    fn integrity_becomes_hexadecimal() {
        let found = integrity("sha1-3q2+7wAAAAAAAAAAAAAAAAAAAAA= sha512-!!! blake-xx");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].value, "deadbeef00000000000000000000000000000000");
        assert!(sha1_fragment("https://h/x.tgz#DEADBEEF00000000000000000000000000000000").is_some());
        assert!(sha1_fragment("https://h/x.git#main").is_none());
    }
}
