//! A [`Probe`] over HTTP that knows nobody's credentials: no netrc, no cookie, no redirect of its own.

use super::{Probe, ProbeAnswer, ProbeFailure, ProbeRequest};
use std::io::Read;
use std::time::Duration;

/// Sends requests to forges, sites and key servers.
pub struct HttpProbe {
    client: reqwest::blocking::Client,
}

impl HttpProbe {
    /// With the time a whole answer may take.
    ///
    /// # Errors
    /// If the machine's certificates or proxy settings cannot be used.
    pub fn new(timeout: Duration) -> Result<Self, ProbeFailure> {
        // A second call finds the provider already there, which is what is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::blocking::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .timeout(timeout)
            .connect_timeout(timeout)
            .user_agent(concat!("licgraph/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| ProbeFailure(in_full(&error)))?;
        Ok(Self { client })
    }
}

impl Probe for HttpProbe {
    fn get(&self, request: &ProbeRequest) -> Result<ProbeAnswer, ProbeFailure> {
        let mut builder = self.client.get(&request.url).header("Accept", request.accept);
        if let Some(token) = &request.token {
            builder = builder.bearer_auth(token);
        }
        let response = builder.send().map_err(|error| ProbeFailure(in_full(&error.without_url())))?;
        let status = response.status().as_u16();
        let text =
            |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers =
            response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let mut body = Vec::new();
        let limit = request.max_body as u64 + 1;
        response.take(limit).read_to_end(&mut body).map_err(|error| ProbeFailure(in_full(&error)))?;
        let truncated = body.len() > request.max_body;
        body.truncate(request.max_body);
        Ok(ProbeAnswer { status, headers, body, truncated })
    }
}

/// The error with its causes, since the outermost only says that sending failed.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
