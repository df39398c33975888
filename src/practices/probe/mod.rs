//! Looking on the network, where it was asked for. No probe has a way to send a user, a password or a cookie; the
//! one token goes to the one host it is for. Whatever cannot be read stays unknown.

pub mod forge;
mod http;
pub mod keys;
pub mod links;
pub mod security_txt;
pub mod smart_http;

pub use http::HttpProbe;

use super::inputs::ForgeToken;
use super::rule::Outcome;
use crate::model::PracticeEvidence;
use jiff::Timestamp;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Answers are cut off here; no probe needs more.
pub const MAX_BODY: usize = 1024 * 1024;
const MAX_REDIRECTS: usize = 5;

/// One GET request. The implementation must send exactly this: no credential of its own (no netrc, no cookie, no
/// credential helper), no further header but `User-Agent` and `Host`, and must not follow redirects.
#[derive(Clone, Debug)]
pub struct ProbeRequest {
    /// Always https.
    pub url: String,
    /// The `Accept` header.
    pub accept: &'static str,
    /// For `Authorization: Bearer`; only ever set for the host it was given for.
    pub token: Option<String>,
    /// The body must be cut off after this many bytes.
    pub max_body: usize,
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct ProbeAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case with their values.
    pub headers: Vec<(String, String)>,
    /// The body, up to the limit.
    pub body: Vec<u8>,
    /// Whether the body was longer.
    pub truncated: bool,
}

/// Why nothing came back: TLS, DNS, refused, timed out. In words for a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProbeFailure(pub String);

/// Does one request.
pub trait Probe {
    /// Sends one request and reads its answer.
    ///
    /// # Errors
    /// When no answer came back.
    fn get(&self, request: &ProbeRequest) -> Result<ProbeAnswer, ProbeFailure>;
}

impl ProbeAnswer {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// The end of a chain of requests.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The address that answered in the end.
    pub url: String,
    /// The addresses before it.
    pub redirects: Vec<String>,
    /// Its answer.
    pub answer: ProbeAnswer,
}

/// All requests of one review: each address is asked once, and a host that limits is left alone.
pub struct Session<'a> {
    probe: &'a dyn Probe,
    token: Option<ForgeToken>,
    now: Option<Timestamp>,
    /// The CVE program's partner list, if it is to be consulted.
    pub cna_list: Option<String>,
    replies: RefCell<BTreeMap<String, Result<Reply, String>>>,
    limited: RefCell<BTreeSet<String>>,
}

/// What an address is asked for.
#[derive(Clone, Copy)]
enum Wanted {
    /// A document of this media type.
    Document(&'static str),
    /// The programming interface of a forge, which alone gets the token.
    Interface,
}

impl<'a> Session<'a> {
    /// Begins a review online.
    pub fn new(online: &super::inputs::Online<'a>, now: Option<Timestamp>) -> Self {
        Self {
            probe: online.probe,
            token: online.token.clone(),
            now,
            cna_list: online.cna_list.clone(),
            replies: RefCell::default(),
            limited: RefCell::default(),
        }
    }

    /// Asks for an address, following redirects over https.
    ///
    /// # Errors
    /// Why there is no answer to read, in one sentence: nothing came back, the host limits, the server failed.
    pub fn get(&self, url: &str, accept: &'static str) -> Result<Reply, String> {
        self.get_once(url, Wanted::Document(accept))
    }

    /// As [`Session::get`], for the programming interface of a forge: the only requests that carry the token.
    ///
    /// # Errors
    /// As [`Session::get`].
    pub fn get_interface(&self, url: &str) -> Result<Reply, String> {
        self.get_once(url, Wanted::Interface)
    }

    fn get_once(&self, url: &str, wanted: Wanted) -> Result<Reply, String> {
        if let Some(known) = self.replies.borrow().get(url) {
            return known.clone();
        }
        let reply = self.follow(url, wanted);
        self.replies.borrow_mut().insert(url.to_owned(), reply.clone());
        reply
    }

    /// Evidence from an address, with the time it was read.
    pub fn evidence(&self, statement: impl Into<String>, url: &str) -> PracticeEvidence {
        let time = self.now.map(|now| now.to_string());
        PracticeEvidence { statement: statement.into(), place: Some(url.to_owned()), time }
    }

    /// An outcome for what could not be looked at.
    pub fn unknown(&self, reason: &str, url: &str) -> Outcome {
        Outcome::unknown(reason).with([self.evidence("asked, without an answer to judge by", url)])
    }

    fn follow(&self, url: &str, wanted: Wanted) -> Result<Reply, String> {
        let mut current = public_url(url)?;
        let mut redirects = Vec::new();
        loop {
            let answer = self.ask(&current, wanted)?;
            let Some(target) = redirect(&answer, &current) else {
                return Ok(Reply { url: current.to_string(), redirects, answer });
            };
            redirects.push(current.to_string());
            if redirects.len() > MAX_REDIRECTS {
                return Err(format!("{url} redirects more than {MAX_REDIRECTS} times"));
            }
            current = public_url(&target)?;
        }
    }

    fn ask(&self, url: &url::Url, wanted: Wanted) -> Result<ProbeAnswer, String> {
        let host = authority(url);
        if self.limited.borrow().contains(&host) {
            return Err(format!("{host} limits requests; it was not asked again"));
        }
        let (accept, token) = match wanted {
            Wanted::Document(accept) => (accept, None),
            Wanted::Interface => ("application/json", self.token.as_ref().filter(|token| token.host == host)),
        };
        let token = token.map(|token| token.value.clone());
        let request = ProbeRequest { url: url.to_string(), accept, token, max_body: MAX_BODY };
        let answer =
            self.probe.get(&request).map_err(|failure| format!("{host} gave no answer: {failure}"))?;
        let exhausted = answer.header("x-ratelimit-remaining").is_some_and(|left| left.trim() == "0");
        if exhausted || answer.status == 429 {
            self.limited.borrow_mut().insert(host.clone());
        }
        match answer.status {
            429 => Err(format!("{host} limits requests (429)")),
            403 if exhausted || answer.header("retry-after").is_some() => {
                Err(format!("{host} limits requests (403)"))
            }
            status if status >= 500 => Err(format!("{host} failed ({status})")),
            _ => Ok(answer),
        }
    }
}

/// An address that may be asked: https, with nothing secret in it.
fn public_url(url: &str) -> Result<url::Url, String> {
    let mut parsed = url::Url::parse(url).map_err(|_| format!("`{url}` is no address"))?;
    if parsed.scheme() != "https" {
        return Err(format!("{}://{} is not https and was not asked", parsed.scheme(), authority(&parsed)));
    }
    let stripped = parsed.set_username("").is_ok() && parsed.set_password(None).is_ok();
    if stripped {
        Ok(parsed)
    } else {
        Err("the address carries a user name that cannot be left out".to_owned())
    }
}

fn authority(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or("");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn redirect(answer: &ProbeAnswer, base: &url::Url) -> Option<String> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    Some(base.join(answer.header("location")?).ok()?.to_string())
}
