//! The user's settings as environment variables.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The user's environment variables, captured once so that tests can bring their own.
#[derive(Clone, Debug, Default)]
pub struct UserEnvironment {
    variables: BTreeMap<String, String>,
}

impl UserEnvironment {
    /// Of this process. Variables that are not UTF-8 are left out.
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { variables }
    }

    /// Made from pairs, for tests and for callers that sandbox an audit.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self { variables: pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect() }
    }

    /// A variable; an empty one counts as absent.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Every variable with its value, sorted by name.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The home directory.
    pub fn home(&self) -> Option<PathBuf> {
        self.variable("HOME").or_else(|| self.variable("USERPROFILE")).map(PathBuf::from)
    }

    /// A directory named by a variable, else a path below the home directory.
    pub fn directory(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        self.variable(variable).map(PathBuf::from).or_else(|| Some(self.home()?.join(below_home)))
    }
}
