//! What flags and environment variables say: they win over every file.

use super::error::PolicyError;
use super::fail_level::FailLevel;
use crate::licenses;
use crate::model::{Distribution, Expression};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The environment variables that are read, with what each sets.
pub const VARIABLES: [(&str, &str); 8] = [
    ("LICGRAPH_POLICY", "The policy file, instead of the licgraph.toml of the audited tree."),
    ("LICGRAPH_LICENSE", "The license to judge under, like `project.license`."),
    ("LICGRAPH_DISTRIBUTION", "How the work reaches people, like `project.distribution`."),
    ("LICGRAPH_FAIL_ON", "The fail level, like `audit.fail-on`."),
    (
        "LICGRAPH_OFFLINE",
        "`1` or `true`: open no network connection, like `audit.offline`; `0` or `false` not.",
    ),
    (
        "LICGRAPH_CACHE",
        "The directory in which license facts are kept, instead of `licgraph` in the system's cache directory.",
    ),
    ("LICGRAPH_FORGE_TOKEN", "The token for the forge's interface that `practices --token-host` names."),
    (
        "SOURCE_DATE_EPOCH",
        "The time of the run in seconds since 1970: dates reports, and decides which waivers hold.",
    ),
];

/// Settings that win over every file. Nothing given changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The license to judge under.
    pub license: Option<Expression>,
    /// How the work reaches people.
    pub distribution: Option<Distribution>,
    /// The fail level.
    pub fail_on: Option<FailLevel>,
    /// Open no network connection.
    pub offline: Option<bool>,
}

impl Overrides {
    /// What the environment says; `variable` looks one up.
    ///
    /// # Errors
    /// When a variable has a value that cannot be used.
    pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, PolicyError> {
        let license = read(variable, "LICGRAPH_LICENSE", |text| {
            licenses::parse(text).map_err(|error| error.to_string())
        })?;
        let distribution = read(variable, "LICGRAPH_DISTRIBUTION", |text| {
            text.parse::<Distribution>().map_err(|error| error.to_string())
        })?;
        let fail_on = read(variable, "LICGRAPH_FAIL_ON", |text| {
            text.parse::<FailLevel>().map_err(|error| error.to_string())
        })?;
        let offline = read(variable, "LICGRAPH_OFFLINE", |text| match text {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            other => Err(format!("`{other}` is neither yes nor no; use 1 or 0")),
        })?;
        Ok(Self { license, distribution, fail_on, offline })
    }
}

fn read<T>(
    variable: &dyn Fn(&str) -> Option<String>,
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, PolicyError> {
    match variable(name).filter(|text| !text.is_empty()) {
        Some(text) => {
            parse(&text).map(Some).map_err(|message| PolicyError::Environment { variable: name, message })
        }
        None => Ok(None),
    }
}

/// The time of the run: `SOURCE_DATE_EPOCH` where it is set, else now.
///
/// # Errors
/// When `SOURCE_DATE_EPOCH` is not a number of seconds.
pub fn now(variable: &dyn Fn(&str) -> Option<String>) -> Result<Timestamp, PolicyError> {
    let stated = read(variable, "SOURCE_DATE_EPOCH", |text| {
        let seconds: i64 = text.parse().map_err(|_| format!("`{text}` is not a number of seconds"))?;
        Timestamp::from_second(seconds).map_err(|_| format!("`{text}` is not a time that can be dated"))
    })?;
    Ok(stated.unwrap_or_else(Timestamp::now))
}

/// The day of the run: of `SOURCE_DATE_EPOCH` where it is set, else today in UTC.
///
/// # Errors
/// When `SOURCE_DATE_EPOCH` is not a number of seconds.
pub fn today(variable: &dyn Fn(&str) -> Option<String>) -> Result<Date, PolicyError> {
    Ok(now(variable)?.to_zoned(TimeZone::UTC).date())
}
