//! What the user's pip (or uv) is set up for: environment, configuration files, then pip itself.

use crate::registry::netrc::Netrc;
use crate::registry::neutral::Clients;
use crate::registry::site::{Credential, Site, as_directory, split_user_info};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use url::Url;

/// The package indexes of a user.
pub(crate) struct PythonSettings {
    /// In the order they are asked: extra indexes first, since a name that only they know should stop there.
    indexes: Vec<Url>,
    has_primary: bool,
    credentials: Vec<Credential>,
    netrc: Netrc,
    /// `no-index`: packages come from local directories only.
    pub(crate) no_index: bool,
}

impl PythonSettings {
    pub(crate) fn of_user(clients: &Clients) -> Self {
        let environment = clients.environment();
        let mut values = BTreeMap::new();
        for path in files(clients) {
            if let Ok(text) = std::fs::read_to_string(path) {
                values.extend(parse(&text));
            }
        }
        let variable =
            |names: &[&str]| names.iter().find_map(|name| environment.variable(name)).map(str::to_owned);
        let primary = variable(&["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"])
            .or_else(|| values.get("index-url").cloned());
        let extra = variable(&["PIP_EXTRA_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"])
            .or_else(|| values.get("extra-index-url").cloned())
            .unwrap_or_default();
        let no_index = variable(&["PIP_NO_INDEX"]).or_else(|| values.get("no-index").cloned());
        let no_index = no_index.is_some_and(|value| !matches!(value.as_str(), "0" | "false" | "no" | "off"));
        let mut credentials = Vec::new();
        let mut read = |text: &str| {
            let (address, credential) = split_user_info(parse_index(text)?);
            credentials.extend(credential);
            Some(address)
        };
        let mut indexes: Vec<Url> = extra.split_ascii_whitespace().filter_map(&mut read).collect();
        let primary = primary.as_deref().and_then(read);
        let has_primary = primary.is_some();
        indexes.extend(primary);
        Self { indexes, has_primary, credentials, netrc: Netrc::of_user(clients), no_index }
    }

    /// The indexes in the order they are asked.
    pub(crate) fn indexes(&self, clients: &Clients) -> Vec<Url> {
        let mut indexes = self.indexes.clone();
        if !self.has_primary {
            indexes.extend(effective_default(clients));
        }
        indexes
    }

    /// Whether the user's settings name this site as an index.
    pub(crate) fn names(&self, site: &Site) -> bool {
        self.indexes.iter().any(|index| Site::of(index).as_ref() == Some(site))
    }

    /// The secret for an address: that of the index on the same site, else netrc's.
    pub(crate) fn credential(&self, address: &Url) -> Option<Credential> {
        let site = Site::of(address)?;
        let of_index = self.credentials.iter().find(|credential| *credential.site() == site).cloned();
        of_index.or_else(|| self.netrc.credential(address))
    }
}

/// The index that pip uses, its own files included, as its help says.
fn effective_default(clients: &Clients) -> Option<Url> {
    ask(clients, &["-m", "pip", "install", "--help"])
}

/// The index that pip is built with; lock files name it even where the user has another.
pub(crate) fn built_in(clients: &Clients) -> Option<Url> {
    ask(clients, &["-m", "pip", "--isolated", "install", "--help"])
}

fn ask(clients: &Clients, arguments: &[&str]) -> Option<Url> {
    let answer = ["python3", "python"].iter().find_map(|program| clients.ask(program, arguments, &[]))?;
    default_index(&answer)
}

/// The help of `--index-url` ends its first sentence with `(default <address>)`.
fn default_index(help: &str) -> Option<Url> {
    let flat = help.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let option = &flat[flat.find("--index-url")?..];
    let rest = &option[option.find("(default http")? + "(default ".len()..];
    // A long address is broken at its hyphens when the help is printed.
    let text: String = rest[..rest.find(')')?].split(' ').collect();
    Some(split_user_info(parse_index(&text)?).0)
}

fn parse_index(text: &str) -> Option<Url> {
    // uv writes `name=address`.
    let text = match text.split_once('=') {
        Some((name, address)) if !name.contains(['/', ':']) => address,
        _ => text,
    };
    Url::parse(text.trim()).ok().filter(|address| Site::of(address).is_some()).map(as_directory)
}

/// pip's files, weakest first. One inside the audited tree is not the user's.
fn files(clients: &Clients) -> Vec<PathBuf> {
    let environment = clients.environment();
    let named = environment.variable("PIP_CONFIG_FILE");
    if named.is_some_and(|path| path == "/dev/null" || path.eq_ignore_ascii_case("nul")) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if cfg!(unix) {
        let shared = environment.variable("XDG_CONFIG_DIRS").unwrap_or("/etc/xdg");
        found.extend(shared.split(':').map(|directory| Path::new(directory).join("pip/pip.conf")));
        found.push(PathBuf::from("/etc/pip.conf"));
    }
    if let Some(home) = environment.home() {
        found.push(home.join(".pip/pip.conf"));
        found.push(home.join("Library/Application Support/pip/pip.conf"));
    }
    found.extend(
        environment.directory("XDG_CONFIG_HOME", ".config").map(|folder| folder.join("pip/pip.conf")),
    );
    found.extend(environment.variable("APPDATA").map(|folder| Path::new(folder).join("pip/pip.ini")));
    found.extend(environment.variable("VIRTUAL_ENV").map(|folder| Path::new(folder).join("pip.conf")));
    found.extend(named.map(PathBuf::from));
    found.retain(|path| path.is_absolute() && !clients.is_audited(path));
    found
}

/// Reads the `[global]` and `[install]` sections of a pip configuration file; values may go over several lines.
fn parse(text: &str) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut relevant = false;
    let mut key: Option<String> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(section) = trimmed.strip_prefix('[') {
            relevant = matches!(section.trim_end_matches(']').trim(), "global" | "install");
            key = None;
            continue;
        }
        let continues = line.starts_with([' ', '\t']) && key.is_some();
        match (continues, trimmed.split_once(['=', ':'])) {
            (true, _) => {
                if let Some(value) = key.as_ref().and_then(|key| values.get_mut(key)) {
                    value.push(' ');
                    value.push_str(trimmed);
                }
            }
            (false, Some((name, value))) if relevant => {
                let name = name.trim().to_ascii_lowercase().replace('_', "-");
                values.insert(name.clone(), value.trim().to_owned());
                key = Some(name);
            }
            _ => key = None,
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::{PythonSettings, default_index, parse};
    use crate::model::UserEnvironment;
    use crate::registry::neutral::Clients;
    use crate::registry::site::Site;
    use std::path::Path;
    use url::Url;

    #[test]
    fn configuration_files_are_read() {
        let values = parse(
            "[list]\nindex-url = https://no.example\n[global]\nindex_url=https://registry.example/simple\n\
             extra-index-url =\n    https://a.example/simple\n    https://b.example/simple\n# end\n",
        );
        assert_eq!(values["index-url"], "https://registry.example/simple");
        assert_eq!(values["extra-index-url"].trim(), "https://a.example/simple https://b.example/simple");
    }

    #[test]
    fn the_default_is_read_from_the_help() {
        let help = "  -i, --index-url <url>   Base URL of the index (default\n     https://registry.example/simple). This";
        assert_eq!(default_index(help).unwrap().as_str(), "https://registry.example/simple/");
        assert_eq!(default_index("no such option"), None);
    }

    #[test]
    fn extra_indexes_come_first_and_secrets_are_taken_out() {
        let environment = UserEnvironment::from_pairs([
            ("PIP_CONFIG_FILE", "/dev/null"),
            ("PIP_INDEX_URL", "https://registry.example/simple"),
            ("PIP_EXTRA_INDEX_URL", "https://me:pw@corp.registry.example/simple"),
        ]);
        let clients = Clients::new(environment, Path::new("/nowhere"));
        let settings = PythonSettings::of_user(&clients);
        let indexes: Vec<_> = settings.indexes(&clients).iter().map(Url::to_string).collect();
        assert_eq!(indexes, ["https://corp.registry.example/simple/", "https://registry.example/simple/"]);
        let corp = Url::parse(&indexes[0]).unwrap();
        assert!(settings.credential(&corp).is_some());
        assert!(settings.credential(&Url::parse(&indexes[1]).unwrap()).is_none());
        assert!(settings.names(&Site::of(&corp).unwrap()));
    }
}
