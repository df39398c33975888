//! Settings of Yarn, pnpm and Bun, put into the keys of an `.npmrc`.

use serde_json::Value;
use std::collections::BTreeMap;

/// Reads settings, under the keys of an `.npmrc`.
pub(super) type Reader = fn(&str) -> BTreeMap<String, String>;

/// Files beside a package.json, and below the home directory, that set registries; with their readers.
pub(super) const FILES: [(&str, Reader); 4] = [
    (".yarnrc.yml", yarn_berry),
    (".yarnrc", yarn_classic),
    ("bunfig.toml", bun),
    ("pnpm-workspace.yaml", pnpm_workspace),
];

/// `npmRegistryServer`, `npmAuthToken`, `npmScopes` and `npmRegistries` of Yarn 2 and later.
pub(super) fn yarn_berry(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let Some(document) = yaml(text) else { return values };
    add_server(&mut values, "registry", &document);
    for (scope, settings) in document.get("npmScopes").and_then(Value::as_object).into_iter().flatten() {
        add_server(&mut values, &format!("@{}:registry", scope.trim_start_matches('@')), settings);
    }
    for (registry, settings) in document.get("npmRegistries").and_then(Value::as_object).into_iter().flatten()
    {
        add_token(&mut values, registry, settings);
    }
    values
}

fn add_server(values: &mut BTreeMap<String, String>, key: &str, settings: &Value) {
    if let Some(address) = settings.get("npmRegistryServer").and_then(Value::as_str) {
        add_token(values, address, settings);
        values.insert(key.to_owned(), address.to_owned());
    }
}

fn add_token(values: &mut BTreeMap<String, String>, address: &str, settings: &Value) {
    if let Some(token) = settings.get("npmAuthToken").and_then(Value::as_str) {
        let place = address.split_once("//").map_or(address, |(_, rest)| rest).trim_end_matches('/');
        values.insert(format!("//{place}/:_authToken"), token.to_owned());
    }
}

/// `registry "address"` and `"@scope:registry" "address"` lines of Yarn 1.
pub(super) fn yarn_classic(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((key, value)) = line.split_once(char::is_whitespace) else { continue };
        let key = key.trim_matches('"');
        if key == "registry" || key.ends_with(":registry") {
            values.insert(key.to_owned(), value.trim().trim_matches('"').to_owned());
        }
    }
    values
}

/// `registry` and `scopes` of Bun's `[install]` table; each an address or a table with `url`.
pub(super) fn bun(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let Ok(table) = text.parse::<toml::Table>() else { return values };
    let Some(install) = table.get("install").and_then(toml::Value::as_table) else { return values };
    let address =
        |entry: &toml::Value| entry.as_str().or_else(|| entry.get("url")?.as_str()).map(str::to_owned);
    values.extend(install.get("registry").and_then(address).map(|found| ("registry".to_owned(), found)));
    for (scope, entry) in install.get("scopes").and_then(toml::Value::as_table).into_iter().flatten() {
        let key = format!("@{}:registry", scope.trim_start_matches('@'));
        values.extend(address(entry).map(|found| (key, found)));
    }
    values
}

/// `registry` and `registries` of pnpm's workspace file.
fn pnpm_workspace(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let Some(document) = yaml(text) else { return values };
    let own = document.get("registry").and_then(Value::as_str);
    values.extend(own.map(|address| ("registry".to_owned(), address.to_owned())));
    for (name, address) in document.get("registries").and_then(Value::as_object).into_iter().flatten() {
        let key = if name == "default" { "registry".to_owned() } else { format!("{name}:registry") };
        values.extend(address.as_str().map(|address| (key, address.to_owned())));
    }
    values
}

/// Settings are small, so few aliases are followed.
fn yaml(text: &str) -> Option<Value> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_nodes: 100_000, max_aliases: 20, max_anchors: 20, max_documents: 1 },
    };
    serde_saphyr::from_str_with_options(text, options).ok()
}

#[cfg(test)]
mod tests {
    use super::{bun, pnpm_workspace, yarn_berry, yarn_classic};

    #[test]
    fn every_client_s_registries_are_read() {
        let berry = yarn_berry(
            "npmRegistryServer: https://a.example\nnpmScopes:\n  corp:\n    npmRegistryServer: \"https://b.example/npm\"\n    npmAuthToken: t0ken\n",
        );
        assert_eq!(berry["registry"], "https://a.example");
        assert_eq!(berry["@corp:registry"], "https://b.example/npm");
        assert_eq!(berry["//b.example/npm/:_authToken"], "t0ken");
        let classic = yarn_classic(
            "# x\nregistry \"https://a.example\"\n\"@corp:registry\" https://b.example\nlastUpdateCheck 1\n",
        );
        assert_eq!((classic.len(), classic["@corp:registry"].as_str()), (2, "https://b.example"));
        let bun = bun(
            "[install]\nregistry = { url = 'https://a.example', token = 'x' }\n[install.scopes]\ncorp = 'https://b.example'\n",
        );
        assert_eq!(
            (bun["registry"].as_str(), bun["@corp:registry"].as_str()),
            ("https://a.example", "https://b.example")
        );
        let pnpm = pnpm_workspace(
            "packages: [a]\nregistries:\n  default: https://a.example\n  '@corp': https://b.example\n",
        );
        assert_eq!(
            (pnpm["registry"].as_str(), pnpm["@corp:registry"].as_str()),
            ("https://a.example", "https://b.example")
        );
    }

    #[test]
    fn nonsense_sets_nothing() {
        for text in ["", "[", "a: &x [*x", "install = 1", "npmScopes: 7"] {
            assert!(
                yarn_berry(text).is_empty() && bun(text).is_empty() && pnpm_workspace(text).is_empty(),
                "{text}"
            );
        }
    }
}
