//! What the user's go is set up for: environment, its own file, then go itself.

use crate::registry::netrc::Netrc;
use crate::registry::neutral::Clients;
use crate::registry::site::split_user_info;
use std::collections::BTreeMap;
use std::path::PathBuf;
use url::Url;

/// One element of GOPROXY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proxy {
    /// A module proxy over HTTP.
    Remote(Url),
    /// A module proxy in a directory (`file://`).
    Directory(PathBuf),
    /// The module's own repository.
    Direct,
    /// Nobody.
    Off,
    /// Text that is no address.
    Unknown(String),
}

/// One element of GOPROXY and when the next one is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProxyStep {
    pub(crate) proxy: Proxy,
    /// After any error (`|`), not only after 404 and 410 (`,`).
    pub(crate) passes_any_error: bool,
}

/// The module proxies of a user.
pub(crate) struct GoSettings {
    values: BTreeMap<&'static str, String>,
    pub(crate) netrc: Netrc,
}

const NAMES: [&str; 3] = ["GOPROXY", "GOPRIVATE", "GONOPROXY"];

impl GoSettings {
    pub(crate) fn of_user(clients: &Clients) -> Self {
        let environment = clients.environment();
        let file = user_file(clients);
        let mut values = BTreeMap::new();
        for name in NAMES {
            let own = environment.variable(name).map(str::to_owned).or_else(|| file.get(name).cloned());
            values.extend(own.map(|value| (name, value)));
        }
        if !values.contains_key("GOPROXY") {
            let answer = clients.ask("go", &["env", "-json", "GOPROXY", "GOPRIVATE", "GONOPROXY"], &[]);
            let answer = answer.and_then(|text| serde_json::from_str::<BTreeMap<String, String>>(&text).ok());
            for name in NAMES {
                let stated =
                    answer.as_ref().and_then(|answer| answer.get(name)).filter(|value| !value.is_empty());
                if let Some(value) = stated {
                    values.entry(name).or_insert_with(|| value.clone());
                }
            }
        }
        Self { values, netrc: Netrc::of_user(clients) }
    }

    /// GOPROXY as it is written.
    pub(crate) fn proxy_text(&self) -> Option<&str> {
        self.values.get("GOPROXY").map(String::as_str)
    }

    /// The proxies in order.
    pub(crate) fn proxies(&self) -> Vec<ProxyStep> {
        parse_proxies(self.proxy_text().unwrap_or_default())
    }

    /// The setting that keeps a module from every proxy, if one does.
    pub(crate) fn kept_private(&self, module: &str) -> Option<String> {
        // GONOPROXY takes the place of GOPRIVATE where it is set.
        let name = if self.values.contains_key("GONOPROXY") { "GONOPROXY" } else { "GOPRIVATE" };
        let patterns = self.values.get(name)?;
        matches_prefix(patterns, module).then(|| format!("{name}={patterns}"))
    }
}

fn user_file(clients: &Clients) -> BTreeMap<String, String> {
    let environment = clients.environment();
    let path = match environment.variable("GOENV") {
        Some("off") => None,
        Some(path) => Some(PathBuf::from(path)),
        None if cfg!(target_os = "macos") => {
            environment.home().map(|home| home.join("Library/Application Support/go/env"))
        }
        None if cfg!(windows) => {
            environment.variable("APPDATA").map(|folder| PathBuf::from(folder).join("go/env"))
        }
        None => environment.directory("XDG_CONFIG_HOME", ".config").map(|folder| folder.join("go/env")),
    };
    let path = path.filter(|path| path.is_absolute() && !clients.is_audited(path));
    let text = path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

fn parse_proxies(text: &str) -> Vec<ProxyStep> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find([',', '|']).unwrap_or(rest.len());
        let passes_any_error = rest[end..].starts_with('|');
        let element = rest[..end].trim();
        if !element.is_empty() {
            steps.push(ProxyStep { proxy: parse_proxy(element), passes_any_error });
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    steps
}

fn parse_proxy(element: &str) -> Proxy {
    match element {
        "direct" => return Proxy::Direct,
        "off" => return Proxy::Off,
        _ => {}
    }
    // Go takes a bare host for https.
    let spelled = if element.contains("://") { element.to_owned() } else { format!("https://{element}") };
    match Url::parse(&spelled) {
        Ok(address) if address.scheme() == "file" => {
            address.to_file_path().map_or_else(|()| Proxy::Unknown(element.to_owned()), Proxy::Directory)
        }
        Ok(address) if matches!(address.scheme(), "http" | "https") => Proxy::Remote(address),
        _ => Proxy::Unknown(element.chars().take(100).collect()),
    }
}

impl Proxy {
    /// The address without its secret, and the secret.
    pub(crate) fn split(address: &Url) -> (Url, Option<crate::registry::site::Credential>) {
        split_user_info(address.clone())
    }
}

/// Go's `module.MatchPrefixPatterns`: a pattern matches as many leading path elements as it has itself.
fn matches_prefix(patterns: &str, module: &str) -> bool {
    let elements: Vec<&str> = module.split('/').collect();
    patterns.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()).any(|pattern| {
        let count = pattern.trim_end_matches('/').split('/').count();
        if count > elements.len() {
            return false;
        }
        let glob = globset::GlobBuilder::new(pattern.trim_end_matches('/')).literal_separator(true).build();
        // A pattern that is not understood keeps back: nobody is asked by mistake.
        glob.map_or(true, |glob| glob.compile_matcher().is_match(elements[..count].join("/")))
    })
}

#[cfg(test)]
mod tests {
    use super::{Proxy, matches_prefix, parse_proxies};

    #[test]
    fn proxy_lists_are_read() {
        let directory = if cfg!(windows) { "C:/srv/go" } else { "/srv/go" };
        let list =
            format!("https://registry.example/go|file:///{},direct,off", directory.trim_start_matches('/'));
        let steps = parse_proxies(&list);
        let passing: Vec<_> = steps.iter().map(|step| step.passes_any_error).collect();
        assert_eq!(passing, [true, false, false, false]);
        assert!(matches!(&steps[0].proxy, Proxy::Remote(address) if address.path() == "/go"));
        assert_eq!(steps[1].proxy, Proxy::Directory(directory.into()));
        assert_eq!(steps[2].proxy, Proxy::Direct);
        assert_eq!(steps[3].proxy, Proxy::Off);
        assert!(parse_proxies("").is_empty());
        assert!(matches!(parse_proxies("ftp://x")[0].proxy, Proxy::Unknown(_)));
    }

    #[test]
    fn private_patterns_match_leading_elements() {
        assert!(matches_prefix("*.corp.example,code.example/me", "git.corp.example/a/b"));
        assert!(matches_prefix("code.example/me", "code.example/me/x"));
        assert!(!matches_prefix("code.example/me", "code.example/men"));
        assert!(!matches_prefix("code.example/me", "code.example"));
        assert!(matches_prefix("code.example/[", "code.example/x"), "not understood: kept back");
        assert!(!matches_prefix("", "code.example/x"));
    }
}
