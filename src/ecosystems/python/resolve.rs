//! `--resolve`: the user's own installer is asked what it would install.
//!
//! It runs in an empty temporary directory and is given names, specifiers and markers only: no file of the
//! audited tree, so no build script of it runs and no index option in it takes effect. Only built archives
//! are allowed, so that no foreign build script runs either. The index is the one the user's installer is set
//! up for.

use super::catalogue::{Catalogue, Known, Requires};
use super::compiled;
use super::manifest::Declared;
use super::requirement::{Requirement, normalise};
use super::requirements_txt::{self, Requirements, checksum};
use super::text::without_credentials;
use crate::ecosystems::ReadContext;
use crate::model::{
    DeclaredLicense, Ecosystem, LicenseSource, LicenseStatement, Origin, Package, Problem, Scope,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the packages of a report are said to come from.
const SOURCE: &str = "pip install --dry-run --report";

/// An installer answers for one Python only; what another one needs takes another question.
const AGAIN: &str = "licgraph check --resolve --python VERSION";

/// Asks the installer; `None`, with a problem, when it cannot answer.
pub(super) fn resolve(
    declared: &[&Declared],
    constraints: &[Requirement],
    own: &BTreeSet<String>,
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Option<Catalogue> {
    let lines = lines(declared, own);
    if lines.is_empty() {
        return None;
    }
    match ask(&lines, constraints, context, problems) {
        Ok(catalogue) => Some(catalogue),
        Err(reason) => {
            let message = format!("the dependencies could not be resolved: {reason}");
            problems.push(Problem::incomplete(None, message));
            None
        }
    }
}

/// One line a dependency, made anew from what was read.
fn lines(declared: &[&Declared], own: &BTreeSet<String>) -> Vec<String> {
    let mut found: Vec<String> = declared
        .iter()
        .filter(|item| item.scope != Scope::Build && item.requirement.address.is_none())
        // The project itself is not on an index, and its name is nobody's business.
        .filter(|item| !own.contains(&item.requirement.key()))
        .map(|item| spelled(&item.requirement))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn spelled(requirement: &Requirement) -> String {
    let mut line = requirement.name.clone();
    if !requirement.extras.is_empty() {
        line.push_str(&format!("[{}]", requirement.extras.join(",")));
    }
    // What PEP 440 does not know (Poetry's caret) is left to the resolver as "any".
    if let Some(specifier) =
        requirement.specifier.as_deref().filter(|text| super::version::check_specifier(text).is_ok())
    {
        line.push_str(specifier);
    }
    if let Some(marker) =
        requirement.marker.as_deref().filter(|text| super::marker::Marker::parse(text).is_ok())
    {
        line.push_str(&format!(" ; {marker}"));
    }
    line.replace(['\n', '\r'], " ")
}

fn ask(
    lines: &[String],
    constraints: &[Requirement],
    context: &ReadContext,
    problems: &mut Vec<Problem>,
) -> Result<Catalogue, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let write = |name: &str, lines: &[String]| {
        std::fs::write(directory.path().join(name), lines.join("\n") + "\n")
            .map_err(|error| error.to_string())
    };
    write("wanted.txt", lines)?;
    let limits: Vec<String> = constraints
        .iter()
        .filter(|limit| limit.address.is_none())
        .map(|limit| spelled(&Requirement { extras: Vec::new(), ..limit.clone() }))
        .collect();
    write("limits.txt", &limits)?;
    if let Some(program) = find_program(&["pip", "pip3"], context) {
        let output = run(pip(&program, context), directory.path(), "pip")?;
        let report = serde_json::from_slice(&output)
            .map_err(|error| format!("pip's report is not valid JSON: {error}"))?;
        return Ok(catalogue(&report, problems));
    }
    let program = find_program(&["uv"], context)
        .ok_or("neither pip nor uv is on the PATH; install one, or lock the project")?;
    let output = run(uv(&program, context), directory.path(), "uv")?;
    compiled_catalogue(&output, directory.path(), problems)
}

fn pip(program: &Path, context: &ReadContext) -> Command {
    let mut command = Command::new(program);
    command
        .args(["install", "--dry-run", "--ignore-installed", "--quiet", "--no-input"])
        .args(["--disable-pip-version-check", "--only-binary", ":all:", "--report", "-"])
        .args(["-r", "wanted.txt", "-c", "limits.txt"]);
    if let Some(version) = &context.python.version {
        // pip wants a target directory with a foreign Python; a dry run writes nothing to it.
        command.args(["--python-version", version, "--target", "unused"]);
    }
    command
}

fn uv(program: &Path, context: &ReadContext) -> Command {
    let mut command = Command::new(program);
    command.args(["pip", "compile", "--quiet", "--no-header", "--no-color", "--only-binary", ":all:"]);
    if let Some(version) = &context.python.version {
        command.args(["--python-version", version]);
    }
    command.args(["wanted.txt", "-c", "limits.txt"]);
    command
}

fn run(mut command: Command, directory: &Path, name: &str) -> Result<Vec<u8>, String> {
    let output = command
        .current_dir(directory)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{name} does not start: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let reason = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    Err(format!("{name} says: {}", super::requirement::shorten(&without_credentials(reason))))
}

/// uv answers with a compiled requirements file.
fn compiled_catalogue(
    output: &[u8],
    directory: &Path,
    problems: &mut Vec<Problem>,
) -> Result<Catalogue, String> {
    let path = directory.join("answer.txt");
    std::fs::write(&path, output).map_err(|error| error.to_string())?;
    let mut found = Requirements::default();
    requirements_txt::read(
        &path,
        &ReadContext { root: directory.to_owned(), ..ReadContext::default() },
        &mut found,
        problems,
    );
    let answers = BTreeMap::from([("uv pip compile".to_owned(), found)]);
    let mut catalogue = compiled::catalogue(&answers).ok_or("uv's answer does not say who asks for what")?;
    catalogue.refresh = AGAIN;
    for known in &mut catalogue.packages {
        known.package.location = None;
        known.requires.iter_mut().for_each(|requires| requires.location = None);
    }
    Ok(catalogue)
}

/// A program of the PATH, never one of the audited tree or of a relative PATH entry.
fn find_program(names: &[&str], context: &ReadContext) -> Option<PathBuf> {
    let path = context.environment.variable("PATH")?;
    let root = real(&context.root);
    std::env::split_paths(path)
        .filter(|directory| directory.is_absolute() && !real(directory).starts_with(&root))
        .flat_map(|directory| names.iter().map(move |name| directory.join(name)).collect::<Vec<_>>())
        .find(|candidate| candidate.is_file())
}

fn real(path: &Path) -> PathBuf {
    dunce::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// pip's installation report (version 1).
fn catalogue(report: &Value, problems: &mut Vec<Problem>) -> Catalogue {
    let mut catalogue = Catalogue::new(SOURCE, AGAIN);
    for item in report.get("install").and_then(Value::as_array).into_iter().flatten() {
        match known(item) {
            Some(known) => catalogue.push(known),
            None => {
                problems.push(Problem::incomplete(None, "an entry of pip's report has no name or version"))
            }
        }
    }
    catalogue
}

fn known(item: &Value) -> Option<Known> {
    let metadata = item.get("metadata")?;
    let text = |key: &str| metadata.get(key).and_then(Value::as_str).filter(|text| *text != "UNKNOWN");
    let texts = |key: &str| {
        let list = metadata.get(key).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let name = text("name").filter(|name| super::requirement::is_name(name))?;
    let mut package = Package::new(Ecosystem::Python, name, Some(text("version")?), origin(item));
    let mut declare = |statement| {
        package.declared.push(DeclaredLicense { statement, source: LicenseSource::Registry, location: None });
    };
    if let Some(text) = text("license_expression") {
        declare(LicenseStatement::Expression(text.to_owned()));
    }
    if let Some(text) = text("license") {
        declare(LicenseStatement::FreeText(text.to_owned()));
    }
    texts("classifier")
        .into_iter()
        .filter(|text| text.starts_with("License ::"))
        .for_each(|text| declare(LicenseStatement::Classifier(text)));
    texts("license_file").into_iter().for_each(|file| declare(LicenseStatement::File(file)));
    package.details.description = text("summary").map(str::to_owned);
    package.details.homepage = text("home_page").map(str::to_owned);
    let hashes = item.pointer("/download_info/archive_info/hashes").and_then(Value::as_object);
    for (algorithm, value) in hashes.into_iter().flatten() {
        package.checksums.extend(value.as_str().and_then(|value| checksum(&format!("{algorithm}:{value}"))));
    }
    let requires = texts("requires_dist")
        .into_iter()
        .filter_map(|text| Requirement::parse(&text).ok())
        .map(|requirement| Requires::new(requirement, None, None))
        .collect();
    Some(Known { key: normalise(name), package, marker: None, requires, development: false })
}

fn origin(item: &Value) -> Origin {
    let address = item.pointer("/download_info/url").and_then(Value::as_str).unwrap_or("");
    let is_direct = item.get("is_direct").and_then(Value::as_bool) == Some(true);
    match (item.pointer("/download_info/vcs_info/commit_id").and_then(Value::as_str), is_direct) {
        (Some(commit), _) => Origin::Git(format!("{}@{commit}", without_credentials(address))),
        (None, true) => Origin::Archive(without_credentials(address)),
        (None, false) => Origin::Registry(None),
    }
}
