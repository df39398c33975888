//! [`Fetch`] over HTTP: limits, deadlines, retries, and secrets that stay with their host.

use super::fetch::{Fetch, FetchError, Request, Response};
use super::site::{Site, shown, split_user_info};
use reqwest::blocking::Client;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// How many redirects one document may take.
const REDIRECTS: usize = 5;
/// A first guess at a body's size; what comes is what counts.
const CHUNK: usize = 64 * 1024;

/// The knobs of [`HttpFetch`].
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// For connecting, for the headers, and between two parts of a body.
    pub patience: Duration,
    /// For a whole document.
    pub deadline: Duration,
    /// How often one document is asked for, the first time included.
    pub attempts: u32,
    /// The wait before the second attempt; doubled before each further one.
    pub first_wait: Duration,
    /// A server that asks for a longer wait than this is not waited for.
    pub longest_wait: Duration,
    /// Simultaneous requests to one host.
    pub per_host: usize,
    /// After so many failures in a row a host is not asked again.
    pub failures: u32,
    /// Whether the proxies of the system and the environment are used.
    pub proxies: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(20),
            deadline: Duration::from_secs(120),
            attempts: 4,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
            per_host: 8,
            failures: 5,
            proxies: true,
        }
    }
}

/// Waits; replaced in tests.
pub type Sleep = Box<dyn Fn(Duration) + Send + Sync>;

/// Reads documents over HTTP with the system's certificates and proxies.
pub struct HttpFetch {
    client: Client,
    options: HttpOptions,
    sleep: Sleep,
    traffic: Mutex<Traffic>,
    freed: Condvar,
}

#[derive(Default)]
struct Traffic {
    busy: HashMap<Site, usize>,
    requests: BTreeMap<String, u64>,
    failures: HashMap<Site, u32>,
}

/// One answer of one server.
struct Answer {
    address: Url,
    status: u16,
    retry_after: Option<Duration>,
    content_type: String,
    body: Vec<u8>,
}

impl HttpFetch {
    /// A client that really waits.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn new(options: HttpOptions) -> Result<Self, FetchError> {
        Self::with_sleep(options, Box::new(std::thread::sleep))
    }

    /// A client that waits by `sleep`.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn with_sleep(options: HttpOptions, sleep: Sleep) -> Result<Self, FetchError> {
        // A second call finds the provider already there, which is what is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = if options.proxies { Client::builder() } else { Client::builder().no_proxy() };
        let client = builder
            .user_agent(concat!("licgraph/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(options.patience)
            .timeout(options.patience)
            .build()
            .map_err(|error| FetchError::Network {
                address: "any registry".to_owned(),
                reason: root_cause(&error),
            })?;
        Ok(Self { client, options, sleep, traffic: Mutex::default(), freed: Condvar::new() })
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows redirects to the final answer.
    fn follow(&self, request: &Request) -> Result<Answer, FetchError> {
        let mut address = request.address.clone();
        for _ in 0..=REDIRECTS {
            match self.send(request, &address)? {
                Step::Answer(answer) => return Ok(answer),
                Step::Redirect(target) => {
                    check_redirect(request, &address, &target)?;
                    address = target;
                }
            }
        }
        Err(FetchError::Redirect {
            address: shown(&request.address),
            target: shown(&address),
            reason: "there are too many redirects",
        })
    }

    /// One request to one server, counted, within the limit of its host.
    fn send(&self, request: &Request, address: &Url) -> Result<Step, FetchError> {
        let site = Site::of(address).ok_or_else(|| FetchError::Unsupported { address: shown(address) })?;
        let _slot = self.enter(&site)?;
        let started = Instant::now();
        let mut builder = self.client.get(address.clone());
        if let Some(accept) = request.accept {
            builder = builder.header(ACCEPT, accept);
        }
        if let Some(value) = request.credential.as_ref().and_then(|secret| secret.header_for(&site)) {
            let mut value =
                reqwest::header::HeaderValue::from_str(value).map_err(|_| FetchError::Network {
                    address: shown(address),
                    reason: "the credentials of the user's client do not fit into a header".to_owned(),
                })?;
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        let response = builder.send().map_err(|error| failure(address, &error))?;
        let status = response.status().as_u16();
        if let (301 | 302 | 303 | 307 | 308, Some(target)) =
            (status, redirect_target(address, response.headers()))
        {
            return Ok(Step::Redirect(target));
        }
        let retry_after = retry_after(response.headers());
        let content_type = media_type(response.headers());
        let body = if status == 200 { self.read(response, request, address, started)? } else { Vec::new() };
        Ok(Step::Answer(Answer { address: address.clone(), status, retry_after, content_type, body }))
    }

    fn read(
        &self,
        mut response: reqwest::blocking::Response,
        request: &Request,
        address: &Url,
        started: Instant,
    ) -> Result<Vec<u8>, FetchError> {
        let too_large = || FetchError::TooLarge { address: shown(address), limit: request.limit };
        if response.content_length().is_some_and(|length| length > request.limit) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            if started.elapsed() > self.options.deadline {
                return Err(FetchError::Timeout { address: shown(address) });
            }
            let count = response.read(&mut chunk).map_err(|error| read_failure(address, &error))?;
            if count == 0 {
                return Ok(body);
            }
            if body.len() as u64 + count as u64 > request.limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk[..count]);
        }
    }

    /// Waits for a free place at a host and counts the request.
    fn enter(&self, site: &Site) -> Result<Slot<'_>, FetchError> {
        let mut traffic = self.traffic();
        loop {
            if traffic.failures.get(site).is_some_and(|count| *count >= self.options.failures) {
                return Err(FetchError::GivenUp { host: site.to_string() });
            }
            if traffic.busy.get(site).copied().unwrap_or_default() < self.options.per_host.max(1) {
                break;
            }
            traffic = self.freed.wait(traffic).unwrap_or_else(PoisonError::into_inner);
        }
        *traffic.busy.entry(site.clone()).or_default() += 1;
        *traffic.requests.entry(site.to_string()).or_default() += 1;
        Ok(Slot { fetch: self, site: site.clone() })
    }

    /// Remembers that a host answered as it should.
    fn note_answer(&self, address: &Url) {
        if let Some(site) = Site::of(address) {
            self.traffic().failures.remove(&site);
        }
    }

    /// Remembers that a host failed.
    fn note_failure(&self, address: &Url) {
        if let Some(site) = Site::of(address) {
            *self.traffic().failures.entry(site).or_default() += 1;
        }
    }

    /// How long to wait before asking again; `None` when asking again is of no use.
    fn wait_before_retry(&self, answer: &Answer, attempt: u32) -> Option<Duration> {
        if !is_passing_failure(answer.status) || attempt >= self.options.attempts {
            return None;
        }
        let doubled = self.options.first_wait.saturating_mul(1 << (attempt - 1).min(16));
        let wait = answer.retry_after.unwrap_or(doubled);
        (wait <= self.options.longest_wait).then_some(wait)
    }
}

/// Whether a host that answers so may answer otherwise later.
fn is_passing_failure(status: u16) -> bool {
    status == 429 || status >= 500
}

impl Fetch for HttpFetch {
    fn get(&self, request: &Request) -> Result<Response, FetchError> {
        // A secret written into an address came with the audited tree or with a server's answer.
        let request = Request { address: split_user_info(request.address.clone()).0, ..request.clone() };
        let mut attempt = 1;
        loop {
            let answer = match self.follow(&request) {
                Ok(answer) => answer,
                Err(error) => {
                    let unreliable = matches!(error, FetchError::Network { .. } | FetchError::Timeout { .. });
                    if unreliable {
                        self.note_failure(&request.address);
                    }
                    return Err(error);
                }
            };
            match self.wait_before_retry(&answer, attempt) {
                Some(wait) => (self.sleep)(wait),
                None => {
                    if is_passing_failure(answer.status) {
                        self.note_failure(&request.address);
                    } else {
                        self.note_answer(&request.address);
                    }
                    return classify(&request, answer, attempt);
                }
            }
            attempt += 1;
        }
    }

    fn requests(&self) -> BTreeMap<String, u64> {
        self.traffic().requests.clone()
    }
}

enum Step {
    Answer(Answer),
    Redirect(Url),
}

/// A place at a host, given back when dropped.
struct Slot<'a> {
    fetch: &'a HttpFetch,
    site: Site,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.fetch.traffic().busy.get_mut(&self.site) {
            *count = count.saturating_sub(1);
        }
        self.fetch.freed.notify_all();
    }
}

fn classify(request: &Request, answer: Answer, attempts: u32) -> Result<Response, FetchError> {
    let address = shown(&request.address);
    match answer.status {
        200 => Ok(Response { address: answer.address, content_type: answer.content_type, body: answer.body }),
        status @ (404 | 410) => Err(FetchError::NotFound { address, status }),
        status @ (401 | 403) => {
            Err(FetchError::Denied { address, status, authenticated: request.credential.is_some() })
        }
        status => Err(FetchError::Status { address, status, attempts }),
    }
}

/// A secret, and the name of what it opens, stay with the host they are meant for.
fn check_redirect(request: &Request, from: &Url, to: &Url) -> Result<(), FetchError> {
    let (source, target) = (Site::of(from), Site::of(to));
    let reason = if target.is_none() {
        "it is neither http nor https"
    } else if source == target {
        return Ok(());
    } else if request.credential.is_some() {
        "a request with credentials stays with its host"
    } else if source.is_some_and(|site| site.is_encrypted())
        && target.is_some_and(|site| !site.is_encrypted())
    {
        "it leaves encryption"
    } else {
        return Ok(());
    };
    Err(FetchError::Redirect { address: shown(from), target: shown(to), reason })
}

fn redirect_target(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let target = from.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    // User information in a redirect would be a secret chosen by the server.
    Some(split_user_info(target).0)
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Seconds or a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let seconds = date.as_second() - jiff::Timestamp::now().as_second();
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

fn failure(address: &Url, error: &reqwest::Error) -> FetchError {
    if error.is_timeout() {
        FetchError::Timeout { address: shown(address) }
    } else {
        FetchError::Network { address: shown(address), reason: root_cause(error) }
    }
}

fn read_failure(address: &Url, error: &std::io::Error) -> FetchError {
    let timed_out = error.kind() == std::io::ErrorKind::TimedOut
        || error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<reqwest::Error>())
            .is_some_and(reqwest::Error::is_timeout);
    if timed_out {
        FetchError::Timeout { address: shown(address) }
    } else {
        FetchError::Network { address: shown(address), reason: root_cause(error) }
    }
}

/// The innermost message: the outer ones repeat the address, with its query.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
