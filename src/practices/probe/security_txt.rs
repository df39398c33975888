//! The security.txt of a site (RFC 9116 s.3): over https, at its one place.

use super::Session;

/// Fetches it. None: the site answers that there is none.
///
/// # Errors
/// Why nothing is known.
pub fn fetch(session: &Session, site: &str) -> Result<Option<(String, String)>, String> {
    let host = crate::practices::address::host(site).ok_or_else(|| format!("`{site}` is no address"))?;
    let port = url::Url::parse(site)
        .ok()
        .and_then(|url| url.port())
        .map_or(String::new(), |port| format!(":{port}"));
    let url = format!("https://{host}{port}/.well-known/security.txt");
    let reply = session.get(&url, "text/plain")?;
    match reply.answer.status {
        404 | 410 => Ok(None),
        200 => {
            let kind = reply.answer.header("content-type").unwrap_or("").to_lowercase();
            if !kind.starts_with("text/plain") {
                // A catch-all page is no security.txt (RFC 9116 s.3 requires text/plain).
                return Ok(None);
            }
            let text = String::from_utf8_lossy(&reply.answer.body).into_owned();
            Ok(Some((reply.url, text)))
        }
        status => Err(format!("{url} answers with {status}")),
    }
}
