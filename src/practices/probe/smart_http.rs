//! Can anybody read the repository? Asked as an anonymous git client would begin (gitprotocol-http).

use super::Session;
use crate::practices::address::{host, is_internal};

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readable {
    /// Anybody can; the address that answered, and whether the repository is empty.
    Public {
        /// The repository's address after all redirects.
        address: String,
        /// No branch and no tag.
        empty: bool,
    },
    /// It answers, but only inside this network.
    Internal(String),
    /// Not shown to the public; why.
    Hidden(String),
    /// Could not look; why.
    Unknown(String),
}

/// Asks for the references of a repository.
pub fn readable(session: &Session, repository: &str) -> Readable {
    let base = repository.trim_end_matches('/');
    let asked = format!("{base}/info/refs?service=git-upload-pack");
    let reply = match session.get(&asked, "*/*") {
        Ok(reply) => reply,
        Err(reason) => return Readable::Unknown(reason),
    };
    let status = reply.answer.status;
    match status {
        200 => {}
        401 | 403 | 404 | 410 => {
            return Readable::Hidden(format!("an anonymous read of {base} is answered with {status}"));
        }
        _ => return Readable::Unknown(format!("{base} answers an anonymous read with {status}")),
    }
    let kind = reply.answer.header("content-type").unwrap_or("").split(';').next().unwrap_or("").trim();
    if kind != "application/x-git-upload-pack-advertisement" {
        let page = if kind == "text/html" { "a web page, such as a login form," } else { "something else" };
        return Readable::Hidden(format!(
            "{base} answers an anonymous read with {page} instead of references"
        ));
    }
    let Some(references) = after_banner(&reply.answer.body) else {
        return Readable::Unknown(format!("{base} does not speak the protocol of git"));
    };
    let address = reply.url.split("/info/refs").next().unwrap_or(&reply.url).to_owned();
    if host(&address).is_none_or(|host| is_internal(&host)) {
        return Readable::Internal(address);
    }
    Readable::Public { address, empty: !lists_a_reference(references) }
}

/// What follows the banner and its flush packet.
fn after_banner(body: &[u8]) -> Option<&[u8]> {
    let (banner, rest) = packet(body)?;
    (banner.trim_ascii_end() == b"# service=git-upload-pack").then_some(())?;
    rest.strip_prefix(b"0000")
}

/// One pkt-line: four hexadecimal digits of length, themselves counted.
fn packet(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = std::str::from_utf8(body.get(..4)?).ok()?;
    let length = usize::from_str_radix(length, 16).ok().filter(|length| *length >= 4)?;
    Some((body.get(4..length)?, body.get(length..)?))
}

/// An empty repository advertises only capabilities, after an id of zeros.
fn lists_a_reference(references: &[u8]) -> bool {
    packet(references)
        .is_some_and(|(line, _)| !line.starts_with(b"0000000000000000000000000000000000000000 capabilities"))
}
