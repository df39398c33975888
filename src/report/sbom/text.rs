//! Strings made fit for the formats: addresses and single lines.

/// An address as an IRI: `git@host:path` becomes `ssh://git@host/path`, and what an IRI cannot hold is
/// percent-encoded. None for text that is no address at all.
pub(crate) fn address(text: &str) -> Option<String> {
    let text = text.trim();
    // Addresses of code: whoever shows the document as a page would run it.
    let is_code = ["javascript:", "vbscript:", "data:"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if text.is_empty() || is_code {
        return None;
    }
    Some(encode(&scp_to_ssh(text)))
}

/// Git's short form has a user, no scheme and a colon before the path.
fn scp_to_ssh(text: &str) -> String {
    let (prefix, rest) = match text.strip_prefix("git+") {
        Some(rest) if !rest.contains("://") => ("git+", rest),
        _ => ("", text),
    };
    if rest.contains("://") {
        // `ssh://git@host:owner/path` has a colon where a port would be.
        return match rest.strip_prefix("ssh://").and_then(|inner| inner.split_once(':')) {
            Some((host, path)) if !host.contains('/') && !path.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("{prefix}ssh://{host}/{}", path.trim_start_matches('/'))
            }
            _ => repair_git_ssh(text),
        };
    }
    match rest.split_once(':') {
        Some((host, path)) if host.contains('@') && !host.contains('/') => {
            format!("{prefix}ssh://{host}/{}", path.trim_start_matches('/'))
        }
        _ => text.to_owned(),
    }
}

/// `git+ssh://git@host:owner/path`, as npm writes it.
fn repair_git_ssh(text: &str) -> String {
    match text.strip_prefix("git+ssh://").and_then(|inner| inner.split_once(':')) {
        Some((host, path)) if !host.contains('/') && !path.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("git+ssh://{host}/{}", path.trim_start_matches('/'))
        }
        _ => text.to_owned(),
    }
}

/// Percent-encodes what RFC 3987 does not allow in an IRI.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut fragment_seen = false;
    for (position, character) in text.char_indices() {
        let keep = match character {
            '%' => {
                bytes.get(position + 1..position + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
            }
            '#' => !std::mem::replace(&mut fragment_seen, true),
            '[' | ']' => false,
            other => !other.is_control() && !" <>\"{}|\\^`".contains(other) && !is_private(other),
        };
        if keep {
            out.push(character);
        } else {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                out.push('%');
                out.push_str(&hex::encode_upper([byte]));
            }
        }
    }
    out
}

/// Not in `ucschar` of RFC 3987.
fn is_private(character: char) -> bool {
    let code = u32::from(character);
    (0xE000..=0xF8FF).contains(&code)
        || (0xFFF0..=0xFFFF).contains(&code)
        || code >= 0xE0000
        || code & 0xFFFE == 0xFFFE
        || character.is_whitespace()
}

/// One line without control characters, for names and the like.
pub(super) fn one_line(text: &str) -> String {
    if !text.contains(|c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}') {
        return text.to_owned();
    }
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            c if c.is_control() => '\u{FFFD}',
            c => c,
        })
        .collect()
}

/// Whether an address is that of an archive, and the archive's file name.
pub(super) fn archive_name(url: &str) -> Option<&str> {
    const ENDINGS: [&str; 9] =
        [".tgz", ".tar.gz", ".crate", ".whl", ".zip", ".tar.bz2", ".tar.xz", ".jar", ".gem"];
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.rsplit('/').next().unwrap_or(path);
    ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{address, archive_name, one_line};

    #[test]
    fn short_git_addresses_become_ssh_addresses() {
        let cases = [
            ("git@git.example:team/thing.git", "ssh://git@git.example/team/thing.git"),
            ("git+ssh://git@git.example:team/thing.git", "git+ssh://git@git.example/team/thing.git"),
            ("ssh://git@git.example:2222/team/thing", "ssh://git@git.example:2222/team/thing"),
            ("ssh://git@git.example:team/thing", "ssh://git@git.example/team/thing"),
            ("https://user@host.example:8443/a b<c>", "https://user@host.example:8443/a%20b%3Cc%3E"),
            ("https://host.example/%zz#a#b", "https://host.example/%25zz#a%23b"),
        ];
        for (given, expected) in cases {
            assert_eq!(address(given).as_deref(), Some(expected));
        }
        assert_eq!(address("  "), None);
        assert_eq!(address("JavaScript:alert(1)"), None);
    }

    #[test]
    fn control_characters_do_not_survive_in_lines() {
        assert_eq!(one_line("a\nb\u{0}c"), "a b\u{FFFD}c");
    }

    #[test]
    fn archives_are_known_by_their_ending() {
        assert_eq!(archive_name("https://r.example/a/a-1.tgz?x=1"), Some("a-1.tgz"));
        assert_eq!(archive_name("registry+https://r.example/index"), None);
        assert_eq!(archive_name("https://r.example/.tgz"), None);
    }
}
