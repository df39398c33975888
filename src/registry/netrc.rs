//! Passwords by host from the user's netrc file, which pip and go read.

use super::neutral::Clients;
use super::site::{Credential, Site};
use std::collections::BTreeMap;
use url::Url;

/// User and password of each machine.
#[derive(Clone, Default)]
pub(crate) struct Netrc {
    machines: BTreeMap<String, (String, String)>,
}

impl Netrc {
    /// `NETRC`, else `.netrc` (or `_netrc`) in the home directory. One inside the audited tree is not the user's.
    pub(crate) fn of_user(clients: &Clients) -> Self {
        let environment = clients.environment();
        let named = environment.variable("NETRC").map(std::path::PathBuf::from);
        let candidates = match (named, environment.home()) {
            (Some(path), _) => vec![path],
            (None, Some(home)) => vec![home.join(".netrc"), home.join("_netrc")],
            (None, None) => Vec::new(),
        };
        let mut own = candidates.iter().filter(|path| !clients.is_audited(path));
        let text = own.find_map(|path| std::fs::read_to_string(path).ok());
        Self { machines: text.map(|text| parse(&text)).unwrap_or_default() }
    }

    /// The secret for an address. Entries have no port and no scheme, so they are not sent without encryption,
    /// but to the machine itself.
    pub(crate) fn credential(&self, address: &Url) -> Option<Credential> {
        let site = Site::of(address)?;
        let (user, password) = self.machines.get(site.host())?;
        (site.is_encrypted() || site.is_loopback()).then(|| Credential::basic(site, user, password))
    }
}

/// A `default` entry names no host, so it is passed over.
fn parse(text: &str) -> BTreeMap<String, (String, String)> {
    let mut machines = BTreeMap::new();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let mut words = lines.flat_map(str::split_ascii_whitespace);
    let mut current: Option<(String, String, String)> = None;
    while let Some(word) = words.next() {
        match word {
            "machine" | "default" | "macdef" => {
                keep(&mut machines, current.take());
                if word == "machine" {
                    current =
                        words.next().map(|host| (host.to_ascii_lowercase(), String::new(), String::new()));
                }
            }
            "login" | "password" | "account" => {
                let value = words.next().unwrap_or_default();
                match (word, current.as_mut()) {
                    ("login", Some(entry)) => entry.1 = value.to_owned(),
                    ("password", Some(entry)) => entry.2 = value.to_owned(),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    keep(&mut machines, current);
    machines
}

fn keep(machines: &mut BTreeMap<String, (String, String)>, entry: Option<(String, String, String)>) {
    if let Some((host, user, password)) = entry.filter(|entry| !entry.2.is_empty()) {
        machines.entry(host).or_insert((user, password));
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn machines_are_read_and_the_default_is_not() {
        let text = "# notes\nmachine registry.example\n  login me password s3cret\ndefault login x password y\n\
                    machine b.example password only\nmachine c.example login nobody\n";
        let machines = parse(text);
        assert_eq!(machines["registry.example"], ("me".to_owned(), "s3cret".to_owned()));
        assert_eq!(machines["b.example"], (String::new(), "only".to_owned()));
        assert_eq!(machines.len(), 2);
        assert!(parse("machine").is_empty());
    }
}
