//! What the user's npm is set up for: environment, user-level `.npmrc` (and the files of Yarn and Bun), then npm
//! itself.

use super::other_clients;
use crate::model::UserEnvironment;
use crate::registry::neutral::Clients;
use crate::registry::site::{Credential, Site, as_directory, split_user_info};
use std::collections::BTreeMap;
use std::path::PathBuf;
use url::Url;

/// Settings by key, as npm names them.
#[derive(Clone, Debug, Default)]
pub(crate) struct NpmSettings {
    values: BTreeMap<String, String>,
}

impl NpmSettings {
    /// The environment wins over the user's file.
    pub(crate) fn of_user(clients: &Clients) -> Self {
        let environment = clients.environment();
        let mut values = user_file(clients)
            .filter(|path| !clients.is_audited(path))
            .and_then(|path| std::fs::read_to_string(path).ok())
            .map(|text| parse(&text, environment))
            .unwrap_or_default();
        for (name, read) in other_clients::FILES {
            // Bun keeps the user's file hidden, the others call it as in a project.
            let hidden = if name.starts_with('.') { name.to_owned() } else { format!(".{name}") };
            let path =
                environment.home().map(|home| home.join(hidden)).filter(|path| !clients.is_audited(path));
            let text = path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
            for (key, value) in read(&text) {
                values.entry(key).or_insert_with(|| expand(&value, environment));
            }
        }
        let inside_npm = clients.is_inside_npm();
        for (name, value) in environment.pairs().filter(|(_, value)| !inside_npm && !value.is_empty()) {
            if let Some(key) = variable_key(name) {
                values.insert(key, value.to_owned());
            }
        }
        Self { values }
    }

    /// The registry set for a package's scope, or for all.
    pub(crate) fn configured(&self, package: &str) -> Option<Url> {
        let scoped = scope(package).and_then(|scope| self.address(&format!("{scope}:registry")));
        scoped.or_else(|| self.address("registry"))
    }

    /// Whether the user's settings name this site as a registry, or hold a secret for it.
    pub(crate) fn names(&self, site: &Site) -> bool {
        let registries = self.values.keys().filter(|key| *key == "registry" || key.ends_with(":registry"));
        let mut sites = registries.filter_map(|key| Site::of(&self.address(key)?));
        let secret = format!("//{site}/");
        sites.any(|known| known == *site)
            || (site.is_encrypted() && self.values.keys().any(|key| key.starts_with(&secret)))
    }

    /// The secret for an address: the longest `//host/path/` of the settings that it lies below.
    pub(crate) fn credential(&self, address: &Url) -> Option<Credential> {
        let site = Site::of(address)?;
        // A key of a secret has no scheme. Without encryption it goes only where a setting says so.
        if !site.is_encrypted() && !self.has_plain_registry(&site) {
            return None;
        }
        let mut path = as_directory(address.clone()).path().to_owned();
        loop {
            if let Some(credential) = self.secret_at(&format!("//{site}{path}"), &site) {
                return Some(credential);
            }
            let parent = path.trim_end_matches('/').rfind('/')?;
            path.truncate(parent + 1);
        }
    }

    fn secret_at(&self, place: &str, site: &Site) -> Option<Credential> {
        let value = |name: &str| {
            let bare = place.trim_end_matches('/');
            self.values.get(&format!("{place}:{name}")).or_else(|| self.values.get(&format!("{bare}:{name}")))
        };
        if let Some(token) = value("_authToken") {
            return Some(Credential::bearer(site.clone(), token));
        }
        if let Some(encoded) = value("_auth") {
            return Some(Credential::verbatim(site.clone(), &format!("Basic {encoded}")));
        }
        let (user, password) = (value("username")?, value("_password")?);
        use base64::Engine;
        let password = base64::engine::general_purpose::STANDARD.decode(password).ok()?;
        Some(Credential::basic(site.clone(), user, &String::from_utf8_lossy(&password)))
    }

    fn has_plain_registry(&self, site: &Site) -> bool {
        self.values
            .keys()
            .filter(|key| *key == "registry" || key.ends_with(":registry"))
            .any(|key| self.address(key).and_then(|address| Site::of(&address)).as_ref() == Some(site))
    }

    /// How addresses in lock files are treated (`replace-registry-host`).
    pub(crate) fn replace_host(&self) -> Option<&str> {
        self.values.get("replace-registry-host").map(String::as_str)
    }

    fn address(&self, key: &str) -> Option<Url> {
        let address = Url::parse(self.values.get(key)?).ok()?;
        Some(as_directory(split_user_info(address).0))
    }
}

/// The registry that npm uses when the user sets none, as npm itself says, its system-wide file included.
pub(crate) fn effective_default(clients: &Clients) -> Option<Url> {
    ask(clients, &["config", "get", "registry"])
}

/// The registry that npm is built with; lock files name it even where the user has another.
pub(crate) fn built_in(clients: &Clients) -> Option<Url> {
    ask(clients, &["config", "get", "registry", "--userconfig=user", "--globalconfig=global"])
}

fn ask(clients: &Clients, arguments: &[&str]) -> Option<Url> {
    // A package.json keeps npm from looking for a project further up.
    let files = [("package.json", "{}"), ("user", ""), ("global", "")];
    let answer = clients.ask("npm", arguments, &files)?;
    let address = Url::parse(answer.lines().last()?.trim()).ok()?;
    Some(as_directory(split_user_info(address).0))
}

/// `@scope` of `@scope/name`.
pub(crate) fn scope(package: &str) -> Option<&str> {
    package.starts_with('@').then(|| package.split_once('/').map(|(scope, _)| scope)).flatten()
}

fn user_file(clients: &Clients) -> Option<PathBuf> {
    let environment = clients.environment();
    let named =
        ["npm_config_userconfig", "NPM_CONFIG_USERCONFIG"].iter().find_map(|name| environment.variable(name));
    let named = named.filter(|_| !clients.is_inside_npm());
    named.map(PathBuf::from).or_else(|| Some(environment.home()?.join(".npmrc")))
}

/// `npm_config_registry` is `registry`, `NPM_CONFIG_@scope:registry` is `@scope:registry`, and secrets keep their case.
fn variable_key(name: &str) -> Option<String> {
    let prefix = name.get(..11)?;
    if !prefix.eq_ignore_ascii_case("npm_config_") {
        return None;
    }
    let key = &name[11..];
    if key.starts_with("//") || key.starts_with('@') {
        return Some(key.to_owned());
    }
    Some(key.to_ascii_lowercase().replace('_', "-"))
}

/// Reads an `.npmrc`: `key = value` lines, `;` and `#` comments, quotes, `${VARIABLE}`.
pub(crate) fn parse(text: &str, environment: &UserEnvironment) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
        if line.starts_with([';', '#', '[']) {
            continue;
        }
        if let Some((key, value)) = line.split_once('=') {
            let value = value.trim().trim_matches(['"', '\'']);
            let (key, value) = (expand(key.trim(), environment), expand(value, environment));
            values.insert(key, value);
        }
    }
    values
}

fn expand(text: &str, environment: &UserEnvironment) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let name = rest[start + 2..start + length].trim_end_matches('?');
        expanded.push_str(&rest[..start]);
        match environment.variable(name) {
            Some(value) => expanded.push_str(value),
            None if rest[start..start + length].ends_with('?') => {}
            None => expanded.push_str(&rest[start..=start + length]),
        }
        rest = &rest[start + length + 1..];
    }
    expanded.push_str(rest);
    expanded
}

#[cfg(test)]
mod tests {
    use super::NpmSettings;
    use crate::model::UserEnvironment;
    use crate::registry::neutral::Clients;
    use crate::registry::site::Site;
    use url::Url;

    fn settings(npmrc: &str, variables: &[(&str, &str)]) -> NpmSettings {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(".npmrc"), npmrc).unwrap();
        let mut pairs = vec![("HOME".to_owned(), home.path().display().to_string())];
        pairs.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let clients = Clients::new(UserEnvironment::from_pairs(pairs), std::path::Path::new("/nowhere"));
        NpmSettings::of_user(&clients)
    }

    fn header(settings: &NpmSettings, address: &str) -> Option<String> {
        let address = Url::parse(address).unwrap();
        let site = Site::of(&address).unwrap();
        settings.credential(&address)?.header_for(&site).map(str::to_owned)
    }

    #[test]
    fn scopes_and_tokens_are_read() {
        let npmrc = "registry = https://registry.example/all\n\
                     ; comment\n@corp:registry=https://npm.registry.example/\n\
                     //npm.registry.example/:_authToken = \"${CORP_TOKEN}\"\n\
                     //registry.example/all/:_auth=dTpw\n";
        let settings = settings(npmrc, &[("CORP_TOKEN", "t0ken")]);
        assert_eq!(settings.configured("left-pad").unwrap().as_str(), "https://registry.example/all/");
        assert_eq!(settings.configured("@corp/a").unwrap().as_str(), "https://npm.registry.example/");
        assert_eq!(
            header(&settings, "https://npm.registry.example/@corp%2fa/1").as_deref(),
            Some("Bearer t0ken")
        );
        assert_eq!(header(&settings, "https://registry.example/all/x").as_deref(), Some("Basic dTpw"));
        assert_eq!(header(&settings, "https://registry.example/other"), None);
        assert_eq!(header(&settings, "http://npm.registry.example/x"), None, "not without encryption");
        assert_eq!(header(&settings, "https://npm.registry.example:8443/x"), None, "another port");
    }

    #[test]
    fn the_environment_wins_but_not_inside_npm_run() {
        let variables = [("NPM_CONFIG_REGISTRY", "https://mirror.registry.example")];
        let outside = settings("registry=https://registry.example", &variables);
        assert_eq!(outside.configured("a").unwrap().as_str(), "https://mirror.registry.example/");
        let inside =
            settings("registry=https://registry.example", &[variables[0], ("npm_lifecycle_event", "test")]);
        assert_eq!(inside.configured("a").unwrap().as_str(), "https://registry.example/");
    }

    #[test]
    fn nonsense_is_no_setting() {
        let settings = settings("=\nregistry\nregistry=::\n${\n//x/:_authToken\n", &[]);
        assert_eq!(settings.configured("a"), None);
    }
}
