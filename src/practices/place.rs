//! Where the canonical repository is, and who says so.

use super::address::web_address;
use super::manifest::Claim;
use super::rule::Context;

/// An address of the repository.
#[derive(Clone, Debug)]
pub struct RepositoryAddress {
    /// Over https, without user and password.
    pub url: String,
    /// Who says so: file and line, `git remote origin`, or the policy.
    pub place: String,
    /// Whether the project itself names it its repository; a remote only says where this clone came from.
    pub canonical: bool,
}

/// Every address, the canonical first.
pub fn addresses(context: &Context) -> Vec<RepositoryAddress> {
    let mut found: Vec<RepositoryAddress> = Vec::new();
    let mut add = |written: &str, place: &str, canonical: bool| {
        let Some(url) = web_address(written) else { return };
        if !found.iter().any(|known| plain(&known.url) == plain(&url)) {
            found.push(RepositoryAddress { url, place: place.to_owned(), canonical });
        }
    };
    if let Some(url) = &context.inputs.repository {
        add(url, "the project's policy", true);
    }
    let claims: Vec<&Claim> =
        context.tree.claims().repositories.iter().chain(&context.tree.manifests().repositories).collect();
    for claim in claims {
        add(&claim.value, &claim.place, true);
    }
    for (name, url) in context.tree.history().git().map(|git| git.remotes.as_slice()).unwrap_or_default() {
        add(url, &format!("git remote {name}"), false);
    }
    found
}

fn plain(url: &str) -> String {
    url.trim_end_matches('/').trim_end_matches(".git").to_lowercase()
}
