//! Mail addresses and links in prose, with the disguises people put on them.

/// Mail addresses of a text, in lower case, in order, each once. `name [at] host [dot] org`, `name[@]host.org`
/// and `&#64;` are understood.
pub fn emails(text: &str) -> Vec<String> {
    let plain = undisguise(text);
    let mut found: Vec<String> = Vec::new();
    for (at, _) in plain.match_indices('@') {
        let local: String = plain[..at].chars().rev().take_while(|letter| is_local(*letter)).collect();
        let local: String = local.chars().rev().collect();
        let local = local.trim_matches('.');
        let host: String = plain[at + 1..].chars().take_while(|letter| is_host(*letter)).collect();
        let host = host.trim_matches(['.', '-']).to_lowercase();
        let top = host.rsplit('.').next().unwrap_or("");
        let named = host.contains('.') && top.len() >= 2 && top.chars().all(char::is_alphabetic);
        let mail = format!("{}@{host}", local.to_lowercase());
        if named && !local.is_empty() && !found.contains(&mail) {
            found.push(mail);
        }
    }
    found
}

fn is_local(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-' | '+')
}

fn is_host(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | '-')
}

fn undisguise(text: &str) -> String {
    let mut plain = text.replace("&#64;", "@").replace("&commat;", "@").replace("&#46;", ".");
    for (open, close) in [("[", "]"), ("(", ")"), ("{", "}"), ("<", ">")] {
        for (word, sign) in [("at", "@"), ("AT", "@"), ("@", "@"), ("dot", "."), ("DOT", "."), (".", ".")] {
            let disguise = format!("{open}{word}{close}");
            for spelling in [format!(" {disguise} "), disguise.clone()] {
                plain = plain.replace(&spelling, sign);
            }
        }
    }
    plain.replace(" AT ", "@").replace(" DOT ", ".")
}

/// Links of a text, in order, each once, without the punctuation that follows them.
pub fn urls(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for scheme in ["https://", "http://", "irc://", "ircs://", "xmpp:", "openpgp4fpr:"] {
        for (at, _) in text.match_indices(scheme) {
            let end = text[at..]
                .find(|letter: char| {
                    letter.is_whitespace()
                        || matches!(letter, '<' | '>' | '"' | '\'' | '`' | ')' | ']' | '|' | '}')
                })
                .map_or(text.len(), |length| at + length);
            let url = text[at..end].trim_end_matches(['.', ',', ';', ':', '*', '_', '\\']);
            if url.len() > scheme.len() && !found.iter().any(|known| known == url) {
                found.push(url.to_owned());
            }
        }
    }
    found
}

/// The host of a link, in lower case, without port and user.
pub fn host(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    Some(parsed.host_str()?.to_ascii_lowercase())
}

/// Whether an address belongs to nobody: reserved names (RFC 2606, RFC 6761) and the usual gaps of templates.
pub fn is_placeholder(address: &str) -> bool {
    let lower = address.to_lowercase();
    let host = host(&lower).unwrap_or_else(|| lower.rsplit('@').next().unwrap_or("").to_owned());
    let local = lower.split_once('@').map_or("", |(local, _)| local);
    let reserved = [
        "example.com",
        "example.org",
        "example.net",
        "domain.com",
        "domain.tld",
        "email.com",
        "company.com",
        "yourdomain.com",
        "mydomain.com",
        "localhost",
        "test.com",
        "foo.com",
        "bar.com",
    ];
    let reserved_top = ["example", "invalid", "test", "localhost", "local"];
    let top = host.rsplit('.').next().unwrap_or("");
    let label = host.split('.').next().unwrap_or("");
    reserved.iter().any(|name| host == *name || host.ends_with(&format!(".{name}")))
        || reserved_top.contains(&top)
        || label.starts_with("your")
        || local.starts_with("your")
        || lower.contains("<your")
        || lower.contains("{{")
}

/// Whether a link leads to a public issue tracker, where a vulnerability must not be reported.
pub fn is_public_tracker(url: &str) -> bool {
    let path = url::Url::parse(url).map(|url| url.path().to_lowercase()).unwrap_or_default();
    path.contains("/issues")
        || path.contains("/-/issues")
        || path.ends_with("/bugs")
        || path.contains("/discussions")
}

/// Whether a link leads to a private report on a forge.
pub fn is_private_report(url: &str) -> bool {
    url.contains("/security/advisories/new")
        || url.contains("privately-reporting-a-security-vulnerability")
        || url.contains("issues/new?confidential=true")
        || url.contains("issue[confidential]=true")
}

/// The public https address of a repository, from any way of writing a remote, without user or password.
/// None for a local path.
pub fn web_address(remote: &str) -> Option<String> {
    let remote = remote.trim().trim_start_matches("git+").trim_start_matches("scm:git:");
    let (host, path) = if let Some((_, rest)) = remote.split_once("://") {
        let scheme = remote.split("://").next().unwrap_or("");
        if !matches!(scheme, "https" | "http" | "ssh" | "git") {
            return None;
        }
        let (authority, path) = rest.split_once('/')?;
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let web = matches!(scheme, "https" | "http");
        // An ssh or git port says nothing about the web server.
        (if web { host } else { host.split(':').next().unwrap_or(host) }, path)
    } else {
        let (authority, path) = remote.split_once(':')?;
        if authority.contains(['/', '\\']) || authority.len() < 2 {
            return None;
        }
        (authority.rsplit('@').next().unwrap_or(authority), path)
    };
    let path = path.split(['?', '#']).next().unwrap_or("").trim_matches('/');
    let usable = !host.is_empty() && !path.is_empty() && host.chars().all(|c| is_host(c) || c == ':');
    let address = format!("https://{}/{}", host.to_ascii_lowercase(), path);
    (usable && url::Url::parse(&address).is_ok()).then_some(address)
}

/// Whether a host can only be reached from inside: private addresses (RFC 1918, RFC 4193), loopback, names
/// without a dot and names of private zones.
pub fn is_internal(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    if let Ok(address) = host.parse::<std::net::Ipv4Addr>() {
        return address.is_private()
            || address.is_loopback()
            || address.is_link_local()
            || address.is_unspecified();
    }
    if let Ok(address) = host.parse::<std::net::Ipv6Addr>() {
        return address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local();
    }
    let private = ["local", "internal", "intranet", "lan", "corp", "home", "localhost", "localdomain"];
    !host.contains('.') || private.contains(&host.rsplit('.').next().unwrap_or(""))
}
