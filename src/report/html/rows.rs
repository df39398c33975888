//! The packages as compact data for the page's script: texts that repeat stand once, rows refer to them.

use crate::audit::{AuditReport, PackageReport};
use crate::model::{DetectedLicense, LicenseSource, LicenseStatement, Origin};
use crate::report::sanitise::shorten;
use crate::report::{RenderError, view, words};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Characters of a text from a package.
const TEXT_LIMIT: usize = 600;

/// Texts by number.
#[derive(Default)]
struct Texts {
    list: Vec<String>,
    known: HashMap<String, usize>,
}

impl Texts {
    fn number(&mut self, text: &str) -> usize {
        if let Some(&number) = self.known.get(text) {
            return number;
        }
        self.list.push(text.to_owned());
        self.known.insert(text.to_owned(), self.list.len() - 1);
        self.list.len() - 1
    }
}

/// JSON that can stand inside a script element.
pub(super) fn json(report: &AuditReport) -> Result<String, RenderError> {
    let positions: HashMap<&str, usize> = report
        .packages
        .iter()
        .enumerate()
        .map(|(position, package)| (package.purl.as_str(), position))
        .collect();
    let labels: HashMap<String, usize> = report
        .packages
        .iter()
        .enumerate()
        .map(|(position, package)| (view::label(package), position))
        .collect();
    let mut texts = Texts::default();
    let rows: Vec<Value> = report.packages.iter().map(|package| row(package, &labels, &mut texts)).collect();
    let mut edges: Vec<[usize; 2]> = report
        .dependencies
        .iter()
        .filter_map(|edge| Some([*positions.get(edge.from.as_str())?, *positions.get(edge.to.as_str())?]))
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let data = json!({ "texts": texts.list, "rows": rows, "edges": edges });
    Ok(serde_json::to_string(&data)?.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

/// `[name, version, ecosystem, license, verdict, flags, linkage, reason, path, more]`; the script has the same list.
fn row(package: &PackageReport, labels: &HashMap<String, usize>, texts: &mut Texts) -> Value {
    let flags = u8::from(package.direct) + 2 * u8::from(package.project);
    let path: Vec<Value> = package
        .paths
        .first()
        .map(|path| {
            path.iter().map(|step| labels.get(step).map_or_else(|| json!(step), |at| json!(at))).collect()
        })
        .unwrap_or_default();
    json!([
        package.name,
        package.version.as_deref().unwrap_or_default(),
        texts.number(&package.ecosystem),
        texts.number(&package.license.concluded),
        package.verdict as u8,
        flags,
        texts.number(package.linkage.name()),
        texts.number(&package.reason),
        path,
        more(package, texts),
    ])
}

/// What only the details of a package show; what it does not have is not there.
fn more(package: &PackageReport, texts: &mut Texts) -> Value {
    let license = &package.license;
    let mut more = Map::new();
    let mut say = |name: &str, value: String| {
        if !value.is_empty() {
            more.insert(name.to_owned(), json!(texts.number(&shorten(&value, TEXT_LIMIT))));
        }
    };
    say("Identity", package.purl.to_string());
    say("Scope", package.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(", "));
    say("Category", license.category.clone().unwrap_or_default());
    say("Taken of the choice", license.chosen.clone().unwrap_or_default());
    say("Concluded from", format!("{}. {}", words::conclusion_name(license.source), license.reason));
    say("Declared", license.declared.clone().unwrap_or_default());
    say("Declared verbatim", license.declared_verbatim.iter().map(statement).collect::<Vec<_>>().join(" · "));
    say("Detected", license.detected.iter().map(detected).collect::<Vec<_>>().join(" · "));
    say("Notes", license.notes.join(" · "));
    say("Origin", origin(&package.origin));
    say("Location", package.location.as_ref().map(ToString::to_string).unwrap_or_default());
    say("Also contains", package.bundles.join(", "));
    say("Description", package.details.description.clone().unwrap_or_default());
    say("Repository", package.details.repository.clone().unwrap_or_default());
    let sums: Vec<_> =
        package.checksums.iter().map(|sum| format!("{:?} {}", sum.algorithm, sum.value)).collect();
    say("Checksum", sums.join(" · "));
    Value::Object(more)
}

fn statement(declared: &crate::model::DeclaredLicense) -> String {
    let text = match &declared.statement {
        LicenseStatement::Expression(text)
        | LicenseStatement::FreeText(text)
        | LicenseStatement::Classifier(text)
        | LicenseStatement::Address(text)
        | LicenseStatement::File(text) => text.clone(),
        LicenseStatement::List(names) => names.join(", "),
        LicenseStatement::Unlicensed => "UNLICENSED".to_owned(),
    };
    let source = match declared.source {
        LicenseSource::Manifest => "manifest",
        LicenseSource::LockFile => "lock file",
        LicenseSource::Registry => "registry",
        LicenseSource::Sbom => "SBOM",
        LicenseSource::User => "user",
    };
    let place = declared.location.as_ref().map(|at| format!(" {at}")).unwrap_or_default();
    format!("{text} ({source}{place})")
}

fn detected(found: &DetectedLicense) -> String {
    let names =
        if found.candidates.is_empty() { "unknown".to_owned() } else { found.candidates.join(" or ") };
    let sure = (f64::from(found.confidence) * 100.0).round();
    format!("{names} ({}:{}-{}, {sure} % alike)", found.file, found.first_line, found.last_line)
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Project => "this audit".to_owned(),
        Origin::Registry(None) => "registry".to_owned(),
        Origin::Registry(Some(at)) => format!("registry {at}"),
        Origin::Git(at) => format!("git {at}"),
        Origin::Path(at) => format!("path {at}"),
        Origin::Archive(at) => format!("archive {at}"),
        Origin::StandardLibrary => "standard library".to_owned(),
        Origin::Unknown => String::new(),
    }
}
