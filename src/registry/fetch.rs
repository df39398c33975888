//! The one way to a registry: a request, its answer, and what can go wrong between them.

use super::site::Credential;
use std::collections::BTreeMap;
use url::Url;

/// A document to read from a registry.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its address.
    pub address: Url,
    /// The media types that are understood, as an `Accept` header.
    pub accept: Option<&'static str>,
    /// The secret of the user's client for this site, if it has one.
    pub credential: Option<Credential>,
    /// The largest body that is taken, in bytes after decompression. What is longer is an error, not a cut.
    pub limit: u64,
}

impl Request {
    /// A request without a secret.
    pub fn new(address: Url, limit: u64) -> Self {
        Self { address, accept: None, credential: None, limit }
    }

    /// With the media types that are understood.
    pub fn accepting(mut self, media_types: &'static str) -> Self {
        self.accept = Some(media_types);
        self
    }

    /// With the user's secret for the site.
    pub fn with_credential(mut self, credential: Option<Credential>) -> Self {
        self.credential = credential;
        self
    }
}

/// A document that a registry gave (status 200).
#[derive(Clone, Debug)]
pub struct Response {
    /// Where it was in the end, after redirects.
    pub address: Url,
    /// Its media type without parameters, lower case; empty if the server does not say.
    pub content_type: String,
    /// The document.
    pub body: Vec<u8>,
}

/// Why a document could not be had. No message holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// This run opens no socket.
    #[error("not asked, because this run is offline; run once without --offline, or import a cache")]
    Offline,
    /// The registry does not have it (404 or 410).
    #[error("{address} does not exist (status {status})")]
    NotFound {
        /// The address.
        address: String,
        /// 404 or 410.
        status: u16,
    },
    /// The registry wants another secret, or any at all (401 or 403).
    #[error(
        "{address} refuses access (status {status}){}; check the credentials of your client's user-level \
         configuration",
        if *.authenticated { "" } else { ", and your client is set up with no credentials for that host" }
    )]
    Denied {
        /// The address.
        address: String,
        /// 401 or 403.
        status: u16,
        /// Whether a secret was sent.
        authenticated: bool,
    },
    /// Any other status, after the last attempt.
    #[error("{address} answers with status {status} after {attempts} attempts")]
    Status {
        /// The address.
        address: String,
        /// The status.
        status: u16,
        /// How often it was asked.
        attempts: u32,
    },
    /// The body is longer than the request allows.
    #[error("{address} is larger than {limit} bytes; not read")]
    TooLarge {
        /// The address.
        address: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// No answer, or not all of it, in time.
    #[error("{address} does not answer in time")]
    Timeout {
        /// The address.
        address: String,
    },
    /// A redirect that is not followed.
    #[error("{address} redirects to {target}, which is not followed: {reason}")]
    Redirect {
        /// The address.
        address: String,
        /// The host it points to.
        target: String,
        /// Why not.
        reason: &'static str,
    },
    /// The connection failed.
    #[error("{address} cannot be reached: {reason}")]
    Network {
        /// The address.
        address: String,
        /// What happened.
        reason: String,
    },
    /// The host failed so often that the rest of the run does without it.
    #[error("{host} failed too often in this run; not asked again")]
    GivenUp {
        /// The host.
        host: String,
    },
    /// The address is not `http` or `https`.
    #[error("{address} is not an address that can be asked")]
    Unsupported {
        /// The address.
        address: String,
    },
}

/// Reads documents from registries. Safe to share between threads.
pub trait Fetch: Send + Sync {
    /// Reads one document.
    ///
    /// # Errors
    /// When the answer is anything but status 200 with a whole body below the limit.
    fn get(&self, request: &Request) -> Result<Response, FetchError>;

    /// How many requests went to each host, redirects and repeated attempts included.
    fn requests(&self) -> BTreeMap<String, u64>;

    /// Whether it never opens a socket, so that nobody's settings need to be looked up for it.
    fn is_offline(&self) -> bool {
        false
    }
}

/// Opens no socket.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offline;

impl Fetch for Offline {
    fn get(&self, _request: &Request) -> Result<Response, FetchError> {
        Err(FetchError::Offline)
    }

    fn requests(&self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }

    fn is_offline(&self) -> bool {
        true
    }
}
