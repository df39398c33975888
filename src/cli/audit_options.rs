//! What every command that audits a project can be told.

use super::explain::{parse_distribution, parse_linkage};
use super::input::{Failure, expression};
use crate::audit::{AuditRequest, Known, LinkageOverride, ProxiedModFiles, UserIndex, learn};
use crate::ecosystems::PythonTarget;
use crate::evidence::{EvidenceOptions, RegistrySource, Verify};
use crate::model::{Distribution, Ecosystem, Linkage, UserEnvironment};
use crate::registry::RegistryFacts;
use crate::registry::cache::Cache;
use crate::registry::fetch::{Fetch, Offline};
use crate::registry::http::{HttpFetch, HttpOptions};
use clap::Args;
use globset::Glob;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What to audit, and how.
#[derive(Clone, Debug, Args)]
pub struct AuditOptions {
    /// A directory with projects, a manifest or lock file, an SBOM, or a compiled Go program.
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Judge under this license instead of the one the project declares.
    #[arg(long, value_name = "EXPR", env = "LICGRAPH_LICENSE")]
    pub license: Option<String>,
    /// How the work reaches people: binary, source, network or internal [default: binary].
    #[arg(long, value_parser = parse_distribution, env = "LICGRAPH_DISTRIBUTION")]
    pub distribution: Option<Distribution>,
    /// How dependencies are joined: LINKAGE for all ordinary ones, or GLOB=LINKAGE for those whose name or purl
    /// matches; may be given several times.
    #[arg(long = "linkage", value_name = "[GLOB=]LINKAGE")]
    pub linkages: Vec<String>,
    /// Leave out what is only used to develop.
    #[arg(long)]
    pub no_dev: bool,
    /// Open no socket: use what is on this machine only.
    #[arg(long, env = "LICGRAPH_OFFLINE", value_parser = clap::builder::FalseyValueParser::new())]
    pub offline: bool,
    /// Let the package managers resolve, started outside the audited tree.
    #[arg(long)]
    pub resolve: bool,
    /// Read license files only where metadata does not settle the license, or never.
    #[arg(long, value_enum, default_value_t = VerifyChoice::All)]
    pub verify: VerifyChoice,
    /// Python version that markers are evaluated for, such as 3.12.
    #[arg(long, value_name = "VERSION", value_parser = python_version)]
    pub python: Option<String>,
    /// Python platform that markers are evaluated for: linux, darwin or win32.
    #[arg(long, value_name = "PLATFORM", value_parser = python_platform)]
    pub platform: Option<String>,
    /// A Python virtual environment or site-packages directory to read.
    #[arg(long = "env", value_name = "DIR")]
    pub python_environment: Option<PathBuf>,
}

/// When license files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum VerifyChoice {
    /// Of every package whose files lie on this machine.
    All,
    /// Only where metadata does not settle the license.
    WhenNeeded,
    /// Never.
    Never,
}

/// An audit that is ready to run.
pub struct Prepared {
    /// What is asked.
    pub request: AuditRequest,
    /// How licenses are learned.
    pub evidence: EvidenceOptions,
    /// Whether no socket is opened.
    pub offline: bool,
    source: RegistrySource,
}

impl AuditOptions {
    /// Turns what was typed into what it means.
    pub fn prepare(&self) -> Result<Prepared, Failure> {
        let mut request = AuditRequest::new(self.path.clone());
        request.license = self.license.as_deref().map(expression).transpose()?;
        request.distribution = self.distribution.unwrap_or_default();
        request.without_dev = self.no_dev;
        request.created = creation_time()?;
        for stated in &self.linkages {
            state_linkage(stated, &mut request)?;
        }
        request.context.resolve = self.resolve;
        request.context.python = PythonTarget {
            version: self.python.clone(),
            platform: self.platform.clone(),
            environment: self.python_environment.clone(),
        };
        let verify = match self.verify {
            VerifyChoice::All => Verify::All,
            VerifyChoice::WhenNeeded => Verify::WhenNeeded,
            VerifyChoice::Never => Verify::Never,
        };
        let evidence =
            EvidenceOptions { root: request.context.root.clone(), verify, clarifications: Vec::new() };
        let facts = registry_facts(self.fetch(), &request);
        request.context.go_mod_files = Some(Arc::new(ProxiedModFiles::new(facts.clone())));
        if !self.offline {
            request.context.python_index = Some(Arc::new(UserIndex::new(facts.clone())));
        }
        let source = RegistrySource::new(facts);
        Ok(Prepared { request, evidence, offline: self.offline, source })
    }

    fn fetch(&self) -> Box<dyn Fetch> {
        if self.offline { Box::new(Offline) } else { Box::new(Lazy::default()) }
    }
}

impl Prepared {
    /// Reads and learns, and judges nothing.
    pub fn learn(&self) -> Result<Known, Failure> {
        let progress = Progress::start("reading");
        let known = in_wide_pool(|| learn(&self.request, &self.evidence, &self.source))?;
        progress.finish();
        known.map_err(|error| Failure::Use(error.to_string()))
    }

    /// The source of facts, for what is asked after the audit.
    pub fn source(&self) -> &RegistrySource {
        &self.source
    }
}

/// Registries answer slowly: more questions are under way than there are processors.
pub fn in_wide_pool<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    let threads = std::thread::available_parallelism().map_or(4, usize::from).max(8);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| Failure::Use(format!("cannot start threads: {error}")))?;
    Ok(pool.install(work))
}

fn registry_facts(fetch: Box<dyn Fetch>, request: &AuditRequest) -> Arc<RegistryFacts> {
    let environment = UserEnvironment::of_process();
    let cache = Cache::of_user(&environment);
    let root = &request.context.root;
    Arc::new(RegistryFacts::new(root, environment, cache, fetch))
}

/// An HTTP client that is built when the first document is asked for: most audits ask for none.
#[derive(Default)]
struct Lazy {
    client: std::sync::OnceLock<Result<HttpFetch, crate::registry::fetch::FetchError>>,
}

impl Fetch for Lazy {
    fn get(
        &self,
        request: &crate::registry::fetch::Request,
    ) -> Result<crate::registry::fetch::Response, crate::registry::fetch::FetchError> {
        match self.client.get_or_init(|| HttpFetch::new(HttpOptions::default())) {
            Ok(client) => client.get(request),
            Err(error) => Err(error.clone()),
        }
    }

    fn requests(&self) -> std::collections::BTreeMap<String, u64> {
        match self.client.get() {
            Some(Ok(client)) => client.requests(),
            _ => std::collections::BTreeMap::new(),
        }
    }
}

/// `3.12` or `3.12.4`: of `3` alone nobody can say which markers hold.
fn python_version(word: &str) -> Result<String, String> {
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if (2..=3).contains(&parts.len()) && parts.iter().all(is_number) {
        return Ok(word.to_owned());
    }
    Err("write a version such as 3.12 or 3.12.4".to_owned())
}

/// A value of `sys_platform`, or a usual name for it.
fn python_platform(word: &str) -> Result<String, String> {
    match word.to_ascii_lowercase().as_str() {
        "linux" => Ok("linux".to_owned()),
        "darwin" | "macos" | "mac" => Ok("darwin".to_owned()),
        "win32" | "windows" => Ok("win32".to_owned()),
        _ => Err("use one of linux, darwin, win32".to_owned()),
    }
}

fn state_linkage(text: &str, request: &mut AuditRequest) -> Result<(), Failure> {
    let wrong = |reason: String| {
        Failure::Use(format!(
            "--linkage {text}: {reason}; write LINKAGE or GLOB=LINKAGE, such as 'libfoo*=dynamic'"
        ))
    };
    let Some((glob, linkage)) = text.rsplit_once('=') else {
        let linkage: Linkage = parse_linkage(text).map_err(wrong)?;
        request.default_linkage.extend(Ecosystem::ALL.map(|ecosystem| (ecosystem, linkage)));
        return Ok(());
    };
    let packages = Glob::new(glob).map_err(|error| wrong(error.to_string()))?.compile_matcher();
    let linkage: Linkage = parse_linkage(linkage).map_err(wrong)?;
    request.linkages.push(LinkageOverride { packages, linkage });
    Ok(())
}

/// `SOURCE_DATE_EPOCH` as RFC 3339; a report carries no other time.
fn creation_time() -> Result<Option<String>, Failure> {
    let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds: i64 = text.trim().parse().map_err(|_| {
        Failure::Use(format!(
            "SOURCE_DATE_EPOCH is `{text}`; it must be a whole number of seconds since 1970"
        ))
    })?;
    let time = jiff::Timestamp::from_second(seconds)
        .map_err(|error| Failure::Use(format!("SOURCE_DATE_EPOCH is out of range: {error}")))?;
    Ok(Some(time.to_string()))
}

/// A spinner on standard error, on a terminal only, shown after a second.
struct Progress(Option<ProgressBar>);

impl Progress {
    fn start(what: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_secs(1));
        Self(Some(bar))
    }

    fn finish(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
