//! Does a link still lead somewhere?

use super::Session;

/// What a link does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// It answers.
    Alive,
    /// It leads to a login form, so what is behind it is not public.
    Login,
    /// It is gone.
    Dead(u16),
    /// Could not look; why.
    Unknown(String),
}

/// Follows a link.
pub fn follow(session: &Session, url: &str) -> Link {
    let reply = match session.get(url, "text/html, */*") {
        Ok(reply) => reply,
        Err(reason) => return Link::Unknown(reason),
    };
    let path = url::Url::parse(&reply.url).map(|url| url.path().to_lowercase()).unwrap_or_default();
    let moved_to_login = !reply.redirects.is_empty()
        && ["/login", "/sign_in", "/signin", "/users/sign_in", "/auth"]
            .iter()
            .any(|part| path.contains(part));
    match reply.answer.status {
        200..=299 if moved_to_login => Link::Login,
        200..=299 => Link::Alive,
        404 | 410 => Link::Dead(reply.answer.status),
        status => Link::Unknown(format!("{url} answers with {status}")),
    }
}
